//! A peer: the same NDJSON in an SQLite table.
//!
//! Each batch is one transaction and on disk when it returns (`synchronous = FULL`, write-ahead
//! log).

use crate::arguments::Arguments;
use crate::events::Events;
use crate::report::Figure;
use crate::row::{self, Row};
use anyhow::{Result, ensure};
use rusqlite::{Connection, params_from_iter};
use std::path::Path;
use std::time::Instant;

const INSERT: &str = "INSERT INTO event VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12)";

/// Inserts the first events from one thread: SQLite has one writer.
pub(crate) fn measure(arguments: &Arguments, events: &Events) -> Result<Figure> {
    let folder = tempfile::tempdir_in(&arguments.scratch)?;
    fill(&mut open(folder.path())?, arguments, events)
}

/// A database with the empty table.
pub(crate) fn open(folder: &Path) -> Result<Connection> {
    let connection = Connection::open(folder.join("audit.sqlite"))?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "cache_size", -262_144)?;
    connection.execute_batch(&(row::table("TEXT") + row::INDEXES))?;
    Ok(connection)
}

/// Inserts the events, a transaction a batch, and checks that they are there.
pub(crate) fn fill(
    connection: &mut Connection,
    arguments: &Arguments,
    events: &Events,
) -> Result<Figure> {
    let batches = events.batches(arguments.batch, arguments.peer_events_max)?;
    let mut body = Vec::new();
    let (mut inserted, mut bytes) = (0, 0);
    let started = Instant::now();
    loop {
        let lines = batches.next(&mut body)?;
        if lines == 0 {
            break;
        }
        insert(connection, std::str::from_utf8(&body)?)?;
        inserted += lines;
        bytes += body.len() as u64;
    }
    let took = started.elapsed();
    let count = "SELECT count(*) FROM event";
    let kept: i64 = connection.query_row(count, [], |row| row.get(0))?;
    ensure!(u64::try_from(kept) == Ok(inserted), "SQLite kept {kept} of {inserted} events");
    let what = format!("SQLite {}, indexed audit table", rusqlite::version());
    Ok(Figure { what, events: inserted, bytes, took })
}

fn insert(connection: &mut Connection, lines: &str) -> Result<()> {
    let transaction = connection.transaction()?;
    {
        let mut statement = transaction.prepare_cached(INSERT)?;
        for line in lines.lines() {
            statement.execute(params_from_iter(Row::parse(line)?.columns()))?;
        }
    }
    transaction.commit()?;
    Ok(())
}
