//! Operations that go on after their answer: polled, or closed by something else, or given up.
//!
//! Each is kept before the client has its answer, and taken up again after a restart. An end that
//! came before its operation was kept waits for it for a while (`early`). A poll that fails is
//! tried again; only time gives up, and then the outcome is `unknown`.

mod early;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

use annals_map::route::{Answer, Capture, Closing, Later, SavedLater};
use annals_record::{Outcome, Record};
use serde::{Deserialize, Serialize};

use super::{Gateway, whence};
use crate::clock;
use crate::state::{Kept, Kind, State};
use early::Early;

/// Pause after a poll that failed, at least.
const FAILED_PAUSE: Duration = Duration::from_secs(1);

/// An operation as it is kept, under the id of its event.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Open {
    saved: SavedLater,
    /// When to give up, seconds since 1970.
    until: i64,
    /// Whom the platform let in by its answer; the intent could not know it yet.
    #[serde(default)]
    let_in: Option<String>,
}

/// An operation that goes on.
#[derive(Clone, Debug)]
struct Going {
    later: Later,
    let_in: Option<String>,
}

/// All operations that go on.
#[derive(Debug)]
pub(crate) struct Laters {
    state: State,
    waiting: Mutex<Waiting>,
}

#[derive(Debug, Default)]
struct Waiting {
    /// By the id of the event.
    open: HashMap<String, Going>,
    /// Ids by key: of the last that has it.
    by_key: HashMap<String, String>,
    /// Ends that came first.
    early: Early,
}

impl Waiting {
    fn take(&mut self, id: &str) -> Option<Going> {
        let going = self.open.remove(id)?;
        if let Some(key) = going.later.key()
            && self.by_key.get(key).is_some_and(|of| of == id)
        {
            self.by_key.remove(key);
        }
        Some(going)
    }
}

impl Laters {
    pub(crate) fn new(state: State) -> Self {
        Self { state, waiting: Mutex::default() }
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn open(&self) -> u64 {
        self.lock().open.len() as u64
    }
}

/// An operation that was asked for at `since` goes on from here. It is kept when this returns.
pub(crate) async fn begin(
    gateway: &Arc<Gateway>,
    id: String,
    later: Later,
    let_in: Option<String>,
    since: Instant,
) {
    let wait = i64::try_from(later.at_most().as_secs()).unwrap_or(i64::MAX);
    let until = clock::seconds().saturating_add(wait);
    let open = Open { saved: later.saved().clone(), until, let_in: let_in.clone() };
    gateway.laters.state.put(Kind::Later, &id, &open).await;
    follow(gateway, id, Going { later, let_in }, until, since).await;
}

/// Takes up what went on when the gateway stopped.
pub(crate) async fn take_up(gateway: &Arc<Gateway>, kept: &Kept) {
    let since = Instant::now();
    for (id, Open { saved, until, let_in }) in kept.of::<Open>(Kind::Later) {
        match gateway.routes.take_up(&saved) {
            Some(later) => follow(gateway, id, Going { later, let_in }, until, since).await,
            None => {
                tracing::warn!(id, "the route of an operation that goes on is gone");
                let unknown = unknown("its route was taken out of the route file");
                end(gateway, &id, let_in, unknown).await;
            }
        }
    }
}

async fn follow(gateway: &Arc<Gateway>, id: String, going: Going, until: i64, since: Instant) {
    let early = {
        let mut waiting = gateway.laters.lock();
        let key = going.later.key();
        let early = key.and_then(|key| waiting.early.take(key, since, Instant::now()));
        if early.is_none() {
            waiting.by_key.extend(key.map(|key| (key.to_owned(), id.clone())));
            waiting.open.insert(id.clone(), going.clone());
        }
        early
    };
    match early {
        Some(closing) => end(gateway, &id, going.let_in, going.later.closed(closing)).await,
        None => drop(tokio::spawn(wait(Arc::downgrade(gateway), id, going.later, until))),
    }
}

/// Something has ended the operation that waits under a key.
pub(crate) async fn close(gateway: &Arc<Gateway>, closing: Closing) {
    let found = {
        let mut waiting = gateway.laters.lock();
        let id = waiting.by_key.get(&closing.key).cloned();
        let found = id.and_then(|id| Some((waiting.take(&id)?, id)));
        if found.is_none() {
            waiting.early.keep(closing.clone(), Instant::now());
        }
        found
    };
    if let Some((Going { later, let_in }, id)) = found {
        end(gateway, &id, let_in, later.closed(closing)).await;
    }
}

/// Polls until it has ended, is closed, or the time is over.
async fn wait(gateway: Weak<Gateway>, id: String, later: Later, until: i64) {
    let mut pause = later.every();
    loop {
        let left = u64::try_from(until - clock::seconds()).unwrap_or(0);
        tokio::time::sleep(pause.min(Duration::from_secs(left.max(1)))).await;
        let Some(gateway) = gateway.upgrade() else { return };
        if !gateway.laters.lock().open.contains_key(&id) {
            return;
        }
        let polled = match later.poll() {
            Some(path) => poll(&gateway, &later, path).await,
            None => Ok(None),
        };
        let is_late = clock::seconds() >= until;
        let ended = match polled {
            Ok(Some(record)) => Some(record),
            _ if is_late => Some(unknown("it was not known in time how it ended")),
            Ok(None) => None,
            Err(()) => {
                pause = later.every().max(FAILED_PAUSE);
                None
            }
        };
        if let Some(record) = ended {
            let taken = gateway.laters.lock().take(&id);
            if let Some(Going { let_in, .. }) = taken {
                end(&gateway, &id, let_in, record).await;
            }
            return;
        }
    }
}

async fn poll(gateway: &Gateway, later: &Later, path: &str) -> Result<Option<Record<'static>>, ()> {
    let asked = gateway.upstream.ask(path, None).await.map_err(|error| {
        tracing::warn!(error = &error as &dyn std::error::Error, path, "a poll failed");
    })?;
    let kind = asked.headers.get(http::header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let mut capture = Capture::new(kind, gateway.limits.answer_bytes_max);
    capture.push(&asked.body);
    let data = capture.finish();
    let status = asked.status.as_u16();
    let answer = Answer { status, headers: &asked.headers, data: data.as_ref() };
    Ok(later.judge(&answer))
}

async fn end(gateway: &Gateway, id: &str, let_in: Option<String>, mut outcome: Record<'static>) {
    if let Some(name) = let_in {
        whence::say(&mut outcome, &whence::let_in(&name));
    }
    if gateway.keeper.finish_later(id, outcome).await {
        gateway.laters.state.forget(Kind::Later, id);
    }
}

fn unknown(reason: &'static str) -> Record<'static> {
    let outcome = Outcome::Unknown.as_str();
    Record { outcome: Some(outcome.into()), reason: Some(reason.into()), ..Record::default() }
}
