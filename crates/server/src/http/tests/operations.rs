//! Two-phase operations where time and scopes play a part; the rest is tested from outside.

use annals_api::routes;
use serde_json::{Value, json};

use super::{Rig, event};
use crate::auth::role::Role;
use crate::control::NewToken;

async fn end(rig: &Rig, token: &str, id: &str, outcome: &Value) -> (u16, Value) {
    let path = routes::OPERATION_OUTCOME.replace("{id}", id);
    let answer = rig.call("POST", &path, Some(token), outcome.to_string()).await;
    (answer.status.as_u16(), answer.json())
}

// Protects: after the limit an operation counts as `unknown`, is still listed as open and overdue,
// and a late true outcome corrects it everywhere.
#[tokio::test(flavor = "multi_thread")]
async fn a_late_outcome_corrects_lists_and_counts() {
    let rig = Rig::new(|_| {});
    assert_eq!(rig.post(routes::OPERATIONS, event("op-1")).await.status, 201);
    let count = async |outcome: &str| {
        let path = format!("{}?q=service:hpc-clusters%20outcome:{outcome}", routes::COUNT);
        rig.get(Role::Viewer, &path).await.json()["count"].clone()
    };
    assert_eq!(count("pending").await, 1);
    let index = rig.house.app.search.as_ref().expect("views are on");
    // Only what the index has taken in can be given up; it follows the ledger.
    while count("unknown").await != 1 {
        index.give_up_intents(i64::MAX).expect("gives up");
    }
    assert_eq!(count("pending").await, 0);
    let open = rig.get(Role::Viewer, "/v1/operations?open=true").await.json();
    assert_eq!(open["operations"][0]["overdue"], true);
    let late = json!({"outcome": "success"});
    assert_eq!(end(&rig, rig.token(Role::Emitter), "op-1", &late).await.0, 200);
    assert_eq!((count("unknown").await, count("success").await), (0.into(), 1.into()));
    let open = rig.get(Role::Viewer, "/v1/operations?open=true").await.json();
    assert_eq!(open["operations"], json!([]));
}

// Protects: a scope on an emitter limits what it may begin, and what an end may turn it into; an
// end that names no object is that of the intent's.
#[tokio::test(flavor = "multi_thread")]
async fn scopes_hold_for_both_leaves() {
    let rig = Rig::new(|_| {});
    let new = NewToken {
        name: "own clusters".to_owned(),
        scope: Some("object.id:c-op-1".to_owned()),
        ..NewToken::default()
    };
    let token = rig.house.app.control.create_token(&new).expect("made").secret;
    let code = |answer: &Value| answer["rejected"][0]["code"].clone();
    let foreign = rig.call("POST", routes::OPERATIONS, Some(&token), event("op-2")).await;
    assert_eq!((foreign.status.as_u16(), code(&foreign.json())), (422, "out_of_scope".into()));
    let own = rig.call("POST", routes::OPERATIONS, Some(&token), event("op-1")).await;
    assert_eq!(own.status, 201);
    let elsewhere = json!({"outcome": "success", "object": {"type": "cluster", "id": "c-9"}});
    let (status, answer) = end(&rig, &token, "op-1", &elsewhere).await;
    assert_eq!((status, code(&answer)), (422, "out_of_scope".into()));
    assert_eq!(end(&rig, &token, "op-1", &json!({"outcome": "success"})).await.0, 200);
}
