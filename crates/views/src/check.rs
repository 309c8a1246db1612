//! Looking at the events themselves: what no column can tell.
//!
//! Rows are read in the order of position, so that each frame of the ledger is decoded once, in
//! chunks on a few threads. An event that retention took in the meantime is passed over.

use annals_ledger::{KeptRange, LedgerReader};
use annals_record::{Kept, Leaf};

use crate::QueryError;
use crate::columns::Flags;
use crate::eval::Compiled;
use crate::found::Found;
use crate::page::Position;
use crate::part::Part;
use crate::question::Progress;
use crate::row::{Ending, Row};
use crate::scope::Scope;
use crate::threads;

/// Rows that one thread reads in one go.
pub(crate) const CHUNK_ROWS: usize = 256;
/// Fewer rows are not worth a thread.
const CHUNK_ROWS_MIN: usize = 16;

/// Where the leaves of one row stand.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place {
    /// Where it is shown.
    pub(crate) position: Position,
    /// Its leaf; of a two-phase operation the intent.
    leaf: u64,
    ending: End,
}

#[derive(Clone, Copy, Debug)]
enum End {
    Own,
    Leaf(u64),
    Unknown,
}

impl Place {
    /// Where the leaves of a row of a part stand. An outcome at or above `as_of` is not seen yet.
    pub(crate) fn of(part: &Part, doc: u32, as_of: u64) -> Self {
        let position = Position { at: part.at(doc), index: part.index(doc) };
        let (leaf, flags) = (position.index, part.flags(doc));
        match part.partner(doc) {
            Some(intent) if flags.has(Flags::HIDDEN) => {
                Self { position, leaf: intent, ending: End::Leaf(leaf) }
            }
            Some(outcome) if outcome < as_of => Self { position, leaf, ending: End::Leaf(outcome) },
            None if flags.has(Flags::GIVEN_UP) => Self { position, leaf, ending: End::Unknown },
            _ => Self { position, leaf, ending: End::Own },
        }
    }
}

/// Reads events and says which of them match.
pub(crate) struct Checker<'c> {
    pub(crate) reader: &'c LedgerReader,
    pub(crate) filter: &'c Compiled,
    pub(crate) scope: &'c Scope,
    pub(crate) progress: &'c Progress,
}

impl Checker<'_> {
    /// What `make` makes of the events at these places, given their number among the places; in
    /// the order of the places.
    pub(crate) fn each<T: Send>(
        &self,
        places: &[Place],
        make: impl Fn(usize, Found) -> Option<T> + Sync,
    ) -> Result<Vec<Option<T>>, QueryError> {
        let mut order: Vec<u32> = (0..places.len() as u32).collect();
        order.sort_unstable_by_key(|place| places[*place as usize].leaf);
        // A hundred scattered rows are a hundred frames: worth two threads.
        let chunk_rows = (places.len() / 2).clamp(CHUNK_ROWS_MIN, CHUNK_ROWS);
        let chunks: Vec<&[u32]> = order.chunks(chunk_rows).collect();
        let read = threads::each(chunks.len(), |chunk| {
            let mut cursor = LeafCursor::new(self.reader);
            let mut made = Vec::with_capacity(CHUNK_ROWS);
            for number in chunks[chunk] {
                let place = &places[*number as usize];
                let found = cursor.found(place)?;
                made.push((*number, found.and_then(|found| make(*number as usize, found))));
            }
            self.progress.go_on()?;
            Ok(made)
        })?;
        let mut out: Vec<Option<T>> = Vec::new();
        out.resize_with(places.len(), || None);
        for (number, made) in read.into_iter().flatten() {
            out[number as usize] = made;
        }
        Ok(out)
    }

    /// Which of the places match; they stand in the order of position. On this thread alone.
    pub(crate) fn which(&self, places: &[Place]) -> Result<Vec<bool>, QueryError> {
        let mut cursor = LeafCursor::new(self.reader);
        let mut matching = Vec::with_capacity(places.len());
        for chunk in places.chunks(CHUNK_ROWS) {
            for place in chunk {
                let row = cursor.row(place)?;
                matching.push(row.is_some_and(|row| self.passes(&row)));
            }
            self.progress.go_on()?;
            self.progress.advance(chunk.len() as u64);
        }
        Ok(matching)
    }

    /// True if the event passes filter and scope.
    pub(crate) fn matches(&self, found: &Found) -> bool {
        self.passes(&found.row())
    }

    fn passes(&self, row: &Row<'_>) -> bool {
        self.scope.sees(row) && self.filter.matches(row)
    }
}

/// Reads leaves in the order of position, a frame at a time, into the same buffers.
pub(crate) struct LeafCursor {
    leaves: KeptRange,
    outcomes: KeptRange,
    leaf: Kept,
    outcome: Kept,
}

impl LeafCursor {
    pub(crate) fn new(reader: &LedgerReader) -> Self {
        let all = || reader.kept_range(0..u64::MAX);
        let nothing = || Kept::Pruned(Default::default());
        Self { leaves: all(), outcomes: all(), leaf: nothing(), outcome: nothing() }
    }

    /// The event at a place, kept for longer than the next one; none if it is gone.
    pub(crate) fn found(&mut self, place: &Place) -> Result<Option<Found>, QueryError> {
        let Some((leaf, outcome)) = self.read(place)? else { return Ok(None) };
        Ok(Some(Found {
            position: place.position,
            leaf: leaf.clone(),
            outcome: outcome.cloned(),
            updates: (place.leaf != place.position.index).then_some(place.leaf),
            is_given_up: matches!(place.ending, End::Unknown),
        }))
    }

    /// The event at a place as a filter reads it; none if it is gone.
    fn row(&mut self, place: &Place) -> Result<Option<Row<'_>>, QueryError> {
        let Some((leaf, outcome)) = self.read(place)? else { return Ok(None) };
        let ending = match (outcome, place.ending) {
            (Some(outcome), _) => Ending::Leaf(outcome),
            (None, End::Unknown) => Ending::Unknown,
            (None, End::Own | End::Leaf(_)) => Ending::Own,
        };
        Ok(Some(Row::with_ending(leaf, place.position.index, ending)))
    }

    /// The leaves of a place.
    fn read(&mut self, place: &Place) -> Result<Option<(&Leaf, Option<&Leaf>)>, QueryError> {
        self.leaves.read(place.leaf, &mut self.leaf)?;
        let Kept::Leaf(leaf) = &self.leaf else { return Ok(None) };
        let End::Leaf(index) = place.ending else { return Ok(Some((leaf, None))) };
        self.outcomes.read(index, &mut self.outcome)?;
        match &self.outcome {
            Kept::Leaf(outcome) => Ok(Some((leaf, Some(outcome)))),
            Kept::Pruned(_) => Ok(Some((leaf, None))),
        }
    }
}
