//! Questions about many events: counts, facets, groups, histograms, completion, the live tail.
#![allow(dead_code)] // Functions without a body that carry a description.

use utoipa::IntoParams;

use super::schema::{Guarded, Querying};
use crate::routes;
use crate::wire::search::{
    CompleteAnswer, CountAnswer, FacetsAnswer, GroupsAnswer, HistogramAnswer,
};

/// Which events a question is about.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Asked {
    /// A filter; absent or empty: every event.
    q: Option<String>,
    /// RFC 3339, inclusive.
    from: Option<String>,
    /// RFC 3339, exclusive.
    to: Option<String>,
    /// The time zone of days in filter and buckets, such as `Asia/Shanghai`; default UTC.
    tz: Option<String>,
}

/// How many events match
///
/// A count that no column answers (words and parts of words) may take seconds. With
/// `Accept: application/x-ndjson` lines `{"looked_at":n,"to_look_at":m}` come meanwhile; the last
/// line is the answer, or a problem.
#[utoipa::path(
    get, path = routes::COUNT, tag = "search", security(("token" = [])),
    params(Asked),
    responses((status = 200, description = "The number", body = CountAnswer), Guarded, Querying),
)]
pub(super) fn count() {}

#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
struct FieldsParameters {
    /// Names of fields with commas between them.
    fields: String,
    /// At most so many values or combinations; default 10.
    #[param(minimum = 1, maximum = 1000)]
    top: Option<u32>,
}

/// The values of fields, with counts
///
/// Each distinct value counts once for an event, also where many objects have it.
#[utoipa::path(
    get, path = routes::FACETS, tag = "search", security(("token" = [])),
    params(FieldsParameters, Asked),
    responses((status = 200, description = "A facet for each field", body = FacetsAnswer),
        Guarded, Querying),
)]
pub(super) fn facets() {}

/// Combinations of the values of up to three fields, with counts
#[utoipa::path(
    get, path = routes::GROUPS, tag = "search", security(("token" = [])),
    params(FieldsParameters, Asked),
    responses((status = 200, description = "The combinations", body = GroupsAnswer),
        Guarded, Querying),
)]
pub(super) fn groups() {}

#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
struct HistogramParameters {
    /// `1m`, `5m`, `1h`, `1d` (default), `1w` (from Monday) or `1mo`; aligned to the calendar.
    interval: Option<String>,
    /// A field whose values part each bucket.
    by: Option<String>,
    /// Of `by`, at most so many values; default 10.
    #[param(minimum = 1, maximum = 1000)]
    top: Option<u32>,
}

/// Counts over time, without gaps
#[utoipa::path(
    get, path = routes::HISTOGRAM, tag = "search", security(("token" = [])),
    params(HistogramParameters, Asked),
    responses((status = 200, description = "The buckets", body = HistogramAnswer),
        Guarded, Querying),
)]
pub(super) fn histogram() {}

#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
struct CompleteParameters {
    /// The field.
    field: String,
    /// What was typed so far; without regard to case where the field has none.
    prefix: Option<String>,
    /// At most so many values; default 10.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<u32>,
}

/// Values of a field that begin with what was typed, with counts
#[utoipa::path(
    get, path = routes::COMPLETE, tag = "search", security(("token" = [])),
    params(CompleteParameters, Asked),
    responses((status = 200, description = "The values", body = CompleteAnswer),
        Guarded, Querying),
)]
pub(super) fn complete() {}

#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
struct TailParameters {
    /// A filter; absent or empty: every event.
    q: Option<String>,
    /// The time zone in which days of the filter begin.
    tz: Option<String>,
}

/// Events as they are kept (Server-Sent Events)
///
/// In the order of position. A message `event` holds one event, its `id` is the position to go
/// on behind: send it back as `Last-Event-ID`. Without that header the listening begins at the
/// newest event; the first message, `begin`, says where. A message `damaged` names positions
/// (`from` to before `end`) that cannot be read and were passed over. Comments keep the connection
/// alive. The last message, `end`, says why it ends: `stopping`, or `slow` for a reader that took
/// nothing for too long.
#[utoipa::path(
    get, path = routes::TAIL, tag = "search", security(("token" = [])),
    params(TailParameters,
        ("last-event-id" = Option<u64>, Header, description = "Go on behind this position")),
    responses((status = 200, description = "Messages", body = String,
        content_type = "text/event-stream"), Guarded, Querying),
)]
pub(super) fn tail() {}
