//! The permission matrix, generated from the route table: every route, every role, in scope and
//! out of it. Whatever is asked in whatever way, nothing of what is out of scope comes back.

use std::collections::BTreeMap;

use annals_api::routes;
use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use http_body_util::BodyExt as _;
use serde_json::{Value, json};
use tower::ServiceExt as _;

use super::{Access, Answer, Rig, Route, table};
use crate::auth::role::Role;
use crate::control::NewToken;

/// Stands in every value of the event that is out of scope, and nowhere else.
const HIDDEN: &str = "zzhidden";
const SCOPE: &str = "stack_id:stack-1 service:hpc-clusters";

/// An event, and one out of scope that has `HIDDEN` wherever a sender can write something.
async fn filled() -> Rig {
    let rig = Rig::new(|_| {});
    let seen = json!({ "id": "seen", "time": "2026-11-02T08:00:00Z", "service": "hpc-clusters",
        "operation": "cluster.create", "operator": "zhang3",
        "object": { "type": "cluster", "id": "c-1", "name": "one" } });
    let h = |part: &str| format!("{HIDDEN}-{part}");
    let hidden = json!({ "id": h("id"), "time": "2026-11-02T09:00:00Z", "stack_id": h("stack"),
        "region": h("region"), "service": "hpc-clusters", "operation": "cluster.create",
        "operator": h("operator"), "username": h("username"), "operator_id": h("uid"),
        "operator_name": h("display"), "source_ip": "198.51.100.77",
        "object": { "type": h("type"), "id": h("object"), "name": h("name") },
        "related": [{ "type": "cluster", "id": "c-1", "name": h("related") }],
        "request_data": { (h("key")): h("value") }, "outcome": "failure", "reason": h("reason"),
        "changes": { "before": h("before"), "after": h("after") }, "request_id": h("request"),
        "session_id": h("session"), "cause_id": "seen", "origin": { "line": h("line") },
        "user_agent": h("agent") });
    let body = format!("{seen}\n{hidden}");
    let kept = rig.post(routes::EVENTS, body).await;
    assert_eq!((kept.status, &kept.json()["accepted"]), (StatusCode::OK, &json!(2)));
    rig
}

fn scoped(rig: &Rig, role: Role) -> String {
    let (name, scope) = ("limited".to_owned(), Some(SCOPE.to_owned()));
    let new = NewToken { name, role, scope, ..NewToken::default() };
    rig.house.app.control.create_token(&new).expect("made").secret
}

/// Ways to ask a route for what is there; `{h}` stands for what is hidden.
fn ways(route: &Route) -> Vec<&'static str> {
    match route.path {
        routes::EVENT | routes::EVENT_PROOF | routes::CAUSES => vec!["{h}-id"],
        routes::EVENT_AT | routes::EVENT_AT_PROOF | routes::UNMASK | routes::FINGERPRINTS => {
            vec!["1"]
        }
        routes::PROFILE => vec!["{h}-operator", "zhang3", "{h}-username"],
        routes::FACETS => vec![
            "?fields=operator,username,region,stack_id,source_ip,object.id&top=100",
            "?fields=object.type,object.name,session_id,emitter&q=outcome:failure",
        ],
        routes::GROUPS => vec!["?fields=operator,object.id", "?fields=stack_id&q={h}"],
        routes::HISTOGRAM => vec!["?interval=1d&by=operator", "?interval=1h&by=stack_id"],
        routes::COMPLETE => vec![
            "?field=operator&prefix=zz",
            "?field=object.id",
            "?field=object.name&q=time:2026-11-02",
            "?field=stack_id",
        ],
        routes::HISTORY => vec!["?type=cluster&id=c-1", "?type={h}-type&id={h}-object"],
        routes::SESSIONS => vec!["", "?q=outcome:failure"],
        routes::APPROVALS => vec!["", "?q=operator:{h}*", "?state=open&finding=any"],
        routes::APPROVAL => vec!["{h}-object", "c-1"],
        routes::OPERATIONS => vec!["?open=true"],
        routes::EVENTS | routes::COUNT => {
            vec![
                "",
                "?q={h}",
                "?q=operator:{h}*",
                "?q=-operator:zhang3",
                "?q=source_ip:198.51.100.77",
            ]
        }
        _ => vec![""],
    }
}

fn address(route: &Route, way: &str) -> String {
    let way = way.replace("{h}", HIDDEN);
    let in_path = ["{id}", "{index}", "{name}"];
    match in_path.into_iter().find(|part| route.path.contains(part)) {
        Some(part) => route.path.replace(part, if way.is_empty() { "0" } else { &way }),
        None => format!("{}{way}", route.path.replace("{*number}", "000.p/1")),
    }
    .replace("{level}", "0")
    .replace("{*page}", "log")
    .replace("{*file}", "none.js")
}

/// Status, headers and body; of a tail the beginning.
async fn ask(rig: &Rig, route: &Route, path: &str, token: Option<&str>) -> Answer {
    let mut request = Request::builder().method(route.method.clone()).uri(path);
    if let Some(token) = token {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    let body = match route.path {
        routes::UNMASK => json!({ "reason": "why not" }),
        routes::EXPORTS if route.method == Method::POST => json!({ "q": "" }),
        routes::VIEWS | routes::VIEW => json!({ "name": "n", "q": "" }),
        _ => Value::Null,
    };
    let request = request.body(Body::from(body.to_string())).expect("a request");
    let response = rig.router.clone().oneshot(request).await.expect("infallible");
    let (parts, mut body) = response.into_parts();
    let bytes = match route.path {
        routes::TAIL if parts.status.is_success() => {
            let frame = body.frame().await.expect("a beginning").expect("infallible");
            frame.into_data().expect("data").to_vec()
        }
        _ => body.collect().await.expect("a body").to_bytes().to_vec(),
    };
    Answer { status: parts.status, headers: parts.headers, body: bytes }
}

fn holds_hidden(answer: &Answer, path: &str) -> bool {
    // What was asked for may be repeated where it is part of the question, such as the name of
    // a profile that is empty.
    let mut text = String::from_utf8_lossy(&answer.body).into_owned();
    for asked in path.split(['/', '?', '&', '=', ':']).filter(|part| part.contains(HIDDEN)) {
        text = text.replace(&format!("\"{asked}\""), "\"\"");
    }
    text.contains(HIDDEN) || text.contains("198.51.100.77")
}

// The law: without a token nothing, without the right nothing, and with the right what is in
// scope and no more, whatever the route and the role.
#[tokio::test(flavor = "multi_thread")]
async fn nothing_out_of_scope_is_answered() {
    let rig = filled().await;
    let everybody: BTreeMap<&str, (Role, String)> =
        Role::ALL.into_iter().map(|role| (role.as_str(), (role, scoped(&rig, role)))).collect();
    let mut asked = 0;
    let mut shown = 0;
    for route in table(&rig.house.app) {
        for way in ways(&route) {
            let path = address(&route, way);
            let of = format!("{} {path}", route.method);
            let without = ask(&rig, &route, &path, None).await;
            let Access::Needs(right) = route.access else {
                assert_ne!(without.status, StatusCode::UNAUTHORIZED, "{of}");
                assert!(!holds_hidden(&without, &path), "{of}");
                continue;
            };
            assert_eq!(without.problem().0, 401, "{of}");
            for (role, token) in everybody.values() {
                let answer = ask(&rig, &route, &path, Some(token)).await;
                assert!(!holds_hidden(&answer, &path), "{of} as limited {role}: {answer}");
                let whole = ask(&rig, &route, &path, Some(rig.token(*role))).await;
                if !role.may(right) {
                    assert_eq!(answer.problem(), (403, "forbidden".to_owned()), "{of} as {role}");
                    assert_eq!(whole.problem(), (403, "forbidden".to_owned()), "{of} as {role}");
                }
                asked += 2;
                shown += usize::from(holds_hidden(&whole, &path));
            }
        }
    }
    // Not blind: whoever is not limited is shown it, on many ways.
    assert!(asked > 500 && shown > 40, "{asked} asked, {shown} shown");
}

// Out of scope looks exactly like what does not exist: same status, same headers, same body.
#[tokio::test(flavor = "multi_thread")]
async fn out_of_scope_looks_like_nothing() {
    let rig = filled().await;
    let reader = scoped(&rig, Role::SecurityAdmin);
    let face = |answer: Answer| {
        let mut body = answer.json();
        body["request_id"] = Value::Null;
        let headers = answer.headers.into_iter().filter_map(|(name, value)| Some((name?, value)));
        let headers: Vec<_> = headers.filter(|(name, _)| name != "x-request-id").collect();
        (answer.status, headers, body)
    };
    for route in table(&rig.house.app) {
        let there = match route.path {
            routes::EVENT | routes::EVENT_PROOF | routes::CAUSES => "zzhidden-id",
            routes::EVENT_AT | routes::EVENT_AT_PROOF | routes::UNMASK => "1",
            routes::FINGERPRINTS => "1",
            _ => continue,
        };
        let nowhere = if there == "1" { "4000000000" } else { "zzhidden-other" };
        let (there, nowhere) = (address(&route, there), address(&route, nowhere));
        let (there, nowhere) = (
            ask(&rig, &route, &there, Some(&reader)).await,
            ask(&rig, &route, &nowhere, Some(&reader)).await,
        );
        assert_eq!(there.problem(), (404, "not_found".to_owned()), "{}", route.path);
        assert_eq!(face(there), face(nowhere), "{}", route.path);
    }
}
