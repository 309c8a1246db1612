//! One column of a sealed part.
//!
//! The empty text stands for what is not there. Where a column has it, it is the dictionary's
//! first; it is left out here, so ordinals begin behind it.

use std::ops::Range;
use std::sync::{Arc, OnceLock};

use smallvec::SmallVec;
use tantivy::columnar::{Cardinality, ColumnIndex, StrColumn};

use super::{BLOCK_ROWS, Fault};
use crate::docset::DocSet;
use crate::memory::{Dictionary, MemoryColumn};
use crate::ordinals::{ABSENT, distinct};

/// Counts of all rows are kept for columns with at most this many values.
const KEPT_COUNTS_TERMS_MAX: u32 = 64 << 10;
/// Dictionaries of at most this many values are kept in memory once they were read.
const KEPT_TERMS_MAX: u32 = 4 << 10;

/// One value a row, or one for each of its objects.
pub(crate) struct SealedColumn {
    /// None where no row has a value.
    column: Option<StrColumn>,
    rows: u32,
    /// Ordinals of the file that stand for no value: 0 or 1.
    empty: u32,
    fault: Arc<Fault>,
    counts: OnceLock<Arc<Vec<u32>>>,
    dictionary: OnceLock<Dictionary>,
}

impl SealedColumn {
    pub(super) fn open(
        column: Option<StrColumn>,
        rows: u32,
        fault: &Arc<Fault>,
    ) -> tantivy::Result<Self> {
        let empty = match &column {
            Some(column) => column.dictionary().term_ord("")?.map_or(0, |_| 1),
            None => 0,
        };
        let (counts, dictionary) = (OnceLock::new(), OnceLock::new());
        Ok(Self { column, rows, empty, fault: Arc::clone(fault), counts, dictionary })
    }

    /// Distinct values.
    pub(crate) fn terms(&self) -> u32 {
        self.column.as_ref().map_or(0, |column| column.num_terms() as u32 - self.empty)
    }

    /// The text of an ordinal.
    pub(crate) fn term<'b>(&self, ord: u32, buffer: &'b mut String) -> &'b str {
        buffer.clear();
        if let Some(dictionary) = self.kept() {
            buffer.push_str(dictionary.term(ord));
        } else if let Some(column) = &self.column {
            self.fault.catch(column.ord_to_str(u64::from(ord + self.empty), buffer));
        }
        buffer
    }

    /// The ordinal of a text.
    pub(crate) fn ord_of(&self, text: &str) -> Option<u32> {
        if let Some(dictionary) = self.kept() {
            return dictionary.ord_of(text);
        }
        let ord = self.fault.catch(self.column.as_ref()?.dictionary().term_ord(text))?;
        (ord as u32).checked_sub(self.empty)
    }

    /// Calls with each ordinal and its text, ascending.
    pub(crate) fn for_each_term(&self, f: &mut dyn FnMut(u32, &str)) {
        match self.kept() {
            Some(dictionary) => (0..).zip(dictionary.iter()).for_each(|(ord, term)| f(ord, term)),
            None => self.stream(f),
        }
    }

    fn stream(&self, f: &mut dyn FnMut(u32, &str)) {
        let Some(column) = &self.column else { return };
        let opened = column.dictionary().stream();
        let Some(mut terms) = self.fault.catch(opened.map(Some)) else { return };
        while terms.advance() {
            let text = std::str::from_utf8(terms.key()).map_err(std::io::Error::other);
            let text = self.fault.catch(text);
            if let Some(ord) = (terms.term_ord() as u32).checked_sub(self.empty) {
                f(ord, text);
            }
        }
    }

    /// The dictionary in memory, if it is small.
    fn kept(&self) -> Option<&Dictionary> {
        if self.terms() > KEPT_TERMS_MAX {
            return None;
        }
        Some(self.dictionary.get_or_init(|| {
            let mut dictionary = Dictionary::default();
            self.stream(&mut |_, text| dictionary.push(text));
            dictionary
        }))
    }

    /// Where the values of a row stand.
    fn places(&self, doc: u32) -> Range<u32> {
        self.column.as_ref().map_or(0..0, |column| column.ords().index.value_row_ids(doc))
    }

    fn value(&self, place: u32) -> u32 {
        let column = self.column.as_ref();
        let raw = column.map_or(0, |column| column.ords().values.get_val(place) as u32);
        self.ord(raw)
    }

    /// The ordinal of a value in the file.
    fn ord(&self, raw: u32) -> u32 {
        raw.checked_sub(self.empty).unwrap_or(ABSENT)
    }

    /// The first value of a row.
    pub(super) fn single(&self, doc: u32) -> u32 {
        self.places(doc).next().map_or(ABSENT, |place| self.value(place))
    }

    /// The values of a row, [`ABSENT`] where one of several objects lacks it; nothing if the only
    /// value of a row with one is not there.
    pub(crate) fn ords(&self, doc: u32, is_many: bool, out: &mut SmallVec<[u32; 4]>) {
        out.clear();
        out.extend(self.places(doc).map(|place| self.value(place)));
        if !is_many && out.first() == Some(&ABSENT) {
            out.clear();
        }
    }

    /// Appends the first value of each row.
    pub(crate) fn firsts(&self, docs: &[u32], out: &mut Vec<u32>) {
        match &self.column {
            Some(column) if self.is_full() => {
                let mut raw = vec![0; docs.len()];
                column.ords().values.get_vals(docs, &mut raw);
                out.extend(raw.into_iter().map(|raw| self.ord(raw as u32)));
            }
            _ => out.extend(docs.iter().map(|doc| self.single(*doc))),
        }
    }

    /// True if each row has exactly one value.
    fn is_full(&self) -> bool {
        let column = self.column.as_ref();
        column.is_some_and(|column| column.ords().get_cardinality() == Cardinality::Full)
    }

    /// Calls with each value that is there: row and ordinal.
    fn for_each(&self, mut f: impl FnMut(u32, u32)) {
        let Some(column) = self.column.as_ref().filter(|_| self.terms() > 0) else { return };
        let values = &column.ords().values;
        let mut see = |doc, place: usize, block: &[u64]| {
            let ord = self.ord(block[place] as u32);
            if ord != ABSENT {
                f(doc, ord);
            }
        };
        let mut block = vec![0; BLOCK_ROWS];
        let mut start = 0;
        let fill = |start: u32, block: &mut [u64]| {
            let count = ((values.num_vals() - start) as usize).min(BLOCK_ROWS);
            values.get_range(u64::from(start), &mut block[..count]);
        };
        if let ColumnIndex::Full = column.ords().index {
            for doc in 0..self.rows {
                let place = doc as usize % BLOCK_ROWS;
                if place == 0 {
                    fill(doc, &mut block);
                }
                see(doc, place, &block);
            }
            return;
        }
        for doc in 0..self.rows {
            for place in self.places(doc) {
                if place == start {
                    fill(start, &mut block);
                    start += BLOCK_ROWS as u32;
                }
                see(doc, place as usize % BLOCK_ROWS, &block);
            }
        }
    }

    /// Adds the rows that have one of the values, by reading all rows.
    pub(crate) fn scan(&self, ords: &DocSet, out: &mut DocSet) {
        if ords.is_empty() {
            return;
        }
        self.for_each(|doc, ord| {
            if ords.contains(ord) {
                out.insert(doc);
            }
        });
    }

    /// Adds the rows that have a value.
    pub(crate) fn present(&self, out: &mut DocSet) {
        if self.empty == 0 && self.is_full() {
            return out.insert_range(0..self.rows);
        }
        self.for_each(|doc, _| out.insert(doc));
    }

    /// How many rows have each value.
    pub(crate) fn count_all(&self) -> Arc<Vec<u32>> {
        let count = || {
            if self.is_full() {
                let mut counts = vec![0; self.terms() as usize];
                self.for_each(|_, ord| counts[ord as usize] += 1);
                return Arc::new(counts);
            }
            Arc::new(self.count_in(&DocSet::full(self.rows)))
        };
        match self.terms() {
            0..=KEPT_COUNTS_TERMS_MAX => Arc::clone(self.counts.get_or_init(count)),
            _ => count(),
        }
    }

    /// How many rows of `set` have each value.
    pub(crate) fn count_in(&self, set: &DocSet) -> Vec<u32> {
        let mut counts = vec![0; self.terms() as usize];
        let Some(column) = &self.column else { return counts };
        if !self.is_full() {
            let mut ords = SmallVec::new();
            for doc in set.iter() {
                self.ords(doc, true, &mut ords);
                distinct(&mut ords).iter().for_each(|ord| counts[*ord as usize] += 1);
            }
            return counts;
        }
        let values = &column.ords().values;
        let (mut docs, mut raw) = (Vec::with_capacity(BLOCK_ROWS), vec![0; BLOCK_ROWS]);
        let mut add = |docs: &[u32], raw: &mut [u64]| {
            values.get_vals(docs, raw);
            for raw in raw.iter() {
                if let Some(count) = counts.get_mut(self.ord(*raw as u32) as usize) {
                    *count += 1;
                }
            }
        };
        for doc in set.iter() {
            docs.push(doc);
            if docs.len() == BLOCK_ROWS {
                add(&docs, &mut raw);
                docs.clear();
            }
        }
        let rest = docs.len();
        add(&docs, &mut raw[..rest]);
        counts
    }

    /// The column as it would stand in memory.
    pub(crate) fn to_memory(&self, is_many: bool) -> MemoryColumn {
        let mut dictionary = Dictionary::default();
        self.stream(&mut |_, text| dictionary.push(text));
        let mut starts = is_many.then(|| vec![0]);
        let mut values = Vec::with_capacity(self.rows as usize);
        for doc in 0..self.rows {
            match &mut starts {
                Some(starts) => {
                    values.extend(self.places(doc).map(|at| self.value(at).wrapping_add(1)));
                    starts.push(values.len() as u32);
                }
                None => values.push(self.single(doc).wrapping_add(1)),
            }
        }
        MemoryColumn::new(dictionary, starts, values.into_iter())
    }
}
