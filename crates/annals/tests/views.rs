//! `annals views rebuild` from outside: the index anew, with the same answers.
#![allow(clippy::unwrap_used)]

mod house;

use house::{House, annals, generated};
use serde_json::Value;

const EVENTS: u64 = 2_000;

/// Rebuilds the views; the exit code, what was told, and the complaint.
fn rebuild(house: &House) -> (i32, Value, String) {
    let data = house.data();
    let output = annals(&["views", "rebuild", "--json", "--data", data.to_str().unwrap()]);
    let told = serde_json::from_slice(&output.stdout).unwrap_or(Value::Null);
    let error = String::from_utf8(output.stderr).unwrap();
    (output.status.code().unwrap(), told, error)
}

/// Answers that come from every kind of column of the index.
fn answers(house: &House, token: &str) -> Vec<Value> {
    let of = |path: &str| {
        let (status, answer) = house.get(token, path);
        assert_eq!(status, 200, "{path}: {answer}");
        ["count", "facets", "buckets"].map(|key| answer[key].clone())
    };
    [
        "/v1/count?q=-service:audit-log",
        "/v1/count?q=-service:audit-log%20outcome:failure",
        "/v1/count?q=-service:audit-log%20*a*",
        "/v1/facets?fields=operator,operation,source_ip&q=-service:audit-log",
        "/v1/histogram?interval=1d&q=-service:audit-log",
    ]
    .into_iter()
    .flat_map(of)
    .collect()
}

/// A stopped house gets its views back from the ledger alone; one that runs is left alone, and a
/// folder without a ledger gets none.
#[test]
fn views_come_back_from_the_ledger() {
    let mut house = House::closed();
    assert_eq!(rebuild(&house).0, 3);
    assert!(!house.data().exists());
    house.serve();
    let emitter = house.token_with("emitter", &["--may-be-system"]);
    let reader = house.token("auditor");
    let (status, answer) = house.post_events(&emitter, &generated(EVENTS, 3));
    assert_eq!((status, &answer["accepted"]), (200, &EVENTS.into()), "{answer}");
    let before = answers(&house, &reader);
    assert_eq!(before[0], EVENTS);
    let (code, told, error) = rebuild(&house);
    assert_eq!((code, &told), (1, &Value::Null), "{error}");
    assert!(!error.is_empty());
    assert_eq!(answers(&house, &reader), before, "a running server was disturbed");
    assert_eq!(house.stop(), 0);
    std::fs::remove_dir_all(house.data().join("views")).unwrap();
    let (code, told, error) = rebuild(&house);
    assert_eq!(code, 0, "{error}");
    assert!(
        told["events"].as_u64() > Some(EVENTS) && told["rows"].as_u64() > Some(EVENTS),
        "{told}"
    );
    let (code, again, error) = rebuild(&house);
    assert_eq!(
        (code, &again["events"], &again["rows"]),
        (0, &told["events"], &told["rows"]),
        "{error}"
    );
    house.serve();
    assert_eq!(answers(&house, &reader), before);
}
