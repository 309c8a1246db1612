//! What every answer goes through: a name for the request, problem documents, headers, counts.

use std::any::Any;
use std::time::Instant;

use annals_api::wire::problem::{PROBLEM_JSON, Problem};
use axum::body::Body;
use axum::extract::{MatchedPath, Request, State};
use axum::http::HeaderName;
use axum::http::header::{
    CACHE_CONTROL, CONNECTION, CONTENT_LENGTH, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderValue,
    TRANSFER_ENCODING, X_CONTENT_TYPE_OPTIONS,
};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tracing::Instrument;

use crate::app::Shared;
use crate::http::error::HttpError;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The request's name in our log; always ours, never the caller's.
#[derive(Clone, Debug)]
pub(crate) struct RequestId(pub(crate) String);

/// Names the request, runs it, and completes its answer.
pub(crate) async fn finish(
    State(app): State<Shared>,
    mut request: Request,
    next: Next,
) -> Response {
    let begun = Instant::now();
    let id = RequestId(uuid::Uuid::now_v7().to_string());
    let route = request.extensions().get::<MatchedPath>().cloned();
    let route = route.as_ref().map_or("unknown", MatchedPath::as_str);
    let method = request.method().clone();
    // Path and query may hold what senders should not have put there; the route cannot.
    let span = tracing::info_span!("request", id = id.0, %method, route);
    request.extensions_mut().insert(id.clone());
    // Of a length beside chunks the parser leaves no trace, and a proxy in front may have gone by
    // it (RFC 9112, 6.1): behind chunks no further request is read from the connection.
    let is_last = request.headers().contains_key(TRANSFER_ENCODING);
    let mut response = next.run(request).instrument(span.clone()).await;
    if let Some(problem) = response.extensions_mut().remove::<Problem>() {
        response = with_problem(response, Problem { request_id: id.0.clone(), ..problem });
    }
    complete(&mut response, &id);
    if is_last {
        response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    }
    app.metrics.answered(&method, route, response.status(), begun.elapsed());
    tracing::debug!(parent: &span, status = response.status().as_u16(), "answered");
    response
}

fn with_problem(response: Response, problem: Problem) -> Response {
    let (mut parts, _) = response.into_parts();
    let body = serde_json::to_vec(&problem).unwrap_or_default();
    parts.headers.insert(CONTENT_TYPE, HeaderValue::from_static(PROBLEM_JSON));
    parts.headers.remove(CONTENT_LENGTH);
    Response::from_parts(parts, Body::from(body))
}

fn complete(response: &mut Response, id: &RequestId) {
    let headers = response.headers_mut();
    if let Ok(id) = HeaderValue::from_str(&id.0) {
        headers.insert(REQUEST_ID, id);
    }
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    // An answer that a browser is led to show as a page can do nothing there.
    headers
        .entry(CONTENT_SECURITY_POLICY)
        .or_insert(HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'"));
}

/// A handler that panicked answers like any other failure.
pub(crate) fn panicked(cause: Box<dyn Any + Send + 'static>) -> Response {
    let text = cause
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| cause.downcast_ref::<String>().map(String::as_str));
    tracing::error!(panic = text.unwrap_or("unknown"), "a handler panicked");
    HttpError::Panicked.into_response()
}
