//! A part in memory: columns of ordinals over sorted dictionaries.
//!
//! Rows stand in the order of (at, index). Ordinals take one, two or four bytes as the dictionary
//! needs; a scan of a column is how everything is found here, since a part in memory has at most
//! some ten thousand rows. Nothing changes after it was built.

mod build;
mod column;
mod dictionary;
mod packed;

pub(crate) use build::{MemoryBuilder, by_index};
pub(crate) use column::MemoryColumn;
pub(crate) use dictionary::{Dictionary, Interner};

use std::ops::Range;

use crate::columns::{ColumnId, Flags, NumberId};
use crate::docset::DocSet;

/// In a column of optional numbers: there is none.
pub(crate) const NO_NUMBER: u64 = u64::MAX;

/// Rows in memory.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct MemoryPart {
    pub(crate) at: Vec<i64>,
    pub(crate) index: Vec<u64>,
    /// Rows in the order of position.
    pub(crate) by_index: Vec<u32>,
    pub(crate) flags: Vec<Flags>,
    /// Empty if no row has one.
    pub(crate) duration_ms: Vec<u64>,
    /// Empty if no row has one.
    pub(crate) partner: Vec<u64>,
    /// By number of the column.
    pub(crate) columns: Vec<MemoryColumn>,
}

impl MemoryPart {
    /// Rows.
    pub(crate) fn len(&self) -> u32 {
        self.at.len() as u32
    }

    pub(crate) fn at(&self, doc: u32) -> i64 {
        self.at[doc as usize]
    }

    pub(crate) fn index(&self, doc: u32) -> u64 {
        self.index[doc as usize]
    }

    pub(crate) fn flags(&self, doc: u32) -> Flags {
        self.flags[doc as usize]
    }

    pub(crate) fn number(&self, id: NumberId, doc: u32) -> Option<u64> {
        let numbers = match id {
            NumberId::DurationMs => &self.duration_ms,
            NumberId::Partner => &self.partner,
        };
        numbers.get(doc as usize).copied().filter(|number| *number != NO_NUMBER)
    }

    /// The row that is `rank`th in the order of position.
    pub(crate) fn doc_by_rank(&self, rank: u32) -> u32 {
        self.by_index[rank as usize]
    }

    /// The rows with any of the marks.
    pub(crate) fn flagged(&self, marks: Flags) -> DocSet {
        let mut set = DocSet::new_empty(self.len());
        let docs = (0..).zip(&self.flags).filter(|(_, flags)| flags.has(marks));
        docs.for_each(|(doc, _)| set.insert(doc));
        set
    }

    /// Adds the rows whose number passes.
    pub(crate) fn numbers_in(&self, id: NumberId, passes: impl Fn(u64) -> bool, out: &mut DocSet) {
        for doc in 0..self.len() {
            if self.number(id, doc).is_some_and(&passes) {
                out.insert(doc);
            }
        }
    }

    /// The least and the greatest number; none where no row has one.
    pub(crate) fn number_bounds(&self, id: NumberId) -> Option<(u64, u64)> {
        let numbers = (0..self.len()).filter_map(|doc| self.number(id, doc));
        numbers.fold(None, |bounds, number| {
            let (least, most) = bounds.unwrap_or((number, number));
            Some((least.min(number), most.max(number)))
        })
    }

    pub(crate) fn column(&self, id: ColumnId) -> &MemoryColumn {
        &self.columns[id.number()]
    }

    /// The times of the first and the last row; none of an empty part.
    pub(crate) fn at_range(&self) -> Option<(i64, i64)> {
        Some((*self.at.first()?, *self.at.last()?))
    }

    /// From the smallest position to one past the greatest.
    pub(crate) fn index_range(&self) -> Range<u64> {
        match (self.by_index.first(), self.by_index.last()) {
            (Some(first), Some(last)) => self.index(*first)..self.index(*last) + 1,
            _ => 0..0,
        }
    }
}
