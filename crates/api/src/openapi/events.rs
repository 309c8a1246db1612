//! Operations on events: append, read, prove, quarantine.
#![allow(dead_code)] // Functions without a body that carry a description.

use utoipa::IntoParams;

use super::schema::{Appending, ById, EventsPage, Found, Guarded, Querying};
use crate::routes;
use crate::wire::append::AppendAnswer;
use crate::wire::event::schema::Event;
use crate::wire::fingerprint::FingerprintsAnswer;
use crate::wire::quarantine::{QuarantinePage, ReplayAnswer};
use crate::wire::unmask::{UnmaskAnswer, UnmaskRequest};

#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
struct AppendParameters {
    /// All or nothing: one bad line and nothing is kept (at most 10,000 events and 16 MiB).
    strict: Option<bool>,
}

/// Send events
///
/// One JSON object, an array, or NDJSON; gzip and zstd are understood. The answer comes after
/// every accepted event is on disk and under a signed checkpoint. Good lines are kept although
/// others are bad; a bad line is kept in the quarantine.
#[utoipa::path(
    post, path = routes::EVENTS, tag = "events", security(("token" = [])),
    params(AppendParameters),
    request_body(content(
        (Event = "application/json"),
        (Event = "application/x-ndjson"),
    )),
    responses((status = 200, description = "What became of them", body = AppendAnswer),
        Guarded, Appending),
)]
pub(super) fn append() {}

#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
struct PageParameters {
    /// A filter; with a cursor the one its walk began with.
    q: Option<String>,
    /// RFC 3339, inclusive.
    from: Option<String>,
    /// RFC 3339, exclusive.
    to: Option<String>,
    /// The time zone in which days of the filter begin, such as `Asia/Shanghai`; default UTC.
    tz: Option<String>,
    /// `-time` (default), `time`, `index` or `-index`; `index` if `after_index` is given.
    #[param(inline)]
    order: Option<Order>,
    /// Only events after this position.
    after_index: Option<u64>,
    /// At most so many events; default 100.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<u32>,
    /// `next` of the page before; but for `q` its walk's parameters may be left out.
    cursor: Option<String>,
}

#[derive(serde::Serialize, utoipa::ToSchema)]
enum Order {
    #[serde(rename = "-time")]
    NewestFirst,
    #[serde(rename = "time")]
    OldestFirst,
    #[serde(rename = "index")]
    Index,
    #[serde(rename = "-index")]
    IndexBackwards,
}

/// Page through events
///
/// Ordered by (time, index). The first page fixes `as_of`: one walk sees exactly the events
/// below it, none twice, none skipped.
#[utoipa::path(
    get, path = routes::EVENTS, tag = "events", security(("token" = [])),
    params(PageParameters),
    responses((status = 200, description = "One page", body = EventsPage), Guarded, Querying),
)]
pub(super) fn page() {}

/// One event by its id
#[utoipa::path(
    get, path = routes::EVENT, tag = "events", security(("token" = [])),
    params(("id" = String, Path, description = "The event's id")),
    responses((status = 200, description = "The event", body = Event), Guarded, ById),
)]
pub(super) fn event() {}

/// The portable proof of one event by its id
#[utoipa::path(
    get, path = routes::EVENT_PROOF, tag = "events", security(("token" = [])),
    params(("id" = String, Path, description = "The event's id")),
    responses((status = 200, description = "A .tlog-proof with the event's disclosure",
        body = String, content_type = "text/plain; charset=utf-8"), Guarded, ById),
)]
pub(super) fn event_proof() {}

/// One event by its position
#[utoipa::path(
    get, path = routes::EVENT_AT, tag = "events", security(("token" = [])),
    params(("index" = u64, Path, description = "The event's position in the ledger")),
    responses((status = 200, description = "The event", body = Event), Guarded, Found),
)]
pub(super) fn event_at() {}

/// The portable proof of one event by its position
#[utoipa::path(
    get, path = routes::EVENT_AT_PROOF, tag = "events", security(("token" = [])),
    params(("index" = u64, Path, description = "The event's position in the ledger")),
    responses((status = 200, description = "A .tlog-proof with the event's disclosure",
        body = String, content_type = "text/plain; charset=utf-8"), Guarded, Found),
)]
pub(super) fn event_at_proof() {}

/// What stands behind `***` in an event
///
/// Needs the right `unmask-events` and a reason. The record of it is durable before anything is
/// shown; if it cannot be kept, nothing is.
#[utoipa::path(
    post, path = routes::UNMASK, tag = "events", security(("token" = [])),
    params(("index" = u64, Path, description = "The event's position in the ledger")),
    request_body = UnmaskRequest,
    responses((status = 200, description = "The values", body = UnmaskAnswer), Guarded, Found),
)]
pub(super) fn unmask() {}

/// Which masked secrets of an event were seen before
///
/// Needs the right `read-fingerprints`. A token, key or cookie is masked before anything is kept;
/// what is left of it is a short keyed hash by which two uses of one secret can be told to be of
/// the same. Of passwords, PINs and one-time codes nothing is kept. The record of it is durable
/// before anything is shown; if it cannot be kept, nothing is.
#[utoipa::path(
    get, path = routes::FINGERPRINTS, tag = "events", security(("token" = [])),
    params(("index" = u64, Path, description = "The event's position in the ledger")),
    responses((status = 200, description = "One for each secret", body = FingerprintsAnswer),
        Guarded, Found),
)]
pub(super) fn fingerprints() {}

#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
struct QuarantineParameters {
    /// `open` (default), `replayed` or `all`.
    state: Option<String>,
    /// Only lines kept after this position.
    after_index: Option<u64>,
    /// At most so many lines; default 100.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<u32>,
}

/// Rejected lines, oldest first
#[utoipa::path(
    get, path = routes::QUARANTINE, tag = "events", security(("token" = [])),
    params(QuarantineParameters),
    responses((status = 200, description = "One page", body = QuarantinePage), Guarded, Querying),
)]
pub(super) fn quarantine() {}

/// Send a rejected line again
///
/// For use after what made it bad was fixed, such as a missing catalogue entry. The line keeps
/// its first emitter.
#[utoipa::path(
    post, path = routes::QUARANTINE_REPLAY, tag = "events", security(("token" = [])),
    params(("index" = u64, Path, description = "Position of the `event.quarantine` event")),
    responses((status = 200, description = "The event is kept", body = ReplayAnswer),
        (status = 409, description = "It was replayed before, or is not replayable",
            body = crate::wire::problem::Problem, content_type = "application/problem+json"),
        Guarded, Found, Appending),
)]
pub(super) fn quarantine_replay() {}
