//! Rotation: which file is read next, and where the rest of one that was renamed or copied away is.
//!
//! Candidates stand beside the followed path and begin with its name (`auth.log.1`,
//! `auth.log-20261122`); compressed ones can't be read. A renamed file is left only when its
//! successor has been written to: until then the writer may still hold the old one open.

use std::fs::Metadata;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use super::{Follower, Look, OpenLog};
use crate::position::Position;

/// Shorter numbers at the end of a name count rotations, longer ones are dates.
const DATE_DIGITS_MIN: usize = 6;
const COMPRESSED: [&str; 6] = ["gz", "xz", "bz2", "zst", "lz4", "Z"];

impl Follower {
    /// Opens the file that was being read when the position was saved, or the path from its
    /// beginning. False if there is nothing to open yet.
    pub(super) fn take_up(&mut self) -> std::io::Result<bool> {
        if let Some(saved) = self.saved {
            self.open = self.find(&saved)?;
            if self.open.is_some() {
                self.saved = None;
                return Ok(true);
            }
        }
        self.open = OpenLog::open(&self.path)?;
        if self.open.is_some() && self.saved.take().is_some() {
            self.lose("the log read last is gone; its rest, if any, was not read");
        }
        Ok(self.open.is_some())
    }

    /// Looks whether the open file was truncated (then its copy is taken up, or it is begun again)
    /// or replaced.
    pub(super) fn look_for_rotation(&mut self) -> std::io::Result<Look> {
        let Some(open) = &mut self.open else { return Ok(Look::Changed) };
        let size = open.file.metadata()?.len();
        let changed = match open.fingerprint {
            Some(known) => size < open.offset || open.fingerprint_now()? != Some(known),
            None => false,
        };
        if changed {
            let position = self.position();
            self.open = None;
            if let Some(position) = position {
                self.open = self.find(&position)?;
                if self.open.is_none() {
                    self.lose("the log was truncated; what was written before is not found");
                }
            }
            return Ok(Look::Changed);
        }
        let newest = match std::fs::metadata(&self.path) {
            Ok(newest) => newest,
            // Renamed, and the next one not made yet.
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Ok(Look::Growing);
            }
            Err(error) => return Err(error),
        };
        self.replaced = newest.ino() != open.inode;
        let left = self.replaced && newest.len() > 0;
        Ok(if left { Look::Final { size } } else { Look::Growing })
    }

    /// Goes on from a file that was read to its end to the next newer one.
    pub(super) fn next_file(&mut self) -> std::io::Result<()> {
        let Some(done) = self.open.take() else { return Ok(()) };
        let siblings = self.siblings()?;
        let named = siblings.iter().find(|(_, meta)| meta.ino() == done.inode);
        let name = named.map_or(&done.path, |(path, _)| path);
        let done_age = self.age(name, &done.file.metadata()?);
        let next = siblings
            .iter()
            .filter(|(_, meta)| meta.ino() != done.inode)
            .map(|(path, meta)| (self.age(path, meta), path))
            .filter(|(age, _)| *age > done_age)
            .min();
        self.open = match next {
            Some((_, path)) => OpenLog::open(path)?,
            None => None,
        };
        Ok(())
    }

    /// Orders a log and its rotated files, oldest first: the followed path is the newest; else by
    /// time, and where clocks are coarse by name (`.2` is older than `.1`).
    fn age(&self, path: &Path, meta: &Metadata) -> (bool, i64, i64, i64) {
        let digits = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
        let digits = digits.rsplit(['-', '_']).next().unwrap_or_default();
        let generation = match digits.parse::<i64>() {
            Ok(number) if digits.len() < DATE_DIGITS_MIN => -number,
            Ok(date) => date,
            Err(_) => 0,
        };
        (path == self.path, meta.mtime(), meta.mtime_nsec(), generation)
    }

    /// The file a position is of, opened there.
    fn find(&self, position: &Position) -> std::io::Result<Option<OpenLog>> {
        let mut candidates = self.siblings()?;
        candidates.sort_by_key(|(_, meta)| meta.ino() != position.inode);
        for (path, meta) in candidates {
            if meta.len() < position.offset {
                continue;
            }
            let Some(mut open) = OpenLog::open(&path)? else { continue };
            if open.fingerprint_now()? == Some(position.file) {
                open.fingerprint = Some(position.file);
                open.offset = position.offset;
                open.skipping = position.skipping;
                return Ok(Some(open));
            }
        }
        Ok(None)
    }

    /// The followed path and the rotated files beside it.
    fn siblings(&self) -> std::io::Result<Vec<(PathBuf, Metadata)>> {
        let Some(name) = self.path.file_name().and_then(|name| name.to_str()) else {
            return Ok(Vec::new());
        };
        let folder = match self.path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        };
        let entries = match std::fs::read_dir(folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(error),
        };
        let mut found = Vec::new();
        for entry in entries {
            let entry = entry?;
            let other = entry.file_name();
            let Some(rest) = other.to_str().and_then(|other| other.strip_prefix(name)) else {
                continue;
            };
            let ending = rest.rsplit('.').next().unwrap_or_default();
            let rotated = rest.is_empty() || rest.starts_with(['.', '-', '_']);
            if !rotated || COMPRESSED.contains(&ending) {
                continue;
            }
            // One removed meanwhile is none of ours.
            let Ok(meta) = entry.path().metadata() else { continue };
            if meta.is_file() {
                let path = if rest.is_empty() { self.path.clone() } else { entry.path() };
                found.push((path, meta));
            }
        }
        Ok(found)
    }

    fn lose(&mut self, what: &str) {
        self.events.lost_files += 1;
        tracing::warn!(path = %self.path.display(), "{what}");
    }
}
