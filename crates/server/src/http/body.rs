//! Reads a request body: bounded in size, in time, and in what it expands to.
//!
//! A body over the limit is read to its end (up to a second limit) and thrown away, because many
//! clients see only a broken connection if the answer comes before they have sent everything.

use std::io::Read;
use std::time::Duration;

use annals_ledger::LedgerError;
use axum::body::{Body, Bytes};
use axum::http::header::{CONTENT_ENCODING, CONTENT_LENGTH};
use axum::http::{HeaderMap, Request};
use http_body_util::BodyExt;
use serde::de::DeserializeOwned;
use tokio::time::Instant;

use crate::app::App;
use crate::budget::{Exhausted, Reserved};
use crate::http::error::HttpError;
use crate::ingest::IngestError;

/// Most bytes of a body as sent.
pub(crate) const BODY_BYTES_MAX: usize = 64 << 20;
/// Most bytes of a body once expanded.
pub(crate) const EXPANDED_BYTES_MAX: usize = 256 << 20;
/// Bytes of a too large body that are still read, so that its sender sees the answer.
const DRAINED_BYTES_MAX: u64 = 256 << 20;
/// Most bytes of a body with a password or a code in it.
const SECRET_BODY_BYTES_MAX: usize = 16 << 10;
/// Bytes expanded between two looks at the limits.
const EXPAND_STEP_BYTES: u64 = 1 << 20;

/// How a body is packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Encoding {
    /// Not at all.
    Identity,
    /// RFC 1952, one or several members.
    Gzip,
    /// RFC 8878, one or several frames.
    Zstd,
}

impl Encoding {
    /// What the headers say.
    pub(crate) fn of(headers: &HeaderMap) -> Result<Self, HttpError> {
        let mut named = headers.get_all(CONTENT_ENCODING).iter();
        let (first, others) = (named.next(), named.next());
        let name = first.map_or(Ok("identity"), |value| value.to_str().map(str::trim));
        match name.map(str::to_ascii_lowercase).as_deref() {
            Ok("identity" | "") if others.is_none() => Ok(Self::Identity),
            Ok("gzip" | "x-gzip") if others.is_none() => Ok(Self::Gzip),
            Ok("zstd") if others.is_none() => Ok(Self::Zstd),
            _ => Err(HttpError::UnsupportedEncoding),
        }
    }
}

/// A body as sent, with its part of the budget.
pub(crate) struct Received {
    pub(crate) bytes: Vec<u8>,
    pub(crate) reserved: Reserved,
}

/// Reads the whole body as sent.
pub(crate) async fn read(app: &App, request: Request<Body>) -> Result<Received, HttpError> {
    let limits = &app.config.http;
    let pause = Duration::from_secs(limits.body_pause_seconds_max);
    let end = Instant::now() + Duration::from_secs(limits.body_seconds_max);
    let announced = announced_bytes(request.headers());
    let mut body = request.into_body();
    if announced.is_some_and(|bytes| bytes > BODY_BYTES_MAX as u64) {
        drain(body, end).await;
        return Err(HttpError::BodyTooLarge { bytes_max: BODY_BYTES_MAX });
    }
    let mut reserved = app.budget.reserve();
    let mut bytes = Vec::new();
    while let Some(data) = next_data(&mut body, pause, end).await? {
        if bytes.len() + data.len() > BODY_BYTES_MAX {
            drop(bytes);
            drain(body, end).await;
            return Err(HttpError::BodyTooLarge { bytes_max: BODY_BYTES_MAX });
        }
        reserved.grow(data.len())?;
        bytes.extend_from_slice(&data);
    }
    Ok(Received { bytes, reserved })
}

/// A body that is one JSON value.
pub(crate) async fn json<T: DeserializeOwned>(
    app: &App,
    request: Request<Body>,
) -> Result<T, HttpError> {
    let encoding = Encoding::of(request.headers())?;
    let mut received = read(app, request).await?;
    expand(&mut received, encoding)?;
    serde_json::from_slice(&received.bytes)
        .map_err(|error| HttpError::BadBody { problem: error.to_string() })
}

/// A small body that may hold secrets, of somebody who may be nobody: bounded before anything is
/// known of the sender, and never quoted in an answer or a log.
pub(crate) async fn secret_json<T: DeserializeOwned>(
    app: &App,
    request: Request<Body>,
) -> Result<T, HttpError> {
    let patience = Duration::from_secs(app.config.http.body_pause_seconds_max);
    let body = axum::body::to_bytes(request.into_body(), SECRET_BODY_BYTES_MAX);
    let bytes = tokio::time::timeout(patience, body)
        .await
        .map_err(|_| HttpError::BodyTooSlow)?
        .map_err(|_| HttpError::BodyTooLarge { bytes_max: SECRET_BODY_BYTES_MAX })?;
    serde_json::from_slice(&bytes).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        HttpError::BadBody { problem: format!("see line {line}, column {column}") }
    })
}

fn announced_bytes(headers: &HeaderMap) -> Option<u64> {
    headers.get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

async fn next_data(
    body: &mut Body,
    pause: Duration,
    end: Instant,
) -> Result<Option<Bytes>, HttpError> {
    let until = end.min(Instant::now() + pause);
    loop {
        match tokio::time::timeout_at(until, body.frame()).await {
            Err(_) => return Err(HttpError::BodyTooSlow),
            Ok(None) => return Ok(None),
            Ok(Some(Err(source))) => return Err(HttpError::BodyBroken(source)),
            Ok(Some(Ok(frame))) => {
                if let Ok(data) = frame.into_data() {
                    return Ok(Some(data));
                }
            }
        }
    }
}

/// Reads what the client still sends, keeping nothing; the answer is decided already.
async fn drain(mut body: Body, end: Instant) {
    let mut left = DRAINED_BYTES_MAX;
    while let Ok(Some(Ok(frame))) = tokio::time::timeout_at(end, body.frame()).await {
        left = left.saturating_sub(frame.data_ref().map_or(0, |data| data.len() as u64));
        if left == 0 {
            return;
        }
    }
}

/// The body as its sender wrote it. Blocks: not for async threads.
pub(crate) fn expand(received: &mut Received, encoding: Encoding) -> Result<(), HttpError> {
    let packed = std::mem::take(&mut received.bytes);
    let bad = |source| HttpError::BadEncoding { source };
    received.bytes = match encoding {
        Encoding::Identity => packed,
        Encoding::Gzip => {
            bounded(flate2::read::MultiGzDecoder::new(&packed[..]), &mut received.reserved)?
        }
        Encoding::Zstd => {
            let decoder = zstd::stream::read::Decoder::with_buffer(&packed[..]).map_err(bad)?;
            bounded(decoder, &mut received.reserved)?
        }
    };
    Ok(())
}

fn bounded(mut reader: impl Read, reserved: &mut Reserved) -> Result<Vec<u8>, HttpError> {
    let mut bytes = Vec::new();
    loop {
        let step = reader
            .by_ref()
            .take(EXPAND_STEP_BYTES)
            .read_to_end(&mut bytes)
            .map_err(|source| HttpError::BadEncoding { source })?;
        if step == 0 {
            return Ok(bytes);
        }
        if bytes.len() > EXPANDED_BYTES_MAX {
            return Err(HttpError::BodyTooLarge { bytes_max: EXPANDED_BYTES_MAX });
        }
        reserved.grow(step)?;
    }
}

impl From<Exhausted> for HttpError {
    fn from(_: Exhausted) -> Self {
        Self::Ingest(IngestError::Ledger(LedgerError::Busy))
    }
}
