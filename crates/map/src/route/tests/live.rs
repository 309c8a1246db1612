//! The route files of `examples/routes`, with exchanges of the real software.

use std::time::Duration;

use super::*;

const SLURM: &str = include_str!("../../../../../examples/routes/slurmrestd.toml");
const TTYD: &str = include_str!("../../../../../examples/routes/ttyd.toml");
const WEBSOCKIFY: &str = include_str!("../../../../../examples/routes/websockify.toml");
const WEBDAV: &str = include_str!("../../../../../examples/routes/nginx-webdav.toml");

/// The fields that matter of an event.
fn told(routes: &str, exchange: &Exchange, keys: &[&str]) -> Value {
    let event = event(&parse(routes), exchange);
    let keys = keys.iter().filter_map(|key| Some(((*key).to_owned(), event.get(*key)?.clone())));
    Value::Object(keys.collect())
}

/// slurmrestd answers errors with 200 as well as with 500, and ids only in the answer.
#[test]
fn slurmrestd() {
    let meta = json!({"plugin": {"type": "openapi/v0.0.38"}, "Slurm": {"release": "22.05.8"}});
    let check = |line: &str, body: Value, status, mut answer: Value, expected: Value| {
        answer["meta"] = meta.clone();
        let exchange = Exchange::new(line).body(body).answered(status, answer);
        let keys = ["operation", "outcome", "object", "objects", "related", "reason"];
        assert_eq!(told(SLURM, &exchange, &keys), expected, "{line}");
    };
    let job = json!({"script": "#!/bin/sh\nsleep 1", "job": {"name": "render", "partition": "gpu",
        "environment": {"PATH": "/bin"}}});
    check(
        "POST /slurm/v0.0.38/job/submit",
        job.clone(),
        200,
        json!({"errors": [], "job_id": 5, "step_id": "BATCH", "job_submit_user_msg": ""}),
        json!({"operation": "job.submit", "outcome": "success",
            "object": {"type": "job", "id": "5", "name": "render"},
            "related": [{"role": "partition", "type": "partition", "id": "gpu"}]}),
    );
    check(
        "POST /slurm/v0.0.38/job/submit",
        job,
        500,
        json!({"errors": [{"error_code": 2000, "error": "Invalid partition name specified"}]}),
        json!({"operation": "job.submit", "outcome": "failure",
            "object": {"type": "job", "name": "render"},
            "related": [{"role": "partition", "type": "partition", "id": "gpu"}],
            "reason": "Invalid partition name specified"}),
    );
    check(
        "DELETE /slurm/v0.0.41/job/7?signal=KILL",
        Value::Null,
        200,
        json!({"errors": [{"description": "Access denied", "error_number": 2002}], "warnings": []}),
        json!({"operation": "job.cancel", "outcome": "denied",
            "object": {"type": "job", "id": "7"}, "reason": "Access denied"}),
    );
    check(
        "DELETE /slurm/v0.0.41/jobs/",
        json!({"jobs": ["7", "8"]}),
        200,
        json!({"errors": [], "status": [{"job_id": 7, "error": {"code": 0}},
            {"job_id": 8, "error": {"code": 2017}}, {"job_id": 9, "error": {"code": 2002}}]}),
        json!({"operation": "job.cancel", "outcome": "partial", "objects": [
            {"type": "job", "id": "7", "outcome": "success"},
            {"type": "job", "id": "8", "outcome": "failure"},
            {"type": "job", "id": "9", "outcome": "denied"}]}),
    );
    check(
        "POST /slurm/v0.0.40/node/c1",
        json!({"state": ["DRAIN"], "reason": "maint by ops"}),
        200,
        json!({"errors": [], "warnings": []}),
        json!({"operation": "cluster.node.edit", "outcome": "success",
            "object": {"type": "node", "id": "c1"}, "reason": "maint by ops"}),
    );
    check(
        "POST /slurmdb/v0.0.38/users",
        json!({"users": [{"name": "alice"}, {"name": "bob"}]}),
        200,
        json!({"errors": []}),
        json!({"operation": "user.create", "outcome": "success",
            "objects": [{"type": "user", "id": "alice"}, {"type": "user", "id": "bob"}]}),
    );
    check(
        "DELETE /slurmdb/v0.0.38/association?account=chem&user=alice&cluster=hpc1",
        Value::Null,
        200,
        json!({"errors": []}),
        json!({"operation": "user.permission.delete", "outcome": "success",
            "object": {"type": "user", "id": "alice"},
            "related": [{"role": "account", "type": "account", "id": "chem"}]}),
    );
}

/// Protects: where Slurm hangs up, nobody says that nothing was done; and a number is found under
/// either name.
#[test]
fn slurmrestd_names_errors_by_number() {
    let check = |user, number: u16, expected: &str| {
        for (line, key) in [
            ("POST /slurm/v0.0.38/job/submit", "error_code"),
            ("DELETE /slurm/v0.0.38/job/7", "error_number"),
        ] {
            let exchange = Exchange::new(line).user(user).header("x-slurm-user-name", "li4");
            let exchange =
                exchange.answered(500, json!({"errors": [{key: number, "error": "no"}]}));
            assert_eq!(
                told(SLURM, &exchange, &["operator", "username", "outcome"]),
                json!({"operator": user.unwrap_or("unknown"), "username": "li4",
                    "outcome": expected}),
                "{line} {number}"
            );
        }
    };
    check(Some("root"), 2002, "denied");
    check(Some("root"), 2003, "denied");
    check(Some("root"), 1800, "failure");
    check(Some("root"), 5005, "unknown");
    check(None, 5005, "denied");
    check(None, 1802, "unknown");
}

/// No mutating call of slurmrestd's own description goes unseen.
#[test]
fn slurmrestd_is_covered() {
    let served = [
        ("POST", "/slurm/v0.0.39/job/submit"),
        ("POST", "/slurm/v0.0.39/job/{job_id}"),
        ("DELETE", "/slurm/v0.0.39/job/{job_id}"),
        ("DELETE", "/slurm/v0.0.41/jobs/"),
        ("POST", "/slurm/v0.0.39/node/{node_name}"),
        ("DELETE", "/slurm/v0.0.39/node/{node_name}"),
        ("POST", "/slurmdb/v0.0.39/users"),
        ("POST", "/slurmdb/v0.0.41/users/"),
        ("POST", "/slurmdb/v0.0.41/users_association/"),
        ("DELETE", "/slurmdb/v0.0.39/user/{user_name}"),
        ("POST", "/slurmdb/v0.0.39/accounts"),
        ("POST", "/slurmdb/v0.0.41/accounts_association/"),
        ("DELETE", "/slurmdb/v0.0.39/account/{account_name}"),
        ("POST", "/slurmdb/v0.0.39/associations"),
        ("DELETE", "/slurmdb/v0.0.39/association"),
        ("DELETE", "/slurmdb/v0.0.39/associations"),
        ("POST", "/slurmdb/v0.0.39/clusters"),
        ("DELETE", "/slurmdb/v0.0.39/cluster/{cluster_name}"),
        ("POST", "/slurmdb/v0.0.39/config"),
        ("POST", "/slurmdb/v0.0.39/qos"),
        ("DELETE", "/slurmdb/v0.0.39/qos/{qos_name}"),
        ("POST", "/slurmdb/v0.0.39/wckeys"),
        ("DELETE", "/slurmdb/v0.0.39/wckey/{wckey}"),
        ("POST", "/slurmdb/v0.0.39/tres"),
    ];
    assert_eq!(parse(SLURM).uncovered(served), Vec::<String>::new());
}

/// The session of an upgraded exchange, and why it ended.
#[track_caller]
fn end_cause(routes: &str, exchange: &Exchange, by: ClosedBy, code: u16, reason: &str) -> Value {
    let routes = parse(routes);
    let request = exchange.request();
    let Found::Matched(matched) = routes.find(request.method, request.path) else { panic!() };
    let Begun::Act(act) = matched.begin(&request) else { panic!() };
    let session = act.end(&request, &exchange.answer()).session.expect("a session");
    let lasted = Duration::from_secs(2);
    let told = shown(&session.close(&Close { by, code: Some(code), reason, lasted }));
    json!([told["operation"], told["request_data"]["end_cause"]])
}

#[test]
fn ttyd() {
    let upgrade = Exchange::new("GET /ws?arg=top")
        .header("host", "login1:7681")
        .header("upgrade", "websocket")
        .header("sec-websocket-protocol", "tty")
        .answered(101, Value::Null);
    let node = json!({"role": "node", "type": "node", "id": "login1:7681"});
    assert_eq!(
        told(TTYD, &upgrade, &["operation", "object", "related", "request_data"]),
        json!({"operation": "cluster.webssh.create", "related": [node],
            "object": {"type": "cluster", "id": "login1:7681"},
            "request_data": {"arg": "top", "protocol": "ssh", "node": "login1:7681",
                "application": "ttyd", "arguments": "top"}}),
    );
    let check = |by, code, cause: &str| {
        let expected = json!(["cluster.webssh.disconnect", cause]);
        assert_eq!(end_cause(TTYD, &upgrade, by, code, ""), expected, "{by:?} {code}");
    };
    check(ClosedBy::Server, 1000, "user");
    check(ClosedBy::Server, 1011, "user");
    check(ClosedBy::Server, 1008, "admin");
    check(ClosedBy::Client, 1001, "user");
    check(ClosedBy::Nobody, 1006, "network");
    assert_eq!(event(&parse(TTYD), &Exchange::new("GET /ws")), "nothing");
}

#[test]
fn websockify() {
    let upgrade = Exchange::new("GET /websockify?token=desk-42")
        .header("host", "127.0.0.1:6087")
        .header("upgrade", "websocket")
        .answered(101, Value::Null);
    assert_eq!(
        told(WEBSOCKIFY, &upgrade, &["operation", "object", "request_data"]),
        json!({"operation": "desktop.webvnc.create", "object": {"type": "desktop", "id": "desk-42"},
            "request_data": {"protocol": "vnc", "node": "127.0.0.1:6087", "application": "noVNC"}}),
    );
    let closed = end_cause(WEBSOCKIFY, &upgrade, ClosedBy::Server, 1000, "Target closed");
    assert_eq!(closed, json!(["desktop.webvnc.disconnect", "release"]));
}

#[test]
fn nginx_webdav() {
    let check = |exchange: Exchange, status, expected: Value| {
        let exchange = exchange.answered(status, Value::Null);
        let keys = ["operation", "outcome", "object", "related"];
        assert_eq!(told(WEBDAV, &exchange, &keys), expected, "{exchange:?}");
    };
    let file = |operation: &str, outcome: &str, id: &str, name: &str| {
        let kind = operation.split('.').next();
        json!({"operation": operation, "outcome": outcome, "object": {"type": kind, "id": id, "name": name}})
    };
    let put = Exchange::new("PUT /dav/a/%E7%BB%93%E6%9E%9C.dat");
    check(put, 201, file("file.upload", "success", "/dav/a/结果.dat", "结果.dat"));
    check(
        Exchange::new("GET /dav/a/b.txt"),
        200,
        file("file.download", "success", "/dav/a/b.txt", "b.txt"),
    );
    check(
        Exchange::new("DELETE /dav/a/b.txt"),
        404,
        file("file.delete", "failure", "/dav/a/b.txt", "b.txt"),
    );
    check(Exchange::new("DELETE /dav/a/"), 204, file("folder.delete", "success", "/dav/a", "a"));
    check(
        Exchange::new("MKCOL /dav/new/"),
        201,
        file("folder.create", "success", "/dav/new", "new"),
    );
    let destination =
        json!([{"role": "destination", "type": "file", "id": "/dav/c d.txt", "name": "c d.txt"}]);
    for (method, operation) in [("MOVE", "file.move"), ("COPY", "file.copy")] {
        let exchange = Exchange::new(&format!("{method} /dav/a/b.txt"))
            .header("destination", "http://127.0.0.1:8080/dav/c%20d.txt");
        let mut expected = file(operation, "success", "/dav/a/b.txt", "b.txt");
        expected["related"] = destination.clone();
        check(exchange, 204, expected);
    }
    let routes = parse(WEBDAV);
    assert_eq!(event(&routes, &Exchange::new("GET /dav/a/")), "ignored");
    let methods = ["PUT", "DELETE", "MKCOL", "MOVE", "COPY", "LOCK", "UNLOCK", "PROPPATCH"];
    assert_eq!(routes.uncovered(methods.map(|method| (method, "/dav/x"))), Vec::<String>::new());
}
