//! What a gateway in the way costs: beside a bare proxy of the same library, and alone at full
//! speed.
//!
//! Platform, proxy, gateway, server and clients share the cores. The platform answers a fixed
//! text from memory, so that the way is what is measured. Latency is taken at a steady rate from
//! the moment a request was due, not from when it could be sent: who waits in line waits, too.

mod bare;
mod load;
mod platform;

use std::fmt::Write as _;
use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};

use crate::arguments::Arguments;
use crate::machine::Machine;
use crate::served::{Served, token};
use crate::single::{millis, percentile};

pub(crate) use bare::run as bare_proxy;

/// Requests a second while latency is taken.
const RATE: u64 = 1_000;
const STEADY: Duration = Duration::from_secs(10);
const FULL: Duration = Duration::from_secs(5);
const CONNECTIONS: usize = 16;

const ROUTES: &str = r#"
[[route]]
match = "DELETE /best/{id}"
operation = "cluster.delete"
guarantee = "best_effort"
object = { id = "{path.id}" }
[[route]]
match = "DELETE /spooled/{id}"
operation = "cluster.delete"
object = { id = "{path.id}" }
[[route]]
match = "DELETE /strict/{id}"
operation = "cluster.delete"
guarantee = "strict"
object = { id = "{path.id}" }
"#;

/// A proxy that runs; killed when it is dropped.
struct Running {
    child: Child,
    address: String,
}

impl Running {
    fn start(command: &mut Command) -> Result<Self> {
        let child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn();
        let mut child = child.with_context(|| format!("could not start {command:?}"))?;
        let mut line = String::new();
        BufReader::new(child.stdout.take().context("no stdout")?).read_line(&mut line)?;
        let address = line.trim().strip_prefix("listening on http://").unwrap_or_default();
        let running = Self { address: address.to_owned(), child };
        ensure!(!running.address.is_empty(), "{command:?} said {line:?}");
        Ok(running)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Fails when it already ended, which is what is wanted.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Measures and tells it as Markdown.
pub(crate) fn measure(arguments: &Arguments) -> Result<String> {
    let folder = tempfile::tempdir_in(&arguments.scratch)?;
    let data = folder.path().join("data");
    let server = Served::start(&arguments.annals, &data)?;
    let token = token(&arguments.annals, &data)?;
    let platform = platform::start()?;
    let bare = Running::start(Command::new(std::env::current_exe()?).args([
        "bare-proxy",
        "--dir",
        &platform,
    ]))?;
    let routes = folder.path().join("routes.toml");
    std::fs::write(&routes, ROUTES)?;
    let gateway = Running::start(
        Command::new(&arguments.annals)
            .args(["gateway", "--listen", "127.0.0.1:0", "--routes"])
            .arg(&routes)
            .args(["--upstream", &format!("http://{platform}"), "--spool"])
            .arg(folder.path().join("gateway"))
            .args(["--server", &format!("http://{}", server.address)])
            .env("ANNALS_TOKEN", token),
    )?;
    let ways = [
        ("straight to the platform", &platform, "GET /other"),
        ("bare proxy (hyper, hyper-util)", &bare.address, "GET /other"),
        ("gateway, no route", &gateway.address, "GET /other"),
        // First what leaves nothing to be sent behind it.
        ("gateway, `strict`", &gateway.address, "DELETE /strict"),
        ("gateway, `best_effort`", &gateway.address, "DELETE /best"),
        ("gateway, `spooled`", &gateway.address, "DELETE /spooled"),
    ];
    let mut text = format!(
        "`cargo xtask bench gateway`\n\n{}\n\n| way | p50 at {RATE}/s | p99 | \
         requests/s, {CONNECTIONS} connections |\n|---|---|---|---|\n",
        Machine::here(&arguments.scratch)?
    );
    for (name, address, request) in ways {
        load::warm_up(address, request)?;
        let mut times = load::steady(address, request, RATE, STEADY, CONNECTIONS)?;
        let full = load::full(address, request, FULL, CONNECTIONS)?;
        let (p50, p99) = (percentile(&mut times, 50), percentile(&mut times, 99));
        writeln!(text, "| {name} | {} | {} | {full:.0} |", millis(p50), millis(p99))?;
    }
    Ok(text)
}
