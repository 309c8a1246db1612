//! Rejected lines: the list, and sending one again.

use annals_api::wire::quarantine::{QuarantinePage, ReplayAnswer};
use annals_proof::LeafIndex;
use annals_record::{Sender, Tag};
use annals_views::Scope;
use axum::Json;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::Uri;

use crate::app::{App, Shared};
use crate::http::ask;
use crate::http::error::HttpError;
use crate::http::principal::{Permit, Principal, ReadQuarantine, ReplayQuarantine};
use crate::http::query::{Parameters, bad};
use crate::ingest::Quarantined;
use crate::quarantine::{QUARANTINE, REPLAY, State as LineState};
use crate::recorder;

/// Lines of a page, unless asked otherwise.
const PAGE_LINES: usize = 100;
/// Most lines of a page.
const PAGE_LINES_MAX: usize = 1_000;

/// Rejected lines, oldest first.
pub(crate) async fn list(
    permit: Permit<ReadQuarantine>,
    State(app): State<Shared>,
    uri: Uri,
) -> Result<Json<QuarantinePage>, HttpError> {
    permit.principal.demand_everything()?;
    let index = app.quarantine.clone().ok_or(HttpError::ViewsOff)?;
    let parameters = Parameters::parse(&uri, &["state", "after_index", "limit"])?;
    let state = match parameters.text("state") {
        None | Some("open") => LineState::Open,
        Some("replayed") => LineState::Replayed,
        Some("all") => LineState::All,
        Some(_) => return Err(bad("state", "is not one of open, replayed, all")),
    };
    let after = parameters.number("after_index")?;
    ask::demand_kept(&app, after)?;
    let limit = parameters.limit(PAGE_LINES, PAGE_LINES_MAX)?;
    let size = app.head().size;
    let page = tokio::task::spawn_blocking(move || {
        index.wait_for(size);
        index.page(state, after, limit).map_err(HttpError::QuarantineIndex)
    });
    Ok(Json(page.await??))
}

/// Sends the line kept at a position again, as its first sender.
pub(crate) async fn replay(
    permit: Permit<ReplayQuarantine>,
    State(app): State<Shared>,
    path: Result<Path<u64>, PathRejection>,
) -> Result<Json<ReplayAnswer>, HttpError> {
    permit.principal.demand_everything()?;
    let Path(index) = path.map_err(|_| HttpError::NotFound)?;
    let replayed = tokio::task::spawn_blocking(move || send_again(&app, &permit.principal, index));
    Ok(Json(replayed.await??))
}

fn send_again(app: &App, by: &Principal, index: u64) -> Result<ReplayAnswer, HttpError> {
    let known = app.quarantine.as_ref().ok_or(HttpError::ViewsOff)?;
    // One replay at a time: two at once could both find the line open.
    let _one = known.replaying();
    known.wait_for(app.head().size);
    let kept = kept_line(app, index)?;
    if let Some(index) = known.replayed(index).map_err(HttpError::QuarantineIndex)? {
        return Err(HttpError::AlreadyReplayed { index });
    }
    let text = kept.text().ok_or(HttpError::NotReplayable)?;
    let (sender, scope) = first_sender(app, &kept)?;
    let position = index.to_string();
    let outcome = app.ingest.replay(
        &sender,
        scope.as_ref(),
        &text,
        recorder::about(by.caller(), REPLAY, "quarantined-line", &position),
    )?;
    if outcome.refused {
        return Err(HttpError::StillRejected(outcome.rejected));
    }
    let checkpoint = outcome.checkpoint.as_deref().unwrap_or_default().to_owned();
    let (event, duplicate) = match (outcome.first_index, outcome.duplicate_index) {
        (Some(index), _) => (index, false),
        (None, Some(index)) => (index, true),
        (None, None) => return Err(HttpError::NotFound),
    };
    let replay_index = outcome.own_index.unwrap_or(event);
    Ok(ReplayAnswer { index: event, duplicate, replay_index, checkpoint })
}

/// The rejected line at a position; anything else there looks like nothing.
fn kept_line(app: &App, index: u64) -> Result<Quarantined, HttpError> {
    let leaf = app.reader.leaf(LeafIndex(index))?;
    let core = leaf.core();
    let is_ours = core.emitter() == app.ingest.server().emitter && core.operation() == QUARANTINE;
    let origin = leaf.value(Tag::ORIGIN).filter(|_| is_ours);
    origin.and_then(Quarantined::parse).ok_or(HttpError::NotFound)
}

/// The line keeps its first emitter, so that its id still guards against doubles, and that one's
/// scope.
fn first_sender(app: &App, kept: &Quarantined) -> Result<(Sender, Option<Scope>), HttpError> {
    let Some(token) = app.control.token(&kept.emitter)? else {
        let sender = Sender {
            emitter: kept.emitter.clone(),
            region: None,
            stack_id: None,
            may_be_system: false,
            is_server: false,
        };
        return Ok((sender, None));
    };
    let scope = token.scope.as_deref().map(|text| Scope::parse(text, &app.catalogue));
    let scope = scope.transpose().map_err(HttpError::ScopeUnreadable)?;
    Ok((app.sender(&token), scope))
}
