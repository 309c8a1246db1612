//! What an exchange becomes: operation, objects, request data, outcome, who.

use super::*;

const CREATE: &str = r#"
[[route]]
match = "POST /api/clusters"
operation = "cluster.create"
object = { id = "{response.id}", name = "{request.name}" }
"#;

/// The plain case: who, what, to which, with what, how it ended. Failure keeps what was tried.
#[test]
fn an_act() {
    let request = Exchange::new("POST /api/clusters")
        .header("x-request-id", "r-1")
        .header("user-agent", "curl")
        .body(json!({"name": "render"}));
    let told = |outcome: &str, object: Value| {
        json!({
            "operation": "cluster.create", "operator": "zhang3", "outcome": outcome,
            "object": object, "request_data": {"name": "render"}, "request_id": "r-1",
            "user_agent": "curl",
        })
    };
    let made = json!({"type": "cluster", "id": "c-1", "name": "render"});
    check(CREATE, request.clone().answered(201, json!({"id": "c-1"})), told("success", made));
    let tried = json!({"type": "cluster", "name": "render"});
    let mut expected = told("denied", tried.clone());
    expected["reason"] = json!("no right");
    let denied = json!({"detail": "no right"});
    check(CREATE, request.clone().answered(403, denied), expected);
    let mut expected = told("failure", tried);
    expected["reason"] = json!("HTTP 502");
    check(CREATE, request.answered(502, Value::Null), expected);
}

/// What a status says where no rule says otherwise.
#[test]
fn outcomes() {
    let check = |status, outcome: &str| {
        let exchange = Exchange::new("POST /api/clusters").answered(status, Value::Null);
        assert_eq!(event(&parse(CREATE), &exchange)["outcome"], outcome, "{status}");
    };
    for status in [101, 200, 201, 204, 302, 304] {
        check(status, "success");
    }
    for status in [400, 404, 409, 429, 500, 503] {
        check(status, "failure");
    }
    check(401, "denied");
    check(403, "denied");
    check(207, "partial");
}

/// Rules come before the status, and the first that holds counts.
#[test]
fn outcome_rules() {
    let file = format!(
        "{CREATE}{}",
        r#"
outcome = [
  { is = "denied", when = { status = "4xx", "response.code" = ["quota", "right"] } },
  { is = "failure", when = { "response.ok" = false } },
]
reason = "{response.code|'none given'}"
"#
    );
    let routes = parse(&file);
    let check = |status, body: Value, outcome: &str, reason: &str| {
        let told = event(&routes, &Exchange::new("POST /api/clusters").answered(status, body));
        assert_eq!((&told["outcome"], &told["reason"]), (&json!(outcome), &json!(reason)));
    };
    check(409, json!({"code": "quota"}), "denied", "quota");
    check(200, json!({"ok": false, "code": "x"}), "failure", "x");
    check(200, json!({"ok": true}), "success", "none given");
    check(409, json!({"code": "busy"}), "failure", "busy");
}

/// One batch is one event; outcomes of its objects make that of the whole.
#[test]
fn batches() {
    let file = r#"
[[route]]
match = "DELETE /api/users"
operation = "user.delete"
object = [
  { each = "query.ids", split = ",", id = "{item}" },
  { each = "response.results[*]", id = "{item.id}", name = "{item.name}", outcome = [
    { is = "failure", when = { "item.ok" = false } },
    { is = "success" },
  ] },
]
"#;
    let routes = parse(file);
    let check = |results: Value, outcome: &str, objects: Value| {
        let exchange = Exchange::new("DELETE /api/users?ids=u-1,%20u-2,,u-1");
        let told = event(&routes, &exchange.answered(207, json!({"results": results})));
        assert_eq!(told["objects"], objects);
        assert_eq!(told["outcome"], outcome);
        assert_eq!(told["request_data"], json!({"ids": "u-1, u-2,,u-1"}));
    };
    let object = |id: &str, outcome: &str| json!({"type": "user", "id": id, "outcome": outcome});
    let result = |id: &str, ok: bool| json!({"id": id, "ok": ok});
    let both = |a, b| json!([result("u-1", a), result("u-2", b)]);
    check(both(true, true), "success", json!([object("u-1", "success"), object("u-2", "success")]));
    check(
        both(true, false),
        "partial",
        json!([object("u-1", "success"), object("u-2", "failure")]),
    );
    check(
        both(false, false),
        "failure",
        json!([object("u-1", "failure"), object("u-2", "failure")]),
    );
    let plain = |id: &str| json!({"type": "user", "id": id});
    check(json!([]), "partial", json!([plain("u-1"), plain("u-2")]));
}

/// Lists of the body, with what they belong to; the mode is a fixed text; no list is no object.
#[test]
fn lists_and_related() {
    let file = r#"
[[route]]
match = "POST /api/clusters/{cluster}/nodes/{mode}"
operation = "cluster.node.release"
object = { each = "request.nodes[*]", id = "{item.id|item}", name = "{item.name}" }
related = { role = "parent", type = "cluster", id = "{path.cluster}" }
request_data = { add = { mode = "{path.mode}", count = 2, at = { once = true } } }
"#;
    let exchange = Exchange::new("POST /api/clusters/c%201/nodes/remove")
        .body(json!({"nodes": ["n-1", {"id": 7, "name": "seven"}, null, {}]}));
    check(
        file,
        exchange,
        json!({
            "operation": "cluster.node.release", "operator": "zhang3", "outcome": "success",
            "objects": [{"type": "node", "id": "n-1"}, {"type": "node", "id": "7", "name": "seven"}],
            "related": [{"role": "parent", "type": "cluster", "id": "c 1"}],
            "request_data": {"nodes": ["n-1", {"id": 7, "name": "seven"}, null, {}],
                "mode": "remove", "count": 2, "at": {"once": true}},
        }),
    );
}

/// Files of a form are objects by their names, one or many; their contents are nowhere.
#[test]
fn uploads() {
    let file = r#"
[[route]]
match = "POST /api/files"
operation = "file.upload"
object = { each = "request.files[*]", id = "{request.folder}/{item.name}", name = "{item.name}" }
"#;
    let part = |name: &str| {
        format!(
            "--B\r\ncontent-disposition: form-data; name=\"files\"; filename=\"{name}\"\r\n\r\n\
             secret\r\n"
        )
    };
    let folder = "--B\r\ncontent-disposition: form-data; name=\"folder\"\r\n\r\n/home\r\n";
    let check = |names: &[&str]| {
        let parts: String = names.iter().map(|name| part(name)).collect();
        let mut capture = Capture::new(Some("multipart/form-data; boundary=B"), 1000);
        capture.push(&format!("{parts}{folder}--B--\r\n").into());
        let mut exchange = Exchange::new("POST /api/files");
        exchange.data = capture.finish();
        let told = event(&parse(file), &exchange);
        let objects: Vec<Value> = names
            .iter()
            .map(|name| json!({"type": "file", "id": format!("/home/{name}"), "name": name}))
            .collect();
        match &*objects {
            [one] => assert_eq!(told["object"], *one),
            _ => assert_eq!(told["objects"], Value::from(objects)),
        }
        assert!(!told.to_string().contains("secret"), "{told}");
        assert!(told.to_string().contains("\"size\":6"), "{told}");
    };
    check(&["a.dat"]);
    check(&["a.dat", "结果.dat"]);
}

/// What of a request is kept: byte for byte if nothing is to be changed, and never what is masked,
/// by the route or by the catalogue.
#[test]
fn request_data() {
    let check = |data: &str, body: &str, expected: Option<&str>| {
        let file = format!(
            "[[route]]\nmatch = \"POST /api/licenses\"\noperation = \"license.import\"\n\
             object = {{ name = \"x\" }}\n{data}\n"
        );
        let routes = parse(&file);
        let mut exchange = Exchange::new("POST /api/licenses");
        exchange.data = captured(body);
        let Found::Matched(matched) = routes.find("POST", "/api/licenses") else { panic!() };
        let Begun::Act(act) = matched.begin(&exchange.request()) else { panic!() };
        let kept = act.record().request_data.as_deref();
        if expected == Some(body) {
            assert_eq!(kept, expected, "{data}: byte for byte");
        }
        let value = |text: &str| serde_json::from_str::<Value>(text).expect("JSON");
        assert_eq!(kept.map(value), expected.map(value), "{data} {body}");
    };
    let body = r#"{"b": 1.50, "a": {"key": "k"}}"#;
    check("", body, Some(body));
    check("request_data = true", body, Some(body));
    check("request_data = false", body, None);
    check("request_data = { keep = ['a'] }", body, Some(r#"{"a":{"key":"k"}}"#));
    check("request_data = { drop = ['a'] }", body, Some(r#"{"b":1.5}"#));
    check("request_data = { mask = ['KEY'] }", body, Some(r#"{"a":{"key":"***"},"b":1.5}"#));
    check("", r#"{"license_text": "x", "b": 1}"#, Some(r#"{"b":1,"license_text":"***"}"#));
    check("request_data = { add = { c = 1 } }", "[1]", Some(r#"{"body":[1],"c":1}"#));
    check("request_data = { add = { c = '{request.z}' } }", "[1]", Some("[1]"));
}

/// Only what was done has changed something; large changes are cut, not refused.
#[test]
fn changes() {
    let file = r#"
[[route]]
match = "POST /api/mounts/{id}/convert"
operation = "cluster.mount.convert"
object = { id = "{path.id}" }
changes = { before = { scope = "global" }, after = { scope = "partition", of = "{response.of}" } }
"#;
    let routes = parse(file);
    let told = |status, body| {
        event(&routes, &Exchange::new("POST /api/mounts/m-1/convert").answered(status, body))
    };
    let expected =
        json!({"before": {"scope": "global"}, "after": {"scope": "partition", "of": ["p"]}});
    assert_eq!(told(200, json!({"of": ["p"]}))["changes"], expected);
    assert!(told(409, json!({"of": ["p"]})).get("changes").is_none());
    let large = told(200, json!({"of": "界".repeat(40_000)}));
    assert!(large["changes"]["after"].as_str().expect("a text").starts_with(r#"{"of":"界"#));
}

const LOGIN: &str = r#"
[[route]]
match = "POST /api/login"
when = { "response.code" = "unknown_account" }
operation = "user.login_unknown"
object = { id = "{request.username}" }

[[route]]
match = "POST /api/login"
operation = "user.login"
user = "{request.username}"
object = { id = "{request.username}" }
outcome = [{ is = "failure", when = { status = 401 } }]
session_id = "{response.session}"
auth_method = "password"
request_data = { keep = ["username"] }
"#;

/// A name at a sign-in is a claim until the platform has accepted it.
#[test]
fn sign_in() {
    let request = Exchange::new("POST /api/login")
        .user(None)
        .body(json!({"username": "li4", "password": "alicepw"}));
    let told = |operator: &str, outcome: &str| {
        json!({"operation": "user.login", "operator": operator, "outcome": outcome,
            "auth_method": "password", "object": {"type": "user", "id": "li4"},
            "request_data": {"username": "li4"}})
    };
    let mut accepted = told("li4", "success");
    accepted["session_id"] = json!("s-1");
    check(LOGIN, request.clone().answered(200, json!({"session": "s-1"})), accepted);
    let mut wrong = told("unknown", "failure");
    wrong["reason"] = json!("wrong");
    check(LOGIN, request.clone().answered(401, json!({"message": "wrong"})), wrong);
    let mut locked = told("unknown", "denied");
    locked["reason"] = json!("HTTP 403");
    check(LOGIN, request.clone().answered(403, Value::Null), locked);
    let unknown = event(&parse(LOGIN), &request.answered(401, json!({"code": "unknown_account"})));
    assert_eq!(unknown["operation"], "user.login_unknown");
    assert_eq!(unknown["operator"], "unknown");
}

/// Nobody becomes the platform by calling himself so.
#[test]
fn reserved_names() {
    let body =
        |name: &str| Exchange::new("POST /api/login").user(None).body(json!({"username": name}));
    for name in ["system", "System", "UNKNOWN"] {
        let told = event(&parse(LOGIN), &body(name).answered(200, Value::Null));
        assert_eq!((&told["operator"], &told["username"]), (&json!("unknown"), &json!(name)));
        let exchange = Exchange::new("POST /api/clusters").user(Some(name));
        assert_eq!(event(&parse(CREATE), &exchange)["operator"], "unknown", "{name}");
    }
}

/// Credentials that only the platform can check: a claim, whatever the answer is, until the gateway
/// says that it accepts them. What must be kept before the answer can't wait for that.
#[test]
fn claimed_users() {
    let check = |guarantee: &str, status, decided: User<'_>, operator: &str| {
        let routes = parse(&format!("{CREATE}guarantee = \"{guarantee}\"\n"));
        let exchange = Exchange::new("POST /api/clusters").answered(status, Value::Null);
        let request = Request { user: User::Claimed("li4"), ..exchange.request() };
        let Found::Matched(matched) = routes.find("POST", "/api/clusters") else { panic!() };
        let told = match matched.begin(&request) {
            Begun::Act(act) => act.record().clone(),
            Begun::Undecided(undecided) => {
                let note = undecided.note().expect("a note");
                assert_eq!(note.operator.as_deref(), Some("unknown"));
                assert_eq!(note.outcome.as_deref(), Some("unknown"));
                let request = Request { user: decided, ..request };
                let Decided::Whole(whole) = undecided.decide(&request, &exchange.answer()) else {
                    panic!()
                };
                whole.record
            }
            other => panic!("{other:?}"),
        };
        assert_eq!(told.operator.as_deref(), Some(operator), "{guarantee} {status}");
    };
    for status in [200, 302, 401, 403, 404, 413, 429, 500] {
        check("spooled", status, User::Claimed("li4"), "unknown");
    }
    check("spooled", 200, User::Verified("li4"), "li4");
    check("best_effort", 404, User::Verified("li4"), "li4");
    check("best_effort", 403, User::Claimed("li4"), "unknown");
    check("strict", 200, User::Verified("li4"), "unknown");
}

/// The platform's own word on who acted, and what it did by itself.
#[test]
fn told_users() {
    let file = r#"
[[route]]
match = "POST /internal/expire"
operation = "approval_data.expired.delete"
user = "system"
object = { id = "{request.id}" }
cause_id = "{request.policy}"
username = "{request.for}"
"#;
    let exchange = Exchange::new("POST /internal/expire")
        .body(json!({"id": "a-1", "policy": "p-1", "for": "li4"}));
    check(
        file,
        exchange,
        json!({"operation": "approval_data.expired.delete", "operator": "system",
            "username": "li4", "cause_id": "p-1", "outcome": "success",
            "object": {"type": "approval_data", "id": "a-1"},
            "request_data": {"id": "a-1", "policy": "p-1", "for": "li4"}}),
    );
}

/// An act can't hide behind odd values: the record is always one that the server takes.
#[test]
fn odd_values() {
    let file = r#"
[[route]]
match = "POST /api/clusters/{id}/x"
operation = "cluster.partition.create"
object = { each = "request.ids[*]", id = "{item}", name = "{path.id}" }
related = { each = "request.ids[*]", role = "{item}", type = "node", id = "{item}" }
username = "{path.id}"
session_id = "{path.id}"
"#;
    let routes = parse(file);
    let path = format!("POST /api/clusters/%00%0A{}%E2%80%AE/x", "x".repeat(5000));
    let ids: Vec<String> = (0..1500).map(|id| format!("{id}{}", "\u{7}y".repeat(600))).collect();
    let mut deep = json!("\0");
    (0..100).for_each(|_| deep = json!([deep.take()]));
    let exchange = Exchange::new(&path).body(json!({"ids": ids, "deep\0": deep}));
    let told = event(&routes, &exchange);
    assert!(told["objects"].as_array().expect("objects").len() > 10);
    let Found::Matched(matched) = routes.find("POST", &exchange.path) else { panic!() };
    let Begun::Act(act) = matched.begin(&exchange.request()) else { panic!() };
    let origin: Value =
        serde_json::from_str(act.record().origin.as_deref().expect("an origin")).expect("JSON");
    assert!(origin["inferred"][0].as_str().expect("a note").contains("left out"), "{origin}");
    assert_eq!(origin["route"], "POST /api/clusters/{id}/x");
}
