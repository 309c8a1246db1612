//! Approvals of two levels, and what the platform deletes when the period ends.

use anyhow::Result;
use http::Method;
use serde_json::{Value, json};

use super::Crew;
use super::visitor::text;

/// The usual period: seven days.
const KEEP_SECONDS: u32 = 7 * 24 * 3600;

pub(super) async fn decide(crew: &Crew) -> Result<()> {
    let Crew { admin, alice, bob, carol } = crew;
    policy(crew, KEEP_SECONDS).await?;
    let first = initiate(crew, "frames for the client").await?;
    let approve = |id: &str| format!("/api/approvals/{id}/approve");
    let comment = |text: &str| json!({ "comment": text });
    alice.refused(403, Method::POST, &approve(&first), comment("mine")).await?;
    carol.refused(403, Method::POST, &approve(&first), comment("too early")).await?;
    bob.does(Method::POST, &approve(&first), comment("agreed")).await?;
    carol.does(Method::POST, &approve(&first), comment("agreed, too")).await?;
    let listed = carol.sees("/api/approvals").await?;
    let data = text(&listed, "/items/0/data/id")?;
    let data = format!("/api/approval-data/{data}");
    alice.refused(403, Method::DELETE, &data, json!(null)).await?;
    carol.does(Method::DELETE, &data, json!(null)).await?;
    let rejected = initiate(crew, "all of the sources").await?;
    let reject = format!("/api/approvals/{rejected}/reject");
    bob.does(Method::POST, &reject, comment("not outside of the house")).await?;
    let kept = initiate(crew, "frames, once more").await?;
    bob.does(Method::POST, &approve(&kept), comment("agreed")).await?;
    carol.does(Method::POST, &approve(&kept), comment("agreed")).await?;
    let open = initiate(crew, "nobody looks at this").await?;
    let flow = format!("/api/approvals/{open}/flow");
    let levels = json!({"levels": [["carol"]]});
    alice.refused(403, Method::PUT, &flow, levels.clone()).await?;
    admin.does(Method::PUT, &flow, levels).await?;
    // From now on nothing is kept, so that everything goes: what was rejected, what was approved,
    // what nobody decided.
    policy(crew, 0).await?;
    let is_gone = |seen: &Value| {
        let items = seen["items"].as_array();
        items.is_some_and(|items| items.iter().all(|item| item["data"]["is_deleted"] == true))
    };
    admin.waits("/api/approvals", is_gone).await?;
    policy(crew, KEEP_SECONDS).await
}

async fn policy(crew: &Crew, keep_seconds: u32) -> Result<()> {
    let policy = json!({"levels": [["bob"], ["carol"]], "keep_seconds": keep_seconds});
    crew.alice.refused(403, Method::PUT, "/api/approval-policy", policy.clone()).await?;
    crew.admin.does(Method::PUT, "/api/approval-policy", policy).await.map(|_| ())
}

async fn initiate(crew: &Crew, title: &str) -> Result<String> {
    let ask = json!({"title": title, "paths": ["/home/alice/results/frames.csv"]});
    let made = crew.alice.does(Method::POST, "/api/approvals", ask).await?;
    text(&made, "/id")
}
