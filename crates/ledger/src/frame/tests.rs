//! What goes into a frame comes out of it, and damaged bytes are refused without a panic.

use super::*;
use crate::directory::{Codec, FrameEntry};
use annals_record::{Field, Kept, Leaf, Tag};
use proptest::prelude::*;

fn any_kept() -> impl Strategy<Value = Kept> {
    let values = prop::collection::btree_map(1u16..80, ("[a-z]{0,40}|[0-9a-f]{16}", 0u8..2), 1..12);
    let leaf = (values, any::<bool>(), any::<[u8; 16]>(), "[a-z]{0,60}").prop_map(
        |(values, whole, salt, core)| {
            let fields = values.iter().map(|(tag, (value, state))| {
                let value = value.as_bytes();
                let field = match (whole, state) {
                    (true, _) => Field::Whole(value),
                    (false, 0) => Field::Opened { salt: [*tag as u8; 16], value },
                    (false, _) => Field::Erased { commitment: [*tag as u8; 32] },
                };
                (Tag(*tag), field)
            });
            Leaf::from_parts(core.as_bytes(), whole.then_some(salt), fields).unwrap()
        },
    );
    prop_oneof![
        8 => leaf.prop_map(Kept::Leaf),
        1 => any::<[u8; 32]>().prop_map(Kept::Pruned),
    ]
}

/// As on the way in, and as in a compacted segment with and without a dictionary.
fn builders(dictionary: &[u8]) -> [(FrameBuilder, Option<Dictionary>); 3] {
    [
        (FrameBuilder::new(1).unwrap(), None),
        (FrameBuilder::packing(9, None).unwrap(), None),
        (FrameBuilder::packing(9, Some(dictionary)).unwrap(), Dictionary::prepare(dictionary)),
    ]
}

fn encode(leaves: &[Kept], mut builder: FrameBuilder) -> (FrameEntry, Vec<u8>) {
    leaves.iter().for_each(|kept| builder.push(kept));
    let mut bytes = Vec::new();
    let raw_len = builder.raw_len();
    let entry = builder.finish(100, &mut bytes).unwrap();
    assert_eq!(entry.raw_len as usize, raw_len);
    (entry, bytes)
}

fn decode(entry: &FrameEntry, bytes: &[u8], dictionary: Option<&Dictionary>) -> Vec<Kept> {
    let frame = Frame::decode(entry, bytes, dictionary).unwrap();
    (0..frame.len()).map(|place| frame.kept(place).unwrap()).collect()
}

proptest! {
    /// Leaves of all states survive, with and without a dictionary.
    #[test]
    fn frames_round_trip(leaves in prop::collection::vec(any_kept(), 1..40)) {
        for (builder, dictionary) in builders(b"some words that the values may share") {
            let (entry, bytes) = encode(&leaves, builder);
            prop_assert_eq!(entry.count as usize, leaves.len());
            prop_assert_eq!(&decode(&entry, &bytes, dictionary.as_ref()), &leaves);
        }
    }

    /// Whatever the bytes are, also under a right checksum: an error, never a panic.
    #[test]
    fn foreign_frames_never_panic(
        leaves in prop::collection::vec(any_kept(), 1..6),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
    ) {
        for (builder, dictionary) in builders(b"words") {
            let (mut entry, mut bytes) = encode(&leaves, builder);
            for (place, value) in &changes {
                let place = place.index(bytes.len());
                bytes[place] = *value;
            }
            entry.crc = crc32c::crc32c(&bytes);
            if let Ok(frame) = Frame::decode(&entry, &bytes, dictionary.as_ref()) {
                for place in 0..frame.len() {
                    let _ = frame.kept(place);
                }
            }
            let mut stored = entry;
            stored.codec = Codec::Stored;
            stored.raw_len = bytes.len() as u32;
            let _ = Frame::decode(&stored, &bytes, None);
        }
    }
}

/// A flipped bit anywhere is found by the checksum.
#[test]
fn flipped_bits_are_found() {
    let leaf = Leaf::from_parts(b"{}", Some([7; 16]), [(Tag(8), Field::Whole(b"zhang3"))]).unwrap();
    let (entry, bytes) = encode(&[Kept::Leaf(leaf)], FrameBuilder::new(1).unwrap());
    for bit in 0..bytes.len() * 8 {
        let mut damaged = bytes.clone();
        damaged[bit / 8] ^= 1 << (bit % 8);
        assert!(Frame::decode(&entry, &damaged, None).is_err(), "bit {bit}");
    }
}
