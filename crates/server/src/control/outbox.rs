//! Acts that wait to become audit events, written in the transaction of the act itself.
//!
//! The server drains them into the ledger: append, wait for the receipt, then forget. The event's
//! id is fixed here, so a crash between the last two only makes the ledger say "duplicate".

use annals_record::Timestamp;
use rusqlite::Transaction;

use super::{Control, ControlError};
use crate::auth::caller::Caller;
use crate::auth::role::Role;

/// Most acts drained at once.
const DRAIN_ACTS_MAX: usize = 256;

/// Who acts.
#[derive(Clone, Copy, Debug)]
pub(crate) enum By<'a> {
    /// Someone with access to the data folder; who it is, only the system knows.
    Local,
    /// Whoever asks the server.
    Caller(&'a Caller),
}

impl By<'_> {
    /// The operator of the act's event.
    fn operator(self) -> String {
        match self {
            Self::Local => annals_record::UNKNOWN.to_owned(),
            Self::Caller(caller) => caller.identity.operator(),
        }
    }
}

/// One administrative act.
pub(super) struct Act<'a> {
    pub(super) by: By<'a>,
    pub(super) operation: &'a str,
    pub(super) object_type: &'a str,
    pub(super) object_id: &'a str,
    pub(super) object_name: &'a str,
    pub(super) request: serde_json::Value,
    /// What was there before, where the act replaced it by what is in the request.
    pub(super) before: Option<serde_json::Value>,
}

/// One event waiting for the ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pending {
    /// Its place in the outbox.
    pub number: i64,
    /// The event, as JSON.
    pub event: String,
}

/// Adds the event of `act`, as part of the act's own transaction.
pub(super) fn push(
    transaction: &Transaction<'_>,
    now: Timestamp,
    act: &Act<'_>,
) -> Result<(), rusqlite::Error> {
    let mut event = serde_json::json!({
        "id": uuid::Uuid::now_v7().to_string(),
        "time": now.to_string(),
        "service": "audit-log",
        "operation": act.operation,
        "operator": act.by.operator(),
        "object": { "type": act.object_type, "id": act.object_id, "name": act.object_name },
        "request_data": act.request,
        "auth_method": "local",
    });
    if let Some(before) = &act.before {
        event["changes"] = serde_json::json!({ "before": before, "after": act.request });
    }
    if let By::Caller(caller) = act.by {
        let Caller { identity, source_ip, user_agent, request_id } = caller;
        event["operator_name"] = identity.display_name.as_str().into();
        event["user_type"] = identity.user_type().into();
        event["auth_method"] = identity.auth_method().into();
        event["request_id"] = request_id.as_str().into();
        let held = |role: Role| serde_json::json!({ "type": "role", "id": role, "role": "held" });
        event["related"] = identity.roles.iter().map(held).collect();
        if let Some(source_ip) = source_ip {
            event["source_ip"] = source_ip.to_string().into();
        }
        if let Some(user_agent) = user_agent {
            event["user_agent"] = user_agent.as_str().into();
        }
    }
    transaction.execute("INSERT INTO outbox (event) VALUES (?)", [event.to_string()])?;
    Ok(())
}

impl Control {
    /// The oldest waiting events.
    ///
    /// # Errors
    /// When the database fails.
    pub fn pending(&self) -> Result<Vec<Pending>, ControlError> {
        let read = || {
            let inner = self.lock();
            let mut statement = inner
                .connection
                .prepare_cached("SELECT number, event FROM outbox ORDER BY number LIMIT ?")?;
            let rows = statement.query_map([DRAIN_ACTS_MAX as i64], |row| {
                Ok(Pending { number: row.get(0)?, event: row.get(1)? })
            })?;
            rows.collect::<Result<_, rusqlite::Error>>()
        };
        read().map_err(|source| self.fault(source))
    }

    /// Forgets waiting events up to `number`; only after they are durable in the ledger.
    ///
    /// # Errors
    /// When the database fails.
    pub fn drained(&self, number: i64) -> Result<(), ControlError> {
        let delete = "DELETE FROM outbox WHERE number <= ?";
        let done = self.lock().connection.execute(delete, [number]);
        done.map(|_| ()).map_err(|source| self.fault(source))
    }
}
