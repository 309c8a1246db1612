//! Reading the stored hashes of a tree, and computing from them the nodes that are not stored.
//!
//! Only every eighth level of nodes is kept (c2sp.org/tlog-tiles); those between are folded from
//! at most 128 stored hashes each. A node that would reach beyond the last leaf is never stored
//! and never asked for: the ragged right edge is folded from complete subtrees.

use crate::hash::{Hash, empty_root, hash_node};

/// Levels of nodes from one hash array to the next: a hash of array `L` is the root of `256^L`
/// leaves.
pub(crate) const TILE_HEIGHT: u32 = 8;

/// Read access to the hash arrays: array `level` holds, in order, the roots of all complete
/// subtrees of `256^level` leaves (c2sp.org/tlog-tiles). For a tree of size `n` that are
/// `floor(n / 256^level)` hashes.
pub trait HashSource {
    /// Why hashes could not be read.
    type Error;

    /// Appends to `out` the `count` hashes of array `level` from position `start`.
    ///
    /// # Errors
    /// When it cannot give all of them; it never gives fewer and says nothing.
    fn hashes(
        &self,
        level: u8,
        start: u64,
        count: usize,
        out: &mut Vec<Hash>,
    ) -> Result<(), Self::Error>;
}

/// Computes roots of subtrees from a source.
pub(crate) struct Nodes<'a, S> {
    source: &'a S,
    row: Vec<Hash>,
}

impl<'a, S: HashSource> Nodes<'a, S> {
    pub(crate) fn new(source: &'a S) -> Self {
        Self { source, row: Vec::new() }
    }

    /// The root of the complete subtree of `2^height` leaves from leaf `start` on, which is a
    /// multiple of `2^height`.
    ///
    /// # Panics
    /// If the source breaks its promise to give all it was asked for or an error.
    pub(crate) fn complete(&mut self, start: u64, height: u32) -> Result<Hash, S::Error> {
        let level = height / TILE_HEIGHT;
        let mut width = 1_usize << (height % TILE_HEIGHT);
        self.row.clear();
        let position = start >> (level * TILE_HEIGHT);
        self.source.hashes(level as u8, position, width, &mut self.row)?;
        assert_eq!(self.row.len(), width, "a hash source gives all it is asked for or an error");
        while width > 1 {
            width /= 2;
            for i in 0..width {
                self.row[i] = hash_node(&self.row[2 * i], &self.row[2 * i + 1]);
            }
        }
        Ok(self.row[0])
    }

    /// The root over leaves `start..end`, where `start` is a multiple of the next power of two
    /// of their number: every range that a proof names is.
    pub(crate) fn range(&mut self, start: u64, end: u64) -> Result<Hash, S::Error> {
        let mut root = None;
        let (mut rest, mut at) = (end - start, end);
        while rest != 0 {
            let height = rest.trailing_zeros();
            rest -= 1 << height;
            at -= 1 << height;
            let left = self.complete(at, height)?;
            root = Some(match root {
                Some(right) => hash_node(&left, &right),
                None => left,
            });
        }
        Ok(root.unwrap_or_else(empty_root))
    }
}
