//! A peer: the same NDJSON in PostgreSQL, by `COPY` and by batched inserts.
//!
//! As many sessions of `psql` as there are clients each take batches. A batch is one transaction,
//! and `synchronous_commit` is on. `psql` is fed as fast as it reads, so no session waits for an
//! answer before it sends the next batch, which is in favour of this peer.

mod cluster;

use crate::arguments::Arguments;
use crate::events::{Batches, Events};
use crate::report::{Figure, Line};
use crate::row::{self, Row};
use anyhow::{Context, Result, ensure};
pub(crate) use cluster::Cluster;
use std::io::Write;
use std::time::Instant;

const WHAT: &str = "PostgreSQL";
/// Rows of one `INSERT`: longer statements cost more to parse and gain nothing.
const ROWS_A_STATEMENT: usize = 500;

#[derive(Clone, Copy)]
enum Way {
    Copy,
    Insert,
}

/// Both ways, one after the other into the same empty table.
pub(crate) fn measure(arguments: &Arguments, events: &Events) -> Vec<Line> {
    let cluster = match Cluster::start(&arguments.scratch) {
        Ok(Some(cluster)) => cluster,
        Ok(None) => {
            return vec![Line::missing(WHAT, "not installed: apt-get install postgresql")];
        }
        Err(error) => return vec![Line::missing(WHAT, &format!("{error:#}"))],
    };
    let both = [Way::Copy, Way::Insert].into_iter();
    both.map(|way| Line::of(WHAT, load(&cluster, way, arguments, events))).collect()
}

/// Fills the table by `COPY`, in a cluster that stays.
pub(crate) fn copy(cluster: &Cluster, arguments: &Arguments, events: &Events) -> Result<Figure> {
    load(cluster, Way::Copy, arguments, events)
}

fn load(cluster: &Cluster, way: Way, arguments: &Arguments, events: &Events) -> Result<Figure> {
    let table = row::table("timestamptz") + row::INDEXES;
    cluster.ask(&format!("DROP TABLE IF EXISTS event; {table} CHECKPOINT;"))?;
    let batches = events.batches(arguments.batch, arguments.peer_events_max)?;
    let started = Instant::now();
    let (inserted, bytes) = std::thread::scope(|scope| -> Result<(u64, u64)> {
        let session = || feed(cluster, way, &batches);
        let sessions: Vec<_> = (0..arguments.clients).map(|_| scope.spawn(session)).collect();
        let mut sum = (0, 0);
        for session in sessions {
            let (events, bytes) = session.join().expect("a session returns errors")?;
            sum = (sum.0 + events, sum.1 + bytes);
        }
        Ok(sum)
    })?;
    let took = started.elapsed();
    let kept = cluster.ask("SELECT count(*) FROM event")?;
    ensure!(kept.trim() == inserted.to_string(), "PostgreSQL kept {kept} of {inserted} events");
    let how = match way {
        Way::Copy => "COPY a batch",
        Way::Insert => "multi-row INSERT",
    };
    let what = format!("{}, {how}, indexed audit table", cluster.version);
    Ok(Figure { what, events: inserted, bytes, took })
}

/// One session; answers how many events it inserted and how many bytes of NDJSON they were.
fn feed(cluster: &Cluster, way: Way, batches: &Batches) -> Result<(u64, u64)> {
    let mut psql = cluster.session()?;
    let mut script = psql.stdin.take().context("psql has no stdin")?;
    let (mut body, mut text) = (Vec::new(), Vec::new());
    let (mut inserted, mut bytes) = (0, 0);
    loop {
        let lines = batches.next(&mut body)?;
        if lines == 0 {
            break;
        }
        text.clear();
        match way {
            Way::Copy => push_copy(&mut text, std::str::from_utf8(&body)?)?,
            Way::Insert => push_inserts(&mut text, std::str::from_utf8(&body)?)?,
        }
        script.write_all(&text)?;
        inserted += lines;
        bytes += body.len() as u64;
    }
    drop(script);
    let status = psql.wait()?;
    ensure!(status.success(), "psql ended with {status}; its message stands above");
    Ok((inserted, bytes))
}

/// A batch as one `COPY`, in the text format: tabs between columns, `\N` for null.
fn push_copy(text: &mut Vec<u8>, lines: &str) -> Result<()> {
    text.extend(b"COPY event FROM STDIN;\n");
    for line in lines.lines() {
        for (place, column) in Row::parse(line)?.columns().into_iter().enumerate() {
            if place > 0 {
                text.push(b'\t');
            }
            let Some(value) = column else {
                text.extend(b"\\N");
                continue;
            };
            for byte in value.bytes() {
                match byte {
                    b'\\' => text.extend(b"\\\\"),
                    b'\t' => text.extend(b"\\t"),
                    b'\n' => text.extend(b"\\n"),
                    b'\r' => text.extend(b"\\r"),
                    _ => text.push(byte),
                }
            }
        }
        text.push(b'\n');
    }
    text.extend(b"\\.\n");
    Ok(())
}

/// A batch as one transaction of multi-row inserts.
fn push_inserts(text: &mut Vec<u8>, lines: &str) -> Result<()> {
    text.extend(b"BEGIN;\n");
    for (number, line) in lines.lines().enumerate() {
        text.extend(match number {
            0 => &b"INSERT INTO event VALUES\n("[..],
            _ if number % ROWS_A_STATEMENT == 0 => b";\nINSERT INTO event VALUES\n(",
            _ => b",\n(",
        });
        for (place, column) in Row::parse(line)?.columns().into_iter().enumerate() {
            if place > 0 {
                text.push(b',');
            }
            match column {
                Some(value) => write!(text, "'{}'", value.replace('\'', "''"))?,
                None => text.extend(b"NULL"),
            }
        }
        text.push(b')');
    }
    text.extend(b";\nCOMMIT;\n");
    Ok(())
}
