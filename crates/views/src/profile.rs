//! The profile of a user: what somebody does, when, from where, and what of it is unusual.
//!
//! A user is a name that acted (operator) or as whom was acted (username). Everything is counted
//! by the index; only few events are read. What is called unusual follows rules that fit in a
//! sentence each (`findings.rs`), over a baseline of the user's own past. Attempts to sign in as
//! an unknown account play no part: what is typed there is often a password.

pub(crate) mod findings;
mod search;

pub use findings::{Finding, HOURS_OF_WEEK};

use crate::Bucket;
use crate::page::Position;
use crate::thing::Thing;

/// The baseline: the 90 days before the range, in ns.
pub const BASELINE_NS: i64 = 90 * 24 * 3_600 * 1_000_000_000;
/// Addresses told with their first and last event.
pub const PROFILE_ADDRESSES_MAX: usize = 20;
/// Objects told.
pub const PROFILE_OBJECTS_MAX: usize = 10;
/// Values told of a service, operation or outcome, and compared with the period before.
pub const PROFILE_VALUES_MAX: usize = 1_000;

/// What somebody does.
#[derive(Clone, Debug, PartialEq)]
pub struct Profile {
    /// The name asked for.
    pub user: String,
    /// The first and the last event ever.
    pub seen: Option<(Position, Position)>,
    /// The range the rest is about, ns since 1970: from, included, to, excluded.
    pub range: (i64, i64),
    /// Events in the range.
    pub events: u64,
    /// Events in the period of the same length before.
    pub events_before: u64,
    /// Days with events, in the zone of the question.
    pub active_days: u64,
    /// Sessions begun.
    pub sessions: u64,
    /// Services, the most used first.
    pub services: Vec<Compared>,
    /// Operations, the most used first.
    pub operations: Vec<Compared>,
    /// Outcomes, the most frequent first.
    pub outcomes: Vec<Compared>,
    /// Operations that failed or were denied, the most frequent first.
    pub refusals: Vec<Refusals>,
    /// Addresses, the most used first, at most [`PROFILE_ADDRESSES_MAX`].
    pub addresses: Vec<Address>,
    /// Addresses in the range, with those that are not told.
    pub address_count: u64,
    /// The objects most touched, at most [`PROFILE_OBJECTS_MAX`].
    pub objects: Vec<Touched>,
    /// Events by hour of the week, Monday 0 h first, in the zone of the question.
    pub week: [u64; HOURS_OF_WEEK],
    /// Events by day.
    pub days: Vec<Bucket>,
    /// What findings were compared with.
    pub baseline: Baseline,
    /// What is unusual.
    pub findings: Vec<Finding>,
}

/// A count beside that of the period before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Compared {
    /// The value.
    pub value: String,
    /// Events in the range.
    pub events: u64,
    /// Events in the period of the same length before.
    pub before: u64,
}

/// How often an operation did not succeed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusals {
    /// The operation.
    pub operation: String,
    /// `failure` or `denied`.
    pub outcome: String,
    /// Events in the range.
    pub events: u64,
}

/// An address somebody acts from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    /// The address.
    pub address: String,
    /// Events in the range.
    pub events: u64,
    /// The first event from there ever.
    pub first: Option<Position>,
    /// The last one ever.
    pub last: Option<Position>,
}

/// An object somebody works with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Touched {
    /// The object, by its newest name.
    pub thing: Thing,
    /// Events in the range.
    pub events: u64,
}

/// The past that findings are compared with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Baseline {
    /// From when, included, ns since 1970.
    pub from: i64,
    /// To when, excluded: the beginning of the range.
    pub to: i64,
    /// Events in it. With too few of them a rule is silent.
    pub events: u64,
}
