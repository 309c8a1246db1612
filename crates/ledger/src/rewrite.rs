//! Writing a sealed segment anew: erasure, retention, compaction.
//!
//! What is kept of a leaf may become less (fields erased, pruned to the hash), frames and blocks
//! may be cut differently and compressed better; the leaf's hash may not change, and neither do
//! indexes, roots, arrays and checkpoints. New file, sync, rename over the old one, sync folder:
//! a crash leaves the old or the new segment, whole. Readers that hold the old file finish with
//! it; the next ones get the new.
//!
//! It does not decide what is erased or when: that is the caller's policy.

use crate::batch::leaf_bytes;
use crate::block::BlockHeader;
use crate::directory::FrameEntry;
use crate::disk::{DiskFile, Mode, remove_if_there};
use crate::error::LedgerError;
use crate::frame::FrameBuilder;
use crate::ledger::Ledger;
use crate::limits::{BLOCK_BYTES_FULL, DICTIONARY_BYTES_MAX, FRAME_BYTES_MAX, FRAME_LEAVES_MAX};
use crate::segment::{Footer, Segment, SegmentHeader};
use crate::store::Store;
use annals_proof::LeafIndex;
use annals_record::Kept;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError};

/// How a segment is written anew.
#[derive(Clone, Debug)]
pub struct RewriteOptions {
    /// Small blocks become large ones, so that small frames become full ones.
    pub merge_blocks: bool,
    /// zstd level.
    pub level: i32,
    /// zstd dictionary of the segment; None: none.
    pub dictionary: Option<Vec<u8>>,
}

impl Default for RewriteOptions {
    fn default() -> Self {
        Self { merge_blocks: false, level: 3, dictionary: None }
    }
}

impl Ledger {
    /// First indexes of the segments that can be rewritten, oldest first.
    #[must_use]
    pub fn sealed_segments(&self) -> Vec<LeafIndex> {
        let segments = self.store().segments();
        let sealed = segments.iter().filter(|segment| segment.is_sealed());
        sealed.map(|segment| LeafIndex(segment.first())).collect()
    }

    /// Writes the segment that begins at `first` anew, each leaf as `change` returns it. Runs on
    /// the caller's thread, beside appends and reads; one rewrite at a time.
    ///
    /// # Errors
    /// `NotSealed` for the open segment, `Rewrite` if a leaf would get another hash, or what
    /// reading and writing found. The old segment stands then.
    pub fn rewrite(
        &self,
        first: LeafIndex,
        options: &RewriteOptions,
        mut change: impl FnMut(LeafIndex, Kept) -> Kept,
    ) -> Result<(), LedgerError> {
        let _one = self.rewriting().lock().unwrap_or_else(PoisonError::into_inner);
        let store = self.store();
        let segments = store.segments();
        let found = segments.iter().find(|segment| segment.first() == first.0);
        let old = found
            .filter(|segment| segment.is_sealed())
            .ok_or(LedgerError::NotSealed { first: first.0 })?;
        store.mark_open()?;
        let mut temporary = old.path.clone().into_os_string();
        temporary.push(".tmp");
        let temporary = PathBuf::from(temporary);
        let written = write_segment(store, old, &temporary, options, &mut change)
            .and_then(|()| put_in_place(store, old, &temporary));
        if written.is_err() {
            let _ = remove_if_there(&*store.disk, &temporary);
        }
        written
    }
}

/// The new file takes the old one's name, durably, and readers get it.
fn put_in_place(store: &Store, old: &Segment, temporary: &Path) -> Result<(), LedgerError> {
    let folder = store.layout.segments();
    store.disk.rename(temporary, &old.path).map_err(LedgerError::write(&old.path, 0))?;
    store.put_segment(Arc::new(Segment::open(&*store.disk, &old.path)?));
    store.forget_frames();
    store.disk.sync_folder(&folder).map_err(LedgerError::sync(folder))
}

fn write_segment(
    store: &Store,
    old: &Segment,
    path: &Path,
    options: &RewriteOptions,
    change: &mut dyn FnMut(LeafIndex, Kept) -> Kept,
) -> Result<(), LedgerError> {
    let dictionary = options.dictionary.as_deref();
    if dictionary.is_some_and(|bytes| bytes.len() > DICTIONARY_BYTES_MAX) {
        let what = format!("the dictionary is over {DICTIONARY_BYTES_MAX} bytes");
        return Err(LedgerError::Rewrite { index: old.first(), what });
    }
    let footer = Footer::load(old.file(), old.blocks_end(), &old.path)?;
    let mut rewriter = Rewriter::begin(store, old, path, options)?;
    let (mut offset, mut next) = (old.blocks_start, old.first());
    while next < old.end() {
        let Some((header, header_len)) = old.block_at(offset, next)? else {
            return Err(LedgerError::corrupt(&old.path, offset, "a block is damaged"));
        };
        let body = offset + header_len;
        for entry in &header.frames {
            let entry = FrameEntry { offset: body + entry.offset, ..*entry };
            rewriter.frame(&entry, change)?;
        }
        (offset, next) = (body + header.body_len(), header.end());
        rewriter.block(header, options.merge_blocks)?;
    }
    rewriter.finish(footer)
}

/// The new file while it is written.
struct Rewriter<'a> {
    store: &'a Store,
    old: &'a Segment,
    path: &'a Path,
    file: Arc<dyn DiskFile>,
    offset: u64,
    builder: FrameBuilder,
    /// Of the block that is gathered.
    header: Option<BlockHeader>,
    entries: Vec<FrameEntry>,
    body: Vec<u8>,
    raw_bytes: usize,
    /// Index of the next leaf.
    next: u64,
    /// Frames of finished blocks, with their offsets in the file.
    frames: Vec<FrameEntry>,
}

impl<'a> Rewriter<'a> {
    fn begin(
        store: &'a Store,
        old: &'a Segment,
        path: &'a Path,
        options: &RewriteOptions,
    ) -> Result<Self, LedgerError> {
        let dictionary = options.dictionary.as_deref();
        let write = || LedgerError::write(path, 0);
        let file = store.disk.open(path, Mode::Create).map_err(write())?;
        let (first, created) = (old.first(), old.header.created);
        let header = SegmentHeader::new(first, old.header.generation + 1, created, dictionary);
        file.set_len(0).map_err(write())?;
        file.write_at(&header.write(), 0).map_err(write())?;
        let after_header = header.blocks_start() - u64::from(header.dictionary_len);
        file.write_at(dictionary.unwrap_or_default(), after_header).map_err(write())?;
        Ok(Self {
            store,
            old,
            path,
            file,
            offset: header.blocks_start(),
            builder: FrameBuilder::new(options.level, dictionary).map_err(write())?,
            header: None,
            entries: Vec::new(),
            body: Vec::new(),
            raw_bytes: 0,
            next: old.first(),
            frames: Vec::new(),
        })
    }

    /// Takes the leaves of one old frame over, as `change` returns them.
    fn frame(
        &mut self,
        entry: &FrameEntry,
        change: &mut dyn FnMut(LeafIndex, Kept) -> Kept,
    ) -> Result<(), LedgerError> {
        let frame = self.old.read_frame(entry)?;
        for place in 0..frame.len() {
            let index = self.next;
            let before = frame.kept(place).map_err(|what| self.store.bad_leaf(index, what))?;
            let hash = before.hash();
            let after = change(LeafIndex(index), before);
            if after.hash() != hash {
                let what = "its hash would be another".to_owned();
                return Err(LedgerError::Rewrite { index, what });
            }
            self.push(&after)?;
        }
        Ok(())
    }

    fn push(&mut self, kept: &Kept) -> Result<(), LedgerError> {
        let bytes = match kept {
            Kept::Leaf(leaf) => leaf_bytes(leaf),
            Kept::Pruned(hash) => hash.len(),
        };
        let full = self.builder.count() > 0
            && (self.builder.raw_len() + bytes > FRAME_BYTES_MAX
                || self.builder.count() == FRAME_LEAVES_MAX);
        if full {
            self.finish_frame()?;
        }
        match kept {
            Kept::Leaf(leaf) => self.builder.push_leaf(leaf, leaf.at()),
            Kept::Pruned(hash) => self.builder.push_pruned(hash),
        }
        self.raw_bytes += bytes;
        self.next += 1;
        Ok(())
    }

    fn finish_frame(&mut self) -> Result<(), LedgerError> {
        let first = self.next - u64::from(self.builder.count());
        let entry = self.builder.finish(first, &mut self.body);
        self.entries.push(entry.map_err(LedgerError::write(self.path, self.offset))?);
        Ok(())
    }

    /// An old block has ended: it joins the one that is gathered, or ends it.
    fn block(&mut self, header: BlockHeader, merge: bool) -> Result<(), LedgerError> {
        let gathered = match self.header.take() {
            None => header,
            Some(gathered) => BlockHeader {
                count: gathered.count + header.count,
                root: header.root,
                received_max: header.received_max,
                ..gathered
            },
        };
        self.header = Some(gathered);
        if merge && self.raw_bytes < BLOCK_BYTES_FULL { Ok(()) } else { self.finish_block() }
    }

    fn finish_block(&mut self) -> Result<(), LedgerError> {
        let Some(mut header) = self.header.take() else { return Ok(()) };
        if self.builder.count() > 0 {
            self.finish_frame()?;
        }
        let mut ids = Vec::new();
        self.store.arrays.ids.read(header.first, header.count as usize, &mut ids)?;
        header.ids_crc = crc32c::crc32c(&ids);
        header.frames = std::mem::take(&mut self.entries);
        let mut bytes = Vec::new();
        header.write(&mut bytes);
        let body_at = self.offset + bytes.len() as u64;
        bytes.append(&mut self.body);
        let write = LedgerError::write(self.path, self.offset);
        self.file.write_at(&bytes, self.offset).map_err(write)?;
        self.offset += bytes.len() as u64;
        self.raw_bytes = 0;
        self.frames.extend(
            header
                .frames
                .iter()
                .map(|frame| FrameEntry { offset: body_at + frame.offset, ..*frame }),
        );
        Ok(())
    }

    /// Footer and sync.
    fn finish(mut self, old: Footer) -> Result<(), LedgerError> {
        self.finish_block()?;
        let footer = Footer { frames: self.frames, ..old };
        let write = LedgerError::write(self.path, self.offset);
        self.file.write_at(&footer.write(), self.offset).map_err(write)?;
        self.file.sync().map_err(LedgerError::sync(self.path))
    }
}
