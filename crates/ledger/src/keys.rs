//! The folder `keys`: the log's private key, the verifier keys, and the change of keys.
//!
//! `log.key` holds the private key (0600), `vkeys` all verifier keys, the current one first. A
//! change of keys is an event of the log itself: the old key signs a head over a `key` control
//! entry that names the new one, then the files are switched. `next.key` exists only between
//! the two; a start completes the change or forgets it (`next`, `switch`).

use crate::disk::{Disk, Mode, read_file, remove_if_there, replace_file};
use crate::error::LedgerError;
use crate::layout::Layout;
use crate::segment::Segment;
use annals_proof::{Signer, Verifier};
use annals_record::{Control, Kept};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The keys of a ledger.
pub(crate) struct Keys {
    /// The current key.
    pub(crate) signer: Signer,
    /// Current first, then former ones, newest first.
    pub(crate) verifiers: Vec<Verifier>,
}

fn key_path(layout: &Layout) -> PathBuf {
    layout.keys.join("log.key")
}

fn next_key_path(layout: &Layout) -> PathBuf {
    layout.keys.join("next.key")
}

fn vkeys_path(layout: &Layout) -> PathBuf {
    layout.keys.join("vkeys")
}

/// Where the signer keeps what it signed last.
pub(crate) fn signed_path(layout: &Layout) -> PathBuf {
    layout.keys.join("signed")
}

impl Keys {
    /// Loads the keys; `None` if there is no key yet. Needs the lock.
    pub(crate) fn load(disk: &dyn Disk, layout: &Layout) -> Result<Option<Self>, LedgerError> {
        let Some(signer) = load_signer(disk, &key_path(layout))? else { return Ok(None) };
        let mut verifiers = load_verifiers(disk, layout)?;
        let current = signer.verifier();
        if verifiers.first() == Some(&current) {
            return Ok(Some(Self { signer, verifiers }));
        }
        // A crash between the two files: the key says which is the current one.
        verifiers.retain(|verifier| *verifier != current);
        verifiers.insert(0, current);
        let keys = Self { signer, verifiers };
        keys.save_verifiers(disk, layout)?;
        Ok(Some(keys))
    }

    /// Makes the first key of a log. `origin` is its name.
    pub(crate) fn create(
        disk: &dyn Disk,
        layout: &Layout,
        origin: Option<&str>,
    ) -> Result<Self, LedgerError> {
        let path = key_path(layout);
        let origin = match origin {
            Some(origin) => origin.to_owned(),
            None => {
                let [a, b, c, d, ..] = random_seed(&path)?;
                format!("annals.local/{a:02x}{b:02x}{c:02x}{d:02x}")
            }
        };
        let signer = new_signer(&path, &origin)?;
        let keys = Self { verifiers: vec![signer.verifier()], signer };
        save_signer(disk, &path, &keys.signer)?;
        keys.save_verifiers(disk, layout)?;
        Ok(keys)
    }

    fn save_verifiers(&self, disk: &dyn Disk, layout: &Layout) -> Result<(), LedgerError> {
        let path = vkeys_path(layout);
        let text: String = self.verifiers.iter().map(|verifier| format!("{verifier}\n")).collect();
        replace_file(disk, &path, text.as_bytes(), Mode::Create)
            .map_err(LedgerError::write(path, 0))
    }

    /// Makes the key that will follow and keeps it as `next.key`.
    pub(crate) fn prepare_rotation(
        &self,
        disk: &dyn Disk,
        layout: &Layout,
    ) -> Result<Verifier, LedgerError> {
        let path = next_key_path(layout);
        let next = new_signer(&path, self.signer.name())?;
        save_signer(disk, &path, &next)?;
        Ok(next.verifier())
    }

    /// Called at start: `announced` is the vkey that the ledger's last leaf names, if that is a
    /// `key` entry. Gives `next.key` if it was announced, else forgets it: nobody has seen it.
    pub(crate) fn next(
        &self,
        disk: &dyn Disk,
        layout: &Layout,
        announced: Option<&str>,
    ) -> Result<Option<Signer>, LedgerError> {
        let path = next_key_path(layout);
        let Some(next) = load_signer(disk, &path)? else { return Ok(None) };
        let verifier = next.verifier();
        let is_announced = announced == Some(verifier.to_string().as_str());
        // Listed: the switch had begun.
        if is_announced || self.verifiers.contains(&verifier) {
            return Ok(Some(next));
        }
        remove_if_there(disk, &path).map_err(LedgerError::write(path, 0))?;
        Ok(None)
    }

    /// Makes `next.key` the current key. The head over its entry is signed by the former one,
    /// durably.
    pub(crate) fn switch(
        &mut self,
        disk: &dyn Disk,
        layout: &Layout,
        next: Signer,
    ) -> Result<(), LedgerError> {
        let verifier = next.verifier();
        self.verifiers.retain(|known| *known != verifier);
        self.verifiers.insert(0, verifier);
        self.signer = next;
        self.save_verifiers(disk, layout)?;
        let (path, current) = (next_key_path(layout), key_path(layout));
        disk.rename(&path, &current).map_err(LedgerError::write(&current, 0))?;
        disk.sync_folder(&layout.keys).map_err(LedgerError::sync(&layout.keys))
    }
}

/// The verifier keys of a folder, current first.
pub(crate) fn load_verifiers(
    disk: &dyn Disk,
    layout: &Layout,
) -> Result<Vec<Verifier>, LedgerError> {
    let path = vkeys_path(layout);
    let bytes = read_file(disk, &path).map_err(LedgerError::read(&path))?.unwrap_or_default();
    let text = String::from_utf8(bytes).map_err(|_| key_error(&path, "it is not text"))?;
    text.lines()
        .map(|line| Verifier::parse(line).map_err(|error| key_error(&path, &error.to_string())))
        .collect()
}

fn load_signer(disk: &dyn Disk, path: &Path) -> Result<Option<Signer>, LedgerError> {
    let Some(bytes) = read_file(disk, path).map_err(LedgerError::read(path))? else {
        return Ok(None);
    };
    let text = String::from_utf8(bytes).map_err(|_| key_error(path, "it is not text"))?;
    Signer::parse(text.trim_end()).map(Some).map_err(|error| key_error(path, &error.to_string()))
}

fn save_signer(disk: &dyn Disk, path: &Path, signer: &Signer) -> Result<(), LedgerError> {
    let text = format!("{}\n", signer.encode());
    replace_file(disk, path, text.as_bytes(), Mode::CreatePrivate)
        .map_err(LedgerError::write(path, 0))
}

fn new_signer(path: &Path, name: &str) -> Result<Signer, LedgerError> {
    Signer::from_seed(name, random_seed(path)?).map_err(|error| key_error(path, &error.to_string()))
}

fn random_seed(path: &Path) -> Result<[u8; 32], LedgerError> {
    let mut seed = [0; 32];
    getrandom::fill(&mut seed)
        .map_err(|error| LedgerError::read(path)(io::Error::other(error.to_string())))?;
    Ok(seed)
}

fn key_error(file: &Path, what: &str) -> LedgerError {
    LedgerError::Key { file: file.to_owned(), what: what.to_owned() }
}

/// The vkey that the newest leaf announces, if that is a `key` control entry.
pub(crate) fn announced_key(segments: &[Arc<Segment>]) -> Result<Option<String>, LedgerError> {
    let Some(last) = segments.iter().rev().find(|segment| segment.end() > segment.first()) else {
        return Ok(None);
    };
    let index = last.end() - 1;
    let frame = last.frame(index)?;
    let kept = frame
        .kept((index - frame.first()) as usize)
        .map_err(|what| LedgerError::corrupt(&last.path, 0, format!("leaf {index}: {what}")))?;
    Ok(match kept {
        Kept::Leaf(leaf) => match leaf.core().control() {
            Some(Ok(Control::Key { vkey })) => Some(vkey),
            _ => None,
        },
        Kept::Pruned(_) => None,
    })
}
