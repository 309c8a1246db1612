//! Routes of groups of accounts.

use axum::Json;
use axum::extract::{Path, State};
use http::{Method, StatusCode};
use serde::Deserialize;
use serde_json::{Value, json};

use super::users::{Grant, change, named as named_user};
use super::{Answer, App, Served};
use crate::caller::Caller;
use crate::people::{Group, UserEnvironment};
use crate::refusal::Refusal;
use crate::rights::Right;

pub(super) fn routes(served: Served) -> Served {
    served
        .on(Method::GET, "/api/groups", list)
        .on(Method::POST, "/api/groups", create)
        .on(Method::PATCH, "/api/groups/{id}", rename)
        .on(Method::PUT, "/api/groups/{id}/environment", configure)
        .on(Method::POST, "/api/groups/{id}/permissions", grant)
        .on(Method::DELETE, "/api/groups/{id}/permissions/{permission}", revoke)
        .on(Method::POST, "/api/groups/{id}/members", add_members)
        .on(Method::POST, "/api/groups/delete", delete)
}

fn named(group: &Group) -> Value {
    json!({"id": group.id, "name": group.name})
}

async fn list(State(app): State<App>, caller: Caller) -> Answer {
    change(&app, &caller, |state| {
        let groups: Vec<&Group> = state.people.groups().collect();
        Ok(Json(json!({ "items": groups })))
    })
}

/// A group's name.
#[derive(Deserialize)]
struct Name {
    name: String,
}

async fn create(
    State(app): State<App>,
    caller: Caller,
    Json(ask): Json<Name>,
) -> Result<(StatusCode, Json<Value>), Refusal> {
    let group =
        change(&app, &caller, |state| Ok(state.people.create_group(&mut state.ids, ask.name)))?;
    Ok((StatusCode::CREATED, Json(named(&group))))
}

async fn rename(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    Json(ask): Json<Name>,
) -> Answer {
    let group = change(&app, &caller, |state| state.people.rename_group(&id, ask.name))?;
    Ok(Json(named(&group)))
}

async fn configure(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    Json(ask): Json<UserEnvironment>,
) -> Answer {
    let group = change(&app, &caller, |state| state.people.configure_group(&id, ask))?;
    Ok(Json(named(&group)))
}

async fn grant(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    Json(ask): Json<Grant>,
) -> Answer {
    let group = change(&app, &caller, |state| state.people.grant_group(&id, &ask.permissions))?;
    Ok(Json(named(&group)))
}

async fn revoke(
    State(app): State<App>,
    caller: Caller,
    Path((id, permission)): Path<(String, Right)>,
) -> Answer {
    let group = change(&app, &caller, |state| state.people.revoke_group(&id, permission))?;
    Ok(Json(named(&group)))
}

/// Accounts that shall be in a group.
#[derive(Deserialize)]
struct Members {
    users: Vec<String>,
}

async fn add_members(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    Json(ask): Json<Members>,
) -> Answer {
    change(&app, &caller, |state| {
        let users = state.people.join(&id, &ask.users)?;
        let users: Vec<Value> = users.iter().map(named_user).collect();
        Ok(Json(json!({ "users": users, "group": named(state.people.group(&id)?) })))
    })
}

/// Groups that shall go.
#[derive(Deserialize)]
struct Groups {
    groups: Vec<String>,
}

async fn delete(State(app): State<App>, caller: Caller, Json(ask): Json<Groups>) -> Answer {
    let groups = change(&app, &caller, |state| state.people.delete_groups(&ask.groups))?;
    Ok(Json(json!({"groups": groups.iter().map(named).collect::<Vec<_>>()})))
}
