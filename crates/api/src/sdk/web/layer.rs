//! The layer and its service: begin, call, end.

use std::future::Future;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderValue, RETRY_AFTER, USER_AGENT};
use http::request::Parts;
use http::{HeaderMap, Method, Request, Response, StatusCode};
use http_body::Body;
use ipnet::IpNet;
use serde_json::{Value, json};
use tower::{Layer, Service};

use super::act::{Act, Answer, Call};
use super::body::Peeked;
use super::data::{Form, masked};
use super::source::source_ip;
use super::table::{Table, Undeclared, WebError};
use crate::sdk::{Audited, End, Event, Recorder, SdkError};

/// Bytes of a request's body that are looked at.
const REQUEST_BYTES_ENOUGH: usize = 256 << 10;
/// Bytes of an answer's body that are looked at.
const ANSWER_BYTES_ENOUGH: usize = 64 << 10;
/// The operator of a request of which nobody knows whose it is.
const UNKNOWN: &str = "unknown";
const REQUEST_ID: &str = "x-request-id";

/// In a request's extensions: the id of its operation, for acts that end later.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OperationId(pub String);

type Who = Box<dyn Fn(&Parts) -> Option<String> + Send + Sync>;
type Peer = Box<dyn Fn(&Parts) -> Option<IpAddr> + Send + Sync>;

/// What all requests share.
struct Shared {
    recorder: Recorder,
    table: Table,
    operator: Who,
    peer: Peer,
    trusted: Vec<IpNet>,
}

/// Declares the routes of a service.
#[must_use]
pub struct Builder {
    shared: Shared,
    failed: Option<WebError>,
}

impl std::fmt::Debug for Builder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Builder").field("table", &self.shared.table).finish_non_exhaustive()
    }
}

impl Builder {
    /// What a route does.
    pub fn act(self, method: Method, path: &str, act: Act) -> Self {
        self.add(method, path, Some(act))
    }

    /// A mutating route that is not recorded, on purpose.
    pub fn unrecorded(self, method: Method, path: &str) -> Self {
        self.add(method, path, None)
    }

    /// How to tell the login that acts, as the platform itself has verified it; a name that a
    /// request merely claims is no answer.
    pub fn operator(
        mut self,
        who: impl Fn(&Parts) -> Option<String> + Send + Sync + 'static,
    ) -> Self {
        self.shared.operator = Box::new(who);
        self
    }

    /// How to tell the address of the peer: in axum, the extension `ConnectInfo`.
    pub fn peer(mut self, peer: impl Fn(&Parts) -> Option<IpAddr> + Send + Sync + 'static) -> Self {
        self.shared.peer = Box::new(peer);
        self
    }

    /// Networks of proxies whose `X-Forwarded-For` is believed.
    pub fn trusted_proxies(mut self, networks: &[&str]) -> Self {
        for text in networks {
            match text.parse() {
                Ok(network) => self.shared.trusted.push(network),
                Err(_) => self.failed = Some(WebError::Network { text: (*text).to_owned() }),
            }
        }
        self
    }

    /// The layer.
    ///
    /// # Errors
    /// The first thing that was declared wrongly.
    pub fn build(self) -> Result<AuditLayer, WebError> {
        match self.failed {
            None => Ok(AuditLayer { shared: Arc::new(self.shared) }),
            Some(error) => Err(error),
        }
    }

    fn add(mut self, method: Method, path: &str, act: Option<Act>) -> Self {
        if let Err(error) = self.shared.table.add(method, path, act) {
            self.failed.get_or_insert(error);
        }
        self
    }
}

/// Records the declared routes of the service it is put around.
#[derive(Clone)]
pub struct AuditLayer {
    shared: Arc<Shared>,
}

impl std::fmt::Debug for AuditLayer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AuditLayer").field("table", &self.shared.table).finish_non_exhaustive()
    }
}

impl AuditLayer {
    /// A layer of no routes yet.
    pub fn builder(recorder: Recorder) -> Builder {
        let shared = Shared {
            recorder,
            table: Table::default(),
            operator: Box::new(|_| None),
            peer: Box::new(|_| None),
            trusted: Vec::new(),
        };
        Builder { shared, failed: None }
    }

    /// For the platform's own test: every mutating route among `served` is declared.
    ///
    /// # Errors
    /// Those that are not.
    pub fn check<'a>(
        &self,
        served: impl IntoIterator<Item = (Method, &'a str)>,
    ) -> Result<(), Undeclared> {
        self.shared.table.check(served)
    }

    /// The same for all that the service's OpenAPI document describes.
    ///
    /// # Errors
    /// Those that are not.
    pub fn check_openapi(&self, document: &Value) -> Result<(), Undeclared> {
        self.shared.table.check_openapi(document)
    }
}

impl<S> Layer<S> for AuditLayer {
    type Service = Audit<S>;

    fn layer(&self, inner: S) -> Audit<S> {
        Audit { inner, shared: self.shared.clone() }
    }
}

/// A service whose declared routes are recorded.
#[derive(Clone)]
pub struct Audit<S> {
    inner: S,
    shared: Arc<Shared>,
}

impl<S: std::fmt::Debug> std::fmt::Debug for Audit<S> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Audit").field("inner", &self.inner).finish_non_exhaustive()
    }
}

impl<S, B, R> Service<Request<B>> for Audit<S>
where
    S: Service<Request<Peeked<B>>, Response = Response<R>> + Clone + Send + 'static,
    S::Future: Send,
    S::Error: Send,
    B: Body<Data = Bytes> + Send + Unpin + 'static,
    B::Error: Send + Unpin,
    R: Body<Data = Bytes> + Send + Unpin + 'static,
    R::Error: Send + Unpin,
{
    type Response = Response<Peeked<R>>;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, S::Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        // The clone that was made ready is the one to call.
        let clone = self.inner.clone();
        let mut inner = std::mem::replace(&mut self.inner, clone);
        let shared = self.shared.clone();
        Box::pin(async move {
            let (parts, body) = request.into_parts();
            let found = shared.table.find(&parts.method, parts.uri.path());
            let Some((act, params)) = found else {
                let request = Request::from_parts(parts, Peeked::not(body));
                return Ok(inner.call(request).await?.map(Peeked::not));
            };
            let (body, data) = read(&parts.headers, body).await;
            let call = Call { parts, params, data };
            let event = shared.event(act, &call);
            let mut parts = call.parts;
            let (recorder, guarantee) = (shared.recorder.clone(), act.guarantee);
            let begun = blocking(move || recorder.begin(event, guarantee)).await;
            let audited = match begun {
                Ok(audited) => audited,
                Err(error) => return Ok(refusal(&error)),
            };
            parts.extensions.insert(OperationId(audited.id().to_owned()));
            let response = inner.call(Request::from_parts(parts, body)).await?;
            Ok(finish(act, audited, response).await)
        })
    }
}

impl Shared {
    /// What is known before the act.
    fn event(&self, act: &Act, call: &Call) -> Event {
        let parts = call.parts();
        let operator = (self.operator)(parts).unwrap_or_else(|| UNKNOWN.to_owned());
        let mut event = Event::new(act.operation, &operator);
        if let Some(address) = source_ip((self.peer)(parts), &parts.headers, &self.trusted) {
            event = event.source_ip(address);
        }
        let header = |name: &str| parts.headers.get(name).and_then(|value| value.to_str().ok());
        if let Some(agent) = header(USER_AGENT.as_str()) {
            event = event.user_agent(agent);
        }
        if let Some(id) = header(REQUEST_ID) {
            event = event.request_id(id);
        }
        if let Some(data) = &call.data {
            event = event.request_data(&masked(data, &act.mask));
        }
        act.begins.iter().fold(event, |event, add| add(call, event))
    }
}

/// The body to pass on, and what it shows.
async fn read<B>(headers: &HeaderMap, body: B) -> (Peeked<B>, Option<Value>)
where
    B: Body<Data = Bytes> + Unpin,
{
    let Some(form) = Form::of(headers) else { return (Peeked::not(body), None) };
    let (body, beginning) = Peeked::at(body, REQUEST_BYTES_ENOUGH).await;
    (body, form.read(beginning).await)
}

/// Tells how it ended, before the answer goes out: who has the answer finds it recorded.
async fn finish<R>(act: &Act, audited: Audited, response: Response<R>) -> Response<Peeked<R>>
where
    R: Body<Data = Bytes> + Unpin,
{
    let status = response.status();
    let (parts, body) = response.into_parts();
    let (body, data) = match Form::of(&parts.headers) {
        Some(Form::Json) if !act.ends.is_empty() => {
            let (body, beginning) = Peeked::at(body, ANSWER_BYTES_ENOUGH).await;
            (body, Form::Json.read(beginning).await)
        }
        _ => (Peeked::not(body), None),
    };
    let answer = Answer { status, data };
    let end = act.ends.iter().fold(end_of(status), |end, add| add(&answer, end));
    let ended = blocking(move || match status {
        StatusCode::ACCEPTED => {
            let _goes_on = audited.later();
            Ok(())
        }
        _ => audited.finish(end),
    });
    let response = Response::from_parts(parts, body);
    if let Err(error) = ended.await {
        tracing::warn!(%error, "an operation stays open although it has ended");
    }
    response
}

/// What a status says of the act.
fn end_of(status: StatusCode) -> End {
    match status {
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => End::denied(status.as_str()),
        status if status.is_client_error() || status.is_server_error() => {
            End::failure(status.as_str())
        }
        _ => End::success(),
    }
}

fn refusal<R: Body<Data = Bytes> + Unpin>(error: &SdkError) -> Response<Peeked<R>> {
    tracing::error!(error = error as &dyn std::error::Error, "an act was refused: not recorded");
    let text = json!({"code": "not_recorded", "detail": error.to_string()}).to_string();
    let mut response = Response::new(Peeked::text(text));
    *response.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    headers.insert(RETRY_AFTER, HeaderValue::from_static("1"));
    response
}

/// Disk and network are waited for on a thread for that.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, SdkError> + Send + 'static,
) -> Result<T, SdkError> {
    tokio::task::spawn_blocking(work).await.unwrap_or(Err(SdkError::Stopped))
}
