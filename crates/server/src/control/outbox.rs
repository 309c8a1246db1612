//! Acts that wait to become audit events, written in the transaction of the act itself.
//!
//! The server drains them into the ledger: append, wait for the receipt, then forget. The event's
//! id is fixed here, so a crash between the last two only makes the ledger say "duplicate".

use annals_record::Timestamp;
use rusqlite::Transaction;

use super::{Control, ControlError};
use crate::auth::caller::Caller;
use crate::auth::role::Role;
use crate::auth::visitor::Visitor;

/// Most acts drained at once.
const DRAIN_ACTS_MAX: usize = 256;

/// Who acts.
#[derive(Clone, Copy, Debug, Default)]
pub enum By<'a> {
    /// Someone with access to the data folder; who it is, only the system knows.
    #[default]
    Local,
    /// The server by itself.
    Server,
    /// Somebody who has not shown who they are.
    Visitor(&'a Visitor),
    /// Whoever asks the server.
    Caller(&'a Caller),
}

impl By<'_> {
    /// The operator of the act's event.
    pub(super) fn operator(self) -> String {
        match self {
            Self::Local | Self::Visitor(_) => annals_record::UNKNOWN.to_owned(),
            Self::Server => annals_record::SYSTEM.to_owned(),
            Self::Caller(caller) => caller.identity.operator(),
        }
    }
}

/// One act.
#[derive(Default)]
pub(super) struct Act<'a> {
    pub(super) by: By<'a>,
    pub(super) operation: &'a str,
    pub(super) object_type: &'a str,
    pub(super) object_id: &'a str,
    pub(super) object_name: &'a str,
    pub(super) request: serde_json::Value,
    /// What was there before, where the act replaced it by what is in the request.
    pub(super) before: Option<serde_json::Value>,
    /// How it ended, where not well.
    pub(super) refused: Option<Refused<'a>>,
    /// How the acting person has just proved who they are; none: as callers do.
    pub(super) auth_method: Option<&'a str>,
    /// The session it belongs to.
    pub(super) session_id: Option<&'a str>,
}

/// Why an act did not happen.
#[derive(Clone, Copy, Debug)]
pub(super) struct Refused<'a> {
    /// `failure` or `denied`.
    pub(super) outcome: &'a str,
    pub(super) reason: &'a str,
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
        "auth_method": "local",
    });
    if !act.request.is_null() {
        event["request_data"] = act.request.clone();
    }
    if let Some(before) = &act.before {
        event["changes"] = serde_json::json!({ "before": before, "after": act.request });
    }
    if let Some(Refused { outcome, reason }) = act.refused {
        event["outcome"] = outcome.into();
        event["reason"] = reason.into();
    }
    if let Some(session_id) = act.session_id {
        event["session_id"] = session_id.into();
    }
    match act.by {
        By::Local | By::Server => {}
        By::Visitor(visitor) => tell_of_visitor(&mut event, visitor),
        By::Caller(caller) => {
            let Caller { identity, visitor } = caller;
            event["operator_name"] = identity.display_name.as_str().into();
            event["user_type"] = identity.user_type().into();
            event["auth_method"] = identity.auth_method().into();
            let held =
                |role: Role| serde_json::json!({ "type": "role", "id": role, "role": "held" });
            event["related"] = identity.roles.iter().map(held).collect();
            tell_of_visitor(&mut event, visitor);
        }
    }
    if let Some(auth_method) = act.auth_method {
        event["auth_method"] = auth_method.into();
    }
    transaction.execute("INSERT INTO outbox (event) VALUES (?)", [event.to_string()])?;
    Ok(())
}

fn tell_of_visitor(event: &mut serde_json::Value, visitor: &Visitor) {
    let Visitor { source_ip, user_agent, request_id } = visitor;
    if let Some(source_ip) = source_ip {
        event["source_ip"] = source_ip.to_string().into();
    }
    if let Some(user_agent) = user_agent {
        event["user_agent"] = user_agent.as_str().into();
    }
    if !request_id.is_empty() {
        event["request_id"] = request_id.as_str().into();
    }
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
