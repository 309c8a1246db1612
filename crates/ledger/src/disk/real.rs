//! The real disk: `pread`, `pwrite`, `fallocate`, `fdatasync`, `rename`, `flock`.
//!
//! The only place of this crate with `std::fs`. Files are opened with `O_CLOEXEC` (std does), so
//! a child process inherits neither handles nor the lock.

use super::{Disk, DiskFile, Mode};
use rustix::fs::FallocateFlags;
use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::Path;
use std::sync::Arc;

/// The operating system's file system.
#[derive(Clone, Copy, Debug, Default)]
pub struct Real;

impl Disk for Real {
    fn open(&self, path: &Path, mode: Mode) -> io::Result<Arc<dyn DiskFile>> {
        let mut options = OpenOptions::new();
        options.read(true).write(mode != Mode::Read);
        options.create(matches!(mode, Mode::Create | Mode::CreatePrivate));
        if mode == Mode::CreatePrivate {
            options.mode(0o600);
        }
        Ok(Arc::new(RealFile(options.open(path)?)))
    }

    fn names(&self, folder: &Path) -> io::Result<Vec<String>> {
        std::fs::read_dir(folder)?
            .map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()))
            .collect()
    }

    fn create_folder(&self, folder: &Path) -> io::Result<()> {
        let missing = |up: &&Path| !up.as_os_str().is_empty() && !up.exists();
        let new: Vec<&Path> = folder.ancestors().take_while(missing).collect();
        std::fs::create_dir_all(folder)?;
        // The caller syncs the folder above the lowest new one; those above that are nobody's.
        for up in new.iter().skip(1).filter_map(|folder| folder.parent()) {
            self.sync_folder(if up.as_os_str().is_empty() { Path::new(".") } else { up })?;
        }
        Ok(())
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        std::fs::rename(from, to)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        std::fs::remove_file(path)
    }

    fn sync_folder(&self, folder: &Path) -> io::Result<()> {
        File::open(folder)?.sync_all()
    }

    fn free_bytes(&self, folder: &Path) -> io::Result<u64> {
        let stat = rustix::fs::statvfs(folder)?;
        Ok(stat.f_bavail.saturating_mul(stat.f_frsize))
    }

    fn lock(&self, path: &Path) -> io::Result<Box<dyn Send + Sync>> {
        let file =
            OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path)?;
        match file.try_lock() {
            Ok(()) => Ok(Box::new(file)),
            Err(TryLockError::WouldBlock) => Err(io::ErrorKind::WouldBlock.into()),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }
}

#[derive(Debug)]
struct RealFile(File);

impl DiskFile for RealFile {
    fn len(&self) -> io::Result<u64> {
        Ok(self.0.metadata()?.len())
    }

    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<()> {
        self.0.read_exact_at(buffer, offset)
    }

    fn write_at(&self, bytes: &[u8], offset: u64) -> io::Result<()> {
        self.0.write_all_at(bytes, offset)
    }

    fn reserve(&self, offset: u64, len: u64, grow: bool) -> io::Result<()> {
        let flags = if grow { FallocateFlags::empty() } else { FallocateFlags::KEEP_SIZE };
        match rustix::fs::fallocate(&self.0, flags, offset, len) {
            Ok(()) => Ok(()),
            // Such a file system shows a full disk at the write instead: still before the sync.
            Err(rustix::io::Errno::OPNOTSUPP) if grow => {
                let end = offset + len;
                if self.len()? < end { self.set_len(end) } else { Ok(()) }
            }
            Err(rustix::io::Errno::OPNOTSUPP) => Ok(()),
            Err(errno) => Err(errno.into()),
        }
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        self.0.set_len(len)
    }

    fn sync(&self) -> io::Result<()> {
        self.0.sync_data()
    }
}
