//! The rows of one part in the order of a walk, asked for only when they may come next.

use crate::docset::DocSet;
use crate::page::{Order, Position};
use crate::part::Part;
use crate::search::Search;
use crate::sets::Sets;
use crate::walk::Turn;

/// Where fewer than one row in so many is met, they are sorted rather than looked for.
const FEW: u32 = 16;

/// A place in a walk: the smaller comes first, whatever the order is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Rank(i128, u64);

impl Rank {
    pub(super) fn of(order: Order, position: Position) -> Self {
        let major = if order.is_by_time() { i128::from(position.at) } else { 0 };
        match order.is_backwards() {
            true => Self(-major, u64::MAX - position.index),
            false => Self(major, position.index),
        }
    }
}

/// The rows of one part in the order of a walk.
pub(super) struct Stream<'p> {
    part: &'p Part,
    turn: Turn,
    /// Of the next row; of a closed stream no row is before it.
    rank: Rank,
    rows: Option<Rows>,
}

/// The matching rows that are left.
pub(super) struct Rows {
    sets: Sets,
    steps: Steps,
    next: Option<u32>,
}

/// How the next row is found.
enum Steps {
    /// Rows below this one, descending.
    Down(u32),
    /// Rows from this one on, ascending.
    Up(u32),
    /// Rows below this rank in the order of position.
    RanksDown(u32),
    /// Rows from this rank on in the order of position.
    RanksUp(u32),
    /// These, from the back.
    List(Vec<u32>),
}

impl<'p> Stream<'p> {
    /// The rows of `part`, not asked for yet; none if it can hold none of the walk's.
    pub(super) fn closed(part: &'p Part, turn: Turn, search: &Search<'_>) -> Option<Self> {
        let (question, order) = (search.question, turn.order);
        let (oldest, newest) = part.at_range();
        let indexes = part.index_range();
        let first_index = turn.after_index.map_or(0, |after| after.saturating_add(1));
        let is_outside = question.from.is_some_and(|from| newest < from)
            || question.to.is_some_and(|to| oldest >= to)
            || indexes.start >= search.as_of
            || indexes.end <= first_index;
        if is_outside {
            return None;
        }
        let best = match order.is_backwards() {
            true => Position {
                at: newest.min(question.to.map_or(i64::MAX, |to| to.saturating_sub(1))),
                index: indexes.end.min(search.as_of) - 1,
            },
            false => Position {
                at: oldest.max(question.from.unwrap_or(i64::MIN)),
                index: indexes.start.max(first_index),
            },
        };
        let rank = Rank::of(order, best);
        let rank = turn.last.map_or(rank, |last| rank.max(Rank::of(order, last)));
        Some(Self { part, turn, rank, rows: None })
    }

    pub(super) fn part(&self) -> &'p Part {
        self.part
    }

    pub(super) fn rank(&self) -> Rank {
        self.rank
    }

    /// True if the part was not asked yet.
    pub(super) fn is_closed(&self) -> bool {
        self.rows.is_none()
    }

    /// True if the part was asked and nothing is left.
    pub(super) fn is_empty(&self) -> bool {
        self.rows.as_ref().is_some_and(|rows| rows.next.is_none())
    }

    /// What the part says to the rest of the walk; changes nothing, so that several can be asked
    /// at once.
    pub(super) fn ask(&self, search: &Search<'_>) -> Rows {
        let (part, Turn { order, after_index, last }) = (self.part, self.turn);
        let mut seen = search.seen(part, order, after_index);
        if let Some(last) = last {
            keep_behind(part, order, last, &mut seen);
        }
        let sets = search.sets(part, &seen);
        let len = part.len();
        let steps = match order {
            Order::NewestFirst => Steps::Down(len),
            Order::OldestFirst => Steps::Up(0),
            Order::Index | Order::IndexBackwards if sets.may().count() < len / FEW => {
                let mut list: Vec<u32> = sets.may().iter().collect();
                list.sort_unstable_by_key(|doc| part.index(*doc));
                if order == Order::Index {
                    list.reverse();
                }
                Steps::List(list)
            }
            Order::Index => {
                let behind = last.map(|last| last.index).max(after_index);
                Steps::RanksUp(part.first_rank_of(behind.map_or(0, |it| it.saturating_add(1))))
            }
            Order::IndexBackwards => {
                let end = last.map_or(search.as_of, |last| last.index.min(search.as_of));
                Steps::RanksDown(part.first_rank_of(end))
            }
        };
        let mut rows = Rows { sets, steps, next: None };
        rows.step(part);
        rows
    }

    /// Takes up what it said.
    pub(super) fn open(&mut self, rows: Rows) {
        self.rows = Some(rows);
        self.set_rank();
    }

    /// The next row, and whether it matches for sure.
    pub(super) fn take(&mut self) -> Option<(u32, bool)> {
        let rows = self.rows.as_mut()?;
        let doc = rows.next?;
        let is_sure = rows.sets.sure.contains(doc);
        rows.step(self.part);
        self.set_rank();
        Some((doc, is_sure))
    }

    fn set_rank(&mut self) {
        if let Some(doc) = self.rows.as_ref().and_then(|rows| rows.next) {
            let position = Position { at: self.part.at(doc), index: self.part.index(doc) };
            self.rank = Rank::of(self.turn.order, position);
        }
    }
}

impl Rows {
    fn step(&mut self, part: &Part) {
        let rows = self.sets.may();
        let is_row = |rank: &u32| rows.contains(part.doc_by_rank(*rank));
        self.next = match &mut self.steps {
            Steps::Down(end) => {
                let next = rows.iter_rev_from(*end).next();
                *end = next.unwrap_or(0);
                next
            }
            Steps::Up(from) => {
                let next = rows.iter_from(*from).next();
                *from = next.map_or(part.len(), |doc| doc + 1);
                next
            }
            Steps::RanksDown(end) => {
                let rank = (0..*end).rev().find(is_row);
                *end = rank.unwrap_or(0);
                rank.map(|rank| part.doc_by_rank(rank))
            }
            Steps::RanksUp(from) => {
                let rank = (*from..part.len()).find(is_row);
                *from = rank.map_or(part.len(), |rank| rank + 1);
                rank.map(|rank| part.doc_by_rank(rank))
            }
            Steps::List(list) => list.pop(),
        };
    }
}

/// Keeps the rows that a walk meets behind `last`.
fn keep_behind(part: &Part, order: Order, last: Position, rows: &mut DocSet) {
    let len = part.len();
    match order {
        Order::NewestFirst => rows.keep_range(0..first_doc_not_before(part, last)),
        Order::OldestFirst => {
            let next = Position { index: last.index.saturating_add(1), ..last };
            rows.keep_range(first_doc_not_before(part, next)..len);
        }
        Order::Index | Order::IndexBackwards => {
            let indexes = match order {
                Order::Index => last.index.saturating_add(1)..u64::MAX,
                _ => 0..last.index,
            };
            let mut behind = DocSet::new_empty(len);
            part.docs_of(indexes, &mut behind);
            rows.and(&behind);
        }
    }
}

/// The first row at or behind a position in the order of time.
fn first_doc_not_before(part: &Part, position: Position) -> u32 {
    let (mut low, mut high) = (part.first_doc_at(position.at), part.len());
    while low < high {
        let middle = low + (high - low) / 2;
        let here = Position { at: part.at(middle), index: part.index(middle) };
        if here < position { low = middle + 1 } else { high = middle }
    }
    low
}
