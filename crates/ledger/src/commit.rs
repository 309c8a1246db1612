//! The committer: brings a block to disk, signs it, publishes it. Steps 2 to 6 of a commit, one
//! function each (step 1 is `draft.rs`):
//!
//! 2. `reserve` and `write`: a full disk shows here; the block fails, nothing was kept
//! 3. `sync`: **the commit point**, the only sync of a commit
//! 4. `sign`: never before the sync, or a torn block would leave a signature over a lost tree
//! 5. `append_arrays`: hash arrays, identifiers, the file `checkpoint`; unsynced, recomputable
//! 6. `publish`: readers, receipts, followers
//!
//! An error before the commit point fails the block. From the sync on an error is fatal: the
//! ledger stops, and the next start recovers from what is on disk.

use crate::array::Ahead;
use crate::closed::Closed;
use crate::disk::remove_if_there;
use crate::draft::Block;
use crate::error::LedgerError;
use crate::head::{CheckpointFile, Head};
use crate::limits::SEGMENT_AGE_NANOS_MAX;
use crate::pool::Pool;
use crate::signer::HeadSigner;
use crate::store::Store;
use crate::writer::SegmentWriter;
use annals_proof::{Checkpoint, ConsistencyProof, Hash, TreeSize};
use crossbeam_channel::Receiver;
use std::sync::Arc;

/// The state of the committer thread; nobody else touches it.
pub(crate) struct Committer {
    pub(crate) store: Arc<Store>,
    pub(crate) pool: Arc<Pool>,
    pub(crate) signer: Box<dyn HeadSigner>,
    /// Name of the log in its checkpoints.
    pub(crate) origin: String,
    pub(crate) checkpoint: CheckpointFile,
    /// None after a seal, until the next block needs a new one.
    pub(crate) writer: Option<SegmentWriter>,
    pub(crate) segment_bytes_max: u64,
    /// The marker `closed` was there at the open.
    pub(crate) was_closed: bool,
    /// First leaf that the arrays may not have durably.
    pub(crate) arrays_unsynced_from: u64,
}

impl Committer {
    /// Commits blocks until the sequencer goes away. Gives itself back for the close, or the
    /// fatal error.
    pub(crate) fn run(mut self, blocks: &Receiver<Block>) -> Result<Self, LedgerError> {
        for mut block in blocks {
            let done = self.commit(&mut block);
            if let Err(error) = &done
                && error.is_fatal()
            {
                block.answers.fail(error);
                return done.map(|_| self);
            }
            // Before the receipts: who tries again after an error must not be put upon a block
            // that the sequencer does not yet know to have failed.
            self.pool.report(done.as_ref().map(drop).map_err(LedgerError::clone));
            match &done {
                Ok(note) => block.answers.resolve(note),
                Err(error) => block.answers.fail(error),
            }
        }
        Ok(self)
    }

    /// The commit, in order.
    fn commit(&mut self, block: &mut Block) -> Result<Arc<str>, LedgerError> {
        self.store.mark_open()?;
        self.roll_segment(block)?;
        self.reserve(block)?;
        self.write(block)?;
        self.sync().map_err(|error| error.fatal("syncing a block"))?;
        let head = self.sign(block).map_err(|error| error.fatal("signing a checkpoint"))?;
        self.append_arrays(block, &head).map_err(|error| error.fatal("appending hash arrays"))?;
        let note = Arc::clone(&head.note);
        self.publish(block, head);
        Ok(note)
    }

    /// Seals a segment that is large or old enough, and sees that there is an open one.
    fn roll_segment(&mut self, block: &Block) -> Result<(), LedgerError> {
        let now = block.header.received_max;
        if let Some(writer) = &self.writer
            && writer.segment.end() > writer.segment.first()
            && (writer.bytes() >= self.segment_bytes_max
                || now.saturating_sub(writer.segment.header.created) >= SEGMENT_AGE_NANOS_MAX)
        {
            self.seal()?;
        }
        if self.writer.is_none() {
            let (disk, layout) = (&*self.store.disk, &self.store.layout);
            let (first, root) = (block.header.first, self.store.head.get().root);
            let writer = SegmentWriter::create(disk, layout, first, now, root)
                .map_err(fatal_if_sync("creating a segment"))?;
            self.store.put_segment(Arc::clone(&writer.segment));
            self.writer = Some(writer);
        }
        Ok(())
    }

    /// Seals the open segment. Its arrays become durable first: recovery checks only what the
    /// last segment added.
    fn seal(&mut self) -> Result<(), LedgerError> {
        let Some(writer) = &mut self.writer else { return Ok(()) };
        let end = writer.segment.end();
        self.store
            .arrays
            .sync(self.arrays_unsynced_from, end)
            .map_err(fatal_if_sync("syncing arrays"))?;
        self.arrays_unsynced_from = end;
        writer.seal().map_err(fatal_if_sync("sealing a segment"))?;
        self.writer = None;
        Ok(())
    }

    /// Step 2: room for the block and for what step 5 will append.
    fn reserve(&mut self, block: &mut Block) -> Result<(), LedgerError> {
        block.header.note = self.store.head.get().note.to_string();
        self.store.arrays.reserve(&block.tail)?;
        let mut header = Vec::new();
        block.header.write(&mut header);
        self.writer().reserve((header.len() + block.body.len()) as u64)
    }

    /// Step 2: the block. What a failed write leaves is cut at once, or before the next write.
    fn write(&mut self, block: &Block) -> Result<(), LedgerError> {
        let written = self.writer().write(&block.header, &block.body);
        if written.is_err() {
            let _ = self.writer().cut();
        }
        written
    }

    /// Step 3, the commit point: from here on the block is kept, whatever happens.
    fn sync(&mut self) -> Result<(), LedgerError> {
        self.writer().sync()
    }

    /// Step 4: the signer checks that the new head extends its last one, and signs.
    fn sign(&mut self, block: &Block) -> Result<Head, LedgerError> {
        let (size, root) = (TreeSize(block.header.end()), block.header.root);
        let ahead = Ahead { arrays: &self.store.arrays, tail: &block.tail };
        let proof = match self.signer.last() {
            Some((last, _)) if last.0 > 0 && last < size => {
                Some(ConsistencyProof::build(last, size, &ahead)?)
            }
            _ => None,
        };
        sign_head(&mut *self.signer, &self.origin, size, root, proof.as_ref())
    }

    /// Step 5: what readers of the new head need beside the block.
    fn append_arrays(&mut self, block: &Block, head: &Head) -> Result<(), LedgerError> {
        self.store.arrays.append(&block.tail)?;
        self.checkpoint.write(&head.note)
    }

    /// Step 6: readers see the block, then the head; then the receipts resolve.
    fn publish(&mut self, block: &Block, head: Head) {
        self.writer().keep(&block.header);
        self.store.head.publish(head);
    }

    fn writer(&mut self) -> &mut SegmentWriter {
        self.writer.as_mut().expect("roll_segment opened a segment")
    }

    /// A clean close: room given back, everything synced, the marker last.
    pub(crate) fn close(mut self) -> Result<(), LedgerError> {
        if self.store.is_untouched() && self.was_closed {
            return Ok(());
        }
        let head = self.store.head.get();
        let (segment_first, segment_bytes) = self.settle_last_segment(head.size.0)?;
        self.store.arrays.trim(head.size.0)?;
        self.store.arrays.sync(self.arrays_unsynced_from, head.size.0)?;
        self.checkpoint.sync()?;
        let ledger = &self.store.layout.ledger;
        self.store.disk.sync_folder(ledger).map_err(LedgerError::sync(ledger))?;
        let closed = Closed { size: head.size, root: head.root, segment_first, segment_bytes };
        closed.save(&*self.store.disk, &self.store.layout)
    }

    /// First index and length of the last segment, once it is cut and synced.
    fn settle_last_segment(&mut self, size: u64) -> Result<(u64, u64), LedgerError> {
        if let Some(writer) = &mut self.writer {
            writer.cut()?;
            writer.sync()?;
            return Ok((writer.segment.first(), writer.bytes()));
        }
        // What a failed creation of the next segment left.
        let layout = &self.store.layout;
        let (next, folder) = (layout.segment(size), layout.segments());
        remove_if_there(&*self.store.disk, &next).map_err(LedgerError::write(next, 0))?;
        self.store.disk.sync_folder(&folder).map_err(LedgerError::sync(folder))?;
        match self.store.segments().last() {
            Some(last) => {
                let len = last.file().len().map_err(LedgerError::read(&last.path))?;
                Ok((last.first(), len))
            }
            None => Ok((0, 0)),
        }
    }
}

/// Signs a head.
pub(crate) fn sign_head(
    signer: &mut dyn HeadSigner,
    origin: &str,
    size: TreeSize,
    root: Hash,
    proof: Option<&ConsistencyProof>,
) -> Result<Head, LedgerError> {
    let checkpoint = Checkpoint { origin: origin.to_owned(), size, root };
    let note = signer.sign(&checkpoint, proof)?.into();
    Ok(Head { size, root, note })
}

/// After a failed sync nothing is known about the file; any other error only fails the block.
fn fatal_if_sync(step: &'static str) -> impl FnOnce(LedgerError) -> LedgerError {
    move |error| match error {
        LedgerError::Sync { .. } => error.fatal(step),
        other => other,
    }
}
