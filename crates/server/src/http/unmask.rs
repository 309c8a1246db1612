//! `POST /v1/events/index/{index}/unmask`: what stands behind `***`, for a reason.
//!
//! The record of it is in the ledger before anything is shown; if it cannot be kept, nothing is.

use std::collections::BTreeMap;

use annals_api::wire::unmask::{UnmaskAnswer, UnmaskRequest};
use annals_record::{Record, Tag};
use annals_views::Found;
use axum::Json;
use axum::body::Body;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::Request;
use serde_json::{Value, json};

use crate::app::{App, Shared};
use crate::asked::AskError;
use crate::http::body;
use crate::http::error::HttpError;
use crate::http::one;
use crate::http::principal::{Permit, Principal, UnmaskEvents};
use crate::recorder;

const OPERATION: &str = "event.unmask";
/// Longest reason, characters.
const REASON_CHARS_MAX: usize = 1_024;

/// Shows masked values of one event.
pub(crate) async fn unmask(
    permit: Permit<UnmaskEvents>,
    State(app): State<Shared>,
    path: Result<Path<u64>, PathRejection>,
    request: Request<Body>,
) -> Result<Json<UnmaskAnswer>, HttpError> {
    let Path(index) = path.map_err(|_| HttpError::NotFound)?;
    let request: UnmaskRequest = body::json(&app, request).await?;
    check_reason("reason", &request.reason)?;
    let shown = tokio::task::spawn_blocking(move || show(&app, &permit.principal, index, &request));
    Ok(Json(shown.await??))
}

/// Refuses what is no reason.
pub(crate) fn check_reason(field: &'static str, reason: &str) -> Result<(), AskError> {
    let is_said = reason.chars().any(char::is_alphanumeric);
    if is_said && reason.chars().count() <= REASON_CHARS_MAX {
        return Ok(());
    }
    Err(AskError::field(field, format!("has words, and at most {REASON_CHARS_MAX} characters")))
}

fn show(
    app: &App,
    by: &Principal,
    index: u64,
    request: &UnmaskRequest,
) -> Result<UnmaskAnswer, HttpError> {
    let event = one::at(app, &by.scope(&app.catalogue)?, index)?;
    let tags = chosen(by.masks().tags(&event), request)?;
    let values: BTreeMap<String, Value> = tags
        .iter()
        .filter_map(|tag| Some((tag.name()?.to_owned(), value(&event, *tag)?)))
        .collect();
    let told = json!({ "fields": values.keys().collect::<Vec<_>>() });
    let position = index.to_string();
    app.ingest.record_own(Record {
        reason: Some(request.reason.as_str().into()),
        request_data: Some(told.to_string().into()),
        ..recorder::about(by.caller(), OPERATION, "event", &position)
    })?;
    Ok(UnmaskAnswer { values })
}

/// The fields to show: those named, which must be masked, or all that are.
fn chosen(masked: &[Tag], request: &UnmaskRequest) -> Result<Vec<Tag>, AskError> {
    let Some(names) = &request.fields else { return Ok(masked.to_vec()) };
    let find = |name: &String| {
        let tag = Tag::named(name).filter(|tag| masked.contains(tag));
        tag.ok_or_else(|| {
            AskError::field("fields", format!("names `{name}`, which is not masked in this event"))
        })
    };
    names.iter().map(find).collect()
}

/// A sealed value: JSON where it is kept as JSON, else text.
fn value(event: &Found, tag: Tag) -> Option<Value> {
    let text = event.leaf.value(tag)?;
    let is_json =
        matches!(tag, Tag::REQUEST_DATA | Tag::CHANGES | Tag::OBJECTS | Tag::RELATED | Tag::ORIGIN);
    let parsed = is_json.then(|| serde_json::from_str(text).ok()).flatten();
    Some(parsed.unwrap_or_else(|| text.into()))
}
