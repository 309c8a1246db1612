//! The bodies of the fuzz targets under proptest: over noise, and over valid texts with a few
//! bytes changed, which get deeper. A fuzzer finds more; this runs with every `cargo test`.

use annals_proof::{AddCheckpoint, LeafIndex, ProofBundle, TreeSize};
use proptest::prelude::*;

use crate::memory::signed_tree;

// Public for the fuzz targets; here they are private.
#[allow(unreachable_pub)]
#[path = "../../../../fuzz/src/proof.rs"]
mod bodies;

/// Texts from which small changes lead into every branch of the parsers.
fn seeds() -> Vec<Vec<u8>> {
    let (tree, note, keys) = signed_tree(300);
    let bundle = tree.bundle(LeafIndex(123), note.clone());
    let with_extra = ProofBundle { extra: Some(b"leaf".to_vec()), ..bundle.clone() };
    let vkeys: Vec<String> = keys.iter().map(ToString::to_string).collect();
    let policy = format!(
        "# whom we trust\nlog {} https://log.example\nwitness w1 {}\n\
         group g any w1\ngroup h 1 g\nquorum h\n",
        vkeys[0], vkeys[1]
    );
    let texts = [
        "0/000",
        "63/x001/x234/067.p/255",
        "entries/x001/000.p/7",
        "\0\x03abc\0\0\0\x01z",
        &note,
        note.split_inclusive("\n\n").next().unwrap(),
        &bundle.text(),
        &(bundle.text() + &with_extra.text()),
        &vkeys[0],
        &vkeys[1],
        &policy,
        &AddCheckpoint { old: TreeSize(3), hashes: bundle.hashes, note: note.clone() }.text(),
    ];
    texts.map(|text| text.as_bytes().to_vec()).to_vec()
}

/// Replaces, removes or doubles a part of a text.
fn change(text: &mut Vec<u8>, at: usize, length: usize, with: &[u8]) {
    let start = at % (text.len() + 1);
    let end = text.len().min(start + length);
    text.splice(start..end, with.iter().copied());
}

proptest! {
    #[test]
    fn noise(data in proptest::collection::vec(any::<u8>(), 0..400)) {
        for (_, body) in bodies::BODIES {
            body(&data);
        }
    }

    #[test]
    fn changed(
        seed in proptest::sample::select(seeds()),
        changes in proptest::collection::vec(
            (any::<usize>(), 0..40_usize, proptest::collection::vec(b'\n'..b'z', 0..3)),
            0..4,
        ),
    ) {
        let mut text = seed;
        for (at, length, with) in changes {
            change(&mut text, at, length, &with);
        }
        for (_, body) in bodies::BODIES {
            body(&text);
        }
    }
}

/// Each body has a target of its name, and there is no other for this crate.
#[test]
fn every_body_has_a_target() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fuzz/fuzz_targets");
    let names = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name());
    let names = names.map(|name| name.into_string().unwrap());
    let mut names: Vec<_> = names.filter(|name| name.starts_with("proof_")).collect();
    let mut expected: Vec<_> = bodies::BODIES.map(|(name, _)| format!("{name}.rs")).to_vec();
    names.sort();
    expected.sort();
    assert_eq!(names, expected);
}
