//! Objects and related: which there are, and as which they are told.

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::ControlFlow;

use annals_record::limits::{
    OBJECT_ID_CHARS_MAX, OBJECT_NAME_CHARS_MAX, OBJECT_TYPE_CHARS_MAX, OBJECTS_BYTES_MAX,
    ROLE_CHARS_MAX,
};
use annals_record::{Object, Outcome, Record, Related};
use serde::{Deserialize, Serialize};

use super::clean;
use super::condition::{Condition, Rules};
use super::document::Keys;
use super::scope::{Found, Scope};
use super::selector::{Allowed, Selector, Uses};
use super::text::Text;

/// The words of an outcome in a route file.
pub(super) const OUTCOMES: [(&str, Outcome); 5] = [
    ("success", Outcome::Success),
    ("failure", Outcome::Failure),
    ("denied", Outcome::Denied),
    ("partial", Outcome::Partial),
    ("unknown", Outcome::Unknown),
];
/// Entries that are looked at for one target rule.
const ENTRIES_COUNT_MAX: usize = 100_000;
/// What an entry takes beside its texts, at most: keys, quotes, commas, an outcome.
const ENTRY_BYTES: usize = 80;
/// Bytes of all entries; some room is left for what masking makes longer.
const LIST_BYTES_MAX: usize = OBJECTS_BYTES_MAX / 4 * 3;

/// One object or related thing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Target {
    #[serde(rename = "type")]
    pub(super) kind: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) role: Option<String>,
    #[serde(skip)]
    pub(super) outcome: Option<Outcome>,
}

/// How one or many targets are found.
#[derive(Clone, Debug)]
pub(super) struct TargetRule {
    each: Option<Selector>,
    split: Option<String>,
    when: Condition,
    kind: Text,
    id: Option<Text>,
    name: Option<Text>,
    role: Option<Text>,
    outcome: Rules<Outcome>,
}

impl TargetRule {
    /// The list `object` or, with roles, `related`.
    pub(super) fn read_all(
        keys: &mut Keys<'_>,
        key: &'static str,
        allowed: &Allowed,
        kind: Option<&str>,
    ) -> Vec<Self> {
        let is_related = key == "related";
        let tables = keys.tables(key).into_iter();
        tables.filter_map(|table| Self::read(table, allowed, kind, is_related)).collect()
    }

    fn read(
        mut keys: Keys<'_>,
        allowed: &Allowed,
        kind: Option<&str>,
        is_related: bool,
    ) -> Option<Self> {
        let faults = keys.faults;
        let is_many = keys.get("each").is_some();
        let each = keys.text("each");
        let each = each.and_then(|(text, span)| faults.take(span, Selector::parse(text, allowed)));
        let split = keys.text("split").map(|(text, _)| text.to_owned());
        let inside = if is_many { allowed.and(Uses::ITEM) } else { allowed.clone() };
        let text = |keys: &mut Keys<'_>, key| {
            let (text, span) = keys.text(key)?;
            faults.take(span, Text::parse(text, &inside))
        };
        let named = text(&mut keys, "type");
        let (id, name) = (text(&mut keys, "id"), text(&mut keys, "name"));
        let role = if is_related { text(&mut keys, "role") } else { None };
        let when = Condition::read(&mut keys, "when", &inside);
        let outcome = match is_related {
            true => Rules::default(),
            false => Rules::read(&mut keys, "outcome", &inside, &OUTCOMES),
        };
        let default = kind.filter(|_| !is_related).map(|kind| Text::parse(kind, &inside));
        let kind = named.or(default.and_then(Result::ok));
        let is_missing = |keys: &mut Keys<'_>, key| keys.get(key).is_none();
        if kind.is_none() && is_missing(&mut keys, "type") {
            faults.add(keys.span(), "`type` is missing here");
        }
        if is_related && is_missing(&mut keys, "role") {
            faults.add(keys.span(), "`role` is missing here: what it is to the operation");
        }
        if is_missing(&mut keys, "id") && is_missing(&mut keys, "name") {
            faults.add(keys.span(), "`id` or `name` is missing here");
        }
        keys.finish();
        Some(Self { each, split, when, kind: kind?, id, name, role, outcome })
    }

    pub(super) fn uses(&self) -> Uses {
        let each = self.each.as_ref().map_or(Uses::NONE, Selector::uses);
        let texts = [Some(&self.kind), self.id.as_ref(), self.name.as_ref(), self.role.as_ref()];
        let texts = texts.into_iter().flatten().fold(Uses::NONE, |uses, text| uses | text.uses);
        each | texts | self.when.uses() | self.outcome.uses()
    }

    fn find(&self, scope: &Scope<'_>, found: &mut Targets) {
        let Some(each) = &self.each else { return self.add(scope, found) };
        let mut entries_left = ENTRIES_COUNT_MAX;
        let _stopped = each.each(scope, &mut |entry| {
            let mut add = |entry: Found<'_>| {
                entries_left = entries_left.saturating_sub(1);
                self.add(&scope.with_item(&entry), found);
            };
            match (&self.split, entry.text()) {
                (Some(split), Some(text)) => {
                    let parts = text.split(&**split).map(str::trim);
                    for part in parts.filter(|part| !part.is_empty()).take(ENTRIES_COUNT_MAX) {
                        add(Found::Text(Cow::Borrowed(part)));
                    }
                }
                _ => add(entry),
            }
            match entries_left {
                0 => ControlFlow::Break(()),
                _ => ControlFlow::Continue(()),
            }
        });
    }

    fn add(&self, scope: &Scope<'_>, found: &mut Targets) {
        if !self.when.holds(scope) {
            return;
        }
        let short = |text: &Option<Text>, chars_max| {
            clean::identifier(&text.as_ref()?.render(scope)?, chars_max)
        };
        let Some(kind) = self.kind.render(scope) else { return };
        let name = self.name.as_ref().and_then(|name| name.render(scope));
        let name = name.and_then(|name| clean::free(&name));
        found.add(Target {
            kind: clean::identifier(&kind, OBJECT_TYPE_CHARS_MAX).unwrap_or_default(),
            id: short(&self.id, OBJECT_ID_CHARS_MAX),
            name: name.map(|name| name.chars().take(OBJECT_NAME_CHARS_MAX).collect()),
            role: short(&self.role, ROLE_CHARS_MAX),
            outcome: self.outcome.take(scope),
        });
    }
}

/// Targets without doubles, as many as an event can hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Targets {
    pub(super) list: Vec<Target>,
    /// Type, id and role -> place in the list.
    places: HashMap<(String, String, Option<String>), usize>,
    bytes: usize,
    count_max: usize,
    /// How many there was no room for.
    pub(super) left_out: usize,
}

impl Targets {
    pub(super) fn find(rules: &[TargetRule], scope: &Scope<'_>, count_max: usize) -> Self {
        let mut found = Self { count_max, ..Self::default() };
        rules.iter().for_each(|rule| rule.find(scope, &mut found));
        found
    }

    /// One of the same type, id and role fills in what the earlier lacks.
    fn add(&mut self, target: Target) {
        let Target { kind, id, name, role, outcome } = &target;
        if kind.is_empty() || (id.is_none() && name.is_none()) {
            return;
        }
        let key = id.clone().map(|id| (kind.clone(), id, role.clone()));
        let place = key.as_ref().and_then(|key| self.places.get(key));
        if let Some(known) = place.and_then(|place| self.list.get_mut(*place)) {
            known.name = known.name.take().or_else(|| name.clone());
            known.outcome = outcome.or(known.outcome);
            return;
        }
        let texts = [Some(kind), id.as_ref(), name.as_ref(), role.as_ref()];
        let bytes: usize = texts.into_iter().flatten().map(|text| json_bytes(text)).sum();
        let bytes = self.bytes + bytes + ENTRY_BYTES;
        if self.list.len() >= self.count_max || bytes > LIST_BYTES_MAX {
            self.left_out += 1;
            return;
        }
        self.bytes = bytes;
        self.places.extend(key.map(|key| (key, self.list.len())));
        self.list.push(target);
    }
}

/// Bytes of a text as JSON.
fn json_bytes(text: &str) -> usize {
    text.bytes()
        .map(|byte| match byte {
            b'"' | b'\\' => 2,
            0..32 => 6,
            _ => 1,
        })
        .sum()
}

/// One without an outcome of its own is `object`, all else `objects`.
pub(super) fn set_objects(record: &mut Record<'static>, targets: &[Target]) {
    let mut objects: Vec<Object<'static>> = targets.iter().cloned().map(object).collect();
    record.object = match &*objects {
        [one] if one.outcome.is_none() => objects.pop(),
        _ => None,
    };
    record.objects = objects;
}

pub(super) fn set_related(record: &mut Record<'static>, targets: &[Target]) {
    let related = |target: Target| Related {
        kind: Some(Cow::Owned(target.kind)),
        id: target.id.map(Cow::Owned),
        name: target.name.map(Cow::Owned),
        role: target.role.map(Cow::Owned),
    };
    record.related = targets.iter().cloned().map(related).collect();
}

fn object(target: Target) -> Object<'static> {
    Object {
        kind: Some(Cow::Owned(target.kind)),
        id: target.id.map(Cow::Owned),
        name: target.name.map(Cow::Owned),
        outcome: target.outcome.map(|outcome| Cow::Borrowed(outcome.as_str())),
    }
}
