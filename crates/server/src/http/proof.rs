//! The portable proof of one event: `.tlog-proof` with the event's disclosure.

use annals_proof::LeafIndex;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};

use crate::app::Shared;
use crate::http::error::HttpError;
use crate::http::events::find;
use crate::http::principal::{Permit, ReadEvents};

const TEXT: &str = "text/plain; charset=utf-8";

/// The proof of the event with an id.
pub(crate) async fn event_proof(
    _: Permit<ReadEvents>,
    State(app): State<Shared>,
    path: Result<Path<String>, PathRejection>,
) -> Result<Response, HttpError> {
    let Path(id) = path.map_err(|_| HttpError::NotFound)?;
    let shared = app.clone();
    let index = tokio::task::spawn_blocking(move || find(&shared, &id)).await??;
    prove(app, index).await
}

/// The proof of the event at a position.
pub(crate) async fn event_at_proof(
    _: Permit<ReadEvents>,
    State(app): State<Shared>,
    path: Result<Path<u64>, PathRejection>,
) -> Result<Response, HttpError> {
    let Path(index) = path.map_err(|_| HttpError::NotFound)?;
    prove(app, LeafIndex(index)).await
}

async fn prove(app: Shared, index: LeafIndex) -> Result<Response, HttpError> {
    let prove = move || app.reader.prove_at(index, &app.publisher.head_with(index.0));
    let bundle = tokio::task::spawn_blocking(prove).await??;
    let file = format!("attachment; filename=\"event-{}.tlog-proof\"", index.0);
    let headers = [(CONTENT_TYPE, TEXT.to_owned()), (CONTENT_DISPOSITION, file)];
    Ok((headers, bundle.text()).into_response())
}
