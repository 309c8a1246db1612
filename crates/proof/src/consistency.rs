//! Consistency proofs: the tree of the old root is the beginning of the tree of the new root,
//! so between two checkpoints nothing was changed, taken out or put in between.
//!
//! Built as in RFC 6962 section 2.1.2, verified as in RFC 9162 section 2.1.4.2. Verifying reads
//! nothing but the proof and never panics. An empty old tree begins every tree and proves
//! nothing, so it is refused; who must accept it (a witness's first sight of a log) says so
//! itself.

use crate::error::ProofError;
use crate::hash::{Hash, hash_node};
use crate::inclusion::PROOF_HASHES_MAX;
use crate::source::{HashSource, Nodes};
use crate::tree::{TreeSize, split};

/// That the tree of `old` leaves is the beginning of the tree of `new` leaves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsistencyProof {
    /// Size of the older tree.
    pub old: TreeSize,
    /// Size of the newer tree.
    pub new: TreeSize,
    /// The nodes from which both roots are computed.
    pub hashes: Vec<Hash>,
}

impl ConsistencyProof {
    /// Builds the proof between the trees of `old` and `new` leaves, from hashes of the new one.
    ///
    /// The proof of a tree with itself is empty. So it is where there is nothing to prove, with
    /// an empty old tree or with `old` above `new`; [`verify`](Self::verify) refuses those.
    ///
    /// # Errors
    /// Those of `source`.
    pub fn build<S: HashSource>(
        old: TreeSize,
        new: TreeSize,
        source: &S,
    ) -> Result<Self, S::Error> {
        let mut ranges = Vec::new();
        if 0 < old.0 && old < new {
            let (mut start, mut end) = (0, new.0);
            while end != old.0 {
                let middle = start + split(end - start);
                if old.0 <= middle {
                    ranges.push((middle, end));
                    end = middle;
                } else {
                    ranges.push((start, middle));
                    start = middle;
                }
            }
            // Where the old tree is one complete subtree of the new, its root is known already.
            if start != 0 {
                ranges.push((start, end));
            }
        }
        let mut nodes = Nodes::new(source);
        let ranges = ranges.into_iter().rev();
        let hashes = ranges.map(|(start, end)| nodes.range(start, end)).collect::<Result<_, _>>();
        Ok(Self { old, new, hashes: hashes? })
    }

    /// Checks that `old_root` and `new_root` are the roots of a tree and of its continuation.
    ///
    /// # Errors
    /// [`ProofError::SizesReversed`], [`ProofError::OldTreeEmpty`], [`ProofError::ProofTooLong`]
    /// or [`ProofError::ProofLength`] for a proof that cannot fit its sizes;
    /// [`ProofError::RootMismatch`] if it leads to another root, with the size of that tree.
    pub fn verify(&self, old_root: &Hash, new_root: &Hash) -> Result<(), ProofError> {
        let (old, new, found) = (self.old.0, self.new.0, self.hashes.len());
        if found > PROOF_HASHES_MAX {
            return Err(ProofError::ProofTooLong { found, max: PROOF_HASHES_MAX });
        }
        if old > new {
            return Err(ProofError::SizesReversed { old, new });
        }
        let (old_found, new_found) = match old {
            0 => return Err(ProofError::OldTreeEmpty),
            same if same == new && found == 0 => (*old_root, *old_root),
            same if same == new => return Err(ProofError::ProofLength { found }),
            _ => self.roots(old_root)?,
        };
        if old_found != *old_root {
            return Err(ProofError::RootMismatch { size: old });
        }
        if new_found != *new_root {
            return Err(ProofError::RootMismatch { size: new });
        }
        Ok(())
    }

    /// Both roots that the proof leads to, for 0 < old < new.
    fn roots(&self, old_root: &Hash) -> Result<(Hash, Hash), ProofError> {
        let (old, new, found) = (self.old.0, self.new.0, self.hashes.len());
        let (first, rest) = match (old.is_power_of_two(), self.hashes.split_first()) {
            (_, None) => return Err(ProofError::ProofLength { found }),
            (true, _) => (old_root, &self.hashes[..]),
            (false, Some(split)) => split,
        };
        // Names as in the RFC: `place` is fn, the last node of the old tree on its level; `last`
        // is sn, that of the new one. Both start where the old tree's last complete subtree is.
        let risen = (old - 1).trailing_ones();
        let (mut place, mut last) = ((old - 1) >> risen, (new - 1) >> risen);
        let (mut old_node, mut new_node) = (*first, *first);
        for sibling in rest {
            if last == 0 {
                return Err(ProofError::ProofLength { found });
            }
            if place & 1 == 1 || place == last {
                old_node = hash_node(sibling, &old_node);
                new_node = hash_node(sibling, &new_node);
                // `place` is not 0 here: it is odd, or equals `last`, which is not 0.
                let risen = place.trailing_zeros();
                place >>= risen;
                last >>= risen;
            } else {
                new_node = hash_node(&new_node, sibling);
            }
            place >>= 1;
            last >>= 1;
        }
        match last {
            0 => Ok((old_node, new_node)),
            _ => Err(ProofError::ProofLength { found }),
        }
    }
}
