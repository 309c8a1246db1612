//! Accounts and tokens: one's own, and for administrators everybody's.
#![allow(dead_code)] // Functions without a body that carry a description.

use super::schema::{Found, Guarded, Sending};
use crate::routes;
use crate::wire::account::{
    AccountDraft, AccountInfo, AccountPatch, AccountsAnswer, NewAccount, OneTimePassword,
    OwnAccount, PasswordChange, PasswordProof, RecoveryCodes, SignInSessions, TotpCode,
    TotpProposal,
};
use crate::wire::problem::Problem;
use crate::wire::token::{EmbedDraft, EmbedToken, NewToken, TokenDraft, TokensAnswer};

/// One's own account
#[utoipa::path(
    get, path = routes::ACCOUNT, tag = "accounts", security(("session" = [])),
    responses((status = 200, description = "The account", body = OwnAccount), Guarded),
)]
pub(super) fn account() {}

/// Change one's password; every other session ends
#[utoipa::path(
    post, path = routes::ACCOUNT_PASSWORD, tag = "accounts", security(("session" = [])),
    request_body = PasswordChange,
    responses((status = 204, description = "It is changed"),
        (status = 422, description = "`weak_password`, with what is missing", body = Problem,
            content_type = "application/problem+json"),
        Guarded, Sending),
)]
pub(super) fn change_password() {}

/// Propose a second factor (RFC 6238)
#[utoipa::path(
    post, path = routes::ACCOUNT_TOTP, tag = "accounts", security(("session" = [])),
    responses((status = 200, description = "The secret, to be confirmed", body = TotpProposal),
        Guarded),
)]
pub(super) fn propose_totp() {}

/// Confirm the second factor with a code
#[utoipa::path(
    put, path = routes::ACCOUNT_TOTP, tag = "accounts", security(("session" = [])),
    request_body = TotpCode,
    responses((status = 200, description = "It counts from now on", body = RecoveryCodes),
        Guarded, Sending),
)]
pub(super) fn confirm_totp() {}

/// Remove the second factor
#[utoipa::path(
    delete, path = routes::ACCOUNT_TOTP, tag = "accounts", security(("session" = [])),
    request_body = PasswordProof,
    responses((status = 204, description = "It is gone"), Guarded, Found, Sending),
)]
pub(super) fn remove_totp() {}

/// One's own sessions
#[utoipa::path(
    get, path = routes::ACCOUNT_SESSIONS, tag = "accounts", security(("session" = [])),
    responses((status = 200, description = "The sessions", body = SignInSessions), Guarded),
)]
pub(super) fn account_sessions() {}

/// End one of one's own sessions
#[utoipa::path(
    delete, path = routes::ACCOUNT_SESSION, tag = "accounts", security(("session" = [])),
    params(("id" = String, Path, description = "The session's id")),
    responses((status = 204, description = "It has ended"), Guarded, Found),
)]
pub(super) fn end_account_session() {}

/// Every account
#[utoipa::path(
    get, path = routes::ACCOUNTS, tag = "accounts", security(("token" = [])),
    responses((status = 200, description = "The accounts", body = AccountsAnswer), Guarded),
)]
pub(super) fn accounts() {}

/// Make an account
#[utoipa::path(
    post, path = routes::ACCOUNTS, tag = "accounts", security(("token" = [])),
    request_body = AccountDraft,
    responses((status = 201, description = "It is made", body = NewAccount),
        (status = 409, description = "`name_taken`", body = Problem,
            content_type = "application/problem+json"),
        Guarded, Sending),
)]
pub(super) fn create_account() {}

/// Change, lock or unlock an account
#[utoipa::path(
    patch, path = routes::ACCOUNTS_ONE, tag = "accounts", security(("token" = [])),
    params(("name" = String, Path, description = "The login")),
    request_body = AccountPatch,
    responses((status = 200, description = "It is changed", body = AccountInfo),
        (status = 409, description = "`last_administrator`", body = Problem,
            content_type = "application/problem+json"),
        Guarded, Found, Sending),
)]
pub(super) fn change_account() {}

/// Delete an account with its sessions
#[utoipa::path(
    delete, path = routes::ACCOUNTS_ONE, tag = "accounts", security(("token" = [])),
    params(("name" = String, Path, description = "The login")),
    responses((status = 204, description = "It is gone"),
        (status = 409, description = "`last_administrator`", body = Problem,
            content_type = "application/problem+json"),
        Guarded, Found),
)]
pub(super) fn delete_account() {}

/// Give an account a one-time password; its sessions end
#[utoipa::path(
    post, path = routes::ACCOUNTS_PASSWORD, tag = "accounts", security(("token" = [])),
    params(("name" = String, Path, description = "The login")),
    responses((status = 200, description = "The password", body = OneTimePassword),
        Guarded, Found),
)]
pub(super) fn reset_password() {}

/// Remove an account's second factor, which its holder has lost
#[utoipa::path(
    delete, path = routes::ACCOUNTS_TOTP, tag = "accounts", security(("token" = [])),
    params(("name" = String, Path, description = "The login")),
    responses((status = 204, description = "It is gone"), Guarded, Found),
)]
pub(super) fn reset_totp() {}

/// The sessions of an account
#[utoipa::path(
    get, path = routes::ACCOUNTS_SESSIONS, tag = "accounts", security(("token" = [])),
    params(("name" = String, Path, description = "The login")),
    responses((status = 200, description = "The sessions", body = SignInSessions),
        Guarded, Found),
)]
pub(super) fn sessions_of() {}

/// End every session of an account
#[utoipa::path(
    delete, path = routes::ACCOUNTS_SESSIONS, tag = "accounts", security(("token" = [])),
    params(("name" = String, Path, description = "The login")),
    responses((status = 204, description = "They have ended"), Guarded, Found),
)]
pub(super) fn end_sessions_of() {}

/// Every token
#[utoipa::path(
    get, path = routes::TOKENS, tag = "accounts", security(("token" = [])),
    responses((status = 200, description = "The tokens", body = TokensAnswer), Guarded),
)]
pub(super) fn tokens() {}

/// Make a token
#[utoipa::path(
    post, path = routes::TOKENS, tag = "accounts", security(("token" = [])),
    request_body = TokenDraft,
    responses((status = 201, description = "The token; shown only now", body = NewToken),
        Guarded, Sending),
)]
pub(super) fn create_token() {}

/// Revoke a token, at once
#[utoipa::path(
    delete, path = routes::TOKEN, tag = "accounts", security(("token" = [])),
    params(("id" = String, Path, description = "The token's id")),
    responses((status = 204, description = "It is revoked"), Guarded, Found),
)]
pub(super) fn revoke_token() {}

/// Make a short-lived token for an embedded page
///
/// The page gets it by `postMessage` from the page around it, never in an address.
#[utoipa::path(
    post, path = routes::EMBED_TOKENS, tag = "accounts", security(("token" = [])),
    request_body = EmbedDraft,
    responses((status = 201, description = "The token", body = EmbedToken), Guarded, Sending),
)]
pub(super) fn create_embed_token() {}
