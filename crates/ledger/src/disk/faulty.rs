//! A disk in memory that fails from a seed.
//!
//! It keeps two states of everything: what a running process sees (the page cache) and what a
//! power cut would leave. `sync` and `sync_folder` carry the first over into the second; at a
//! crash each write since then survives whole, in part or not at all, and each name operation
//! happens or not, all drawn from the seed. After a failed `sync` what it should have carried over
//! is shown until the crash and lost with it, as on Linux; names wait for the next `sync_folder`,
//! since a file system whose journal failed takes no further change at all.
//!
//! Faults are planned by the number of the changing call. It does not model time, and a read
//! fails only after a crash.

mod file;
mod state;

use super::{Disk, DiskFile, Mode};
use file::FaultyFile;
use state::{Contents, NameChange, Names, State};
use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// What happens at a planned call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It fails and did nothing.
    Lost,
    /// It fails although it did everything.
    Kept,
    /// It fails and a part was written; for calls that write nothing, like `Lost`.
    Torn,
    /// The power goes: nothing works until `restart`.
    Crash,
}

impl Fault {
    /// All faults.
    pub const ALL: [Self; 4] = [Self::Lost, Self::Kept, Self::Torn, Self::Crash];
}

/// The disk. Clones share it.
#[derive(Clone)]
pub struct Faulty {
    state: Arc<Mutex<State>>,
}

impl Faulty {
    /// An empty disk; the same seed and the same calls give the same faults.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        let state = State {
            random: seed,
            names: Names::default(),
            durable: Names::default(),
            pending: Vec::new(),
            files: Vec::new(),
            locked: BTreeSet::new(),
            calls: 0,
            plan: None,
            happened: None,
            crashed: false,
            free_bytes: u64::MAX,
            life: 0,
        };
        Self { state: Arc::new(Mutex::new(state)) }
    }

    /// Plans a fault at the changing call number `call`, counted from 0.
    pub fn fail_at(&self, call: u64, fault: Fault) {
        self.state().plan = Some((call, fault));
    }

    /// Changing calls so far.
    #[must_use]
    pub fn calls(&self) -> u64 {
        self.state().calls
    }

    /// The call at which the planned fault happened, in words; `None` if it has not.
    #[must_use]
    pub fn happened(&self) -> Option<String> {
        self.state().happened.clone()
    }

    /// True between a crash and the restart.
    #[must_use]
    pub fn is_crashed(&self) -> bool {
        self.state().crashed
    }

    /// The power goes now.
    pub fn crash(&self) {
        self.state().crashed = true;
    }

    /// A new process starts: locks and handles of the old one are gone. After a crash the disk
    /// shows what survived; otherwise all that was written is still in the page cache.
    pub fn restart(&self) {
        let mut state = self.state();
        state.plan = None;
        state.locked.clear();
        state.life += 1;
        if std::mem::take(&mut state.crashed) {
            state.lose_unsynced();
        }
    }

    /// Paths of all files.
    #[must_use]
    pub fn paths(&self) -> Vec<PathBuf> {
        self.state().names.files.keys().cloned().collect()
    }

    /// What `free_bytes` answers from now on.
    pub fn set_free_bytes(&self, bytes: u64) {
        self.state().free_bytes = bytes;
    }

    /// Changes the bytes of a file behind everyone's back, durably.
    pub fn tamper(&self, path: &Path, change: impl FnOnce(&mut Vec<u8>)) {
        let mut state = self.state();
        if let Some(place) = state.names.files.get(path).copied() {
            let contents = &mut state.files[place];
            change(&mut contents.shown);
            contents.durable = contents.shown.clone();
            contents.pending.clear();
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn failed(what: &str) -> io::Error {
    let kind = if what == "reserve" { io::ErrorKind::StorageFull } else { io::ErrorKind::Other };
    io::Error::new(kind, "a planned fault")
}

/// Does a name operation as the fault says.
fn change_names(disk: &Faulty, what: &str, path: &Path, change: NameChange) -> io::Result<()> {
    let mut state = disk.state();
    let fault = state.enter(what, path)?;
    let happens = match fault {
        None | Some(Fault::Kept) => true,
        Some(Fault::Lost | Fault::Torn) => false,
        Some(Fault::Crash) => state.below(2) == 0,
    };
    if happens {
        state.change_names(change);
    }
    if fault.is_some() { Err(failed(what)) } else { Ok(()) }
}

impl Disk for Faulty {
    fn open(&self, path: &Path, mode: Mode) -> io::Result<Arc<dyn DiskFile>> {
        let known = {
            let state = self.state();
            state.check_alive()?;
            state.names.files.contains_key(path)
        };
        if !known {
            if matches!(mode, Mode::Read | Mode::Write) {
                return Err(io::ErrorKind::NotFound.into());
            }
            let place = {
                let mut state = self.state();
                if !path.parent().is_some_and(|folder| state.names.folders.contains(folder)) {
                    return Err(io::ErrorKind::NotFound.into());
                }
                state.files.push(Contents::default());
                state.files.len() - 1
            };
            change_names(self, "create", path, NameChange::Create(path.to_owned(), place))?;
        }
        let state = self.state();
        let place = *state.names.files.get(path).ok_or(io::ErrorKind::NotFound)?;
        let (disk, life) = (self.clone(), state.life);
        Ok(Arc::new(FaultyFile { disk, place, path: path.to_owned(), mode, life }))
    }

    fn names(&self, folder: &Path) -> io::Result<Vec<String>> {
        let state = self.state();
        state.check_alive()?;
        if !state.names.folders.contains(folder) {
            return Err(io::ErrorKind::NotFound.into());
        }
        let all = state.names.files.keys().chain(&state.names.folders);
        let inside = all.filter(|path| path.parent() == Some(folder));
        Ok(inside
            .filter_map(|path| Some(path.file_name()?.to_string_lossy().into_owned()))
            .collect())
    }

    fn create_folder(&self, folder: &Path) -> io::Result<()> {
        let new: Vec<PathBuf> = {
            let state = self.state();
            state.check_alive()?;
            let ups = folder.ancestors().filter(|up| up.parent().is_some());
            ups.filter(|up| !state.names.folders.contains(*up)).map(Path::to_owned).collect()
        };
        for path in new.into_iter().rev() {
            change_names(self, "create folder", &path, NameChange::Folder(path.clone()))?;
        }
        Ok(())
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        change_names(self, "rename", to, NameChange::Rename(from.to_owned(), to.to_owned()))
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        {
            let state = self.state();
            state.check_alive()?;
            state.names.files.get(path).ok_or(io::ErrorKind::NotFound)?;
        }
        change_names(self, "remove", path, NameChange::Remove(path.to_owned()))
    }

    fn sync_folder(&self, folder: &Path) -> io::Result<()> {
        let mut state = self.state();
        let fault = state.enter("sync folder", folder)?;
        if matches!(fault, None | Some(Fault::Kept)) {
            let pending = std::mem::take(&mut state.pending);
            for change in pending {
                if change.is_in(folder) {
                    state.durable.apply(&change);
                } else {
                    state.pending.push(change);
                }
            }
        }
        if fault.is_some() { Err(failed("sync")) } else { Ok(()) }
    }

    fn free_bytes(&self, _folder: &Path) -> io::Result<u64> {
        let state = self.state();
        state.check_alive()?;
        Ok(state.free_bytes)
    }

    fn lock(&self, path: &Path) -> io::Result<Box<dyn Send + Sync>> {
        self.open(path, Mode::Create)?;
        let mut state = self.state();
        if !state.locked.insert(path.to_owned()) {
            return Err(io::ErrorKind::WouldBlock.into());
        }
        let (disk, life) = (self.clone(), state.life);
        Ok(Box::new(FaultyLock { disk, path: path.to_owned(), life }))
    }
}

struct FaultyLock {
    disk: Faulty,
    path: PathBuf,
    life: u64,
}

impl Drop for FaultyLock {
    fn drop(&mut self) {
        let mut state = self.disk.state();
        if state.life == self.life {
            state.locked.remove(&self.path);
        }
    }
}
