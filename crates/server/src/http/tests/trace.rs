//! What each call leaves in the log, for every route of the table.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::atomic::AtomicBool;

use annals_api::routes;
use annals_ledger::{Clock as _, SystemClock};
use annals_proof::LeafIndex;
use axum::body::Body;
use axum::http::{Method, Request};
use serde_json::json;
use tower::ServiceExt as _;

use super::{Access, Rig, Route, event, table};
use crate::auth::role::{Right, Role};
use crate::http::trace::{self, TRACES, Trace, Why};
use crate::{export, jobs};

/// Routes that change something and leave no event of an act, and why.
const CHANGES_WITHOUT_ACT: &[(&str, &str, &str)] = &[
    ("POST", routes::EVENTS, "each event it takes is its own record"),
    ("POST", routes::OPERATIONS, "the intent is its own record"),
    ("POST", routes::OPERATION_OUTCOME, "the outcome is its own record"),
    ("POST", routes::ACCOUNT_TOTP, "holds once it is confirmed, which leaves totp.enable"),
];

/// Routes that are not called here, and which test shows instead that they leave their event: it
/// must be there and name the operation.
const SHOWN_ELSEWHERE: &[(&str, &str, &str)] = &[
    ("POST", routes::QUARANTINE_REPLAY, "quarantine::a_line_can_be_sent_again_once"),
    // A session is needed for these, and there is none on a token.
    ("POST", routes::ACCOUNT_PASSWORD, "accounts::an_account_is_handed_over"),
    ("PUT", routes::ACCOUNT_TOTP, "accounts::a_second_factor_is_wanted_and_counts_once"),
    ("DELETE", routes::ACCOUNT_TOTP, "accounts::a_second_factor_is_wanted_and_counts_once"),
    ("DELETE", routes::ACCOUNT_SESSION, "accounts::sessions_are_seen_and_ended"),
    ("DELETE", routes::ACCOUNTS_TOTP, "accounts::a_second_factor_is_taken_away"),
    ("DELETE", routes::ACCOUNTS_SESSIONS, "accounts::sessions_are_seen_and_ended"),
    // Open to everybody: a session is what comes of them.
    ("POST", routes::SIGN_IN, "sign_in::a_session_from_sign_in_to_sign_out"),
    ("DELETE", routes::SESSION, "sign_in::a_session_from_sign_in_to_sign_out"),
    ("GET", routes::OIDC_CALLBACK, "oidc::a_provider_vouches_for_people"),
];

const EVENT_RIGHTS: [Right; 6] = [
    Right::ReadEvents,
    Right::ReadEntries,
    Right::ReadQuarantine,
    Right::ExportEvents,
    Right::UnmaskEvents,
    Right::ReadFingerprints,
];

fn is_listed(list: &[(&str, &str, &str)], route: &Route) -> bool {
    list.iter().any(|(method, path, _)| *method == route.method.as_str() && *path == route.path)
}

// No route without a word on what it leaves, none that is gone; what shows events or changes
// something leaves an event, and the exceptions are few, have reasons and exist.
#[tokio::test(flavor = "multi_thread")]
async fn every_route_says_what_it_leaves() {
    let rig = Rig::new(|_| {});
    let routes = table(&rig.house.app);
    let name = |method: &Method, path: &str| format!("{method} {path}");
    let served: BTreeSet<String> = routes.iter().map(|of| name(&of.method, of.path)).collect();
    let said: BTreeSet<String> = TRACES.iter().map(|(of, path, _)| name(of, path)).collect();
    assert_eq!(served, said);
    assert_eq!(said.len(), TRACES.len(), "a route stands twice in the table of traces");
    for route in &routes {
        let trace = trace::of(&route.method, route.path);
        let is_change = !route.method.is_safe();
        let of = name(&route.method, route.path);
        match route.access {
            Access::Open if !is_change => {}
            Access::Needs(right) if !is_change && EVENT_RIGHTS.contains(&right) => {
                let lists_jobs = matches!(route.path, routes::EXPORTS | routes::EXPORT);
                let lists_views = matches!(route.path, routes::VIEWS | routes::VIEW);
                let is_told = !matches!(trace, Trace::Nothing(_));
                assert_eq!(is_told, !lists_jobs && !lists_views, "{of}");
            }
            _ if is_change && !is_listed(CHANGES_WITHOUT_ACT, route) => {
                assert!(matches!(trace, Trace::Act(_)), "{of} changes something");
            }
            _ => {}
        }
        if trace == Trace::Nothing(Why::Public) {
            assert_eq!(route.access, Access::Open, "{of}");
        }
    }
    for (method, path, _) in CHANGES_WITHOUT_ACT.iter().chain(SHOWN_ELSEWHERE) {
        assert!(served.contains(&format!("{method} {path}")), "{method} {path} is gone");
    }
    for (method, path, _) in CHANGES_WITHOUT_ACT {
        let method: Method = method.parse().expect("a method");
        assert!(matches!(trace::of(&method, path), Trace::Nothing(_)), "{path} leaves an act now");
    }
}

/// The text of a test, `file::name`; none if there is no such test.
fn text_of(test: &str) -> Option<String> {
    let (file, name) = test.split_once("::")?;
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    let files = ["src/http/tests", "tests"].map(|of| package.join(of).join(format!("{file}.rs")));
    let text = files.iter().find_map(|file| std::fs::read_to_string(file).ok())?;
    let begin = text.find(&format!("fn {name}("))?;
    let is_test = text[..begin].trim_end().rsplit('\n').find(|line| line.starts_with('#'));
    let end = text[begin..].find("\n}\n")?;
    is_test.filter(|line| line.contains("test")).map(|_| text[begin..begin + end].to_owned())
}

// An exception may not go stale: the test that it names is there and speaks of the operation.
#[test]
fn what_is_shown_elsewhere_is_shown() {
    for (method, path, test) in SHOWN_ELSEWHERE {
        let method: Method = method.parse().expect("a method");
        let Trace::Act(operation) = trace::of(&method, path) else {
            panic!("{method} {path} is no act: strike it from the list");
        };
        let text = text_of(test).unwrap_or_else(|| panic!("there is no test {test}"));
        assert!(text.contains(&format!("\"{operation}\"")), "{test} says nothing of {operation}");
    }
    assert_eq!(text_of("accounts::there_is_no_such_test"), None);
    assert_eq!(text_of("accounts::sign_in"), None, "no test but a function of the tests");
}

/// How many events of the server itself have the operation.
fn left(rig: &Rig, operation: &str) -> usize {
    let app = &rig.house.app;
    jobs::drain(app).expect("drained");
    app.recorder.flush(&app.ingest, SystemClock.now(), true).expect("kept");
    let leaves = (0..app.head().size.0).map(|index| app.reader.leaf(LeafIndex(index)));
    let of_server = &app.ingest.server().emitter;
    leaves
        .map(|leaf| leaf.expect("a leaf"))
        .filter(|leaf| leaf.core().emitter() == *of_server)
        .filter(|leaf| leaf.core().operation() == operation)
        .count()
}

/// An id made by a call that has one in its answer.
async fn made(rig: &Rig, path: &str, body: serde_json::Value) -> String {
    let answer = rig.call("POST", path, Some(rig.token(Role::Viewer)), body.to_string()).await;
    answer.json()["id"].as_str().expect("an id").to_owned()
}

fn account(name: &str) -> serde_json::Value {
    json!({ "name": name, "roles": ["viewer"] })
}

/// What a security-admin makes.
async fn administer(rig: &Rig, path: &str, body: serde_json::Value) -> serde_json::Value {
    let token = Some(rig.token(Role::SecurityAdmin));
    let made = rig.call("POST", path, token, body.to_string()).await;
    assert_eq!(made.status, 201, "{made}");
    made.json()
}

/// An address and body with which a route does its work.
async fn sample(rig: &Rig, route: &Route) -> (String, serde_json::Value) {
    let view = json!({ "name": "n", "q": "operator:zhang3" });
    let (path, body) = match (route.method.as_str(), route.path) {
        ("POST", routes::VIEWS) => (route.path.to_owned(), view),
        (_, routes::VIEW) => {
            let id = made(rig, routes::VIEWS, view.clone()).await;
            (route.path.replace("{id}", &id), view)
        }
        ("POST", routes::EXPORTS) => (route.path.to_owned(), json!({ "q": "" })),
        (_, routes::EXPORT | routes::EXPORT_FILE) => {
            let id = made(rig, routes::EXPORTS, json!({ "q": "" })).await;
            let app = &rig.house.app;
            let index = app.search.clone().expect("views are on");
            while export::work_next(app, &index, &AtomicBool::new(false)).expect("worked") {}
            (route.path.replace("{id}", &id), json!(null))
        }
        (_, routes::FACETS | routes::GROUPS) => {
            (format!("{}?fields=operator", route.path), json!(null))
        }
        (_, routes::COMPLETE) => (format!("{}?field=operator", route.path), json!(null)),
        (_, routes::HISTORY) => (format!("{}?type=cluster&id=c-e1", route.path), json!(null)),
        (_, routes::APPROVAL) => {
            let request = json!({ "id": "asked", "time": "2026-11-02T08:00:00Z",
                "operation": "approval.initiate", "operator": "zhang3",
                "object": { "type": "approval", "id": "ap-1" } });
            rig.post(routes::EVENTS, request.to_string()).await;
            (route.path.replace("{id}", "ap-1"), json!(null))
        }
        (_, routes::OPERATIONS) => (format!("{}?open=true", route.path), json!(null)),
        ("POST", routes::ACCOUNTS) => (route.path.to_owned(), account("new")),
        (_, routes::ACCOUNTS_ONE | routes::ACCOUNTS_PASSWORD) => {
            let name = format!("of-{}-{}", route.method, route.path.len()).to_lowercase();
            administer(rig, routes::ACCOUNTS, account(&name)).await;
            (route.path.replace("{name}", &name), json!({ "display_name": "x" }))
        }
        ("POST", routes::TOKENS) => {
            (route.path.to_owned(), json!({ "name": "t", "role": "viewer" }))
        }
        (_, routes::TOKEN) => {
            let body = json!({ "name": "gone", "role": "viewer" });
            let id = administer(rig, routes::TOKENS, body).await["id"].clone();
            (route.path.replace("{id}", id.as_str().expect("an id")), json!(null))
        }
        ("POST", routes::EMBED_TOKENS) => (route.path.to_owned(), json!({})),
        (_, routes::UNMASK) => (route.path.replace("{index}", "1"), json!({ "reason": "case 7" })),
        (_, path) => (path.to_owned(), json!(null)),
    };
    let path = path
        .replace("{id}", "e1")
        .replace("{index}", "0")
        .replace("{name}", "zhang3")
        .replace("{*number}", "000.p/1");
    (path, body)
}

// The law of records: who reads, takes out, unmasks or changes leaves an event of the operation
// that the table names, whoever it is.
#[tokio::test(flavor = "multi_thread")]
async fn every_call_leaves_what_it_says() {
    let rig = Rig::new(|_| {});
    rig.post(routes::EVENTS, event("e1")).await;
    let unknown = r#"{"id":"e2","time":"2026-11-02T08:00:00Z","service":"auth",
        "operation":"user.login_unknown","operator":"hunter2","outcome":"denied"}"#;
    let kept = rig.post(routes::EVENTS, unknown.replace('\n', " ")).await;
    assert_eq!(kept.status, 200, "{}", kept.json());
    for route in table(&rig.house.app) {
        let (Trace::Read(operation) | Trace::Act(operation)) = trace::of(&route.method, route.path)
        else {
            continue;
        };
        if is_listed(SHOWN_ELSEWHERE, &route) {
            continue;
        }
        let Access::Needs(right) = route.access else {
            panic!("{} {} is open: say which test shows its event", route.method, route.path);
        };
        let role = Role::ALL.into_iter().find(|role| role.may(right)).expect("a role");
        let (path, body) = sample(&rig, &route).await;
        let before = left(&rig, operation);
        let request = Request::builder()
            .method(route.method.clone())
            .uri(&path)
            .header("authorization", format!("Bearer {}", rig.token(role)))
            .body(Body::from(body.to_string()))
            .expect("a request");
        // The head alone: a tail has no end.
        let response = rig.router.clone().oneshot(request).await.expect("infallible");
        assert!(response.status().is_success(), "{} {path}: {}", route.method, response.status());
        assert_eq!(left(&rig, operation), before + 1, "{} {path}", route.method);
    }
}

// What was read is told with who, as what and with how many events; who may not is told too,
// and a sweep of guesses is one event.
#[tokio::test(flavor = "multi_thread")]
async fn reads_and_refusals_are_told() {
    let rig = Rig::new(|_| {});
    rig.post(routes::EVENTS, event("e1")).await;
    for _ in 0..3 {
        rig.get(Role::Viewer, "/v1/events?q=operator:zhang3").await;
        rig.get(Role::Emitter, routes::EVENTS).await;
        rig.call("GET", routes::EVENTS, Some("annals_00000000_x"), Body::empty()).await;
    }
    assert_eq!(left(&rig, "event.query"), 1);
    assert_eq!(left(&rig, "access.refused"), 2);
    let page = rig.get(Role::Auditor, "/v1/events?q=service:audit-log&order=index").await.json();
    let events = page["events"].as_array().expect("events");
    let of = |operation: &str, code: &str| {
        let found = events
            .iter()
            .find(|event| event["operation"] == operation && event.to_string().contains(code));
        found.unwrap_or_else(|| panic!("no {operation} {code}: {page}"))
    };
    let read = of("event.query", "zhang3");
    assert_eq!(read["request_data"]["calls"], json!({ "/v1/events": 3 }));
    assert_eq!(read["request_data"]["events"], 3);
    assert_eq!(read["related"], json!([{ "type": "role", "id": "viewer", "role": "held" }]));
    assert!(read["operator"].as_str().is_some_and(|name| name.starts_with("token-")), "{read}");
    assert_eq!(of("access.refused", "forbidden")["request_data"]["count"], 3);
    let guessed = of("access.refused", "invalid_token");
    assert_eq!((&guessed["operator"], &guessed["outcome"]), (&json!("unknown"), &json!("denied")));
}
