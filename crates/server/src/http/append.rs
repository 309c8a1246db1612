//! `POST /v1/events`: from a request to events that are durable and proved.

use annals_api::wire::append::AppendAnswer;
use annals_ledger::{Clock as _, SystemClock};
use axum::Json;
use axum::body::Body;
use axum::extract::{Extension, State};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, Request};

use crate::app::{App, Shared};
use crate::http::body::{self, Encoding};
use crate::http::error::HttpError;
use crate::http::finish::RequestId;
use crate::http::principal::{Permit, WriteEvents};
use crate::http::query::Parameters;
use crate::ingest::{self, Form, Outcome};

/// Takes the events of the body; answers once they are on disk and under a signed checkpoint.
pub(crate) async fn append(
    permit: Permit<WriteEvents>,
    State(app): State<Shared>,
    Extension(RequestId(request_id)): Extension<RequestId>,
    request: Request<Body>,
) -> Result<Json<AppendAnswer>, HttpError> {
    let strict = Parameters::parse(request.uri(), &["strict"])?.flag("strict")?;
    let encoding = Encoding::of(request.headers())?;
    let form = form_of(request.headers());
    let sender = app.sender(permit.principal.demand_token()?);
    let emitter = sender.emitter.clone();
    let scope = permit.principal.granted_scope(&app.catalogue)?;
    demand_pace(&app, &sender.emitter)?;
    let mut received = body::read(&app, request).await?;
    let shared = app.clone();
    // A thread of its own: parsing and hashing would starve the threads that serve connections.
    // It runs to its end although the client may be gone: what was accepted is finished.
    let outcome = tokio::task::spawn_blocking(move || {
        body::expand(&mut received, encoding)?;
        let (sender, request_id) = (&sender, Some(request_id.as_str()));
        let scope = (!scope.is_everything()).then_some(&scope);
        let request = ingest::Request { sender, scope, request_id, form, strict };
        Ok::<_, HttpError>(shared.ingest.take(&request, &received.bytes)?)
    })
    .await??;
    app.metrics.appended(&outcome);
    if let Some(pace) = &app.pace {
        let sent = outcome.accepted + outcome.duplicates + outcome.rejected.len() as u64;
        pace.take(emitter, sent, SystemClock.now());
    }
    answer(outcome)
}

/// Refuses a token that has sent more than its share.
pub(super) fn demand_pace(app: &App, emitter: &String) -> Result<(), HttpError> {
    let Some(pace) = &app.pace else { return Ok(()) };
    pace.check(emitter, SystemClock.now()).map_err(HttpError::TooFast)
}

fn answer(outcome: Outcome) -> Result<Json<AppendAnswer>, HttpError> {
    let nothing_good = outcome.accepted == 0 && outcome.duplicates == 0;
    if outcome.refused || (nothing_good && !outcome.rejected.is_empty()) {
        return Err(HttpError::NoGoodLine(Box::new(outcome)));
    }
    Ok(Json(AppendAnswer {
        accepted: outcome.accepted,
        duplicates: outcome.duplicates,
        rejected: outcome.rejected,
        first_index: outcome.first_index,
        last_index: outcome.last_index,
        checkpoint: outcome.checkpoint.as_deref().unwrap_or_default().to_owned(),
    }))
}

/// Content types are a hint: tools send NDJSON as `application/json` and the other way round.
fn form_of(headers: &HeaderMap) -> Form {
    let media = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or("");
    let media = media.split(';').next().unwrap_or("").trim().to_ascii_lowercase();
    match media.as_str() {
        "application/x-ndjson"
        | "application/ndjson"
        | "application/jsonl"
        | "application/x-jsonlines" => Form::Lines,
        "application/json" => Form::Document,
        _ => Form::ByContent,
    }
}
