//! `Column`: one column of a part, in memory or sealed on disk.
//!
//! A dictionary of texts in the order of their bytes, and for each row the ordinals of its values.
//! Both bodies answer every question alike. Deleted rows are in every answer.

use std::sync::Arc;

use smallvec::SmallVec;

use crate::columns::ColumnId;
use crate::docset::{DocSet, OrdSet};
use crate::memory::MemoryColumn;
#[cfg(doc)]
use crate::ordinals::ABSENT;
use crate::sealed::SealedPart;

/// One column of a part.
#[derive(Clone, Copy)]
pub(crate) enum Column<'a> {
    /// In memory.
    Memory(&'a MemoryColumn),
    /// On disk.
    Sealed(&'a SealedPart, ColumnId),
}

impl Column<'_> {
    /// Distinct values; ordinals are below it and in the order of the bytes of the texts.
    pub(crate) fn terms(&self) -> u32 {
        match self {
            Self::Memory(column) => column.dictionary().len(),
            Self::Sealed(part, id) => part.column(*id).terms(),
        }
    }

    /// The text of an ordinal.
    pub(crate) fn term<'b>(&self, ord: u32, buffer: &'b mut String) -> &'b str {
        match self {
            Self::Memory(column) => {
                buffer.clear();
                buffer.push_str(column.dictionary().term(ord));
                buffer
            }
            Self::Sealed(part, id) => part.column(*id).term(ord, buffer),
        }
    }

    /// The ordinal of a text.
    pub(crate) fn ord_of(&self, text: &str) -> Option<u32> {
        match self {
            Self::Memory(column) => column.dictionary().ord_of(text),
            Self::Sealed(part, id) => part.column(*id).ord_of(text),
        }
    }

    /// Calls with each ordinal and its text, ascending.
    pub(crate) fn for_each_term(&self, f: &mut dyn FnMut(u32, &str)) {
        match self {
            Self::Memory(column) => {
                (0..).zip(column.dictionary().iter()).for_each(|(ord, term)| f(ord, term));
            }
            Self::Sealed(part, id) => part.column(*id).for_each_term(f),
        }
    }

    /// The ordinals of the texts for which `holds`.
    pub(crate) fn matching(&self, holds: impl Fn(&str) -> bool) -> OrdSet {
        let mut ords = OrdSet::new_empty(self.terms());
        self.for_each_term(&mut |ord, term| {
            if holds(term) {
                ords.insert(ord);
            }
        });
        ords
    }

    /// The values of a row. Of a column with one value a row: that value, or nothing. Of one with
    /// many: one for each of its objects, [`ABSENT`] where an object lacks it.
    pub(crate) fn ords(&self, doc: u32, out: &mut SmallVec<[u32; 4]>) {
        match self {
            Self::Memory(column) => column.ords(doc, out),
            Self::Sealed(part, id) => part.column(*id).ords(doc, id.is_many(), out),
        }
    }

    /// Appends the first value of each row, [`ABSENT`] where it has none.
    pub(crate) fn firsts(&self, docs: &[u32], out: &mut Vec<u32>) {
        match self {
            Self::Memory(column) => column.firsts(docs, out),
            Self::Sealed(part, id) => part.column(*id).firsts(docs, out),
        }
    }

    /// Adds the rows that have one of the values.
    pub(crate) fn docs_with(&self, ords: &OrdSet, out: &mut DocSet) {
        match self {
            Self::Memory(column) => column.docs_with(ords, out),
            Self::Sealed(part, id) => part.docs_with(*id, ords, out),
        }
    }

    /// Adds the rows that have a value.
    pub(crate) fn present(&self, out: &mut DocSet) {
        match self {
            Self::Memory(column) => column.present(out),
            Self::Sealed(part, id) => part.column(*id).present(out),
        }
    }

    /// How many rows have each value, by ordinal; deleted and hidden rows too. A sealed part
    /// counts once and keeps the answer.
    pub(crate) fn count_all(&self) -> Arc<Vec<u32>> {
        match self {
            Self::Memory(column) => Arc::new(column.count(None)),
            Self::Sealed(part, id) => part.column(*id).count_all(),
        }
    }

    /// How many rows of `set` have each value, by ordinal.
    pub(crate) fn count_in(&self, set: &DocSet) -> Vec<u32> {
        match self {
            Self::Memory(column) => column.count(Some(set)),
            Self::Sealed(part, id) => part.column(*id).count_in(set),
        }
    }
}
