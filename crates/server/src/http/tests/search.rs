//! Questions over HTTP: filters and their errors, counts, facets, histograms, scopes.

use annals_api::routes;
use serde_json::{Value, json};

use super::{Answer, Rig};
use crate::auth::role::Role;
use crate::control::NewToken;

/// An event with what these tests ask for.
fn event(id: &str, time: &str, operation: &str, operator: &str, outcome: &str) -> String {
    json!({
        "id": id, "time": time, "operation": operation, "operator": operator,
        "outcome": outcome, "source_ip": "10.2.0.7",
        "object": {"type": "cluster", "id": format!("c-{id}"), "name": "render farm"},
        "request_data": {"nodes": 4, "image": {"id": "img-7"}},
    })
    .to_string()
}

async fn filled() -> Rig {
    let rig = Rig::new(|_| {});
    let lines = [
        event("e0", "2026-10-24T21:30:00Z", "cluster.create", "zhang3", "success"),
        event("e1", "2026-10-25T09:00:00Z", "cluster.release", "zhang3", "denied"),
        event("e2", "2026-10-25T23:30:00Z", "user.create", "li4", "success"),
    ];
    assert_eq!(rig.post(routes::EVENTS, lines.join("\n")).await.status, 200);
    rig
}

fn encode(q: &str) -> String {
    q.bytes().map(|byte| format!("%{byte:02x}")).collect()
}

async fn ask(rig: &Rig, path: &str, q: &str) -> Answer {
    let sign = if path.contains('?') { '&' } else { '?' };
    rig.get(Role::Viewer, &format!("{path}{sign}q={}", encode(q))).await
}

fn ids(page: &Value) -> Vec<&str> {
    let events = page["events"].as_array().expect("events");
    events.iter().map(|event| event["id"].as_str().expect("an id")).collect()
}

// Protects: the filter reaches the index, in both languages, and all that counts agrees with it.
#[tokio::test(flavor = "multi_thread")]
async fn filters() {
    let rig = filled().await;
    for (q, expected) in [
        ("operator:zhang3", &["e1", "e0"][..]),
        ("操作人:zhang3 -outcome:success", &["e1"]),
        ("service:hpc-clusters OR operator:li4", &["e2", "e1", "e0"]),
        ("request_data.nodes:4 source_ip:10.2.0.0/16 user:li4", &["e2"]),
        ("\"render farm\" time:2026-10-25", &["e2", "e1"]),
        ("operator:nobody", &[]),
    ] {
        assert_eq!(ids(&ask(&rig, routes::EVENTS, q).await.json()), expected, "{q}");
        let count = ask(&rig, routes::COUNT, q).await.json();
        assert_eq!(count["count"], expected.len(), "{q}");
    }
}

// Protects: a filter that cannot be read names the place and what to write there.
#[tokio::test(flavor = "multi_thread")]
async fn errors_of_filters_have_a_place() {
    let rig = filled().await;
    for path in [routes::EVENTS, routes::COUNT, "/v1/facets?fields=operator", routes::TAIL] {
        let answer = ask(&rig, path, "operator:zhang3 operater:li4").await;
        assert_eq!(answer.problem(), (400, "bad_filter".to_owned()), "{path}");
        let problem = answer.json();
        assert_eq!((&problem["column"], &problem["offset"]), (&17.into(), &16.into()));
        assert_eq!(problem["nearest"], "operator");
    }
    let listed = ask(&rig, routes::COUNT, "outcome:lost").await.json();
    assert!(listed["expected"].as_array().is_some_and(|values| values.len() == 6), "{listed}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cursor_belongs_to_its_filter() {
    let rig = filled().await;
    let first = ask(&rig, "/v1/events?limit=1", "operator:zhang3").await.json();
    let cursor = first["next"].as_str().expect("a cursor");
    let path = format!("/v1/events?limit=1&cursor={cursor}");
    assert_eq!(ids(&ask(&rig, &path, "operator:zhang3").await.json()), ["e0"]);
    let other = ask(&rig, &path, "operator:li4").await;
    assert_eq!(other.problem(), (400, "cursor_mismatch".to_owned()));
}

// Protects: a cursor goes on with the call that gave it, not with another that looks alike.
#[tokio::test(flavor = "multi_thread")]
async fn a_cursor_belongs_to_its_call() {
    let rig = Rig::new(|_| {});
    let lines: Vec<String> = (0..3)
        .map(|number| {
            super::event(&format!("e{number}"))
                .replace("c-e", "c-")
                .replace(&format!("c-{number}"), if number == 2 { "other" } else { "c1" })
        })
        .chain((0..2).map(|number| {
            super::event(&format!("s{number}"))
                .replace("hpc-clusters", "users")
                .replace("cluster.create", "user.login")
        }))
        .collect();
    rig.post_to(&lines).await;
    let of = |path: &str, cursor: &str| format!("{path}&limit=1&cursor={cursor}");
    let next = async |path: &str| {
        let page = rig.get(Role::Auditor, &format!("{path}&limit=1")).await.json();
        page["next"].as_str().unwrap_or_else(|| panic!("one page only: {page}")).to_owned()
    };
    let history = "/v1/history?type=cluster&id=c1";
    let sessions = "/v1/sessions?state=any";
    let events = "/v1/events?order=time";
    let cursors = [next(history).await, next(sessions).await, next(events).await];
    for (cursor, own, others) in [
        (
            &cursors[0],
            history,
            ["/v1/history?type=cluster&id=other", "/v1/history?type=node&id=c1", events],
        ),
        (&cursors[1], sessions, ["/v1/sessions?state=open", history, "/v1/operations?open=true"]),
        (&cursors[2], events, [history, sessions, "/v1/approvals?q="]),
    ] {
        let answer = rig.get(Role::Auditor, &of(own, cursor)).await;
        assert_eq!(answer.status, 200, "{own}: {answer}");
        for other in others {
            let answer = rig.get(Role::Auditor, &of(other, cursor)).await;
            assert_eq!(answer.problem(), (400, "bad_cursor".to_owned()), "{own}: {other}");
            assert!(answer.to_string().contains("not one of this call"), "{answer}");
        }
    }
}

// Protects: a first page of a history is as partial as the life it is told with.
#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_life_is_told() {
    let rig = Rig::new(|_| {});
    let act =
        |id: &str, time: &str| super::event(id).replace("c-e", "c-").replace("08:00:00", time);
    let of_one = |id: &str, time: &str| act(id, time).replace(&format!("c-{}", &id[1..]), "c1");
    let early: Vec<String> =
        (10..30).map(|number| of_one(&format!("e{number}"), "08:00:00")).collect();
    let late: Vec<String> =
        (30..50).map(|number| of_one(&format!("e{number}"), "10:00:00")).collect();
    let path = "/v1/history?type=cluster&id=c1&to=2026-11-02T09:00:00Z";
    let start = rig.post_to(&early).await;
    let end = rig.post_to(&late).await;
    let whole = rig.get(Role::Auditor, path).await.json();
    assert_eq!(whole["events"].as_array().map(Vec::len), Some(20), "{whole}");
    assert_eq!(whole["partial"], serde_json::Value::Null, "{whole}");
    rig.flip(start..end).await;
    let damaged = rig.get(Role::Auditor, path).await.json();
    assert_eq!(damaged["events"].as_array().map(Vec::len), Some(20), "{damaged}");
    assert_eq!(damaged["partial"], true, "{damaged}");
}

// Protects: counts by value and by calendar day of the zone, over the change of the clocks.
#[tokio::test(flavor = "multi_thread")]
async fn facets_groups_and_histograms() {
    let rig = filled().await;
    let facets = ask(&rig, "/v1/facets?fields=operator,结果&top=1", "").await.json();
    let of = json!({"values": [{"value": "zhang3", "count": 2}], "other": 1, "distinct": 2});
    assert_eq!(facets["facets"]["operator"], of);
    assert_eq!(facets["facets"]["outcome"]["values"][0]["value"], "success");
    let groups = ask(&rig, "/v1/groups?fields=operator,outcome", "").await.json();
    assert_eq!(groups["groups"].as_array().map(Vec::len), Some(3));
    let days = ask(&rig, "/v1/histogram?interval=1d&tz=Europe/Berlin&by=operator", "").await;
    let expected = json!([
        {"start": "2026-10-23T22:00:00.000000000Z", "count": 1, "by": {"zhang3": 1}},
        {"start": "2026-10-24T22:00:00.000000000Z", "count": 1, "by": {"zhang3": 1}},
        {"start": "2026-10-25T23:00:00.000000000Z", "count": 1, "by": {"li4": 1}},
    ]);
    assert_eq!(days.json()["buckets"], expected);
    let values = ask(&rig, "/v1/complete?field=operator&prefix=ZH", "").await.json();
    assert_eq!(values["values"], json!([{"value": "zhang3", "count": 2}]));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_asked_is_refused() {
    let rig = filled().await;
    for (path, code) in [
        ("/v1/facets", "bad_parameter"),
        ("/v1/facets?fields=nothing", "bad_parameter"),
        ("/v1/facets?fields=operator&top=0", "bad_parameter"),
        ("/v1/histogram?interval=2h", "bad_parameter"),
        ("/v1/histogram?tz=Moon", "bad_parameter"),
        ("/v1/histogram?interval=1m&from=1990-01-01T00:00:00Z", "too_many_buckets"),
        ("/v1/complete?prefix=x", "bad_parameter"),
        ("/v1/groups?fields=operator,outcome,service,region", "bad_parameter"),
        ("/v1/operations", "bad_parameter"),
        ("/v1/history?type=cluster", "bad_parameter"),
        ("/v1/sessions?state=lost", "bad_parameter"),
        ("/v1/approvals?state=lost", "bad_parameter"),
        ("/v1/approvals?finding=self_approval,lost", "bad_parameter"),
        ("/v1/approvals?limit=201", "bad_parameter"),
    ] {
        let answer = rig.get(Role::Viewer, path).await;
        assert_eq!(answer.problem(), (400, code.to_owned()), "{path}");
    }
    let off = Rig::new(|config| config.views.enabled = false);
    for path in [
        routes::COUNT,
        routes::HISTOGRAM,
        "/v1/facets?fields=operator",
        routes::TAIL,
        routes::SESSIONS,
        routes::APPROVALS,
        "/v1/approvals/ap-1",
    ] {
        let answer = off.get(Role::Viewer, path).await;
        assert_eq!(answer.problem(), (503, "views_off".to_owned()), "{path}");
    }
}

async fn with(rig: &Rig, token: &str, path: &str) -> Answer {
    rig.call("GET", path, Some(token), axum::body::Body::empty()).await
}

// The law of scopes: what is out of scope looks like what does not exist, on every way to an
// event, and what no scope can be held against is closed to a limited token.
#[tokio::test(flavor = "multi_thread")]
async fn scopes() {
    let rig = filled().await;
    let limited = |role| {
        let scope = Some("service:hpc-clusters -operation:cluster.release".to_owned());
        let new = NewToken { name: "limited".to_owned(), role, scope, ..NewToken::default() };
        rig.house.app.control.create_token(&new).expect("made").secret
    };
    let viewer = limited(Role::Viewer);
    assert_eq!(ids(&with(&rig, &viewer, routes::EVENTS).await.json()), ["e0"]);
    assert_eq!(with(&rig, &viewer, routes::COUNT).await.json()["count"], 1);
    let facets = with(&rig, &viewer, "/v1/facets?fields=operator").await.json();
    assert_eq!(facets["facets"]["operator"]["distinct"], 1);
    let values = with(&rig, &viewer, "/v1/complete?field=operator&prefix=li").await.json();
    assert_eq!(values["values"], json!([]));
    assert_eq!(with(&rig, &viewer, "/v1/events/e0").await.status, 200);
    let nowhere = with(&rig, &viewer, "/v1/events/nobody").await;
    for path in [
        "/v1/events/e1",
        "/v1/events/e2/proof",
        "/v1/events/index/1",
        "/v1/events/index/2/proof",
        "/v1/causes/e1",
    ] {
        let answer = with(&rig, &viewer, path).await;
        assert_eq!(answer.problem(), (404, "not_found".to_owned()), "{path}");
        assert_eq!(answer.json()["detail"], nowhere.json()["detail"], "{path}");
    }
    let history = with(&rig, &viewer, "/v1/history?type=cluster&id=c-e1").await.json();
    assert_eq!(history["events"], json!([]));
    let auditor = limited(Role::Auditor);
    for path in ["/log/tile/entries/000.p/1", routes::QUARANTINE] {
        let answer = with(&rig, &auditor, path).await;
        assert_eq!(answer.problem(), (403, "forbidden".to_owned()), "{path}");
    }
}

// A scope that this server cannot read lets nothing through.
#[tokio::test(flavor = "multi_thread")]
async fn an_unreadable_scope_closes() {
    let rig = filled().await;
    let scope = Some("service:of-another-site".to_owned());
    let (name, role) = ("lost".to_owned(), Role::Viewer);
    let new = NewToken { name, role, scope, ..NewToken::default() };
    let token = rig.house.app.control.create_token(&new).expect("made").secret;
    for path in [routes::EVENTS, routes::COUNT, "/v1/events/e0", "/v1/events/index/0/proof"] {
        let answer = with(&rig, &token, path).await;
        assert_eq!(answer.problem(), (403, "scope_unreadable".to_owned()), "{path}");
    }
}

// Protects: a scope on an emitter limits what it writes; what lies outside is quarantined.
#[tokio::test(flavor = "multi_thread")]
async fn an_emitter_writes_within_its_scope() {
    let rig = Rig::new(|_| {});
    let scope = Some("service:hpc-clusters".to_owned());
    let new = NewToken { name: "limited".to_owned(), scope, ..NewToken::default() };
    let token = rig.house.app.control.create_token(&new).expect("made").secret;
    let lines = [
        event("e0", "2026-10-25T09:00:00Z", "cluster.create", "zhang3", "success"),
        event("e1", "2026-10-25T09:00:00Z", "user.create", "zhang3", "success"),
    ];
    let answer = rig.call("POST", routes::EVENTS, Some(&token), lines.join("\n")).await.json();
    assert_eq!((&answer["accepted"], &answer["rejected"][0]["line"]), (&1.into(), &2.into()));
    assert_eq!(answer["rejected"][0]["code"], "out_of_scope");
}
