//! Reading: leaves by index and range, ids, hashes, proofs.
//!
//! A reader serves only what is below the published head, so what it gives is durable and under a
//! signed checkpoint, and never changes (but for what is erased or pruned). There are readers of
//! the open ledger and, in another process, readers beside a running server (`read/beside.rs`):
//! those take no lock, repair nothing, and see a newer head after `refresh`.

mod beside;
mod leaves;

pub use leaves::{FrameValues, KeptRange, Leaves};

use crate::disk::{Disk, Real};
use crate::error::LedgerError;
use crate::head::Head;
use crate::rewrites::Compaction;
use crate::store::Store;
use annals_proof::{Hash, HashSource, InclusionProof, LeafIndex, ProofBundle, TreeSize, Verifier};
use annals_record::{IdHash, Kept, Leaf};
use std::ops::Range;
use std::path::Path;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

/// Ids read at a time where there is no table.
const IDS_AT_ONCE: u64 = 1 << 16;
/// How often a reader beside a server looks for a newer head while it waits.
const REFRESH_EVERY: Duration = Duration::from_millis(100);

/// Reads a ledger. Cheap to clone; used from any thread.
#[derive(Clone)]
pub struct LedgerReader {
    store: Arc<Store>,
    /// In another process than the writer.
    beside: bool,
}

impl LedgerReader {
    /// A reader inside the process that writes.
    pub(crate) fn inside(store: Arc<Store>) -> Self {
        Self { store, beside: false }
    }

    /// Opens a ledger for reading, beside a running server too: takes no lock, repairs nothing.
    ///
    /// # Errors
    /// `NotFound` if there is no ledger, `Corrupt` if what it needs is damaged.
    pub fn open(dir: &Path) -> Result<Self, LedgerError> {
        Self::open_on(Arc::new(Real), dir)
    }

    /// Like `open`, on another disk.
    ///
    /// # Errors
    /// As `open`.
    pub fn open_on(disk: Arc<dyn Disk>, dir: &Path) -> Result<Self, LedgerError> {
        Ok(Self { store: Arc::new(beside::open(disk, dir)?), beside: true })
    }

    /// Beside a server: looks for a newer head. Inside: the head is always the newest.
    ///
    /// # Errors
    /// As `open`.
    pub fn refresh(&self) -> Result<Head, LedgerError> {
        if self.beside {
            beside::refresh(&self.store)?;
        }
        Ok(self.head())
    }

    /// What is durable and signed.
    #[must_use]
    pub fn head(&self) -> Head {
        self.store.head.get()
    }

    /// The leaf at `index`.
    ///
    /// # Errors
    /// `OutOfRange`, `Pruned`, or what reading found.
    pub fn leaf(&self, index: LeafIndex) -> Result<Leaf, LedgerError> {
        match self.kept(index)? {
            Kept::Leaf(leaf) => Ok(leaf),
            Kept::Pruned(_) => Err(LedgerError::Pruned { index: index.0 }),
        }
    }

    /// The leaf at `index`, or the hash that retention left of it.
    ///
    /// # Errors
    /// `OutOfRange`, or what reading found.
    pub fn kept(&self, index: LeafIndex) -> Result<Kept, LedgerError> {
        self.check_index(index.0)?;
        self.store.kept(index.0)
    }

    fn check_index(&self, index: u64) -> Result<(), LedgerError> {
        let size = self.store.head.size();
        if index < size { Ok(()) } else { Err(LedgerError::OutOfRange { index, size }) }
    }

    /// Leaves of `range` in order, decoding each frame once. Ends at the head as it is now; a
    /// pruned leaf is an error item (`Pruned`) and the walk goes on, after any other error it
    /// ends.
    pub fn range(&self, range: Range<u64>) -> Leaves {
        Leaves(self.kept_range(range))
    }

    /// Like `range`, with the hashes that retention left of pruned leaves.
    pub fn kept_range(&self, range: Range<u64>) -> KeptRange {
        let end = range.end.min(self.store.head.size());
        KeptRange::new(Arc::clone(&self.store), range.start..end)
    }

    /// From a leaf that cannot be read up to the end of what is damaged with it: its frame, or
    /// its segment if that has lost its directory. At least that leaf.
    #[must_use]
    pub fn damaged_from(&self, index: LeafIndex) -> Range<u64> {
        let end = self.store.damage_end(index.0).min(self.head().size.0);
        index.0..end.max(index.0 + 1)
    }

    /// All events with this id, whoever sent them, ascending.
    ///
    /// # Errors
    /// What reading found.
    pub fn find(&self, id: &str) -> Result<Vec<LeafIndex>, LedgerError> {
        let part = IdHash::id_part(id);
        let candidates = match &self.store.ids {
            Some(ids) => {
                let ids = ids.read().unwrap_or_else(PoisonError::into_inner);
                ids.find(part).collect()
            }
            None => self.scan_ids(part)?,
        };
        let size = self.store.head.size();
        let mut found = Vec::new();
        for index in candidates.into_iter().filter(|index| *index < size) {
            if let Kept::Leaf(leaf) = self.store.kept(index)?
                && leaf.core().id() == id
            {
                found.push(LeafIndex(index));
            }
        }
        found.sort_unstable();
        Ok(found)
    }

    /// Walks the identifier array: 8 bytes an event, read in order.
    fn scan_ids(&self, part: u64) -> Result<Vec<u64>, LedgerError> {
        let size = self.store.head.size();
        let (mut found, mut bytes) = (Vec::new(), Vec::new());
        for start in (0..size).step_by(IDS_AT_ONCE as usize) {
            bytes.clear();
            let count = IDS_AT_ONCE.min(size - start) as usize;
            self.store.arrays.ids.read(start, count, &mut bytes)?;
            let ids = bytes.as_chunks().0.iter().map(|id| u64::from_be_bytes(*id));
            let hits = (start..).zip(ids).filter(|(_, id)| id >> 24 == part >> 24);
            found.extend(hits.map(|(index, _)| index));
        }
        Ok(found)
    }

    /// How far compaction is. Bytes and failures are those of this process.
    #[must_use]
    pub fn compaction(&self) -> Compaction {
        self.store.compaction()
    }

    /// The verifier keys of the log, the current one first.
    #[must_use]
    pub fn verifiers(&self) -> Vec<Verifier> {
        self.store.verifiers.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The proof of one event at the present head, its open fields disclosed.
    ///
    /// # Errors
    /// As `leaf`.
    pub fn prove(&self, index: LeafIndex) -> Result<ProofBundle, LedgerError> {
        self.prove_at(index, &self.head())
    }

    /// The same under `head`, an earlier one, or one with the cosignatures of witnesses.
    ///
    /// # Errors
    /// As `leaf`.
    pub fn prove_at(&self, index: LeafIndex, head: &Head) -> Result<ProofBundle, LedgerError> {
        if index.0 >= head.size.0 {
            return Err(LedgerError::OutOfRange { index: index.0, size: head.size.0 });
        }
        let extra = match self.kept(index)? {
            Kept::Leaf(leaf) => Some(leaf.disclosure().to_bytes()),
            Kept::Pruned(_) => None,
        };
        let proof = InclusionProof::build(index, head.size, self)?;
        Ok(ProofBundle { extra, index, hashes: proof.hashes, note: head.note.to_string() })
    }

    /// Blocks until the head is beyond `size`, the ledger stops or the time is over.
    #[must_use]
    pub fn wait_beyond(&self, size: TreeSize, timeout: Duration) -> Head {
        self.wait_beyond_unless(size, timeout, || false)
    }

    /// Like `wait_beyond`; also ends when `given_up`, which is asked after a nudge.
    pub(crate) fn wait_beyond_unless(
        &self,
        size: TreeSize,
        timeout: Duration,
        given_up: impl Fn() -> bool,
    ) -> Head {
        if !self.beside {
            return self.store.head.wait_beyond(size.0, timeout, given_up);
        }
        let mut left = timeout;
        loop {
            if let Err(error) = self.refresh() {
                tracing::warn!(%error, "cannot look for a newer head");
            }
            let step = left.min(REFRESH_EVERY);
            let head = self.store.head.wait_beyond(size.0, step, &given_up);
            left -= step;
            if head.size > size || left.is_zero() || given_up() {
                return head;
            }
        }
    }

    /// Wakes all who wait for a head, so that they look whether they were given up.
    pub(crate) fn nudge(&self) {
        self.store.head.nudge();
    }
}

impl HashSource for LedgerReader {
    type Error = LedgerError;

    fn hashes(
        &self,
        level: u8,
        start: u64,
        count: usize,
        out: &mut Vec<Hash>,
    ) -> Result<(), LedgerError> {
        let size = self.store.head.get().size;
        let end = start.saturating_add(count as u64);
        if end > size.stored(level) {
            return Err(LedgerError::OutOfRange { index: end, size: size.stored(level) });
        }
        self.store.arrays.hashes(level, start, count, out)
    }
}
