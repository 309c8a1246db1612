//! What a collector must not forget, in its state folder: positions and joins of each source, and
//! the key of the ids.
//!
//! A file is written under another name, synced, renamed, and the folder synced: after a crash it
//! is the old one or the new one. `flock` keeps a second collector out.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use annals_map::Fingerprint;
use serde::{Deserialize, Serialize};

use crate::error::CollectError;
use crate::status::Counters;

/// Where reading goes on in one file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Position {
    /// To find the file again after it was renamed.
    pub(crate) inode: u64,
    /// To know that it is still the same file.
    pub(crate) file: Fingerprint,
    /// Bytes that are done with.
    pub(crate) offset: u64,
    /// The offset is inside a line too long to keep, which ends at the next line feed.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) skipping: bool,
}

/// How far a source that is asked was read.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct PullState {
    /// Everything before it is done with.
    pub(crate) cursor: Option<serde_json::Value>,
    /// Ids of rows at that value that are done with.
    pub(crate) at: Vec<String>,
    /// The next page of a walk that is not over.
    pub(crate) page: Option<String>,
    /// The greatest cursor met on the walk, and the rows there.
    pub(crate) high: Option<serde_json::Value>,
    pub(crate) high_at: Vec<String>,
}

/// Everything of one source.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct SourceState {
    /// By configured path.
    pub(crate) positions: BTreeMap<PathBuf, Position>,
    /// As the source wrote it down; null before the first time.
    pub(crate) joins: serde_json::Value,
    pub(crate) counters: Counters,
    /// Of a source that is asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) pull: Option<PullState>,
}

/// The state folder, held by this process alone.
pub(crate) struct StateDir {
    path: PathBuf,
    _lock: File,
}

impl StateDir {
    /// Opens the folder, which is made if it does not exist.
    pub(crate) fn open(path: &Path) -> Result<Self, CollectError> {
        std::fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(path)
            .map_err(CollectError::file("make", path))?;
        let lock_path = path.join("lock");
        let lock = private(&lock_path).map_err(CollectError::file("open", &lock_path))?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { path: path.to_owned(), _lock: lock }),
            Err(TryLockError::WouldBlock) => Err(CollectError::Locked { path: path.to_owned() }),
            Err(TryLockError::Error(error)) => Err(CollectError::file("lock", &lock_path)(error)),
        }
    }

    /// A path inside the folder.
    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// The saved state of a source; the empty one where there is none yet.
    pub(crate) fn load(&self, source: &str) -> Result<SourceState, CollectError> {
        let path = self.file(&format!("{source}.state.json"));
        match std::fs::read(&path) {
            Ok(bytes) => serde_json::from_slice(&bytes)
                .map_err(|source| CollectError::BadState { path, source }),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                Ok(SourceState::default())
            }
            Err(error) => Err(CollectError::file("read", &path)(error)),
        }
    }

    /// Saves the state of a source: the commit point of a batch.
    pub(crate) fn save(&self, source: &str, state: &SourceState) -> Result<(), CollectError> {
        let bytes = serde_json::to_vec(state).map_err(CollectError::Json)?;
        self.replace(&format!("{source}.state.json"), &bytes)
    }

    /// The key of the ids, made at first start.
    pub(crate) fn key(&self) -> Result<[u8; 32], CollectError> {
        let path = self.file("key");
        match std::fs::read_to_string(&path) {
            Ok(text) => parse_key(text.trim()).ok_or(CollectError::BadKey { path }),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                let mut key = [0; 32];
                getrandom::fill(&mut key).map_err(CollectError::Random)?;
                let text: String = key.iter().map(|byte| format!("{byte:02x}")).collect();
                self.replace("key", text.as_bytes())?;
                Ok(key)
            }
            Err(error) => Err(CollectError::file("read", &path)(error)),
        }
    }

    /// Puts a file in place of another, whole or not at all.
    pub(crate) fn replace(&self, name: &str, bytes: &[u8]) -> Result<(), CollectError> {
        let (path, new) = (self.file(name), self.file(&format!("{name}.new")));
        let write = || -> std::io::Result<()> {
            let mut file = private(&new)?;
            file.set_len(0)?;
            file.write_all(bytes)?;
            file.sync_all()?;
            std::fs::rename(&new, &path)?;
            File::open(&self.path)?.sync_all()
        };
        write().map_err(CollectError::file("write", &path))
    }
}

/// Opens a file that only the collector's own account may read.
pub(crate) fn private(path: &Path) -> std::io::Result<File> {
    OpenOptions::new().read(true).write(true).create(true).truncate(false).mode(0o600).open(path)
}

fn parse_key(text: &str) -> Option<[u8; 32]> {
    let mut key = [0; 32];
    if text.len() != 64 || !text.is_ascii() {
        return None;
    }
    for (byte, at) in key.iter_mut().zip((0..64).step_by(2)) {
        *byte = u8::from_str_radix(&text[at..at + 2], 16).ok()?;
    }
    Some(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The key must be the same at the next start, or everything re-read is sent as new; and a
    /// damaged one must stop the collector, not be replaced.
    #[test]
    fn key_is_made_once() {
        let folder = tempfile::tempdir().unwrap();
        let first = StateDir::open(folder.path()).unwrap().key().unwrap();
        assert_eq!(StateDir::open(folder.path()).unwrap().key().unwrap(), first);
        assert_ne!(first, [0; 32]);
        std::fs::write(folder.path().join("key"), "xyz").unwrap();
        let damaged = StateDir::open(folder.path()).unwrap().key();
        assert!(matches!(damaged, Err(CollectError::BadKey { .. })));
    }

    /// Two collectors on one state would each move the other's positions.
    #[test]
    fn one_collector_a_folder() {
        let folder = tempfile::tempdir().unwrap();
        let held = StateDir::open(folder.path()).unwrap();
        assert!(matches!(StateDir::open(folder.path()), Err(CollectError::Locked { .. })));
        drop(held);
        StateDir::open(folder.path()).unwrap();
    }

    /// What was saved comes back; what is damaged is named.
    #[test]
    fn states_survive() {
        let folder = tempfile::tempdir().unwrap();
        let states = StateDir::open(folder.path()).unwrap();
        assert!(states.load("a").unwrap().positions.is_empty());
        let mut state = SourceState { joins: serde_json::json!({"x": 1}), ..Default::default() };
        let file = Fingerprint::of(b"x");
        let position = Position { inode: 1, file, offset: 5, skipping: true };
        state.positions.insert("/var/log/auth.log".into(), position);
        states.save("a", &state).unwrap();
        let loaded = states.load("a").unwrap();
        assert_eq!((loaded.positions, loaded.joins), (state.positions, state.joins));
        std::fs::write(folder.path().join("a.state.json"), "{").unwrap();
        assert!(matches!(states.load("a"), Err(CollectError::BadState { .. })));
    }
}
