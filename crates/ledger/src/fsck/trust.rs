//! Which keys are believed, and what the checkpoints say.
//!
//! Trust begins with the keys the caller brought (or, if none, those in the folder) and extends to
//! a new key only over a `key` control entry that a checkpoint by a trusted key covers.

use annals_proof::{Hash, SignedCheckpoint, TreeSize, Verifier};
use annals_record::Control;
use std::collections::BTreeMap;
use std::ops::Bound;

pub(super) struct Trust {
    /// All keys a signature is looked for with: the trusted ones and the folder's.
    pub(super) known: Vec<Verifier>,
    trusted: Vec<Verifier>,
    /// Keys named by control entries: (index, key).
    announced: Vec<(u64, Verifier)>,
}

impl Trust {
    pub(super) fn new(given: Vec<Verifier>, folder: Vec<Verifier>) -> Self {
        let trusted = if given.is_empty() { folder.clone() } else { given.clone() };
        let mut known = given;
        known.extend(folder);
        known.dedup();
        Self { known, trusted, announced: Vec::new() }
    }

    pub(super) fn announce(&mut self, index: u64, control: &Control) {
        if let Control::Key { vkey } = control
            && let Ok(verifier) = Verifier::parse(vkey)
        {
            self.announced.push((index, verifier));
        }
    }

    /// A checkpoint whose signature and tree were found right.
    pub(super) fn verified(&mut self, signed: &SignedCheckpoint) {
        if !self.trusts(signed) {
            return;
        }
        let size = signed.checkpoint.size.0;
        for (index, verifier) in &self.announced {
            if *index < size && !self.trusted.contains(verifier) {
                self.trusted.push(verifier.clone());
            }
        }
    }

    pub(super) fn trusts(&self, signed: &SignedCheckpoint) -> bool {
        signed.signed_by.iter().any(|verifier| self.trusted.contains(verifier))
    }
}

/// The roots of chosen sizes, caught while the tree is built again.
#[derive(Default)]
pub(super) struct Roots {
    wanted: BTreeMap<TreeSize, Option<Hash>>,
    /// The smallest size whose root has not been caught: asked about at every leaf.
    next: Option<TreeSize>,
}

impl Roots {
    /// Asks for a size; only before the first leaf.
    pub(super) fn want(&mut self, size: TreeSize) {
        self.wanted.insert(size, None);
        self.next = self.wanted.keys().next().copied();
    }

    /// True if the root at this size is asked for.
    pub(super) fn wants(&self, size: TreeSize) -> bool {
        self.next == Some(size)
    }

    /// The root at the size that is wanted next.
    pub(super) fn put(&mut self, size: TreeSize, root: Hash) {
        self.wanted.insert(size, Some(root));
        let above = (Bound::Excluded(size), Bound::Unbounded);
        self.next = self.wanted.range(above).next().map(|(size, _)| *size);
    }

    pub(super) fn get(&self, size: TreeSize) -> Option<Hash> {
        self.wanted.get(&size).copied().flatten()
    }
}
