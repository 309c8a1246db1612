//! A dictionary: distinct texts, sorted by their bytes; a text's place is its ordinal.
//!
//! The empty text is in no dictionary: it stands for what is not there.

use std::hash::BuildHasher;

use hashbrown::{DefaultHashBuilder, HashTable};

/// Distinct texts in one buffer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Dictionary {
    bytes: String,
    ends: Vec<u32>,
}

impl Dictionary {
    /// How many texts it has.
    pub(crate) fn len(&self) -> u32 {
        self.ends.len() as u32
    }

    /// The text of an ordinal.
    pub(crate) fn term(&self, ord: u32) -> &str {
        let start = match ord {
            0 => 0,
            _ => self.ends[ord as usize - 1],
        };
        &self.bytes[start as usize..self.ends[ord as usize] as usize]
    }

    /// All texts in the order of their ordinals.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &str> {
        (0..self.len()).map(|ord| self.term(ord))
    }

    /// Adds a text behind the others.
    ///
    /// # Panics
    /// If the texts are 4 GiB together: a part has far fewer rows than that takes.
    pub(crate) fn push(&mut self, text: &str) {
        self.bytes.push_str(text);
        self.ends.push(u32::try_from(self.bytes.len()).expect("a part's texts fit 4 GiB"));
    }

    /// The ordinal of a text.
    pub(crate) fn ord_of(&self, text: &str) -> Option<u32> {
        let (mut low, mut high) = (0, self.len());
        while low < high {
            let middle = low + (high - low) / 2;
            if self.term(middle) < text { low = middle + 1 } else { high = middle }
        }
        (low < self.len() && self.term(low) == text).then_some(low)
    }
}

/// A dictionary in the making: texts in the order of their first appearance.
#[derive(Default)]
pub(crate) struct Interner {
    texts: Dictionary,
    table: HashTable<u32>,
    hasher: DefaultHashBuilder,
    last: u32,
}

impl Interner {
    /// The provisional number of a text, from 1; the empty text is 0.
    pub(crate) fn number(&mut self, text: &str) -> u32 {
        if text.is_empty() {
            return 0;
        }
        // Neighbours often say the same: most columns never get to the hash.
        if self.last > 0 && self.texts.term(self.last - 1) == text {
            return self.last;
        }
        let (texts, hasher) = (&mut self.texts, &self.hasher);
        let hash = hasher.hash_one(text);
        let found = self.table.find(hash, |number| texts.term(number - 1) == text).copied();
        self.last = found.unwrap_or_else(|| {
            texts.push(text);
            let number = texts.len();
            let rehash = |number: &u32| hasher.hash_one(texts.term(number - 1));
            self.table.insert_unique(hash, number, rehash);
            number
        });
        self.last
    }

    /// How many texts it has.
    pub(crate) fn len(&self) -> u32 {
        self.texts.len()
    }

    /// The sorted dictionary, and for each provisional number the ordinal + 1 (0 stays 0).
    pub(crate) fn finish(self) -> (Dictionary, Vec<u32>) {
        let mut order: Vec<u32> = (0..self.texts.len()).collect();
        order.sort_unstable_by_key(|number| self.texts.term(*number));
        let mut sorted = Dictionary::default();
        let mut places = vec![0; order.len() + 1];
        for number in order {
            sorted.push(self.texts.term(number));
            places[number as usize + 1] = sorted.len();
        }
        (sorted, places)
    }
}
