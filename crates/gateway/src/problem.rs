//! Answers of the gateway's own: RFC 9457, with a stable code and what to do.

use http::header::{CONNECTION, CONTENT_TYPE, HeaderValue, RETRY_AFTER};
use http::{Response, StatusCode};
use serde_json::json;

use crate::body::Outgoing;

/// Why the gateway answers in the platform's place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Problem {
    /// Nothing durable says that the act is about to happen.
    NotRecorded,
    /// The platform cannot be reached, or broke off.
    NoAnswer,
    /// The platform takes too long.
    Late,
    /// The request can be read in two ways.
    Ambiguous,
    /// Another host was asked for.
    Host,
    /// The body is too large.
    TooLarge,
    /// The body did not come, or broke off.
    Body,
    /// No such page; of the gateway's own pages only.
    NotFound,
}

impl Problem {
    fn parts(self) -> (StatusCode, &'static str, &'static str) {
        match self {
            Self::NotRecorded => (
                StatusCode::SERVICE_UNAVAILABLE,
                "not_recorded",
                "the audit log cannot keep this operation now, so it was not begun; try again",
            ),
            Self::NoAnswer => (
                StatusCode::BAD_GATEWAY,
                "no_answer",
                "the platform gave no answer; look whether the operation took effect",
            ),
            Self::Late => (
                StatusCode::GATEWAY_TIMEOUT,
                "late",
                "the platform did not answer in time; look whether the operation took effect",
            ),
            Self::Ambiguous => (
                StatusCode::BAD_REQUEST,
                "ambiguous",
                "the request can be read in two ways; give one length and one host",
            ),
            Self::Host => (
                StatusCode::MISDIRECTED_REQUEST,
                "wrong_host",
                "this gateway does not stand before that host; check the address",
            ),
            Self::TooLarge => (
                StatusCode::PAYLOAD_TOO_LARGE,
                "too_large",
                "the body is larger than this gateway takes (limits.body_bytes_max)",
            ),
            Self::Body => (
                StatusCode::BAD_REQUEST,
                "no_body",
                "the request's body did not come, or broke off; send it again",
            ),
            Self::NotFound => (StatusCode::NOT_FOUND, "not_found", "there is no such page here"),
        }
    }

    pub(crate) fn response(self) -> Response<Outgoing> {
        let (status, code, detail) = self.parts();
        let text = json!({
            "type": "about:blank", "title": status.canonical_reason(), "status": status.as_u16(),
            "code": code, "detail": detail,
        });
        let mut response = Response::new(Outgoing::text(text.to_string()));
        *response.status_mut() = status;
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        match self {
            Self::NotRecorded => {
                headers.insert(RETRY_AFTER, HeaderValue::from_static("1"));
            }
            // What follows on the connection may be meant as part of this request.
            Self::Ambiguous | Self::Body | Self::TooLarge => {
                headers.insert(CONNECTION, HeaderValue::from_static("close"));
            }
            _ => {}
        }
        response
    }
}
