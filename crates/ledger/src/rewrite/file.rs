//! The new file while it is written: frames are filled, blocks merged, and the disk is kept free
//! for commits by syncing in small steps.

use super::Watch;
use crate::batch::leaf_bytes;
use crate::block::BlockHeader;
use crate::directory::FrameEntry;
use crate::disk::{Disk, DiskFile, Mode};
use crate::error::LedgerError;
use crate::frame::FrameBuilder;
use crate::limits::{
    BLOCK_BYTES_FULL, COMPACT_SYNC_BYTES, COMPACT_ZSTD_LEVEL, FRAME_BYTES_MAX, FRAME_LEAVES_MAX,
};
use crate::segment::{Footer, Segment};
use annals_proof::SignedNote;
use annals_record::Kept;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

pub(super) struct NewFile<'a> {
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

impl<'a> NewFile<'a> {
    pub(super) fn begin(
        disk: &dyn Disk,
        old: &Segment,
        path: &'a Path,
        dictionary: &[u8],
    ) -> Result<Self, LedgerError> {
        let write = || LedgerError::write(path, 0);
        let file = disk.open(path, Mode::Create).map_err(write())?;
        let header = old.header.compacted(dictionary);
        let mut bytes = header.write().to_vec();
        bytes.extend_from_slice(dictionary);
        // What an earlier attempt left.
        file.set_len(0).map_err(write())?;
        file.write_at(&bytes, 0).map_err(write())?;
        let dictionary = Some(dictionary).filter(|dictionary| !dictionary.is_empty());
        Ok(Self {
            path,
            file,
            offset: header.blocks_start(),
            builder: FrameBuilder::packing(COMPACT_ZSTD_LEVEL, dictionary).map_err(write())?,
            header: None,
            entries: Vec::new(),
            body: Vec::new(),
            raw_bytes: 0,
            next: old.first(),
            frames: Vec::new(),
        })
    }

    /// Adds a leaf to the block that is gathered.
    pub(super) fn push(&mut self, kept: &Kept) -> Result<(), LedgerError> {
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
        self.builder.push(kept);
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

    /// True if an old block must begin a new one: the gathered one is full, or this one's note
    /// leads from a former key of the log to the next and would be lost in the middle.
    pub(super) fn wants_new_block(&self, header: &BlockHeader) -> bool {
        self.header.is_some() && (self.raw_bytes >= BLOCK_BYTES_FULL || is_handover(&header.note))
    }

    /// An old block, whose leaves were pushed, joins the gathered one; `ids` are its identifiers.
    pub(super) fn join_block(&mut self, header: BlockHeader, ids: &[u8]) {
        self.header = Some(match self.header.take() {
            None => header,
            Some(gathered) => BlockHeader {
                count: gathered.count + header.count,
                root: header.root,
                received_max: header.received_max,
                ids_crc: crc32c::crc32c_append(gathered.ids_crc, ids),
                ..gathered
            },
        });
    }

    pub(super) fn finish_block(&mut self, watch: &mut dyn Watch) -> Result<(), LedgerError> {
        let Some(mut header) = self.header.take() else { return Ok(()) };
        if self.builder.count() > 0 {
            self.finish_frame()?;
        }
        header.frames = std::mem::take(&mut self.entries);
        let mut bytes = Vec::new();
        header.write(&mut bytes);
        let body_at = self.offset + bytes.len() as u64;
        bytes.append(&mut self.body);
        self.append(&bytes, watch)?;
        self.raw_bytes = 0;
        let in_file = |frame: &FrameEntry| FrameEntry { offset: body_at + frame.offset, ..*frame };
        self.frames.extend(header.frames.iter().map(in_file));
        Ok(())
    }

    /// The last block and the footer.
    pub(super) fn finish(mut self, old: Footer, watch: &mut dyn Watch) -> Result<(), LedgerError> {
        self.finish_block(watch)?;
        let footer = Footer { frames: std::mem::take(&mut self.frames), ..old };
        self.append(&footer.write(), watch)
    }

    /// Writes and syncs, a little at a time: a sync of a commit that comes meanwhile waits for a
    /// little only.
    fn append(&mut self, bytes: &[u8], watch: &mut dyn Watch) -> Result<(), LedgerError> {
        for piece in bytes.chunks(COMPACT_SYNC_BYTES) {
            let write = LedgerError::write(self.path, self.offset);
            self.file.write_at(piece, self.offset).map_err(write)?;
            let started = Instant::now();
            self.file.sync().map_err(LedgerError::sync(self.path))?;
            watch.synced(started.elapsed());
            self.offset += piece.len() as u64;
        }
        Ok(())
    }
}

/// A note signed by two keys of the log: a former one's last signature beside the next one's.
fn is_handover(note: &str) -> bool {
    let Ok(note) = SignedNote::parse(note) else { return false };
    let origin = note.text().lines().next().unwrap_or_default();
    note.signatures().iter().filter(|signature| signature.name == origin).count() > 1
}
