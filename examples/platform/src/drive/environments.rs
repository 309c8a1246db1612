//! Clusters and desktops, from creation to deletion.

use anyhow::Result;
use http::Method;
use serde_json::{Value, json};

use super::Crew;
use super::socket::Socket;
use super::visitor::{Visitor, text};

/// How long VNC sessions may run once that is limited, seconds.
const VNC_SECONDS: u32 = 1;

/// A cluster's life, and one that does not come up.
pub(super) async fn clusters(crew: &Crew) -> Result<()> {
    let alice = &crew.alice;
    let broken = json!({"name": "broken", "nodes": 1, "image": "no-such-image"});
    let made = alice.does(Method::POST, "/api/clusters", broken).await?;
    comes_up(alice, &made, "failed").await?;
    let farm = json!({"name": "render farm 渲染农场", "nodes": 2, "image": "rocky-9"});
    let made = alice.does(Method::POST, "/api/clusters", farm).await?;
    comes_up(alice, &made, "running").await?;
    let cluster = format!("/api/clusters/{}", text(&made, "/id")?);
    let at = |rest: &str| format!("{cluster}{rest}");
    let mut partitions = Vec::new();
    for (name, role) in [("compute", "compute"), ("login", "login")] {
        let partition = json!({"name": name, "role": role});
        let made = alice.does(Method::POST, &at("/partitions"), partition).await?;
        partitions.push(text(&made, "/id")?);
    }
    let [compute, login] = partitions.as_slice() else { return Ok(()) };
    let edited = json!({"name": "gpu", "role": "compute"});
    alice.does(Method::PATCH, &at(&format!("/partitions/{compute}")), edited).await?;
    let nodes = nodes(alice, &cluster, Some(compute)).await?;
    sessions(crew, &cluster, &nodes).await?;
    mounts(alice, &cluster, compute).await?;
    let global = json!({"source": "nas:/projects", "path": "/projects"});
    let mount = alice.does(Method::POST, &at("/global-mounts"), global).await?;
    let mount = text(&mount, "/id")?;
    let convert = at(&format!("/global-mounts/{mount}/convert"));
    alice.does(Method::POST, &convert, json!({ "partition": login })).await?;
    let release = at(&format!("/partitions/{login}/release"));
    alice.refused(409, Method::POST, &release, json!(null)).await?;
    let unbind = at(&format!("/partition-mounts/{mount}"));
    alice.does(Method::DELETE, &unbind, json!(null)).await?;
    alice.does(Method::POST, &release, json!(null)).await?;
    alice.refused(409, Method::DELETE, &cluster, json!(null)).await?;
    alice.does(Method::POST, &at("/release"), json!(null)).await?;
    alice.does(Method::DELETE, &cluster, json!(null)).await?;
    Ok(())
}

/// A desktop's life.
pub(super) async fn desktops(crew: &Crew) -> Result<()> {
    let alice = &crew.alice;
    let ask = json!({"name": "design desk", "nodes": 1, "image": "windows-2025"});
    let made = alice.does(Method::POST, "/api/desktops", ask).await?;
    let desktop = format!("/api/desktops/{}", text(&made, "/id")?);
    let nodes = nodes(alice, &desktop, None).await?;
    sessions(crew, &desktop, &nodes).await?;
    let partitions = made["partitions"].as_object().into_iter().flatten();
    for (partition, _) in partitions {
        mounts(alice, &desktop, partition).await?;
    }
    alice.does(Method::POST, &format!("{desktop}/release"), json!(null)).await?;
    alice.does(Method::DELETE, &desktop, json!(null)).await?;
    Ok(())
}

async fn comes_up(visitor: &Visitor, made: &Value, status: &str) -> Result<()> {
    let task = format!("/api/tasks/{}", text(made, "/task")?);
    visitor.waits(&task, |seen| seen["status"] == status).await.map(|_| ())
}

/// Adds two rented nodes and one of the site's own, and renames one.
async fn nodes(alice: &Visitor, base: &str, partition: Option<&str>) -> Result<Vec<String>> {
    let node = |name: &str, address: &str, lease: &str| {
        let more = json!(partition);
        json!({"name": name, "address": address, "lease": lease, "partition": more})
    };
    let ask = json!({"nodes": [
        node("work-1", "10.20.0.11", "dynamic"),
        node("work-2", "10.20.0.12", "dynamic"),
        node("own-1", "10.20.0.13", "static"),
    ]});
    let added = alice.does(Method::POST, &format!("{base}/nodes"), ask).await?;
    let ids = (0..3).map(|number| text(&added, &format!("/nodes/{number}/id")));
    let ids = ids.collect::<Result<Vec<String>>>()?;
    if let [first, ..] = ids.as_slice() {
        let path = format!("{base}/nodes/{first}");
        alice.does(Method::PATCH, &path, json!({"name": "work-1-gpu"})).await?;
    }
    Ok(ids)
}

/// Every protocol, and every way in which a session ends; the nodes are released on the way.
async fn sessions(crew: &Crew, base: &str, nodes: &[String]) -> Result<()> {
    let Crew { admin, alice, .. } = crew;
    let [first, second, own] = nodes else { return Ok(()) };
    let open = |protocol: &'static str, node, application: &'static str| {
        Socket::open(alice, base, protocol, node, application)
    };
    open("ssh", first, "terminal").await?.close(alice).await?;
    open("ssh", second, "terminal").await?.tear(alice).await?;
    let seen = open("vnc", own, "blender").await?;
    let limit = json!({ "vnc_timeout_seconds": VNC_SECONDS });
    admin.does(Method::PUT, "/api/settings", limit).await?;
    seen.ended(alice, "timeout").await?;
    admin.does(Method::PUT, "/api/settings", json!({"vnc_timeout_seconds": null})).await?;
    let cut = open("rdp", first, "desktop").await?;
    let path = format!("/api/sessions/{}", cut.session);
    crew.bob.refused(403, Method::DELETE, &path, json!(null)).await?;
    admin.does(Method::DELETE, &path, json!(null)).await?;
    cut.ended(alice, "admin").await?;
    let lost = open("ssh", second, "terminal").await?;
    let release = format!("{base}/nodes/release");
    let rented = json!({"mode": "release", "nodes": [first, second]});
    alice.does(Method::POST, &release, rented).await?;
    lost.ended(alice, "release").await?;
    let removed = json!({"mode": "remove", "nodes": [own]});
    alice.does(Method::POST, &release, removed).await?;
    Ok(())
}

/// A mount everywhere and one in a partition, each bound and unbound.
async fn mounts(alice: &Visitor, base: &str, partition: &str) -> Result<()> {
    let global = json!({"source": "nas:/scratch", "path": "/scratch"});
    let bound = json!({"source": "nas:/fast", "path": "/fast", "partition": partition});
    for (kind, ask) in [("global-mounts", global), ("partition-mounts", bound)] {
        let path = format!("{base}/{kind}");
        let made = alice.does(Method::POST, &path, ask).await?;
        let path = format!("{path}/{}", text(&made, "/id")?);
        alice.does(Method::DELETE, &path, json!(null)).await?;
    }
    Ok(())
}
