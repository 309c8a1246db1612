//! `cargo xtask test`: set-up, then every check, then a table of what took how long.
//!
//! Everything is built with the same profile and the same features (`--workspace
//! --all-features`), so that each dependency is compiled once and only checked once besides.
//! Fuzz targets are compiled, not run; advisories are not checked, their database is elsewhere.

use crate::repository::Repository;
use crate::steps::{self, Count, Runner, Steps};
use crate::{bench, clients, console, coverage, setup, tidy};
use anyhow::Result;
use std::process::Command;

/// How much of the slow part to run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Depth {
    /// What every change must pass.
    Usual,
    /// What a release must pass.
    Full,
}

impl Depth {
    fn kill_rounds(self) -> u32 {
        match self {
            Self::Usual => 10,
            Self::Full => 50,
        }
    }
}

/// The tests in crates/annals/tests/kill.rs, sdk.rs and gateway_kill.rs that kill; they have a step
/// of their own, with its number of rounds.
const KILL_TESTS: [&str; 3] = [
    "nothing_acknowledged_is_lost",
    "every_act_is_recorded_once_through_kills",
    "every_request_is_recorded_once_through_kills",
];

const WHOLE_WORKSPACE: [&str; 4] = ["--workspace", "--all-features", "--locked", "--quiet"];

/// Runs all of it. True if nothing failed.
pub(crate) fn run(repository: &Repository, depth: Depth) -> Result<bool> {
    let mut steps = Steps::default();
    steps.run("set-up", || setup::everything(repository).map(|()| Count::of(true)));
    steps.run("fmt", || steps::command(repository.cargo(&["fmt", "--all", "--check"])));
    steps.run("tidy", || tidy::run(repository).map(Count::of));
    steps.run("clippy", || {
        let mut command = repository.cargo(&["clippy"]);
        command.args(WHOLE_WORKSPACE).args(["--all-targets", "--", "--deny", "warnings"]);
        steps::command(command)
    });
    steps.run("deny (licences, bans, sources)", || {
        eprintln!("advisories are not checked: their database is not part of this machine");
        let checks = ["check", "--hide-inclusion-graph", "licenses", "bans", "sources"];
        let mut command = repository.cargo(&["deny", "--all-features"]);
        command.args(checks);
        steps::command(command)
    });
    console::steps(repository, &mut steps);
    steps.run("build", || {
        let mut command = repository.cargo(&["build"]);
        command.args(WHOLE_WORKSPACE).arg("--all-targets");
        steps::command(command)
    });
    steps.run("unit and property tests", || {
        steps::tests(
            Runner::Cargo,
            tests(repository, &["--lib", "--bins", "--example", "coverage"]),
        )
    });
    steps.run("documentation tests", || steps::tests(Runner::Cargo, tests(repository, &["--doc"])));
    steps.run("black-box and crash tests", || {
        let mut command = tests(repository, &["--test", "*"]);
        command.arg("--").args(KILL_TESTS.iter().flat_map(|test| ["--skip", *test]));
        steps::tests(Runner::Cargo, command)
    });
    clients::steps(repository, &mut steps);
    steps.run("coverage of the catalogue", || coverage::run(repository, &[]).map(Count::of));
    let rounds = depth.kill_rounds().to_string();
    steps.run(&format!("{rounds} kill rounds"), || {
        let mut command =
            tests(repository, &["--test", "kill", "--test", "sdk", "--test", "gateway_kill"]);
        command.arg("--").args(KILL_TESTS);
        command.env("ANNALS_KILL_ROUNDS", &rounds);
        steps::tests(Runner::Cargo, command)
    });
    steps.run("browser tests", || console::browser_tests(repository, depth == Depth::Full));
    if depth == Depth::Full {
        steps.run("soak of a minute, three kills", || {
            bench::run(repository, &["soak", "--minutes", "1", "--kill-seconds", "15"])
                .map(Count::of)
        });
    }
    steps.run("fuzz targets compile", || {
        steps::command(repository.cargo(&[
            "check",
            "--manifest-path",
            "fuzz/Cargo.toml",
            "--quiet",
        ]))
    });
    Ok(steps.finish())
}

/// A test run over the targets that `which` names, to its end whatever fails.
fn tests(repository: &Repository, which: &[&str]) -> Command {
    let mut command = repository.cargo(&["test"]);
    command.args(WHOLE_WORKSPACE).arg("--no-fail-fast").args(which);
    command
}
