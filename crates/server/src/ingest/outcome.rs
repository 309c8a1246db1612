//! What became of a request, and why nothing did.

use std::sync::Arc;

use annals_api::wire::append::Rejected;
use annals_ledger::{Appended, LedgerError, Place};

use super::limits::{EVENTS_MAX, STRICT_BYTES_MAX, STRICT_EVENTS_MAX};

/// What became of the events of a request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Events kept now.
    pub accepted: u64,
    /// Events that were kept before.
    pub duplicates: u64,
    /// Faults of the lines not accepted, in the order of lines.
    pub rejected: Vec<Rejected>,
    /// Position of the first event accepted now.
    pub first_index: Option<u64>,
    /// Position of the last event accepted now.
    pub last_index: Option<u64>,
    /// The signed note that covers them; none if nothing went to the ledger.
    pub checkpoint: Option<Arc<str>>,
    /// Position of the first duplicate.
    pub duplicate_index: Option<u64>,
    /// Position of the last event the server added of its own.
    pub own_index: Option<u64>,
    /// Bytes of the quota that were not needed: rejected lines that were kept before.
    pub quota_bytes_spared: u64,
    /// True if all of it was refused for the sake of some.
    pub refused: bool,
}

/// Where a leaf comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Source {
    /// A line of the request.
    Line(u64),
    /// The server itself; with what it costs of the sender's quota.
    Own { quota_bytes: u64 },
}

/// Why a request was refused as a whole.
#[derive(Debug, thiserror::Error)]
pub enum IngestError {
    /// Nothing but blanks, or an empty array.
    #[error("the body holds no event; send a JSON object, an array or NDJSON")]
    NoEvents,
    /// More events than a request may hold.
    #[error("a request holds at most {max} events; send several", max = EVENTS_MAX)]
    TooManyEvents,
    /// Too large to be kept in one block.
    #[error("a strict request holds at most {events} events and {bytes} bytes; send several",
        events = STRICT_EVENTS_MAX, bytes = STRICT_BYTES_MAX)]
    StrictTooLarge,
    /// The token's quarantine is full.
    #[error(
        "the quarantine of this token is full; nothing of the request was kept: send only \
             good lines, have the waiting ones replayed, or raise `quarantine.quota_bytes`"
    )]
    QuarantineFull,
    /// The ledger refused; nothing was kept.
    #[error("nothing of the request was kept")]
    Ledger(#[source] LedgerError),
    /// The ledger refused after a part of a request of several batches was kept.
    #[error(
        "only a part of the request was kept: send it again, events with an `id` are not \
             kept twice"
    )]
    Cut {
        /// What was kept.
        kept: Box<Outcome>,
        /// Why not all of it.
        #[source]
        source: LedgerError,
    },
    /// The system gave no random bytes.
    #[error("the system's random source failed")]
    Random(#[from] getrandom::Error),
    /// The server made an event it would itself refuse.
    #[error("an event of the server itself is not valid: {0}")]
    Own(String),
}

impl Outcome {
    /// Nothing kept, for the sake of `rejected`.
    pub(super) fn refused(rejected: Vec<Rejected>) -> Self {
        Self { rejected, refused: true, ..Self::default() }
    }

    /// Adds what became of one batch.
    pub(super) fn add(&mut self, appended: &Appended, sources: &[Source]) {
        for (place, source) in appended.places.iter().zip(sources) {
            match (place, source) {
                (Place::Accepted(index), Source::Own { .. }) => self.own_index = Some(index.0),
                // The same line sent again: its time differs, so the ledger calls it a conflict.
                (Place::Duplicate(index) | Place::Conflict(index), Source::Own { quota_bytes }) => {
                    self.own_index = Some(index.0);
                    self.quota_bytes_spared += quota_bytes;
                }
                (Place::Refused, _) | (Place::Conflict(_), Source::Line(_)) => {}
                (Place::Duplicate(index), Source::Line(_)) => {
                    self.duplicates += 1;
                    self.duplicate_index.get_or_insert(index.0);
                }
                (Place::Accepted(index), Source::Line(_)) => {
                    self.accepted += 1;
                    self.first_index = Some(self.first_index.map_or(index.0, |i| i.min(index.0)));
                    self.last_index = Some(self.last_index.map_or(index.0, |i| i.max(index.0)));
                }
            }
        }
        self.checkpoint = Some(appended.checkpoint.clone());
    }
}
