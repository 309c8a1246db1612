//! The live tail from outside: what is acknowledged is printed, over a restart of the server too.
#![allow(clippy::unwrap_used)]

mod house;

use std::io::{BufRead as _, BufReader, Lines};
use std::process::{Child, ChildStdout, Command, Stdio};

use house::{ANNALS, House, annals_with, event};
use serde_json::Value;

/// A running `annals tail`; ends with the test.
struct Listener(Child);

impl Listener {
    fn start(args: &[&str], env: &[(&str, &str)]) -> Self {
        let mut tail = Command::new(ANNALS);
        tail.arg("tail").args(args).envs(env.iter().copied());
        tail.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        Self(tail.spawn().unwrap())
    }

    fn lines(&mut self) -> Lines<BufReader<ChildStdout>> {
        BufReader::new(self.0.stdout.take().unwrap()).lines()
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

// Protects: days begin in the same zone for `tail` and `export` as for `search`.
#[test]
fn days_begin_in_the_zone_asked_for() {
    let house = House::start();
    let (emitter, reader) = (house.token("emitter"), house.token("viewer"));
    let times = ["01T15:59:59", "01T16:00:00", "02T15:59:59", "02T16:00:00"];
    for (number, time) in times.iter().enumerate() {
        let line = event(&format!("e{number}")).replace("20T08:30:00", time);
        assert_eq!(house.post_events(&emitter, &line).0, 200);
    }
    let server = format!("http://{}", house.address);
    let env = [("ANNALS_TOKEN", reader.as_str()), ("ANNALS_SERVER", server.as_str())];
    let file = house.path("of.ndjson");
    let (filter, zone) = ("time:2026-11-02", ["--tz", "Asia/Shanghai"]);
    let search = [&["search", filter, "--order", "time"][..], &zone].concat();
    let export = [&["export", filter, "--out", file.to_str().unwrap()][..], &zone].concat();
    let found = annals_with(&search, &env, b"").stdout;
    let ids = |text: &str| -> Vec<String> {
        let id = |line| serde_json::from_str::<Value>(line).unwrap()["id"].clone();
        text.lines().map(|line| id(line).as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(ids(std::str::from_utf8(&found).unwrap()), ["e1", "e2"]);
    let exported = annals_with(&export, &env, b"");
    assert!(exported.status.success(), "{}", String::from_utf8_lossy(&exported.stderr));
    assert_eq!(ids(&std::fs::read_to_string(&file).unwrap()), ["e1", "e2"]);
    // A tail that begins in the past ends where it is told to, in a file too, from the first on.
    let file = house.path("tail.ndjson");
    let since = ["tail", "-service:audit-log", "--from", "2026-11-01", "--limit", "3", "--out"];
    let since = [&since[..], &[file.to_str().unwrap()], &zone].concat();
    let tailed = annals_with(&since, &env, b"");
    assert!(tailed.status.success(), "{}", String::from_utf8_lossy(&tailed.stderr));
    assert_eq!(ids(&std::fs::read_to_string(&file).unwrap()), ["e0", "e1", "e2"]);
    // Parquet is a file of all that match.
    let file = house.path("of.parquet");
    let parquet = [&["search", filter, "--format", "parquet"][..], &zone].concat();
    assert_eq!(annals_with(&parquet, &env, b"").status.code(), Some(2));
    let parquet = [&parquet[..], &["--all", "--out", file.to_str().unwrap()]].concat();
    assert!(annals_with(&parquet, &env, b"").status.success());
    assert!(std::fs::read(&file).unwrap().starts_with(b"PAR1"));
    let mut listener = Listener::start(&[&[filter, "--after", "0"][..], &zone].concat(), &env);
    let lines = listener.lines();
    let heard: Vec<String> = lines.take(2).map(Result::unwrap).collect();
    assert_eq!(ids(&heard.join("\n")), ["e1", "e2"]);
}

// Protects: events come once and in order, under the filter, from the position asked for, although
// the connection ends in between.
#[test]
fn events_come_once_over_a_restart() {
    let mut house = House::start();
    let (emitter, reader) = (house.token("emitter"), house.token("viewer"));
    let send = |house: &House, id: &str| {
        assert_eq!(house.post_events(&emitter, &event(id)).0, 200);
    };
    send(&house, "e0");
    let server = format!("http://{}", house.address);
    let args = ["operator:zhang3", "--after", "0", "--server", &server];
    let mut listener = Listener::start(&args, &[("ANNALS_TOKEN", &reader)]);
    let mut lines = listener.lines();
    let mut next = || serde_json::from_str::<Value>(&lines.next().unwrap().unwrap()).unwrap();
    // Position 0 is the server's own first event.
    assert_eq!(next()["id"], "e0");
    send(&house, "e1");
    assert_eq!(next()["id"], "e1");
    let address = house.address.clone();
    assert_eq!(house.stop(), 0);
    house.serve_at(&address);
    send(&house, "e2");
    assert_eq!(next()["id"], "e2");
}
