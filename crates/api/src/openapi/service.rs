//! Operations about the server itself.
#![allow(dead_code)] // Functions without a body that carry a description.

use super::schema::Guarded;
use crate::routes;
use crate::wire::catalogue::CatalogueAnswer;
use crate::wire::health::Health;
use crate::wire::status::Status;

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
