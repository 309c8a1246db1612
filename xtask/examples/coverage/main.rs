//! Whether every operation of the catalogue arrives, whole, from a platform that records: start it
//! with `cargo xtask coverage`.
//!
//! The platform of `examples/platform` is used as its users use it, in each way of recording; then
//! the server is asked over its API for what arrived. What is judged is only that answer, against
//! the seed's twelve fields and what the notes of the catalogue demand. The driver is not asked.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a task talks to a terminal")]

mod demand;
mod event;
mod judge;
mod program;
mod run;
mod table;

use std::path::PathBuf;
use std::process::ExitCode;

use annals_record::Catalogue;
use anyhow::{Context as _, Result, bail, ensure};
use run::{Programs, Way};

/// What to run, and where to leave it.
struct Arguments {
    programs: Programs,
    /// Folder that the data folders are left in.
    keep: Option<PathBuf>,
}

impl Arguments {
    fn parse(mut args: impl Iterator<Item = String>) -> Result<Self> {
        let (mut folder, mut routes, mut keep) = (None, None, None);
        while let Some(name) = args.next() {
            let value = args.next().with_context(|| format!("{name} takes a folder"))?;
            match name.as_str() {
                "--programs" => folder = Some(PathBuf::from(value)),
                "--routes" => routes = Some(std::path::absolute(value)?),
                "--keep" => keep = Some(PathBuf::from(value)),
                _ => bail!("no such option: `{name}`"),
            }
        }
        let folder = folder.context("say where the --programs are")?;
        let routes = routes.context("say where the file of --routes is")?;
        let programs = Programs::new(&folder, routes);
        Ok(Self { programs, keep })
    }
}

fn main() -> ExitCode {
    match Arguments::parse(std::env::args().skip(1)).and_then(|arguments| cover(&arguments)) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::from(2)
        }
    }
}

/// Runs every way; true if nothing is missing in any.
fn cover(arguments: &Arguments) -> Result<bool> {
    let scratch = tempfile::tempdir()?;
    let keep = arguments.keep.as_deref().unwrap_or(scratch.path());
    let catalogue = Catalogue::built_in();
    let uncovered = arguments.programs.uncovered(&catalogue)?;
    for route in &uncovered {
        println!("missing  the route file does not know {route}");
    }
    let mut lines = Vec::new();
    let mut all_done = uncovered.is_empty();
    for way in Way::ALL {
        let folder = keep.join(way.word());
        ensure!(!folder.exists(), "{} exists; name a new folder", folder.display());
        let judged = run::run(way, &arguments.programs, &folder, scratch.path(), &catalogue)?;
        println!("{}\n{}", way.word(), table::table(&judged));
        for missing in judged.missing() {
            println!("missing  {} {missing}", way.word());
        }
        all_done &= judged.is_done();
        lines.push(format!("{} {}/{}", way.word(), judged.done(), judged.operations.len()));
    }
    println!("{}", lines.join("\n"));
    Ok(all_done)
}
