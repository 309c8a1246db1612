//! Faults as a table, defaults, cuts, and what the kept leaf says.

use super::*;
use crate::object::{Object, Related};
use crate::phase::Phase;
use crate::sealed::Tag;

const RECEIVED: &str = "2026-11-22T08:30:00Z";

fn sender() -> Sender {
    Sender {
        emitter: "3f9a01c7".into(),
        region: Some("cn-shanghai".into()),
        stack_id: Some("stk-01".into()),
        may_be_system: false,
        is_server: false,
    }
}

fn server() -> Sender {
    Sender { emitter: "00000000".into(), may_be_system: true, is_server: true, ..sender() }
}

fn base<'a>() -> Record<'a> {
    Record {
        id: Some("e-1".into()),
        time: Some("2026-11-22T08:29:59.5+00:00".into()),
        operation: Some("cluster.create".into()),
        operator: Some("zhang3".into()),
        ..Record::default()
    }
}

fn seal(record: &Record<'_>, sender: &Sender) -> Result<Sealed, Vec<Fault>> {
    let received = Timestamp::parse(RECEIVED).unwrap();
    let catalogue = Catalogue::built_in();
    record.seal(&catalogue, sender, received, RecordSalt([9; 16]), || "made-1".into())
}

fn kept(record: &Record<'_>) -> Leaf {
    let sealed = seal(record, &sender()).unwrap();
    assert_eq!(sealed.hash, sealed.leaf.hash());
    assert_eq!(sealed.at, sealed.leaf.at());
    let leaf = &sealed.leaf;
    assert_eq!(crate::canonical::check(leaf.core_bytes()), Ok(()));
    let again = Leaf::from_parts(leaf.core_bytes(), leaf.record_salt(), leaf.fields());
    assert_eq!(again.as_ref(), Ok(leaf));
    sealed.leaf
}

/// The values of the leaf as `tag value` lines.
fn values(leaf: &Leaf) -> Vec<(u16, &str)> {
    leaf.fields().map(|(tag, _)| (tag.0, leaf.value(tag).unwrap())).collect()
}

fn check_faults_of(
    sender: &Sender,
    change: impl FnOnce(&mut Record<'_>),
    expected: &[(&str, &str)],
) {
    let mut record = base();
    change(&mut record);
    let faults = seal(&record, sender).map_or_else(|faults| faults, |_| Vec::new());
    let found: Vec<_> = faults.iter().map(|fault| (&*fault.field, fault.code)).collect();
    assert_eq!(found, expected);
    for fault in &faults {
        assert!(codes::ALL.contains(&fault.code), "{}", fault.code);
        assert!(!fault.message.is_empty());
    }
}

fn check_faults(change: impl FnOnce(&mut Record<'_>), expected: &[(&str, &str)]) {
    check_faults_of(&sender(), change, expected);
}

// Protects: the least event, its defaults and the bytes of its core.
#[test]
fn least_event() {
    let leaf = kept(&base());
    assert_eq!(
        leaf.core().as_str(),
        concat!(
            r#"{"emitter":"3f9a01c7","id":"e-1","operation":"cluster.create","#,
            r#""outcome":"success","received_time":"2026-11-22T08:30:00.000000000Z","#,
            r#""region":"cn-shanghai","service":"hpc-clusters","stack_id":"stk-01","#,
            r#""time":"2026-11-22T08:29:59.500000000Z","user_type":"user","v":1}"#
        )
    );
    assert_eq!(values(&leaf), [(7, "zhang3"), (8, "zhang3")]);
    let made = seal(&Record { id: None, ..base() }, &sender()).unwrap();
    assert_eq!(made.leaf.core().id(), "made-1");
    assert_eq!(made.id, IdHash::of("made-1", "3f9a01c7"));
}

// Protects: every field reaches its key or tag, in the order of the format.
#[test]
fn every_field() {
    let record = Record {
        region: Some("eu\"west".into()),
        stack_id: Some("stk-02".into()),
        service: Some("HPC集群".into()),
        operation: Some("新建集群".into()),
        username: Some("li4".into()),
        operator_id: Some("1001".into()),
        operator_name: Some("张三".into()),
        user_type: Some("service".into()),
        source_ip: Some("2001:db8:0::1".into()),
        source_port: Some(5022),
        object: Some(Object {
            id: Some("c-42".into()),
            name: Some("render farm".into()),
            ..Object::default()
        }),
        related: vec![Related {
            kind: Some("desktop".into()),
            id: Some("d-1".into()),
            name: Some("a\"b".into()),
            role: Some("source".into()),
        }],
        request_data: Some(r#"{"nodes": 4, "password":"alicepw"}"#.into()),
        outcome: Some("failure".into()),
        reason: Some("配额不足".into()),
        changes: Some(r#"{"before":{"pin":1},"after":null}"#.into()),
        request_id: Some("r-1".into()),
        session_id: Some("s-1".into()),
        cause_id: Some("e-0".into()),
        origin: Some(r#"{"raw":"--password alicepw"}"#.into()),
        guarantee: Some("spooled".into()),
        auth_method: Some("ldap".into()),
        user_agent: Some("curl/8 https://u:alicepw@h".into()),
        duration_ms: Some(1250),
        phase: Phase::Outcome { of: "i-1".into() },
        ..base()
    };
    let leaf = kept(&record);
    assert_eq!(
        leaf.core().as_str(),
        concat!(
            r#"{"auth_method":"ldap","duration_ms":1250,"emitter":"3f9a01c7","#,
            r#""guarantee":"spooled","id":"e-1","object_type":"cluster","of":"i-1","#,
            r#""operation":"cluster.create","outcome":"failure","phase":"outcome","#,
            r#""received_time":"2026-11-22T08:30:00.000000000Z","region":"eu\"west","#,
            r#""service":"hpc-clusters","stack_id":"stk-02","#,
            r#""time":"2026-11-22T08:29:59.500000000Z","user_type":"service","v":1}"#
        )
    );
    assert_eq!(
        values(&leaf),
        [
            (1, "[2001:db8::1]:5022"),
            (2, "render farm"),
            (3, r#"{"nodes": 4, "password":"***"}"#),
            (4, r#"{"before":{"pin":"***"},"after":null}"#),
            (5, "curl/8 https://u:***@h"),
            (6, "配额不足"),
            (7, "li4"),
            (8, "zhang3"),
            (9, "c-42"),
            (11, r#"[{"type":"desktop","id":"d-1","name":"a\"b","role":"source"}]"#),
            (12, "r-1"),
            (13, "s-1"),
            (14, "e-0"),
            (15, r#"{"raw":"--password ***"}"#),
            (16, "1001"),
            (17, "张三"),
        ]
    );
}

// Protects: each fault by its field and code.
#[test]
fn single_faults() {
    let long = |count: usize| "x".repeat(count);
    check_faults(|r| r.time = None, &[("time", "missing_field")]);
    check_faults(|r| r.time = Some("yesterday".into()), &[("time", "bad_time")]);
    let old = "1999-12-31T23:59:59Z";
    check_faults(|r| r.time = Some(old.into()), &[("time", "time_too_old")]);
    check_faults(|r| r.id = Some("a/b".into()), &[("id", "bad_id")]);
    check_faults(|r| r.id = Some(long(65).into()), &[("id", "too_long")]);
    check_faults(|r| r.operation = None, &[("operation", "missing_field")]);
    check_faults(|r| r.operation = Some("x.y".into()), &[("operation", "unknown_operation")]);
    let name = "Add nodes";
    check_faults(|r| r.operation = Some(name.into()), &[("operation", "ambiguous_operation")]);
    check_faults(|r| r.service = Some("nope".into()), &[("service", "unknown_service")]);
    check_faults(
        |r| (r.service, r.operation) = (Some("nope".into()), Some(name.into())),
        &[("service", "unknown_service")],
    );
    check_faults(|r| r.service = Some("users".into()), &[("service", "other_service")]);
    for reserved in ["token.create", "Create API token", "创建API令牌"] {
        check_faults(|r| r.operation = Some(reserved.into()), &[("service", "reserved_service")]);
    }
    for reserved in ["audit-log", "AUDIT LOG", "审计日志"] {
        check_faults(|r| r.service = Some(reserved.into()), &[("service", "reserved_service")]);
    }
    check_faults(|r| r.operator = None, &[("operator", "missing_field")]);
    check_faults(|r| r.operator = Some(" ".into()), &[("operator", "missing_field")]);
    check_faults(|r| r.operator = Some(long(129).into()), &[("operator", "too_long")]);
    check_faults(|r| r.operator = Some("system".into()), &[("operator", "system_not_allowed")]);
    check_faults(|r| r.user_type = Some("system".into()), &[("user_type", "system_not_allowed")]);
    check_faults(|r| r.user_type = Some("robot".into()), &[("user_type", "bad_value")]);
    check_faults(|r| r.operator = Some("a\nb".into()), &[("operator", "control_character")]);
    check_faults(|r| r.username = Some("a\0".into()), &[("username", "nul_character")]);
    check_faults(|r| r.region = Some("a\u{202e}b".into()), &[("region", "bidi_character")]);
    check_faults(|r| r.region = Some(String::new().into()), &[("region", "missing_stack")]);
    check_faults(|r| r.stack_id = Some(long(65).into()), &[("stack_id", "too_long")]);
    check_faults(|r| r.source_ip = Some("10.0.0.8:22".into()), &[("source_ip", "bad_ip")]);
    check_faults(|r| r.source_port = Some(22), &[("source_ip", "missing_field")]);
    check_faults(
        |r| (r.source_ip, r.source_port) = (Some("::1".into()), Some(65536)),
        &[("source_port", "integer_range")],
    );
    check_faults(|r| r.outcome = Some("ok".into()), &[("outcome", "bad_value")]);
    check_faults(|r| r.guarantee = Some("maybe".into()), &[("guarantee", "bad_value")]);
    check_faults(|r| r.duration_ms = Some(1 << 53), &[("duration_ms", "integer_range")]);
    check_faults(|r| r.auth_method = Some(long(65).into()), &[("auth_method", "too_long")]);
    check_faults(|r| r.reason = Some("a\0b".into()), &[("reason", "nul_character")]);
    check_faults(|r| r.cause_id = Some(long(129).into()), &[("cause_id", "too_long")]);
    let data = r#"{"a":"\u0000"}"#;
    check_faults(|r| r.request_data = Some(data.into()), &[("request_data", "nul_character")]);
    let half = r#"["\ud800"]"#;
    check_faults(|r| r.request_data = Some(half.into()), &[("request_data", "lone_surrogate")]);
    let deep = "[".repeat(65) + &"]".repeat(65);
    check_faults(|r| r.origin = Some(deep.clone().into()), &[("origin", "too_deep")]);
    check_faults(|r| r.changes = Some("[]".into()), &[("changes", "wrong_type")]);
    let wide = format!(r#"{{"after":"{}"}}"#, long(48 * 1024));
    check_faults(|r| r.changes = Some(wide.into()), &[("changes", "too_long")]);
    let wide = format!(r#"{{"raw":"{}"}}"#, long(64 * 1024));
    check_faults(|r| r.origin = Some(wide.into()), &[("origin", "too_long")]);
    let forged = r#"{"\u0063uts":[]}"#;
    check_faults(|r| r.origin = Some(forged.into()), &[("origin", "reserved_key")]);
    let order = crate::Control::Key { vkey: "x".into() };
    check_faults(|r| r.control = Some(order), &[("control", "reserved_key")]);
    check_faults(
        |r| (r.phase, r.outcome) = (Phase::Intent, Some("success".into())),
        &[("outcome", "bad_value")],
    );
    let end = |of: &'static str, outcome: Option<&'static str>| {
        move |r: &mut Record<'_>| {
            r.phase = Phase::Outcome { of: of.into() };
            r.outcome = outcome.map(Into::into);
        }
    };
    check_faults(end("", Some("failure")), &[("of", "bad_id")]);
    check_faults(end("e-0", None), &[("outcome", "missing_field")]);
    check_faults(end("e-0", Some("pending")), &[("outcome", "bad_value")]);
}

// Protects: all faults of one event are named, and a flood of them is bounded.
#[test]
fn many_faults() {
    check_faults(
        |r| {
            (r.time, r.operator, r.outcome) = (None, None, Some("x".into()));
            r.objects = vec![
                Object { kind: Some("".into()), ..Object::default() },
                Object {
                    id: Some("x".repeat(1025).into()),
                    outcome: Some("y".into()),
                    ..Object::default()
                },
            ];
        },
        &[
            ("time", "missing_field"),
            ("operator", "missing_field"),
            ("objects[0].type", "bad_value"),
            ("objects[1].id", "too_long"),
            ("objects[1].outcome", "bad_value"),
            ("outcome", "bad_value"),
        ],
    );
    let record = Record {
        objects: vec![Object { kind: Some("".into()), ..Object::default() }; 999],
        ..base()
    };
    let faults = seal(&record, &sender()).unwrap_err();
    assert_eq!(faults.len(), crate::limits::FAULTS_COUNT_MAX + 1);
    assert_eq!(faults.last().map(|fault| fault.code), Some("more_faults"));
}

// Protects: the platform's own words only from those who may use them.
#[test]
fn the_platform_itself() {
    let platform = Sender { may_be_system: true, ..sender() };
    let record = Record { operator: Some("system".into()), ..base() };
    let leaf = seal(&record, &platform).unwrap().leaf;
    assert_eq!(leaf.core().text("user_type").as_deref(), Some("system"));
    let record = Record { operator: Some("unknown".into()), ..base() };
    assert_eq!(kept(&record).core().text("user_type").as_deref(), Some("unknown"));
    let own = Record {
        operation: Some("audit.redact".into()),
        operator: Some("auditor1".into()),
        control: Some(crate::Control::Redact { index: 42, tags: vec![Tag(1), Tag(3)] }),
        ..base()
    };
    let leaf = seal(&own, &server()).unwrap().leaf;
    assert_eq!(leaf.core().raw("control"), Some(r#"{"index":42,"kind":"redact","tags":[1,3]}"#));
    check_faults_of(&platform, |r| r.operation = own.operation, &[("service", "reserved_service")]);
}

// Protects: one target, several, and one with its own outcome.
#[test]
fn targets() {
    let user = |id: &'static str, outcome: Option<&'static str>| Object {
        id: Some(id.into()),
        outcome: outcome.map(Into::into),
        ..Object::default()
    };
    let check = |object: Option<Object<'static>>,
                 objects: Vec<Object<'static>>,
                 expected: &[(u16, &str)]| {
        let operation = Some("user.delete".into());
        let leaf = kept(&Record { object, objects, operation, ..base() });
        let values: Vec<_> =
            values(&leaf).into_iter().filter(|(tag, _)| ![7, 8].contains(tag)).collect();
        assert_eq!(values, expected);
        leaf.core().object_type().map(|kind| kind.into_owned())
    };
    let kind = Some("user".to_owned());
    assert_eq!(check(None, vec![], &[]), None);
    assert_eq!(check(Some(user("a", None)), vec![], &[(9, "a")]), kind);
    assert_eq!(check(None, vec![user("a", None)], &[(9, "a")]), kind);
    let one = r#"[{"type":"user","id":"a","outcome":"denied"}]"#;
    assert_eq!(check(None, vec![user("a", Some("denied"))], &[(10, one)]), kind);
    let two = r#"[{"type":"user","id":"a"},{"type":"user","id":"b"}]"#;
    assert_eq!(check(Some(user("a", None)), vec![user("b", None)], &[(10, two)]), kind);
    assert_eq!(
        check(Some(user("b", None)), vec![user("a", None), user("b", None)], &[(10, two)]),
        kind
    );
    let group = Object { kind: Some("group".into()), ..user("g", None) };
    let mixed = r#"[{"type":"user","id":"a"},{"type":"group","id":"g"}]"#;
    assert_eq!(check(None, vec![user("a", None), group], &[(10, mixed)]), None);
    let many = Record { objects: vec![Object::default(); 1001], ..base() };
    assert!(seal(&many, &sender()).unwrap_err().iter().any(|fault| fault.code == "too_many"));
    let name = Some("n".repeat(4096).into());
    let wide = vec![Object { name, ..Object::default() }; 65];
    let faults = seal(&Record { objects: wide, ..base() }, &sender()).unwrap_err();
    assert_eq!((&*faults[0].field, faults[0].code), ("objects", "too_long"));
}

// Protects: cuts fall on character borders and are listed; nothing else is cut.
#[test]
fn cuts() {
    let record = Record {
        reason: Some("字".repeat(1025).into()),
        user_agent: Some("é".repeat(256).into()),
        object: Some(Object { name: Some("n".repeat(4097).into()), ..Object::default() }),
        origin: Some(r#"{"collector":"x"}"#.into()),
        ..base()
    };
    let leaf = kept(&record);
    assert_eq!(leaf.value(Tag::REASON).map(|text| text.chars().count()), Some(1024));
    assert_eq!(leaf.value(Tag::USER_AGENT), record.user_agent.as_deref());
    assert_eq!(leaf.value(Tag::OBJECT_NAME).map(str::len), Some(4096));
    let origin = leaf.value(Tag::ORIGIN);
    assert_eq!(origin, Some(r#"{"cuts":["object.name","reason"],"collector":"x"}"#));
    for (origin, expected) in [
        (None, r#"{"cuts":["reason"]}"#),
        (Some("{}"), r#"{"cuts":["reason"]}"#),
        (Some("[1]"), r#"{"cuts":["reason"],"value":[1]}"#),
    ] {
        let reason = Some("x".repeat(1025).into());
        let leaf = kept(&Record { reason, origin: origin.map(Into::into), ..base() });
        assert_eq!(leaf.value(Tag::ORIGIN), Some(expected));
    }
}

// Protects: larger request data is kept as its beginning, with the hash of all of it, masked
// before it is cut.
#[test]
fn large_request_data() {
    let data = format!(r#"{{"password":"alicepw","text":"{}"}}"#, "字".repeat(20_000));
    let masked = data.replace("alicepw", "***");
    let leaf = kept(&Record { request_data: Some(data.into()), ..base() });
    let value: String = serde_json::from_str(leaf.value(Tag::REQUEST_DATA).unwrap()).unwrap();
    assert!(masked.starts_with(&value));
    assert!((48 * 1024 - 2..=48 * 1024).contains(&value.len()));
    let origin: serde_json::Value = serde_json::from_str(leaf.value(Tag::ORIGIN).unwrap()).unwrap();
    let mut hex = Vec::new();
    crate::control::write_hex(&mut hex, &crate::digest::sha256(b"", masked.as_bytes()));
    assert_eq!(origin["request_data_sha256"], String::from_utf8(hex).unwrap());
    assert_eq!(origin["cuts"], serde_json::json!(["request_data"]));
    let exact = format!("\"{}\"", "x".repeat(48 * 1024 - 2));
    let leaf = kept(&Record { request_data: Some(exact.as_str().into()), ..base() });
    assert_eq!(leaf.value(Tag::REQUEST_DATA), Some(exact.as_str()));
}

// Protects: a clock that runs ahead is marked and ordered by arrival; ten minutes are allowed.
#[test]
fn clock_skew() {
    let at = |time: &'static str| kept(&Record { time: Some(time.into()), ..base() });
    let received = Timestamp::parse(RECEIVED).unwrap().nanos();
    let edge = at("2026-11-22T08:40:00Z");
    assert_eq!((edge.core().clock_skew(), edge.at()), (false, received + 600_000_000_000));
    for ahead in ["2026-11-22T08:40:00.000000001Z", "9999-12-31T23:59:59Z"] {
        let leaf = at(ahead);
        assert_eq!((leaf.core().clock_skew(), leaf.at()), (true, received), "{ahead}");
        assert_eq!(leaf.core().time(), Timestamp::parse(ahead));
    }
}

// Protects: the samples' passwords reach no byte of a leaf, wherever they stand.
#[test]
fn test_passwords_never_survive() {
    let record = Record {
        request_data: Some(
            r#"{"Password":"alicepw","auth":{"password":{"old":"opspw"}},"u":"https://u:alicepw@h/?token=opspw"}"#.into(),
        ),
        changes: Some(r#"{"before":{"api_key":"opspw"},"after":{"apiKey":["alicepw"]}}"#.into()),
        origin: Some(r#"{"raw":"userPassword:: YWxpY2Vwdw==\nx --password alicepw","pin":"opspw"}"#.into()),
        reason: Some("chpasswd failed: password=alicepw".into()),
        user_agent: Some("x --token opspw".into()),
        object: Some(Object { name: Some("https://u:alicepw@h".into()), id: Some("/d?token=opspw".into()), ..Object::default() }),
        related: vec![Related { name: Some("secret: opspw".into()), ..Related::default() }],
        ..base()
    };
    let leaf = kept(&record);
    for (tag, text) in values(&leaf) {
        for secret in ["alicepw", "opspw", "YWxpY2Vwdw"] {
            assert!(!text.contains(secret), "{tag} {text}");
        }
    }
    let import = Record {
        operation: Some("license.import".into()),
        request_data: Some(r#"{"license_text":"alicepw","name":"a"}"#.into()),
        ..base()
    };
    let leaf = kept(&import);
    let value = leaf.value(Tag::REQUEST_DATA);
    assert_eq!(value, Some(r#"{"license_text":"***","name":"a"}"#));
}
