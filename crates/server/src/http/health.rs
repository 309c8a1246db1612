//! `/healthz` and `/readyz`: for load balancers and supervisors, without a token.

use annals_api::wire::health::Health;
use axum::Json;
use axum::extract::State;

use crate::app::Shared;
use crate::http::error::HttpError;

/// The process answers.
pub(crate) async fn healthz() -> Json<Health> {
    ok()
}

/// The ledger takes and serves events, and the server is not stopping.
pub(crate) async fn readyz(State(app): State<Shared>) -> Result<Json<Health>, HttpError> {
    if app.is_stopping() || app.appender.fatal().is_some() {
        return Err(HttpError::Stopping);
    }
    Ok(ok())
}

fn ok() -> Json<Health> {
    Json(Health { status: "ok".to_owned() })
}
