//! Places that move only behind what is kept; rows of one cursor value; real databases' files and
//! a real HTTP server.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};

use serde_json::json;

use super::*;
use crate::sink::{Ack, SendError};

/// Keeps ids like the server; may be away.
#[derive(Default)]
struct Memory {
    ids: BTreeSet<String>,
    objects: Vec<String>,
    refused: usize,
    duplicates: usize,
    is_away: bool,
}

impl Sink for Memory {
    fn send(&mut self, ndjson: &str) -> Result<Ack, SendError> {
        if self.is_away {
            return Err(SendError { message: "away".to_owned() });
        }
        for line in ndjson.lines() {
            let event: Value = serde_json::from_str(line).unwrap();
            match event["id"].as_str() {
                None => self.refused += 1,
                Some(id) if self.ids.insert(id.to_owned()) => {
                    self.objects.push(event["object"]["id"].as_str().unwrap_or("-").to_owned());
                }
                Some(_) => self.duplicates += 1,
            }
        }
        Ok(Ack::default())
    }
}

struct Stops;

impl World for Stops {
    fn wait(&mut self, _: Duration) -> bool {
        true
    }

    fn send_state(&mut self, _: Option<&str>) {}
}

fn config(more: &str) -> PullConfig {
    toml::from_str(&format!("name = \"db\"\n{more}")).unwrap()
}

struct Collector {
    states: StateDir,
    config: PullConfig,
    sink: Memory,
}

impl Collector {
    fn new(folder: &std::path::Path, config: PullConfig) -> Self {
        let states = StateDir::open(&folder.join("state")).unwrap();
        Self { states, config, sink: Memory::default() }
    }

    /// A collector that starts, reads all there is and dies; the last status.
    fn run(&mut self) -> SourceStatus {
        const TURNS_MAX: usize = 1000;
        let mut puller = Puller::open(&self.config, &self.states).unwrap();
        let now = Instant::now();
        for _ in 0..TURNS_MAX {
            let turn = puller.turn(&self.states, &mut self.sink, &mut Stops, now).unwrap();
            if turn != Turn::Busy {
                return puller.status();
            }
        }
        panic!("more than {TURNS_MAX} turns");
    }
}

fn table(folder: &std::path::Path) -> rusqlite::Connection {
    let connection = rusqlite::Connection::open(folder.join("audit.db")).unwrap();
    let columns = "id INTEGER, created TEXT, operator TEXT, operation TEXT, object_id TEXT";
    connection.execute_batch(&format!("CREATE TABLE audit ({columns})")).unwrap();
    connection
}

fn add(connection: &rusqlite::Connection, ids: std::ops::Range<i64>, time: &str) {
    let text = "INSERT INTO audit VALUES (?1, ?2, 'zhang3', '新建集群', 'c-' || ?1)";
    connection.execute_batch("BEGIN").unwrap();
    for id in ids {
        connection.execute(text, rusqlite::params![id, time]).unwrap();
    }
    connection.execute_batch("COMMIT").unwrap();
}

fn sqlite(folder: &std::path::Path, cursor: &str) -> PullConfig {
    let path = folder.join("audit.db");
    let query = "SELECT id AS number, created, operator, operation, object_id FROM audit";
    config(&format!(
        "kind = \"sql\"\nurl = \"sqlite:{}\"\ncursor = \"{cursor}\"\nquery = \"{query}\"",
        path.display()
    ))
}

/// Every row once: over pages, restarts, a server that was away, and rows that came meanwhile.
#[test]
fn rows_of_a_database() {
    let folder = tempfile::tempdir().unwrap();
    let database = table(folder.path());
    add(&database, 0..2500, "2026-11-20 08:30:00");
    let mut collector = Collector::new(folder.path(), sqlite(folder.path(), "number"));
    collector.sink.is_away = true;
    collector.run();
    collector.sink.is_away = false;
    collector.run();
    assert_eq!(collector.sink.ids.len(), 2500);
    add(&database, 2500..2510, "2026-11-20 08:31:00");
    collector.run();
    let status = collector.run();
    assert_eq!((collector.sink.ids.len(), collector.sink.duplicates), (2510, 0));
    assert_eq!(status.pull.unwrap().cursor, Some(json!(2509)));
    assert_eq!(status.counters.events, 2510);
}

/// A time is no unique cursor: more rows at one value than a page holds, equal ones among them,
/// and rows that come later at the last value.
#[test]
fn rows_of_one_moment() {
    let folder = tempfile::tempdir().unwrap();
    let database = table(folder.path());
    add(&database, 0..3000, "2026-11-20 08:30:00");
    add(&database, 7..8, "2026-11-20 08:30:00");
    let mut collector = Collector::new(folder.path(), sqlite(folder.path(), "created"));
    collector.run();
    assert_eq!(collector.sink.ids.len(), 3001);
    add(&database, 5000..5001, "2026-11-20 08:30:00");
    add(&database, 7..8, "2026-11-20 08:30:00");
    collector.run();
    collector.run();
    assert_eq!(collector.sink.ids.len(), 3003);
    assert_eq!(collector.sink.duplicates, 0);
}

/// Nothing can be written through a query, and a fault is told and waited for.
#[test]
fn read_only_and_patient() {
    let folder = tempfile::tempdir().unwrap();
    let mut collector = Collector::new(folder.path(), sqlite(folder.path(), "number"));
    let error = |status: SourceStatus| status.pull.unwrap().error.unwrap_or_default();
    assert!(error(collector.run()).contains("can't be read"));
    let database = table(folder.path());
    add(&database, 0..3, "2026-11-20 08:30:00");
    collector.config.query = Some("DELETE FROM audit RETURNING *".to_owned());
    assert!(error(collector.run()).contains("syntax error"));
    collector.config.query = Some("SELECT * FROM audit".to_owned());
    assert!(error(collector.run()).contains("number"), "the cursor is no column");
    collector.config = sqlite(folder.path(), "number");
    assert_eq!(error(collector.run()), "");
    assert_eq!(collector.sink.ids.len(), 3);
}

/// Answers requests one after the other; keeps their first lines and `authorization` headers.
fn serve(answer: impl Fn(&str) -> String + Send + 'static) -> (String, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let seen = Arc::new(Mutex::new(Vec::new()));
    let (kept, base) = (seen.clone(), address.clone());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let (mut path, mut secret) = (String::new(), String::new());
            for line in BufReader::new(stream.try_clone().unwrap()).lines() {
                let line = line.unwrap();
                if line.is_empty() {
                    break;
                }
                if path.is_empty() {
                    path = line.split(' ').nth(1).unwrap().to_owned();
                }
                if line.starts_with("authorization") {
                    secret = line;
                }
            }
            kept.lock().unwrap().push(format!("{path} {secret}"));
            // An address of this very server, for links.
            let text = answer(&path).replace("BASE", &base);
            stream.write_all(text.as_bytes()).unwrap();
        }
    });
    (address, seen)
}

fn ok(headers: &str, body: &str) -> String {
    let length = body.replace("BASE", "http://127.0.0.1:00000").len();
    format!(
        "HTTP/1.1 200 OK\r\n{headers}content-length: {length}\r\nconnection: close\r\n\r\n{body}"
    )
}

fn item(id: u32) -> Value {
    json!({"id": format!("e-{id}"), "seq": id, "time": "2026-11-20T08:30:00Z",
        "operator": "zhang3", "operation": "Create cluster", "object": {"id": format!("c-{id}")}})
}

/// A walk over pages named in the body, newest first; later only what is new.
#[test]
fn pages_of_an_api() {
    let folder = tempfile::tempdir().unwrap();
    let (address, seen) = serve(|path| {
        let page = |items: &[u32], next: Value| {
            let items: Vec<_> = items.iter().map(|id| item(*id)).collect();
            ok("", &json!({"data": {"items": items}, "next": next}).to_string())
        };
        match path {
            "/audit?size=2&since=0" => page(&[5, 4], json!("p2")),
            "/audit?size=2&since=0&page=p2" => page(&[3, 2], json!("p3")),
            "/audit?size=2&since=0&page=p3" => page(&[1], json!("")),
            "/audit?size=2&since=5" => page(&[6, 5], Value::Null),
            "/audit?size=2&since=6" => page(&[6], Value::Null),
            _ => "HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n".to_owned(),
        }
    });
    let map = folder.path().join("map.toml");
    std::fs::write(&map, "[file]\nrows = \"data.items\"\n").unwrap();
    let header = folder.path().join("header");
    std::fs::write(&header, "Authorization: Bearer abc\n").unwrap();
    let mut collector = Collector::new(
        folder.path(),
        config(&format!(
            "kind = \"http\"\nurl = \"{address}/audit?size=2\"\ncursor = \"seq\"\nstart = 0\n\
             parameter = \"since\"\nnext = \"next\"\nmap = {map:?}\nheader_file = {header:?}"
        )),
    );
    let status = collector.run();
    assert_eq!(status.pull.unwrap().error, None);
    assert_eq!(collector.sink.objects, ["c-5", "c-4", "c-3", "c-2", "c-1", "c-6"]);
    collector.run();
    assert_eq!((collector.sink.ids.len(), collector.sink.duplicates), (6, 0));
    let seen = seen.lock().unwrap();
    assert!(seen.iter().all(|line| line.ends_with("authorization: Bearer abc")), "{seen:?}");
}

/// Pages by the `Link` header, as NDJSON and CSV; a link elsewhere is not followed, and a bad line
/// is kept.
#[test]
fn links_and_other_forms() {
    let folder = tempfile::tempdir().unwrap();
    let (address, seen) = serve(|path| match path {
        "/a" => {
            let body = format!("{}\nnonsense\n", item(1));
            ok("link: <BASE/b?x=1>; rel=\"next\"\r\n", &body)
        }
        "/b?x=1" => ok("link: <BASE/a>; rel=prev\r\n", &format!("{}\n{}\n", item(2), item(3))),
        "/c" => ok("link: <http://elsewhere.example/>; rel=next\r\n", &format!("{}\n", item(7))),
        _ => ok("", &format!("{}\n", item(3))),
    });
    let http = |path: &str| {
        format!(
            "kind = \"http\"\nurl = \"{address}{path}\"\ncursor = \"seq\"\nparameter = \"since\"\n\
             next = \"link\""
        )
    };
    let mut collector = Collector::new(folder.path(), config(&http("/a")));
    collector.run();
    assert_eq!(collector.sink.objects, ["c-1", "c-2", "c-3"]);
    assert_eq!(collector.sink.refused, 1);
    assert!(seen.lock().unwrap().last().unwrap().starts_with("/a?since=3"));
    let mut elsewhere = config(&http("/c"));
    elsewhere.name = "other".to_owned();
    collector.config = elsewhere;
    let error = collector.run().pull.unwrap().error.unwrap();
    assert!(error.contains("not on the same server"), "{error}");
}

/// Cursors are compared as what they are.
#[test]
fn cursors() {
    let check = |a: Value, b: Value, expected: Ordering| {
        assert_eq!(compare(&a, &b), expected, "{a} {b}");
    };
    check(json!("10"), json!("9"), Ordering::Greater);
    check(json!(10), json!("10"), Ordering::Equal);
    check(json!(1.5), json!(1), Ordering::Greater);
    check(json!("2026-11-20T08:30:00Z"), json!("2026-11-20T08:29:59Z"), Ordering::Greater);
    let row = Row { number: 1, cells: vec![(Arc::from("meta"), json!({"id": 7}))] };
    assert_eq!(cursor_of(&row, "meta.id"), Some(json!(7)));
    assert_eq!(cursor_of(&row, "meta"), None);
}
