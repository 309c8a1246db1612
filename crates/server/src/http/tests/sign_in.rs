//! Signing in and out: what gets a session, what it is worth, and what nobody learns.

use annals_api::routes;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use serde_json::{Value, json};

use super::{Answer, Rig};
use crate::auth::account::Source;
use crate::auth::password;
use crate::auth::role::Role;
use crate::control::{AccountChange, By, NewAccount};
use crate::jobs;

pub(crate) const PASSWORD: &str = "four pandas eat quietly";
const HOST: &str = "audit.example";

/// Makes a local account.
pub(crate) fn account(rig: &Rig, name: &str, role: Role, must_change: bool) {
    let new = NewAccount {
        name: name.to_owned(),
        display_name: String::new(),
        source: Source::Local,
        subject: None,
        roles: role.into(),
        scope: None,
        password: Some(password::hash(PASSWORD).expect("hashed")),
        must_change,
    };
    rig.house.app.control.create_account(By::Local, &new).expect("made");
}

/// What a browser on one of our own pages sends.
pub(crate) async fn browse(
    rig: &Rig,
    method: &str,
    path: &str,
    cookie: Option<&str>,
    body: &Value,
) -> Answer {
    let mut request = Request::builder().method(method).uri(path).header("host", HOST);
    request = request.header("origin", format!("http://{HOST}"));
    if let Some(cookie) = cookie {
        request = request.header("cookie", cookie);
    }
    let body = if body.is_null() { Body::empty() } else { body.to_string().into() };
    rig.send(request.body(body).expect("a request")).await
}

/// Signs in; the answer and the cookie as the browser sends it back.
pub(crate) async fn enter(rig: &Rig, name: &str, before: Option<&str>) -> (Answer, String) {
    let given = json!({"username": name, "password": PASSWORD});
    let answer = browse(rig, "POST", routes::SIGN_IN, before, &given).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.json());
    let set = answer.headers["set-cookie"].to_str().expect("text");
    let cookie = set.split(';').next().expect("a cookie").to_owned();
    (answer, cookie)
}

async fn try_in(rig: &Rig, name: &str, password: &str) -> Answer {
    let given = json!({"username": name, "password": password});
    browse(rig, "POST", routes::SIGN_IN, None, &given).await
}

/// The audit log's own events of sessions and accounts, oldest first.
pub(crate) async fn acts(rig: &Rig) -> Vec<Value> {
    jobs::drain(&rig.house.app).expect("drained");
    let path = "/v1/events?order=index&q=service:audit-log%20-operation:token.*";
    let page = rig.get(Role::Auditor, path).await.json();
    page["events"].as_array().expect("events").clone()
}

// Protects the session from beginning to end: the cookie cannot be read by pages, opens what the
// account may and nothing else, and is worth nothing once signed out.
#[tokio::test(flavor = "multi_thread")]
async fn a_session_from_sign_in_to_sign_out() {
    let rig = Rig::new(|_| {});
    account(&rig, "li.si", Role::Auditor, false);
    let (answer, cookie) = enter(&rig, "LI.si", None).await;
    let set = answer.headers["set-cookie"].to_str().expect("text");
    assert!(set.starts_with("annals=") && set.ends_with("; Path=/; HttpOnly; SameSite=Lax"));
    let info = answer.json();
    assert_eq!((&info["signed_in"], &info["roles"]), (&json!(true), &json!(["auditor"])));
    assert_eq!(info["principal"]["name"], "li.si");
    let again = browse(&rig, "GET", routes::SESSION, Some(&cookie), &Value::Null).await;
    assert_eq!(again.json(), info);
    let events = browse(&rig, "GET", routes::EVENTS, Some(&cookie), &Value::Null).await;
    assert_eq!(events.status, StatusCode::OK);
    let metrics = browse(&rig, "GET", routes::METRICS, Some(&cookie), &Value::Null).await;
    assert_eq!(metrics.problem(), (403, "forbidden".to_owned()));
    let out = browse(&rig, "DELETE", routes::SESSION, Some(&cookie), &Value::Null).await;
    assert_eq!(out.status, StatusCode::NO_CONTENT);
    assert!(out.headers["set-cookie"].to_str().expect("text").contains("Max-Age=0"));
    let events = browse(&rig, "GET", routes::EVENTS, Some(&cookie), &Value::Null).await;
    assert_eq!(events.problem(), (401, "invalid_session".to_owned()));
    let nobody = browse(&rig, "GET", routes::SESSION, Some(&cookie), &Value::Null).await.json();
    assert_eq!(nobody["signed_in"], false);
    assert_eq!(nobody["methods"]["password"], true);
    assert_eq!(nobody.get("roles"), None);
    let acts = acts(&rig).await;
    let acts: Vec<_> = acts.iter().filter_map(|act| act["operation"].as_str()).collect();
    assert_eq!(acts, ["account.create", "session.create", "session.end"]);
}

// Behind TLS the cookie is bound to this host and to TLS.
#[tokio::test(flavor = "multi_thread")]
async fn with_tls_the_cookie_is_for_this_host_alone() {
    let url = "https://audit.example".to_owned();
    let rig = Rig::new(|config| config.accounts.external_url = url);
    account(&rig, "li.si", Role::Auditor, false);
    let (answer, cookie) = enter(&rig, "li.si", None).await;
    let set = answer.headers["set-cookie"].to_str().expect("text");
    assert!(set.starts_with("__Host-annals=") && set.ends_with("; SameSite=Lax; Secure"), "{set}");
    let own = browse(&rig, "GET", routes::EVENTS, Some(&cookie), &Value::Null).await;
    assert_eq!(own.status, StatusCode::OK);
    // The same session under the name that a neighbouring host can set opens nothing.
    let plain = cookie.strip_prefix("__Host-").expect("the prefix");
    let planted = browse(&rig, "GET", routes::EVENTS, Some(plain), &Value::Null).await;
    assert_eq!(planted.problem(), (401, "missing_token".to_owned()));
}

// Session fixation: what a browser held before is never taken over, and ends.
#[tokio::test(flavor = "multi_thread")]
async fn a_sign_in_makes_a_new_session() {
    let rig = Rig::new(|_| {});
    account(&rig, "li.si", Role::Auditor, false);
    let planted = format!("annals={}", "A".repeat(43));
    let (_, first) = enter(&rig, "li.si", Some(&planted)).await;
    assert_ne!(first, planted);
    let (_, second) = enter(&rig, "li.si", Some(&first)).await;
    assert_ne!(first, second);
    let old = browse(&rig, "GET", routes::EVENTS, Some(&first), &Value::Null).await;
    assert_eq!(old.problem().0, 401);
}

// User enumeration: an unknown name, a wrong password and a locked account look alike, and what
// was typed as a name stands nowhere if it is nobody's.
#[tokio::test(flavor = "multi_thread")]
async fn failures_look_alike() {
    let rig = Rig::new(|_| {});
    account(&rig, "li.si", Role::Auditor, false);
    account(&rig, "locked", Role::Auditor, false);
    let change = AccountChange { locked: Some(true), ..AccountChange::default() };
    let control = &rig.house.app.control;
    control.change_account(By::Local, "locked", &change).expect("locked");
    let wrong = "not the password at all";
    let mut seen = Vec::new();
    for (name, password) in [("nobody-here", wrong), ("li.si", wrong), ("locked", PASSWORD)] {
        let answer = try_in(&rig, name, password).await;
        let mut problem = answer.json();
        problem["request_id"] = Value::Null;
        assert_eq!(answer.headers.get("set-cookie"), None);
        seen.push((answer.status.as_u16(), problem));
    }
    assert_eq!(seen[0].1["code"], "sign_in_failed");
    assert!(seen.iter().all(|one| *one == seen[0]), "{seen:?}");
    let acts = acts(&rig).await;
    let failed: Vec<_> = acts.iter().filter(|act| act["outcome"] != "success").collect();
    let told: Vec<_> =
        failed.iter().map(|act| (act["operator"].as_str(), act["outcome"].as_str())).collect();
    let expected = [("unknown", "denied"), ("li.si", "failure"), ("locked", "denied")];
    assert_eq!(told, expected.map(|(operator, outcome)| (Some(operator), Some(outcome))));
    let all = serde_json::to_string(&acts).expect("JSON");
    assert!(!all.contains("nobody-here") && !all.contains(wrong) && !all.contains(PASSWORD));
}

// User enumeration by time: a try costs one hash, whoever is named and whatever is typed. That the
// hash of nobody has the parameters of all others stands in `a_password_is_known_again`.
#[tokio::test(flavor = "multi_thread")]
async fn every_try_costs_a_hash() {
    let rig = Rig::new(|_| {});
    account(&rig, "li.si", Role::Auditor, false);
    account(&rig, "locked", Role::Auditor, false);
    let change = AccountChange { locked: Some(true), ..AccountChange::default() };
    let control = &rig.house.app.control;
    control.change_account(By::Local, "locked", &change).expect("locked");
    let long = "x".repeat(5_000);
    for (name, password) in [
        ("nobody-here", "wrong"),
        ("nobody-here", ""),
        ("nobody-here", &long),
        ("li.si", "wrong"),
        ("li.si", &long),
        ("li.si", PASSWORD),
        ("locked", "wrong"),
        ("locked", PASSWORD),
    ] {
        let before = rig.house.app.identities.compared();
        try_in(&rig, name, password).await;
        assert_eq!(rig.house.app.identities.compared(), before + 1, "{name}");
    }
}

// Guessing ends after some tries, whoever guesses.
#[tokio::test(flavor = "multi_thread")]
async fn wrong_passwords_lock_the_account() {
    let rig = Rig::new(|config| config.accounts.lock_after = 2);
    account(&rig, "li.si", Role::Auditor, false);
    for password in ["wrong once", "wrong twice", PASSWORD] {
        let answer = try_in(&rig, "li.si", password).await;
        assert_eq!(answer.problem(), (401, "sign_in_failed".to_owned()), "{password}");
    }
    let control = &rig.house.app.control;
    let change = AccountChange { locked: Some(false), ..AccountChange::default() };
    control.change_account(By::Local, "li.si", &change).expect("unlocked");
    assert_eq!(try_in(&rig, "li.si", PASSWORD).await.status, StatusCode::OK);
    let operations: Vec<_> =
        acts(&rig).await.iter().map(|act| act["operation"].as_str().map(str::to_owned)).collect();
    assert!(operations.contains(&Some("account.lock".to_owned())), "{operations:?}");
}

// Names are slowed down whether they exist or not; whoever succeeds is not.
#[tokio::test(flavor = "multi_thread")]
async fn tries_are_limited() {
    let rig = Rig::new(|config| config.accounts.attempts_per_minute = 3);
    account(&rig, "li.si", Role::Auditor, false);
    for _ in 0..8 {
        assert_eq!(try_in(&rig, "li.si", PASSWORD).await.status, StatusCode::OK);
    }
    for name in ["li.si", "nobody"] {
        for _ in 0..3 {
            assert_eq!(try_in(&rig, name, "wrong").await.problem().0, 401);
        }
        let slowed = try_in(&rig, name, "wrong").await;
        assert_eq!(slowed.problem(), (429, "too_many_attempts".to_owned()));
        assert!(slowed.headers.contains_key("retry-after"));
    }
}

// CSRF: a page of another site can neither act by our cookie nor sign somebody in or out.
#[tokio::test(flavor = "multi_thread")]
async fn other_sites_cannot_act() {
    let rig = Rig::new(|_| {});
    account(&rig, "li.si", Role::Auditor, false);
    let (_, cookie) = enter(&rig, "li.si", None).await;
    let draft = json!({"name": "x"}).to_string();
    let given = json!({"username": "li.si", "password": PASSWORD}).to_string();
    for (method, path, body) in [
        ("POST", routes::VIEWS, &draft),
        ("DELETE", routes::SESSION, &String::new()),
        ("POST", routes::SIGN_IN, &given),
    ] {
        let request = Request::builder().method(method).uri(path).header("host", HOST);
        let request = request.header("cookie", &cookie).header("origin", "https://evil.example");
        let answer = rig.send(request.body(body.clone().into()).expect("a request")).await;
        assert_eq!(answer.problem(), (403, "cross_site".to_owned()), "{method} {path}");
    }
    let own = browse(&rig, "POST", routes::VIEWS, Some(&cookie), &json!({"name": "x"})).await;
    assert_eq!(own.status, StatusCode::CREATED);
}

// A password that somebody else has seen opens one's own account and nothing else.
#[tokio::test(flavor = "multi_thread")]
async fn a_handed_over_password_must_be_changed_first() {
    let rig = Rig::new(|_| {});
    account(&rig, "li.si", Role::Auditor, true);
    let (answer, cookie) = enter(&rig, "li.si", None).await;
    assert_eq!(answer.json()["must_change_password"], true);
    let events = browse(&rig, "GET", routes::EVENTS, Some(&cookie), &Value::Null).await;
    assert_eq!(events.problem(), (403, "password_change_required".to_owned()));
}

// A body that cannot be read is told about without a word of what stands in it.
#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_quoted() {
    let rig = Rig::new(|_| {});
    for body in [
        json!({"username": "li.si", "password": ["hunter2-hunter2"]}),
        json!({"username": "li.si", "hunter2-hunter2": 1}),
        json!("hunter2-hunter2"),
    ] {
        let answer = browse(&rig, "POST", routes::SIGN_IN, None, &body).await;
        assert_eq!(answer.problem(), (400, "bad_body".to_owned()));
        assert!(!String::from_utf8_lossy(&answer.body).contains("hunter2"), "{body}");
    }
    let large = json!({"username": "x".repeat(1 << 20), "password": ""});
    let answer = browse(&rig, "POST", routes::SIGN_IN, None, &large).await;
    assert_eq!(answer.problem(), (413, "body_too_large".to_owned()));
}

// A browser must neither guess what an answer is nor keep it for the next person at the desk.
#[tokio::test(flavor = "multi_thread")]
async fn answers_tell_browsers_what_not_to_do() {
    let rig = Rig::new(|_| {});
    account(&rig, "li.si", Role::Auditor, false);
    let (signed_in, cookie) = enter(&rig, "li.si", None).await;
    let events = browse(&rig, "GET", routes::EVENTS, Some(&cookie), &Value::Null).await;
    let refused = browse(&rig, "GET", routes::METRICS, Some(&cookie), &Value::Null).await;
    for answer in [signed_in, events, refused] {
        assert_eq!(answer.headers["x-content-type-options"], "nosniff");
        assert_eq!(answer.headers["cache-control"], "no-store");
    }
}
