//! Lines of our programs that could not be mapped, kept for people in `NAME.unmapped`: secrets
//! masked, one JSON object a line, two files of bounded size.

use std::fs::OpenOptions;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::PathBuf;

use annals_map::Evidence;

use crate::error::CollectError;

/// Size at which the file becomes `NAME.unmapped.1`, in place of the one before.
const FILE_BYTES_MAX: u64 = 1024 * 1024;

/// The file of one source.
pub(crate) struct Unmapped {
    path: PathBuf,
    waiting: Vec<u8>,
}

impl Unmapped {
    pub(crate) fn new(path: PathBuf) -> Self {
        Self { path, waiting: Vec::new() }
    }

    /// Keeps a line; it is written with the next [`Unmapped::write`].
    pub(crate) fn keep(&mut self, line: &Evidence, reason: &str) {
        // A flood within one batch is counted, and only its start kept.
        if self.waiting.len() as u64 >= FILE_BYTES_MAX {
            return;
        }
        let kept = serde_json::json!({
            "reason": reason,
            "file": line.place.file,
            "offset": line.place.offset,
            "line": annals_record::mask_text(&line.text),
        });
        self.waiting.extend_from_slice(kept.to_string().as_bytes());
        self.waiting.push(b'\n');
    }

    /// Appends what waits. Not synced: the lines are in the log itself, too.
    pub(crate) fn write(&mut self) -> Result<(), CollectError> {
        if self.waiting.is_empty() {
            return Ok(());
        }
        let append = || -> std::io::Result<()> {
            let mut file =
                OpenOptions::new().append(true).create(true).mode(0o600).open(&self.path)?;
            if file.metadata()?.len() >= FILE_BYTES_MAX {
                std::fs::rename(&self.path, self.path.with_added_extension("1"))?;
                file = OpenOptions::new().append(true).create(true).mode(0o600).open(&self.path)?;
            }
            file.write_all(&self.waiting)
        };
        append().map_err(CollectError::file("write", &self.path))?;
        self.waiting.clear();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use annals_map::{Fingerprint, Place, RawLine};

    use super::*;

    /// Kept lines must not fill the disk, nor hold a secret.
    #[test]
    fn bounded_and_masked() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("login.unmapped");
        let mut unmapped = Unmapped::new(path.clone());
        let place = Place { file: Fingerprint::of(b"x"), offset: 3 };
        let line = Evidence::of(&RawLine { place, bytes: b"tool --password alicepw" });
        for _ in 0..100 {
            for _ in 0..200 {
                unmapped.keep(&line, "the message is not known");
            }
            unmapped.write().unwrap();
        }
        let mut names: Vec<_> =
            std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().path()).collect();
        names.sort();
        assert_eq!(names, [path.clone(), path.with_added_extension("1")]);
        for name in names {
            let text = std::fs::read_to_string(&name).unwrap();
            assert!((text.len() as u64) < 2 * FILE_BYTES_MAX);
            assert!(text.contains("--password ***") && !text.contains("alicepw"), "{name:?}");
        }
    }
}
