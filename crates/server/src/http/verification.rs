//! `/v1/verification`: the check of the whole ledger, begun by somebody who wants to know now.
//!
//! It is the scrub of `scrub.rs`, at once; that says what it checks. Who asked is kept before the
//! answer, what was found is an event of its own. It is the server's word: the proof that needs no
//! trust in it is `annals verify`.

use annals_api::wire::status::ScrubStatus;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;

use crate::app::Shared;
use crate::http::error::HttpError;
use crate::http::principal::{Permit, VerifyLedger};
use crate::{http, recorder};

const OPERATION: &str = "verify.begin";

/// How it is going, and what the last one found.
pub(crate) async fn state(_: Permit<VerifyLedger>, State(app): State<Shared>) -> Json<ScrubStatus> {
    Json(app.scrub.status())
}

/// Begins one, unless one is under way.
pub(crate) async fn begin(
    permit: Permit<VerifyLedger>,
    State(app): State<Shared>,
) -> Result<(StatusCode, Json<ScrubStatus>), HttpError> {
    let begin = move || {
        let log = http::origin(&app.head().note);
        let caller = permit.principal.caller();
        app.ingest.record_own(recorder::about(caller, OPERATION, "ledger", &log))?;
        Ok::<_, HttpError>(app.scrub.begin())
    };
    Ok((StatusCode::ACCEPTED, Json(tokio::task::spawn_blocking(begin).await??)))
}
