//! The console: from its sources to the files that the server embeds, and its own checks.
//!
//! It is built again only when a source, a package or the API's description has changed, so that
//! every task may ask for it. Which tools do that is the business of `console/package.json`; they
//! come from the lock file and are installed again only when that has changed.

use crate::repository::Repository;
use crate::setup;
use crate::steps::{self, Count, Runner, Steps};
use anyhow::{Context, Result, ensure};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::PathBuf;
use std::process::Command;

const SOURCES: &str = "console/";
/// The tests of the built console are no part of it.
const BROWSER_TESTS: &str = "console/e2e/";
const LOCK: &str = "console/package-lock.json";
/// The console's types of requests and answers are made from it.
const DESCRIPTION: &str = "docs/openapi.json";
/// Where the build puts what the server embeds.
const BUILT: &str = "crates/server/console";
/// Events behind the page in the long run.
const MANY_EVENTS: &str = "5000000";
/// In `BUILT` and in `node_modules`: from what they were made.
const STAMP: &str = ".made-from";

/// Builds the console if its sources are not those it was last built from.
pub(crate) fn build(repository: &Repository) -> Result<()> {
    let is_source = |path: &str| {
        path == DESCRIPTION || path.starts_with(SOURCES) && !path.starts_with(BROWSER_TESTS)
    };
    let sources = fingerprint(repository, is_source)?;
    let stamp = repository.root().join(BUILT).join(STAMP);
    if std::fs::read_to_string(&stamp).is_ok_and(|text| text == sources) {
        return Ok(());
    }
    packages(repository)?;
    eprintln!("building the console");
    let status = npm(repository, &["run", "build"]).status().context("could not run npm")?;
    ensure!(status.success(), "the console could not be built; the reason stands above");
    std::fs::write(&stamp, sources).with_context(|| format!("writing {}", stamp.display()))
}

/// Installs the packages of the lock file unless these are there.
fn packages(repository: &Repository) -> Result<()> {
    setup::node()?;
    let lock = fingerprint(repository, |path| path == LOCK)?;
    let stamp = repository.root().join("console/node_modules").join(STAMP);
    if std::fs::read_to_string(&stamp).is_ok_and(|text| text == lock) {
        return Ok(());
    }
    eprintln!("installing the console's packages");
    let status = npm(repository, &["ci", "--no-audit", "--no-fund"]).status();
    ensure!(status.context("could not run npm")?.success(), "npm ci failed");
    std::fs::write(&stamp, lock).with_context(|| format!("writing {}", stamp.display()))
}

/// One number for the paths and contents of files, as text.
fn fingerprint(repository: &Repository, wanted: impl Fn(&str) -> bool) -> Result<String> {
    let mut hasher = DefaultHasher::new();
    for path in repository.files()?.iter().filter(|path| wanted(path)) {
        path.hash(&mut hasher);
        let file = repository.root().join(path);
        std::fs::read(&file).with_context(|| format!("reading {path}"))?.hash(&mut hasher);
    }
    Ok(format!("{:016x}", hasher.finish()))
}

/// Builds the console and runs the checks that need no browser.
pub(crate) fn steps(repository: &Repository, steps: &mut Steps) {
    steps.run("console: build", || build(repository).map(|()| Count::of(true)));
    steps.run("console: lint", || steps::command(npm(repository, &["run", "lint"])));
    steps.run("console: types", || steps::command(npm(repository, &["run", "check"])));
    steps.run("console: unit tests", || {
        steps::tests(Runner::Vitest, npm(repository, &["run", "test"]))
    });
    steps.run("console: size", || steps::command(npm(repository, &["run", "budget"])));
}

/// Runs the console in a browser against the program that `cargo build` made; with many events
/// behind it, against the one built for release.
pub(crate) fn browser_tests(repository: &Repository, with_many_events: bool) -> Result<Count> {
    let mut command = playwright(repository, "tests", &["--reporter=list"])?;
    if with_many_events {
        // A development build would take an hour to take so many in.
        let mut cargo =
            repository.cargo(&["build", "--release", "--locked", "--package", "annals"]);
        cargo.arg("--all-features");
        ensure!(cargo.status().context("could not run cargo")?.success(), "cargo build failed");
        command
            .env("ANNALS_MANY_EVENTS", MANY_EVENTS)
            .env("ANNALS_PROGRAM", repository.target().join("release/annals"));
    }
    steps::tests(Runner::Playwright, command)
}

/// Takes pictures of every page, into `target/shots`.
pub(crate) fn shots(repository: &Repository) -> Result<bool> {
    build(repository)?;
    let mut cargo = repository.cargo(&["build", "--locked", "--package", "annals"]);
    cargo.arg("--all-features");
    ensure!(cargo.status().context("could not run cargo")?.success(), "cargo build failed");
    let mut command = playwright(repository, "shots", &["--reporter=line"])?;
    command.env("ANNALS_SHOTS", repository.target().join("shots"));
    Ok(command.status().context("could not run npm")?.success())
}

fn playwright(repository: &Repository, project: &str, args: &[&str]) -> Result<Command> {
    setup::browser()?;
    packages(repository)?;
    let mut command = npm(repository, &["exec", "--offline", "--", "playwright", "test"]);
    command
        .args(["--config", "e2e/playwright.config.ts", "--project", project])
        .args(args)
        .env("ANNALS_PROGRAM", program(repository));
    Ok(command)
}

fn program(repository: &Repository) -> PathBuf {
    repository.target().join("debug/annals")
}

/// An npm command in the console's folder, without colours.
fn npm(repository: &Repository, args: &[&str]) -> Command {
    let mut command = Command::new("npm");
    command
        .args(args)
        .current_dir(repository.root().join("console"))
        .env("NO_COLOR", "1")
        .env_remove("FORCE_COLOR")
        // The browser is the system's own; none is fetched.
        .env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1");
    command
}
