//! `cargo xtask demo`: from a clean clone to a running server with realistic events.
//!
//! It only builds and starts; what the demo shows is the business of `annals demo`.

use crate::{console, repository::Repository, setup};
use anyhow::{Context, Result};
use std::os::unix::process::CommandExt;

/// Builds the program and becomes `annals demo`. Returns only when that could not be started.
pub(crate) fn run(repository: &Repository, args: &[&str]) -> Result<bool> {
    setup::compilers()?;
    console::build(repository)?;
    eprintln!("building annals; the first time this takes some minutes");
    let mut command = repository.cargo(&["run", "--release", "--locked", "--package", "annals"]);
    command.args(["--", "demo"]).args(args);
    // The server takes this process's place, so that ^C and SIGTERM reach it directly.
    Err(command.exec()).context("could not start cargo")
}
