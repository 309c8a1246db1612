//! The profile of a user: what somebody does, when, from where, and what of it is unusual.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::history::Thing;
use super::search::{Bucket, Coverage};

/// What somebody does.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ProfileAnswer {
    /// The name asked for: operator or username.
    pub user: String,
    /// Time of the first event ever, RFC 3339.
    #[schema(required = true)]
    pub first_seen: Option<String>,
    /// Time of the last event ever.
    #[schema(required = true)]
    pub last_seen: Option<String>,
    /// Begin of the range the rest is about.
    pub from: String,
    /// Its end, excluded.
    pub to: String,
    /// Events in the range.
    pub events: u64,
    /// Events in the period of the same length before.
    pub events_before: u64,
    /// Days with events.
    pub active_days: u64,
    /// Sessions begun.
    pub sessions: u64,
    /// Services, the most used first.
    pub services: Vec<Compared>,
    /// Operations, the most used first.
    pub operations: Vec<Compared>,
    /// Outcomes, the most frequent first.
    pub outcomes: Vec<Compared>,
    /// What failed or was denied, the most frequent first.
    pub refusals: Vec<Refusals>,
    /// Addresses, the most used first.
    pub addresses: Vec<Address>,
    /// Addresses there are, with those that are not told.
    pub address_count: u64,
    /// The objects most touched.
    pub objects: Vec<Touched>,
    /// Events by hour of the week, Monday 0 h first: 168 counts.
    pub week: Vec<u64>,
    /// Events by day.
    pub days: Vec<Bucket>,
    /// The past that findings are compared with.
    pub baseline: Baseline,
    /// What is unusual.
    pub findings: Vec<Finding>,
    /// What the answer covers.
    #[serde(flatten)]
    #[schema(inline)]
    pub coverage: Coverage,
}

/// A count beside that of the period before.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Compared {
    /// The value.
    pub value: String,
    /// Events in the range.
    pub events: u64,
    /// Events in the period of the same length before.
    pub before: u64,
}

/// How often an operation did not succeed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Refusals {
    /// The operation.
    pub operation: String,
    /// `failure` or `denied`.
    pub outcome: String,
    /// Events in the range.
    pub events: u64,
}

/// An address somebody acts from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Address {
    /// The address.
    pub address: String,
    /// Events in the range.
    pub events: u64,
    /// Time of the first event from there ever.
    #[schema(required = true)]
    pub first_seen: Option<String>,
    /// Time of the last one.
    #[schema(required = true)]
    pub last_seen: Option<String>,
}

/// An object somebody works with.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Touched {
    /// The object, by its newest name.
    pub object: Thing,
    /// Events in the range.
    pub events: u64,
}

/// The past that findings are compared with.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Baseline {
    /// Its begin.
    pub from: String,
    /// Its end, excluded: the begin of the range.
    pub to: String,
    /// Events in it; with too few of them the rules are silent.
    pub events: u64,
}

/// Something unusual, with what it was compared with. Each rule has its own members.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "rule", rename_all = "snake_case")]
pub enum Finding {
    /// An address that the baseline does not have.
    NewAddress {
        /// The address.
        address: String,
        /// Events from there in the range.
        events: u64,
    },
    /// An operation that the baseline does not have.
    NewOperation {
        /// The operation.
        operation: String,
        /// Events in the range.
        events: u64,
    },
    /// Events at hours of the week that hardly ever had one.
    UnusualHours {
        /// Hours of the week, Monday 0 h first, with their events in the range.
        hours: Vec<(usize, u64)>,
        /// Events at these hours in the range.
        events: u64,
        /// Events at these hours in the baseline.
        usual: u64,
    },
    /// Far more failures and denials than were to be expected.
    MoreRefusals {
        /// Failures and denials in the range.
        events: u64,
        /// As many were to be expected.
        expected: f64,
    },
    /// An hour with far more events than active hours have.
    Burst {
        /// When the hour begins, RFC 3339.
        start: String,
        /// Events in it.
        events: u64,
        /// Events in the median active hour.
        usual: f64,
    },
    /// Activity after a long silence.
    Dormant {
        /// Time of the last event before the silence.
        last: String,
        /// Time of the first event after it.
        again: String,
    },
}
