//! What must hold for any bytes given to the crate `proof`: nothing panics, and whatever is
//! accepted prints back to the very bytes it was parsed from, so that no proof has two texts.

use std::sync::LazyLock;

use annals_proof::{
    AddCheckpoint, Checkpoint, ConsistencyProof, EntryBundle, Hash, InclusionProof, LeafIndex,
    Policy, ProofBundle, SignedCheckpoint, SignedNote, Signer, Subtree, SubtreeProof, Tile,
    TreeSize, Verifier,
};

/// A key whose public half the corpus may use; nothing else is ever signed with it.
static KEYS: LazyLock<[Verifier; 1]> = LazyLock::new(|| {
    let signer = Signer::from_seed("fuzz.example/log", [7; 32]).expect("a valid name");
    [signer.verifier()]
});

/// What a target runs on the bytes it is given.
pub type Body = fn(&[u8]);

/// Every body under the name of its target; the tests of `proof` run them all.
pub const BODIES: [(&str, Body); 9] = [
    ("proof_note", note),
    ("proof_checkpoint", checkpoint),
    ("proof_vkey", vkey),
    ("proof_tile_path", tile_path),
    ("proof_entry_bundle", entry_bundle),
    ("proof_bundle", bundle),
    ("proof_policy", policy),
    ("proof_verify", verify),
    ("proof_witness", witness),
];

pub fn note(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    if let Ok(note) = SignedNote::parse(text) {
        assert_eq!(note.to_string(), text);
        let _ = note.verify(&*KEYS);
        let _ = SignedCheckpoint::verify(text, &*KEYS);
    }
}

/// Extension lines are allowed and not kept, so the printed text is the beginning of the parsed.
pub fn checkpoint(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    if let Ok(checkpoint) = Checkpoint::parse(text) {
        assert!(text.starts_with(&checkpoint.text()));
        assert_eq!(Checkpoint::parse(&checkpoint.text()), Ok(checkpoint));
    }
}

pub fn vkey(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    if let Ok(key) = Verifier::parse(text) {
        assert_eq!(key.to_string(), text);
        let _ = key.verify("text\n", data);
    }
    if let Ok(key) = Signer::parse(text) {
        assert_eq!(key.encode(), text);
    }
}

pub fn tile_path(data: &[u8]) {
    let Ok(path) = std::str::from_utf8(data) else { return };
    if let Ok(tile) = Tile::parse(path) {
        assert_eq!(tile.path(), path);
        assert!((1..=256).contains(&tile.width));
        assert!(!tile.is_within(TreeSize(0)));
    }
    if let Ok(bundle) = EntryBundle::parse(path) {
        assert_eq!(bundle.to_string(), path);
        assert!(bundle.is_within(TreeSize(u64::MAX)));
    }
}

pub fn entry_bundle(data: &[u8]) {
    if let Ok(entries) = EntryBundle::entries(data) {
        let mut printed = Vec::new();
        for entry in entries {
            EntryBundle::push(&mut printed, entry).expect("an entry that was in a bundle fits");
        }
        assert_eq!(printed, data);
    }
}

pub fn bundle(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    if let Ok(bundle) = ProofBundle::parse(text) {
        assert_eq!(bundle.text(), text);
        let _ = bundle.verify(&Hash([0; 32]), &*KEYS);
    }
    if let Ok(bundles) = ProofBundle::parse_all(text) {
        let printed: String = bundles.iter().map(ProofBundle::text).collect();
        assert_eq!(printed, text);
    }
}

/// A policy's comments and blanks are not kept, but its meaning is.
pub fn policy(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    if let Ok(policy) = Policy::parse(text) {
        assert_eq!(Policy::parse(&policy.to_string()), Ok(policy.clone()));
        let _ = policy.is_quorum(&*KEYS);
    }
}

/// Two numbers, two roots and hashes from any bytes: no proof made of noise is accepted, but for
/// a tree with itself and for what is empty.
pub fn verify(data: &[u8]) {
    let Some((first, rest)) = data.split_first_chunk() else { return };
    let Some((second, rest)) = rest.split_first_chunk() else { return };
    let (first, second) = (u64::from_le_bytes(*first), u64::from_le_bytes(*second));
    let (hashes, _) = rest.as_chunks();
    let mut hashes: Vec<Hash> = hashes.iter().map(|hash| Hash(*hash)).collect();
    let (Some(a), Some(b)) = (hashes.pop(), hashes.pop()) else { return };

    let (old, new) = (TreeSize(first), TreeSize(second));
    let proof = InclusionProof { index: LeafIndex(first), size: new, hashes: hashes.clone() };
    if proof.verify(&a, &b).is_ok() {
        assert!(second == 1 && a == b);
    }
    let proof = ConsistencyProof { old, new, hashes: hashes.clone() };
    if proof.verify(&a, &b).is_ok() {
        assert!(first == second && a == b);
    }
    let Ok(subtree) = Subtree::new(LeafIndex(first), LeafIndex(second)) else { return };
    let proof = SubtreeProof { subtree, size: new, hashes };
    if proof.verify(&a, &b).is_ok() {
        assert!(first == second || first == 0 && a == b);
    }
}

/// What is accepted as a request prints back, and no request of noise moves a witness.
pub fn witness(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    if let Ok(request) = AddCheckpoint::parse(text) {
        assert_eq!(request.text(), text);
        assert!(request.decide(&*KEYS, None).is_err());
    }
}
