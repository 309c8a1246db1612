//! Which events a filter finds, term by term and in all their ways together.

use annals_record::{Leaf, Outcome, Phase, Record, Tag, Timestamp};
use jiff::tz::TimeZone;

use crate::filter::Filter;
use crate::row::{Ending, Row};
use crate::sample::{CATALOGUE, leaf, object, rich};

fn finds(text: &str, row: &Row<'_>) -> bool {
    let filter = Filter::parse(text, &CATALOGUE).unwrap_or_else(|error| panic!("{text}: {error}"));
    let now = Timestamp::parse("2026-11-22T12:00:00Z").unwrap();
    filter.bind(now, &TimeZone::UTC).compile(&CATALOGUE).matches(row)
}

/// Whether `text` finds the event of a leaf; its negation must say the opposite.
fn check(leaf: &Leaf, text: &str, expected: bool) {
    let row = Row::new(leaf, 7);
    assert_eq!(finds(text, &row), expected, "{text}");
    assert_eq!(finds(&format!("-({text})"), &row), !expected, "-({text})");
}

fn check_all(leaf: &Leaf, found: &[&str], not_found: &[&str]) {
    found.iter().for_each(|text| check(leaf, text, true));
    not_found.iter().for_each(|text| check(leaf, text, false));
}

// Protects: every field, compared as its kind says.
#[test]
fn fields() {
    let leaf = leaf(rich());
    check_all(
        &leaf,
        &[
            "region:CN-EAST stack_id:stk-01 id:e-1 emitter:3f9a01c7 index:7 index<8",
            "service:hpc-clusters 服务:hpc集群 operation:cluster.* 操作类型:新建*",
            "severity:medium severity>=low access:write",
            "operator:ZHANG3 username:render user:render user:zhang3 operator:zh*3",
            "operator_id:1004 operator_name:张三 user_type:user auth_method:publickey",
            "source_ip:10.2.3.4 source_ip:10.2.0.0/16 source_ip:10.2.* source_port:5022",
            "request_id:req-1 session_id:S-1 cause_id:e-0 guarantee:strict outcome:failure",
            "duration_ms>500 duration_ms:700 duration_ms:600..800 duration_ms:..700",
            "time:2026-11-22 time>=now-7d time<now time:2026-11-01..2026-11-22",
            "received_time>=2026-11-22T08:30:05Z received_time:2026-11",
            "user_agent:curl reason:space reason:\"no space\" reason:*磁盘已满* reason:已满",
            "origin:failed origin.collector:sshd changes.after.quota:2 changes:quota",
            "region:* source_ip:* object:* request_data:* severity:* index:* time:* user:*",
        ],
        &[
            "region:cn",
            "stack_id:STK-01",
            "session_id:s-1",
            "operation:job.*",
            "severity:high",
            "access:read",
            "operator:zhang",
            "source_ip:10.3.0.0/16",
            "source_ip:2001:db8::/32",
            "source_port:22",
            "duration_ms<700",
            "duration_ms:..699",
            "time<2026-11-22",
            "time>2026-11-22",
            "reason:spac",
            "reason:cuda12",
            "changes.after.quota:1",
            "index>7",
            "guarantee:spooled",
        ],
    );
}

// Protects: a comparison with a field that an event has not is false, so its negation finds it.
#[test]
fn absent_fields() {
    let leaf = leaf(Record::default());
    check_all(
        &leaf,
        &[
            "-reason:*",
            "-reason:x",
            "-object:*",
            "outcome:success",
            "-request_data.a:1",
            "user:zhang3",
        ],
        &[
            "reason:*",
            "object.id:x",
            "object:x",
            "related:x",
            "request_data:*",
            "request_data.a:*",
            "source_ip:*",
            "source_ip:0.0.0.0/0",
            "source_port:0",
            "duration_ms:0",
            "duration_ms>=0",
            "session_id:*",
            "changes:x",
        ],
    );
}

// Protects: an object is found from either side, by id or name.
#[test]
fn objects() {
    let leaf = leaf(rich());
    check_all(
        &leaf,
        &[
            "object:c-42",
            "object:\"render farm\"",
            "object:p-7",
            "object:\"分区 a\"",
            "related:p-7",
            "object.id:c-42 object.type:cluster object.name:render*",
            "object.id:c-*",
        ],
        &["object:C-42", "object:render", "object.id:p-7", "related:c-42", "object.type:job"],
    );
}

// Protects: with many objects one must match; tests of one level must hold in one object.
#[test]
fn many_objects() {
    let objects =
        vec![object("job", "j-1", "a"), object("job", "j-2", "b"), object("user", "u-1", "")];
    let leaf = leaf(Record { objects, ..Record::default() });
    check_all(
        &leaf,
        &[
            "object.id:j-1",
            "object.id:u-1",
            "object:j-2",
            "object.type:job object.id:j-2",
            "object.type:user object.id:(x OR u-1)",
            "object.id:j-1 (object.id:j-2 OR outcome:failure) OR object.id:u-1",
            "object:j-1 object:u-1",
            "object.type:job -object.id:x",
            "object.name:*",
        ],
        &[
            "object.type:user object.id:j-1",
            "object.id:j-1 object.id:j-2",
            "-object.id:j-1",
            "object.type:user (object.id:j-1 OR object.id:j-2)",
            "object.type:user object.name:*",
            "object.type:job (outcome:success object.id:u-1)",
            "j-3",
        ],
    );
    check(&leaf, "u-1", true);
}

// Protects: what free text covers, and what it does not.
#[test]
fn free_text() {
    let leaf = leaf(rich());
    check_all(
        &leaf,
        &[
            "\"mkfs /dev\"",
            "cuda",
            "CUDA",
            "张三",
            "zhang3",
            "render",
            "farm",
            "分区",
            "nodes",
            "img-7",
            "磁盘",
            "*partit* OR *ender*",
            "mkfs*sdb",
            "request_data:mkfs",
            "request_data:*g-7*",
            "c-42",
            "ＣＵＤＡ",
            "\"no space\" -\"no spaces\"",
            "500",
            "request_data:500",
        ],
        &[
            "mkf",
            "quota",
            "sshd",
            "curl",
            "cluster.create",
            "nodes4",
            "failure",
            "\"4,size\"",
            "null",
            "request_data:cuda",
            "\"nodes size\"",
            "render*farm*x",
        ],
    );
    let escaped = leaf_with_request(r#"{"cmd":"a\nmkfs \u7ed3果.dat","q":"say \"hi\""}"#);
    check_all(
        &escaped,
        &["mkfs", "结果.dat", "\"say \\\"hi\\\"\"", "request_data:mkfs"],
        &["nmkfs"],
    );
}

fn leaf_with_request(json: &'static str) -> Leaf {
    leaf(Record { request_data: Some(json.into()), ..Record::default() })
}

// Protects: values inside a request: numbers and their spellings, arrays, keys with dots, nothing.
#[test]
fn paths() {
    let leaf = leaf(rich());
    check_all(
        &leaf,
        &[
            "request_data.nodes:4",
            "request_data.nodes:4.0",
            "request_data.size:4",
            "request_data.image.id:img-7",
            "request_data.image.id:IMG-7",
            "request_data.image.id:img*",
            "request_data.disks.gb:500",
            "request_data.disks.gb>100",
            "request_data.disks.gb:10..30",
            "request_data.nodes>=4",
            "request_data.size<5",
            "request_data.a.b:true",
            "request_data.ratio:0.50",
            "request_data.image:*",
            "request_data.gone:null",
            "request_data.big:9007199254740993",
        ],
        &[
            "request_data.nodes:5",
            "request_data.Nodes:4",
            "request_data.disks.gb>500",
            "request_data.disks.gb:21..499",
            "request_data.gone:*",
            "request_data.image:img-7",
            "request_data.cmd>1",
            "request_data.big:9007199254740992",
            "request_data.id:img-7",
        ],
    );
}

// Protects: in a search what was erased is as if it had never been there.
#[test]
fn erased_fields() {
    let mut leaf = leaf(rich());
    leaf.erase(&[Tag::OPERATOR, Tag::OBJECT_ID, Tag::REQUEST_DATA, Tag::SOURCE_IP, Tag::RELATED]);
    check_all(
        &leaf,
        &["-operator:zhang3", "object.type:cluster", "object.name:\"render farm\"", "user:render"],
        &[
            "operator:zhang3",
            "operator:*",
            "user:zhang3",
            "object.id:c-42",
            "object.id:*",
            "zhang3",
            "mkfs",
            "request_data.nodes:4",
            "source_ip:10.2.3.4",
            "source_port:*",
            "object:p-7",
        ],
    );
}

// Protects: intent and outcome are one event: how it ended comes from the outcome.
#[test]
fn two_phases() {
    let intent = leaf(Record {
        phase: Phase::Intent,
        reason: Some("please".into()),
        object: Some(object("cluster", "", "farm")),
        ..Record::default()
    });
    let ending = leaf(Record {
        phase: Phase::Outcome { of: "e-1".into() },
        id: Some("e-2".into()),
        outcome: Some(Outcome::Denied.as_str().into()),
        reason: Some("quota".into()),
        duration_ms: Some(90),
        time: Some("2026-11-22T08:31:00Z".into()),
        object: Some(object("cluster", "c-9", "")),
        ..Record::default()
    });
    check_all(&intent, &["outcome:pending", "reason:please"], &["outcome:denied", "duration_ms:*"]);
    let row = Row::with_ending(&intent, 3, Ending::Leaf(&ending));
    let found = "outcome:denied reason:quota duration_ms:90 id:e-1 time:2026-11-22T08:30:00Z \
                 object.id:c-9 index:3 quota please";
    for term in found.split(' ') {
        assert!(finds(term, &row), "{term}");
    }
    for text in ["outcome:pending", "id:e-2", "reason:please", "object.name:farm"] {
        assert!(!finds(text, &row), "{text}");
    }
    assert!(finds("outcome:unknown", &Row::with_ending(&intent, 3, Ending::Unknown)));
}

// Protects: a clock that ran ahead moves the event to where it was received.
#[test]
fn skewed_clock() {
    let leaf = leaf(Record { time: Some("2027-01-01T00:00:00Z".into()), ..Record::default() });
    check(&leaf, "time:2026-11-22T08:30:05Z", true);
    check(&leaf, "time:2027-01", false);
}
