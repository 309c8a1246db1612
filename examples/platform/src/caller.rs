//! `Caller`: who is asking, as the platform has verified it, and what else is known of a request.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use annals_api::sdk::web::{OperationId, source_ip};
use axum::extract::{ConnectInfo, FromRequestParts, Request, State};
use axum::middleware::Next;
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::HeaderMap;
use http::header::AUTHORIZATION;
use http::request::Parts;
use ipnet::IpNet;

use crate::environments::Kind;
use crate::platform::App;
use crate::refusal::Refusal;

/// By this header a gateway tells under which id it records a request.
const OPERATION_HEADER: &str = "x-annals-operation";

/// The account that is asking, in the extensions of its requests.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    pub(crate) login: String,
}

/// Where a request comes from, in its extensions.
#[derive(Clone, Copy, Debug)]
struct Origin {
    address: IpAddr,
    /// It came through a proxy whose word counts.
    is_proxied: bool,
}

/// What it takes to find out who is asking.
#[derive(Clone, Debug)]
pub(crate) struct Door {
    pub(crate) app: App,
    /// Networks of proxies whose word counts.
    pub(crate) trusted: Arc<[IpNet]>,
}

/// Finds out who is asking and from where, for all that comes behind it.
pub(crate) async fn identify(
    State(door): State<Door>,
    mut request: Request,
    next: Next,
) -> Response {
    let login = door.login(request.headers());
    let origin = door.origin(&request);
    let extensions = request.extensions_mut();
    if let Some(login) = login {
        extensions.insert(Caller { login });
    }
    if let Some(origin) = origin {
        extensions.insert(origin);
    }
    next.run(request).await
}

impl Door {
    fn login(&self, headers: &HeaderMap) -> Option<String> {
        let header = headers.get(AUTHORIZATION)?.to_str().ok()?;
        let (scheme, text) = header.split_once(' ')?;
        let state = self.app.state();
        let user = match scheme.to_ascii_lowercase().as_str() {
            "bearer" => state.people.whose(text),
            "basic" => {
                let pair = String::from_utf8(STANDARD.decode(text).ok()?).ok()?;
                let (login, password) = pair.split_once(':')?;
                state.people.verified(login, password).ok()
            }
            _ => None,
        };
        user.map(|user| user.login.clone())
    }

    fn origin(&self, request: &Request) -> Option<Origin> {
        let peer = request.extensions().get::<ConnectInfo<SocketAddr>>()?.0.ip();
        let address = source_ip(Some(peer), request.headers(), &self.trusted)?;
        let is_proxied = self.trusted.iter().any(|network| network.contains(&peer));
        Some(Origin { address, is_proxied })
    }
}

impl<S: Sync> FromRequestParts<S> for Caller {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refusal> {
        parts.extensions.get::<Self>().cloned().ok_or(Refusal::SignIn)
    }
}

/// Clusters and desktops have the same routes; the path says which is meant.
impl<S: Sync> FromRequestParts<S> for Kind {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refusal> {
        let is_desktop = parts.uri.path().starts_with("/api/desktops");
        Ok(if is_desktop { Self::Desktop } else { Self::Cluster })
    }
}

/// The audit log's id of the request, from the SDK or from a gateway in front.
#[derive(Clone, Debug)]
pub(crate) struct Recorded(pub(crate) Option<String>);

impl<S: Sync> FromRequestParts<S> for Recorded {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refusal> {
        let inside = parts.extensions.get::<OperationId>().map(|id| id.0.clone());
        let is_proxied = parts.extensions.get::<Origin>().is_some_and(|origin| origin.is_proxied);
        let headers = is_proxied.then_some(&parts.headers);
        let header = || headers?.get(OPERATION_HEADER)?.to_str().ok();
        Ok(Self(inside.or_else(|| header().map(str::to_owned))))
    }
}

/// From which address the request came, as far as proxies may tell.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Source(pub(crate) IpAddr);

impl<S: Sync> FromRequestParts<S> for Source {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refusal> {
        let unknown = || Refusal::Request("the connection has no address".to_owned());
        let origin = parts.extensions.get::<Origin>();
        origin.map(|origin| Self(origin.address)).ok_or_else(unknown)
    }
}
