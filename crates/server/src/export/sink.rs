//! `Sink`: the file of one job, whatever its form.

use std::path::Path;

use annals_api::wire::column::{Column, Words};
use annals_api::wire::export::{ExportFormat, ExportRequest};
use annals_views::Found;

use super::error::ExportError;
use super::lines::{Cells, LineFile};
use super::parquet::ParquetFile;
use crate::control::Progress;
use crate::masks::Masks;

/// A file that takes events.
pub(super) enum Sink {
    Lines(Box<LineFile>),
    Parquet(Box<ParquetFile>),
}

impl Sink {
    /// Opens the file where `progress` says that it is good. Where less is there than that, the
    /// job begins anew and `progress` says so.
    pub(super) fn open(
        path: &Path,
        request: &ExportRequest,
        columns: Vec<Column>,
        words: Words,
        progress: &mut Progress,
    ) -> Result<Self, ExportError> {
        let cells = || Cells { columns: columns.clone(), words: words.clone(), lang: request.lang };
        Ok(match request.format {
            ExportFormat::Ndjson => Self::Lines(Box::new(LineFile::open(path, None, progress)?)),
            ExportFormat::Csv => {
                Self::Lines(Box::new(LineFile::open(path, Some(cells()), progress)?))
            }
            ExportFormat::Parquet => {
                Self::Parquet(Box::new(ParquetFile::open(path, columns, words, progress)?))
            }
        })
    }

    /// Adds one event.
    pub(super) fn push(&mut self, found: &Found, masks: Masks) -> Result<(), ExportError> {
        match self {
            Self::Lines(file) => file.push(found, masks),
            Self::Parquet(file) => file.push(found, masks),
        }
    }

    /// True if a job can go on from here: all that was pushed would be good after a `sync`.
    pub(super) fn is_whole(&self) -> bool {
        match self {
            Self::Lines(_) => true,
            Self::Parquet(file) => file.is_whole(),
        }
    }

    /// Puts what was pushed on the disk; how many bytes that makes in all.
    pub(super) fn sync(&mut self) -> Result<u64, ExportError> {
        match self {
            Self::Lines(file) => file.sync(),
            Self::Parquet(file) => file.sync(),
        }
    }

    /// Completes the file; its length and its SHA-256 in hex.
    pub(super) fn finish(self) -> Result<(u64, String), ExportError> {
        match self {
            Self::Lines(file) => file.finish(),
            Self::Parquet(file) => file.finish(),
        }
    }
}
