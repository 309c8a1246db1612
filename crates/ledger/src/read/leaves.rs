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

    fn kept(&mut self, index: u64) -> Result<Kept, LedgerError> {
        let inside = |frame: &Arc<Frame>| {
            index.checked_sub(frame.first()).is_some_and(|place| place < frame.len() as u64)
        };
        let frame = match self.frame.take().filter(inside) {
            Some(frame) => frame,
            None => self.store.frame_of(index)?,
        };
        let kept = frame.kept((index - frame.first()) as usize);
        self.frame = Some(frame);
        kept.map_err(|what| self.store.bad_leaf(index, what))
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

impl Leaves {
    /// Goes on at `index`, never back. What is passed over in the frame at hand is not decoded
    /// again, so ascending scattered indexes cost one decoding a frame.
    pub fn skip_to(&mut self, index: u64) {
        let left = &mut self.0.left;
        left.start = index.clamp(left.start, left.end.max(left.start));
    }
}

impl Iterator for Leaves {
    type Item = Result<(LeafIndex, Leaf), LedgerError>;

    fn next(&mut self) -> Option<Self::Item> {
        Some(self.0.next()?.and_then(|(index, kept)| match kept {
            Kept::Leaf(leaf) => Ok((index, leaf)),
            Kept::Pruned(_) => Err(LedgerError::Pruned { index: index.0 }),
        }))
    }
}
