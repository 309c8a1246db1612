//! The dear part of a check, on all processors: decoding frames, hashing leaves and identifiers,
//! verifying signatures. What comes out is folded in order by `walk.rs`.
//!
//! Nothing here knows what came before: order, roots and arrays are the fold's part.

use crate::block::BlockHeader;
use crate::directory::{AtRange, FrameEntry};
use crate::segment::Segment;
use annals_proof::{Hash, ProofError, SignedCheckpoint, Verifier, hash_leaf};
use annals_record::{Control, IdHash, Kept, Leaf, Tag};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Threads that share a round.
const THREADS: usize = 2;

/// One step of the walk, in the order of the ledger.
pub(super) struct Step {
    pub(super) segment: Arc<Segment>,
    /// Where in the segment.
    pub(super) offset: u64,
    pub(super) what: What,
}

/// What stands there.
pub(super) enum What {
    /// The note in the header of the block that begins at this index.
    Note { first: u64, note: String },
    /// A frame to decode and to hash.
    Frame(FrameEntry),
    /// The end of a block: what its header says of the leaves and of the tree.
    BlockEnd(Box<BlockHeader>),
    /// Leaves up to `end` that could not be read.
    Hole { end: u64 },
}

/// What came of a step.
pub(super) enum Done {
    Note(Result<SignedCheckpoint, ProofError>),
    Frame(Result<Hashed, BadLeaf>),
    Nothing,
}

/// Why a frame, or the leaf at this index of it, cannot be read.
pub(super) struct BadLeaf {
    pub(super) index: u64,
    pub(super) what: String,
}

/// A frame's leaves, hashed.
#[derive(Default)]
pub(super) struct Hashed {
    /// One for each leaf, in order.
    pub(super) leaves: Vec<Hash>,
    /// The identifier's hash; none where only the leaf's hash is kept.
    pub(super) ids: Vec<Option<u64>>,
    /// `received_time` of each leaf that is kept, with its index.
    pub(super) received: Vec<(u64, i64)>,
    pub(super) controls: Vec<(u64, Control)>,
    pub(super) erased: Vec<(u64, Tag)>,
    pub(super) pruned: Vec<u64>,
    /// The range of moments as the leaves themselves say.
    pub(super) at: Option<AtRange>,
}

/// Does all steps; answers stand in their order.
pub(super) fn run(steps: &[Step], keys: &[Verifier]) -> Vec<Done> {
    let next = AtomicUsize::new(0);
    let work = || {
        let mut done = Vec::new();
        let mut entry = Vec::new();
        loop {
            let place = next.fetch_add(1, Ordering::Relaxed);
            let Some(step) = steps.get(place) else { return done };
            done.push((place, perform(step, keys, &mut entry)));
        }
    };
    let mut all: Vec<(usize, Done)> = std::thread::scope(|scope| {
        let others: Vec<_> = (1..THREADS.min(steps.len())).map(|_| scope.spawn(work)).collect();
        let mut all = work();
        for other in others {
            // A panic there is a broken invariant: it goes on here.
            all.extend(other.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        }
        all
    });
    all.sort_unstable_by_key(|(place, _)| *place);
    all.into_iter().map(|(_, done)| done).collect()
}

fn perform(step: &Step, keys: &[Verifier], entry: &mut Vec<u8>) -> Done {
    match &step.what {
        What::Note { note, .. } => Done::Note(SignedCheckpoint::verify(note, keys)),
        What::Frame(frame) => Done::Frame(hash_frame(&step.segment, frame, entry)),
        What::BlockEnd(_) | What::Hole { .. } => Done::Nothing,
    }
}

fn hash_frame(
    segment: &Segment,
    entry: &FrameEntry,
    buffer: &mut Vec<u8>,
) -> Result<Hashed, BadLeaf> {
    let bad = |index, what| BadLeaf { index, what };
    let frame = segment.read_frame(entry).map_err(|error| bad(entry.first, error.to_string()))?;
    let mut hashed = Hashed::default();
    let mut at = AtRange::EMPTY;
    for place in 0..frame.len() {
        let index = entry.first + place as u64;
        match frame.kept(place).map_err(|what| bad(index, what))? {
            Kept::Leaf(leaf) => {
                at.add(leaf.at());
                hashed.add(index, &leaf, buffer).map_err(|what| bad(index, what))?;
            }
            Kept::Pruned(hash) => {
                hashed.leaves.push(Hash(hash));
                hashed.ids.push(None);
                hashed.pruned.push(index);
            }
        }
    }
    hashed.at = Some(at);
    Ok(hashed)
}

impl Hashed {
    fn add(&mut self, index: u64, leaf: &Leaf, buffer: &mut Vec<u8>) -> Result<(), String> {
        buffer.clear();
        leaf.write_entry(buffer);
        self.leaves.push(hash_leaf(buffer));
        let core = leaf.core();
        self.ids.push(Some(IdHash::of(&core.id(), core.emitter()).0));
        let received = core.received_time().ok_or("it has no received_time")?;
        self.received.push((index, received.nanos()));
        if let Some(control) = core.control() {
            self.controls.push((index, control.map_err(|error| error.to_string())?));
        }
        let erased = leaf.fields().filter(|(_, field)| field.value().is_none());
        self.erased.extend(erased.map(|(tag, _)| (index, tag)));
        Ok(())
    }
}
