//! Acts on clusters and desktops.

use annals_api::sdk::web::{Act, Call};
use annals_api::sdk::{Object, Operation, op};
use axum::extract::Query;
use http::Method;
use serde_json::json;

use super::declared::{Declared, with_all};
use super::shown::{answered, answered_all, changed, listed, object, wanted};
use crate::environments::{Environment, Kind};
use crate::platform::App;
use crate::sessions::{Protocol, Target};

/// The operations that both kinds have.
struct Operations {
    kind: Kind,
    base: &'static str,
    create: Operation,
    release: Operation,
    delete: Operation,
    node_add: Operation,
    node_edit: Operation,
    node_release: Operation,
    global_mount: [Operation; 2],
    partition_mount: [Operation; 2],
    sessions: [(Protocol, Operation); 3],
}

const CLUSTERS: Operations = Operations {
    kind: Kind::Cluster,
    base: "/api/clusters",
    create: op::CLUSTER_CREATE,
    release: op::CLUSTER_RELEASE,
    delete: op::CLUSTER_DELETE,
    node_add: op::CLUSTER_NODE_ADD,
    node_edit: op::CLUSTER_NODE_EDIT,
    node_release: op::CLUSTER_NODE_RELEASE,
    global_mount: [op::CLUSTER_GLOBAL_MOUNT_CREATE, op::CLUSTER_GLOBAL_MOUNT_UNBIND],
    partition_mount: [op::CLUSTER_PARTITION_MOUNT_CREATE, op::CLUSTER_PARTITION_MOUNT_UNBIND],
    sessions: [
        (Protocol::Ssh, op::CLUSTER_WEBSSH_CREATE),
        (Protocol::Vnc, op::CLUSTER_WEBVNC_CREATE),
        (Protocol::Rdp, op::CLUSTER_WEBRDP_CREATE),
    ],
};

const DESKTOPS: Operations = Operations {
    kind: Kind::Desktop,
    base: "/api/desktops",
    create: op::DESKTOP_CREATE,
    release: op::DESKTOP_RELEASE,
    delete: op::DESKTOP_DELETE,
    node_add: op::DESKTOP_NODE_ADD,
    node_edit: op::DESKTOP_NODE_EDIT,
    node_release: op::DESKTOP_NODE_RELEASE,
    global_mount: [op::DESKTOP_GLOBAL_MOUNT_CREATE, op::DESKTOP_GLOBAL_MOUNT_UNBIND],
    partition_mount: [op::DESKTOP_PARTITION_MOUNT_CREATE, op::DESKTOP_PARTITION_MOUNT_UNBIND],
    sessions: [
        (Protocol::Ssh, op::DESKTOP_WEBSSH_CREATE),
        (Protocol::Vnc, op::DESKTOP_WEBVNC_CREATE),
        (Protocol::Rdp, op::DESKTOP_WEBRDP_CREATE),
    ],
};

pub(super) fn declare(declared: Declared) -> Declared {
    let declared = both(both(declared, &CLUSTERS), &DESKTOPS);
    partitions(declared)
}

/// Looks into the cluster or desktop that a request is about.
fn inside<T>(
    app: &App,
    kind: Kind,
    call: &Call,
    look: impl FnOnce(&Environment) -> T,
) -> Option<T> {
    app.state().environments.find(kind, call.param("id")?).ok().map(look)
}

/// The cluster or desktop itself.
fn whole(app: &App, kind: Kind) -> impl Fn(&Call) -> Option<Object> + use<> {
    let app = app.clone();
    move |call| {
        let name = inside(&app, kind, call, |environment| environment.name.clone());
        Some(object(kind.word(), call.param("id")?, name.as_deref()))
    }
}

/// A part of it, by the name of its place in the path.
fn part(app: &App, kind: Kind, what: &'static str) -> impl Fn(&Call) -> Option<Object> + use<> {
    let app = app.clone();
    move |call| {
        let id = call.param(what)?;
        let name = inside(&app, kind, call, |environment| name_in(environment, what, id));
        Some(object(what, id, name.flatten().as_deref()))
    }
}

fn name_in(environment: &Environment, what: &str, id: &str) -> Option<String> {
    match what {
        "node" => environment.node(id).ok().map(|node| node.name.clone()),
        "mount" => environment.mount(id).ok().map(|mount| mount.name.clone()),
        _ => environment.partition(id).ok().map(|partition| partition.name.clone()),
    }
}

fn both(declared: Declared, operations: &Operations) -> Declared {
    let Operations { kind, base, .. } = *operations;
    let app = declared.app.clone();
    let at = |rest: &str| format!("{base}{rest}");
    let environment = |act: Act| act.object(whole(&app, kind)).ended(answered(kind.word()));
    let node = |act: Act| act.related("parent", whole(&app, kind));
    let declared = declared
        .on(Method::POST, base, operations.create, |act| {
            act.object(wanted(kind.word(), "/name")).ended(answered(kind.word()))
        })
        .on(Method::POST, &at("/{id}/release"), operations.release, |act| environment(act.strict()))
        .on(Method::DELETE, &at("/{id}"), operations.delete, |act| environment(act.strict()))
        .on(Method::POST, &at("/{id}/nodes"), operations.node_add, |act| {
            node(act).ended(answered_all("node", "/nodes"))
        })
        .on(Method::PATCH, &at("/{id}/nodes/{node}"), operations.node_edit, |act| {
            node(act).object(part(&app, kind, "node")).ended(answered("node"))
        })
        .on(Method::POST, &at("/{id}/nodes/release"), operations.node_release, |act| {
            let nodes = nodes_to_go(&app, kind);
            node(act.strict()).with(move |call, event| with_all(event, nodes(call)))
        });
    sessions(mounts(declared, operations), operations)
}

/// The nodes that a request names, each with its name.
fn nodes_to_go(app: &App, kind: Kind) -> impl Fn(&Call) -> Vec<Object> + use<> {
    let app = app.clone();
    move |call| {
        let ids = listed(call, "/nodes");
        let name = |id: &str| inside(&app, kind, call, |inside| name_in(inside, "node", id));
        ids.iter().map(|id| object("node", id, name(id).flatten().as_deref())).collect()
    }
}

fn mounts(declared: Declared, operations: &Operations) -> Declared {
    let Operations { kind, base, .. } = *operations;
    let app = declared.app.clone();
    let parent = |act: Act| act.related("parent", whole(&app, kind));
    let partition = |act: Act| {
        let app = app.clone();
        act.related("partition", move |call| {
            let id = call.text("/partition")?;
            let name = inside(&app, kind, call, |inside| name_in(inside, "partition", id));
            Some(object("partition", id, name.flatten().as_deref()))
        })
    };
    let create = |act: Act| parent(act).object(wanted("mount", "/path")).ended(answered("mount"));
    let unbind = |act: Act| parent(act).object(part(&app, kind, "mount"));
    let [global, unbind_global] = operations.global_mount;
    let [bound, unbind_bound] = operations.partition_mount;
    let at = |rest: &str| format!("{base}/{{id}}/{rest}");
    let declared = declared
        .on(Method::POST, &at("global-mounts"), global, create)
        .on(Method::DELETE, &at("global-mounts/{mount}"), unbind_global, unbind)
        .on(Method::POST, &at("partition-mounts"), bound, |act| partition(create(act)))
        .on(Method::DELETE, &at("partition-mounts/{mount}"), unbind_bound, |act| {
            let app = app.clone();
            unbind(act).related("partition", move |call| {
                let mount = call.param("mount")?;
                let found = inside(&app, kind, call, |inside| {
                    let id = inside.mount(mount).ok()?.partition.clone()?;
                    let name = name_in(inside, "partition", &id);
                    Some(object("partition", &id, name.as_deref()))
                });
                found.flatten()
            })
        });
    if kind == Kind::Desktop {
        return declared;
    }
    let convert = at("global-mounts/{mount}/convert");
    declared.on(Method::POST, &convert, op::CLUSTER_MOUNT_CONVERT, |act| {
        partition(parent(act)).object(part(&app, kind, "mount")).ended(changed)
    })
}

fn sessions(mut declared: Declared, operations: &Operations) -> Declared {
    let Operations { kind, base, .. } = *operations;
    for (protocol, operation) in operations.sessions {
        let path = format!("{base}/{{id}}/web{}", protocol.word());
        let app = declared.app.clone();
        declared = declared.on(Method::GET, &path, operation, |act| {
            act.object(whole(&app, kind)).with(move |call, event| {
                let Ok(Query(target)) = Query::<Target>::try_from_uri(&call.parts().uri) else {
                    return event;
                };
                let data = json!({
                    "protocol": protocol, "node": target.node,
                    "node_address": target.node_address, "application": target.application,
                });
                let node = object("node", &target.node, Some(&target.node_name));
                event.session_id(&target.session).related("node", node).request_data(&data)
            })
        });
    }
    declared
}

fn partitions(declared: Declared) -> Declared {
    let app = declared.app.clone();
    let kind = Kind::Cluster;
    let parent = |act: Act| act.related("parent", whole(&app, kind));
    let partition = |act: Act| parent(act).object(part(&app, kind, "partition"));
    let base = "/api/clusters/{id}/partitions";
    let at = |rest: &str| format!("{base}/{{partition}}{rest}");
    declared
        .on(Method::POST, base, op::CLUSTER_PARTITION_CREATE, |act| {
            parent(act).object(wanted("partition", "/name")).ended(answered("partition"))
        })
        .on(Method::PATCH, &at(""), op::CLUSTER_PARTITION_EDIT, |act| {
            partition(act).ended(answered("partition"))
        })
        .on(Method::POST, &at("/release"), op::CLUSTER_PARTITION_RELEASE, |act| {
            partition(act.strict())
        })
}
