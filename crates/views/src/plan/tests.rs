//! Which columns answer a filter, and in which order they are asked.

use jiff::tz::TimeZone;

use super::*;
use crate::filter::Filter;
use crate::sample::CATALOGUE;

/// The plan in short.
fn shape(node: &Node) -> String {
    let list = |nodes: &[Node]| nodes.iter().map(shape).collect::<Vec<_>>().join(" ");
    match node {
        Node::All => "all".to_owned(),
        Node::And(nodes) => format!("and({})", list(nodes)),
        Node::Or(nodes) => format!("or({})", list(nodes)),
        Node::Not(node) => format!("not({})", shape(node)),
        Node::Values(column, values) => format!("{}={}", column.name(), values.join("|")),
        Node::Matches(column, _) => format!("{}~", column.name()),
        Node::Present(column) => format!("{}:*", column.name()),
        Node::Key(postings, key) => format!("{postings:?}[{key}]"),
        Node::At(range) => format!("at {}..{}", range.start() / 1_000_000_000, range.end() >> 62),
        Node::Index(range) => format!("index {range:?}"),
        Node::Duration(range) => format!("duration {range:?}"),
        Node::Flag(flag) => format!("flag {}", flag.0.trailing_zeros()),
        Node::Targets(test) if test.is_every => "every target".to_owned(),
        Node::Targets(test) => format!("one target of {}", shape(&test.per_event)),
        Node::Scope { text, node } => format!("scope {text}: {}", shape(node)),
        Node::Id(id) => format!("id {id}"),
        Node::Row(probe) if probe.passes_all() => "row".to_owned(),
        Node::Row(_) => "row with keys".to_owned(),
    }
}

fn bound(text: &str) -> Bound {
    let filter = Filter::parse(text, &CATALOGUE).unwrap_or_else(|error| panic!("{text}: {error}"));
    filter.bind(annals_record::Timestamp::from_nanos(0), &TimeZone::UTC)
}

fn check(text: &str, expected: &str) {
    let planner = Planner { catalogue: &CATALOGUE };
    assert_eq!(shape(&planner.plan(&bound(text))), expected, "{text}");
}

fn check_scope(text: &str, expected: &str) {
    let planner = Planner { catalogue: &CATALOGUE };
    let expected = match text {
        "" => expected.to_owned(),
        text => format!("scope {text}: {expected}"),
    };
    assert_eq!(shape(&planner.scope(&bound(text))), expected, "{text}");
}

// Protects: what a column can answer is not left to a look at every event.
#[test]
fn terms() {
    check("", "all");
    check("operation:cluster.create", "operation=cluster.create");
    check("operation:cluster.*", "operation~");
    check("operator:Zhang3", "Operator[zhang3]");
    check("user:li4", "or(Operator[li4] Username[li4])");
    check("object:C-1", "or(object_id=C-1 related_id=C-1 ObjectName[c-1])");
    check("object.name:\"Render Farm\"", "and(ObjectName[render farm] object_name~)");
    check("object.id:c-1", "object_id=c-1");
    check("source_ip:10.2.0.0/16", "source_ip~");
    check("reason:*", "flag 5");
    check("id:e-7", "id e-7");
    check("index>=5 index<9", "and(index 5..=18446744073709551615 index 0..=8)");
    check("duration_ms<0", "duration 1..=0");
    check("time:1970-01-01", "at 0..0");
    check("cuda", "row with keys");
    check("*a*", "row");
    check("request_data.nodes:4", "row with keys");
    check("request_data.image.id:img-7", "and(row with keys row with keys row with keys)");
    check("request_data.n>4", "row");
}

// Protects: cheap questions narrow the dear ones; one object's parts are asked together.
#[test]
fn order() {
    check("cuda user_agent:curl operator:li4", "and(Operator[li4] user_agent~ row with keys)");
    check("object.type:cluster object.id:c-1", "one target of and(object_id=c-1 object_type~)");
    check("-object.id:c-1 object.type:cluster", "and(not(object_id=c-1) object_type~)");
    check("NOT -cuda", "row with keys");
}

// Protects: nobody sees an event for want of a value that would hide it.
#[test]
fn scopes() {
    check_scope("", "all");
    check_scope("region:cn-east", "region~");
    check_scope("-operator:li4", "and(not(Operator[li4]) operator:*)");
    check_scope("-operator:*", "and(not(operator:*) row)");
    check_scope("-object.id:c-1", "every target");
    check_scope("-object.id:*", "row");
    check_scope(
        "-(region:x OR operator:li4)",
        "and(and(not(Operator[li4]) operator:*) and(region:* not(region~)))",
    );
    check_scope("-*", "not(all)");
}
