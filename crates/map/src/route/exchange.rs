//! An HTTP exchange, as far as a gateway has looked at it. Everything is borrowed.

use std::time::Duration;

use http::HeaderMap;

use super::capture::Data;

/// A request.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// Its method.
    pub method: &'a str,
    /// Its path as on the request line, without query.
    pub path: &'a str,
    /// What stands behind the `?`; empty without.
    pub query: &'a str,
    /// Its headers.
    pub headers: &'a HeaderMap,
    /// Its body, as captured.
    pub data: Option<&'a Data>,
    /// Who sends it.
    pub user: User<'a>,
    /// An id for the session that the request may open, for routes that name none.
    pub session_id: Option<&'a str>,
}

/// Who acts, as far as the gateway knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum User<'a> {
    /// Proved: by a token, a session, a trusted proxy, or because the platform has accepted the
    /// credentials.
    Verified(&'a str),
    /// Named, with credentials that only the platform can check: never a fact by itself. Routes
    /// that are not strict and do not go on later are undecided; where the answer accepts the
    /// credentials, the request that is decided has a [`Self::Verified`] user.
    Claimed(&'a str),
    /// Nobody knows.
    Unknown,
}

/// The platform's answer.
#[derive(Clone, Copy, Debug)]
pub struct Answer<'a> {
    /// Its status.
    pub status: u16,
    /// Its headers.
    pub headers: &'a HeaderMap,
    /// Its body, as captured.
    pub data: Option<&'a Data>,
}

/// How a WebSocket was closed.
#[derive(Clone, Copy, Debug)]
pub struct Close<'a> {
    /// Who sent the first close frame.
    pub by: ClosedBy,
    /// Its code, if it had one.
    pub code: Option<u16>,
    /// Its text; empty without.
    pub reason: &'a str,
    /// Since the upgrade.
    pub lasted: Duration,
}

/// Who closed a WebSocket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClosedBy {
    /// The browser or program.
    Client,
    /// The platform.
    Server,
    /// Nobody: the connection broke.
    Nobody,
}

impl ClosedBy {
    /// Its word in a route file.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Client => "client",
            Self::Server => "server",
            Self::Nobody => "none",
        }
    }
}
