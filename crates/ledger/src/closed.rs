//! The marker `closed`: the folder was closed cleanly, and this is all there is in it.
//!
//! Written and synced as the last act of a clean close, removed (and the folder synced) before
//! the first write after an open. While it stands, anything torn, lagging or zero-padded is
//! damage and not the trace of a crash.

use crate::bytes::Cursor;
use crate::disk::{Disk, Mode, read_file, remove_if_there, replace_file};
use crate::error::LedgerError;
use crate::layout::Layout;
use annals_proof::{Hash, TreeSize};
use std::sync::{Mutex, PoisonError};

const MAGIC: [u8; 8] = *b"ANLCLOSE";

/// Bytes of the marker.
pub(crate) const CLOSED_BYTES: usize = 8 + 8 + 32 + 8 + 8 + 4;

/// What a clean close left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Closed {
    /// Leaves; the lengths of all arrays follow from it.
    pub(crate) size: TreeSize,
    pub(crate) root: Hash,
    /// First index of the last segment.
    pub(crate) segment_first: u64,
    /// Bytes of the last segment.
    pub(crate) segment_bytes: u64,
}

impl Closed {
    pub(crate) fn bytes(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(CLOSED_BYTES);
        out.extend_from_slice(&MAGIC);
        out.extend_from_slice(&self.size.0.to_be_bytes());
        out.extend_from_slice(&self.root.0);
        out.extend_from_slice(&self.segment_first.to_be_bytes());
        out.extend_from_slice(&self.segment_bytes.to_be_bytes());
        let crc = crc32c::crc32c(&out);
        out.extend_from_slice(&crc.to_be_bytes());
        out
    }

    /// Reads a marker. `None` if it is damaged.
    pub(crate) fn read(bytes: &[u8]) -> Option<Self> {
        let (covered, crc) = bytes.split_last_chunk::<4>()?;
        let mut cursor = Cursor::new(covered);
        let magic: [u8; 8] = cursor.array()?;
        let size = TreeSize(cursor.u64()?);
        let root = Hash(cursor.array()?);
        let (segment_first, segment_bytes) = (cursor.u64()?, cursor.u64()?);
        let sound = magic == MAGIC
            && cursor.is_at_end()
            && crc32c::crc32c(covered) == u32::from_be_bytes(*crc);
        sound.then_some(Self { size, root, segment_first, segment_bytes })
    }

    /// The marker of a folder; `None` if it was not closed cleanly.
    pub(crate) fn load(disk: &dyn Disk, layout: &Layout) -> Result<Option<Self>, LedgerError> {
        let path = layout.closed();
        match read_file(disk, &path).map_err(LedgerError::read(&path))? {
            None => Ok(None),
            Some(bytes) => Self::read(&bytes)
                .map(Some)
                .ok_or_else(|| LedgerError::corrupt(&path, 0, "the marker is damaged")),
        }
    }

    /// Writes the marker, durably.
    pub(crate) fn save(&self, disk: &dyn Disk, layout: &Layout) -> Result<(), LedgerError> {
        let path = layout.closed();
        replace_file(disk, &path, &self.bytes(), Mode::Create).map_err(LedgerError::write(path, 0))
    }

    /// Removes the marker, durably: what is written from now on may be torn by a crash.
    fn remove(disk: &dyn Disk, layout: &Layout) -> Result<(), LedgerError> {
        let path = layout.closed();
        remove_if_there(disk, &path).map_err(LedgerError::write(path, 0))?;
        disk.sync_folder(&layout.ledger).map_err(LedgerError::sync(&layout.ledger))
    }
}

/// The first write after an open removes the marker; whoever writes asks here first.
pub(crate) struct OpenMark {
    /// Nothing was written since the open.
    untouched: Mutex<bool>,
}

impl OpenMark {
    pub(crate) fn untouched() -> Self {
        Self { untouched: Mutex::new(true) }
    }

    pub(crate) fn is_untouched(&self) -> bool {
        *self.untouched.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// From here on the folder no longer counts as closed.
    pub(crate) fn touch(&self, disk: &dyn Disk, layout: &Layout) -> Result<(), LedgerError> {
        let mut untouched = self.untouched.lock().unwrap_or_else(PoisonError::into_inner);
        if *untouched {
            Closed::remove(disk, layout)?;
            *untouched = false;
        }
        Ok(())
    }
}
