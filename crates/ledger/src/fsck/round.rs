//! The dear part of a check, on all processors: decoding frames, hashing leaves and identifiers,
//! verifying signatures. What comes out is folded in order (`walk.rs`), while the next round runs.
//!
//! Nothing here knows what came before: order, roots and arrays are the fold's part.

use crate::block::BlockHeader;
use crate::directory::{AtRange, FrameEntry};
use crate::segment::Segment;
use annals_proof::{HASH_BYTES, Hash, ProofError, SignedCheckpoint, Verifier};
use annals_record::{Control, IdHash, Kept, Leaf, Marks, Tag};
use std::num::NonZero;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Threads that share a round; the fold of the round before is one thread's work.
const THREADS_COUNT_MAX: usize = 4;

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

/// Does all steps; answers stand in their order. This thread does `meanwhile` first.
pub(super) fn run(steps: &[Step], keys: &[Verifier], meanwhile: impl FnOnce()) -> Vec<Done> {
    let next = AtomicUsize::new(0);
    let work = || {
        let mut done = Vec::new();
        let mut kept = Kept::Pruned([0; HASH_BYTES]);
        loop {
            let place = next.fetch_add(1, Ordering::Relaxed);
            let Some(step) = steps.get(place) else { return done };
            done.push((place, perform(step, keys, &mut kept)));
        }
    };
    let threads = std::thread::available_parallelism().map_or(1, NonZero::get);
    let others = threads.min(THREADS_COUNT_MAX).min(steps.len()).saturating_sub(1);
    let mut all: Vec<(usize, Done)> = std::thread::scope(|scope| {
        let others: Vec<_> = (0..others).map(|_| scope.spawn(work)).collect();
        meanwhile();
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

/// `kept` lends its buffers.
fn perform(step: &Step, keys: &[Verifier], kept: &mut Kept) -> Done {
    match &step.what {
        What::Note { note, .. } => Done::Note(SignedCheckpoint::verify(note, keys)),
        What::Frame(frame) => Done::Frame(hash_frame(&step.segment, frame, kept)),
        What::BlockEnd(_) | What::Hole { .. } => Done::Nothing,
    }
}

fn hash_frame(segment: &Segment, entry: &FrameEntry, kept: &mut Kept) -> Result<Hashed, BadLeaf> {
    let bad = |index, what| BadLeaf { index, what };
    let frame = segment.read_frame(entry).map_err(|error| bad(entry.first, error.to_string()))?;
    let mut hashed = Hashed::with_room(frame.len());
    let mut at = AtRange::EMPTY;
    for place in 0..frame.len() {
        let index = entry.first + place as u64;
        frame.kept_into(place, kept).map_err(|what| bad(index, what))?;
        match kept {
            Kept::Leaf(leaf) => {
                let marks = leaf.core().marks();
                at.add(marks.at());
                hashed.add(index, leaf, &marks).map_err(|what| bad(index, what))?;
            }
            Kept::Pruned(hash) => {
                hashed.leaves.push(Hash(*hash));
                hashed.ids.push(None);
                hashed.pruned.push(index);
            }
        }
    }
    hashed.at = Some(at);
    Ok(hashed)
}

impl Hashed {
    fn with_room(leaves: usize) -> Self {
        Self {
            leaves: Vec::with_capacity(leaves),
            ids: Vec::with_capacity(leaves),
            received: Vec::with_capacity(leaves),
            ..Self::default()
        }
    }

    fn add(&mut self, index: u64, leaf: &Leaf, marks: &Marks<'_>) -> Result<(), String> {
        self.leaves.push(Hash(leaf.hash()));
        self.ids.push(Some(IdHash::of(&marks.id, marks.emitter).0));
        let received = marks.received_time.ok_or("it has no received_time")?;
        self.received.push((index, received.nanos()));
        if let Some(control) = marks.control() {
            self.controls.push((index, control.map_err(|error| error.to_string())?));
        }
        if leaf.record_salt().is_none() {
            let erased = leaf.fields().filter(|(_, field)| field.value().is_none());
            self.erased.extend(erased.map(|(tag, _)| (index, tag)));
        }
        Ok(())
    }
}
