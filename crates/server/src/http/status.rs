//! `/v1/status`: how the server is doing, and with what configuration, for operators.

use annals_api::wire::status::{AccessStatus, FollowerStatus, QuarantineStatus, Status};
use annals_proof::Checkpoint;
use axum::Json;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;

use crate::app::{App, Shared};
use crate::auth::separation;
use crate::config::Switch;
use crate::http::error::HttpError;
use crate::http::principal::{Permit, ReadConfiguration, ReadStatus};

/// The state of everything worth watching.
pub(crate) async fn status(
    _: Permit<ReadStatus>,
    State(app): State<Shared>,
) -> Result<Json<Status>, HttpError> {
    Ok(Json(tokio::task::spawn_blocking(move || of(&app)).await??))
}

fn of(app: &App) -> Result<Status, HttpError> {
    let head = app.head();
    let open = match &app.quarantine {
        Some(index) => index.open_lines().map_err(HttpError::QuarantineIndex)?,
        None => 0,
    };
    let followers = app.quarantine.iter().map(|index| FollowerStatus {
        name: crate::quarantine::NAME.to_owned(),
        position: index.position(),
        lag: head.size.0.saturating_sub(index.position()),
    });
    Ok(Status {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        started: app.started.to_string(),
        origin: origin(&head.note),
        size: head.size.0,
        checkpoint: head.note.to_string(),
        fault: app.appender.fatal().map(|fault| fault.to_string()),
        since_start: app.metrics.totals(),
        followers: followers.collect(),
        quarantine: QuarantineStatus { open, bytes: app.quota.waiting() },
        places: app.publisher.places(),
        witnesses: app.publisher.witnesses(),
        scrub: app.scrub.status(),
        access: access(app)?,
    })
}

/// Who holds which powers, and how behaviour is shown.
fn access(app: &App) -> Result<AccessStatus, HttpError> {
    let access = &app.config.access;
    let accounts = app.control.accounts()?;
    let joined = accounts.iter().filter(|account| separation::check(account.roles).is_err());
    Ok(AccessStatus {
        separation: access.separation == Switch::On,
        joined: joined.map(|account| account.name.clone()).collect(),
        all_in_one: accounts.iter().any(|account| separation::holds_all(account.roles)),
        behaviour: access.behaviour.as_str().to_owned(),
    })
}

/// The configuration as a file; secrets are no part of it.
pub(crate) async fn configuration(
    _: Permit<ReadConfiguration>,
    State(app): State<Shared>,
) -> impl IntoResponse {
    ([(CONTENT_TYPE, "application/toml")], app.config.print())
}

/// The log's name, from the first line of its checkpoint.
pub(crate) fn origin(note: &str) -> String {
    let text = note.split("\n\n").next().map(|text| format!("{text}\n")).unwrap_or_default();
    Checkpoint::parse(&text).map(|checkpoint| checkpoint.origin).unwrap_or_default()
}
