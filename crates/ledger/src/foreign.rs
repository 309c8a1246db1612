//! Foreign bytes through every reader of the ledger's files (feature `testing`), for the fuzz
//! targets and the tests beside them.
//!
//! A fuzzer does not guess checksums, so magic, lengths and checksums are put right here and only
//! what stands between them is foreign. Each function panics if a promise is broken: no bytes
//! make a reader panic, and what is read is written back to the same bytes.

use crate::block::{BLOCK_MAGIC, BLOCK_PREFIX_BYTES, BlockHeader};
use crate::bytes::Cursor;
use crate::closed::Closed;
use crate::directory::{AtRange, Codec, FrameEntry};
use crate::frame::{Frame, FrameBuilder};
use crate::limits::{FRAME_LEAVES_MAX, INGEST_ZSTD_LEVEL};
use crate::segment::form::{FOOTER_MAGIC, SEGMENT_MAGIC, TRAILER_BYTES};
use crate::segment::{Footer, HEADER_BYTES, SegmentHeader};
use annals_record::Kept;

/// The body of a block header.
pub fn block_header(data: &[u8]) {
    let len = (BLOCK_PREFIX_BYTES + data.len() + 4) as u32;
    let bytes = with_crc([&BLOCK_MAGIC[..], &len.to_be_bytes(), data].concat());
    if let Some(header) = BlockHeader::read(&bytes) {
        let mut written = Vec::new();
        header.write(&mut written);
        assert_eq!(written, bytes);
    }
}

/// The ends of a segment, and the marker of a clean close.
pub fn segment_ends(data: &[u8]) {
    let bytes = with_crc([&FOOTER_MAGIC[..], data].concat());
    if let Some(footer) = Footer::read(&bytes) {
        let written = footer.write();
        assert_eq!(written[..written.len() - TRAILER_BYTES], bytes);
    }
    let mut header = [&SEGMENT_MAGIC[..], data].concat();
    header.resize(HEADER_BYTES - 4, 0);
    let header = with_crc(header);
    let header = header.as_slice().try_into().expect("as long as a header");
    if let Ok(read) = SegmentHeader::read(header) {
        assert_eq!(SegmentHeader::read(&read.write()), Ok(read));
    }
    let closed = with_crc(data.to_vec());
    if let Some(read) = Closed::read(&closed) {
        assert_eq!(read.bytes(), closed);
    }
}

/// A frame: the first bytes choose codec, leaves and raw length, the rest is what stands on disk.
pub fn frame(data: &[u8]) {
    let mut cursor = Cursor::new(data);
    let (Some(codec), Some(count), Some(raw_len)) = (cursor.u8(), cursor.u16(), cursor.u16())
    else {
        return;
    };
    let bytes = &data[cursor.position()..];
    let (codec, raw_len) = match codec {
        0 => (Codec::Zstd, u32::from(raw_len)),
        1 => (Codec::Packed, u32::from(raw_len)),
        // Most of the work: columns as they are, so that the fuzzer sees through them.
        _ => {
            let beside = bytes.first_chunk().map_or(0, |len| u32::from_be_bytes(*len) as usize);
            (Codec::Stored, bytes.len().saturating_sub(4).saturating_sub(beside) as u32)
        }
    };
    let entry = FrameEntry {
        offset: 0,
        first: 0,
        count: u32::from(count) % FRAME_LEAVES_MAX + 1,
        len: bytes.len() as u32,
        raw_len,
        codec,
        at: AtRange::EMPTY,
        crc: crc32c::crc32c(bytes),
    };
    if let Ok(frame) = Frame::decode(&entry, bytes, None) {
        reread(&frame);
    }
}

/// Leaves that were read are written and read again as the same leaves.
fn reread(frame: &Frame) {
    let Ok(kept) = (0..frame.len()).map(|place| frame.kept(place)).collect::<Result<Vec<_>, _>>()
    else {
        return;
    };
    let mut builder = FrameBuilder::new(INGEST_ZSTD_LEVEL).expect("zstd has memory");
    for kept in &kept {
        match kept {
            Kept::Leaf(leaf) => builder.push_leaf(leaf, leaf.at()),
            Kept::Pruned(hash) => builder.push_pruned(hash),
        }
    }
    let mut bytes = Vec::new();
    let entry = builder.finish(frame.first(), &mut bytes).expect("zstd has memory");
    let again = Frame::decode(&entry, &bytes, None).expect("what was just written");
    for (place, kept) in kept.iter().enumerate() {
        assert_eq!(again.kept(place).as_ref(), Ok(kept));
    }
}

fn with_crc(mut bytes: Vec<u8>) -> Vec<u8> {
    let crc = crc32c::crc32c(&bytes);
    bytes.extend_from_slice(&crc.to_be_bytes());
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;
    use annals_record::{Field, Leaf, Tag};
    use proptest::prelude::*;

    /// A frame of three leaves, one of them erased in part and one pruned, as `frame` takes it.
    fn stored_frame() -> Vec<u8> {
        let whole = [(Tag(3), Field::Whole(&b"{}"[..])), (Tag(8), Field::Whole(b"li4"))];
        let mut leaf = Leaf::from_parts(b"{\"v\":1}", Some([7; 16]), whole).expect("a leaf");
        let mut builder = FrameBuilder::new(INGEST_ZSTD_LEVEL).expect("zstd has memory");
        builder.push_leaf(&leaf, 0);
        leaf.erase(&[Tag(3)]);
        builder.push_leaf(&leaf, 0);
        builder.push_pruned(&[9; 32]);
        let mut bytes = vec![2, 0, 2, 0, 0];
        let entry = builder.finish(0, &mut bytes).expect("zstd has memory");
        assert_eq!(entry.codec, Codec::Stored, "too short to be worth compressing");
        bytes
    }

    // Protects: the fuzz target begins inside the reader, not at its door.
    #[test]
    fn a_frame_gets_through() {
        let bytes = stored_frame();
        frame(&bytes);
        let entry = FrameEntry {
            offset: 0,
            first: 0,
            count: 3,
            len: bytes.len() as u32 - 5,
            raw_len: bytes.len() as u32 - 5 - 4 - (16 + 32 + 16 + 32),
            codec: Codec::Stored,
            at: AtRange::EMPTY,
            crc: crc32c::crc32c(&bytes[5..]),
        };
        let read = Frame::decode(&entry, &bytes[5..], None).expect("a frame");
        assert_eq!(read.len(), 3);
    }

    proptest! {
        // Protects: the promises above, over noise and near a real frame.
        #[test]
        fn noise(
            data in prop::collection::vec(any::<u8>(), 0..200),
            changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..4),
        ) {
            block_header(&data);
            segment_ends(&data);
            frame(&data);
            let mut near = stored_frame();
            for (at, byte) in changes {
                let at = at.index(near.len());
                near[at] = byte;
            }
            frame(&near);
        }
    }
}
