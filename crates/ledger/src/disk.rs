//! The only door to the file system.
//!
//! Two bodies: [`Real`] (`disk/real.rs`, the one place with `std::fs`) and, with feature `testing`,
//! `Faulty` (`disk/faulty.rs`), which lives in memory and fails from a seed.
//!
//! What the ledger relies on, and what a body must therefore give:
//! - nothing is durable before `sync` (contents, length) or `sync_folder` (names) returned `Ok`;
//! - between two syncs any subset of the writes may survive a crash, each of them also in part;
//! - after a failed `sync` nothing is known about what was written since the last good one.
//!
//! It knows no formats and retries nothing.

#[cfg(any(test, feature = "testing"))]
mod faulty;
mod real;

#[cfg(any(test, feature = "testing"))]
pub use faulty::{Fault, Faulty};
pub use real::Real;

use std::io;
use std::path::Path;
use std::sync::Arc;

/// How a file is opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// The file must exist; writing fails.
    Read,
    /// The file must exist.
    Write,
    /// Created empty if it does not exist. The name is durable after `sync_folder` only.
    Create,
    /// Like `Create`, readable and writable by its owner only (0600).
    CreatePrivate,
}

/// A file system, as far as the ledger needs one. Every method may be called from any thread.
pub trait Disk: Send + Sync + 'static {
    /// Opens a file. `NotFound` if it must exist and does not.
    fn open(&self, path: &Path, mode: Mode) -> io::Result<Arc<dyn DiskFile>>;

    /// Names in a folder, in no order. `NotFound` if there is no such folder.
    fn names(&self, folder: &Path) -> io::Result<Vec<String>>;

    /// Creates a folder and its parents; no error if it is there. Durable after `sync_folder` of
    /// the parent.
    fn create_folder(&self, folder: &Path) -> io::Result<()>;

    /// Puts `from` in the place of `to`, atomically: whoever opens `to` finds the old or the new
    /// file, whole. Durable after `sync_folder`. Open handles keep what they had opened.
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;

    /// Removes a file's name. Durable after `sync_folder`.
    fn remove(&self, path: &Path) -> io::Result<()>;

    /// Makes created, renamed and removed names in `folder` durable.
    fn sync_folder(&self, folder: &Path) -> io::Result<()>;

    /// Bytes that can still be written to the file system that `folder` is on.
    fn free_bytes(&self, folder: &Path) -> io::Result<u64>;

    /// Takes the exclusive lock of a file, creating it. `WouldBlock` if someone else has it. The
    /// lock is given back when the guard is dropped or the process ends.
    fn lock(&self, path: &Path) -> io::Result<Box<dyn Send + Sync>>;
}

/// An open file. Reads and writes name their offset, so threads share a handle without a lock;
/// a read that overlaps a write in progress may see either, byte by byte.
pub trait DiskFile: Send + Sync {
    /// Length in bytes.
    fn len(&self) -> io::Result<u64>;

    /// True if the length is 0.
    fn is_empty(&self) -> io::Result<bool> {
        Ok(self.len()? == 0)
    }

    /// Fills `buffer` from `offset`; `UnexpectedEof` if the file is shorter.
    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<()>;

    /// Writes all of `bytes` at `offset`, growing the file as needed. Not atomic: an error may
    /// leave any part of it written. Not durable before `sync`.
    fn write_at(&self, bytes: &[u8], offset: u64) -> io::Result<()>;

    /// Takes room on the disk for `offset..offset + len`, so that a later write there cannot fail
    /// for lack of space. With `grow` the file gets that length, the new bytes read as zeros;
    /// without, the length stays. A file system that cannot reserve only grows the file.
    fn reserve(&self, offset: u64, len: u64, grow: bool) -> io::Result<()>;

    /// Cuts or zero-extends the file to `len`, and gives room reserved beyond it back.
    fn set_len(&self, len: u64) -> io::Result<()>;

    /// Makes contents and length durable (`fdatasync`).
    fn sync(&self) -> io::Result<()>;
}

/// Reads `len` bytes at `offset`.
pub(crate) fn read_vec(file: &dyn DiskFile, offset: u64, len: usize) -> io::Result<Vec<u8>> {
    let mut bytes = vec![0; len];
    file.read_at(&mut bytes, offset)?;
    Ok(bytes)
}

/// Reads a whole file. `None` if there is none.
pub(crate) fn read_file(disk: &dyn Disk, path: &Path) -> io::Result<Option<Vec<u8>>> {
    match disk.open(path, Mode::Read) {
        Ok(file) => {
            let len = file.len()?;
            read_vec(&*file, 0, usize::try_from(len).map_err(io::Error::other)?).map(Some)
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Replaces a small file as a whole: new file, sync, rename over, sync folder. A crash leaves the
/// old or the new contents, and perhaps a `.tmp` beside it. `mode` says who may read a new file.
///
/// # Errors
/// What the disk says; the old contents stand then.
pub fn replace_file(disk: &dyn Disk, path: &Path, bytes: &[u8], mode: Mode) -> io::Result<()> {
    let mut temporary = path.as_os_str().to_owned();
    temporary.push(".tmp");
    let temporary = Path::new(&temporary);
    let file = disk.open(temporary, mode)?;
    file.set_len(0)?;
    file.write_at(bytes, 0)?;
    file.sync()?;
    disk.rename(temporary, path)?;
    disk.sync_folder(path.parent().unwrap_or(Path::new("/")))
}

/// A file that is not there is as good as removed.
pub(crate) fn remove_if_there(disk: &dyn Disk, path: &Path) -> io::Result<()> {
    match disk.remove(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other,
    }
}
