//! The platform behind the gateway: connections to it, kept and used again.
//!
//! A request is sent once. Only one that was never written, because its connection had been closed
//! meanwhile, is sent on another. It knows nothing of what requests mean.

use std::path::Path;
use std::time::Duration;

use bytes::Bytes;
use http::header::{AUTHORIZATION, HeaderValue};
use http::uri::{Authority, PathAndQuery, Scheme};
use http::{HeaderMap, Request, Response, StatusCode, Uri};
use http_body_util::{BodyExt as _, Limited};
use hyper::body::Incoming;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};

use crate::body::Outgoing;
use crate::config::{Config, HostPolicy};
use crate::error::GatewayError;
use crate::tls;

/// Platforms close idle connections, many after five seconds; a request must not meet that.
const IDLE_MAX: Duration = Duration::from_secs(4);
/// Bytes of an answer to what the gateway asks by itself.
const ASKED_BYTES_MAX: usize = 8 << 20;

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NoAnswer {
    /// The platform was not reached: nothing has happened there.
    #[error("the platform cannot be reached")]
    Unreached(#[source] hyper_util::client::legacy::Error),
    /// The connection broke: what has happened is unknown.
    #[error("the connection to the platform broke")]
    Broken(#[source] hyper_util::client::legacy::Error),
    /// It took too long: what has happened is unknown.
    #[error("the platform did not answer in time")]
    Late,
    /// The answer is too large, or broke off.
    #[error("the platform's answer cannot be read")]
    Unread(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// A path that is no path.
    #[error("`{0}` is not a path")]
    Path(String),
}

impl NoAnswer {
    /// True if the platform cannot have acted.
    pub(crate) fn is_harmless(&self) -> bool {
        matches!(self, Self::Unreached(_))
    }
}

/// What the platform answered to what the gateway asked by itself.
#[derive(Debug)]
pub(crate) struct Asked {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

type Connections = Client<HttpsConnector<HttpConnector>, Outgoing>;

/// The platform.
#[derive(Debug)]
pub(crate) struct Upstream {
    scheme: Scheme,
    authority: Authority,
    /// What stands in `Host`, where not what the client asked for.
    host: Option<HeaderValue>,
    connections: Connections,
    /// A connection that changes its protocol speaks HTTP/1.1 first.
    upgradable: Connections,
    authorization: Option<HeaderValue>,
    answer_time_max: Duration,
}

impl Upstream {
    /// Prepares to connect; reads certificates and the header of its own. Blocks.
    pub(crate) fn new(config: &Config) -> Result<Self, GatewayError> {
        let parts = config.upstream.clone().into_parts();
        let (Some(scheme), Some(authority)) = (parts.scheme, parts.authority) else {
            return Err(GatewayError::Unfit("upstream has no host".to_owned()));
        };
        let host = match config.platform.host {
            HostPolicy::Client if !config.platform.http2 => None,
            // With HTTP/2 the name is part of the address.
            _ => authority.as_str().parse().ok(),
        };
        let tls = tls::client(config.platform.authorities.as_deref())?;
        let connect_time_max = Duration::from_secs(config.limits.connect_seconds_max);
        let connections = |http2: bool| {
            let mut http = HttpConnector::new();
            http.enforce_http(false);
            http.set_nodelay(true);
            http.set_connect_timeout(Some(connect_time_max));
            let builder = HttpsConnectorBuilder::new().with_tls_config(tls.clone()).https_or_http();
            let connector = match http2 {
                true => builder.enable_http2().wrap_connector(http),
                false => builder.enable_http1().wrap_connector(http),
            };
            Client::builder(TokioExecutor::new())
                .pool_idle_timeout(IDLE_MAX)
                .pool_timer(TokioTimer::new())
                .timer(TokioTimer::new())
                .http2_only(http2)
                .build(connector)
        };
        Ok(Self {
            scheme,
            authority,
            host,
            connections: connections(config.platform.http2),
            upgradable: connections(false),
            authorization: authorization(config.platform.authorization_file.as_deref())?,
            answer_time_max: Duration::from_secs(config.limits.answer_seconds_max),
        })
    }

    /// Sends a request whose address is a path; its headers are prepared already.
    pub(crate) async fn call(
        &self,
        mut request: Request<Outgoing>,
        is_upgrade: bool,
    ) -> Result<Response<Incoming>, NoAnswer> {
        let path = request.uri().path_and_query().cloned();
        *request.uri_mut() = self.uri(path.unwrap_or(PathAndQuery::from_static("/")));
        *request.version_mut() = http::Version::HTTP_11;
        if let Some(host) = &self.host {
            request.headers_mut().insert(http::header::HOST, host.clone());
        }
        let connections = if is_upgrade { &self.upgradable } else { &self.connections };
        match tokio::time::timeout(self.answer_time_max, connections.request(request)).await {
            Ok(Ok(response)) => Ok(response),
            Ok(Err(error)) if error.is_connect() => Err(NoAnswer::Unreached(error)),
            Ok(Err(error)) => Err(NoAnswer::Broken(error)),
            Err(_) => Err(NoAnswer::Late),
        }
    }

    /// Asks for a path, for the gateway itself: with `authorization`, or its own.
    pub(crate) async fn ask(
        &self,
        path: &str,
        authorization: Option<&HeaderValue>,
    ) -> Result<Asked, NoAnswer> {
        let uri: Uri = path.parse().map_err(|_| NoAnswer::Path(path.to_owned()))?;
        let mut request = Request::new(Outgoing::empty());
        *request.uri_mut() = uri;
        let headers = request.headers_mut();
        headers.insert(http::header::ACCEPT, HeaderValue::from_static("application/json"));
        if let Ok(host) = self.authority.as_str().parse() {
            headers.insert(http::header::HOST, host);
        }
        if let Some(value) = authorization.or(self.authorization.as_ref()) {
            headers.insert(AUTHORIZATION, value.clone());
        }
        let (parts, body) = self.call(request, false).await?.into_parts();
        let body = Limited::new(body, ASKED_BYTES_MAX).collect();
        let body = tokio::time::timeout(self.answer_time_max, body).await;
        let body = body.map_err(|_| NoAnswer::Late)?.map_err(NoAnswer::Unread)?.to_bytes();
        Ok(Asked { status: parts.status, headers: parts.headers, body })
    }

    fn uri(&self, path: PathAndQuery) -> Uri {
        let mut parts = http::uri::Parts::default();
        parts.scheme = Some(self.scheme.clone());
        parts.authority = Some(self.authority.clone());
        parts.path_and_query = Some(path);
        Uri::from_parts(parts).expect("scheme, authority and path make an address")
    }
}

fn authorization(file: Option<&Path>) -> Result<Option<HeaderValue>, GatewayError> {
    let Some(path) = file else { return Ok(None) };
    let text = std::fs::read_to_string(path).map_err(GatewayError::read(path))?;
    let unfit = |_| GatewayError::Content { path: path.into(), what: "header value" };
    let mut value = HeaderValue::from_str(text.trim()).map_err(unfit)?;
    value.set_sensitive(true);
    Ok(Some(value))
}
