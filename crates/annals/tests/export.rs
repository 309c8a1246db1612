//! Exports from outside: whole, in every form, and over a killed server.
#![allow(clippy::unwrap_used)]

mod house;

use house::{House, annals_with, generated};
use serde_json::{Value, json};

const EVENTS: u64 = 20_000;

fn filled() -> (House, String, String) {
    let house = House::start();
    let emitter = house.token_with("emitter", &["--may-be-system"]);
    let lines = generated(EVENTS, 11);
    let (status, answer) = house.post_events(&emitter, &lines);
    assert_eq!((status, &answer["accepted"]), (200, &EVENTS.into()), "{answer}");
    let reader = house.token("auditor");
    (house, reader, lines)
}

fn export(house: &House, token: &str, out: &str, more: &[&str]) -> (i32, String) {
    let server = format!("http://{}", house.address);
    let env = [("ANNALS_TOKEN", token), ("ANNALS_SERVER", server.as_str())];
    let args = [&["export", "-service:audit-log", "--out", out][..], more].concat();
    let output = annals_with(&args, &env, b"");
    (output.status.code().unwrap(), String::from_utf8(output.stderr).unwrap())
}

// Protects: an export holds every event once, in the form that was asked for, and leaves nothing
// on the server.
#[test]
fn every_event_once_in_every_form() {
    let (house, token, sent) = filled();
    let file = |name: &str| house.path(name).to_str().unwrap().to_owned();
    let (code, error) = export(&house, &token, &file("all.ndjson"), &[]);
    assert_eq!(code, 0, "{error}");
    let ids = |text: &str| {
        let id = |line| serde_json::from_str::<Value>(line).unwrap()["id"].clone();
        let mut ids: Vec<String> =
            text.lines().map(|line| id(line).as_str().unwrap().to_owned()).collect();
        ids.sort_unstable();
        ids
    };
    let written = std::fs::read_to_string(file("all.ndjson")).unwrap();
    assert_eq!(ids(&written), ids(&sent));
    let (code, error) =
        export(&house, &token, &file("all.csv"), &["--columns", "id", "--lang", "zh"]);
    assert_eq!(code, 0, "{error}");
    let csv = std::fs::read_to_string(file("all.csv")).unwrap();
    assert_eq!(csv.lines().count() as u64, EVENTS + 1);
    let (code, error) = export(&house, &token, &file("all.parquet"), &[]);
    assert_eq!(code, 0, "{error}");
    let parquet = std::fs::read(file("all.parquet")).unwrap();
    assert!(parquet.starts_with(b"PAR1") && parquet.ends_with(b"PAR1"));
    let (_, left) = house.get(&token, "/v1/exports");
    assert_eq!(left["exports"], json!([]));
}

// Protects: a job outlives a killed server, and its file is what it would have been.
#[test]
fn a_job_outlives_its_server() {
    let (mut house, token, _) = filled();
    let request = json!({"q": "-service:audit-log", "format": "ndjson"}).to_string();
    let begin = |house: &House| house.call(&token, "POST", "/v1/exports", request.as_bytes());
    let done = |house: &House, id: &str| loop {
        let (_, job) = house.get(&token, &format!("/v1/exports/{id}"));
        match job["state"].as_str().unwrap() {
            "queued" | "running" => std::thread::yield_now(),
            _ => break job,
        }
    };
    let (status, first) = begin(&house);
    assert_eq!(status, 202, "{first}");
    let whole = done(&house, first["id"].as_str().unwrap());
    assert_eq!((&whole["state"], &whole["rows"]), (&"done".into(), &EVENTS.into()));
    let (_, second) = begin(&house);
    house.kill();
    house.serve();
    let again = done(&house, second["id"].as_str().unwrap());
    assert_eq!((&again["state"], &again["sha256"]), (&"done".into(), &whole["sha256"]));
}
