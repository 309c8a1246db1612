//! The structural difference of two JSON texts: which value at which path was added, removed or
//! changed.
//!
//! Numbers are compared as written unless they are short, so that no digit of a long one is lost
//! to rounding; a key that stands twice in one object counts with its last value. What exceeds a
//! limit is said by `cut`, never left out in silence. It does not know events: `history.rs`
//! decides which two texts are compared.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::value::RawValue;

/// Differences listed for one event.
pub const DIFF_ENTRIES_MAX: usize = 200;
/// Levels taken apart; a deeper value is compared as text and listed whole.
pub const DIFF_DEPTH_MAX: usize = 16;
/// Numbers up to this length are compared by value (`1.0` is `1`): fewer digits than a double has.
const SHORT_NUMBER_BYTES_MAX: usize = 15;
/// What masking leaves of a secret, as JSON.
const MASKED: &str = r#""***""#;

/// What differs between two JSON texts, in the order of paths.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Difference {
    /// The differences.
    pub entries: Vec<Change>,
    /// True if there are more, or finer ones, than are listed.
    pub cut: bool,
}

/// One difference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Where: keys parted by dots, `[2]` for the place in an array, `[id=d-1]` for an element
    /// known by its id or name; a key that is no plain word stands as `["a key"]`. Empty: all.
    /// A place counts from 0, in the array after the change, or before it for what was removed.
    pub path: String,
    /// What happened there.
    pub kind: ChangeKind,
    /// The value before, as JSON.
    pub before: Option<String>,
    /// The value after, as JSON.
    pub after: Option<String>,
}

/// What happened to a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChangeKind {
    /// It was not there before.
    Added,
    /// It is no longer there.
    Removed,
    /// It is another one.
    Changed,
    /// It is a masked secret before and after: whether it changed cannot be said.
    Masked,
}

impl Difference {
    /// What leads from `before` to `after`; an absent one has no values at all.
    pub(crate) fn of(before: Option<&Tree<'_>>, after: Option<&Tree<'_>>) -> Self {
        let mut walk = Walk { found: Self::default(), path: String::new() };
        walk.compare(before, after);
        walk.found
    }
}

/// A JSON text taken apart as deep as differences are looked for.
#[derive(Clone, Debug)]
pub(crate) enum Tree<'a> {
    Object {
        raw: &'a str,
        values: BTreeMap<String, Tree<'a>>,
    },
    Array {
        raw: &'a str,
        elements: Vec<Tree<'a>>,
    },
    Scalar(&'a str),
    /// Lies too deep to be taken apart.
    Deep(&'a str),
}

impl<'a> Tree<'a> {
    /// Takes a JSON text apart; none if it is not JSON.
    pub(crate) fn parse(text: &'a str) -> Option<Self> {
        let raw: &RawValue = serde_json::from_str(text).ok()?;
        Self::of(raw.get(), 0)
    }

    fn of(raw: &'a str, depth: usize) -> Option<Self> {
        let below = |value: &'a RawValue| Self::of(value.get(), depth + 1);
        match raw.as_bytes().first()? {
            b'{' | b'[' if depth == DIFF_DEPTH_MAX => Some(Self::Deep(raw)),
            b'{' => {
                let values: BTreeMap<String, &'a RawValue> = serde_json::from_str(raw).ok()?;
                let values = values.into_iter().map(|(key, value)| Some((key, below(value)?)));
                Some(Self::Object { raw, values: values.collect::<Option<_>>()? })
            }
            b'[' => {
                let elements: Vec<&'a RawValue> = serde_json::from_str(raw).ok()?;
                let elements = elements.into_iter().map(below).collect::<Option<_>>()?;
                Some(Self::Array { raw, elements })
            }
            _ => Some(Self::Scalar(raw)),
        }
    }

    /// The text it was parsed from.
    pub(crate) fn raw(&self) -> &'a str {
        match self {
            Self::Object { raw, .. } | Self::Array { raw, .. } => raw,
            Self::Scalar(raw) | Self::Deep(raw) => raw,
        }
    }

    /// The values of an object by key; none for anything else.
    pub(crate) fn values(&self) -> Option<&BTreeMap<String, Self>> {
        match self {
            Self::Object { values, .. } => Some(values),
            _ => None,
        }
    }

    /// The text of a string.
    pub(crate) fn text(&self) -> Option<String> {
        match self {
            Self::Scalar(raw) => serde_json::from_str(raw).ok(),
            _ => None,
        }
    }

    fn is_masked(&self) -> bool {
        matches!(self, Self::Scalar(raw) if *raw == MASKED)
    }
}

impl PartialEq for Tree<'_> {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Object { values: a, .. }, Self::Object { values: b, .. }) => a == b,
            (Self::Array { elements: a, .. }, Self::Array { elements: b, .. }) => a == b,
            (Self::Scalar(a), Self::Scalar(b)) => a == b || same_string(a, b) || same_short(a, b),
            (Self::Deep(a), Self::Deep(b)) => a == b,
            _ => false,
        }
    }
}

/// True for one string in two spellings of its escapes.
fn same_string(a: &str, b: &str) -> bool {
    let text = |raw: &str| serde_json::from_str::<String>(raw).ok();
    a.contains('\\') | b.contains('\\') && text(a).is_some_and(|a| Some(a) == text(b))
}

/// True for one number in two spellings that both fit a double without loss.
fn same_short(a: &str, b: &str) -> bool {
    let number = |raw: &str| {
        let is_short = raw.len() <= SHORT_NUMBER_BYTES_MAX && !raw.starts_with('"');
        is_short.then(|| raw.parse::<f64>().ok())?
    };
    number(a).is_some_and(|a| Some(a) == number(b))
}

struct Walk {
    found: Difference,
    path: String,
}

impl Walk {
    fn compare(&mut self, before: Option<&Tree<'_>>, after: Option<&Tree<'_>>) {
        match (before, after) {
            (Some(a), Some(b)) if a.is_masked() && b.is_masked() => {
                self.add(ChangeKind::Masked, before, after);
            }
            (Some(Tree::Object { values: a, .. }), Some(Tree::Object { values: b, .. })) => {
                self.objects(a, b);
            }
            (Some(Tree::Array { elements: a, .. }), Some(Tree::Array { elements: b, .. })) => {
                self.arrays(a, b);
            }
            (Some(a), Some(b)) if a == b => {}
            (Some(a), Some(b)) => {
                self.found.cut |= matches!((a, b), (Tree::Deep(_), Tree::Deep(_)));
                self.add(ChangeKind::Changed, before, after);
            }
            // What came or went as a whole object is listed value by value, so that the creation
            // of a thing reads like its later changes.
            (None, Some(Tree::Object { values, .. })) if !values.is_empty() => {
                self.objects(&BTreeMap::new(), values);
            }
            (Some(Tree::Object { values, .. }), None) if !values.is_empty() => {
                self.objects(values, &BTreeMap::new());
            }
            (None, Some(_)) => self.add(ChangeKind::Added, before, after),
            (Some(_), None) => self.add(ChangeKind::Removed, before, after),
            (None, None) => {}
        }
    }

    fn objects(&mut self, before: &BTreeMap<String, Tree<'_>>, after: &BTreeMap<String, Tree<'_>>) {
        let gone = before.keys().filter(|key| !after.contains_key(*key));
        let mut keys: Vec<_> = gone.chain(after.keys()).collect();
        keys.sort_unstable();
        for key in keys {
            self.at_key(key, |walk| walk.compare(before.get(key), after.get(key)));
        }
    }

    fn arrays(&mut self, before: &[Tree<'_>], after: &[Tree<'_>]) {
        for name in ["id", "name"] {
            if let (Some(a), Some(b)) = (keyed(before, name), keyed(after, name)) {
                let gone = a.keys().filter(|key| !b.contains_key(*key));
                for key in gone.chain(b.keys()) {
                    let step = format!("[{name}={key}]");
                    self.at(&step, |walk| {
                        walk.compare(a.get(key).copied(), b.get(key).copied());
                    });
                }
                return;
            }
        }
        self.places(before, after);
    }

    /// By place, after what is equal at both ends was taken away: one element that came or went
    /// does not make all behind it look changed.
    fn places(&mut self, before: &[Tree<'_>], after: &[Tree<'_>]) {
        let equal = |(a, b): &(&Tree<'_>, &Tree<'_>)| a == b;
        let start = before.iter().zip(after).take_while(equal).count();
        let (before, after) = (&before[start..], &after[start..]);
        let end = before.iter().rev().zip(after.iter().rev()).take_while(equal).count();
        let (before, after) = (&before[..before.len() - end], &after[..after.len() - end]);
        for place in 0..before.len().max(after.len()) {
            let step = format!("[{}]", start + place);
            self.at(&step, |walk| walk.compare(before.get(place), after.get(place)));
        }
    }

    fn at_key(&mut self, key: &str, visit: impl FnOnce(&mut Self)) {
        let is_plain = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-');
        let step = match (key.is_empty() || !key.chars().all(is_plain), self.path.is_empty()) {
            (true, _) => format!("[{}]", serde_json::Value::from(key)),
            (false, true) => key.to_owned(),
            (false, false) => format!(".{key}"),
        };
        self.at(&step, visit);
    }

    fn at(&mut self, step: &str, visit: impl FnOnce(&mut Self)) {
        if self.found.cut && self.found.entries.len() >= DIFF_ENTRIES_MAX {
            return; // Full: nothing more would be listed.
        }
        let length = self.path.len();
        let _ = write!(self.path, "{step}"); // Writing to a string does not fail.
        visit(self);
        self.path.truncate(length);
    }

    fn add(&mut self, kind: ChangeKind, before: Option<&Tree<'_>>, after: Option<&Tree<'_>>) {
        if self.found.entries.len() == DIFF_ENTRIES_MAX {
            self.found.cut = true;
            return;
        }
        let text = |tree: Option<&Tree<'_>>| tree.map(|tree| tree.raw().to_owned());
        let (before, after) = (text(before), text(after));
        self.found.entries.push(Change { path: self.path.clone(), kind, before, after });
    }
}

/// The elements by the string or number under `name`, if each has one of its own.
fn keyed<'t, 'a>(elements: &'t [Tree<'a>], name: &str) -> Option<BTreeMap<String, &'t Tree<'a>>> {
    let mut found = BTreeMap::new();
    for element in elements {
        let key = match element.values()?.get(name)? {
            Tree::Scalar(raw) if raw.starts_with('"') => serde_json::from_str(raw).ok()?,
            Tree::Scalar(raw) => (*raw).to_owned(),
            _ => return None,
        };
        if found.insert(key, element).is_some() {
            return None;
        }
    }
    Some(found)
}

#[cfg(test)]
mod tests;
