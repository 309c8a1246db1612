//! TLS as an operator and a client meet it: which address is encrypted, with which certificate,
//! and how the command line and the SDK come to trust a server that made its own.

#![allow(clippy::unwrap_used)] // a test stops at what is not as it should be

mod house;

use std::path::Path;

use annals_api::client::{Client, ClientError, Retry};
use house::{House, annals_with, event};

/// Exit code and stderr of a client command.
fn run(args: &[&str], token: &str, ca: Option<&Path>) -> (Option<i32>, String) {
    let mut env = vec![("ANNALS_TOKEN", token)];
    if let Some(ca) = ca {
        env.push(("ANNALS_CA", ca.to_str().unwrap()));
    }
    let output = annals_with(args, &env, event("e-cli").as_bytes());
    (output.status.code(), String::from_utf8(output.stderr).unwrap())
}

// The contract of `annals serve`: clear text on loopback, TLS on any other address unless it is
// switched off in writing.
#[test]
fn an_address_decides_about_tls() {
    let check = |address: &str, env: &[(&str, &str)], scheme: &str| {
        let mut house = House::closed();
        house.listen(address, env);
        assert_eq!(house.scheme, scheme, "{address} {env:?}");
        let has_certificate = house.data().join("keys/tls.pem").exists();
        assert_eq!(has_certificate, scheme == "https", "{address} {env:?}");
        assert_eq!(house.stop(), 0);
    };
    check("127.0.0.1:0", &[], "http");
    check("127.0.0.1:0", &[("ANNALS_TLS", "on")], "https");
    check("0.0.0.0:0", &[], "https");
    check("0.0.0.0:0", &[("ANNALS_TLS", "off")], "http");
    // The machine's own address, if it has one; nothing is sent to find it.
    let socket = std::net::UdpSocket::bind("0.0.0.0:0").unwrap();
    let own = socket.connect("192.0.2.1:9").and_then(|()| socket.local_addr());
    match own {
        Ok(own) if !own.ip().is_loopback() => check(&format!("{}:0", own.ip()), &[], "https"),
        _ => eprintln!("skipped: this machine has no address but loopback"),
    }
}

// Protects whoever runs the first server of a house without an authority of their own: every
// client command trusts the certificate that is handed to it and nothing else, and says what to
// do where none was.
#[test]
fn clients_trust_the_certificate_they_are_given() {
    let mut house = House::closed();
    house.listen("0.0.0.0:0", &[]);
    let port = house.address.rsplit(':').next().unwrap().to_owned();
    let url = format!("https://localhost:{port}");
    let ca = house.data().join("keys/tls.pem");
    let (emitter, auditor) = (house.token("emitter"), house.token("auditor"));
    let kept = run(&["record", "--ndjson", "-", "--server", &url], &emitter, Some(&ca));
    assert_eq!(kept.0, Some(0), "{}", kept.1);
    let out = house.path("out").to_str().unwrap().to_owned();
    for args in [
        &["search", "operator:zhang3"][..],
        &["export", "operator:zhang3", "--out", &out],
        &["history", "cluster", "c-e-cli"],
        &["profile", "zhang3"],
        &["proof", "e-cli", "--out", &out],
        &["quarantine", "list"],
        &["status"],
    ] {
        let args = [args, &["--server", &url]].concat();
        let (code, error) = run(&args, &auditor, Some(&ca));
        assert_eq!(code, Some(0), "{args:?}: {error}");
    }
    let ca_text = ca.to_str().unwrap();
    let by_option = ["status", "--server", &url, "--ca", ca_text];
    assert_eq!(run(&by_option, &auditor, None).0, Some(0));

    let (code, error) = run(&["status", "--server", &url], &auditor, None);
    assert_eq!(code, Some(3), "{error}");
    assert!(error.contains("--ca") && error.contains("keys/tls.pem"), "{error}");
    // Another name of the machine is another server.
    let renamed = format!("https://127.0.0.2:{port}");
    let (code, error) = run(&["status", "--server", &renamed], &auditor, Some(&ca));
    assert_eq!(code, Some(3), "{error}");
    assert!(error.contains("https.names"), "{error}");
    let junk = house.path("junk.pem");
    std::fs::write(&junk, "no certificate").unwrap();
    for file in [junk, house.path("absent.pem")] {
        let (code, error) = run(&["status", "--server", &url], &auditor, Some(&file));
        assert_eq!(code, Some(2), "{error}");
        assert!(error.contains(file.to_str().unwrap()), "{error}");
    }
    // Clear text gets no answer there.
    let plain = format!("http://localhost:{port}");
    let patient = Client::new(&plain, Some(&auditor)).unwrap().with_retry(Retry::NEVER);
    assert!(matches!(patient.status(), Err(ClientError::Unreachable(_))));

    // The SDK's client.
    let pem = std::fs::read(&ca).unwrap();
    let client = Client::with_authorities(&url, Some(&emitter), Some(&pem)).unwrap();
    assert_eq!(client.append_ndjson(event("e-sdk").into_bytes(), true).unwrap().accepted, 1);
    let wary = Client::new(&url, Some(&emitter)).unwrap();
    let refused = wary.append_ndjson(event("e-no").into_bytes(), true);
    assert!(matches!(refused, Err(ClientError::Untrusted(_))), "{refused:?}");
    assert_eq!(house.stop(), 0);
}
