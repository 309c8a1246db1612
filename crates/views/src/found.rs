//! `Found`: one event of an answer, as read from the ledger.
//!
//! One leaf, or the two of a two-phase operation. Nothing is decoded before it is asked for.

use annals_record::Leaf;

use crate::page::Position;
use crate::row::{Ending, Row};

/// One event of an answer.
#[derive(Clone, Debug)]
pub struct Found {
    /// Where it stands in the walk.
    pub position: Position,
    /// Its leaf; of a two-phase operation the intent.
    pub leaf: Leaf,
    /// The outcome of an intent, if it is known as of the answer's head.
    pub outcome: Option<Leaf>,
    /// The intent's position, where the event is met again at the position of its outcome.
    pub updates: Option<u64>,
    /// True for an intent whose outcome did not come in time: its outcome is `unknown`.
    pub is_given_up: bool,
}

impl Found {
    /// The event as a filter reads it.
    #[must_use]
    pub fn row(&self) -> Row<'_> {
        let ending = match &self.outcome {
            Some(outcome) => Ending::Leaf(outcome),
            None if self.is_given_up => Ending::Unknown,
            None => Ending::Own,
        };
        Row::with_ending(&self.leaf, self.position.index, ending)
    }
}
