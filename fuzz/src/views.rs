//! What must hold for any text given as a filter.

use annals_record::{Catalogue, Leaf, Object, Record, RecordSalt, Sender, Timestamp};
use annals_views::{FILTER_BYTES_MAX, Filter, Row, Scope};
use jiff::tz::TimeZone;
use std::sync::LazyLock;

static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(Catalogue::built_in);
static LEAF: LazyLock<Leaf> = LazyLock::new(leaf);

fn leaf() -> Leaf {
    let object = |id: &'static str| Object { id: Some(id.into()), ..Object::default() };
    let record = Record {
        time: Some("2026-11-22T08:30:00Z".into()),
        operation: Some("cluster.create".into()),
        operator: Some("zhang3".into()),
        source_ip: Some("10.2.3.4".into()),
        source_port: Some(22),
        objects: vec![object("c-1"), object("c-2")],
        request_data: Some(r#"{"nodes":[4,"4"],"a":{"b":null},"cmd":"mkfs \"结果\""}"#.into()),
        reason: Some("磁盘已满: No space".into()),
        duration_ms: Some(7),
        ..Record::default()
    };
    let sender = Sender {
        emitter: "3f9a01c7".into(),
        region: Some("r".into()),
        stack_id: Some("s".into()),
        may_be_system: false,
        is_server: false,
    };
    let received = Timestamp::from_nanos(1_795_336_200_000_000_000);
    let sealed = record.seal(&CATALOGUE, &sender, received, RecordSalt([7; 16]), || "made".into());
    sealed.expect("no fault").leaf
}

/// Whatever is a filter prints as the same filter, finds an event or not, and its negation the
/// other way round; what is visible in a scope is found by the same text as a search.
pub fn filter(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let filter = match Filter::parse(text, &CATALOGUE) {
        Ok(filter) => filter,
        Err(error) => {
            let before = &text[..error.place.offset];
            assert_eq!(before.chars().count() + 1, error.place.column);
            assert!(!error.to_string().is_empty());
            return;
        }
    };
    let printed = filter.to_string();
    if printed.len() <= FILTER_BYTES_MAX {
        assert_eq!(Filter::parse(&printed, &CATALOGUE).as_ref(), Ok(&filter));
    }
    let now = Timestamp::from_nanos(1_795_336_200_000_000_000);
    let bound = filter.bind(now, &TimeZone::UTC);
    let row = Row::new(&LEAF, 5);
    let found = bound.compile(&CATALOGUE).matches(&row);
    let negated = Filter::negated(filter).bind(now, &TimeZone::UTC);
    assert_ne!(negated.compile(&CATALOGUE).matches(&row), found);
    if let Ok(scope) = Scope::parse(text, &CATALOGUE) {
        assert!(found || !scope.sees(&row));
    }
}
