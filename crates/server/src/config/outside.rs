//! Places and witnesses that the ledger's owner may not control, and the scrub.
//!
//! What is written here was read from the file; whether a place can be reached shows when it is
//! tried. A place is checked as far as the configuration alone can tell.

use std::collections::HashSet;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// Seconds between two looks for a new checkpoint to publish.
const PUBLISH_SECONDS: u64 = 10;

/// One place of `[[publish]]`: a folder, a URL or a syslog server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Publish {
    /// Its name in metrics and logs; default: what it is.
    #[serde(default)]
    pub name: Option<String>,
    /// A folder, best on another machine's disk: one file for each checkpoint.
    #[serde(default)]
    pub folder: Option<PathBuf>,
    /// An address that takes the note as the body of a `PUT`.
    #[serde(default)]
    pub url: Option<String>,
    /// A syslog server, `tls://HOST[:6514]` (RFC 5425).
    #[serde(default)]
    pub syslog: Option<String>,
    /// Seconds between two looks for a new checkpoint.
    #[serde(default = "publish_seconds")]
    pub every_seconds: u64,
    /// How the note is sent to `url`.
    #[serde(default)]
    pub method: Method,
    /// A PEM file with the authorities to trust instead of the system's.
    #[serde(default)]
    pub ca: Option<PathBuf>,
    /// A file that holds the bearer token for `url`; read at each attempt.
    #[serde(default)]
    pub token_file: Option<PathBuf>,
    /// An environment variable that holds the bearer token for `url`.
    #[serde(default)]
    pub token_variable: Option<String>,
}

fn publish_seconds() -> u64 {
    PUBLISH_SECONDS
}

/// An HTTP method that carries a note.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Method {
    /// Puts it in the place of the last one.
    #[default]
    Put,
    /// Hands it over.
    Post,
}

/// One witness of `[[witness]]` (c2sp.org/tlog-witness).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Witness {
    /// Its submission prefix: requests go to `<url>/add-checkpoint`.
    pub url: String,
    /// The key by which its cosignatures are checked; its name is the witness's.
    pub vkey: String,
    /// A PEM file with the authorities to trust instead of the system's.
    #[serde(default)]
    pub ca: Option<PathBuf>,
}

/// Where one place is.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Target<'a> {
    Folder(&'a PathBuf),
    Url(&'a str),
    Syslog(&'a str),
}

/// Why the places cannot be used as they are written.
#[derive(Debug, thiserror::Error)]
pub(crate) enum OutsideError {
    #[error("name exactly one of folder, url and syslog in each")]
    NotOnePlace,
    #[error("two places are called {name}; give each a `name`")]
    SameName { name: String },
}

/// Each place is one, and no two share a name: metrics would show one of them.
pub(super) fn check(places: &[Publish]) -> Result<(), OutsideError> {
    let mut names = HashSet::new();
    for place in places {
        place.target()?;
        let name = place.label();
        if !names.insert(name.clone()) {
            return Err(OutsideError::SameName { name });
        }
    }
    Ok(())
}

impl Publish {
    /// The one place that is named.
    pub(crate) fn target(&self) -> Result<Target<'_>, OutsideError> {
        match (&self.folder, &self.url, &self.syslog) {
            (Some(folder), None, None) => Ok(Target::Folder(folder)),
            (None, Some(url), None) => Ok(Target::Url(url)),
            (None, None, Some(syslog)) => Ok(Target::Syslog(syslog)),
            _ => Err(OutsideError::NotOnePlace),
        }
    }

    /// Its name in metrics and logs. Nothing secret: the query of an address stays out.
    pub(crate) fn label(&self) -> String {
        let plain = |text: &str| text.split(['?', '#']).next().unwrap_or_default().to_owned();
        match (&self.name, self.target()) {
            (Some(name), _) => name.clone(),
            (None, Ok(Target::Folder(folder))) => folder.display().to_string(),
            (None, Ok(Target::Url(text) | Target::Syslog(text))) => plain(text),
            (None, Err(_)) => String::new(),
        }
    }
}
