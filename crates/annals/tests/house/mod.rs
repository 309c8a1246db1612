//! A running Annals for black-box tests: the real binary on a folder of its own, spoken to over
//! loopback by a plain HTTP/1.1 client that can also send what no honest client would.
//!
//! Dropping a `House` kills its server; `stop` ends it as an operator would.
#![allow(dead_code, clippy::unwrap_used)] // each test binary uses its own part

pub(crate) mod sealed;
pub(crate) mod witness;

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use serde_json::Value;

/// The binary under test.
pub(crate) const ANNALS: &str = env!("CARGO_BIN_EXE_annals");

/// A data folder and, while it runs, the server upon it.
pub(crate) struct House {
    folder: tempfile::TempDir,
    server: Option<Child>,
    /// `127.0.0.1:PORT` of the running server.
    pub(crate) address: String,
    /// `http` or `https`, as the server says.
    pub(crate) scheme: String,
}

impl House {
    /// Starts a server on a new folder.
    pub(crate) fn start() -> Self {
        let mut house = Self::closed();
        house.serve();
        house
    }

    /// A new folder, nothing running.
    pub(crate) fn closed() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self { folder, server: None, address: String::new(), scheme: String::new() }
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Starts the server and waits for its one line on stdout.
    pub(crate) fn serve(&mut self) {
        self.serve_with(&[]);
    }

    /// The same with environment variables of its own.
    pub(crate) fn serve_with(&mut self, env: &[(&str, &str)]) {
        self.listen("127.0.0.1:0", env);
    }

    /// Starts the server on an address that it had before.
    pub(crate) fn serve_at(&mut self, address: &str) {
        self.listen(address, &[]);
    }

    pub(crate) fn listen(&mut self, address: &str, env: &[(&str, &str)]) {
        assert!(self.server.is_none(), "already running");
        let log = std::fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(self.path("server.log"))
            .unwrap();
        let mut child = Command::new(ANNALS)
            .args(["serve", "--listen", address, "--data"])
            .arg(self.data())
            .envs(env.iter().copied())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        let url = line.trim().strip_prefix("listening on ");
        let (scheme, address) = url.and_then(|url| url.split_once("://")).unwrap_or_else(|| {
            panic!("no address in {line:?}; log: {}", self.log());
        });
        (self.scheme, self.address) = (scheme.to_owned(), address.to_owned());
        self.server = Some(child);
    }

    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(self.path("server.log")).unwrap_or_default()
    }

    /// SIGTERM, and the exit code of the server.
    pub(crate) fn stop(&mut self) -> i32 {
        let mut child = self.server.take().expect("a server runs");
        signal(&child, "TERM");
        child.wait().unwrap().code().unwrap_or(-1)
    }

    /// SIGKILL: nothing is finished, nothing is closed.
    pub(crate) fn kill(&mut self) {
        let mut child = self.server.take().expect("a server runs");
        child.kill().unwrap();
        child.wait().unwrap();
    }

    /// A signal to the server.
    pub(crate) fn signal(&self, name: &str) {
        signal(self.server.as_ref().expect("a server runs"), name);
    }

    /// The server's process id.
    pub(crate) fn pid(&self) -> u32 {
        self.server.as_ref().expect("a server runs").id()
    }

    /// A new token of a role.
    pub(crate) fn token(&self, role: &str) -> String {
        self.token_with(role, &["--stack-id", "stk-01", "--region", "cn-shanghai"])
    }

    pub(crate) fn token_with(&self, role: &str, more: &[&str]) -> String {
        let data = self.data();
        let mut args = vec!["token", "create", "--data", data.to_str().unwrap()];
        args.extend(["--role", role, "--name", role]);
        args.extend(more);
        let output = annals(&args);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }

    /// One request with a token; the status and the body as JSON (or as a string).
    pub(crate) fn call(&self, token: &str, method: &str, path: &str, body: &[u8]) -> (u16, Value) {
        let answer = self.send(token, method, path, &[], body);
        let body = String::from_utf8_lossy(&answer.body).into_owned();
        (answer.status, serde_json::from_str(&body).unwrap_or(Value::String(body)))
    }

    pub(crate) fn get(&self, token: &str, path: &str) -> (u16, Value) {
        self.call(token, "GET", path, b"")
    }

    pub(crate) fn post_events(&self, token: &str, body: &str) -> (u16, Value) {
        self.call(token, "POST", "/v1/events", body.as_bytes())
    }

    pub(crate) fn send(
        &self,
        token: &str,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> Answer {
        send(&self.address, token, method, path, headers, body)
            .unwrap_or_else(|error| panic!("{method} {path}: {error}; log: {}", self.log()))
    }

    /// `annals verify --data` upon this folder.
    pub(crate) fn verify(&self, more: &[&str]) -> Output {
        let data = self.data();
        let mut args = vec!["verify", "--data", data.to_str().unwrap()];
        args.extend(more);
        annals(&args)
    }
}

impl Drop for House {
    fn drop(&mut self) {
        if let Some(mut child) = self.server.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// What came back.
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// In small letters.
    pub(crate) headers: String,
    /// As they were sent.
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or(Value::Null)
    }

    /// The cookie it sets, as a browser sends it back.
    pub(crate) fn cookie(&self) -> String {
        let lines = self.head.lines().filter_map(|line| line.split_once(": "));
        let set = lines.filter(|(name, _)| name.eq_ignore_ascii_case("set-cookie"));
        let mut pair = set.map(|(_, value)| value.split(';').next().unwrap_or_default());
        pair.next_back().unwrap_or_default().to_owned()
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// One HTTP/1.1 request on a connection of its own.
pub(crate) fn send(
    address: &str,
    token: &str,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: &[u8],
) -> std::io::Result<Answer> {
    let mut stream = TcpStream::connect(address)?;
    let mut head = format!("{method} {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n");
    if !token.is_empty() {
        head += &format!("authorization: Bearer {token}\r\n");
    }
    if !body.is_empty() || method == "POST" {
        head += &format!("content-length: {}\r\n", body.len());
    }
    for (name, value) in headers {
        head += &format!("{name}: {value}\r\n");
    }
    head += "\r\n";
    stream.write_all(head.as_bytes())?;
    // A server may answer (413) before it has read all; then the rest cannot be written.
    let _ = stream.write_all(body);
    let mut raw = Vec::new();
    match stream.read_to_end(&mut raw) {
        Err(error) if raw.is_empty() => return Err(error),
        _ => {}
    }
    parse(&raw)
}

fn parse(raw: &[u8]) -> std::io::Result<Answer> {
    let bad = || std::io::Error::new(std::io::ErrorKind::InvalidData, "not an HTTP answer");
    let end = raw.windows(4).position(|four| four == b"\r\n\r\n").ok_or_else(bad)?;
    let head = String::from_utf8_lossy(&raw[..end]).into_owned();
    let headers = head.to_lowercase();
    let status = headers.split(' ').nth(1).and_then(|code| code.parse().ok()).ok_or_else(bad)?;
    let mut body = raw[end + 4..].to_vec();
    if headers.contains("transfer-encoding: chunked") {
        body = unchunk(&body);
    }
    Ok(Answer { status, headers, head, body })
}

fn unchunk(mut raw: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    while let Some(end) = raw.windows(2).position(|two| two == b"\r\n") {
        let size = String::from_utf8_lossy(&raw[..end]);
        let size = usize::from_str_radix(size.trim(), 16).unwrap_or(0);
        let start = end + 2;
        if size == 0 || start + size > raw.len() {
            break;
        }
        body.extend_from_slice(&raw[start..start + size]);
        raw = &raw[(start + size + 2).min(raw.len())..];
    }
    body
}

/// Runs the binary to its end; no server address or token leaks in from the outside.
pub(crate) fn annals(args: &[&str]) -> Output {
    annals_with(args, &[], b"")
}

pub(crate) fn annals_with(args: &[&str], env: &[(&str, &str)], input: &[u8]) -> Output {
    let mut child = Command::new(ANNALS)
        .args(args)
        .env_remove("ANNALS_TOKEN")
        .env_remove("ANNALS_SERVER")
        .env_remove("ANNALS_CA")
        .envs(env.iter().copied())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_vec();
    let writer = std::thread::spawn(move || {
        // The program may end without reading all of it.
        let _ = stdin.write_all(&input);
    });
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    output
}

pub(crate) fn signal(child: &Child, name: &str) {
    let status =
        Command::new("kill").args([&format!("-{name}"), &child.id().to_string()]).status().unwrap();
    assert!(status.success());
}

/// One event with an id, as NDJSON without its line end.
pub(crate) fn event(id: &str) -> String {
    format!(
        r#"{{"id":"{id}","time":"2026-11-20T08:30:00Z","service":"hpc-clusters","operation":"cluster.create","operator":"zhang3","source_ip":"10.0.0.8","object":{{"type":"cluster","id":"c-{id}","name":"render farm"}},"request_data":{{"nodes": 4}}}}"#
    )
}

/// `count` generated events as NDJSON.
pub(crate) fn generated(count: u64, seed: u64) -> String {
    let output = annals(&[
        "generate",
        "--events",
        &count.to_string(),
        "--seed",
        &seed.to_string(),
        "--until",
        "2026-11-22T00:00:00Z",
    ]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// Every file below a folder.
pub(crate) fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { folders.push(path) } else { found.push(path) }
        }
    }
    found.sort();
    found
}

/// Copies a folder as it is.
pub(crate) fn copy(from: &Path, to: &Path) {
    let status = Command::new("cp").arg("-a").arg(from).arg(to).status().unwrap();
    assert!(status.success());
}
