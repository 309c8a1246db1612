//! What can go wrong with a gateway as a whole. What goes wrong with one request is answered to its
//! client and counted.

use std::net::SocketAddr;
use std::path::PathBuf;

use annals_api::sdk::SdkError;
use annals_map::MapError;
use annals_record::RecordError;

/// Why a gateway cannot start or go on.
#[derive(Debug, thiserror::Error)]
pub enum GatewayError {
    /// A file cannot be read.
    #[error("{}: cannot read it", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why not.
        #[source]
        source: std::io::Error,
    },
    /// A configuration is not TOML, or a value has the wrong form.
    #[error("{}: wrong", path.display())]
    Syntax {
        /// The file.
        path: PathBuf,
        /// Where and why.
        #[source]
        source: Box<toml::de::Error>,
    },
    /// A key that the configuration does not have.
    #[error("unknown key `{key}` in {place}{hint}")]
    UnknownKey {
        /// The key.
        key: String,
        /// The table.
        place: String,
        /// The nearest known key, or all of them.
        hint: String,
    },
    /// A value that cannot be meant.
    #[error("{0}")]
    Unfit(String),
    /// A route file is wrong.
    #[error("{}: not a route file", path.display())]
    Routes {
        /// The file.
        path: PathBuf,
        /// All that is wrong.
        #[source]
        source: MapError,
    },
    /// A site's own catalogue is wrong.
    #[error("{}: not a catalogue", path.display())]
    Catalogue {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: RecordError,
    },
    /// A file of keys or certificates holds something else.
    #[error("{}: holds no {what}", path.display())]
    Content {
        /// The file.
        path: PathBuf,
        /// What it should hold.
        what: &'static str,
    },
    /// Certificates or keys cannot be used.
    #[error("TLS cannot be set up")]
    Tls(#[source] rustls::Error),
    /// The spool cannot be used.
    #[error("the spool cannot be used")]
    Spool(#[source] SdkError),
    /// The gateway's own notes cannot be kept.
    #[error("{}: the gateway's notes cannot be kept", path.display())]
    State {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: rusqlite::Error,
    },
    /// A thread or folder that is needed cannot be made.
    #[error("cannot {what}")]
    Start {
        /// What was tried.
        what: &'static str,
        /// Why not.
        #[source]
        source: std::io::Error,
    },
    /// Nobody can be listened to at an address.
    #[error("cannot listen on {address}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// Keys to check tokens with could not be fetched at the start.
    #[error("{url}: no keys")]
    Keys {
        /// Where they were asked for.
        url: String,
        /// Why.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

impl GatewayError {
    /// True if the configuration or a file that it names is to blame.
    #[must_use]
    pub fn is_configuration(&self) -> bool {
        use GatewayError::*;
        matches!(
            self,
            Read { .. }
                | Syntax { .. }
                | UnknownKey { .. }
                | Unfit(_)
                | Routes { .. }
                | Catalogue { .. }
                | Content { .. }
        )
    }

    pub(crate) fn read(path: impl Into<PathBuf>) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.into();
        move |source| Self::Read { path, source }
    }
}
