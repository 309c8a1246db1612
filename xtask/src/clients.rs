//! The clients in other languages, tested against the program that `cargo build` made.
//!
//! Their packages come from their lock files, into `target` and `node_modules`, and are installed
//! again only when those have changed.

use crate::repository::Repository;
use crate::setup;
use crate::steps::{self, Count, Runner, Steps};
use anyhow::{Context, Result, ensure};
use std::path::{Path, PathBuf};
use std::process::Command;

const PYTHON: &str = "clients/python";
const PYTHON_LOCK: &str = "clients/python/requirements-test.txt";
const TYPESCRIPT: &str = "clients/typescript";
const TYPESCRIPT_LOCK: &str = "clients/typescript/package-lock.json";
/// Beside what was installed: a copy of the lock file it was installed from.
const STAMP: &str = ".installed-from";
/// The program under test, for the tests of both.
const PROGRAM_VARIABLE: &str = "ANNALS_BINARY";

/// Tests both clients.
pub(crate) fn steps(repository: &Repository, steps: &mut Steps) {
    steps.run("Python client", || python(repository));
    steps.run("TypeScript client", || typescript(repository));
}

fn python(repository: &Repository) -> Result<Count> {
    setup::python()?;
    let folder = repository.target().join("python");
    let program = folder.join("bin/python");
    let lock = repository.root().join(PYTHON_LOCK);
    unless_installed(&folder, &lock, || {
        let mut make = Command::new("python3");
        make.args(["-m", "venv", "--clear"]).arg(&folder);
        run(make)?;
        let mut install = Command::new(&program);
        install.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]);
        install.arg("--requirement").arg(&lock);
        run(install)
    })?;
    let mut command = Command::new(&program);
    command
        .args(["-B", "-m", "pytest", "--color=no"])
        .current_dir(repository.root().join(PYTHON))
        .env(PROGRAM_VARIABLE, binary(repository));
    steps::tests(Runner::Pytest, command)
}

fn typescript(repository: &Repository) -> Result<Count> {
    setup::node()?;
    let folder = repository.root().join(TYPESCRIPT);
    let npm = |args: &[&str]| {
        let mut command = Command::new("npm");
        command.args(args).current_dir(&folder).env("NO_COLOR", "1").env_remove("FORCE_COLOR");
        command
    };
    let lock = repository.root().join(TYPESCRIPT_LOCK);
    unless_installed(&folder.join("node_modules"), &lock, || {
        run(npm(&["ci", "--no-audit", "--no-fund"]))
    })?;
    let mut command = npm(&["test", "--silent"]);
    command.env(PROGRAM_VARIABLE, binary(repository));
    steps::tests(Runner::Node, command)
}

/// Installs into a folder, unless that was done from the same lock file.
fn unless_installed(
    folder: &Path,
    lock: &Path,
    install: impl FnOnce() -> Result<()>,
) -> Result<()> {
    let wanted = std::fs::read(lock).with_context(|| format!("reading {}", lock.display()))?;
    let stamp = folder.join(STAMP);
    if std::fs::read(&stamp).is_ok_and(|found| found == wanted) {
        return Ok(());
    }
    eprintln!("installing what {} names", lock.display());
    install()?;
    std::fs::write(&stamp, wanted).with_context(|| format!("writing {}", stamp.display()))
}

fn binary(repository: &Repository) -> PathBuf {
    repository.target().join("debug/annals")
}

fn run(mut command: Command) -> Result<()> {
    let status = command.status().with_context(|| format!("could not run {command:?}"))?;
    ensure!(status.success(), "{command:?} failed; the reason stands above");
    Ok(())
}
