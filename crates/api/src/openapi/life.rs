//! Lives and behaviour: histories of objects, causes, sessions, profiles, open operations.
#![allow(dead_code)] // Functions without a body that carry a description.

use utoipa::IntoParams;

use super::schema::{Found, Guarded, Querying};
use super::search::Asked;
use crate::routes;
use crate::wire::history::{CausesAnswer, HistoryAnswer, OperationsAnswer};
use crate::wire::profile::ProfileAnswer;
use crate::wire::session::SessionsAnswer;

#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
struct PageOf {
    /// At most so many; default 100.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<u32>,
    /// `next` of the page before.
    cursor: Option<String>,
}

#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
struct HistoryParameters {
    /// The object's type.
    r#type: String,
    /// The object's id.
    id: String,
}

/// The life of one object, oldest event first, as target or related
///
/// With what each event changed: `exact` where the event says it, `approximate` where requests
/// were compared, else `unavailable`.
#[utoipa::path(
    get, path = routes::HISTORY, tag = "search", security(("token" = [])),
    params(HistoryParameters, Asked, PageOf),
    responses((status = 200, description = "One page", body = HistoryAnswer), Guarded, Querying),
)]
pub(super) fn history() {}

#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
struct ProfileParameters {
    /// Why somebody else's profile is opened, where the server demands it; recorded.
    #[param(max_length = 1024)]
    reason: Option<String>,
}

/// What one person does: when, from where, and what of it is unusual
///
/// Where behaviour is pseudonymised, users stand as `p-` and eight hex digits, always the same,
/// and can be asked for by that. Whoever has the right `unmask-events` and gives a reason is
/// answered by name.
#[utoipa::path(
    get, path = routes::PROFILE, tag = "search", security(("token" = [])),
    params(("name" = String, Path, description = "Operator, username or pseudonym"),
        ProfileParameters, Asked),
    responses((status = 200, description = "The profile", body = ProfileAnswer),
        Guarded, Found, Querying),
)]
pub(super) fn profile() {}

#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
struct SessionsParameters {
    /// `any` (default), `open` or `ended`.
    state: Option<String>,
}

/// Sessions: who was where, from when to when, and how it ended
#[utoipa::path(
    get, path = routes::SESSIONS, tag = "search", security(("token" = [])),
    params(SessionsParameters, Asked, PageOf),
    responses((status = 200, description = "One page", body = SessionsAnswer), Guarded, Querying),
)]
pub(super) fn sessions() {}

#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
struct OperationsParameters {
    /// `true`: those whose outcome is not known. Nothing else can be asked for.
    open: bool,
}

/// Operations in two phases whose outcome is not known
#[utoipa::path(
    get, path = routes::OPERATIONS, tag = "search", security(("token" = [])),
    params(OperationsParameters, Asked, PageOf),
    responses((status = 200, description = "One page", body = OperationsAnswer),
        Guarded, Querying),
)]
pub(super) fn operations() {}

/// What made an event happen, and what it made happen
#[utoipa::path(
    get, path = routes::CAUSES, tag = "search", security(("token" = [])),
    params(("id" = String, Path, description = "The event's id")),
    responses((status = 200, description = "The tree", body = CausesAnswer),
        (status = 409, description = "Several emitters used this id; `indexes` tells where",
            body = crate::wire::problem::Problem, content_type = "application/problem+json"),
        Guarded, Found, Querying),
)]
pub(super) fn causes() {}
