//! Compaction in the background: a thread that rewrites each sealed segment once.
//!
//! It has the lowest priority of all and rests after every sync nine times as long as that sync
//! took, so that a commit meets a busy disk at most one time in ten. It stops within one frame.
//! It leaves the last of the disk to new events. What fails is tried again later, but for a
//! damaged segment: that one is left for `verify` to speak of. Nothing depends on when a segment
//! is compacted.

use crate::error::LedgerError;
use crate::ledger::Ledger;
use crate::rewrite::{Rewritten, Watch, compact_segment, sealed_segments};
use crate::store::Store;
use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

/// How often it looks for a segment that was sealed.
const LOOK_EVERY: Duration = Duration::from_secs(10);
/// How long it waits after an error.
const FAILED_PAUSE: Duration = Duration::from_secs(60);
/// So many times the time of a sync it rests afterwards.
const REST_TIMES: u32 = 9;
/// It rests no longer at a time: a ledger that closes waits for it at most so long.
const REST_MAX: Duration = Duration::from_secs(1);
/// nice(2): gets what nobody else wants of a processor.
const NICENESS: i32 = 19;

/// Compaction under way. Stops when dropped.
pub struct Compactor {
    stop: Arc<Stop>,
    thread: Option<JoinHandle<()>>,
}

impl Ledger {
    /// Compacts sealed segments, oldest first, on a thread of its own until the handle is dropped
    /// or the ledger closes.
    ///
    /// # Errors
    /// If the thread cannot be started.
    pub fn compact_behind(&self) -> Result<Compactor, LedgerError> {
        let stop = Arc::new(Stop::default());
        let (store, shared) = (Arc::clone(self.store()), Arc::clone(&stop));
        let thread = std::thread::Builder::new()
            .name("compactor".into())
            .spawn(move || run(&store, &shared))
            .map_err(LedgerError::read("thread"))?;
        Ok(Compactor { stop, thread: Some(thread) })
    }
}

impl Drop for Compactor {
    fn drop(&mut self) {
        self.stop.set();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn run(store: &Store, stop: &Stop) {
    if let Err(error) = rustix::process::nice(NICENESS) {
        tracing::warn!(%error, "compaction runs at the usual priority");
    }
    let mut damaged = BTreeSet::new();
    while !stop.is_set() && !store.head.is_stopped() {
        let segments = sealed_segments(store);
        let mut waiting = segments.iter().filter(|segment| !segment.compacted);
        let Some(segment) = waiting.find(|segment| !damaged.contains(&segment.first.0)) else {
            stop.wait(LOOK_EVERY);
            continue;
        };
        let first = segment.first.0;
        match compact_segment(store, first, &mut Gently(stop)) {
            Ok(Rewritten { bytes_before, bytes_after }) => {
                tracing::info!(first, bytes_before, bytes_after, "a segment was compacted");
            }
            Err(LedgerError::Closed | LedgerError::Interrupted { .. }) => {}
            Err(error) => {
                let cause = std::error::Error::source(&error);
                tracing::warn!(first, %error, ?cause, "a segment could not be compacted");
                if matches!(error, LedgerError::Corrupt { .. } | LedgerError::Rewrite { .. }) {
                    damaged.insert(first);
                } else {
                    stop.wait(FAILED_PAUSE);
                }
            }
        }
    }
}

/// Leaves the disk to commits nine tenths of the time.
struct Gently<'a>(&'a Stop);

impl Watch for Gently<'_> {
    fn leaves(&mut self, _count: u64) -> ControlFlow<()> {
        if self.0.is_set() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }

    fn synced(&mut self, took: Duration) {
        self.0.wait((took * REST_TIMES).min(REST_MAX));
    }
}

/// A flag that can be waited for.
#[derive(Default)]
struct Stop {
    set: Mutex<bool>,
    changed: Condvar,
}

impl Stop {
    fn set(&self) {
        *self.flag() = true;
        self.changed.notify_all();
    }

    fn is_set(&self) -> bool {
        *self.flag()
    }

    /// Waits for the flag, but no longer than this.
    fn wait(&self, timeout: Duration) {
        let waited = self.changed.wait_timeout_while(self.flag(), timeout, |set| !*set);
        drop(waited.unwrap_or_else(PoisonError::into_inner));
    }

    fn flag(&self) -> MutexGuard<'_, bool> {
        self.set.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
