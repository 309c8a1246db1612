//! The answer to `POST /v1/events`.
//!
//! It is given only after every accepted event is on disk and under the signed checkpoint it
//! carries; lines are numbered from 1 as they were sent, blank ones included.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What became of the events of one request.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AppendAnswer {
    /// Events kept now.
    pub accepted: u64,
    /// Events that were kept before, same id and same content.
    pub duplicates: u64,
    /// Lines that were not accepted, in order, one entry for each fault found in them.
    pub rejected: Vec<Rejected>,
    /// Position of the first event accepted now; null if none was.
    #[schema(required = true)]
    pub first_index: Option<u64>,
    /// Position of the last event accepted now; null if none was.
    #[schema(required = true)]
    pub last_index: Option<u64>,
    /// The signed note that covers everything accepted now, duplicates included.
    pub checkpoint: String,
}

/// One fault of one line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Rejected {
    /// The line (NDJSON) or the element (array), from 1.
    pub line: u64,
    /// A stable word for programs, such as `unknown_operation`.
    #[schema(example = "unknown_operation")]
    pub code: String,
    /// The field at fault; empty when it is the line as a whole.
    #[schema(example = "operation")]
    pub field: String,
    /// What is wrong and what to do, for people.
    pub message: String,
}
