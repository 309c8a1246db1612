//! The console over HTTP: its page under every address of it, its files, and what a browser may
//! do with them.
//!
//! The page is never stored and carries a fresh nonce for its styles; its files carry their hash
//! in their names and are kept for ever. Scripts come from this server alone, none is inline.
//! Only `/embed` may stand in somebody else's frame, and only of origins that are allowed to.

use axum::extract::rejection::PathRejection;
use axum::extract::{Path, Request, State};
use axum::http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG,
    HeaderName, HeaderValue, IF_NONE_MATCH, REFERRER_POLICY, VARY, X_FRAME_OPTIONS,
};
use axum::http::uri::{PathAndQuery, Uri};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::{Router, body::Body};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tower::Layer as _;
use tower::util::MapRequestLayer;

use crate::app::{App, Shared};
use crate::console::{Asset, Filling};
use crate::http::error::HttpError;

const OPENER_POLICY: HeaderName = HeaderName::from_static("cross-origin-opener-policy");
const RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");
const PERMISSIONS_POLICY: HeaderName = HeaderName::from_static("permissions-policy");
/// Nothing that the console does not use.
const PERMISSIONS: &str = "camera=(), clipboard-read=(), clipboard-write=(self), \
     display-capture=(), fullscreen=(self), geolocation=(), microphone=(), payment=(), \
     publickey-credentials-get=(), serial=(), usb=()";
const FOR_EVER: &str = "public, max-age=31536000, immutable";
/// Random bytes of a nonce (Content Security Policy Level 3, 7.1).
const NONCE_BYTES: usize = 16;

/// Whether a page may stand in a frame of somebody else's.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Frame {
    Never,
    Allowed,
}

/// The page.
pub(crate) async fn page(State(app): State<Shared>) -> Result<Response, HttpError> {
    answer(&app, Frame::Never)
}

/// The page for somebody else's frame.
pub(crate) async fn embed(State(app): State<Shared>) -> Result<Response, HttpError> {
    answer(&app, Frame::Allowed)
}

fn answer(app: &App, frame: Frame) -> Result<Response, HttpError> {
    let mut nonce = [0; NONCE_BYTES];
    getrandom::fill(&mut nonce).map_err(|error| HttpError::Failed(Box::new(error)))?;
    let nonce = STANDARD.encode(nonce);
    let config = &app.config.console;
    let parents = match frame {
        Frame::Allowed => config.frame_ancestors.join(" "),
        Frame::Never => String::new(),
    };
    let filling = Filling { nonce: &nonce, base: &config.base_path, parents: &parents };
    let body = app.console.page(&filling);
    let mut response = (
        [
            (CONTENT_TYPE, "text/html; charset=utf-8"),
            (CACHE_CONTROL, "no-store"),
            (REFERRER_POLICY, "no-referrer"),
            (PERMISSIONS_POLICY, PERMISSIONS),
            (OPENER_POLICY, "same-origin"),
        ],
        [(CONTENT_SECURITY_POLICY, policy(&nonce, &parents))],
        body,
    )
        .into_response();
    if parents.is_empty() {
        // For browsers that do not know `frame-ancestors`. It cannot name origins.
        response.headers_mut().insert(X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    }
    Ok(response)
}

fn policy(nonce: &str, parents: &str) -> String {
    let parents = if parents.is_empty() { "'none'" } else { parents };
    format!(
        "default-src 'none'; script-src 'self'; style-src 'self' 'nonce-{nonce}'; img-src 'self' \
         data: blob:; font-src 'self'; connect-src 'self'; manifest-src 'self'; worker-src \
         'self'; base-uri 'self'; form-action 'self'; frame-ancestors {parents}"
    )
}

/// One file of the console.
pub(crate) async fn asset(
    State(app): State<Shared>,
    path: Result<Path<String>, PathRejection>,
    headers: HeaderMap,
) -> Result<Response, HttpError> {
    let Path(path) = path.map_err(|_| HttpError::NotFound)?;
    let accepted = text(&headers, &ACCEPT_ENCODING);
    let found = app.console.asset(&format!("assets/{path}"), |name| accepts(accepted, name));
    let Asset { bytes, media_type, encoding, tag } = found.ok_or(HttpError::NotFound)?;
    let is_known = text(&headers, &IF_NONE_MATCH).split(',').any(|known| known.trim() == tag);
    let mut response = if is_known {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        ([(CONTENT_TYPE, media_type)], Body::from(bytes)).into_response()
    };
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static(FOR_EVER));
    headers.insert(VARY, HeaderValue::from_static("accept-encoding"));
    headers.insert(RESOURCE_POLICY, HeaderValue::from_static("same-origin"));
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        headers.insert(ETAG, tag);
    }
    if let Some(encoding) = encoding.filter(|_| !is_known) {
        headers.insert(CONTENT_ENCODING, HeaderValue::from_static(encoding));
    }
    Ok(response)
}

fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> &'a str {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

/// Whether a form is named in `Accept-Encoding` and not refused there (RFC 9110, 12.5.3).
fn accepts(accepted: &str, name: &str) -> bool {
    accepted.split(',').any(|entry| {
        let mut parts = entry.split(';').map(str::trim);
        let is_named = parts.next().is_some_and(|coding| coding.eq_ignore_ascii_case(name));
        let weight = parts.find_map(|part| part.strip_prefix("q=")).map(str::parse::<f32>);
        is_named && !matches!(weight, Some(Ok(0.0) | Err(_)))
    })
}

/// The whole service as it is reached below `base`, whether a proxy in front strips that or not.
pub(crate) fn below(base: &str, router: Router) -> Router {
    if base.is_empty() {
        return router;
    }
    let base = base.to_owned();
    let strip = MapRequestLayer::new(move |mut request: Request| {
        if let Some(uri) = without(&base, request.uri()) {
            *request.uri_mut() = uri;
        }
        request
    });
    // Around the router and not inside of it: the route is chosen by the address that remains.
    Router::new().fallback_service(strip.layer(router))
}

/// The address without `base`; none if it does not begin with it.
fn without(base: &str, uri: &Uri) -> Option<Uri> {
    let rest = uri.path_and_query()?.as_str().strip_prefix(base)?;
    let rest = match rest.chars().next() {
        None | Some('?') => format!("/{rest}"),
        Some('/') => rest.to_owned(),
        Some(_) => return None,
    };
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = Some(PathAndQuery::try_from(rest).ok()?);
    Uri::from_parts(parts).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_are_accepted_as_they_are_named() {
        let check = |accepted: &str, name: &str, expected: bool| {
            assert_eq!(accepts(accepted, name), expected, "{accepted} {name}");
        };
        check("gzip, deflate, br", "br", true);
        check("gzip;q=1.0, BR;q=0.5", "br", true);
        check("gzip, br;q=0", "br", false);
        check("gzip, br; q=0.000", "br", false);
        check("broken", "br", false);
        check("", "gzip", false);
    }

    // Only the whole prefix is one: `/auditors` is another address than `/audit`.
    #[test]
    fn a_base_path_is_taken_away_once() {
        let check = |uri: &str, expected: Option<&str>| {
            let uri: Uri = uri.parse().expect("an address");
            let found = without("/audit", &uri).map(|uri| uri.to_string());
            assert_eq!(found.as_deref(), expected, "{uri}");
        };
        check("/audit", Some("/"));
        check("/audit?a=b", Some("/?a=b"));
        check("/audit/ui/log?q=x", Some("/ui/log?q=x"));
        check("http://host/audit/v1/events", Some("http://host/v1/events"));
        check("/audit/audit", Some("/audit"));
        check("/auditors", None);
        check("/v1/events", None);
    }
}
