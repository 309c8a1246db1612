//! The whole server over loopback: its life from start to stop, and clients that misbehave.

mod running;

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use annals_api::client::{Client, ClientError};
use annals_api::wire::page::PageQuery;
use annals_server::{Config, Role, ServerError, serve};
use running::{Running, event, token};

fn operations(client: &Client) -> Vec<String> {
    let query = PageQuery { order: Some("index".to_owned()), ..PageQuery::default() };
    let page = client.page(&query).expect("a page");
    let operation = |event: &serde_json::value::RawValue| {
        let event: serde_json::Value = serde_json::from_str(event.get()).expect("JSON");
        event["operation"].as_str().expect("an operation").to_owned()
    };
    page.events.iter().map(|event| operation(event)).collect()
}

// Start, work, stop, start again: what was acknowledged is there, and so are the service's own
// acts, the token's making beside the running server included.
#[test]
fn a_life_from_start_to_stop() {
    let dir = tempfile::tempdir().expect("a folder");
    let data = dir.path().join("made/on/first/start");
    let server = Running::start(&data, |_| {});
    let emitter = server.client(Some(&token(&data, Role::Emitter)));
    let answer = emitter.append_ndjson(event("e1").into_bytes(), false).expect("taken");
    assert_eq!(answer.accepted, 1);
    let bad = emitter.append_ndjson(b"{bad".to_vec(), true).expect("an answer");
    assert_eq!((bad.accepted, bad.rejected.len()), (0, 1));
    let viewer = token(&data, Role::Viewer);
    let kept = server.client(Some(&viewer)).event("e1").expect("found");
    assert!(kept.get().contains("zhang3"));
    let nobody = server.client(None).event("e1").expect_err("refused");
    assert_eq!(nobody.status(), Some(401));
    server.stop().expect("stops well");

    let server = Running::start(&data, |_| {});
    let mut found = operations(&server.client(Some(&viewer)));
    found.sort();
    let expected = [
        "access.refused",
        "cluster.create",
        "event.view",
        "service.start",
        "service.start",
        "service.stop",
        "token.create",
        "token.create",
    ];
    assert_eq!(found, expected);
    server.stop().expect("stops well");
}

// A second server on the same folder must fail, not share the ledger.
#[test]
fn one_folder_has_one_server() {
    let dir = tempfile::tempdir().expect("a folder");
    let server = Running::start(dir.path(), |_| {});
    let mut config = Config { data: dir.path().to_owned(), ..Config::default() };
    config.listen.set_port(0);
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let second = runtime.block_on(serve(config, |_| {}, async {}));
    assert!(matches!(second, Err(ServerError::Ledger(_))), "{second:?}");
    server.stop().expect("stops well");
}

fn exchange(address: SocketAddr, sent: &str) -> String {
    let mut stream = TcpStream::connect(address).expect("connects");
    stream.set_read_timeout(Some(Duration::from_secs(30))).expect("set");
    stream.write_all(sent.as_bytes()).expect("sent");
    let mut answer = Vec::new();
    // A reset after the answer is the server's right.
    let _ = stream.read_to_end(&mut answer);
    String::from_utf8_lossy(&answer).into_owned()
}

// A client that stops half way through head or body must not hold its connection for ever.
#[test]
fn slow_clients_are_let_go() {
    let dir = tempfile::tempdir().expect("a folder");
    let server = Running::start(dir.path(), |config| {
        config.http.header_seconds_max = 1;
        config.http.body_pause_seconds_max = 1;
    });
    let head = exchange(server.address, "GET /healthz HTTP/1.1\r\nHost: x\r\n");
    assert!(!head.contains("200 OK"), "{head}");
    let token = token(dir.path(), Role::Emitter);
    let body = format!(
        "POST /v1/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n\
         Content-Length: 1000\r\n\r\n{{"
    );
    let answer = exchange(server.address, &body);
    assert!(answer.starts_with("HTTP/1.1 408") && answer.contains("body_too_slow"), "{answer}");
    server.stop().expect("stops well");
}

// A sender of too much must see why, not a broken connection.
#[test]
fn a_too_large_body_is_answered() {
    let dir = tempfile::tempdir().expect("a folder");
    let server = Running::start(dir.path(), |_| {});
    let emitter = server.client(Some(&token(dir.path(), Role::Emitter)));
    let refused = emitter.append_ndjson(vec![b'x'; 70 << 20], false).expect_err("refused");
    assert_eq!(refused.problem().map(|problem| problem.code.as_str()), Some("body_too_large"));
    server.stop().expect("stops well");
}

#[test]
fn heads_without_end_are_refused() {
    let dir = tempfile::tempdir().expect("a folder");
    let server = Running::start(dir.path(), |_| {});
    let long = format!("GET / HTTP/1.1\r\nHost: x\r\nX: {}\r\n\r\n", "x".repeat(100_000));
    let answer = exchange(server.address, &long);
    assert!(answer.starts_with("HTTP/1.1 431"), "{answer}");
    let many = format!("GET / HTTP/1.1\r\nHost: x\r\n{}\r\n", "X: y\r\n".repeat(100));
    let answer = exchange(server.address, &many);
    assert!(answer.starts_with("HTTP/1.1 431"), "{answer}");
    server.stop().expect("stops well");
}

// A stop ends although a client keeps an idle connection open.
#[test]
fn idle_connections_do_not_hold_up_a_stop() {
    let dir = tempfile::tempdir().expect("a folder");
    let server = Running::start(dir.path(), |_| {});
    let client = server.client(None);
    client.checkpoint().expect("a note");
    server.stop().expect("stops well");
    assert!(matches!(client.checkpoint(), Err(ClientError::Unreachable(_))));
}

// Request smuggling: where two readers could part a stream differently, neither gets a request.
#[test]
fn ambiguous_lengths_are_refused() {
    let dir = tempfile::tempdir().expect("a folder");
    let server = Running::start(dir.path(), |_| {});
    let inner = "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n";
    let check = |headers: &str, body: &str| {
        let head = format!("POST /v1/sign-in HTTP/1.1\r\nHost: x\r\n{headers}\r\n");
        let answer = exchange(server.address, &format!("{head}{body}{inner}"));
        assert!(!answer.contains("200 OK"), "{headers}: {answer}");
        assert!(answer.matches("HTTP/1.1").count() <= 1, "{headers}: {answer}");
    };
    // Not blind: two requests in a row are two.
    let last = "GET /none HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    let both = exchange(server.address, &format!("{inner}{last}"));
    assert_eq!(both.matches("HTTP/1.1").count(), 2, "{both}");
    check("Content-Length: 0\r\nContent-Length: 4\r\n", "");
    check("Content-Length: +0\r\n", "");
    check("Content-Length: 5\r\nTransfer-Encoding: chunked, identity\r\n", "0\r\n\r\n");
    // Allowed, but what follows is no request, whichever of the two somebody in front goes by.
    check("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n");
    check("Transfer-Encoding: chunked\r\nContent-Length: 50\r\n", "0\r\n\r\n");
    check("Transfer-Encoding: xchunked\r\n", "0\r\n\r\n");
    check("Transfer-Encoding : chunked\r\n", "0\r\n\r\n");
    check("X: a\r\n : b\r\n", "");
    server.stop().expect("stops well");
}

// Path traversal: no spelling of "one up" leads to a file, with a token or without.
#[test]
fn no_address_leads_out() {
    let dir = tempfile::tempdir().expect("a folder");
    let server = Running::start(dir.path(), |_| {});
    let token = token(dir.path(), Role::Auditor);
    for path in [
        "/../control.sqlite",
        "/log/tile/../../control.sqlite",
        "/log/tile/0/..%2f..%2f..%2fcontrol.sqlite",
        "/log/tile/0/%2e%2e/%2e%2e/control.sqlite",
        "/log/tile/entries/..%5c..%5ccontrol.sqlite",
        "/assets/..%2f..%2fcontrol.sqlite",
        "/v1/exports/..%2f..%2fcontrol.sqlite/file",
        "//etc/passwd",
        "/v1/events/%00",
    ] {
        let head = format!(
            "GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\
             Authorization: Bearer {token}\r\n\r\n"
        );
        let answer = exchange(server.address, &head);
        let refused = ["HTTP/1.1 400", "HTTP/1.1 403", "HTTP/1.1 404"];
        assert!(refused.iter().any(|status| answer.starts_with(status)), "{path}: {answer}");
        assert!(!answer.contains("SQLite format") && !answer.contains("root:"), "{path}");
    }
    server.stop().expect("stops well");
}
