//! `Caller`: who is asking, as the platform has verified it, and what else is known of a request.

use std::net::{IpAddr, SocketAddr};

use annals_api::sdk::web::OperationId;
use axum::extract::{ConnectInfo, FromRequestParts, Request, State};
use axum::middleware::Next;
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::header::AUTHORIZATION;
use http::request::Parts;

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

/// Finds out who is asking, for all that comes behind it.
pub(crate) async fn identify(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let header = request.headers().get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    let login = header.and_then(|header| {
        let state = app.state();
        let (scheme, text) = header.split_once(' ')?;
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
    });
    if let Some(login) = login {
        request.extensions_mut().insert(Caller { login });
    }
    next.run(request).await
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
        let header = || parts.headers.get(OPERATION_HEADER)?.to_str().ok();
        Ok(Self(inside.or_else(|| header().map(str::to_owned))))
    }
}

/// From which address the request came to the platform.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Source(pub(crate) IpAddr);

impl<S: Sync> FromRequestParts<S> for Source {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refusal> {
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>();
        let unknown = || Refusal::Request("the connection has no address".to_owned());
        peer.map(|peer| Self(peer.0.ip())).ok_or_else(unknown)
    }
}
