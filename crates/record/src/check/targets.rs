//! The targets of an operation: none, one, or several.
//!
//! A batch is one event (the seed: deleting one or several users is logged as one operation), so
//! several targets are one sealed array. One target without an outcome of its own is stored as a
//! single object, however it was sent.

use super::Faults;
use super::text::{check_identifier, is_plain};
use crate::fault::codes;
use crate::limits::{
    OBJECT_ID_CHARS_MAX, OBJECT_TYPE_CHARS_MAX, OBJECTS_COUNT_MAX, RELATED_COUNT_MAX,
    ROLE_CHARS_MAX,
};
use crate::object::Object;
use crate::outcome::Outcome;
use crate::record::Record;
use std::borrow::Cow;

/// What an operation was done to.
pub(super) enum Targets<'a> {
    None,
    One(&'a Object<'a>),
    Many(Many<'a>),
}

/// Several targets, or one with its own outcome.
#[derive(Clone, Copy)]
pub(super) struct Many<'a> {
    first: Option<&'a Object<'a>>,
    rest: &'a [Object<'a>],
}

impl<'a> Targets<'a> {
    pub(super) fn of(record: &'a Record<'a>) -> Self {
        match (&record.object, record.objects.as_slice()) {
            (None, []) => Self::None,
            (Some(only), []) | (None, [only]) if only.outcome.is_none() => Self::One(only),
            (first, rest) => Self::Many(Many { first: first.as_ref(), rest }),
        }
    }
}

impl<'a> Many<'a> {
    /// All of them, `object` first; it counts once if `objects` names it too.
    pub(super) fn iter(self) -> impl Iterator<Item = &'a Object<'a>> {
        let is_first = move |object: &&Object<'_>| {
            self.first.is_some_and(|first| first.kind == object.kind && first.id == object.id)
        };
        let named_twice = self.rest.iter().any(|object| is_first(&object));
        self.first.filter(|_| !named_twice).into_iter().chain(self.rest)
    }

    /// The type that all of them have.
    pub(super) fn common_type(self, default: Option<&'a str>) -> Option<&'a str> {
        let mut types = self.iter().map(|object| object.kind.as_deref().or(default));
        let first = types.next()??;
        types.all(|kind| kind == Some(first)).then_some(first)
    }
}

/// Checks types, ids, outcomes and counts. Names are cut later, where they are written.
pub(super) fn check(record: &Record<'_>, faults: &mut Faults) {
    if let Some(object) = &record.object {
        let field = |key: &'static str| {
            Cow::Borrowed(match key {
                "type" => "object.type",
                "id" => "object.id",
                _ => "object.outcome",
            })
        };
        check_object(object, field, faults);
    }
    check_count(record.objects.len(), OBJECTS_COUNT_MAX, "objects", faults);
    for (place, object) in record.objects.iter().enumerate().take(OBJECTS_COUNT_MAX) {
        check_object(object, |key| Cow::Owned(format!("objects[{place}].{key}")), faults);
    }
    check_count(record.related.len(), RELATED_COUNT_MAX, "related", faults);
    for (place, related) in record.related.iter().enumerate().take(RELATED_COUNT_MAX) {
        let field = |key| format!("related[{place}].{key}");
        if is_faulty(related.kind.as_deref(), OBJECT_TYPE_CHARS_MAX) {
            check_type(related.kind.as_deref(), field("type"), faults);
        }
        for (key, text, chars_max) in
            [("id", &related.id, OBJECT_ID_CHARS_MAX), ("role", &related.role, ROLE_CHARS_MAX)]
        {
            if is_faulty(text.as_deref(), chars_max) {
                let text = text.as_deref().unwrap_or_default();
                check_identifier(faults, field(key), text, chars_max);
            }
        }
    }
}

fn check_object(
    object: &Object<'_>,
    field: impl Fn(&'static str) -> Cow<'static, str>,
    faults: &mut Faults,
) {
    if is_faulty(object.kind.as_deref(), OBJECT_TYPE_CHARS_MAX) {
        check_type(object.kind.as_deref(), field("type"), faults);
    }
    if is_faulty(object.id.as_deref(), OBJECT_ID_CHARS_MAX) {
        let id = object.id.as_deref().unwrap_or_default();
        check_identifier(faults, field("id"), id, OBJECT_ID_CHARS_MAX);
    }
    if object.outcome.as_deref().is_some_and(|word| Outcome::parse(word).is_none()) {
        faults.add(codes::BAD_VALUE, field("outcome"), outcome_words());
    }
}

pub(super) fn outcome_words() -> String {
    format!("must be one of {}", Outcome::ALL.map(Outcome::as_str).join(", "))
}

fn check_type(kind: Option<&str>, field: impl Into<Cow<'static, str>>, faults: &mut Faults) {
    match kind {
        Some("") => faults.add(codes::BAD_VALUE, field, "must not be empty; leave it out instead"),
        Some(kind) => check_identifier(faults, field, kind, OBJECT_TYPE_CHARS_MAX),
        None => {}
    }
}

/// A quick answer for plain text, so that names of fields are only made for faulty ones.
fn is_faulty(text: Option<&str>, chars_max: usize) -> bool {
    text.is_some_and(|text| text.is_empty() || text.len() > chars_max || !is_plain(text))
}

fn check_count(count: usize, count_max: usize, field: &'static str, faults: &mut Faults) {
    if count > count_max {
        let message = format!("{count} entries; at most {count_max} are allowed");
        faults.add(codes::TOO_MANY, field, message);
    }
}
