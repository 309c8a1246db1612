//! The witness on the wire: two calls, open to all who reach it; only the logs' signatures count.
//!
//! `POST /add-checkpoint` and `GET /<SHA-256 of the origin, hex>/checkpoint`.

use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;

use annals_proof::Refusal;
use axum::Router;
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use tokio::net::TcpListener;

use super::{Answer, Witness, WitnessError};
use crate::config;
use crate::http::listen;

/// Largest request: a proof of 63 hashes and a checkpoint with room for many signatures.
const BODY_BYTES_MAX: usize = 256 << 10;
const TEXT: &str = "text/plain; charset=utf-8";
/// The body of a 409 is the size from which the log must prove.
const SIZE: &str = "text/x.tlog.size";

/// Answers until `stop` resolves; `ready` learns the bound address.
///
/// # Errors
/// [`WitnessError::Listen`].
pub async fn serve_witness(
    witness: Witness,
    listen: SocketAddr,
    ready: impl FnOnce(SocketAddr),
    stop: impl Future<Output = ()>,
) -> Result<(), WitnessError> {
    let failed = |source| WitnessError::Listen { listen, source };
    let listener = TcpListener::bind(listen).await.map_err(failed)?;
    let bound = listener.local_addr().map_err(failed)?;
    let router = Router::new()
        .route("/add-checkpoint", post(add_checkpoint))
        .route("/{hash}/checkpoint", get(checkpoint))
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
        .with_state(Arc::new(witness));
    ready(bound);
    listen::serve(listener, None, router, &config::Http::default(), stop).await;
    Ok(())
}

async fn add_checkpoint(State(witness): State<Arc<Witness>>, body: String) -> Response {
    match tokio::task::spawn_blocking(move || witness.add(&body)).await {
        Ok(Ok(Answer::Cosigned(line))) => ([(CONTENT_TYPE, TEXT)], line).into_response(),
        Ok(Ok(Answer::Refused(refusal))) => refused(&refusal),
        Ok(Err(error)) => failed(&error),
        Err(error) => failed(&error),
    }
}

fn refused(refusal: &Refusal) -> Response {
    let status = StatusCode::from_u16(refusal.status()).unwrap_or(StatusCode::BAD_REQUEST);
    let (kind, body) = match refusal {
        Refusal::OtherSize { last } => (SIZE, format!("{last}\n")),
        Refusal::UnknownLog { origin } => (TEXT, format!("no key of {origin:?} is known here\n")),
        Refusal::Malformed(error) | Refusal::NotSigned(error) | Refusal::Inconsistent(error) => {
            (TEXT, format!("{error}\n"))
        }
    };
    (status, [(CONTENT_TYPE, kind)], body).into_response()
}

async fn checkpoint(State(witness): State<Arc<Witness>>, Path(hash): Path<String>) -> Response {
    // Nothing else in the folder has such a name.
    let is_hash = hash.len() == 64 && hash.bytes().all(|byte| byte.is_ascii_hexdigit());
    if !is_hash {
        return StatusCode::NOT_FOUND.into_response();
    }
    match tokio::task::spawn_blocking(move || witness.last(&hash)).await {
        Ok(Ok(Some(note))) => ([(CONTENT_TYPE, TEXT)], note.to_string()).into_response(),
        Ok(Ok(None)) => StatusCode::NOT_FOUND.into_response(),
        Ok(Err(error)) => failed(&error),
        Err(error) => failed(&error),
    }
}

fn failed(error: &dyn std::error::Error) -> Response {
    tracing::error!(error = %error, cause = ?error.source(), "cannot answer");
    StatusCode::INTERNAL_SERVER_ERROR.into_response()
}
