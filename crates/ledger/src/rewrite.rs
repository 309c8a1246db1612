//! Writing a sealed segment anew: compaction, erasure, retention.
//!
//! What is kept of a leaf may become less (fields erased, pruned to the hash); its hash may not
//! change, and neither do indexes, roots, arrays and checkpoints. The new file always has the
//! compact form: merged blocks, full frames, identifiers packed, a dictionary trained on what is
//! left. New file, sync, every leaf read back and held against the hash array, rename over the old
//! one, sync folder: a crash leaves the old or the new segment, whole. Readers that hold the old
//! file finish with it; the next ones get the new.
//!
//! It does not decide what is erased or when: that is the caller's policy.

mod check;
mod file;
mod sample;

use crate::array::Arrays;
use crate::directory::FrameEntry;
use crate::disk::{Mode, remove_if_there};
use crate::error::LedgerError;
use crate::ledger::Ledger;
use crate::limits::COMPACT_FREE_BYTES_MIN;
use crate::segment::{Footer, Segment};
use crate::store::Store;
use annals_proof::LeafIndex;
use annals_record::Kept;
use file::NewFile;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// What becomes of a leaf. Must answer the same each time: some leaves are asked for twice.
type Change<'a> = dyn FnMut(LeafIndex, Kept) -> Kept + 'a;

/// A sealed segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SealedSegment {
    /// Index of its first leaf.
    pub first: LeafIndex,
    /// Leaves in it.
    pub leaves: u64,
    /// Bytes of its file.
    pub bytes: u64,
    /// It has the form that takes least room.
    pub compacted: bool,
}

/// What a rewrite made of a segment's file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rewritten {
    /// Bytes of the old file.
    pub bytes_before: u64,
    /// Bytes of the new one.
    pub bytes_after: u64,
}

/// Watches a rewrite, and may slow it or stop it.
pub trait Watch {
    /// So many leaves more are done. Each leaf counts twice: once written, once read back. To
    /// break leaves the segment as it was.
    fn leaves(&mut self, count: u64) -> ControlFlow<()>;

    /// A piece of the new file was synced and took so long. Who waits here makes room for the
    /// syncs of commits.
    fn synced(&mut self, took: Duration) {
        let _ = took;
    }
}

/// Nobody watches: as fast as it goes.
impl Watch for () {
    fn leaves(&mut self, _count: u64) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }
}

impl Ledger {
    /// The segments that can be rewritten, oldest first.
    #[must_use]
    pub fn sealed_segments(&self) -> Vec<SealedSegment> {
        sealed_segments(self.store())
    }

    /// Writes the segment that begins at `first` anew, each leaf as `change` returns it; `change`
    /// must answer the same each time, since some leaves are asked for twice. Runs on the caller's
    /// thread, beside appends and reads; one rewrite at a time.
    ///
    /// # Errors
    /// `NotSealed` for the open segment, `Rewrite` if a leaf would get another hash,
    /// `Interrupted` if `watch` broke it, `Closed` if the ledger closes meanwhile, or what
    /// reading and writing found. The old segment stands then.
    pub fn rewrite(
        &self,
        first: LeafIndex,
        watch: &mut dyn Watch,
        mut change: impl FnMut(LeafIndex, Kept) -> Kept,
    ) -> Result<Rewritten, LedgerError> {
        rewrite_segment(self.store(), first.0, watch, &mut change)
    }

    /// Writes the segment that begins at `first` anew in the form that takes least room, every
    /// leaf as it is.
    ///
    /// # Errors
    /// As `rewrite`, and `NoRoom` if the disk is too full to spare a second file.
    pub fn compact(
        &self,
        first: LeafIndex,
        watch: &mut dyn Watch,
    ) -> Result<Rewritten, LedgerError> {
        compact_segment(self.store(), first.0, watch)
    }
}

/// What the store knows of its sealed segments.
pub(crate) fn sealed_segments(store: &Store) -> Vec<SealedSegment> {
    let segments = store.segments();
    let sealed = segments.iter().filter(|segment| segment.is_sealed());
    sealed
        .map(|segment| SealedSegment {
            first: LeafIndex(segment.first()),
            leaves: segment.end() - segment.first(),
            bytes: segment.file().len().unwrap_or_default(),
            compacted: segment.header.compacted,
        })
        .collect()
}

/// Compacts one segment; what `Ledger::compact` does. An erasure is owed and may use the last of
/// the disk; this may not.
pub(crate) fn compact_segment(
    store: &Store,
    first: u64,
    watch: &mut dyn Watch,
) -> Result<Rewritten, LedgerError> {
    if let Some(segment) = store.segments().iter().find(|segment| segment.first() == first) {
        let len = segment.file().len().map_err(LedgerError::read(&segment.path))?;
        let folder = store.layout.segments();
        let free = store.disk.free_bytes(&folder).map_err(LedgerError::read(&folder))?;
        let needed = len + COMPACT_FREE_BYTES_MIN;
        if free < needed {
            return Err(LedgerError::NoRoom { file: segment.path.clone(), needed, free });
        }
    }
    rewrite_segment(store, first, watch, &mut |_, kept| kept)
}

/// Rewrites one segment; what `Ledger::rewrite` does.
pub(crate) fn rewrite_segment(
    store: &Store,
    first: u64,
    watch: &mut dyn Watch,
    change: &mut Change<'_>,
) -> Result<Rewritten, LedgerError> {
    let _one = store.rewrites.begin();
    if store.head.is_stopped() {
        return Err(LedgerError::Closed);
    }
    let segments = store.segments();
    let found = segments.iter().find(|segment| segment.first() == first);
    let old =
        found.filter(|segment| segment.is_sealed()).ok_or(LedgerError::NotSealed { first })?;
    store.mark_open()?;
    let mut temporary = old.path.clone().into_os_string();
    temporary.push(".tmp");
    let temporary = PathBuf::from(temporary);
    let mut rewrite = Rewrite {
        store,
        old,
        // Own handles: a thread of low priority must not hold a lock that a commit waits for.
        arrays: Arrays::new(&store.disk, &store.layout, Mode::Read),
        watch,
        change,
    };
    let written = rewrite.write(&temporary).and_then(|()| put_in_place(store, old, &temporary));
    if written.is_err() {
        let _ = remove_if_there(&*store.disk, &temporary);
    }
    if let Err(error) = &written
        && !matches!(error, LedgerError::Interrupted { .. } | LedgerError::Closed)
    {
        store.rewrites.add_failure();
    }
    written
}

/// The new file takes the old one's name, durably, and readers get it.
fn put_in_place(store: &Store, old: &Segment, temporary: &Path) -> Result<Rewritten, LedgerError> {
    let folder = store.layout.segments();
    let renamed = store.disk.rename(temporary, &old.path);
    // A rename may have happened although it failed: the file under the name is the segment.
    let segment = Segment::open(&*store.disk, &old.path)?;
    let len = |file: &Segment| file.file().len().map_err(LedgerError::read(&old.path));
    let done = Rewritten { bytes_before: len(old)?, bytes_after: len(&segment)? };
    store.rewrites.add(done.bytes_before, done.bytes_after);
    store.put_segment(Arc::new(segment));
    store.forget_frames();
    renamed.map_err(LedgerError::write(&old.path, 0))?;
    store.disk.sync_folder(&folder).map_err(LedgerError::sync(folder))?;
    Ok(done)
}

/// One rewrite.
struct Rewrite<'a> {
    store: &'a Store,
    old: &'a Segment,
    arrays: Arrays,
    watch: &'a mut dyn Watch,
    change: &'a mut Change<'a>,
}

impl Rewrite<'_> {
    /// Writes the new file, synced and checked.
    fn write(&mut self, path: &Path) -> Result<(), LedgerError> {
        let footer = Footer::load(self.old.file(), self.old.blocks_end(), &self.old.path)?;
        let dictionary = self.train(&footer.frames)?;
        let mut file = NewFile::begin(&*self.store.disk, self.old, path, &dictionary)?;
        let (mut offset, mut next) = (self.old.blocks_start, self.old.first());
        while next < self.old.end() {
            let Some((header, header_len)) = self.old.block_at(offset, next)? else {
                return Err(LedgerError::corrupt(&self.old.path, offset, "a block is damaged"));
            };
            if file.wants_new_block(&header) {
                file.finish_block(self.watch)?;
            }
            let body = offset + header_len;
            for entry in &header.frames {
                let entry = FrameEntry { offset: body + entry.offset, ..*entry };
                self.frame(&entry, &mut |kept| file.push(kept))?;
                self.step(u64::from(entry.count))?;
            }
            (offset, next) = (body + header.body_len(), header.end());
            let ids = self.ids(&header)?;
            file.join_block(header, &ids);
        }
        file.finish(footer, self.watch)?;
        self.check(path)
    }

    /// Gives the leaves of one old frame, as `change` returns them.
    fn frame(
        &mut self,
        entry: &FrameEntry,
        take: &mut dyn FnMut(&Kept) -> Result<(), LedgerError>,
    ) -> Result<(), LedgerError> {
        let frame = self.old.read_frame(entry)?;
        for place in 0..frame.len() {
            let index = entry.first + place as u64;
            let kept = frame.kept(place).map_err(|what| self.store.bad_leaf(index, what))?;
            take(&(self.change)(LeafIndex(index), kept))?;
        }
        Ok(())
    }

    /// So many leaves more are done; an error if this is to end.
    fn step(&mut self, leaves: u64) -> Result<(), LedgerError> {
        if self.store.head.is_stopped() {
            return Err(LedgerError::Closed);
        }
        match self.watch.leaves(leaves) {
            ControlFlow::Continue(()) => Ok(()),
            ControlFlow::Break(()) => Err(LedgerError::Interrupted { file: self.old.path.clone() }),
        }
    }
}
