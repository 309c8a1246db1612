//! The real binary, serving a folder of its own on loopback, and what a measurement asks of it.
//!
//! Dropping it kills the server, so that a failed measurement leaves nothing running.

use anyhow::{Context, Result, ensure};
use serde::Deserialize;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// What the server says to a request.
#[derive(Deserialize)]
pub(crate) struct Answer {
    pub(crate) accepted: u64,
}

/// A running server.
#[derive(Debug)]
pub(crate) struct Served {
    child: Child,
    pub(crate) address: String,
}

impl Served {
    /// Starts `annals serve` without views and waits until it listens.
    pub(crate) fn start(annals: &Path, data: &Path) -> Result<Self> {
        let mut child = Command::new(annals)
            .args(["serve", "--listen", "127.0.0.1:0", "--data"])
            .arg(data)
            .env("ANNALS_VIEWS_ENABLED", "false")
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| format!("could not start {}", annals.display()))?;
        let mut line = String::new();
        let stdout = child.stdout.take().context("the server has no stdout")?;
        BufReader::new(stdout).read_line(&mut line)?;
        let address =
            line.trim().strip_prefix("listening on http://").unwrap_or_default().to_owned();
        let served = Self { child, address };
        ensure!(!served.address.is_empty(), "the server said {line:?}, not where it listens");
        Ok(served)
    }

    /// The process id.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// SIGTERM, and success only if it ended well.
    pub(crate) fn stop(mut self) -> Result<()> {
        Command::new("kill").arg(self.child.id().to_string()).status()?;
        let status = self.child.wait()?;
        ensure!(status.success(), "the server ended with {status}");
        Ok(())
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        // Fails when it already ended, which is what is wanted.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A token that may send events.
pub(crate) fn token(annals: &Path, data: &Path) -> Result<String> {
    let output = Command::new(annals)
        .args(["token", "create", "--role", "emitter", "--name", "bench", "--may-be-system"])
        .args(["--region", "bench", "--stack-id", "bench"])
        .arg("--data")
        .arg(data)
        .output()?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Ok(String::from_utf8(output.stdout)?.trim().to_owned())
}

/// Fails unless the program itself finds the folder whole.
pub(crate) fn verify(annals: &Path, data: &Path) -> Result<()> {
    let output = Command::new(annals).args(["verify", "--data"]).arg(data).output()?;
    let text = String::from_utf8_lossy(&output.stdout);
    ensure!(output.status.success(), "the folder does not verify: {text}");
    Ok(())
}
