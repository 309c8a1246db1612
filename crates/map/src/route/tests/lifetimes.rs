//! What goes on after an answer: tasks, sessions, feeds.

use std::time::Duration;

use super::*;

const LATER: &str = r#"
[[route]]
match = "POST /api/clusters"
operation = "cluster.create"
object = { id = "{response.id}", name = "{request.name}" }

[route.later]
poll = "/api/tasks/{response.task}?full=1"
key = "task:{response.task}"
every = "2s"
at_most = "1h"
done = { "response.state" = "done" }
failed = { "response.state" = ["failed", "cancelled"] }
reason = "{response.error}"
object = { id = "{response.cluster.id}", name = "{response.cluster.name}" }

[[route]]
match = "POST /internal/tasks/{task}/ended"
closes = "task:{path.task}"
outcome = [{ is = "failure", when = { "request.ok" = false } }]
reason = "{request.error}"
"#;

#[track_caller]
fn begun(routes: &Routes, exchange: &Exchange) -> Ending {
    let request = exchange.request();
    let Found::Matched(matched) = routes.find(request.method, request.path) else { panic!() };
    match matched.begin(&request) {
        Begun::Act(act) => act.end(&request, &exchange.answer()),
        Begun::Undecided(undecided) => match undecided.decide(&request, &exchange.answer()) {
            Decided::Whole(ending) => *ending,
            other => panic!("{other:?}"),
        },
        other => panic!("{other:?}"),
    }
}

fn later_of(routes: &Routes) -> (Ending, Later) {
    let exchange = Exchange::new("POST /api/clusters").body(json!({"name": "render"}));
    let ending = begun(routes, &exchange.answered(202, json!({"id": "c-1", "task": 7})));
    let later = ending.later.clone().expect("it goes on");
    (ending, later)
}

/// An answer of 202 is no end; the poll is, and it may know more of the objects.
#[test]
fn polled() {
    let routes = parse(LATER);
    let (ending, later) = later_of(&routes);
    assert_eq!(ending.record.outcome.as_deref(), Some("pending"));
    assert_eq!((later.poll(), later.key()), (Some("/api/tasks/7?full=1"), Some("task:7")));
    assert_eq!(
        (later.every(), later.at_most()),
        (Duration::from_secs(2), Duration::from_secs(3600))
    );
    let first = json!({"type": "cluster", "id": "c-1", "name": "render"});
    let check = |status, body: Value, expected: Option<Value>| {
        let exchange = Exchange::new("GET /").answered(status, body);
        let judged = later.judge(&exchange.answer());
        assert_eq!(judged.as_ref().map(shown), expected, "{exchange:?}");
    };
    check(200, json!({"state": "running"}), None);
    check(404, Value::Null, None);
    check(200, json!({"state": "done"}), Some(json!({"outcome": "success", "object": first})));
    let renamed = json!({"type": "cluster", "id": "c-9", "name": "r"});
    check(
        200,
        json!({"state": "done", "cluster": {"id": "c-9", "name": "r"}}),
        Some(json!({"outcome": "success", "object": renamed})),
    );
    check(
        200,
        json!({"state": "failed", "error": "no quota"}),
        Some(json!({"outcome": "failure", "reason": "no quota", "object": first})),
    );
}

/// An answer that is no 202 is the end as always.
#[test]
fn ended_at_once() {
    let exchange = Exchange::new("POST /api/clusters").answered(409, Value::Null);
    let ending = begun(&parse(LATER), &exchange);
    assert!(ending.later.is_none());
    assert_eq!(ending.record.outcome.as_deref(), Some("failure"));
}

/// What was written down is taken up after a restart, unless the file has lost the route.
#[test]
fn taken_up() {
    let routes = parse(LATER);
    let (_, later) = later_of(&routes);
    let text = serde_json::to_string(later.saved()).expect("JSON");
    let saved: SavedLater = serde_json::from_str(&text).expect("JSON");
    assert_eq!(&saved, later.saved());
    let taken = routes.take_up(&saved).expect("its route");
    assert_eq!((taken.poll(), taken.key()), (later.poll(), later.key()));
    assert!(parse(&LATER.replace("/api/clusters", "/api/c")).take_up(&saved).is_none());
}

/// Another request ends it, by its key; a refused one does not.
#[test]
fn closed() {
    let routes = parse(LATER);
    let (_, later) = later_of(&routes);
    let exchange =
        Exchange::new("POST /internal/tasks/7/ended").body(json!({"ok": false, "error": "x"}));
    let request = exchange.request();
    let Found::Matched(matched) = routes.find("POST", &exchange.path) else { panic!() };
    let Begun::Undecided(undecided) = matched.begin(&request) else { panic!() };
    assert!(undecided.note().is_none());
    let Decided::Closes(closing) = undecided.decide(&request, &exchange.answer()) else { panic!() };
    assert_eq!(Some(&*closing.key), later.key());
    let first = json!({"type": "cluster", "id": "c-1", "name": "render"});
    let expected = json!({"outcome": "failure", "reason": "x", "object": first});
    assert_eq!(shown(&later.closed(*closing)), expected);
    let refused = exchange.clone().answered(403, Value::Null);
    assert!(matches!(undecided.decide(&request, &refused.answer()), Decided::Nothing));
}

/// Where a poll leads is up to the platform, but not to another host or through odd characters.
#[test]
fn poll_addresses() {
    let routes =
        parse(&LATER.replace("/api/tasks/{response.task}?full=1", "{response_header.location}"));
    let check = |location: &str, expected: Option<&str>| {
        let mut exchange = Exchange::new("POST /api/clusters").answered(202, json!({}));
        exchange.answer_headers.insert("location", location.parse().expect("a header"));
        let later = begun(&routes, &exchange).later.expect("it goes on");
        assert_eq!(later.poll(), expected, "{location}");
    };
    check("/api/tasks/7", Some("/api/tasks/7"));
    check("https://other/api/tasks/7?a=1", Some("/api/tasks/7?a=1"));
    check("https://other", None);
    check("tasks/7", None);
    check("/a b", None);
}

const SESSION: &str = r#"
[[route]]
match = "GET /ws/ssh/{cluster}"
operation = "cluster.webssh.create"
object = { id = "{path.cluster}" }
related = { role = "node", type = "node", id = "{query.node}" }
request_data = { add = { protocol = "ssh" } }

[route.session]
id = "{query.session}"
causes = [{ is = "timeout", when = { "close.code" = 4000 } }, { is = "admin", when = { "close.reason" = { matches = "admin" } } }]
"#;

/// The end of a session says why, how long it lasted and what its beginning said.
#[test]
fn sessions() {
    let exchange = Exchange::new("GET /ws/ssh/c-1?node=n-1&session=s-1").answered(101, Value::Null);
    let routes = parse(SESSION);
    assert!(routes.ends_session("cluster.webssh.disconnect"));
    assert!(!routes.ends_session("cluster.webssh.create"));
    let session = begun(&routes, &exchange).session.expect("a session");
    assert_eq!(session.id(), Some("s-1"));
    let check = |by, code, reason: &str, cause: &str, operator: &str| {
        let lasted = Duration::from_millis(1500);
        let told = session.close(&Close { by, code, reason, lasted });
        check_sealed(&told);
        let told = shown(&told);
        assert_eq!(told["operation"], "cluster.webssh.disconnect");
        assert_eq!(told["session_id"], "s-1");
        assert_eq!(told["object"], json!({"type": "cluster", "id": "c-1"}));
        assert_eq!(told["related"], json!([{"role": "node", "type": "node", "id": "n-1"}]));
        let data = &told["request_data"];
        assert_eq!(
            (&data["protocol"], &data["node"], &data["lasted_ms"]),
            (&json!("ssh"), &json!("n-1"), &json!(1500))
        );
        assert_eq!((&data["end_cause"], &told["operator"]), (&json!(cause), &json!(operator)));
        let whose = (operator != "zhang3").then(|| json!("zhang3"));
        assert_eq!(told.get("username"), whose.as_ref());
    };
    use ClosedBy::{Client, Nobody, Server};
    check(Client, Some(1000), "", "user", "zhang3");
    check(Client, None, "", "user", "zhang3");
    check(Server, Some(1000), "", "user", "zhang3");
    check(Server, Some(1001), "", "release", "system");
    check(Server, Some(1008), "", "admin", "unknown");
    check(Server, Some(1011), "", "network", "zhang3");
    check(Nobody, None, "", "network", "zhang3");
    check(Server, Some(4000), "", "timeout", "system");
    check(Server, Some(1000), "ended by admin\0", "admin", "unknown");
}

/// A refused upgrade is a failed act and opens nothing; a session without an id gets the offered one.
#[test]
fn session_ids() {
    let routes = parse(&SESSION.replace("id = \"{query.session}\"", ""));
    let exchange = Exchange::new("GET /ws/ssh/c-1").answered(403, Value::Null);
    let ending = begun(&routes, &exchange);
    assert!(ending.session.is_none());
    assert_eq!(ending.record.outcome.as_deref(), Some("denied"));
    let exchange = exchange.answered(101, Value::Null);
    let request = Request { session_id: Some("offered"), ..exchange.request() };
    let Found::Matched(matched) = routes.find("GET", "/ws/ssh/c-1") else { panic!() };
    assert!(matched.needs().session);
    let Begun::Act(act) = matched.begin(&request) else { panic!() };
    assert_eq!(act.record().session_id.as_deref(), Some("offered"));
    let session = act.end(&request, &exchange.answer()).session.expect("a session");
    assert_eq!(session.id(), Some("offered"));
}

/// A session that another request has created: only its end is an event.
#[test]
fn attached_sessions() {
    let routes = parse(&SESSION.replace("[route.session]", "[route.session]\nbegins = false"));
    let exchange = Exchange::new("GET /ws/ssh/c-1?session=s-1");
    assert_eq!(
        event(&routes, &exchange.clone().answered(101, Value::Null)),
        json!({"session": "s-1"})
    );
    assert_eq!(event(&routes, &exchange.answered(404, Value::Null)), json!("ignored"));
}

const FEED: &str = r#"
[[feed]]
name = "platform events"
path = "/api/events?after={cursor}&limit=100"
start = "0"
every = "3s"
items = "response.events[*]"
cursor = "{item.seq}"
id = "events-{item.seq}"
time = "{item.time}"

[[feed.event]]
when = { "item.kind" = "vnc_timeout" }
operation = "cluster.webvnc.disconnect"
object = { id = "{item.cluster}" }
session_id = "{item.session}"
cause_id = "{item.policy}"
source_ip = "{item.from}"
request_data = { keep = ["cluster"], add = { end_cause = "timeout" } }

[[feed.event]]
when = { "item.kind" = "task" }
closes = "task:{item.task}"
outcome = [{ is = "failure", when = { "item.ok" = false } }]

[[feed.event]]
when = { "item.kind" = "noise" }
ignore = true

[[feed.event]]
when = { "item.kind" = "locked" }
operation = "user.lock"
user = "{item.by}"
object = { id = "{item.user}" }
"#;

/// What the platform does by itself is an event of its own: once, at its time, by `system` unless
/// the platform says who.
#[test]
fn feeds() {
    let routes = parse(FEED);
    let [feed] = routes.feeds() else { panic!() };
    assert_eq!((feed.name(), feed.every()), ("platform events", Duration::from_secs(3)));
    assert_eq!(feed.path(None), "/api/events?after=0&limit=100");
    assert_eq!(feed.path(Some("a&b 1")), "/api/events?after=a%26b%201&limit=100");
    let answer = json!({"events": [
        {"seq": 7, "time": "2026-11-22T19:00:00Z", "kind": "vnc_timeout", "cluster": "c-1", "session": "s-1", "policy": "p-1", "from": "10.2.0.7"},
        {"seq": 8, "time": "yesterday", "kind": "locked", "by": "root", "user": "li4"},
        {"seq": 9, "kind": "locked", "by": "system", "user": "li4"},
        {"seq": 10, "kind": "noise"},
        {"seq": 11, "kind": "task", "task": 7, "ok": false},
        {"seq": 12, "kind": "new"},
    ]});
    let page = feed.read(&Exchange::new("GET /").answered(200, answer).answer());
    assert_eq!((page.cursor.as_deref(), page.unmapped), (Some("12"), 1));
    let records: Vec<Value> = page
        .items
        .iter()
        .filter_map(|item| {
            let record = item.record.as_ref()?;
            check_sealed(record);
            Some(shown(record))
        })
        .collect();
    assert_eq!(
        records[0],
        json!({
            "id": "events-7", "time": "2026-11-22T19:00:00Z", "operation": "cluster.webvnc.disconnect",
            "operator": "system", "object": {"type": "cluster", "id": "c-1"}, "session_id": "s-1",
            "source_ip": "10.2.0.7", "cause_id": "p-1", "outcome": "success", "request_data": {"cluster": "c-1", "end_cause": "timeout"},
        })
    );
    let who: Vec<_> =
        records.iter().map(|told| (&told["operator"], told.get("time").is_some())).collect();
    assert_eq!(who[1..], [(&json!("root"), false), (&json!("system"), false)]);
    let closes: Vec<_> = page.items.iter().filter_map(|item| item.closes.as_ref()).collect();
    let [closing] = &*closes else { panic!("{closes:?}") };
    assert_eq!((&*closing.key, closing.record.outcome.as_deref()), ("task:7", Some("failure")));
}

/// A feed that can't be read moves nothing; an empty page keeps the cursor where it is.
#[test]
fn feeds_without_items() {
    let routes = parse(FEED);
    let feed = &routes.feeds()[0];
    for (status, body) in
        [(500, json!({"events": [{"seq": 1}]})), (200, json!({"events": []})), (200, Value::Null)]
    {
        let page = feed.read(&Exchange::new("GET /").answered(status, body).answer());
        assert!(page.items.is_empty() && page.cursor.is_none() && page.unmapped == 0, "{page:?}");
    }
}

/// An id that no event can have still is the same every time, and another for another item.
#[test]
fn ids_of_items() {
    let routes = parse(&FEED.replace("events-{item.seq}", "a b/{item.seq}"));
    let ids = |seq: u64| {
        let body = json!({"events": [{"seq": seq, "kind": "locked", "user": "x"}]});
        let page = routes.feeds()[0].read(&Exchange::new("GET /").answered(200, body).answer());
        page.items[0].record.as_ref().expect("a record").id.clone().expect("an id")
    };
    assert_eq!(ids(1), ids(1));
    assert_ne!(ids(1), ids(2));
    assert!(annals_record::is_event_id(&ids(1)));
}
