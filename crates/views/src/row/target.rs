//! A target of an operation, or a related object, as a filter reads it.
//!
//! One target stands in the core and two sealed fields, several in one sealed array; erasing the
//! array leaves one target of which only a common type is known.

use std::borrow::Cow;

use annals_record::{Leaf, Tag};
use serde::Deserialize;

use super::{Seen, sealed, unquoted};
use crate::fold::SEPARATOR;

/// A target or a related object.
#[derive(Clone, Debug)]
pub(crate) struct Target<'a> {
    pub(crate) kind: Seen<Cow<'a, str>>,
    pub(crate) id: Seen<Cow<'a, str>>,
    pub(crate) name: Seen<Cow<'a, str>>,
    /// How it ended for this target, if that is told of each.
    pub(crate) outcome: Option<Cow<'a, str>>,
}

/// An entry of a sealed array, as `record` wrote it.
#[derive(Deserialize)]
struct Entry<'a> {
    #[serde(borrow, rename = "type")]
    kind: Option<Cow<'a, str>>,
    #[serde(borrow)]
    id: Option<Cow<'a, str>>,
    #[serde(borrow)]
    name: Option<Cow<'a, str>>,
    #[serde(borrow)]
    outcome: Option<Cow<'a, str>>,
}

impl<'a> Target<'a> {
    /// The target of an operation that has none.
    pub(crate) const NONE: Self =
        Self { kind: Seen::Absent, id: Seen::Absent, name: Seen::Absent, outcome: None };

    /// The targets of a leaf; `kind` is the raw type in its core.
    pub(super) fn of(leaf: &'a Leaf, kind: Option<&'a str>) -> Vec<Self> {
        let kind = || Seen::from(kind.and_then(unquoted));
        match sealed(leaf, Tag::OBJECTS) {
            Seen::Value(json) => Self::read(json),
            Seen::Erased => vec![Self::erased(kind())],
            Seen::Absent => {
                let id = sealed(leaf, Tag::OBJECT_ID).map(Cow::Borrowed);
                let name = sealed(leaf, Tag::OBJECT_NAME).map(Cow::Borrowed);
                let only = Self { kind: kind(), id, name, outcome: None };
                if only.is_none() { Vec::new() } else { vec![only] }
            }
        }
    }

    /// The related objects of a leaf.
    pub(super) fn related(leaf: &'a Leaf) -> Vec<Self> {
        match sealed(leaf, Tag::RELATED) {
            Seen::Value(json) => Self::read(json),
            Seen::Erased => vec![Self::erased(Seen::Erased)],
            Seen::Absent => Vec::new(),
        }
    }

    fn read(json: &'a str) -> Vec<Self> {
        let entries: Vec<Entry<'a>> = serde_json::from_str(json).unwrap_or_default();
        let there = |text: Option<Cow<'a, str>>| Seen::from(text.filter(|text| !text.is_empty()));
        let target = |Entry { kind, id, name, outcome }| Self {
            kind: there(kind),
            id: there(id),
            name: there(name),
            outcome,
        };
        entries.into_iter().map(target).collect()
    }

    /// One of which nothing but the type may be left.
    fn erased(kind: Seen<Cow<'a, str>>) -> Self {
        Self { kind, id: Seen::Erased, name: Seen::Erased, outcome: None }
    }

    /// True if it has an id or a name.
    pub(super) fn is_named(&self) -> bool {
        [&self.id, &self.name].into_iter().any(|part| matches!(part, Seen::Value(_)))
    }

    fn is_none(&self) -> bool {
        [&self.kind, &self.id, &self.name].into_iter().all(|part| *part == Seen::Absent)
    }

    /// Appends what free text covers of it: id and name.
    pub(super) fn write_texts(&self, out: &mut String) {
        for part in [&self.id, &self.name] {
            if let Seen::Value(text) = part {
                out.push(SEPARATOR);
                out.push_str(text);
            }
        }
    }
}
