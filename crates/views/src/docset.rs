//! `DocSet`: a dense set of the rows of one part, or of the ordinals of one dictionary.
//!
//! One bit each, whatever is in it: a million rows are 125 KB, and and, or, not and count run at
//! the speed of memory. Both sides of an operation have the same length. No I/O.

use std::ops::Range;

const BITS: u32 = u64::BITS;

/// A set of numbers below its length.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct DocSet {
    len: u32,
    words: Vec<u64>,
}

/// A set of ordinals of one dictionary.
pub(crate) type OrdSet = DocSet;

impl DocSet {
    /// The empty set of numbers below `len`.
    pub(crate) fn new_empty(len: u32) -> Self {
        Self { len, words: vec![0; len.div_ceil(BITS) as usize] }
    }

    /// All numbers below `len`.
    pub(crate) fn full(len: u32) -> Self {
        let mut all = Self { len, words: vec![u64::MAX; len.div_ceil(BITS) as usize] };
        all.trim();
        all
    }

    /// One more than the greatest number it can hold.
    pub(crate) fn len(&self) -> u32 {
        self.len
    }

    /// Adds one number.
    pub(crate) fn insert(&mut self, doc: u32) {
        debug_assert!(doc < self.len);
        self.words[(doc / BITS) as usize] |= 1 << (doc % BITS);
    }

    /// Adds a range; what reaches beyond the length is left out.
    pub(crate) fn insert_range(&mut self, docs: Range<u32>) {
        self.each_word(docs, |word, mask| *word |= mask);
    }

    /// Keeps only what lies in the range.
    pub(crate) fn keep_range(&mut self, docs: Range<u32>) {
        let end = docs.end.min(self.len);
        self.each_word(0..docs.start.min(self.len), |word, mask| *word &= !mask);
        self.each_word(end..self.len, |word, mask| *word &= !mask);
    }

    /// True if the number is in it.
    pub(crate) fn contains(&self, doc: u32) -> bool {
        let word = self.words.get((doc / BITS) as usize);
        word.is_some_and(|word| word >> (doc % BITS) & 1 == 1)
    }

    /// Keeps what `other` has too.
    pub(crate) fn and(&mut self, other: &Self) {
        self.zip(other, |mine, theirs| mine & theirs);
    }

    /// Adds what `other` has.
    pub(crate) fn or(&mut self, other: &Self) {
        self.zip(other, |mine, theirs| mine | theirs);
    }

    /// Takes out what `other` has.
    pub(crate) fn and_not(&mut self, other: &Self) {
        self.zip(other, |mine, theirs| mine & !theirs);
    }

    /// Turns it into what it had not.
    pub(crate) fn not(&mut self) {
        self.words.iter_mut().for_each(|word| *word = !*word);
        self.trim();
    }

    /// How many numbers it has.
    pub(crate) fn count(&self) -> u32 {
        self.words.iter().map(|word| word.count_ones()).sum()
    }

    /// How many numbers of the range it has.
    pub(crate) fn count_range(&self, docs: Range<u32>) -> u32 {
        let end = docs.end.min(self.len);
        if docs.start >= end {
            return 0;
        }
        let words = masks(docs.start..end);
        words.map(|(place, mask)| (self.words[place] & mask).count_ones()).sum()
    }

    /// True if nothing is in it.
    pub(crate) fn is_empty(&self) -> bool {
        self.words.iter().all(|word| *word == 0)
    }

    /// Its numbers, ascending.
    pub(crate) fn iter(&self) -> impl Iterator<Item = u32> + '_ {
        self.iter_from(0)
    }

    /// Its numbers from `doc` on, ascending.
    pub(crate) fn iter_from(&self, doc: u32) -> impl Iterator<Item = u32> + '_ {
        let first = (doc / BITS) as usize;
        let rest = self.words.get(first..).unwrap_or_default().iter().enumerate();
        rest.flat_map(move |(place, word)| {
            let mask = if place == 0 { u64::MAX << (doc % BITS) } else { u64::MAX };
            let base = (first + place) as u32 * BITS;
            Ascending(word & mask).map(move |bit| base + bit)
        })
    }

    /// Its numbers below `end`, descending.
    pub(crate) fn iter_rev_from(&self, end: u32) -> impl Iterator<Item = u32> + '_ {
        let end = end.min(self.len);
        let words = end.div_ceil(BITS) as usize;
        (0..words).rev().flat_map(move |place| {
            let base = place as u32 * BITS;
            let mask = if end - base >= BITS { u64::MAX } else { (1 << (end - base)) - 1 };
            Descending(self.words[place] & mask).map(move |bit| base + bit)
        })
    }

    /// The bits as they are kept in files: words from number 0 on, little-endian.
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        self.words.iter().flat_map(|word| word.to_le_bytes()).collect()
    }

    /// Reads what `to_bytes` wrote; none if it is not of this length.
    pub(crate) fn from_bytes(len: u32, bytes: &[u8]) -> Option<Self> {
        let (words, []) = bytes.as_chunks::<8>() else { return None };
        let words: Vec<_> = words.iter().map(|word| u64::from_le_bytes(*word)).collect();
        let mut set = Self { len, words };
        if set.words.len() != len.div_ceil(BITS) as usize {
            return None;
        }
        set.trim();
        Some(set)
    }

    fn zip(&mut self, other: &Self, combine: impl Fn(u64, u64) -> u64) {
        assert_eq!(self.len, other.len, "sets of one part have one length");
        for (mine, theirs) in self.words.iter_mut().zip(&other.words) {
            *mine = combine(*mine, *theirs);
        }
    }

    fn each_word(&mut self, docs: Range<u32>, change: impl Fn(&mut u64, u64)) {
        let end = docs.end.min(self.len);
        if docs.start < end {
            masks(docs.start..end).for_each(|(place, mask)| change(&mut self.words[place], mask));
        }
    }

    /// Clears the bits beyond the length.
    fn trim(&mut self) {
        if let (Some(last), rest @ 1..) = (self.words.last_mut(), self.len % BITS) {
            *last &= (1 << rest) - 1;
        }
    }
}

/// The words that a range touches, each with the bits of the range in it.
fn masks(docs: Range<u32>) -> impl Iterator<Item = (usize, u64)> {
    let (first, last) = (docs.start / BITS, (docs.end - 1) / BITS);
    (first..=last).map(move |place| {
        let low = if place == first { u64::MAX << (docs.start % BITS) } else { u64::MAX };
        let spare = BITS - 1 - (docs.end - 1) % BITS;
        let high = if place == last { u64::MAX >> spare } else { u64::MAX };
        (place as usize, low & high)
    })
}

struct Ascending(u64);

impl Iterator for Ascending {
    type Item = u32;

    fn next(&mut self) -> Option<u32> {
        let bit = (self.0 != 0).then(|| self.0.trailing_zeros())?;
        self.0 &= self.0 - 1;
        Some(bit)
    }
}

struct Descending(u64);

impl Iterator for Descending {
    type Item = u32;

    fn next(&mut self) -> Option<u32> {
        let bit = (self.0 != 0).then(|| BITS - 1 - self.0.leading_zeros())?;
        self.0 &= !(1 << bit);
        Some(bit)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    fn set_of(len: u32, docs: &BTreeSet<u32>) -> DocSet {
        let mut set = DocSet::new_empty(len);
        docs.iter().for_each(|doc| set.insert(*doc));
        set
    }

    fn two_sets() -> impl Strategy<Value = (u32, BTreeSet<u32>, BTreeSet<u32>, Range<u32>)> {
        (1..300_u32).prop_flat_map(|len| {
            let docs = || prop::collection::btree_set(0..len, 0..80);
            let range = (0..len + 70, 0..len + 70).prop_map(|(a, b)| a.min(b)..a.max(b));
            (Just(len), docs(), docs(), range)
        })
    }

    proptest! {
        // Protects: every operation says what the same operation on plain sets says.
        #[test]
        fn same_as_plain_sets((len, a, b, range) in two_sets()) {
            let (set, other) = (set_of(len, &a), set_of(len, &b));
            let changed = |change: &dyn Fn(&mut DocSet)| {
                let mut set = set.clone();
                change(&mut set);
                set
            };
            let all: BTreeSet<_> = (0..len).collect();
            let inside: BTreeSet<_> = all.iter().copied().filter(|d| range.contains(d)).collect();
            prop_assert_eq!(changed(&|s| s.and(&other)), set_of(len, &(&a & &b)));
            prop_assert_eq!(changed(&|s| s.or(&other)), set_of(len, &(&a | &b)));
            prop_assert_eq!(changed(&|s| s.and_not(&other)), set_of(len, &(&a - &b)));
            prop_assert_eq!(changed(&|s| s.not()), set_of(len, &(&all - &a)));
            let ranged = changed(&|s| s.insert_range(range.clone()));
            prop_assert_eq!(ranged, set_of(len, &(&a | &inside)));
            let kept = changed(&|s| s.keep_range(range.clone()));
            prop_assert_eq!(kept, set_of(len, &(&a & &inside)));
            prop_assert_eq!(set.count() as usize, a.len());
            prop_assert_eq!(set.count_range(range.clone()) as usize, (&a & &inside).len());
            prop_assert_eq!(set.iter().collect::<BTreeSet<_>>(), a.clone());
            let ascending: Vec<_> = set.iter_from(range.start).collect();
            prop_assert_eq!(ascending, a.range(range.start..).copied().collect::<Vec<_>>());
            let descending: Vec<_> = set.iter_rev_from(range.end).collect();
            let below = a.range(..range.end.min(len)).rev().copied();
            prop_assert_eq!(descending, below.collect::<Vec<_>>());
            prop_assert_eq!(set.is_empty(), a.is_empty());
            prop_assert!((0..len).all(|doc| set.contains(doc) == a.contains(&doc)));
            prop_assert_eq!(DocSet::from_bytes(len, &set.to_bytes()), Some(set));
            prop_assert_eq!(DocSet::full(len), set_of(len, &all));
        }
    }
}
