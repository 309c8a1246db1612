//! Rows from leaves as they are kept.

use annals_record::{Field, Leaf};

use super::*;

fn leaf(core: &str, fields: &[(Tag, &str)]) -> Leaf {
    let fields = fields.iter().map(|(tag, text)| (*tag, Field::Whole(text.as_bytes())));
    Leaf::from_parts(core.as_bytes(), Some([7; 16]), fields).unwrap()
}

fn intent() -> Leaf {
    leaf(
        concat!(
            r#"{"duration_ms":5,"emitter":"3f9a01c7","id":"i-1","object_type":"cluster","#,
            r#""operation":"cluster.create","outcome":"pending","phase":"intent","#,
            r#""region":"eu\"west","service":"hpc-clusters","stack_id":"s","#,
            r#""time":"1970-01-01T00:00:00.000000009Z","user_type":"user","v":1}"#
        ),
        &[
            (Tag::SOURCE_IP, "[2001:db8::1]:5022"),
            (Tag::OBJECT_NAME, "farm"),
            (Tag::REASON, ""),
            (Tag::USERNAME, "li4"),
            (Tag::OPERATOR, "zhang3"),
            (Tag::RELATED, r#"[{"type":"desktop","id":"d\"1","role":"source"}]"#),
        ],
    )
}

fn outcome() -> Leaf {
    leaf(
        concat!(
            r#"{"auth_method":"ldap","duration_ms":70,"emitter":"3f9a01c7","id":"o-1","#,
            r#""object_type":"cluster","of":"i-1","operation":"cluster.create","#,
            r#""outcome":"failure","phase":"outcome","region":"other","service":"hpc-clusters","#,
            r#""stack_id":"s","time":"1970-01-01T00:00:00.000000050Z","user_type":"user","v":1}"#
        ),
        &[(Tag::REASON, "quota"), (Tag::OPERATOR, "zhang3"), (Tag::OBJECT_ID, "c-42")],
    )
}

fn text<'a>(row: &'a RowValues<'_>, id: ColumnId) -> &'a str {
    &row.single[id.number()]
}

// Protects: every column is taken from its place, and an open intent is marked.
#[test]
fn one_leaf() {
    let leaf = intent();
    let row = RowValues::of(3, &leaf, Ending::Own);
    assert_eq!((row.at, row.index, row.duration_ms, row.partner), (9, 3, Some(5), None));
    assert_eq!(text(&row, ColumnId::Region), "eu\"west");
    assert_eq!(text(&row, ColumnId::Operation), "cluster.create");
    assert_eq!(text(&row, ColumnId::Outcome), "pending");
    assert_eq!(text(&row, ColumnId::SourceIp), "2001:db8::1");
    assert_eq!(text(&row, ColumnId::Username), "li4");
    assert_eq!(text(&row, ColumnId::Operator), "zhang3");
    let object = Thing { kind: "cluster".into(), name: "farm".into(), ..Thing::default() };
    assert_eq!(row.objects.as_slice(), [object]);
    let related = Thing {
        kind: "desktop".into(),
        id: "d\"1".into(),
        role: "source".into(),
        ..Thing::default()
    };
    assert_eq!(row.related.as_slice(), [related]);
    assert!(row.flags.has(Flags::OPEN) && row.flags.has(Flags::SOURCE_PORT));
    assert!(!row.flags.has(Flags::of_tag(Tag::REASON)));
    assert!(row.flags.has(Flags::of_tag(Tag::RELATED)));
}

// Protects: what an outcome says goes before, what it leaves out stays.
#[test]
fn two_leaves() {
    let (intent, outcome) = (intent(), outcome());
    let mut row = RowValues::of(3, &intent, Ending::Joined(8, &outcome));
    assert_eq!((row.at, row.index, row.duration_ms, row.partner), (9, 3, Some(70), Some(8)));
    assert_eq!(text(&row, ColumnId::Outcome), "failure");
    assert_eq!(text(&row, ColumnId::Region), "eu\"west");
    assert_eq!(text(&row, ColumnId::AuthMethod), "ldap");
    let object = Thing { kind: "cluster".into(), id: "c-42".into(), ..Thing::default() };
    assert_eq!(row.objects.as_slice(), [object]);
    assert_eq!(row.related.len(), 1);
    assert!(row.flags.has(Flags::of_tag(Tag::REASON)) && !row.flags.has(Flags::OPEN));
    row.hide();
    assert_eq!((row.at, row.index, row.partner), (9, 8, Some(3)));
    assert!(row.flags.has(Flags::HIDDEN));
}

// Protects: an intent that was given up is told from one that may still end.
#[test]
fn given_up() {
    let leaf = intent();
    let row = RowValues::of(3, &leaf, Ending::GivenUp);
    assert_eq!(text(&row, ColumnId::Outcome), "unknown");
    assert!(!row.flags.has(Flags::OPEN));
}

// Protects: the objects of a batch, and that a broken list of foreign bytes is no list.
#[test]
fn several_objects() {
    let core = r#"{"id":"e","time":"1970-01-01T00:00:00.000000009Z","v":1}"#;
    let list = r#"[{"type":"user","id":"u1","outcome":"failure"},{"name":"n"}]"#;
    let batch = leaf(core, &[(Tag::OPERATOR, "a"), (Tag::OBJECTS, list)]);
    let row = RowValues::of(0, &batch, Ending::Own);
    let found: Vec<_> = row.objects.iter().map(|t| (&*t.kind, &*t.id, &*t.name)).collect();
    assert_eq!(found, [("user", "u1", ""), ("", "", "n")]);
    let broken = leaf(core, &[(Tag::OPERATOR, "a"), (Tag::OBJECTS, "[1")]);
    assert!(RowValues::of(0, &broken, Ending::Own).objects.is_empty());
}

// Protects: a port never makes an address another one.
#[test]
fn addresses() {
    for (kept, expected) in [
        ("10.0.0.8", "10.0.0.8"),
        ("10.0.0.8:5022", "10.0.0.8"),
        ("2001:db8::1", "2001:db8::1"),
        ("[2001:db8::1]:22", "2001:db8::1"),
    ] {
        assert_eq!(address(kept), expected);
    }
}
