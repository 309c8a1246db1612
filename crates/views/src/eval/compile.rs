//! From a bound filter to its compiled form.
//!
//! Parts of one `And` that speak of one object become one test of each object; groups of fields
//! become an `Or`; severity and access become a table of operations.

use std::collections::HashSet;

use annals_record::{Catalogue, Operation, Tag, Timestamp};
use jiff::tz::TimeZone;

use super::test::{AddressTest, JsonTest, OrderTest, ScalarTest, TextTest};
use super::{Compiled, Node, TargetNode};
use crate::fields::{Field, Kind};
use crate::filter::{Bound, Filter, Moment, Number, Pattern, Term, Test, Value};
use crate::fold::{Needle, fold};

impl Bound {
    /// The filter made ready to look at many events.
    #[must_use]
    pub fn compile(&self, catalogue: &Catalogue) -> Compiled {
        Compiled { node: node(self, catalogue) }
    }
}

fn node(filter: &Filter, catalogue: &Catalogue) -> Node {
    match filter {
        Filter::All => Node::All,
        filter if filter.is_of_one_object() => Node::Target(of_target(filter)),
        Filter::And(parts) => {
            let (of_object, others): (Vec<_>, Vec<_>) =
                parts.iter().partition(|part| part.is_of_one_object());
            let mut nodes: Vec<_> = others.into_iter().map(|part| node(part, catalogue)).collect();
            if !of_object.is_empty() {
                let tests = of_object.into_iter().map(of_target).collect();
                nodes.push(Node::Target(TargetNode::And(tests)));
            }
            nodes.sort_by_key(Node::cost);
            Node::And(nodes)
        }
        Filter::Or(parts) => {
            let mut nodes: Vec<_> = parts.iter().map(|part| node(part, catalogue)).collect();
            nodes.sort_by_key(Node::cost);
            Node::Or(nodes)
        }
        Filter::Not(part) => Node::Not(Box::new(node(part, catalogue))),
        Filter::Term(term) => of_term(term, catalogue),
    }
}

fn of_target(filter: &Filter) -> TargetNode {
    match filter {
        Filter::Or(parts) => TargetNode::Or(parts.iter().map(of_target).collect()),
        Filter::And(parts) => TargetNode::And(parts.iter().map(of_target).collect()),
        Filter::Term(Term { field: Field::ObjectType, test, .. }) => TargetNode::Kind(name(test)),
        Filter::Term(Term { field: Field::ObjectId, test, .. }) => TargetNode::Id(id(test)),
        Filter::Term(Term { test, .. }) => TargetNode::Name(name(test)),
        // Neither is of one object.
        Filter::All | Filter::Not(_) => TargetNode::And(Vec::new()),
    }
}

fn of_term(term: &Term, catalogue: &Catalogue) -> Node {
    let Term { field, path, test } = term;
    let id_or_name =
        || TargetNode::Or(vec![TargetNode::Id(id(test)), TargetNode::Name(name(test))]);
    match field {
        Field::Anything => Node::Anything(needle(test)),
        Field::User => {
            let either = [Field::Operator, Field::Username];
            Node::Or(either.map(|field| Node::Text(field, name(test))).into())
        }
        Field::Object => Node::Or(vec![Node::Target(id_or_name()), Node::Related(id_or_name())]),
        Field::Related => Node::Related(id_or_name()),
        Field::Service | Field::Operation => Node::Text(*field, code(*field, test, catalogue)),
        Field::Severity | Field::Access => {
            let test = name(test);
            let passes = |operation: &Operation| {
                let word = match field {
                    Field::Severity => operation.severity.as_str(),
                    _ => operation.access.as_str(),
                };
                (operation.code.clone(), test.holds(word))
            };
            Node::Derived(catalogue.operations().iter().map(passes).collect())
        }
        field => match field.kind() {
            Kind::Code | Kind::Name => Node::Text(*field, name(test)),
            Kind::Id => Node::Text(*field, id(test)),
            Kind::Ip => Node::Address(match test {
                Test::Is(Value::Ip(net)) => AddressTest::In(*net),
                _ => AddressTest::Exists,
            }),
            Kind::Number => {
                // Whole numbers below 2^53 are exact as `f64`.
                let number = |value: &Value| match value {
                    Value::Number(number) => number.get() as u64,
                    _ => 0,
                };
                Node::Number(*field, order(test, number))
            }
            Kind::Time => Node::Time(*field, order(test, nanos)),
            Kind::Text | Kind::Json => of_text(*field, path, test),
        },
    }
}

fn of_text(field: Field, path: &str, test: &Test) -> Node {
    let Some(tag) = Tag::named(field.name()) else { return Node::Not(Box::new(Node::All)) };
    if !path.is_empty() {
        let number = |value: &Value| match value {
            Value::Number(number) => *number,
            _ => Number::integer(0),
        };
        let value = match test {
            Test::Is(Value::Text(text)) => ScalarTest::is(text),
            Test::Like(pattern) | Test::Holds(pattern) => ScalarTest::Like(pattern.map(fold)),
            Test::Exists => ScalarTest::Exists,
            test => ScalarTest::Order(order(test, number)),
        };
        return Node::Json(tag, JsonTest::new(path, value));
    }
    match test {
        Test::Exists => Node::Exists(tag),
        test if field.kind() == Kind::Json => Node::JsonWords(tag, needle(test)),
        test => Node::Words(tag, needle(test)),
    }
}

pub(super) fn needle(test: &Test) -> Needle {
    match test {
        Test::Holds(pattern) | Test::Like(pattern) => Needle::new(pattern),
        _ => Needle::new(&Pattern { open_start: true, pieces: Vec::new(), open_end: true }),
    }
}

/// A test without regard to case.
pub(super) fn name(test: &Test) -> TextTest {
    match test {
        Test::Is(Value::Text(text)) => TextTest::Folded(fold(text)),
        Test::Like(pattern) | Test::Holds(pattern) => TextTest::FoldedLike(pattern.map(fold)),
        _ => TextTest::Exists,
    }
}

/// A test byte for byte.
pub(super) fn id(test: &Test) -> TextTest {
    match test {
        Test::Is(Value::Text(text)) => TextTest::Exact(text.clone()),
        Test::Like(pattern) | Test::Holds(pattern) => TextTest::Like(pattern.clone()),
        _ => TextTest::Exists,
    }
}

/// A test of a code of the catalogue; a pattern may be like its code or one of its names.
pub(super) fn code(field: Field, test: &Test, catalogue: &Catalogue) -> TextTest {
    match test {
        Test::Is(Value::Text(code)) => TextTest::Exact(code.clone()),
        Test::Like(pattern) => {
            let pattern = pattern.map(fold);
            let like = |names: [&String; 2]| {
                names.into_iter().any(|name| pattern.matches_whole(&fold(name)))
            };
            let codes: HashSet<String> = match field {
                Field::Service => {
                    let named = catalogue.services().iter().filter(|one| like([&one.en, &one.zh]));
                    named.map(|service| service.code.clone()).collect()
                }
                _ => {
                    let all = catalogue.operations().iter();
                    let named = all.filter(|one| like([&one.en, &one.zh]));
                    named.map(|operation| operation.code.clone()).collect()
                }
            };
            TextTest::Code(codes, pattern)
        }
        _ => TextTest::Exists,
    }
}

fn order<T>(test: &Test, read: impl Fn(&Value) -> T) -> OrderTest<T> {
    match test {
        Test::Is(value) => OrderTest::Is(read(value)),
        Test::Compare(comparison, edge) => OrderTest::Compare(*comparison, read(edge)),
        Test::Between(from, to) => OrderTest::Between(read(from), read(to)),
        Test::Exists | Test::Like(_) | Test::Holds(_) => OrderTest::Exists,
    }
}

/// The instant of a bound moment; a bound filter has no others.
fn nanos(value: &Value) -> i64 {
    match value {
        Value::Moment(Moment::At(instant)) => instant.nanos(),
        Value::Moment(other) => other.span(Timestamp::from_nanos(0), &TimeZone::UTC).0,
        _ => 0,
    }
}
