//! `GET /v1/events/index/{index}/fingerprints`: which masked secrets of an event were seen before.
//!
//! For role security-admin alone, and recorded before anything is shown. Other events with the
//! same secret are named as far as they are in scope.

use annals_api::wire::fingerprint::{Fingerprint, FingerprintsAnswer};
use axum::Json;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};

use crate::app::{App, Shared};
use crate::control;
use crate::http::error::HttpError;
use crate::http::one;
use crate::http::principal::{Permit, Principal, ReadFingerprints};
use crate::recorder;

const OPERATION: &str = "fingerprint.view";
/// Other events named for one secret.
const ALSO_MAX: usize = 20;

/// The fingerprints of one event.
pub(crate) async fn of_event(
    permit: Permit<ReadFingerprints>,
    State(app): State<Shared>,
    path: Result<Path<u64>, PathRejection>,
) -> Result<Json<FingerprintsAnswer>, HttpError> {
    let Path(index) = path.map_err(|_| HttpError::NotFound)?;
    let shown = tokio::task::spawn_blocking(move || show(&app, &permit.principal, index));
    Ok(Json(shown.await??))
}

fn show(app: &App, by: &Principal, index: u64) -> Result<FingerprintsAnswer, HttpError> {
    let scope = by.scope(&app.catalogue)?;
    let event = one::at(app, &scope, index)?;
    let emitter = event.leaf.core().emitter().to_owned();
    // What waits belongs to the answer.
    app.fingerprints.write(&app.control)?;
    let also = |of: &control::Fingerprint| -> Result<Vec<u64>, HttpError> {
        let others = app.control.leaves_with_fingerprint(&emitter, of.value, index, ALSO_MAX)?;
        let mut seen = Vec::with_capacity(others.len());
        for other in others {
            match one::at(app, &scope, other) {
                Ok(_) => seen.push(other),
                Err(HttpError::NotFound | HttpError::OutOfScope) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(seen)
    };
    let mut answer = FingerprintsAnswer::default();
    for of in app.control.fingerprints(index)? {
        answer.fingerprints.push(Fingerprint {
            field: of.field.name().unwrap_or_default().to_owned(),
            fingerprint: format!("{:08x}", of.value),
            also: also(&of)?,
        });
    }
    let position = index.to_string();
    app.ingest.record_own(recorder::about(by.caller(), OPERATION, "event", &position))?;
    Ok(answer)
}
