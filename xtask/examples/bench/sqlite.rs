//! The rival: the same NDJSON in an SQLite table as an audit table is usually made.
//!
//! Each batch is one transaction and on disk when it returns (`synchronous = FULL`, write-ahead
//! log). The columns that people search have an index; the event itself is kept as text. It is
//! neither hashed nor signed nor proved, and a double is found by the unique id only.

use crate::events::Events;
use crate::report::Figure;
use anyhow::{Result, ensure};
use rusqlite::{Connection, params};
use serde::Deserialize;
use std::borrow::Cow;
use std::path::Path;
use std::time::Instant;

const TABLE: &str = "
    CREATE TABLE event (
        id TEXT PRIMARY KEY, time TEXT NOT NULL, region TEXT, stack_id TEXT NOT NULL,
        service TEXT NOT NULL, operation TEXT NOT NULL, operator TEXT NOT NULL,
        source_ip TEXT, object_type TEXT, object_id TEXT, outcome TEXT, body TEXT NOT NULL
    );
    CREATE INDEX event_time ON event (time);
    CREATE INDEX event_operator ON event (operator, time);
    CREATE INDEX event_operation ON event (service, operation, time);
    CREATE INDEX event_object ON event (object_id, time);
    CREATE INDEX event_source ON event (source_ip, time);
";
const INSERT: &str = "INSERT INTO event VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12)";

#[derive(Deserialize)]
struct Row<'a> {
    #[serde(borrow)]
    id: Cow<'a, str>,
    #[serde(borrow)]
    time: Cow<'a, str>,
    #[serde(borrow)]
    region: Option<Cow<'a, str>>,
    #[serde(borrow)]
    stack_id: Cow<'a, str>,
    #[serde(borrow)]
    service: Cow<'a, str>,
    #[serde(borrow)]
    operation: Cow<'a, str>,
    #[serde(borrow)]
    operator: Cow<'a, str>,
    #[serde(borrow)]
    source_ip: Option<Cow<'a, str>>,
    #[serde(borrow)]
    object: Option<Object<'a>>,
    #[serde(borrow)]
    outcome: Option<Cow<'a, str>>,
}

#[derive(Default, Deserialize)]
struct Object<'a> {
    #[serde(borrow, rename = "type")]
    kind: Option<Cow<'a, str>>,
    #[serde(borrow)]
    id: Option<Cow<'a, str>>,
}

/// Inserts the first `events_max` events, `batch` a transaction.
pub(crate) fn measure(
    scratch: &Path,
    events: &Events,
    events_max: u64,
    batch: usize,
) -> Result<Figure> {
    let folder = tempfile::tempdir_in(scratch)?;
    let mut connection = Connection::open(folder.path().join("audit.sqlite"))?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "cache_size", -262_144)?;
    connection.execute_batch(TABLE)?;
    let batches = events.batches(batch, events_max)?;
    let mut body = Vec::new();
    let (mut inserted, mut bytes) = (0, 0);
    let started = Instant::now();
    loop {
        let lines = batches.next(&mut body)?;
        if lines == 0 {
            break;
        }
        insert(&mut connection, std::str::from_utf8(&body)?)?;
        inserted += lines;
        bytes += body.len() as u64;
    }
    let took = started.elapsed();
    let count = "SELECT count(*) FROM event";
    let kept: i64 = connection.query_row(count, [], |row| row.get(0))?;
    ensure!(u64::try_from(kept) == Ok(inserted), "SQLite kept {kept} of {inserted} events");
    Ok(Figure { what: "SQLite, indexed audit table".to_owned(), events: inserted, bytes, took })
}

fn insert(connection: &mut Connection, lines: &str) -> Result<()> {
    let transaction = connection.transaction()?;
    {
        let mut statement = transaction.prepare_cached(INSERT)?;
        for line in lines.lines() {
            let row: Row<'_> = serde_json::from_str(line)?;
            let object = row.object.unwrap_or_default();
            statement.execute(params![
                row.id,
                row.time,
                row.region,
                row.stack_id,
                row.service,
                row.operation,
                row.operator,
                row.source_ip,
                object.kind,
                object.id,
                row.outcome,
                line,
            ])?;
        }
    }
    transaction.commit()?;
    Ok(())
}
