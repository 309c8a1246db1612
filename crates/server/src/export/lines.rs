//! Files of lines: NDJSON and CSV. What is on disk up to a known length is good; a job that goes
//! on cuts the rest off and reads the good part once, for the digest.

use std::fs::{File, OpenOptions};
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use annals_api::wire::column::{Column, Words};
use annals_api::wire::csv;
use annals_api::wire::export::Lang;
use annals_views::Found;
use sha2::{Digest as _, Sha256};

use super::error::ExportError;
use super::hex::hex;
use crate::control::Progress;
use crate::found;
use crate::masks::Masks;

/// Bytes gathered before they are written.
const BUFFER_BYTES: usize = 1 << 20;

/// How events become lines of CSV.
pub(super) struct Cells {
    pub(super) columns: Vec<Column>,
    pub(super) words: Words,
    pub(super) lang: Option<Lang>,
}

/// A file of lines.
pub(super) struct LineFile {
    path: PathBuf,
    file: File,
    /// None: NDJSON.
    cells: Option<Cells>,
    /// Lines that are not in the file yet.
    buffer: Vec<u8>,
    /// The event at hand as JSON.
    event: Vec<u8>,
    bytes: u64,
    digest: Sha256,
}

impl LineFile {
    pub(super) fn open(
        path: &Path,
        cells: Option<Cells>,
        progress: &mut Progress,
    ) -> Result<Self, ExportError> {
        use std::os::unix::fs::OpenOptionsExt as _;
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false).mode(0o600);
        let file = options.open(path).map_err(ExportError::file(path))?;
        let len = file.metadata().map_err(ExportError::file(path))?.len();
        if len < progress.bytes {
            *progress = Progress::default();
        }
        let mut lines = Self {
            path: path.to_owned(),
            file,
            cells,
            buffer: Vec::with_capacity(BUFFER_BYTES),
            event: Vec::new(),
            bytes: progress.bytes,
            digest: Sha256::new(),
        };
        lines.go_to(progress.bytes).map_err(ExportError::file(path))?;
        if let (0, Some(cells)) = (progress.bytes, &lines.cells) {
            lines.buffer.extend_from_slice(csv::BYTE_ORDER_MARK);
            csv::write_heading(&cells.columns, cells.lang, &mut lines.buffer);
        }
        Ok(lines)
    }

    /// Cuts the file and reads what is left of it.
    fn go_to(&mut self, bytes: u64) -> std::io::Result<()> {
        self.file.set_len(bytes)?;
        self.file.seek(SeekFrom::Start(0))?;
        let mut piece = vec![0; BUFFER_BYTES];
        loop {
            let read = self.file.read(&mut piece)?;
            if read == 0 {
                return Ok(());
            }
            self.digest.update(&piece[..read]);
        }
    }

    pub(super) fn push(&mut self, found: &Found, masks: Masks) -> Result<(), ExportError> {
        match &self.cells {
            None => {
                found::print(found, masks, &mut self.buffer);
                self.buffer.push(b'\n');
            }
            Some(Cells { columns, words, .. }) => {
                self.event.clear();
                found::print(found, masks, &mut self.event);
                let event = serde_json::from_slice(&self.event).unwrap_or_default();
                csv::write_event(columns, &event, words, &mut self.buffer);
            }
        }
        if self.buffer.len() >= BUFFER_BYTES { self.write() } else { Ok(()) }
    }

    fn write(&mut self) -> Result<(), ExportError> {
        self.file.write_all(&self.buffer).map_err(ExportError::file(&self.path))?;
        self.digest.update(&self.buffer);
        self.bytes += self.buffer.len() as u64;
        self.buffer.clear();
        Ok(())
    }

    pub(super) fn sync(&mut self) -> Result<u64, ExportError> {
        self.write()?;
        self.file.sync_data().map_err(ExportError::file(&self.path))?;
        Ok(self.bytes)
    }

    pub(super) fn finish(mut self) -> Result<(u64, String), ExportError> {
        let bytes = self.sync()?;
        Ok((bytes, hex(&self.digest.finalize())))
    }
}
