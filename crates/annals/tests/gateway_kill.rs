//! SIGKILL of the server, the gateway or the platform under load, at any moment.
//!
//! `ANNALS_KILL_ROUNDS` sets the rounds (10; the full test run asks for 50). The moments are drawn
//! from a seed that is printed.
#![allow(clippy::unwrap_used)] // a test stops at what is not as it should be

mod house;
mod proxied;

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Instant;

use axum::Router;
use axum::extract::{Path, State};
use axum::routing::delete;
use house::{House, send};
use proxied::{PATIENCE, Proxy, events};

const ROUTES: &str = r#"
[[route]]
match = "DELETE /strict/{id}"
operation = "cluster.delete"
guarantee = "strict"
object = { id = "{path.id}" }
[[route]]
match = "DELETE /spooled/{id}"
operation = "cluster.delete"
object = { id = "{path.id}" }
[[route]]
match = "DELETE /undecided/{id}"
when = { status = 404 }
operation = "cluster.release"
object = { id = "{path.id}" }
[[route]]
match = "DELETE /undecided/{id}"
operation = "cluster.delete"
object = { id = "{path.id}" }
"#;
const KINDS: [&str; 3] = ["strict", "spooled", "undecided"];

const PLACE: &str = "ANNALS_TEST_PLATFORM";

/// The platform that is killed: this same program, with its place in the environment. Each act is
/// one write to a file, which a kill cannot part.
#[test]
fn platform() {
    let Ok(place) = std::env::var(PLACE) else { return };
    let acts = std::fs::OpenOptions::new().append(true).create(true).open(place).unwrap();
    let act = |State(acts): State<Arc<std::fs::File>>, Path(id): Path<String>| async move {
        (&*acts).write_all(format!("{id}\n").as_bytes()).unwrap();
        "done"
    };
    let app = KINDS
        .iter()
        .fold(Router::new(), |app, kind| app.route(&format!("/{kind}/{{id}}"), delete(act)));
    let app = app.with_state(Arc::new(acts));
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let address = std::env::var("ADDRESS").unwrap();
        let listener = tokio::net::TcpListener::bind(&address).await.unwrap();
        println!("at {}", listener.local_addr().unwrap());
        axum::serve(listener, app).await.unwrap();
    });
}

struct Platform {
    child: Child,
    address: String,
}

impl Platform {
    fn start(house: &House, address: &str) -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["platform", "--exact", "--nocapture"])
            .env(PLACE, house.path("acts"))
            .env("ADDRESS", address)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.as_mut().unwrap()).lines();
        let at = lines.find_map(|line| Some(line.unwrap().strip_prefix("at ")?.to_owned()));
        Self { address: at.expect("the platform listens"), child }
    }
}

impl Drop for Platform {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Four clients that ask without end; a request that fails is not asked again.
struct Load {
    stop: Arc<AtomicBool>,
    answered: Arc<AtomicU64>,
    clients: Vec<std::thread::JoinHandle<()>>,
}

impl Load {
    fn start(gateway: &str, round: u32) -> Self {
        let (stop, answered) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
        let client = |client: usize| {
            let (stop, answered) = (stop.clone(), answered.clone());
            let address = gateway.to_owned();
            std::thread::spawn(move || {
                let mut number = 0;
                while !stop.load(Ordering::Relaxed) {
                    let kind = KINDS[(client + number) % KINDS.len()];
                    let path = format!("/{kind}/r{round}-{client}-{number}");
                    let answer = send(&address, "", "DELETE", &path, &[], b"");
                    if answer.is_ok_and(|answer| answer.status == 200) {
                        answered.fetch_add(1, Ordering::Relaxed);
                    }
                    number += 1;
                }
            })
        };
        let clients = (0..4).map(client).collect();
        Self { stop, answered, clients }
    }

    fn wait_for(&self, count: u64) {
        let (end, first) = (Instant::now() + PATIENCE, self.answered.load(Ordering::Relaxed));
        while self.answered.load(Ordering::Relaxed) < first + count {
            assert!(Instant::now() < end, "nobody answers");
            std::thread::yield_now();
        }
    }

    fn end(self) {
        self.stop.store(true, Ordering::Relaxed);
        self.clients.into_iter().for_each(|client| client.join().unwrap());
    }
}

/// Protects: kill server, gateway or platform at any moment, as often as you like: every strict or
/// spooled operation that took effect is recorded as done or `unknown`, and none twice.
#[test]
fn every_request_is_recorded_once_through_kills() {
    let rounds: u32 =
        std::env::var("ANNALS_KILL_ROUNDS").ok().and_then(|n| n.parse().ok()).unwrap_or(10);
    let mut seed: u64 =
        std::env::var("ANNALS_SEED").ok().and_then(|n| n.parse().ok()).unwrap_or(20_261_127);
    println!("seed {seed}");
    let mut house = House::start();
    let server = house.address.clone();
    let mut platform = Platform::start(&house, "127.0.0.1:0");
    let at = platform.address.clone();
    let mut gateway = Proxy::start(&house, &at, ROUTES, "");
    for round in 0..rounds {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        let load = Load::start(&gateway.address, round);
        load.wait_for(1 + (seed >> 33) % 40);
        match (seed >> 40) % 3 {
            0 => {
                house.kill();
                house.serve_at(&server);
            }
            1 => {
                gateway.kill();
                gateway.restart();
            }
            _ => {
                drop(platform);
                platform = Platform::start(&house, &at);
            }
        }
        load.wait_for(1 + (seed >> 45) % 20);
        load.end();
    }
    // What was left open by the last kill is told at a start.
    assert_eq!(gateway.stop(), 0, "{}", gateway.log());
    gateway.restart();
    gateway.delivered();
    let acts = std::fs::read_to_string(house.path("acts")).unwrap();
    let acts: BTreeSet<&str> = acts.lines().collect();
    let reader = house.token("auditor");
    let mut recorded = BTreeMap::new();
    for event in events(&house, &reader, "") {
        let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
        let (id, outcome) = (text(&event["object"]["id"]), text(&event["outcome"]));
        assert_eq!(recorded.insert(id.clone(), outcome), None, "{id} twice");
    }
    assert!(acts.len() > rounds as usize, "{} acts", acts.len());
    for id in &acts {
        let outcome = recorded.get(*id).map(String::as_str);
        // `pending` becomes `unknown` when its limit is over.
        assert!(matches!(outcome, Some("success" | "pending" | "unknown")), "{id}: {outcome:?}");
    }
    let untrue =
        recorded.iter().find(|(id, outcome)| *outcome == "success" && !acts.contains(id.as_str()));
    assert_eq!(untrue, None, "told as done, and was not");
    assert_eq!(house.verify(&[]).status.code(), Some(0));
}
