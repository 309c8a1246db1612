//! An axum service behind the SDK's layer, against the real server.
#![allow(clippy::unwrap_used)] // a test stops at what is not as it should be

mod house;

use std::net::IpAddr;
use std::time::Duration;

use annals_api::client::Client;
use annals_api::sdk::web::{Act, AuditLayer, OperationId};
use annals_api::sdk::{End, Object, Options, Recorder, op};
use axum::body::Body;
use axum::extract::{Path, Request};
use axum::http::{Method, StatusCode};
use axum::routing::{delete, post};
use axum::{Extension, Json, Router};
use house::House;
use http_body_util::BodyExt as _;
use serde_json::{Value, json};
use tower::ServiceExt as _;

/// Far longer than anything here takes.
const PATIENCE: Duration = Duration::from_secs(60);
const CONTENTS_BYTES: usize = 600_000;

fn recorder(house: &House, token: &str) -> Recorder {
    let client = Client::new(&format!("http://{}", house.address), Some(token)).unwrap();
    let patience = Duration::from_secs(1);
    let options = Options { strict_patience: patience, ..Options::in_folder(house.path("spool")) };
    Recorder::open(client, options).unwrap()
}

fn audit(recorder: &Recorder) -> AuditLayer {
    AuditLayer::builder(recorder.clone())
        .operator(|parts| Some(parts.headers.get("x-user")?.to_str().ok()?.to_owned()))
        .peer(|_| Some(IpAddr::from([127, 0, 0, 1])))
        .trusted_proxies(&["127.0.0.0/8"])
        .act(
            Method::POST,
            "/clusters",
            Act::new(op::CLUSTER_CREATE).strict().mask(&["licence"]).ended(|answer, end| {
                match answer.text("/id") {
                    Some(id) => end.object("cluster", id),
                    None => end,
                }
            }),
        )
        .act(
            Method::DELETE,
            "/clusters/{id}",
            Act::new(op::CLUSTER_DELETE)
                .object(|call| Some(Object::new("cluster").id(call.param("id")?)))
                .related("parent", |_| Some(Object::new("stack").id("s-1"))),
        )
        .act(Method::POST, "/clusters/{id}/nodes", Act::new(op::CLUSTER_NODE_ADD))
        .act(Method::POST, "/files", Act::new(op::FILE_UPLOAD).best_effort())
        .act(Method::POST, "/panics", Act::new(op::USER_DELETE))
        .unrecorded(Method::POST, "/search")
        .build()
        .unwrap()
}

fn service(recorder: &Recorder) -> Router {
    async fn create(Json(body): Json<Value>) -> Json<Value> {
        Json(json!({"id": format!("c-{}", body["nodes"])}))
    }
    async fn remove(Path(_): Path<String>) -> StatusCode {
        StatusCode::FORBIDDEN
    }
    async fn nodes(Extension(OperationId(id)): Extension<OperationId>) -> (StatusCode, String) {
        (StatusCode::ACCEPTED, id)
    }
    async fn files(request: Request) -> String {
        request.into_body().collect().await.unwrap().to_bytes().len().to_string()
    }
    async fn panics() {
        panic!("in the middle of the act");
    }
    Router::new()
        .route("/clusters", post(create))
        .route("/clusters/{id}", delete(remove))
        .route("/clusters/{id}/nodes", post(nodes))
        .route("/files", post(files))
        .route("/panics", post(panics))
        .route("/search", post(async || "found"))
        .layer(audit(recorder))
}

async fn send(
    service: &Router,
    method: &str,
    path: &str,
    kind: &str,
    body: String,
) -> (u16, String) {
    let request = axum::http::Request::builder()
        .method(method)
        .uri(path)
        .header("content-type", kind)
        .header("x-user", "zhang3")
        .header("x-forwarded-for", "203.0.113.9, 10.2.4.18")
        .body(Body::from(body));
    let response = service.clone().oneshot(request.unwrap()).await.unwrap();
    let status = response.status().as_u16();
    let body = response.into_body().collect().await.unwrap().to_bytes();
    (status, String::from_utf8(body.to_vec()).unwrap())
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).build().unwrap()
}

fn events(house: &House, reader: &str) -> Vec<Value> {
    let page = house.get(reader, "/v1/events?order=time&q=-service:audit-log").1;
    page["events"].as_array().unwrap().clone()
}

/// Protects: operation, operator, address, masked request data, objects, related, outcome and
/// guarantee of a route; the service sees the same request; what goes on stays open until it is
/// ended; a panic is never called done; nothing else is recorded.
#[test]
fn routes_are_recorded() {
    let house = House::start();
    let (emitter, reader) = (house.token("emitter"), house.token("auditor"));
    let recorder = recorder(&house, &emitter);
    let runtime = runtime();
    let service = service(&recorder);
    let json = "application/json";
    let going_on = runtime.block_on(async {
        let body = json!({"nodes": 4, "licence": "abc", "password": "secret"}).to_string();
        let created = send(&service, "POST", "/clusters", json, body).await;
        assert_eq!(created, (200, r#"{"id":"c-4"}"#.to_owned()));
        assert_eq!(send(&service, "DELETE", "/clusters/c-9", json, String::new()).await.0, 403);
        let parts = format!(
            "--XX\r\ncontent-disposition: form-data; name=\"folder\"\r\n\r\n/home\r\n--XX\r\n\
             content-disposition: form-data; name=\"data\"; filename=\"run.sh\"\r\n\r\n{}\r\n\
             --XX--\r\n",
            "x".repeat(CONTENTS_BYTES)
        );
        let all = parts.len().to_string();
        let kind = "multipart/form-data; boundary=XX";
        assert_eq!(send(&service, "POST", "/files", kind, parts).await, (200, all));
        assert_eq!(send(&service, "POST", "/search", json, "{}".to_owned()).await.0, 200);
        let panicking = service.clone();
        let panicked = tokio::spawn(async move {
            send(&panicking, "POST", "/panics", "text/plain", String::new()).await
        });
        assert!(panicked.await.unwrap_err().is_panic());
        let (status, id) = send(&service, "POST", "/clusters/c-4/nodes", json, "{}".into()).await;
        assert_eq!(status, 202);
        id
    });
    assert!(recorder.flush(PATIENCE));
    let told = events(&house, &reader);
    let find = |code: &str| told.iter().find(|event| event["operation"] == code).unwrap();
    assert_eq!(told.len(), 5);
    let created = find("cluster.create");
    assert_eq!(
        (&created["operator"], &created["source_ip"]),
        (&json!("zhang3"), &json!("10.2.4.18"))
    );
    let masked = json!({"nodes": 4, "licence": "***", "password": "***"});
    assert_eq!(created["request_data"], masked);
    assert_eq!(created["object"], json!({"type": "cluster", "id": "c-4"}));
    assert_eq!((&created["outcome"], &created["guarantee"]), (&json!("success"), &json!("strict")));
    let deleted = find("cluster.delete");
    assert_eq!((&deleted["outcome"], &deleted["object"]["id"]), (&json!("denied"), &json!("c-9")));
    assert_eq!(deleted["related"][0]["role"], "parent");
    let data = json!({"folder": "/home", "data": {"file": "run.sh"}});
    assert_eq!(find("file.upload")["request_data"], data);
    assert_eq!(find("user.delete")["outcome"], "pending");
    assert_eq!(find("cluster.node.add")["outcome"], "pending");
    recorder.finish(&going_on, &End::success()).unwrap();
    assert!(recorder.flush(PATIENCE));
    let told = events(&house, &reader);
    let ended = told.iter().find(|event| event["id"] == going_on.as_str()).unwrap();
    assert_eq!(ended["outcome"], "success");
}

/// Protects: without a durable intent a strict route is not called and says 503; others go on.
#[test]
fn a_strict_route_is_refused_without_a_server() {
    let mut house = House::start();
    let (emitter, reader) = (house.token("emitter"), house.token("auditor"));
    let recorder = recorder(&house, &emitter);
    let service = service(&recorder);
    let address = house.address.clone();
    house.kill();
    runtime().block_on(async {
        let (json, body) = ("application/json", r#"{"nodes":1}"#.to_owned());
        let (status, said) = send(&service, "POST", "/clusters", json, body).await;
        assert!(status == 503 && said.contains("not_recorded"), "{status} {said}");
        assert_eq!(send(&service, "DELETE", "/clusters/c-9", json, String::new()).await.0, 403);
    });
    house.serve_at(&address);
    assert!(recorder.flush(PATIENCE));
    let told = events(&house, &reader);
    let operations: Vec<&Value> = told.iter().map(|event| &event["operation"]).collect();
    assert_eq!(operations, ["cluster.delete"]);
}

/// Protects: the help for a platform's own test names what its table forgot.
#[test]
fn undeclared_routes_fail_the_check() {
    let house = House::start();
    let recorder = recorder(&house, &house.token("emitter"));
    let audit = audit(&recorder);
    let served = [(Method::POST, "/clusters"), (Method::DELETE, "/clusters/{cluster}")];
    assert!(audit.check(served).is_ok());
    let missing = audit.check([(Method::PUT, "/users/{id}"), (Method::GET, "/users")]);
    assert!(missing.unwrap_err().to_string().ends_with("PUT /users/{id}"));
}
