//! The gateway as a black box: the real program between a client, a small platform and a real
//! server.
#![allow(clippy::unwrap_used)] // a test stops at what is not as it should be

mod house;
mod proxied;

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::process::Command;

use house::{House, annals_with};
use proxied::platform::Platform;
use proxied::{PATIENCE, Proxy, event_where, events};
use serde_json::{Value, json};

const ROUTES: &str = r#"
[[route]]
match = "POST /clusters"
operation = "cluster.create"
object = { id = "{response.id}", name = "{request.name}" }
related = { role = "image", type = "image", id = "{request.image}" }
[route.later]
poll = "/tasks/{response.task}"
key = "task:{response.task}"
every = "100ms"
done = { "response.state" = "done" }
object = { id = "{response.cluster.id}", name = "{response.cluster.name}" }

[[route]]
match = "DELETE /clusters/{id}"
operation = "cluster.delete"
guarantee = "strict"
object = { id = "{path.id}" }

[[route]]
match = "POST /clusters/{id}"
operation = "cluster.release"
guarantee = "best_effort"
object = { id = "{path.id}" }

[[route]]
match = "PUT /files/{name}"
operation = "file.upload"
object = { id = "{path.name}" }

[[route]]
match = "DELETE /basic/{id}"
operation = "user.delete"
object = { id = "{path.id}" }

[[route]]
match = "PUT /basic/{id}"
operation = "user.edit"
guarantee = "strict"
object = { id = "{path.id}" }

[[route]]
match = "GET /streams/{name}"
operation = "file.download"
object = { id = "{path.name}" }

[[route]]
match = "POST /login"
operation = "user.login"
user = "{request.username}"
object = { id = "{request.username}" }
outcome = [{ is = "failure", when = { status = 401 } }]

[[route]]
match = "POST /logout"
operation = "user.logout"

[[route]]
match = "GET /ws/{cluster}"
operation = "cluster.webssh.create"
object = { id = "{path.cluster}" }
[route.session]
causes = [{ is = "timeout", when = { "close.code" = 4000 } }]

[[route]]
match = "POST /echo"
ignore = true

[[feed]]
name = "own acts"
path = "/events?after={cursor}"
start = "0"
every = "100ms"
items = "response.events[*]"
cursor = "{item.seq}"
id = "own-{item.seq}"
[[feed.event]]
when = { "item.kind" = "expired" }
operation = "approval_data.expired.delete"
object = { id = "{item.id}" }
[[feed.event]]
when = { "item.kind" = "task_ended" }
closes = "task:{item.task}"
outcome = [{ is = "failure", when = { "item.ok" = false } }]
reason = "{item.error}"
"#;

const USERS: &str =
    "trusted_proxies = [\"127.0.0.1\"]\n[users.proxy]\nheader = \"x-remote-user\"\n";

fn as_user<'a>(user: &'a str, more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let own = [("x-remote-user", user), ("content-type", "application/json")];
    own.into_iter().chain(more.iter().copied()).collect()
}

/// Protects: every field of the seed is filled for a recorded request, by a proved user, from a
/// trusted proxy's header, with what only the answer shows.
#[test]
fn an_operation_with_every_field() {
    let house = House::start();
    let (reader, platform) = (house.token("auditor"), Platform::start());
    let mut gateway = Proxy::start(&house, &platform.address, ROUTES, USERS);
    let headers =
        as_user("zhang3", &[("x-forwarded-for", "10.2.4.18"), ("user-agent", "portal/7")]);
    let body = br#"{"name":"render farm","nodes": 4.0,"image":"img-7","password":"s3cret"}"#;
    let answer = gateway.send("POST", "/clusters", &headers, body);
    assert_eq!((answer.status, answer.json()["id"].as_str()), (201, Some("c-42")));
    // What was answered was kept: nothing is lost however the gateway ends.
    assert_eq!(gateway.stop(), 0, "{}", gateway.log());
    let event = event_where(&house, &reader, "cluster.create", |_| true);
    let expected = json!({
        "region": "cn-1", "stack_id": "stk-1", "operator": "zhang3", "username": "zhang3",
        "service": "hpc-clusters", "operation": "cluster.create", "source_ip": "10.2.4.18",
        "user_type": "user", "outcome": "success", "guarantee": "spooled",
        "auth_method": "proxy", "user_agent": "portal/7",
        "object": {"type": "cluster", "id": "c-42", "name": "render farm"},
        "request_data":
            {"name": "render farm", "nodes": 4.0, "image": "img-7", "password": "***"},
    });
    for (key, value) in expected.as_object().unwrap() {
        assert_eq!(&event[key], value, "{key} in {event:#}");
    }
    assert_eq!(event["related"][0]["id"], "img-7", "{event:#}");
    assert!(event["duration_ms"].is_u64() && event["request_id"].is_string(), "{event:#}");
    assert!(!event.to_string().contains("s3cret"));
}

/// Protects: without the server a strict act does not happen; a spooled one does, is promised, and
/// delivered when the server is back; best effort and what is not recorded do not even notice.
#[test]
fn the_server_is_away() {
    let mut house = House::start();
    let (reader, platform) = (house.token("auditor"), Platform::start());
    let mut gateway = Proxy::start(&house, &platform.address, ROUTES, USERS);
    let server = house.address.clone();
    house.kill();
    let user = as_user("zhang3", &[]);
    let refused = gateway.send("DELETE", "/clusters/c-1", &user, b"");
    assert_eq!((refused.status, platform.acts()), (503, 0), "{}", refused.text());
    assert_eq!(refused.json()["code"], "not_recorded");
    assert!(refused.headers.contains("application/problem+json"), "{}", refused.headers);
    let body = br#"{"name":"a"}"#;
    assert_eq!(gateway.send("POST", "/clusters", &user, body).status, 201);
    assert_eq!(gateway.send("POST", "/clusters/c-3", &user, b"").status, 200);
    assert_eq!(gateway.send("POST", "/other", &user, b"").status, 200);
    assert_eq!(platform.acts(), 3);
    // What was promised is promised over a death, too.
    gateway.kill();
    gateway.restart();
    house.serve_at(&server);
    gateway.delivered();
    let told = events(&house, &reader, "");
    let told: Vec<_> = told.iter().map(|event| (&event["operation"], &event["outcome"])).collect();
    assert!(told.contains(&(&json!("cluster.create"), &json!("success"))), "{told:?}");
    let untrue = |(operation, outcome): &(&Value, &Value)| {
        **operation == "cluster.delete" && **outcome != "failure"
    };
    assert!(!told.iter().any(untrue), "{told:?}");
    let done = gateway.send("DELETE", "/clusters/c-1", &user, b"");
    assert_eq!((done.status, platform.acts()), (200, 4), "{}", gateway.log());
    event_where(&house, &reader, "cluster.delete", |event| {
        event["outcome"] == "success" && event["guarantee"] == "strict"
    });
}

/// Protects: an act that goes on is ended by what its task says, over a restart of the gateway, or
/// by what the platform tells of it; it has a duration then; the platform's own acts come once.
#[test]
fn acts_that_end_later() {
    let house = House::start();
    let (reader, platform) = (house.token("auditor"), Platform::start());
    let mut gateway = Proxy::start(&house, &platform.address, ROUTES, USERS);
    let slow = |gateway: &Proxy| {
        let body = br#"{"name":"slow"}"#;
        let answer = gateway.send("POST", "/clusters", &as_user("zhang3", &[]), body);
        assert_eq!(answer.status, 202);
    };
    slow(&gateway);
    event_where(&house, &reader, "cluster.create", |event| event["outcome"] == "pending");
    let ended = json!({"seq": 1, "kind": "task_ended", "task": "t-1", "ok": false, "error": "no"});
    platform.memory.feed.lock().unwrap().push(ended);
    let event =
        event_where(&house, &reader, "cluster.create", |event| event["outcome"] == "failure");
    assert_eq!((&event["reason"], &event["object"]["id"]), (&json!("no"), &json!("c-9")));
    assert!(event["duration_ms"].is_u64(), "{event:#}");
    assert_eq!(gateway.figure("operations_open"), 0);

    slow(&gateway);
    event_where(&house, &reader, "cluster.create", |event| event["outcome"] == "pending");
    gateway.kill();
    let died = std::time::Instant::now();
    gateway.restart();
    assert_eq!(gateway.figure("operations_open"), 1);
    let down = died.elapsed();
    platform.memory.is_done.store(true, std::sync::atomic::Ordering::SeqCst);
    let event =
        event_where(&house, &reader, "cluster.create", |event| event["outcome"] == "success");
    assert_eq!(event["object"], json!({"type": "cluster", "id": "c-9", "name": "slow"}));
    // Since the intent, the time in which no gateway ran included.
    let took = event["duration_ms"].as_u64().map(std::time::Duration::from_millis);
    assert!(took.is_some_and(|took| took >= down), "{down:?} {event:#}");
    let expired = |seq: u64| json!({"seq": seq, "kind": "expired", "id": format!("d-{seq}")});
    platform.memory.feed.lock().unwrap().extend([expired(2), expired(3)]);
    let operation = "approval_data.expired.delete";
    let of =
        |id: &str| event_where(&house, &reader, operation, |event| event["object"]["id"] == id);
    assert_eq!(of("d-3")["operator"], "system");
    gateway.kill();
    gateway.restart();
    platform.memory.feed.lock().unwrap().push(expired(4));
    of("d-4");
    assert_eq!(events(&house, &reader, &format!("operation:{operation}")).len(), 3);
}

/// Protects: a claimed name is never a fact. A wrong password is no operator, nor is one that nobody
/// looked at; an accepted one is, and where the intent had to be kept before, its outcome says so.
#[test]
fn passwords() {
    let house = House::start();
    let (reader, platform) = (house.token("auditor"), Platform::start());
    let gateway = Proxy::start(&house, &platform.address, ROUTES, "[users.basic]\n");
    let (right, wrong) = ("Basic emhhbmczOnJpZ2h0", "Basic emhhbmczOndyb25n"); // zhang3
    let ask = |method: &str, id: &str, value: &str| {
        let path = format!("/basic/{id}");
        gateway.send(method, &path, &[("authorization", value)], b"").status
    };
    let check = |operation: &str, id: &str, operator: &str, outcome: &str, reason: Option<&str>| {
        let event = event_where(&house, &reader, operation, |event| event["object"]["id"] == id);
        let found = [&event["operator"], &event["outcome"], &event["reason"]];
        assert_eq!(found, [&json!(operator), &json!(outcome), &json!(reason)], "{event:#}");
    };
    assert_eq!(ask("DELETE", "wrong", wrong), 401);
    let claimed = |status| format!("HTTP {status}; claimed to be zhang3");
    check("user.delete", "wrong", "unknown", "denied", Some(&claimed(401)));
    assert_eq!(ask("DELETE", "right", right), 200);
    check("user.delete", "right", "zhang3", "success", None);
    for status in [404, 413, 429, 500] {
        assert_eq!(ask("DELETE", &status.to_string(), right), status);
        let id = status.to_string();
        check("user.delete", &id, "unknown", "failure", Some(&claimed(status)));
    }
    assert_eq!(ask("DELETE", "302", right), 302);
    check("user.delete", "302", "unknown", "success", Some("claimed to be zhang3"));

    assert_eq!(
        (ask("PUT", "a", right), ask("PUT", "b", wrong), ask("PUT", "429", right)),
        (200, 401, 429)
    );
    check("user.edit", "a", "unknown", "success", Some("let in as zhang3"));
    check("user.edit", "b", "unknown", "denied", Some(&claimed(401)));
    check("user.edit", "429", "unknown", "failure", Some(&claimed(429)));

    platform.memory.is_done.store(true, std::sync::atomic::Ordering::SeqCst);
    let headers = [("authorization", right), ("content-type", "application/json")];
    let slow = gateway.send("POST", "/clusters", &headers, br#"{"name":"slow"}"#);
    assert_eq!(slow.status, 202);
    let event =
        event_where(&house, &reader, "cluster.create", |event| event["outcome"] == "success");
    let found = (&event["operator"], &event["reason"], &event["request_data"]["claimed_user"]);
    assert_eq!(found, (&json!("unknown"), &json!("let in as zhang3"), &json!("zhang3")));
}

/// Protects: with a path to ask, the name is known before the act, of a strict one too, and an answer
/// to the act decides nothing.
#[test]
fn passwords_that_are_checked() {
    let house = House::start();
    let (reader, platform) = (house.token("auditor"), Platform::start());
    let users = "[users.basic]\ncheck = \"/basic/whoami\"\n";
    let gateway = Proxy::start(&house, &platform.address, ROUTES, users);
    let check = |id: &str, value: &str, status: u16, operator: &str| {
        let path = format!("/basic/{id}");
        let answer = gateway.send("PUT", &path, &[("authorization", value)], b"");
        assert_eq!(answer.status, status);
        let event = event_where(&house, &reader, "user.edit", |event| event["object"]["id"] == id);
        assert_eq!(event["operator"], operator, "{event:#}");
    };
    check("right", "Basic emhhbmczOnJpZ2h0", 200, "zhang3");
    check("500", "Basic emhhbmczOnJpZ2h0", 500, "zhang3");
    // A page that answers everybody.
    check("200", "Basic emhhbmczOndyb25n", 200, "unknown");
}

/// Protects: a header with a user's name from anybody but a trusted proxy is no user, and does not
/// reach the platform.
#[test]
fn strangers_name_nobody() {
    let house = House::start();
    let (reader, platform) = (house.token("auditor"), Platform::start());
    let users = USERS.replace("127.0.0.1", "10.9.9.9");
    let gateway = Proxy::start(&house, &platform.address, ROUTES, &users);
    let headers = [("x-remote-user", "root"), ("x-forwarded-for", "10.2.4.18")];
    assert_eq!(gateway.send("DELETE", "/clusters/c-1", &headers, b"").status, 200);
    let event = event_where(&house, &reader, "cluster.delete", |_| true);
    let found = (&event["operator"], &event["source_ip"], &event["auth_method"]);
    assert_eq!(found, (&json!("unknown"), &json!("127.0.0.1"), &Value::Null), "{event:#}");
    assert!(!event.to_string().contains("root"), "{event:#}");
    let seen = gateway.send("POST", "/echo", &headers, b"").json()["headers"].clone();
    assert_eq!(
        (&seen["x-remote-user"], &seen["x-forwarded-for"]),
        (&Value::Null, &json!("127.0.0.1"))
    );
}

/// Protects: a server that hangs holds up strict acts alone, however many; what was promised
/// meanwhile arrives when it goes on.
#[test]
fn a_server_that_hangs() {
    // More than there are threads that may wait for the disk or the server.
    const STRICT: usize = 600;
    let house = House::start();
    let (reader, platform) = (house.token("auditor"), Platform::start());
    let limits = "strict_seconds_max = 600\n";
    let gateway = Proxy::start_with(&house, &platform.address, ROUTES, USERS, limits);
    house.signal("STOP");
    let strict: Vec<TcpStream> = (0..STRICT)
        .map(|number| {
            let mut stream = TcpStream::connect(&gateway.address).unwrap();
            let head = format!("DELETE /clusters/s-{number} HTTP/1.1\r\nhost: hpc\r\n");
            let rest = "x-remote-user: zhang3\r\nconnection: close\r\n\r\n";
            stream.write_all((head + rest).as_bytes()).unwrap();
            stream.set_read_timeout(Some(PATIENCE)).unwrap();
            stream
        })
        .collect();
    let has_come = || (gateway.figure("requests_total") >= STRICT as u64).then_some(());
    proxied::wait_for(|| "all strict requests come".to_owned(), has_come);
    let (told, answers) = std::sync::mpsc::channel();
    let address = gateway.address.clone();
    std::thread::spawn(move || {
        let user = as_user("zhang3", &[]);
        for (method, path, body) in [
            ("POST", "/clusters", &br#"{"name":"a"}"#[..]),
            ("POST", "/clusters/c-3", b""),
            ("POST", "/other", b""),
        ] {
            let answer = house::send(&address, "", method, path, &user, body);
            // The test may have failed meanwhile.
            let _ = told.send((path, answer.map(|answer| answer.status).ok()));
        }
    });
    for expected in [("/clusters", Some(201)), ("/clusters/c-3", Some(200)), ("/other", Some(200))]
    {
        let answer = answers.recv_timeout(PATIENCE);
        assert_eq!(answer, Ok(expected), "it waits for the server; {}", gateway.log());
    }
    assert_eq!(platform.acts(), 3, "a strict act began before its intent was kept");
    house.signal("CONT");
    for mut stream in strict {
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}; {}", gateway.log());
    }
    assert_eq!(platform.acts(), 3 + STRICT as u64);
    gateway.delivered();
    for operation in ["cluster.create", "cluster.release"] {
        event_where(&house, &reader, operation, |event| event["outcome"] == "success");
    }
    let deleted = events(&house, &reader, "operation:cluster.delete");
    let is_done = |event: &&Value| event["outcome"] == "success";
    assert_eq!((deleted.len(), deleted.iter().filter(is_done).count()), (STRICT, STRICT));
}

/// Protects: an answer that comes in pieces reaches the client piece by piece; it is told when the
/// last one has come, and before the client has it.
#[test]
fn answers_in_pieces() {
    let house = House::start();
    let (reader, platform) = (house.token("auditor"), Platform::start());
    let gateway = Proxy::start(&house, &platform.address, ROUTES, USERS);
    let mut stream = TcpStream::connect(&gateway.address).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    let head = "GET /streams/a HTTP/1.1\r\nhost: hpc\r\nx-remote-user: zhang3\r\n\
                connection: close\r\n\r\n";
    stream.write_all(head.as_bytes()).unwrap();
    let (mut seen, mut bytes) = (String::new(), [0; 512]);
    while !seen.contains("first,") {
        let count = stream.read(&mut bytes).unwrap();
        assert!(count > 0, "{seen}; {}", gateway.log());
        seen.push_str(&String::from_utf8_lossy(&bytes[..count]));
    }
    assert!(!seen.contains("second"), "{seen}");
    let open = event_where(&house, &reader, "file.download", |_| true);
    assert_eq!(open["outcome"], "pending", "{open:#}");
    platform.memory.second_piece.notify_one();
    stream.read_to_string(&mut seen).unwrap();
    assert!(seen.contains("second"), "{seen}");
    event_where(&house, &reader, "file.download", |event| event["outcome"] == "success");
}

/// Protects: what a sign-in handed out stands for its user until the sign-out, and a name in anybody's
/// header for nobody.
#[test]
fn who_acts() {
    let house = House::start();
    let (reader, platform) = (house.token("auditor"), Platform::start());
    let users = "[users.session]\ncookie = \"sid\"\ntoken = \"/token\"\n";
    let gateway = Proxy::start(&house, &platform.address, ROUTES, users);
    let sign_in = |password: &str| {
        gateway.json("POST", "/login", &json!({"username": "li4", "password": password}))
    };
    assert_eq!(sign_in("wrong").status, 401);
    let failed = event_where(&house, &reader, "user.login", |event| event["outcome"] == "failure");
    assert_eq!((&failed["operator"], &failed["object"]["id"]), (&json!("unknown"), &json!("li4")));
    let cookie = sign_in("right").cookie();
    let done = event_where(&house, &reader, "user.login", |event| event["outcome"] == "success");
    assert_eq!(done["operator"], "li4");
    let release = |id: &str, headers: &[(&str, &str)]| {
        gateway.send("DELETE", &format!("/clusters/{id}"), headers, b"");
        let of = |event: &Value| event["object"]["id"] == id;
        event_where(&house, &reader, "cluster.delete", of)["operator"].clone()
    };
    assert_eq!(release("by-cookie", &[("cookie", &cookie)]), "li4");
    assert_eq!(release("by-token", &[("authorization", "Bearer t0k3n")]), "li4");
    assert_eq!(release("by-other", &[("cookie", "sid=guessed")]), "unknown");
    assert_eq!(release("by-header", &[("x-remote-user", "root")]), "unknown");
    gateway.send("POST", "/logout", &[("cookie", &cookie)], b"");
    assert_eq!(release("after", &[("cookie", &cookie)]), "unknown");
}

/// A WebSocket through the gateway, as far as the wire is concerned.
fn upgrade(gateway: &Proxy) -> TcpStream {
    let mut stream = TcpStream::connect(&gateway.address).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    let head = "GET /ws/c-7 HTTP/1.1\r\nhost: hpc\r\nconnection: keep-alive, Upgrade\r\n\
                upgrade: websocket\r\nsec-websocket-version: 13\r\nx-remote-user: zhang3\r\n\
                sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
    stream.write_all(head.as_bytes()).unwrap();
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte).unwrap();
        head.push(byte[0]);
    }
    let head = String::from_utf8(head).unwrap().to_lowercase();
    assert!(head.starts_with("http/1.1 101") && head.contains("upgrade: websocket"), "{head}");
    stream
}

/// Protects: a session has a beginning and one end with its cause, by whoever it was ended, and
/// although the gateway dies before.
#[test]
fn sessions() {
    let house = House::start();
    let (reader, platform) = (house.token("auditor"), Platform::start());
    let mut gateway = Proxy::start(&house, &platform.address, ROUTES, USERS);
    let mut first = upgrade(&gateway);
    let created = event_where(&house, &reader, "cluster.webssh.create", |_| true);
    assert_eq!((&created["operator"], &created["object"]["id"]), (&json!("zhang3"), &json!("c-7")));
    first.write_all(b"\x82\x80\x00\x00\x00\x00").unwrap();
    let mut echoed = [0; 6];
    first.read_exact(&mut echoed).unwrap();
    // A masked close frame of the client with code 1000.
    first.write_all(b"\x88\x82\x00\x00\x00\x00\x03\xe8").unwrap();
    drop(first);
    let end = |session: &Value| {
        event_where(&house, &reader, "cluster.webssh.disconnect", |event| {
            event["session_id"] == *session
        })
    };
    let ended = end(&created["session_id"]);
    assert_eq!((&ended["operator"], &ended["outcome"]), (&json!("zhang3"), &json!("success")));
    let data = &ended["request_data"];
    assert_eq!((&data["end_cause"], &data["close_code"]), (&json!("user"), &json!(1000)), "{data}");
    assert!(data["lasted_ms"].is_u64() && data["bytes_from_client"] == 14, "{data}");

    // A close that the platform sends back first is the platform's: here by its own code.
    let second = upgrade(&gateway);
    let is_second = |event: &Value| event["session_id"] != created["session_id"];
    let created = event_where(&house, &reader, "cluster.webssh.create", is_second);
    assert_eq!(gateway.figure("sessions_open"), 1);
    gateway.kill();
    gateway.restart();
    let ended = end(&created["session_id"]);
    assert_eq!(ended["request_data"]["end_cause"], "network", "{ended:#}");
    drop(second);
    gateway.delivered();
    let all = events(&house, &reader, "operation:cluster.webssh.disconnect");
    assert_eq!(all.len(), 2, "{all:#?}");
}

/// Protects: what may have changed something without a route is counted and listed, and a route is
/// proposed from the list.
#[test]
fn what_no_route_knows() {
    let house = House::start();
    let platform = Platform::start();
    let gateway = Proxy::start(&house, &platform.address, ROUTES, "");
    for path in ["/nodes/17", "/nodes/18"] {
        assert_eq!(gateway.send("DELETE", path, &[], b"").status, 200);
    }
    gateway.send("GET", "/nodes/19", &[], b"");
    gateway.send("POST", "/echo", &[], b"");
    let page = house::send(&gateway.admin, "", "GET", "/uncovered", &[], b"").unwrap();
    let lines = page.json()["uncovered"].as_array().unwrap().clone();
    assert_eq!(lines.len(), 1, "{lines:?}");
    assert_eq!((&lines[0]["path"], &lines[0]["count"]), (&json!("/nodes/{id}"), &json!(2)));
    assert_eq!(gateway.figure("uncovered_requests"), 2);
    let health = house::send(&gateway.admin, "", "GET", "/healthz", &[], b"").unwrap();
    assert_eq!(health.status, 200);
    let learnt = annals_with(&["gateway", "learn", "-"], &[], &page.body);
    assert_eq!(learnt.status.code(), Some(0), "{learnt:?}");
    let proposed = String::from_utf8(learnt.stdout).unwrap();
    assert!(proposed.contains("match = \"DELETE /nodes/{"), "{proposed}");
}

/// Protects: nothing is passed on that platform and gateway could read differently; headers of one
/// connection end here; nobody but a trusted proxy speaks for others.
#[test]
fn hostile_requests() {
    let house = House::start();
    let platform = Platform::start();
    let gateway = Proxy::start(&house, &platform.address, ROUTES, "");
    let raw = |text: &str| {
        let mut stream = TcpStream::connect(&gateway.address).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream.write_all(text.as_bytes()).unwrap();
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        String::from_utf8_lossy(&answer).into_owned()
    };
    let smuggled = "0\r\n\r\nDELETE /nodes/1 HTTP/1.1\r\nhost: a\r\n\r\n";
    let lengths = format!("content-length: {}\r\ntransfer-encoding: chunked\r\n", smuggled.len());
    // Chunks go before lengths, and nothing behind them on the connection is taken for a request.
    let text = format!("POST /echo HTTP/1.1\r\nhost: a\r\n{lengths}\r\n{smuggled}");
    let answer = raw(&text);
    assert_eq!(answer.matches("HTTP/1.1").count(), 1, "{answer}");
    assert!(answer.contains("connection: close") && answer.contains("\"body\":\"\""), "{answer}");
    for heads in [
        "content-length: 5\r\ncontent-length: 50\r\n".to_owned(),
        "content-length: +5\r\n".to_owned(),
        "transfer-encoding: chunked, identity\r\n".to_owned(),
        "transfer-encoding : chunked\r\n".to_owned(),
    ] {
        let text = format!("POST /echo HTTP/1.1\r\nhost: a\r\n{heads}\r\n{smuggled}");
        let answer = raw(&text);
        assert!(answer.starts_with("HTTP/1.1 400"), "{heads}: {answer}");
    }
    assert!(raw("POST /echo HTTP/1.1\r\n\r\n").starts_with("HTTP/1.1 400"));
    let tunnel = raw("CONNECT other:80 HTTP/1.1\r\nhost: other\r\nconnection: close\r\n\r\n");
    assert!(tunnel.starts_with("HTTP/1.1 421"), "{tunnel}");
    assert_eq!(platform.acts(), 0);
    let headers = [
        ("te", "trailers"),
        ("x-forwarded-for", "1.2.3.4"),
        ("x-remote-user", "root"),
        ("keep-alive", "5"),
        ("proxy-authorization", "Basic eDp5"),
    ];
    let echo = gateway.send("POST", "/echo?a=%2F", &headers, b"12345").json();
    assert_eq!((&echo["target"], &echo["body"]), (&json!("/echo?a=%2F"), &json!("12345")));
    let seen = &echo["headers"];
    assert_eq!(seen["x-forwarded-for"], "127.0.0.1", "{seen}");
    assert_eq!(
        (&seen["host"], &seen["x-forwarded-host"]),
        (&json!(gateway.address), &json!(gateway.address))
    );
    for gone in ["keep-alive", "proxy-authorization", "connection"] {
        assert_eq!(seen[gone], Value::Null, "{gone} in {seen}");
    }
    assert!(seen["x-request-id"].is_string(), "{seen}");
}

/// Protects: a large body passes in pieces: the gateway's memory does not grow with it, and its
/// size and hash are recorded.
#[test]
fn large_bodies_pass() {
    const BYTES: usize = 50 << 20;
    let house = House::start();
    let (reader, platform) = (house.token("auditor"), Platform::start());
    let gateway = Proxy::start(&house, &platform.address, ROUTES, USERS);
    gateway.send("GET", "/echo", &[], b"");
    let before = gateway.resident_kib();
    let headers = [("x-remote-user", "zhang3"), ("content-type", "application/octet-stream")];
    let answer = gateway.send("PUT", "/files/big.dat", &headers, &vec![7; BYTES]);
    assert_eq!((answer.status, &answer.json()["bytes"]), (200, &json!(BYTES)));
    let grown = gateway.peak_kib() - before;
    assert!(grown < 30 << 10, "the gateway took {grown} KiB for 50 MiB");
    let event = event_where(&house, &reader, "file.upload", |_| true);
    assert_eq!(event["request_data"]["size"], BYTES, "{event:#}");
    assert_eq!(event["request_data"]["sha256"].as_str().map(str::len), Some(64), "{event:#}");
    assert_eq!(event["object"]["id"], "big.dat");
}

/// Protects: HTTP/2 in clear text, as load balancers speak it.
#[test]
fn http2() {
    let house = House::start();
    let (reader, platform) = (house.token("auditor"), Platform::start());
    let gateway = Proxy::start(&house, &platform.address, ROUTES, USERS);
    let url = format!("http://{}/clusters", gateway.address);
    let output = Command::new("curl")
        .args(["-s", "--http2-prior-knowledge", "-w", "\n%{http_version} %{http_code}"])
        .args(["-H", "content-type: application/json", "-H", "x-remote-user: zhang3"])
        .args(["-H", "cookie: a=1", "-d", r#"{"name":"over h2"}"#, &url])
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(text.ends_with("\n2 201"), "{text}; {}", gateway.log());
    let event = event_where(&house, &reader, "cluster.create", |_| true);
    assert_eq!(
        (&event["operator"], &event["object"]["name"]),
        (&json!("zhang3"), &json!("over h2"))
    );
}

/// Protects: mistakes in what it is started with are named, with exit code 2.
#[test]
fn mistakes_are_named() {
    let house = House::closed();
    let config = house.path("gateway.toml");
    let routes = house.path("routes.toml");
    let check = |text: &str, route_text: &str, expected: &str| {
        std::fs::write(&config, text).unwrap();
        std::fs::write(&routes, route_text).unwrap();
        let output = annals_with(&["gateway", "check", config.to_str().unwrap()], &[], b"");
        let told = [output.stdout, output.stderr].concat();
        let told = String::from_utf8_lossy(&told).into_owned();
        assert!(told.contains(expected), "{told:?} should say {expected:?}");
        assert_eq!(output.status.code(), Some(if expected == "good" { 0 } else { 2 }), "{told}");
    };
    let good = "upstream = \"http://a\"\nroutes = \"routes.toml\"\nspool = \"s\"\n[server]\nurl = \"http://b\"\n";
    check(good, ROUTES, "good");
    check(&good.replace("spool", "spol"), ROUTES, "did you mean `spool`?");
    let basic = |keys: &str| format!("{good}[users.basic]\n{keys}\n");
    check(&basic("accepts = [404]"), ROUTES, "good");
    check(&basic("accepts = [401]"), ROUTES, "a wrong password");
    check(&basic("accepts = [4]"), ROUTES, "no answer's status");
    check(&basic("check = \"/whoami\"\naccepts = [404]"), ROUTES, "leave out accepts");
    check(
        good,
        "[[route]]\nmatch = \"POST /x\"\noperation = \"cluster.creat\"\n",
        "cluster.create",
    );
    let output = annals_with(&["gateway", "--upstream", "http://a"], &[], b"");
    assert_eq!(output.status.code(), Some(2));
}
