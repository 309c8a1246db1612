//! `POST /v1/operations` and `…/outcome`: an operation recorded before the act and after it.
//!
//! Intent and outcome are two leaves and one event. Each call answers once its leaf is on disk
//! and under a signed checkpoint. Only the emitter of an intent finds it here, and the ledger's
//! guard against doubles closes it once, whoever comes first; views are not asked. What the event
//! of both looks like is for the calls that read.

use std::borrow::Cow;

use annals_api::wire::event::{parse_event, parse_outcome};
use annals_api::wire::operation::{Begun, Ended};
use annals_ledger::{Clock as _, SystemClock};
use annals_record::{Fault, Leaf, Phase, Record, Sender, Tag, UNKNOWN, outcome_id};
use annals_views::{Ending, Row, Scope};
use axum::Json;
use axum::body::Body;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::{Request, StatusCode};
use uuid::Uuid;

use crate::app::{App, Shared};
use crate::http::append;
use crate::http::body::{self, Encoding, Received};
use crate::http::error::HttpError;
use crate::http::principal::{Permit, WriteEvents};
use crate::ingest::One;
use crate::ingest::limits::LINE_BYTES_MAX;
use crate::pair;

/// Records an intent.
pub(crate) async fn begin(
    permit: Permit<WriteEvents>,
    State(app): State<Shared>,
    request: Request<Body>,
) -> Result<(StatusCode, Json<Begun>), HttpError> {
    let sender = app.sender(permit.principal.demand_token()?);
    let scope = permit.principal.granted_scope(&app.catalogue)?;
    // What has begun may always end.
    append::demand_pace(&app, &sender.emitter)?;
    if let Some(pace) = &app.pace {
        pace.take(sender.emitter.clone(), 1, SystemClock.now());
    }
    let encoding = Encoding::of(request.headers())?;
    let received = body::read(&app, request).await?;
    // Runs to its end although the client may be gone, like every append.
    let begun = tokio::task::spawn_blocking(move || {
        let text = text(received, encoding)?;
        keep_intent(&app, &sender, &scope, &text)
    });
    Ok((StatusCode::CREATED, Json(begun.await??)))
}

/// Records how an operation ended.
pub(crate) async fn end(
    permit: Permit<WriteEvents>,
    State(app): State<Shared>,
    path: Result<Path<String>, PathRejection>,
    request: Request<Body>,
) -> Result<Json<Ended>, HttpError> {
    let Path(id) = path.map_err(|_| HttpError::NotFound)?;
    let sender = app.sender(permit.principal.demand_token()?);
    let scope = permit.principal.granted_scope(&app.catalogue)?;
    let encoding = Encoding::of(request.headers())?;
    let received = body::read(&app, request).await?;
    let ended = tokio::task::spawn_blocking(move || {
        let (index, intent) =
            pair::intent(&app.reader, &id, &sender.emitter)?.ok_or(HttpError::NotFound)?;
        let text = text(received, encoding)?;
        let sees =
            |outcome: &Leaf| scope.sees(&Row::with_ending(&intent, index.0, Ending::Leaf(outcome)));
        keep_outcome(&app, &sender, &intent, &text, sees)
    });
    Ok(Json(ended.await??))
}

fn text(mut received: Received, encoding: Encoding) -> Result<Vec<u8>, HttpError> {
    body::expand(&mut received, encoding)?;
    if received.bytes.len() > LINE_BYTES_MAX {
        return Err(HttpError::BodyTooLarge { bytes_max: LINE_BYTES_MAX });
    }
    Ok(received.bytes)
}

fn keep_intent(app: &App, sender: &Sender, scope: &Scope, text: &[u8]) -> Result<Begun, HttpError> {
    let (mut record, faults) = parse_event(text).map_err(bad_body)?;
    let id = record.id.get_or_insert_with(|| Uuid::now_v7().to_string().into()).clone();
    record.phase = Phase::Intent;
    let sees = |leaf: &Leaf| scope.sees(&Row::new(leaf, 0));
    let one = app.ingest.one(sender, &record, faults, text.len(), sees)?;
    let (index, checkpoint) = kept(app, one, |_| HttpError::IdConflict)?;
    Ok(Begun { id: id.into_owned(), index, checkpoint })
}

fn keep_outcome(
    app: &App,
    sender: &Sender,
    intent: &Leaf,
    text: &[u8],
    sees: impl Fn(&Leaf) -> bool,
) -> Result<Ended, HttpError> {
    let (ending, faults) = parse_outcome(text).map_err(bad_body)?;
    let record = outcome(intent, ending);
    let one = app.ingest.one(sender, &record, faults, text.len(), sees)?;
    let (index, checkpoint) = kept(app, one, |index| HttpError::AlreadyClosed { index })?;
    Ok(Ended { index, checkpoint })
}

/// The leaf that closes an intent. What both leaves say is the intent's, its time too: so the
/// same outcome sent again is the same leaf, and one event stands at one time.
fn outcome<'a>(intent: &'a Leaf, ending: Record<'a>) -> Record<'a> {
    let core = intent.core();
    let of = core.id();
    let operator = intent.value(Tag::OPERATOR).unwrap_or(UNKNOWN);
    Record {
        id: Some(outcome_id(&of).into()),
        time: core.text("time"),
        region: core.text("region"),
        stack_id: core.text("stack_id"),
        service: Some(core.service().into()),
        operation: Some(core.operation().into()),
        operator: Some(Cow::Borrowed(operator)),
        user_type: core.text("user_type"),
        phase: Phase::Outcome { of },
        ..ending
    }
}

fn kept(
    app: &App,
    One { outcome, taken }: One,
    conflict: impl FnOnce(u64) -> HttpError,
) -> Result<(u64, String), HttpError> {
    app.metrics.appended(&outcome);
    if let Some(index) = taken {
        return Err(conflict(index));
    }
    let checkpoint = outcome.checkpoint.as_deref().unwrap_or_default().to_owned();
    match outcome.first_index.or(outcome.duplicate_index) {
        Some(index) => Ok((index, checkpoint)),
        None => Err(HttpError::NoGoodLine(Box::new(outcome))),
    }
}

fn bad_body(fault: Fault) -> HttpError {
    HttpError::BadBody { problem: fault.message }
}
