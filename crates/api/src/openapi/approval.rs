//! Approvals as cases.
#![allow(dead_code)] // Functions without a body that carry a description.

use utoipa::IntoParams;

use super::schema::{Found, Guarded, Querying};
use super::search::Asked;
use crate::routes;
use crate::wire::approval::{ApprovalAnswer, ApprovalsAnswer};

#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
struct ApprovalsParameters {
    /// Only those that stand so: `open`, `approved`, `rejected`, `expired`, `deleted`, `refused`.
    state: Option<String>,
    /// Only those in which one of these was found, with commas, such as `self_approval`; `any` for
    /// anything.
    finding: Option<String>,
    /// At most so many; default 50.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
    /// `next` of the page before.
    cursor: Option<String>,
}

/// Approvals, each as one case, newest first
///
/// Filter and range are those of the event that began the case: the request, or the first decision
/// where no request is seen.
#[utoipa::path(
    get, path = routes::APPROVALS, tag = "search", security(("token" = [])),
    params(ApprovalsParameters, Asked),
    responses((status = 200, description = "One page", body = ApprovalsAnswer),
        Guarded, Querying),
)]
pub(super) fn approvals() {}

#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
struct ApprovalParameters {
    /// The deployment it belongs to; needed where several have an approval with this id.
    stack_id: Option<String>,
}

/// One approval from the request to the deletion, with everything that was checked
#[utoipa::path(
    get, path = routes::APPROVAL, tag = "search", security(("token" = [])),
    params(("id" = String, Path, description = "The approval's id"), ApprovalParameters),
    responses((status = 200, description = "The dossier", body = ApprovalAnswer),
        Guarded, Found, Querying),
)]
pub(super) fn approval() {}
