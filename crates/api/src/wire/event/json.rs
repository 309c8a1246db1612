//! Lazy JSON: the pairs of an object and the items of an array, each value as its raw text.
//!
//! Usual objects are taken apart by `scan`; for all others and for arrays `serde_json` checks the
//! syntax. Values are read only when their field is known. Text is borrowed wherever it holds no
//! escape.

use super::scan;
use serde::de::{Deserialize, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::fmt;

/// Calls `each` for every pair of the object that `json` is.
pub(super) fn for_each_pair<'a>(
    json: &'a str,
    mut each: impl FnMut(Cow<'a, str>, &'a str),
) -> Result<(), serde_json::Error> {
    let mut pairs = scan::Pairs::new();
    if !scan::find_pairs(json, &mut pairs) {
        return for_each_pair_slowly(json, each);
    }
    pairs.into_iter().for_each(|(key, value)| each(Cow::Borrowed(key), value));
    Ok(())
}

pub(super) fn for_each_pair_slowly<'a>(
    json: &'a str,
    each: impl FnMut(Cow<'a, str>, &'a str),
) -> Result<(), serde_json::Error> {
    let mut reader = serde_json::Deserializer::from_str(json);
    reader.deserialize_map(Pairs(each))?;
    reader.end()
}

/// Calls `each` for the first `count_max` items of the array that `json` is; returns how many
/// there are.
pub(super) fn for_each_item<'a>(
    json: &'a str,
    count_max: usize,
    mut each: impl FnMut(usize, &'a str),
) -> Result<usize, serde_json::Error> {
    if let Some(items) = scan::items(json) {
        let mut count = 0;
        for item in items {
            if count < count_max {
                each(count, item);
            }
            count += 1;
        }
        return Ok(count);
    }
    let mut reader = serde_json::Deserializer::from_str(json);
    let count = reader.deserialize_seq(Items { count_max, each })?;
    reader.end()?;
    Ok(count)
}

/// A JSON value, as far as the envelope needs it.
#[derive(Debug, PartialEq)]
pub(super) enum Scalar<'a> {
    Null,
    Text(Cow<'a, str>),
    /// A string with half of a surrogate pair.
    LoneSurrogate,
    Integer(u64),
    /// Any other number.
    Number,
    /// A boolean, an array or an object.
    Other,
}

impl<'a> Scalar<'a> {
    /// The scalar that raw JSON text stands for.
    pub(super) fn of(raw: &'a str) -> Self {
        match raw.as_bytes() {
            [b'"', .., b'"'] => match &raw[1..raw.len() - 1] {
                plain if !has_escape(plain) => Self::Text(Cow::Borrowed(plain)),
                _ => serde_json::from_str::<String>(raw)
                    .map_or(Self::LoneSurrogate, |text| Self::Text(Cow::Owned(text))),
            },
            b"null" => Self::Null,
            [b'0'..=b'9' | b'-', ..] => raw.parse().map_or(Self::Number, Self::Integer),
            _ => Self::Other,
        }
    }
}

/// No early exit: many bytes of a short text are looked at at once.
fn has_escape(text: &str) -> bool {
    text.bytes().fold(false, |found, byte| found | (byte == b'\\'))
}

struct Pairs<F>(F);

impl<'de, F: FnMut(Cow<'de, str>, &'de str)> Visitor<'de> for Pairs<F> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<(), A::Error> {
        while let Some(Key(key)) = map.next_key()? {
            let value: &'de RawValue = map.next_value()?;
            (self.0)(key, value.get());
        }
        Ok(())
    }
}

struct Items<F> {
    count_max: usize,
    each: F,
}

impl<'de, F: FnMut(usize, &'de str)> Visitor<'de> for Items<F> {
    type Value = usize;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array")
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut items: A) -> Result<usize, A::Error> {
        let mut count = 0;
        while count < self.count_max {
            let Some(item) = items.next_element::<&'de RawValue>()? else { return Ok(count) };
            (self.each)(count, item.get());
            count += 1;
        }
        while items.next_element::<IgnoredAny>()?.is_some() {
            count += 1;
        }
        Ok(count)
    }
}

/// A key, borrowed where it holds no escape.
struct Key<'a>(Cow<'a, str>);

impl<'de> Deserialize<'de> for Key<'de> {
    fn deserialize<D: Deserializer<'de>>(reader: D) -> Result<Self, D::Error> {
        reader.deserialize_str(KeyVisitor)
    }
}

struct KeyVisitor;

impl<'de> Visitor<'de> for KeyVisitor {
    type Value = Key<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_borrowed_str<E: Error>(self, key: &'de str) -> Result<Key<'de>, E> {
        Ok(Key(Cow::Borrowed(key)))
    }

    fn visit_str<E: Error>(self, key: &str) -> Result<Key<'de>, E> {
        Ok(Key(Cow::Owned(key.to_owned())))
    }
}
