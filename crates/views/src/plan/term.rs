//! One term of a filter: which columns answer it.

use std::ops::RangeInclusive;

use annals_record::{Operation, Tag, Timestamp};
use jiff::tz::TimeZone;

use super::{Node, Planner};
use crate::columns::{ColumnId, Flags, PostingId};
use crate::eval::Matcher;
use crate::fields::{Field, Kind};
use crate::filter::{Comparison, Number, Term, Test, Value};
use crate::fold::{Needle, fold};
use crate::text::Probe;

/// Columns that a field of several parts is looked for in.
const OBJECT: [ColumnId; 4] =
    [ColumnId::ObjectId, ColumnId::ObjectName, ColumnId::RelatedId, ColumnId::RelatedName];
const RELATED: [ColumnId; 2] = [ColumnId::RelatedId, ColumnId::RelatedName];
const USER: [ColumnId; 2] = [ColumnId::Operator, ColumnId::Username];

/// The columns that hold all values of a field; none if they stand only in the event itself, or
/// follow from another column.
pub(crate) fn columns_of(field: Field) -> &'static [ColumnId] {
    match field {
        Field::Region => &[ColumnId::Region],
        Field::StackId => &[ColumnId::StackId],
        Field::Service => &[ColumnId::Service],
        Field::Operation => &[ColumnId::Operation],
        Field::Operator => &[ColumnId::Operator],
        Field::Username => &[ColumnId::Username],
        Field::User => &USER,
        Field::OperatorId => &[ColumnId::OperatorId],
        Field::OperatorName => &[ColumnId::OperatorName],
        Field::UserType => &[ColumnId::UserType],
        Field::SourceIp => &[ColumnId::SourceIp],
        Field::ObjectType => &[ColumnId::ObjectType],
        Field::ObjectId => &[ColumnId::ObjectId],
        Field::ObjectName => &[ColumnId::ObjectName],
        Field::Object => &OBJECT,
        Field::Related => &RELATED,
        Field::Outcome => &[ColumnId::Outcome],
        Field::AuthMethod => &[ColumnId::AuthMethod],
        Field::UserAgent => &[ColumnId::UserAgent],
        Field::Guarantee => &[ColumnId::Guarantee],
        Field::Emitter => &[ColumnId::Emitter],
        _ => &[],
    }
}

/// The value of a field that follows from the operation.
pub(crate) fn derived_value(field: Field, operation: &Operation) -> Option<&'static str> {
    match field {
        Field::Severity => Some(operation.severity.as_str()),
        Field::Access => Some(operation.access.as_str()),
        _ => None,
    }
}

/// The mark of rows that have a field which is no column.
fn flag_of(field: Field) -> Option<Flags> {
    let tag = match field {
        Field::SourcePort => return Some(Flags::SOURCE_PORT),
        Field::Reason => Tag::REASON,
        Field::RequestData => Tag::REQUEST_DATA,
        Field::Changes => Tag::CHANGES,
        Field::Origin => Tag::ORIGIN,
        Field::RequestId => Tag::REQUEST_ID,
        Field::SessionId => Tag::SESSION_ID,
        Field::CauseId => Tag::CAUSE_ID,
        _ => return None,
    };
    Some(Flags::of_tag(tag))
}

impl Planner<'_> {
    /// The plan of one term.
    pub(crate) fn term(&self, term: &Term) -> Node {
        let (field, test) = (term.field, &term.test);
        if !term.path.is_empty() {
            return at_path(&term.path, test);
        }
        match (field, test) {
            (Field::Id, Test::Is(Value::Text(id))) => return Node::Id(id.clone()),
            (Field::Anything, _) => return Node::Row(probe(test)),
            _ => {}
        }
        match field {
            Field::Severity | Field::Access => self.derived(field, test),
            Field::Time if *test != Test::Exists => Node::At(moments(test)),
            Field::Index if *test != Test::Exists => Node::Index(integers(test)),
            Field::Time | Field::Index | Field::Id | Field::ReceivedTime
                if *test == Test::Exists =>
            {
                Node::All
            }
            Field::DurationMs => match test {
                Test::Exists => Node::Duration(0..=u64::MAX),
                _ => Node::Duration(integers(test)),
            },
            Field::Object => self.object_group(test),
            _ => match (columns_of(field), flag_of(field), test) {
                ([], Some(flag), Test::Exists) => Node::Flag(flag),
                ([], ..) => {
                    Node::Row(if is_in_filters(field) { probe(test) } else { Probe::default() })
                }
                (columns, ..) => self.any_of(columns, field, test),
            },
        }
    }

    fn any_of(&self, columns: &[ColumnId], field: Field, test: &Test) -> Node {
        let one = |column: &ColumnId| {
            // Of an object an id is compared as ids are, a name as names are.
            let field = match column {
                ColumnId::ObjectId | ColumnId::RelatedId => Field::ObjectId,
                ColumnId::ObjectName | ColumnId::RelatedName => Field::ObjectName,
                _ => field,
            };
            self.column(*column, field, test)
        };
        Node::or(columns.iter().map(one).collect())
    }

    /// A column whose texts are compared as those of `field` are.
    pub(super) fn column(&self, column: ColumnId, field: Field, test: &Test) -> Node {
        let postings = match column {
            ColumnId::Operator => Some(PostingId::Operator),
            ColumnId::Username => Some(PostingId::Username),
            _ => None,
        };
        let matches = || Node::Matches(column, Matcher::new(field, test, self.catalogue));
        match (test, postings) {
            (Test::Exists, _) => Node::Present(column),
            // The list is that of targets and related objects together.
            (Test::Is(Value::Text(text)), None)
                if matches!(column, ColumnId::ObjectName | ColumnId::RelatedName) =>
            {
                Node::and(vec![Node::Key(PostingId::ObjectName, fold(text)), matches()])
            }
            (Test::Is(Value::Text(text)), Some(postings)) => Node::Key(postings, fold(text)),
            (Test::Is(Value::Text(text)), None) if is_exact(field) => {
                Node::Values(column, vec![text.clone()])
            }
            _ => matches(),
        }
    }

    /// Any object, target or related, by id or name.
    fn object_group(&self, test: &Test) -> Node {
        let Test::Is(Value::Text(text)) = test else {
            return self.any_of(&OBJECT, Field::Object, test);
        };
        let ids = |column| Node::Values(column, vec![text.clone()]);
        let name = Node::Key(PostingId::ObjectName, fold(text));
        Node::or(vec![ids(ColumnId::ObjectId), ids(ColumnId::RelatedId), name])
    }

    /// A field that follows from the operation: the operations that have a passing value.
    fn derived(&self, field: Field, test: &Test) -> Node {
        let matcher = (*test != Test::Exists).then(|| Matcher::new(field, test, self.catalogue));
        let passes = |operation: &&Operation| {
            let value = derived_value(field, operation).unwrap_or_default();
            matcher.as_ref().is_none_or(|matcher| matcher.matches(value))
        };
        let passing = self.catalogue.operations().iter().filter(passes);
        Node::Values(ColumnId::Operation, passing.map(|operation| operation.code.clone()).collect())
    }
}

/// The times that pass, both ends included; an empty range if none does.
fn moments(test: &Test) -> RangeInclusive<i64> {
    // The filter is bound: every moment is an instant, whatever is said of now and zone.
    let at = |value: &Value| match value {
        Value::Moment(moment) => moment.span(Timestamp::from_nanos(0), &TimeZone::UTC).0,
        _ => i64::MIN,
    };
    match test {
        Test::Is(value) => at(value)..=at(value),
        Test::Between(from, to) => at(from)..=at(to),
        Test::Compare(comparison, value) => match comparison {
            Comparison::Less => i64::MIN..=at(value).saturating_sub(1),
            Comparison::AtMost => i64::MIN..=at(value),
            Comparison::Greater => at(value).saturating_add(1)..=i64::MAX,
            Comparison::AtLeast => at(value)..=i64::MAX,
        },
        _ => i64::MIN..=i64::MAX,
    }
}

/// True if the filters of texts cover the values of a field that is no column.
fn is_in_filters(field: Field) -> bool {
    matches!(
        field,
        Field::Reason
            | Field::RequestData
            | Field::Changes
            | Field::Origin
            | Field::RequestId
            | Field::SessionId
            | Field::CauseId
    )
}

/// What a group of leaves must have for one of its texts to pass.
fn probe(test: &Test) -> Probe {
    match test {
        Test::Is(Value::Text(text)) => Probe::of_pieces(&[fold(text)], true, true),
        Test::Like(pattern) | Test::Holds(pattern) => Probe::of(&Needle::new(pattern)),
        _ => Probe::default(),
    }
}

/// A value at a path: its group has every key of it, and the value, if that has but one spelling.
fn at_path(path: &str, test: &Test) -> Node {
    let mut probes: Vec<Probe> =
        path.split('.').map(|key| Probe::of_pieces(&[fold(key)], true, true)).collect();
    match test {
        Test::Is(Value::Text(text)) if Number::parse(text).is_some() => {}
        Test::Is(_) | Test::Like(_) | Test::Holds(_) => probes.push(probe(test)),
        Test::Exists | Test::Compare(..) | Test::Between(..) => {}
    }
    probes.retain(|probe| !probe.passes_all());
    match probes.is_empty() {
        true => Node::Row(Probe::default()),
        false => Node::and(probes.into_iter().map(Node::Row).collect()),
    }
}

/// True if the values of a field are compared byte for byte.
fn is_exact(field: Field) -> bool {
    matches!(field.kind(), Kind::Id | Kind::Code)
}

/// The whole numbers that pass, both ends included; an empty range if none does.
fn integers(test: &Test) -> RangeInclusive<u64> {
    // A cast saturates: what lies below zero is zero, where the range is not empty anyway.
    let number = |value: &Value| match value {
        Value::Number(number) => number.get(),
        _ => f64::NAN,
    };
    match test {
        Test::Is(value) => number(value).ceil() as u64..=number(value).floor() as u64,
        Test::Between(from, to) => number(from).ceil() as u64..=number(to).floor() as u64,
        Test::Compare(comparison, value) => match comparison {
            Comparison::Less if number(value) <= 0.0 => empty(),
            Comparison::Less => 0..=(number(value).ceil() as u64 - 1),
            Comparison::AtMost => 0..=number(value).floor() as u64,
            Comparison::Greater => (number(value).floor() as u64).saturating_add(1)..=u64::MAX,
            Comparison::AtLeast => number(value).ceil() as u64..=u64::MAX,
        },
        _ => 0..=u64::MAX,
    }
}

#[expect(clippy::reversed_empty_ranges, reason = "no number passes")]
fn empty() -> RangeInclusive<u64> {
    1..=0
}
