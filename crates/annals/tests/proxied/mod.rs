//! A gateway for black-box tests, in front of a platform, beside a house; and a small platform.
#![allow(dead_code, clippy::unwrap_used)] // each test binary uses its own part

pub(crate) mod platform;
pub(crate) mod software;

use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::house::{ANNALS, Answer, House, send, signal};

/// Far longer than anything here takes.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// A running gateway; killed when it is dropped.
pub(crate) struct Proxy {
    child: Option<Child>,
    folder: PathBuf,
    token: String,
    /// Where clients connect.
    pub(crate) address: String,
    /// Its own pages.
    pub(crate) admin: String,
}

impl Proxy {
    /// Starts one with a route file; `more` is the rest of the configuration, tables last.
    pub(crate) fn start(house: &House, upstream: &str, routes: &str, more: &str) -> Self {
        Self::start_with(house, upstream, routes, more, "strict_seconds_max = 2\n")
    }

    /// The same with limits.
    pub(crate) fn start_with(
        house: &House,
        upstream: &str,
        routes: &str,
        more: &str,
        limits: &str,
    ) -> Self {
        let token = house.token_with("emitter", &["--stack-id", "stk-1", "--may-be-system"]);
        let folder = house.path("");
        std::fs::write(folder.join("routes.toml"), routes).unwrap();
        let config = format!(
            "upstream = \"http://{upstream}\"\nroutes = \"routes.toml\"\nspool = \"gateway\"\n\
             admin = \"127.0.0.1:0\"\nregion = \"cn-1\"\n{more}\n[server]\nurl = \"http://{}\"\n\
             [limits]\nstop_seconds_max = 10\n{limits}",
            house.address
        );
        std::fs::write(folder.join("gateway.toml"), config).unwrap();
        let (address, admin) = (String::new(), String::new());
        let mut proxy = Self { child: None, folder, token, address, admin };
        proxy.start_at("127.0.0.1:0");
        proxy
    }

    fn start_at(&mut self, listen: &str) {
        let log = std::fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(self.folder.join("gateway.log"))
            .unwrap();
        let mut child = Command::new(ANNALS)
            .args(["gateway", "--listen", listen, "--config"])
            .arg(self.folder.join("gateway.toml"))
            .env("ANNALS_TOKEN", &self.token)
            .env_remove("ANNALS_SERVER")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim().strip_prefix("listening on http://");
        self.address = address.unwrap_or_else(|| panic!("{line:?}; {}", self.log())).to_owned();
        let log = self.log();
        let mut own = log.lines().filter_map(|line| line.strip_prefix("own pages on http://"));
        self.admin = own.next_back().unwrap().to_owned();
        self.child = Some(child);
    }

    /// The same again, at the same address.
    pub(crate) fn restart(&mut self) {
        let address = self.address.clone();
        self.start_at(&address);
    }

    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(self.folder.join("gateway.log")).unwrap_or_default()
    }

    /// SIGTERM, and its exit code.
    pub(crate) fn stop(&mut self) -> i32 {
        let mut child = self.child.take().expect("a gateway runs");
        signal(&child, "TERM");
        child.wait().unwrap().code().unwrap_or(-1)
    }

    /// SIGKILL.
    pub(crate) fn kill(&mut self) {
        let mut child = self.child.take().expect("a gateway runs");
        child.kill().unwrap();
        child.wait().unwrap();
    }

    /// One request through it.
    pub(crate) fn send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> Answer {
        send(&self.address, "", method, path, headers, body)
            .unwrap_or_else(|error| panic!("{method} {path}: {error}; {}", self.log()))
    }

    /// One request with a JSON body.
    pub(crate) fn json(&self, method: &str, path: &str, body: &Value) -> Answer {
        let kind = ("content-type", "application/json");
        self.send(method, path, &[kind], body.to_string().as_bytes())
    }

    /// A figure of its own pages.
    pub(crate) fn figure(&self, name: &str) -> u64 {
        let page = send(&self.admin, "", "GET", "/metrics", &[], b"").unwrap().text();
        let mut lines = page.lines().filter_map(|line| line.split_once(' '));
        let found = lines.find(|(known, _)| *known == format!("annals_gateway_{name}"));
        found.unwrap_or_else(|| panic!("no {name} in {page}")).1.parse().unwrap()
    }

    /// Memory it has now, KiB.
    pub(crate) fn resident_kib(&self) -> u64 {
        self.status("VmRSS:")
    }

    /// Most memory it had at once, KiB.
    pub(crate) fn peak_kib(&self) -> u64 {
        self.status("VmHWM:")
    }

    fn status(&self, key: &str) -> u64 {
        let pid = self.child.as_ref().expect("a gateway runs").id();
        let text = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
        let line = text.lines().find_map(|line| line.strip_prefix(key)).unwrap();
        line.split_whitespace().next().unwrap().parse().unwrap()
    }

    /// Waits until the server has everything that was promised to it.
    pub(crate) fn delivered(&self) {
        let what = || format!("nothing waits; {}", self.log());
        wait_for(what, || (self.figure("spool_waiting") == 0).then_some(()));
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// An address that nobody has at present.
pub(crate) fn free_address() -> String {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string()
}

/// Asks until there is an answer, or patience is over.
pub(crate) fn wait_for<T>(what: impl Fn() -> String, mut ask: impl FnMut() -> Option<T>) -> T {
    let end = Instant::now() + PATIENCE;
    loop {
        if let Some(found) = ask() {
            return found;
        }
        assert!(Instant::now() < end, "waited in vain: {}", what());
        std::thread::yield_now();
    }
}

/// The platform's events, oldest first.
pub(crate) fn events(house: &House, reader: &str, q: &str) -> Vec<Value> {
    let path = format!("/v1/events?order=time&limit=1000&q=-service:audit-log%20{q}");
    let (mut events, mut next) = (Vec::new(), path.clone());
    loop {
        let (status, page) = house.get(reader, &next);
        assert_eq!(status, 200, "{page}");
        events.extend(page["events"].as_array().unwrap().iter().cloned());
        match page["next"].as_str() {
            Some(cursor) => next = format!("{path}&cursor={cursor}"),
            None => return events,
        }
    }
}

/// Waits for an event of an operation that holds; all of that operation are named if none comes.
pub(crate) fn event_where(
    house: &House,
    reader: &str,
    operation: &str,
    holds: impl Fn(&Value) -> bool,
) -> Value {
    let seen = || events(house, reader, &format!("operation:{operation}"));
    let what = || format!("{operation} among {:#?}", seen());
    wait_for(what, || seen().into_iter().find(&holds))
}
