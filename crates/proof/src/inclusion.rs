//! Inclusion proofs: this leaf stands at this index in the tree of this root.
//!
//! A proof lists the siblings on the way from the leaf to the root, leaf's sibling first
//! (RFC 6962 section 2.1.1). Verifying follows RFC 9162 section 2.1.3.2, reads nothing but the
//! proof, and never panics, whatever the numbers. The root itself must come from a checkpoint
//! whose signature was verified.

use crate::error::ProofError;
use crate::hash::{Hash, hash_node};
use crate::source::{HashSource, Nodes};
use crate::tree::{LeafIndex, TreeSize, split};

/// The most hashes a proof may have; no tree below 2^63 leaves needs more.
pub const PROOF_HASHES_MAX: usize = 63;

/// That a leaf stands at `index` in a tree of `size` leaves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InclusionProof {
    /// Position of the leaf.
    pub index: LeafIndex,
    /// Size of the tree.
    pub size: TreeSize,
    /// The siblings from the leaf upwards.
    pub hashes: Vec<Hash>,
}

impl InclusionProof {
    /// Builds the proof for the leaf at `index` in the tree of `size` leaves. Reads at most
    /// 255 hashes of each tile level left of the path and as many right of it.
    ///
    /// For an `index` beyond the tree there is nothing to prove: the proof is empty, and
    /// [`verify`](Self::verify) refuses it.
    ///
    /// # Errors
    /// Those of `source`.
    pub fn build<S: HashSource>(
        index: LeafIndex,
        size: TreeSize,
        source: &S,
    ) -> Result<Self, S::Error> {
        Self::build_from(0, index, size, source)
    }

    /// The proof within the `size` leaves from leaf `base` on, from which `index` counts too.
    pub(crate) fn build_from<S: HashSource>(
        base: u64,
        index: LeafIndex,
        size: TreeSize,
        source: &S,
    ) -> Result<Self, S::Error> {
        let mut siblings = Vec::new();
        if index.0 < size.0 {
            let (mut start, mut end) = (base, base + size.0);
            while end - start > 1 {
                let middle = start + split(end - start);
                if base + index.0 < middle {
                    siblings.push((middle, end));
                    end = middle;
                } else {
                    siblings.push((start, middle));
                    start = middle;
                }
            }
        }
        let mut nodes = Nodes::new(source);
        let siblings = siblings.into_iter().rev();
        let hashes = siblings.map(|(start, end)| nodes.range(start, end)).collect::<Result<_, _>>();
        Ok(Self { index, size, hashes: hashes? })
    }

    /// Checks that `leaf` (a leaf hash) stands at the index in the tree whose root is `root`.
    ///
    /// # Errors
    /// [`ProofError::RootMismatch`] if the proof leads to another root, and the errors of
    /// [`root`](Self::root).
    pub fn verify(&self, leaf: &Hash, root: &Hash) -> Result<(), ProofError> {
        match self.root(leaf)? == *root {
            true => Ok(()),
            false => Err(ProofError::RootMismatch { size: self.size.0 }),
        }
    }

    /// The root that the proof leads to from `leaf`.
    ///
    /// # Errors
    /// [`ProofError::ProofTooLong`], [`ProofError::IndexBeyondTree`], or
    /// [`ProofError::ProofLength`] if index and size ask for another number of hashes.
    pub fn root(&self, leaf: &Hash) -> Result<Hash, ProofError> {
        let found = self.hashes.len();
        if found > PROOF_HASHES_MAX {
            return Err(ProofError::ProofTooLong { found, max: PROOF_HASHES_MAX });
        }
        let (index, size) = (self.index.0, self.size.0);
        if index >= size {
            return Err(ProofError::IndexBeyondTree { index, size });
        }
        // Names as in the RFC: `place` is fn, the node's number on its level; `last` is sn, the
        // number of the last node on that level.
        let (mut place, mut last) = (index, size - 1);
        let mut node = *leaf;
        for sibling in &self.hashes {
            if last == 0 {
                return Err(ProofError::ProofLength { found });
            }
            if place & 1 == 1 || place == last {
                node = hash_node(sibling, &node);
                // A last node without a right sibling rises until it has a left one. `place` is
                // not 0 here: it is odd, or equals `last`, which is not 0.
                let risen = place.trailing_zeros();
                place >>= risen;
                last >>= risen;
            } else {
                node = hash_node(&node, sibling);
            }
            place >>= 1;
            last >>= 1;
        }
        match last {
            0 => Ok(node),
            _ => Err(ProofError::ProofLength { found }),
        }
    }
}
