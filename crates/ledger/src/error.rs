//! Everything that can go wrong in the ledger, one variant each.
//!
//! Errors are cheap to clone: one failed block fails the receipts of many batches with the same
//! cause. The text says what to do where there is something to do.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

/// An error of the ledger.
#[derive(Clone, Debug, thiserror::Error)]
pub enum LedgerError {
    /// The queue holds as much as it may. Nothing was kept.
    #[error("the queue is full; try again in a moment")]
    Busy,
    /// No room on the disk. Nothing of the batch was kept; work resumes when there is room.
    #[error("the disk is full; free space under {file}", file = file.display())]
    DiskFull {
        /// The file that could not grow.
        file: PathBuf,
        /// What the system said.
        source: Arc<io::Error>,
    },
    /// A write before the commit point failed. Nothing of the batch was kept.
    #[error("cannot write {file} at {offset}; check the disk", file = file.display())]
    Write {
        /// The file.
        file: PathBuf,
        /// Where in it.
        offset: u64,
        /// What the system said.
        source: Arc<io::Error>,
    },
    /// A file of the ledger cannot be read.
    #[error("cannot read {file}", file = file.display())]
    Read {
        /// The file.
        file: PathBuf,
        /// What the system said.
        source: Arc<io::Error>,
    },
    /// What is on disk is not what was written.
    #[error("{file} is damaged at {offset}: {what}; run `annals verify`", file = file.display())]
    Corrupt {
        /// The file.
        file: PathBuf,
        /// Where in it.
        offset: u64,
        /// What is wrong.
        what: String,
    },
    /// The folder holds less, or another tree, than was signed: it was rolled back or replaced.
    #[error(
        "{file} at {offset}: {what}; restore the newest copy, nothing was changed",
        file = file.display()
    )]
    RolledBack {
        /// The file that shows it.
        file: PathBuf,
        /// Where in it.
        offset: u64,
        /// What was signed and what is there.
        what: String,
    },
    /// The ledger has stopped for good: a sync failed or an invariant broke.
    #[error("the ledger has stopped while {step}; restart to recover from disk")]
    Fatal {
        /// What it was doing.
        step: &'static str,
        /// Why it stopped.
        source: Arc<LedgerError>,
    },
    /// A sync failed: the state of the page cache is unknown.
    #[error("cannot sync {file}", file = file.display())]
    Sync {
        /// The file.
        file: PathBuf,
        /// What the system said.
        source: Arc<io::Error>,
    },
    /// A check was told to stop before it was through.
    #[error("the check was told to stop; run it again for an answer")]
    CheckStopped,
    /// The ledger is closing or closed.
    #[error("the ledger is closed")]
    Closed,
    /// Another process has the ledger open.
    #[error("{file} is locked: another process has this ledger open", file = file.display())]
    Locked {
        /// The lock file.
        file: PathBuf,
    },
    /// There is no ledger here.
    #[error("{folder} holds no ledger", folder = folder.display())]
    NotFound {
        /// The folder looked at.
        folder: PathBuf,
    },
    /// A batch is over a limit.
    #[error("a batch of {events} events and {bytes} bytes is too large; split it")]
    BatchTooLarge {
        /// Events in it.
        events: usize,
        /// Bytes in it.
        bytes: usize,
    },
    /// A batch was not sealed with the `received_time` of its ticket.
    #[error("event {place} of the batch has another received_time than its ticket; seal it anew")]
    ReceivedTime {
        /// Place in the batch.
        place: usize,
    },
    /// The ledger holds as many leaves as its format can count.
    #[error("the ledger is full at {size} leaves; start a new one")]
    LedgerFull {
        /// Leaves it holds.
        size: u64,
    },
    /// No such index below the head.
    #[error("index {index} is not below the head {size}")]
    OutOfRange {
        /// The index asked for.
        index: u64,
        /// The head.
        size: u64,
    },
    /// The event was pruned: only its hash is kept.
    #[error("event {index} was pruned; only its hash is kept")]
    Pruned {
        /// Its index.
        index: u64,
    },
    /// The open segment cannot be rewritten.
    #[error("the segment that starts at {first} is still open or does not exist")]
    NotSealed {
        /// First index of the segment asked for.
        first: u64,
    },
    /// A rewrite would have changed what the tree commits to.
    #[error("a rewrite may not change leaf {index}: {what}")]
    Rewrite {
        /// The leaf.
        index: u64,
        /// What it tried.
        what: String,
    },
    /// Whoever watched a rewrite stopped it.
    #[error("the rewrite of {file} was stopped; the segment is as it was", file = file.display())]
    Interrupted {
        /// The segment.
        file: PathBuf,
    },
    /// A second file of the segment would take the last of the disk from new events.
    #[error(
        "no room to compact {file}: {needed} bytes must be free and {free} are; free some, \
         nothing is lost meanwhile",
        file = file.display()
    )]
    NoRoom {
        /// The segment.
        file: PathBuf,
        /// What must be free, in bytes.
        needed: u64,
        /// What is.
        free: u64,
    },
    /// The keys folder is not usable.
    #[error("{file}: {what}", file = file.display())]
    Key {
        /// The file.
        file: PathBuf,
        /// What is wrong.
        what: String,
    },
    /// The signer refused: the head is not consistent with what it signed last.
    #[error("the signer refuses a head of {size} leaves: {what}")]
    Signer {
        /// Size it was asked to sign.
        size: u64,
        /// Why it refused.
        what: String,
    },
}

impl LedgerError {
    /// True where the ledger must be restarted.
    #[must_use]
    pub fn is_fatal(&self) -> bool {
        matches!(self, Self::Fatal { .. })
    }

    pub(crate) fn read(file: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::Read { file: file.into(), source: Arc::new(source) }
    }

    pub(crate) fn write(file: impl Into<PathBuf>, offset: u64) -> impl FnOnce(io::Error) -> Self {
        move |source| {
            let (file, full) = (file.into(), is_disk_full(&source));
            let source = Arc::new(source);
            if full {
                Self::DiskFull { file, source }
            } else {
                Self::Write { file, offset, source }
            }
        }
    }

    pub(crate) fn sync(file: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::Sync { file: file.into(), source: Arc::new(source) }
    }

    pub(crate) fn corrupt(file: impl Into<PathBuf>, offset: u64, what: impl Into<String>) -> Self {
        Self::Corrupt { file: file.into(), offset, what: what.into() }
    }

    pub(crate) fn fatal(self, step: &'static str) -> Self {
        match self {
            Self::Fatal { .. } => self,
            other => Self::Fatal { step, source: Arc::new(other) },
        }
    }
}

/// No room, or no room left in the user's quota.
fn is_disk_full(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded)
}
