//! Looking at the events themselves: what no column can tell.
//!
//! Rows are read in the order of position, so that each frame of the ledger is decoded once, in
//! chunks on a few threads. Where a filter cannot do without a text, the bytes of a frame are
//! looked through first (`sieve.rs`). An event that retention took in the meantime is passed over;
//! so is one that is damaged, and [`Damage`] remembers it.

use annals_ledger::{KeptRange, LedgerReader};
use annals_record::{Kept, Leaf};

use crate::QueryError;
use crate::columns::Flags;
use crate::damage::Damage;
use crate::eval::Compiled;
use crate::found::Found;
use crate::page::Position;
use crate::part::Part;
use crate::question::Progress;
use crate::row::{Ending, Row};
use crate::scope::Scope;
use crate::sieve::{Sieve, Sought};
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
    /// What no matching event lacks.
    pub(crate) sought: Option<&'c Sought>,
    pub(crate) damage: &'c Damage,
    /// An outcome at or above it is not seen yet.
    pub(crate) as_of: u64,
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
            let mut cursor = self.cursor();
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

    /// Which of the rows of a part match, all of them events; they stand in the order of position.
    /// On this thread alone.
    pub(crate) fn which(&self, part: &Part, docs: &[u32]) -> Result<Vec<u32>, QueryError> {
        let mut cursor = self.cursor();
        let mut matching = Vec::new();
        for chunk in docs.chunks(CHUNK_ROWS) {
            for &doc in chunk {
                // Most rows fall here, so nothing else is asked of the part before.
                if !cursor.may_match(part, doc)? {
                    continue;
                }
                let row = cursor.row(&Place::of(part, doc, self.as_of))?;
                if row.is_some_and(|row| self.passes(&row)) {
                    matching.push(doc);
                }
            }
            self.progress.go_on()?;
            self.progress.advance(chunk.len() as u64);
        }
        Ok(matching)
    }

    fn cursor(&self) -> LeafCursor<'_> {
        LeafCursor::new(self.reader, self.sought, self.damage)
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
pub(crate) struct LeafCursor<'c> {
    leaves: KeptRange,
    outcomes: KeptRange,
    leaf: Kept,
    outcome: Kept,
    /// One for each of the two ranges.
    sieves: Option<[Sieve<'c>; 2]>,
    damage: &'c Damage,
}

impl<'c> LeafCursor<'c> {
    /// Reads whatever holds the sought text.
    pub(crate) fn new(
        reader: &LedgerReader,
        sought: Option<&'c Sought>,
        damage: &'c Damage,
    ) -> Self {
        let all = || reader.kept_range(0..u64::MAX);
        let nothing = || Kept::Pruned(Default::default());
        let sieves = sought.map(|sought| [Sieve::new(sought), Sieve::new(sought)]);
        let (leaf, outcome) = (nothing(), nothing());
        Self { leaves: all(), outcomes: all(), leaf, outcome, sieves, damage }
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

    /// The leaves of a place; none if they are gone, damaged, or lack the sought text.
    fn read(&mut self, place: &Place) -> Result<Option<(&Leaf, Option<&Leaf>)>, QueryError> {
        if !self.passes(place)? {
            return Ok(None);
        }
        let read = self.leaves.read(place.leaf, &mut self.leaf);
        if self.damage.unless(place.leaf, read)?.is_none() {
            return Ok(None);
        }
        let Kept::Leaf(leaf) = &self.leaf else { return Ok(None) };
        let End::Leaf(index) = place.ending else { return Ok(Some((leaf, None))) };
        let read = self.outcomes.read(index, &mut self.outcome);
        if self.damage.unless(index, read)?.is_none() {
            return Ok(None);
        }
        match &self.outcome {
            Kept::Leaf(outcome) => Ok(Some((leaf, Some(outcome)))),
            Kept::Pruned(_) => Ok(Some((leaf, None))),
        }
    }

    /// False only if no leaf of the event in a row holds the sought text.
    fn may_match(&mut self, part: &Part, doc: u32) -> Result<bool, QueryError> {
        let leaf = part.index(doc);
        Ok(self.own_passes(leaf)? || part.partner(doc).is_some())
    }

    /// False only if neither leaf holds the sought text.
    fn passes(&mut self, place: &Place) -> Result<bool, QueryError> {
        let own = self.own_passes(place.leaf)?;
        let (End::Leaf(index), false) = (place.ending, own) else { return Ok(own) };
        let Some([_, sieve]) = &mut self.sieves else { return Ok(true) };
        let other = sieve.passes(&mut self.outcomes, index);
        Ok(self.damage.unless(index, other)?.unwrap_or(false))
    }

    fn own_passes(&mut self, leaf: u64) -> Result<bool, QueryError> {
        let Some([sieve, _]) = &mut self.sieves else { return Ok(true) };
        let passes = sieve.passes(&mut self.leaves, leaf);
        Ok(self.damage.unless(leaf, passes)?.unwrap_or(false))
    }
}
