//! The router on a real ledger in a temporary folder: doors, addresses and their documents.

mod accounts;
mod append;
mod console;
mod exported;
mod fingerprints;
mod masked;
mod matrix;
mod operations;
mod quarantine;
mod read;
mod saved;
mod search;
mod sign_in;
mod tail;
mod trace;

use std::collections::BTreeSet;

use annals_api::openapi;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use http_body_util::BodyExt;
use serde_json::Value;
use tempfile::TempDir;
use tower::ServiceExt;

use super::*;
use crate::auth::role::Role;
use crate::build::{House, build};
use crate::config::{Config, Stack};
use crate::control::NewToken;

/// A built house, its router, and a token of each role.
pub(crate) struct Rig {
    pub(crate) house: House,
    router: Router,
    tokens: Vec<(Role, String)>,
    _dir: TempDir,
}

pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: axum::http::HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl std::fmt::Display for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.status, String::from_utf8_lossy(&self.body))
    }
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&self.body)))
    }

    /// Status and problem code, after checking the document's form.
    pub(crate) fn problem(&self) -> (u16, String) {
        let problem = self.json();
        assert_eq!(self.headers["content-type"], "application/problem+json");
        assert_eq!(problem["status"], self.status.as_u16());
        assert!(problem["detail"].as_str().is_some_and(|text| text.len() > 10), "{problem}");
        assert_eq!(problem["request_id"], self.headers["x-request-id"].to_str().expect("text"));
        (self.status.as_u16(), problem["code"].as_str().expect("a code").to_owned())
    }
}

impl Rig {
    pub(crate) fn new(change: impl FnOnce(&mut Config)) -> Self {
        let dir = tempfile::tempdir().expect("a folder");
        let mut config = Config { data: dir.path().join("data"), ..Config::default() };
        config.stack_id = "stack-1".to_owned();
        config.region = "cn-east".to_owned();
        change(&mut config);
        Self::of(build(config).expect("builds"), dir)
    }

    /// With a console that has these files.
    fn with_console(console: crate::console::Console) -> Self {
        let dir = tempfile::tempdir().expect("a folder");
        let config = Config { data: dir.path().join("data"), ..Config::default() };
        let mut house = build(config).expect("builds");
        std::sync::Arc::get_mut(&mut house.app).expect("nobody else yet").console = console;
        Self::of(house, dir)
    }

    fn of(house: House, dir: TempDir) -> Self {
        let token = |role: Role| {
            let new = NewToken { name: role.to_string(), role, ..NewToken::default() };
            (role, house.app.control.create_token(&new).expect("made").secret)
        };
        let tokens = Role::ALL.into_iter().map(token).collect();
        let router = router(&house.app);
        Self { house, router, tokens, _dir: dir }
    }

    pub(crate) fn token(&self, role: Role) -> &str {
        let found = self.tokens.iter().find(|(known, _)| *known == role);
        found.map(|(_, token)| token.as_str()).expect("a token of each role")
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.expect("infallible");
        let (parts, body) = response.into_parts();
        let body = body.collect().await.expect("a body").to_bytes().to_vec();
        Answer { status: parts.status, headers: parts.headers, body }
    }

    pub(crate) async fn call(
        &self,
        method: &str,
        path: &str,
        token: Option<&str>,
        body: impl Into<Body>,
    ) -> Answer {
        let mut request = Request::builder().method(method).uri(path);
        if let Some(token) = token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        self.send(request.body(body.into()).expect("a request")).await
    }

    pub(crate) async fn get(&self, role: Role, path: &str) -> Answer {
        self.call("GET", path, Some(self.token(role)), Body::empty()).await
    }

    pub(crate) async fn post(&self, path: &str, body: impl Into<Body>) -> Answer {
        self.call("POST", path, Some(self.token(Role::Emitter)), body).await
    }
}

/// Damage to the ledger below a server that works.
impl Rig {
    /// The only segment.
    fn segment(&self) -> std::path::PathBuf {
        let folder = self.house.app.config.data.join("ledger/segments");
        let mut files = std::fs::read_dir(folder).expect("segments");
        files.next().expect("a segment").expect("readable").path()
    }

    /// Posts events on lines, lets the index take them in, and says where in the segment they
    /// end: behind them are zeros.
    pub(crate) async fn post_to(&self, lines: &[String]) -> u64 {
        let posted = self.post(routes::EVENTS, lines.join("\n")).await;
        assert_eq!(posted.json()["accepted"], lines.len(), "{posted}");
        self.get(Role::Viewer, routes::COUNT).await;
        let bytes = std::fs::read(self.segment()).expect("a segment");
        let last = bytes.iter().rposition(|byte| *byte != 0).expect("more than zeros");
        last as u64
    }

    /// Turns a bit over in the middle of a stretch of the segment, and has the ledger forget what
    /// it read before: it keeps the newest frames that were read, and each request is one.
    pub(crate) async fn flip(&self, stretch: std::ops::Range<u64>) {
        use std::os::unix::fs::FileExt as _;
        assert!(!stretch.is_empty(), "the segment did not grow");
        let place = stretch.start.midpoint(stretch.end);
        let mut options = std::fs::OpenOptions::new();
        let file = options.read(true).write(true).open(self.segment()).expect("a segment");
        let mut byte = [0];
        file.read_exact_at(&mut byte, place).expect("read");
        file.write_all_at(&[byte[0] ^ 1], place).expect("written");
        for number in 0..=annals_ledger::limits::FRAME_CACHE_FRAMES_MAX {
            let line = event(&format!("beside{number}")).replace("zhang3", "li4");
            assert_eq!(self.post(routes::EVENTS, line).await.status, StatusCode::OK);
            let path = format!("/v1/events/beside{number}");
            assert_eq!(self.get(Role::Auditor, &path).await.status, StatusCode::OK);
        }
    }
}

/// One good event.
pub(crate) fn event(id: &str) -> String {
    format!(
        "{{\"id\":\"{id}\",\"time\":\"2026-11-02T08:00:00Z\",\"service\":\"hpc-clusters\",\
         \"operation\":\"cluster.create\",\"operator\":\"zhang3\",\"object\":{{\"type\":\"cluster\",\
         \"id\":\"c-{id}\",\"name\":\"集群\"}}}}"
    )
}

const OPEN: &[&str] = &[
    routes::HEALTHZ,
    routes::READYZ,
    routes::OPENAPI,
    routes::CHECKPOINT,
    routes::VKEY,
    routes::TILE,
    routes::SESSION,
    routes::SESSION,
    routes::SIGN_IN,
    routes::OIDC_START,
    routes::OIDC_CALLBACK,
];

/// An address of the route; parts that must be parsed are malformed on purpose.
fn address(route: &Route) -> String {
    route
        .path
        .replace("{index}", "%ff")
        .replace("{id}", "%ff")
        .replace("{name}", "%ff")
        .replace("{level}", "0")
        .replace("{*number}", "000.p/1")
        .replace("{*page}", "log")
        .replace("{*file}", "none.js")
        + "?malformed=%ff&q"
}

// The law of doors: without a token 401 everywhere but on the open list, with too little right
// 403, both before path, query or body are looked at.
#[tokio::test(flavor = "multi_thread")]
async fn every_route_demands_its_right_first() {
    let rig = Rig::new(|_| {});
    let broken = || Body::from(&b"\xff not an event"[..]);
    for route in table(&rig.house.app) {
        let (method, path) = (route.method.as_str(), address(&route));
        let without = rig.call(method, &path, None, broken()).await;
        let Access::Needs(right) = route.access else {
            let is_listed = OPEN.contains(&route.path) || routes::CONSOLE.contains(&route.path);
            assert!(is_listed, "{path} is open but not on the list");
            assert_ne!(without.status, StatusCode::UNAUTHORIZED, "{path}");
            continue;
        };
        assert_eq!(without.problem(), (401, "missing_token".to_owned()), "{path}");
        assert_eq!(without.headers["www-authenticate"], "Bearer");
        let wrong = rig.call(method, &path, Some("annals_00000000_x"), broken()).await;
        assert_eq!(wrong.problem(), (401, "invalid_token".to_owned()), "{path}");
        for role in Role::ALL {
            let answer = rig.call(method, &path, Some(rig.token(role)), broken()).await;
            let forbidden = answer.status == StatusCode::FORBIDDEN;
            assert_eq!(forbidden, !role.may(right), "{method} {path} as {role}");
        }
    }
    let open = table(&rig.house.app).iter().filter(|route| route.access == Access::Open).count();
    assert_eq!(open, OPEN.len() + routes::CONSOLE.len(), "the list of open routes is stale");
}

// What does not exist is nobody's business without a token.
#[tokio::test(flavor = "multi_thread")]
async fn unknown_addresses_and_methods() {
    let rig = Rig::new(|_| {});
    for (method, path, code) in [
        ("GET", "/v2/events", (404, "not_found")),
        ("GET", "/v1/events/", (404, "not_found")),
        ("DELETE", "/v1/events", (405, "method_not_allowed")),
        ("POST", "/log/checkpoint", (405, "method_not_allowed")),
    ] {
        let without = rig.call(method, path, None, Body::empty()).await;
        assert_eq!(without.problem().0, 401, "{method} {path}");
        let with = rig.call(method, path, Some(rig.token(Role::Viewer)), Body::empty()).await;
        assert_eq!(with.problem(), (code.0, code.1.to_owned()), "{method} {path}");
        let allow = with.headers.get("allow").map(|allow| allow.to_str().expect("text"));
        assert_eq!(allow.is_some_and(|allow| allow.contains("GET")), code.0 == 405, "{allow:?}");
    }
}

// The document and the table say the same; the console is for people and not in it.
#[tokio::test(flavor = "multi_thread")]
async fn every_route_is_described() {
    let rig = Rig::new(|_| {});
    let document = serde_json::to_value(openapi::document()).expect("JSON");
    let mut described = BTreeSet::new();
    for (path, item) in document["paths"].as_object().expect("paths") {
        for method in item.as_object().expect("operations").keys() {
            described.insert(format!("{} {path}", method.to_uppercase()));
        }
    }
    let routes = table(&rig.house.app);
    let routes = routes.iter().filter(|route| !routes::CONSOLE.contains(&route.path));
    let served: BTreeSet<String> =
        routes.map(|route| format!("{} {}", route.method, openapi::template(route.path))).collect();
    assert_eq!(described, served);
    let answer = rig.call("GET", routes::OPENAPI, None, Body::empty()).await;
    assert_eq!(answer.json(), document);
}

#[tokio::test(flavor = "multi_thread")]
async fn open_pages_answer() {
    let rig = Rig::new(|_| {});
    for path in [routes::HEALTHZ, routes::READYZ] {
        let answer = rig.call("GET", path, None, Body::empty()).await;
        assert_eq!((answer.status, answer.json()["status"].as_str()), (StatusCode::OK, Some("ok")));
    }
    rig.house.app.begin_to_stop();
    let stopping = rig.call("GET", routes::READYZ, None, Body::empty()).await;
    assert_eq!(stopping.problem(), (503, "stopping".to_owned()));
}

#[tokio::test(flavor = "multi_thread")]
async fn operators_see_state_and_metrics_but_no_events() {
    let rig = Rig::new(|_| {});
    assert_eq!(rig.post(routes::EVENTS, event("e1")).await.status, StatusCode::OK);
    let status = rig.get(Role::SystemAdmin, routes::STATUS).await.json();
    assert_eq!(status["size"], 1);
    assert_eq!(status["since_start"]["accepted"], 1);
    assert_eq!(status["fault"], Value::Null);
    let metrics = rig.get(Role::SystemAdmin, routes::METRICS).await;
    let text = String::from_utf8(metrics.body).expect("UTF-8");
    assert!(text.contains("annals_events_accepted_total 1\n"), "{text}");
    assert!(text.contains("annals_ledger_events 1\n"), "{text}");
    let events = rig.get(Role::SystemAdmin, routes::EVENTS).await;
    assert_eq!(events.problem(), (403, "forbidden".to_owned()));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_catalogue_is_for_any_token() {
    let stack = Stack {
        region: "cn-east".to_owned(),
        id: "stack-1".to_owned(),
        en: "East".to_owned(),
        zh: "华东".to_owned(),
    };
    let rig = Rig::new(|config| config.stacks.push(stack));
    for role in Role::ALL {
        let answer = rig.get(role, routes::CATALOGUE).await.json();
        assert_eq!(answer["stacks"][0]["zh"], "华东");
        let services = answer["services"].as_array().expect("services");
        let clusters = services.iter().find(|service| service["code"] == "hpc-clusters");
        assert_eq!(clusters.expect("a service")["zh"], "HPC集群");
        assert!(services.iter().all(|service| service["operations"][0]["zh"].is_string()));
        assert!(answer["fields"].as_array().is_some_and(|fields| fields.len() > 10));
    }
}
