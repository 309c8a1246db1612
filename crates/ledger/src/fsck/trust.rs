//! Which keys are believed, and what the checkpoints say.
//!
//! Trust begins with the keys the caller brought (or, if none, those in the folder) and extends to
//! a new key only over a `key` control entry that a checkpoint by a trusted key covers.

use annals_proof::{Hash, SignedCheckpoint, TreeSize, Verifier};
use annals_record::Control;

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
    wanted: Vec<(TreeSize, Option<Hash>)>,
}

impl Roots {
    pub(super) fn want(&mut self, size: TreeSize) {
        self.wanted.push((size, None));
    }

    /// True if the root at this size is asked for.
    pub(super) fn wants(&self, size: TreeSize) -> bool {
        self.wanted.iter().any(|(wanted, root)| *wanted == size && root.is_none())
    }

    pub(super) fn put(&mut self, size: TreeSize, root: Hash) {
        for (wanted, place) in &mut self.wanted {
            if *wanted == size {
                *place = Some(root);
            }
        }
    }

    pub(super) fn get(&self, size: TreeSize) -> Option<Hash> {
        self.wanted.iter().find(|(wanted, _)| *wanted == size).and_then(|(_, root)| *root)
    }
}
