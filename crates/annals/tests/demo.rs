//! The demo from outside: it answers every example of the filter language.
#![allow(clippy::unwrap_used)]

mod house;

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

use house::{ANNALS, send};
use serde_json::Value;

/// The examples by which the filter language is described, each term of its own and as they stand.
const EXAMPLES: [&str; 32] = [
    "service:hpc-clusters operation:cluster.* operator:(zhang3 OR li4) -outcome:success",
    "service:hpc-clusters",
    "operation:cluster.*",
    "operator:(zhang3 OR li4)",
    "-outcome:success",
    "source_ip:10.2.0.0/16  object.id:c-42  object:\"render farm\"  user:zhang3  severity:high",
    "source_ip:10.2.0.0/16",
    "object.id:c-42",
    "object:\"render farm\"",
    "user:zhang3",
    "severity:high",
    "time>=now-7d  time:2026-11-01..2026-11-07  duration_ms>500  reason:*  -reason:*",
    "time>=now-7d",
    "time:2026-11-01..2026-11-07",
    "duration_ms>500",
    "reason:*",
    "-reason:*",
    "request_data.nodes:4",
    "request_data.image.id:img-7",
    "\"mkfs /dev\"",
    "cuda",
    "结果.dat",
    "*partition*",
    "request_data:*10.2.3*",
    "-object.id:x",
    "object.type:a object.id:b",
    "source_ip:2001:db8::1",
    "NOT severity:high",
    "服务:HPC集群 AND NOT 操作结果:成功",
    "操作人：（zhang3　OR　li4）",
    "operation:\"Create cluster\" OR operation:cluster.release",
    "object.type:cluster outcome!=success",
];

/// Those that may find nothing: for they ask for two things that exclude each other, for types that
/// no platform has, or for days that go by.
const MAYBE_NOTHING: [&str; 3] = [
    "time>=now-7d  time:2026-11-01..2026-11-07  duration_ms>500  reason:*  -reason:*",
    "time:2026-11-01..2026-11-07",
    "object.type:a object.id:b",
];

/// A running demo; ends with the test.
struct Demo {
    child: Child,
    address: String,
    token: String,
}

impl Demo {
    /// Starts it and waits until its events are in.
    fn start(events: &str) -> Self {
        let mut child = Command::new(ANNALS)
            .args(["demo", "--listen", "127.0.0.1:0", "--events", events])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim().strip_prefix("listening on http://").unwrap().to_owned();
        let mut hints = BufReader::new(child.stderr.take().unwrap()).lines();
        let token = hints.find_map(|hint| {
            let hint = hint.unwrap();
            Some(hint.trim().strip_prefix("export ANNALS_TOKEN=")?.to_owned())
        });
        // Whatever else it says must not fill the pipe.
        std::thread::spawn(move || hints.for_each(drop));
        Self { child, address, token: token.unwrap() }
    }

    /// Asks about what had happened before `to`.
    fn get(&self, path: &str, q: &str, to: &str) -> Value {
        let encoded: String = q.bytes().map(|byte| format!("%{byte:02x}")).collect();
        let path = format!("{path}?q={encoded}&to={to}");
        let answer = send(&self.address, &self.token, "GET", &path, &[], b"").unwrap();
        assert_eq!(answer.status, 200, "{q}: {}", answer.text());
        let answer = answer.json();
        assert_ne!(answer["partial"], true, "{q}: {answer}");
        answer
    }

    fn count(&self, q: &str, to: &str) -> u64 {
        self.get("/v1/count", q, to)["count"].as_u64().unwrap()
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        // Fails when it ended by itself, which the test has noticed.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

// Protects: a newcomer can type any example, finds something, and gets a whole answer: its page, its
// count and the count of everything else agree.
#[test]
fn every_example_is_answered() {
    let demo = Demo::start("4000");
    // The trickle goes on from where the events ended, so what is before one of them stays as it is.
    let answer =
        send(&demo.address, &demo.token, "GET", "/v1/events/index/3500", &[], b"").unwrap();
    let event = answer.json();
    let to = event["time"].as_str().unwrap();
    // Of an unknown account nobody sees what was typed: that neither meets a term nor its denial.
    let told = |q: &str| demo.count(&format!("-operation:user.login_unknown {q}"), to);
    let all = told("");
    assert!(all > 3_000, "{all}");
    for q in EXAMPLES {
        let count = demo.count(q, to);
        assert_eq!(told(&format!("NOT ({q})")), all - told(&format!("({q})")), "{q}");
        let page = demo.get("/v1/events", q, to);
        let events = page["events"].as_array().unwrap().len() as u64;
        assert_eq!(events, count.min(100), "{q}");
        assert!(count > 0 || MAYBE_NOTHING.contains(&q), "{q} finds nothing");
    }
}
