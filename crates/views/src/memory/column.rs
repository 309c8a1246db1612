//! One column of a part in memory.

use std::ops::Range;

use smallvec::SmallVec;

use super::dictionary::Dictionary;
use super::packed::Packed;
use crate::docset::{DocSet, OrdSet};
use crate::ordinals::{ABSENT, distinct};

/// One value a row, or one for each of its objects.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct MemoryColumn {
    pub(crate) dictionary: Dictionary,
    /// Of a column with many values a row: where each row's values begin, and one past the last.
    pub(crate) starts: Option<Vec<u32>>,
    /// Ordinals + 1; 0 for what is not there.
    pub(crate) values: Packed,
}

impl MemoryColumn {
    /// A column from its parts; `values` are ordinals + 1.
    pub(crate) fn new(
        dictionary: Dictionary,
        starts: Option<Vec<u32>>,
        values: impl Iterator<Item = u32>,
    ) -> Self {
        let values = Packed::new(values, dictionary.len());
        Self { dictionary, starts, values }
    }

    pub(crate) fn dictionary(&self) -> &Dictionary {
        &self.dictionary
    }

    /// The ordinal at a place.
    pub(crate) fn ord(&self, place: usize) -> Option<u32> {
        self.values.get(place).checked_sub(1)
    }

    /// The text at a place; empty if it is not there.
    pub(crate) fn text(&self, place: usize) -> &str {
        self.ord(place).map_or("", |ord| self.dictionary.term(ord))
    }

    /// Where the values of a row stand.
    pub(crate) fn places(&self, doc: u32) -> Range<usize> {
        let doc = doc as usize;
        match &self.starts {
            None => doc..doc + 1,
            Some(starts) => starts[doc] as usize..starts[doc + 1] as usize,
        }
    }

    /// The values of a row, one for each of its objects; [`ABSENT`] where one lacks it.
    pub(crate) fn ords(&self, doc: u32, out: &mut SmallVec<[u32; 4]>) {
        out.clear();
        out.extend(self.places(doc).map(|place| self.values.get(place).wrapping_sub(1)));
        if self.starts.is_none() && out[0] == ABSENT {
            out.clear();
        }
    }

    /// The first value of each row, [`ABSENT`] where it has none.
    pub(crate) fn firsts(&self, docs: &[u32], out: &mut Vec<u32>) {
        let first = |doc: &u32| {
            let place = self.places(*doc).next();
            place.map_or(ABSENT, |place| self.values.get(place).wrapping_sub(1))
        };
        out.extend(docs.iter().map(first));
    }

    /// Calls with each value that is there: row and ordinal.
    fn for_each(&self, mut f: impl FnMut(u32, u32)) {
        let all = 0..self.values.len();
        match &self.starts {
            None => self.values.for_each(all, |place, value| {
                if value > 0 {
                    f(place as u32, value - 1);
                }
            }),
            Some(starts) => {
                let mut doc = 0;
                self.values.for_each(all, |place, value| {
                    while starts[doc + 1] as usize <= place {
                        doc += 1;
                    }
                    if value > 0 {
                        f(doc as u32, value - 1);
                    }
                });
            }
        }
    }

    /// Adds the rows that have one of the values.
    pub(crate) fn docs_with(&self, ords: &OrdSet, out: &mut DocSet) {
        self.for_each(|doc, ord| {
            if ords.contains(ord) {
                out.insert(doc);
            }
        });
    }

    /// Adds the rows that have a value.
    pub(crate) fn present(&self, out: &mut DocSet) {
        self.for_each(|doc, _| out.insert(doc));
    }

    /// How many rows of `set` have each value; all rows without a set.
    pub(crate) fn count(&self, set: Option<&DocSet>) -> Vec<u32> {
        let mut counts = vec![0; self.dictionary.len() as usize];
        let mut ords = SmallVec::new();
        let mut add = |doc| {
            self.ords(doc, &mut ords);
            distinct(&mut ords).iter().for_each(|ord| counts[*ord as usize] += 1);
        };
        match (set, &self.starts) {
            (Some(set), _) => set.iter().for_each(add),
            (None, Some(starts)) => (0..starts.len() as u32 - 1).for_each(&mut add),
            (None, None) => self.for_each(|_, ord| counts[ord as usize] += 1),
        }
        counts
    }
}
