//! `Question`: what is asked, by whom it may be seen, and as of which ledger head.
//!
//! A question cannot be built without a [`Scope`], so there is no way to ask past one. An
//! [`Answer`] says as of which head it holds and whether it is all there is. No evaluation here.

use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use annals_record::Timestamp;
use jiff::tz::TimeZone;

use crate::QueryError;
use crate::filter::{Bound, Filter};
use crate::scope::Scope;

/// What is asked.
#[derive(Clone, Debug)]
pub struct Question {
    /// Which events.
    pub filter: Filter,
    /// Which events may be seen at all.
    pub scope: Scope,
    /// What `now` means in the filter; the same on all pages of a walk.
    pub now: Timestamp,
    /// In which zone a day of the filter begins.
    pub zone: TimeZone,
    /// Only events at or after this time, ns since 1970.
    pub from: Option<i64>,
    /// Only events before this time, ns since 1970.
    pub to: Option<i64>,
    /// Only leaves below this position; none: the ledger's head as it is now.
    pub as_of: Option<u64>,
    /// Which call asks ([`Question::of_call`]); cursors of other calls are not taken. 0: none.
    pub call: u32,
}

impl Question {
    /// Every event of a scope, as of now.
    #[must_use]
    pub fn everything(scope: Scope, now: Timestamp) -> Self {
        let (from, to, as_of) = (None, None, None);
        Self { filter: Filter::All, scope, now, zone: TimeZone::UTC, from, to, as_of, call: 0 }
    }

    /// The same question as part of a call: its route, and all that names what is walked beside
    /// the filter, such as an object. A hash is kept, not against forgers.
    #[must_use]
    pub fn of_call(self, parts: &[&str]) -> Self {
        let told = |part: &&str| format!("{}:{part}", part.len());
        let text: String = parts.iter().map(told).collect();
        Self { call: crc32c::crc32c(text.as_bytes()), ..self }
    }

    /// The filter as asked at its moment, in its zone.
    pub(crate) fn bound(&self) -> Bound {
        self.filter.bind(self.now, &self.zone)
    }

    /// What two questions have in common if they see the same events: a hash of the bound filter
    /// and the scope. Not secret, not against forgers.
    #[must_use]
    pub fn digest(&self) -> u32 {
        let text = format!("{}\0{}", *self.bound(), self.scope);
        crc32c::crc32c(text.as_bytes())
    }
}

/// An answer, and how far it can be relied on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer<T> {
    /// The answer.
    pub value: T,
    /// It says what was true of the leaves below this position.
    pub as_of: u64,
    /// What lies below this position will be found without a look at the ledger's newest leaves.
    pub settled: u64,
    /// Why it is not all there is; none: it is exact.
    pub partial: Option<Partial>,
}

impl<T> Answer<T> {
    /// The same answer with another value.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Answer<U> {
        let Self { value, as_of, settled, partial } = self;
        Answer { value: change(value), as_of, settled, partial }
    }
}

/// Why an answer is not all there is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Partial {
    /// The cause.
    pub reason: PartialReason,
    /// Every leaf below this position was looked at.
    pub scanned_to: u64,
}

/// The cause of a partial answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PartialReason {
    /// The index rides too far behind the ledger to look at the rest in time.
    IndexBehind,
    /// Leaves of the ledger cannot be read.
    LedgerDamaged,
}

impl fmt::Display for PartialReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::IndexBehind => f.write_str("the index is behind the ledger and catches up"),
            Self::LedgerDamaged => f.write_str(
                "the ledger is damaged and part of it cannot be read; run `annals verify --data`",
            ),
        }
    }
}

/// How far a long answer has come, and a way to give it up; shared with who waits for it.
#[derive(Debug, Default)]
pub struct Progress {
    done: AtomicU64,
    total: AtomicU64,
    cancelled: AtomicBool,
}

impl Progress {
    /// Events looked at, and events to look at as far as known yet.
    #[must_use]
    pub fn get(&self) -> (u64, u64) {
        (self.done.load(Ordering::Relaxed), self.total.load(Ordering::Relaxed))
    }

    /// Gives the answer up: it ends with `QueryError::Cancelled` soon.
    pub fn cancel(&self) {
        self.cancelled.store(true, Ordering::Relaxed);
    }

    pub(crate) fn expect(&self, events: u64) {
        self.total.fetch_add(events, Ordering::Relaxed);
    }

    pub(crate) fn advance(&self, events: u64) {
        self.done.fetch_add(events, Ordering::Relaxed);
    }

    /// Every long loop asks this now and then.
    pub(crate) fn go_on(&self) -> Result<(), QueryError> {
        match self.cancelled.load(Ordering::Relaxed) {
            true => Err(QueryError::Cancelled),
            false => Ok(()),
        }
    }
}
