//! Routes of clusters and desktops; the same for both, but that only a cluster's partitions change
//! and only clusters come up later.

use axum::Json;
use axum::extract::{Path, State};
use axum::response::{IntoResponse as _, Response};
use http::{Method, StatusCode};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::json;

use super::{Answer, App, Served};
use crate::caller::{Caller, Recorded};
use crate::environments::{
    Environment, Kind, Lease, NewEnvironment, NewMount, NewNode, NewPartition, NodeEdit,
};
use crate::platform::State as Known;
use crate::refusal::Refusal;
use crate::sessions::{Cause, Cut, Session};

pub(super) fn routes(mut served: Served) -> Served {
    for base in ["/api/clusters", "/api/desktops"] {
        let at = |rest: &str| format!("{base}{rest}");
        served = served
            .on(Method::GET, base, list)
            .on(Method::POST, base, create)
            .on(Method::POST, &at("/{id}/release"), release)
            .on(Method::DELETE, &at("/{id}"), delete)
            .on(Method::POST, &at("/{id}/nodes"), add_nodes)
            .on(Method::PATCH, &at("/{id}/nodes/{node}"), edit_node)
            .on(Method::POST, &at("/{id}/nodes/release"), release_nodes)
            .on(Method::POST, &at("/{id}/global-mounts"), add_global_mount)
            .on(Method::DELETE, &at("/{id}/global-mounts/{mount}"), unbind_global_mount)
            .on(Method::POST, &at("/{id}/partition-mounts"), add_partition_mount)
            .on(Method::DELETE, &at("/{id}/partition-mounts/{mount}"), unbind_partition_mount);
    }
    served
        .on(Method::POST, "/api/clusters/{id}/partitions", add_partition)
        .on(Method::PATCH, "/api/clusters/{id}/partitions/{partition}", edit_partition)
        .on(Method::POST, "/api/clusters/{id}/partitions/{partition}/release", release_partition)
        .on(Method::POST, "/api/clusters/{id}/global-mounts/{mount}/convert", convert_mount)
        .on(Method::GET, "/api/tasks/{task}", task)
}

type Id = Path<String>;
type Ids = Path<(String, String)>;

async fn list(State(app): State<App>, _: Caller, kind: Kind) -> Answer {
    let state = app.state();
    let found: Vec<&Environment> = state.environments.of_kind(kind).collect();
    Ok(Json(json!({ "items": found })))
}

async fn create(
    State(app): State<App>,
    caller: Caller,
    kind: Kind,
    Recorded(operation): Recorded,
    Json(ask): Json<NewEnvironment>,
) -> Result<Response, Refusal> {
    let state = &mut *app.state();
    state.people.allow(&caller.login, kind.right())?;
    let Known { ids, environments, .. } = state;
    let image = ask.image.clone();
    let made = environments.create(ids, kind, &caller.login, ask)?;
    let (id, name) = (made.id.clone(), made.name.clone());
    if kind == Kind::Desktop {
        return Ok((StatusCode::CREATED, Json(json!(made))).into_response());
    }
    let task = environments.begin(ids, &id, &image, Timestamp::now(), operation);
    let body = json!({"id": id, "name": name, "task": task.id});
    Ok((StatusCode::ACCEPTED, Json(body)).into_response())
}

async fn task(State(app): State<App>, _: Caller, Path(id): Id) -> Answer {
    let state = app.state();
    let creation = state.environments.creation(&id)?;
    Ok(Json(json!(creation)))
}

async fn release(
    State(app): State<App>,
    caller: Caller,
    kind: Kind,
    Recorded(because): Recorded,
    Path(id): Id,
) -> Answer {
    let state = &mut *app.state();
    state.people.allow(&caller.login, kind.right())?;
    let answer = named(state.environments.release(kind, &id)?);
    end_sessions(state, because, |session| session.environment == id);
    Ok(answer)
}

async fn delete(State(app): State<App>, caller: Caller, kind: Kind, Path(id): Id) -> Answer {
    let state = &mut *app.state();
    state.people.allow(&caller.login, kind.right())?;
    Ok(named(&state.environments.delete(kind, &id)?))
}

/// Sessions on what is gone have ended.
fn end_sessions(state: &mut Known, because: Option<String>, which: impl Fn(&Session) -> bool) {
    let cut = Cut { cause: Cause::Release, by: None, source: None, because };
    state.sessions.cut(which, &cut);
}

fn named(environment: &Environment) -> Json<serde_json::Value> {
    Json(json!({"id": environment.id, "name": environment.name}))
}

/// What handlers of one running environment do: rights first.
fn change<T>(
    app: &App,
    caller: &Caller,
    kind: Kind,
    id: &str,
    change: impl FnOnce(&mut Environment, &mut crate::ids::Ids) -> Result<T, Refusal>,
) -> Result<(T, String), Refusal> {
    let state = &mut *app.state();
    state.people.allow(&caller.login, kind.right())?;
    let environment = state.environments.running(kind, id)?;
    let name = environment.name.clone();
    Ok((change(environment, &mut state.ids)?, name))
}

/// The nodes of a request.
#[derive(Deserialize)]
struct NewNodes {
    nodes: Vec<NewNode>,
}

async fn add_nodes(
    State(app): State<App>,
    caller: Caller,
    kind: Kind,
    Path(id): Id,
    Json(ask): Json<NewNodes>,
) -> Answer {
    let add = |environment: &mut Environment, ids: &mut _| environment.add_nodes(ids, ask.nodes);
    let (nodes, parent) = change(&app, &caller, kind, &id, add)?;
    Ok(Json(json!({ "nodes": nodes, "parent": parent })))
}

async fn edit_node(
    State(app): State<App>,
    caller: Caller,
    kind: Kind,
    Path((id, node)): Ids,
    Json(ask): Json<NodeEdit>,
) -> Answer {
    let edit = |environment: &mut Environment, _: &mut _| environment.edit_node(&node, ask);
    let (node, parent) = change(&app, &caller, kind, &id, edit)?;
    Ok(Json(json!({"id": node.id, "name": node.name, "parent": parent})))
}

/// Nodes that shall go.
#[derive(Deserialize)]
struct Release {
    mode: Mode,
    nodes: Vec<String>,
}

/// Rented nodes are released, the site's own removed.
#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Mode {
    Release,
    Remove,
}

async fn release_nodes(
    State(app): State<App>,
    caller: Caller,
    kind: Kind,
    Recorded(because): Recorded,
    Path(id): Id,
    Json(ask): Json<Release>,
) -> Answer {
    let lease = match ask.mode {
        Mode::Release => Lease::Dynamic,
        Mode::Remove => Lease::Static,
    };
    let release =
        |environment: &mut Environment, _: &mut _| environment.release_nodes(&ask.nodes, lease);
    let (nodes, parent) = change(&app, &caller, kind, &id, release)?;
    end_sessions(&mut app.state(), because, |session| {
        nodes.iter().any(|node| node.id == session.target.node)
    });
    Ok(Json(json!({ "nodes": nodes, "parent": parent })))
}

async fn add_partition(
    State(app): State<App>,
    caller: Caller,
    kind: Kind,
    Path(id): Id,
    Json(ask): Json<NewPartition>,
) -> Answer {
    let add = |environment: &mut Environment, ids: &mut _| Ok(environment.add_partition(ids, ask));
    let (partition, parent) = change(&app, &caller, kind, &id, add)?;
    Ok(Json(json!({"id": partition.id, "name": partition.name, "parent": parent})))
}

async fn edit_partition(
    State(app): State<App>,
    caller: Caller,
    kind: Kind,
    Path((id, partition)): Ids,
    Json(ask): Json<NewPartition>,
) -> Answer {
    let edit = |inside: &mut Environment, _: &mut _| inside.edit_partition(&partition, ask);
    let (partition, parent) = change(&app, &caller, kind, &id, edit)?;
    Ok(Json(json!({"id": partition.id, "name": partition.name, "parent": parent})))
}

async fn release_partition(
    State(app): State<App>,
    caller: Caller,
    kind: Kind,
    Path((id, partition)): Ids,
) -> Answer {
    let release = |inside: &mut Environment, _: &mut _| inside.release_partition(&partition);
    let (partition, parent) = change(&app, &caller, kind, &id, release)?;
    Ok(Json(json!({"id": partition.id, "name": partition.name, "parent": parent})))
}

fn add_mount(app: &App, caller: &Caller, kind: Kind, id: &str, ask: NewMount) -> Answer {
    let add = |environment: &mut Environment, ids: &mut _| environment.add_mount(ids, ask);
    let (mount, parent) = change(app, caller, kind, id, add)?;
    Ok(Json(json!({"id": mount.id, "name": mount.name, "parent": parent})))
}

async fn add_global_mount(
    State(app): State<App>,
    caller: Caller,
    kind: Kind,
    Path(id): Id,
    Json(ask): Json<NewMount>,
) -> Answer {
    if ask.partition.is_some() {
        return Err(Refusal::Request("a global mount has no partition".to_owned()));
    }
    add_mount(&app, &caller, kind, &id, ask)
}

async fn add_partition_mount(
    State(app): State<App>,
    caller: Caller,
    kind: Kind,
    Path(id): Id,
    Json(ask): Json<NewMount>,
) -> Answer {
    if ask.partition.is_none() {
        return Err(Refusal::Request("say in which partition".to_owned()));
    }
    add_mount(&app, &caller, kind, &id, ask)
}

async fn unbind_global_mount(
    State(app): State<App>,
    caller: Caller,
    kind: Kind,
    Path((id, mount)): Ids,
) -> Answer {
    unbind(&app, &caller, kind, &id, &mount, true)
}

async fn unbind_partition_mount(
    State(app): State<App>,
    caller: Caller,
    kind: Kind,
    Path((id, mount)): Ids,
) -> Answer {
    unbind(&app, &caller, kind, &id, &mount, false)
}

fn unbind(app: &App, caller: &Caller, kind: Kind, id: &str, mount: &str, global: bool) -> Answer {
    let unbind = |environment: &mut Environment, _: &mut _| environment.unbind(mount, global);
    let (mount, parent) = change(app, caller, kind, id, unbind)?;
    Ok(Json(json!({"id": mount.id, "name": mount.name, "parent": parent})))
}

/// The partition that a mount shall be in.
#[derive(Deserialize)]
struct Convert {
    partition: String,
}

async fn convert_mount(
    State(app): State<App>,
    caller: Caller,
    kind: Kind,
    Path((id, mount)): Ids,
    Json(ask): Json<Convert>,
) -> Answer {
    let convert = |inside: &mut Environment, _: &mut _| {
        let partition = inside.partition(&ask.partition)?.name.clone();
        Ok((inside.convert_mount(&mount, &ask.partition)?, partition))
    };
    let ((mount, partition), parent) = change(&app, &caller, kind, &id, convert)?;
    Ok(Json(json!({
        "id": mount.id, "name": mount.name, "parent": parent, "partition_name": partition,
        "before": {"scope": "global"},
        "after": {"scope": "partition", "partition": mount.partition},
    })))
}
