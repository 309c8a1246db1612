//! Operations in two phases: the answers to beginning and ending one.
//!
//! Both are given only after the leaf is on disk and under the signed checkpoint they carry. A
//! request that is repeated with the same content gets the same position again.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The answer to `POST /v1/operations`: the intent is kept, the act may begin.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Begun {
    /// The id by which the operation is ended: the sender's, or one that the server gave.
    pub id: String,
    /// Position of the intent, at which the event is listed.
    pub index: u64,
    /// A signed note that covers it.
    pub checkpoint: String,
}

/// The answer to `POST /v1/operations/{id}/outcome`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Ended {
    /// Position of the outcome, at which the event comes again for those who follow.
    pub index: u64,
    /// A signed note that covers it.
    pub checkpoint: String,
}
