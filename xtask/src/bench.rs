//! `cargo xtask bench`: builds the measurements and the program for release, and measures.
//!
//! The measuring itself is in `xtask/examples/bench`; figures worth keeping go to
//! `docs/benchmarks.md` by hand, with the machine they came from.

use crate::{repository::Repository, setup};
use anyhow::{Context, Result, bail, ensure};
use std::process::Command;

const MEASUREMENTS: [&str; 7] =
    ["ledger", "ingest", "verify", "compaction", "views", "gateway", "soak"];

/// Runs `bench ledger` or another measurement; further arguments go to it.
pub(crate) fn run(repository: &Repository, args: &[&str]) -> Result<bool> {
    let (Some(&what), rest) = (args.first(), args.get(1..)) else {
        bail!("say what to measure: {}", MEASUREMENTS.join(", "));
    };
    ensure!(MEASUREMENTS.contains(&what), "no such measurement; there are {MEASUREMENTS:?}");
    setup::compilers()?;
    let status = repository
        .cargo(&["build", "--release", "--locked", "--package", "xtask", "--example", "bench"])
        .args(["--package", "annals", "--bin", "annals"])
        .status()
        .context("could not run cargo")?;
    ensure!(status.success(), "the release build failed; its errors stand above");
    let release = repository.target().join("release");
    let status = Command::new(release.join("examples/bench"))
        .arg(what)
        .arg("--annals")
        .arg(release.join("annals"))
        .arg("--scratch")
        .arg(repository.target().join("bench"))
        .args(rest.unwrap_or_default())
        .status()
        .context("could not start the measurement")?;
    Ok(status.success())
}
