//! The caller's session: who they are, by which ways they could become somebody, and its end.
//!
//! Open to everybody: whoever shows nothing valid is told that they are nobody, and no more.

use annals_api::wire::identity::{EmbedView, PrincipalInfo, SessionInfo, SignedIn};
use annals_record::Timestamp;
use axum::Json;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::{HeaderValue, SET_COOKIE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};

use crate::app::{App, Shared};
use crate::auth::embed::Embed;
use crate::auth::identity::{Identity, Kind};
use crate::auth::separation;
use crate::config::Switch;
use crate::control::By;
use crate::http::credential::session_cookie;
use crate::http::error::HttpError;
use crate::http::principal::{self, Principal};

/// Who the caller is.
pub(crate) async fn session(State(app): State<Shared>, request: Request<Body>) -> Response {
    let principal = principal::identify(&app, &request).ok();
    Json(info(&app, principal.as_ref())).into_response()
}

/// Ends the caller's session, and has the browser forget its cookie in any case.
pub(crate) async fn sign_out(
    State(app): State<Shared>,
    request: Request<Body>,
) -> Result<Response, HttpError> {
    match principal::identify(&app, &request) {
        Ok(principal) => end(&app, &principal)?,
        Err(error @ HttpError::CrossSite) => return Err(error),
        Err(_) => {}
    }
    let mut response = StatusCode::NO_CONTENT.into_response();
    set_cookie(&app, response.headers_mut(), None);
    Ok(response)
}

/// Ends the session that the caller holds, if they hold one.
pub(super) fn end(app: &App, principal: &Principal) -> Result<(), HttpError> {
    if let Some(held) = principal.held() {
        let by = By::Caller(principal.caller());
        app.control.end_session(by, "session.end", &held.account, &held.session.id)?;
    }
    Ok(())
}

/// Hands the browser the secret of a session, or has it forget one. No page can read it, no page
/// of another site has it sent with what it changes, and with TLS no other host gets it.
pub(super) fn set_cookie(app: &App, headers: &mut HeaderMap, secret: Option<&str>) {
    let is_secure = app.config.is_secure();
    let (name, secure) = (session_cookie(is_secure), if is_secure { "; Secure" } else { "" });
    let value = secret.unwrap_or_default();
    let end = if secret.is_none() { "; Max-Age=0" } else { "" };
    let text = format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax{secure}{end}");
    if let Ok(mut value) = HeaderValue::from_str(&text) {
        value.set_sensitive(true);
        headers.append(SET_COOKIE, value);
    }
}

/// What is said of a caller, or of nobody.
pub(super) fn info(app: &App, principal: Option<&Principal>) -> SessionInfo {
    SessionInfo {
        signed_in: principal.is_some(),
        methods: app.identities.methods(),
        who: principal.map(|principal| signed_in(app, principal)),
    }
}

fn signed_in(app: &App, principal: &Principal) -> SignedIn {
    let identity = principal.identity();
    let held = principal.held();
    let token = identity.token();
    let ends = identity.embed().map(|embed| Timestamp::from_nanos(embed.until));
    let ends = ends.or_else(|| token.and_then(|token| token.expires));
    let expires = held.map(|held| held.session.expires).or(ends);
    SignedIn {
        principal: PrincipalInfo {
            kind: kind(identity).to_owned(),
            name: identity.name.clone(),
            display_name: identity.display_name.clone(),
            source: held.map_or("local", |held| held.account.source.kind()).to_owned(),
        },
        roles: identity.roles.iter().map(|role| role.to_string()).collect(),
        rights: identity.rights().map(|right| right.as_str().to_owned()).collect(),
        scope: identity.scope.clone(),
        own_only: identity.own_only,
        expires: expires.map(|expires| expires.to_string()),
        idle_seconds: held.map(|_| app.identities.lifetimes().idle_seconds()),
        must_change_password: held.is_some_and(|held| held.account.must_change),
        totp: held.is_some_and(|held| held.account.totp),
        embed: identity.embed().map(view),
        separation: app.config.access.separation == Switch::On,
        all_powers: separation::holds_all(identity.roles),
        behaviour: app.config.access.behaviour.as_str().to_owned(),
        profile_reason: app.config.access.profile_reason,
    }
}

fn view(embed: &Embed) -> EmbedView {
    let Embed { language, theme, columns, .. } = embed.clone();
    EmbedView { language, theme, columns }
}

fn kind(identity: &Identity) -> &'static str {
    match identity.kind {
        Kind::Account => "account",
        Kind::Token(_) => "token",
        Kind::Embed(_) => "embed",
    }
}
