//! Approvals as cases, through the whole program: several levels from request to deletion, an
//! own approval that is found, what a limited reader sees, and the generator's own cases.
#![allow(clippy::unwrap_used)]

mod house;

use std::collections::BTreeSet;

use house::{House, annals, generated};
use serde_json::{Value, json};

/// An event about an approval; `more` goes before what is usual.
fn event(id: &str, time: &str, operation: &str, operator: &str, more: Value) -> Value {
    let mut event = json!({
        "id": id, "time": format!("2026-11-{time}:00Z"), "operation": operation,
        "operator": operator, "source_ip": "10.0.0.8",
    });
    for (key, value) in more.as_object().unwrap() {
        event[key] = value.clone();
    }
    event
}

fn approval(id: &str) -> Value {
    json!({ "type": "approval", "id": id, "name": format!("AP {id}") })
}

/// Two levels, by two others, taken out and deleted by the platform; and one that its requester
/// approves under another account.
fn cases() -> String {
    let manifest = |level: u64| json!({ "level": level, "levels": 2, "files": 3, "bytes": 700, "manifest_sha256": "ab" });
    let of = |id: &str| json!([{ "type": "approval", "id": id, "role": "approval" }]);
    let lines = [
        event(
            "p",
            "01T07:00",
            "approval_policy.flow.edit",
            "admin",
            json!({
            "object": { "type": "approval_flow", "id": "flow" },
            "request_data": { "levels": 2, "keep_hours": 168 } }),
        ),
        event(
            "r1",
            "01T08:00",
            "approval.initiate",
            "li4",
            json!({
            "object": approval("good"), "request_data": manifest(0), "operator_id": "1004" }),
        ),
        event(
            "a1",
            "01T09:00",
            "approval.approve",
            "wu5",
            json!({
            "object": approval("good"), "request_data": manifest(1) }),
        ),
        event(
            "a2",
            "01T10:00",
            "approval.approve",
            "admin",
            json!({
            "object": approval("good"), "request_data": manifest(2), "source_ip": "10.0.0.9" }),
        ),
        event(
            "d1",
            "01T11:00",
            "file.download",
            "li4",
            json!({
            "object": { "type": "file", "id": "/share/x.zip" }, "related": of("good") }),
        ),
        event(
            "x1",
            "08T11:00",
            "approval_data.download_area.delete",
            "system",
            json!({
            "object": { "type": "approval_data", "id": "data-good" }, "related": of("good"),
            "cause_id": "p" }),
        ),
        event(
            "r2",
            "02T08:00",
            "approval.initiate",
            "li4",
            json!({
            "object": approval("bad/1"), "request_data": manifest(0), "operator_id": "1004" }),
        ),
        event(
            "a3",
            "02T09:00",
            "approval.approve",
            "deputy",
            json!({
            "object": approval("bad/1"), "request_data": manifest(1), "operator_id": "1004" }),
        ),
    ];
    lines.map(|line| line.to_string()).join("\n")
}

fn emitter(house: &House) -> String {
    let more = ["--may-be-system", "--region", "cn-shanghai", "--stack-id", "stk-01"];
    house.token_with("emitter", &more)
}

/// Every case of a list, page by page.
fn all(house: &House, reader: &str, list: &str) -> Vec<Value> {
    let (mut cases, mut path) = (Vec::new(), list.to_owned());
    // So many pages can't be needed.
    for _ in 0..50 {
        let (status, page) = house.get(reader, &path);
        assert_eq!(status, 200, "{page}");
        cases.extend(page["approvals"].as_array().unwrap().clone());
        let Some(next) = page["next"].as_str() else { return cases };
        path = format!("{list}&cursor={next}");
    }
    panic!("{list} has no end");
}

fn kinds(checks: &Value) -> Vec<&str> {
    checks.as_array().unwrap().iter().map(|check| check["kind"].as_str().unwrap()).collect()
}

// Protects: the whole case of several levels, found although the platform has deleted everything,
// with what was checked and a proof of each event; and that approving oneself is found by the id
// that survives a rename.
#[test]
fn a_case_from_request_to_deletion() {
    let house = House::start();
    let emitter = emitter(&house);
    let (status, kept) = house.post_events(&emitter, &cases());
    assert_eq!((status, &kept["accepted"]), (200, &json!(8)), "{kept}");
    let reader = house.token("auditor");

    let (status, list) = house.get(&reader, "/v1/approvals");
    assert_eq!(status, 200, "{list}");
    let brief = |case: &Value| {
        json!([case["id"], case["state"], case["level"], case["levels"], case["flags"]])
    };
    let briefs: Vec<_> = list["approvals"].as_array().unwrap().iter().map(brief).collect();
    let expected =
        [json!(["bad/1", "open", 1, 2, ["self_approval"]]), json!(["good", "deleted", 2, 2, []])];
    assert_eq!(briefs, expected);
    assert_eq!((&list["limited"], &list["next"]), (&json!(false), &Value::Null));
    let (_, found) = house.get(&reader, "/v1/approvals?finding=self_approval&state=open");
    assert_eq!(found["approvals"].as_array().unwrap().len(), 1);
    let (_, of_wu5) = house.get(&reader, "/v1/approvals?q=operator:wu5");
    assert_eq!(of_wu5["approvals"], json!([]));

    let (status, good) = house.get(&reader, "/v1/approvals/good");
    assert_eq!(status, 200, "{good}");
    assert_eq!(good["findings"], json!([]));
    assert_eq!(good["data"]["left"], "deleted");
    assert_eq!(good["policy"]["levels"], 2);
    let decisions = good["decisions"].as_array().unwrap();
    let decision = |of: &Value| {
        json!([of["level"], of["by"]["operator"], of["source_ip"], of["by_requester"]])
    };
    let decisions: Vec<_> = decisions.iter().map(decision).collect();
    let expected = [json!([1, "wu5", "10.0.0.8", false]), json!([2, "admin", "10.0.0.9", false])];
    assert_eq!(decisions, expected);
    let events = good["events"].as_array().unwrap();
    let parts: Vec<_> = events.iter().map(|event| event["part"].as_str().unwrap()).collect();
    assert_eq!(parts, ["request", "decision", "decision", "download", "deletion"]);
    assert_eq!(events[4]["cause"], good["policy"]["index"]);
    for event in events {
        let proof = house.send(&reader, "GET", event["proof"].as_str().unwrap(), &[], b"");
        assert_eq!(proof.status, 200, "{event}");
        assert!(proof.text().starts_with("c2sp.org/tlog-proof@v1"), "{}", proof.text());
    }

    let (_, bad) = house.get(&reader, "/v1/approvals/bad%2F1");
    assert_eq!(kinds(&bad["findings"]), ["self_approval"]);
    let shown = &bad["findings"][0];
    assert_eq!(shown["result"], "found");
    let indexes = bad["events"].as_array().unwrap().iter();
    let indexes: Vec<_> = indexes.map(|of| of["event"]["index"].clone()).collect();
    assert_eq!(shown["events"], json!(indexes));
    assert_eq!(bad["decisions"][0]["by_requester"], true);
}

// Protects: what is out of scope looks like what does not exist, and where a scope hides part of
// a case nothing is called right.
#[test]
fn a_limited_reader_is_told_so() {
    let house = House::start();
    let emitter = emitter(&house);
    let (status, kept) = house.post_events(&emitter, &cases());
    assert_eq!((status, &kept["accepted"]), (200, &json!(8)), "{kept}");
    let scoped = |scope: &str| house.token_with("auditor", &["--scope", scope]);
    let elsewhere = scoped("service:desktops");
    let (status, hidden) = house.get(&elsewhere, "/v1/approvals/good");
    let (nowhere_status, nowhere) = house.get(&elsewhere, "/v1/approvals/nowhere");
    assert_eq!((status, nowhere_status), (404, 404));
    assert_eq!((&hidden["code"], &hidden["detail"]), (&nowhere["code"], &nowhere["detail"]));
    let (_, list) = house.get(&elsewhere, "/v1/approvals");
    assert_eq!((&list["approvals"], &list["limited"]), (&json!([]), &json!(true)));

    let own = scoped("operator:wu5");
    let (status, seen) = house.get(&own, "/v1/approvals/good");
    assert_eq!((status, &seen["limited"]), (200, &json!(true)), "{seen}");
    assert_eq!(seen["events"].as_array().unwrap().len(), 1);
    assert!(!seen.to_string().contains("li4"), "{seen}");
    assert_eq!(kinds(&seen["findings"]), ["decision_without_request"]);
    assert_eq!(seen["findings"][0]["result"], "possible");
    let results = seen["checks"].as_array().unwrap().iter().map(|check| &check["result"]);
    assert!(results.clone().all(|result| result != "held"), "{seen}");
}

// Protects: the generator's approvals are whole cases, and nothing is found in those that went after
// the book.
#[test]
fn generated_cases_hang_together() {
    const EVENTS: u64 = 20_000;
    let house = House::start();
    let emitter = house.token_with("emitter", &["--may-be-system"]);
    let (status, kept) = house.post_events(&emitter, &generated(EVENTS, 11));
    assert_eq!((status, &kept["accepted"]), (200, &json!(EVENTS)));
    let reader = house.token("auditor");
    let cases = all(&house, &reader, "/v1/approvals?limit=200");
    let (_, asked) = house.get(&reader, "/v1/count?q=operation:approval.initiate");
    assert_eq!(json!(cases.len()), asked["count"]);
    assert!(cases.len() > 50, "{}", cases.len());
    let is_one = |key: &str, word| cases.iter().any(|case| case[key] == word);
    for state in ["open", "approved", "deleted", "expired"] {
        assert!(is_one("state", state), "no case is {state}");
    }
    for decision in ["approved", "rejected"] {
        assert!(is_one("decision", decision), "no case was {decision}");
    }
    let expected = ["flow_changed_after_request"];
    for case in &cases {
        let flags = case["flags"].as_array().unwrap();
        let is_expected = |flag: &Value| expected.contains(&flag.as_str().unwrap());
        assert!(flags.iter().all(is_expected), "{case}");
    }
}

// Protects: of a company in which somebody approves their own requests, exactly these are found.
#[test]
fn labelled_own_approvals_are_found() {
    let house = House::start();
    let labels = house.path("labels.ndjson");
    let output = annals(&[
        "generate",
        "--events",
        "20000",
        "--seed",
        "3",
        "--until",
        "2026-11-22T00:00:00Z",
        "--scenarios",
        "--labels",
        labels.to_str().unwrap(),
    ]);
    let lines = String::from_utf8(output.stdout).unwrap();
    let labelled = std::fs::read_to_string(labels).unwrap();
    let own: BTreeSet<String> = labelled
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap())
        .filter(|label| label["scenario"] == "self_approval")
        .map(|label| label["id"].as_str().unwrap().to_owned())
        .collect();
    let expected: BTreeSet<String> = lines
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap())
        .filter(|event| own.contains(event["id"].as_str().unwrap()))
        .filter(|event| event["operation"] == "approval.approve")
        .map(|event| event["object"]["id"].as_str().unwrap().to_owned())
        .collect();
    assert!(!expected.is_empty());
    let emitter = house.token_with("emitter", &["--may-be-system"]);
    assert_eq!(house.post_events(&emitter, &lines).0, 200);
    let reader = house.token("auditor");
    let found = all(&house, &reader, "/v1/approvals?limit=200&finding=self_approval");
    let found: BTreeSet<String> =
        found.iter().map(|case| case["id"].as_str().unwrap().to_owned()).collect();
    assert_eq!(found, expected);
}
