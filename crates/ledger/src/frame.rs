//! A frame: some hundred leaves, decodable without any other frame.
//!
//! Leaves are taken apart into columns (shape | cores | short values | long values, each value
//! column holding one tag) and compressed together; salts, commitments and hashes are random and
//! stand beside the columns as they are. Leaves of all states may share a frame: whole, with some
//! fields erased, pruned to the bare hash. In a compacted segment hexadecimal identifiers are
//! packed (`frame/pack.rs`) and the segment's dictionary helps. Bytes: docs/formats/ledger.md.
//!
//! A frame knows nothing of hashes or of the tree: whether a leaf is the right one is the
//! caller's question.

mod decode;
mod dictionary;
mod encode;
mod inflate;
mod pack;

pub(crate) use decode::Frame;
pub(crate) use dictionary::{Dictionary, train};
pub(crate) use encode::FrameBuilder;

/// Tags whose values are long (request_data, changes, objects, related, origin): stored after
/// the short ones, so that likes stand together.
const LONG_TAGS: [u16; 5] = [3, 4, 10, 11, 15];

/// The order of value columns: short before long, then by tag.
fn column_order(tag: u16) -> (bool, u16) {
    (LONG_TAGS.contains(&tag), tag)
}

// The first byte of a leaf's shape.
const SHAPE_WHOLE: u8 = 0;
const SHAPE_MIXED: u8 = 1;
const SHAPE_PRUNED: u8 = 2;

// The state of a field in a mixed leaf.
const FIELD_OPENED: u8 = 0;
const FIELD_ERASED: u8 = 1;

/// Ends each core and each value of packed columns, in place of a length before it: where zstd
/// finds the value again it finds its end too. No byte of UTF-8 text.
const END: u8 = 0xFE;

const SALT_BYTES: usize = 16;
const HASH_BYTES: usize = 32;

#[cfg(test)]
mod tests;
