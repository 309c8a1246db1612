//! The sequencer: the one thread that gives indexes.
//!
//! It takes batches in ticket order, finds doubles, and builds block k+1 while the committer
//! brings block k to disk. When a block fails before its commit point, that block and the draft
//! built upon it fail whole and the sequencer goes on from the durable head.
//!
//! Identifiers join the table when their leaf gets an index, and leave it if the block fails; so
//! doubles of leaves in flight are found like any other, and resolve with their own block.

use crate::batch::{Batch, OnConflict, Place};
use crate::draft::{Block, Draft};
use crate::error::LedgerError;
use crate::frame::FrameBuilder;
use crate::ids::IdTable;
use crate::limits::LEDGER_LEAVES_MAX;
use crate::pool::{Next, Pool};
use crate::store::Store;
use annals_proof::{Frontier, LeafIndex};
use annals_record::{Kept, Leaf, Sealed};
use crossbeam_channel::Sender;
use std::sync::{Arc, PoisonError, RwLockWriteGuard};

/// The state of the sequencer thread; nobody else touches it.
pub(crate) struct Sequencer {
    store: Arc<Store>,
    pool: Arc<Pool>,
    committer: Sender<Block>,
    draft: Draft,
    /// The tree at the last block known to be durable.
    durable: Frontier,
    /// The block the committer has.
    in_flight: Option<InFlight>,
}

struct InFlight {
    first: u64,
    leaves: Vec<Sealed>,
    /// The tree after it.
    frontier: Frontier,
}

impl Sequencer {
    pub(crate) fn new(
        store: Arc<Store>,
        pool: Arc<Pool>,
        committer: Sender<Block>,
        durable: Frontier,
        builder: FrameBuilder,
    ) -> Self {
        let draft = Draft::new(durable.clone(), builder);
        Self { store, pool, committer, draft, durable, in_flight: None }
    }

    /// Runs until the pool is drained or the ledger stops. An error is fatal.
    pub(crate) fn run(mut self) -> Result<(), LedgerError> {
        let ended = self.work();
        let reason = match (&ended, self.pool.fatal()) {
            (Err(error), None) => error.clone(),
            (_, Some(fatal)) => LedgerError::clone(&fatal),
            (Ok(()), None) => LedgerError::Closed,
        };
        self.draft.fail(&reason, self.durable);
        ended
    }

    fn work(&mut self) -> Result<(), LedgerError> {
        loop {
            let free = self.in_flight.is_none();
            // A draft that has something goes to a free committer; while it is small, what is
            // ready now may join it, but nobody waits for more: there is no timer.
            let may_go = free && !self.draft.is_empty();
            let batches = !self.draft.is_full() && (!may_go || self.draft.is_small());
            match self.pool.next(batches, !may_go) {
                Next::Batch(batch) => self.add(batch)?,
                Next::Done(done) => self.settle_in_flight(done),
                Next::Nothing => self.hand_over()?,
                Next::Drained if self.pool.fatal().is_some() => return Ok(()),
                Next::Drained if may_go => self.hand_over()?,
                Next::Drained if free => return Ok(()),
                Next::Drained => match self.pool.next(false, true) {
                    Next::Done(done) => self.settle_in_flight(done),
                    _ => return Ok(()),
                },
            }
        }
    }

    /// Gives each leaf of a batch its place.
    fn add(&mut self, batch: Batch) -> Result<(), LedgerError> {
        let start = self.draft.next_index();
        if start + batch.leaves.len() as u64 > LEDGER_LEAVES_MAX {
            let _ = batch.answer.send(Err(LedgerError::LedgerFull { size: start }));
            return Ok(());
        }
        match self.place(batch.leaves) {
            Err(error) => {
                self.take_back(start);
                let _ = batch.answer.send(Err(error));
                Ok(())
            }
            Ok(mut places) => {
                let conflict = places.iter().any(|place| matches!(place, Place::Conflict(_)));
                if conflict && batch.on_conflict == OnConflict::Refuse {
                    self.take_back(start);
                    refuse(&mut places, start);
                }
                self.draft.settle(batch.received, batch.answer, places)
            }
        }
    }

    fn place(&mut self, leaves: Vec<Sealed>) -> Result<Vec<Place>, LedgerError> {
        let mut places = Vec::with_capacity(leaves.len());
        let store = Arc::clone(&self.store);
        let mut ids = lock_ids(&store);
        ids.prefetch(leaves.iter().map(|sealed| sealed.id.0));
        for sealed in leaves {
            let place = match self.find_double(&ids, &sealed)? {
                Some(place) => place,
                None => {
                    let index = self.draft.next_index();
                    ids.insert(sealed.id.0, index);
                    self.draft.push(sealed);
                    Place::Accepted(LeafIndex(index))
                }
            };
            places.push(place);
        }
        Ok(places)
    }

    /// The leaf's place if its (emitter, id) is taken. A hash only names candidates: the full id
    /// and emitter decide. A pruned event is no longer kept and takes no id.
    fn find_double(&self, ids: &IdTable, sealed: &Sealed) -> Result<Option<Place>, LedgerError> {
        for index in ids.find(sealed.id.0) {
            let found = self.compare(index, sealed, |kept| {
                let same_key = kept.core().id() == sealed.leaf.core().id()
                    && kept.core().emitter() == sealed.leaf.core().emitter();
                same_key.then(|| kept.same_act(&sealed.leaf))
            })?;
            if let Some(same_act) = found {
                let index = LeafIndex(index);
                let place = if same_act { Place::Duplicate(index) } else { Place::Conflict(index) };
                return Ok(Some(place));
            }
        }
        Ok(None)
    }

    /// Looks at a candidate, wherever it is: in the draft, in flight, or on disk.
    fn compare(
        &self,
        index: u64,
        sealed: &Sealed,
        look: impl FnOnce(&Leaf) -> Option<bool>,
    ) -> Result<Option<bool>, LedgerError> {
        if let Some(place) = index.checked_sub(self.draft.first()) {
            return Ok(look(&self.draft.leaves()[place as usize].leaf));
        }
        if let Some(block) = &self.in_flight
            && let Some(place) = index.checked_sub(block.first)
        {
            return Ok(look(&block.leaves[place as usize].leaf));
        }
        // The array holds all 64 bits of the hash: another emitter's event need not be read.
        let mut id = Vec::with_capacity(8);
        self.store.arrays.ids.read(index, 1, &mut id)?;
        if id != sealed.id.0.to_be_bytes() {
            return Ok(None);
        }
        match self.store.kept(index)? {
            Kept::Leaf(leaf) => Ok(look(&leaf)),
            Kept::Pruned(_) => Ok(None),
        }
    }

    /// Takes the leaves of a batch back that is not kept.
    fn take_back(&mut self, start: u64) {
        let mut ids = lock_ids(&self.store);
        for (index, sealed) in (start..).zip(self.draft.take_back(start)) {
            ids.remove(sealed.id.0, index);
        }
    }

    /// Gives the draft to the committer, which is free.
    fn hand_over(&mut self) -> Result<(), LedgerError> {
        let (block, leaves) = self.draft.finish()?;
        if leaves.is_empty() {
            // Only doubles of durable leaves: the head already covers them.
            block.answers.resolve(&self.store.head.get().note);
            return Ok(());
        }
        let frontier = self.draft.frontier().clone();
        self.in_flight = Some(InFlight { first: block.header.first, leaves, frontier });
        self.committer.send(block).map_err(|_| LedgerError::Closed)
    }

    /// The committer is done with its block.
    fn settle_in_flight(&mut self, done: Result<(), LedgerError>) {
        let Some(block) = self.in_flight.take() else { return };
        match done {
            Ok(()) => self.durable = block.frontier,
            Err(error) => self.roll_back(&block, &error),
        }
    }

    /// The block in flight failed: it and the draft upon it are as if they had never been.
    fn roll_back(&mut self, block: &InFlight, error: &LedgerError) {
        let leaves = self.draft.fail(error, self.durable.clone());
        let mut ids = lock_ids(&self.store);
        for (index, sealed) in (block.first..).zip(block.leaves.iter().chain(&leaves)) {
            ids.remove(sealed.id.0, index);
        }
    }
}

/// The accepted leaves of a refused batch, and doubles of them, have no place.
fn refuse(places: &mut [Place], start: u64) {
    for place in places {
        match *place {
            Place::Accepted(_) => *place = Place::Refused,
            Place::Duplicate(index) | Place::Conflict(index) if index.0 >= start => {
                *place = Place::Refused;
            }
            _ => {}
        }
    }
}

fn lock_ids(store: &Store) -> RwLockWriteGuard<'_, IdTable> {
    let ids = store.ids.as_ref().expect("a ledger open for writing has its identifiers");
    ids.write().unwrap_or_else(PoisonError::into_inner)
}
