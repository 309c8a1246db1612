//! The tasks of this repository, in Rust instead of shell scripts: `cargo xtask <task>`.
//!
//! This binary depends on no crate of the product, so that `cargo xtask tidy` compiles in seconds
//! and still runs when the product does not. Measurements need the product itself: they are the
//! example `bench` beside it, which `cargo xtask bench` builds and starts.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a task talks to a terminal")]

mod bench;
mod clients;
mod console;
mod coverage;
mod demo;
mod repository;
mod setup;
mod steps;
mod test;
mod tidy;

use anyhow::{Result, bail};
use repository::Repository;
use std::process::ExitCode;

const USAGE: &str = "\
The tasks of this repository.

Usage: cargo xtask <task>

  demo [--listen ADDR:PORT]   build the program and serve a folder filled with realistic events
  console                     build the console if its sources changed
  shots                       pictures of the console's pages, into target/shots
  test [--full]               all set-up and every check; --full takes longer: 50 kill rounds
  bench ledger [--events N]   JSON text to durable and proved, in process   (default 5000000)
  bench ingest [--events N]   NDJSON over HTTP on loopback, the real binary (default 1000000)
  bench … --peers             beside PostgreSQL and DuckDB, too, not only SQLite
  bench verify [--events N]   the check of a whole folder, and single proofs (default 5000000)
  soak [--minutes N]          the real server under load, killed each minute   (default 10)
  coverage [--keep DIR]       every operation of the catalogue, recorded by the example platform
  tidy                        floors, circles, lengths, docs, banned calls and names

`cargo xtask test` runs on a fresh Debian machine that has Rust; as root it installs what is
missing, otherwise it says what to install.
";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    match run(&args) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::from(2)
        }
    }
}

/// Runs one task. `false` means that the task ran and its answer is "no".
fn run(args: &[String]) -> Result<bool> {
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    match args.as_slice() {
        ["demo", rest @ ..] => demo::run(&Repository::find()?, rest),
        ["console"] => console::build(&Repository::find()?).map(|()| true),
        ["shots"] => console::shots(&Repository::find()?),
        ["test"] => test::run(&Repository::find()?, test::Depth::Usual),
        ["test", "--full"] => test::run(&Repository::find()?, test::Depth::Full),
        ["bench", rest @ ..] => bench::run(&Repository::find()?, rest),
        ["soak", ..] => bench::run(&Repository::find()?, &args),
        ["coverage", rest @ ..] => coverage::run(&Repository::find()?, rest),
        ["tidy"] => tidy::run(&Repository::find()?),
        [] | ["help" | "--help" | "-h"] => {
            print!("{USAGE}");
            Ok(true)
        }
        [task, ..] => bail!("no such task or option: `{task}`\n\n{USAGE}"),
    }
}
