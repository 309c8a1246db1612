//! The transparency log's own addresses: checkpoint, keys, tiles, entry bundles
//! (c2sp.org/tlog-tiles).
//!
//! Tiles are served from the hash arrays, partial ones at any width below the published size.
//! What is complete never changes and may be cached for ever.

use annals_ledger::LedgerError;
use annals_proof::{EntryBundle, HashSource, LeafIndex, Tile};
use axum::extract::rejection::PathRejection;
use axum::extract::{Extension, Path, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};

use crate::app::Shared;
use crate::http::error::HttpError;
use crate::http::principal::Principal;

const TEXT: &str = "text/plain; charset=utf-8";
const BYTES: &str = "application/octet-stream";
const IMMUTABLE: &str = "public, max-age=31536000, immutable";
const NO_CACHE: &str = "no-cache";

/// The newest signed checkpoint; where there are witnesses, the newest that they cosigned.
pub(crate) async fn checkpoint(State(app): State<Shared>) -> Response {
    let note = app.publisher.served().note.to_string();
    ([(CONTENT_TYPE, TEXT), (CACHE_CONTROL, NO_CACHE)], note).into_response()
}

/// The verifier keys, current first, one a line.
pub(crate) async fn vkey(State(app): State<Shared>) -> Response {
    let lines: String =
        app.reader.verifiers().iter().map(|verifier| format!("{verifier}\n")).collect();
    ([(CONTENT_TYPE, TEXT), (CACHE_CONTROL, NO_CACHE)], lines).into_response()
}

/// A hash tile.
pub(crate) async fn tile(
    State(app): State<Shared>,
    path: Result<Path<(String, String)>, PathRejection>,
) -> Result<Response, HttpError> {
    let Path((level, number)) = path.map_err(|_| HttpError::NotFound)?;
    let tile = Tile::parse(&format!("{level}/{number}")).map_err(|_| HttpError::NotFound)?;
    let bytes = tokio::task::spawn_blocking(move || {
        if !tile.is_within(app.head().size) {
            return Err(HttpError::NotFound);
        }
        let mut hashes = Vec::with_capacity(usize::from(tile.width));
        app.reader.hashes(tile.level, tile.start(), usize::from(tile.width), &mut hashes)?;
        Ok(hashes.iter().flat_map(|hash| hash.0).collect::<Vec<u8>>())
    })
    .await??;
    Ok(([(CONTENT_TYPE, BYTES), (CACHE_CONTROL, IMMUTABLE)], bytes).into_response())
}

/// A bundle of entries; who may read it is the route table's business.
pub(crate) async fn entries(
    principal: Option<Extension<Principal>>,
    State(app): State<Shared>,
    path: Result<Path<String>, PathRejection>,
) -> Result<Response, HttpError> {
    if let Some(Extension(principal)) = principal {
        principal.demand_everything()?;
    }
    let Path(number) = path.map_err(|_| HttpError::NotFound)?;
    let bundle =
        EntryBundle::parse(&format!("entries/{number}")).map_err(|_| HttpError::NotFound)?;
    let bytes = tokio::task::spawn_blocking(move || read_entries(&app, bundle)).await??;
    Ok(([(CONTENT_TYPE, BYTES), (CACHE_CONTROL, NO_CACHE)], bytes).into_response())
}

fn read_entries(app: &Shared, bundle: EntryBundle) -> Result<Vec<u8>, HttpError> {
    if !bundle.is_within(app.head().size) {
        return Err(HttpError::NotFound);
    }
    let end = bundle.start() + u64::from(bundle.width);
    let mut bytes = Vec::new();
    for item in app.reader.range(bundle.start()..end) {
        let (_, leaf): (LeafIndex, _) = item.map_err(|error| match error {
            LedgerError::Pruned { .. } => HttpError::EntriesPruned,
            error => error.into(),
        })?;
        EntryBundle::push(&mut bytes, &leaf.entry())
            .map_err(|error| HttpError::Failed(Box::new(error)))?;
    }
    Ok(bytes)
}
