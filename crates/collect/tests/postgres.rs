//! A real PostgreSQL, made for the test: its rows become events, and nothing can be written to it.
#![allow(clippy::unwrap_used)] // a test stops at what is not as it should be

use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use annals_collect::{Config, run};
use postgres::NoTls;

/// A database server on a socket in a folder of its own.
struct Database {
    folder: tempfile::TempDir,
    server: Child,
}

/// Where Debian and others keep the programs.
fn program(name: &str) -> PathBuf {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten();
    let mut folders: Vec<_> = versions.map(|entry| entry.unwrap().path().join("bin")).collect();
    folders.sort();
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = folders.into_iter().rev().chain(std::env::split_paths(&path));
    let found = found.map(|folder| folder.join(name)).find(|file| file.exists());
    found.expect("PostgreSQL is installed (cargo xtask setup)")
}

/// PostgreSQL refuses to run as root.
fn command(name: &str) -> Command {
    let mut command = Command::new(program(name));
    if is_root() {
        command.uid(NOBODY).gid(NOBODY);
    }
    command.current_dir("/").stdin(Stdio::null());
    command
}

const NOBODY: u32 = 65534;

fn is_root() -> bool {
    use std::os::unix::fs::MetadataExt;
    std::fs::metadata("/proc/self").unwrap().uid() == 0
}

impl Database {
    fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("pg");
        std::fs::create_dir(&data).unwrap();
        if is_root() {
            chown(folder.path(), Some(NOBODY), Some(NOBODY)).unwrap();
            chown(&data, Some(NOBODY), Some(NOBODY)).unwrap();
        }
        let made = command("initdb")
            .args(["--no-sync", "--auth=trust", "--username=annals", "--pgdata"])
            .arg(&data)
            .output()
            .unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        let log = std::fs::File::create(folder.path().join("log")).unwrap();
        let server = command("postgres")
            .args(["-c", "listen_addresses=", "-c", "fsync=off", "-D"])
            .arg(&data)
            .arg("-k")
            .arg(folder.path())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .unwrap();
        Self { folder, server }
    }

    fn url(&self) -> String {
        let folder = self.folder.path().to_str().unwrap().replace('/', "%2F");
        format!("postgres://annals@{folder}/postgres")
    }

    /// A client, once the server answers.
    fn client(&self) -> postgres::Client {
        const TRIES_MAX: u32 = 200_000;
        for _ in 0..TRIES_MAX {
            if let Ok(client) = postgres::Client::connect(&self.url(), NoTls) {
                return client;
            }
            std::thread::yield_now();
        }
        let log = std::fs::read_to_string(self.folder.path().join("log")).unwrap();
        panic!("the database does not answer: {log}");
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

/// Takes events like the server; enough of HTTP/1.1 for the client.
fn server() -> (String, std::sync::Arc<std::sync::Mutex<Vec<serde_json::Value>>>) {
    use std::io::{BufRead, BufReader, Read, Write};
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let events = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
    let kept = events.clone();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut reader = BufReader::new(stream.try_clone().unwrap());
            let (mut line, mut length) = (String::new(), 0);
            while reader.read_line(&mut line).unwrap() > 2 {
                if let Some(value) = line.to_lowercase().strip_prefix("content-length:") {
                    length = value.trim().parse().unwrap();
                }
                line.clear();
            }
            let mut body = vec![0; length];
            reader.read_exact(&mut body).unwrap();
            let lines = body.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
            let lines: Vec<_> = lines.map(|line| serde_json::from_slice(line).unwrap()).collect();
            let count = lines.len();
            kept.lock().unwrap().extend(lines);
            let answer = format!(
                "{{\"accepted\":{count},\"duplicates\":0,\"rejected\":[],\"first_index\":0,\
                 \"last_index\":0,\"checkpoint\":\"x\"}}"
            );
            let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close";
            let length = answer.len();
            write!(stream, "{head}\r\ncontent-length: {length}\r\n\r\n{answer}").unwrap();
        }
    });
    (url, events)
}

fn collect(url: &str, database: &Database, folder: &Path, query: &str, enough: &dyn Fn() -> bool) {
    let state = folder.join("state");
    let text = format!(
        "state_dir = {state:?}\n[server]\nurl = \"{url}\"\n[[pull]]\nname = \"platform\"\n\
         kind = \"sql\"\nurl = \"{}\"\ncursor = \"created\"\nquery = \"{query}\"\n",
        database.url()
    );
    run(&Config::parse(&text, Path::new("collect.toml")).unwrap(), enough).unwrap();
}

/// Protects: rows of PostgreSQL with its own types become events once, over a restart; a query
/// that writes is refused.
#[test]
fn rows_become_events_once() {
    let database = Database::start();
    let mut client = database.client();
    client
        .batch_execute(
            "CREATE TABLE audit (id bigserial, created timestamptz, operator text, operation text,
                object_id text, request_data jsonb, outcome text);
             INSERT INTO audit (created, operator, operation, object_id, request_data, outcome)
             SELECT timestamptz '2026-11-20 08:30:00.123456+00' + n / 2 * interval '1 second',
                'zhang3', '新建集群', 'c-' || n, jsonb_build_object('nodes', n), '成功'
             FROM generate_series(1, 2100) n",
        )
        .unwrap();
    let (url, events) = server();
    let folder = tempfile::tempdir().unwrap();
    let count = || events.lock().unwrap().len();
    let query = "SELECT created, operator, operation, object_id, request_data, outcome FROM audit";
    collect(&url, &database, folder.path(), query, &|| count() >= 2100);
    let more = "INSERT INTO audit (created, operator, operation, object_id)
        VALUES ('2027-01-01', 'li4', 'cluster.delete', 'c-1')";
    client.batch_execute(more).unwrap();
    collect(&url, &database, folder.path(), query, &|| count() >= 2101);
    let all = events.lock().unwrap().clone();
    let ids: std::collections::BTreeSet<_> = all.iter().map(|e| e["id"].to_string()).collect();
    assert_eq!((all.len(), ids.len()), (2101, 2101));
    assert_eq!(all[0]["time"], "2026-11-20T08:30:00.123456Z");
    assert_eq!(all[0]["request_data"]["nodes"], 1);
    assert_eq!(all[0]["outcome"], "success");
    assert_eq!(all[2100]["object"]["id"], "c-1");
    let writes = "WITH gone AS (DELETE FROM audit RETURNING *) SELECT * FROM gone";
    let status = folder.path().join("state/status.json");
    let told =
        || std::fs::read_to_string(&status).is_ok_and(|text| text.contains("can't be asked"));
    collect(&url, &database, folder.path(), writes, &told);
    let left: i64 = client.query_one("SELECT count(*) FROM audit", &[]).unwrap().get(0);
    assert_eq!(left, 2101);
}
