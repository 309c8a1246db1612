//! Bad input from outside: a clear error with a stable code, never a panic, never a silent drop.

#![allow(clippy::unwrap_used)] // a test stops at what is not as it should be

mod house;

use std::io::{Read as _, Write as _};

use house::{House, annals, annals_with, event};
use serde_json::Value;

/// Sends one line; gives the status and the codes of the faults.
fn codes(house: &House, token: &str, line: &[u8]) -> (u16, Vec<String>) {
    let (status, answer) = house.call(token, "POST", "/v1/events", line);
    let codes = answer["rejected"].as_array().map_or_else(
        || vec![answer["code"].as_str().unwrap_or_default().to_owned()],
        |all| all.iter().map(|one| one["code"].as_str().unwrap().to_owned()).collect(),
    );
    (status, codes)
}

/// Protects against every kind of bad line the contract names: each is refused with its code.
#[test]
fn each_bad_line_has_its_code() {
    let house = House::start();
    let token = house.token("emitter");
    let good = event("x");
    let deep = format!("{}1{}", "[".repeat(70), "]".repeat(70));
    let table: Vec<(Vec<u8>, &str)> = vec![
        (b"{\"id\":\"\xff\"}".to_vec(), "bad_utf8"),
        (b"{not json".to_vec(), "bad_json"),
        (b"[1,2]".to_vec(), "wrong_type"),
        (good.replace("{\"nodes\": 4}", &deep).into(), "too_deep"),
        (good.replace("\"operator\"", "\"id\":\"y\",\"operator\"").into(), "duplicate_key"),
        (
            good.replace("\"operator\"", "\"duration_ms\":1e999,\"operator\"").into(),
            "integer_range",
        ),
        (good.replace("\"operator\"", "\"duration_ms\":-1,\"operator\"").into(), "integer_range"),
        (good.replace("\"zhang3\"", "7").into(), "wrong_type"),
        (good.replace("\"zhang3\"", "\"\\ud800\"").into(), "lone_surrogate"),
        (good.replace("\"zhang3\"", "\"a\\u0000b\"").into(), "nul_character"),
        (good.replace("\"zhang3\"", "\"a\\u202eb\"").into(), "bidi_character"),
        (good.replace("cluster.create", "cluster.creat").into(), "unknown_operation"),
        (good.replace("\"operator\"", "\"operater\"").into(), "unknown_field"),
        (good.replace("2026-11-20T08:30:00Z", "1999-12-31T23:59:59Z").into(), "time_too_old"),
        (good.replace("\"zhang3\"", "\"system\"").into(), "system_not_allowed"),
        (
            good.replace("hpc-clusters", "audit-log")
                .replace("cluster.create", "event.quarantine")
                .into(),
            "reserved_service",
        ),
    ];
    for (line, code) in table {
        let (status, got) = codes(&house, &token, &line);
        let shown = String::from_utf8_lossy(&line[..line.len().min(120)]).into_owned();
        assert_eq!(status, 422, "{shown}: {got:?}");
        assert!(got.iter().any(|one| one == code), "{shown}: expected {code}, got {got:?}");
    }
    // The nearest is named.
    let (_, answer) = house.post_events(&token, &good.replace("cluster.create", "cluster.creat"));
    assert!(answer.to_string().contains("cluster.create"), "{answer}");
}

/// Protects: no bad line is lost. It is kept, masked, and can be listed; the good ones are kept
/// beside it.
#[test]
fn bad_lines_are_quarantined_masked() {
    let house = House::start();
    let token = house.token("emitter");
    let auditor = house.token("auditor");
    let bad =
        event("bad").replace("\"nodes\": 4", "\"password\":\"alicepw\"").replace("zhang3", "");
    let body = [event("good"), bad, event("good2")].join("\n");
    let (status, answer) = house.post_events(&token, &body);
    assert_eq!(status, 200, "{answer}");
    assert_eq!(answer["accepted"], 2);
    assert_eq!(answer["rejected"][0]["line"], 2);
    // The list rides behind the ledger: ask until it has followed.
    let mut list = Value::Null;
    for _ in 0..2_000 {
        list = house.get(&auditor, "/v1/quarantine").1;
        if list["items"].as_array().is_some_and(|items| !items.is_empty()) {
            break;
        }
        std::thread::yield_now();
    }
    assert_eq!(list["items"][0]["line"], 2, "{list}");
    assert_eq!(list["items"][0]["code"], "missing_field", "{list}");
    let (_, page) = house.get(&auditor, "/v1/events?limit=1000");
    let all = format!("{list}{page}{}", house.log());
    assert!(!all.contains("alicepw"), "a secret survived");
    assert!(page.to_string().contains("event.quarantine"));
    assert!(page.to_string().contains("c-bad"), "the line itself is kept: {page}");
}

/// Protects the limits: what is too large is refused with 413 and keeps nothing, an over-long
/// line alone is rejected, a zip bomb is cut off.
#[test]
fn sizes_have_limits() {
    let house = House::start();
    let token = house.token("emitter");
    let long = event("long").replace("render farm", &"x".repeat(2 << 20));
    let (status, answer) = house.post_events(&token, &[event("short"), long].join("\n"));
    assert_eq!((status, &answer["accepted"]), (200, &1.into()), "{answer}");
    assert_eq!(answer["rejected"][0]["line"], 2);

    let huge = vec![b'x'; 65 << 20];
    assert_eq!(house.call(&token, "POST", "/v1/events", &huge).0, 413);
    let bomb = gzip(&vec![b' '; 300 << 20]);
    assert!(bomb.len() < 1 << 20);
    let headers = [("content-encoding", "gzip")];
    let answer = house.send(&token, "POST", "/v1/events", &headers, &bomb);
    assert_eq!(answer.status, 413, "{}", answer.text());
    let many = vec!["{}"; 100_001].join("\n");
    assert_eq!(house.post_events(&token, &many).0, 413);

    // A compressed body is a body.
    let answer =
        house.send(&token, "POST", "/v1/events", &headers, &gzip(event("zipped").as_bytes()));
    assert_eq!(answer.status, 200, "{}", answer.text());
    let auditor = house.token("auditor");
    assert_eq!(house.get(&auditor, "/v1/events/zipped").0, 200);
}

/// Protects `strict`: one bad line and nothing is kept.
#[test]
fn strict_is_all_or_nothing() {
    let house = House::start();
    let token = house.token("emitter");
    let auditor = house.token("auditor");
    let body = [event("s1"), event("s2").replace("zhang3", "")].join("\n");
    let (status, answer) = house.call(&token, "POST", "/v1/events?strict=true", body.as_bytes());
    assert_eq!(status, 422);
    assert_eq!(answer["accepted"], 0);
    assert_eq!(house.get(&auditor, "/v1/events/s1").0, 404);
    let body = [event("s1"), event("s2")].join("\n");
    let (status, _) = house.call(&token, "POST", "/v1/events?strict=true", body.as_bytes());
    assert_eq!(status, 200);
    assert_eq!(house.get(&auditor, "/v1/events/s1").0, 200);
}

/// Protects: rights are checked before anything is parsed, so nothing is learnt without them.
#[test]
fn rights_come_first() {
    let house = House::start();
    let emitter = house.token("emitter");
    for path in ["/v1/events?limit=x", "/v1/events/%ff", "/v1/events/index/x", "/metrics"] {
        assert_eq!(house.get("", path).0, 401, "{path}");
        assert_eq!(house.get("wrong", path).0, 401, "{path}");
        assert_eq!(house.get(&emitter, path).0, 403, "{path}");
    }
    assert_eq!(house.call("", "POST", "/v1/events", b"{").0, 401);
    let auditor = house.token("auditor");
    assert_eq!(house.call(&auditor, "POST", "/v1/events", b"{").0, 403);
    for open in ["/healthz", "/readyz", "/openapi.json", "/log/checkpoint", "/log/vkey", "/"] {
        assert_eq!(house.get("", open).0, 200, "{open}");
    }
    // What is no filter is refused, never ignored.
    let (status, answer) = house.get(&auditor, "/v1/events?q=servce:users");
    assert_eq!(status, 400, "{answer}");
    let (status, answer) = house.get(&auditor, "/v1/events?limt=5");
    assert_eq!(status, 400);
    assert!(answer.to_string().contains("limit"), "{answer}");
}

/// Protects the others from one slow client: it holds a connection, not the server.
#[test]
fn a_slow_client_holds_nobody() {
    let house = House::start();
    let token = house.token("emitter");
    let mut slow = Vec::new();
    for _ in 0..50 {
        let mut stream = std::net::TcpStream::connect(&house.address).unwrap();
        stream.write_all(b"POST /v1/events HTTP/1.1\r\nhost: x\r\ncontent-le").unwrap();
        slow.push(stream);
    }
    assert_eq!(house.post_events(&token, &event("quick")).0, 200);
    // Garbage instead of HTTP ends in an answer or a closed connection, not in a crash.
    let mut stream = std::net::TcpStream::connect(&house.address).unwrap();
    stream.write_all(&[0x16, 3, 1, 0, 200, 1, 0, 0, 13, 10, 13, 10]).unwrap();
    let _ = stream.read_to_end(&mut Vec::new());
    assert_eq!(house.get("", "/healthz").0, 200);
}

/// Protects the exit codes and messages of wrong usage.
#[test]
fn wrong_usage_is_exit_2() {
    let house = House::closed();
    let data = house.data();
    let data = data.to_str().unwrap();
    let cases: [&[&str]; 6] = [
        &["frobnicate"],
        &["verify"],
        &["generate", "--events", "x"],
        &["token", "create", "--data", data, "--role", "king", "--name", "n"],
        &["token", "create", "--data", data, "--role", "viewer", "--name", "n", "--scope", "a:b"],
        &["serve", "--data", data, "--listen", "nowhere"],
    ];
    for args in cases {
        let output = annals(args);
        assert_eq!(output.status.code(), Some(2), "{args:?}");
        assert!(output.stdout.is_empty(), "{args:?}");
        assert!(!output.stderr.is_empty(), "{args:?}");
    }
    let config = house.path("annals.toml");
    std::fs::write(&config, "listn = \"127.0.0.1:0\"\n").unwrap();
    let output = annals(&["config", "check", config.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("listen"));
    let output = annals(&["verify", "/nonexistent.tlog-proof"]);
    assert_eq!(output.status.code(), Some(3));
    // A server that is not there is an operating fault.
    let env = [("ANNALS_TOKEN", "x"), ("ANNALS_SERVER", "http://127.0.0.1:9")];
    let output = annals_with(&["status"], &env, b"");
    assert_eq!(output.status.code(), Some(3));
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}
