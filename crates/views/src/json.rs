//! Walks over JSON text that an event holds: all of its words, or the values at a path.
//!
//! No tree is built. Keys and values come with escapes undone; equal keys are all seen. What is
//! not JSON ends the walk where it stops being JSON.

use std::borrow::Cow;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use crate::filter::Number;
use crate::fold::SEPARATOR;

/// A value at the end of a path.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Scalar<'s> {
    /// A string.
    Text(&'s str),
    /// An integer.
    Integer(i128),
    /// Another number.
    Fraction(f64),
    /// `true` or `false`.
    Flag(bool),
    /// `null`.
    Null,
    /// An object or array, whatever is in it.
    Composite,
}

impl Scalar<'_> {
    /// The value as text; none for an object or array.
    pub(crate) fn text(&self) -> Option<Cow<'_, str>> {
        Some(match self {
            Self::Text(text) => Cow::Borrowed(*text),
            Self::Integer(number) => number.to_string().into(),
            Self::Fraction(number) => number.to_string().into(),
            Self::Flag(flag) => flag.to_string().into(),
            Self::Null => "null".into(),
            Self::Composite => return None,
        })
    }

    /// The value as a number; a text that is one counts.
    pub(crate) fn number(self) -> Option<Number> {
        match self {
            Self::Text(text) => Number::parse(text.trim()),
            Self::Integer(number) => Number::parse(&number.to_string()),
            Self::Fraction(number) => Number::parse(&number.to_string()),
            Self::Flag(_) | Self::Null | Self::Composite => None,
        }
    }
}

/// Appends every key and scalar of `json`, each behind a [`SEPARATOR`].
pub(crate) fn write_texts(json: &str, out: &mut String) {
    let mut walk = |scalar: Scalar<'_>| {
        if let (false, Some(text)) = (matches!(scalar, Scalar::Null), scalar.text()) {
            out.push(SEPARATOR);
            out.push_str(&text);
        }
        false
    };
    walk_json(json, Step { path: None, see: &mut walk });
}

/// True if `test` holds for a value at `path`, keys parted by dots. An array stands for each of
/// its elements, and a key may itself hold dots.
pub(crate) fn any_at(json: &str, path: &str, mut test: impl FnMut(Scalar<'_>) -> bool) -> bool {
    let mut found = false;
    let mut see = |scalar: Scalar<'_>| {
        found |= test(scalar);
        found
    };
    walk_json(json, Step { path: Some(path), see: &mut see });
    found
}

fn walk_json<F: FnMut(Scalar<'_>) -> bool>(json: &str, step: Step<'_, F>) {
    let mut reader = serde_json::Deserializer::from_str(json);
    // An error means that enough was seen, or that the text is not JSON from here on.
    let _ = step.deserialize(&mut reader);
}

/// A walk over one value; `see` is told what is found and answers whether that is enough.
struct Step<'w, F> {
    /// What is left of the path; none to see every key and scalar.
    path: Option<&'w str>,
    see: &'w mut F,
}

impl<F: FnMut(Scalar<'_>) -> bool> Step<'_, F> {
    fn scalar<E: Error>(self, scalar: Scalar<'_>) -> Result<(), E> {
        match self.path.is_none_or(str::is_empty) && (self.see)(scalar) {
            true => Err(E::custom("enough was seen")),
            false => Ok(()),
        }
    }
}

impl<'de, F: FnMut(Scalar<'_>) -> bool> DeserializeSeed<'de> for Step<'_, F> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<(), D::Error> {
        reader.deserialize_any(self)
    }
}

impl<'de, F: FnMut(Scalar<'_>) -> bool> Visitor<'de> for Step<'_, F> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<(), E> {
        self.scalar(Scalar::Text(text))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<(), E> {
        self.scalar(Scalar::Integer(number.into()))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<(), E> {
        self.scalar(Scalar::Integer(number.into()))
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<(), E> {
        self.scalar(Scalar::Fraction(number))
    }

    fn visit_bool<E: Error>(self, flag: bool) -> Result<(), E> {
        self.scalar(Scalar::Flag(flag))
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        self.scalar(Scalar::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        let Self { path, see } = self;
        Step { path, see: &mut *see }.scalar::<A::Error>(Scalar::Composite)?;
        while items.next_element_seed(Step { path, see: &mut *see })?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut pairs: A) -> Result<(), A::Error> {
        let Self { path, see } = self;
        Step { path, see: &mut *see }.scalar::<A::Error>(Scalar::Composite)?;
        while let Some(key) = pairs.next_key::<Cow<'de, str>>()? {
            let rest = match path {
                None => {
                    see(Scalar::Text(&key));
                    Some(None)
                }
                Some(path) => path.strip_prefix(&*key).and_then(|rest| match rest {
                    "" => Some(Some("")),
                    rest => rest.strip_prefix('.').map(Some),
                }),
            };
            match rest {
                Some(path) => pairs.next_value_seed(Step { path, see: &mut *see })?,
                None => drop(pairs.next_value::<IgnoredAny>()?),
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // Protects: free text covers keys and values, as people see them and not as JSON spells them.
    #[test]
    fn texts() {
        let check = |json: &str, expected: &str| {
            let mut out = String::new();
            write_texts(json, &mut out);
            assert_eq!(out.replace(SEPARATOR, "|"), expected, "{json}");
        };
        check(
            r#"{"a":{"b\n":[1,-2.5,true,null,"\u7ed3果"]},"a":"x"}"#,
            "|a|b\n|1|-2.5|true|结果|a|x",
        );
        check(r#""cut {\"a\"""#, "|cut {\"a\"");
        check(r#"{"a":"b","#, "|a|b");
        check("", "");
    }

    // Protects: where a path leads, through arrays, keys with dots and keys that come twice.
    #[test]
    fn paths() {
        let json =
            r#"{"a":{"b":[{"c":1},{"c":"x"}]},"a.b.d":true,"e":1,"e":2,"f":{},"g":null,"":3}"#;
        let check = |path: &str, expected: &str| {
            let mut seen = String::new();
            any_at(json, path, |scalar| {
                seen.push_str(&format!("{scalar:?} "));
                false
            });
            assert_eq!(seen.trim_end(), expected, "{path}");
        };
        check("a.b.c", "Integer(1) Text(\"x\")");
        check("a.b.d", "Flag(true)");
        check("e", "Integer(1) Integer(2)");
        check("f", "Composite");
        check("g", "Null");
        check("a.b", "Composite Composite Composite");
        check("a.c", "");
        check("a.b.c.x", "");
    }
}
