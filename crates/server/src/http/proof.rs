//! The portable proof of one event: `.tlog-proof` with the event's disclosure.

use annals_proof::{LeafIndex, ProofBundle};
use annals_record::{Disclosure, Tag};
use annals_views::Found;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};

use crate::app::{App, Shared};
use crate::http::error::HttpError;
use crate::http::one;
use crate::http::principal::{Permit, Principal, ReadEvents};
use crate::{pair, recorder};

const OPERATION: &str = "proof.create";
const TEXT: &str = "text/plain; charset=utf-8";

/// The proof of the event with an id.
pub(crate) async fn event_proof(
    permit: Permit<ReadEvents>,
    State(app): State<Shared>,
    path: Result<Path<String>, PathRejection>,
) -> Result<Response, HttpError> {
    let Path(id) = path.map_err(|_| HttpError::NotFound)?;
    let scope = permit.principal.scope(&app.catalogue)?;
    prove(app, permit.principal, move |app| one::by_id(app, &scope, &id)).await
}

/// The proof of the event at a position.
pub(crate) async fn event_at_proof(
    permit: Permit<ReadEvents>,
    State(app): State<Shared>,
    path: Result<Path<u64>, PathRejection>,
) -> Result<Response, HttpError> {
    let Path(index) = path.map_err(|_| HttpError::NotFound)?;
    let scope = permit.principal.scope(&app.catalogue)?;
    prove(app, permit.principal, move |app| one::at(app, &scope, index)).await
}

/// Proves what `find` finds: only what the caller may see can be proved to them. A proof leaves
/// the house, so it is recorded before it is answered.
async fn prove(
    app: Shared,
    by: Principal,
    find: impl FnOnce(&App) -> Result<Found, HttpError> + Send + 'static,
) -> Result<Response, HttpError> {
    let prove = move || {
        let found = find(&app)?;
        let index = LeafIndex(found.position.index);
        let head_with = |index: LeafIndex| app.publisher.head_with(index.0);
        let tags = by.masks().tags(&found);
        let mut text = String::new();
        for bundle in pair::prove(&app.reader, index, head_with)? {
            text += &withhold(bundle, tags)?.text();
        }
        let position = index.0.to_string();
        app.ingest.record_own(recorder::about(by.caller(), OPERATION, "event", &position))?;
        Ok::<_, HttpError>((index, text))
    };
    let (index, text) = tokio::task::spawn_blocking(prove).await??;
    let file = format!("attachment; filename=\"event-{}.tlog-proof\"", index.0);
    let headers = [(CONTENT_TYPE, TEXT.to_owned()), (CONTENT_DISPOSITION, file)];
    Ok((headers, text).into_response())
}

/// The proof without the values of `tags`: it verifies as before, and shows them as withheld.
fn withhold(bundle: ProofBundle, tags: &[Tag]) -> Result<ProofBundle, HttpError> {
    let Some(extra) = bundle.extra.as_deref().filter(|_| !tags.is_empty()) else {
        return Ok(bundle);
    };
    let failed = |error| HttpError::Failed(Box::new(error));
    let mut disclosure = Disclosure::parse(extra).map_err(failed)?;
    disclosure.withhold(tags);
    Ok(ProofBundle { extra: Some(disclosure.to_bytes()), ..bundle })
}
