//! Routes of accounts and of links to other organisations' directories.

use axum::Json;
use axum::extract::{Path, State};
use http::{Method, StatusCode};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Answer, App, Served};
use crate::caller::Caller;
use crate::people::{NewUser, Provider, User, UserEdit};
use crate::platform::State as Known;
use crate::refusal::Refusal;
use crate::rights::Right;

pub(super) fn routes(served: Served) -> Served {
    served
        .on(Method::GET, "/api/users", list)
        .on(Method::POST, "/api/users", create)
        .on(Method::PATCH, "/api/users/{login}", edit)
        .on(Method::PUT, "/api/users/{login}/home", edit_home)
        .on(Method::POST, "/api/users/delete", delete)
        .on(Method::POST, "/api/users/{login}/groups", add_groups)
        .on(Method::DELETE, "/api/users/{login}/groups/{group}", leave_group)
        .on(Method::POST, "/api/users/{login}/permissions", grant)
        .on(Method::DELETE, "/api/users/{login}/permissions/{permission}", revoke)
        .on(Method::POST, "/api/integrations/wecom", add_wecom)
        .on(Method::DELETE, "/api/integrations/wecom/{id}", delete_wecom)
        .on(Method::POST, "/api/integrations/feishu", add_feishu)
        .on(Method::DELETE, "/api/integrations/feishu/{id}", delete_feishu)
}

/// Does something that takes the right to change accounts.
pub(super) fn change<T>(
    app: &App,
    caller: &Caller,
    change: impl FnOnce(&mut Known) -> Result<T, Refusal>,
) -> Result<T, Refusal> {
    let state = &mut *app.state();
    state.people.allow(&caller.login, Right::Users)?;
    change(state)
}

/// As it is named everywhere: the login is the id.
pub(super) fn named(user: &User) -> Value {
    json!({"id": user.login, "name": user.name})
}

async fn list(State(app): State<App>, caller: Caller) -> Answer {
    change(&app, &caller, |state| {
        let users: Vec<&User> = state.people.users().collect();
        Ok(Json(json!({ "items": users })))
    })
}

async fn create(
    State(app): State<App>,
    caller: Caller,
    Json(ask): Json<NewUser>,
) -> Result<(StatusCode, Json<Value>), Refusal> {
    let user = change(&app, &caller, |state| state.people.create_user(ask))?;
    Ok((StatusCode::CREATED, Json(named(&user))))
}

async fn edit(
    State(app): State<App>,
    caller: Caller,
    Path(login): Path<String>,
    Json(ask): Json<UserEdit>,
) -> Answer {
    let user = change(&app, &caller, |state| state.people.edit_user(&login, ask))?;
    Ok(Json(named(&user)))
}

/// Where an account's home shall be.
#[derive(Deserialize)]
struct Home {
    home: String,
}

async fn edit_home(
    State(app): State<App>,
    caller: Caller,
    Path(login): Path<String>,
    Json(ask): Json<Home>,
) -> Answer {
    let user = change(&app, &caller, |state| state.people.edit_home(&login, ask.home))?;
    Ok(Json(named(&user)))
}

/// Accounts that shall go.
#[derive(Deserialize)]
struct Logins {
    users: Vec<String>,
}

async fn delete(State(app): State<App>, caller: Caller, Json(ask): Json<Logins>) -> Answer {
    let users = change(&app, &caller, |state| state.people.delete_users(&ask.users))?;
    Ok(Json(json!({"users": users.iter().map(named).collect::<Vec<_>>()})))
}

/// Groups that an account shall be in.
#[derive(Deserialize)]
struct Groups {
    groups: Vec<String>,
}

async fn add_groups(
    State(app): State<App>,
    caller: Caller,
    Path(login): Path<String>,
    Json(ask): Json<Groups>,
) -> Answer {
    change(&app, &caller, |state| {
        let people = &mut state.people;
        let user = named(people.user(&login)?);
        let groups = ask.groups.iter().map(|id| people.group(id).cloned());
        let groups = groups.collect::<Result<Vec<_>, Refusal>>()?;
        for id in &ask.groups {
            people.join(id, std::slice::from_ref(&login))?;
        }
        let groups: Vec<Value> =
            groups.iter().map(|group| json!({"id": group.id, "name": group.name})).collect();
        Ok(Json(json!({"id": user["id"], "name": user["name"], "groups": groups})))
    })
}

async fn leave_group(
    State(app): State<App>,
    caller: Caller,
    Path((login, group)): Path<(String, String)>,
) -> Answer {
    change(&app, &caller, |state| {
        let user = named(&state.people.leave(&group, &login)?);
        let group = state.people.group(&group)?;
        let group = json!({"id": group.id, "name": group.name});
        Ok(Json(json!({"id": user["id"], "name": user["name"], "group": group})))
    })
}

/// What an account or a group may do from now on.
#[derive(Deserialize)]
pub(super) struct Grant {
    pub(super) permissions: Vec<Right>,
}

async fn grant(
    State(app): State<App>,
    caller: Caller,
    Path(login): Path<String>,
    Json(ask): Json<Grant>,
) -> Answer {
    let user = change(&app, &caller, |state| state.people.grant_user(&login, &ask.permissions))?;
    Ok(Json(named(&user)))
}

async fn revoke(
    State(app): State<App>,
    caller: Caller,
    Path((login, permission)): Path<(String, Right)>,
) -> Answer {
    let user = change(&app, &caller, |state| state.people.revoke_user(&login, permission))?;
    Ok(Json(named(&user)))
}

/// What WeCom gives to whoever may read its directory.
#[derive(Deserialize)]
struct Wecom {
    corpid: String,
    corpsecret: String,
}

/// What Feishu gives to whoever may read its directory.
#[derive(Deserialize)]
struct Feishu {
    app_id: String,
    app_secret: String,
}

async fn add_wecom(State(app): State<App>, caller: Caller, Json(ask): Json<Wecom>) -> Answer {
    integrate(&app, &caller, Provider::Wecom, &ask.corpid, &ask.corpsecret)
}

async fn add_feishu(State(app): State<App>, caller: Caller, Json(ask): Json<Feishu>) -> Answer {
    integrate(&app, &caller, Provider::Feishu, &ask.app_id, &ask.app_secret)
}

fn integrate(app: &App, caller: &Caller, provider: Provider, id: &str, secret: &str) -> Answer {
    if id.is_empty() || secret.is_empty() {
        return Err(Refusal::Request("both the id and the secret must be there".to_owned()));
    }
    let made = change(app, caller, |state| {
        Ok(state.people.integrate(&mut state.ids, provider, id.to_owned()))
    })?;
    Ok(Json(json!(made)))
}

async fn delete_wecom(State(app): State<App>, caller: Caller, Path(id): Path<String>) -> Answer {
    disintegrate(&app, &caller, Provider::Wecom, &id)
}

async fn delete_feishu(State(app): State<App>, caller: Caller, Path(id): Path<String>) -> Answer {
    disintegrate(&app, &caller, Provider::Feishu, &id)
}

fn disintegrate(app: &App, caller: &Caller, provider: Provider, id: &str) -> Answer {
    let gone = change(app, caller, |state| state.people.disintegrate(provider, id))?;
    Ok(Json(json!(gone)))
}
