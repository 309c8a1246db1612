//! The open segment, as the committer writes it.
//!
//! Blocks stand one behind the other; beyond the last one the file holds only reserved zeros, or
//! what a failed write left, which is cut before anything else is written. It syncs only when
//! told to.

use crate::block::BlockHeader;
use crate::disk::{Disk, DiskFile, Mode};
use crate::error::LedgerError;
use crate::layout::Layout;
use crate::limits::SEGMENT_RESERVE_BYTES;
use crate::segment::{Footer, Segment, SegmentHeader};
use annals_proof::Hash;
use std::path::PathBuf;
use std::sync::Arc;

/// Writes the open segment.
pub(crate) struct SegmentWriter {
    /// The readers' handle.
    pub(crate) segment: Arc<Segment>,
    file: Arc<dyn DiskFile>,
    path: PathBuf,
    /// Where the next block begins.
    end: u64,
    /// Room taken up to here.
    reserved: u64,
    /// A failed write may have left bytes beyond `end`.
    dirty: bool,
    received_min: Option<i64>,
    received_max: i64,
    root: Hash,
}

impl SegmentWriter {
    /// Begins a segment whose first leaf will be `first`: header, sync, name, sync.
    pub(crate) fn create(
        disk: &dyn Disk,
        layout: &Layout,
        first: u64,
        created: i64,
        root: Hash,
    ) -> Result<Self, LedgerError> {
        let path = layout.segment(first);
        let write = || LedgerError::write(&path, 0);
        let file = disk.open(&path, Mode::Create).map_err(write())?;
        // A crash or a full disk may have left part of an earlier attempt.
        file.set_len(0).map_err(write())?;
        let header = SegmentHeader::new(first, created).write();
        file.write_at(&header, 0).map_err(write())?;
        file.sync().map_err(LedgerError::sync(&path))?;
        disk.sync_folder(&layout.segments()).map_err(LedgerError::sync(layout.segments()))?;
        let segment = Arc::new(Segment::open(disk, &path)?);
        Self::resume(disk, segment, None, created, root)
    }

    /// Goes on with a segment that recovery has read: its blocks are sound and nothing but zeros
    /// follows them.
    pub(crate) fn resume(
        disk: &dyn Disk,
        segment: Arc<Segment>,
        received_min: Option<i64>,
        received_max: i64,
        root: Hash,
    ) -> Result<Self, LedgerError> {
        let path = segment.path.clone();
        let file = disk.open(&path, Mode::Write).map_err(LedgerError::write(&path, 0))?;
        let end = segment.blocks_end();
        let reserved = file.len().map_err(LedgerError::read(&path))?;
        Ok(Self {
            segment,
            file,
            path,
            end,
            reserved,
            dirty: false,
            received_min,
            received_max,
            root,
        })
    }

    /// Bytes up to the end of the last block.
    pub(crate) fn bytes(&self) -> u64 {
        self.end
    }

    /// Takes room for `len` more bytes, after cutting what a failed write left.
    pub(crate) fn reserve(&mut self, len: u64) -> Result<(), LedgerError> {
        if self.dirty {
            self.cut()?;
        }
        let needed = self.end + len;
        if needed > self.reserved {
            let upto = needed.next_multiple_of(SEGMENT_RESERVE_BYTES);
            self.dirty = true;
            self.file
                .reserve(self.reserved, upto - self.reserved, true)
                .map_err(LedgerError::write(&self.path, self.reserved))?;
            self.dirty = false;
            self.reserved = upto;
        }
        Ok(())
    }

    /// Writes one block after the last one. Unsynced.
    pub(crate) fn write(&mut self, header: &BlockHeader, body: &[u8]) -> Result<(), LedgerError> {
        let mut bytes = Vec::new();
        header.write(&mut bytes);
        let body_at = self.end + bytes.len() as u64;
        self.dirty = true;
        self.file.write_at(body, body_at).map_err(LedgerError::write(&self.path, body_at))?;
        self.file.write_at(&bytes, self.end).map_err(LedgerError::write(&self.path, self.end))
    }

    /// Makes the block durable.
    pub(crate) fn sync(&mut self) -> Result<(), LedgerError> {
        self.file.sync().map_err(LedgerError::sync(&self.path))
    }

    /// The block that was written and synced is part of the segment.
    pub(crate) fn keep(&mut self, header: &BlockHeader) {
        let mut bytes = Vec::new();
        header.write(&mut bytes);
        let body_at = self.end + bytes.len() as u64;
        self.end = body_at + header.body_len();
        self.dirty = false;
        self.received_min.get_or_insert(header.received_min);
        self.received_max = header.received_max;
        self.root = header.root;
        self.segment.extend(header, body_at);
    }

    /// Cuts everything beyond the last block and gives reserved room back.
    pub(crate) fn cut(&mut self) -> Result<(), LedgerError> {
        self.file.set_len(self.end).map_err(LedgerError::write(&self.path, self.end))?;
        self.reserved = self.end;
        self.dirty = false;
        Ok(())
    }

    /// Seals the segment: footer, sync. Nothing is written to it afterwards.
    pub(crate) fn seal(&mut self) -> Result<(), LedgerError> {
        self.cut()?;
        let footer = Footer {
            first: self.segment.first(),
            end: self.segment.end(),
            root: self.root,
            received_min: self.received_min.unwrap_or(self.received_max),
            received_max: self.received_max,
            frames: self.segment.directory()?.to_vec(),
        };
        self.dirty = true;
        self.file
            .write_at(&footer.write(), self.end)
            .map_err(LedgerError::write(&self.path, self.end))?;
        self.sync()?;
        self.segment.mark_sealed();
        Ok(())
    }
}
