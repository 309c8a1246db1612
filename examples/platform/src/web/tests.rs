//! The platform as its users meet it, without a network.

use annals_api::client::Client;
use annals_api::sdk::web::Undeclared;
use annals_api::sdk::{Options, Recorder};
use axum::body::Body;
use axum::extract::ConnectInfo;
use http::Request;
use http_body_util::BodyExt as _;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use tower::ServiceExt as _;

use super::*;

const ADMIN: &str = "admin-Passw0rd";
const HERE: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 1);

/// A platform that records nothing, and its service.
struct House {
    app: App,
    service: Router,
}

impl House {
    fn new() -> Self {
        let app = Platform::new(ADMIN, Journal::new(None, HERE.ip()));
        let service = Served::all().service(&app, &[]).unwrap();
        Self { app, service }
    }

    async fn call(&self, token: &str, method: Method, path: &str, body: Value) -> (u16, Value) {
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header("authorization", format!("Bearer {token}"))
            .header("content-type", "application/json")
            .body(Body::from(body.to_string()))
            .unwrap();
        request.extensions_mut().insert(ConnectInfo(HERE));
        let response = self.service.clone().oneshot(request).await.unwrap();
        let status = response.status().as_u16();
        let body = response.into_body().collect().await.unwrap().to_bytes();
        (status, serde_json::from_slice(&body).unwrap_or(Value::Null))
    }

    async fn sign_in(&self, login: &str, password: &str) -> (u16, String) {
        let body = json!({"login": login, "password": password});
        let (status, answer) = self.call("", Method::POST, "/api/login", body).await;
        (status, answer["token"].as_str().unwrap_or_default().to_owned())
    }

    /// A new account, signed in, with these rights.
    async fn hire(&self, admin: &str, login: &str, rights: &[&str]) -> String {
        let user = json!({"login": login, "name": login, "email": "", "password": login});
        assert_eq!(self.call(admin, Method::POST, "/api/users", user).await.0, 201);
        let path = format!("/api/users/{login}/permissions");
        let rights = json!({ "permissions": rights });
        assert_eq!(self.call(admin, Method::POST, &path, rights).await.0, 200);
        self.sign_in(login, login).await.1
    }
}

/// Protects: whoever adds a mutating route says how it is recorded, or this fails.
#[test]
fn every_mutating_route_is_declared() {
    let folder = tempfile::tempdir().unwrap();
    let client = Client::new("http://127.0.0.1:9", None).unwrap();
    let recorder = Recorder::open(client, Options::in_folder(folder.path())).unwrap();
    let app = Platform::new(ADMIN, Journal::new(Some(recorder.clone()), HERE.ip()));
    let audit = audit::layer(&app, recorder, &[]).unwrap();
    let served = Served::all().on(Method::POST, "/api/new", async || "");
    let routes = served.routes.iter().map(|(method, path)| (method.clone(), path.as_str()));
    assert_eq!(audit.check(routes), Err(Undeclared(vec!["POST /api/new".to_owned()])));
}

/// Protects: nobody does without a right what takes one, whether it comes from the account or
/// from a group, and it is gone once it is taken away.
#[tokio::test]
async fn rights() {
    let house = House::new();
    let (_, admin) = house.sign_in("admin", ADMIN).await;
    let alice = house.hire(&admin, "alice", &[]).await;
    let create = |token: String, name: &'static str| {
        let body = json!({"name": name, "nodes": 1, "image": "rocky-9"});
        let house = &house;
        async move { house.call(&token, Method::POST, "/api/clusters", body).await.0 }
    };
    assert_eq!(create("nobody's".to_owned(), "a").await, 401);
    assert_eq!(create(alice.clone(), "a").await, 403);
    let (_, group) = house.call(&admin, Method::POST, "/api/groups", json!({"name": "g"})).await;
    let group = format!("/api/groups/{}", group["id"].as_str().unwrap());
    let rights = json!({"permissions": ["clusters"]});
    house.call(&admin, Method::POST, &format!("{group}/permissions"), rights).await;
    house
        .call(&admin, Method::POST, &format!("{group}/members"), json!({"users": ["alice"]}))
        .await;
    assert_eq!(create(alice.clone(), "b").await, 202);
    let right = format!("{group}/permissions/clusters");
    assert_eq!(house.call(&admin, Method::DELETE, &right, Value::Null).await.0, 200);
    assert_eq!(create(alice, "c").await, 403);
}

/// Protects: an account that is unknown, locked or has another password looks the same from
/// outside, and the feed tells them apart.
#[tokio::test]
async fn sign_ins() {
    let house = House::new();
    let (_, admin) = house.sign_in("admin", ADMIN).await;
    let alice = house.hire(&admin, "alice", &["users"]).await;
    let lock = json!({"is_locked": true});
    assert_eq!(house.sign_in("alice", "wrong").await.0, 401);
    house.call(&admin, Method::PATCH, "/api/users/alice", lock).await;
    assert_eq!(house.sign_in("alice", "alice").await.0, 401);
    assert_eq!(house.sign_in("nobody", "alice").await.0, 401);
    // A lock ends what was signed in before.
    assert_eq!(house.call(&alice, Method::GET, "/api/users", Value::Null).await.0, 401);
    let (_, feed) = house.call(&admin, Method::GET, "/api/events?after=0", Value::Null).await;
    let kinds: Vec<&str> =
        feed["events"].as_array().unwrap().iter().filter_map(|it| it["kind"].as_str()).collect();
    assert_eq!(kinds, ["sign_in_wrong_password", "sign_in_locked", "sign_in_unknown"]);
}

/// Protects: nobody decides on his own request, nobody out of turn, and one "no" is enough.
#[tokio::test]
async fn approvals_of_two_levels() {
    let house = House::new();
    let (_, admin) = house.sign_in("admin", ADMIN).await;
    let [alice, bob, carol] = [
        house.hire(&admin, "alice", &[]).await,
        house.hire(&admin, "bob", &[]).await,
        house.hire(&admin, "carol", &["approval-data"]).await,
    ];
    let policy = json!({"levels": [["bob", "alice"], ["carol"]], "keep_seconds": 60});
    assert_eq!(house.call(&admin, Method::PUT, "/api/approval-policy", policy).await.0, 200);
    let house = &house;
    let decide = |token: String, id: &'static str, verdict: &'static str| async move {
        let path = format!("/api/approvals/{id}/{verdict}");
        let (status, answer) =
            house.call(&token, Method::POST, &path, json!({"comment": ""})).await;
        (status, answer["state"].as_str().unwrap_or_default().to_owned())
    };
    let is = |status: u16, state: &str| (status, state.to_owned());
    for title in ["a", "b"] {
        let ask = json!({"title": title, "paths": []});
        assert_eq!(house.call(&alice, Method::POST, "/api/approvals", ask).await.0, 201);
    }
    assert_eq!(decide(alice.clone(), "a-1", "approve").await, is(403, ""));
    assert_eq!(decide(carol.clone(), "a-1", "approve").await, is(403, ""));
    assert_eq!(decide(bob.clone(), "a-1", "approve").await, is(200, "open"));
    assert_eq!(decide(bob.clone(), "a-1", "approve").await, is(403, ""));
    assert_eq!(decide(carol.clone(), "a-1", "approve").await, is(200, "approved"));
    assert_eq!(decide(carol.clone(), "a-1", "reject").await, is(409, ""));
    assert_eq!(decide(bob.clone(), "a-2", "reject").await, is(200, "rejected"));
    assert_eq!(decide(carol.clone(), "a-2", "approve").await, is(409, ""));
    let delete = |id: &str| format!("/api/approval-data/{id}");
    let rejected = house.call(&carol, Method::DELETE, &delete("ad-2"), Value::Null).await;
    assert_eq!(rejected.0, 403, "only what is in the download area");
    assert_eq!(house.call(&bob, Method::DELETE, &delete("ad-1"), Value::Null).await.0, 403);
    assert_eq!(house.call(&carol, Method::DELETE, &delete("ad-1"), Value::Null).await.0, 200);
}

/// Protects: data goes when its period is over and not before, once, and the feed says what it
/// was and which policy it was.
#[tokio::test]
async fn data_expires() {
    let house = House::new();
    let (_, admin) = house.sign_in("admin", ADMIN).await;
    let bob = house.hire(&admin, "bob", &[]).await;
    let policy = json!({"levels": [["bob"]], "keep_seconds": 60});
    house.call(&admin, Method::PUT, "/api/approval-policy", policy).await;
    for (id, verdict) in [("a-1", "approve"), ("a-2", "reject"), ("a-3", "")] {
        let ask = json!({"title": id, "paths": []});
        house.call(&admin, Method::POST, "/api/approvals", ask).await;
        if !verdict.is_empty() {
            let path = format!("/api/approvals/{id}/{verdict}");
            let decided = house.call(&bob, Method::POST, &path, json!({"comment": ""})).await;
            assert_eq!(decided.0, 200);
        }
    }
    let told = || -> Vec<Value> { house.app.journal.after(0) };
    let now = Timestamp::now();
    house.app.tick(now + SignedDuration::from_secs(50));
    assert_eq!(told(), Vec::<Value>::new());
    for _ in 0..2 {
        house.app.tick(now + SignedDuration::from_secs(70));
        let told = told();
        let kinds: Vec<&str> = told.iter().filter_map(|entry| entry["kind"].as_str()).collect();
        assert_eq!(kinds, ["download_area_deleted", "rejected_deleted", "expired_deleted"]);
        assert!(told.iter().all(|entry| entry["policy_revision"] == 1), "{told:?}");
    }
    let gone = house.call(&admin, Method::DELETE, "/api/approval-data/ad-1", Value::Null).await;
    assert_eq!(gone.0, 404);
}

/// Protects: a cluster comes up when its time has come, or fails and says why.
#[tokio::test]
async fn clusters_come_up() {
    let house = House::new();
    let (_, admin) = house.sign_in("admin", ADMIN).await;
    for (name, image) in [("good", "rocky-9"), ("bad", "none")] {
        let ask = json!({"name": name, "nodes": 1, "image": image});
        assert_eq!(house.call(&admin, Method::POST, "/api/clusters", ask).await.0, 202);
    }
    let many = json!({"name": "many", "nodes": 201, "image": "rocky-9"});
    assert_eq!(house.call(&admin, Method::POST, "/api/clusters", many).await.0, 400);
    let release =
        async || house.call(&admin, Method::POST, "/api/clusters/c-1/release", Value::Null).await.0;
    assert_eq!(release().await, 409, "it does not run yet");
    house.app.tick(Timestamp::now() + SignedDuration::from_secs(1));
    let task = async |id: &str| {
        let path = format!("/api/tasks/{id}");
        house.call(&admin, Method::GET, &path, Value::Null).await.1["status"].clone()
    };
    assert_eq!((task("t-1").await, task("t-2").await), (json!("running"), json!("failed")));
    assert_eq!(house.call(&admin, Method::DELETE, "/api/clusters/c-1", Value::Null).await.0, 409);
    assert_eq!(release().await, 200);
    assert_eq!(house.call(&admin, Method::DELETE, "/api/clusters/c-1", Value::Null).await.0, 200);
}

/// Protects: several targets are changed together or not at all.
#[tokio::test]
async fn all_or_none() {
    let house = House::new();
    let (_, admin) = house.sign_in("admin", ADMIN).await;
    house.hire(&admin, "bob", &[]).await;
    let delete = async |users: Value| {
        let body = json!({ "users": users });
        house.call(&admin, Method::POST, "/api/users/delete", body).await.0
    };
    assert_eq!(delete(json!(["bob", "nobody"])).await, 404);
    assert_eq!(delete(json!(["bob", "admin"])).await, 403);
    assert_eq!(delete(json!(["bob"])).await, 200);
    let desk = json!({"name": "desk", "nodes": 2, "image": "rocky-9"});
    assert_eq!(house.call(&admin, Method::POST, "/api/desktops", desk).await.0, 201);
    let release = async |mode: &str, nodes: Value| {
        let body = json!({"mode": mode, "nodes": nodes});
        house.call(&admin, Method::POST, "/api/desktops/d-1/nodes/release", body).await.0
    };
    assert_eq!(release("remove", json!(["n-1"])).await, 409, "a rented one is released");
    assert_eq!(release("release", json!(["n-1", "n-9"])).await, 404);
    assert_eq!(release("release", json!(["n-1", "n-2"])).await, 200);
}

/// Protects: a home is its owner's alone, however the path is written.
#[test]
fn homes_are_closed() {
    let mut files = crate::files::Files::default();
    files.create_folder("alice", "/home/alice/a").unwrap();
    files.upload("alice", "/home/alice/a/x", b"1".to_vec()).unwrap();
    for path in ["/home/alice/a/x", "/home/bob/../alice/a/x", "/etc/passwd", "/home/bobby/x"] {
        assert!(files.download("bob", path).is_err(), "{path}");
    }
    files.rename("alice", "/home/alice/a", "/home/alice/b").unwrap();
    assert_eq!(files.download("alice", "/home/alice/b/x"), Ok(b"1".to_vec()));
    assert!(files.rename("alice", "/home/alice/b", "/home/alice/b/c").is_err());
    assert_eq!(files.list("alice"), ["/home/alice", "/home/alice/b", "/home/alice/b/x"]);
}
