//! `Indexer`: the follower that feeds the index.
//!
//! It waits while the keeper is a whole round behind, so that memory stays bounded; the ledger
//! never waits for it.

use std::ops::Range;
use std::sync::PoisonError;
use std::sync::atomic::Ordering;
use std::thread::JoinHandle;
use std::time::Duration;

use annals_ledger::{FollowError, Follower, LeafIndex};
use annals_record::Leaf;

use super::SearchIndex;
use super::leaves::Leaves;
use crate::error::IndexError;

/// How often a waiting follower looks whether it is to end.
const LOOK_EVERY: Duration = Duration::from_millis(100);
/// Leaves read at a time by `catch_up`.
const BATCH_LEAVES: u64 = 4096;

/// Feeds an index. When dropped, the thread that keeps the files ends.
pub struct Indexer {
    index: SearchIndex,
    keeper: Option<JoinHandle<()>>,
}

impl Indexer {
    pub(super) fn new(index: SearchIndex, keeper: JoinHandle<()>) -> Self {
        Self { index, keeper: Some(keeper) }
    }

    /// Follows the ledger up to its present head, and tells after each step how far it is and
    /// where it goes.
    ///
    /// # Errors
    /// `Ledger` if the ledger cannot be read.
    pub fn catch_up(&mut self, mut progress: impl FnMut(u64, u64)) -> Result<(), IndexError> {
        let reader = self.index.reader().clone();
        let head = reader.head().size.0;
        loop {
            let from = self.position().0;
            progress(from.min(head), head);
            if from >= head {
                return Ok(());
            }
            let upto = head.min(from + BATCH_LEAVES);
            let Leaves { leaves, lost } = Leaves::read(&reader, from..upto)?;
            self.take(&leaves, upto, &lost)?;
        }
    }

    /// Writes all rows to disk, however few they are, and waits for it. False if it could not be
    /// done; the fault is in the log.
    pub fn seal(&mut self) -> bool {
        let shared = &self.index.shared;
        let mut writer = shared.writer();
        writer.seal_now = true;
        shared.changed.notify_all();
        while writer.seal_now && !shared.is_stopped() {
            let waited = shared.changed.wait_timeout(writer, LOOK_EVERY);
            writer = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        writer.settled == writer.end
    }

    fn take(
        &mut self,
        batch: &[(LeafIndex, Leaf)],
        upto: u64,
        lost: &[Range<u64>],
    ) -> Result<(), IndexError> {
        let shared = &self.index.shared;
        let mut writer = shared.writer();
        let seal_rows = shared.options.seal_rows;
        while writer.is_behind(seal_rows) && !shared.is_stopped() {
            let waited = shared.changed.wait_timeout(writer, LOOK_EVERY);
            writer = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        Ok(shared.take(&mut writer, batch, upto, lost)?)
    }
}

impl Follower for Indexer {
    fn name(&self) -> &'static str {
        "index"
    }

    fn position(&self) -> LeafIndex {
        LeafIndex(self.index.shared.writer().position())
    }

    fn follow(&mut self, batch: &[(LeafIndex, Leaf)]) -> Result<(), FollowError> {
        let upto = batch.last().map_or(0, |(last, _)| last.0 + 1);
        Ok(self.take(batch, upto, &[])?)
    }

    fn pass_over(&mut self, range: Range<u64>) -> Result<bool, FollowError> {
        self.take(&[], range.end, &[range])?;
        Ok(true)
    }

    fn skip_to(&mut self, index: LeafIndex) -> Result<(), FollowError> {
        Ok(self.take(&[], index.0, &[])?)
    }
}

impl Drop for Indexer {
    fn drop(&mut self) {
        let shared = &self.index.shared;
        // Under the lock, so that the keeper does not miss it between looking and waiting.
        let writer = shared.writer();
        shared.stopped.store(true, Ordering::Release);
        shared.changed.notify_all();
        drop(writer);
        if let Some(keeper) = self.keeper.take() {
            let _ = keeper.join();
        }
    }
}
