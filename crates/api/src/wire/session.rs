//! Sessions: who was where, from when to when, and how it ended.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::history::Thing;
use super::search::Coverage;

/// Sessions, newest first.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
pub struct SessionsAnswer {
    /// The sessions; a page may hold fewer than asked for before the end.
    pub sessions: Vec<Session>,
    /// Pass as `cursor` for the next page; null at the end.
    #[schema(required = true)]
    pub next: Option<String>,
    /// What the answer covers.
    #[serde(flatten)]
    #[schema(inline)]
    pub coverage: Coverage,
}

/// Someone was in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Session {
    /// When it began, RFC 3339.
    pub began: String,
    /// Position of the event that began it.
    pub index: u64,
    /// Id of that event.
    pub event_id: String,
    /// The session's own id, if the platform has one.
    #[schema(required = true)]
    pub session_id: Option<String>,
    /// The service.
    pub service: String,
    /// The operation that began it.
    pub operation: String,
    /// The login that acted.
    #[schema(required = true)]
    pub operator: Option<String>,
    /// The account acted as.
    #[schema(required = true)]
    pub username: Option<String>,
    /// Where from.
    #[schema(required = true)]
    pub source_ip: Option<String>,
    /// What was entered.
    #[schema(required = true)]
    pub object: Option<Thing>,
    /// What else it concerns.
    pub related: Vec<Thing>,
    /// `ended`, `superseded` by a later one, `open`, or `not_found` within the limits.
    pub state: String,
    /// When it ended; null while it is open.
    #[schema(required = true)]
    pub ended: Option<String>,
    /// How long it lasted, milliseconds; null while it is open.
    #[schema(required = true)]
    pub duration_ms: Option<u64>,
    /// How it ended, where an event says so.
    #[schema(required = true)]
    pub end: Option<SessionEnd>,
}

/// How a session ended.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SessionEnd {
    /// Position of the event that ended it.
    pub index: u64,
    /// Its operation.
    pub operation: String,
    /// Who ended it.
    #[schema(required = true)]
    pub by: Option<String>,
    /// `user`, `admin`, `timeout`, `network`, `release`, `system`, or a word of the sender.
    pub cause: String,
    /// True if the event does not say the cause: it follows from operation and operator.
    pub inferred: bool,
}
