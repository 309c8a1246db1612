//! The end of the last segment: where the sound blocks stop, and what may follow them.

use crate::block::{BLOCK_MAGIC, BLOCK_PREFIX_BYTES, BlockHeader};
use crate::directory::FrameEntry;
use crate::disk::{Disk, DiskFile, Mode, read_vec, remove_if_there};
use crate::error::LedgerError;
use crate::layout::Layout;
use crate::segment::{Footer, Segment};
use annals_proof::{Hash, SignedCheckpoint, Verifier, empty_root};
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;

/// Bytes read at a time while looking for a later block.
const SCAN_BYTES: usize = 1 << 20;

/// What the last segment says about the ledger.
pub(super) struct Tail {
    pub(super) segment: Option<Arc<Segment>>,
    /// Leaves in the ledger.
    pub(super) size: u64,
    /// Root after the last of them.
    pub(super) root: Hash,
    /// Of the segment's first leaf.
    pub(super) received_min: Option<i64>,
    /// Of the last leaf.
    pub(super) received_max: i64,
    /// Where the blocks end in the file.
    pub(super) end: u64,
    /// What was written last: the last block, or the footer.
    last_write: Range<u64>,
}

impl Tail {
    /// The tail of a ledger without segments.
    pub(super) fn none() -> Self {
        Self {
            segment: None,
            size: 0,
            root: empty_root(),
            received_min: None,
            received_max: i64::MIN,
            end: 0,
            last_write: 0..0,
        }
    }

    /// The tail of a sealed last segment.
    pub(super) fn sealed(segment: Arc<Segment>, footer: &Footer) -> Result<Self, LedgerError> {
        let end = segment.file().len().map_err(LedgerError::read(&segment.path))?;
        Ok(Self {
            size: footer.end,
            root: footer.root,
            received_min: Some(footer.received_min),
            received_max: footer.received_max,
            end,
            last_write: segment.blocks_end()..end,
            segment: Some(segment),
        })
    }

    /// Walks the blocks of an open segment. With `unclean` the last block's frames are checked
    /// (it may be torn) and the bytes after it are searched for signs of a lost middle. `before`
    /// is root and `received_time` at the segment's start.
    pub(super) fn walk(
        segment: Arc<Segment>,
        before: (Hash, i64),
        verifiers: &[Verifier],
        unclean: bool,
    ) -> Result<Self, LedgerError> {
        let mut blocks: Vec<(BlockHeader, u64)> = Vec::new();
        let (mut offset, mut next) = (segment.blocks_start, segment.first());
        while let Some((header, header_len)) = segment.block_at(offset, next)? {
            let body = offset + header_len;
            (offset, next) = (body + header.body_len(), header.end());
            blocks.push((header, body));
        }
        if unclean
            && let Some((header, body)) = blocks.last()
            && !frames_are_sound(&segment, header, *body)?
        {
            blocks.pop();
        }
        for (header, body) in &blocks {
            segment.extend(header, *body);
        }
        let end = segment.blocks_end();
        let last_start = blocks.iter().rev().nth(1);
        let last_start =
            last_start.map_or(segment.blocks_start, |(header, body)| body + header.body_len());
        let tail = Self {
            size: segment.end(),
            root: blocks.last().map_or(before.0, |(header, _)| header.root),
            received_min: blocks.first().map(|(header, _)| header.received_min),
            received_max: blocks.last().map_or(before.1, |(header, _)| header.received_max),
            end,
            last_write: last_start..end,
            segment: Some(segment),
        };
        if unclean {
            tail.check_nothing_signed_follows(verifiers)?;
        }
        Ok(tail)
    }

    /// The file that shows how far the ledger goes.
    pub(super) fn path(&self, layout: &Layout) -> PathBuf {
        self.segment.as_ref().map_or_else(|| layout.segments(), |segment| segment.path.clone())
    }

    pub(super) fn file_len(&self) -> Result<u64, LedgerError> {
        match &self.segment {
            Some(segment) => segment.file().len().map_err(LedgerError::read(&segment.path)),
            None => Ok(0),
        }
    }

    /// Cuts what follows the last block, writes that block once more and syncs: after a failed
    /// sync the page cache may show bytes that are not on disk and pass for clean. A segment
    /// without blocks is removed for the same reason, to be created anew.
    pub(super) fn make_durable(&mut self, disk: &dyn Disk) -> Result<(), LedgerError> {
        let Some(segment) = &self.segment else { return Ok(()) };
        let path = &segment.path;
        if segment.end() == segment.first() {
            remove_if_there(disk, path).map_err(LedgerError::write(path, 0))?;
            self.segment = None;
            return Ok(());
        }
        let file = disk.open(path, Mode::Write).map_err(LedgerError::write(path, 0))?;
        // By way of another length, or the system may see nothing to do.
        for len in [self.end + 1, self.end] {
            file.set_len(len).map_err(LedgerError::write(path, self.end))?;
        }
        let Range { start, end } = self.last_write;
        let bytes =
            read_vec(&*file, start, (end - start) as usize).map_err(LedgerError::read(path))?;
        file.write_at(&bytes, start).map_err(LedgerError::write(path, start))?;
        file.sync().map_err(LedgerError::sync(path))
    }

    /// Only one block is ever in flight, so after the last sound one nothing can follow that was
    /// signed. A later block whose header carries a checkpoint of this log beyond our size means
    /// that durable blocks before it were damaged. The signature is asked for because a torn
    /// block may hold any bytes, chosen by whoever sent the event.
    fn check_nothing_signed_follows(&self, verifiers: &[Verifier]) -> Result<(), LedgerError> {
        let Some(segment) = &self.segment else { return Ok(()) };
        let (file, len) = (segment.file(), self.file_len()?);
        let read = || LedgerError::read(&segment.path);
        let mut at = self.end;
        while at + BLOCK_PREFIX_BYTES as u64 <= len {
            let window = read_vec(file, at, SCAN_BYTES.min((len - at) as usize)).map_err(read())?;
            let places = window.windows(BLOCK_MAGIC.len()).enumerate();
            for (place, _) in places.filter(|(_, bytes)| *bytes == BLOCK_MAGIC) {
                let offset = at + place as u64;
                let Some(header) = header_at(file, offset, len).map_err(read())? else { continue };
                let signed = SignedCheckpoint::verify(&header.note, verifiers);
                if signed.is_ok_and(|signed| signed.checkpoint.size.0 > self.size) {
                    let what = format!(
                        "no sound block for index {} here, but a later one at {offset}",
                        self.size
                    );
                    return Err(LedgerError::corrupt(&segment.path, self.end, what));
                }
            }
            // Overlap, so that a magic across two windows is seen.
            at += (window.len() - (BLOCK_MAGIC.len() - 1)).max(1) as u64;
        }
        Ok(())
    }
}

fn header_at(file: &dyn DiskFile, offset: u64, len: u64) -> std::io::Result<Option<BlockHeader>> {
    if offset + BLOCK_PREFIX_BYTES as u64 > len {
        return Ok(None);
    }
    let prefix = read_vec(file, offset, BLOCK_PREFIX_BYTES)?;
    match BlockHeader::len_of(&prefix) {
        Some(header_len) if offset + header_len as u64 <= len => {
            Ok(BlockHeader::read(&read_vec(file, offset, header_len)?))
        }
        _ => Ok(None),
    }
}

/// True if every frame of the block has its checksum.
fn frames_are_sound(
    segment: &Segment,
    header: &BlockHeader,
    body: u64,
) -> Result<bool, LedgerError> {
    let sound = |frame: &FrameEntry| {
        let bytes = read_vec(segment.file(), body + frame.offset, frame.len as usize)
            .map_err(LedgerError::read(&segment.path))?;
        Ok(crc32c::crc32c(&bytes) == frame.crc)
    };
    header.frames.iter().try_fold(true, |so_far, frame| Ok(so_far && sound(frame)?))
}
