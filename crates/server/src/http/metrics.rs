//! `/metrics`: for Prometheus, role system-admin.

use annals_views::SearchIndex;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;

use crate::app::Shared;
use crate::http::error::HttpError;
use crate::http::principal::{Permit, ReadMetrics};
use crate::metrics::Gauges;

const OPENMETRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// All metrics as OpenMetrics text.
pub(crate) async fn metrics(
    _: Permit<ReadMetrics>,
    State(app): State<Shared>,
) -> Result<impl IntoResponse, HttpError> {
    let size = app.head().size.0;
    let followed = app.quarantine.as_ref().map_or(size, |index| index.position());
    let now = Gauges {
        ledger_events: size,
        ledger_stopped: app.appender.fatal().is_some(),
        quarantine_bytes: app.quota.waiting(),
        quarantine_lag_events: size.saturating_sub(followed),
        body_bytes: app.budget.used(),
        places: app.publisher.places(),
        witnesses: app.publisher.witnesses(),
        scrub: app.scrub.status(),
        index: app.search.as_ref().map(SearchIndex::stats),
        compaction: app.reader.compaction(),
    };
    let text = app.metrics.text(&now).map_err(|error| HttpError::Failed(Box::new(error)))?;
    Ok(([(CONTENT_TYPE, OPENMETRICS)], text))
}
