//! The quarantine's index: which rejected lines wait, a Follower of the ledger.
//!
//! The lines themselves are events in the ledger; `DIR/views/quarantine.sqlite` only knows where.
//! It may be deleted and is rebuilt. A line is open until a `quarantine.replay` event names it.
//! Rows and position are saved in one transaction, so following again after a crash adds nothing
//! twice. It also feeds the quota: what waits, per token.

use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use annals_api::wire::quarantine::{QuarantineItem, QuarantinePage};
use annals_ledger::{FollowError, Follower};
use annals_proof::{LeafIndex, TreeSize};
use annals_record::{Leaf, Tag};
use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};

use crate::auth::token::SERVER_EMITTER;
use crate::ingest::{Quarantined, Quota};

/// The follower's name.
pub(crate) const NAME: &str = "quarantine";
/// Operation of an event that keeps a rejected line.
pub(crate) const QUARANTINE: &str = "event.quarantine";
/// Operation of an event that says a line was sent again.
pub(crate) const REPLAY: &str = "quarantine.replay";
/// Longest wait for the index to catch up with the ledger.
const WAIT_MAX: Duration = Duration::from_secs(2);
const WAIT_STEP: Duration = Duration::from_millis(2);
/// Version of the tables; another one is dropped and rebuilt.
const VERSION: i64 = 1;

const TABLES: &str = "
    DROP TABLE IF EXISTS lines;
    DROP TABLE IF EXISTS position;
    CREATE TABLE lines (
        idx INTEGER PRIMARY KEY,
        received_time TEXT NOT NULL,
        emitter TEXT NOT NULL,
        line INTEGER NOT NULL,
        code TEXT NOT NULL,
        field TEXT NOT NULL,
        message TEXT NOT NULL,
        bytes INTEGER NOT NULL,
        replayable INTEGER NOT NULL,
        replayed INTEGER
    ) STRICT;
    CREATE INDEX lines_open ON lines (idx) WHERE replayed IS NULL;
    CREATE TABLE position (
        only INTEGER PRIMARY KEY CHECK (only = 0),
        value INTEGER NOT NULL
    ) STRICT;
    INSERT INTO position VALUES (0, 0);
";

/// Which lines to list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    Open,
    Replayed,
    All,
}

/// The index, for asking; shared with its follower.
pub(crate) struct QuarantineIndex {
    connection: Mutex<Connection>,
    position: AtomicU64,
    replaying: Mutex<()>,
    quota: Arc<Quota>,
}

/// The index, for following.
pub(crate) struct QuarantineFollower {
    index: Arc<QuarantineIndex>,
}

impl QuarantineIndex {
    /// Opens or makes the index at `path`. One that belongs to a longer ledger than `size` (a
    /// restored folder) is rebuilt.
    pub(crate) fn open(
        path: &Path,
        size: TreeSize,
        quota: Arc<Quota>,
    ) -> Result<Self, rusqlite::Error> {
        let connection = Connection::open(path)?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        // It is rebuilt from the ledger: losing its last moments costs nothing.
        connection.pragma_update(None, "synchronous", "OFF")?;
        let version: i64 = connection.pragma_query_value(None, "user_version", |r| r.get(0))?;
        if version != VERSION || read_position(&connection)? > size.0 {
            connection.execute_batch(TABLES)?;
            connection.pragma_update(None, "user_version", VERSION)?;
        }
        for (emitter, bytes) in waiting(&connection)? {
            quota.indexed(&emitter, bytes);
        }
        let position = AtomicU64::new(read_position(&connection)?);
        let connection = Mutex::new(connection);
        Ok(Self { connection, position, replaying: Mutex::new(()), quota })
    }

    /// The part that rides the ledger.
    pub(crate) fn follower(self: &Arc<Self>) -> QuarantineFollower {
        QuarantineFollower { index: self.clone() }
    }

    /// Everything below it is in the index.
    pub(crate) fn position(&self) -> u64 {
        self.position.load(Ordering::Acquire)
    }

    /// Waits until the index knows all below `size`, or for two seconds. Blocks.
    pub(crate) fn wait_for(&self, size: TreeSize) {
        let end = Instant::now() + WAIT_MAX;
        while self.position() < size.0 && Instant::now() < end {
            std::thread::sleep(WAIT_STEP);
        }
    }

    /// Held by the one replay that may run.
    pub(crate) fn replaying(&self) -> MutexGuard<'_, ()> {
        self.replaying.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lines that wait.
    pub(crate) fn open_lines(&self) -> Result<u64, rusqlite::Error> {
        let count = "SELECT COUNT(*) FROM lines WHERE replayed IS NULL";
        self.lock().query_row(count, [], |row| row.get(0))
    }

    /// The event that says the line at `index` was replayed, if it was.
    pub(crate) fn replayed(&self, index: u64) -> Result<Option<u64>, rusqlite::Error> {
        let select = "SELECT replayed FROM lines WHERE idx = ?";
        let found = self.lock().query_row(select, [index], |row| row.get(0)).optional()?;
        Ok(found.flatten())
    }

    /// Lines after a position, oldest first.
    pub(crate) fn page(
        &self,
        state: State,
        after: Option<u64>,
        limit: usize,
    ) -> Result<QuarantinePage, rusqlite::Error> {
        let condition = match state {
            State::Open => "AND replayed IS NULL",
            State::Replayed => "AND replayed IS NOT NULL",
            State::All => "",
        };
        let select = format!(
            "SELECT idx, received_time, emitter, line, code, field, message, bytes, replayable, \
             replayed FROM lines WHERE idx > ? {condition} ORDER BY idx LIMIT ?"
        );
        let after = after.map_or(-1, |after| i64::try_from(after).unwrap_or(i64::MAX));
        let connection = self.lock();
        let mut statement = connection.prepare_cached(&select)?;
        // One more than asked for tells whether there is a next page.
        let rows = statement.query_map(params![after, limit + 1], item)?;
        let mut items: Vec<QuarantineItem> = rows.collect::<Result<_, _>>()?;
        let more = items.len() > limit;
        items.truncate(limit);
        let next = items.last().filter(|_| more).map(|item| item.index);
        Ok(QuarantinePage { items, next })
    }

    fn lock(&self) -> MutexGuard<'_, Connection> {
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn item(row: &Row<'_>) -> Result<QuarantineItem, rusqlite::Error> {
    Ok(QuarantineItem {
        index: row.get(0)?,
        received_time: row.get(1)?,
        emitter: row.get(2)?,
        line: row.get(3)?,
        code: row.get(4)?,
        field: row.get(5)?,
        message: row.get(6)?,
        bytes: row.get(7)?,
        replayable: row.get(8)?,
        replayed: row.get(9)?,
    })
}

fn read_position(connection: &Connection) -> Result<u64, rusqlite::Error> {
    connection.query_row("SELECT value FROM position", [], |row| row.get(0))
}

fn waiting(connection: &Connection) -> Result<Vec<(String, u64)>, rusqlite::Error> {
    let mut statement = connection
        .prepare("SELECT emitter, SUM(bytes) FROM lines WHERE replayed IS NULL GROUP BY emitter")?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    rows.collect()
}

impl Follower for QuarantineFollower {
    fn name(&self) -> &str {
        NAME
    }

    fn position(&self) -> LeafIndex {
        LeafIndex(self.index.position())
    }

    fn follow(&mut self, batch: &[(LeafIndex, Leaf)]) -> Result<(), FollowError> {
        let Some((last, _)) = batch.last() else { return Ok(()) };
        self.take(batch, last.0 + 1)
    }

    fn skip_to(&mut self, index: LeafIndex) -> Result<(), FollowError> {
        self.take(&[], index.0)
    }
}

impl QuarantineFollower {
    /// Rows and position in one transaction, then what waits for them: quota and position.
    fn take(&self, batch: &[(LeafIndex, Leaf)], position: u64) -> Result<(), FollowError> {
        let mut changes = Vec::new();
        let mut connection = self.index.lock();
        let transaction = connection.transaction()?;
        for (index, leaf) in batch {
            changes.extend(follow_one(&transaction, index.0, leaf)?);
        }
        transaction.execute("UPDATE position SET value = ?", [position])?;
        transaction.commit()?;
        drop(connection);
        for change in changes {
            match change {
                Change::Kept { emitter, bytes } => self.index.quota.indexed(&emitter, bytes),
                Change::Freed { emitter, bytes } => self.index.quota.released(&emitter, bytes),
            }
        }
        self.index.position.store(position, Ordering::Release);
        Ok(())
    }
}

/// What an event does to a quota.
enum Change {
    Kept { emitter: String, bytes: u64 },
    Freed { emitter: String, bytes: u64 },
}

fn follow_one(
    transaction: &Transaction<'_>,
    index: u64,
    leaf: &Leaf,
) -> Result<Option<Change>, rusqlite::Error> {
    let core = leaf.core();
    if core.emitter() != SERVER_EMITTER {
        return Ok(None);
    }
    match core.operation() {
        QUARANTINE => {
            let origin = leaf.value(Tag::ORIGIN);
            let Some(kept) = origin.and_then(Quarantined::parse) else { return Ok(None) };
            let received = core.received_time().map(|time| time.to_string()).unwrap_or_default();
            insert(transaction, index, &received, &kept)?;
            Ok(Some(Change::Kept { bytes: kept.cost(), emitter: kept.emitter }))
        }
        REPLAY => {
            let line = leaf.value(Tag::OBJECT_ID).and_then(|id| id.parse::<u64>().ok());
            let update = "UPDATE lines SET replayed = ? WHERE idx = ? AND replayed IS NULL \
                          RETURNING emitter, bytes";
            let freed =
                |row: &Row<'_>| Ok(Change::Freed { emitter: row.get(0)?, bytes: row.get(1)? });
            match line {
                Some(line) => transaction.query_row(update, [index, line], freed).optional(),
                None => Ok(None),
            }
        }
        _ => Ok(None),
    }
}

fn insert(
    transaction: &Transaction<'_>,
    index: u64,
    received: &str,
    kept: &Quarantined,
) -> Result<(), rusqlite::Error> {
    let fault = kept.faults.first().cloned().unwrap_or_default();
    let mut statement = transaction.prepare_cached(
        "INSERT OR REPLACE INTO lines (idx, received_time, emitter, line, code, field, message, \
         bytes, replayable) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )?;
    statement.execute(params![
        index,
        received,
        kept.emitter,
        kept.line,
        fault.code,
        fault.field,
        fault.message,
        kept.cost(),
        kept.replayable,
    ])?;
    Ok(())
}
