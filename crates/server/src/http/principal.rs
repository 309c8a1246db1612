//! Who is asking, and whether they may: decided before path, query or body are looked at.
//!
//! `guard` runs in front of every route and fallback. It knows the matched route and what that
//! demands, so that a malformed request without a token is a 401 like any other. Handlers repeat
//! their demand in their signature (`Permit<ReadEvents>`): a route table that is laxer than its
//! handler still refuses. What was shown (`http::credential`) and who that is (`identify`) are
//! told apart, so that everything behind the door knows identities alone.

use std::marker::PhantomData;
use std::sync::Arc;

use annals_ledger::{Clock as _, SystemClock};
use annals_record::Catalogue;
use annals_views::Scope;
use axum::extract::{FromRequestParts, MatchedPath, Request, State};
use axum::http::header::USER_AGENT;
use axum::http::request::Parts;
use axum::http::{Method, Uri};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::app::{App, Shared};
use crate::auth::caller::Caller;
use crate::auth::identity::Identity;
use crate::auth::role::Right;
use crate::auth::token::Token;
use crate::http::credential::Credential;
use crate::http::error::{HttpError, Refused};
use crate::http::finish::RequestId;
use crate::http::listen::Peer;
use crate::http::trace::Trace;
use crate::http::{Access, Entry, Table, query};
use crate::masks::Masks;
use crate::recorder::{Read, Shown};

/// The route of what matches none, in the record of refusals.
const NO_ROUTE: &str = "none";

/// A caller who showed something valid. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Principal(Arc<Caller>);

impl Principal {
    /// Who they are, and from where they ask.
    pub(crate) fn caller(&self) -> &Caller {
        &self.0
    }

    /// Who they are.
    pub(crate) fn identity(&self) -> &Identity {
        &self.0.identity
    }

    /// The token they hold; others cannot do what takes one.
    pub(crate) fn demand_token(&self) -> Result<&Token, HttpError> {
        self.identity().token().ok_or(HttpError::Forbidden(Right::WriteEvents))
    }

    /// Which events the caller may see: those in their scope, all if they have none. A scope
    /// that this server cannot read lets nothing through.
    pub(crate) fn scope(&self, catalogue: &Catalogue) -> Result<Scope, HttpError> {
        let scope = match &self.identity().scope {
            None => Scope::everything(),
            Some(scope) => Scope::parse(scope, catalogue).map_err(HttpError::ScopeUnreadable)?,
        };
        if !self.identity().own_only {
            return Ok(scope);
        }
        Ok(scope.and(&Scope::own(&self.identity().name), catalogue))
    }

    /// Which values the caller may not see.
    pub(crate) fn masks(&self) -> Masks {
        Masks::of(self.identity())
    }

    /// For what no scope can be held against, such as bundles of entries.
    pub(crate) fn demand_everything(&self) -> Result<(), HttpError> {
        if self.identity().sees_everything() { Ok(()) } else { Err(HttpError::OutOfReach) }
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
    WriteEvents ReadEvents ReadCatalogue ExportEvents ReadQuarantine ReplayQuarantine ReadStatus
    ReadMetrics UnmaskEvents ReadConfiguration
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
    let entry = route.and_then(|route| table.entry(request.method(), route));
    let address = request.extensions().get::<Peer>().map(|Peer(address)| *address);
    let (principal, response) = match admit(&app, &request, entry.map(|entry| entry.access)) {
        Err((principal, error)) => (principal, error.into_response()),
        Ok(None) => (None, next.run(request).await),
        Ok(Some(principal)) => {
            let uri = request.uri().clone();
            request.extensions_mut().insert(principal.clone());
            let response = next.run(request).await;
            if let Some(Entry { path, trace: Trace::Read(operation), .. }) = entry
                && response.status().is_success()
            {
                note_read(&app, &principal, operation, path, &uri, &response);
            }
            (Some(principal), response)
        }
    };
    if let Some(Refused(code)) = response.extensions().get() {
        let route = entry.map_or(NO_ROUTE, |entry| entry.path);
        let by = principal.as_ref().map(Principal::caller);
        app.recorder.refused(by, address, code, route, SystemClock.now());
    }
    response
}

/// Has the recorder note what was read.
fn note_read(
    app: &App,
    principal: &Principal,
    operation: &'static str,
    route: &'static str,
    uri: &Uri,
    response: &Response,
) {
    let nothing = Shown::default();
    let shown = response.extensions().get().unwrap_or(&nothing);
    let asked = query::asked(uri);
    let read = Read { caller: principal.caller(), operation, route, asked: &asked, shown };
    app.recorder.read(&read, SystemClock.now());
}

/// Who asks, if they may; else why not, and who it is if that is known. An address or method that
/// does not exist still needs a token: what there is, is nobody's business without one.
fn admit(
    app: &App,
    request: &Request,
    access: Option<Access>,
) -> Result<Option<Principal>, (Option<Principal>, HttpError)> {
    if access == Some(Access::Open) {
        return Ok(None);
    }
    let principal = identify(app, request).map_err(|error| (None, error))?;
    match access {
        Some(Access::Needs(right)) if !principal.identity().may(right) => {
            Err((Some(principal), HttpError::Forbidden(right)))
        }
        _ => Ok(Some(principal)),
    }
}

/// Who sends this; the one place where something shown becomes somebody.
pub(crate) fn identify(app: &App, request: &Request) -> Result<Principal, HttpError> {
    let headers = request.headers();
    let credential = Credential::of(headers).ok_or(HttpError::NoToken)?;
    credential.demand_own_site(request.method(), headers)?;
    let identity = match credential {
        Credential::Bearer(text) => {
            let token = app.control.authenticate(text)?.ok_or(HttpError::BadToken)?;
            Identity::of_token(token)
        }
        // Sessions are not kept yet, so none is valid.
        Credential::Session(_) => return Err(HttpError::NoToken),
    };
    let extensions = request.extensions();
    let user_agent = headers.get(USER_AGENT).and_then(|value| value.to_str().ok());
    let request_id = extensions.get::<RequestId>().map(|RequestId(id)| id.clone());
    Ok(Principal(Arc::new(Caller {
        identity,
        source_ip: extensions.get::<Peer>().map(|Peer(address)| *address),
        user_agent: user_agent.map(str::to_owned),
        request_id: request_id.unwrap_or_default(),
    })))
}

fn demand(principal: &Principal, right: Right) -> Result<(), HttpError> {
    if principal.identity().may(right) { Ok(()) } else { Err(HttpError::Forbidden(right)) }
}

/// A HEAD is a GET whose body is not sent.
pub(crate) fn method_of(method: &Method) -> Method {
    if method == Method::HEAD { Method::GET } else { method.clone() }
}
