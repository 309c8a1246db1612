//! Why the server could not be started, or stopped by itself.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use annals_ledger::LedgerError;

use crate::config::ConfigError;
use crate::control::ControlError;
use crate::identities::IdentitiesError;
use crate::ingest::IngestError;
use crate::tls::TlsError;

/// Everything that ends `serve` with an error.
#[derive(Debug, thiserror::Error)]
pub enum ServerError {
    /// The configuration must not be started.
    #[error("the configuration cannot be used")]
    Config(#[from] ConfigError),
    /// A file of further services and operations cannot be used.
    #[error("the catalogue {} cannot be read", path.display())]
    CatalogueFile {
        /// The file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// A file of further services and operations is wrong.
    #[error("the catalogue {} cannot be used", path.display())]
    Catalogue {
        /// The file.
        path: PathBuf,
        /// What is wrong, and in which line.
        #[source]
        source: annals_record::RecordError,
    },
    /// The address is taken or not ours.
    #[error("cannot listen on {listen}; is another server running?")]
    Listen {
        /// The address.
        listen: SocketAddr,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// The control database cannot be used.
    #[error("cannot use the control database")]
    Control(#[from] ControlError),
    /// Connections cannot be encrypted.
    #[error("cannot encrypt connections")]
    Tls(#[from] TlsError),
    /// Nobody could be told who they are.
    #[error("cannot decide who somebody is")]
    Identities(#[from] IdentitiesError),
    /// The quarantine's index cannot be used.
    #[error("cannot use {}; it may be deleted, it is rebuilt", path.display())]
    View {
        /// The file.
        path: PathBuf,
        /// What SQLite said.
        #[source]
        source: rusqlite::Error,
    },
    /// A folder of the data folder cannot be made.
    #[error("cannot make the folder {}", path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// The index cannot be used.
    #[error("cannot use the index of events")]
    Index(#[from] annals_views::IndexError),
    /// The ledger cannot be opened or closed.
    #[error("cannot use the ledger")]
    Ledger(#[from] LedgerError),
    /// The ledger stopped for good while serving.
    #[error("the ledger has stopped; start again to recover from disk")]
    Stopped(#[source] Arc<LedgerError>),
    /// The thread that checks the ledger cannot be started.
    #[error("cannot start the thread that checks the ledger")]
    Scrub(#[source] std::io::Error),
    /// The thread that writes exports could not be started.
    #[error("cannot start writing exports")]
    Exports(#[source] std::io::Error),
    /// The start of the service could not be recorded.
    #[error("cannot record the start of the service")]
    Record(#[source] IngestError),
}

impl ServerError {
    /// True if the configuration is at fault, not the machine.
    #[must_use]
    pub fn is_configuration(&self) -> bool {
        matches!(self, Self::Config(_) | Self::CatalogueFile { .. } | Self::Catalogue { .. })
    }
}
