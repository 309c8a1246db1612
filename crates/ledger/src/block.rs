//! A block: one group commit as it stands on disk.
//!
//! The header says where the block belongs (first index), what the tree is after it (root), which
//! checkpoint was signed before it, and lists its frames; the body is the frames, one after the
//! other. The header's own checksum covers all of it, each frame has one in the directory, so
//! every byte of a block is covered. Bytes: docs/formats/ledger.md.

use crate::bytes::Cursor;
use crate::directory::FrameEntry;
use crate::limits::{BLOCK_HEADER_BYTES_MAX, NOTE_BYTES_MAX};
use annals_proof::Hash;

/// First bytes of every block.
pub(crate) const BLOCK_MAGIC: [u8; 4] = *b"ABLK";

/// Bytes that tell how long the header is: magic and length.
pub(crate) const BLOCK_PREFIX_BYTES: usize = 8;

const FIXED_BYTES: usize = BLOCK_PREFIX_BYTES + 4 + 8 + 4 + 32 + 8 + 8 + 4 + 4 + 4;
const CRC_BYTES: usize = 4;

/// The header of a block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct BlockHeader {
    /// Index of its first leaf.
    pub(crate) first: u64,
    /// Leaves in it.
    pub(crate) count: u32,
    /// Root of the tree after its last leaf.
    pub(crate) root: Hash,
    /// `received_time` of its first and its last leaf, in nanoseconds.
    pub(crate) received_min: i64,
    pub(crate) received_max: i64,
    /// CRC-32C of what it adds to `ids/`: the hash arrays are checked by the root, this one else
    /// by nothing.
    pub(crate) ids_crc: u32,
    /// The signed checkpoint of the tree before it.
    pub(crate) note: String,
    /// Its frames; offsets count from the start of the body.
    pub(crate) frames: Vec<FrameEntry>,
}

impl BlockHeader {
    /// Bytes of the body: the sum of its frames.
    pub(crate) fn body_len(&self) -> u64 {
        self.frames.iter().map(|frame| u64::from(frame.len)).sum()
    }

    /// Index after its last leaf.
    pub(crate) fn end(&self) -> u64 {
        self.first + u64::from(self.count)
    }

    /// Appends the header.
    pub(crate) fn write(&self, out: &mut Vec<u8>) {
        let start = out.len();
        let len = FIXED_BYTES + self.note.len() + self.frames.len() * FrameEntry::BYTES + CRC_BYTES;
        out.extend_from_slice(&BLOCK_MAGIC);
        out.extend_from_slice(&(len as u32).to_be_bytes());
        out.extend_from_slice(&(self.body_len() as u32).to_be_bytes());
        out.extend_from_slice(&self.first.to_be_bytes());
        out.extend_from_slice(&self.count.to_be_bytes());
        out.extend_from_slice(&self.root.0);
        out.extend_from_slice(&self.received_min.to_be_bytes());
        out.extend_from_slice(&self.received_max.to_be_bytes());
        out.extend_from_slice(&self.ids_crc.to_be_bytes());
        out.extend_from_slice(&(self.note.len() as u32).to_be_bytes());
        out.extend_from_slice(&(self.frames.len() as u32).to_be_bytes());
        out.extend_from_slice(self.note.as_bytes());
        for frame in &self.frames {
            frame.write(out);
        }
        let crc = crc32c::crc32c(&out[start..]);
        out.extend_from_slice(&crc.to_be_bytes());
        debug_assert_eq!(out.len() - start, len);
    }

    /// Length of the header that begins with `prefix`; `None` if none begins there.
    pub(crate) fn len_of(prefix: &[u8]) -> Option<usize> {
        let mut cursor = Cursor::new(prefix);
        let magic: [u8; 4] = cursor.array()?;
        let len = cursor.u32()? as usize;
        let sound = (FIXED_BYTES + CRC_BYTES..=BLOCK_HEADER_BYTES_MAX).contains(&len);
        (magic == BLOCK_MAGIC && sound).then_some(len)
    }

    /// Reads a whole header. `None` if it is cut, its checksum differs or its parts disagree.
    pub(crate) fn read(bytes: &[u8]) -> Option<Self> {
        let len = Self::len_of(bytes)?;
        let (covered, crc) = bytes.get(..len)?.split_last_chunk::<CRC_BYTES>()?;
        if crc32c::crc32c(covered) != u32::from_be_bytes(*crc) {
            return None;
        }
        let mut cursor = Cursor::new(covered);
        cursor.take(BLOCK_PREFIX_BYTES)?;
        let body_len = cursor.u32()?;
        let first = cursor.u64()?;
        let count = cursor.u32()?;
        let root = Hash(cursor.array()?);
        let (received_min, received_max) = (cursor.i64()?, cursor.i64()?);
        let ids_crc = cursor.u32()?;
        let (note_len, frame_count) = (cursor.u32()? as usize, cursor.u32()?);
        let note = cursor.take((note_len <= NOTE_BYTES_MAX).then_some(note_len)?)?;
        let note = std::str::from_utf8(note).ok()?.to_owned();
        let frames = read_frames(&mut cursor, frame_count, first)?;
        let header = Self { first, count, root, received_min, received_max, ids_crc, note, frames };
        let fits = cursor.is_at_end()
            && header.frames.last()?.end() == first.checked_add(u64::from(count))?
            && header.body_len() == u64::from(body_len);
        fits.then_some(header)
    }
}

fn read_frames(cursor: &mut Cursor<'_>, count: u32, first: u64) -> Option<Vec<FrameEntry>> {
    let mut frames = Vec::new();
    let (mut offset, mut next) = (0, first);
    for _ in 0..count {
        let frame = FrameEntry::read(cursor, offset, next)?;
        offset += u64::from(frame.len);
        next = frame.end();
        frames.push(frame);
    }
    Some(frames)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::directory::{AtRange, Codec};
    use proptest::prelude::*;

    fn sample() -> BlockHeader {
        let frame = |offset, first, len| FrameEntry {
            offset,
            first,
            count: 3,
            len,
            raw_len: 50,
            codec: Codec::Zstd,
            at: AtRange { min: -1, max: 9 },
            crc: 77,
        };
        BlockHeader {
            first: 10,
            count: 6,
            root: Hash([9; 32]),
            received_min: 4,
            received_max: 5,
            ids_crc: 6,
            note: "a note\n".into(),
            frames: vec![frame(0, 10, 20), frame(20, 13, 30)],
        }
    }

    fn bytes() -> Vec<u8> {
        let mut bytes = Vec::new();
        sample().write(&mut bytes);
        bytes
    }

    #[test]
    fn headers_round_trip() {
        assert_eq!(BlockHeader::read(&bytes()), Some(sample()));
    }

    /// Every bit of a header is covered, and every cut is seen.
    #[test]
    fn damage_is_found() {
        let bytes = bytes();
        for bit in 0..bytes.len() * 8 {
            let mut damaged = bytes.clone();
            damaged[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(BlockHeader::read(&damaged), None, "bit {bit}");
        }
        for len in 0..bytes.len() {
            assert_eq!(BlockHeader::read(&bytes[..len]), None, "cut at {len}");
        }
    }

    proptest! {
        /// A right checksum over wrong contents: an answer or none, never a panic.
        #[test]
        fn foreign_headers_never_panic(at: prop::sample::Index, value: u8) {
            let mut bytes = bytes();
            let end = bytes.len() - CRC_BYTES;
            bytes[at.index(end)] = value;
            let crc = crc32c::crc32c(&bytes[..end]);
            bytes[end..].copy_from_slice(&crc.to_be_bytes());
            let _ = BlockHeader::read(&bytes);
        }
    }
}
