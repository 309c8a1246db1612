//! One's own account: password, second factor, sessions. For whoever came by a session.

use annals_api::wire::account::{
    OwnAccount, PasswordChange, PasswordProof, RecoveryCodes, SignInSession, SignInSessions,
    TotpCode, TotpProposal, TotpState,
};
use axum::Json;
use axum::body::Body;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::{Request, StatusCode};

use crate::app::{App, Shared};
use crate::auth::account::Account;
use crate::control::By;
use crate::http::body;
use crate::http::error::HttpError;
use crate::http::principal::{Permit, UseAccount};
use crate::identities::Holder;

/// The account.
pub(crate) async fn account(permit: Permit<UseAccount>) -> Result<Json<OwnAccount>, HttpError> {
    let account = permit.principal.demand_held()?.account.clone();
    Ok(Json(OwnAccount {
        source: account.source.kind().to_owned(),
        roles: account.roles.iter().map(|role| role.to_string()).collect(),
        totp: TotpState { enabled: account.totp },
        created: account.created.to_string(),
        password_changed: account.password_changed.map(|changed| changed.to_string()),
        name: account.name,
        display_name: account.display_name,
        scope: account.scope,
    }))
}

/// Changes the password.
pub(crate) async fn change_password(
    permit: Permit<UseAccount>,
    State(app): State<Shared>,
    request: Request<Body>,
) -> Result<StatusCode, HttpError> {
    let holder = holder(&permit)?;
    let PasswordChange { current, new } = body::secret_json(&app, request).await?;
    app.identities.change_password(&app.control, &holder, current, new).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Proposes a second factor.
pub(crate) async fn propose_totp(
    permit: Permit<UseAccount>,
    State(app): State<Shared>,
) -> Result<Json<TotpProposal>, HttpError> {
    let (secret, uri) = app.identities.propose_totp(&app.control, &holder(&permit)?)?;
    Ok(Json(TotpProposal { secret, uri }))
}

/// Makes the proposed second factor count.
pub(crate) async fn confirm_totp(
    permit: Permit<UseAccount>,
    State(app): State<Shared>,
    request: Request<Body>,
) -> Result<Json<RecoveryCodes>, HttpError> {
    let holder = holder(&permit)?;
    let TotpCode { code } = body::secret_json(&app, request).await?;
    let recovery_codes = app.identities.confirm_totp(&app.control, &holder, &code)?;
    Ok(Json(RecoveryCodes { recovery_codes }))
}

/// Removes the second factor.
pub(crate) async fn remove_totp(
    permit: Permit<UseAccount>,
    State(app): State<Shared>,
    request: Request<Body>,
) -> Result<StatusCode, HttpError> {
    let holder = holder(&permit)?;
    let PasswordProof { password } = body::secret_json(&app, request).await?;
    let known = app.identities.remove_totp(&app.control, &holder, password).await?;
    if known { Ok(StatusCode::NO_CONTENT) } else { Err(HttpError::NotFound) }
}

/// The sessions.
pub(crate) async fn sessions(
    permit: Permit<UseAccount>,
    State(app): State<Shared>,
) -> Result<Json<SignInSessions>, HttpError> {
    let held = permit.principal.demand_held()?;
    list(&app, &held.account, Some(&held.session.id)).map(Json)
}

/// The sessions of an account; `current` is the one that asks.
pub(super) fn list(
    app: &App,
    account: &Account,
    current: Option<&str>,
) -> Result<SignInSessions, HttpError> {
    let sessions = app.control.sessions(&account.id, app.identities.lifetimes())?;
    let wire = sessions.into_iter().map(|session| SignInSession {
        created: session.created.to_string(),
        last_used: session.last_used.to_string(),
        source_ip: session.source_ip.map(|address| address.to_string()),
        user_agent: session.user_agent,
        current: current == Some(session.id.as_str()),
        id: session.id,
    });
    Ok(SignInSessions { sessions: wire.collect() })
}

/// Ends one of the sessions.
pub(crate) async fn end_session(
    permit: Permit<UseAccount>,
    State(app): State<Shared>,
    path: Result<Path<String>, PathRejection>,
) -> Result<StatusCode, HttpError> {
    let Path(id) = path.map_err(|_| HttpError::NotFound)?;
    let account = &permit.principal.demand_held()?.account;
    let by = By::Caller(permit.principal.caller());
    let known = app.control.end_session(by, "session.revoke", account, &id)?;
    if known { Ok(StatusCode::NO_CONTENT) } else { Err(HttpError::NotFound) }
}

fn holder(permit: &Permit<UseAccount>) -> Result<Holder<'_>, HttpError> {
    let held = permit.principal.demand_held()?;
    let (account, session) = (&held.account, &held.session);
    Ok(Holder { caller: permit.principal.caller(), account, session })
}
