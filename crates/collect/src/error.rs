//! Everything that stops a collector. A server that is away is no error: the collector waits.

use std::path::{Path, PathBuf};

use annals_map::MapError;

/// Why a collector can't start or go on.
#[derive(Debug, thiserror::Error)]
pub enum CollectError {
    /// The configuration is no TOML, or a value has the wrong type.
    #[error("{path} is not understood")]
    Syntax {
        /// The configuration file.
        path: PathBuf,
        /// Where and why.
        #[source]
        source: Box<toml::de::Error>,
    },
    /// A key that no configuration has.
    #[error("unknown key `{key}` in {place}{hint}")]
    UnknownKey {
        /// The key.
        key: String,
        /// The table it stands in.
        place: String,
        /// The nearest known key, as `; did you mean …?`.
        hint: String,
    },
    /// Values that don't fit together.
    #[error("{0}")]
    Unfit(String),
    /// A source can't be set up.
    #[error("source `{name}` can't be set up")]
    Source {
        /// Name of the source.
        name: String,
        /// Why.
        #[source]
        source: MapError,
    },
    /// `annals collect test` was asked for a kind there is not.
    #[error(transparent)]
    Kind(MapError),
    /// The client can't be set up.
    #[error("the server can't be addressed")]
    Client(#[source] annals_api::client::ClientError),
    /// Another collector works on the same state.
    #[error("{path} is in use by another collector; give each its own `state_dir`")]
    Locked {
        /// The state folder.
        path: PathBuf,
    },
    /// A saved state can't be understood.
    #[error("{path} is damaged; restore it, or remove it to read the logs from their beginning")]
    BadState {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: serde_json::Error,
    },
    /// The key of the ids can't be understood.
    #[error("{path} is no key of 64 hexadecimal digits; restore it")]
    BadKey {
        /// The file.
        path: PathBuf,
    },
    /// The operating system gives no random bytes.
    #[error("the operating system gives no random bytes")]
    Random(#[source] getrandom::Error),
    /// A file can't be read or written.
    #[error("can't {doing} {path}")]
    File {
        /// What was tried.
        doing: &'static str,
        /// The file.
        path: PathBuf,
        /// Why not.
        #[source]
        source: std::io::Error,
    },
    /// A file is no table, or not to its end.
    #[error("{path}: {message}")]
    Table {
        /// The file.
        path: PathBuf,
        /// What is wrong, and what to do.
        message: String,
    },
    /// A workbook can't be understood.
    #[error("{path} is no workbook that can be read; open and save it anew as .xlsx, or as CSV")]
    Workbook {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: Box<calamine::XlsxError>,
    },
    /// No connections can be made.
    #[error("the operating system gives no means to connect")]
    Runtime(#[source] std::io::Error),
    /// What was asked for can't be written out.
    #[error("the output can't be written")]
    Output(#[source] std::io::Error),
    /// The input of a test can't be read.
    #[error("the input can't be read")]
    Input(#[source] std::io::Error),
    /// A record or state can't be written as JSON.
    #[error("a record can't be written as JSON")]
    Json(#[source] serde_json::Error),
}

impl CollectError {
    /// True if the configuration or the command is wrong, not the world.
    pub fn is_configuration(&self) -> bool {
        matches!(
            self,
            Self::Syntax { .. }
                | Self::UnknownKey { .. }
                | Self::Unfit(_)
                | Self::Source { .. }
                | Self::Kind(_)
                | Self::Client(_)
        )
    }

    /// For `map_err` on a file operation.
    pub(crate) fn file(
        doing: &'static str,
        path: &Path,
    ) -> impl FnOnce(std::io::Error) -> Self + use<> {
        let path = path.to_owned();
        move |source| Self::File { doing, path, source }
    }
}
