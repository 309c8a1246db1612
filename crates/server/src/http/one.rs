//! One event by its id or its position, straight from the ledger: works without views, and never
//! shows what is out of scope.
//!
//! What is out of scope looks exactly like what does not exist. An id is unique per emitter only;
//! events of it that the caller may not see do not count. Blocks: not for async threads.

use annals_ledger::{Clock as _, SystemClock};
use annals_proof::LeafIndex;
use annals_record::Leaf;
use annals_views::{Found, Position, Scope};

use crate::app::App;
use crate::http::error::HttpError;
use crate::pair;
use crate::recorder::Shown;

const NANOS_PER_HOUR: i64 = 3_600_000_000_000;

/// The one event with this id.
pub(crate) fn by_id(app: &App, scope: &Scope, id: &str) -> Result<Found, HttpError> {
    let mut found = Vec::new();
    let mut none = HttpError::NotFound;
    for index in app.reader.find(id)? {
        match at(app, scope, index.0) {
            Ok(event) => found.push(event),
            Err(HttpError::NotFound) => {}
            Err(HttpError::OutOfScope) => none = HttpError::OutOfScope,
            Err(error) => return Err(error),
        }
    }
    match found.len() {
        0 => Err(none),
        1 => Ok(found.remove(0)),
        _ => {
            let indexes = found.iter().map(|event| event.position.index).collect();
            Err(HttpError::SeveralEvents { indexes })
        }
    }
}

/// One event, for the record of who saw it.
pub(crate) fn shown(event: &Found) -> Shown {
    Shown { events: 1, ..Shown::thing("event", event.position.index.to_string()) }
}

/// The event at a position.
pub(crate) fn at(app: &App, scope: &Scope, index: u64) -> Result<Found, HttpError> {
    let leaf = app.reader.leaf(LeafIndex(index))?;
    let phase = leaf.core().phase().map(str::to_owned);
    let found = match phase.as_deref() {
        Some("intent") => with_outcome(app, leaf, index)?,
        Some("outcome") => of_intent(app, leaf, index)?,
        _ => whole(leaf, index),
    };
    if scope.sees(&found.row()) { Ok(found) } else { Err(HttpError::OutOfScope) }
}

fn whole(leaf: Leaf, index: u64) -> Found {
    let position = Position { at: leaf.at(), index };
    Found { position, leaf, outcome: None, updates: None, is_given_up: false }
}

/// An intent, and how it ended as far as the ledger knows.
fn with_outcome(app: &App, leaf: Leaf, index: u64) -> Result<Found, HttpError> {
    let outcome = pair::outcome(&app.reader, &leaf)?.map(|(_, outcome)| outcome);
    let is_given_up = outcome.is_none() && is_overdue(app, &leaf);
    Ok(Found { outcome, is_given_up, ..whole(leaf, index) })
}

/// True once the limit is over within which an outcome must come.
fn is_overdue(app: &App, intent: &Leaf) -> bool {
    let limit = i64::try_from(app.config.views.open_hours_max).unwrap_or(i64::MAX);
    let limit = limit.saturating_mul(NANOS_PER_HOUR);
    intent.at() < SystemClock.now().nanos().saturating_sub(limit)
}

/// The leaf of an outcome is the event of its intent, told again.
fn of_intent(app: &App, outcome: Leaf, index: u64) -> Result<Found, HttpError> {
    let core = outcome.core();
    let of = core.of().unwrap_or_default();
    match pair::intent(&app.reader, &of, core.emitter())? {
        Some((intent, leaf)) => {
            let (outcome, updates) = (Some(outcome), Some(intent.0));
            Ok(Found { outcome, updates, ..whole(leaf, index) })
        }
        None => Ok(whole(outcome, index)),
    }
}
