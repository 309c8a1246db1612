//! Who sees what; nobody sees an event because a field was erased or left out.

use annals_record::{Leaf, Record, Tag};
use proptest::prelude::*;

use super::*;
use crate::sample::{CATALOGUE, leaf, object, rich};

fn check(leaf: &Leaf, scope: &str, expected: bool) {
    let scope = Scope::parse(scope, &CATALOGUE).unwrap_or_else(|error| panic!("{scope}: {error}"));
    assert_eq!(scope.sees(&Row::new(leaf, 0)), expected, "{scope}");
}

// Protects: what is there decides, with negations and lists.
#[test]
fn known_fields() {
    let leaf = leaf(rich());
    for scope in [
        "",
        "*",
        "region:cn-east -operator:li4",
        "service:(hpc-clusters OR auth)",
        "operation:cluster.* object.type:cluster object.id:c-*",
        "-(object.type:cluster object.id:c-1)",
        "operator:li4 OR username:render",
        "object.id:*",
    ] {
        check(&leaf, scope, true);
    }
    for scope in ["region:cn-west", "-operator:zhang3", "-*", "object.type:cluster object.id:p-7"] {
        check(&leaf, scope, false);
    }
}

// Protects: absent is unknown, and unknown is not visible, under a negation neither.
#[test]
fn absent_and_erased_fields() {
    let bare = leaf(Record { object: None, ..Record::default() });
    for scope in ["object.id:c-1", "-object.id:c-1", "-(object.id:c-1 region:cn-east)"] {
        check(&bare, scope, false);
    }
    for scope in ["-(object.id:c-1 region:x)", "object.id:c-1 OR region:cn-east", "-object.id:*"] {
        check(&bare, scope, true);
    }
    let mut erased = leaf(rich());
    erased.erase(&[Tag::OPERATOR, Tag::OBJECT_ID]);
    for scope in [
        "operator:zhang3",
        "-operator:zhang3",
        "-operator:li4",
        "operator:*",
        "-operator:*",
        "-object.id:x",
        "object.type:cluster -object.id:x",
        "-(object.type:cluster object.id:x)",
    ] {
        check(&erased, scope, false);
    }
    for scope in ["username:render", "object.type:cluster", "-(object.type:job object.id:x)"] {
        check(&erased, scope, true);
    }
}

// Protects: several objects: visible if one is known to fit, hidden by `-` unless none may.
#[test]
fn many_objects() {
    let objects = vec![object("job", "j-1", ""), object("job", "", "nameless")];
    let mut leaf = leaf(Record { objects, ..Record::default() });
    check(&leaf, "object.id:j-1", true);
    check(&leaf, "-object.id:j-9", false); // The second object has no id that could be known.
    check(&leaf, "-object.type:user", true);
    leaf.erase(&[Tag::OBJECTS]);
    check(&leaf, "object.type:job", true);
    check(&leaf, "object.id:j-1", false);
    check(&leaf, "-object.id:j-9", false);
}

// Protects: a person's own events, as operator or as account.
#[test]
fn own_events() {
    let mut leaf = leaf(rich());
    let sees = |leaf: &Leaf, user: &str| Scope::own(user).sees(&Row::new(leaf, 0));
    assert!(sees(&leaf, "zhang3") && sees(&leaf, "Render") && !sees(&leaf, "li4"));
    leaf.erase(&[Tag::OPERATOR]);
    assert!(!sees(&leaf, "zhang3") && sees(&leaf, "Render"));
    let both = Scope::own("zhang3").and(&Scope::parse("region:x", &CATALOGUE).unwrap(), &CATALOGUE);
    assert_eq!(both.to_string(), "(operator:zhang3 OR username:zhang3) region:x");
    assert!(Scope::everything().is_everything() && Scope::everything().sees(&Row::new(&leaf, 0)));
}

// Protects: a scope speaks of nothing that can be missing without being noticed.
#[test]
fn other_fields_are_refused() {
    for (text, column) in [
        ("region:x outcome:success", 10),
        ("cuda", 1),
        ("region:x OR *cuda*", 13),
        ("-user:zhang3", 2),
        ("object:x", 1),
        ("request_data.a:1", 1),
        ("time>now", 1),
    ] {
        let error = Scope::parse(text, &CATALOGUE).expect_err(text);
        assert!(error.to_string().contains("a scope may not speak of"), "{error}");
        assert_eq!(error.place.column, column, "{error}");
    }
}

/// Filters a scope may say, over values that the events below have and have not.
fn scopes() -> impl Strategy<Value = Filter> {
    let values = [
        (Field::Region, "cn-east"),
        (Field::Operator, "zhang3"),
        (Field::Operator, "li4"),
        (Field::Username, "render"),
        (Field::ObjectType, "job"),
        (Field::ObjectType, "cluster"),
        (Field::ObjectId, "c-42"),
        (Field::ObjectId, "j-1"),
    ];
    let is = |(field, text): (Field, &str)| Filter::term(field, Test::Is(Value::Text(text.into())));
    let terms = prop_oneof![
        5 => prop::sample::select(values.to_vec()).prop_map(is),
        1 => prop::sample::select(SCOPE_FIELDS.to_vec()).prop_map(|f| Filter::term(f, Test::Exists)),
    ];
    terms.prop_recursive(4, 16, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 2..4).prop_map(Filter::and),
            prop::collection::vec(inner.clone(), 2..4).prop_map(Filter::or),
            inner.prop_map(Filter::negated),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    // Protects: erasing a field never shows an event to anybody who did not see it before, and a
    // scope never shows what the same text as a search would not find.
    #[test]
    fn erasing_hides_only(filter in scopes(), many in any::<bool>(), erased in 0..32u8) {
        let objects = vec![object("job", "j-1", ""), object("job", "c-42", "")];
        let whole = match many {
            true => leaf(Record { object: None, objects, ..rich() }),
            false => leaf(rich()),
        };
        let tags = [Tag::OPERATOR, Tag::USERNAME, Tag::OBJECT_ID, Tag::OBJECTS, Tag::RELATED];
        let tags: Vec<_> =
            tags.into_iter().enumerate().filter(|(bit, _)| erased >> bit & 1 == 1).collect();
        let mut rest = whole.clone();
        rest.erase(&tags.into_iter().map(|(_, tag)| tag).collect::<Vec<_>>());
        let scope = Scope::new(filter, &CATALOGUE);
        let sees = |leaf: &Leaf| scope.sees(&Row::new(leaf, 0));
        prop_assert!(!sees(&rest) || sees(&whole), "{scope}");
        prop_assert!(!sees(&rest) || scope.compiled.matches(&Row::new(&rest, 0)), "{scope}");
    }
}
