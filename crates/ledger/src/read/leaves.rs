//! A walk over a range of leaves.

use crate::error::LedgerError;
use crate::frame::Frame;
use crate::store::Store;
use annals_proof::LeafIndex;
use annals_record::{Kept, Leaf};
use std::ops::Range;
use std::sync::Arc;

/// What is kept, in index order; made by [`crate::LedgerReader::kept_range`]. Owns what it needs.
pub struct KeptRange {
    store: Arc<Store>,
    frame: Option<Arc<Frame>>,
    left: Range<u64>,
}

impl KeptRange {
    pub(super) fn new(store: Arc<Store>, range: Range<u64>) -> Self {
        Self { store, frame: None, left: range }
    }

    /// Reads what stands at `index` into the buffers of a leaf that is no longer needed. Moves
    /// nothing: who reads scattered positions in ascending order decodes each frame once.
    ///
    /// # Errors
    /// `OutOfRange` at or above the end of the range, or what reading found.
    pub fn read(&mut self, index: u64, kept: &mut Kept) -> Result<(), LedgerError> {
        if index >= self.left.end {
            return Err(LedgerError::OutOfRange { index, size: self.left.end });
        }
        self.kept_into(index, kept)
    }

    fn kept(&mut self, index: u64) -> Result<Kept, LedgerError> {
        let mut kept = Kept::Pruned(Default::default());
        self.kept_into(index, &mut kept)?;
        Ok(kept)
    }

    fn kept_into(&mut self, index: u64, kept: &mut Kept) -> Result<(), LedgerError> {
        let inside = |frame: &Arc<Frame>| {
            index.checked_sub(frame.first()).is_some_and(|place| place < frame.len() as u64)
        };
        let frame = match self.frame.take().filter(inside) {
            Some(frame) => frame,
            None => self.store.frame_of(index)?,
        };
        let done = frame.kept_into((index - frame.first()) as usize, kept);
        self.frame = Some(frame);
        done.map_err(|what| self.store.bad_leaf(index, what))
    }
}

impl Iterator for KeptRange {
    type Item = Result<(LeafIndex, Kept), LedgerError>;

    fn next(&mut self) -> Option<Self::Item> {
        let index = self.left.next()?;
        let kept = self.kept(index);
        if kept.is_err() {
            self.left.end = self.left.start;
        }
        Some(kept.map(|kept| (LeafIndex(index), kept)))
    }
}

/// Leaves in index order; made by [`crate::LedgerReader::range`].
pub struct Leaves(pub(super) KeptRange);

impl Iterator for Leaves {
    type Item = Result<(LeafIndex, Leaf), LedgerError>;

    fn next(&mut self) -> Option<Self::Item> {
        Some(self.0.next()?.and_then(|(index, kept)| match kept {
            Kept::Leaf(leaf) => Ok((index, leaf)),
            Kept::Pruned(_) => Err(LedgerError::Pruned { index: index.0 }),
        }))
    }
}
