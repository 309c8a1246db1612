//! A small platform in memory: it tells what it was asked, and how often.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{any, get, post};
use axum::{Json, Router};
use futures_util::StreamExt as _;
use http_body_util::BodyExt as _;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::sync::oneshot;

/// What it remembers.
#[derive(Debug, Default)]
pub(crate) struct Memory {
    /// Requests that changed something.
    pub(crate) acts: AtomicU64,
    /// How often each task was asked for.
    polls: Mutex<std::collections::BTreeMap<String, u64>>,
    /// Tasks that have ended.
    pub(crate) is_done: std::sync::atomic::AtomicBool,
    /// Lets the second piece of an answer go.
    pub(crate) second_piece: tokio::sync::Notify,
    /// What it does by itself.
    pub(crate) feed: Mutex<Vec<Value>>,
}

/// A running platform; ends when it is dropped.
pub(crate) struct Platform {
    pub(crate) address: String,
    pub(crate) memory: Arc<Memory>,
    _stop: oneshot::Sender<()>,
}

impl Platform {
    pub(crate) fn start() -> Self {
        let memory = Arc::new(Memory::default());
        let (stop, stopped) = oneshot::channel::<()>();
        let (told, address) = std::sync::mpsc::channel::<SocketAddr>();
        let app = app(memory.clone());
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_multi_thread()
                .worker_threads(2)
                .enable_all()
                .build()
                .unwrap();
            runtime.block_on(async move {
                let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
                told.send(listener.local_addr().unwrap()).unwrap();
                tokio::select! {
                    served = axum::serve(listener, app).into_future() => served.unwrap(),
                    _ = stopped => {}
                }
            });
            runtime.shutdown_background();
        });
        let address = address.recv().unwrap().to_string();
        Self { address, memory, _stop: stop }
    }

    pub(crate) fn acts(&self) -> u64 {
        self.memory.acts.load(Ordering::SeqCst)
    }
}

type Shared = State<Arc<Memory>>;

fn app(memory: Arc<Memory>) -> Router {
    Router::new()
        .route("/clusters", post(create))
        .route("/clusters/{id}", any(cluster))
        .route("/tasks/{id}", get(task))
        .route("/events", get(feed))
        .route("/login", post(login))
        .route("/logout", post(|| async { StatusCode::NO_CONTENT }))
        .route("/basic/{id}", any(basic))
        .route("/files/{name}", any(file))
        .route("/streams/{name}", any(stream))
        .route("/ws/{cluster}", get(socket))
        .route("/echo", any(echo))
        .fallback(any(other))
        .with_state(memory)
}

async fn create(State(memory): Shared, Json(body): Json<Value>) -> Response {
    memory.acts.fetch_add(1, Ordering::SeqCst);
    let name = body["name"].as_str().unwrap_or_default();
    match name {
        "slow" => (StatusCode::ACCEPTED, Json(json!({"id": "c-9", "task": "t-1"}))).into_response(),
        "" => {
            let problem = json!({"detail": "a cluster needs a name"});
            (StatusCode::UNPROCESSABLE_ENTITY, Json(problem)).into_response()
        }
        _ => (StatusCode::CREATED, Json(json!({"id": "c-42", "name": name}))).into_response(),
    }
}

async fn cluster(State(memory): Shared) -> Json<Value> {
    memory.acts.fetch_add(1, Ordering::SeqCst);
    Json(json!({"ok": true}))
}

async fn task(State(memory): Shared, Path(id): Path<String>) -> Json<Value> {
    *memory.polls.lock().unwrap().entry(id).or_default() += 1;
    match memory.is_done.load(Ordering::SeqCst) {
        true => Json(json!({"state": "done", "cluster": {"id": "c-9", "name": "slow"}})),
        false => Json(json!({"state": "running"})),
    }
}

async fn feed(State(memory): Shared, request: Request) -> Json<Value> {
    let query = request.uri().query().unwrap_or_default();
    let after: u64 = query.rsplit('=').next().unwrap_or_default().parse().unwrap_or(0);
    let all = memory.feed.lock().unwrap();
    let fresh: Vec<&Value> =
        all.iter().filter(|item| item["seq"].as_u64().unwrap_or(0) > after).collect();
    Json(json!({ "events": fresh }))
}

async fn login(Json(body): Json<Value>) -> Response {
    if body["password"] != "right" {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    let cookie = [(header::SET_COOKIE, "sid=s3ss10n; Path=/; HttpOnly")];
    (cookie, Json(json!({"token": "t0k3n"}))).into_response()
}

async fn basic(
    State(memory): Shared,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<StatusCode, StatusCode> {
    // Some answers are given before anybody looks at a password.
    if let Some(status) = id.parse().ok().and_then(|status| StatusCode::from_u16(status).ok()) {
        return Ok(status);
    }
    // zhang3:right
    let right = headers.get(header::AUTHORIZATION).is_some_and(|it| it == "Basic emhhbmczOnJpZ2h0");
    if !right {
        return Err(StatusCode::UNAUTHORIZED);
    }
    memory.acts.fetch_add(1, Ordering::SeqCst);
    Ok(StatusCode::OK)
}

async fn file(State(memory): Shared, request: Request) -> Json<Value> {
    memory.acts.fetch_add(1, Ordering::SeqCst);
    let (mut body, mut bytes) = (request.into_body(), 0);
    while let Some(Ok(frame)) = body.frame().await {
        bytes += frame.data_ref().map_or(0, |data| data.len());
    }
    Json(json!({ "bytes": bytes }))
}

/// An answer in two pieces, the second once the test says so.
async fn stream(State(memory): Shared) -> Body {
    memory.acts.fetch_add(1, Ordering::SeqCst);
    let pieces = futures_util::stream::once(async { Ok::<_, std::io::Error>("first,") });
    let second = async move {
        memory.second_piece.notified().await;
        Ok("second")
    };
    Body::from_stream(pieces.chain(futures_util::stream::once(second)))
}

async fn echo(request: Request) -> Json<Value> {
    let (parts, body) = request.into_parts();
    let headers: serde_json::Map<String, Value> = parts
        .headers
        .iter()
        .map(|(name, value)| (name.to_string(), value.to_str().unwrap_or_default().into()))
        .collect();
    let body = body.collect().await.unwrap().to_bytes();
    Json(json!({
        "method": parts.method.as_str(), "target": parts.uri.to_string(), "headers": headers,
        "body": String::from_utf8_lossy(&body),
    }))
}

async fn other(State(memory): Shared) -> &'static str {
    memory.acts.fetch_add(1, Ordering::SeqCst);
    "other"
}

/// A WebSocket, as far as the wire is concerned: it sends back what comes, frame by frame.
pub(crate) async fn socket(mut request: Request) -> Response {
    let upgrade = hyper::upgrade::on(&mut request);
    tokio::spawn(async move {
        let mut stream = hyper_util::rt::TokioIo::new(upgrade.await.unwrap());
        let mut bytes = [0; 1024];
        while let Ok(count @ 1..) = stream.read(&mut bytes).await {
            if stream.write_all(&bytes[..count]).await.is_err() {
                break;
            }
        }
    });
    Response::builder()
        .status(StatusCode::SWITCHING_PROTOCOLS)
        .header(header::CONNECTION, "upgrade")
        .header(header::UPGRADE, "websocket")
        .body(Body::empty())
        .unwrap()
}
