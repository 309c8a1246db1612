//! A file of the disk in memory.

use super::state::{Change, State};
use super::{Fault, Faulty, failed};
use crate::disk::{DiskFile, Mode};
use std::io;
use std::path::PathBuf;
use std::sync::MutexGuard;

pub(super) struct FaultyFile {
    pub(super) disk: Faulty,
    pub(super) place: usize,
    pub(super) path: PathBuf,
    pub(super) mode: Mode,
    pub(super) life: u64,
}

impl FaultyFile {
    /// The state, if this handle's process still lives.
    fn alive(&self) -> io::Result<MutexGuard<'_, State>> {
        let state = self.disk.state();
        state.check_alive()?;
        if state.life != self.life {
            return Err(io::Error::other("a handle from before the restart"));
        }
        Ok(state)
    }

    fn change(&self, what: &str, change: Change) -> io::Result<()> {
        if self.mode == Mode::Read {
            return Err(io::ErrorKind::PermissionDenied.into());
        }
        let mut state = self.alive()?;
        let fault = state.enter(what, &self.path)?;
        let done = match fault {
            None | Some(Fault::Kept) => Some(change),
            Some(Fault::Lost) => None,
            Some(Fault::Torn | Fault::Crash) => match &change {
                Change::Write(_, bytes) => {
                    let len = bytes.len() as u64;
                    Some(state.part_of(change, len))
                }
                Change::Len(_) => None,
            },
        };
        if let Some(change) = done {
            let contents = &mut state.files[self.place];
            change.apply(&mut contents.shown);
            contents.pending.push(change);
        }
        if fault.is_some() { Err(failed(what)) } else { Ok(()) }
    }
}

impl DiskFile for FaultyFile {
    fn len(&self) -> io::Result<u64> {
        Ok(self.alive()?.files[self.place].shown.len() as u64)
    }

    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<()> {
        let state = self.alive()?;
        let end = offset as usize + buffer.len();
        let bytes = state.files[self.place].shown.get(offset as usize..end);
        buffer.copy_from_slice(bytes.ok_or(io::ErrorKind::UnexpectedEof)?);
        Ok(())
    }

    fn write_at(&self, bytes: &[u8], offset: u64) -> io::Result<()> {
        if bytes.is_empty() {
            return Ok(());
        }
        self.change("write", Change::Write(offset, bytes.to_vec()))
    }

    fn reserve(&self, offset: u64, len: u64, grow: bool) -> io::Result<()> {
        let end = if grow { (offset + len).max(self.len()?) } else { self.len()? };
        self.change("reserve", Change::Len(end))
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        self.change("set length", Change::Len(len))
    }

    fn sync(&self) -> io::Result<()> {
        let mut state = self.alive()?;
        let fault = state.enter("sync", &self.path)?;
        let contents = &mut state.files[self.place];
        match fault {
            None | Some(Fault::Kept) => {
                for change in std::mem::take(&mut contents.pending) {
                    change.apply(&mut contents.durable);
                }
            }
            // Shown until the power goes, never durable: a later sync finds nothing to write.
            Some(Fault::Lost | Fault::Torn) => contents.pending.clear(),
            Some(Fault::Crash) => {}
        }
        if fault.is_some() { Err(failed("sync")) } else { Ok(()) }
    }
}
