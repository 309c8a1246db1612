//! The directory of frames: what a reader must know to fetch and check one.
//!
//! A block's header lists its own frames, the footer of a sealed segment those of all blocks. In
//! memory an entry also knows where the frame stands in the file and its first index.

use crate::bytes::Cursor;
use crate::limits::{FRAME_LEAVES_MAX, FRAME_LONE_BYTES_MAX};

/// How a frame's columns are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Codec {
    Stored = 0,
    Zstd = 1,
    /// Packed, then zstd with the segment's dictionary if it has one.
    Packed = 2,
}

impl Codec {
    fn from_byte(byte: u8) -> Option<Self> {
        match byte {
            0 => Some(Self::Stored),
            1 => Some(Self::Zstd),
            2 => Some(Self::Packed),
            _ => None,
        }
    }
}

/// The range of moments in a frame; `min > max` if it holds none (all pruned).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct AtRange {
    pub(crate) min: i64,
    pub(crate) max: i64,
}

impl AtRange {
    pub(crate) const EMPTY: Self = Self { min: i64::MAX, max: i64::MIN };

    pub(crate) fn add(&mut self, at: i64) {
        self.min = self.min.min(at);
        self.max = self.max.max(at);
    }
}

/// One frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct FrameEntry {
    /// Where it stands: in the block's body while a block is built, then in the file.
    pub(crate) offset: u64,
    /// Index of its first leaf.
    pub(crate) first: u64,
    /// Leaves in it.
    pub(crate) count: u32,
    /// Bytes on disk.
    pub(crate) len: u32,
    /// Bytes of its columns once decompressed.
    pub(crate) raw_len: u32,
    pub(crate) codec: Codec,
    pub(crate) at: AtRange,
    /// CRC-32C of the bytes on disk.
    pub(crate) crc: u32,
}

impl FrameEntry {
    /// Bytes of an entry in a block header; one in a footer has its offset (8 bytes) before it.
    pub(crate) const BYTES: usize = 33;

    /// Index after its last leaf.
    pub(crate) fn end(&self) -> u64 {
        self.first + u64::from(self.count)
    }

    pub(crate) fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.len.to_be_bytes());
        out.extend_from_slice(&self.raw_len.to_be_bytes());
        out.extend_from_slice(&self.count.to_be_bytes());
        out.push(self.codec as u8);
        out.extend_from_slice(&self.at.min.to_be_bytes());
        out.extend_from_slice(&self.at.max.to_be_bytes());
        out.extend_from_slice(&self.crc.to_be_bytes());
    }

    /// Reads an entry whose place is known. `None` if it is cut or out of its limits.
    pub(crate) fn read(cursor: &mut Cursor<'_>, offset: u64, first: u64) -> Option<Self> {
        let len = cursor.u32()?;
        let raw_len = cursor.u32()?;
        let count = cursor.u32()?;
        let codec = Codec::from_byte(cursor.u8()?)?;
        let at = AtRange { min: cursor.i64()?, max: cursor.i64()? };
        let crc = cursor.u32()?;
        let sound = (1..=FRAME_LEAVES_MAX).contains(&count)
            && raw_len as usize <= FRAME_LONE_BYTES_MAX
            && len as usize <= 2 * FRAME_LONE_BYTES_MAX
            && first.checked_add(u64::from(count)).is_some();
        sound.then_some(Self { offset, first, count, len, raw_len, codec, at, crc })
    }
}

/// Position of the frame that holds `index` in a directory sorted by `first`.
pub(crate) fn find_frame(frames: &[FrameEntry], index: u64) -> Option<usize> {
    let after = frames.partition_point(|frame| frame.first <= index);
    let place = after.checked_sub(1)?;
    (index < frames[place].end()).then_some(place)
}
