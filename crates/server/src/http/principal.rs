//! Who is asking, and whether they may: decided before path, query or body are looked at.
//!
//! `guard` runs in front of every route and fallback. It knows the matched route and what that
//! demands, so that a malformed request without a token is a 401 like any other. Handlers repeat
//! their demand in their signature (`Permit<ReadEvents>`): a route table that is laxer than its
//! handler still refuses.

use std::marker::PhantomData;
use std::sync::Arc;

use annals_record::Catalogue;
use annals_views::Scope;
use axum::extract::{FromRequestParts, MatchedPath, Request, State};
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::app::Shared;
use crate::auth::role::Right;
use crate::auth::token::Token;
use crate::http::error::HttpError;
use crate::http::{Access, Table};

/// A caller whose token was found valid.
#[derive(Clone, Debug)]
pub(crate) struct Principal {
    token: Arc<Token>,
}

impl Principal {
    pub(crate) fn token(&self) -> &Token {
        &self.token
    }

    /// Which events the caller may see: those in the scope of the token, all if it has none. A
    /// scope that this server cannot read lets nothing through.
    pub(crate) fn scope(&self, catalogue: &Catalogue) -> Result<Scope, HttpError> {
        match &self.token.scope {
            None => Ok(Scope::everything()),
            Some(scope) => Scope::parse(scope, catalogue).map_err(HttpError::ScopeUnreadable),
        }
    }

    /// For what no scope can be held against, such as bundles of entries.
    pub(crate) fn demand_everything(&self) -> Result<(), HttpError> {
        if self.token.scope.is_none() { Ok(()) } else { Err(HttpError::OutOfReach) }
    }
}

/// A right as a type, for signatures.
pub(crate) trait Permission {
    const RIGHT: Right;
}

/// Proof that the caller has the right `P`.
pub(crate) struct Permit<P> {
    pub(crate) principal: Principal,
    right: PhantomData<P>,
}

macro_rules! permissions {
    ($($name:ident)*) => {
        $(
            pub(crate) enum $name {}
            impl Permission for $name {
                const RIGHT: Right = Right::$name;
            }
        )*
    };
}

permissions! {
    WriteEvents ReadEvents ReadCatalogue ReadQuarantine ReplayQuarantine ReadStatus ReadMetrics
}

impl<P: Permission, S: Sync> FromRequestParts<S> for Permit<P> {
    type Rejection = HttpError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, HttpError> {
        let principal = parts.extensions.get::<Principal>().ok_or(HttpError::NoToken)?;
        demand(principal, P::RIGHT)?;
        Ok(Self { principal: principal.clone(), right: PhantomData })
    }
}

/// The state of `guard`.
#[derive(Clone)]
pub(crate) struct Guard {
    pub(crate) app: Shared,
    pub(crate) table: Arc<Table>,
}

/// Lets a request through to its route, or refuses it.
pub(crate) async fn guard(
    State(Guard { app, table }): State<Guard>,
    mut request: Request,
    next: Next,
) -> Response {
    let route = request.extensions().get::<MatchedPath>().map(MatchedPath::as_str);
    let access = route.and_then(|route| table.access(request.method(), route));
    match admit(&app, request.headers(), access) {
        Ok(principal) => {
            if let Some(principal) = principal {
                request.extensions_mut().insert(principal);
            }
            next.run(request).await
        }
        Err(error) => error.into_response(),
    }
}

/// An address or method that does not exist still needs a token: what there is, is nobody's
/// business without one.
fn admit(
    app: &Shared,
    headers: &HeaderMap,
    access: Option<Access>,
) -> Result<Option<Principal>, HttpError> {
    if access == Some(Access::Open) {
        return Ok(None);
    }
    let text = bearer(headers).ok_or(HttpError::NoToken)?;
    let token = app.control.authenticate(text)?.ok_or(HttpError::BadToken)?;
    let principal = Principal { token: Arc::new(token) };
    if let Some(Access::Needs(right)) = access {
        demand(&principal, right)?;
    }
    Ok(Some(principal))
}

fn demand(principal: &Principal, right: Right) -> Result<(), HttpError> {
    if principal.token.role.may(right) { Ok(()) } else { Err(HttpError::Forbidden(right)) }
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// A HEAD is a GET whose body is not sent.
pub(crate) fn method_of(method: &Method) -> Method {
    if method == Method::HEAD { Method::GET } else { method.clone() }
}
