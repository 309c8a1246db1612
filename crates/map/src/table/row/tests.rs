//! Rows and what becomes of them.

use serde_json::json;

use super::*;

fn table(map: &str) -> Table {
    let map = ImportMap::parse(map).unwrap();
    Table::new(map, RowIds::new(b"test"), &[("collector", "test"), ("file", "a.csv")]).unwrap()
}

fn row(cells: Value) -> Row {
    let Value::Object(cells) = cells else { panic!("cells are an object") };
    let cells = cells.into_iter().map(|(heading, value)| (heading.into(), value)).collect();
    Row { number: 7, cells }
}

type Part = for<'a> fn(&'a annals_record::Object<'static>) -> Option<&'a str>;

/// `expected`: pairs of a field and its value.
fn check(map: &str, cells: Value, expected: &[(&str, &str)]) {
    let mapped = table(map).map(&row(cells.clone()));
    let record = &mapped.record;
    let object = record.object.clone().unwrap_or_default();
    let many = |part: Part| {
        let parts: Vec<_> = record.objects.iter().filter_map(part).collect();
        parts.join("+")
    };
    for (field, value) in expected {
        let got = match *field {
            "object.id" => object.id.as_deref().unwrap_or_default().to_owned(),
            "object.name" => object.name.as_deref().unwrap_or_default().to_owned(),
            "object.type" => object.kind.as_deref().unwrap_or_default().to_owned(),
            "objects.id" => many(|object| object.id.as_deref()),
            "objects.name" => many(|object| object.name.as_deref()),
            "source_port" => format!("{:?}", record.source_port),
            "duration_ms" => format!("{:?}", record.duration_ms),
            "service" => record.service.as_deref().unwrap_or_default().to_owned(),
            "request_data" => record.request_data.as_deref().unwrap_or_default().to_owned(),
            "changes" => record.changes.as_deref().unwrap_or_default().to_owned(),
            "related" => {
                let one = |r: &Related<'_>| {
                    let part =
                        |text: &Option<Cow<'_, str>>| text.as_deref().unwrap_or("").to_owned();
                    format!("{}={}:{}", part(&r.role), part(&r.kind), part(&r.id))
                };
                record.related.iter().map(one).collect::<Vec<_>>().join("+")
            }
            "origin" => record.origin.as_deref().unwrap_or_default().to_owned(),
            "notes" => {
                let refused = mapped.notes.iter().filter(|note| !note.is_inferred);
                refused.map(|note| format!("{}: {}", note.heading, note.reason)).collect()
            }
            field => {
                let mut record = record.clone();
                let fields: [(&str, &mut Option<Cow<'_, str>>); 9] = [
                    ("id", &mut record.id),
                    ("time", &mut record.time),
                    ("operation", &mut record.operation),
                    ("operator", &mut record.operator),
                    ("username", &mut record.username),
                    ("user_type", &mut record.user_type),
                    ("source_ip", &mut record.source_ip),
                    ("outcome", &mut record.outcome),
                    ("region", &mut record.region),
                ];
                let found = fields.into_iter().find(|(name, _)| *name == field).unwrap().1;
                found.clone().unwrap_or_default().into_owned()
            }
        };
        assert_eq!(got, *value, "{field} of {cells}");
    }
}

/// The seed's twelve fields, in both languages, without a map.
#[test]
fn headings_of_either_language() {
    let expected = [
        ("time", "2026-11-20T08:30:00Z"),
        ("operation", "新建集群"),
        ("service", "HPC集群"),
        ("operator", "zhang3"),
        ("username", "zhang3"),
        ("user_type", "user"),
        ("source_ip", "10.2.0.8"),
        ("object.id", "c-42"),
        ("object.name", "渲染农场"),
        ("request_data", r#"{"nodes":4}"#),
        ("region", "cn-1"),
        ("notes", ""),
    ];
    check(
        "",
        json!({"区域": "cn-1", "用户名": "zhang3", "服务": "HPC集群", "操作类型": "新建集群",
            "源IP": "10.2.0.8", "操作人": "zhang3", "用户类型": "用户", "对象ID": "c-42",
            "对象名称": "渲染农场", "请求数据": "{\"nodes\":4}", "时间": "2026/11/20 8:30"}),
        &expected,
    );
    check(
        "",
        json!({"Region": "cn-1", "Username": "zhang3", "Service": "HPC集群",
            "Operation type": "新建集群", "Source IP": "10.2.0.8", "Operator": "-",
            "User type": "User", "Object ID": "c-42", "Object name": "渲染农场",
            "Request data": {"nodes": 4}, "Time": "2026-11-20T16:30:00+08:00"}),
        &expected,
    );
}

/// A map gives odd columns their meaning and fills what no column says.
#[test]
fn maps() {
    let map = r#"
        [time]
        zone = "Asia/Shanghai"
        formats = ["%d.%m.%Y %H:%M"]
        [columns]
        "Wann" = "time"
        "Wer" = "operator"
        "Tat" = "operation"
        "Knoten" = "request_data.size.nodes"
        "Cluster" = "related.cluster.parent"
        "Intern" = "-"
        [defaults]
        service = "hpc-clusters"
        region = "eu"
        outcome = "unknown"
        [values.operation]
        "anlegen" = "cluster.create"
    "#;
    check(
        map,
        json!({"Wann": "20.11.2026 16:30", "Wer": "zhang3", "Tat": "Anlegen", "Knoten": "4",
            "Cluster": "c-1", "Intern": "x", "Mehr": "y", "Outcome": "成功"}),
        &[
            ("time", "2026-11-20T08:30:00Z"),
            ("operator", "zhang3"),
            ("operation", "cluster.create"),
            ("service", "hpc-clusters"),
            ("region", "eu"),
            ("outcome", "success"),
            ("related", "parent=cluster:c-1"),
            ("request_data", r#"{"size":{"nodes":4}}"#),
            ("notes", "Mehr: no field is called so; kept in origin"),
        ],
    );
    let rest = "rest_in_request_data = true";
    check(rest, json!({"Mehr": "y"}), &[("request_data", r#"{"Mehr":"y"}"#), ("notes", "")]);
}

/// What is not understood is said and stays in `origin`; what the event format will refuse stays
/// in the event.
#[test]
fn nothing_is_guessed() {
    check(
        "",
        json!({"time": "03/04/2026", "outcome": "maybe", "duration_ms": "long",
            "operator": "a", "操作者": "b", "source_ip": "10.0.0.1:22", "related": "c-1"}),
        &[
            ("time", "03/04/2026"),
            ("outcome", "maybe"),
            ("duration_ms", "None"),
            ("source_ip", "10.0.0.1"),
            ("source_port", "Some(22)"),
        ],
    );
    let mapped =
        table("").map(&row(json!({"outcome": "Failed", "对象": "c-1", "extra": {"x": 1}})));
    let origin: Value = serde_json::from_str(&mapped.record.origin.unwrap()).unwrap();
    assert_eq!(origin["inferred"].as_array().unwrap().len(), 2, "{origin}");
    assert_eq!(origin["row"]["extra"]["x"], 1);
    assert_eq!(origin["file"], Value::Null);
    let position = table("position = true").map(&row(json!({"time": "x"})));
    let origin: Value = serde_json::from_str(&position.record.origin.unwrap()).unwrap();
    assert_eq!((&origin["file"], &origin["row_number"]), (&json!("a.csv"), &json!(7)));
}

/// Several objects, joined in cells or as JSON; own ids of rows where they can be ids.
#[test]
fn objects_and_ids() {
    check(
        "",
        json!({"id": "e-1", "object.id": "u-1,u-2", "object.name": "li4,wang5"}),
        &[("id", "e-1"), ("objects.id", "u-1+u-2"), ("objects.name", "li4+wang5")],
    );
    check(
        "",
        json!({"object": {"type": "cluster", "id": "c-1"}, "changes": "{\"after\":1}"}),
        &[("object.id", "c-1"), ("object.type", "cluster"), ("changes", r#"{"after":1}"#)],
    );
    let mut table = table("");
    let first = table.map(&row(json!({"id": "not an id", "time": "x"})));
    let second = table.map(&row(json!({"id": "not an id", "time": "x"})));
    assert!(annals_record::is_event_id(first.record.id.as_ref().unwrap()));
    assert_ne!(first.record.id, second.record.id);
    assert!(second.record.origin.unwrap().contains("\"occurrence\":2"));
}

/// Mistakes in a map are named before anything is sent.
#[test]
fn wrong_maps() {
    let check = |map: &str, expected: &str| {
        let table = ImportMap::parse(map)
            .and_then(|map| Table::new(map, RowIds::new(b"test"), &[]))
            .map(|_| ());
        let error = table.unwrap_err();
        let cause = std::error::Error::source(&error).map(|cause| format!(": {cause}"));
        let text = format!("{error}{}", cause.unwrap_or_default());
        assert!(text.contains(expected), "{text:?} should say {expected:?}");
    };
    check("[colums]", "colums");
    check("[columns]\na = \"operatr\"", "did you mean `operator`?");
    check("[defaults]\nnothing_like_it = \"x\"", "no field");
    check("[values.request_data]\na = \"b\"", "only fields of text");
    check("[time]\nzone = \"Mars\"", "time zone");
    check("[time]\nformats = [\"x\"]", "time format");
    check("[objects]\nsplit = \"\"", "split");
    check("[file]\nformat = \"pdf\"", "pdf");
    check("[file]\ndelimiter = \"ab\"", "delimiter");
}

/// A table that can give no event is known by its headings.
#[test]
fn what_is_missing() {
    let check = |map: &str, headings: &[&str], expected: &[&str]| {
        let headings: Vec<Arc<str>> = headings.iter().map(|h| Arc::from(*h)).collect();
        assert_eq!(table(map).missing(&headings), expected, "{headings:?}");
    };
    check("", &["a", "b"], &["time", "operation", "operator"]);
    check("", &["时间", "操作类型", "用户名"], &[]);
    check("[defaults]\noperator = \"unknown\"", &["时间", "eventName"], &[]);
}
