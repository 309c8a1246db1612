//! `/openapi.json`: the description of this API.

use std::sync::LazyLock;

use axum::body::Bytes;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;

static DOCUMENT: LazyLock<Bytes> =
    LazyLock::new(|| Bytes::from(annals_api::openapi::document_text()));

/// The document.
pub(crate) async fn openapi() -> impl IntoResponse {
    ([(CONTENT_TYPE, "application/json")], DOCUMENT.clone())
}
