//! Follows one log file by inode and offset, through rotation by renaming and by copying.
//!
//! What always holds: every complete line is given once, in order, with the place where it stands;
//! a last line without its line feed waits. A file is known by its first line as well as its inode,
//! because inodes are used again and copies have new ones.
//!
//! It polls and never blocks, so that it works on network file systems; it saves nothing.

mod rotation;

use std::fs::File;
use std::io::ErrorKind;
use std::os::unix::fs::{FileExt, MetadataExt};
use std::path::{Path, PathBuf};

use annals_map::{Fingerprint, Place, RawLine};
use jiff::Timestamp;

use crate::position::Position;
use crate::status::FileStatus;

/// Longest line given whole, bytes; of a longer one only so much of its start.
pub(crate) const LINE_BYTES_MAX: usize = 64 * 1024;
/// Bytes read first to see the first line of a file.
const FIRST_LINE_BYTES: usize = 1024;
/// Bytes read at once.
pub(crate) const CHUNK_BYTES: usize = 256 * 1024;

/// A followed path.
pub(crate) struct Follower {
    path: PathBuf,
    chunk: Vec<u8>,
    open: Option<OpenLog>,
    /// A saved position that is not taken up yet.
    saved: Option<Position>,
    /// The path holds a newer file than the one being read.
    replaced: bool,
    error: Option<String>,
    /// Since the last [`Follower::take_events`].
    events: Events,
}

/// What a look at a file brought besides lines.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Events {
    pub(crate) cut: u64,
    pub(crate) lost_files: u64,
}

struct OpenLog {
    file: File,
    path: PathBuf,
    inode: u64,
    /// Known once the first line is complete.
    fingerprint: Option<Fingerprint>,
    offset: u64,
    skipping: bool,
}

/// What became of the open file since the last read.
enum Look {
    /// It may grow.
    Growing,
    /// Its writer has gone on to another file.
    Final { size: u64 },
    /// It holds something else now; another one was taken up, or will be.
    Changed,
}

/// How far a read came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Progress {
    /// Lines were given, or another file was taken up: there may be more.
    More,
    /// All that is there was given.
    AtEnd,
}

impl Follower {
    /// Follows `path` from a saved position, or from its beginning. `chunk_bytes` is at least
    /// [`LINE_BYTES_MAX`] outside of tests.
    pub(crate) fn new(path: &Path, saved: Option<Position>, chunk_bytes: usize) -> Self {
        Self {
            path: path.to_owned(),
            chunk: vec![0; chunk_bytes],
            open: None,
            saved,
            replaced: false,
            error: None,
            events: Events::default(),
        }
    }

    /// The configured path.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Where reading goes on; `None` before the first complete line.
    pub(crate) fn position(&self) -> Option<Position> {
        let Some(open) = &self.open else { return self.saved };
        let file = open.fingerprint?;
        let OpenLog { inode, offset, skipping, .. } = *open;
        Some(Position { inode, file, offset, skipping })
    }

    /// The beginning of the file being read; `None` before the first complete line.
    pub(crate) fn beginning(&self) -> Option<Position> {
        Some(Position { offset: 0, skipping: false, ..self.position()? })
    }

    /// When the file being read was last written.
    pub(crate) fn written(&self) -> Option<Timestamp> {
        let meta = self.open.as_ref()?.file.metadata().ok()?;
        Timestamp::new(meta.mtime(), i32::try_from(meta.mtime_nsec()).ok()?).ok()
    }

    pub(crate) fn take_events(&mut self) -> Events {
        std::mem::take(&mut self.events)
    }

    pub(crate) fn status(&self) -> FileStatus {
        let offset = self.open.as_ref().map_or(0, |open| open.offset);
        let size = self.open.as_ref().and_then(|open| open.file.metadata().ok());
        FileStatus {
            path: self.path.clone(),
            state: match (&self.open, self.replaced) {
                (None, _) => "waiting",
                (Some(_), true) => "rotated",
                (Some(_), false) => "following",
            },
            offset,
            lag_bytes: size.map_or(0, |meta| meta.len().saturating_sub(offset)),
            error: self.error.clone(),
        }
    }

    /// Reads one chunk and gives its complete lines. A file that can't be read is no error: it is
    /// tried again and shown in the status.
    pub(crate) fn read(&mut self, each: &mut dyn FnMut(&RawLine<'_>)) -> Progress {
        match self.try_read(each) {
            Ok(progress) => {
                self.error = None;
                progress
            }
            Err(error) => {
                let text = error.to_string();
                if self.error.as_ref() != Some(&text) {
                    tracing::warn!(path = %self.path.display(), error = text, "can't read a log");
                }
                self.error = Some(text);
                Progress::AtEnd
            }
        }
    }

    fn try_read(&mut self, each: &mut dyn FnMut(&RawLine<'_>)) -> std::io::Result<Progress> {
        if self.open.is_none() && !self.take_up()? {
            return Ok(Progress::AtEnd);
        }
        // Looked at before the read: what a writer appends in between is found by the next read.
        let final_size = match self.look_for_rotation()? {
            Look::Changed => return Ok(Progress::More),
            Look::Growing => None,
            Look::Final { size } => Some(size),
        };
        let Some(open) = &mut self.open else { return Ok(Progress::AtEnd) };
        if open.give(&mut self.chunk, final_size, &mut self.events, each)? {
            return Ok(Progress::More);
        }
        if final_size.is_some() {
            self.next_file()?;
            return Ok(Progress::More);
        }
        Ok(Progress::AtEnd)
    }
}

impl OpenLog {
    /// Opens a log at its beginning; `None` if there is none.
    fn open(path: &Path) -> std::io::Result<Option<Self>> {
        // Asked first: to open a pipe would block.
        match std::fs::metadata(path) {
            Ok(meta) if meta.is_file() => {}
            Ok(_) => return Err(std::io::Error::other("not a regular file")),
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        }
        let file = File::open(path)?;
        let inode = file.metadata()?.ino();
        let path = path.to_owned();
        Ok(Some(Self { file, path, inode, fingerprint: None, offset: 0, skipping: false }))
    }

    /// The fingerprint of the file as it is now; `None` while its first line is not complete.
    fn fingerprint_now(&self) -> std::io::Result<Option<Fingerprint>> {
        // Nearly always the first few bytes are enough; this is asked before every read.
        for length in [FIRST_LINE_BYTES, LINE_BYTES_MAX] {
            let mut start = vec![0; length];
            let read = read_at(&self.file, &mut start, 0)?;
            if let Some(end) = start[..read].iter().position(|byte| *byte == b'\n') {
                return Ok(Some(Fingerprint::of(&start[..end])));
            }
            if read == LINE_BYTES_MAX {
                return Ok(Some(Fingerprint::of(&start)));
            }
        }
        Ok(None)
    }

    /// Gives the complete lines of the next chunk; false if there was none. `final_size` is the
    /// size of a file that nobody writes to any more: its last line needs no line feed.
    fn give(
        &mut self,
        chunk: &mut [u8],
        final_size: Option<u64>,
        events: &mut Events,
        each: &mut dyn FnMut(&RawLine<'_>),
    ) -> std::io::Result<bool> {
        let file = match self.fingerprint {
            Some(file) => file,
            None => match self.fingerprint_now()? {
                Some(file) => *self.fingerprint.insert(file),
                None => match final_size {
                    Some(size) if size > 0 => {
                        let mut whole = vec![0; LINE_BYTES_MAX];
                        let read = read_at(&self.file, &mut whole, 0)?;
                        *self.fingerprint.insert(Fingerprint::of(&whole[..read]))
                    }
                    _ => return Ok(false),
                },
            },
        };
        let read = read_at(&self.file, chunk, self.offset)?;
        let mut rest = &chunk[..read];
        let before = self.offset;
        while let Some(end) = rest.iter().position(|byte| *byte == b'\n') {
            let line = &rest[..end];
            rest = &rest[end + 1..];
            self.line(file, line, events, each);
            self.offset += end as u64 + 1;
            self.skipping = false;
        }
        if read == chunk.len() && self.offset == before {
            // No line feed in a whole chunk.
            if !self.skipping {
                self.line(file, rest, events, each);
            }
            self.offset += read as u64;
            self.skipping = true;
        } else if !rest.is_empty() && final_size == Some(self.offset + rest.len() as u64) {
            self.line(file, rest, events, each);
            self.offset += rest.len() as u64;
        }
        Ok(self.offset > before)
    }

    fn line(
        &self,
        file: Fingerprint,
        bytes: &[u8],
        events: &mut Events,
        each: &mut dyn FnMut(&RawLine<'_>),
    ) {
        if self.skipping {
            return;
        }
        let mut bytes = bytes.strip_suffix(b"\r").unwrap_or(bytes);
        if bytes.len() > LINE_BYTES_MAX {
            bytes = &bytes[..LINE_BYTES_MAX];
            events.cut += 1;
        }
        each(&RawLine { place: Place { file, offset: self.offset }, bytes });
    }
}

/// Fills as much of `buffer` as the file has.
fn read_at(file: &File, buffer: &mut [u8], offset: u64) -> std::io::Result<usize> {
    let mut read = 0;
    while read < buffer.len() {
        match file.read_at(&mut buffer[read..], offset + read as u64) {
            Ok(0) => break,
            Ok(count) => read += count,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(read)
}

#[cfg(test)]
mod tests;
