//! Why a call gave no answer: one variant for each thing that can go wrong. Never holds a token.

use crate::wire::append::Rejected;
use crate::wire::problem::Problem;

/// Why a call gave no answer.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// The address is not an http URL.
    #[error("`{url}` is not a server address; write it like http://127.0.0.1:7200")]
    Url {
        /// What was given.
        url: String,
    },
    /// The token holds characters no token has.
    #[error("the token is not one of ours; check ANNALS_TOKEN or the token file")]
    Token,
    /// The client could not be made.
    #[error("cannot set up an HTTP client")]
    Setup(#[source] reqwest::Error),
    /// The authorities that shall vouch for the server cannot be used.
    #[error("no certificate in PEM can be read from the authorities of the server")]
    Authorities,
    /// Nobody who is trusted vouches for the server, or it goes by other names.
    #[error(
        "the server's certificate is not trusted; name the file of whoever vouches for it with \
         --ca or ANNALS_CA (a server that made its own keeps it in DIR/keys/tls.pem), and use a \
         name that the certificate has (`https.names` there)"
    )]
    Untrusted(#[source] reqwest::Error),
    /// The server could not be reached, or the connection broke.
    #[error(
        "cannot reach the server; is it running, and is the address right (https:// where it \
         speaks TLS)?"
    )]
    Unreachable(#[source] reqwest::Error),
    /// The server answered with an error.
    #[error("{} ({}, request {})", .0.detail, .0.code, .0.request_id)]
    Refused(Box<Problem>),
    /// The server rejected the event.
    #[error("the event was rejected: {} {}: {}", .fault.code, .fault.field, .fault.message)]
    Rejected {
        /// The first of its faults.
        fault: Box<Rejected>,
    },
    /// The answer is not what the API says.
    #[error("the server's answer is not understood; is it an Annals server of this version?")]
    Answer(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl ClientError {
    /// The status code, if the server answered with an error.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        self.problem().map(|problem| problem.status)
    }

    /// The problem document, if the server sent one.
    #[must_use]
    pub fn problem(&self) -> Option<&Problem> {
        match self {
            Self::Refused(problem) => Some(problem),
            _ => None,
        }
    }
}
