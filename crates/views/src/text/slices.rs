//! Filters of neighbouring groups as they stand in a file: bit by bit, not group by group.
//!
//! For each bit of a filter it says which groups have it, so a question reads one row for each of
//! its keys instead of a place in every filter. What the bits mean is not known here.

use std::ops::Range;

use tantivy::directory::OwnedBytes;

use super::{GROUP_BYTES, Group};

/// Bits of a filter.
const BITS: usize = GROUP_BYTES * 8;

/// A file of filters, mapped into memory.
#[derive(Clone)]
pub(crate) struct Slices {
    bytes: OwnedBytes,
    groups: u64,
}

impl Slices {
    /// The filters of so many groups; none if the bytes are not those of so many.
    pub(super) fn new(bytes: OwnedBytes, groups: u64) -> Option<Self> {
        (bytes.len() == BITS * row_bytes(groups)).then_some(Self { bytes, groups })
    }

    pub(super) fn groups(&self) -> u64 {
        self.groups
    }

    /// Which groups of these eights have all of the bits: one bit each, those behind the last group
    /// undefined.
    pub(super) fn having(&self, bits: &[u32], eights: Range<usize>) -> Vec<u8> {
        let row_bytes = row_bytes(self.groups);
        let mut having = vec![u8::MAX; eights.len()];
        for bit in bits {
            let row = &self.bytes[*bit as usize * row_bytes..][eights.clone()];
            having.iter_mut().zip(row).for_each(|(having, row)| *having &= row);
            if having.iter().all(|groups| *groups == 0) {
                break;
            }
        }
        having
    }

    /// The bytes of a file in which one group has another filter.
    pub(crate) fn with(&self, group: u64, filter: &Group) -> Vec<u8> {
        let (byte, mask) = ((group / 8) as usize, 1 << (group % 8));
        let mut bytes = self.bytes.to_vec();
        for (bit, row) in bytes.chunks_exact_mut(row_bytes(self.groups)).enumerate() {
            match filter.has(bit as u32) {
                true => row[byte] |= mask,
                false => row[byte] &= !mask,
            }
        }
        bytes
    }
}

/// The bytes of a file of these filters.
pub(super) fn slice(filters: &[&[u8]]) -> Vec<u8> {
    let row_bytes = row_bytes(filters.len() as u64);
    let mut bytes = vec![0; BITS * row_bytes];
    for (place, rows) in bytes.chunks_exact_mut(8 * row_bytes).enumerate() {
        for (column, eight) in filters.chunks(8).enumerate() {
            let mut square = [0; 8];
            square.iter_mut().zip(eight).for_each(|(byte, filter)| *byte = filter[place]);
            for (row, byte) in turned(square).into_iter().enumerate() {
                rows[row * row_bytes + column] = byte;
            }
        }
    }
    bytes
}

/// Bytes of the row of one bit.
fn row_bytes(groups: u64) -> usize {
    groups.div_ceil(8) as usize
}

/// Bit `i` of byte `j` becomes bit `j` of byte `i`: halves of the square change places, then
/// quarters, then eighths.
fn turned(square: [u8; 8]) -> [u8; 8] {
    let mut bits = u64::from_le_bytes(square);
    for (step, mask) in
        [(7, 0x00aa_00aa_00aa_00aa), (14, 0x0000_cccc_0000_cccc), (28, 0x0000_0000_f0f0_f0f0)]
    {
        let changed = (bits ^ (bits >> step)) & mask;
        bits ^= changed ^ (changed << step);
    }
    bits.to_le_bytes()
}
