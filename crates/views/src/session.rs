//! Sessions: the events that begin and end one, told as one thing with a duration.
//!
//! A page of sessions is a page of the events that began them, newest first, under the filter;
//! their ends are then looked for, whoever caused them and however much later, and below the same
//! ledger head. Which end belongs to which beginning is decided in `pairing.rs`. A session whose
//! end was not found within the limits says so and is not called open.

pub(crate) mod pairing;
mod search;

use crate::page::{PageToken, Position};
use crate::thing::Thing;

/// How long before the range a session may have begun that reaches into it: 7 days, in ns.
pub const SESSION_LOOK_BACK_NS: i64 = 7 * 24 * 3_600 * 1_000_000_000;
/// Events looked at for the ends of one page of sessions.
pub const SESSION_EVENTS_MAX: usize = 10_000;

/// Someone was in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Time and position of the event that began it.
    pub began: Position,
    /// The id of that event.
    pub id: String,
    /// The session's own id, if the platform has one.
    pub session_id: Option<String>,
    /// The service.
    pub service: String,
    /// The operation that began it: which kind of session it is.
    pub operation: String,
    /// The login that acted.
    pub operator: Option<String>,
    /// The account acted as.
    pub username: Option<String>,
    /// Address of the request.
    pub source_ip: Option<String>,
    /// What was entered.
    pub object: Option<Thing>,
    /// What else it concerns: the node.
    pub related: Vec<Thing>,
    /// What became of it.
    pub end: SessionEnd,
}

/// What became of a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SessionEnd {
    /// An event ended it.
    Ended {
        /// Time and position of that event.
        at: Position,
        /// Its operation.
        operation: String,
        /// Who ended it.
        by: Option<String>,
        /// Why.
        cause: EndCause,
    },
    /// No end was recorded, but a later session of the same object and account, or the same
    /// session id, began.
    Superseded {
        /// Time and position of the event that began the later one.
        by: Position,
    },
    /// It has no end below the answer's ledger head.
    Open,
    /// Its end was not found within the limits of the search.
    NotFound,
}

/// Why a session ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EndCause {
    /// `user`, `admin`, `timeout`, `network`, `release`, `system`, or another word of the sender.
    pub word: String,
    /// True if the event does not say it: it follows from its operation and operator.
    pub inferred: bool,
}

impl Session {
    /// How long it lasted, in ns; none while it is open.
    #[must_use]
    pub fn duration(&self) -> Option<i64> {
        let end = match &self.end {
            SessionEnd::Ended { at, .. } => at,
            SessionEnd::Superseded { by } => by,
            SessionEnd::Open | SessionEnd::NotFound => return None,
        };
        Some(end.at.saturating_sub(self.began.at))
    }
}

/// Which sessions are asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SessionStatus {
    /// All of them.
    #[default]
    Any,
    /// Those that have no end yet.
    Open,
    /// Those that have one.
    Ended,
}

/// One page of sessions, the newest first.
#[derive(Debug)]
pub struct Sessions {
    /// The sessions; fewer than asked for where many events begin none that is asked for.
    pub sessions: Vec<Session>,
    /// Where the next page begins; none at the end.
    pub next: Option<PageToken>,
}
