//! Looking at the events themselves: what no column can tell.
//!
//! Rows are read in the order of position, so that each frame of the ledger is decoded once, in
//! chunks on a few threads. An event that retention took in the meantime is passed over.

use annals_ledger::{Leaves, LedgerError, LedgerReader};
use annals_record::Leaf;

use crate::QueryError;
use crate::columns::Flags;
use crate::eval::Compiled;
use crate::found::Found;
use crate::page::Position;
use crate::part::Part;
use crate::question::Progress;
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
                matching.push(cursor.found(place)?.is_some_and(|found| self.matches(&found)));
            }
            self.progress.go_on()?;
            self.progress.advance(chunk.len() as u64);
        }
        Ok(matching)
    }

    /// True if the event passes filter and scope.
    pub(crate) fn matches(&self, found: &Found) -> bool {
        let row = found.row();
        self.scope.sees(&row) && self.filter.matches(&row)
    }
}

/// Reads leaves in the order of position, a frame at a time.
pub(crate) struct LeafCursor<'c> {
    reader: &'c LedgerReader,
    leaves: Option<Leaves>,
}

impl<'c> LeafCursor<'c> {
    pub(crate) fn new(reader: &'c LedgerReader) -> Self {
        Self { reader, leaves: None }
    }

    /// The event at a place; none if it is gone.
    pub(crate) fn found(&mut self, place: &Place) -> Result<Option<Found>, QueryError> {
        let leaves = self.leaves.get_or_insert_with(|| self.reader.range(place.leaf..u64::MAX));
        leaves.skip_to(place.leaf);
        let leaf = match kept(leaves.next())? {
            Some((index, leaf)) if index.0 == place.leaf => Some(leaf),
            // Behind the cursor: several rows of one leaf stand in one list.
            _ => self.alone(place.leaf)?,
        };
        let Some(leaf) = leaf else { return Ok(None) };
        let outcome = match place.ending {
            End::Leaf(outcome) => self.alone(outcome)?,
            End::Own | End::Unknown => None,
        };
        Ok(Some(Found {
            position: place.position,
            leaf,
            outcome,
            updates: (place.leaf != place.position.index).then_some(place.leaf),
            is_given_up: matches!(place.ending, End::Unknown),
        }))
    }

    fn alone(&self, index: u64) -> Result<Option<Leaf>, QueryError> {
        let found = kept(self.reader.range(index..index.saturating_add(1)).next())?;
        Ok(found.map(|(_, leaf)| leaf))
    }
}

/// What stands there, if retention left it.
fn kept<T>(item: Option<Result<T, LedgerError>>) -> Result<Option<T>, QueryError> {
    match item {
        Some(Err(LedgerError::Pruned { .. })) | None => Ok(None),
        Some(item) => Ok(Some(item?)),
    }
}
