//! A look at the bytes of a frame, before its leaves are put together: which of them may hold the
//! text that a filter cannot do without.
//!
//! Never wrong, only too kind: a value passes too if its bytes may hide the text, behind an escape
//! or in characters that folding changes. What passes is read and checked.

mod disguise;

use std::ops::Range;

use annals_ledger::{FrameValues, KeptRange, LedgerError};
use annals_record::Tag;
use memchr::memmem;

use crate::fields::Field;
use crate::filter::{Filter, Number, Term, Test, Value};
use crate::fold::{Needle, each_unstable, fold};
use crate::row::FREE_TEXT;
use disguise::Disguises;

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
    disguises: Disguises,
    /// By tag, which of the columns it is; `NO_COLUMN` where the text is not looked for.
    numbers: Vec<u8>,
    columns: Vec<Column>,
    /// The leaves of the frame looked through last.
    indexes: Range<u64>,
    /// By leaf of that frame.
    passing: Vec<bool>,
    folded: Vec<u8>,
}

const NO_COLUMN: u8 = u8::MAX;

/// The values of one tag in a frame, which stand beside each other in the order of leaves.
#[derive(Default)]
struct Column {
    bytes: Range<usize>,
    /// Where the text stands, or something that may hide it; ascending.
    places: Vec<usize>,
    /// The first of them that no value was asked about.
    next: usize,
}

impl<'s> Sieve<'s> {
    pub(crate) fn new(sought: &'s Sought) -> Self {
        let last = sought.tags.iter().map(|tag| usize::from(tag.0)).max().unwrap_or_default();
        let mut numbers = vec![NO_COLUMN; last + 1];
        for (number, tag) in (0..).zip(sought.tags) {
            numbers[usize::from(tag.0)] = number;
        }
        let columns = sought.tags.iter().map(|_| Column::default()).collect();
        let (passing, folded) = (Vec::new(), Vec::new());
        let disguises = Disguises::new(sought.text.needle());
        Self { sought, disguises, numbers, columns, indexes: 0..0, passing, folded }
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
        let Self { sought, disguises, numbers, columns, indexes, passing, folded } = self;
        *indexes = values.indexes();
        passing.clear();
        passing.resize((indexes.end - indexes.start) as usize, false);
        let number = |tag: Tag| {
            let number = numbers.get(usize::from(tag.0)).filter(|number| **number != NO_COLUMN);
            number.map(|number| usize::from(*number))
        };
        columns.iter_mut().for_each(|column| column.bytes = 0..0);
        for (_, tag, place) in values.each() {
            if let Some(number) = number(tag) {
                columns[number].widen(place);
            }
        }
        for column in &mut *columns {
            column.find_places(&sought.text, disguises, values.bytes(), folded);
        }
        if columns.iter().all(|column| column.places.is_empty()) {
            return;
        }
        for (index, tag, place) in values.each() {
            if number(tag).is_some_and(|number| columns[number].has_place_in(place)) {
                passing[(index - indexes.start) as usize] = true;
            }
        }
    }
}

impl Column {
    fn widen(&mut self, place: Range<usize>) {
        if self.bytes.is_empty() {
            self.bytes.start = place.start;
        }
        self.bytes.end = place.end;
    }

    fn find_places(
        &mut self,
        text: &memmem::Finder<'_>,
        disguises: &mut Disguises,
        bytes: &[u8],
        folded: &mut Vec<u8>,
    ) {
        let Self { bytes: column, places, next } = self;
        let bytes = &bytes[column.clone()];
        places.clear();
        *next = 0;
        folded.clear();
        folded.extend_from_slice(bytes);
        folded.make_ascii_lowercase();
        // One place may begin in another: the end of a value and the beginning of the next may
        // be the text, too.
        let mut from = 0;
        while let Some(found) = text.find(&folded[from..]) {
            places.push(from + found);
            from += found + 1;
        }
        let escapes = memchr::memchr_iter(b'\\', bytes);
        places.extend(escapes.filter(|place| disguises.may_be_escape(bytes.get(place + 1))));
        each_unstable(bytes, |place| {
            if disguises.may_be_character(&bytes[place..]) {
                places.push(place);
            }
        });
        places.sort_unstable();
        places.iter_mut().for_each(|place| *place += column.start);
    }

    /// True if a place lies in a value; to be asked about values in their order.
    fn has_place_in(&mut self, value: Range<usize>) -> bool {
        let before = self.places[self.next..].iter().take_while(|place| **place < value.start);
        self.next += before.count();
        self.places.get(self.next).is_some_and(|place| *place < value.end)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Which of the values, beside each other in a frame, pass.
    fn check(text: &str, values: &[&str], expected: &[bool]) {
        let before = "0123";
        let mut bytes = before.as_bytes().to_vec();
        let mut column = Column::default();
        let place = |value: &&str| {
            let start = bytes.len();
            bytes.extend_from_slice(value.as_bytes());
            start..bytes.len()
        };
        let places: Vec<_> = values.iter().map(place).collect();
        bytes.extend_from_slice(text.as_bytes());
        places.iter().for_each(|place| column.widen(place.clone()));
        let mut disguises = Disguises::new(text.as_bytes());
        column.find_places(&memmem::Finder::new(text), &mut disguises, &bytes, &mut Vec::new());
        let passing: Vec<_> = places.into_iter().map(|place| column.has_place_in(place)).collect();
        assert_eq!(passing, expected, "{text} in {values:?}");
    }

    // Protects: no value that holds the text is passed over, wherever its neighbours end; and those
    // that cannot hold it are.
    #[test]
    fn values_beside_each_other() {
        check("xx", &["ab", "axxb", "ab"], &[false, true, false]);
        check("xx", &["AXX", "", "Xx", "x"], &[true, false, true, false]);
        // The text begins in the first of two, and in the second as well.
        check("xx", &["ax", "xxb"], &[true, true]);
        check("aba", &["ab", "aba", "ba"], &[true, true, false]);
        check("12", &["a", "0", "b"], &[false, false, false]);
        // What may hide it: an escape, a character that folds to others.
        check("xx", &["ab", "a\\u0078x", "a"], &[false, true, false]);
        check("xx", &["集群", "ａxＸb", ""], &[false, true, false]);
        // What cannot.
        check("xx", &["a\\nb\\\"", "，é", "x\\/"], &[false, false, false]);
        check("a/b", &["a\\/b", "a\\nb"], &[true, false]);
        check("é", &["e\u{301}", "a\\nb"], &[true, true]);
        check("xx", &[], &[]);
    }

    proptest! {
        // Protects: no value is passed over that holds the text once it is unescaped and folded.
        #[test]
        fn what_is_hidden_passes(
            pieces in prop::collection::vec(prop::sample::select(&PIECES[..]), 0..8),
            text in "[a-c1/ ]{1,3}|f|fi|s|ss|k|,|é|[ae\u{301}]{1,2}",
        ) {
            let value = pieces.concat();
            let Ok(plain) = serde_json::from_str::<String>(&format!("\"{value}\"")) else {
                return Ok(());
            };
            let text = fold(&text);
            if fold(&plain).contains(&text) {
                let mut column = Column::default();
                column.widen(0..value.len());
                let finder = memmem::Finder::new(&text);
                let mut disguises = Disguises::new(text.as_bytes());
                column.find_places(&finder, &mut disguises, value.as_bytes(), &mut Vec::new());
                prop_assert!(column.has_place_in(0..value.len()), "{text:?} in {value:?}");
            }
        }
    }

    /// Parts of a JSON string that fold to others or to each other.
    const PIECES: [&str; 30] = [
        "a", "B", "c", "1", "/", " ", "\\/", "\\n", "\\\"", "\\u0061", "\\u0301", "Ａ", "ｂ", "①",
        "²", "ﬁ", "ſ", "ß", "\u{212a}", "，", "é", "e", "\u{301}", "\u{323}", "\u{a0}", "\u{3000}",
        "ｆ", "\u{2044}", "ẚ", "İ",
    ];
}
