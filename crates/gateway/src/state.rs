//! What the gateway itself must not forget over a restart: notes, operations that go on, open
//! sessions, sign-ins, cursors. One small table in SQLite, beside the spool.
//!
//! One thread writes; what many hand over meanwhile is one transaction and one sync. It promises no
//! event: that is the spool's. What is removed here too late makes an event with an id that the
//! server has already, which it refuses; never a second one. Not known here: what the values mean.

use std::fs::{self, DirBuilder};
use std::os::unix::fs::{DirBuilderExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;

use rusqlite::Connection;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::sync::oneshot;

use crate::error::GatewayError;

const FILE: &str = "gateway.sqlite";
/// Most changes of a transaction.
const CHANGES_MAX: usize = 1_000;

/// The kinds of things that are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// An act whose operation or operator only the answer tells.
    Note,
    /// An operation that goes on after its answer.
    Later,
    /// An open session.
    Session,
    /// A sign-in, by the hash of what it handed out.
    SignIn,
    /// Where a feed goes on.
    Cursor,
    /// When this gateway was last alive.
    Alive,
}

impl Kind {
    fn as_str(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Later => "later",
            Self::Session => "session",
            Self::SignIn => "sign_in",
            Self::Cursor => "cursor",
            Self::Alive => "alive",
        }
    }
}

/// Keeps small things by kind and id. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct State {
    orders: Sender<Order>,
}

#[derive(Debug)]
struct Order {
    kind: Kind,
    id: String,
    /// None: forget it.
    value: Option<String>,
    done: Option<oneshot::Sender<bool>>,
}

/// What was kept before the start.
#[derive(Debug)]
pub(crate) struct Kept {
    rows: Vec<(String, String, String)>,
}

impl Kept {
    /// All of a kind, with their ids. What cannot be read is left out and logged.
    pub(crate) fn of<T: DeserializeOwned>(&self, kind: Kind) -> Vec<(String, T)> {
        let rows = self.rows.iter().filter(|(of, ..)| of == kind.as_str());
        let read = |(_, id, value): &(String, String, String)| match serde_json::from_str(value) {
            Ok(value) => Some((id.clone(), value)),
            Err(error) => {
                tracing::error!(%error, id, kind = kind.as_str(), "a note cannot be read");
                None
            }
        };
        rows.filter_map(read).collect()
    }
}

impl State {
    /// Opens the folder, made if it is missing, for its owner alone. Blocks.
    pub(crate) fn open(folder: &Path) -> Result<(Self, Kept), GatewayError> {
        let failed = |source| GatewayError::Start { what: "make the folder of the spool", source };
        DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(failed)?;
        let path = folder.join(FILE);
        let failed = |source| GatewayError::State { path: path.clone(), source };
        let (connection, rows) = open(&path).map_err(failed)?;
        let private = fs::Permissions::from_mode(0o600);
        fs::set_permissions(&path, private)
            .map_err(|source| GatewayError::Start { what: "protect the notes", source })?;
        let (orders, queue) = mpsc::channel();
        let writer = Writer { connection, path: path.clone() };
        thread::Builder::new()
            .name("gateway-notes".to_owned())
            .spawn(move || writer.run(&queue))
            .map_err(|source| GatewayError::Start { what: "start a thread", source })?;
        Ok((Self { orders }, Kept { rows }))
    }

    /// Keeps a value; true once it is durable.
    pub(crate) async fn put(&self, kind: Kind, id: &str, value: &impl Serialize) -> bool {
        let (done, told) = oneshot::channel();
        self.order(kind, id, Some(value), Some(done));
        told.await.unwrap_or(false)
    }

    /// Keeps a value soon.
    pub(crate) fn put_soon(&self, kind: Kind, id: &str, value: &impl Serialize) {
        self.order(kind, id, Some(value), None);
    }

    /// Forgets a value soon.
    pub(crate) fn forget(&self, kind: Kind, id: &str) {
        self.order(kind, id, None::<&()>, None);
    }

    /// Waits until all that was ordered before is done.
    pub(crate) async fn flush(&self) {
        let (done, told) = oneshot::channel();
        self.order(Kind::Alive, "flush", None::<&()>, Some(done));
        let _ = told.await;
    }

    fn order(
        &self,
        kind: Kind,
        id: &str,
        value: Option<&impl Serialize>,
        done: Option<oneshot::Sender<bool>>,
    ) {
        let value = match value.map(serde_json::to_string).transpose() {
            Ok(value) => value,
            Err(error) => return tracing::error!(%error, id, "a note cannot be written"),
        };
        // The thread ends with the last sender only: a closed channel means that it panicked, and
        // whoever waits is told by the dropped answer.
        let _ = self.orders.send(Order { kind, id: id.to_owned(), value, done });
    }
}

type Row = (String, String, String);

fn open(path: &Path) -> rusqlite::Result<(Connection, Vec<Row>)> {
    let connection = Connection::open(path)?;
    connection.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA busy_timeout = 5000;
         CREATE TABLE IF NOT EXISTS kept (
             kind TEXT NOT NULL, id TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (kind, id)
         ) WITHOUT ROWID;",
    )?;
    let rows = connection
        .prepare("SELECT kind, id, value FROM kept")?
        .query_map((), |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?
        .collect::<rusqlite::Result<_>>()?;
    Ok((connection, rows))
}

struct Writer {
    connection: Connection,
    path: PathBuf,
}

impl Writer {
    fn run(mut self, queue: &Receiver<Order>) {
        while let Ok(first) = queue.recv() {
            let orders: Vec<Order> =
                std::iter::once(first).chain(queue.try_iter().take(CHANGES_MAX - 1)).collect();
            let done = self.write(&orders);
            if let Err(error) = &done {
                tracing::error!(%error, file = %self.path.display(), "notes are not kept");
            }
            for waiting in orders.into_iter().filter_map(|order| order.done) {
                // Who no longer waits need not know.
                let _ = waiting.send(done.is_ok());
            }
        }
    }

    fn write(&mut self, orders: &[Order]) -> rusqlite::Result<()> {
        let all = self.connection.transaction()?;
        for Order { kind, id, value, .. } in orders {
            match value {
                Some(value) => all.execute(
                    "INSERT OR REPLACE INTO kept (kind, id, value) VALUES (?1, ?2, ?3)",
                    (kind.as_str(), id, value),
                )?,
                None => all
                    .execute("DELETE FROM kept WHERE kind = ?1 AND id = ?2", (kind.as_str(), id))?,
            };
        }
        all.commit()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // Protects: what was kept is there after a restart, what was forgotten is not, and kinds do
    // not mix.
    #[tokio::test]
    async fn notes_survive() {
        let folder = tempfile::tempdir().expect("a folder");
        let place = folder.path().join("spool");
        let (state, kept) = State::open(&place).expect("opens");
        assert!(kept.of::<u32>(Kind::Note).is_empty());
        assert!(state.put(Kind::Note, "a", &1).await);
        assert!(state.put(Kind::Note, "b", &2).await);
        assert!(state.put(Kind::Session, "a", &3).await);
        state.put_soon(Kind::Note, "a", &4);
        state.forget(Kind::Note, "b");
        state.flush().await;
        drop(state);
        let (_, kept) = State::open(&place).expect("opens again");
        assert_eq!(kept.of::<u32>(Kind::Note), [("a".to_owned(), 4)]);
        assert_eq!(kept.of::<u32>(Kind::Session), [("a".to_owned(), 3)]);
        assert!(kept.of::<String>(Kind::Note).is_empty());
    }
}
