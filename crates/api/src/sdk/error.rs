//! Why an act could not be recorded: the caller of a strict or spooled one must not act then.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use crate::client::ClientError;

/// Why an act could not be recorded. Cheap to clone: one failure answers many who wait.
#[derive(Clone, Debug, thiserror::Error)]
pub enum SdkError {
    /// The server did not keep the intent; for a strict operation nothing else counts.
    #[error("the server did not record the intent; do not act")]
    Server(#[source] Arc<ClientError>),
    /// The spool has no room left.
    #[error("the spool is full ({bytes_max} bytes); is the server reachable?")]
    Full {
        /// Its limit.
        bytes_max: u64,
    },
    /// The event is larger than the server takes.
    #[error("the event has {bytes} bytes; at most {bytes_max} are taken")]
    TooLarge {
        /// Its size.
        bytes: usize,
        /// The limit.
        bytes_max: usize,
    },
    /// Another process uses the folder.
    #[error("{folder}: another process uses this spool; give each process its own folder")]
    InUse {
        /// The spool.
        folder: PathBuf,
    },
    /// A file of the spool is not what was written.
    #[error("{file}: damaged at byte {offset}; move the folder away and keep it")]
    Damaged {
        /// The file.
        file: PathBuf,
        /// Where.
        offset: u64,
    },
    /// The file system refused.
    #[error("{file}: cannot {what}")]
    Disk {
        /// The file or folder.
        file: PathBuf,
        /// What was tried.
        what: &'static str,
        /// Why not.
        #[source]
        source: Arc<io::Error>,
    },
    /// The spool has stopped after an earlier failure, or the recorder is closed.
    #[error("the spool has stopped; see what was reported before")]
    Stopped,
    /// The event cannot be written as JSON.
    #[error("the event is not JSON")]
    Json(#[source] Arc<serde_json::Error>),
}

impl SdkError {
    pub(super) fn disk(file: impl Into<PathBuf>, what: &'static str, source: io::Error) -> Self {
        Self::Disk { file: file.into(), what, source: Arc::new(source) }
    }
}
