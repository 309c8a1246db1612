//! The clients in other languages, tested against the program that `cargo build` made.
//!
//! Their packages come from their lock files, into `target` and `node_modules`, and are installed
//! again only when those have changed.

use crate::repository::Repository;
use crate::setup;
use crate::steps::{self, Count, Runner, Steps};
use anyhow::Result;
use std::path::PathBuf;
use std::process::Command;

const PYTHON: &str = "clients/python";
const PYTHON_LOCK: &str = "clients/python/requirements-test.txt";
const TYPESCRIPT: &str = "clients/typescript";
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
    setup::unless_installed(&folder, &lock, || {
        let mut make = Command::new("python3");
        make.args(["-m", "venv", "--clear"]).arg(&folder);
        setup::run(make)?;
        let mut install = Command::new(&program);
        install.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]);
        install.arg("--requirement").arg(&lock);
        setup::run(install)
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
    setup::node_packages(&folder)?;
    let mut command = setup::npm(&folder, &["test", "--silent"]);
    command.env(PROGRAM_VARIABLE, binary(repository));
    steps::tests(Runner::Node, command)
}

fn binary(repository: &Repository) -> PathBuf {
    repository.target().join("debug/annals")
}
