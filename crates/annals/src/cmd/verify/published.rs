//! Checkpoints that were published: read back from a folder, an address, or a file.
//!
//! Nothing is verified here; what belongs to another log is left out, for places may be shared.
//! A place that holds nothing of this log is an answer, and a bad one.

use std::path::{Path, PathBuf};
use std::time::Duration;

use annals_proof::{Checkpoint, SignedNote, notes_in};

use crate::exit::{Exit, chain};

/// Time for an address to answer.
const ANSWER_SECONDS_MAX: u64 = 60;
const EXTENSION: &str = "checkpoint";

/// A note and where it came from.
pub(super) struct Kept {
    pub(super) source: String,
    pub(super) note: String,
}

impl Kept {
    /// Leaves under it, if it says so.
    pub(super) fn size(&self) -> Option<u64> {
        checkpoint(&self.note).map(|checkpoint| checkpoint.size.0)
    }
}

/// The notes of one place, of the log `origin` alone if that is known.
pub(super) fn read(
    place: &str,
    ca: Option<&Path>,
    origin: Option<&str>,
) -> Result<Vec<Kept>, Exit> {
    let is_url = place.starts_with("http://") || place.starts_with("https://");
    let texts = match is_url {
        true => vec![(place.to_owned(), fetch(place, ca)?)],
        false => files(Path::new(place))?,
    };
    let mut all = Vec::new();
    for (source, text) in texts {
        let notes = notes_in(&text).map_err(|error| {
            Exit::No(format!("{source}: not as it was published: {}", chain(&error)))
        })?;
        all.extend(notes.into_iter().map(|note| Kept { source: source.clone(), note }));
    }
    all.retain(|kept| is_of(kept, origin));
    match (all.is_empty(), origin) {
        (false, _) => Ok(all),
        (true, Some(origin)) => {
            Err(Exit::No(format!("{place}: no checkpoint of {origin} is there")))
        }
        (true, None) => Err(Exit::No(format!("{place}: no checkpoint is there"))),
    }
}

/// What cannot be read as a checkpoint stays: it must be seen.
fn is_of(kept: &Kept, origin: Option<&str>) -> bool {
    match (checkpoint(&kept.note), origin) {
        (Some(checkpoint), Some(origin)) => checkpoint.origin == origin,
        _ => true,
    }
}

fn checkpoint(note: &str) -> Option<Checkpoint> {
    Checkpoint::parse(SignedNote::parse(note).ok()?.text()).ok()
}

fn fetch(url: &str, ca: Option<&Path>) -> Result<String, Exit> {
    let context = format!("cannot read {url}");
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Exit::fault("cannot start the runtime", &error))?;
    let limit = Duration::from_secs(ANSWER_SECONDS_MAX);
    let fetched = runtime
        .block_on(async { tokio::time::timeout(limit, annals_server::fetch(url, ca)).await })
        .map_err(|error| Exit::fault(&context, &error))?;
    fetched.map_err(|error| Exit::fault(&context, &error))
}

/// A file, or the checkpoints in a folder and in the folders in it.
fn files(path: &Path) -> Result<Vec<(String, String)>, Exit> {
    let mut paths = Vec::new();
    if path.is_dir() {
        for entry in entries(path)? {
            match entry.is_dir() {
                true => paths.extend(entries(&entry)?),
                false => paths.push(entry),
            }
        }
        paths.retain(|path| path.extension().is_some_and(|extension| extension == EXTENSION));
        paths.sort();
    } else {
        paths.push(path.to_owned());
    }
    let read = |path: PathBuf| match std::fs::read(&path) {
        // Logs of other programs may hold anything.
        Ok(bytes) => Ok((path.display().to_string(), String::from_utf8_lossy(&bytes).into_owned())),
        Err(error) => Err(Exit::usage(&format!("cannot read {}", path.display()), &error)),
    };
    paths.into_iter().map(read).collect()
}

fn entries(folder: &Path) -> Result<Vec<PathBuf>, Exit> {
    let fault =
        |error: std::io::Error| Exit::usage(&format!("cannot read {}", folder.display()), &error);
    let entries = std::fs::read_dir(folder).map_err(fault)?;
    entries.map(|entry| entry.map(|entry| entry.path()).map_err(fault)).collect()
}
