//! What the index is made of at this moment, and how it changes.
//!
//! One lock covers it; the follower, the keeper of the files and the clock take it in turns, and
//! questions only to take in what the follower has not reached: each change ends with a new
//! snapshot. Sealed rows are on disk; the tail is
//! in memory, its small parts merged as they come; frozen rows are on their way from one to the
//! other and still asked in memory.

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::Arc;

use annals_ledger::{LeafIndex, LedgerError, LedgerReader};
use annals_record::{Leaf, Tag};

use super::absorb::{Absorbed, Absorber, RowState};
use super::manifest::{Erasure, Manifest, PartFile, RefoldRow, TextFile};
use super::{Snapshot, State};
use crate::columns::Flags;
use crate::docset::DocSet;
use crate::merge::merge;
use crate::part::Part;
use crate::text::{Chunk, GROUP_LEAVES, TextFilters, TextFolder};

/// Rows up to which parts in memory are merged.
const MEMORY_PART_ROWS: u32 = 64 << 10;
/// Parts of about one size that are merged at once.
const MERGED_PARTS: usize = 4;

/// The index as it changes.
#[derive(Default)]
pub(super) struct Writer {
    pub(super) sealed: Vec<SealedEntry>,
    /// Being sealed: no rows are added, but some may be deleted.
    pub(super) frozen: Vec<Part>,
    pub(super) tail: Vec<Part>,
    /// Filters of whole groups: files, then groups in memory.
    pub(super) texts: Vec<Chunk>,
    pub(super) text_files: Vec<TextFile>,
    /// So many of the chunks stay as they are: files, and those being written to one.
    pub(super) texts_fixed: usize,
    folder: TextFolder,
    /// Every leaf below it is in the filters.
    text_end: u64,
    /// Every leaf below it has its row.
    pub(super) end: u64,
    pub(super) settled: u64,
    /// Intents that may be open: (at, index).
    open: BTreeSet<(i64, u64)>,
    /// Leaves that could not be read: no row, and no key in a filter, is theirs.
    pub(super) lost: Vec<Range<u64>>,
    /// Erased values that may still be in files.
    pub(super) erasures: Vec<Erasure>,
    pub(super) next_number: u64,
    /// The tail is to be sealed however small it is.
    pub(super) seal_now: bool,
}

/// A part on disk.
#[derive(Clone)]
pub(super) struct SealedEntry {
    pub(super) number: u64,
    pub(super) part: Part,
    /// Number of the file of its deleted rows, and what stands in it.
    pub(super) deleted: Option<(u64, Arc<DocSet>)>,
}

impl SealedEntry {
    pub(super) fn file(&self) -> PartFile {
        let deleted = self.deleted.as_ref().map(|(number, _)| *number);
        PartFile { number: self.number, deleted }
    }
}

impl Writer {
    /// The index that a manifest describes; its files are open.
    pub(super) fn new(manifest: &Manifest, sealed: Vec<SealedEntry>, texts: Vec<Chunk>) -> Self {
        let groups: u64 = texts.iter().map(Chunk::groups).sum();
        let mut writer = Self {
            sealed,
            texts_fixed: texts.len(),
            texts,
            text_files: manifest.texts.clone(),
            text_end: groups * GROUP_LEAVES,
            end: manifest.settled,
            settled: manifest.settled,
            lost: manifest.lost.clone(),
            erasures: manifest.erasures.clone(),
            next_number: manifest.next_number,
            ..Self::default()
        };
        let parts: Vec<_> = writer.sealed.iter().map(|entry| entry.part.clone()).collect();
        parts.iter().for_each(|part| writer.note_open(part));
        writer
    }

    /// Everything below it was given to `follow`.
    pub(super) fn position(&self) -> u64 {
        self.end.min(self.text_end)
    }

    /// Rows that nobody is writing to disk.
    pub(super) fn tail_rows(&self) -> u64 {
        self.tail.iter().map(|part| u64::from(part.len())).sum()
    }

    /// True if the tail is due while rows before it are still being written.
    pub(super) fn is_behind(&self, seal_rows: u64) -> bool {
        !self.frozen.is_empty() && self.tail_rows() >= seal_rows
    }

    /// Freezes the tail to be sealed, with the filters that are in memory.
    pub(super) fn freeze(&mut self) -> (Vec<Part>, Vec<Chunk>) {
        self.frozen = std::mem::take(&mut self.tail);
        self.texts_fixed = self.texts.len();
        (self.frozen.clone(), self.texts[self.text_files.len()..].to_vec())
    }

    /// Makes frozen rows the beginning of the tail again.
    pub(super) fn thaw(&mut self) {
        self.texts_fixed = self.text_files.len();
        let tail = std::mem::take(&mut self.tail);
        self.tail = std::mem::take(&mut self.frozen);
        self.tail.extend(tail);
    }

    /// All parts, those of the newest rows last.
    pub(super) fn parts(&self) -> Vec<Part> {
        let sealed = self.sealed.iter().map(|entry| &entry.part);
        sealed.chain(&self.frozen).chain(&self.tail).cloned().collect()
    }

    /// What questions see from now on.
    pub(super) fn snapshot(&self) -> Snapshot {
        Snapshot(Arc::new(State {
            parts: self.parts(),
            texts: TextFilters::new(self.texts.clone()),
            lost: self.lost.clone(),
            end: self.end,
            settled: self.settled,
        }))
    }

    /// Takes the next leaves. On an error nothing has changed but filters, to which leaves may be
    /// added twice.
    pub(super) fn follow(
        &mut self,
        reader: &LedgerReader,
        batch: &[(LeafIndex, Leaf)],
    ) -> Result<(), LedgerError> {
        for (index, leaf) in batch {
            self.add_text(index.0, leaf);
        }
        let fresh = batch.partition_point(|(index, _)| index.0 < self.end);
        let batch = &batch[fresh..];
        let Some((last, _)) = batch.last() else { return Ok(()) };
        let parts = self.parts();
        let mut absorber = Absorber::new(reader, &parts);
        absorber.erase(&self.erased());
        let absorbed = absorber.absorb(batch)?;
        self.apply(absorbed);
        self.end = last.0 + 1;
        Ok(())
    }

    /// Everything below `index` was given or is pruned.
    pub(super) fn skip_to(&mut self, index: u64) {
        self.end = self.end.max(index);
        if self.text_end < index {
            self.skip_text_to(index);
        }
    }

    /// The leaves of `range` cannot be read; everything before them was given.
    pub(super) fn lose(&mut self, range: &Range<u64>) {
        self.note_lost(range);
        self.skip_to(range.end);
    }

    /// Folds rows anew that were in memory when the program ended.
    pub(super) fn refold(
        &mut self,
        reader: &LedgerReader,
        rows: &[RefoldRow],
    ) -> Result<(), LedgerError> {
        let state = |row: &RefoldRow| RowState {
            index: row.index,
            outcome: row.outcome,
            given_up: row.given_up,
        };
        let states: Vec<_> = rows.iter().map(state).collect();
        self.refold_states(reader, &states)
    }

    fn refold_states(
        &mut self,
        reader: &LedgerReader,
        states: &[RowState],
    ) -> Result<(), LedgerError> {
        let parts = self.parts();
        let mut absorber = Absorber::new(reader, &parts);
        absorber.erase(&self.erased());
        let absorbed = absorber.refold(states)?;
        self.apply(absorbed);
        Ok(())
    }

    /// Gives up intents that happened before `limit`; true if there were any.
    pub(super) fn give_up(
        &mut self,
        reader: &LedgerReader,
        limit: i64,
    ) -> Result<bool, LedgerError> {
        let late: Vec<_> = self.open.range(..(limit, 0)).copied().collect();
        if late.is_empty() {
            return Ok(false);
        }
        let parts = self.parts();
        let is_open = |index: u64| {
            let mut rows = parts.iter().rev();
            let row = rows.find_map(|part| Some((part, part.doc_of(index)?)));
            row.is_some_and(|(part, doc)| part.flags(doc).has(Flags::OPEN))
        };
        let states = late.iter().filter(|(_, index)| is_open(*index));
        let states =
            states.map(|(_, index)| RowState { index: *index, outcome: None, given_up: true });
        let states: Vec<_> = states.collect();
        if !states.is_empty() {
            self.refold_states(reader, &states)?;
        }
        late.iter().for_each(|intent| {
            self.open.remove(intent);
        });
        Ok(!states.is_empty())
    }

    fn apply(&mut self, absorbed: Absorbed) {
        let sealed = self.sealed.iter_mut().map(|entry| &mut entry.part);
        for part in sealed.chain(&mut self.frozen).chain(&mut self.tail) {
            absorbed.delete_from(part);
        }
        self.open.extend(absorbed.opened);
        self.erasures.extend(absorbed.erased);
        absorbed.lost.iter().for_each(|lost| self.note_lost(lost));
        self.tail.extend(absorbed.part);
        self.merge_tail();
    }

    /// Merges the last parts in memory while they are about as large as what came after them.
    fn merge_tail(&mut self) {
        let mut first = self.tail.len();
        let mut rows = 0;
        for (place, part) in self.tail.iter().enumerate().rev() {
            if part.len() >= MEMORY_PART_ROWS || (rows > 0 && part.len() > 2 * rows) {
                break;
            }
            rows += part.len();
            first = place;
        }
        if self.tail.len() - first >= MERGED_PARTS {
            let merged = merge(&self.tail[first..].iter().collect::<Vec<_>>());
            self.tail.truncate(first);
            self.tail.extend(Part::memory(merged));
        }
    }

    /// What was met before, by a follower that begins again or row by row, is not noted twice.
    fn note_lost(&mut self, range: &Range<u64>) {
        let holds = |known: &Range<u64>| known.start <= range.start && range.end <= known.end;
        if !self.lost.iter().any(holds) {
            self.lost.push(range.clone());
        }
    }

    fn note_open(&mut self, part: &Part) {
        let mut open = part.flagged(Flags::OPEN);
        open.and_not(part.deleted());
        self.open.extend(open.iter().map(|doc| (part.at(doc), part.index(doc))));
    }

    fn erased(&self) -> Vec<(u64, Vec<Tag>)> {
        let tags = |erasure: &Erasure| erasure.tags.iter().map(|tag| Tag(*tag)).collect();
        self.erasures.iter().map(|erasure| (erasure.index, tags(erasure))).collect()
    }

    /// Adds a leaf's texts to its group, and ends the groups before it.
    fn add_text(&mut self, index: u64, leaf: &Leaf) {
        if index < self.text_end {
            return;
        }
        self.skip_text_to(index);
        self.folder.add(leaf);
        self.skip_text_to(index + 1);
    }

    fn skip_text_to(&mut self, index: u64) {
        while self.text_end / GROUP_LEAVES < index / GROUP_LEAVES {
            self.text_end = (self.text_end / GROUP_LEAVES + 1) * GROUP_LEAVES;
            self.end_group();
        }
        self.text_end = index;
    }

    fn end_group(&mut self) {
        let mut chunk = Chunk::of(self.folder.finish());
        // As a counter carries: chunks stay few, and a filter is copied a dozen times at most.
        while self.texts.len() > self.texts_fixed
            && let Some(last) = self.texts.pop_if(|last| last.groups() == chunk.groups())
            && let Some(joined) = last.joined(&chunk)
        {
            chunk = joined;
        }
        self.texts.push(chunk);
    }

    /// Rows below `settled` that are in memory only: a start folds them anew.
    pub(super) fn rows_to_refold(&self) -> Vec<RefoldRow> {
        let mut rows = Vec::new();
        for part in &self.tail {
            let mut docs = DocSet::new_empty(part.len());
            part.docs_of(0..self.settled, &mut docs);
            docs.and_not(part.deleted());
            docs.and_not(part.hidden());
            rows.extend(docs.iter().map(|doc| RefoldRow {
                index: part.index(doc),
                outcome: part.partner(doc),
                given_up: part.flags(doc).has(Flags::GIVEN_UP),
            }));
        }
        rows
    }
}
