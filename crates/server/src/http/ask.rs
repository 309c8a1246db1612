//! From parameters and principal to a question: which events are meant, and which may be seen.
//!
//! Every call that reads events goes through here, so that none can forget the scope or what is
//! masked, and `q`, `from`, `to` and `tz` mean the same everywhere. Long work is given up when its
//! caller leaves.

use std::sync::Arc;

use annals_api::wire::search::Coverage;
use annals_ledger::{Clock as _, SystemClock};
use annals_views::{Answer, Filter, Progress, QueryError, Question, SearchIndex};
use jiff::tz::TimeZone;

use crate::app::App;
use crate::asked;
use crate::http::error::HttpError;
use crate::http::principal::Principal;
use crate::http::query::{Parameters, bad};

/// The question of a call with the parameters `q`, `from`, `to` and `tz`, of whom it takes those
/// that it knows.
pub(crate) fn question(
    app: &App,
    principal: &Principal,
    parameters: &Parameters,
) -> Result<Question, HttpError> {
    let filter = Filter::parse(parameters.text("q").unwrap_or_default(), &app.catalogue);
    let from = moment(parameters, "from")?;
    let to = moment(parameters, "to")?;
    let filter = filter.map_err(QueryError::Filter)?;
    Ok(Question {
        filter: principal.masks().narrow(filter, &app.catalogue)?,
        zone: zone(parameters)?,
        from,
        to,
        ..Question::everything(principal.scope(&app.catalogue)?, SystemClock.now())
    })
}

/// A position to go on behind must be in the ledger: beyond its end, as after a restore, nothing
/// would come for long and then only a part.
pub(crate) fn demand_kept(app: &App, behind: Option<u64>) -> Result<(), QueryError> {
    match behind {
        Some(index) if index >= app.head().size.0 => Err(QueryError::CursorBeyond),
        _ => Ok(()),
    }
}

/// The index, unless views are off.
pub(crate) fn index(app: &App) -> Result<SearchIndex, HttpError> {
    app.search.clone().ok_or(HttpError::ViewsOff)
}

/// Asks on a thread for that; gives up once the caller has gone.
pub(crate) async fn blocking<T: Send + 'static>(
    ask: impl FnOnce(&Progress) -> Result<T, QueryError> + Send + 'static,
) -> Result<T, HttpError> {
    let progress = Arc::new(Progress::default());
    let _hang_up = HangUp(progress.clone());
    Ok(tokio::task::spawn_blocking(move || ask(&progress)).await??)
}

/// Dropped with the request, also in the middle of it.
pub(crate) struct HangUp(pub(crate) Arc<Progress>);

impl Drop for HangUp {
    fn drop(&mut self) {
        self.0.cancel();
    }
}

/// What an answer covers, as told on the wire.
pub(crate) fn coverage<T>(answer: &Answer<T>) -> Coverage {
    Coverage {
        as_of: answer.as_of,
        settled_index: answer.settled,
        partial: answer.partial.is_some(),
        reason: answer.partial.as_ref().map(|partial| partial.reason.to_string()),
        scanned_to: answer.partial.as_ref().map(|partial| partial.scanned_to),
    }
}

/// A parameter that is a time, in ns since 1970.
pub(crate) fn moment(
    parameters: &Parameters,
    name: &'static str,
) -> Result<Option<i64>, HttpError> {
    let Some(text) = parameters.text(name) else { return Ok(None) };
    // A `+` of an offset that was not percent-encoded arrives as a blank.
    let moment = asked::moment(text).or_else(|| asked::moment(&text.replace(' ', "+")));
    moment.map(Some).ok_or_else(|| bad(name, "is not a time like 2026-11-02T08:15:30Z"))
}

/// The parameter `tz`; UTC if it is absent.
pub(crate) fn zone(parameters: &Parameters) -> Result<TimeZone, HttpError> {
    match parameters.text("tz") {
        None => Ok(TimeZone::UTC),
        Some(name) => asked::zone(name).ok_or_else(|| bad("tz", asked::NO_ZONE)),
    }
}
