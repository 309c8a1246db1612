//! That there is one rewrite at a time, and what those of this process did.
//!
//! It knows no segments: what a rewrite is stands in `rewrite.rs`.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Compaction so far, for operators.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Compaction {
    /// Sealed segments.
    pub segments: u64,
    /// Of these, not compacted yet.
    pub waiting: u64,
    /// Bytes of segments that were written anew by this process, before.
    pub bytes_before: u64,
    /// The same, after.
    pub bytes_after: u64,
    /// Rewrites that failed in this process.
    pub failures: u64,
}

/// The turn to rewrite, and the counts.
#[derive(Default)]
pub(crate) struct Rewrites {
    one: Mutex<()>,
    bytes_before: AtomicU64,
    bytes_after: AtomicU64,
    failures: AtomicU64,
}

impl Rewrites {
    /// Waits for its turn; the guard gives it back.
    pub(crate) fn begin(&self) -> MutexGuard<'_, ()> {
        self.one.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for a rewrite under way. Once the head has stopped it ends soon and no other begins.
    pub(crate) fn wait(&self) {
        drop(self.begin());
    }

    /// A segment was written anew. Counted before readers see it.
    pub(crate) fn add(&self, bytes_before: u64, bytes_after: u64) {
        self.bytes_before.fetch_add(bytes_before, Ordering::Relaxed);
        self.bytes_after.fetch_add(bytes_after, Ordering::Relaxed);
    }

    pub(crate) fn add_failure(&self) {
        self.failures.fetch_add(1, Ordering::Relaxed);
    }

    /// The counts, of so many sealed segments of which so many wait.
    pub(crate) fn counts(&self, segments: u64, waiting: u64) -> Compaction {
        Compaction {
            segments,
            waiting,
            bytes_before: self.bytes_before.load(Ordering::Relaxed),
            bytes_after: self.bytes_after.load(Ordering::Relaxed),
            failures: self.failures.load(Ordering::Relaxed),
        }
    }
}
