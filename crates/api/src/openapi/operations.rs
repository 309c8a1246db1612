//! Operations in two phases: begin and end one. Those without an outcome are listed in `life`.
#![allow(dead_code)] // Functions without a body that carry a description.

use utoipa::ToSchema;

use super::schema::{Appending, Found, Guarded};
use crate::routes;
use crate::wire::event::schema::{Changes, Event, EventObject, Related};
use crate::wire::operation::{Begun, Ended};
use crate::wire::problem::Problem;

/// How an operation ended. Objects and related stand in the place of those of the intent.
#[derive(ToSchema)]
struct OperationOutcome {
    /// `success`, `failure`, `denied`, `partial` or `unknown`.
    outcome: String,
    /// Error text or comment.
    reason: Option<String>,
    changes: Option<Changes>,
    object: Option<EventObject>,
    objects: Option<Vec<EventObject>>,
    related: Option<Vec<Related>>,
    /// How long it took; its end is the intent's time + duration.
    duration_ms: Option<u64>,
    /// As in an event, where the intent says nothing: what was only known afterwards.
    #[schema(value_type = Option<Object>)]
    request_data: Option<()>,
    /// As in an event, where the intent says nothing.
    request_id: Option<String>,
    /// As in an event, where the intent says nothing.
    session_id: Option<String>,
    /// As in an event, where the intent says nothing.
    cause_id: Option<String>,
}

/// Begin an operation: record the intent before the act
///
/// The body is one event without an outcome. Once this has answered, the act cannot happen
/// unrecorded: without an outcome the event says `pending`, and after a limit `unknown`. To repeat
/// it safely the event carries an `id`. The event appears once in every list and count.
#[utoipa::path(
    post, path = routes::OPERATIONS, tag = "events", security(("token" = [])),
    request_body = Event,
    responses((status = 201, description = "The intent is kept; the act may begin", body = Begun),
        (status = 409, description = "`id_conflict`: an event with this id and other content",
            body = Problem, content_type = "application/problem+json"),
        Guarded, Appending),
)]
pub(super) fn begin() {}

/// End an operation: record its outcome
///
/// Only the token that began it can. The same outcome sent again gets the same answer; a late one
/// corrects `unknown`.
#[utoipa::path(
    post, path = routes::OPERATION_OUTCOME, tag = "events", security(("token" = [])),
    params(("id" = String, Path, description = "The id of the intent")),
    request_body = OperationOutcome,
    responses((status = 200, description = "The outcome is kept", body = Ended),
        (status = 409, description = "`already_closed`: it ended before, with another outcome",
            body = Problem, content_type = "application/problem+json"),
        Guarded, Found, Appending),
)]
pub(super) fn end() {}
