//! A position in a small file, for followers without a database of their own.

use crate::bytes::Cursor;
use crate::disk::{Disk, Mode, read_file, replace_file};
use crate::error::LedgerError;
use annals_proof::LeafIndex;
use std::path::{Path, PathBuf};
use std::sync::Arc;

const MAGIC: [u8; 8] = *b"ANLPOS1\n";

/// A saved position: replaced as a whole, durable when `save` returns.
pub struct SavedPosition {
    disk: Arc<dyn Disk>,
    path: PathBuf,
    position: LeafIndex,
}

impl SavedPosition {
    /// Reads the position at `path`; 0 if there is none yet.
    ///
    /// # Errors
    /// `Read` if it cannot be read, `Corrupt` if it is damaged: delete it to begin again.
    pub fn open(disk: Arc<dyn Disk>, path: &Path) -> Result<Self, LedgerError> {
        let bytes = read_file(&*disk, path).map_err(LedgerError::read(path))?;
        let position = match bytes {
            None => LeafIndex(0),
            Some(bytes) => parse(&bytes).ok_or_else(|| {
                LedgerError::corrupt(path, 0, "the position is damaged; delete it to begin again")
            })?,
        };
        Ok(Self { disk, path: path.to_owned(), position })
    }

    /// Everything below it has been followed.
    #[must_use]
    pub fn get(&self) -> LeafIndex {
        self.position
    }

    /// Saves a position.
    ///
    /// # Errors
    /// `Write` or `DiskFull`; the old position stands then.
    pub fn save(&mut self, position: LeafIndex) -> Result<(), LedgerError> {
        let mut bytes = MAGIC.to_vec();
        bytes.extend_from_slice(&position.0.to_be_bytes());
        let crc = crc32c::crc32c(&bytes);
        bytes.extend_from_slice(&crc.to_be_bytes());
        replace_file(&*self.disk, &self.path, &bytes, Mode::Create)
            .map_err(LedgerError::write(&self.path, 0))?;
        self.position = position;
        Ok(())
    }
}

fn parse(bytes: &[u8]) -> Option<LeafIndex> {
    let (covered, crc) = bytes.split_last_chunk::<4>()?;
    let mut cursor = Cursor::new(covered);
    let magic: [u8; 8] = cursor.array()?;
    let position = LeafIndex(cursor.u64()?);
    let sound =
        magic == MAGIC && cursor.is_at_end() && crc32c::crc32c(covered) == u32::from_be_bytes(*crc);
    sound.then_some(position)
}
