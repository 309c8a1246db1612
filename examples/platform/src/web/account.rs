//! Routes of somebody's own account: signing in, password, profile.
//!
//! Which operation a sign-in is depends on whether the account is known, so it is recorded here
//! and not by the layer.

use std::net::IpAddr;

use annals_api::sdk::{End, op};
use axum::Json;
use axum::extract::State;
use http::header::USER_AGENT;
use http::{HeaderMap, Method};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::json;

use super::{Answer, App, Served};
use crate::caller::{Caller, Source};
use crate::own_act::OwnAct;
use crate::people::{User, UserEdit};
use crate::refusal::Refusal;
use crate::told;

pub(super) fn routes(served: Served) -> Served {
    served
        .on(Method::POST, "/api/login", sign_in)
        .on(Method::POST, "/api/account/password", change_password)
        .on(Method::PATCH, "/api/account", edit)
}

/// Who wants to sign in.
#[derive(Clone, Deserialize)]
struct SignIn {
    login: String,
    password: String,
}

async fn sign_in(
    State(app): State<App>,
    Source(source): Source,
    headers: HeaderMap,
    Json(ask): Json<SignIn>,
) -> Answer {
    let agent = headers.get(USER_AGENT).and_then(|agent| agent.to_str().ok());
    let agent = agent.unwrap_or_default().to_owned();
    // What is recorded waits for the disk.
    let signing_in = move || signed_in(&app, ask, source, agent);
    tokio::task::spawn_blocking(signing_in).await.unwrap_or(Err(Refusal::SignIn))
}

/// Nobody is in before that is recorded.
fn signed_in(app: &App, ask: SignIn, source: IpAddr, agent: String) -> Answer {
    let SignIn { login, password } = ask;
    let (tried, name) = {
        let people = &mut app.state().people;
        let name = people.user(&login).map_or(login.clone(), |user| user.name.clone());
        (people.sign_in(&login, &password), name)
    };
    match tried {
        Ok(token) => {
            let event = told::sign_in(op::USER_LOGIN, &login, &name, source, &agent);
            if let Err(error) = app.journal.record(event, &End::success()) {
                tracing::error!(%error, "a sign-in was refused: not recorded");
                app.state().people.sign_out(&token);
                return Err(Refusal::Unrecorded);
            }
            Ok(Json(json!({"token": token, "id": login, "name": name})))
        }
        Err(fault) => {
            let act = OwnAct::SignIn { login, name, fault, source, agent };
            app.journal.tell(&act, Timestamp::now());
            Err(Refusal::SignIn)
        }
    }
}

/// A new password.
#[derive(Deserialize)]
struct NewPassword {
    old_password: String,
    new_password: String,
}

fn named(user: &User) -> Json<serde_json::Value> {
    Json(json!({"id": user.login, "name": user.name}))
}

async fn change_password(
    State(app): State<App>,
    caller: Caller,
    Json(ask): Json<NewPassword>,
) -> Answer {
    let people = &mut app.state().people;
    people.change_password(&caller.login, &ask.old_password, &ask.new_password).map(|it| named(&it))
}

async fn edit(State(app): State<App>, caller: Caller, Json(ask): Json<UserEdit>) -> Answer {
    if ask.is_locked.is_some() {
        return Err(Refusal::Rule("nobody locks or unlocks an account of his own"));
    }
    app.state().people.edit_user(&caller.login, ask).map(|user| named(&user))
}
