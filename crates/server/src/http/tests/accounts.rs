//! Accounts, their proofs and their sessions, and tokens over HTTP.

use annals_api::routes;
use axum::http::StatusCode;
use serde_json::{Value, json};
use totp_rs::{Builder, Secret, Totp};

use super::sign_in::{PASSWORD, account, acts, browse, enter};
use super::{Answer, Rig, event};
use crate::auth::role::Role;

const NEW_PASSWORD: &str = "seven cranes fold paper";

fn refused(answer: &Answer) -> (u16, String) {
    answer.problem()
}

async fn sign_in(rig: &Rig, name: &str, password: &str, otp: Option<&str>) -> Answer {
    let given = json!({"username": name, "password": password, "otp": otp});
    browse(rig, "POST", routes::SIGN_IN, None, &given).await
}

fn seconds_now() -> u64 {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    now.expect("after 1970").as_secs()
}

// Protects the way of a new account: handed over with a password that opens nothing but its own
// change, then its holder's alone.
#[tokio::test(flavor = "multi_thread")]
async fn an_account_is_handed_over() {
    let rig = Rig::new(|_| {});
    account(&rig, "boss", Role::SecurityAdmin, false);
    let (_, boss) = enter(&rig, "boss", None).await;
    let draft = json!({"name": "wang5", "roles": ["auditor"], "scope": "服务:hpc-clusters"});
    let made = browse(&rig, "POST", routes::ACCOUNTS, Some(&boss), &draft).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.json());
    let made = made.json();
    assert_eq!((&made["scope"], &made["locked"]), (&json!("service:hpc-clusters"), &Value::Null));
    let one_time = made["password"].as_str().expect("a password").to_owned();
    let taken = browse(&rig, "POST", routes::ACCOUNTS, Some(&boss), &draft).await;
    assert_eq!(refused(&taken), (409, "name_taken".to_owned()));

    let first = sign_in(&rig, "wang5", &one_time, None).await;
    let cookie = first.headers["set-cookie"].to_str().expect("text").split(';').next();
    let cookie = cookie.expect("a cookie").to_owned();
    let change = |current: &str, new: &str| json!({"current": current, "new": new});
    for (current, new, expected) in [
        ("wrong", NEW_PASSWORD, (403, "wrong_proof")),
        (one_time.as_str(), "short", (422, "weak_password")),
        (one_time.as_str(), one_time.as_str(), (422, "weak_password")),
    ] {
        let body = change(current, new);
        let answer = browse(&rig, "POST", routes::ACCOUNT_PASSWORD, Some(&cookie), &body).await;
        assert_eq!(refused(&answer), (expected.0, expected.1.to_owned()), "{new}");
    }
    let body = change(&one_time, NEW_PASSWORD);
    let done = browse(&rig, "POST", routes::ACCOUNT_PASSWORD, Some(&cookie), &body).await;
    assert_eq!(done.status, StatusCode::NO_CONTENT);
    let events = browse(&rig, "GET", routes::EVENTS, Some(&cookie), &Value::Null).await;
    assert_eq!(events.status, StatusCode::OK);
    assert_eq!(refused(&sign_in(&rig, "wang5", &one_time, None).await).0, 401);
    assert_eq!(sign_in(&rig, "wang5", NEW_PASSWORD, None).await.status, StatusCode::OK);
    let all = serde_json::to_string(&acts(&rig).await).expect("JSON");
    for operation in ["account.create", "password.change", "session.create"] {
        assert!(all.contains(operation), "{operation}");
    }
    for secret in [&one_time, NEW_PASSWORD, PASSWORD] {
        assert!(!all.contains(secret), "a password is in the audit log");
    }
}

// Whoever lost a session to somebody else gets rid of them: a change of the password, an
// administrator and the holder all end sessions at once.
#[tokio::test(flavor = "multi_thread")]
async fn sessions_are_seen_and_ended() {
    let rig = Rig::new(|_| {});
    account(&rig, "boss", Role::SecurityAdmin, false);
    account(&rig, "li.si", Role::Auditor, false);
    let works = async |cookie: &str| {
        let answer = browse(&rig, "GET", routes::EVENTS, Some(cookie), &Value::Null).await;
        answer.status == StatusCode::OK
    };
    let (_, one) = enter(&rig, "li.si", None).await;
    let (_, two) = enter(&rig, "li.si", None).await;
    let listed = browse(&rig, "GET", routes::ACCOUNT_SESSIONS, Some(&one), &Value::Null).await;
    let listed = listed.json();
    let sessions = listed["sessions"].as_array().expect("sessions");
    assert_eq!(sessions.len(), 2);
    let other = sessions.iter().find(|session| session["current"] == false).expect("another");
    let path = format!("/v1/account/sessions/{}", other["id"].as_str().expect("an id"));
    let ended = browse(&rig, "DELETE", &path, Some(&one), &Value::Null).await;
    assert_eq!(ended.status, StatusCode::NO_CONTENT);
    assert!(works(&one).await && !works(&two).await);

    let (_, three) = enter(&rig, "li.si", None).await;
    let body = json!({"current": PASSWORD, "new": NEW_PASSWORD});
    browse(&rig, "POST", routes::ACCOUNT_PASSWORD, Some(&one), &body).await;
    assert!(works(&one).await && !works(&three).await);

    let (_, boss) = enter(&rig, "boss", None).await;
    let path = "/v1/accounts/li.si/sessions";
    let seen = browse(&rig, "GET", path, Some(&boss), &Value::Null).await.json();
    assert_eq!(seen["sessions"].as_array().map(Vec::len), Some(1));
    let ended = browse(&rig, "DELETE", path, Some(&boss), &Value::Null).await;
    assert_eq!(ended.status, StatusCode::NO_CONTENT);
    assert!(!works(&one).await && works(&boss).await);
    let acts = acts(&rig).await;
    let revoked: Vec<_> = acts.iter().filter(|act| act["operation"] == "session.revoke").collect();
    let by: Vec<_> = revoked.iter().map(|act| act["operator"].as_str()).collect();
    assert_eq!(by, [Some("li.si"), Some("boss")], "each end is told, with who ended it");
    assert!(revoked.iter().all(|act| act["object"]["name"] == "li.si"), "{revoked:?}");
}

// Whoever lost the second factor gets in again by an administrator, and that is told as such.
#[tokio::test(flavor = "multi_thread")]
async fn a_second_factor_is_taken_away() {
    let rig = Rig::new(|_| {});
    account(&rig, "boss", Role::SecurityAdmin, false);
    account(&rig, "li.si", Role::Auditor, false);
    let (_, cookie) = enter(&rig, "li.si", None).await;
    let totp = routes::ACCOUNT_TOTP;
    let proposal = browse(&rig, "POST", totp, Some(&cookie), &Value::Null).await.json();
    let secret = Secret::try_from_base32(proposal["secret"].as_str().expect("text"));
    let factor: Totp = Builder::new().with_secret(secret.expect("base32")).build_noncompliant();
    let code = factor.generate(seconds_now()).to_string();
    let confirmed = browse(&rig, "PUT", totp, Some(&cookie), &json!({"code": code})).await;
    assert_eq!(confirmed.status, StatusCode::OK);
    let wanted = sign_in(&rig, "li.si", PASSWORD, None).await;
    assert_eq!(refused(&wanted), (401, "otp_required".to_owned()));
    let (_, boss) = enter(&rig, "boss", None).await;
    let path = "/v1/accounts/li.si/totp";
    let gone = browse(&rig, "DELETE", path, Some(&boss), &Value::Null).await;
    assert_eq!(gone.status, StatusCode::NO_CONTENT);
    assert_eq!(sign_in(&rig, "li.si", PASSWORD, None).await.status, StatusCode::OK);
    let acts = acts(&rig).await;
    let removed = acts.iter().find(|act| act["operation"] == "totp.disable").expect("told");
    assert_eq!(
        (&removed["operator"], &removed["object"]["name"]),
        (&"boss".into(), &"li.si".into())
    );
}

// The second factor: wanted once it is confirmed, each code counts once, recovery codes too.
#[tokio::test(flavor = "multi_thread")]
async fn a_second_factor_is_wanted_and_counts_once() {
    let rig = Rig::new(|_| {});
    account(&rig, "li.si", Role::Auditor, false);
    let (_, cookie) = enter(&rig, "li.si", None).await;
    let totp = routes::ACCOUNT_TOTP;
    let proposal = browse(&rig, "POST", totp, Some(&cookie), &Value::Null).await.json();
    let secret = Secret::try_from_base32(proposal["secret"].as_str().expect("text"));
    let factor: Totp = Builder::new().with_secret(secret.expect("base32")).build_noncompliant();
    let now = seconds_now();
    let wrong = browse(&rig, "PUT", totp, Some(&cookie), &json!({"code": "abcdef"})).await;
    assert_eq!(refused(&wrong), (403, "wrong_proof".to_owned()));
    let code = factor.generate(now).to_string();
    let confirmed = browse(&rig, "PUT", totp, Some(&cookie), &json!({"code": code})).await.json();
    let recovery = confirmed["recovery_codes"][0].as_str().expect("a code").to_owned();

    let wanted = sign_in(&rig, "li.si", PASSWORD, None).await;
    assert_eq!(refused(&wanted), (401, "otp_required".to_owned()));
    let wrong = sign_in(&rig, "li.si", "wrong", None).await;
    assert_eq!(refused(&wrong), (401, "sign_in_failed".to_owned()));
    let next = factor.generate(now + factor.step()).to_string();
    for (otp, expected) in [
        (code.as_str(), 401),
        (next.as_str(), 200),
        (next.as_str(), 401),
        (recovery.as_str(), 200),
        (recovery.as_str(), 401),
        ("000000000", 401),
    ] {
        let answer = sign_in(&rig, "li.si", PASSWORD, Some(otp)).await;
        assert_eq!(answer.status.as_u16(), expected, "{otp}");
    }
    let gone = browse(&rig, "DELETE", totp, Some(&cookie), &json!({"password": PASSWORD})).await;
    assert_eq!(gone.status, StatusCode::NO_CONTENT);
    assert_eq!(sign_in(&rig, "li.si", PASSWORD, None).await.status, StatusCode::OK);
    let all = serde_json::to_string(&acts(&rig).await).expect("JSON");
    assert!(all.contains("totp.enable") && all.contains("totp.disable"));
    assert!(!all.contains(&recovery) && !all.contains(&next));
}

// The last one who can let others in cannot lock everybody out.
#[tokio::test(flavor = "multi_thread")]
async fn somebody_can_always_manage_accounts() {
    let rig = Rig::new(|_| {});
    account(&rig, "boss", Role::SecurityAdmin, false);
    let (_, boss) = enter(&rig, "boss", None).await;
    let own = "/v1/accounts/boss";
    for (method, body) in [
        ("DELETE", Value::Null),
        ("PATCH", json!({"locked": true})),
        ("PATCH", json!({"roles": ["auditor"]})),
    ] {
        let answer = browse(&rig, method, own, Some(&boss), &body).await;
        assert_eq!(refused(&answer), (409, "last_administrator".to_owned()), "{method} {body}");
    }
    account(&rig, "deputy", Role::SecurityAdmin, false);
    let answer = browse(&rig, "PATCH", own, Some(&boss), &json!({"roles": ["auditor"]})).await;
    assert_eq!(answer.json()["roles"], json!(["auditor"]));
    let answer = browse(&rig, "GET", "/v1/accounts/boss/sessions", Some(&boss), &Value::Null).await;
    assert_eq!(refused(&answer), (403, "forbidden".to_owned()), "a lost role is lost at once");
}

// An administrator changes, locks and resets; what cannot be is refused with its reason.
#[tokio::test(flavor = "multi_thread")]
async fn accounts_are_changed() {
    let rig = Rig::new(|_| {});
    account(&rig, "boss", Role::SecurityAdmin, false);
    account(&rig, "li.si", Role::Viewer, false);
    let (_, boss) = enter(&rig, "boss", None).await;
    let path = "/v1/accounts/LI.SI";
    for (body, code) in [
        (json!({"roles": []}), "bad_field"),
        (json!({"roles": ["emitter"]}), "bad_field"),
        (json!({"roles": ["king"]}), "bad_field"),
        (json!({"scope": "duration_ms>5"}), "bad_filter"),
        (json!({"display_name": "a\u{7}"}), "bad_field"),
        (json!({"colour": "red"}), "bad_body"),
    ] {
        let answer = browse(&rig, "PATCH", path, Some(&boss), &body).await;
        assert_eq!(refused(&answer), (400, code.to_owned()), "{body}");
    }
    let body = json!({"display_name": "李四", "scope": "region:cn-east", "locked": true});
    let (_, theirs) = enter(&rig, "li.si", None).await;
    let changed = browse(&rig, "PATCH", path, Some(&boss), &body).await.json();
    assert_eq!((&changed["display_name"], &changed["scope"]), (&"李四".into(), &body["scope"]));
    assert_eq!(changed["locked"], "by an administrator");
    let events = browse(&rig, "GET", routes::EVENTS, Some(&theirs), &Value::Null).await;
    assert_eq!(events.problem().0, 401, "locking ends sessions");
    let body = json!({"scope": null, "locked": false});
    let changed = browse(&rig, "PATCH", path, Some(&boss), &body).await.json();
    assert_eq!((&changed["scope"], &changed["locked"]), (&Value::Null, &Value::Null));
    let reset = browse(&rig, "POST", "/v1/accounts/li.si/password", Some(&boss), &Value::Null);
    let one_time = reset.await.json()["password"].as_str().expect("a password").to_owned();
    assert_eq!(refused(&sign_in(&rig, "li.si", PASSWORD, None).await).0, 401);
    let first = sign_in(&rig, "li.si", &one_time, None).await.json();
    assert_eq!(first["must_change_password"], true);
    for path in ["/v1/accounts/nobody", "/v1/accounts/%ff"] {
        let answer = browse(&rig, "DELETE", path, Some(&boss), &Value::Null).await;
        assert_eq!(refused(&answer), (404, "not_found".to_owned()), "{path}");
    }
    let gone = browse(&rig, "DELETE", "/v1/accounts/li.si", Some(&boss), &Value::Null).await;
    assert_eq!(gone.status, StatusCode::NO_CONTENT);
}

// A token has no account, whatever its role.
#[tokio::test(flavor = "multi_thread")]
async fn tokens_have_no_account() {
    let rig = Rig::new(|_| {});
    let answer = rig.get(Role::Auditor, routes::ACCOUNT).await;
    assert_eq!(answer.problem(), (409, "no_account".to_owned()));
    let info = rig.get(Role::Auditor, routes::SESSION).await.json();
    assert_eq!((&info["principal"]["kind"], &info["signed_in"]), (&"token".into(), &true.into()));
}

// A token is shown once, told of without its secret, and is worth nothing once revoked.
#[tokio::test(flavor = "multi_thread")]
async fn tokens_are_made_and_revoked() {
    let rig = Rig::new(|_| {});
    account(&rig, "boss", Role::SecurityAdmin, false);
    let (_, boss) = enter(&rig, "boss", None).await;
    let certificate = "AB:".repeat(31) + "CD";
    let draft = json!({
        "name": "portal", "role": "viewer", "scope": "region:cn-east",
        "expires": "2999-01-01T00:00:00Z",
    });
    let made = browse(&rig, "POST", routes::TOKENS, Some(&boss), &draft).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.json());
    let made = made.json();
    let (id, token) = (made["id"].as_str().expect("an id"), made["token"].as_str().expect("text"));
    assert_eq!((&made["created_by"], &made["scope"]), (&"boss".into(), &"region:cn-east".into()));
    let bound = json!({"name": "node", "role": "emitter", "certificate": certificate});
    let bound = browse(&rig, "POST", routes::TOKENS, Some(&boss), &bound).await.json();
    assert_eq!(bound["certificate"], format!("{}cd", "ab".repeat(31)));
    let works = rig.call("GET", routes::EVENTS, Some(token), axum::body::Body::empty()).await;
    assert_eq!(works.status, StatusCode::OK);
    let listed = browse(&rig, "GET", routes::TOKENS, Some(&boss), &Value::Null).await;
    let listed = String::from_utf8(listed.body).expect("UTF-8");
    let secret = token.rsplit('_').next().expect("a secret");
    assert!(listed.contains(id) && !listed.contains(secret));
    let path = format!("/v1/tokens/{id}");
    let revoked = browse(&rig, "DELETE", &path, Some(&boss), &Value::Null).await;
    assert_eq!(revoked.status, StatusCode::NO_CONTENT);
    let works = rig.call("GET", routes::EVENTS, Some(token), axum::body::Body::empty()).await;
    assert_eq!(works.problem(), (401, "invalid_token".to_owned()));
    let again = browse(&rig, "DELETE", &path, Some(&boss), &Value::Null).await;
    assert_eq!(again.problem().0, 404);
    for (draft, code) in [
        (json!({"name": "x", "role": "king"}), "bad_field"),
        (json!({"name": "", "role": "viewer"}), "bad_field"),
        (json!({"name": "x", "role": "viewer", "expires": "soon"}), "bad_field"),
        (json!({"name": "x", "role": "viewer", "certificate": "ab"}), "bad_field"),
        (json!({"name": "x", "role": "viewer", "scope": "(("}), "bad_filter"),
    ] {
        let answer = browse(&rig, "POST", routes::TOKENS, Some(&boss), &draft).await;
        assert_eq!(answer.problem(), (400, code.to_owned()), "{draft}");
    }
}

// A page sees what both its token and its maker may, for a while, and does nothing else.
#[tokio::test(flavor = "multi_thread")]
async fn an_embedded_page_sees_and_does_little() {
    let rig = Rig::new(|_| {});
    for id in ["e1", "e2"] {
        assert_eq!(rig.post(routes::EVENTS, event(id)).await.status, StatusCode::OK);
    }
    let maker = rig.token(Role::Auditor).to_owned();
    let make = async |draft: Value| {
        rig.call("POST", routes::EMBED_TOKENS, Some(&maker), draft.to_string()).await
    };
    let draft = json!({
        "user": "zhang3", "scope": "object.id:c-e2", "language": "zh", "theme": "dark",
        "columns": ["时间", "operation"],
    });
    let made = make(draft).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.json());
    let token = made.json()["token"].as_str().expect("a token").to_owned();
    let get = async |path: &str| rig.call("GET", path, Some(&token), "").await;
    let info = get(routes::SESSION).await.json();
    assert_eq!(info["principal"]["kind"], "embed");
    assert_eq!(info["principal"]["name"], "zhang3");
    let view = json!({"language": "zh", "theme": "dark", "columns": ["time", "operation"]});
    assert_eq!(info["embed"], view);
    assert_eq!(info["rights"], json!(["read-events", "read-catalogue"]));
    assert_eq!(get(routes::COUNT).await.json()["count"], 1);
    assert_eq!(get(routes::EXPORTS).await.problem().0, 403);
    let again = rig.call("POST", routes::EMBED_TOKENS, Some(&token), "{}").await;
    assert_eq!(again.problem(), (403, "forbidden".to_owned()));
    for (draft, field) in [
        (json!({"seconds": 3601}), "seconds"),
        (json!({"seconds": 0}), "seconds"),
        (json!({"theme": "pink"}), "theme"),
        (json!({"language": "fr"}), "language"),
        (json!({"user": "a b"}), "user"),
        (json!({"columns": ["nothing"]}), "columns"),
    ] {
        let answer = make(draft).await;
        assert_eq!(answer.problem(), (400, "bad_field".to_owned()), "{field}");
        assert!(answer.json()["detail"].as_str().expect("text").contains(field));
    }
    assert!(serde_json::to_string(&acts(&rig).await).expect("JSON").contains("embed-token.create"));
    let id = maker.split('_').nth(1).expect("an id");
    rig.house.app.control.revoke_token(id).expect("revoked");
    assert_eq!(get(routes::COUNT).await.problem(), (401, "invalid_token".to_owned()));
}
