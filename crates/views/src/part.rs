//! A part: an immutable set of rows, sorted by (at, index), and which of them are deleted.
//!
//! One interface over the two bodies, in memory and sealed on disk; both answer every question
//! alike. What is deleted belongs to the pair of body and set, so that a question that holds a
//! snapshot never sees a row vanish. Deleted rows are still in every answer here: whoever asks
//! takes them out.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::{Arc, OnceLock};

use crate::column::Column;
use crate::columns::{ColumnId, Flags, NumberId, POSTING_BYTES_MAX, PostingId};
use crate::docset::DocSet;
use crate::fold::folds_to;
use crate::memory::{MemoryColumn, MemoryPart};
use crate::scoped::Scoped;
use crate::sealed::SealedPart;

/// Rows, some perhaps deleted. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Part {
    body: Arc<Body>,
    deleted: Arc<DocSet>,
}

struct Body {
    rows: Rows,
    at_range: (i64, i64),
    index_range: Range<u64>,
    hidden: OnceLock<DocSet>,
    scoped: Scoped,
}

enum Rows {
    Memory(MemoryPart),
    Sealed(Box<SealedPart>),
}

/// Asks the body that is there.
macro_rules! ask {
    ($rows:expr, $body:ident => $answer:expr) => {
        match $rows {
            Rows::Memory($body) => $answer,
            Rows::Sealed($body) => $answer,
        }
    };
}

impl Part {
    /// A part in memory; none without rows.
    pub(crate) fn memory(rows: MemoryPart) -> Option<Self> {
        let deleted = Arc::new(DocSet::new_empty(rows.len()));
        Self::of(Rows::Memory(rows), deleted)
    }

    /// A part on disk; none without rows. A set of another length than the part is no set of its
    /// deleted rows.
    pub(crate) fn sealed(rows: SealedPart, deleted: Option<DocSet>) -> Option<Self> {
        let deleted = deleted.filter(|deleted| deleted.len() == rows.len());
        let deleted = deleted.unwrap_or_else(|| DocSet::new_empty(rows.len()));
        Self::of(Rows::Sealed(Box::new(rows)), Arc::new(deleted))
    }

    fn of(rows: Rows, deleted: Arc<DocSet>) -> Option<Self> {
        let at_range = ask!(&rows, rows => rows.at_range())?;
        let index_range = ask!(&rows, rows => rows.index_range());
        let (hidden, scoped) = (OnceLock::new(), Scoped::default());
        let body = Body { rows, at_range, index_range, hidden, scoped };
        Some(Self { body: Arc::new(body), deleted })
    }

    /// The same rows with more of them deleted.
    pub(crate) fn without(&self, docs: impl IntoIterator<Item = u32>) -> Self {
        let mut deleted = DocSet::clone(&self.deleted);
        docs.into_iter().for_each(|doc| deleted.insert(doc));
        Self { body: Arc::clone(&self.body), deleted: Arc::new(deleted) }
    }

    /// What is wrong with the files of a part on disk, if something was met.
    pub(crate) fn fault(&self) -> Option<&str> {
        match &self.body.rows {
            Rows::Memory(_) => None,
            Rows::Sealed(rows) => rows.fault(),
        }
    }

    /// What scopes show of its rows, deleted ones among them.
    pub(crate) fn scoped(&self) -> &Scoped {
        &self.body.scoped
    }

    /// Rows, deleted ones too; at least one.
    pub(crate) fn len(&self) -> u32 {
        ask!(&self.body.rows, rows => rows.len())
    }

    /// Times of the first and the last row, ns.
    pub(crate) fn at_range(&self) -> (i64, i64) {
        self.body.at_range
    }

    /// From the smallest position to one past the greatest; other parts may have rows in it.
    pub(crate) fn index_range(&self) -> Range<u64> {
        self.body.index_range.clone()
    }

    /// Where a row stands in time order, ns.
    pub(crate) fn at(&self, doc: u32) -> i64 {
        ask!(&self.body.rows, rows => rows.at(doc))
    }

    /// A row's position in the ledger.
    pub(crate) fn index(&self, doc: u32) -> u64 {
        ask!(&self.body.rows, rows => rows.index(doc))
    }

    /// A row's marks.
    pub(crate) fn flags(&self, doc: u32) -> Flags {
        ask!(&self.body.rows, rows => rows.flags(doc))
    }

    /// An optional number of a row.
    pub(crate) fn number(&self, id: NumberId, doc: u32) -> Option<u64> {
        ask!(&self.body.rows, rows => rows.number(id, doc))
    }

    /// The other leaf of a two-phase operation: of a row its outcome's position, of a hidden row
    /// its intent's.
    pub(crate) fn partner(&self, doc: u32) -> Option<u64> {
        self.number(NumberId::Partner, doc)
    }

    /// The first row at or after a time; the number of rows if there is none.
    pub(crate) fn first_doc_at(&self, at: i64) -> u32 {
        first(self.len(), |doc| self.at(doc) < at)
    }

    /// The row that is `rank`th in the order of position.
    pub(crate) fn doc_by_rank(&self, rank: u32) -> u32 {
        ask!(&self.body.rows, rows => rows.doc_by_rank(rank))
    }

    /// The first rank, in the order of position, whose row stands at or after `index`.
    pub(crate) fn first_rank_of(&self, index: u64) -> u32 {
        first(self.len(), |rank| self.index(self.doc_by_rank(rank)) < index)
    }

    /// The row at a position that is not deleted.
    pub(crate) fn doc_of(&self, index: u64) -> Option<u32> {
        if !self.body.index_range.contains(&index) {
            return None;
        }
        // A row that was folded anew within one part stands beside the deleted one.
        let ranks = self.first_rank_of(index)..self.len();
        let docs = ranks.map(|rank| self.doc_by_rank(rank));
        let mut here = docs.take_while(|doc| self.index(*doc) == index);
        here.find(|doc| !self.deleted.contains(*doc))
    }

    /// Adds the rows whose position lies in the range.
    pub(crate) fn docs_of(&self, indexes: Range<u64>, out: &mut DocSet) {
        let mine = self.index_range();
        if indexes.start <= mine.start && mine.end <= indexes.end {
            return out.insert_range(0..self.len());
        }
        if indexes.start >= mine.end || indexes.end <= mine.start {
            return;
        }
        let ranks = self.first_rank_of(indexes.start)..self.first_rank_of(indexes.end);
        ranks.for_each(|rank| out.insert(self.doc_by_rank(rank)));
    }

    /// The rows that are deleted.
    pub(crate) fn deleted(&self) -> &Arc<DocSet> {
        &self.deleted
    }

    /// The rows of outcome leaves.
    pub(crate) fn hidden(&self) -> &DocSet {
        self.body.hidden.get_or_init(|| self.flagged(Flags::HIDDEN))
    }

    /// The rows with any of the marks.
    pub(crate) fn flagged(&self, marks: Flags) -> DocSet {
        ask!(&self.body.rows, rows => rows.flagged(marks))
    }

    /// Adds the rows whose number passes.
    pub(crate) fn numbers_in(&self, id: NumberId, passes: impl Fn(u64) -> bool, out: &mut DocSet) {
        ask!(&self.body.rows, rows => rows.numbers_in(id, passes, out));
    }

    /// Bounds of a number, both included; none where no row has one.
    pub(crate) fn number_bounds(&self, id: NumberId) -> Option<(u64, u64)> {
        ask!(&self.body.rows, rows => rows.number_bounds(id))
    }

    /// A column.
    pub(crate) fn column(&self, id: ColumnId) -> Column<'_> {
        match &self.body.rows {
            Rows::Memory(rows) => Column::Memory(rows.column(id)),
            Rows::Sealed(rows) => Column::Sealed(rows, id),
        }
    }

    /// A column as it stands in memory.
    pub(crate) fn memory_column(&self, id: ColumnId) -> Cow<'_, MemoryColumn> {
        match &self.body.rows {
            Rows::Memory(rows) => Cow::Borrowed(rows.column(id)),
            Rows::Sealed(rows) => Cow::Owned(rows.column(id).to_memory(id.is_many())),
        }
    }

    /// Adds the rows of a posting list: those with a name that folds to `name`.
    pub(crate) fn postings(&self, id: PostingId, name: &str, out: &mut DocSet) {
        match &self.body.rows {
            Rows::Sealed(rows) if name.len() <= POSTING_BYTES_MAX => rows.postings(id, name, out),
            _ => self.scan_postings(id, name, out),
        }
    }

    /// What a posting list would say, from the columns.
    fn scan_postings(&self, id: PostingId, name: &str, out: &mut DocSet) {
        let columns: &[ColumnId] = match id {
            PostingId::Operator => &[ColumnId::Operator],
            PostingId::Username => &[ColumnId::Username],
            PostingId::ObjectName => &[ColumnId::ObjectName, ColumnId::RelatedName],
        };
        for column in columns {
            let column = self.column(*column);
            column.docs_with(&column.matching(|term| folds_to(term, name)), out);
        }
    }
}

/// The first number below `len` for which `is_before` is false.
fn first(len: u32, is_before: impl Fn(u32) -> bool) -> u32 {
    let (mut low, mut high) = (0, len);
    while low < high {
        let middle = low + (high - low) / 2;
        if is_before(middle) { low = middle + 1 } else { high = middle }
    }
    low
}

#[cfg(test)]
mod tests;
