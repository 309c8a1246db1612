//! `Piece`: some rows of a part that are looked at in one go, in the order of position.
//!
//! A question for what nearly every event may hold has as many rows to look at as there are events:
//! they are not written out before their turn. What is looked for is not known here.

use std::borrow::Cow;
use std::ops::Range;

use crate::docset::DocSet;
use crate::part::Part;

/// Where fewer than one row in so many is asked for, rows are sorted rather than looked for.
const FEW: u32 = 16;
/// Rows, or ranks of rows, of a piece.
const PIECE_ROWS: u32 = 16 << 10;

/// Rows that are looked at in one go.
pub(crate) enum Piece<'p> {
    /// These, ascending by position.
    Docs(Vec<u32>),
    /// Those of a set among these ranks in the order of position.
    Ranks(&'p Part, &'p DocSet, Range<u32>),
}

impl<'p> Piece<'p> {
    /// All rows of a set.
    pub(crate) fn all(part: &'p Part, set: &'p DocSet) -> Vec<Self> {
        if is_few(part, set) {
            let docs = in_ledger_order(part, set);
            return docs
                .chunks(PIECE_ROWS as usize)
                .map(|docs| Self::Docs(docs.to_vec()))
                .collect();
        }
        let end = |start: u32| part.len().min(start + PIECE_ROWS);
        let starts = (0..part.len()).step_by(PIECE_ROWS as usize);
        starts.map(|start| Self::Ranks(part, set, start..end(start))).collect()
    }

    /// The rows, ascending by position.
    pub(crate) fn docs(&self) -> Cow<'_, [u32]> {
        match self {
            Self::Docs(docs) => Cow::Borrowed(docs),
            Self::Ranks(part, set, ranks) => Cow::Owned(of_ranks(part, set, ranks.clone())),
        }
    }
}

/// The rows of a set, ascending by position.
pub(crate) fn in_ledger_order(part: &Part, set: &DocSet) -> Vec<u32> {
    if !is_few(part, set) {
        return of_ranks(part, set, 0..part.len());
    }
    let mut docs: Vec<u32> = set.iter().collect();
    docs.sort_unstable_by_key(|doc| part.index(*doc));
    docs
}

fn is_few(part: &Part, set: &DocSet) -> bool {
    set.count() < part.len() / FEW
}

fn of_ranks(part: &Part, set: &DocSet, ranks: Range<u32>) -> Vec<u32> {
    ranks.map(|rank| part.doc_by_rank(rank)).filter(|doc| set.contains(*doc)).collect()
}
