//! Places and sizes in a tree, and its right edge.
//!
//! A tree of `n` leaves is the complete subtrees that the bits of `n` name, largest first, from
//! left to right (RFC 6962 section 2.1). `Frontier` holds just their roots: enough to append and
//! to give the root, whatever the size. Storing hashes is the caller's part.

use std::fmt;

use crate::hash::{Hash, empty_root, hash_node};
use crate::source::{HashSource, Nodes, TILE_HEIGHT};

/// Position of a leaf, from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LeafIndex(pub u64);

impl fmt::Display for LeafIndex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Number of leaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TreeSize(pub u64);

impl TreeSize {
    /// How many hashes array `level` holds for a tree of this size: one for each complete
    /// subtree of `256^level` leaves.
    #[must_use]
    pub fn stored(self, level: u8) -> u64 {
        self.0.checked_shr(TILE_HEIGHT * u32::from(level)).unwrap_or(0)
    }
}

impl fmt::Display for TreeSize {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The right edge of a tree: enough to append and to give the root, in 2 KiB.
#[derive(Clone)]
pub struct Frontier {
    size: u64,
    /// `peaks[h]` is the root of a complete subtree of `2^h` leaves where bit `h` of `size` is
    /// set, and means nothing elsewhere.
    peaks: [Hash; u64::BITS as usize],
}

impl Frontier {
    /// The edge of the tree without leaves.
    #[must_use]
    pub fn empty() -> Self {
        Self { size: 0, peaks: [Hash([0; 32]); u64::BITS as usize] }
    }

    /// The edge of a tree of `size` leaves, read from its hash arrays. Reads at most 255 hashes
    /// of each level.
    ///
    /// # Errors
    /// Those of `source`.
    pub fn load<S: HashSource>(size: TreeSize, source: &S) -> Result<Self, S::Error> {
        let mut nodes = Nodes::new(source);
        let mut frontier = Self { size: size.0, ..Self::empty() };
        let mut start = 0;
        for height in (0..u64::BITS).rev().filter(|height| size.0 >> height & 1 == 1) {
            frontier.peaks[height as usize] = nodes.complete(start, height)?;
            start |= 1 << height;
        }
        Ok(frontier)
    }

    /// Number of leaves appended so far.
    #[must_use]
    pub fn size(&self) -> TreeSize {
        TreeSize(self.size)
    }

    /// The root of the tree. Costs at most 63 node hashes.
    #[must_use]
    pub fn root(&self) -> Hash {
        let mut roots = self.peaks().map(|(_, peak)| *peak);
        let Some(rightmost) = roots.next() else { return empty_root() };
        roots.fold(rightmost, |right, left| hash_node(&left, &right))
    }

    /// Appends one leaf hash. Calls `stored(level, hash)` for each hash that joins a hash array:
    /// the leaf itself at level 0, and the root of each subtree of `256^level` leaves that it
    /// completes, lowest level first. Allocates nothing; costs one node hash on average.
    ///
    /// # Panics
    /// At 2^64 leaves, which no storage holds.
    pub fn append(&mut self, leaf: Hash, mut stored: impl FnMut(u8, Hash)) {
        stored(0, leaf);
        let mut node = leaf;
        let mut height = 0;
        // Like adding one to a binary number: each set low bit is a subtree of the same height
        // that the new node completes.
        while self.size >> height & 1 == 1 {
            node = hash_node(&self.peaks[height as usize], &node);
            height += 1;
            if height % TILE_HEIGHT == 0 {
                stored((height / TILE_HEIGHT) as u8, node);
            }
        }
        self.peaks[height as usize] = node;
        self.size += 1;
    }

    /// The complete subtrees with their heights, rightmost (lowest) first.
    fn peaks(&self) -> impl Iterator<Item = (usize, &Hash)> {
        self.peaks.iter().enumerate().filter(|(height, _)| self.size >> height & 1 == 1)
    }
}

/// Two edges are equal if they stand for the same tree, whatever the unused places hold.
impl PartialEq for Frontier {
    fn eq(&self, other: &Self) -> bool {
        self.size == other.size && self.peaks().eq(other.peaks())
    }
}

impl Eq for Frontier {}

impl fmt::Debug for Frontier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Frontier").field("size", &self.size).field("root", &self.root()).finish()
    }
}

/// Where a tree of `leaves` >= 2 splits: the largest power of two below `leaves`.
pub(crate) fn split(leaves: u64) -> u64 {
    1 << (leaves - 1).ilog2()
}
