//! The main job from outside: real events in, durable, provable, out again; and all that a stranger
//! needs to check it.

#![allow(clippy::unwrap_used)] // a test stops at what is not as it should be

mod house;

use house::{House, annals, event, generated};
use serde_json::Value;

/// Protects the promise of the whole product: what was acknowledged can be listed, read one by
/// one, proved to a stranger with nothing but a key, and found intact offline.
#[test]
fn recorded_listed_proved_verified() {
    let mut house = House::start();
    let emitter = house.token_with(
        "emitter",
        &["--stack-id", "stk-01", "--region", "cn-shanghai", "--may-be-system"],
    );
    let auditor = house.token("auditor");

    let lines = generated(3_000, 5);
    let (status, answer) = house.post_events(&emitter, &lines);
    assert_eq!(status, 200, "{answer}");
    assert_eq!(answer["accepted"], 3_000, "{}", answer["rejected"]);
    assert_eq!(answer["duplicates"], 0);
    let first = answer["first_index"].as_u64().unwrap();
    let last = answer["last_index"].as_u64().unwrap();
    assert_eq!(last - first, 2_999);

    // Walk all of it newest first, by cursor: every id exactly once, in falling time.
    let listed = walk(&house, &auditor, "/v1/events?limit=700");
    let mut times: Vec<&str> = listed.iter().map(|row| row["time"].as_str().unwrap()).collect();
    let sent: std::collections::HashSet<String> = lines
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap()["id"].as_str().unwrap().to_owned())
        .collect();
    let got: Vec<&str> = listed.iter().filter_map(|row| row["id"].as_str()).collect();
    assert_eq!(got.iter().filter(|id| sent.contains(**id)).count(), 3_000);
    let own = times.clone();
    times.sort_by(|a, b| b.cmp(a));
    assert_eq!(own, times);

    // One event three ways, and its proof.
    let one: Value = serde_json::from_str(lines.lines().nth(1_234).unwrap()).unwrap();
    let id = one["id"].as_str().unwrap();
    let (status, by_id) = house.get(&auditor, &format!("/v1/events/{id}"));
    assert_eq!(status, 200);
    assert_eq!(by_id["operator"], one["operator"]);
    let (status, by_index) = house.get(&auditor, &format!("/v1/events/index/{}", by_id["index"]));
    assert_eq!((status, &by_index), (200, &by_id));

    let vkey = house.send("", "GET", "/log/vkey", &[], b"").text();
    let vkey = vkey.lines().next().unwrap().to_owned();
    let proof = house.path("one.tlog-proof");
    let answer = house.send(&auditor, "GET", &format!("/v1/events/{id}/proof"), &[], b"");
    assert_eq!(answer.status, 200);
    std::fs::write(&proof, &answer.body).unwrap();
    let output = annals(&["verify", proof.to_str().unwrap(), "--key", &vkey]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(String::from_utf8_lossy(&output.stdout).contains(id));

    // Offline, beside the running server and after its stop.
    for stopped in [false, true] {
        if stopped {
            assert_eq!(house.stop(), 0);
        }
        let output = house.verify(&["--key", &vkey, "--json"]);
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        assert_eq!(output.status.code(), Some(0), "{text}");
        let verdict: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(verdict["verdict"], "OK", "{text}");
    }
    let second = house.path("two.tlog-proof");
    let data = house.data();
    let output =
        annals(&["proof", id, "--data", data.to_str().unwrap(), "--out", second.to_str().unwrap()]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let output = annals(&["verify", second.to_str().unwrap(), "--key", &vkey]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// Protects against doubles for ever: the same file sent again, also after a restart, adds nothing.
#[test]
fn sent_twice_kept_once() {
    let mut house = House::start();
    let token =
        house.token_with("emitter", &["--stack-id", "s", "--region", "r", "--may-be-system"]);
    let lines = generated(500, 9);
    let (_, first) = house.post_events(&token, &lines);
    assert_eq!(first["accepted"], 500, "{first}");
    let (status, again) = house.post_events(&token, &lines);
    assert_eq!((status, &again["accepted"], &again["duplicates"]), (200, &0.into(), &500.into()));
    assert!(again["first_index"].is_null());
    assert_eq!(house.stop(), 0);
    house.serve();
    let (_, again) = house.post_events(&token, &lines);
    assert_eq!(again["duplicates"], 500);

    // The same id with other content is a conflict, said so, and quarantined.
    let (_, ok) = house.post_events(&token, &event("same"));
    assert_eq!(ok["accepted"], 1);
    let other = event("same").replace("zhang3", "li4");
    let (status, problem) = house.post_events(&token, &other);
    assert_eq!(status, 422);
    assert_eq!(problem["rejected"][0]["code"], "id_conflict");
}

/// Protects the promise that a proof says no when anything in it was changed.
#[test]
fn a_changed_proof_is_refused() {
    let house = House::start();
    let token = house.token("emitter");
    let auditor = house.token("auditor");
    house.post_events(&token, &event("a"));
    house.post_events(&token, &event("b"));
    let vkey = house.send("", "GET", "/log/vkey", &[], b"").text();
    let proof = house.send(&auditor, "GET", "/v1/events/b/proof", &[], b"").text();
    let path = house.path("x.tlog-proof");
    let check = |text: &str| {
        std::fs::write(&path, text).unwrap();
        annals(&["verify", path.to_str().unwrap(), "--key", vkey.lines().next().unwrap()])
            .status
            .code()
    };
    assert_eq!(check(&proof), Some(0));
    for (from, to) in [("index ", "index 1"), ("\n\n", "\n\nx"), ("extra A", "extra B")] {
        if proof.contains(from) {
            assert_eq!(check(&proof.replacen(from, to, 1)), Some(1), "{from:?} -> {to:?}");
        }
    }
    let stranger = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
    std::fs::write(&path, &proof).unwrap();
    let output = annals(&["verify", path.to_str().unwrap(), "--key", stranger]);
    assert_eq!(output.status.code(), Some(1));
}

fn walk(house: &House, token: &str, path: &str) -> Vec<Value> {
    let mut rows = Vec::new();
    let mut next = path.to_owned();
    loop {
        let (status, page) = house.get(token, &next);
        assert_eq!(status, 200, "{page}");
        rows.extend(page["events"].as_array().unwrap().iter().cloned());
        match page["next"].as_str() {
            Some(cursor) => next = format!("{path}&cursor={cursor}"),
            None => return rows,
        }
    }
}
