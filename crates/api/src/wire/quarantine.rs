//! Rejected lines: `GET /v1/quarantine`, `POST /v1/quarantine/{index}/replay`.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// One page of rejected lines, oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct QuarantinePage {
    /// The lines.
    pub items: Vec<QuarantineItem>,
    /// Pass as `after_index` for the next page; null at the end.
    #[schema(required = true)]
    pub next: Option<u64>,
}

/// One rejected line. Its masked text is the `origin` of the event at `index`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct QuarantineItem {
    /// Position of the `event.quarantine` event that keeps it.
    pub index: u64,
    /// When it came, RFC 3339.
    pub received_time: String,
    /// The token that sent it.
    pub emitter: String,
    /// Its line in the request, from 1.
    pub line: u64,
    /// The first fault's code.
    pub code: String,
    /// The first fault's field.
    pub field: String,
    /// The first fault's message.
    pub message: String,
    /// Bytes it takes of the token's quota.
    pub bytes: u64,
    /// Whether it can be sent again: whole, and UTF-8.
    pub replayable: bool,
    /// Position of the `quarantine.replay` event, once it was replayed.
    #[schema(required = true)]
    pub replayed: Option<u64>,
}

/// What became of a replayed line.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReplayAnswer {
    /// Position of the event, now kept (or kept before: same id and content).
    pub index: u64,
    /// True if the event had been kept before.
    pub duplicate: bool,
    /// Position of the `quarantine.replay` event that records this.
    pub replay_index: u64,
    /// The signed note that covers both.
    pub checkpoint: String,
}
