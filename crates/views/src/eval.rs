//! `Compiled`: a filter made ready to look at many events.
//!
//! Texts are folded once, searchers built once, cheap tests stand first. It decides for one row
//! at a time, from nothing but the row; the index may only ever narrow which rows it sees.

mod compile;
mod matcher;
mod test;

pub(crate) use matcher::Matcher;

use std::collections::HashMap;

use annals_record::Tag;

use crate::fields::Field;
use crate::fold::{Needle, fold};
use crate::json;
use crate::row::{Row, Seen, Target};
use crate::truth::Truth;
use test::{AddressTest, JsonTest, OrderTest, TextTest};

/// A filter made ready to look at many events; made by [`crate::Bound::compile`].
#[derive(Clone, Debug)]
pub struct Compiled {
    node: Node,
}

impl Compiled {
    /// True if the event passes; what is absent or erased passes no test.
    #[must_use]
    pub fn matches(&self, row: &Row<'_>) -> bool {
        self.truth(row, Truth::False) == Truth::True
    }

    /// Whether the event passes, where a comparison with something absent or erased is `absent`.
    pub(crate) fn truth(&self, row: &Row<'_>, absent: Truth) -> Truth {
        self.node.truth(row, absent)
    }
}

#[derive(Clone, Debug)]
enum Node {
    All,
    And(Vec<Node>),
    Or(Vec<Node>),
    Not(Box<Node>),
    /// The one text of a field.
    Text(Field, TextTest),
    /// By the operation's code, whether its severity or access passes.
    Derived(HashMap<String, bool>),
    Address(AddressTest),
    Number(Field, OrderTest<u64>),
    Time(Field, OrderTest<i64>),
    /// One of the targets.
    Target(TargetNode),
    /// One of the related objects.
    Related(TargetNode),
    /// A text holds words.
    Words(Tag, Needle),
    /// Keys and values of JSON hold words.
    JsonWords(Tag, Needle),
    /// A sealed field is there.
    Exists(Tag),
    /// A value at a path in JSON.
    Json(Tag, JsonTest),
    /// Free text.
    Anything(Needle),
}

/// What must hold for one and the same object.
#[derive(Clone, Debug)]
enum TargetNode {
    And(Vec<TargetNode>),
    Or(Vec<TargetNode>),
    Kind(TextTest),
    Id(TextTest),
    Name(TextTest),
}

impl Node {
    fn truth(&self, row: &Row<'_>, absent: Truth) -> Truth {
        match self {
            Self::All => Truth::True,
            Self::And(parts) => Truth::all(parts.iter().map(|part| part.truth(row, absent))),
            Self::Or(parts) => Truth::any(parts.iter().map(|part| part.truth(row, absent))),
            Self::Not(part) => part.truth(row, absent).negated(),
            Self::Text(field, test) => test.truth(&row.text(*field), absent),
            Self::Derived(passing) => {
                let passes = row.text(Field::Operation).map(|code| passing.get(&*code).copied());
                match passes {
                    Seen::Value(Some(passes)) => passes.into(),
                    Seen::Value(None) | Seen::Absent | Seen::Erased => absent,
                }
            }
            Self::Address(test) => test.truth(row.address(), absent),
            Self::Number(field, test) => test.truth(row.number(*field), absent),
            Self::Time(Field::ReceivedTime, test) => test.truth(row.received(), absent),
            Self::Time(_, test) => test.truth(Seen::Value(row.at()), absent),
            Self::Target(node) => node.any(row.targets(), absent),
            Self::Related(node) => node.any(&row.related(), absent),
            Self::Exists(tag) => presence(&row.sealed(*tag), absent),
            Self::Words(tag, needle) => {
                compare(row.sealed(*tag), absent, |text| needle.is_in(&fold(text)))
            }
            Self::JsonWords(tag, needle) => {
                compare(row.sealed(*tag), absent, |json| holds_words(json, needle))
            }
            Self::Json(tag, test) => compare(row.sealed(*tag), absent, |json| test.holds(json)),
            Self::Anything(needle) => {
                let may_be = row.quick_text().is_none_or(|text| needle.may_be_in(text));
                (may_be && needle.is_in(row.folded_text())).into()
            }
        }
    }

    /// What it costs to decide, so that the cheap can spare the dear.
    fn cost(&self) -> u8 {
        match self {
            Self::All | Self::Text(..) | Self::Derived(_) | Self::Number(..) => 0,
            Self::Address(_) | Self::Time(..) | Self::Exists(_) => 1,
            Self::Words(..) => 2,
            Self::Target(_) | Self::Related(_) => 3,
            Self::Json(..) => 4,
            Self::JsonWords(..) => 5,
            Self::Anything(_) => 6,
            Self::Not(part) => part.cost(),
            Self::And(parts) | Self::Or(parts) => parts.iter().map(Self::cost).max().unwrap_or(0),
        }
    }
}

impl TargetNode {
    fn any(&self, targets: &[Target<'_>], absent: Truth) -> Truth {
        match targets {
            [] => self.truth(&Target::NONE, absent),
            targets => Truth::any(targets.iter().map(|target| self.truth(target, absent))),
        }
    }

    fn truth(&self, target: &Target<'_>, absent: Truth) -> Truth {
        match self {
            Self::And(parts) => Truth::all(parts.iter().map(|part| part.truth(target, absent))),
            Self::Or(parts) => Truth::any(parts.iter().map(|part| part.truth(target, absent))),
            Self::Kind(test) => test.truth(&target.kind, absent),
            Self::Id(test) => test.truth(&target.id, absent),
            Self::Name(test) => test.truth(&target.name, absent),
        }
    }
}

/// A comparison: what is not there gives `absent`.
fn compare<T>(seen: Seen<T>, absent: Truth, holds: impl FnOnce(T) -> bool) -> Truth {
    match seen {
        Seen::Value(value) => holds(value).into(),
        Seen::Absent | Seen::Erased => absent,
    }
}

/// Whether there is a value: of an erased one that is not said.
fn presence<T>(seen: &Seen<T>, absent: Truth) -> Truth {
    match seen {
        Seen::Value(_) => Truth::True,
        Seen::Absent => Truth::False,
        Seen::Erased => absent,
    }
}

fn holds_words(json: &str, needle: &Needle) -> bool {
    // The text as it stands has all words of its values, unless an escape hides some.
    if !json.contains('\\') && !needle.may_be_in(fold(json).as_bytes()) {
        return false;
    }
    let mut texts = String::with_capacity(json.len());
    json::write_texts(json, &mut texts);
    needle.is_in(&fold(&texts))
}

#[cfg(test)]
mod tests;
