//! Signing in.
#![allow(dead_code)] // Functions without a body that carry a description.

use super::schema::{Found, Sending};
use crate::routes;
use crate::wire::identity::{SessionInfo, SignIn};
use crate::wire::problem::Problem;

/// Who the caller is, and by which ways one can sign in
///
/// Answers everybody: by a cookie, by a token, or by neither.
#[utoipa::path(
    get, path = routes::SESSION, tag = "identity", security((), ("token" = [])),
    responses((status = 200, description = "Who the caller is", body = SessionInfo)),
)]
pub(super) fn session() {}

/// Sign out
#[utoipa::path(
    delete, path = routes::SESSION, tag = "identity",
    responses((status = 204, description = "The session has ended"),
        (status = 403, description = "`cross_site`: a page of another site sent this",
            body = Problem, content_type = "application/problem+json")),
)]
pub(super) fn sign_out() {}

/// Sign in with a name and a password
///
/// A session before it ends. The same answer, after the same work, for an unknown name, a wrong
/// password and a locked account.
#[utoipa::path(
    post, path = routes::SIGN_IN, tag = "identity", request_body = SignIn,
    responses(
        (status = 200, description = "Signed in; the cookie is the session", body = SessionInfo,
            headers(("set-cookie" = String))),
        (status = 401, description = "`sign_in_failed`, or `otp_required`: the password is right \
            and the second factor is wanted",
            body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`cross_site`: a page of another site sent this",
            body = Problem, content_type = "application/problem+json"),
        (status = 429, description = "`too_many_attempts`; try again after `Retry-After` seconds",
            body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "`busy`, or the directory does not answer",
            body = Problem, content_type = "application/problem+json"),
        Sending),
)]
pub(super) fn sign_in() {}

/// Begin to sign in at another site (OpenID Connect)
#[utoipa::path(
    get, path = routes::OIDC_START, tag = "identity",
    params(("id" = String, Path, description = "The provider's id"),
        ("return" = Option<String>, Query, description = "The page to end at, a path of /ui/")),
    responses((status = 302, description = "To the provider"), Found),
)]
pub(super) fn oidc_start() {}

/// Where the other site sends the browser back to
#[utoipa::path(
    get, path = routes::OIDC_CALLBACK, tag = "identity",
    params(("id" = String, Path, description = "The provider's id"),
        ("code" = Option<String>, Query, description = "What the provider gives"),
        ("state" = Option<String>, Query, description = "What the provider gives back"),
        ("error" = Option<String>, Query, description = "Why the provider refuses")),
    responses((status = 302, description = "To the page that was asked for, or to \
        `/ui/sign-in?error=CODE`")),
)]
pub(super) fn oidc_callback() {}
