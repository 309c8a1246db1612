//! Routes of remote sessions. A session is a WebSocket: its upgrade is the beginning, its close
//! the end; behind it stands a terminal or screen that sends back what it is sent.
//!
//! The upgrade is recorded by the layer; the end, which no request brings, by the journal.

use std::time::Duration;

use axum::Json;
use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade};
use axum::extract::{FromRequestParts, Path, Query, State};
use axum::response::Response;
use http::Method;
use http::request::Parts;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::json;
use tokio::sync::oneshot;

use super::{Answer, App, Served};
use crate::caller::{Caller, Recorded, Source};
use crate::environments::Kind;
use crate::own_act::OwnAct;
use crate::refusal::Refusal;
use crate::rights::Right;
use crate::sessions::{Cause, Cut, NewSession, Protocol, Session, Target};

/// What the user of a session may still read that somebody else cuts, and for how long.
const FAREWELL: &str = "this session is being closed";
const LAST_WORDS: Duration = Duration::from_secs(1);

pub(super) fn routes(mut served: Served) -> Served {
    for base in ["/api/clusters", "/api/desktops"] {
        let at = |rest: &str| format!("{base}/{{id}}/{rest}");
        served = served
            .on(Method::GET, &at("session-address"), address)
            .on(Method::GET, &at("webssh"), ssh)
            .on(Method::GET, &at("webvnc"), vnc)
            .on(Method::GET, &at("webrdp"), rdp);
    }
    served.on(Method::GET, "/api/sessions", list).on(Method::DELETE, "/api/sessions/{session}", cut)
}

/// Where to.
#[derive(Deserialize)]
struct Wanted {
    protocol: Protocol,
    node: String,
    application: String,
}

/// The address under which the caller, and nobody else, opens a session.
async fn address(
    State(app): State<App>,
    caller: Caller,
    kind: Kind,
    Path(id): Path<String>,
    Query(wanted): Query<Wanted>,
) -> Answer {
    let state = app.state();
    let environment = state.environments.find(kind, &id)?;
    if environment.owner != caller.login {
        state.people.allow(&caller.login, kind.right())?;
    }
    let node = environment.node(&wanted.node)?;
    let target = state.sessions.target(&caller.login, environment, node, wanted.application);
    let path = format!("/api/{}s/{id}/web{}", kind.word(), wanted.protocol.word());
    Ok(Json(json!({ "path": path, "query": target })))
}

async fn list(State(app): State<App>, caller: Caller) -> Answer {
    let state = app.state();
    let sees_all = state.people.allow(&caller.login, Right::Sessions).is_ok();
    let mine = |session: &&Session| sees_all || session.target.user == caller.login;
    let items: Vec<&Session> = state.sessions.running().filter(mine).collect();
    Ok(Json(json!({ "items": items })))
}

/// Ends a session: one's own, or with the right to it somebody else's.
async fn cut(
    State(app): State<App>,
    caller: Caller,
    Source(source): Source,
    Recorded(because): Recorded,
    Path(id): Path<String>,
) -> Answer {
    let state = &mut *app.state();
    let session = state.sessions.find(&id)?;
    let is_own = session.target.user == caller.login;
    let mut answer = json!(session);
    if !is_own {
        state.people.allow(&caller.login, Right::Sessions)?;
    }
    let cause = if is_own { Cause::User } else { Cause::Admin };
    let cut = Cut { cause, by: Some(caller.login), source: Some(source), because };
    state.sessions.cut(|session| session.target.session == id, &cut);
    answer["cause"] = json!(cause);
    Ok(Json(answer))
}

/// Everything that the upgrade of a session shows.
struct Upgrade {
    app: App,
    caller: Caller,
    kind: Kind,
    source: Source,
}

impl FromRequestParts<App> for Upgrade {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Refusal> {
        Ok(Self {
            app: app.clone(),
            caller: Caller::from_request_parts(parts, app).await?,
            kind: Kind::from_request_parts(parts, app).await?,
            source: Source::from_request_parts(parts, app).await?,
        })
    }
}

async fn ssh(up: Upgrade, id: Path<String>, to: Query<Target>, ws: WebSocketUpgrade) -> Answered {
    open(up, Protocol::Ssh, id, to, ws)
}

async fn vnc(up: Upgrade, id: Path<String>, to: Query<Target>, ws: WebSocketUpgrade) -> Answered {
    open(up, Protocol::Vnc, id, to, ws)
}

async fn rdp(up: Upgrade, id: Path<String>, to: Query<Target>, ws: WebSocketUpgrade) -> Answered {
    open(up, Protocol::Rdp, id, to, ws)
}

type Answered = Result<Response, Refusal>;

fn open(
    upgrade: Upgrade,
    protocol: Protocol,
    Path(environment): Path<String>,
    Query(target): Query<Target>,
    socket: WebSocketUpgrade,
) -> Answered {
    let Upgrade { app, caller, kind, source: Source(source) } = upgrade;
    let id = target.session.clone();
    let cutting = {
        let state = &mut *app.state();
        state.environments.find(kind, &environment)?.node(&target.node)?;
        let now = Timestamp::now();
        let session = NewSession { kind, environment, protocol, target, source, now };
        state.sessions.open(&caller.login, session)?
    };
    let failed = (app.clone(), id.clone());
    let socket = socket.on_failed_upgrade(move |_| {
        let (app, id) = failed;
        tokio::task::spawn_blocking(move || ended(&app, &id, of_itself(Cause::Network)));
    });
    Ok(socket.on_upgrade(move |socket| async move {
        let cut = run(socket, cutting).await;
        // What is recorded waits for the disk; a task that panicked has said so itself.
        let _ = tokio::task::spawn_blocking(move || ended(&app, &id, cut)).await;
    }))
}

fn of_itself(cause: Cause) -> Cut {
    Cut { cause, by: None, source: None, because: None }
}

/// Until it ends, and how it ended.
async fn run(mut socket: WebSocket, mut cutting: oneshot::Receiver<Cut>) -> Cut {
    loop {
        let message = tokio::select! {
            message = socket.recv() => message,
            Ok(cut) = &mut cutting => {
                let code = cut.cause.close_code();
                let frame = CloseFrame { code, reason: cut.cause.word().into() };
                // Who is gone already needs no farewell.
                if cut.by.is_some() {
                    let _ = socket.send(Message::text(FAREWELL)).await;
                    tokio::time::sleep(LAST_WORDS).await;
                }
                let _ = socket.send(Message::Close(Some(frame))).await;
                return cut;
            }
        };
        let answer = match message {
            Some(Ok(Message::Close(_))) => return of_itself(Cause::User),
            Some(Ok(message @ (Message::Text(_) | Message::Binary(_)))) => message,
            Some(Ok(_)) => continue,
            Some(Err(_)) | None => return of_itself(Cause::Network),
        };
        if socket.send(answer).await.is_err() {
            return of_itself(Cause::Network);
        }
    }
}

/// Not for async threads.
fn ended(app: &App, id: &str, cut: Cut) {
    let Some(session) = app.state().sessions.close(id) else { return };
    let now = Timestamp::now();
    let lasted = session.lasted(now);
    app.journal.tell(&OwnAct::SessionEnd { session: Box::new(session), cut, lasted }, now);
}
