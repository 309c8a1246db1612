//! A look at the bytes of a frame, before its leaves are put together: which of them may hold the
//! text that a filter cannot do without.
//!
//! Never wrong, only too kind: a value passes too if its bytes do not show its text, because of an
//! escape or of characters that folding changes. What passes is read and checked.

use std::ops::Range;

use annals_ledger::{FrameValues, KeptRange, LedgerError};
use annals_record::Tag;
use memchr::memmem;

use crate::fields::Field;
use crate::filter::{Filter, Number, Term, Test, Value};
use crate::fold::{Needle, each_unstable, fold};
use crate::row::FREE_TEXT;

/// A text that every matching event holds in one of its sealed values.
#[derive(Clone, Debug)]
pub(crate) struct Sought {
    /// Folded.
    text: memmem::Finder<'static>,
    tags: &'static [Tag],
}

impl Sought {
    /// The longest text without which `filter` does not hold; none if there is no such text.
    pub(crate) fn of(filter: &Filter) -> Option<Self> {
        let (text, tags) = longest(filter)?;
        (!text.is_empty()).then(|| Self { text: memmem::Finder::new(&text).into_owned(), tags })
    }
}

/// A folded text and the tags of values that it is looked for in.
type Piece = (String, &'static [Tag]);

fn longest(filter: &Filter) -> Option<Piece> {
    match filter {
        Filter::Term(term) => of_term(term),
        Filter::And(parts) => parts.iter().filter_map(longest).max_by_key(|(text, _)| text.len()),
        Filter::All | Filter::Or(_) | Filter::Not(_) => None,
    }
}

fn of_term(Term { field, path, test }: &Term) -> Option<Piece> {
    let tags: &[Tag] = match field {
        Field::Anything => &FREE_TEXT,
        Field::RequestData => &[Tag::REQUEST_DATA],
        Field::Changes => &[Tag::CHANGES],
        Field::Origin => &[Tag::ORIGIN],
        Field::Reason => &[Tag::REASON],
        Field::RequestId => &[Tag::REQUEST_ID],
        Field::SessionId => &[Tag::SESSION_ID],
        Field::CauseId => &[Tag::CAUSE_ID],
        _ => return None,
    };
    let mut texts: Vec<String> = match test {
        Test::Like(pattern) | Test::Holds(pattern) => Needle::new(pattern).pieces().to_vec(),
        // A number at a path has several spellings.
        Test::Is(Value::Text(text)) if path.is_empty() || Number::parse(text).is_none() => {
            vec![fold(text)]
        }
        _ => Vec::new(),
    };
    texts.extend(path.split('.').map(fold));
    Some((texts.into_iter().max_by_key(String::len)?, tags))
}

/// Looks through frames, one after the other; keeps its buffers.
pub(crate) struct Sieve<'s> {
    sought: &'s Sought,
    /// The leaves of the frame looked through last.
    indexes: Range<u64>,
    /// By leaf of that frame.
    passing: Vec<bool>,
    folded: Vec<u8>,
    places: Vec<usize>,
}

impl<'s> Sieve<'s> {
    pub(crate) fn new(sought: &'s Sought) -> Self {
        let (passing, folded, places) = (Vec::new(), Vec::new(), Vec::new());
        Self { sought, indexes: 0..0, passing, folded, places }
    }

    /// False only if no value of the leaf at `index` holds the text.
    pub(crate) fn passes(
        &mut self,
        leaves: &mut KeptRange,
        index: u64,
    ) -> Result<bool, LedgerError> {
        if !self.indexes.contains(&index) {
            self.look_through(leaves.values(index)?);
        }
        Ok(self.passing[(index - self.indexes.start) as usize])
    }

    fn look_through(&mut self, values: FrameValues<'_>) {
        self.indexes = values.indexes();
        self.passing.clear();
        self.passing.resize((self.indexes.end - self.indexes.start) as usize, false);
        self.find_places(values.bytes());
        if self.places.is_empty() {
            return;
        }
        for (index, tag, place) in values.each() {
            let next = self.places.partition_point(|at| *at < place.start);
            let is_hit = self.places.get(next).is_some_and(|at| *at < place.end);
            if is_hit && self.sought.tags.contains(&tag) {
                self.passing[(index - self.indexes.start) as usize] = true;
            }
        }
    }

    /// Where the text stands, or something that may hide it; ascending.
    fn find_places(&mut self, bytes: &[u8]) {
        self.folded.clear();
        self.folded.extend_from_slice(bytes);
        self.folded.make_ascii_lowercase();
        self.places.clear();
        self.places.extend(self.sought.text.find_iter(&self.folded));
        self.places.extend(memchr::memchr_iter(b'\\', bytes));
        each_unstable(bytes, |place| self.places.push(place));
        self.places.sort_unstable();
    }
}
