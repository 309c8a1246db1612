//! A block while it is built: step 1 of a commit.
//!
//! Leaves that have their index join the frontier, the frames and the list of new identifiers;
//! whole batches only. Nothing here is visible to readers or on disk: a draft can be dropped.

use crate::array::ArrayTail;
use crate::batch::{Answer, Appended, Place, leaf_bytes};
use crate::block::BlockHeader;
use crate::directory::FrameEntry;
use crate::error::LedgerError;
use crate::frame::FrameBuilder;
use crate::limits::{BLOCK_BYTES_FULL, BLOCK_EVENTS_FULL, FRAME_BYTES_MAX, FRAME_LEAVES_MAX};
use annals_proof::{Frontier, Hash};
use annals_record::{Sealed, Timestamp};
use std::sync::Arc;

/// A finished block, ready for the committer.
pub(crate) struct Block {
    /// Complete but for the note: the checkpoint before it is signed while it is built.
    pub(crate) header: BlockHeader,
    pub(crate) body: Vec<u8>,
    pub(crate) tail: ArrayTail,
    pub(crate) answers: Answers,
}

/// The receipts that a block resolves.
#[derive(Default)]
pub(crate) struct Answers(Vec<(Answer, Vec<Place>)>);

impl Answers {
    /// Everything is kept and under `checkpoint`.
    pub(crate) fn resolve(self, checkpoint: &Arc<str>) {
        for (answer, places) in self.0 {
            let checkpoint = Arc::clone(checkpoint);
            // Whoever dropped the receipt does not want to know.
            let _ = answer.send(Ok(Appended { places, checkpoint }));
        }
    }

    /// Nothing is kept.
    pub(crate) fn fail(self, error: &LedgerError) {
        for (answer, _) in self.0 {
            let _ = answer.send(Err(error.clone()));
        }
    }
}

/// The block being built.
pub(crate) struct Draft {
    frontier: Frontier,
    first: u64,
    leaves: Vec<Sealed>,
    /// How many of `leaves` are in the frames and the frontier.
    settled: usize,
    raw_bytes: usize,
    received: Option<(Timestamp, Timestamp)>,
    builder: FrameBuilder,
    entries: Vec<FrameEntry>,
    body: Vec<u8>,
    tail: ArrayTail,
    answers: Answers,
}

impl Draft {
    pub(crate) fn new(frontier: Frontier, builder: FrameBuilder) -> Self {
        let first = frontier.size().0;
        Self {
            frontier,
            first,
            leaves: Vec::new(),
            settled: 0,
            raw_bytes: 0,
            received: None,
            builder,
            entries: Vec::new(),
            body: Vec::new(),
            tail: ArrayTail { size: first, ..ArrayTail::default() },
            answers: Answers::default(),
        }
    }

    /// Index of its first leaf.
    pub(crate) fn first(&self) -> u64 {
        self.first
    }

    /// Index the next leaf gets.
    pub(crate) fn next_index(&self) -> u64 {
        self.first + self.leaves.len() as u64
    }

    pub(crate) fn leaves(&self) -> &[Sealed] {
        &self.leaves
    }

    /// True if it holds no leaf and no receipt.
    pub(crate) fn is_empty(&self) -> bool {
        self.leaves.is_empty() && self.answers.0.is_empty()
    }

    /// True if it takes no further batch.
    pub(crate) fn is_full(&self) -> bool {
        self.raw_bytes >= BLOCK_BYTES_FULL || self.leaves.len() >= BLOCK_EVENTS_FULL
    }

    /// True while a further small batch costs less than a commit of its own.
    pub(crate) fn is_small(&self) -> bool {
        self.raw_bytes < FRAME_BYTES_MAX
    }

    /// Gives a leaf the next index. It can be taken back until `settle`.
    pub(crate) fn push(&mut self, sealed: Sealed) {
        self.leaves.push(sealed);
    }

    /// Takes back the leaves from `index` on.
    pub(crate) fn take_back(&mut self, index: u64) -> std::vec::Drain<'_, Sealed> {
        let place = (index - self.first) as usize;
        debug_assert!(place >= self.settled, "settled leaves are in the frontier");
        self.leaves.drain(place..)
    }

    /// A batch is decided: its leaves join frontier and frames, its receipt waits for the block.
    pub(crate) fn settle(
        &mut self,
        received: Timestamp,
        answer: Answer,
        places: Vec<Place>,
    ) -> Result<(), LedgerError> {
        self.answers.0.push((answer, places));
        if self.settled < self.leaves.len() {
            let first = self.received.map_or(received, |(first, _)| first);
            self.received = Some((first, received));
        }
        while self.settled < self.leaves.len() {
            self.settle_leaf()?;
        }
        Ok(())
    }

    fn settle_leaf(&mut self) -> Result<(), LedgerError> {
        let sealed = &self.leaves[self.settled];
        let bytes = leaf_bytes(&sealed.leaf);
        let full = self.builder.count() > 0
            && (self.builder.raw_len() + bytes > FRAME_BYTES_MAX
                || self.builder.count() == FRAME_LEAVES_MAX);
        if full {
            self.finish_frame()?;
        }
        let sealed = &self.leaves[self.settled];
        self.builder.push_leaf(&sealed.leaf, sealed.at);
        let hashes = &mut self.tail.hashes;
        self.frontier.append(Hash(sealed.hash), |level, hash| {
            hashes[usize::from(level)].push(hash);
        });
        self.tail.ids.extend_from_slice(&sealed.id.0.to_be_bytes());
        self.raw_bytes += bytes;
        self.settled += 1;
        Ok(())
    }

    fn finish_frame(&mut self) -> Result<(), LedgerError> {
        let first = self.first + self.settled as u64 - u64::from(self.builder.count());
        let entry = self.builder.finish(first, &mut self.body);
        self.entries.push(entry.map_err(LedgerError::write("block", self.body.len() as u64))?);
        Ok(())
    }

    /// Closes the block and starts the next one upon it. Also gives the leaves, with which
    /// doubles are compared until the block is durable.
    pub(crate) fn finish(&mut self) -> Result<(Block, Vec<Sealed>), LedgerError> {
        if self.builder.count() > 0 {
            self.finish_frame()?;
        }
        let received = self.received.map_or((0, 0), |(first, last)| (first.nanos(), last.nanos()));
        let header = BlockHeader {
            first: self.first,
            count: self.leaves.len() as u32,
            root: self.frontier.root(),
            received_min: received.0,
            received_max: received.1,
            ids_crc: crc32c::crc32c(&self.tail.ids),
            note: String::new(),
            frames: std::mem::take(&mut self.entries),
        };
        let block = Block {
            header,
            body: std::mem::take(&mut self.body),
            tail: std::mem::take(&mut self.tail),
            answers: std::mem::take(&mut self.answers),
        };
        let leaves = std::mem::take(&mut self.leaves);
        self.begin();
        Ok((block, leaves))
    }

    /// Drops the block and starts again from `frontier`; its receipts fail with `error`.
    pub(crate) fn fail(&mut self, error: &LedgerError, frontier: Frontier) -> Vec<Sealed> {
        std::mem::take(&mut self.answers).fail(error);
        let leaves = std::mem::take(&mut self.leaves);
        self.frontier = frontier;
        self.builder.clear();
        self.entries.clear();
        self.body.clear();
        self.begin();
        leaves
    }

    /// The state of a block without leaves after `frontier`.
    fn begin(&mut self) {
        self.first = self.frontier.size().0;
        self.settled = 0;
        self.raw_bytes = 0;
        self.received = None;
        self.tail = ArrayTail { size: self.first, ..ArrayTail::default() };
    }

    /// The tree with all leaves of the block.
    pub(crate) fn frontier(&self) -> &Frontier {
        &self.frontier
    }
}
