//! Why an export job ended early.

use std::path::{Path, PathBuf};

use annals_views::QueryError;

use crate::asked::AskError;
use crate::control::ControlError;
use crate::jobs::DrainError;

const DISK_FULL: &str = "the server's disk is full; ask again once there is room";

/// Everything that ends a job before its file is whole.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ExportError {
    /// The server stops; the job goes on with the next start.
    #[error("the server is stopping")]
    Stopping,
    /// The token or the account that asked is no more.
    #[error("whoever asked for the export may not any more")]
    Revoked,
    /// Somebody ended it.
    #[error("the export was ended")]
    Ended,
    /// What was asked can no longer be read, such as a column that was renamed.
    #[error("what was asked for is not understood any more")]
    Asked(#[from] AskError),
    /// The events could not be found or read.
    #[error("the events cannot be read")]
    Query(#[from] QueryError),
    /// The job could not be recorded before it began.
    #[error("the export cannot be recorded")]
    Record(#[from] DrainError),
    /// The control database failed.
    #[error("the state of the export cannot be kept")]
    Control(#[from] ControlError),
    /// The file could not be written.
    #[error("cannot write {}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// The Parquet file could not be made.
    #[error("cannot make the Parquet file {}", path.display())]
    Parquet {
        /// The file.
        path: PathBuf,
        /// What the library said.
        #[source]
        source: parquet::errors::ParquetError,
    },
    /// What is left of the disk belongs to new events.
    #[error("{free} bytes are free on the disk, and {needed} are to stay (exports.free_bytes_min)")]
    NoRoom {
        /// What must stay free, in bytes.
        needed: u64,
        /// What is free.
        free: u64,
    },
    /// The file would be larger than the configuration allows.
    #[error(
        "the file is larger than {limit} bytes (exports.bytes_max); ask for a part of the events"
    )]
    TooLarge {
        /// The limit.
        limit: u64,
    },
}

impl ExportError {
    /// Says that a file could not be used.
    pub(super) fn file(path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::File { path, source }
    }

    /// Says that a Parquet file could not be made.
    pub(super) fn parquet(path: &Path) -> impl FnOnce(parquet::errors::ParquetError) -> Self {
        let path = path.to_owned();
        move |source| Self::Parquet { path, source }
    }

    /// What the asker is told: what they can act on, and nothing about our disk.
    pub(super) fn told(&self) -> String {
        match self {
            Self::TooLarge { .. } | Self::Revoked => self.to_string(),
            Self::Asked(source) => format!("{self}: {source}"),
            Self::NoRoom { .. } => DISK_FULL.to_owned(),
            Self::File { source, .. } if source.kind() == std::io::ErrorKind::StorageFull => {
                DISK_FULL.to_owned()
            }
            _ => "the server failed; its log says more under the export's id".to_owned(),
        }
    }
}
