//! Accounts and groups: who works here, and what happens to those who do not any more.

use anyhow::Result;
use http::Method;
use serde_json::json;

use super::Crew;
use super::visitor::{Visitor, text};

/// Accounts and display names; the first three stay.
const NAMES: [(&str, &str); 6] = [
    ("alice", "Alice Zhang 张爱"),
    ("bob", "Bob Li"),
    ("carol", "Carol Wang"),
    ("dave", "Dave Chen"),
    ("eve", "Eve Liu"),
    ("frank", "Frank Zhao"),
];

fn password(login: &str) -> String {
    format!("{login}-Passw0rd!")
}

/// Makes the accounts, lets them in, and gives them their rights.
pub(super) async fn hire(admin: Visitor) -> Result<Crew> {
    for (login, name) in NAMES {
        let user = json!({
            "login": login, "name": name, "email": format!("{login}@platform.example"),
            "password": password(login),
        });
        admin.does(Method::POST, "/api/users", user).await?;
    }
    let alice = admin.other("alice", &password("alice")).await?;
    let cluster = json!({"name": "too-early", "nodes": 1, "image": "rocky-9"});
    alice.refused(403, Method::POST, "/api/clusters", cluster).await?;
    let rights = json!({"permissions": ["clusters", "desktops", "billing"]});
    admin.does(Method::POST, "/api/users/alice/permissions", rights).await?;
    let bob = admin.other("bob", &password("bob")).await?;
    let carol = admin.other("carol", &password("carol")).await?;
    Ok(Crew { admin, alice, bob, carol })
}

/// Changes about accounts and groups, and sign-ins that fail.
pub(super) async fn change(crew: &Crew) -> Result<()> {
    sign_ins(crew).await?;
    groups(crew).await?;
    integrations(&crew.admin).await?;
    let admin = &crew.admin;
    admin.does(Method::DELETE, "/api/users/alice/permissions/billing", json!(null)).await?;
    let home = json!({"home": "/data/home/bob"});
    admin.does(Method::PUT, "/api/users/bob/home", home).await?;
    crew.carol.does(Method::PATCH, "/api/account", json!({"email": "carol@new.example"})).await?;
    // One act with one target, and one with two.
    admin.does(Method::POST, "/api/users/delete", json!({"users": ["dave"]})).await?;
    admin.does(Method::POST, "/api/users/delete", json!({"users": ["eve", "frank"]})).await?;
    let rest = json!({"users": ["admin"]});
    admin.refused(403, Method::POST, "/api/users/delete", rest).await
}

async fn sign_ins(crew: &Crew) -> Result<()> {
    let admin = &crew.admin;
    admin.fails_to_sign_in("alice", "wrong").await?;
    admin.fails_to_sign_in("nobody", "wrong").await?;
    admin.does(Method::PATCH, "/api/users/dave", json!({"is_locked": true})).await?;
    admin.fails_to_sign_in("dave", &password("dave")).await?;
    let eve = admin.other("eve", &password("eve")).await?;
    let wrong = json!({"old_password": "wrong", "new_password": "Another-1"});
    eve.refused(400, Method::POST, "/api/account/password", wrong).await?;
    let right = json!({"old_password": password("eve"), "new_password": "Another-1"});
    eve.does(Method::POST, "/api/account/password", right).await?;
    let eve = admin.other("eve", "Another-1").await?;
    eve.refused(403, Method::POST, "/api/groups", json!({"name": "mine"})).await
}

async fn groups(crew: &Crew) -> Result<()> {
    let admin = &crew.admin;
    let mut ids = Vec::new();
    for name in ["approvers", "render", "old", "older", "oldest"] {
        let made = admin.does(Method::POST, "/api/groups", json!({ "name": name })).await?;
        ids.push(text(&made, "/id")?);
    }
    let [approvers, render, rest @ ..] = ids.as_slice() else { return Ok(()) };
    let at = |group: &str, rest: &str| format!("/api/groups/{group}{rest}");
    admin.does(Method::PATCH, &at(render, ""), json!({"name": "rendering 渲染"})).await?;
    let environment = json!({"shell": "/bin/bash", "modules": ["openmpi/5.0", "blender/4.2"]});
    admin.does(Method::PUT, &at(render, "/environment"), environment).await?;
    let rights = json!({"permissions": ["approval-data", "sessions", "billing", "licenses"]});
    admin.does(Method::POST, &at(approvers, "/permissions"), rights).await?;
    let members = json!({"users": ["bob", "carol"]});
    admin.does(Method::POST, &at(approvers, "/members"), members).await?;
    let joined = json!({"groups": [render, approvers]});
    admin.does(Method::POST, "/api/users/alice/groups", joined).await?;
    let path = format!("/api/users/alice/groups/{approvers}");
    admin.does(Method::DELETE, &path, json!(null)).await?;
    let path = at(approvers, "/permissions/sessions");
    admin.does(Method::DELETE, &path, json!(null)).await?;
    if let [old, more @ ..] = rest {
        admin.does(Method::POST, "/api/groups/delete", json!({"groups": [old]})).await?;
        admin.does(Method::POST, "/api/groups/delete", json!({ "groups": more })).await?;
    }
    Ok(())
}

async fn integrations(admin: &Visitor) -> Result<()> {
    let wecom = json!({
        "corpid": "ww4f1c2d", "corpsecret": "s3cr3t-of-wecom", "token": "callback-1",
        "encoding_aes_key": "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG",
    });
    let feishu = json!({
        "app_id": "cli_a1b2c3", "app_secret": "s3cr3t-of-feishu", "encrypt_key": "key-1",
        "verification_token": "callback-2",
    });
    for (provider, link) in [("wecom", wecom), ("feishu", feishu)] {
        let path = format!("/api/integrations/{provider}");
        let made = admin.does(Method::POST, &path, link).await?;
        let path = format!("{path}/{}", text(&made, "/id")?);
        admin.does(Method::DELETE, &path, json!(null)).await?;
    }
    Ok(())
}
