//! The portable proof of one event: `.tlog-proof` with the event's disclosure.

use annals_proof::LeafIndex;
use annals_views::Found;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};

use crate::app::{App, Shared};
use crate::http::error::HttpError;
use crate::http::one;
use crate::http::principal::{Permit, ReadEvents};

const TEXT: &str = "text/plain; charset=utf-8";

/// The proof of the event with an id.
pub(crate) async fn event_proof(
    permit: Permit<ReadEvents>,
    State(app): State<Shared>,
    path: Result<Path<String>, PathRejection>,
) -> Result<Response, HttpError> {
    let Path(id) = path.map_err(|_| HttpError::NotFound)?;
    let scope = permit.principal.scope(&app.catalogue)?;
    prove(app, move |app| one::by_id(app, &scope, &id)).await
}

/// The proof of the event at a position.
pub(crate) async fn event_at_proof(
    permit: Permit<ReadEvents>,
    State(app): State<Shared>,
    path: Result<Path<u64>, PathRejection>,
) -> Result<Response, HttpError> {
    let Path(index) = path.map_err(|_| HttpError::NotFound)?;
    let scope = permit.principal.scope(&app.catalogue)?;
    prove(app, move |app| one::at(app, &scope, index)).await
}

/// Proves what `find` finds: only what the caller may see can be proved to them.
async fn prove(
    app: Shared,
    find: impl FnOnce(&App) -> Result<Found, HttpError> + Send + 'static,
) -> Result<Response, HttpError> {
    let prove = move || {
        let index = LeafIndex(find(&app)?.position.index);
        let bundle = app.reader.prove_at(index, &app.publisher.head_with(index.0))?;
        Ok::<_, HttpError>((index, bundle))
    };
    let (index, bundle) = tokio::task::spawn_blocking(prove).await??;
    let file = format!("attachment; filename=\"event-{}.tlog-proof\"", index.0);
    let headers = [(CONTENT_TYPE, TEXT.to_owned()), (CONTENT_DISPOSITION, file)];
    Ok((headers, bundle.text()).into_response())
}
