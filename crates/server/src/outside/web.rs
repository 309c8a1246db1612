//! A web address that takes each note as the body of a `PUT` or `POST`.

use std::io;
use std::path::PathBuf;

use annals_ledger::disk::Real;
use hyper::Uri;

use super::connect::{ConnectError, Connector, parse_url, refused, request};
use crate::config::{Method, Publish};
use crate::keep;

/// A web address.
pub(super) struct Web {
    uri: Uri,
    method: &'static str,
    token_file: Option<PathBuf>,
    token_variable: Option<String>,
    connector: Connector,
}

impl Web {
    /// From the configuration. A token goes out only encrypted.
    pub(super) fn new(
        url: &str,
        place: &Publish,
        connector: Connector,
    ) -> Result<Self, ConnectError> {
        let uri = parse_url(url)?;
        let has_token = place.token_file.is_some() || place.token_variable.is_some();
        if has_token && uri.scheme_str() != Some("https") {
            let like = "https://host.example/path, for a token must not travel in clear text";
            return Err(ConnectError::Address { text: url.to_owned(), like });
        }
        let method = match place.method {
            Method::Put => "PUT",
            Method::Post => "POST",
        };
        let token_file = place.token_file.clone();
        Ok(Self {
            uri,
            method,
            token_file,
            token_variable: place.token_variable.clone(),
            connector,
        })
    }

    /// Sends the note; any status of success will do.
    pub(super) async fn put(&self, note: &str) -> Result<(), ConnectError> {
        let token = self
            .token()
            .map_err(|source| ConnectError::Token { url: self.uri.to_string(), source })?;
        let request = request(self.method, &self.uri, token.as_deref(), note.to_owned())?;
        let answer = self.connector.send(&self.uri, request).await?;
        if answer.status().is_success() {
            return Ok(());
        }
        Err(refused(self.uri.host().unwrap_or_default(), &answer))
    }

    /// Read at each attempt, so that a new one takes effect without a restart.
    fn token(&self) -> io::Result<Option<String>> {
        let missing = || io::Error::new(io::ErrorKind::NotFound, "it is not there");
        let text = match (&self.token_file, &self.token_variable) {
            (Some(path), _) => keep::read(&Real, path)?.ok_or_else(missing)?,
            (None, Some(name)) => std::env::var(name).map_err(io::Error::other)?,
            (None, None) => return Ok(None),
        };
        Ok(Some(text.trim().to_owned()))
    }
}
