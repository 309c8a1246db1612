//! A batch on its way in, and what became of it.
//!
//! Plain data: the pool carries it, the sequencer gives places, the committer answers.

use crate::error::LedgerError;
use annals_proof::LeafIndex;
use annals_record::{Leaf, Sealed, Timestamp};
use std::sync::Arc;

/// Leaves that are committed in one block, whole or not at all.
pub(crate) struct Batch {
    pub(crate) leaves: Vec<Sealed>,
    pub(crate) on_conflict: OnConflict,
    pub(crate) received: Timestamp,
    pub(crate) answer: Answer,
}

/// Where the receipt of a batch waits.
pub(crate) type Answer = oneshot::Sender<Result<Appended, LedgerError>>;

/// What to do with a batch in which an id is taken by other content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnConflict {
    /// Keep the others.
    Skip,
    /// Keep nothing of the batch.
    Refuse,
}

/// What became of a batch.
#[derive(Clone, Debug)]
pub struct Appended {
    /// One for each leaf of the batch, in its order.
    pub places: Vec<Place>,
    /// The signed note that covers them.
    pub checkpoint: Arc<str>,
}

/// What became of a leaf.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Kept, here.
    Accepted(LeafIndex),
    /// The same act was kept before, here.
    Duplicate(LeafIndex),
    /// The id is taken by other content, here.
    Conflict(LeafIndex),
    /// Nothing is wrong with it, but its `Refuse` batch was refused.
    Refused,
}

/// Bytes of a leaf as the limits count them: core and values.
pub(crate) fn leaf_bytes(leaf: &Leaf) -> usize {
    let values = leaf.fields().map(|(_, field)| field.value().map_or(0, <[u8]>::len));
    leaf.core_bytes().len() + values.sum::<usize>()
}
