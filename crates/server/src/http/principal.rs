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
use crate::auth::account::Account;
use crate::auth::caller::Caller;
use crate::auth::embed::{self, Embed};
use crate::auth::identity::Identity;
use crate::auth::role::Right;
use crate::auth::session::Session;
use crate::auth::token::Token;
use crate::auth::visitor::Visitor;
use crate::control::ControlError;
use crate::http::credential::Credential;
use crate::http::error::{HttpError, Refused};
use crate::http::finish::RequestId;
use crate::http::peer::Peer;
use crate::http::trace::Trace;
use crate::http::{Access, Entry, Table, query};
use crate::masks::Masks;
use crate::recorder::{Read, Shown};

/// The route of what matches none, in the record of refusals.
const NO_ROUTE: &str = "none";

/// Longest name of a caller's program that is taken, characters.
const USER_AGENT_CHARS_MAX: usize = 256;

/// A caller who showed something valid. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Principal {
    caller: Arc<Caller>,
    held: Option<Arc<Held>>,
}

/// The session that a caller came by.
#[derive(Debug)]
pub(crate) struct Held {
    pub(crate) session: Session,
    pub(crate) account: Account,
}

impl Principal {
    /// Whoever holds a session.
    pub(crate) fn of_session(
        app: &App,
        account: Account,
        session: Session,
        visitor: Visitor,
    ) -> Self {
        let caller = Caller { identity: app.control.identity(&account), visitor };
        let held = Some(Arc::new(Held { session, account }));
        Self { caller: Arc::new(caller), held }
    }

    /// Who they are, and from where they ask.
    pub(crate) fn caller(&self) -> &Caller {
        &self.caller
    }

    /// Who they are.
    pub(crate) fn identity(&self) -> &Identity {
        &self.caller.identity
    }

    /// The session they came by; none if by something else.
    pub(crate) fn held(&self) -> Option<&Held> {
        self.held.as_deref()
    }

    /// The session they came by; tokens have no account.
    pub(crate) fn demand_held(&self) -> Result<&Held, HttpError> {
        self.held().ok_or(HttpError::NoAccountHeld)
    }

    /// The token they hold; others cannot do what takes one.
    pub(crate) fn demand_token(&self) -> Result<&Token, HttpError> {
        self.identity().token().ok_or(HttpError::Forbidden(Right::WriteEvents))
    }

    /// Which events the caller may see: those known to be in their scope by what they are shown
    /// of them.
    pub(crate) fn scope(&self, catalogue: &Catalogue) -> Result<Scope, HttpError> {
        let granted = self.granted_scope(catalogue)?;
        Ok(self.masks().narrow_scope(granted, catalogue))
    }

    /// The scope they were given, all events if they have none; it binds what emitters write. One
    /// that this server cannot read lets nothing through.
    pub(crate) fn granted_scope(&self, catalogue: &Catalogue) -> Result<Scope, HttpError> {
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
    VerifyLedger ReadMetrics UnmaskEvents ReadFingerprints ReadConfiguration UseAccount ReadAccounts
    ManageAccounts ManageSessions ReadTokens ManageTokens IssueEmbedTokens
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
    let address = request.extensions().get::<Peer>().map(|peer| peer.address);
    let (principal, admitted) = admit(&app, &request, entry.map(|entry| entry.access));
    let uri = request.uri().clone();
    if let Some(principal) = &principal {
        request.extensions_mut().insert(principal.clone());
    }
    let response = match admitted {
        Err(error) => error.into_response(),
        Ok(()) => next.run(request).await,
    };
    if let Some(principal) = &principal
        && let Some(Entry { path, trace: Trace::Read(operation), .. }) = entry
        && response.status().is_success()
    {
        note_read(&app, principal, operation, path, &uri, &response);
    }
    // Who fails to sign in is recorded by name there.
    let is_told = matches!(entry, Some(Entry { access: Access::Open, trace: Trace::Act(_), .. }));
    if let Some(Refused(code)) = response.extensions().get()
        && !is_told
    {
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

/// Who asks, if that is known, and whether they may. An address or method that does not exist
/// still needs a token: what there is, is nobody's business without one.
fn admit(
    app: &App,
    request: &Request,
    access: Option<Access>,
) -> (Option<Principal>, Result<(), HttpError>) {
    if access == Some(Access::Open) {
        return (None, Ok(()));
    }
    let principal = match identify(app, request) {
        Ok(principal) => principal,
        Err(error) => return (None, Err(error)),
    };
    // Until a handed-over password is changed, one's own account is all there is.
    let must_change = principal.held().is_some_and(|held| held.account.must_change);
    let admitted = match access {
        _ if must_change && access != Some(Access::Needs(Right::UseAccount)) => {
            Err(HttpError::PasswordChangeRequired)
        }
        Some(Access::Needs(right)) => demand(&principal, right),
        _ => Ok(()),
    };
    (Some(principal), admitted)
}

/// Who sends this; the one place where something shown becomes somebody.
pub(crate) fn identify(app: &App, request: &Request) -> Result<Principal, HttpError> {
    let headers = request.headers();
    let is_secure = app.config.is_secure();
    let credential = Credential::of(headers, is_secure).ok_or(HttpError::NoToken)?;
    credential.demand_own_site(request.method(), headers)?;
    let visitor = visitor(request);
    match credential {
        Credential::Bearer(text) if embed::is_embed(text) => {
            let identity = identify_page(app, text)?.ok_or(HttpError::BadToken)?;
            let caller = Caller { identity, visitor };
            Ok(Principal { caller: Arc::new(caller), held: None })
        }
        Credential::Bearer(text) => {
            let token = app.control.authenticate(text)?.ok_or(HttpError::BadToken)?;
            demand_certificate(&token, request)?;
            let caller = Caller { identity: Identity::of_token(token), visitor };
            Ok(Principal { caller: Arc::new(caller), held: None })
        }
        Credential::Session(cookie) => {
            let found = app.control.session(cookie, app.identities.lifetimes())?;
            let (session, account) = found.ok_or(HttpError::NoSession)?;
            Ok(Principal::of_session(app, account, session, visitor))
        }
    }
}

/// Who looks at an embedded page, while whoever made its token may still read events.
fn identify_page(app: &App, text: &str) -> Result<Option<Identity>, ControlError> {
    let Some(embed) = Embed::open(text, &app.embed_key, SystemClock.now()) else {
        return Ok(None);
    };
    let maker = app.control.owner(&embed.maker)?.filter(|maker| maker.may(Right::ReadEvents));
    Ok(maker.map(|maker| Identity::of_embed(embed, &maker)))
}

/// True while what a caller showed is good, for what goes on after their request was let in.
pub(crate) fn is_still_good(app: &App, principal: &Principal) -> Result<bool, ControlError> {
    let identity = principal.identity();
    if let Some(held) = principal.held() {
        let is_open = app.control.is_session_open(&held.session.id)?;
        return Ok(is_open && app.control.owner(&identity.owner())?.is_some());
    }
    match identity.embed() {
        Some(embed) if SystemClock.now().nanos() >= embed.until => Ok(false),
        Some(embed) => Ok(app.control.owner(&embed.maker)?.is_some()),
        None => Ok(app.control.owner(&identity.owner())?.is_some()),
    }
}

/// A token that is bound to a client's certificate is good on connections that showed it.
fn demand_certificate(token: &Token, request: &Request) -> Result<(), HttpError> {
    let shown = request.extensions().get::<Peer>().and_then(|peer| peer.certificate.as_deref());
    match &token.certificate {
        Some(bound) if shown != Some(bound) => Err(HttpError::CertificateRequired),
        _ => Ok(()),
    }
}

/// Where a request comes from, whoever sends it.
pub(crate) fn visitor(request: &Request) -> Visitor {
    let user_agent = request.headers().get(USER_AGENT).and_then(|value| value.to_str().ok());
    let extensions = request.extensions();
    let request_id = extensions.get::<RequestId>().map(|RequestId(id)| id.clone());
    Visitor {
        source_ip: extensions.get::<Peer>().map(|peer| peer.address),
        user_agent: user_agent.map(|text| text.chars().take(USER_AGENT_CHARS_MAX).collect()),
        request_id: request_id.unwrap_or_default(),
    }
}

fn demand(principal: &Principal, right: Right) -> Result<(), HttpError> {
    if principal.identity().may(right) { Ok(()) } else { Err(HttpError::Forbidden(right)) }
}

/// A HEAD is a GET whose body is not sent.
pub(crate) fn method_of(method: &Method) -> Method {
    if method == Method::HEAD { Method::GET } else { method.clone() }
}
