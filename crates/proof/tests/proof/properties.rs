//! What must hold for any input: agreement with an independent implementation, the same tree
//! however the leaves were batched, and printing as the inverse of parsing.

use annals_proof::{
    ConsistencyProof, Cosigner, EntryBundle, Frontier, Hash, InclusionProof, LeafIndex, Policy,
    ProofBundle, SignedCheckpoint, SignedNote, Signer, Tile, TreeSize, Verifier, hash_leaf,
};
use ct_merkle::mem_backed_tree::MemoryBackedTree;
use proptest::collection::vec;
use proptest::prelude::*;
use sha2::Sha256;

use crate::memory::{MemoryTree, log, root_by_definition, signed_tree, witness};

/// The proof as `ct-merkle` lays it out: the hashes, one after the other.
fn bytes(hashes: &[Hash]) -> Vec<u8> {
    hashes.iter().flat_map(|hash| hash.0).collect()
}

/// A name as C2SP recommends, and stranger ones that are allowed.
fn key_name() -> impl Strategy<Value = String> {
    prop_oneof!["[a-z]{1,8}\\.example(/[a-z0-9-]{1,8})?", "[^\\s\\p{Cc}+\u{85}]{1,12}"]
}

proptest! {
    /// Same roots and the same proofs, byte for byte, as an implementation we did not write.
    #[test]
    fn agrees_with_ct_merkle(entries in vec(vec(any::<u8>(), 0..20), 1..700), a: usize, b: usize) {
        let (index, old) = (a % entries.len(), 1 + b % entries.len());
        let tree = MemoryTree::of(&entries);
        let mut other = MemoryBackedTree::<Sha256, Vec<u8>>::new();
        entries.iter().for_each(|entry| other.push(entry.clone()));
        let root = tree.frontier.root();
        let expected = other.root();
        prop_assert_eq!(&root.0[..], &expected.as_bytes()[..]);

        let size = tree.frontier.size();
        let Ok(proof) = InclusionProof::build(LeafIndex(index as u64), size, &tree);
        let expected = other.prove_inclusion(index);
        prop_assert_eq!(bytes(&proof.hashes), expected.as_bytes());
        prop_assert_eq!(proof.verify(&hash_leaf(&entries[index]), &root), Ok(()));

        let Ok(proof) = ConsistencyProof::build(TreeSize(old as u64), size, &tree);
        let expected = other.prove_consistency(entries.len() - old);
        prop_assert_eq!(bytes(&proof.hashes), expected.as_bytes());
        let Ok(edge) = Frontier::load(TreeSize(old as u64), &tree);
        prop_assert_eq!(proof.verify(&edge.root(), &root), Ok(()));
    }

    /// Stopping and loading the edge again at any sizes gives the tree of one go: group commits
    /// and restarts leave no trace in it.
    #[test]
    fn batches_leave_no_trace(batches in vec(0..300_usize, 0..8)) {
        let mut tree = MemoryTree::new();
        let mut leaves = Vec::new();
        for batch in batches {
            let Ok(edge) = Frontier::load(tree.frontier.size(), &tree);
            prop_assert_eq!(&edge, &tree.frontier);
            tree.frontier = edge;
            for _ in 0..batch {
                let entry = leaves.len().to_be_bytes();
                leaves.push(hash_leaf(&entry));
                tree.push(&entry);
            }
        }
        prop_assert_eq!(tree.frontier.root(), root_by_definition(&leaves));
        let size = tree.frontier.size();
        for (level, array) in (0_u8..).zip(&tree.arrays) {
            prop_assert_eq!(array.len() as u64, size.stored(level));
            let span = 256_usize.saturating_pow(level.into());
            for (subtree, hash) in leaves.chunks_exact(span).zip(array) {
                prop_assert_eq!(*hash, root_by_definition(subtree));
            }
        }
    }

    #[test]
    fn tiles_print_and_parse(
        level in 0..=63_u8,
        number in prop_oneof![0..3000_u64, 0..=annals_proof::TILE_NUMBER_MAX],
        width in 1..=256_u16,
    ) {
        let tile = Tile { level, number, width };
        prop_assert_eq!(Tile::parse(&tile.path()), Ok(tile));
        let bundle = EntryBundle { number, width };
        prop_assert_eq!(EntryBundle::parse(&bundle.to_string()), Ok(bundle));
        prop_assert!(Tile::parse(&bundle.to_string()).is_err());
    }

    #[test]
    fn entry_bundles_print_and_parse(entries in vec(vec(any::<u8>(), 0..300), 0..20)) {
        let mut bytes = Vec::new();
        entries.iter().for_each(|entry| EntryBundle::push(&mut bytes, entry).unwrap());
        prop_assert_eq!(EntryBundle::entries(&bytes).unwrap(), entries);
    }

    #[test]
    fn keys_print_and_parse(name in key_name(), seed: [u8; 32]) {
        let signer = Signer::from_seed(&name, seed).unwrap();
        let cosigner = Cosigner::from_seed(&name, seed).unwrap();
        prop_assert_eq!(Signer::parse(&signer.encode()).unwrap().verifier(), signer.verifier());
        prop_assert_eq!(Cosigner::parse(&cosigner.encode()).unwrap().encode(), cosigner.encode());
        for key in [signer.verifier(), cosigner.verifier()] {
            prop_assert_eq!(Verifier::parse(&key.to_string()), Ok(key));
        }
        // One seed, two uses: the type is part of the key's identity.
        prop_assert_ne!(signer.verifier().key_id(), cosigner.verifier().key_id());
    }

    /// A note of any text and any number of signers verifies for each of them, prints as it was,
    /// and no longer verifies once a byte of its text changed.
    #[test]
    fn notes_print_and_parse(
        text in "([^\\p{Cc}]{0,20}\n){1,5}",
        seeds in vec(any::<[u8; 32]>(), 1..20),
        at: usize,
    ) {
        let signers = seeds.iter().enumerate();
        let signers: Vec<_> = signers
            .map(|(i, seed)| Signer::from_seed(&format!("key{i}.example"), *seed).unwrap())
            .collect();
        let mut note = SignedNote::parse(&signers[0].sign(&text)).unwrap();
        for signer in &signers[1..] {
            note.push(signer.signature(&text)).unwrap();
        }
        let printed = note.to_string();
        prop_assert_eq!(note.text(), &text);
        let parsed = SignedNote::parse(&printed).unwrap();
        prop_assert_eq!(&parsed, &note);
        let keys: Vec<_> = signers.iter().map(Signer::verifier).collect();
        prop_assert_eq!(parsed.verify(&keys).unwrap().len(), keys.len());
        for key in &keys {
            prop_assert_eq!(parsed.verify(std::slice::from_ref(key)).unwrap(), [key]);
        }

        let mut bytes = printed.into_bytes();
        bytes[at % text.len()] ^= 1;
        let altered = String::from_utf8(bytes).ok().and_then(|note| SignedNote::parse(&note).ok());
        prop_assert!(altered.is_none_or(|altered| altered.verify(&keys).is_err()));
    }

    /// A proof file prints as it was parsed, alone and behind another, and proves its own leaf
    /// only.
    #[test]
    fn bundles_print_and_parse(
        size in 1..600_u64,
        at: u64,
        extra in proptest::option::of(vec(any::<u8>(), 0..100)),
    ) {
        let (tree, note, keys) = signed_tree(size);
        let index = at % size;
        let bundle = ProofBundle { extra, ..tree.bundle(LeafIndex(index), note) };
        let text = bundle.text();
        prop_assert_eq!(ProofBundle::parse(&text), Ok(bundle.clone()));
        let both = text.clone() + &text;
        prop_assert_eq!(ProofBundle::parse_all(&both), Ok(vec![bundle.clone(); 2]));
        prop_assert_eq!(ProofBundle::parse_all(&text), Ok(vec![bundle.clone()]));
        prop_assert!(ProofBundle::parse(&both).is_err());

        let leaf = hash_leaf(format!("leaf {index}").as_bytes());
        let signed = bundle.verify(&leaf, &keys[..1]).unwrap();
        prop_assert_eq!(signed.checkpoint.size, TreeSize(size));
        prop_assert_eq!(signed.signed_by, &keys[..1]);
        prop_assert!(bundle.verify(&hash_leaf(b"another"), &keys).is_err());
        prop_assert!(bundle.verify(&leaf, &keys[1..]).is_err());
    }

    /// A policy of any shape prints to one that means the same.
    #[test]
    fn policies_print_and_parse(
        witnesses in 1..8_u8,
        groups in vec((vec(any::<prop::sample::Index>(), 1..5), 1..5_usize), 0..5),
        url: bool,
    ) {
        let url = if url { " https://witness.example/" } else { "" };
        let mut text = format!("log {}\n", log().verifier());
        let mut names = Vec::new();
        for i in 0..witnesses {
            let key = Cosigner::from_seed(&format!("w{i}.example"), [i + 10; 32]).unwrap();
            text += &format!("witness w{i} {}{url}\n", key.verifier());
            names.push(format!("w{i}"));
        }
        let mut free = names.clone();
        for (i, (picks, threshold)) in groups.into_iter().enumerate() {
            let mut members = Vec::new();
            for pick in picks {
                if !free.is_empty() {
                    members.push(free.remove(pick.index(free.len())));
                }
            }
            if !members.is_empty() {
                let threshold = threshold.min(members.len());
                text += &format!("group g{i} {threshold} {}\n", members.join(" "));
                free.push(format!("g{i}"));
                names.push(format!("g{i}"));
            }
        }
        text += &format!("quorum {}\n", names.last().unwrap());
        let policy = Policy::parse(&text).unwrap();
        prop_assert_eq!(Policy::parse(&policy.to_string()), Ok(policy));
    }

    /// The same cosignature every time, and only for the time and text it was made for.
    #[test]
    fn cosignatures_bind_time_and_text(
        time in 0..=annals_proof::COSIGNATURE_SECONDS_MAX,
        at: prop::sample::Index,
    ) {
        let (_, note, [log, witness_key]) = signed_tree(5);
        let keys = [log, witness_key];
        let mut note = SignedNote::parse(&note).unwrap();
        let line = witness().cosign(note.text(), time).unwrap();
        prop_assert_eq!(&line, &witness().cosign(note.text(), time).unwrap());
        note.push(line.clone()).unwrap();
        let signed = SignedCheckpoint::verify(&note.to_string(), &keys).unwrap();
        let cosignatures = signed.cosignatures(&keys).unwrap();
        prop_assert_eq!(cosignatures.last().unwrap().time, time);
        let mut altered = line.bytes;
        altered[at.index(72)] ^= 1;
        prop_assert!(keys[1].verify(note.text(), &altered).is_err());
    }
}
