//! Known differences, and the two that hold for all texts.

use proptest::prelude::*;

use super::*;

/// One line a difference: sign, path, before, after.
fn lines(before: Option<&str>, after: Option<&str>) -> Vec<String> {
    let tree = |text: Option<&'static str>| text.map(|text| Tree::parse(text).expect("JSON"));
    let leak = |text: Option<&str>| text.map(|text| &*text.to_owned().leak());
    print(&Difference::of(tree(leak(before)).as_ref(), tree(leak(after)).as_ref()))
}

fn print(difference: &Difference) -> Vec<String> {
    let line = |change: &Change| {
        let sign = match change.kind {
            ChangeKind::Added => '+',
            ChangeKind::Removed => '-',
            ChangeKind::Changed => '~',
            ChangeKind::Masked => '?',
        };
        let values = [&change.before, &change.after].map(|value| value.clone().unwrap_or_default());
        format!("{sign} {} {}>{}", change.path, values[0], values[1])
    };
    let cut = difference.cut.then(|| "cut".to_owned());
    difference.entries.iter().map(line).chain(cut).collect()
}

fn check(before: &str, after: &str, expected: &[&str]) {
    let text = |text| (!str::is_empty(text)).then_some(text);
    assert_eq!(lines(text(before), text(after)), expected, "{before} to {after}");
}

// Protects: what a reader of a history is told changed, in which words.
#[test]
fn known_differences() {
    check("", "", &[]);
    check(r#"{"a":1}"#, r#"{ "a" : 1 }"#, &[]);
    check(r#"{"a":1,"b":2}"#, r#"{"b":2,"a":1}"#, &[]);
    check(r#"{"a":1}"#, r#"{"a":2}"#, &["~ a 1>2"]);
    check(r#"{"a":1}"#, r#"{"b":1}"#, &["- a 1>", "+ b >1"]);
    check(r#"{"a":4}"#, r#"{"a":"4"}"#, &[r#"~ a 4>"4""#]);
    check(r#"{"a":null}"#, "{}", &["- a null>"]);
    check("1", "2", &["~  1>2"]);
    check("", r#"{"n":{"a":1,"b":[]}}"#, &["+ n.a >1", "+ n.b >[]"]);
    check(r#"{"n":{}}"#, "", &["- n {}>"]);
    check(r#"{"a b":1,"c.d":{"e":1}}"#, "{}", &[r#"- ["a b"] 1>"#, r#"- ["c.d"].e 1>"#]);
    check(r#"{"集群":1}"#, r#"{"集群":2}"#, &["~ 集群 1>2"]);
}

// Protects: an element that came or went is not read as a change of all others.
#[test]
fn arrays() {
    check("[1,2,3]", "[2,3]", &["- [0] 1>"]);
    check("[1,3]", "[1,2,3]", &["+ [1] >2"]);
    check("[1,2,3]", "[1,9,3]", &["~ [1] 2>9"]);
    check("[1,2]", "[3]", &["~ [0] 1>3", "- [1] 2>"]);
    let before = r#"{"disks":[{"id":"d1","gb":1},{"id":"d2","gb":2}]}"#;
    let after = r#"{"disks":[{"id":"d2","gb":4},{"id":"d3"}]}"#;
    let expected = [
        r#"- disks[id=d1].gb 1>"#,
        r#"- disks[id=d1].id "d1">"#,
        r#"~ disks[id=d2].gb 2>4"#,
        r#"+ disks[id=d3].id >"d3""#,
    ];
    check(before, after, &expected);
    check(r#"[{"name":"a"},{"name":"b"}]"#, r#"[{"name":"b"},{"name":"a"}]"#, &[]);
    // Two of one id: the place must do.
    check(r#"[{"id":1},{"id":1}]"#, r#"[{"id":1}]"#, &["- [1].id 1>"]);
}

// Protects: no two numbers that differ are taken for one, and no two spellings for a change.
#[test]
fn scalars() {
    check("[1.0]", "[1]", &[]);
    check("[1e2]", "[100]", &[]);
    let (long, longer) = ("[12345678901234567890123]", "[12345678901234567890124]");
    check(long, longer, &["~ [0] 12345678901234567890123>12345678901234567890124"]);
    check(r#"["\u0041"]"#, r#"["A"]"#, &[]);
    check(r#"["1"]"#, r#"["1.0"]"#, &[r#"~ [0] "1">"1.0""#]);
    check(r#"{"password":"***"}"#, r#"{"password":"***"}"#, &[r#"? password "***">"***""#]);
}

// Protects: what is not listed is said.
#[test]
fn limits() {
    let wide = |value: u32| {
        let pairs: Vec<_> = (0..300).map(|key| format!(r#""k{key:03}":{value}"#)).collect();
        format!("{{{}}}", pairs.join(","))
    };
    let found = lines(Some(&wide(1)), Some(&wide(2)));
    assert_eq!((found.len(), found[0].as_str()), (DIFF_ENTRIES_MAX + 1, "~ k000 1>2"));
    assert_eq!(found.last().map(String::as_str), Some("cut"));
    let deep = |value: u32| format!("{}{value}{}", "[".repeat(60), "]".repeat(60));
    let found = lines(Some(&deep(1)), Some(&deep(2)));
    assert_eq!((found.len(), found[1].as_str()), (2, "cut"));
    assert_eq!(lines(Some(&deep(1)), Some(&deep(1))), Vec::<String>::new());
}

fn json() -> impl Strategy<Value = serde_json::Value> {
    let scalar = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        (0..4).prop_map(Into::into),
        "[a-c.]{0,3}".prop_map(Into::into),
    ];
    scalar.prop_recursive(4, 24, 4, |inner| {
        let keys = prop_oneof!["[a-c]", Just("id".to_owned()), Just("name".to_owned())];
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Into::into),
            prop::collection::btree_map(keys, inner, 0..4)
                .prop_map(|map| serde_json::Value::Object(map.into_iter().collect())),
        ]
    })
}

proptest! {
    // A value does not differ from itself, and another value does, unless elements known by
    // their id or name only changed places.
    #[test]
    fn differs_where_it_differs(a in json(), b in json()) {
        let (a_text, b_text) = (a.to_string(), b.to_string());
        prop_assert_eq!(lines(Some(&a_text), Some(&a_text)), Vec::<String>::new());
        let there = lines(Some(&a_text), Some(&b_text));
        prop_assert_eq!(there.is_empty(), sorted(&a) == sorted(&b));
        let back = lines(Some(&b_text), Some(&a_text));
        let count = |lines: &[String], sign| lines.iter().filter(|l| l.starts_with(sign)).count();
        prop_assert_eq!(count(&there, '+'), count(&back, '-'));
        prop_assert_eq!(count(&there, '~'), count(&back, '~'));
    }
}

/// The value with arrays of named elements in one order.
fn sorted(value: &serde_json::Value) -> serde_json::Value {
    use serde_json::Value;
    match value {
        Value::Array(elements) => {
            let mut elements: Vec<_> = elements.iter().map(sorted).collect();
            let text: Vec<_> = elements.iter().map(Value::to_string).collect();
            let trees: Vec<_> = text.iter().map(|text| Tree::parse(text).expect("JSON")).collect();
            if keyed(&trees, "id").or_else(|| keyed(&trees, "name")).is_some() {
                elements.sort_by_key(Value::to_string);
            }
            Value::Array(elements)
        }
        Value::Object(map) => {
            let pairs = map.iter().map(|(key, value)| (key.clone(), sorted(value)));
            Value::Object(pairs.collect())
        }
        other => other.clone(),
    }
}
