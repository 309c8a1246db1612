//! Reading: pages, single events, proofs, the log's own addresses.

use annals_proof::{EntryBundle, Hash, ProofBundle, Tile, hash_leaf};
use annals_record::Disclosure;

use super::*;

async fn filled(events: usize) -> Rig {
    let rig = Rig::new(|_| {});
    let lines: Vec<String> = (0..events).map(|n| event(&format!("e{n}"))).collect();
    assert_eq!(rig.post(routes::EVENTS, lines.join("\n")).await.status, StatusCode::OK);
    rig
}

fn ids(page: &Value) -> Vec<&str> {
    let events = page["events"].as_array().expect("events");
    events.iter().map(|event| event["id"].as_str().expect("an id")).collect()
}

// A walk sees the events below its first page's head, newest first, although others arrive.
#[tokio::test(flavor = "multi_thread")]
async fn a_walk_is_bound_to_its_head() {
    let rig = filled(5).await;
    let first = rig.get(Role::Viewer, "/v1/events?limit=2").await.json();
    assert_eq!(ids(&first), ["e4", "e3"]);
    assert_eq!(first["as_of"], 5);
    assert!(first["settled_index"].as_u64().is_some_and(|settled| settled <= 5), "{first}");
    rig.post(routes::EVENTS, event("late")).await;
    let cursor = first["next"].as_str().expect("a cursor");
    let second = rig.get(Role::Viewer, &format!("/v1/events?limit=3&cursor={cursor}")).await;
    let second = second.json();
    assert_eq!(ids(&second), ["e2", "e1", "e0"]);
    assert_eq!((&second["as_of"], &second["next"]), (&5.into(), &Value::Null));
}

#[tokio::test(flavor = "multi_thread")]
async fn orders_bounds_and_positions() {
    let rig = filled(3).await;
    let later = event("x").replace("08:00:00", "09:00:00");
    rig.post(routes::EVENTS, later).await;
    for (query, expected) in [
        ("", &["x", "e2", "e1", "e0"][..]),
        ("?order=time", &["e0", "e1", "e2", "x"]),
        ("?order=-index", &["x", "e2", "e1", "e0"]),
        ("?after_index=1", &["e2", "x"]),
        ("?after_index=3", &[]),
        ("?from=2026-11-02T09:00:00Z", &["x"]),
        ("?to=2026-11-02T17:00:00%2B08:00", &["e2", "e1", "e0"]),
        ("?to=2026-11-02T17:00:00+08:00", &["e2", "e1", "e0"]),
        ("?from=2026-11-02T08:00:00Z&to=2026-11-02T08:00:00Z", &[]),
        ("?q=", &["x", "e2", "e1", "e0"]),
    ] {
        let page = rig.get(Role::Auditor, &format!("/v1/events{query}")).await;
        assert_eq!(ids(&page.json()), expected, "{query}");
    }
}

// A parameter that is not understood must never be ignored: the answer would be another's.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_understood_is_refused() {
    let rig = filled(3).await;
    let page = rig.get(Role::Viewer, "/v1/events?limit=1").await.json();
    let cursor = page["next"].as_str().expect("a cursor");
    for (query, code) in [
        ("q=operater:zhang3", "bad_filter"),
        ("form=2026-01-01T00:00:00Z", "unknown_parameter"),
        ("from=yesterday", "bad_parameter"),
        ("order=newest", "bad_parameter"),
        ("limit=0", "bad_parameter"),
        ("limit=1001", "bad_parameter"),
        ("after_index=-1", "bad_parameter"),
        ("cursor=abc", "bad_cursor"),
        (&format!("cursor={cursor}&order=time"), "cursor_mismatch"),
        (&format!("cursor={cursor}&from=2026-01-01T00:00:00Z"), "cursor_mismatch"),
    ] {
        let answer = rig.get(Role::Viewer, &format!("/v1/events?{query}")).await;
        assert_eq!(answer.problem(), (400, code.to_owned()), "{query}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_views_the_ledger_still_answers() {
    let rig = Rig::new(|config| config.views.enabled = false);
    rig.post(routes::EVENTS, event("e1")).await;
    let page = rig.get(Role::Viewer, routes::EVENTS).await;
    assert_eq!(page.problem(), (503, "views_off".to_owned()));
    let quarantine = rig.get(Role::Auditor, routes::QUARANTINE).await;
    assert_eq!(quarantine.problem(), (503, "views_off".to_owned()));
    let one = rig.get(Role::Viewer, "/v1/events/e1").await.json();
    assert_eq!((&one["id"], &one["index"]), (&"e1".into(), &0.into()));
}

// An event comes back as it was sent, under its id and its position.
#[tokio::test(flavor = "multi_thread")]
async fn one_event() {
    let rig = filled(2).await;
    let by_id = rig.get(Role::Viewer, "/v1/events/e1").await.json();
    let by_index = rig.get(Role::Viewer, "/v1/events/index/1").await.json();
    assert_eq!(by_id, by_index);
    let sent: Value = serde_json::from_str(&event("e1")).expect("JSON");
    for (key, value) in sent.as_object().expect("an object") {
        if key != "time" {
            assert_eq!(&by_id[key], value, "{key}");
        }
    }
    for path in ["/v1/events/nobody", "/v1/events/index/2", "/v1/events/index/x"] {
        let answer = rig.get(Role::Viewer, path).await;
        assert_eq!(answer.problem(), (404, "not_found".to_owned()), "{path}");
    }
}

// Ids are unique per emitter only; with two the answer says where instead of choosing.
#[tokio::test(flavor = "multi_thread")]
async fn one_id_of_two_emitters_is_409() {
    let rig = filled(1).await;
    let new = NewToken { name: "second".to_owned(), ..NewToken::default() };
    let second = rig.house.app.control.create_token(&new).expect("made").secret;
    rig.call("POST", routes::EVENTS, Some(&second), event("e0")).await;
    for path in ["/v1/events/e0", "/v1/events/e0/proof"] {
        let answer = rig.get(Role::Viewer, path).await;
        assert_eq!(answer.problem(), (409, "several_events".to_owned()));
        assert_eq!(answer.json()["indexes"], serde_json::json!([0, 1]));
    }
}

// A stranger with the key alone can check what the server says.
#[tokio::test(flavor = "multi_thread")]
async fn proofs_verify() {
    let rig = filled(300).await;
    let vkeys = rig.call("GET", routes::VKEY, None, Body::empty()).await;
    let vkeys = String::from_utf8(vkeys.body).expect("UTF-8");
    let keys: Vec<_> =
        vkeys.lines().map(|line| annals_proof::Verifier::parse(line).expect("a key")).collect();
    // The first is recorded, so the second is of a tree with one event more.
    for (path, size) in [("/v1/events/e256/proof", 300), ("/v1/events/index/256/proof", 301)] {
        let answer = rig.get(Role::Viewer, path).await;
        let text = String::from_utf8(answer.body).expect("UTF-8");
        let bundle = ProofBundle::parse(&text).expect("a proof");
        let extra = bundle.extra.clone().expect("a disclosure");
        let disclosure = Disclosure::parse(&extra).expect("parses");
        let leaf = Hash(disclosure.leaf_hash());
        let signed = bundle.verify(&leaf, &keys).expect("verifies");
        assert_eq!((bundle.index.0, signed.checkpoint.size.0), (256, size));
        assert!(disclosure.core().contains("\"id\":\"e256\""));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn tiles_and_entries_agree() {
    let rig = filled(300).await;
    let note = rig.call("GET", routes::CHECKPOINT, None, Body::empty()).await;
    assert_eq!(note.body, rig.house.app.head().note.as_bytes());
    for (number, width) in [("000", 256), ("001.p/44", 44), ("001.p/7", 7), ("000.p/3", 3)] {
        let tile = Tile::parse(&format!("0/{number}")).expect("a tile");
        assert_eq!(usize::from(tile.width), width);
        let hashes = rig.call("GET", &format!("/log/tile/0/{number}"), None, Body::empty()).await;
        assert!(hashes.headers["cache-control"].to_str().expect("text").contains("immutable"));
        let path = format!("/log/tile/entries/{number}");
        let bundle = rig.get(Role::Auditor, &path).await.body;
        let entries = EntryBundle::entries(&bundle).expect("a bundle");
        let of_entries: Vec<u8> = entries.iter().flat_map(|entry| hash_leaf(entry).0).collect();
        assert_eq!((entries.len(), hashes.body), (width, of_entries), "{number}");
    }
    let top = rig.call("GET", "/log/tile/1/000.p/1", None, Body::empty()).await;
    assert_eq!(top.body.len(), 32);
    for path in ["0/001", "0/001.p/45", "1/000", "0/1", "64/000", "x/000", "0/000.p/256"] {
        let answer = rig.call("GET", &format!("/log/tile/{path}"), None, Body::empty()).await;
        assert_eq!(answer.problem(), (404, "not_found".to_owned()), "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn entries_can_be_public() {
    let rig = Rig::new(|config| config.log.public_entries = true);
    rig.post(routes::EVENTS, event("e1")).await;
    let path = "/log/tile/entries/000.p/1";
    assert_eq!(rig.call("GET", path, None, Body::empty()).await.status, StatusCode::OK);
}
