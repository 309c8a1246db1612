//! The head: what is durable and signed, and so what readers see.
//!
//! One cell, written by the committer after everything a reader of the new head needs is in
//! place, watched by followers.

use crate::disk::{Disk, DiskFile, Mode, replace_file};
use crate::error::LedgerError;
use crate::layout::Layout;
use annals_proof::{Hash, TreeSize};
use std::path::PathBuf;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// A durable, signed state of the ledger.
#[derive(Clone, Debug)]
pub struct Head {
    /// Leaves in it.
    pub size: TreeSize,
    /// Root of its tree.
    pub root: Hash,
    /// The signed checkpoint.
    pub note: Arc<str>,
}

/// The published head.
pub(crate) struct HeadCell {
    state: Mutex<State>,
    changed: Condvar,
}

struct State {
    head: Head,
    stopped: bool,
}

impl HeadCell {
    pub(crate) fn new(head: Head) -> Self {
        Self { state: Mutex::new(State { head, stopped: false }), changed: Condvar::new() }
    }

    pub(crate) fn get(&self) -> Head {
        self.state().head.clone()
    }

    pub(crate) fn size(&self) -> u64 {
        self.state().head.size.0
    }

    pub(crate) fn publish(&self, head: Head) {
        self.state().head = head;
        self.changed.notify_all();
    }

    /// No head will follow: whoever waits goes on.
    pub(crate) fn stop(&self) {
        self.state().stopped = true;
        self.changed.notify_all();
    }

    pub(crate) fn is_stopped(&self) -> bool {
        self.state().stopped
    }

    /// Wakes all waiters, so that they look at conditions of their own.
    pub(crate) fn nudge(&self) {
        // Taken so that a waiter is either before its check or already waiting.
        drop(self.state());
        self.changed.notify_all();
    }

    /// Waits until the head is beyond `size`, the ledger stops, `given_up` says so or the time
    /// is over.
    pub(crate) fn wait_beyond(
        &self,
        size: u64,
        timeout: Duration,
        given_up: impl Fn() -> bool,
    ) -> Head {
        let deadline = Instant::now() + timeout;
        let mut state = self.state();
        while state.head.size.0 <= size && !state.stopped && !given_up() {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                break;
            }
            let waited = self.changed.wait_timeout(state, left);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        state.head.clone()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The file `checkpoint`: the newest note, rewritten in place without a sync.
pub(crate) struct CheckpointFile {
    file: Arc<dyn DiskFile>,
    path: PathBuf,
}

impl CheckpointFile {
    /// Puts a note in the place of the last one, durably and never by half: the signature of a
    /// former key over the present head stands nowhere else.
    pub(crate) fn replace(disk: &dyn Disk, layout: &Layout, note: &str) -> Result<(), LedgerError> {
        let path = layout.checkpoint();
        replace_file(disk, &path, note.as_bytes(), Mode::Create)
            .map_err(LedgerError::write(path, 0))
    }

    pub(crate) fn open(disk: &dyn Disk, layout: &Layout) -> Result<Self, LedgerError> {
        let path = layout.checkpoint();
        let file = disk.open(&path, Mode::Create).map_err(LedgerError::write(&path, 0))?;
        Ok(Self { file, path })
    }

    /// Writes the note. Notes of one key only grow; after a change of keys the rest is cut.
    pub(crate) fn write(&self, note: &str) -> Result<(), LedgerError> {
        self.file
            .write_at(note.as_bytes(), 0)
            .and_then(|()| match self.file.len()? > note.len() as u64 {
                true => self.file.set_len(note.len() as u64),
                false => Ok(()),
            })
            .map_err(LedgerError::write(&self.path, 0))
    }

    pub(crate) fn sync(&self) -> Result<(), LedgerError> {
        self.file.sync().map_err(LedgerError::sync(&self.path))
    }
}
