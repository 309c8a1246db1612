//! Routes of approvals: requests, decisions, the policy, and the data that is kept.

use axum::Json;
use axum::extract::{Path, State};
use http::{Method, StatusCode};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Answer, App, Served};
use crate::approvals::{Approval, Flow, NewApproval, POLICY, PolicyEdit};
use crate::caller::{Caller, Recorded};
use crate::refusal::Refusal;
use crate::rights::Right;

pub(super) fn routes(served: Served) -> Served {
    served
        .on(Method::GET, "/api/approvals", list)
        .on(Method::POST, "/api/approvals", initiate)
        .on(Method::POST, "/api/approvals/{id}/approve", approve)
        .on(Method::POST, "/api/approvals/{id}/reject", reject)
        .on(Method::PUT, "/api/approvals/{id}/flow", edit_flow)
        .on(Method::GET, "/api/approval-policy", policy)
        .on(Method::PUT, "/api/approval-policy", edit_policy)
        .on(Method::DELETE, "/api/approval-data/{id}", delete_data)
}

async fn list(State(app): State<App>, _: Caller) -> Answer {
    let state = app.state();
    let approvals: Vec<&Approval> = state.approvals.list().collect();
    Ok(Json(json!({ "items": approvals })))
}

async fn initiate(
    State(app): State<App>,
    caller: Caller,
    Json(ask): Json<NewApproval>,
) -> Result<(StatusCode, Json<Value>), Refusal> {
    let state = &mut *app.state();
    for path in &ask.paths {
        state.files.download(&caller.login, path)?;
    }
    let now = Timestamp::now();
    let approval = state.approvals.initiate(&mut state.ids, &caller.login, ask, now);
    Ok((StatusCode::CREATED, Json(json!(approval))))
}

/// What somebody says with a decision.
#[derive(Deserialize)]
struct Comment {
    comment: String,
}

async fn approve(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    Json(ask): Json<Comment>,
) -> Answer {
    let now = Timestamp::now();
    let approvals = &mut app.state().approvals;
    Ok(Json(json!(approvals.decide(&id, &caller.login, true, ask.comment, now)?)))
}

async fn reject(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    Json(ask): Json<Comment>,
) -> Answer {
    let now = Timestamp::now();
    let approvals = &mut app.state().approvals;
    Ok(Json(json!(approvals.decide(&id, &caller.login, false, ask.comment, now)?)))
}

/// Who shall decide.
#[derive(Deserialize)]
struct FlowEdit {
    levels: Flow,
}

async fn edit_flow(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    Json(ask): Json<FlowEdit>,
) -> Answer {
    let state = &mut *app.state();
    state.people.allow(&caller.login, Right::ApprovalPolicy)?;
    Ok(Json(json!(state.approvals.edit_flow(&id, ask.levels)?)))
}

async fn policy(State(app): State<App>, _: Caller) -> Answer {
    Ok(Json(json!(app.state().approvals.policy)))
}

async fn edit_policy(
    State(app): State<App>,
    caller: Caller,
    Recorded(operation): Recorded,
    Json(ask): Json<PolicyEdit>,
) -> Answer {
    let state = &mut *app.state();
    state.people.allow(&caller.login, Right::ApprovalPolicy)?;
    let before = json!(state.approvals.policy);
    let after = json!(state.approvals.edit_policy(ask, operation)?);
    let [id, name] = POLICY;
    Ok(Json(json!({"id": id, "name": name, "before": before, "after": after})))
}

async fn delete_data(State(app): State<App>, caller: Caller, Path(id): Path<String>) -> Answer {
    let state = &mut *app.state();
    state.people.allow(&caller.login, Right::ApprovalData)?;
    let approval = state.approvals.delete_data(&id)?;
    Ok(Json(json!({
        "id": approval.data.id, "name": approval.data.name,
        "approval": {"id": approval.id, "name": approval.title},
    })))
}
