//! SIGKILL of the server, the gateway or the platform under load, at any moment.
//!
//! `ANNALS_KILL_ROUNDS` sets the rounds (10; the full test run asks for 50). The moments are drawn
//! from a seed that is printed.
#![allow(clippy::unwrap_used)] // a test stops at what is not as it should be

mod house;
mod proxied;

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Instant;

use axum::Router;
use axum::extract::{Path, Request, State};
use axum::routing::{delete, get};
use house::{House, send};
use proxied::platform::socket;
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
[[route]]
match = "GET /shell/{id}"
operation = "cluster.webssh.create"
object = { id = "{path.id}" }
[route.session]
"#;
const SHELL: &str = "shell";
const KINDS: [&str; 4] = ["strict", "spooled", "undecided", SHELL];

/// The body of an answer.
const DONE: &str = "done";
const PLACE: &str = "ANNALS_TEST_PLATFORM";

/// The platform that is killed: this same program, with its place in the environment. Each act is
/// one write to a file, which a kill cannot part.
#[test]
fn platform() {
    let Ok(place) = std::env::var(PLACE) else { return };
    let acts = std::fs::OpenOptions::new().append(true).create(true).open(place).unwrap();
    type Acts = State<Arc<std::fs::File>>;
    let write = |acts: &std::fs::File, id: String| {
        let mut acts = acts;
        acts.write_all(format!("{id}\n").as_bytes()).unwrap();
    };
    let act = move |State(acts): Acts, Path(id): Path<String>| async move {
        write(&acts, id);
        DONE
    };
    let shell = move |State(acts): Acts, Path(id): Path<String>, request: Request| async move {
        write(&acts, id);
        socket(request).await
    };
    let app = KINDS.iter().fold(Router::new(), |app, kind| {
        let method = if *kind == SHELL { get(shell) } else { delete(act) };
        app.route(&format!("/{kind}/{{id}}"), method)
    });
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

/// Ids of acts whose whole answer a client has.
type Answered = Arc<Mutex<BTreeSet<String>>>;

/// Four clients that ask without end; a request that fails is not asked again.
struct Load {
    stop: Arc<AtomicBool>,
    answered: Answered,
    clients: Vec<std::thread::JoinHandle<()>>,
}

impl Load {
    fn start(gateway: &str, round: u32, answered: &Answered) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let client = |client: usize| {
            let (stop, answered) = (stop.clone(), answered.clone());
            let address = gateway.to_owned();
            std::thread::spawn(move || {
                // The last of its shells stays open.
                let (mut number, mut open) = (0, None);
                while !stop.load(Ordering::Relaxed) {
                    let kind = KINDS[(client + number) % KINDS.len()];
                    let id = format!("{kind}-{round}-{client}-{number}");
                    let path = format!("/{kind}/{id}");
                    let is_answered = if kind == SHELL {
                        open = shell(&address, &path).ok();
                        open.is_some()
                    } else {
                        let answer = send(&address, "", "DELETE", &path, &[], b"");
                        // A part of an answer promises nothing.
                        answer.is_ok_and(|it| it.status == 200 && it.text() == DONE)
                    };
                    if is_answered {
                        answered.lock().unwrap().insert(id);
                    }
                    number += 1;
                }
                drop(open);
            })
        };
        let clients = (0..4).map(client).collect();
        Self { stop, answered: answered.clone(), clients }
    }

    fn wait_for(&self, count: usize) {
        let answered = || self.answered.lock().unwrap().len();
        let (end, first) = (Instant::now() + PATIENCE, answered());
        while answered() < first + count {
            assert!(Instant::now() < end, "nobody answers");
            std::thread::yield_now();
        }
    }

    fn end(self) {
        self.stop.store(true, Ordering::Relaxed);
        self.clients.into_iter().for_each(|client| client.join().unwrap());
    }
}

/// Opens a WebSocket.
fn shell(address: &str, path: &str) -> std::io::Result<TcpStream> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    let head = format!(
        "GET {path} HTTP/1.1\r\nhost: hpc\r\nconnection: Upgrade\r\nupgrade: websocket\r\n\
         sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    );
    stream.write_all(head.as_bytes())?;
    let mut answer = [0; 12];
    stream.read_exact(&mut answer)?;
    match &answer {
        b"HTTP/1.1 101" => Ok(stream),
        _ => Err(std::io::ErrorKind::ConnectionRefused.into()),
    }
}

/// Protects: kill server, gateway or platform at any moment, as often as you like: every strict or
/// spooled operation that took effect is recorded as done or `unknown`, and none twice; as done, if
/// a client has its whole answer; and every session that was opened has one end.
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
    let answered = Answered::default();
    for round in 0..rounds {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        let load = Load::start(&gateway.address, round, &answered);
        load.wait_for(1 + (seed >> 33) as usize % 40);
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
        load.wait_for(1 + (seed >> 45) as usize % 20);
        load.end();
    }
    // What was left open by the last kill is told at a start.
    assert_eq!(gateway.stop(), 0, "{}", gateway.log());
    gateway.restart();
    gateway.delivered();
    let acts = std::fs::read_to_string(house.path("acts")).unwrap();
    let acts: BTreeSet<&str> = acts.lines().collect();
    let reader = house.token("auditor");
    let mut recorded: BTreeMap<&str, BTreeMap<String, String>> = BTreeMap::new();
    for event in events(&house, &reader, "") {
        let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
        let (id, outcome) = (text(&event["object"]["id"]), text(&event["outcome"]));
        let list = match event["operation"].as_str() {
            Some("cluster.webssh.disconnect") => "ends",
            _ => "acts",
        };
        let before = recorded.entry(list).or_default().insert(id.clone(), outcome);
        assert_eq!(before, None, "{id} twice among {list}");
    }
    let (told, ends) = (&recorded["acts"], &recorded["ends"]);
    assert!(acts.len() > rounds as usize, "{} acts", acts.len());
    for id in &acts {
        let outcome = told.get(*id).map(String::as_str);
        // `pending` becomes `unknown` when its limit is over.
        assert!(matches!(outcome, Some("success" | "pending" | "unknown")), "{id}: {outcome:?}");
    }
    for id in answered.lock().unwrap().iter() {
        assert_eq!(told.get(id).map(String::as_str), Some("success"), "{id} was answered");
    }
    let untrue =
        told.iter().find(|(id, outcome)| *outcome == "success" && !acts.contains(id.as_str()));
    assert_eq!(untrue, None, "told as done, and was not");
    for (id, outcome) in told.iter().filter(|(id, _)| id.starts_with(SHELL)) {
        assert!(outcome != "success" || ends.contains_key(id), "{id} has no end");
    }
    let alone = ends.keys().find(|id| !told.contains_key(*id));
    assert_eq!(alone, None, "an end without a beginning");
    assert_eq!(house.verify(&[]).status.code(), Some(0));
}
