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
    /// The places to which checkpoints are published.
    pub places: Vec<DeliveryStatus>,
    /// The witnesses that are asked to cosign.
    pub witnesses: Vec<DeliveryStatus>,
    /// The check of the whole ledger.
    pub scrub: ScrubStatus,
    /// Who holds which powers.
    pub access: AccessStatus,
}

/// How access is held.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AccessStatus {
    /// Whether system, security and audit must be in three hands.
    pub separation: bool,
    /// Accounts that hold more than one of the three. While `separation` is on they can do
    /// nothing until it is mended.
    pub joined: Vec<String>,
    /// Whether one account holds all three powers.
    pub all_in_one: bool,
    /// How the behaviour of people is shown: `on`, `pseudonymised` or `off`.
    pub behaviour: String,
}

/// How it goes with one place or witness.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DeliveryStatus {
    /// Its name.
    pub name: String,
    /// Events under the last checkpoint it took; 0 for none since the start.
    pub size: u64,
    /// Seconds since it last had the newest checkpoint, or since the start.
    pub age_seconds: u64,
    /// Attempts that failed since the start.
    pub failures: u64,
    /// Why the last attempt failed; null if it did not.
    #[schema(required = true)]
    pub error: Option<String>,
}

/// The check of the whole ledger in the background.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ScrubStatus {
    /// Whether one is running.
    pub running: bool,
    /// Bytes it has read.
    pub done_bytes: u64,
    /// Bytes there are to read.
    pub total_bytes: u64,
    /// What the last one found; null before the first.
    #[schema(required = true)]
    pub last: Option<ScrubResult>,
}

/// What a check found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ScrubResult {
    /// `OK`, or what `annals verify` says; `UNREADABLE` if it could not be read to the end.
    pub verdict: String,
    /// When it ended, RFC 3339.
    pub ended: String,
    /// How long it took, seconds.
    pub seconds: u64,
    /// Events that were there.
    pub size: u64,
    /// Faults found.
    pub findings: u64,
    /// The first of them; null for none.
    #[schema(required = true)]
    pub first: Option<String>,
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
