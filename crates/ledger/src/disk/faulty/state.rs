//! What the disk in memory holds: what is shown, what is durable, and what is between the two.

use super::Fault;
use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};

pub(super) struct State {
    pub(super) random: u64,
    /// What a process sees.
    pub(super) names: Names,
    /// What a power cut leaves, but for `pending`.
    pub(super) durable: Names,
    pub(super) pending: Vec<NameChange>,
    pub(super) files: Vec<Contents>,
    pub(super) locked: BTreeSet<PathBuf>,
    pub(super) calls: u64,
    pub(super) plan: Option<(u64, Fault)>,
    pub(super) happened: Option<String>,
    pub(super) crashed: bool,
    /// What it says is free; it takes more all the same.
    pub(super) free_bytes: u64,
    /// Counts restarts: handles from before are dead.
    pub(super) life: u64,
}

#[derive(Clone, Default)]
pub(super) struct Names {
    pub(super) folders: BTreeSet<PathBuf>,
    /// Path to place in `files`.
    pub(super) files: BTreeMap<PathBuf, usize>,
}

#[derive(Clone)]
pub(super) enum NameChange {
    Folder(PathBuf),
    Create(PathBuf, usize),
    Rename(PathBuf, PathBuf),
    Remove(PathBuf),
}

#[derive(Default)]
pub(super) struct Contents {
    pub(super) shown: Vec<u8>,
    pub(super) durable: Vec<u8>,
    pub(super) pending: Vec<Change>,
}

#[derive(Clone)]
pub(super) enum Change {
    Write(u64, Vec<u8>),
    Len(u64),
}

impl State {
    /// A number below `bound`, from the seed (splitmix64).
    pub(super) fn below(&mut self, bound: u64) -> u64 {
        self.random = self.random.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.random;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)) % bound.max(1)
    }

    /// Counts a changing call and says whether a fault is due.
    pub(super) fn enter(&mut self, what: &str, path: &Path) -> io::Result<Option<Fault>> {
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

    pub(super) fn check_alive(&self) -> io::Result<()> {
        if self.crashed { Err(io::Error::other("the power is gone")) } else { Ok(()) }
    }

    pub(super) fn change_names(&mut self, change: NameChange) {
        self.names.apply(&change);
        self.pending.push(change);
    }

    /// Draws what survives a power cut.
    pub(super) fn lose_unsynced(&mut self) {
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
    pub(super) fn part_of(&mut self, change: Change, len: u64) -> Change {
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
    pub(super) fn apply(&mut self, change: &NameChange) {
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
    pub(super) fn drop_orphans(&mut self) {
        let folders = self.folders.clone();
        let has_all = |path: &Path| {
            path.ancestors().skip(1).all(|up| up.parent().is_none() || folders.contains(up))
        };
        self.folders.retain(|path| has_all(path));
        self.files.retain(|path, _| has_all(path));
    }
}

impl NameChange {
    pub(super) fn is_in(&self, folder: &Path) -> bool {
        let (Self::Folder(path)
        | Self::Create(path, _)
        | Self::Rename(path, _)
        | Self::Remove(path)) = self;
        path.parent() == Some(folder)
    }
}

impl Change {
    pub(super) fn apply(&self, bytes: &mut Vec<u8>) {
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
