//! The bytes at both ends of a segment: header, dictionary, footer, trailer.
//!
//! Every byte is covered by a checksum, reserved ones too. Bytes: docs/formats/ledger.md.

use crate::bytes::Cursor;
use crate::directory::FrameEntry;
use crate::disk::{DiskFile, read_vec};
use crate::error::LedgerError;
use crate::frame::Dictionary;
use crate::limits::DICTIONARY_BYTES_MAX;
use annals_proof::Hash;
use std::io;
use std::path::Path;

pub(crate) const SEGMENT_MAGIC: [u8; 8] = *b"ANLSEG\r\n";
/// As first written.
const VERSION_NEW: u16 = 1;
/// Written anew: its frames may be packed.
const VERSION_COMPACTED: u16 = 2;
pub(crate) const FOOTER_MAGIC: [u8; 8] = *b"ANLFOOT\n";
const TRAILER_MAGIC: [u8; 8] = *b"ANLSEAL\n";

/// Bytes of a segment header without the dictionary.
pub(crate) const HEADER_BYTES: usize = 64;
/// Bytes at the very end of a sealed segment.
pub(crate) const TRAILER_BYTES: usize = 40;

const FOOTER_FIXED_BYTES: usize = 8 + 8 + 8 + 32 + 8 + 8 + 4;
const FOOTER_ENTRY_BYTES: usize = 8 + FrameEntry::BYTES;

/// The first bytes of a segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct SegmentHeader {
    /// Index of its first leaf.
    pub(crate) first: u64,
    /// Written anew, in the form that takes least room.
    pub(crate) compacted: bool,
    /// 0 as first written, one more with each rewrite.
    pub(crate) generation: u32,
    /// When the segment was begun, in nanoseconds.
    pub(crate) created: i64,
    pub(crate) dictionary_len: u32,
    pub(crate) dictionary_crc: u32,
}

impl SegmentHeader {
    /// The header of a new segment.
    pub(crate) fn new(first: u64, created: i64) -> Self {
        let (compacted, generation) = (false, 0);
        Self { first, compacted, generation, created, dictionary_len: 0, dictionary_crc: 0 }
    }

    /// The header of this segment once it is written anew; an empty dictionary is none.
    pub(crate) fn compacted(self, dictionary: &[u8]) -> Self {
        Self {
            compacted: true,
            generation: self.generation.saturating_add(1),
            dictionary_len: dictionary.len() as u32,
            dictionary_crc: crc32c::crc32c(dictionary),
            ..self
        }
    }

    /// First byte after header and dictionary.
    pub(crate) fn blocks_start(&self) -> u64 {
        HEADER_BYTES as u64 + u64::from(self.dictionary_len)
    }

    pub(crate) fn write(&self) -> [u8; HEADER_BYTES] {
        let mut out = [0; HEADER_BYTES];
        out[..8].copy_from_slice(&SEGMENT_MAGIC);
        let version = if self.compacted { VERSION_COMPACTED } else { VERSION_NEW };
        out[8..10].copy_from_slice(&version.to_be_bytes());
        out[12..16].copy_from_slice(&self.generation.to_be_bytes());
        out[16..24].copy_from_slice(&self.first.to_be_bytes());
        out[24..32].copy_from_slice(&self.created.to_be_bytes());
        out[32..36].copy_from_slice(&self.dictionary_len.to_be_bytes());
        out[36..40].copy_from_slice(&self.dictionary_crc.to_be_bytes());
        let crc = crc32c::crc32c(&out[..HEADER_BYTES - 4]);
        out[HEADER_BYTES - 4..].copy_from_slice(&crc.to_be_bytes());
        out
    }

    /// Reads a header. The error says what is wrong.
    pub(crate) fn read(bytes: &[u8; HEADER_BYTES]) -> Result<Self, &'static str> {
        const CUT: &str = "the segment header is cut";
        let (covered, crc) = bytes.split_last_chunk::<4>().ok_or(CUT)?;
        if covered[..8] != SEGMENT_MAGIC {
            return Err("this is not a segment");
        }
        if crc32c::crc32c(covered) != u32::from_be_bytes(*crc) {
            return Err("the segment header's checksum differs");
        }
        let mut cursor = Cursor::new(&covered[8..]);
        let version = cursor.u16().ok_or(CUT)?;
        let compacted = version == VERSION_COMPACTED;
        if !(compacted || version == VERSION_NEW) || cursor.u16() != Some(0) {
            return Err("the segment has a format this program does not know");
        }
        let header = (|| {
            Some(Self {
                compacted,
                generation: cursor.u32()?,
                first: cursor.u64()?,
                created: cursor.i64()?,
                dictionary_len: cursor.u32()?,
                dictionary_crc: cursor.u32()?,
            })
        })()
        .ok_or(CUT)?;
        if header.dictionary_len as usize > DICTIONARY_BYTES_MAX {
            return Err("the segment's dictionary is over its limit");
        }
        Ok(header)
    }

    /// Reads the header of a file.
    pub(crate) fn load(file: &dyn DiskFile, path: &Path) -> Result<Self, LedgerError> {
        let mut bytes = [0; HEADER_BYTES];
        match file.read_at(&mut bytes, 0) {
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
                return Err(LedgerError::corrupt(path, 0, "the segment header is cut"));
            }
            result => result.map_err(LedgerError::read(path))?,
        }
        Self::read(&bytes).map_err(|what| LedgerError::corrupt(path, 0, what))
    }

    /// Reads the dictionary that follows the header; `None` if there is none.
    pub(crate) fn load_dictionary(
        &self,
        file: &dyn DiskFile,
        path: &Path,
    ) -> Result<Option<Dictionary>, LedgerError> {
        if self.dictionary_len == 0 {
            return Ok(None);
        }
        let at = HEADER_BYTES as u64;
        let corrupt = |what| LedgerError::corrupt(path, at, what);
        let bytes =
            read_vec(file, at, self.dictionary_len as usize).map_err(LedgerError::read(path))?;
        if crc32c::crc32c(&bytes) != self.dictionary_crc {
            return Err(corrupt("the dictionary's checksum differs"));
        }
        let dictionary = Dictionary::prepare(&bytes);
        dictionary.map(Some).ok_or_else(|| corrupt("the dictionary cannot be used"))
    }
}

/// True if `bytes` are a sound segment header.
pub(crate) fn is_header(bytes: &[u8]) -> bool {
    bytes.try_into().is_ok_and(|bytes| SegmentHeader::read(bytes).is_ok())
}

/// The directory at the end of a sealed segment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Footer {
    /// Index of the first leaf.
    pub(crate) first: u64,
    /// Index after the last leaf.
    pub(crate) end: u64,
    /// Root of the tree after the last leaf.
    pub(crate) root: Hash,
    /// `received_time` of the first and the last leaf.
    pub(crate) received_min: i64,
    pub(crate) received_max: i64,
    /// All frames, with their offsets in the file.
    pub(crate) frames: Vec<FrameEntry>,
}

/// Where a footer stands, as its trailer says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct FooterPlace {
    pub(crate) offset: u64,
    /// Index after the segment's last leaf.
    pub(crate) end: u64,
}

impl Footer {
    /// Footer and trailer, as they follow the last block.
    pub(crate) fn write(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(
            FOOTER_FIXED_BYTES + self.frames.len() * FOOTER_ENTRY_BYTES + 4 + TRAILER_BYTES,
        );
        out.extend_from_slice(&FOOTER_MAGIC);
        out.extend_from_slice(&self.first.to_be_bytes());
        out.extend_from_slice(&self.end.to_be_bytes());
        out.extend_from_slice(&self.root.0);
        out.extend_from_slice(&self.received_min.to_be_bytes());
        out.extend_from_slice(&self.received_max.to_be_bytes());
        out.extend_from_slice(&(self.frames.len() as u32).to_be_bytes());
        for frame in &self.frames {
            out.extend_from_slice(&frame.offset.to_be_bytes());
            frame.write(&mut out);
        }
        let crc = crc32c::crc32c(&out);
        out.extend_from_slice(&crc.to_be_bytes());
        let footer_len = out.len() as u64;
        let trailer = out.len();
        out.extend_from_slice(&TRAILER_MAGIC);
        out.extend_from_slice(&footer_len.to_be_bytes());
        out.extend_from_slice(&self.first.to_be_bytes());
        out.extend_from_slice(&self.end.to_be_bytes());
        out.extend_from_slice(&crc.to_be_bytes());
        let crc = crc32c::crc32c(&out[trailer..]);
        out.extend_from_slice(&crc.to_be_bytes());
        out
    }

    /// Finds the footer of a file of `len` bytes by its trailer. `None` if it is not sealed.
    pub(crate) fn locate(
        file: &dyn DiskFile,
        len: u64,
        blocks_start: u64,
    ) -> io::Result<Option<FooterPlace>> {
        let Some(trailer_offset) = len.checked_sub(TRAILER_BYTES as u64) else { return Ok(None) };
        let trailer = read_vec(file, trailer_offset, TRAILER_BYTES)?;
        Ok(read_trailer(&trailer).and_then(|(footer_len, end)| {
            let offset = trailer_offset.checked_sub(footer_len)?;
            (offset >= blocks_start).then_some(FooterPlace { offset, end })
        }))
    }

    /// Reads the footer at `offset`, which runs up to the trailer.
    pub(crate) fn load(file: &dyn DiskFile, offset: u64, path: &Path) -> Result<Self, LedgerError> {
        let len = file.len().map_err(LedgerError::read(path))?;
        let bytes = read_vec(file, offset, len.saturating_sub(offset) as usize)
            .map_err(LedgerError::read(path))?;
        let footer_len = bytes.len().saturating_sub(TRAILER_BYTES);
        Self::read(&bytes[..footer_len])
            .ok_or_else(|| LedgerError::corrupt(path, offset, "the footer is damaged"))
    }

    /// Reads a footer without its trailer. `None` if it is damaged.
    pub(crate) fn read(bytes: &[u8]) -> Option<Self> {
        let (covered, crc) = bytes.split_last_chunk::<4>()?;
        if crc32c::crc32c(covered) != u32::from_be_bytes(*crc) {
            return None;
        }
        let mut cursor = Cursor::new(covered);
        let magic: [u8; 8] = cursor.array()?;
        let (first, end) = (cursor.u64()?, cursor.u64()?);
        let root = Hash(cursor.array()?);
        let (received_min, received_max) = (cursor.i64()?, cursor.i64()?);
        let count = cursor.u32()?;
        let mut frames = Vec::new();
        let mut next = first;
        for _ in 0..count {
            let offset = cursor.u64()?;
            let frame = FrameEntry::read(&mut cursor, offset, next)?;
            next = frame.end();
            frames.push(frame);
        }
        let fits = magic == FOOTER_MAGIC && cursor.is_at_end() && next == end;
        fits.then_some(Self { first, end, root, received_min, received_max, frames })
    }
}

/// Footer length and end index of a trailer.
fn read_trailer(bytes: &[u8]) -> Option<(u64, u64)> {
    let (covered, crc) = bytes.split_last_chunk::<4>()?;
    let mut cursor = Cursor::new(covered);
    let magic: [u8; 8] = cursor.array()?;
    let (footer_len, _first, end) = (cursor.u64()?, cursor.u64()?, cursor.u64()?);
    let sound = magic == TRAILER_MAGIC && crc32c::crc32c(covered) == u32::from_be_bytes(*crc);
    sound.then_some((footer_len, end))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::directory::{AtRange, Codec};

    fn footer() -> Footer {
        let frame = FrameEntry {
            offset: 64,
            first: 5,
            count: 2,
            len: 9,
            raw_len: 9,
            codec: Codec::Stored,
            at: AtRange { min: 1, max: 2 },
            crc: 3,
        };
        let root = Hash([4; 32]);
        Footer { first: 5, end: 7, root, received_min: 1, received_max: 2, frames: vec![frame] }
    }

    #[test]
    fn headers_and_footers_round_trip() {
        let new = SegmentHeader::new(5, -9);
        for header in [new, new.compacted(b"words"), new.compacted(b"").compacted(b"")] {
            assert_eq!(SegmentHeader::read(&header.write()), Ok(header));
        }
        let bytes = footer().write();
        let (footer_bytes, trailer) = bytes.split_at(bytes.len() - TRAILER_BYTES);
        assert_eq!(Footer::read(footer_bytes), Some(footer()));
        assert_eq!(read_trailer(trailer), Some((footer_bytes.len() as u64, 7)));
    }

    /// Every bit at both ends of a segment is covered.
    #[test]
    fn flipped_bits_are_found() {
        let header = SegmentHeader::new(5, -9).compacted(b"").write();
        for bit in 0..HEADER_BYTES * 8 {
            let mut damaged = header;
            damaged[bit / 8] ^= 1 << (bit % 8);
            assert!(SegmentHeader::read(&damaged).is_err(), "header bit {bit}");
        }
        let bytes = footer().write();
        for bit in 0..bytes.len() * 8 {
            let mut damaged = bytes.clone();
            damaged[bit / 8] ^= 1 << (bit % 8);
            let (footer, trailer) = damaged.split_at(damaged.len() - TRAILER_BYTES);
            let found = Footer::read(footer).is_none() || read_trailer(trailer).is_none();
            assert!(found, "footer bit {bit}");
        }
    }
}
