//! Searching from outside: the examples of the guide on generated events, the command line's
//! forms, its errors, and what a limited token sees.
#![allow(clippy::unwrap_used)]

mod house;

use house::{House, annals, annals_with, generated};
use serde_json::Value;

const EVENTS: u64 = 3_000;
/// Frames that a ledger keeps for reading, at most.
const FRAMES_KEPT: usize = 64;

/// A house with generated events, a reader's token, and the events.
fn filled() -> (House, String, Vec<Value>) {
    let house = House::start();
    let emitter = house.token_with("emitter", &["--may-be-system"]);
    let lines = generated(EVENTS, 5);
    let (status, answer) = house.post_events(&emitter, &lines);
    assert_eq!((status, &answer["accepted"]), (200, &EVENTS.into()), "{answer}");
    let events = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let reader = house.token("auditor");
    (house, reader, events)
}

/// Runs `annals ARGS` as a reader of the house.
fn run(house: &House, token: &str, args: &[&str]) -> (i32, String, String) {
    let server = format!("http://{}", house.address);
    let env = [("ANNALS_TOKEN", token), ("ANNALS_SERVER", server.as_str())];
    let output = annals_with(args, &env, b"");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

fn encode(q: &str) -> String {
    q.bytes().map(|byte| format!("%{byte:02x}")).collect()
}

fn text<'e>(event: &'e Value, field: &str) -> &'e str {
    event[field].as_str().unwrap_or_default()
}

/// What was typed for an account that does not exist is shown to nobody, and neither found nor
/// told apart by denying it: a term on such a field is unknown, and what is unknown is no hit.
fn is_masked(event: &Value) -> bool {
    text(event, "operation") == "user.login_unknown"
}

fn objects(event: &Value) -> Vec<&Value> {
    let one = event.get("object").into_iter();
    one.chain(event.get("objects").and_then(Value::as_array).into_iter().flatten()).collect()
}

// Protects: every kind of term that the filter knows finds what a plain look at the events finds,
// through the whole program.
#[test]
fn examples_find_what_a_plain_look_finds() {
    let (house, token, events) = filled();
    let operator = text(&events[0], "operator").to_owned();
    let object = events.iter().flat_map(objects).find(|o| o["id"].is_string()).unwrap();
    let (kind, id) = (object["type"].as_str().unwrap(), object["id"].as_str().unwrap());
    let address = text(events.iter().find(|e| e["source_ip"].is_string()).unwrap(), "source_ip");
    let session = events.iter().find(|e| e["session_id"].is_string());
    type Holds<'h> = Box<dyn Fn(&Value) -> bool + 'h>;
    let mut cases: Vec<(String, Holds<'_>)> = vec![
        (String::new(), Box::new(|_| true)),
        ("service:hpc-clusters".into(), Box::new(|e| text(e, "service") == "hpc-clusters")),
        ("operation:cluster.*".into(), Box::new(|e| text(e, "operation").starts_with("cluster."))),
        (format!("operator:{operator}"), Box::new(|e| text(e, "operator") == operator)),
        (
            format!("操作人：{}", operator.to_uppercase()),
            Box::new(|e| text(e, "operator").eq_ignore_ascii_case(&operator)),
        ),
        (
            "-outcome:success".into(),
            Box::new(|e| !e["outcome"].is_null() && text(e, "outcome") != "success"),
        ),
        (
            format!("user:{operator}"),
            Box::new(|e| text(e, "operator") == operator || text(e, "username") == operator),
        ),
        (
            format!("object.type:{kind} object.id:{id}"),
            Box::new(|e| objects(e).iter().any(|o| o["type"] == kind && o["id"] == id)),
        ),
        (
            format!("-object.id:{id}"),
            Box::new(|e| !is_masked(e) && objects(e).iter().all(|o| o["id"] != id)),
        ),
        (format!("source_ip:{address}"), Box::new(|e| text(e, "source_ip") == address)),
        ("source_ip:10.0.0.0/8".into(), Box::new(|e| text(e, "source_ip").starts_with("10."))),
        ("reason:*".into(), Box::new(|e| !is_masked(e) && !text(e, "reason").is_empty())),
        ("-reason:*".into(), Box::new(|e| !is_masked(e) && text(e, "reason").is_empty())),
        ("duration_ms>500".into(), Box::new(|e| e["duration_ms"].as_u64() > Some(500))),
        ("request_data.nodes:4".into(), Box::new(|e| e["request_data"]["nodes"] == 4)),
    ];
    if let Some(session) = session.map(|event| text(event, "session_id").to_owned()) {
        let q = format!("session_id:{session}");
        cases.push((q, Box::new(move |e| text(e, "session_id") == session)));
    }
    // The server's own acts are events too, and none of these.
    for (q, holds) in &cases {
        let expected = events.iter().filter(|event| holds(event)).count();
        let whole = format!("({q}) -service:audit-log").replace("() ", "");
        let (status, answer) = house.get(&token, &format!("/v1/count?q={}", encode(&whole)));
        assert_eq!((status, &answer["count"]), (200, &expected.into()), "{q}: {answer}");
    }
    for q in [
        "severity:high",
        "time>=now-7d",
        "time:2026-11-01..2026-11-07",
        "\"mkfs /dev\"",
        "cuda",
        "结果.dat",
        "*partition*",
        "request_data:*10.2.3*",
        "object:\"render farm\"",
        "服务:HPC集群 NOT (操作人:zhang3 OR li4)",
    ] {
        let (status, answer) = house.get(&token, &format!("/v1/count?q={}", encode(q)));
        assert_eq!(status, 200, "{q}: {answer}");
    }
}

// Protects: who asks for it is told how far a count is; the last line is the answer itself.
#[test]
fn a_count_tells_how_far_it_is() {
    let (house, token, _) = filled();
    let path = format!("/v1/count?q={}", encode("*a* -service:audit-log"));
    let (_, plain) = house.get(&token, &path);
    let ndjson = [("accept", "application/x-ndjson")];
    let answer = house.send(&token, "GET", &path, &ndjson, b"");
    assert_eq!(answer.status, 200);
    assert!(answer.headers.contains("application/x-ndjson"), "{}", answer.headers);
    let text = answer.text();
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let (last, before) = lines.split_last().unwrap();
    assert_eq!(last["count"], plain["count"], "{text}");
    assert!(before.iter().all(|line| line["looked_at"].as_u64() <= line["to_look_at"].as_u64()));
    let wrong = house.send(&token, "GET", "/v1/count?q=operater:x", &ndjson, b"");
    assert_eq!((wrong.status, &wrong.json()["code"]), (400, &"bad_filter".into()));
}

// Protects: what the command line promises of its forms; stdout carries only the answer.
#[test]
fn forms_of_the_answer() {
    let (house, token, events) = filled();
    let operator = text(&events[0], "operator");
    let q = format!("operator:{operator} -service:audit-log");
    let all: Vec<&Value> = events.iter().filter(|e| text(e, "operator") == operator).collect();
    let (code, count, _) = run(&house, &token, &["search", &q, "--count"]);
    assert_eq!((code, count.trim()), (0, all.len().to_string().as_str()));
    let (code, lines, hint) = run(&house, &token, &["search", &q, "--all"]);
    assert_eq!((code, lines.lines().count()), (0, all.len()), "{hint}");
    let first: Value = serde_json::from_str(lines.lines().next().unwrap()).unwrap();
    assert_eq!(first["operator"], operator);
    let (_, array, _) = run(&house, &token, &["search", &q, "--all", "--format", "json"]);
    let array: Value = serde_json::from_str(&array).unwrap();
    assert_eq!(array.as_array().unwrap().len(), all.len());
    let csv =
        ["search", &q, "--all", "--format", "csv", "--columns", "操作人,time", "--lang", "zh"];
    let (_, csv, _) = run(&house, &token, &csv);
    assert_eq!(csv.lines().next(), Some("操作人,操作时间"));
    assert_eq!(csv.lines().count(), all.len() + 1);
    let table = ["search", &q, "--limit", "3", "--format", "table", "--tz", "UTC", "--lang", "en"];
    let (code, table, hint) = run(&house, &token, &table);
    assert_eq!((code, table.lines().count()), (0, 4), "{table}");
    assert!(hint.contains("--limit"), "{hint}");
    let (code, facet, _) = run(&house, &token, &["search", "--facet", "operator", "--json"]);
    let facet: Value = serde_json::from_str(&facet).unwrap();
    assert!(code == 0 && facet["facets"]["operator"]["distinct"].as_u64() > Some(1));
    let picked = ["search", &q, "--limit", "1", "--columns", "operator,index"];
    let (_, picked, _) = run(&house, &token, &picked);
    let picked: Value = serde_json::from_str(&picked).unwrap();
    assert_eq!((picked.as_object().unwrap().len(), &picked["operator"]), (2, &operator.into()));
    assert!(picked["index"].is_u64());
    let file = house.path("found.ndjson");
    let out = ["search", &q, "--all", "--out", file.to_str().unwrap()];
    let (code, stdout, _) = run(&house, &token, &out);
    assert_eq!((code, stdout.as_str()), (0, ""));
    assert_eq!(std::fs::read_to_string(file).unwrap(), lines);
}

// An empty answer is an answer; a filter that cannot be read is wrong usage and shows the place.
#[test]
fn ends_of_a_search() {
    let house = House::start();
    let token = house.token("viewer");
    let (code, stdout, hint) = run(&house, &token, &["search", "operator:nobody"]);
    assert_eq!((code, stdout.as_str()), (0, ""));
    assert!(hint.contains("nothing found"), "{hint}");
    let (code, stdout, error) = run(&house, &token, &["search", "operater:zhang3"]);
    assert_eq!((code, stdout.as_str()), (2, ""));
    assert!(error.contains("operator") && error.contains("\n  operater:zhang3\n  ^"), "{error}");
    let (code, _, error) = run(&house, &token, &["search", "-outcome:success severity:high"]);
    assert_eq!(code, 0, "{error}");
    for args in [
        &["search", "x", "--from", "soon"][..],
        &["search", "x", "--tz", "Moon"],
        &["search", "x", "--columns", "nothing"],
        &["search", "--form", "7d"],
        &["search", "x", "--order", "newest"],
    ] {
        let (code, stdout, error) = run(&house, &token, args);
        assert_eq!((code, stdout.as_str()), (2, ""), "{args:?}: {error}");
    }
    let emitter = house.token("emitter");
    let (code, _, _) = run(&house, &emitter, &["search", "x"]);
    assert_eq!(code, 1);
}

// Protects: a scope is read when the token is made, kept with codes for names, and obeyed.
#[test]
fn scopes_of_tokens() {
    let (house, _, events) = filled();
    let data = house.data();
    let data = data.to_str().unwrap();
    let create = |scope| {
        let name = ["--role", "viewer", "--name", "limited", "--scope", scope, "--json"];
        annals(&[&["token", "create", "--data", data][..], &name].concat())
    };
    for (scope, place) in [("source_ip:10.0.0.1", "^"), ("servce:users", "^"), ("cuda", "^")] {
        let output = create(scope);
        let error = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{scope}");
        assert!(output.stdout.is_empty() && error.contains(place), "{error}");
    }
    let made: Value = serde_json::from_slice(&create("服务:HPC集群").stdout).unwrap();
    assert_eq!(made["scope"], "service:hpc-clusters");
    let token = made["token"].as_str().unwrap();
    let (_, count, _) = run(&house, token, &["search", "--count"]);
    let expected = events.iter().filter(|e| text(e, "service") == "hpc-clusters").count();
    assert_eq!(count.trim(), expected.to_string());
    let other = events.iter().find(|e| text(e, "service") != "hpc-clusters").unwrap();
    let (status, _) = house.get(token, &format!("/v1/events/{}", text(other, "id")));
    assert_eq!(status, 404);
}

// Protects: what damage hides is told on stderr, whatever was asked.
#[test]
fn what_is_not_all_there_is_says_so() {
    use std::os::unix::fs::FileExt as _;
    let house = House::start();
    let emitter = house.token("emitter");
    let reader = house.token("auditor");
    let segments = house.data().join("ledger/segments");
    let segment = house::files_below(&segments).pop().unwrap();
    // Behind what was written are zeros.
    let end = || std::fs::read(&segment).unwrap().iter().rposition(|byte| *byte != 0).unwrap();
    let start = end();
    let lines: Vec<String> =
        (0..40).map(|number| house::event(&format!("e{number}")).replace("c-e", "c")).collect();
    assert_eq!(house.post_events(&emitter, &lines.join("\n")).0, 200);
    let end_of_events = end();
    let commands: [&[&str]; 3] = [
        &["history", "cluster", "c7"],
        &["profile", "zhang3", "--from", "3000d"],
        &["search", "operator:zhang3"],
    ];
    for command in commands {
        let (code, _, hint) = run(&house, &reader, command);
        assert!(code == 0 && !hint.contains("not all there is"), "{command:?}: {hint}");
    }
    let file = std::fs::OpenOptions::new().read(true).write(true).open(&segment).unwrap();
    let (mut byte, place) = ([0], start.midpoint(end_of_events) as u64);
    file.read_exact_at(&mut byte, place).unwrap();
    file.write_all_at(&[byte[0] ^ 1], place).unwrap();
    // The server keeps the newest frames it read, and each request is one.
    for number in 0..=FRAMES_KEPT {
        let line = house::event(&format!("beside{number}")).replace("zhang3", "li4");
        assert_eq!(house.post_events(&emitter, &line).0, 200);
        assert_eq!(house.get(&reader, &format!("/v1/events/beside{number}")).0, 200);
    }
    for command in commands {
        let (code, _, hint) = run(&house, &reader, command);
        assert_eq!((code, hint.matches("not all there is").count()), (0, 1), "{command:?}: {hint}");
        assert!(hint.contains("damaged"), "{command:?}: {hint}");
    }
}

// Protects: histories and profiles say something true to people and to programs.
#[test]
fn lives_and_profiles() {
    let (house, token, events) = filled();
    let object = events.iter().flat_map(objects).find(|o| o["id"].is_string()).unwrap();
    let (kind, id) = (object["type"].as_str().unwrap(), object["id"].as_str().unwrap());
    let of_it = |e: &&Value| {
        let related = e["related"].as_array().into_iter().flatten();
        objects(e).into_iter().chain(related).any(|o| o["type"] == kind && o["id"] == id)
    };
    let expected = events.iter().filter(of_it).count();
    let (code, lines, error) = run(&house, &token, &["history", kind, id, "--json"]);
    assert_eq!((code, lines.lines().count()), (0, expected), "{error}");
    let (code, told, _) =
        run(&house, &token, &["history", kind, id, "--format", "table", "--lang", "en"]);
    assert!(code == 0 && told.starts_with(&format!("{kind} {id}")), "{told}");
    let succeeded = events.iter().filter(of_it).filter(|e| e["outcome"] == "success").count();
    let file = house.path("life.csv");
    let columns = "time,操作人,outcome";
    let csv = ["history", kind, id, "outcome:success", "--columns", columns, "--out"];
    let (code, nothing, error) =
        run(&house, &token, &[&csv[..], &[file.to_str().unwrap()]].concat());
    assert_eq!((code, nothing.as_str()), (0, ""), "{error}");
    let csv = std::fs::read_to_string(&file).unwrap();
    assert_eq!(csv.lines().count(), 1 + succeeded, "{csv}");
    let (code, lines, hint) = run(&house, &token, &["history", kind, id, "--limit", "1"]);
    assert_eq!((code, lines.lines().count()), (0, 1), "{hint}");
    assert_eq!(hint.contains("--limit"), expected > 1, "{hint}");
    let operator = text(&events[0], "operator");
    let profile = ["profile", operator, "operation:no.such*", "--from", "3000d", "--json"];
    let (code, profile, error) = run(&house, &token, &profile);
    assert_eq!(code, 0, "{error}");
    let profile: Value = serde_json::from_str(&profile).unwrap();
    assert_eq!(profile["events"], 0, "{profile}");
    let profile = ["profile", operator, "--from", "3000d", "--json"];
    let (code, profile, error) = run(&house, &token, &profile);
    assert_eq!(code, 0, "{error}");
    let profile: Value = serde_json::from_str(&profile).unwrap();
    assert_eq!(profile["week"].as_array().unwrap().len(), 168);
    assert!(profile["events"].as_u64() > Some(0));
    let (code, told, _) = run(&house, &token, &["profile", operator, "--from", "3000d"]);
    assert!(code == 0 && told.starts_with(operator), "{told}");
    let nothing_found = |args: &[&str], said: &str| {
        let (code, nothing, hint) = run(&house, &token, args);
        assert_eq!((code, nothing.as_str()), (0, ""), "{hint}");
        assert!(hint.contains(said), "{hint}");
    };
    nothing_found(&["history", "cluster", "nowhere"], "nothing is known of it");
    nothing_found(&["history", kind, id, "operation:no.such*"], "without filter");
}
