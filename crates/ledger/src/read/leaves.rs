//! A walk over a range of leaves.

use crate::error::LedgerError;
use crate::frame::Frame;
use crate::store::Store;
use annals_proof::LeafIndex;
use annals_record::{Kept, Leaf, Tag};
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

    /// The values of the frame that holds `index`, to be searched before leaves are put together.
    ///
    /// # Errors
    /// As `read`.
    pub fn values(&mut self, index: u64) -> Result<FrameValues<'_>, LedgerError> {
        if index >= self.left.end {
            return Err(LedgerError::OutOfRange { index, size: self.left.end });
        }
        let frame = self.frame_of(index)?;
        Ok(FrameValues(self.frame.insert(frame)))
    }

    fn kept(&mut self, index: u64) -> Result<Kept, LedgerError> {
        let mut kept = Kept::Pruned(Default::default());
        self.kept_into(index, &mut kept)?;
        Ok(kept)
    }

    /// Takes the frame at hand if it holds `index`, else reads the one that does.
    fn frame_of(&mut self, index: u64) -> Result<Arc<Frame>, LedgerError> {
        let inside = |frame: &Arc<Frame>| {
            index.checked_sub(frame.first()).is_some_and(|place| place < frame.len() as u64)
        };
        match self.frame.take().filter(inside) {
            Some(frame) => Ok(frame),
            None => self.store.frame_of(index),
        }
    }

    fn kept_into(&mut self, index: u64, kept: &mut Kept) -> Result<(), LedgerError> {
        let frame = self.frame_of(index)?;
        let done = frame.kept_into((index - frame.first()) as usize, kept);
        self.frame = Some(frame);
        done.map_err(|what| self.store.bad_leaf(index, what))
    }
}

/// The values of one frame as they stand in memory, those of each tag beside each other.
#[derive(Clone, Copy)]
pub struct FrameValues<'f>(&'f Frame);

impl FrameValues<'_> {
    /// Positions of the leaves that the frame holds.
    #[must_use]
    pub fn indexes(&self) -> Range<u64> {
        self.0.first()..self.0.first() + self.0.len() as u64
    }

    /// What the values stand in; there are other bytes before and between them.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        self.0.columns()
    }

    /// Each value that is there: position of its leaf, tag, place in `bytes`.
    pub fn each(&self) -> impl Iterator<Item = (u64, Tag, Range<usize>)> {
        self.0.values().map(|(place, tag, bytes)| (self.0.first() + place as u64, tag, bytes))
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
