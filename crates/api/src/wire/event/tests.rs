//! Input lines and their faults, as a table; and that printing and reading are inverse.

use super::*;
use annals_record::{Catalogue, Leaf, Record, RecordSalt, Sealed, Sender, Tag, Timestamp};
use proptest::prelude::*;
use serde_json::{Value, json};

fn sender() -> Sender {
    Sender {
        emitter: "3f9a01c7".into(),
        region: Some("cn-shanghai".into()),
        stack_id: Some("stk-01".into()),
        may_be_system: false,
        is_server: false,
    }
}

fn seal(record: &Record<'_>) -> Result<Sealed, Vec<annals_record::Fault>> {
    let received = Timestamp::parse("2026-11-22T08:30:00Z").unwrap();
    let catalogue = Catalogue::built_in();
    record.seal(&catalogue, &sender(), received, RecordSalt([9; 16]), || "made-1".into())
}

/// All faults of a line, of its form and of its content.
fn faults(line: &[u8]) -> Vec<(String, &'static str)> {
    let mut faults = match parse_event(line) {
        Err(fault) => vec![fault],
        Ok((record, mut faults)) => {
            faults.extend(seal(&record).err().unwrap_or_default());
            faults
        }
    };
    faults.drain(..).map(|fault| (fault.field.into_owned(), fault.code)).collect()
}

fn check(line: &str, expected: &[(&str, &str)]) {
    check_bytes(line.as_bytes(), expected);
}

fn check_bytes(line: &[u8], expected: &[(&str, &str)]) {
    let found = faults(line);
    let found: Vec<_> = found.iter().map(|(field, code)| (field.as_str(), *code)).collect();
    assert_eq!(found, expected, "{}", String::from_utf8_lossy(line));
}

/// An event with these pairs beside the required ones.
fn with(pairs: &str) -> String {
    format!(
        r#"{{"id":"e-1","time":"2026-11-22T08:30:00Z","operation":"file.move","operator":"li4"{pairs}}}"#
    )
}

// Protects: texts that are not one JSON object.
#[test]
fn not_an_event() {
    check("", &[("", "bad_json")]);
    check("{", &[("", "bad_json")]);
    check("{}x", &[("", "bad_json")]);
    check(r#"{"id":01}"#, &[("", "bad_json")]);
    check(r#"{"id":"a" "b"}"#, &[("", "bad_json")]);
    check("{\"id\":\"a\nb\"}", &[("", "bad_json")]);
    check(&with(r#","request_data":{"a":}"#), &[("", "bad_json")]);
    check(&with(r#","request_data":NaN"#), &[("", "bad_json")]);
    for other in ["null", "1", "\"x\"", "[{}]", "true"] {
        check(other, &[("", "wrong_type")]);
    }
    check(r#"{"\ud800":1}"#, &[("", "lone_surrogate")]);
    check_bytes(b"{\"id\":\"\xff\"}", &[("", "bad_utf8")]);
    check_bytes(b"\xef\xbb\xbf{}", &[("", "bad_json")]);
    for (text, message) in [
        (r#"{"id":"a",}"#, "column 11: trailing comma"),
        ("Nov 20 08:30:00 login1 sshd", "an event is a JSON object; this does not begin with `{`"),
        (" ", "an event is a JSON object; this is empty"),
        ("\u{feff}{}", "a byte order mark stands before the event; leave it out"),
    ] {
        assert_eq!(parse_event(text.as_bytes()).unwrap_err().message, message, "{text}");
    }
}

// Protects: each fault of the form by field and code; several in one event are all named.
#[test]
fn table_of_faults() {
    check(&with(""), &[]);
    check(
        "{}",
        &[("time", "missing_field"), ("operation", "missing_field"), ("operator", "missing_field")],
    );
    check(&with(r#","id":"e-2""#), &[("id", "duplicate_key")]);
    check(&with(r#","\u0069d":"e-2""#), &[("id", "duplicate_key")]);
    check(
        &with(r#","reason":1,"username":[],"outcome":true"#),
        &[("reason", "wrong_type"), ("username", "wrong_type"), ("outcome", "wrong_type")],
    );
    check(&with(r#","duration_ms":-1"#), &[("duration_ms", "integer_range")]);
    check(&with(r#","duration_ms":1.5"#), &[("duration_ms", "integer_range")]);
    check(&with(r#","duration_ms":9007199254740992"#), &[("duration_ms", "integer_range")]);
    check(&with(r#","duration_ms":9007199254740991"#), &[]);
    check(&with(r#","duration_ms":1e400"#), &[("duration_ms", "integer_range")]);
    check(
        &with(&format!(r#","duration_ms":{}"#, "9".repeat(10_000))),
        &[("duration_ms", "integer_range")],
    );
    check(&with(r#","duration_ms":"5""#), &[("duration_ms", "wrong_type")]);
    check(&with(r#","source_ip":"::1","source_port":65536"#), &[("source_port", "integer_range")]);
    check(&with(r#","reason":"\ud83d""#), &[("reason", "lone_surrogate")]);
    check(&with(r#","reason":"\u0000""#), &[("reason", "nul_character")]);
    check(
        &with(r#","username":"a\u202eb","session_id":"a\u0007""#),
        &[("username", "bidi_character"), ("session_id", "control_character")],
    );
    check(&with(r#","object":[]"#), &[("object", "wrong_type")]);
    check(
        &with(r#","object":{"type":1,"kind":"x","id":"a","id":"b"}"#),
        &[
            ("object.type", "wrong_type"),
            ("object.kind", "unknown_field"),
            ("object.id", "duplicate_key"),
        ],
    );
    check(&with(r#","object":{"outcome":"success"}"#), &[("object.outcome", "unknown_field")]);
    check(&with(r#","objects":{}"#), &[("objects", "wrong_type")]);
    check(
        &with(r#","objects":[{"id":"a"},1,{"id":2,"outcome":"x"}]"#),
        &[
            ("objects[1]", "wrong_type"),
            ("objects[2].id", "wrong_type"),
            ("objects[1].outcome", "bad_value"),
        ],
    );
    check(&with(r#","related":[{"role":{}}]"#), &[("related[0].role", "wrong_type")]);
    check(
        &with(r#","changes":{"before":1,"now":2,"before":3}"#),
        &[("changes.now", "unknown_field"), ("changes.before", "duplicate_key")],
    );
    check(&with(r#","changes":[1]"#), &[("changes", "wrong_type")]);
    check(&with(r#","request_data":"\udc00""#), &[("request_data", "lone_surrogate")]);
    let deep = format!(r#","request_data":{}{}"#, "[".repeat(100_000), "]".repeat(100_000));
    check(&with(&deep), &[("request_data", "too_deep")]);
    let deep = format!(r#","mystery":{}{}"#, "[".repeat(100_000), "]".repeat(100_000));
    check(&with(&deep), &[("mystery", "unknown_field")]);
    let many = format!(r#","objects":[{}{{}}]"#, r#"{"id":"x"},"#.repeat(2000));
    check(&with(&many), &[("objects", "too_many")]);
    let flood: String = (0..5000).map(|n| format!(r#","k{n}":0"#)).collect();
    assert_eq!(faults(with(&flood).as_bytes()).len(), annals_record::limits::FAULTS_COUNT_MAX);
}

// Protects: what only the server may say cannot be sent.
#[test]
fn no_wire_input_makes_control_entries() {
    let own = [
        "index",
        "received_time",
        "emitter",
        "cuts",
        "clock_skew",
        "control",
        "phase",
        "of",
        "v",
        "erased",
    ];
    for key in own {
        check(&with(&format!(r#","{key}":{{}}"#)), &[(key, "unknown_field")]);
    }
    let forged = r#","service":"audit-log""#;
    check(&with(forged), &[("service", "reserved_service")]);
}

// Protects: hints lead to the field that is meant.
#[test]
fn hints() {
    let hint = |key: &str| {
        parse_event(with(&format!(r#","{key}":0"#)).as_bytes()).unwrap().1.remove(0).message
    };
    assert!(hint("operaton").contains("\"operation\""));
    assert!(hint("eventName").contains("\"operation\""));
    assert!(hint("来源IP").contains("\"source_ip\""));
    assert!(hint("对象ID").contains("\"object\""));
    assert!(!hint("zzzz").contains("nearest"));
}

// Protects: null means absent, and text without escapes is borrowed.
#[test]
fn null_is_absent() {
    let all: String = [
        "region",
        "object",
        "objects",
        "related",
        "changes",
        "request_data",
        "duration_ms",
        "reason",
    ]
    .iter()
    .map(|key| format!(r#","{key}":null"#))
    .collect();
    let line = with(&all);
    let (record, faults) = parse_event(line.as_bytes()).unwrap();
    assert_eq!(faults, []);
    let plain = with("");
    assert_eq!(record, parse_event(plain.as_bytes()).unwrap().0);
    assert!(matches!(record.operator, Some(std::borrow::Cow::Borrowed("li4"))));
}

fn printed(leaf: &Leaf, names: Option<Names<'_>>) -> Value {
    let mut out = b"x".to_vec();
    print_event(leaf, 42, names, &mut out);
    let text = std::str::from_utf8(&out).unwrap().strip_prefix('x').unwrap();
    assert!(!text.contains(['\n', '\r']), "{text}");
    serde_json::from_str(text).unwrap()
}

fn kept(line: &str) -> Leaf {
    let (record, faults) = parse_event(line.as_bytes()).unwrap();
    assert_eq!(faults, []);
    seal(&record).unwrap().leaf
}

// Protects: the outer form of an event.
#[test]
fn prints_the_contract() {
    let leaf = kept(&with(
        r#","source_ip":"2001:db8::1","source_port":22,"object":{"id":"/a","name":"a\"b"},
        "request_data": {"to":
  "/b"},"related":[{"type":"file","id":"/b","role":"destination"}],"reason":"字","duration_ms":3"#,
    ));
    let event = json!({
        "index": 42, "id": "e-1", "time": "2026-11-22T08:30:00.000000000Z",
        "received_time": "2026-11-22T08:30:00.000000000Z", "emitter": "3f9a01c7",
        "region": "cn-shanghai", "stack_id": "stk-01", "service": "data",
        "operation": "file.move", "operator": "li4", "username": "li4", "user_type": "user",
        "source_ip": "2001:db8::1", "source_port": 22, "outcome": "success", "duration_ms": 3,
        "object": {"type": "file", "id": "/a", "name": "a\"b"}, "request_data": {"to": "/b"},
        "related": [{"type": "file", "id": "/b", "role": "destination"}], "reason": "字",
    });
    assert_eq!(printed(&leaf, None), event);
    let catalogue = Catalogue::built_in();
    let names = |language| Some(Names { catalogue: &catalogue, language });
    assert_eq!(printed(&leaf, names(Language::Chinese))["operation_name"], "移动文件");
    assert_eq!(printed(&leaf, names(Language::English))["service_name"], "Data management");
}

// Protects: what was cut or erased is said, and the origin stays the sender's.
#[test]
fn prints_cuts_and_erasures() {
    let long = "x".repeat(1025);
    for (origin, expected) in
        [("null", Value::Null), ("{}", Value::Null), (r#"{ "a":[1]}"#, json!({"a": [1]}))]
    {
        let leaf = kept(&with(&format!(r#","reason":"{long}","origin":{origin}"#)));
        let event = printed(&leaf, None);
        assert_eq!((&event["cuts"], &event["origin"]), (&json!(["reason"]), &expected));
    }
    let mut leaf = kept(&with(r#","source_ip":"10.0.0.8","source_port":22,"object":{"id":"/a"}"#));
    assert_eq!(printed(&leaf, None)["source_port"], 22);
    leaf.erase(&[Tag::OPERATOR, Tag::OBJECT_ID]);
    let event = printed(&leaf, None);
    assert_eq!((&event["operator"], &event["object"]), (&Value::Null, &json!({"type": "file"})));
    assert_eq!(event["erased"], json!(["operator", "object.id"]));
}

/// Any event that is accepted, as JSON.
fn any_event() -> impl Strategy<Value = Value> {
    let text = "[a-z\"\\\\é字 /:]{1,12}";
    let object = (text, text).prop_map(|(id, name)| json!({"type": "t", "id": id, "name": name}));
    let pairs = (
        prop::collection::vec((text, text), 0..6),
        prop::collection::vec(object, 0..4),
        prop::option::of(any::<[u8; 4]>()),
        prop::option::of(any::<u16>()),
        prop::sample::subsequence(
            vec![
                "region",
                "stack_id",
                "username",
                "reason",
                "request_id",
                "session_id",
                "cause_id",
                "operator_id",
                "operator_name",
                "auth_method",
                "user_agent",
            ],
            0..11,
        ),
        text,
    );
    pairs.prop_map(|(data, objects, ip, port, keys, text)| {
        let mut event = json!({
            "id": "e-1", "time": "2026-11-22T08:30:00.25+08:00", "operation": "file.move",
            "operator": "li4", "duration_ms": data.len(),
        });
        for key in keys {
            event[key] = text.clone().into();
        }
        let data: Value = data.into_iter().map(|(k, v)| (k, Value::from(v))).collect();
        event["changes"] = json!({"after": data});
        event["request_data"] = data;
        event["objects"] = objects.into();
        if let Some(ip) = ip {
            event["source_ip"] = std::net::Ipv4Addr::from(ip).to_string().into();
            event["source_port"] = port.into();
        }
        event
    })
}

proptest! {
    // Protects: an event that was read, kept and printed reads as the same act again.
    #[test]
    fn print_and_parse(event in any_event()) {
        let leaf = kept(&event.to_string());
        let mut again = printed(&leaf, None);
        let pairs = again.as_object_mut().unwrap();
        for own in ["index", "received_time", "emitter"] {
            prop_assert!(pairs.remove(own).is_some());
        }
        let same = kept(&again.to_string());
        prop_assert!(same.same_act(&leaf), "{}", again);
        prop_assert_eq!(same.hash(), leaf.hash());
    }

    // Protects: no bytes make the reader or the check panic.
    #[test]
    fn never_panics(text in "(\"(id|time|object|objects|x)\"|[{}\\[\\]:,]|\"\\\\ud800\"|null|1e9|\"a\"){0,20}", wrap in any::<bool>()) {
        let text = if wrap { with(&format!(",{text}")) } else { text };
        let _ = faults(text.as_bytes());
    }
}
