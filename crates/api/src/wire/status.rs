//! How the server is doing: `GET /v1/status`.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The state of the server, for operators.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Status {
    /// Version of the program.
    pub version: String,
    /// When this run began, RFC 3339.
    pub started: String,
    /// Name of the log in its checkpoints.
    pub origin: String,
    /// Events in the ledger.
    pub size: u64,
    /// The newest signed checkpoint.
    pub checkpoint: String,
    /// Why the ledger has stopped taking events; null while all is well.
    #[schema(required = true)]
    pub fault: Option<String>,
    /// What has happened since the start.
    pub since_start: Counters,
    /// What rides behind the ledger, and how far behind.
    pub followers: Vec<FollowerStatus>,
    /// Rejected lines kept and not yet replayed.
    pub quarantine: QuarantineStatus,
}

/// Totals since the start.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Counters {
    /// Events kept.
    pub accepted: u64,
    /// Events that were kept before.
    pub duplicates: u64,
    /// Lines rejected.
    pub rejected: u64,
}

/// One follower of the ledger.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FollowerStatus {
    /// Its name.
    pub name: String,
    /// Everything below this position has been followed.
    pub position: u64,
    /// Events it is behind.
    pub lag: u64,
}

/// The state of the quarantine.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct QuarantineStatus {
    /// Lines waiting.
    pub open: u64,
    /// Bytes they take of the quotas.
    pub bytes: u64,
}
