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

use super::{Disk, DiskFile, Mode};
use std::collections::{BTreeMap, BTreeSet};
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

struct State {
    random: u64,
    /// What a process sees.
    names: Names,
    /// What a power cut leaves, but for `pending`.
    durable: Names,
    pending: Vec<NameChange>,
    files: Vec<Contents>,
    locked: BTreeSet<PathBuf>,
    calls: u64,
    plan: Option<(u64, Fault)>,
    happened: Option<String>,
    crashed: bool,
    /// Counts restarts: handles from before are dead.
    life: u64,
}

#[derive(Clone, Default)]
struct Names {
    folders: BTreeSet<PathBuf>,
    /// Path to place in `files`.
    files: BTreeMap<PathBuf, usize>,
}

#[derive(Clone)]
enum NameChange {
    Folder(PathBuf),
    Create(PathBuf, usize),
    Rename(PathBuf, PathBuf),
    Remove(PathBuf),
}

#[derive(Default)]
struct Contents {
    shown: Vec<u8>,
    durable: Vec<u8>,
    pending: Vec<Change>,
}

#[derive(Clone)]
enum Change {
    Write(u64, Vec<u8>),
    Len(u64),
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

impl State {
    /// A number below `bound`, from the seed (splitmix64).
    fn below(&mut self, bound: u64) -> u64 {
        self.random = self.random.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.random;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)) % bound.max(1)
    }

    /// Counts a changing call and says whether a fault is due.
    fn enter(&mut self, what: &str, path: &Path) -> io::Result<Option<Fault>> {
        self.check_alive()?;
        let call = self.calls;
        self.calls += 1;
        let due = self.plan.filter(|(at, _)| *at == call).map(|(_, fault)| fault);
        if let Some(fault) = due {
            self.happened = Some(format!("{fault:?} at call {call}: {what} {}", path.display()));
            if fault == Fault::Crash {
                self.crashed = true;
            }
        }
        Ok(due)
    }

    fn check_alive(&self) -> io::Result<()> {
        if self.crashed { Err(io::Error::other("the power is gone")) } else { Ok(()) }
    }

    fn change_names(&mut self, change: NameChange) {
        self.names.apply(&change);
        self.pending.push(change);
    }

    /// Draws what survives a power cut.
    fn lose_unsynced(&mut self) {
        for change in std::mem::take(&mut self.pending) {
            if self.below(2) == 0 {
                self.durable.apply(&change);
            }
        }
        self.durable.drop_orphans();
        self.names = self.durable.clone();
        for place in 0..self.files.len() {
            for change in std::mem::take(&mut self.files[place].pending) {
                let part = match &change {
                    Change::Write(_, bytes) => bytes.len() as u64,
                    Change::Len(_) => 1,
                };
                let survives = match self.below(3) {
                    0 => continue,
                    1 => change,
                    _ => self.part_of(change, part),
                };
                survives.apply(&mut self.files[place].durable);
            }
            self.files[place].shown = self.files[place].durable.clone();
        }
    }

    /// Some contiguous part of a write.
    fn part_of(&mut self, change: Change, len: u64) -> Change {
        match change {
            Change::Write(offset, bytes) => {
                let start = self.below(len);
                let end = start + self.below(len - start + 1);
                Change::Write(offset + start, bytes[start as usize..end as usize].to_vec())
            }
            other @ Change::Len(_) => other,
        }
    }
}

impl Names {
    fn apply(&mut self, change: &NameChange) {
        match change {
            NameChange::Folder(path) => {
                self.folders.insert(path.clone());
            }
            NameChange::Create(path, place) => {
                self.files.insert(path.clone(), *place);
            }
            NameChange::Rename(from, to) => {
                if let Some(place) = self.files.remove(from) {
                    self.files.insert(to.clone(), place);
                }
            }
            NameChange::Remove(path) => {
                self.files.remove(path);
            }
        }
    }

    /// A file or folder whose folder was lost is lost.
    fn drop_orphans(&mut self) {
        let folders = self.folders.clone();
        let has_all = |path: &Path| {
            path.ancestors().skip(1).all(|up| up.parent().is_none() || folders.contains(up))
        };
        self.folders.retain(|path| has_all(path));
        self.files.retain(|path, _| has_all(path));
    }
}

impl NameChange {
    fn is_in(&self, folder: &Path) -> bool {
        let (Self::Folder(path)
        | Self::Create(path, _)
        | Self::Rename(path, _)
        | Self::Remove(path)) = self;
        path.parent() == Some(folder)
    }
}

impl Change {
    fn apply(&self, bytes: &mut Vec<u8>) {
        match self {
            Self::Write(offset, new) if !new.is_empty() => {
                let (start, end) = (*offset as usize, *offset as usize + new.len());
                bytes.resize(bytes.len().max(end), 0);
                bytes[start..end].copy_from_slice(new);
            }
            Self::Write(..) => {}
            Self::Len(len) => bytes.resize(*len as usize, 0),
        }
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

struct FaultyFile {
    disk: Faulty,
    place: usize,
    path: PathBuf,
    mode: Mode,
    life: u64,
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
