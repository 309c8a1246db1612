//! A peer that is asked the same questions: a database with the same events in the usual audit
//! table, reached through one session that stays open.
//!
//! Only the asking is measured; loading is what `bench ledger` and `bench ingest` compare.

use crate::arguments::Arguments;
use crate::events::Events;
use crate::postgres::{self, Cluster};
use crate::{duckdb, sqlite};
use anyhow::{Context, Result, bail};
use rusqlite::Connection;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use tempfile::TempDir;

const DUCKDB_SCRIPT: &str = include_str!("ask_duckdb.py");
/// `psql` prints this line when a statement is over.
const OVER: &str = "-- over --";

/// A database that holds the events.
pub(crate) struct Peer {
    pub(crate) what: String,
    session: Session,
    _folder: TempDir,
}

enum Session {
    Sqlite(Connection),
    Postgres { pipe: Pipe, _cluster: Cluster },
    DuckDb(Pipe),
}

impl Peer {
    /// SQLite with all the events.
    pub(crate) fn sqlite(arguments: &Arguments, events: &Events) -> Result<Self> {
        let folder = tempfile::tempdir_in(&arguments.scratch)?;
        let mut connection = sqlite::open(folder.path())?;
        sqlite::fill(&mut connection, arguments, events)?;
        let what = format!("SQLite {}", rusqlite::version());
        Ok(Self { what, session: Session::Sqlite(connection), _folder: folder })
    }

    /// PostgreSQL with all the events, its statistics up to date.
    pub(crate) fn postgres(arguments: &Arguments, events: &Events) -> Result<Self> {
        let folder = tempfile::tempdir_in(&arguments.scratch)?;
        let cluster = Cluster::start(&arguments.scratch)?.context("PostgreSQL is not installed")?;
        postgres::copy(&cluster, arguments, events)?;
        cluster.ask("VACUUM ANALYZE event")?;
        let what = cluster.version.clone();
        let pipe = Pipe::open(cluster.psql().args(["--no-align", "--tuples-only"]))?;
        Ok(Self { what, session: Session::Postgres { pipe, _cluster: cluster }, _folder: folder })
    }

    /// DuckDB with all the events.
    pub(crate) fn duckdb(arguments: &Arguments, events: &Events) -> Result<Self> {
        let folder = tempfile::tempdir_in(&arguments.scratch)?;
        let python = duckdb::python(&arguments.scratch)?;
        let database = folder.path().join("audit.duckdb");
        let loaded = duckdb::load(&python, arguments, events, &database)?;
        let pipe = Pipe::open(Command::new(python).arg("-c").arg(DUCKDB_SCRIPT).arg(&database))?;
        Ok(Self { what: loaded.what, session: Session::DuckDb(pipe), _folder: folder })
    }

    /// Runs a statement to its end; answers the only number of a count, else how many rows came.
    pub(crate) fn ask(&mut self, sql: &str) -> Result<u64> {
        let (rows, first) = match &mut self.session {
            Session::Sqlite(connection) => ask_sqlite(connection, sql)?,
            Session::Postgres { pipe, .. } => pipe.ask(&format!("{sql};\n\\echo '{OVER}'\n"))?,
            Session::DuckDb(pipe) => pipe.ask(&format!("{}\n", sql.replace('\n', " ")))?,
        };
        if sql.starts_with("SELECT count(*) FROM") {
            return first.trim().parse().with_context(|| format!("{}: {first:?}", self.what));
        }
        Ok(rows)
    }
}

/// Takes every row, as a page would, and the first value of the first one.
fn ask_sqlite(connection: &Connection, sql: &str) -> Result<(u64, String)> {
    let mut statement = connection.prepare_cached(sql)?;
    let columns = statement.column_count();
    let mut rows = statement.query([])?;
    let (mut count, mut first) = (0, String::new());
    while let Some(row) = rows.next()? {
        for column in 0..columns {
            let value = row.get_ref(column)?;
            if count == 0 && column == 0 {
                first = value.as_i64().map(|number| number.to_string()).unwrap_or_default();
            }
        }
        count += 1;
    }
    Ok((count, first))
}

/// A program that answers statements on its stdin with lines on its stdout.
struct Pipe {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Pipe {
    fn open(command: &mut Command) -> Result<Self> {
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let input = child.stdin.take().context("the session has no stdin")?;
        let output = BufReader::new(child.stdout.take().context("the session has no stdout")?);
        Ok(Self { child, input, output })
    }

    /// Lines up to the one that says it is over: how many, and the first.
    fn ask(&mut self, statement: &str) -> Result<(u64, String)> {
        self.input.write_all(statement.as_bytes())?;
        self.input.flush()?;
        let (mut count, mut first, mut line) = (0, String::new(), String::new());
        loop {
            line.clear();
            if self.output.read_line(&mut line)? == 0 {
                bail!("the session ended at: {statement}");
            }
            if line.trim_end() == OVER {
                return Ok((count, first));
            }
            if count == 0 {
                first.clone_from(&line);
            }
            count += 1;
        }
    }
}

impl Drop for Pipe {
    fn drop(&mut self) {
        // Fails when it already ended, which is what is wanted.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
