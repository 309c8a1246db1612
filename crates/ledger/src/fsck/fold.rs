//! The sequential part of a check: the tree is built again leaf by leaf and held against block
//! headers, checkpoints and arrays; what is gone is held against the entries that say why.

use super::arrays::ArrayCheck;
use super::report::{Finding, FindingKind, Verdict};
use super::round::{BadLeaf, Done, Hashed, Step, What};
use super::trust::{Roots, Trust};
use crate::block::BlockHeader;
use crate::directory::FrameEntry;
use annals_proof::{Frontier, Hash, ProofError, SignedCheckpoint, TreeSize};
use annals_record::{Control, Tag};
use std::collections::BTreeMap;
use std::ops::Range;
use std::path::Path;

/// Block ends whose roots are remembered, for notes that speak of an earlier one.
const ROOTS_REMEMBERED: usize = 4;

pub(super) struct Fold {
    pub(super) arrays: ArrayCheck,
    pub(super) trust: Trust,
    pub(super) roots: Roots,
    pub(super) frontier: Frontier,
    pub(super) origin: String,
    pub(super) findings: Vec<Finding>,
    pub(super) events: u64,
    pub(super) checkpoints: u64,
    gone: Gone,
    /// `received_time` of the last leaf.
    received: i64,
    /// Of the leaves since the last block end.
    block_received: Option<(i64, i64)>,
    recent: Vec<(TreeSize, Hash)>,
    /// The tree has a hole that no array could fill: roots mean nothing from there on.
    holed: bool,
}

/// Values and leaves that are no longer there, and the entries that say why.
#[derive(Default)]
struct Gone {
    erased: Vec<(u64, Tag)>,
    pruned: Vec<u64>,
    redacted: BTreeMap<u64, Vec<Tag>>,
    pruning: Vec<Range<u64>>,
}

impl Fold {
    pub(super) fn new(arrays: ArrayCheck, trust: Trust, roots: Roots, origin: String) -> Self {
        let frontier = Frontier::empty();
        let recent = vec![(TreeSize(0), frontier.root())];
        let mut fold = Self {
            arrays,
            trust,
            roots,
            frontier,
            origin,
            findings: Vec::new(),
            events: 0,
            checkpoints: 0,
            gone: Gone::default(),
            received: i64::MIN,
            block_received: None,
            recent,
            holed: false,
        };
        fold.catch_root();
        fold
    }

    /// Takes the steps of a round with what came of them, in order.
    pub(super) fn take(&mut self, steps: Vec<(Step, Done)>) {
        for (step, done) in steps {
            self.step(&step, done);
        }
        self.arrays.compare(&mut self.findings);
    }

    fn step(&mut self, step: &Step, done: Done) {
        let path = &step.segment.path;
        match (&step.what, done) {
            (What::Note { first, note }, Done::Note(signed)) => {
                self.note(path, step.offset, *first, note, signed);
            }
            (What::Frame(entry), Done::Frame(Ok(hashed))) => self.frame(path, entry, hashed),
            (What::Frame(entry), Done::Frame(Err(BadLeaf { index, what }))) => {
                self.find(FindingKind::Frame, path, Some(entry.offset), Some(index), what);
                self.hole(entry.end());
            }
            (What::BlockEnd(header), _) => self.block_end(path, step.offset, header),
            (What::Hole { end }, _) => self.hole(*end),
            _ => {}
        }
    }

    /// A tree that was signed, held against this one. Where a hole took the root away nothing
    /// is said: the hole is a finding.
    pub(super) fn compare(&self, size: TreeSize, root: Hash) -> Verdict {
        if size > self.frontier.size() {
            return Verdict::RolledBack;
        }
        match self.roots.get(size) {
            Some(here) if here != root => Verdict::Forked,
            _ => Verdict::Ok,
        }
    }

    /// After the last leaf: what is gone must have been ordered.
    pub(super) fn missing(&mut self, segments: &Path) {
        let gone = std::mem::take(&mut self.gone);
        for (index, tag) in &gone.erased {
            if !gone.redacted.get(index).is_some_and(|tags| tags.contains(tag)) {
                let what = format!("field {} has no value and no redact entry names it", tag.0);
                self.find(FindingKind::Missing, segments, None, Some(*index), what);
            }
        }
        for index in &gone.pruned {
            if !gone.pruning.iter().any(|range| range.contains(index)) {
                let what = "only its hash is kept and no prune entry covers it".to_owned();
                self.find(FindingKind::Missing, segments, None, Some(*index), what);
            }
        }
    }

    pub(super) fn find(
        &mut self,
        kind: FindingKind,
        file: &Path,
        offset: Option<u64>,
        index: Option<u64>,
        message: String,
    ) {
        self.findings.push(Finding { kind, file: file.to_owned(), offset, index, message });
    }

    fn note(
        &mut self,
        path: &Path,
        offset: u64,
        first: u64,
        note: &str,
        signed: Result<SignedCheckpoint, ProofError>,
    ) {
        if note.is_empty() && first == 0 {
            return; // before the first block nothing was signed
        }
        let wrong = match &signed {
            Err(error) => Some(format!("the checkpoint in its header is not good: {error}")),
            Ok(signed) => {
                let said = (signed.checkpoint.size, signed.checkpoint.root);
                let origin = &signed.checkpoint.origin;
                if *origin != self.origin {
                    Some(format!("the checkpoint in its header is of another log, {origin}"))
                } else if !self.holed && !self.recent.contains(&said) {
                    let size = signed.checkpoint.size;
                    Some(format!(
                        "the checkpoint in its header, of {size} leaves, is of another tree"
                    ))
                } else {
                    None
                }
            }
        };
        if let Some(what) = wrong {
            return self.find(FindingKind::Checkpoint, path, Some(offset), Some(first), what);
        }
        if let Ok(signed) = signed {
            self.checkpoints += 1;
            self.trust.verified(&signed);
        }
    }

    fn frame(&mut self, path: &Path, entry: &FrameEntry, hashed: Hashed) {
        let find = |fold: &mut Self, index, what: &str| {
            fold.find(FindingKind::Frame, path, Some(entry.offset), Some(index), what.to_owned());
        };
        if hashed.at != Some(entry.at) {
            find(self, entry.first, "the directory tells other times than its events");
        }
        for (index, received) in hashed.received {
            if received < self.received {
                find(self, index, "its received_time is before that of the event before it");
            }
            self.received = received;
            let (first, _) = self.block_received.unwrap_or((received, received));
            self.block_received = Some((first, received));
        }
        self.events += hashed.leaves.len() as u64;
        for (leaf, id) in hashed.leaves.into_iter().zip(hashed.ids) {
            self.append(leaf, id);
        }
        for (index, control) in hashed.controls {
            self.trust.announce(index, &control);
            match control {
                Control::Redact { index, tags } => {
                    self.gone.redacted.entry(index).or_default().extend(tags);
                }
                Control::Prune { first, end, .. } => self.gone.pruning.push(first..end),
                Control::Hold { .. } | Control::Key { .. } => {}
            }
        }
        self.gone.erased.extend(hashed.erased);
        self.gone.pruned.extend(hashed.pruned);
    }

    fn block_end(&mut self, path: &Path, offset: u64, header: &BlockHeader) {
        let received = self.block_received.take();
        if self.holed {
            return;
        }
        let (size, root) = (self.frontier.size(), self.frontier.root());
        if root != header.root {
            let what = "the tree after it is not the one its header names".to_owned();
            self.find(FindingKind::Block, path, Some(offset), Some(header.first), what);
        }
        let said = (header.received_min, header.received_max);
        if received.is_some_and(|(first, last)| first < said.0 || last > said.1) {
            let what = "its header tells another received_time than its events".to_owned();
            self.find(FindingKind::Block, path, Some(offset), Some(header.first), what);
        }
        self.block_ids(header);
        if self.recent.len() == ROOTS_REMEMBERED {
            self.recent.remove(0);
        }
        self.recent.push((size, root));
    }

    /// The identifiers of pruned leaves stand nowhere else: the block's checksum covers them.
    fn block_ids(&mut self, header: &BlockHeader) {
        let has_pruned = self.gone.pruned.last().is_some_and(|index| *index >= header.first);
        if !has_pruned {
            return; // compared one by one
        }
        let stored = self.arrays.stored_ids_crc(header.first, header.count);
        if stored.is_some_and(|crc| crc != header.ids_crc) {
            let (file, offset) = self.arrays.id_place(header.first);
            let what = format!("the ids of {} events from here on changed", header.count);
            self.find(FindingKind::Array, &file, Some(offset), Some(header.first), what);
        }
    }

    /// Leaves that could not be read: their hashes are taken from the array, so that the walk
    /// can go on; that they could not be read is a finding already.
    fn hole(&mut self, end: u64) {
        let first = self.frontier.size().0;
        self.block_received = None;
        match self.arrays.stored_leaves(first, end) {
            Ok(leaves) => leaves.into_iter().for_each(|leaf| self.append(leaf, None)),
            Err(_) => {
                self.holed = true;
                (first..end).for_each(|_| self.append(Hash([0; 32]), None));
            }
        }
    }

    fn append(&mut self, leaf: Hash, id: Option<u64>) {
        let arrays = &mut self.arrays;
        let holed = self.holed;
        self.frontier.append(leaf, |level, hash| arrays.hash(level, (!holed).then_some(hash)));
        self.arrays.id(id);
        self.catch_root();
    }

    fn catch_root(&mut self) {
        let size = self.frontier.size();
        if !self.holed && self.roots.wants(size) {
            self.roots.put(size, self.frontier.root());
        }
    }
}
