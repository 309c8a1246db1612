//! Fingerprints of masked secrets: for security-admins alone, told the same from event to event,
//! and in no other answer.

use annals_api::routes;
use axum::http::StatusCode;
use serde_json::{Value, json};

use super::{Rig, event};
use crate::auth::role::Role;
use crate::control::NewToken;

fn with_secrets(id: &str, data: &Value) -> String {
    let mut event: Value = serde_json::from_str(&event(id)).expect("JSON");
    event["request_data"] = data.clone();
    event.to_string()
}

fn path(index: u64) -> String {
    routes::FINGERPRINTS.replace("{index}", &index.to_string())
}

async fn told(rig: &Rig, index: u64) -> Vec<Value> {
    let answer = rig.get(Role::SecurityAdmin, &path(index)).await;
    assert_eq!(answer.status, StatusCode::OK, "{answer}");
    answer.json()["fingerprints"].as_array().expect("a list").clone()
}

// One token used twice is seen to be one, from one emitter and not across two; of what people
// choose and type nothing is kept, and what is kept stands nowhere else.
#[tokio::test(flavor = "multi_thread")]
async fn the_same_secret_is_known_again() {
    let rig = Rig::new(|_| {});
    let token = json!({ "access_token": "abcd-1234-efgh" });
    let header =
        json!({ "headers": { "Authorization": "Bearer abcd-1234-efgh" }, "pin": "123456" });
    let guessable = json!({ "password": "hunter2", "otp": "123456", "pin": 1234 });
    let other = json!({ "access_token": "abcd-1234-efgi" });
    let bodies = [("e0", token.clone()), ("e1", header), ("e2", guessable), ("e3", other)];
    let lines: Vec<String> = bodies.iter().map(|(id, data)| with_secrets(id, data)).collect();
    let kept = rig.post(routes::EVENTS, lines.join("\n")).await.json();
    assert_eq!((&kept["accepted"], &kept["first_index"]), (&json!(4), &json!(0)));
    let new = NewToken { name: "second".to_owned(), role: Role::Emitter, ..NewToken::default() };
    let second = rig.house.app.control.create_token(&new).expect("made").secret;
    let body = with_secrets("e4", &token);
    assert_eq!(rig.call("POST", routes::EVENTS, Some(&second), body).await.status, StatusCode::OK);
    // A line sent again is no further use of the secret.
    assert_eq!(rig.post(routes::EVENTS, lines[0].clone()).await.json()["duplicates"], 1);

    let first = told(&rig, 0).await;
    assert_eq!(first.len(), 1);
    let value = first[0]["fingerprint"].as_str().expect("text").to_owned();
    assert!(value.len() == 8 && value.bytes().all(|byte| byte.is_ascii_hexdigit()), "{value}");
    assert_eq!((&first[0]["field"], &first[0]["also"]), (&json!("request_data"), &json!([1])));
    let again = told(&rig, 1).await;
    assert_eq!((&again[0]["fingerprint"], &again[0]["also"]), (&json!(value), &json!([0])));
    assert_eq!((again.len(), told(&rig, 2).await), (1, Vec::new()));
    assert_ne!(told(&rig, 3).await[0]["fingerprint"], json!(value));
    let elsewhere = told(&rig, 4).await;
    assert_ne!(elsewhere[0]["fingerprint"], json!(value));
    assert_eq!(elsewhere[0]["also"], json!([]));

    for path in ["/v1/events", "/v1/events/e0", "/v1/events/index/0/proof"] {
        let answer = rig.get(Role::SecurityAdmin, path).await;
        assert_eq!(answer.status, StatusCode::OK);
        assert!(!answer.to_string().contains(&value), "{path}");
    }
    let count = format!("/v1/count?q={value}");
    assert_eq!(rig.get(Role::SecurityAdmin, &count).await.json()["count"], 0);
    let records = rig.get(Role::Auditor, "/v1/events?q=operation:fingerprint.view").await.json();
    let records = records["events"].as_array().expect("events");
    assert_eq!(records.len(), 5);
    assert!(records.iter().any(|record| record["object"] == json!({ "type": "event", "id": "0" })));
    for role in Role::ALL.into_iter().filter(|role| *role != Role::SecurityAdmin) {
        assert_eq!(rig.get(role, &path(0)).await.problem(), (403, "forbidden".to_owned()));
    }
}

// Whoever is limited learns neither of an event out of scope nor that it held the same secret.
#[tokio::test(flavor = "multi_thread")]
async fn other_uses_are_told_in_scope() {
    let rig = Rig::new(|_| {});
    let data = json!({ "token": "abcd-1234-efgh" });
    for id in ["e0", "e1"] {
        rig.post(routes::EVENTS, with_secrets(id, &data)).await;
    }
    let scope = Some("object.id:c-e0".to_owned());
    let (name, role) = ("limited".to_owned(), Role::SecurityAdmin);
    let new = NewToken { name, role, scope, ..NewToken::default() };
    let limited = rig.house.app.control.create_token(&new).expect("made").secret;
    let get = async |index| rig.call("GET", &path(index), Some(&limited), "").await;
    assert_eq!(get(0).await.json()["fingerprints"][0]["also"], json!([]));
    assert_eq!(get(1).await.problem(), (404, "not_found".to_owned()));
    assert_eq!(told(&rig, 0).await[0]["also"], json!([1]));
}
