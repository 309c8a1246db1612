//! Two-phase operations from outside, sentence by sentence of the contract: intent and outcome are
//! two leaves and one event, closed once and only by who began it.
#![allow(clippy::unwrap_used)]

mod house;

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpStream;

use house::{House, annals, annals_with, event};
use serde_json::{Value, json};

const BEGIN: &str = "/v1/operations";

fn begin(house: &House, token: &str, id: &str) -> u64 {
    let (status, answer) = house.call(token, "POST", BEGIN, event(id).as_bytes());
    assert_eq!((status, &answer["id"]), (201, &id.into()), "{answer}");
    answer["index"].as_u64().unwrap()
}

fn end(house: &House, token: &str, id: &str, outcome: &Value) -> (u16, Value) {
    let path = format!("{BEGIN}/{id}/outcome");
    house.call(token, "POST", &path, outcome.to_string().as_bytes())
}

fn success() -> Value {
    json!({"outcome": "success"})
}

/// The events of a listing of `c-{id}`'s.
fn listed(house: &House, reader: &str, order: &str) -> Vec<Value> {
    let path = format!("/v1/events?q=service:hpc-clusters&order={order}");
    house.get(reader, &path).1["events"].as_array().unwrap().clone()
}

/// Protects: it lists, counts and facets once, at the intent's time and index, `pending` until the
/// outcome arrives; in order of index it comes again with `updates`; what the outcome says of the
/// end and the objects stands in the event.
#[test]
fn two_leaves_are_one_event() {
    let house = House::start();
    let (emitter, reader) = (house.token("emitter"), house.token("auditor"));
    let intent = begin(&house, &emitter, "op-1");
    let open = house.get(&reader, "/v1/operations?open=true").1;
    assert_eq!(open["operations"][0]["event"]["id"], "op-1", "{open}");
    assert_eq!(listed(&house, &reader, "time")[0]["outcome"], "pending");

    let outcome = json!({
        "outcome": "failure", "reason": "no quota", "duration_ms": 1200,
        "objects": [{"type": "cluster", "id": "c-7", "outcome": "failure"}],
        "changes": {"before": null, "after": {"nodes": 0}},
    });
    let (status, answer) = end(&house, &emitter, "op-1", &outcome);
    assert_eq!(status, 200, "{answer}");
    let closed = answer["index"].as_u64().unwrap();
    assert!(closed > intent && answer["checkpoint"].as_str().unwrap().contains('—'));

    for order in ["time", "-time"] {
        let events = listed(&house, &reader, order);
        assert_eq!(events.len(), 1, "{order}");
        let event = &events[0];
        assert_eq!((&event["index"], &event["updates"]), (&intent.into(), &Value::Null));
        assert_eq!((&event["outcome"], &event["reason"]), (&"failure".into(), &"no quota".into()));
        assert_eq!((&event["duration_ms"], &event["operator"]), (&1200.into(), &"zhang3".into()));
        assert_eq!((&event["time"], &event["objects"][0]["id"]), (&time(), &"c-7".into()));
    }
    let again = listed(&house, &reader, "index");
    let places: Vec<_> = again.iter().map(|event| (&event["index"], &event["updates"])).collect();
    assert_eq!(places, [(&intent.into(), &Value::Null), (&closed.into(), &intent.into())]);
    let count = |q: &str| house.get(&reader, &format!("/v1/count?q={q}")).1["count"].clone();
    assert_eq!(count("service:hpc-clusters"), 1);
    assert_eq!((count("outcome:pending"), count("outcome:failure")), (0.into(), 1.into()));
    let facets = house.get(&reader, "/v1/facets?fields=outcome&q=service:hpc-clusters").1;
    let values = &facets["facets"]["outcome"]["values"];
    assert_eq!(values, &json!([{"value": "failure", "count": 1}]), "{facets}");
    let open = house.get(&reader, "/v1/operations?open=true").1;
    assert_eq!(open["operations"], json!([]));
    assert_eq!(house.verify(&[]).status.code(), Some(0));
}

fn time() -> Value {
    "2026-11-20T08:30:00.000000000Z".into()
}

/// Protects: exactly once. The same again gets the same answer, whichever of the two it is; other
/// content under the id, and a second outcome, are conflicts and change nothing.
#[test]
fn repeated_requests_change_nothing() {
    let house = House::start();
    let (emitter, reader) = (house.token("emitter"), house.token("auditor"));
    let intent = begin(&house, &emitter, "op-1");
    assert_eq!(begin(&house, &emitter, "op-1"), intent);
    let other = event("op-1").replace("zhang3", "li4");
    let (status, answer) = house.call(&emitter, "POST", BEGIN, other.as_bytes());
    assert_eq!((status, &answer["code"]), (409, &"id_conflict".into()));
    let (status, first) = end(&house, &emitter, "op-1", &success());
    let (again, second) = end(&house, &emitter, "op-1", &success());
    assert_eq!((status, again, &first["index"]), (200, 200, &second["index"]));
    let (status, answer) = end(&house, &emitter, "op-1", &json!({"outcome": "denied"}));
    assert_eq!((status, &answer["code"]), (409, &"already_closed".into()));
    // The intent again, after its end: still the same.
    assert_eq!(begin(&house, &emitter, "op-1"), intent);
    assert_eq!(house.get(&reader, "/v1/events/op-1").1["outcome"], "success");
    assert_eq!(listed(&house, &reader, "index").len(), 2);
}

/// Protects: of many who close at once, each with another outcome, one is heard.
#[test]
fn one_of_many_closers_wins() {
    let house = House::start();
    let emitter = house.token("emitter");
    begin(&house, &emitter, "op-1");
    let close = |number: u64| {
        end(&house, &emitter, "op-1", &json!({"outcome": "success", "duration_ms": number})).0
    };
    let mut statuses = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..8).map(|number| scope.spawn(move || close(number))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect::<Vec<_>>()
    });
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409, 409, 409, 409, 409, 409, 409]);
}

/// Protects: only the intent's emitter closes it; for everybody else it does not exist, and neither
/// does what is no intent.
#[test]
fn only_the_emitter_finds_it() {
    let house = House::start();
    let (emitter, other) = (house.token("emitter"), house.token("emitter"));
    begin(&house, &emitter, "op-1");
    assert_eq!(house.post_events(&emitter, &event("whole")).0, 200);
    let body = |token: &str, id: &str| {
        let (status, mut answer) = end(&house, token, id, &success());
        answer.as_object_mut().unwrap().remove("request_id");
        (status, answer)
    };
    let nothing = body(&emitter, "op-2");
    assert_eq!((nothing.0, &nothing.1["code"]), (404, &"not_found".into()));
    assert_eq!(body(&other, "op-1"), nothing);
    assert_eq!(body(&emitter, "whole"), nothing);
    // Nor does a bad body tell that it exists.
    let path = format!("{BEGIN}/op-1/outcome");
    assert_eq!(house.call(&other, "POST", &path, b"no JSON").0, 404);
    assert_eq!(house.call("", "POST", &path, b"no JSON").0, 401);
    assert_eq!(house.call(&house.token("auditor"), "POST", &path, b"no JSON").0, 403);
    assert_eq!(end(&house, &emitter, "op-1", &success()).0, 200);
}

/// Protects: what is refused, with its code and field; nothing of it is kept.
#[test]
fn faults_are_named() {
    let house = House::start();
    let (emitter, reader) = (house.token("emitter"), house.token("auditor"));
    begin(&house, &emitter, "op-1");
    let kept = || house.get(&reader, "/v1/count?q=-service:audit-log").1["count"].clone();
    assert_eq!(kept(), 1);
    let with = |text: &str| event("op-2").replace("\"operator\"", &format!("{text},\"operator\""));
    let outcomes = format!("{BEGIN}/op-1/outcome");
    for (path, body, code, field) in [
        (BEGIN, with(r#""outcome":"success""#), "bad_value", "outcome"),
        (BEGIN, with(r#""emitter":"x""#), "unknown_field", "emitter"),
        (BEGIN, event("op-2").replace("create", "craete"), "unknown_operation", "operation"),
        (&outcomes, r#"{"reason":"x"}"#.into(), "missing_field", "outcome"),
        (&outcomes, r#"{"outcome":"pending"}"#.into(), "bad_value", "outcome"),
        (&outcomes, r#"{"outcome":"success","operator":"x"}"#.into(), "unknown_field", "operator"),
    ] {
        let (status, answer) = house.call(&emitter, "POST", path, body.as_bytes());
        let fault = &answer["rejected"][0];
        assert_eq!(status, 422, "{answer}");
        assert_eq!((&fault["code"], &fault["field"]), (&code.into(), &field.into()), "{body}");
    }
    for (path, body) in [(BEGIN, "[]"), (&outcomes, ""), (BEGIN, "{}\n{}")] {
        let (status, answer) = house.call(&emitter, "POST", path, body.as_bytes());
        assert_eq!((status, &answer["code"]), (400, &"bad_body".into()), "{body}");
    }
    assert_eq!(kept(), 1);
}

/// Protects: an outcome that does not come in time leaves `unknown`, and a late true one corrects
/// it; its proof holds both leaves and is checked offline, from the server and from the folder.
#[test]
fn a_late_outcome_corrects_and_is_proved() {
    let house = House::start();
    let (emitter, reader) = (house.token("emitter"), house.token("auditor"));
    // Its time lies more than the limit of four hours back.
    begin(&house, &emitter, "op-1");
    assert_eq!(house.get(&reader, "/v1/events/op-1").1["outcome"], "unknown");
    let vkey = String::from_utf8(house.send("", "GET", "/log/vkey", &[], b"").body).unwrap();
    let vkey = vkey.lines().next().unwrap().to_owned();
    let proved = |text: &[u8]| {
        let file = house.path("op.tlog-proof");
        std::fs::write(&file, text).unwrap();
        let output = annals(&["verify", file.to_str().unwrap(), "--key", &vkey, "--json"]);
        let answer = serde_json::from_slice(&output.stdout).unwrap_or(Value::Null);
        (output.status.code().unwrap(), answer)
    };
    let open = house.send(&reader, "GET", "/v1/events/op-1/proof", &[], b"");
    let (code, answer) = proved(&open.body);
    assert_eq!((code, &answer["outcome"]), (0, &Value::Null));

    assert_eq!(end(&house, &emitter, "op-1", &success()).0, 200);
    assert_eq!(house.get(&reader, "/v1/events/op-1").1["outcome"], "success");
    let closed = house.send(&reader, "GET", "/v1/events/op-1/proof", &[], b"");
    let (code, answer) = proved(&closed.body);
    assert_eq!((code, &answer["verdict"]), (0, &"PROVED".into()));
    assert_eq!(answer["core"]["phase"], "intent");
    assert_eq!(answer["outcome"]["core"]["of"], "op-1");
    assert_eq!(answer["outcome"]["core"]["outcome"], "success");
    let file = house.path("folder.tlog-proof");
    let (data, out) = (house.data(), file.to_str().unwrap());
    let made = annals(&["proof", "op-1", "--data", data.to_str().unwrap(), "--out", out]);
    assert_eq!(made.status.code(), Some(0));
    assert_eq!(proved(&std::fs::read(&file).unwrap()).1["outcome"]["core"]["of"], "op-1");

    // The outcome of another operation proves nothing about this one.
    begin(&house, &emitter, "op-2");
    let foreign = house.send(&reader, "GET", "/v1/events/op-2/proof", &[], b"");
    let forged = [open.body, foreign.body].concat();
    assert_eq!(proved(&forged).0, 1);
}

/// Protects: a listener gets the event again when its outcome is kept, and resumes over it.
#[test]
fn the_tail_tells_the_end() {
    let house = House::start();
    let (emitter, reader) = (house.token("emitter"), house.token("auditor"));
    let intent = begin(&house, &emitter, "op-1");
    let mut stream = TcpStream::connect(&house.address).unwrap();
    let path = "/v1/tail?q=service:hpc-clusters";
    let last = intent.to_string();
    let head = format!(
        "GET {path} HTTP/1.1\r\nhost: a\r\nauthorization: Bearer {reader}\r\nlast-event-id: {last}\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).unwrap();
    let closed = end(&house, &emitter, "op-1", &success()).1["index"].clone();
    let mut lines = BufReader::new(stream).lines();
    let mut told = lines.by_ref().filter_map(|line| {
        let data: Value = serde_json::from_str(line.unwrap().strip_prefix("data:")?).ok()?;
        data["id"].is_string().then_some(data)
    });
    let told = told.next().unwrap();
    assert_eq!((&told["index"], &told["updates"]), (&closed, &intent.into()));
    assert_eq!((&told["id"], &told["outcome"]), (&"op-1".into(), &"success".into()));
}

/// Protects: with views off operations begin, end and are read by id all the same; and none of it
/// is lost by a crash.
#[test]
fn no_view_is_needed() {
    let mut house = House::closed();
    let off = [("ANNALS_VIEWS_ENABLED", "false")];
    house.serve_with(&off);
    let (emitter, reader) = (house.token("emitter"), house.token("auditor"));
    begin(&house, &emitter, "op-1");
    house.kill();
    house.serve_with(&off);
    assert_eq!(end(&house, &emitter, "op-1", &success()).0, 200);
    house.kill();
    house.serve_with(&off);
    assert_eq!(house.get(&reader, "/v1/events/op-1").1["outcome"], "success");
    let (status, answer) = end(&house, &emitter, "op-1", &json!({"outcome": "failure"}));
    assert_eq!((status, &answer["code"]), (409, &"already_closed".into()));
}

/// Protects: the shell's way: begin prints the id, finish takes it, exit codes say yes or no.
#[test]
fn from_a_shell() {
    let house = House::start();
    let (emitter, reader) = (house.token("emitter"), house.token("auditor"));
    let server = format!("http://{}", house.address);
    let run = |args: &[&str]| {
        let env = [("ANNALS_TOKEN", emitter.as_str()), ("ANNALS_SERVER", server.as_str())];
        let output = annals_with(args, &env, b"");
        (output.status.code().unwrap(), String::from_utf8(output.stdout).unwrap())
    };
    let args = ["record", "--begin", "--operation", "cluster.create", "--operator", "zhang3"];
    let (code, id) = run(&args);
    let id = id.trim();
    assert_eq!(code, 0);
    assert_eq!(house.get(&reader, &format!("/v1/events/{id}")).1["outcome"], "pending");
    let object = "cluster:c-9:render farm";
    let finish = |outcome: &str| {
        run(&["record", "--finish", id, "--outcome", outcome, "--object", object]).0
    };
    assert_eq!((finish("success"), finish("success"), finish("failure")), (0, 0, 1));
    let event = house.get(&reader, &format!("/v1/events/{id}")).1;
    assert_eq!((&event["outcome"], &event["object"]["id"]), (&"success".into(), &"c-9".into()));
    let bad = run(&["record", "--begin", "--operation", "cluster.craete", "--operator", "z"]);
    assert_eq!(bad.0, 1);
}
