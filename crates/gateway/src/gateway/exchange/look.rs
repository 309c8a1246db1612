//! Looking at a request's body before the platform is called, as far as that can be waited for.

use std::time::Duration;

use annals_map::route::{Capture, Data};
use http::HeaderMap;
use http::header::CONTENT_TYPE;
use http_body::Body as _;
use hyper::body::Incoming;

use crate::body::{Late, Outgoing};
use crate::config::Limits;
use crate::problem::Problem;

/// How long a body that is read ahead may take.
const READ_TIME_MAX: Duration = Duration::from_secs(60);

/// A body, and what of it was seen before it is passed on.
pub(super) struct Looked {
    pub(super) body: Outgoing,
    pub(super) data: Option<Data>,
    /// It is too large to wait for: what it is shows when it has passed. `data` is then of its
    /// beginning only.
    pub(super) late: Option<Late>,
}

impl Looked {
    pub(super) fn nothing() -> Self {
        Self { body: Outgoing::empty(), data: None, late: None }
    }
}

/// What looks at a body of the type that its headers name.
pub(super) fn capture(headers: &HeaderMap, bytes_max: usize) -> Capture {
    let kind = headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    Capture::new(kind, bytes_max)
}

/// Reads a small body whole, and the beginning of a form whose fields come before its files.
pub(super) async fn look(
    limits: &Limits,
    headers: &HeaderMap,
    body: Incoming,
    is_needed: bool,
) -> Result<Looked, Problem> {
    let is_empty = body.is_end_stream();
    let size = body.size_hint().lower();
    let mut body = Outgoing::passed(body, limits.body_bytes_max);
    if !is_needed || is_empty {
        return Ok(Looked { body, data: None, late: None });
    }
    let kind = headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let is_form = kind.trim_start().to_ascii_lowercase().starts_with("multipart/form-data");
    let bytes_max = limits.read_bytes_max;
    let new = || capture(headers, bytes_max);
    if size > bytes_max as u64 && !is_form {
        let (body, late) = body.watched(new());
        return Ok(Looked { body, data: None, late: Some(late) });
    }
    let read = tokio::time::timeout(READ_TIME_MAX, body.read_ahead(bytes_max)).await;
    let is_whole = read.map_err(|_| Problem::Body)?.map_err(|_| Problem::Body)?;
    let data = body.show(new());
    if is_whole {
        return Ok(Looked { body, data: data.finish(), late: None });
    }
    let data = data.finish().filter(|_| is_form);
    let (body, late) = body.watched(new());
    Ok(Looked { body, data, late: Some(late) })
}
