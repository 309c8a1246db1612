//! `/v1/catalogue`: services, operations and fields in both languages.

use annals_api::wire::catalogue::CatalogueAnswer;
use axum::Json;
use axum::extract::State;

use crate::app::Shared;
use crate::http::principal::{Permit, ReadCatalogue};
use crate::words;

/// The whole catalogue, site extensions included.
pub(crate) async fn catalogue(
    _: Permit<ReadCatalogue>,
    State(app): State<Shared>,
) -> Json<CatalogueAnswer> {
    Json(words::catalogue(&app.catalogue, &app.config.stacks))
}
