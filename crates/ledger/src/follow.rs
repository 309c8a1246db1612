//! Followers: whatever reads behind the log, each with its own saved position.
//!
//! A follower has a thread of its own. It can neither slow nor lose the ledger: an error is
//! logged and tried again later, and its lag is there to be seen. Positions are saved by the
//! follower, together with what it made of the events; [`SavedPosition`] is a file for those that
//! have no place of their own.

mod position;
mod runner;

pub use position::SavedPosition;
pub use runner::FollowerHandle;

use annals_proof::LeafIndex;
use annals_record::Leaf;
use std::ops::Range;

/// What a follower may fail with.
pub type FollowError = Box<dyn std::error::Error + Send + Sync>;

/// Rides the log from a saved position.
pub trait Follower: Send {
    /// Its name in logs and metrics.
    fn name(&self) -> &str;

    /// Everything below it has been followed; saved by the follower together with what it made
    /// of it.
    fn position(&self) -> LeafIndex;

    /// Takes the next leaves, in order and without a gap but for pruned ones. On an error the
    /// same leaves come again, from `position` on.
    ///
    /// # Errors
    /// Anything; it is logged, and the follower is asked again after a pause.
    fn follow(&mut self, batch: &[(LeafIndex, Leaf)]) -> Result<(), FollowError>;

    /// The leaves of `range` are damaged and cannot be read; all before them were given. A
    /// follower that can do without them takes note and answers true. Any other stands still
    /// there, as by default, and is asked again until the ledger is mended.
    ///
    /// # Errors
    /// As `follow`.
    fn pass_over(&mut self, range: Range<u64>) -> Result<bool, FollowError> {
        let _ = range;
        Ok(false)
    }

    /// Everything below `index` was given or is pruned. A follower whose position comes from the
    /// leaves it was given may save this one, so as not to look at pruned leaves again.
    ///
    /// # Errors
    /// As `follow`.
    fn skip_to(&mut self, index: LeafIndex) -> Result<(), FollowError> {
        let _ = index;
        Ok(())
    }
}
