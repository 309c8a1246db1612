//! Everybody's accounts, for those who manage them.
//!
//! A password is never seen here but in the answer that hands a new one over, and that one has to
//! be changed at the first sign-in.

use annals_api::wire::account::{
    AccountDraft, AccountInfo, AccountPatch, AccountsAnswer, NewAccount, OneTimePassword,
    SignInSessions,
};
use annals_ledger::{Clock as _, SystemClock};
use axum::Json;
use axum::body::Body;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::{Request, StatusCode};

use crate::app::{App, Shared};
use crate::auth::account::{Account, Source};
use crate::control::{self, AccountChange, By, ControlError};
use crate::http::error::HttpError;
use crate::http::principal::{ManageAccounts, ManageSessions, Permit, ReadAccounts};
use crate::http::{account, body, grant};

/// Every account.
pub(crate) async fn list(
    _: Permit<ReadAccounts>,
    State(app): State<Shared>,
) -> Result<Json<AccountsAnswer>, HttpError> {
    let accounts = app.control.accounts()?.into_iter().map(wire);
    Ok(Json(AccountsAnswer { accounts: accounts.collect() }))
}

/// Makes an account.
pub(crate) async fn create(
    permit: Permit<ManageAccounts>,
    State(app): State<Shared>,
    request: Request<Body>,
) -> Result<(StatusCode, Json<NewAccount>), HttpError> {
    let AccountDraft { name, display_name, roles, scope } = body::json(&app, request).await?;
    let (roles, scope) = (grant::roles(&roles)?, grant::scope(&app, scope)?);
    let (password, hash) = app.identities.one_time_password().await?;
    let new = control::NewAccount {
        name,
        display_name,
        source: Source::Local,
        subject: None,
        roles,
        scope,
        password: Some(hash),
        must_change: true,
    };
    let account = app.control.create_account(By::Caller(permit.principal.caller()), &new)?;
    Ok((StatusCode::CREATED, Json(NewAccount { account: wire(account), password })))
}

/// Changes an account.
pub(crate) async fn change(
    permit: Permit<ManageAccounts>,
    State(app): State<Shared>,
    path: Result<Path<String>, PathRejection>,
    request: Request<Body>,
) -> Result<Json<AccountInfo>, HttpError> {
    let Path(name) = path.map_err(|_| HttpError::NotFound)?;
    let AccountPatch { display_name, roles, scope, locked } = body::json(&app, request).await?;
    let roles = roles.map(|roles| grant::roles(&roles)).transpose()?;
    let scope = scope.map(|scope| grant::scope(&app, scope)).transpose()?;
    let change = AccountChange { display_name, roles, scope, locked };
    let by = By::Caller(permit.principal.caller());
    Ok(Json(wire(app.control.change_account(by, &name, &change)?)))
}

/// Deletes an account.
pub(crate) async fn delete(
    permit: Permit<ManageAccounts>,
    State(app): State<Shared>,
    path: Result<Path<String>, PathRejection>,
) -> Result<StatusCode, HttpError> {
    let Path(name) = path.map_err(|_| HttpError::NotFound)?;
    app.control.delete_account(By::Caller(permit.principal.caller()), &name)?;
    Ok(StatusCode::NO_CONTENT)
}

/// Gives an account a one-time password.
pub(crate) async fn reset_password(
    permit: Permit<ManageAccounts>,
    State(app): State<Shared>,
    path: Result<Path<String>, PathRejection>,
) -> Result<Json<OneTimePassword>, HttpError> {
    let account = find(&app, path)?;
    let (password, hash) = app.identities.one_time_password().await?;
    let by = By::Caller(permit.principal.caller());
    app.control.set_password(by, "password.reset", &account.name, &hash, true, None)?;
    Ok(Json(OneTimePassword { password }))
}

/// Removes an account's second factor.
pub(crate) async fn reset_totp(
    permit: Permit<ManageAccounts>,
    State(app): State<Shared>,
    path: Result<Path<String>, PathRejection>,
) -> Result<StatusCode, HttpError> {
    let account = find(&app, path)?;
    let known = app.control.remove_totp(By::Caller(permit.principal.caller()), &account)?;
    if known { Ok(StatusCode::NO_CONTENT) } else { Err(HttpError::NotFound) }
}

/// The sessions of an account.
pub(crate) async fn sessions(
    _: Permit<ManageSessions>,
    State(app): State<Shared>,
    path: Result<Path<String>, PathRejection>,
) -> Result<Json<SignInSessions>, HttpError> {
    account::list(&app, &find(&app, path)?, None).map(Json)
}

/// Ends every session of an account.
pub(crate) async fn end_sessions(
    permit: Permit<ManageSessions>,
    State(app): State<Shared>,
    path: Result<Path<String>, PathRejection>,
) -> Result<StatusCode, HttpError> {
    let account = find(&app, path)?;
    app.control.end_sessions(By::Caller(permit.principal.caller()), &account)?;
    Ok(StatusCode::NO_CONTENT)
}

fn find(app: &App, path: Result<Path<String>, PathRejection>) -> Result<Account, HttpError> {
    let Path(name) = path.map_err(|_| HttpError::NotFound)?;
    Ok(app.control.account(&name)?.ok_or(ControlError::NoAccount)?)
}

fn wire(account: Account) -> AccountInfo {
    AccountInfo {
        source: account.source.to_string(),
        roles: account.roles.iter().map(|role| role.to_string()).collect(),
        locked: account.locked_at(SystemClock.now()).map(str::to_owned),
        totp: account.totp,
        created: account.created.to_string(),
        last_sign_in: account.last_sign_in.map(|moment| moment.to_string()),
        name: account.name,
        display_name: account.display_name,
        scope: account.scope,
    }
}
