//! The control database `DIR/control.sqlite`: accounts, sessions, tokens, saved views, export jobs,
//! fingerprints of masked secrets, and acts waiting to be recorded.
//!
//! The server and commands beside it open it at once; what one writes the other sees with its
//! next request (`PRAGMA data_version` tells cheaply whether the cache of tokens still holds).
//! Each change writes its audit event to the outbox in the same transaction, so that no
//! administrative act can happen without a record of it. Holds no event of anybody else.

mod accounts;
mod credentials;
mod exports;
mod fingerprints;
mod makers;
mod outbox;
mod saved;
mod schema;
mod secrets;
mod sessions;
mod tokens;
mod used;
mod vouched;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use annals_ledger::{Clock, SystemClock};
use rusqlite::{Connection, Transaction, TransactionBehavior};

use crate::auth::account;
use crate::auth::separation::Joined;

pub use accounts::{AccountChange, NewAccount};
pub(crate) use credentials::{Credentials, Lockout, Shown};
pub(crate) use exports::{Ending, ExportRow, NewExport, Progress};
pub(crate) use fingerprints::{Fingerprint, Taken};
pub use outbox::{By, Pending};
pub(crate) use saved::{Content, SavedView};
pub use secrets::SECRET_BYTES;
pub(crate) use secrets::{
    CONFIGURATION, CONFIGURATION_SEEN, EMBED_TOKENS, FINGERPRINTS, PSEUDONYMS, QUARANTINE_IDS,
};
pub(crate) use sessions::{Entry, Refusal};
pub use tokens::{CreatedToken, NewToken, TokenRow};

pub(crate) use vouched::Vouched;

use tokens::Cached;
use used::Used;

const FILE: &str = "control.sqlite";
/// How long a writer waits for another process, milliseconds.
const BUSY_MILLIS_MAX: u64 = 5_000;

/// Why the control database could not be used.
#[derive(Debug, thiserror::Error)]
pub enum ControlError {
    /// The data folder could not be made.
    #[error("cannot make the data folder {}", path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// There is no data folder where one was named.
    #[error("there is no {}; name the data folder of a server with --data", path.display())]
    Absent {
        /// The file that should be there.
        path: PathBuf,
    },
    /// SQLite failed.
    #[error("the control database {} cannot be used", path.display())]
    Database {
        /// The file.
        path: PathBuf,
        /// What SQLite said.
        #[source]
        source: rusqlite::Error,
    },
    /// The file was written by a later version.
    #[error("{} is of version {found}, newer than this program knows; update the program",
        path.display())]
    TooNew {
        /// The file.
        path: PathBuf,
        /// Its version.
        found: i64,
    },
    /// The system gave no random bytes.
    #[error("the system's random source failed")]
    Random(#[source] getrandom::Error),
    /// Somebody keeps more of something than they may.
    #[error("you have {limit} {what} already; delete one first")]
    TooMany {
        /// Of what.
        what: &'static str,
        /// How many they may have.
        limit: u64,
    },
    /// A login is somebody else's.
    #[error("there is an account called {name} already")]
    NameTaken {
        /// The login.
        name: String,
    },
    /// A login that cannot be one.
    #[error(
        "a login has 1 to {} characters, no blanks, and none of / ? # % \\ : \" ' < > & ; ,",
        account::LOGIN_CHARS_MAX
    )]
    BadLogin,
    /// A name for people that is too long or holds control characters.
    #[error(
        "a display name has at most {} characters and no control characters",
        account::DISPLAY_NAME_CHARS_MAX
    )]
    BadDisplayName,
    /// There is no such account, or it has no password here.
    #[error("there is no such account with a password of its own")]
    NoAccount,
    /// An account would join two powers.
    #[error(transparent)]
    Joined(#[from] Joined),
    /// Nobody could undo it.
    #[error("this is the last account that can manage accounts; give another one that first")]
    LastAdministrator,
    /// A token needs a name people can tell it by.
    #[error(
        "a token's name has 1 to {} characters and no control characters",
        tokens::NAME_CHARS_MAX
    )]
    BadName,
}

/// The control database, open.
pub struct Control {
    inner: Mutex<Inner>,
    path: PathBuf,
    clock: Arc<dyn Clock>,
    /// Whether no account may join two powers.
    separated: bool,
}

/// What the lock covers: SQLite connections are for one thread at a time.
struct Inner {
    connection: Connection,
    /// `PRAGMA data_version` when the cache was last emptied.
    version: i64,
    /// Tokens that exist, by id.
    cache: HashMap<String, Cached>,
    /// What was used since it was last written down.
    used: Used,
}

impl Control {
    /// Opens the database of the data folder, making both as needed.
    ///
    /// # Errors
    /// When the folder or the file cannot be made or used, or is of a later version.
    pub fn open(dir: &Path) -> Result<Self, ControlError> {
        Self::open_with(dir, Arc::new(SystemClock))
    }

    /// Opens the database of a data folder that must be there; makes nothing.
    ///
    /// # Errors
    /// As `open`, and when there is no such folder.
    pub fn open_existing(dir: &Path) -> Result<Self, ControlError> {
        let path = dir.join(FILE);
        if !path.is_file() {
            return Err(ControlError::Absent { path });
        }
        Self::open(dir)
    }

    /// Opens with another clock, for tests of expiry.
    ///
    /// # Errors
    /// As `open`.
    pub fn open_with(dir: &Path, clock: Arc<dyn Clock>) -> Result<Self, ControlError> {
        make_folder(dir)?;
        let path = dir.join(FILE);
        let connection = connect(&path).map_err(|source| fault(&path, source))?;
        let version = schema::migrate(&connection).map_err(|source| fault(&path, source))?;
        if version > schema::VERSION {
            return Err(ControlError::TooNew { path, found: version });
        }
        let inner = Inner { connection, version: -1, cache: HashMap::new(), used: Used::default() };
        Ok(Self { inner: Mutex::new(inner), path, clock, separated: false })
    }

    /// The same, where no account may join two powers.
    #[must_use]
    pub fn separated(self, separated: bool) -> Self {
        Self { separated, ..self }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        // A panic while holding it leaves no half state: SQLite rolls back, the cache is a copy.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Runs a change as one transaction.
    fn transact<T>(
        &self,
        run: impl FnOnce(&Transaction<'_>) -> Result<T, rusqlite::Error>,
    ) -> Result<T, ControlError> {
        self.transact_if(|transaction| run(transaction).map(Ok))
    }

    /// Runs a change as one transaction, which does not happen if the change says so.
    fn transact_if<T>(
        &self,
        run: impl FnOnce(&Transaction<'_>) -> Result<Result<T, ControlError>, rusqlite::Error>,
    ) -> Result<T, ControlError> {
        let mut inner = self.lock();
        let behavior = TransactionBehavior::Immediate;
        let done = inner.connection.transaction_with_behavior(behavior).and_then(|transaction| {
            let done = run(&transaction)?;
            if done.is_ok() {
                transaction.commit()?;
            }
            Ok(done)
        });
        done.map_err(|source| self.fault(source))?
    }

    fn fault(&self, source: rusqlite::Error) -> ControlError {
        fault(&self.path, source)
    }
}

fn fault(path: &Path, source: rusqlite::Error) -> ControlError {
    ControlError::Database { path: path.to_owned(), source }
}

/// Only the owner may look into the data folder.
fn make_folder(dir: &Path) -> Result<(), ControlError> {
    use std::os::unix::fs::DirBuilderExt;
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(dir)
        .map_err(|source| ControlError::Folder { path: dir.to_owned(), source })
}

fn connect(path: &Path) -> Result<Connection, rusqlite::Error> {
    let connection = Connection::open(path)?;
    connection.busy_timeout(std::time::Duration::from_millis(BUSY_MILLIS_MAX))?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    Ok(connection)
}

#[cfg(test)]
mod tests;
