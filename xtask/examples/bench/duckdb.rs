//! A peer: the same NDJSON in DuckDB, through its Python package.
//!
//! The package goes into a virtual environment in the scratch folder, which the next run uses
//! again. The batches are written to files first, which is not measured.

use crate::arguments::Arguments;
use crate::events::Events;
use crate::report::{Figure, Line};
use anyhow::{Context, Result, ensure};
use serde::Deserialize;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

const WHAT: &str = "DuckDB";
const SCRIPT: &str = include_str!("duckdb_load.py");

#[derive(Deserialize)]
struct Answer {
    version: String,
    events: u64,
    seconds: f64,
}

/// Inserts the first events, a transaction a batch.
pub(crate) fn measure(arguments: &Arguments, events: &Events) -> Line {
    match python(&arguments.scratch) {
        Ok(python) => Line::of(WHAT, fill(&python, arguments, events)),
        Err(error) => Line::missing(
            WHAT,
            &format!("not installed: apt-get install python3-venv, pip install duckdb: {error:#}"),
        ),
    }
}

/// A Python that has the package.
pub(crate) fn python(scratch: &Path) -> Result<PathBuf> {
    let environment = scratch.join("duckdb-venv");
    let python = environment.join("bin/python");
    if done(Command::new(&python).args(["-c", "import duckdb"])).is_err() {
        done(Command::new("python3").args(["-m", "venv"]).arg(&environment))?;
        done(Command::new(&python).args(["-m", "pip", "install", "--quiet", "duckdb"]))?;
    }
    Ok(python)
}

fn fill(python: &Path, arguments: &Arguments, events: &Events) -> Result<Figure> {
    let folder = tempfile::tempdir_in(&arguments.scratch)?;
    load(python, arguments, events, &folder.path().join("audit.duckdb"))
}

/// Makes a database at `database` and inserts the events, a transaction a batch.
pub(crate) fn load(
    python: &Path,
    arguments: &Arguments,
    events: &Events,
    database: &Path,
) -> Result<Figure> {
    let folder = tempfile::tempdir_in(&arguments.scratch)?;
    let batches = events.batches(arguments.batch, arguments.peer_events_max)?;
    let (mut files, mut body) = (Vec::new(), Vec::new());
    let (mut wanted, mut bytes) = (0, 0);
    loop {
        let lines = batches.next(&mut body)?;
        if lines == 0 {
            break;
        }
        let file = folder.path().join(format!("{:06}.ndjson", files.len()));
        std::fs::write(&file, &body)?;
        files.push(file);
        wanted += lines;
        bytes += body.len() as u64;
    }
    let answer = done(Command::new(python).arg("-c").arg(SCRIPT).arg(database).args(&files))?;
    let answer: Answer = serde_json::from_str(&answer)?;
    ensure!(answer.events == wanted, "DuckDB kept {} of {wanted} events", answer.events);
    Ok(Figure {
        what: format!("DuckDB {}, audit table with a primary key", answer.version),
        events: wanted,
        bytes,
        took: Duration::from_secs_f64(answer.seconds),
    })
}

fn done(command: &mut Command) -> Result<String> {
    let program = command.get_program().to_owned();
    let output = command.output().with_context(|| format!("could not run {program:?}"))?;
    let message = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{program:?}: {}", message.trim());
    Ok(String::from_utf8(output.stdout)?)
}
