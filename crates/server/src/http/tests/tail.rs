//! The live tail: what comes, in which order, and where it goes on.

use std::pin::pin;

use annals_api::routes;
use annals_ledger::{Clock as _, SystemClock};
use axum::body::Body;
use axum::http::{Request, StatusCode};
use http_body_util::BodyExt as _;
use tower::ServiceExt as _;

use super::{Rig, event, router};
use crate::app::LISTENERS_MAX;
use crate::auth::role::Role;

/// Messages of a tail until one holds `last`.
async fn heard(rig: &Rig, q: &str, after: Option<u64>, meanwhile: &[&str], last: &str) -> String {
    let mut request = Request::builder()
        .uri(format!("{}?q={q}", routes::TAIL))
        .header("authorization", format!("Bearer {}", rig.token(Role::Viewer)));
    if let Some(after) = after {
        request = request.header("last-event-id", after.to_string());
    }
    let request = request.body(Body::empty()).expect("a request");
    let response = router(&rig.house.app).oneshot(request).await.expect("infallible");
    assert_eq!(response.status(), StatusCode::OK);
    let content_type = response.headers()["content-type"].to_str().expect("text");
    assert!(content_type.starts_with("text/event-stream"));
    for id in meanwhile {
        assert_eq!(rig.post(routes::EVENTS, event(id)).await.status, StatusCode::OK);
    }
    let mut text = String::new();
    let mut body = pin!(response.into_body());
    while !text.contains(last) {
        let frame = body.frame().await.expect("more to come").expect("infallible");
        text.push_str(&String::from_utf8_lossy(&frame.into_data().expect("data")));
    }
    text
}

fn ids(text: &str) -> Vec<&str> {
    text.lines().filter_map(|line| line.strip_prefix("id: ")).collect()
}

// Protects: a listener hears what comes after it began to listen, once, under its filter.
#[tokio::test(flavor = "multi_thread")]
async fn what_comes_is_heard() {
    let rig = Rig::new(|_| {});
    rig.post(routes::EVENTS, event("before")).await;
    let q = "-object.id:c-e2";
    let text = heard(&rig, q, None, &["e1", "e2", "e3"], "\"id\":\"e3\"").await;
    assert_eq!(ids(&text), ["0", "1", "3"], "{text}");
    assert!(text.starts_with("event: begin\nid: 0\n"), "{text}");
}

// Protects: with the last id a listener goes on behind it and misses nothing.
#[tokio::test(flavor = "multi_thread")]
async fn a_listener_goes_on() {
    let rig = Rig::new(|_| {});
    for id in ["e0", "e1", "e2"] {
        rig.post(routes::EVENTS, event(id)).await;
    }
    let text = heard(&rig, "", Some(0), &[], "\"id\":\"e2\"").await;
    assert_eq!(ids(&text), ["0", "1", "2"], "{text}");
}

// Protects: behind a position beyond the end, as after a restore, nothing would come for long.
#[tokio::test(flavor = "multi_thread")]
async fn a_position_beyond_the_end_is_refused() {
    let rig = Rig::new(|_| {});
    rig.post(routes::EVENTS, event("e0")).await;
    let beyond = (400, "cursor_beyond".to_owned());
    for after in ["1", "99", "18446744073709551615"] {
        let request = Request::builder()
            .uri(routes::TAIL)
            .header("authorization", format!("Bearer {}", rig.token(Role::Viewer)))
            .header("last-event-id", after);
        let answer = router(&rig.house.app)
            .oneshot(request.body(Body::empty()).expect("a request"))
            .await
            .expect("infallible");
        assert_eq!(answer.status(), StatusCode::BAD_REQUEST, "{after}");
        for route in [routes::EVENTS, routes::QUARANTINE] {
            let page = rig.get(Role::Auditor, &format!("{route}?after_index={after}")).await;
            assert_eq!(page.problem(), beyond, "{route} {after}");
        }
    }
    let page = rig.get(Role::Auditor, &format!("{}?after_index=0", routes::EVENTS)).await;
    assert_eq!(page.json()["events"], serde_json::json!([]));
}

// Protects against a log about itself without end: what a tail shows of it is not told again.
#[tokio::test(flavor = "multi_thread")]
async fn the_logs_own_events_cause_none() {
    let rig = Rig::new(|_| {});
    rig.post(routes::EVENTS, event("e0")).await;
    let app = rig.house.app.clone();
    let flush = || app.recorder.flush(&app.ingest, SystemClock.now(), true).expect("kept");
    rig.get(Role::Auditor, routes::COUNT).await;
    flush();
    assert_eq!(app.head().size.0, 2);
    let text = heard(&rig, "", Some(0), &[], "event.query").await;
    assert_eq!(ids(&text), ["0", "1"], "{text}");
    flush();
    // That somebody listens is one event; that they were shown one of the log's own is none.
    assert_eq!(app.head().size.0, 3);
    let told = rig.get(Role::Auditor, "/v1/events/index/2").await.json();
    assert_eq!(told["request_data"]["calls"], serde_json::json!({ routes::TAIL: 1 }), "{told}");
    assert_eq!(told["request_data"]["events"], 0, "{told}");
}

// Protects: a stop does not wait for listeners; they are told.
#[tokio::test(flavor = "multi_thread")]
async fn a_stop_ends_it() {
    let rig = Rig::new(|_| {});
    rig.house.app.begin_to_stop();
    let text = heard(&rig, "", None, &[], "event: end").await;
    assert!(text.contains("{\"reason\":\"stopping\"}"), "{text}");
}

// Protects: whoever may not listen any more hears nothing more.
#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_token_ends_it() {
    let rig = Rig::new(|_| {});
    let id = rig.token(Role::Viewer).split('_').nth(1).expect("an id").to_owned();
    let control = rig.house.app.clone();
    let revoke = tokio::task::spawn_blocking(move || {
        while control.listeners.available_permits() == LISTENERS_MAX {
            std::thread::yield_now();
        }
        control.control.revoke_token(&id).expect("revoked")
    });
    let text = heard(&rig, "", None, &[], "event: end").await;
    assert!(text.contains("{\"reason\":\"revoked\"}"), "{text}");
    assert!(revoke.await.expect("no panic"));
}
