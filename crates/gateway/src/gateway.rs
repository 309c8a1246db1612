//! `Gateway`: one request on its way to the platform and back.
//!
//! What no route knows passes at once, and is counted if it may have changed something. What a
//! route knows goes through `exchange`. A connection that changes its protocol becomes a tunnel.

mod exchange;
pub(crate) mod feed;
pub(crate) mod later;
mod tunnel;
mod whence;

use std::convert::Infallible;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use annals_map::route::{Found, Matched};
use http::header::{CONTENT_LENGTH, HeaderValue};
use http::{HeaderMap, Request, Response, StatusCode, Uri, Version};
use http_body::Body as _;
use hyper::body::Incoming;
use hyper::upgrade::OnUpgrade;
use tokio::sync::{Semaphore, watch};

use crate::body::Outgoing;
use crate::config::Limits;
use crate::counters::Counters;
use crate::headers;
use crate::keep::Keeper;
use crate::problem::Problem;
use crate::routes::RouteSet;
use crate::session::Sessions;
use crate::state::State;
use crate::uncovered::Uncovered;
use crate::upstream::{NoAnswer, Upstream};
use crate::who::Identities;
use later::Laters;

/// All that requests have in common.
#[derive(Debug)]
pub(crate) struct Gateway {
    pub(crate) routes: RouteSet,
    pub(crate) identities: Identities,
    pub(crate) upstream: Upstream,
    pub(crate) keeper: Keeper,
    pub(crate) state: State,
    pub(crate) sessions: Sessions,
    pub(crate) laters: Laters,
    pub(crate) uncovered: Uncovered,
    pub(crate) counters: Counters,
    pub(crate) limits: Limits,
    pub(crate) hosts: Vec<String>,
    pub(crate) region: Option<String>,
    pub(crate) stack_id: Option<String>,
    /// True once the gateway stops.
    pub(crate) stop: watch::Sender<bool>,
    /// A place for each exchange or session whose end is still to be told.
    pub(crate) work: Arc<Semaphore>,
}

/// Exchanges and sessions at once whose end is still to be told.
pub(crate) const WORK_MAX: u32 = 1_000_000;

/// Who has connected.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Peer {
    pub(crate) address: SocketAddr,
    pub(crate) is_encrypted: bool,
}

impl Peer {
    pub(crate) fn ip(self) -> IpAddr {
        self.address.ip().to_canonical()
    }
}

/// A request before it is passed on.
#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) request: Request<Incoming>,
    pub(crate) peer: Peer,
    /// The host it asks for.
    pub(crate) host: Option<HeaderValue>,
    /// The protocol it wants to change to.
    pub(crate) upgrade: Option<HeaderValue>,
}

impl Gateway {
    /// Answers one request.
    pub(crate) async fn answer(
        self: Arc<Self>,
        request: Request<Incoming>,
        peer: Peer,
    ) -> Result<Response<Outgoing>, Infallible> {
        self.counters.requests.inc();
        let response = match self.check(&request) {
            Ok(()) => self.pass(request, peer).await,
            Err(problem) => problem.response(),
        };
        Ok(response)
    }

    fn check(&self, request: &Request<Incoming>) -> Result<(), Problem> {
        headers::check(request).map_err(|_| Problem::Ambiguous)?;
        let is_ours = |host: HeaderValue| {
            let host = host.to_str().unwrap_or_default().to_ascii_lowercase();
            let name = host.rsplit_once(':').map_or(&*host, |(name, _)| name);
            self.hosts.iter().any(|ours| ours.eq_ignore_ascii_case(name) || *ours == host)
        };
        if !self.hosts.is_empty() && !headers::host(request).is_some_and(is_ours) {
            return Err(Problem::Host);
        }
        let bytes_max = self.limits.body_bytes_max;
        if bytes_max > 0 && request.body().size_hint().lower() > bytes_max {
            return Err(Problem::TooLarge);
        }
        // Only the platform may be reached through the gateway.
        match request.method() {
            &http::Method::CONNECT => Err(Problem::Host),
            _ => Ok(()),
        }
    }

    async fn pass(self: &Arc<Self>, request: Request<Incoming>, peer: Peer) -> Response<Outgoing> {
        let host = headers::host(&request);
        let upgrade =
            headers::upgrade(request.headers()).filter(|_| request.version() == Version::HTTP_11);
        let call = Call { request, peer, host, upgrade };
        let (method, path) = (call.request.method(), call.request.uri().path());
        match self.routes.find(method.as_str(), path) {
            Found::Matched(_) => {
                // Goes on although the client may leave: what has begun is told to its end.
                let gateway = self.clone();
                let done = tokio::spawn(async move {
                    let call = call;
                    let method = call.request.method().clone();
                    let path = call.request.uri().path().to_owned();
                    match gateway.routes.find(method.as_str(), &path) {
                        Found::Matched(matched) => record(&gateway, &matched, call).await,
                        Found::Nothing | Found::Ignored => gateway.forward(call).await,
                    }
                });
                done.await.unwrap_or_else(|_| Problem::NoAnswer.response())
            }
            Found::Ignored => self.forward(call).await,
            Found::Nothing => {
                self.count_uncovered(method.as_str(), path);
                self.forward(call).await
            }
        }
    }

    pub(crate) fn count_uncovered(&self, method: &str, path: &str) {
        if annals_map::route::is_mutating(method) && self.uncovered.count(method, path) {
            tracing::warn!(method, path, "no route knows this; it is passed on and not recorded");
        }
    }

    /// Passes a request on, and its answer back.
    async fn forward(self: &Arc<Self>, mut call: Call) -> Response<Outgoing> {
        let client = call.upgrade.is_some().then(|| hyper::upgrade::on(&mut call.request));
        let upgrade = call.upgrade.clone();
        let request = self.prepare(call, |body| Outgoing::passed(body, self.limits.body_bytes_max));
        self.pass_on(request, client, upgrade).await
    }

    /// The same for a request that is prepared.
    async fn pass_on(
        self: &Arc<Self>,
        request: Request<Outgoing>,
        client: Option<OnUpgrade>,
        upgrade: Option<HeaderValue>,
    ) -> Response<Outgoing> {
        match self.upstream.call(request, upgrade.is_some()).await {
            Err(error) => self.no_answer(&error),
            Ok(mut response) if response.status() == StatusCode::SWITCHING_PROTOCOLS => {
                if let Some(client) = client {
                    tunnel::open(self.clone(), client, hyper::upgrade::on(&mut response), None);
                }
                back(response.map(|_| Outgoing::empty()), upgrade)
            }
            Ok(response) => back(response.map(|body| Outgoing::passed(body, 0)), None),
        }
    }

    /// The request as the platform gets it.
    pub(crate) fn prepare(
        &self,
        call: Call,
        body: impl FnOnce(Incoming) -> Outgoing,
    ) -> Request<Outgoing> {
        let Call { request, peer, host, upgrade } = call;
        let (mut parts, incoming) = request.into_parts();
        let from = headers::From {
            peer: peer.ip(),
            is_trusted: self.identities.trusts(peer.ip()),
            is_encrypted: peer.is_encrypted,
            host: host.as_ref(),
            user_header: self.identities.proxy_header(),
        };
        headers::to_platform(&mut parts.headers, from);
        if let Some(host) = host {
            parts.headers.insert(http::header::HOST, host);
        }
        if let Some(protocol) = upgrade {
            set_upgrade(&mut parts.headers, protocol);
        }
        let path = parts.uri.path_and_query().cloned();
        parts.uri = path.map_or_else(|| Uri::from_static("/"), Uri::from);
        parts.extensions = http::Extensions::new();
        Request::from_parts(parts, body(incoming))
    }

    pub(crate) fn no_answer(&self, error: &NoAnswer) -> Response<Outgoing> {
        self.counters.unanswered.inc();
        tracing::warn!(error = error as &dyn std::error::Error, "no answer");
        match error {
            NoAnswer::Late => Problem::Late.response(),
            _ => Problem::NoAnswer.response(),
        }
    }
}

/// Boxed: the future of a recorded exchange is large, and most requests have none.
fn record<'a>(
    gateway: &'a Arc<Gateway>,
    matched: &'a Matched<'a, 'a>,
    call: Call,
) -> std::pin::Pin<Box<dyn Future<Output = Response<Outgoing>> + Send + 'a>> {
    Box::pin(exchange::record(gateway, matched, call))
}

fn set_upgrade(headers: &mut HeaderMap, protocol: HeaderValue) {
    headers.insert(http::header::CONNECTION, HeaderValue::from_static("upgrade"));
    headers.insert(http::header::UPGRADE, protocol);
}

/// The answer as the client gets it.
pub(crate) fn back(
    mut response: Response<Outgoing>,
    upgrade: Option<HeaderValue>,
) -> Response<Outgoing> {
    let status = response.status();
    let headers = response.headers_mut();
    let protocol = headers.get(http::header::UPGRADE).cloned().or(upgrade);
    headers::strip_hop(headers);
    if status == StatusCode::SWITCHING_PROTOCOLS {
        protocol.into_iter().for_each(|protocol| set_upgrade(headers, protocol));
        headers.remove(CONTENT_LENGTH);
    }
    *response.version_mut() = Version::HTTP_11;
    response
}
