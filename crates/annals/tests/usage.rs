//! The program as scripts use it: what stands on stdout and how a command ends; and a stop while
//! work comes in.

#![allow(clippy::unwrap_used)] // a test stops at what is not as it should be

mod house;

use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};

use house::{ANNALS, House, annals, annals_with, event, send};
use serde_json::Value;

/// The lines of a command's stdout, each of which must be JSON.
fn ndjson(args: &[&str], env: &[(&str, &str)]) -> Vec<Value> {
    let output = annals_with(args, env, b"");
    assert_eq!(output.status.code(), Some(0), "{args:?}");
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Protects scripts: a list that goes into a pipe is NDJSON, and `--json` gives JSON everywhere.
#[test]
fn lists_in_a_pipe_are_ndjson() {
    let house = House::start();
    let data = house.data();
    let data = data.to_str().unwrap();
    let create = ["token", "create", "--data", data, "--role", "emitter", "--name", "n", "--json"];
    let token = ndjson(&create, &[])[0]["token"].as_str().unwrap().to_owned();
    assert_eq!(house.post_events(&token, "{bad").0, 422);
    assert_eq!(ndjson(&["token", "list", "--data", data], &[])[0]["name"], "n");
    let (admin, server) = (house.token("audit-admin"), format!("http://{}", house.address));
    let env = [("ANNALS_TOKEN", admin.as_str()), ("ANNALS_SERVER", server.as_str())];
    assert_eq!(ndjson(&["quarantine", "list"], &env)[0]["code"], "bad_json");
    assert!(ndjson(&["key", "show", "--data", data, "--json"], &[])[0]["vkey"].is_string());
    assert_eq!(ndjson(&["verify", "--data", data, "--json"], &[])[0]["verdict"], "OK");
    assert_eq!(ndjson(&["config", "print", "--json"], &[])[0]["tls"], "auto");
    let printed = annals(&["config", "print"]);
    let printed = String::from_utf8(printed.stdout).unwrap();
    assert!(printed.contains("# Where to listen") && printed.contains("listen = "), "{printed}");
}

/// Protects against a typing error in a path: what only reads or changes a data folder never
/// makes one, and a name that no token may have is wrong usage.
#[test]
fn a_folder_that_is_not_there_stays_so() {
    let house = House::closed();
    let data = house.data();
    let folder = data.to_str().unwrap();
    for (args, code) in [
        (&["token", "list", "--data", folder][..], 3),
        (&["token", "revoke", "--data", folder, "00000001"], 3),
        (&["key", "show", "--data", folder], 3),
        (&["key", "rotate", "--data", folder], 3),
        (&["verify", "--data", folder], 3),
        (&["proof", "x", "--data", folder, "--out", "-"], 3),
    ] {
        let output = annals(args);
        assert_eq!((output.status.code(), output.stdout.len()), (Some(code), 0), "{args:?}");
        assert!(!data.exists(), "{args:?}");
    }
    let unnamed = annals(&["token", "create", "--data", folder, "--role", "viewer", "--name", ""]);
    assert_eq!((unnamed.status.code(), unnamed.stdout.len()), (Some(2), 0));
}

/// Protects `annals … | head`: a reader that has seen enough is no error.
#[test]
fn a_closed_pipe_ends_a_test_well() {
    let sample = concat!(env!("CARGO_MANIFEST_DIR"), "/../../testdata/sshd/syslog-rfc5424.log");
    let mut child = Command::new(ANNALS)
        .args(["collect", "test", "sshd"])
        .stdin(std::fs::File::open(sample).unwrap())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// Protects a stop while work comes in: what was acknowledged is there, whole and proved, no
/// request gets half an answer, and the process ends with 0.
#[test]
fn a_stop_under_load_loses_nothing() {
    let mut house = House::start();
    let token = house.token("emitter");
    let address = house.address.clone();
    let acknowledged = AtomicU64::new(0);
    std::thread::scope(|scope| {
        for sender in 0..4 {
            let (address, token, acknowledged) = (&address, &token, &acknowledged);
            scope.spawn(move || {
                for request in 0.. {
                    let id = |line| event(&format!("{sender}-{request}-{line}"));
                    let body: Vec<String> = (0..50).map(id).collect();
                    let body = body.join("\n");
                    match send(address, token, "POST", "/v1/events", &[], body.as_bytes()) {
                        Ok(answer) if answer.status == 200 => {
                            let accepted = answer.json()["accepted"].as_u64().unwrap();
                            acknowledged.fetch_add(accepted, Ordering::Relaxed);
                        }
                        // Told to come again, or no longer listened to.
                        Ok(answer) => return assert_eq!(answer.status, 503, "{}", answer.text()),
                        Err(_) => return,
                    }
                }
            });
        }
        while acknowledged.load(Ordering::Relaxed) < 1_000 {
            std::thread::yield_now();
        }
        assert_eq!(house.stop(), 0);
    });
    let output = house.verify(&["--json"]);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["unfinished"], serde_json::json!([]), "{report}");
    // Beside the events: the start, the first account, the token, the stop.
    let kept = report["size"].as_u64().unwrap() - 4;
    let acknowledged = acknowledged.into_inner();
    assert!(kept >= acknowledged, "{kept} kept, {acknowledged} acknowledged");
    assert_eq!(kept % 50, 0, "requests are kept whole");
}
