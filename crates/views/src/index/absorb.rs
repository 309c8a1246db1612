//! From leaves in the order of position to what changes in the index.
//!
//! The same code serves the follower, a start, and a question that runs ahead of the follower. A
//! row that an outcome, an erasure or the clock changes is deleted where it stands and folded
//! anew. Reads the ledger for leaves of earlier batches; writes nothing.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::ops::Range;

use annals_ledger::{LeafIndex, LedgerError, LedgerReader};
use annals_record::{Control, Kept, Leaf, Tag};

use super::manifest::Erasure;
use crate::columns::Flags;
use crate::damage::unless_damaged;
use crate::memory::MemoryBuilder;
use crate::part::Part;
use crate::values::{Ending, RowValues};

/// What a batch changes.
#[derive(Default)]
pub(super) struct Absorbed {
    /// Its rows, old ones folded anew among them.
    pub(super) part: Option<Part>,
    /// Positions whose rows in other parts are deleted.
    pub(super) replaced: Vec<u64>,
    /// What control entries of the batch erased.
    pub(super) erased: Vec<Erasure>,
    /// Intents of the batch that were not closed in it: (at, index).
    pub(super) opened: Vec<(i64, u64)>,
    /// Leaves that were looked for and are damaged.
    pub(super) lost: Vec<Range<u64>>,
}

impl Absorbed {
    /// Deletes the rows in a part that the batch put others in the place of.
    pub(super) fn delete_from(&self, part: &mut Part) {
        let docs: Vec<_> = self.replaced.iter().filter_map(|index| part.doc_of(*index)).collect();
        if !docs.is_empty() {
            *part = part.without(docs);
        }
    }
}

/// Which row, and what is known of it beyond its leaf.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct RowState {
    /// Position of the event.
    pub(super) index: u64,
    /// Position of its outcome leaf.
    pub(super) outcome: Option<u64>,
    /// Its outcome did not come within the limit.
    pub(super) given_up: bool,
}

/// Folds batches over the rows that are already there.
pub(super) struct Absorber<'a> {
    reader: &'a LedgerReader,
    parts: &'a [Part],
    erased: BTreeMap<u64, Vec<Tag>>,
    /// Events whose rows change, by position.
    again: BTreeMap<u64, RowState>,
    /// Intents and outcome leaves that belong together, both ways.
    outcomes: HashMap<u64, u64>,
    intents: HashMap<u64, u64>,
    lost: Vec<Range<u64>>,
}

impl<'a> Absorber<'a> {
    pub(super) fn new(reader: &'a LedgerReader, parts: &'a [Part]) -> Self {
        Self {
            reader,
            parts,
            erased: BTreeMap::new(),
            again: BTreeMap::new(),
            outcomes: HashMap::new(),
            intents: HashMap::new(),
            lost: Vec::new(),
        }
    }

    /// Folds a batch. Leaves that already have a row, because a later batch came first, are left
    /// out.
    pub(super) fn absorb(mut self, batch: &[(LeafIndex, Leaf)]) -> Result<Absorbed, LedgerError> {
        let Some(((first, _), (last, _))) = batch.first().zip(batch.last()) else {
            return Ok(Absorbed::default());
        };
        let range = first.0..last.0 + 1;
        let ahead = self.parts.iter().any(|part| {
            let rows = part.index_range();
            rows.start < range.end && range.start < rows.end
        });
        let mut absorbed = Absorbed::default();
        for (index, leaf) in batch {
            self.look_at(index.0, leaf, batch, &mut absorbed)?;
        }
        let mut rows = MemoryBuilder::new();
        for (index, leaf) in batch {
            let index = index.0;
            if ahead && self.row_at(index).is_some() {
                continue;
            }
            if let Some(&intent) = self.intents.get(&index) {
                let state = RowState { index: intent, outcome: Some(index), given_up: false };
                self.fold(state, true, batch, &mut rows)?;
            } else {
                let outcome = self.outcomes.get(&index).copied();
                if outcome.is_none() && leaf.core().phase() == Some("intent") {
                    absorbed.opened.push((leaf.at(), index));
                }
                let state = RowState { index, outcome, given_up: false };
                self.fold(state, false, batch, &mut rows)?;
            }
        }
        for state in std::mem::take(&mut self.again).into_values() {
            let within = |index: u64| range.contains(&index);
            if !within(state.index) {
                absorbed.replaced.push(state.index);
                self.fold(state, false, batch, &mut rows)?;
            }
            if let Some(outcome) = state.outcome.filter(|outcome| !within(*outcome)) {
                absorbed.replaced.push(outcome);
                self.fold(state, true, batch, &mut rows)?;
            }
        }
        absorbed.part = Part::memory(rows.finish());
        absorbed.lost = self.lost;
        Ok(absorbed)
    }

    /// Folds rows of earlier batches anew, as `states` says.
    pub(super) fn refold(mut self, states: &[RowState]) -> Result<Absorbed, LedgerError> {
        let mut rows = MemoryBuilder::new();
        let mut absorbed = Absorbed::default();
        for state in states {
            absorbed.replaced.push(state.index);
            self.fold(*state, false, &[], &mut rows)?;
            if let Some(outcome) = state.outcome {
                absorbed.replaced.push(outcome);
                self.fold(*state, true, &[], &mut rows)?;
            }
        }
        absorbed.part = Part::memory(rows.finish());
        absorbed.lost = self.lost;
        Ok(absorbed)
    }

    /// Erases fields in whatever is folded, although the ledger may still have them.
    pub(super) fn erase(&mut self, erased: &[(u64, Vec<Tag>)]) {
        for (index, tags) in erased {
            self.erased.entry(*index).or_default().extend(tags);
        }
    }

    /// Finds out what a leaf says of others.
    fn look_at(
        &mut self,
        index: u64,
        leaf: &Leaf,
        batch: &[(LeafIndex, Leaf)],
        absorbed: &mut Absorbed,
    ) -> Result<(), LedgerError> {
        let core = leaf.core();
        if let Some(of) = core.of() {
            if let Some(intent) = self.intent(index, &of, core.emitter(), batch)? {
                self.outcomes.insert(intent, index);
                self.intents.insert(index, intent);
                let state = RowState { index: intent, outcome: Some(index), given_up: false };
                self.again.insert(intent, state);
            }
            return Ok(());
        }
        match core.control() {
            Some(Ok(Control::Redact { index, tags })) => {
                self.erased.entry(index).or_default().extend(&tags);
                let state = self.state_of(index);
                let rows = state.iter().flat_map(|state| [Some(state.index), state.outcome]);
                let rows = rows.flatten().chain([index]).collect();
                let tags = tags.iter().map(|tag| tag.0).collect();
                absorbed.erased.push(Erasure { index, tags, rows, is_filtered: false });
                self.again.extend(state.map(|state| (state.index, state)));
            }
            Some(Ok(Control::Prune { first, end, .. })) => {
                for (index, item) in (first..).zip(self.reader.kept_range(first..end)) {
                    // Rows of what is damaged go once retention is done with it.
                    let Some((_, kept)) = unless_damaged(item)? else { break };
                    if let Kept::Pruned(_) = kept {
                        absorbed.replaced.push(index);
                    }
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// The open intent that an outcome leaf closes.
    fn intent(
        &mut self,
        index: u64,
        of: &str,
        emitter: &str,
        batch: &[(LeafIndex, Leaf)],
    ) -> Result<Option<u64>, LedgerError> {
        let candidates = unless_damaged(self.reader.find(of))?.unwrap_or_default();
        for LeafIndex(candidate) in candidates {
            if candidate >= index || self.outcomes.contains_key(&candidate) {
                continue;
            }
            let row = self.row_at(candidate);
            let closed = row.and_then(|(part, doc)| part.partner(doc));
            if closed.is_some_and(|outcome| outcome != index) {
                continue;
            }
            if let Some(leaf) = self.leaf(candidate, batch)? {
                let core = leaf.core();
                if core.phase() == Some("intent") && core.emitter() == emitter {
                    return Ok(Some(candidate));
                }
            }
        }
        Ok(None)
    }

    /// Adds a row; nothing if retention took its leaf.
    fn fold(
        &mut self,
        state: RowState,
        hidden: bool,
        batch: &[(LeafIndex, Leaf)],
        rows: &mut MemoryBuilder,
    ) -> Result<(), LedgerError> {
        let Some(leaf) = self.leaf(state.index, batch)? else { return Ok(()) };
        let outcome = match state.outcome {
            Some(outcome) => self.leaf(outcome, batch)?,
            None => None,
        };
        let ending = match (&outcome, state.outcome) {
            (Some(leaf), Some(index)) => Ending::Joined(index, leaf),
            _ if state.given_up => Ending::GivenUp,
            _ => Ending::Own,
        };
        let mut row = RowValues::of(state.index, &leaf, ending);
        if hidden {
            row.hide();
        }
        rows.push(&row);
        Ok(())
    }

    /// A leaf of the batch or of the ledger, without what was erased; none if it is pruned or
    /// damaged.
    fn leaf<'b>(
        &mut self,
        index: u64,
        batch: &'b [(LeafIndex, Leaf)],
    ) -> Result<Option<Cow<'b, Leaf>>, LedgerError> {
        let place = batch.binary_search_by_key(&index, |(at, _)| at.0);
        let mut leaf = match place {
            Ok(place) => Cow::Borrowed(&batch[place].1),
            Err(_) => match unless_damaged(self.reader.kept(LeafIndex(index)))? {
                Some(Kept::Leaf(leaf)) => Cow::Owned(leaf),
                Some(Kept::Pruned(_)) => return Ok(None),
                None => {
                    self.lost.push(index..index + 1);
                    return Ok(None);
                }
            },
        };
        if let Some(tags) = self.erased.get(&index) {
            leaf.to_mut().erase(tags);
        }
        Ok(Some(leaf))
    }

    /// The live row at a position.
    fn row_at(&self, index: u64) -> Option<(&'a Part, u32)> {
        // The newest part first: rows that change are mostly young.
        let mut rows = self.parts.iter().rev();
        rows.find_map(|part| Some((part, part.doc_of(index)?)))
    }

    /// How the event at a position stands, be it the position of the event or of its outcome.
    fn state_of(&self, index: u64) -> Option<RowState> {
        if let Some(intent) = self.intents.get(&index) {
            return Some(RowState { index: *intent, outcome: Some(index), given_up: false });
        }
        if let Some(outcome) = self.outcomes.get(&index) {
            return Some(RowState { index, outcome: Some(*outcome), given_up: false });
        }
        let (part, doc) = self.row_at(index)?;
        let (flags, partner) = (part.flags(doc), part.partner(doc));
        Some(match partner {
            Some(intent) if flags.has(Flags::HIDDEN) => {
                RowState { index: intent, outcome: Some(index), given_up: false }
            }
            outcome => RowState { index, outcome, given_up: flags.has(Flags::GIVEN_UP) },
        })
    }
}
