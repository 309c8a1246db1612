//! An exchange that a route knows: recorded before the platform sees it, and told to its end.
//!
//! Before: who asks, what the body shows as far as it must be known, the intent, kept as its
//! guarantee says. Without that a strict or spooled act does not begin. After: the answer says how
//! it ended, or that it goes on. What nobody can know is told as `unknown`.

mod ending;
mod look;
mod seen;

use std::sync::Arc;

use annals_api::sdk::{Audited, Guarantee};
use annals_map::route::{self, Act, Begun, Matched, Undecided};
use annals_record::Record;
use http::{HeaderMap, Response, StatusCode};
use hyper::body::Incoming;
use hyper::upgrade::OnUpgrade;
use serde_json::value::RawValue;

use super::{Call, Gateway, back, tunnel};
use crate::body::{End, Outgoing};
use crate::headers;
use crate::keep;
use crate::problem::Problem;
use crate::state::Kind;
use crate::upstream::NoAnswer;
use look::{Looked, look};
use seen::Seen;

/// An operation between its request and its answer.
pub(crate) enum Open {
    /// It is known what it is.
    Act { act: Box<Act>, audited: Audited },
    /// Only the answer tells what it is or who did it.
    Undecided(Box<Undecided>),
}

/// A request that was begun, until its end is told.
pub(crate) struct Exchange {
    pub(crate) gateway: Arc<Gateway>,
    pub(crate) open: Open,
    pub(crate) seen: Seen,
    /// The id of its event.
    pub(crate) id: String,
    /// Since when.
    pub(crate) begun: std::time::Instant,
    /// Kept until the end is told: the gateway waits for it when it stops.
    pub(crate) work: Option<tokio::sync::OwnedSemaphorePermit>,
}

/// How an answer came.
pub(crate) struct Answered<'a> {
    pub(crate) status: StatusCode,
    pub(crate) headers: &'a HeaderMap,
    pub(crate) data: Option<&'a annals_map::route::Data>,
    pub(crate) end: End,
}

/// Records an exchange, if the request is what its route describes.
pub(crate) async fn record(
    gateway: &Arc<Gateway>,
    matched: &Matched<'_, '_>,
    mut call: Call,
) -> Response<Outgoing> {
    let needs = matched.needs();
    let ip = call.peer.ip();
    let who = gateway.identities.find(ip, call.request.headers(), &gateway.upstream).await;
    let client = call.upgrade.is_some().then(|| hyper::upgrade::on(&mut call.request));
    let opens_session = needs.session && call.upgrade.is_some();
    let mut seen = Seen::new(gateway, &call, who, opens_session);
    let (upgrade, mut body) = (call.upgrade.clone(), None);
    let mut request = gateway.prepare(call, |incoming| {
        body = Some(incoming);
        Outgoing::empty()
    });
    seen.request_id(request.headers());
    let Looked { body, data, late } = match body {
        None => Looked::nothing(),
        Some(body) => match look(&gateway.limits, &seen.headers, body, needs.request).await {
            Ok(looked) => looked,
            Err(problem) => return problem.response(),
        },
    };
    *request.body_mut() = body;
    seen.data = data;
    let begun = matched.begin(&seen.request());
    // What is told in the end is told of the whole body.
    seen.late = late;
    let is_late = seen.late.is_some();
    if is_late {
        seen.data = None;
    }
    let open = match begun {
        Begun::Nothing => {
            gateway.count_uncovered(request.method().as_str(), &seen.path);
            return gateway.pass_on(request, client, upgrade).await;
        }
        Begun::Ignored => return gateway.pass_on(request, client, upgrade).await,
        Begun::Act(act) => begin(gateway, act, &seen, is_late).await,
        Begun::Undecided(undecided) => note(gateway, undecided, &seen).await,
    };
    let Some((id, open)) = open else {
        gateway.counters.refused.inc();
        return Problem::NotRecorded.response();
    };
    gateway.counters.recorded.inc();
    if let Ok(name) = id.parse() {
        request.headers_mut().insert(headers::OPERATION, name);
    }
    let work = gateway.work.clone().acquire_owned().await.ok();
    let begun = std::time::Instant::now();
    let exchange = Exchange { gateway: gateway.clone(), open, seen, id, begun, work };
    let answer = gateway.upstream.call(request, upgrade.is_some()).await;
    exchange.answer(answer, client, upgrade, needs.response).await
}

/// Keeps the intent of an act, as its guarantee says. None: it must not happen.
async fn begin(gateway: &Gateway, act: Act, seen: &Seen, is_late: bool) -> Option<(String, Open)> {
    let mut record = act.record().clone();
    let id = seen.begin(&mut record);
    if is_late {
        // Said by the outcome, when all of it has passed.
        record.request_data = None;
    }
    let audited = keep(gateway, record, keep::guarantee(act.guarantee())).await?;
    Some((id, Open::Act { act: Box::new(act), audited }))
}

/// Keeps the note of what only the answer tells. None: it must not happen.
async fn note(gateway: &Gateway, undecided: Undecided, seen: &Seen) -> Option<(String, Open)> {
    let mut record = undecided.note().cloned().unwrap_or_default();
    let id = seen.begin(&mut record);
    let is_promised = undecided.guarantee() != route::Guarantee::BestEffort;
    if undecided.note().is_some() && is_promised {
        let mut json = Vec::new();
        let written = annals_api::wire::event::write_event(&record, &mut json);
        let event: Box<RawValue> = written.and_then(|()| serde_json::from_slice(&json)).ok()?;
        if !gateway.state.put(Kind::Note, &id, &event).await {
            return None;
        }
    }
    Some((id, Open::Undecided(Box::new(undecided))))
}

async fn keep(gateway: &Gateway, record: Record<'static>, guarantee: Guarantee) -> Option<Audited> {
    match gateway.keeper.begin(record, guarantee).await {
        Ok(audited) => Some(audited),
        Err(error) => {
            let error = &error as &dyn std::error::Error;
            tracing::error!(error, "an operation was refused: it cannot be recorded");
            None
        }
    }
}

impl Exchange {
    async fn answer(
        self,
        answer: Result<Response<Incoming>, NoAnswer>,
        client: Option<OnUpgrade>,
        upgrade: Option<http::HeaderValue>,
        looks: bool,
    ) -> Response<Outgoing> {
        let mut response = match answer {
            Ok(response) => response,
            Err(error) => {
                let response = self.gateway.no_answer(&error);
                self.unanswered(&error).await;
                return response;
            }
        };
        if response.status() == StatusCode::SWITCHING_PROTOCOLS {
            let platform = hyper::upgrade::on(&mut response);
            let gateway = self.gateway.clone();
            let response = response.map(|_| Outgoing::empty());
            let carried = self.switched(response.headers()).await;
            if let Some(client) = client {
                tunnel::open(gateway, client, platform, carried);
            }
            return back(response, upgrade);
        }
        let (parts, body) = response.into_parts();
        let looks = looks || self.is_sign_in() && self.gateway.identities.reads_sign_ins();
        let bytes_max = self.gateway.limits.answer_bytes_max;
        let capture = looks.then(|| look::capture(&parts.headers, bytes_max));
        let (status, headers) = (parts.status, parts.headers.clone());
        if http_body::Body::is_end_stream(&body) {
            let answered = Answered { status, headers: &headers, data: None, end: End::Whole };
            self.ended(answered).await;
            let body = Outgoing::passed(body, 0);
            return back(Response::from_parts(parts, body), None);
        }
        let body = Outgoing::passed(body, 0).then(
            capture,
            Box::new(move |end, data| {
                Box::pin(async move {
                    let data = data.as_ref();
                    self.ended(Answered { status, headers: &headers, data, end }).await;
                })
            }),
        );
        back(Response::from_parts(parts, body), None)
    }
}
