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
        Self::start_with(|_| Vec::new())
    }

    /// One whose data folder is made ready by `prepare`, which answers further settings.
    fn start_with(prepare: impl FnOnce(&Path) -> Vec<String>) -> Self {
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
            .args(["-c", "listen_addresses=", "-c", "fsync=off"])
            .args(prepare(&data).iter().flat_map(|setting| ["-c", setting]))
            .arg("-D")
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
        self.url_at(5432)
    }

    /// The socket is named after the port.
    fn url_at(&self, port: u16) -> String {
        let folder = self.folder.path().to_str().unwrap().replace('/', "%2F");
        format!("postgres://annals@{folder}:{port}/postgres")
    }

    /// The keys that name it in the configuration of a collector.
    fn source(&self) -> String {
        format!("url = \"{}\"", self.url())
    }

    /// A client, once the server answers.
    fn client(&self) -> postgres::Client {
        self.client_at(5432)
    }

    fn client_at(&self, port: u16) -> postgres::Client {
        const TRIES_MAX: u32 = 200_000;
        let url = self.url_at(port);
        for _ in 0..TRIES_MAX {
            if let Ok(client) = postgres::Client::connect(&url, NoTls) {
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

type Enough<'e> = &'e (dyn Fn() -> bool + Sync);

/// Collects into the server at `url` until it is enough; `source` are the keys that name the database.
fn collect(url: &str, source: &str, folder: &Path, query: &str, enough: Enough<'_>) {
    let state = folder.join("state");
    let text = format!(
        "state_dir = {state:?}\n[server]\nurl = \"{url}\"\n[[pull]]\nname = \"platform\"\n\
         kind = \"sql\"\ncursor = \"created\"\nquery = \"{query}\"\n{source}\n",
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
    collect(&url, &database.source(), folder.path(), query, &|| count() >= 2100);
    let more = "INSERT INTO audit (created, operator, operation, object_id)
        VALUES ('2027-01-01', 'li4', 'cluster.delete', 'c-1')";
    client.batch_execute(more).unwrap();
    collect(&url, &database.source(), folder.path(), query, &|| count() >= 2101);
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
    collect(&url, &database.source(), folder.path(), writes, &told);
    let left: i64 = client.query_one("SELECT count(*) FROM audit", &[]).unwrap().get(0);
    assert_eq!(left, 2101);
}

/// A file of the user who runs the database, closed to others.
fn write_private(path: &Path, text: &str) {
    std::fs::write(path, text).unwrap();
    let closed = std::os::unix::fs::PermissionsExt::from_mode(0o600);
    std::fs::set_permissions(path, closed).unwrap();
    if is_root() {
        chown(path, Some(NOBODY), Some(NOBODY)).unwrap();
    }
}

/// Protects: over the network the connection is encrypted under the authority that was named, the
/// password comes from its file, and each that is missing is told.
#[test]
fn tls_and_a_password() {
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let database = Database::start_with(|data| {
        write_private(&data.join("server.crt"), &made.cert.pem());
        write_private(&data.join("server.key"), &made.signing_key.serialize_pem());
        let who = "local all annals trust\nhostssl all reader 127.0.0.1/32 scram-sha-256\n";
        write_private(&data.join("pg_hba.conf"), who);
        vec!["listen_addresses=127.0.0.1".to_owned(), format!("port={port}"), "ssl=on".to_owned()]
    });
    let mut client = database.client_at(port);
    let rows = "SELECT timestamptz '2026-11-20 08:30:00+00' + n * interval '1 second' AS created,
            'zhang3' AS operator, '新建集群' AS operation, 'c-' || n AS object_id
         FROM generate_series(1, 3) n";
    let readers = "CREATE ROLE reader LOGIN PASSWORD 'guest-word'; GRANT SELECT ON audit TO reader";
    client.batch_execute(&format!("CREATE TABLE audit AS {rows}; {readers}")).unwrap();

    let folder = tempfile::tempdir().unwrap();
    let (authority, password) = (folder.path().join("ca.pem"), folder.path().join("password"));
    std::fs::write(&authority, made.cert.pem()).unwrap();
    std::fs::write(&password, "guest-word\n").unwrap();
    let (url, events) = server();
    let status = folder.path().join("state/status.json");
    let ask = |mode: &str, keys: &str, enough: Enough<'_>| {
        let address = format!("postgres://reader@localhost:{port}/postgres?sslmode={mode}");
        let source = format!("url = \"{address}\"\n{keys}");
        collect(&url, &source, folder.path(), "SELECT * FROM audit", enough);
    };
    let told = |text: &str| std::fs::read_to_string(&status).is_ok_and(|all| all.contains(text));
    let (ca, secret) =
        (format!("ca_file = {authority:?}"), format!("password_file = {password:?}"));
    ask("require", &secret, &|| told("UnknownIssuer"));
    ask("require", &ca, &|| told("password missing"));
    ask("disable", &format!("{ca}\n{secret}"), &|| told("no encryption"));
    assert_eq!(events.lock().unwrap().len(), 0);
    ask("require", &format!("{ca}\n{secret}"), &|| events.lock().unwrap().len() >= 3);
    assert!(!told("guest-word"));
}
