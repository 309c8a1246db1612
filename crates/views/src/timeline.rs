//! Pages straight from the ledger's frames, exact in every order.
//!
//! Each frame knows the range of times of its events. A page merges frames in walking order: a
//! frame is decoded only when the best event found so far could lie behind one of its own, so
//! the newest hundred events usually cost two or three frames, and a late event in any frame
//! still comes at its right place. Nothing is kept between pages.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::ops::Range;

use annals_ledger::{FrameRange, LedgerError, LedgerReader};
use annals_record::{Leaf, Timestamp};

use crate::QueryError;
use crate::page::{Order, PageToken, Position, Walk};

/// What a page is read from; the ledger, or a model of it in tests.
pub trait Frames {
    /// Frames in the order of position, with the range of their events' times.
    fn frames(&self) -> Vec<FrameRange>;
    /// The events of a range of positions with their place in time, in order.
    ///
    /// # Errors
    /// When they cannot be read.
    fn events(&self, range: Range<u64>) -> Result<Vec<(Position, Leaf)>, LedgerError>;
}

impl Frames for LedgerReader {
    fn frames(&self) -> Vec<FrameRange> {
        Self::frames(self)
    }

    fn events(&self, range: Range<u64>) -> Result<Vec<(Position, Leaf)>, LedgerError> {
        let mut events = Vec::new();
        for item in self.range(range) {
            match item {
                Ok((index, leaf)) => {
                    events.push((Position { at: leaf.at(), index: index.0 }, leaf));
                }
                Err(LedgerError::Pruned { .. }) => {} // Gone by policy; nothing left to show.
                Err(error) => return Err(error),
            }
        }
        Ok(events)
    }
}

/// One page of a walk.
#[derive(Debug)]
pub struct TimelinePage {
    /// The events with their positions, in the walk's order.
    pub events: Vec<(Position, Leaf)>,
    /// Where the next page begins; none at the end of the walk.
    pub next: Option<PageToken>,
}

/// The next `limit` events of `walk` after `last`, or its first ones.
///
/// # Errors
/// When the ledger cannot be read.
pub fn page<F: Frames>(
    source: &F,
    walk: Walk,
    last: Option<Position>,
    limit: usize,
) -> Result<TimelinePage, QueryError> {
    let mut merge = Merge::new(source, walk, last);
    let mut events = Vec::with_capacity(limit.min(1024));
    while events.len() < limit {
        match merge.next()? {
            Some(event) => events.push(event),
            None => return Ok(TimelinePage { events, next: None }),
        }
    }
    let next = match (merge.next()?, events.last()) {
        (Some(_), Some(&(last, _))) => {
            Some(PageToken { walk, now: Timestamp::from_nanos(0), digest: 0, last })
        }
        _ => None,
    };
    Ok(TimelinePage { events, next })
}

/// A place in walking order: the smaller comes first, whatever the order is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Rank(i128, u64);

impl Rank {
    fn of(order: Order, position: Position) -> Self {
        let major = if order.is_by_time() { i128::from(position.at) } else { 0 };
        if order.is_backwards() {
            Self(-major, u64::MAX - position.index)
        } else {
            Self(major, position.index)
        }
    }

    /// The best rank an event of the frame can have.
    fn best(order: Order, frame: &FrameRange) -> Self {
        let last = frame.first + u64::from(frame.count) - 1;
        Self::of(
            order,
            if order.is_backwards() {
                Position { at: frame.at_max, index: last }
            } else {
                Position { at: frame.at_min, index: frame.first }
            },
        )
    }
}

/// Events and frames in walking order; an event leaves only when no frame can hold a better one.
struct Merge<'a, F> {
    source: &'a F,
    walk: Walk,
    last: Option<Rank>,
    /// Frames not decoded yet, best first.
    closed: BinaryHeap<Reverse<(Rank, u64, u32)>>,
    /// Events of decoded frames, best first.
    open: BinaryHeap<Reverse<Ranked>>,
}

impl<'a, F: Frames> Merge<'a, F> {
    fn new(source: &'a F, walk: Walk, last: Option<Position>) -> Self {
        let last = last.map(|position| Rank::of(walk.order, position));
        let closed = source
            .frames()
            .iter()
            .filter(|frame| may_hold(&walk, last, frame))
            .map(|frame| Reverse((Rank::best(walk.order, frame), frame.first, frame.count)))
            .collect();
        Self { source, walk, last, closed, open: BinaryHeap::new() }
    }

    fn next(&mut self) -> Result<Option<(Position, Leaf)>, QueryError> {
        while let Some(Reverse((best, first, count))) = self.closed.peek() {
            if self.open.peek().is_some_and(|Reverse(event)| event.rank < *best) {
                break;
            }
            let range = *first..first + u64::from(*count);
            self.closed.pop();
            self.decode(range)?;
        }
        Ok(self.open.pop().map(|Reverse(Ranked { position, leaf, .. })| (position, leaf)))
    }

    fn decode(&mut self, range: Range<u64>) -> Result<(), QueryError> {
        for (position, leaf) in self.source.events(range)? {
            let rank = Rank::of(self.walk.order, position);
            if self.walk.covers(position) && self.last.is_none_or(|last| rank > last) {
                self.open.push(Reverse(Ranked { rank, position, leaf }));
            }
        }
        Ok(())
    }
}

/// False only if no event of the frame can belong to the rest of the walk.
fn may_hold(walk: &Walk, last: Option<Rank>, frame: &FrameRange) -> bool {
    let end = frame.first + u64::from(frame.count);
    let worst = if walk.order.is_backwards() {
        Position { at: frame.at_min, index: frame.first }
    } else {
        Position { at: frame.at_max, index: end.saturating_sub(1) }
    };
    frame.count > 0
        && frame.first < walk.as_of
        && walk.after_index.is_none_or(|after| end > after.saturating_add(1))
        && walk.from.is_none_or(|from| frame.at_max >= from)
        && walk.to.is_none_or(|to| frame.at_min < to)
        && last.is_none_or(|last| Rank::of(walk.order, worst) > last)
}

struct Ranked {
    rank: Rank,
    position: Position,
    leaf: Leaf,
}

// Ranks are unique (they end in the position), so order and equality by rank alone are enough.
impl PartialEq for Ranked {
    fn eq(&self, other: &Self) -> bool {
        self.rank == other.rank
    }
}
impl Eq for Ranked {}
impl PartialOrd for Ranked {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Ranked {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.rank.cmp(&other.rank)
    }
}

#[cfg(test)]
mod tests;
