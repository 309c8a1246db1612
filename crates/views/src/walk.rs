//! Pages of a walk: events in the order of time or of position, a few at a time.
//!
//! Parts are merged lazily: a part is asked only when its best row could come next, so the newest
//! hundred events of anything common cost one or two parts; of something rare ever more parts are
//! asked at once. Rows that may match are read in growing batches, in the order of the walk.
//! Nothing is kept between pages.

mod stream;

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::QueryError;
use crate::check::Place;
use crate::found::Found;
use crate::index::SearchIndex;
use crate::page::{Order, PageToken, Position, Walk};
use crate::question::{Answer, Progress, Question};
use crate::search::Search;
use crate::threads;
use stream::{Rank, Stream};

/// Rows read in one go, at most.
const BATCH_ROWS_MAX: usize = 4096;
/// Parts asked at once, at most: each keeps its sets of rows, 125 KB a million, to the end.
const ASKED_AT_ONCE_MAX: usize = 16;

/// One page of a walk.
#[derive(Clone, Debug)]
pub struct Page {
    /// The events in the walk's order.
    pub events: Vec<Found>,
    /// Where the next page begins; none at the end of the walk.
    pub next: Option<PageToken>,
}

/// Which walk, and how far it has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Turn {
    order: Order,
    /// Only events after this position.
    after_index: Option<u64>,
    /// The last event of the page before.
    last: Option<Position>,
}

impl SearchIndex {
    /// The next `limit` events of a walk behind `last`, at least one if there is any; only events
    /// after the position `after_index`.
    ///
    /// In the order of position an event of two phases comes again at the position of its outcome.
    /// A walk that is gone on with asks the same question with the `as_of` of its first page.
    ///
    /// # Errors
    /// `CursorBeyond` for a head this ledger has not reached, `Cancelled`, or what reading found.
    pub fn page(
        &self,
        question: &Question,
        order: Order,
        after_index: Option<u64>,
        last: Option<Position>,
        limit: usize,
        progress: &Progress,
    ) -> Result<Answer<Page>, QueryError> {
        let turn = Turn { order, after_index, last };
        let search = Search::new(self, question, progress)?;
        let limit = limit.max(1);
        let mut merge = Merge::new(&search, turn);
        let mut events = Vec::with_capacity(limit.min(BATCH_ROWS_MAX) + 1);
        // One event more than asked for tells whether there is a next page.
        for batch in batches(limit + 1) {
            let rows = merge.take(batch)?;
            events.extend(read(&search, &rows)?);
            if rows.is_empty() || events.len() > limit {
                break;
            }
        }
        let more = events.len() > limit;
        events.truncate(limit);
        let (from, to, as_of) = (question.from, question.to, search.as_of);
        let walk = Walk { order, as_of, from, to, after_index };
        let next = events.last().filter(|_| more).map(|last| PageToken {
            walk,
            now: question.now,
            digest: question.digest(),
            call: question.call,
            last: last.position,
        });
        search.answer(Page { events, next })
    }
}

/// How many rows to read at a time: as many as are wanted, then ever more, without end.
fn batches(wanted: usize) -> impl Iterator<Item = usize> {
    let doubled = |batch: &usize| Some(batch.saturating_mul(2).min(BATCH_ROWS_MAX));
    std::iter::successors(Some(wanted.min(BATCH_ROWS_MAX)), doubled)
}

/// Reads rows and leaves out those that turn out not to match.
fn read(search: &Search<'_>, rows: &[Row]) -> Result<Vec<Found>, QueryError> {
    let places: Vec<Place> = rows.iter().map(|row| row.place).collect();
    let (checker, progress) = (search.checker(), search.progress);
    progress.expect(rows.len() as u64);
    let found = checker.each(&places, |number, found| {
        (rows[number].is_sure || checker.matches(&found)).then_some(found)
    })?;
    progress.advance(rows.len() as u64);
    Ok(found.into_iter().flatten().collect())
}

/// A row of a part, in the order of the walk.
struct Row {
    place: Place,
    is_sure: bool,
}

/// Parts, merged in the order of the walk.
struct Merge<'m, 's> {
    search: &'m Search<'s>,
    streams: Vec<Stream<'m>>,
    /// By the rank of the next row of each stream, or a rank that none of its rows is before.
    heap: BinaryHeap<Reverse<(Rank, usize)>>,
    /// Parts to ask at once the next time.
    asked_at_once: usize,
}

impl<'m, 's> Merge<'m, 's> {
    fn new(search: &'m Search<'s>, turn: Turn) -> Self {
        let parts = search.parts().iter();
        let streams: Vec<_> = parts.filter_map(|part| Stream::closed(part, turn, search)).collect();
        let heap = streams.iter().map(Stream::rank).zip(0..).map(Reverse).collect();
        Self { search, streams, heap, asked_at_once: 1 }
    }

    /// The next rows, up to `count`.
    fn take(&mut self, count: usize) -> Result<Vec<Row>, QueryError> {
        let mut rows = Vec::with_capacity(count);
        while rows.len() < count
            && let Some(Reverse((_, number))) = self.heap.pop()
        {
            let stream = &mut self.streams[number];
            if stream.is_closed() {
                self.open(number)?;
                continue;
            }
            if let Some((doc, is_sure)) = stream.take() {
                rows.push(Row { place: self.search.place(stream.part(), doc), is_sure });
            }
            self.put_back(number);
        }
        Ok(rows)
    }

    /// Asks a part, and with it some of those that would be next if it has nothing.
    fn open(&mut self, first: usize) -> Result<(), QueryError> {
        let mut asked = vec![first];
        let mut open = Vec::new();
        while asked.len() < self.asked_at_once
            && let Some(Reverse((rank, number))) = self.heap.pop()
        {
            match self.streams[number].is_closed() {
                true => asked.push(number),
                false => open.push(Reverse((rank, number))),
            }
        }
        self.heap.extend(open);
        let answers = threads::each(asked.len(), |place| {
            self.search.progress.go_on()?;
            Ok(self.streams[asked[place]].ask(self.search))
        })?;
        for (number, rows) in asked.into_iter().zip(answers) {
            self.streams[number].open(rows);
            self.put_back(number);
        }
        self.asked_at_once = (self.asked_at_once * 2).min(ASKED_AT_ONCE_MAX);
        Ok(())
    }

    fn put_back(&mut self, number: usize) {
        let stream = &self.streams[number];
        if !stream.is_empty() {
            self.heap.push(Reverse((stream.rank(), number)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // A walk over a million rows of which none matches must reach the last: no batch is empty.
    #[test]
    fn batches_grow_to_their_limit_and_stay_there() {
        let sizes: Vec<_> = batches(101).take(1_000).collect();
        assert_eq!(sizes[..4], [101, 202, 404, 808]);
        assert!(sizes[10..].iter().all(|size| *size == BATCH_ROWS_MAX));
        assert_eq!(batches(usize::MAX).next(), Some(BATCH_ROWS_MAX));
    }
}
