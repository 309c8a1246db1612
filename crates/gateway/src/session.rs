//! Open sessions: each ends once, whoever ends it, and although the gateway may die before.
//!
//! An open session is kept with the event of its end as it will be if nobody tells it: the
//! connection broke. That event has its id from the beginning, so that an end that is told twice is
//! one event.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use annals_api::wire::event::write_event;
use annals_record::{Record, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::clock;
use crate::keep::Keeper;
use crate::state::{Kept, Kind, State};

const NANOS_A_MILLI: i64 = 1_000_000;
/// Under which the time of the last sign of life is kept.
const ALIVE: &str = "at";

/// A session as it is kept.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Open {
    /// The `session_id`.
    session: String,
    /// When it began, ns since 1970.
    begun: i64,
    /// Its end, if nobody tells it.
    end: Box<RawValue>,
}

/// All open sessions.
#[derive(Debug)]
pub(crate) struct Sessions {
    state: State,
    /// Ids of the events of their ends, by session.
    open: Mutex<HashMap<String, String>>,
}

impl Sessions {
    pub(crate) fn new(state: State) -> Self {
        Self { state, open: Mutex::default() }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, String>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn open_count(&self) -> u64 {
        self.lock().len() as u64
    }

    /// A session has begun; `end` is what is told if nobody tells it. Durable when this returns.
    pub(crate) async fn begin(&self, session: &str, mut end: Record<'static>) {
        let id = Uuid::now_v7().to_string();
        end.id = Some(id.clone().into());
        let mut json = Vec::new();
        let raw = write_event(&end, &mut json).and_then(|()| serde_json::from_slice(&json));
        match raw {
            Ok(end) => {
                let open = Open { session: session.to_owned(), begun: clock::now().nanos(), end };
                self.lock().insert(session.to_owned(), id.clone());
                self.state.put(Kind::Session, &id, &open).await;
            }
            Err(error) => tracing::error!(%error, session, "a session cannot be kept"),
        }
    }

    /// Takes a session out: the id for the event of its end. None: it has ended before.
    pub(crate) fn end(&self, session: &str) -> Option<String> {
        self.lock().remove(session)
    }

    /// The end is recorded, by whoever.
    pub(crate) fn forget(&self, id: &str) {
        self.state.forget(Kind::Session, id);
    }

    /// Another event has ended it.
    pub(crate) fn ended_elsewhere(&self, session: &str) {
        if let Some(id) = self.end(session) {
            self.forget(&id);
        }
    }

    /// Says that the gateway is alive: a session that it leaves open has lasted at least until now.
    pub(crate) fn sign_of_life(&self) {
        self.state.put_soon(Kind::Alive, ALIVE, &clock::now().nanos());
    }

    /// Ends the sessions that were open when the gateway died.
    pub(crate) async fn end_old(&self, kept: &Kept, keeper: &Keeper) {
        let alive = kept.of::<i64>(Kind::Alive).into_iter().map(|(_, at)| at).max();
        for (id, open) in kept.of::<Open>(Kind::Session) {
            let until = alive.unwrap_or(open.begun).max(open.begun);
            let Some(end) = broken_off(&open, until) else { continue };
            tracing::info!(session = open.session, "a session ended with the gateway");
            if keeper.written(end).await {
                self.forget(&id);
            }
        }
    }
}

/// The end of a session at a time.
fn broken_off(open: &Open, until: i64) -> Option<String> {
    let mut event: Map<String, Value> = serde_json::from_str(open.end.get()).ok()?;
    event.insert("time".to_owned(), Timestamp::from_nanos(until).to_string().into());
    if let Some(Value::Object(data)) = event.get_mut("request_data") {
        data.insert("lasted_ms".to_owned(), ((until - open.begun) / NANOS_A_MILLI).into());
    }
    Some(Value::Object(event).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    // Protects: a session that the gateway left open has an end, at the last sign of life, as long
    // as it has surely lasted.
    #[test]
    fn sessions_end_with_the_gateway() {
        let end = r#"{"id":"e","operation":"cluster.webssh.disconnect","request_data":
            {"end_cause":"network","lasted_ms":0}}"#;
        let open = Open {
            session: "s".to_owned(),
            begun: 1_000_000_000,
            end: serde_json::from_str(end).expect("JSON"),
        };
        let event: Value =
            serde_json::from_str(&broken_off(&open, 3_500_000_000).expect("an event"))
                .expect("JSON");
        assert_eq!(event["time"], "1970-01-01T00:00:03.500000000Z");
        assert_eq!(event["request_data"]["lasted_ms"], 2_500);
        assert_eq!(event["request_data"]["end_cause"], "network");
        assert_eq!(event["id"], "e");
    }
}
