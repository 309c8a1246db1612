//! Arrays on disk: entries of fixed width in files of 2^20, appended in order.
//!
//! Hash arrays (`hashes/<level>/`) hold the roots of complete subtrees of 256^level leaves, the
//! identifier array (`ids/`) one `IdHash` an event. Both are recomputable from the segments, so
//! they are appended without a sync after the commit point; `recover.rs` appends what is missing
//! with the same function. An array never checks what it holds.

use crate::disk::{Disk, DiskFile, Mode};
use crate::error::LedgerError;
use crate::layout::{Layout, array_file_name, parse_array_file_name};
use crate::limits::{ARRAY_FILE_ENTRIES, ARRAY_LEVELS, ARRAY_RESERVE_BYTES};
use annals_proof::{Hash, HashSource, TreeSize};
use std::collections::HashMap;
use std::io;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

/// Bytes of an entry in `hashes/`.
pub(crate) const HASH_WIDTH: u64 = 32;
/// Bytes of an entry in `ids/`.
pub(crate) const ID_WIDTH: u64 = 8;

/// One array.
pub(crate) struct Array {
    disk: Arc<dyn Disk>,
    folder: PathBuf,
    width: u64,
    mode: Mode,
    files: Mutex<HashMap<u64, Arc<dyn DiskFile>>>,
    /// Entries there is room for; only the writer looks at it.
    reserved: Mutex<u64>,
}

impl Array {
    fn new(disk: &Arc<dyn Disk>, folder: PathBuf, width: u64, mode: Mode) -> Self {
        Self {
            disk: Arc::clone(disk),
            folder,
            width,
            mode,
            files: Mutex::default(),
            reserved: Mutex::default(),
        }
    }

    /// File and byte offset of an entry.
    pub(crate) fn place(&self, position: u64) -> (PathBuf, u64) {
        let file = self.folder.join(array_file_name(position / ARRAY_FILE_ENTRIES));
        (file, position % ARRAY_FILE_ENTRIES * self.width)
    }

    /// Entries on disk, as the file lengths say; a rest that is no whole entry does not count.
    pub(crate) fn len(&self) -> Result<u64, LedgerError> {
        let names = match self.disk.names(&self.folder) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(0),
            names => names.map_err(LedgerError::read(&self.folder))?,
        };
        let Some(last) = names.iter().filter_map(|name| parse_array_file_name(name)).max() else {
            return Ok(0);
        };
        let (path, _) = self.place(last * ARRAY_FILE_ENTRIES);
        let bytes = self.file(last)?.len().map_err(LedgerError::read(path))?;
        Ok(last * ARRAY_FILE_ENTRIES + bytes / self.width)
    }

    /// True if the last file ends inside an entry.
    pub(crate) fn is_ragged(&self) -> Result<bool, LedgerError> {
        let len = self.len()?;
        let last = len / ARRAY_FILE_ENTRIES;
        let path = self.folder.join(array_file_name(last));
        match self.disk.open(&path, Mode::Read) {
            Ok(file) => Ok(file.len().map_err(LedgerError::read(&path))? % self.width != 0),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(LedgerError::read(&path)(error)),
        }
    }

    /// Appends `count` entries from `position` on to `out`.
    pub(crate) fn read(
        &self,
        position: u64,
        count: usize,
        out: &mut Vec<u8>,
    ) -> Result<(), LedgerError> {
        let mut at = position;
        let end = position + count as u64;
        while at < end {
            let (number, upto) = (at / ARRAY_FILE_ENTRIES, file_end(at).min(end));
            let start = out.len();
            out.resize(start + ((upto - at) * self.width) as usize, 0);
            let (path, offset) = self.place(at);
            self.file(number)?.read_at(&mut out[start..], offset).map_err(|error| {
                if error.kind() == io::ErrorKind::UnexpectedEof {
                    return LedgerError::corrupt(&path, offset, "the array is too short");
                }
                LedgerError::read(&path)(error)
            })?;
            at = upto;
        }
        Ok(())
    }

    /// Writes entries from `position` on, creating files as needed. Unsynced.
    pub(crate) fn write(&self, position: u64, bytes: &[u8]) -> Result<(), LedgerError> {
        let (mut at, mut rest) = (position, bytes);
        while !rest.is_empty() {
            let room = ((file_end(at) - at) * self.width) as usize;
            let (part, after) = rest.split_at(room.min(rest.len()));
            let (path, offset) = self.place(at);
            let file = self.file(at / ARRAY_FILE_ENTRIES)?;
            file.write_at(part, offset).map_err(LedgerError::write(path, offset))?;
            at += part.len() as u64 / self.width;
            rest = after;
        }
        Ok(())
    }

    /// Takes room for all entries below `end`, so that a full disk shows before the commit point.
    pub(crate) fn reserve(&self, from: u64, end: u64) -> Result<(), LedgerError> {
        let mut reserved = self.reserved.lock().unwrap_or_else(PoisonError::into_inner);
        let mut at = (*reserved).max(from);
        while at < end {
            let step = (ARRAY_RESERVE_BYTES / self.width).max(end - at);
            let upto = (at + step).min(file_end(at));
            let (path, offset) = self.place(at);
            self.file(at / ARRAY_FILE_ENTRIES)?
                .reserve(offset, (upto - at) * self.width, false)
                .map_err(LedgerError::write(path, offset))?;
            at = upto;
        }
        *reserved = at;
        Ok(())
    }

    /// Cuts everything from entry `len` on and gives reserved room back.
    pub(crate) fn truncate(&self, len: u64) -> Result<(), LedgerError> {
        *self.reserved.lock().unwrap_or_else(PoisonError::into_inner) = 0;
        let (number, (path, offset)) = (len / ARRAY_FILE_ENTRIES, self.place(len));
        if offset == 0 && self.len()? <= len {
            return Ok(());
        }
        self.file(number)?.set_len(offset).map_err(LedgerError::write(path, offset))
    }

    /// Makes the entries from `from` up to `end` durable, names included.
    pub(crate) fn sync(&self, from: u64, end: u64) -> Result<(), LedgerError> {
        if from >= end {
            return Ok(());
        }
        for number in from / ARRAY_FILE_ENTRIES..=(end - 1) / ARRAY_FILE_ENTRIES {
            let (path, _) = self.place(number * ARRAY_FILE_ENTRIES);
            self.file(number)?.sync().map_err(LedgerError::sync(path))?;
        }
        for folder in [Some(&*self.folder), self.folder.parent()].into_iter().flatten() {
            self.disk.sync_folder(folder).map_err(LedgerError::sync(folder))?;
        }
        Ok(())
    }

    fn file(&self, number: u64) -> Result<Arc<dyn DiskFile>, LedgerError> {
        let mut files = self.files.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(file) = files.get(&number) {
            return Ok(Arc::clone(file));
        }
        let path = self.folder.join(array_file_name(number));
        if self.mode == Mode::Create {
            let folder = &self.folder;
            self.disk.create_folder(folder).map_err(LedgerError::write(folder, 0))?;
        }
        let file = self.disk.open(&path, self.mode).map_err(|error| {
            if self.mode == Mode::Read {
                LedgerError::read(&path)(error)
            } else {
                LedgerError::write(&path, 0)(error)
            }
        })?;
        files.insert(number, Arc::clone(&file));
        Ok(file)
    }
}

/// First position of the next file.
fn file_end(position: u64) -> u64 {
    (position / ARRAY_FILE_ENTRIES + 1) * ARRAY_FILE_ENTRIES
}

/// What a block adds to the arrays.
#[derive(Clone, Debug, Default)]
pub(crate) struct ArrayTail {
    /// Leaves before it.
    pub(crate) size: u64,
    /// New hashes of each level.
    pub(crate) hashes: [Vec<Hash>; ARRAY_LEVELS],
    /// New entries of `ids/`, as bytes.
    pub(crate) ids: Vec<u8>,
}

/// All arrays of a ledger.
pub(crate) struct Arrays {
    pub(crate) levels: [Array; ARRAY_LEVELS],
    pub(crate) ids: Array,
}

impl Arrays {
    /// With `Mode::Create` files appear as needed; with `Mode::Read` nothing is written.
    pub(crate) fn new(disk: &Arc<dyn Disk>, layout: &Layout, mode: Mode) -> Self {
        Self {
            levels: std::array::from_fn(|level| {
                Array::new(disk, layout.level(level), HASH_WIDTH, mode)
            }),
            ids: Array::new(disk, layout.ids(), ID_WIDTH, mode),
        }
    }

    /// Takes room for what `append` will write.
    pub(crate) fn reserve(&self, tail: &ArrayTail) -> Result<(), LedgerError> {
        for (level, hashes) in tail.hashes.iter().enumerate() {
            let from = TreeSize(tail.size).stored(level as u8);
            self.levels[level].reserve(from, from + hashes.len() as u64)?;
        }
        self.ids.reserve(tail.size, tail.size + tail.ids.len() as u64 / ID_WIDTH)
    }

    /// Appends what a block adds: step 5 of a commit, and what recovery does for a block whose
    /// step 5 was lost.
    pub(crate) fn append(&self, tail: &ArrayTail) -> Result<(), LedgerError> {
        for (level, hashes) in tail.hashes.iter().enumerate() {
            let from = TreeSize(tail.size).stored(level as u8);
            self.levels[level].write(from, hash_bytes(hashes).as_slice())?;
        }
        self.ids.write(tail.size, &tail.ids)
    }

    /// Makes everything that leaves `from..end` added durable.
    pub(crate) fn sync(&self, from: u64, end: u64) -> Result<(), LedgerError> {
        for (level, array) in (0..).zip(&self.levels) {
            array.sync(TreeSize(from).stored(level), TreeSize(end).stored(level))?;
        }
        self.ids.sync(from, end)
    }

    /// Gives reserved room back and cuts what is not part of a ledger of `size` leaves.
    pub(crate) fn trim(&self, size: u64) -> Result<(), LedgerError> {
        for (level, array) in (0..).zip(&self.levels) {
            array.truncate(TreeSize(size).stored(level))?;
        }
        self.ids.truncate(size)
    }
}

/// The bytes of `hashes`, one after the other.
pub(crate) fn hash_bytes(hashes: &[Hash]) -> Vec<u8> {
    hashes.iter().flat_map(|hash| hash.0).collect()
}

impl HashSource for Arrays {
    type Error = LedgerError;

    fn hashes(
        &self,
        level: u8,
        start: u64,
        count: usize,
        out: &mut Vec<Hash>,
    ) -> Result<(), LedgerError> {
        let mut bytes = Vec::with_capacity(count * HASH_WIDTH as usize);
        self.levels[usize::from(level)].read(start, count, &mut bytes)?;
        out.extend(bytes.as_chunks().0.iter().map(|hash| Hash(*hash)));
        Ok(())
    }
}

/// The arrays as they will be once `tail` is appended: what a proof to the next head reads.
pub(crate) struct Ahead<'a> {
    pub(crate) arrays: &'a Arrays,
    pub(crate) tail: &'a ArrayTail,
}

impl HashSource for Ahead<'_> {
    type Error = LedgerError;

    fn hashes(
        &self,
        level: u8,
        start: u64,
        count: usize,
        out: &mut Vec<Hash>,
    ) -> Result<(), LedgerError> {
        let base = TreeSize(self.tail.size).stored(level);
        let end = start + count as u64;
        if start < base {
            self.arrays.hashes(level, start, (end.min(base) - start) as usize, out)?;
        }
        if end > base {
            let new = &self.tail.hashes[usize::from(level)];
            let range = (start.max(base) - base) as usize..(end - base) as usize;
            let new = new.get(range).ok_or_else(|| {
                let (file, offset) = self.arrays.levels[usize::from(level)].place(end);
                LedgerError::corrupt(file, offset, "a proof asks beyond the tree")
            })?;
            out.extend_from_slice(new);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::disk::Real;

    /// Entries land where they belong, also across the border of two files.
    #[test]
    fn arrays_cross_files() {
        let folder = tempfile::tempdir().unwrap();
        let disk: Arc<dyn Disk> = Arc::new(Real);
        let array = Array::new(&disk, folder.path().join("ids"), ID_WIDTH, Mode::Create);
        assert_eq!(array.len().unwrap(), 0);
        let start = ARRAY_FILE_ENTRIES - 2;
        let bytes: Vec<u8> = (0..5u64).flat_map(u64::to_be_bytes).collect();
        array.reserve(start, start + 5).unwrap();
        array.write(start, &bytes).unwrap();
        assert_eq!(array.len().unwrap(), start + 5);
        let mut out = Vec::new();
        array.read(start, 5, &mut out).unwrap();
        assert_eq!(out, bytes);
        array.truncate(start + 3).unwrap();
        assert_eq!(array.len().unwrap(), start + 3);
        assert!(array.read(start, 5, &mut Vec::new()).is_err());
    }
}
