//! API tokens: who has which, a new one, an end to one.

use annals_api::wire::token::{NewToken, TokenDraft, TokenInfo, TokensAnswer};
use annals_record::Timestamp;
use axum::Json;
use axum::body::Body;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::{Request, StatusCode};

use crate::app::Shared;
use crate::asked::AskError;
use crate::auth::token::parse_fingerprint;
use crate::control::{self, By, TokenRow};
use crate::http::error::HttpError;
use crate::http::principal::{ManageTokens, Permit, ReadTokens};
use crate::http::{body, grant};

/// Every token.
pub(crate) async fn list(
    _: Permit<ReadTokens>,
    State(app): State<Shared>,
) -> Result<Json<TokensAnswer>, HttpError> {
    let tokens = app.control.list_tokens()?.into_iter().map(wire);
    Ok(Json(TokensAnswer { tokens: tokens.collect() }))
}

/// Makes a token.
pub(crate) async fn create(
    permit: Permit<ManageTokens>,
    State(app): State<Shared>,
    request: Request<Body>,
) -> Result<(StatusCode, Json<NewToken>), HttpError> {
    let draft: TokenDraft = body::json(&app, request).await?;
    let TokenDraft { name, role, scope, expires, may_be_system, .. } = draft;
    let new = control::NewToken {
        name,
        role: grant::role(&role)?,
        may_be_system,
        region: draft.region,
        stack_id: draft.stack_id,
        expires: expires.map(|text| moment(&text)).transpose()?,
        scope: grant::scope(&app, scope)?,
        certificate: draft.certificate.map(|text| fingerprint(&text)).transpose()?,
    };
    let made = app.control.create_token_by(By::Caller(permit.principal.caller()), &new)?;
    let row = app.control.token_row(&made.id)?.ok_or(HttpError::NotFound)?;
    Ok((StatusCode::CREATED, Json(NewToken { info: wire(row), token: made.secret })))
}

/// Ends a token; what runs by it ends with it.
pub(crate) async fn revoke(
    permit: Permit<ManageTokens>,
    State(app): State<Shared>,
    path: Result<Path<String>, PathRejection>,
) -> Result<StatusCode, HttpError> {
    let Path(id) = path.map_err(|_| HttpError::NotFound)?;
    let known = app.control.revoke_token_by(By::Caller(permit.principal.caller()), &id)?;
    if known { Ok(StatusCode::NO_CONTENT) } else { Err(HttpError::NotFound) }
}

fn moment(text: &str) -> Result<Timestamp, HttpError> {
    let problem = "is not a time like 2027-01-31T00:00:00Z";
    Timestamp::parse(text).ok_or_else(|| AskError::field("expires", problem).into())
}

fn fingerprint(text: &str) -> Result<String, HttpError> {
    let problem = "is not the SHA-256 of a certificate in hex";
    parse_fingerprint(text).ok_or_else(|| AskError::field("certificate", problem).into())
}

fn wire(row: TokenRow) -> TokenInfo {
    let TokenRow { id, name, role, may_be_system, region, stack_id, created, expires, .. } = row;
    TokenInfo {
        id,
        name,
        role: role.to_string(),
        scope: row.scope,
        created,
        expires,
        last_used: row.last_used,
        revoked: row.revoked,
        may_be_system,
        region,
        stack_id,
        certificate: row.certificate,
        created_by: row.created_by,
    }
}
