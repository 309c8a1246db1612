//! Saved views and export jobs.
#![allow(dead_code)] // Functions without a body that carry a description.

use super::schema::{Found, Guarded, Querying, Sending};
use crate::routes;
use crate::wire::export::{Export, ExportRequest, ExportsAnswer};
use crate::wire::problem::Problem;
use crate::wire::view::{View, ViewDraft, ViewsAnswer};

/// Saved views: one's own and the shared ones
#[utoipa::path(
    get, path = routes::VIEWS, tag = "saved", security(("token" = [])),
    responses((status = 200, description = "The views", body = ViewsAnswer), Guarded),
)]
pub(super) fn views() {}

/// Save a view
#[utoipa::path(
    post, path = routes::VIEWS, tag = "saved", security(("token" = [])),
    request_body = ViewDraft,
    responses((status = 201, description = "It is saved", body = View), Guarded, Sending),
)]
pub(super) fn save_view() {}

/// One saved view
#[utoipa::path(
    get, path = routes::VIEW, tag = "saved", security(("token" = [])),
    params(("id" = String, Path, description = "The view's id")),
    responses((status = 200, description = "The view", body = View), Guarded, Found),
)]
pub(super) fn view() {}

/// Replace what a view says; for its owner
#[utoipa::path(
    put, path = routes::VIEW, tag = "saved", security(("token" = [])),
    params(("id" = String, Path, description = "The view's id")),
    request_body = ViewDraft,
    responses((status = 200, description = "It is replaced", body = View),
        Guarded, Found, Sending),
)]
pub(super) fn replace_view() {}

/// Delete a view; for its owner
#[utoipa::path(
    delete, path = routes::VIEW, tag = "saved", security(("token" = [])),
    params(("id" = String, Path, description = "The view's id")),
    responses((status = 204, description = "It is gone"), Guarded, Found),
)]
pub(super) fn delete_view() {}

/// The caller's export jobs
#[utoipa::path(
    get, path = routes::EXPORTS, tag = "saved", security(("token" = [])),
    responses((status = 200, description = "The jobs, newest first", body = ExportsAnswer),
        Guarded),
)]
pub(super) fn exports() {}

/// Begin an export job
///
/// The file holds the events below the ledger head of now, oldest first. The job is an event of
/// the audit log before it begins, survives a restart of the server, and goes on where it was.
#[utoipa::path(
    post, path = routes::EXPORTS, tag = "saved", security(("token" = [])),
    request_body = ExportRequest,
    responses((status = 202, description = "The job", body = Export),
        Guarded, Sending, Querying),
)]
pub(super) fn begin_export() {}

/// One export job
#[utoipa::path(
    get, path = routes::EXPORT, tag = "saved", security(("token" = [])),
    params(("id" = String, Path, description = "The job's id")),
    responses((status = 200, description = "Its state", body = Export), Guarded, Found),
)]
pub(super) fn export() {}

/// End an export job; one that has ended is removed with its file
#[utoipa::path(
    delete, path = routes::EXPORT, tag = "saved", security(("token" = [])),
    params(("id" = String, Path, description = "The job's id")),
    responses((status = 204, description = "It is ended"), Guarded, Found),
)]
pub(super) fn end_export() {}

/// What an export job wrote
///
/// Parts on request (RFC 9110, 14), so that a broken download can go on.
#[utoipa::path(
    get, path = routes::EXPORT_FILE, tag = "saved", security(("token" = [])),
    params(("id" = String, Path, description = "The job's id")),
    responses((status = 200, description = "The file", body = Vec<u8>,
            content_type = "application/octet-stream"),
        (status = 206, description = "The part that was asked for", body = Vec<u8>,
            content_type = "application/octet-stream"),
        (status = 409, description = "The job is not done", body = Problem,
            content_type = "application/problem+json"),
        (status = 416, description = "The file has no such part"),
        Guarded, Found),
)]
pub(super) fn export_file() {}
