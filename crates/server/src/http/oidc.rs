//! Signing in by another site: to it, and back.
//!
//! What goes wrong on the way back ends at the sign-in page with a code: there is a person in
//! front of it. The cookie between the two binds the answer to the browser that asked.

use annals_api::wire::problem::Problem;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, Query, Request, State};
use axum::http::header::{HeaderValue, LOCATION, SET_COOKIE};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Response};

use crate::app::{App, Shared};
use crate::auth::visitor::Visitor;
use crate::http::error::HttpError;
use crate::http::query::Parameters;
use crate::http::{credential, principal, session};
use crate::identities::{Entered, SignInError, Undertaken};

/// Where a sign-in ends that wanted no page, or one of another site.
const USUAL_PAGE: &str = "/ui/log";
const SIGN_IN_PAGE: &str = "/ui/sign-in";
/// Seconds for which the browser keeps the cookie between start and callback.
const COOKIE_SECONDS: u64 = 600;

/// Sends the browser to the provider.
pub(crate) async fn start(
    State(app): State<Shared>,
    path: Result<Path<String>, PathRejection>,
    uri: Uri,
    request: Request,
) -> Result<Response, HttpError> {
    let Path(id) = path.map_err(|_| HttpError::NotFound)?;
    let parameters = Parameters::parse(&uri, &["return"])?;
    let page = parameters.text("return").filter(|page| is_own_page(page)).unwrap_or(USUAL_PAGE);
    let visitor = principal::visitor(&request);
    let begun = app.identities.begin_oidc(&id, page, &visitor).await?;
    let begun = begun.ok_or(HttpError::NotFound)?;
    let mut response = to(&begun.url);
    set_cookie(&app, response.headers_mut(), Some(&begun.cookie));
    Ok(response)
}

/// Takes the browser back.
pub(crate) async fn callback(
    State(app): State<Shared>,
    path: Result<Path<String>, PathRejection>,
    uri: Uri,
    request: Request,
) -> Response {
    let visitor = principal::visitor(&request);
    let before = principal::identify(&app, &request).ok();
    let cookie = credential::cookie(request.headers(), cookie_name(&app));
    let cookie = cookie.unwrap_or_default().to_owned();
    let taken = take(&app, path, &uri, &cookie, &visitor).await;
    let response = taken.and_then(|(entered, page)| {
        if let Some(before) = &before {
            session::end(&app, before)?;
        }
        let mut response = to(&format!("{}{page}", app.config.console.base_path));
        session::set_cookie(&app, response.headers_mut(), Some(&entered.cookie));
        set_cookie(&app, response.headers_mut(), None);
        Ok(response)
    });
    // The cookie of what was begun stays after a failure: an answer made up by somebody else must
    // not end a sign-in that is under way.
    response.unwrap_or_else(|error| {
        // The log is told as of any other request that fails.
        let refused = error.into_response();
        let code = refused.extensions().get::<Problem>().map_or("internal", |told| &told.code);
        to(&format!("{}{SIGN_IN_PAGE}?error={code}", app.config.console.base_path))
    })
}

async fn take(
    app: &App,
    path: Result<Path<String>, PathRejection>,
    uri: &Uri,
    cookie: &str,
    visitor: &Visitor,
) -> Result<(Entered, String), HttpError> {
    let Path(id) = path.map_err(|_| HttpError::NotFound)?;
    // Providers add what they like, so unknown parameters are no fault here.
    let Query(pairs) =
        Query::<Vec<(String, String)>>::try_from_uri(uri).map_err(|_| HttpError::BadQuery)?;
    let text = |name| pairs.iter().find(|(given, _)| given == name).map(|(_, text)| text.as_str());
    let (Some(code), Some(state)) = (text("code"), text("state")) else {
        return Err(SignInError::NotAsked.into());
    };
    let undertaken = Undertaken { code, state, cookie };
    Ok(app.identities.finish_oidc(&app.control, &id, &undertaken, visitor).await?)
}

/// True for pages of our own: a path of the console and nothing that a browser takes for a host.
fn is_own_page(page: &str) -> bool {
    let is_odd = |c: char| c.is_control() || c == '\\';
    page.starts_with("/ui/") && !page.contains("//") && !page.chars().any(is_odd)
}

fn to(place: &str) -> Response {
    let mut response = StatusCode::FOUND.into_response();
    if let Ok(place) = HeaderValue::from_str(place) {
        response.headers_mut().insert(LOCATION, place);
    }
    response
}

fn cookie_name(app: &App) -> &'static str {
    if app.config.is_secure() { "__Host-annals-oidc" } else { "annals-oidc" }
}

/// `Lax`, for the provider's answer comes from another site.
fn set_cookie(app: &App, headers: &mut HeaderMap, secret: Option<&str>) {
    let name = cookie_name(app);
    let secure = if app.config.is_secure() { "; Secure" } else { "" };
    let (value, seconds) = secret.map_or(("", 0), |secret| (secret, COOKIE_SECONDS));
    let text = format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax{secure}; Max-Age={seconds}");
    if let Ok(mut value) = HeaderValue::from_str(&text) {
        value.set_sensitive(true);
        headers.append(SET_COOKIE, value);
    }
}
