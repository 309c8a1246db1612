//! One typed, blocking client of the HTTP API, for the command line, collectors and tests.
//!
//! Requests that are safe to repeat are repeated with limits: when the server cannot be reached,
//! and when it says 503 or 507 with `Retry-After`. Sending events is safe to repeat because
//! events carry ids. The token travels in the `Authorization` header only, never in a URL, and
//! is never part of an error. Not for use inside an async runtime.

mod ask;
mod error;
mod export;
mod life;
mod operation;
mod tls;

pub use ask::{Message, Tail};
pub use error::ClientError;

use std::time::Duration;

use reqwest::blocking::{RequestBuilder, Response};
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue, RETRY_AFTER};
use reqwest::{Method, StatusCode};
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use crate::routes;
use crate::wire::append::AppendAnswer;
use crate::wire::catalogue::CatalogueAnswer;
use crate::wire::page::{EventsPage, PageQuery};
use crate::wire::problem::Problem;
use crate::wire::quarantine::{QuarantinePage, ReplayAnswer};
use crate::wire::status::Status;

/// Longest time one try of a request may take, unless chosen otherwise.
const REQUEST_TIME_MAX: Duration = Duration::from_secs(300);
/// Longest time to reach the server, seconds.
pub const CONNECT_SECONDS_MAX: u64 = 10;
/// Longest pause before a retry that is taken from `Retry-After`, seconds.
pub const RETRY_AFTER_SECONDS_MAX: u64 = 30;

/// How often, and how patiently, to try again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retry {
    /// Tries after the first.
    pub retries_max: u32,
    /// Pause before the first retry where the server names none; doubled each time.
    pub pause: Duration,
}

impl Default for Retry {
    fn default() -> Self {
        Self { retries_max: 5, pause: Duration::from_millis(250) }
    }
}

impl Retry {
    /// Never try again; for callers with their own schedule.
    pub const NEVER: Self = Self { retries_max: 0, pause: Duration::ZERO };
}

/// A connection to one server.
#[derive(Clone)]
pub struct Client {
    http: reqwest::blocking::Client,
    base: String,
    authorization: Option<HeaderValue>,
    retry: Retry,
    time_max: Duration,
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Client").field("base", &self.base).finish_non_exhaustive()
    }
}

impl Client {
    /// For the server at `url` (scheme and authority), with `token` if calls need one. An
    /// `https` server must show a certificate that the system's authorities vouch for.
    ///
    /// # Errors
    /// When `url` or `token` cannot be used.
    pub fn new(url: &str, token: Option<&str>) -> Result<Self, ClientError> {
        Self::with_authorities(url, token, None)
    }

    /// The same, where `pem` holds the only certificates that vouch for the server: those of an
    /// authority, or the one that the server made itself (`DIR/keys/tls.pem`).
    ///
    /// # Errors
    /// When `url`, `token` or `pem` cannot be used.
    pub fn with_authorities(
        url: &str,
        token: Option<&str>,
        pem: Option<&[u8]>,
    ) -> Result<Self, ClientError> {
        let base = url.trim_end_matches('/').to_owned();
        let is_address = |url: &reqwest::Url| {
            matches!(url.scheme(), "http" | "https") && url.has_host() && url.username().is_empty()
        };
        let parsed = reqwest::Url::parse(&base).ok().filter(is_address);
        let Some(parsed) = parsed else { return Err(ClientError::Url { url: base }) };
        let authorization = token.map(bearer).transpose()?;
        let http = reqwest::blocking::Client::builder()
            .tls_backend_preconfigured(tls::config(parsed.scheme() == "https", pem)?)
            .connect_timeout(Duration::from_secs(CONNECT_SECONDS_MAX))
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .build()
            .map_err(ClientError::Setup)?;
        Ok(Self { http, base, authorization, retry: Retry::default(), time_max: REQUEST_TIME_MAX })
    }

    /// The same client with another patience.
    #[must_use]
    pub fn with_retry(self, retry: Retry) -> Self {
        Self { retry, ..self }
    }

    /// The same client that waits at most so long for an answer to one try.
    #[must_use]
    pub fn with_time_max(self, time_max: Duration) -> Self {
        Self { time_max, ..self }
    }

    /// Sends NDJSON. A request without a good line is an answer too: nothing accepted, the
    /// faults named, and no checkpoint.
    ///
    /// # Errors
    /// When the server cannot be reached or refuses the request as a whole.
    pub fn append_ndjson(
        &self,
        ndjson: Vec<u8>,
        strict: bool,
    ) -> Result<AppendAnswer, ClientError> {
        let body = ndjson; // Cloned per try; a request is at most 64 MiB.
        let answer = self.send(|client| {
            let mut request = client.request(Method::POST, routes::EVENTS);
            if strict {
                request = request.query(&[("strict", "true")]);
            }
            request.header(CONTENT_TYPE, "application/x-ndjson").body(body.clone())
        });
        match answer {
            Ok(response) => json(response),
            Err(ClientError::Refused(problem)) => no_good_line(*problem),
            Err(error) => Err(error),
        }
    }

    /// One event by its id, as JSON text.
    ///
    /// # Errors
    /// As for all calls; `not_found` and `several_events` are problem codes.
    pub fn event(&self, id: &str) -> Result<Box<RawValue>, ClientError> {
        json(self.get(&routes::EVENT.replace("{id}", id), &[])?)
    }

    /// One event by its position, as JSON text.
    ///
    /// # Errors
    /// As for all calls.
    pub fn event_at(&self, index: u64) -> Result<Box<RawValue>, ClientError> {
        json(self.get(&at(routes::EVENT_AT, index), &[])?)
    }

    /// The `.tlog-proof` of one event by its id.
    ///
    /// # Errors
    /// As for all calls.
    pub fn proof(&self, id: &str) -> Result<String, ClientError> {
        text(self.get(&routes::EVENT_PROOF.replace("{id}", id), &[])?)
    }

    /// The `.tlog-proof` of one event by its position.
    ///
    /// # Errors
    /// As for all calls.
    pub fn proof_at(&self, index: u64) -> Result<String, ClientError> {
        text(self.get(&at(routes::EVENT_AT_PROOF, index), &[])?)
    }

    /// One page of events.
    ///
    /// # Errors
    /// As for all calls.
    pub fn page(&self, query: &PageQuery) -> Result<EventsPage, ClientError> {
        json(self.get(routes::EVENTS, &query.parameters())?)
    }

    /// Rejected lines in `state` (`open`, `replayed`, `all`) after a position, oldest first.
    ///
    /// # Errors
    /// As for all calls.
    pub fn quarantine(
        &self,
        state: &str,
        after_index: Option<u64>,
        limit: u32,
    ) -> Result<QuarantinePage, ClientError> {
        let mut query = vec![("state", state.to_owned()), ("limit", limit.to_string())];
        query.extend(after_index.map(|index| ("after_index", index.to_string())));
        json(self.get(routes::QUARANTINE, &query)?)
    }

    /// Sends the rejected line kept at `index` again.
    ///
    /// # Errors
    /// As for all calls; still bad lines are a problem with the faults in it.
    pub fn replay(&self, index: u64) -> Result<ReplayAnswer, ClientError> {
        let path = at(routes::QUARANTINE_REPLAY, index);
        json(self.send(|client| client.request(Method::POST, &path))?)
    }

    /// The catalogue.
    ///
    /// # Errors
    /// As for all calls.
    pub fn catalogue(&self) -> Result<CatalogueAnswer, ClientError> {
        json(self.get(routes::CATALOGUE, &[])?)
    }

    /// How the server is doing.
    ///
    /// # Errors
    /// As for all calls.
    pub fn status(&self) -> Result<Status, ClientError> {
        json(self.get(routes::STATUS, &[])?)
    }

    /// The newest signed checkpoint.
    ///
    /// # Errors
    /// As for all calls.
    pub fn checkpoint(&self) -> Result<String, ClientError> {
        text(self.get(routes::CHECKPOINT, &[])?)
    }

    /// The verifier keys, current first.
    ///
    /// # Errors
    /// As for all calls.
    pub fn vkeys(&self) -> Result<Vec<String>, ClientError> {
        Ok(text(self.get(routes::VKEY, &[])?)?.lines().map(str::to_owned).collect())
    }

    fn get(&self, path: &str, query: &[(&str, String)]) -> Result<Response, ClientError> {
        self.send(|client| client.request(Method::GET, path).query(query))
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let url = format!("{}{path}", self.base);
        let request = self.http.request(method, url).timeout(self.time_max);
        match &self.authorization {
            Some(value) => request.header(AUTHORIZATION, value.clone()),
            None => request,
        }
    }

    /// Sends what `request` builds until it is answered or patience ends.
    fn send(&self, request: impl Fn(&Self) -> RequestBuilder) -> Result<Response, ClientError> {
        let mut pause = self.retry.pause;
        for retries_left in (0..=self.retry.retries_max).rev() {
            let wait = match request(self).send() {
                Ok(response) if response.status().is_success() => return Ok(response),
                Ok(response) => match retry_after(&response) {
                    Some(wait) if retries_left > 0 => wait,
                    _ => return Err(refusal(response)),
                },
                // Who is not trusted now will not be a second later.
                Err(error) if tls::is_refusal(&error) => {
                    return Err(ClientError::Untrusted(error));
                }
                Err(_) if retries_left > 0 => pause,
                Err(error) => return Err(ClientError::Unreachable(error)),
            };
            std::thread::sleep(wait);
            pause *= 2;
        }
        unreachable!("the last round returns")
    }
}

fn bearer(token: &str) -> Result<HeaderValue, ClientError> {
    let mut value = HeaderValue::from_str(&format!("Bearer {}", token.trim()))
        .map_err(|_| ClientError::Token)?;
    value.set_sensitive(true);
    Ok(value)
}

fn at(route: &str, index: u64) -> String {
    route.replace("{index}", &index.to_string())
}

/// How long the server asks to wait, where it says that a repeat can help.
fn retry_after(response: &Response) -> Option<Duration> {
    let status = response.status();
    if status != StatusCode::SERVICE_UNAVAILABLE && status != StatusCode::INSUFFICIENT_STORAGE {
        return None;
    }
    let seconds: u64 = response.headers().get(RETRY_AFTER)?.to_str().ok()?.parse().ok()?;
    Some(Duration::from_secs(seconds.min(RETRY_AFTER_SECONDS_MAX)))
}

fn refusal(response: Response) -> ClientError {
    match response.json::<Problem>() {
        Ok(problem) => ClientError::Refused(Box::new(problem)),
        Err(error) => ClientError::Answer(Box::new(error)),
    }
}

fn no_good_line(problem: Problem) -> Result<AppendAnswer, ClientError> {
    match problem.append {
        Some(append) if problem.status == StatusCode::UNPROCESSABLE_ENTITY.as_u16() => {
            Ok(AppendAnswer {
                duplicates: append.duplicates,
                rejected: append.rejected,
                ..AppendAnswer::default()
            })
        }
        append => Err(ClientError::Refused(Box::new(Problem { append, ..problem }))),
    }
}

fn json<T: DeserializeOwned>(response: Response) -> Result<T, ClientError> {
    let bytes = response.bytes().map_err(|error| ClientError::Answer(Box::new(error)))?;
    serde_json::from_slice(&bytes).map_err(|error| ClientError::Answer(Box::new(error)))
}

fn text(response: Response) -> Result<String, ClientError> {
    response.text().map_err(|error| ClientError::Answer(Box::new(error)))
}
