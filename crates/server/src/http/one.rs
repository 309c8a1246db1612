//! One event by its id or its position, straight from the ledger: works without views, and never
//! shows what is out of scope.
//!
//! What is out of scope looks exactly like what does not exist. An id is unique per emitter only;
//! events of it that the caller may not see do not count. Blocks: not for async threads.

use annals_ledger::LedgerError;
use annals_proof::LeafIndex;
use annals_record::Leaf;
use annals_views::{Found, Order, Position, Progress, Question, Scope};

use crate::app::App;
use crate::http::error::HttpError;
use crate::recorder::Shown;

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
        Some("intent") => with_outcome(app, scope, leaf, index)?,
        Some("outcome") => of_intent(app, leaf, index)?,
        _ => whole(leaf, index),
    };
    if scope.sees(&found.row()) { Ok(found) } else { Err(HttpError::OutOfScope) }
}

fn whole(leaf: Leaf, index: u64) -> Found {
    let position = Position { at: leaf.at(), index };
    Found { position, leaf, outcome: None, updates: None, is_given_up: false }
}

/// An intent as the index knows it, which has seen whether its outcome came.
fn with_outcome(app: &App, scope: &Scope, leaf: Leaf, index: u64) -> Result<Found, HttpError> {
    let Some(search) = &app.search else { return Ok(whole(leaf, index)) };
    let question = Question::everything(scope.clone(), leaf_time(&leaf));
    let (after, progress) = (index.checked_sub(1), Progress::default());
    let answer = search.page(&question, Order::Index, after, None, 1, &progress)?;
    let known = answer.value.events.into_iter().find(|found| found.position.index == index);
    Ok(known.unwrap_or_else(|| whole(leaf, index)))
}

fn leaf_time(leaf: &Leaf) -> annals_record::Timestamp {
    annals_record::Timestamp::from_nanos(leaf.at())
}

/// The leaf of an outcome is the event of its intent, told again.
fn of_intent(app: &App, outcome: Leaf, index: u64) -> Result<Found, HttpError> {
    let of = outcome.core().of().map(std::borrow::Cow::into_owned).unwrap_or_default();
    for intent in app.reader.find(&of)? {
        let leaf = match app.reader.leaf(intent) {
            Err(LedgerError::Pruned { .. }) => continue,
            leaf => leaf?,
        };
        if leaf.core().emitter() == outcome.core().emitter() {
            let position = Position { at: leaf.at(), index };
            let updates = Some(intent.0);
            let outcome = Some(outcome);
            return Ok(Found { position, leaf, outcome, updates, is_given_up: false });
        }
    }
    Ok(whole(outcome, index))
}
