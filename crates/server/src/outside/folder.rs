//! A folder, best on another machine's disk: one file for each checkpoint.
//!
//! `FOLDER/<SHA-256 of the origin>/<time>-<size>-<root>.checkpoint`, so that several logs may
//! share a folder and two histories never share a name. The newest thousand files stay; of those
//! before them the last of each day (UTC) stays for ever. No other file is touched, and the
//! folder itself must be there: a disk that is not mounted must not look like one that is.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use annals_ledger::disk::{Disk, Mode, Real};
use annals_ledger::{Clock, SystemClock};
use annals_proof::{Checkpoint, ProofError, SignedNote, origin_hash};

use crate::keep;

/// Files that stay whatever their day.
const NEWEST_FILES: usize = 1_000;
const EXTENSION: &str = ".checkpoint";
/// Length of the day at the beginning of a name.
const DAY_CHARS: usize = "20270115".len();
const SECONDS_CHARS: usize = "2027-01-15T08:00:00".len();
const ROOT_DIGITS: usize = 8;

/// Why a note could not be put there.
#[derive(Debug, thiserror::Error)]
pub(super) enum FolderError {
    #[error("cannot write below {}; is it mounted, and may this user write there?", path.display())]
    Write {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("the checkpoint cannot be read")]
    Note(#[from] ProofError),
    #[error("cannot start a thread for it")]
    Thread(#[source] io::Error),
    #[error("the folder's thread ended without an answer")]
    Gone,
}

/// A folder.
#[derive(Clone)]
pub(super) struct Folder {
    disk: Arc<dyn Disk>,
    path: PathBuf,
}

impl Folder {
    pub(super) fn new(path: &Path) -> Self {
        Self { disk: Arc::new(Real), path: path.to_owned() }
    }

    /// Writes the note, on a thread of its own: a dead network mount may hold that one for ever,
    /// and must hold nothing else, the end of the process included.
    pub(super) async fn put(&self, note: &str) -> Result<(), FolderError> {
        let (answer, answered) = tokio::sync::oneshot::channel();
        let (folder, note) = (self.clone(), note.to_owned());
        let work = move || {
            let now = SystemClock.now().to_string();
            // Nobody listens once the time for it is over.
            let _ = answer.send(folder.write(&note, &now));
        };
        let thread = std::thread::Builder::new().name("publish-folder".to_owned());
        thread.spawn(work).map_err(FolderError::Thread)?;
        answered.await.unwrap_or(Err(FolderError::Gone))
    }

    /// Writes the note under the time `now` (RFC 3339, UTC) and lets go of what is too old.
    fn write(&self, note: &str, now: &str) -> Result<(), FolderError> {
        let checkpoint = Checkpoint::parse(SignedNote::parse(note)?.text())?;
        let failed = |source| FolderError::Write { path: self.path.clone(), source };
        let own = self.path.join(origin_hash(&checkpoint.origin));
        self.disk.names(&self.path).map_err(failed)?;
        self.disk.create_folder(&own).map_err(failed)?;
        let name = file_name(&checkpoint, now);
        let path = own.join(name);
        keep::replace(&*self.disk, &path, note.as_bytes(), Mode::Create).map_err(failed)?;
        for old in superfluous(self.disk.names(&own).map_err(failed)?) {
            self.disk.remove(&own.join(old)).map_err(failed)?;
        }
        Ok(())
    }
}

/// `20270115T080000Z-00000000000000005000-1a2b3c4d.checkpoint`: in order of time, then size.
fn file_name(checkpoint: &Checkpoint, now: &str) -> String {
    let seconds = now.get(..SECONDS_CHARS).unwrap_or(now);
    let time: String = seconds.chars().filter(|char| !matches!(char, '-' | ':')).collect();
    let root = checkpoint.root.0.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    format!("{time}Z-{:020}-{}{EXTENSION}", checkpoint.size.0, &root[..ROOT_DIGITS])
}

/// The names that nothing speaks for any more.
fn superfluous(names: Vec<String>) -> Vec<String> {
    let mut ours: Vec<String> = names.into_iter().filter(|name| is_ours(name)).collect();
    ours.sort_unstable();
    ours.truncate(ours.len().saturating_sub(NEWEST_FILES));
    let days = ours.chunk_by(|one, next| one[..DAY_CHARS] == next[..DAY_CHARS]);
    days.flat_map(|day| &day[..day.len() - 1]).cloned().collect()
}

/// Whether a name has the form of those that are made here.
fn is_ours(name: &str) -> bool {
    let form = "00000000T000000Z-00000000000000000000-ffffffff.checkpoint";
    name.len() == form.len()
        && name.bytes().zip(form.bytes()).all(|(found, expected)| match expected {
            b'0' => found.is_ascii_digit(),
            b'f' => found.is_ascii_hexdigit(),
            other => found == other,
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(day: u32, size: u64) -> String {
        let root = annals_proof::hash_leaf(&size.to_be_bytes());
        let checkpoint =
            Checkpoint { origin: "log.example/x".into(), size: annals_proof::TreeSize(size), root };
        file_name(&checkpoint, &format!("2027-01-{day:02}T08:00:00.000000000Z"))
    }

    // Protects: the newest files and one of each older day stay, and no stranger's file is taken.
    #[test]
    fn thinning_keeps_the_last_of_each_day() {
        let old: Vec<String> = (1..=3)
            .flat_map(|day| (0..4).map(move |n| name(day, u64::from(day * 10 + n))))
            .collect();
        let new: Vec<String> = (0..NEWEST_FILES as u64).map(|n| name(4, 1_000 + n)).collect();
        let mut all = [old.as_slice(), &new].concat();
        all.push("notes.checkpoint".to_owned());
        all.push("20270101-really-not-one-of-ours-but-long.checkpoint".to_owned());
        let gone = superfluous(all.clone());
        let expected: Vec<String> = old.chunks(4).flat_map(|day| &day[..3]).cloned().collect();
        assert_eq!(gone, expected);
        all.retain(|name| !gone.contains(name));
        assert_eq!(superfluous(all), Vec::<String>::new());
    }

    #[test]
    fn names_sort_by_time() {
        let found = name(15, 5_000);
        assert!(found.starts_with("20270115T080000Z-00000000000000005000-"), "{found}");
        assert!(is_ours(&found) && !is_ours(&format!("{found}.tmp")));
    }
}
