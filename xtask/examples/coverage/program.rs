//! `Program`: one that was started and says where it listens.
//!
//! Dropping it kills it, so that a failed run leaves nothing running.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

use anyhow::{Context as _, Result, ensure};

/// A running program.
#[derive(Debug)]
pub(crate) struct Program {
    child: Child,
    /// `http://127.0.0.1:PORT`
    pub(crate) url: String,
}

impl Program {
    /// Starts it and waits for its `listening on` line.
    pub(crate) fn start(command: &mut Command) -> Result<Self> {
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| format!("could not start {:?}", command.get_program()))?;
        let stdout = child.stdout.take();
        let mut program = Self { child, url: String::new() };
        let mut line = String::new();
        BufReader::new(stdout.context("it has no stdout")?).read_line(&mut line)?;
        let url = line.trim().strip_prefix("listening on ").unwrap_or_default();
        ensure!(!url.is_empty(), "{:?} said {line:?}", command.get_program());
        program.url = url.to_owned();
        Ok(program)
    }

    /// SIGTERM, and waits for its end.
    pub(crate) fn stop(mut self) -> Result<()> {
        Command::new("kill").arg(self.child.id().to_string()).status()?;
        self.child.wait()?;
        Ok(())
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // Fails when it already ended, which is what is wanted.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Runs a program to its end; what it says on stdout.
pub(crate) fn said_by(command: &mut Command) -> Result<String> {
    let output = command
        .stdin(Stdio::null())
        .output()
        .with_context(|| format!("could not start {:?}", command.get_program()))?;
    let errors = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{command:?} ended with {}: {errors}", output.status);
    Ok(String::from_utf8(output.stdout)?.trim().to_owned())
}
