//! Files in a home: made, sent, moved about, fetched and deleted.

use anyhow::{Result, ensure};
use http::Method;
use serde_json::json;

use super::Crew;

/// What is in the file that is uploaded.
const CONTENTS: &[u8] = b"frame,seconds\n1,12.5\n2,13.1\n";

pub(super) async fn work(crew: &Crew) -> Result<()> {
    let alice = &crew.alice;
    let home = "/home/alice";
    let at = |rest: &str| format!("{home}/{rest}");
    alice.does(Method::POST, "/api/files/folders", json!({"path": at("results")})).await?;
    for name in ["frames.csv", "结果.csv"] {
        let fields = [("folder", at("results"))];
        let fields = fields.each_ref().map(|(name, value)| (*name, value.as_str()));
        alice.sends_file("/api/files", &fields, (name, CONTENTS)).await?;
    }
    let copy = json!({"from": at("results/frames.csv"), "to": at("results/copy.csv")});
    alice.does(Method::POST, "/api/files/copy", copy).await?;
    let moved = json!({"from": at("results/copy.csv"), "to": at("moved.csv")});
    alice.does(Method::POST, "/api/files/move", moved).await?;
    let path = format!("/api/files/download?path={}", at("results/frames.csv"));
    let fetched = alice.sees(&path).await?;
    ensure!(fetched.as_str().map(str::as_bytes) == Some(CONTENTS), "not what was sent");
    alice.sees(&format!("/api/files/package?path={}", at("results"))).await?;
    let foreign = json!({"paths": ["/home/bob/secret"]});
    alice.refused(403, Method::POST, "/api/files/delete", foreign).await?;
    let gone = json!({"paths": [at("moved.csv"), at("results/结果.csv")]});
    alice.does(Method::POST, "/api/files/delete", gone).await?;
    Ok(())
}
