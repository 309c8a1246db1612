//! From leaves to the row of one event: what its columns hold.
//!
//! Pure. A row of a two-phase operation has two leaves; what the outcome says of how it ended, how
//! long it took and what it was done to goes before what the intent said, everything else is the
//! intent's. Values are borrowed from the leaves; what is absent, erased or empty is empty.

use std::borrow::Cow;

use annals_record::{Core, Leaf, Outcome, Tag};
use serde::Deserialize;
use smallvec::SmallVec;

use crate::columns::{ColumnId, Flags};

/// A target or a related object of an event.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub(crate) struct Thing<'a> {
    /// Its type.
    #[serde(borrow, rename = "type")]
    pub(crate) kind: Cow<'a, str>,
    /// Its id.
    #[serde(borrow)]
    pub(crate) id: Cow<'a, str>,
    /// Its name.
    #[serde(borrow)]
    pub(crate) name: Cow<'a, str>,
    /// What a related object is to the operation.
    #[serde(borrow)]
    pub(crate) role: Cow<'a, str>,
}

/// One row of the index.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct RowValues<'a> {
    /// Where the event stands in time order, ns.
    pub(crate) at: i64,
    /// Its position: of the event, or of the outcome leaf in a hidden row.
    pub(crate) index: u64,
    pub(crate) flags: Flags,
    /// Fields of the event's own leaf that were erased: the outcome does not bring them back.
    pub(crate) erased: Flags,
    pub(crate) duration_ms: Option<u64>,
    /// Position of the other leaf of a two-phase operation.
    pub(crate) partner: Option<u64>,
    /// By number of the single column.
    pub(crate) single: [Cow<'a, str>; ColumnId::SINGLE],
    pub(crate) objects: SmallVec<[Thing<'a>; 1]>,
    pub(crate) related: SmallVec<[Thing<'a>; 1]>,
}

/// The outcome of an intent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ending<'a> {
    /// A whole event, or an intent whose outcome may still come.
    Own,
    /// An intent whose outcome did not come within the limit.
    GivenUp,
    /// An intent's outcome leaf and its position.
    Joined(u64, &'a Leaf),
}

impl<'a> RowValues<'a> {
    /// The row of the event at `index`.
    pub(crate) fn of(index: u64, leaf: &'a Leaf, ending: Ending<'a>) -> Self {
        let core = leaf.core();
        let mut row = Self { at: core.at(), index, ..Self::default() };
        row.take_core(core, false);
        row.take_fields(leaf, core, false);
        match ending {
            Ending::Joined(outcome_index, outcome) => {
                row.partner = Some(outcome_index);
                row.take_core(outcome.core(), true);
                row.take_fields(outcome, outcome.core(), true);
            }
            Ending::Own if core.phase() == Some("intent") => row.flags.insert(Flags::OPEN),
            Ending::Own => {}
            Ending::GivenUp => {
                *row.at_column(ColumnId::Outcome) = Outcome::Unknown.as_str().into();
                row.flags.insert(Flags::GIVEN_UP);
            }
        }
        if core.clock_skew() {
            row.flags.insert(Flags::CLOCK_SKEW);
        }
        row
    }

    /// Turns the row of a closed intent into the hidden row of its outcome leaf, by which walks
    /// in the order of position meet the event again.
    pub(crate) fn hide(&mut self) {
        if let Some(outcome) = self.partner.replace(self.index) {
            self.index = outcome;
            self.flags.insert(Flags::HIDDEN);
        }
    }

    fn at_column(&mut self, column: ColumnId) -> &mut Cow<'a, str> {
        &mut self.single[column.number()]
    }

    /// Takes what stands in clear; of an outcome's only what goes before or fills a gap.
    fn take_core(&mut self, core: Core<'a>, is_outcome: bool) {
        for (key, value) in core.pairs() {
            let (column, goes_before) = match key {
                "region" => (ColumnId::Region, false),
                "stack_id" => (ColumnId::StackId, false),
                "service" => (ColumnId::Service, false),
                "operation" => (ColumnId::Operation, false),
                "user_type" => (ColumnId::UserType, false),
                "outcome" => (ColumnId::Outcome, true),
                "auth_method" => (ColumnId::AuthMethod, false),
                "guarantee" => (ColumnId::Guarantee, false),
                "emitter" => (ColumnId::Emitter, false),
                "duration_ms" => {
                    self.duration_ms = value.parse().ok().or(self.duration_ms);
                    continue;
                }
                _ => continue,
            };
            let slot = self.at_column(column);
            if !is_outcome || goes_before || slot.is_empty() {
                *slot = unquoted(core, key, value);
            }
        }
    }

    fn take_fields(&mut self, leaf: &'a Leaf, core: Core<'a>, is_outcome: bool) {
        let (mut objects, mut related) = (SmallVec::new(), SmallVec::new());
        let mut only = Thing::default();
        for (tag, field) in leaf.fields() {
            let mark = Flags::of_tag(tag);
            // What an outcome says of how it ended goes before what the intent said, erased or not.
            let goes_before = matches!(tag, Tag::REASON | Tag::CHANGES);
            let Some(value) = field.value() else {
                match is_outcome {
                    false => self.erased.insert(mark),
                    true if goes_before => self.flags.remove(mark),
                    true => {}
                }
                continue;
            };
            let text = std::str::from_utf8(value).ok().filter(|text| !text.is_empty());
            let Some(text) = text else { continue };
            if is_outcome && !goes_before && self.erased.has(mark) && !is_of_objects(tag) {
                continue;
            }
            self.flags.insert(mark);
            let column = match tag {
                Tag::OPERATOR => ColumnId::Operator,
                Tag::USERNAME => ColumnId::Username,
                Tag::OPERATOR_ID => ColumnId::OperatorId,
                Tag::OPERATOR_NAME => ColumnId::OperatorName,
                Tag::USER_AGENT => ColumnId::UserAgent,
                Tag::SOURCE_IP => ColumnId::SourceIp,
                Tag::OBJECT_ID => {
                    only.id = text.into();
                    continue;
                }
                Tag::OBJECT_NAME => {
                    only.name = text.into();
                    continue;
                }
                Tag::OBJECTS => {
                    objects = things(text);
                    continue;
                }
                Tag::RELATED => {
                    related = things(text);
                    continue;
                }
                _ => continue,
            };
            let slot = &mut self.single[column.number()];
            if !is_outcome || slot.is_empty() {
                let address = if column == ColumnId::SourceIp { address(text) } else { text };
                if address.len() < text.len() {
                    self.flags.insert(Flags::SOURCE_PORT);
                }
                *slot = address.into();
            }
        }
        self.take_things(core, only, objects, related);
    }

    /// The objects of an outcome stand for those of its intent, if it names any.
    fn take_things(
        &mut self,
        core: Core<'a>,
        mut only: Thing<'a>,
        mut objects: SmallVec<[Thing<'a>; 1]>,
        related: SmallVec<[Thing<'a>; 1]>,
    ) {
        if objects.is_empty() {
            only.kind = core.object_type().unwrap_or_default();
            let named = !(only.id.is_empty() && only.name.is_empty());
            if named || (self.objects.is_empty() && !only.kind.is_empty()) {
                objects.push(only);
            }
        }
        if !objects.is_empty() {
            self.objects = objects;
        }
        if !related.is_empty() {
            self.related = related;
        }
    }
}

/// The objects of an outcome stand for those of its intent, whatever became of those.
fn is_of_objects(tag: Tag) -> bool {
    matches!(tag, Tag::OBJECT_ID | Tag::OBJECT_NAME | Tag::OBJECTS | Tag::RELATED)
}

/// The objects of a kept array; none if it is not one.
fn things(json: &str) -> SmallVec<[Thing<'_>; 1]> {
    serde_json::from_str::<Vec<Thing<'_>>>(json).map(SmallVec::from_vec).unwrap_or_default()
}

/// The text of a core's value, which rarely needs unescaping.
fn unquoted<'a>(core: Core<'a>, key: &str, value: &'a str) -> Cow<'a, str> {
    let inside = value.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    match inside {
        Some(text) if !text.contains('\\') => Cow::Borrowed(text),
        _ => core.text(key).unwrap_or_default(),
    }
}

/// The address of a kept `source_ip`, without its port.
fn address(text: &str) -> &str {
    if let Some((address, _)) = text.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        return address;
    }
    match text.split_once(':') {
        Some((address, port)) if !port.contains(':') => address,
        _ => text,
    }
}

#[cfg(test)]
mod tests;
