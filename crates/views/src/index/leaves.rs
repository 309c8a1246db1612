//! Reading leaves for the index: what cannot be read is passed over and named.
//!
//! Damage to a frame must not hide the events behind it. What was passed over is kept as *lost*
//! ranges, and answers over them are partial. Nothing is folded here.

use std::ops::Range;

use annals_ledger::{LeafIndex, LedgerError, LedgerReader};
use annals_record::{Kept, Leaf};

/// What of a range of the ledger can be read.
#[derive(Default)]
pub(super) struct Leaves {
    /// Ascending, without pruned ones.
    pub(super) leaves: Vec<(LeafIndex, Leaf)>,
    /// What is damaged, ascending; may reach beyond the end of the range.
    pub(super) lost: Vec<Range<u64>>,
}

impl Leaves {
    /// Reads a range.
    pub(super) fn read(reader: &LedgerReader, range: Range<u64>) -> Result<Self, LedgerError> {
        let mut read = Self::default();
        let mut next = range.start;
        while next < range.end {
            for item in reader.kept_range(next..range.end) {
                match item {
                    Ok((index, Kept::Leaf(leaf))) => read.leaves.push((index, leaf)),
                    Ok((_, Kept::Pruned(_))) => {}
                    Err(LedgerError::Corrupt { .. }) => {
                        let lost = reader.damaged_from(LeafIndex(next));
                        next = lost.end;
                        read.lost.push(lost);
                        break;
                    }
                    Err(error) => return Err(error),
                }
                next += 1;
            }
        }
        Ok(read)
    }
}
