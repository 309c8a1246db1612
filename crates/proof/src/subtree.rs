//! Subtrees: runs of leaves `start..end` that have a hash of their own in every tree that holds
//! them (draft-ietf-plants-merkle-tree-certs). Mirrors and witnesses prove such parts of a log
//! consistent with the whole.
//!
//! A run is a subtree if `start` is a multiple of the least power of two that is not below its
//! length; so a tree from leaf 0 on is one, and an empty run is one too. As everywhere in this
//! crate verifying reads nothing but the proof and never panics.

use crate::error::ProofError;
use crate::hash::{Hash, empty_root, hash_node};
use crate::inclusion::{InclusionProof, PROOF_HASHES_MAX};
use crate::source::{HashSource, Nodes};
use crate::tree::{LeafIndex, TreeSize, split};

/// The leaves `start..end` of a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Subtree {
    start: u64,
    end: u64,
}

impl Subtree {
    /// The subtree over `start..end`.
    ///
    /// # Errors
    /// [`ProofError::NotASubtree`] if that run has no hash of its own.
    pub fn new(start: LeafIndex, end: LeafIndex) -> Result<Self, ProofError> {
        let (start, end) = (start.0, end.0);
        let length = end.checked_sub(start).ok_or(ProofError::NotASubtree { start, end })?;
        // Above 2^63 leaves no power of two is left in 64 bits; only leaf 0 is a multiple of it.
        let aligned = match length.checked_next_power_of_two() {
            _ if length == 0 => true,
            Some(span) => start.is_multiple_of(span),
            None => start == 0,
        };
        match aligned {
            true => Ok(Self { start, end }),
            false => Err(ProofError::NotASubtree { start, end }),
        }
    }

    /// First leaf of the subtree.
    #[must_use]
    pub fn start(&self) -> LeafIndex {
        LeafIndex(self.start)
    }

    /// First leaf after the subtree.
    #[must_use]
    pub fn end(&self) -> LeafIndex {
        LeafIndex(self.end)
    }

    /// The hash of the subtree.
    ///
    /// # Errors
    /// Those of `source`.
    pub fn hash<S: HashSource>(&self, source: &S) -> Result<Hash, S::Error> {
        Nodes::new(source).range(self.start, self.end)
    }

    /// The proof that the log's leaf `index` stands in this subtree: an inclusion proof in which
    /// index and size count from the subtree's start, to be verified against the subtree's hash.
    /// Empty, and refused by its verification, for a leaf beyond the subtree.
    ///
    /// # Errors
    /// Those of `source`.
    pub fn prove<S: HashSource>(
        &self,
        index: LeafIndex,
        source: &S,
    ) -> Result<InclusionProof, S::Error> {
        // A leaf before the subtree wraps round to one far beyond it.
        let index = LeafIndex(index.0.wrapping_sub(self.start));
        let size = TreeSize(self.end - self.start);
        InclusionProof::build_from(self.start, index, size, source)
    }
}

/// That a subtree is part of the tree of `size` leaves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SubtreeProof {
    /// The part.
    pub subtree: Subtree,
    /// Size of the whole.
    pub size: TreeSize,
    /// The nodes from which both hashes are computed.
    pub hashes: Vec<Hash>,
}

impl SubtreeProof {
    /// Builds the proof from hashes of the whole tree.
    ///
    /// An empty subtree needs no proof, and one beyond the tree has none: both are empty.
    ///
    /// # Errors
    /// Those of `source`.
    pub fn build<S: HashSource>(
        subtree: Subtree,
        size: TreeSize,
        source: &S,
    ) -> Result<Self, S::Error> {
        let mut ranges = Vec::new();
        if subtree.start < subtree.end && subtree.end <= size.0 {
            let (mut start, mut end) = (0, size.0);
            // Down to the node at the subtree's right end. The verifier knows it if it is the
            // subtree itself, not what is left of one that was cut on the way.
            let mut whole = true;
            while start < subtree.start || end != subtree.end {
                let middle = start + split(end - start);
                if subtree.end <= middle {
                    ranges.push((middle, end));
                    end = middle;
                } else {
                    whole &= middle <= subtree.start;
                    ranges.push((start, middle));
                    start = middle;
                }
            }
            if !whole {
                ranges.push((start, end));
            }
        }
        let mut nodes = Nodes::new(source);
        let ranges = ranges.into_iter().rev();
        let hashes = ranges.map(|(start, end)| nodes.range(start, end)).collect::<Result<_, _>>();
        Ok(Self { subtree, size, hashes: hashes? })
    }

    /// Checks that `hash` is the hash of the subtree and `root` that of the whole tree.
    ///
    /// # Errors
    /// [`ProofError::NotASubtree`] if it ends beyond the tree, [`ProofError::ProofTooLong`] or
    /// [`ProofError::ProofLength`]; [`ProofError::RootMismatch`] if the proof leads to another
    /// hash.
    pub fn verify(&self, hash: &Hash, root: &Hash) -> Result<(), ProofError> {
        let Subtree { start, end } = self.subtree;
        let (size, found) = (self.size.0, self.hashes.len());
        if found > PROOF_HASHES_MAX {
            return Err(ProofError::ProofTooLong { found, max: PROOF_HASHES_MAX });
        }
        if end > size {
            return Err(ProofError::NotASubtree { start, end });
        }
        if start == end {
            return match (found, *hash == empty_root()) {
                (0, true) => Ok(()),
                (0, false) => Err(ProofError::RootMismatch { size: end }),
                _ => Err(ProofError::ProofLength { found }),
            };
        }
        let (found_hash, found_root) = self.roots(hash)?;
        if found_hash != *hash {
            return Err(ProofError::RootMismatch { size: end });
        }
        match found_root == *root {
            true => Ok(()),
            false => Err(ProofError::RootMismatch { size }),
        }
    }

    /// Both hashes that the proof leads to, for a subtree that is not empty and within the tree.
    fn roots(&self, hash: &Hash) -> Result<(Hash, Hash), ProofError> {
        let wrong_length = ProofError::ProofLength { found: self.hashes.len() };
        // Names as in the draft: fn, sn and tn are the subtree's first and last node and the
        // tree's last node on the level at hand.
        let (mut first, mut last) = (self.subtree.start, self.subtree.end - 1);
        let mut tree_last = self.size.0 - 1;
        // Rise to the largest node at the subtree's right end that is a node of the tree too.
        let at_edge = last == tree_last;
        while first != last && (at_edge || last & 1 == 1) {
            (first, last, tree_last) = (first >> 1, last >> 1, tree_last >> 1);
        }
        let (start, rest) = match (first == last, self.hashes.split_first()) {
            (true, _) => (hash, &self.hashes[..]),
            (false, Some(split)) => split,
            (false, None) => return Err(wrong_length),
        };
        let (mut part, mut whole) = (*start, *start);
        for sibling in rest {
            if tree_last == 0 {
                return Err(wrong_length);
            }
            if last & 1 == 1 || last == tree_last {
                if first < last {
                    part = hash_node(sibling, &part);
                }
                whole = hash_node(sibling, &whole);
                // `last` is not 0 here: it is odd, or equals `tree_last`, which is not 0.
                let risen = last.trailing_zeros();
                (first, last, tree_last) = (first >> risen, last >> risen, tree_last >> risen);
            } else {
                whole = hash_node(&whole, sibling);
            }
            (first, last, tree_last) = (first >> 1, last >> 1, tree_last >> 1);
        }
        match tree_last {
            0 => Ok((part, whole)),
            _ => Err(wrong_length),
        }
    }
}
