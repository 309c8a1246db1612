//! Where events go: the server, or a test's memory.

use annals_api::client::{Client, ClientError, Retry};

use crate::config::ServerConfig;
use crate::error::CollectError;

/// What the receiver did with a batch it has taken over: all of it is kept, as events or in
/// quarantine, and must not be sent again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ack {
    /// Events kept now.
    pub accepted: u64,
    /// Events that were kept before.
    pub duplicates: u64,
    /// Lines put into quarantine.
    pub rejected: u64,
}

/// Nothing of a batch may be counted on; it is sent again later.
#[derive(Clone, Debug)]
pub struct SendError {
    /// For people: the whole chain of causes.
    pub message: String,
}

/// A receiver of events.
pub trait Sink {
    /// Sends events, one JSON object a line. May be called again with the same lines.
    ///
    /// # Errors
    /// Anything but an acknowledgement.
    fn send(&mut self, ndjson: &str) -> Result<Ack, SendError>;
}

/// The server over HTTP.
pub struct HttpSink {
    client: Client,
}

impl HttpSink {
    /// A connection to the configured server.
    ///
    /// # Errors
    /// A file that can't be read or used, a URL that is none.
    pub fn open(config: &ServerConfig) -> Result<Self, CollectError> {
        let read = |path: &std::path::PathBuf| {
            std::fs::read_to_string(path).map_err(CollectError::file("read", path))
        };
        let token = config.token_file.as_ref().map(read).transpose()?;
        let read_pem = |path: &std::path::PathBuf| {
            std::fs::read(path).map_err(CollectError::file("read", path))
        };
        let pem = config.ca.as_ref().map(read_pem).transpose()?;
        let token = token.as_deref().map(str::trim);
        let client = Client::with_authorities(&config.url, token, pem.as_deref())
            .map_err(CollectError::Client)?;
        // The runner has its own schedule, and looks whether it shall stop between tries.
        Ok(Self { client: client.with_retry(Retry::NEVER) })
    }
}

impl Sink for HttpSink {
    fn send(&mut self, ndjson: &str) -> Result<Ack, SendError> {
        let answer = self.client.append_ndjson(ndjson.as_bytes().to_vec(), false);
        let answer = answer.map_err(|error| SendError { message: chain(&error) })?;
        // A line can have several faults, each an entry of its own.
        let mut lines: Vec<u64> = answer.rejected.iter().map(|fault| fault.line).collect();
        lines.dedup();
        for fault in &answer.rejected {
            tracing::warn!(code = fault.code, field = fault.field, "an event was quarantined");
        }
        Ok(Ack {
            accepted: answer.accepted,
            duplicates: answer.duplicates,
            rejected: lines.len() as u64,
        })
    }
}

fn chain(error: &ClientError) -> String {
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}
