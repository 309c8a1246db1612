//! `cargo xtask coverage`: builds the program and the example platform, records everything that
//! the platform does in each way, and shows what arrived.
//!
//! The running and the judging are in `xtask/examples/coverage`.

use crate::repository::Repository;
use anyhow::{Context, Result, ensure};
use std::process::Command;

/// What a gateway in front of the platform is told.
const ROUTES: &str = "examples/platform/routes.toml";

/// Runs it; `--keep DIR` leaves the data folders in `DIR`.
pub(crate) fn run(repository: &Repository, args: &[&str]) -> Result<bool> {
    // As `cargo xtask test` builds, so that nothing is compiled twice.
    let status = repository
        .cargo(&["build", "--workspace", "--all-features", "--locked", "--quiet"])
        .args(["--bins", "--example", "coverage"])
        .status()
        .context("could not run cargo")?;
    ensure!(status.success(), "the build failed; its errors stand above");
    let debug = repository.target().join("debug");
    let status = Command::new(debug.join("examples/coverage"))
        .arg("--programs")
        .arg(&debug)
        .arg("--routes")
        .arg(repository.root().join(ROUTES))
        .args(args)
        .status()
        .context("could not start the coverage run")?;
    Ok(status.success())
}
