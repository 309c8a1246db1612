//! A tree whose hash arrays stand in memory, filled through the `Frontier` as a ledger does, and
//! a log and a witness that sign it.

use std::convert::Infallible;

use annals_proof::{
    Checkpoint, Cosigner, Frontier, Hash, HashSource, InclusionProof, LeafIndex, ProofBundle,
    SignedNote, Signer, Verifier, hash_leaf, hash_node,
};

/// The arrays of every level and the right edge.
#[derive(Clone, Debug)]
pub(crate) struct MemoryTree {
    pub(crate) arrays: Vec<Vec<Hash>>,
    pub(crate) frontier: Frontier,
}

impl MemoryTree {
    pub(crate) fn new() -> Self {
        Self { arrays: vec![Vec::new(); 8], frontier: Frontier::empty() }
    }

    pub(crate) fn of<T: AsRef<[u8]>>(entries: impl IntoIterator<Item = T>) -> Self {
        let mut tree = Self::new();
        entries.into_iter().for_each(|entry| tree.push(entry.as_ref()));
        tree
    }

    pub(crate) fn push(&mut self, entry: &[u8]) {
        let arrays = &mut self.arrays;
        self.frontier.append(hash_leaf(entry), |level, hash| arrays[usize::from(level)].push(hash));
    }
}

impl MemoryTree {
    pub(crate) fn checkpoint(&self, origin: &str) -> Checkpoint {
        let root = self.frontier.root();
        Checkpoint { origin: origin.into(), size: self.frontier.size(), root }
    }

    pub(crate) fn bundle(&self, index: LeafIndex, note: String) -> ProofBundle {
        let Ok(proof) = InclusionProof::build(index, self.frontier.size(), self);
        ProofBundle { extra: None, index, hashes: proof.hashes, note }
    }
}

/// Name and origin of the log that signs here.
pub(crate) const LOG: &str = "log.example/audit";

/// The log that signs here.
pub(crate) fn log() -> Signer {
    Signer::from_seed(LOG, [1; 32]).unwrap()
}

/// The witness that cosigns here.
pub(crate) fn witness() -> Cosigner {
    Cosigner::from_seed("witness.example/w1", [2; 32]).unwrap()
}

/// A tree of `size` numbered leaves, its checkpoint signed and cosigned, and both keys.
pub(crate) fn signed_tree(size: u64) -> (MemoryTree, String, [Verifier; 2]) {
    let tree = MemoryTree::of((0..size).map(|i| format!("leaf {i}")));
    let text = tree.checkpoint(LOG).text();
    let mut note = SignedNote::parse(&log().sign(&text)).unwrap();
    note.push(witness().cosign(&text, 1_800_000_000).unwrap()).unwrap();
    (tree, note.to_string(), [log().verifier(), witness().verifier()])
}

impl HashSource for MemoryTree {
    type Error = Infallible;

    fn hashes(
        &self,
        level: u8,
        start: u64,
        count: usize,
        out: &mut Vec<Hash>,
    ) -> Result<(), Infallible> {
        let start = start as usize;
        out.extend_from_slice(&self.arrays[usize::from(level)][start..start + count]);
        Ok(())
    }
}

/// The root straight from its definition (RFC 6962 section 2.1).
pub(crate) fn root_by_definition(leaves: &[Hash]) -> Hash {
    match leaves {
        [] => annals_proof::empty_root(),
        [leaf] => *leaf,
        _ => {
            let (left, right) = leaves.split_at(leaves.len().next_power_of_two() / 2);
            hash_node(&root_by_definition(left), &root_by_definition(right))
        }
    }
}
