//! The live tail: events as they are acknowledged, in the order of position.
//!
//! It reads the ledger itself and needs no index. Every leaf behind its start is looked at once:
//! none is skipped, none comes twice. The outcome of a two-phase operation brings the whole event
//! again, at the outcome's position, with `updates`; what stands at the intent's position is what
//! was known then. What is damaged is passed over and named. It is blocking and bounded: whoever
//! drives it gives each call a time.

use std::ops::Range;
use std::time::Duration;

use annals_ledger::{LeafIndex, LedgerError, LedgerReader};
use annals_record::{Catalogue, Leaf};

use crate::damage::unless_damaged;
use crate::page::Position;
use crate::{Compiled, Found, QueryError, Question, Scope};

/// Leaves looked at in one call.
pub const TAIL_LEAVES_MAX: u64 = 4_096;
/// Events given by one call.
pub const TAIL_EVENTS_MAX: usize = 500;

/// Follows the ledger under a filter and a scope.
pub struct Tail {
    reader: LedgerReader,
    wanted: Compiled,
    scope: Scope,
    range: (Option<i64>, Option<i64>),
    next: u64,
}

/// What one call of [`Tail::advance`] found.
#[derive(Debug)]
pub struct TailBatch {
    /// The events, in the order of position.
    pub events: Vec<Found>,
    /// Everything below this position was looked at; a tail begun anew goes on here.
    pub looked_to: u64,
    /// Leaves below `looked_to` that are damaged and were passed over.
    pub lost: Vec<Range<u64>>,
    /// The ledger's size: equal to `looked_to` if nothing was left to look at.
    pub head: u64,
}

impl Tail {
    /// A tail of the events that match the question, from the position `next` on. Its `as_of`
    /// plays no part; relative times are bound to its `now` once.
    #[must_use]
    pub fn new(
        reader: LedgerReader,
        catalogue: &Catalogue,
        question: &Question,
        next: u64,
    ) -> Self {
        let wanted = question.bound().compile(catalogue);
        let range = (question.from, question.to);
        Self { reader, wanted, scope: question.scope.clone(), range, next }
    }

    /// Looks at the next leaves; where there are none, waits for them as long as `timeout`. After
    /// it without an event the batch is empty.
    ///
    /// # Errors
    /// When the ledger cannot be read; the next call goes on where this one stopped.
    pub fn advance(&mut self, timeout: Duration) -> Result<TailBatch, QueryError> {
        let mut head = self.reader.head();
        if head.size.0 <= self.next {
            head = self.reader.wait_beyond(head.size, timeout);
        }
        let head = head.size.0;
        let end = head.min(self.next.saturating_add(TAIL_LEAVES_MAX));
        let (mut events, mut lost) = (Vec::new(), Vec::new());
        while self.next < end && events.len() < TAIL_EVENTS_MAX {
            for item in self.reader.range(self.next..end) {
                let leaf = match item {
                    Ok((_, leaf)) => leaf,
                    Err(LedgerError::Pruned { .. }) => {
                        self.next += 1;
                        continue;
                    }
                    Err(LedgerError::Corrupt { .. }) => {
                        let damaged = self.reader.damaged_from(LeafIndex(self.next));
                        self.next = damaged.end;
                        lost.push(damaged);
                        break;
                    }
                    Err(error) => return Err(error.into()),
                };
                let found = self.event(self.next, leaf, &mut lost)?;
                events.extend(found.filter(|found| self.shows(found)));
                self.next += 1;
                if events.len() == TAIL_EVENTS_MAX {
                    break;
                }
            }
        }
        Ok(TailBatch { events, looked_to: self.next, lost, head })
    }

    /// The event that a leaf belongs to, as known at its position.
    fn event(
        &self,
        index: u64,
        leaf: Leaf,
        lost: &mut Vec<Range<u64>>,
    ) -> Result<Option<Found>, QueryError> {
        let at = leaf.at();
        let position = Position { at, index };
        let whole =
            |leaf| Found { position, leaf, outcome: None, updates: None, is_given_up: false };
        let Some(intent) = leaf.core().of() else { return Ok(Some(whole(leaf))) };
        let candidates = unless_damaged(self.reader.find(&intent))?.unwrap_or_default();
        for candidate in candidates {
            let found = match self.reader.leaf(candidate) {
                Ok(found) => found,
                Err(LedgerError::Pruned { .. }) => continue,
                Err(LedgerError::Corrupt { .. }) => {
                    let damaged = self.reader.damaged_from(candidate);
                    if !lost.contains(&damaged) {
                        lost.push(damaged);
                    }
                    continue;
                }
                Err(error) => return Err(error.into()),
            };
            let core = found.core();
            let is_it = core.phase() == Some("intent") && core.emitter() == leaf.core().emitter();
            if is_it && candidate.0 < index {
                let position = Position { at: found.at(), index };
                let (outcome, updates) = (Some(leaf), Some(candidate.0));
                return Ok(Some(Found { position, outcome, updates, ..whole(found) }));
            }
        }
        // Its intent is gone, by policy or by damage: what is left of the event is its outcome.
        Ok(Some(whole(leaf)))
    }

    fn shows(&self, found: &Found) -> bool {
        let (from, to) = self.range;
        let row = found.row();
        from.is_none_or(|from| found.position.at >= from)
            && to.is_none_or(|to| found.position.at < to)
            && self.scope.sees(&row)
            && self.wanted.matches(&row)
    }
}
