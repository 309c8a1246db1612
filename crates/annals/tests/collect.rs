//! Real lines of a real sshd, through the real collector, into a real server.

#![allow(clippy::unwrap_used)] // a test stops at what is not as it should be

mod house;

use std::process::{Child, Command, Stdio};

use house::{ANNALS, House, annals, annals_with, event, signal};
use serde_json::{Value, json};

const SAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../testdata/sshd/syslog-rfc5424.log");

/// Events that the sample becomes, as `annals collect test` says.
fn expected() -> Vec<Value> {
    let sample = std::fs::read(SAMPLE).unwrap();
    let output = annals_with(&["collect", "test", "sshd", "--json"], &[], &sample);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Protects the outside of `collect test`: NDJSON of catalogue codes on stdout, nothing else.
#[test]
fn the_sample_becomes_events() {
    let events = expected();
    let count = |code: &str| events.iter().filter(|event| event["operation"] == code).count();
    for (code, least) in [
        ("user.login", 7),
        ("user.login_unknown", 1),
        ("host.session.open", 7),
        ("host.session.close", 7),
        ("folder.create", 2),
        ("file.upload", 4),
        ("file.download", 2),
        ("file.delete", 4),
        ("file.move", 1),
        ("folder.delete", 1),
        ("host.su", 1),
    ] {
        assert!(count(code) >= least, "{code}: {}", count(code));
    }
    let names: Vec<&str> =
        events.iter().filter_map(|event| event["object"]["id"].as_str()).collect();
    assert!(names.contains(&"/home/alice/run1/结果.dat"), "{names:?}");
}

/// Protects: a collector killed and started again, over a rotation and a restart of the server,
/// loses nothing and adds nothing twice.
#[test]
fn killed_and_resumed() {
    let mut house = House::start();
    let auditor = house.token("auditor");
    let token = house.path("token");
    std::fs::write(&token, house.token("emitter")).unwrap();
    let log = house.path("auth.log");
    let sample = std::fs::read_to_string(SAMPLE).unwrap();
    let lines: Vec<&str> = sample.lines().collect();
    let (first, rest) = lines.split_at(lines.len() * 3 / 4);
    std::fs::write(&log, first.join("\n") + "\n").unwrap();

    let expected = expected();
    let seen = |house: &House| -> Vec<String> {
        let (_, page) = house.get(&auditor, "/v1/events?limit=1000&order=index");
        let rows = page["events"].as_array().unwrap().iter();
        rows.filter(|row| row["service"] != "audit-log")
            .map(|row| format!("{} {}", row["operation"], row["object"]["id"]))
            .collect()
    };
    let mut collector = collect(&house);
    until(|| seen(&house).len() >= expected.len() / 3);
    signal(&collector, "KILL");
    collector.wait().unwrap();

    // Rotated while nobody looked, and the server was away for a moment.
    std::fs::rename(&log, house.path("auth.log.1")).unwrap();
    std::fs::write(&log, rest.join("\n") + "\n").unwrap();
    assert_eq!(house.stop(), 0);
    house.serve();
    let mut collector = collect(&house);
    until(|| seen(&house).len() >= expected.len());
    signal(&collector, "TERM");
    assert_eq!(collector.wait().unwrap().code(), Some(0));

    let mut collector = collect(&house);
    signal(&collector, "TERM");
    assert_eq!(collector.wait().unwrap().code(), Some(0));
    let mut got = seen(&house);
    let mut wanted: Vec<String> = expected
        .iter()
        .map(|event| {
            // The name that was tried may be a password: it is shown to nobody.
            let is_unknown = event["operation"] == "user.login_unknown";
            let id = if is_unknown { &json!("***") } else { &event["object"]["id"] };
            format!("{} {id}", event["operation"])
        })
        .collect();
    got.sort();
    wanted.sort();
    assert_eq!(got, wanted);
    let (_, page) = house.get(&auditor, "/v1/events?limit=1000");
    assert!(!page.to_string().contains("alicepw"));
    assert_eq!(house.verify(&[]).status.code(), Some(0));
}

/// Protects: an API behind TLS is read under the authority that was named and no other; a source that
/// hangs holds nobody up; the status says both, and that the server is away, while it is so.
#[test]
fn a_source_behind_tls_beside_one_that_hangs() {
    let mut from = House::closed();
    from.listen("127.0.0.1:0", &[("ANNALS_TLS", "on")]);
    let port = from.address.rsplit(':').next().unwrap();
    let authority = from.data().join("keys/tls.pem");
    let env =
        [("ANNALS_TOKEN", &*from.token("emitter")), ("ANNALS_CA", authority.to_str().unwrap())];
    let server = format!("https://localhost:{port}");
    let kept = annals_with(
        &["record", "--ndjson", "-", "--server", &server],
        &env,
        (1..=3)
            .map(|number| event(&format!("e-{number}")))
            .collect::<Vec<_>>()
            .join("\n")
            .as_bytes(),
    );
    assert!(kept.status.success(), "{}", String::from_utf8_lossy(&kept.stderr));
    let hanging = std::net::TcpListener::bind("127.0.0.1:0").unwrap();

    let mut to = House::start();
    let auditor = to.token("auditor");
    std::fs::write(to.path("token"), to.token("emitter")).unwrap();
    std::fs::write(to.path("map.toml"), "[file]\nrows = \"events\"\n").unwrap();
    let header = format!("Authorization: Bearer {}\n", from.token("auditor"));
    std::fs::write(to.path("header"), header).unwrap();
    let pull = |name: &str, url: &str, more: &str| {
        format!(
            "[[pull]]\nname = \"{name}\"\nkind = \"http\"\nurl = \"{url}\"\ncursor = \"index\"\n\
             parameter = \"after_index\"\nnext = \"next\"\npage_parameter = \"cursor\"\n\
             map = {:?}\nheader_file = {:?}\n{more}\n",
            to.path("map.toml"),
            to.path("header"),
        )
    };
    let events = format!("{server}/v1/events?order=index&limit=2&q=operator:zhang3");
    let sources = [
        pull("hangs", &format!("http://{}/", hanging.local_addr().unwrap()), ""),
        pull("trusts", &events, &format!("ca_file = {authority:?}")),
        pull("distrusts", &events, ""),
    ];
    let mut collector = collect_from(&to, &sources.concat());
    let (held, _) = hanging.accept().unwrap();
    let count = |house: &House| {
        let (_, page) = house.get(&auditor, "/v1/events?q=operator:zhang3");
        page["events"].as_array().map_or(0, Vec::len)
    };
    until(|| count(&to) == 3);
    let status = || -> Value {
        let text = std::fs::read(to.path("state/status.json")).unwrap_or_default();
        serde_json::from_slice(&text).unwrap_or_default()
    };
    let error = |place: usize| status()["sources"][place]["pull"]["error"].to_string();
    until(|| error(2).contains("UnknownIssuer"));
    assert_eq!((error(0), error(1)), ("null".to_owned(), "null".to_owned()));
    drop(held);
    until(|| error(0).contains("can't be reached"));

    assert_eq!(to.stop(), 0);
    let one_more = event("e-4");
    let args = ["record", "--ndjson", "-", "--server", &server];
    assert!(annals_with(&args, &env, one_more.as_bytes()).status.success());
    let status = || std::fs::read_to_string(to.path("state/status.json")).unwrap_or_default();
    until(|| !status().contains("\"send_error\": null"));
    signal(&collector, "TERM");
    assert_eq!(collector.wait().unwrap().code(), Some(0));
}

/// Protects the message for a misspelt key.
#[test]
fn a_wrong_configuration_is_named() {
    let house = House::closed();
    let config = house.path("collect.toml");
    std::fs::write(&config, "state_dirr = \"x\"\n").unwrap();
    let output = annals(&["collect", "--config", config.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("state_dir"));
}

/// Starts the collector on the log of this house.
fn collect(house: &House) -> Child {
    let log = house.path("auth.log");
    collect_from(
        house,
        &format!("[[source]]\nname = \"login1\"\nkind = \"sshd\"\npath = {log:?}\n"),
    )
}

/// Starts the collector with a configuration for this house; returns once it collects.
fn collect_from(house: &House, sources: &str) -> Child {
    let config = house.path("collect.toml");
    let text = format!(
        "state_dir = {:?}\n[server]\nurl = \"http://{}\"\ntoken_file = {:?}\n{sources}",
        house.path("state"),
        house.address,
        house.path("token"),
    );
    std::fs::write(&config, text).unwrap();
    let mut child = Command::new(ANNALS)
        .args(["collect", "--config"])
        .arg(config)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut line = String::new();
    let out = child.stdout.as_mut().unwrap();
    std::io::BufRead::read_line(&mut std::io::BufReader::new(out), &mut line).unwrap();
    assert_eq!(line.trim(), "collecting");
    child
}

/// Asks until it is so.
fn until(so: impl Fn() -> bool) {
    const PATIENCE: std::time::Duration = std::time::Duration::from_secs(60);
    let begun = std::time::Instant::now();
    while !so() {
        assert!(begun.elapsed() < PATIENCE, "asked for {PATIENCE:?} in vain");
        std::thread::yield_now();
    }
}
