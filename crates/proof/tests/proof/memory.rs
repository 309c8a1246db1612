//! A tree whose hash arrays stand in memory, filled through the `Frontier` as a ledger does.

use std::convert::Infallible;

use annals_proof::{Frontier, Hash, HashSource, TreeSize, hash_leaf, hash_node};

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

    pub(crate) fn size(&self) -> TreeSize {
        self.frontier.size()
    }
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
