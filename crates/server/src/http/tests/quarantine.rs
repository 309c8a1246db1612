//! Rejected lines: kept masked, listed, limited, sent again.

use super::*;
use crate::jobs;

async fn list(rig: &Rig, query: &str) -> Value {
    rig.get(Role::AuditAdmin, &format!("{}{query}", routes::QUARANTINE)).await.json()
}

async fn replay(rig: &Rig, index: u64) -> Answer {
    let path = routes::QUARANTINE_REPLAY.replace("{index}", &index.to_string());
    rig.call("POST", &path, Some(rig.token(Role::AuditAdmin)), Body::empty()).await
}

// Nothing that was sent is silently dropped, and no secret survives in what is kept.
#[tokio::test(flavor = "multi_thread")]
async fn bad_lines_are_kept_masked_and_listed() {
    let rig = Rig::new(|_| {});
    let bad = "{\"operation\":\"no.such\",\"request_data\":{\"password\":\"alicepw\"}}";
    let body = format!("{}\n{bad}\n{bad}", event("e1"));
    let answer = rig.post(routes::EVENTS, body).await.json();
    assert_eq!((&answer["accepted"], &answer["last_index"]), (&1.into(), &0.into()));
    let first = list(&rig, "?limit=1").await;
    let item = &first["items"][0];
    assert_eq!((&item["line"], &item["replayable"]), (&2.into(), &true.into()));
    let next = first["next"].as_u64().expect("a next page");
    let second = list(&rig, &format!("?after_index={next}")).await;
    assert_eq!((&second["items"][0]["line"], &second["next"]), (&3.into(), &Value::Null));
    let path = format!("/v1/events/index/{}", item["index"]);
    let kept = rig.get(Role::Auditor, &path).await.json();
    assert_eq!(
        (&kept["service"], &kept["operation"]),
        (&"audit-log".into(), &"event.quarantine".into())
    );
    assert_eq!((&kept["emitter"], &kept["operator"]), (&"00000000".into(), &"system".into()));
    let text = kept.to_string();
    assert!(text.contains("no.such") && !text.contains("alicepw"), "{text}");
}

// A sender that repeats a request after a doubt adds nothing: neither its bad lines nor what they
// cost of the quota. Equal lines of one request are several lines all the same.
#[tokio::test(flavor = "multi_thread")]
async fn a_request_sent_again_adds_nothing() {
    let rig = Rig::new(|_| {});
    rig.post(routes::EVENTS, event("e1")).await;
    let other = event("e1").replace("zhang3", "wang5");
    let body = format!("{{bad\n{{bad\n{}\n{other}\nnull", event("e2"));
    let first = rig.post(routes::EVENTS, body.clone()).await.json();
    assert_eq!(list(&rig, "").await["items"].as_array().map(Vec::len), Some(4));
    let (size, quota) = (rig.house.app.head().size, rig.house.app.quota.waiting());
    assert_eq!(size.0, 6);
    for _ in 0..3 {
        let again = rig.post(routes::EVENTS, body.clone()).await.json();
        assert_eq!((&again["duplicates"], &again["rejected"]), (&1.into(), &first["rejected"]));
    }
    assert_eq!((rig.house.app.head().size, rig.house.app.quota.waiting()), (size, quota));
    // Another sender's line is another line, and the key is kept: the server may start again.
    let line = || Body::from("{bad");
    let new = NewToken { name: "second".to_owned(), ..NewToken::default() };
    let second = rig.house.app.control.create_token(&new).expect("made").secret;
    rig.call("POST", routes::EVENTS, Some(&second), line()).await;
    assert_eq!(rig.house.app.head().size.0, size.0 + 1);
    let key = rig.house.app.control.secret("x").expect("a key");
    assert_eq!(rig.house.app.control.secret("x").expect("a key"), key);
    assert_ne!(rig.house.app.control.secret("y").expect("a key"), key);
}

// A spent quota refuses the whole request: a sender of rubbish cannot fill the disk, and a good
// request still passes.
#[tokio::test(flavor = "multi_thread")]
async fn a_spent_quota_is_507_and_keeps_nothing() {
    let rig = Rig::new(|config| config.quarantine.quota_bytes = 3_000);
    let body = format!("{}\n{{bad\n{{bad\n{{bad", event("e1"));
    let answer = rig.post(routes::EVENTS, body).await;
    assert_eq!(answer.problem(), (507, "quarantine_full".to_owned()));
    assert_eq!(rig.house.app.head().size.0, 0);
    assert_eq!(rig.post(routes::EVENTS, "{bad 1").await.problem().0, 422);
    assert_eq!(rig.post(routes::EVENTS, "{bad 2").await.problem().0, 422);
    assert_eq!(rig.post(routes::EVENTS, "{bad 3").await.problem().0, 507);
    assert_eq!(rig.post(routes::EVENTS, event("e2")).await.status, StatusCode::OK);
    let strict = rig.post("/v1/events?strict=true", "{bad").await;
    assert_eq!(strict.problem().0, 422, "strict keeps no bad line and needs no quota");
}

// The quarantine holds what a fix can save: once the cause is gone, the line becomes the event
// it should have been, under its first emitter, once.
#[tokio::test(flavor = "multi_thread")]
async fn a_line_can_be_sent_again_once() {
    let rig = Rig::new(|config| config.stack_id = String::new());
    let rejected = rig.post(routes::EVENTS, event("e1")).await;
    assert!(rejected.json()["rejected"].to_string().contains("missing_stack"));
    let index = list(&rig, "").await["items"][0]["index"].as_u64().expect("an index");
    assert_eq!(replay(&rig, index).await.problem(), (422, "still_rejected".to_owned()));

    let dir = rig.house.app.config.data.clone();
    let tokens = rig.tokens.clone();
    let Rig { house, router, _dir, .. } = rig;
    drop((router, house.followers, house.app));
    house.ledger.close().expect("closes");
    let config = Config { data: dir, stack_id: "stack-1".to_owned(), ..Config::default() };
    let house = build(Config { region: "r".to_owned(), ..config }).expect("builds again");
    let router = router_of(&house);
    let rig = Rig { house, router, tokens, _dir };

    let answer = replay(&rig, index).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.json());
    let answer = answer.json();
    let kept = rig.get(Role::Viewer, "/v1/events/e1").await.json();
    assert_eq!((&kept["index"], &answer["duplicate"]), (&answer["index"], &false.into()));
    assert_ne!(kept["emitter"], "00000000");
    let path = format!("/v1/events/index/{}", answer["replay_index"]);
    let record = rig.get(Role::Viewer, &path).await.json();
    assert_eq!(record["operation"], "quarantine.replay");

    assert_eq!(replay(&rig, index).await.problem(), (409, "already_replayed".to_owned()));
    assert_eq!(list(&rig, "").await["items"], serde_json::json!([]));
    assert_eq!(list(&rig, "?state=replayed").await["items"][0]["index"], index);
    assert_eq!(rig.house.app.quota.waiting(), 0);
    for path in [0, 99] {
        let missing = if path == index { 98 } else { path };
        assert_eq!(replay(&rig, missing).await.problem(), (404, "not_found".to_owned()));
    }
}

fn router_of(house: &House) -> Router {
    router(&house.app)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_whole_cannot_be_sent_again() {
    let rig = Rig::new(|_| {});
    rig.post(routes::EVENTS, &b"{\"id\":\"\xff\"}"[..]).await;
    let index = list(&rig, "").await["items"][0]["index"].as_u64().expect("an index");
    assert_eq!(replay(&rig, index).await.problem(), (409, "not_replayable".to_owned()));
}

// Acts done by commands beside the server end up in the ledger, each exactly once.
#[tokio::test(flavor = "multi_thread")]
async fn acts_of_the_outbox_are_recorded_once() {
    let rig = Rig::new(|_| {});
    let app = rig.house.app.clone();
    let waiting = app.control.pending().expect("read");
    assert_eq!(waiting.len(), Role::ALL.len());
    let drained = tokio::task::spawn_blocking(move || jobs::drain(&app));
    drained.await.expect("no panic").expect("drained");
    assert_eq!(rig.house.app.head().size.0, Role::ALL.len() as u64);
    let page = rig.get(Role::Auditor, routes::EVENTS).await.json();
    let events = page["events"].as_array().expect("events");
    assert!(events.iter().all(|event| event["operation"] == "token.create"), "{page}");
    assert!(!page.to_string().contains(rig.token(Role::Emitter)));
    assert_eq!(rig.house.app.control.pending().expect("read"), []);
}
