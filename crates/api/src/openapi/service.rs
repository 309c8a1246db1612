//! Operations about the server itself.
#![allow(dead_code)] // Functions without a body that carry a description.

use super::schema::Guarded;
use crate::routes;
use crate::wire::catalogue::CatalogueAnswer;
use crate::wire::health::Health;
use crate::wire::status::{ScrubStatus, Status};

/// Services, operations and fields in both languages
#[utoipa::path(
    get, path = routes::CATALOGUE, tag = "service", security(("token" = [])),
    responses((status = 200, description = "The catalogue", body = CatalogueAnswer), Guarded),
)]
pub(super) fn catalogue() {}

/// How the server is doing
#[utoipa::path(
    get, path = routes::STATUS, tag = "service", security(("token" = [])),
    responses((status = 200, description = "The state", body = Status), Guarded),
)]
pub(super) fn status() {}

/// How the check of the whole ledger is going
///
/// The one under way, if there is one, and what the last one found.
#[utoipa::path(
    get, path = routes::VERIFICATION, tag = "service", security(("token" = [])),
    responses((status = 200, description = "Progress and result", body = ScrubStatus), Guarded),
)]
pub(super) fn verification() {}

/// Check the whole ledger now
///
/// As `annals verify` does, in the background, by the server itself: it shows damage, and is no
/// proof against the server's owner. One that is under way is not begun a second time. Who asked is
/// kept as `verify.begin`, what was found as `verify.run`.
#[utoipa::path(
    post, path = routes::VERIFICATION, tag = "service", security(("token" = [])),
    responses((status = 202, description = "It is under way", body = ScrubStatus), Guarded),
)]
pub(super) fn begin_verification() {}

/// The configuration the server runs with
///
/// Every key with its meaning and its value, as `annals config print` writes it. Secrets are no
/// part of it: it names the files and variables that hold them.
#[utoipa::path(
    get, path = routes::CONFIGURATION, tag = "service", security(("token" = [])),
    responses((status = 200, description = "A configuration file",
        body = String, content_type = "application/toml"), Guarded),
)]
pub(super) fn configuration() {}

/// Alive
#[utoipa::path(
    get, path = routes::HEALTHZ, tag = "service",
    responses((status = 200, description = "The process answers", body = Health)),
)]
pub(super) fn healthz() {}

/// Ready to take events
#[utoipa::path(
    get, path = routes::READYZ, tag = "service",
    responses(
        (status = 200, description = "The ledger takes and serves events", body = Health),
        (status = 503, description = "It does not: stopped, or stopping",
            body = crate::wire::problem::Problem, content_type = "application/problem+json")),
)]
pub(super) fn readyz() {}

/// This document
#[utoipa::path(
    get, path = routes::OPENAPI, tag = "service",
    responses((status = 200, description = "OpenAPI 3.1", content_type = "application/json")),
)]
pub(super) fn openapi() {}

/// Prometheus metrics
#[utoipa::path(
    get, path = routes::METRICS, tag = "service", security(("token" = [])),
    responses((status = 200, description = "OpenMetrics text",
        body = String, content_type = "application/openmetrics-text"), Guarded),
)]
pub(super) fn metrics() {}
