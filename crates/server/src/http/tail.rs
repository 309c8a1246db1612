//! `GET /v1/tail`: events as they are kept, as Server-Sent Events.
//!
//! A thread a listener looks at the ledger and hands messages to the connection through a short
//! queue. A listener who takes nothing for too long is told so and let go: it comes back with
//! `Last-Event-ID` and misses nothing. The same ends every connection when the server stops.

use std::time::{Duration, Instant};

use annals_api::routes;
use annals_ledger::{Clock as _, SystemClock};
use annals_views::{Found, Question, Tail, TailBatch};
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderName, Uri};
use axum::response::{IntoResponse, Response};
use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::mpsc::{Sender, channel};
use tokio::sync::{OwnedSemaphorePermit, TryAcquireError};

use crate::app::Shared;
use crate::found;
use crate::http::ask;
use crate::http::error::HttpError;
use crate::http::principal::{self, Permit, Principal, ReadEvents};
use crate::http::progress::Pieces;
use crate::http::query::{self, Parameters, bad};
use crate::recorder::{self, Read, Shown};

/// Pieces of messages that wait for the connection.
const QUEUE_PIECES: usize = 16;
/// Longest time a listener may take nothing, seconds.
const SLOW_SECONDS_MAX: u64 = 30;
/// Pause between two signs of life.
const ALIVE: Duration = Duration::from_secs(15);
/// How long the ledger is waited for before a look whether somebody still listens.
const LOOK: Duration = Duration::from_millis(500);
/// Pause between two looks whether the listener may still listen.
const CHECK: Duration = Duration::from_millis(500);
/// Pause before a full queue is tried again.
const FULL: Duration = Duration::from_millis(20);

/// The operation of what a listener was shown.
const READ: &str = "event.query";

const EVENT_STREAM: &str = "text/event-stream; charset=utf-8";
const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");

/// Events from behind `Last-Event-ID` on, or those still to come.
pub(crate) async fn tail(
    permit: Permit<ReadEvents>,
    State(app): State<Shared>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, HttpError> {
    ask::index(&app)?;
    let parameters = Parameters::parse(&uri, &["q", "tz"])?;
    let question = ask::question(&app, &permit.principal, &parameters)?;
    let next = match headers.get(LAST_EVENT_ID) {
        None => app.head().size.0,
        Some(value) => {
            let index = value.to_str().ok().and_then(|text| text.trim().parse::<u64>().ok());
            let index = index.ok_or_else(|| bad("Last-Event-ID", "is not a position"))?;
            ask::demand_kept(&app, Some(index))?;
            index.saturating_add(1)
        }
    };
    let place = app.listeners.clone().try_acquire_owned().map_err(|error| match error {
        TryAcquireError::NoPermits => HttpError::TooManyListeners,
        TryAcquireError::Closed => HttpError::Stopping,
    })?;
    let (sender, receiver) = channel(QUEUE_PIECES);
    let asked = query::asked(&uri);
    let listener = Listener { app, principal: permit.principal, asked, sender, _place: place };
    let run = move || listener.run(&question, next);
    std::thread::Builder::new()
        .name("tail".to_owned())
        .spawn(run)
        .map_err(|error| HttpError::Failed(Box::new(error)))?;
    let headers = [(CONTENT_TYPE, EVENT_STREAM), (CACHE_CONTROL, "no-store")];
    Ok((headers, Body::new(Pieces(receiver))).into_response())
}

/// One connection, seen from its thread.
struct Listener {
    app: Shared,
    principal: Principal,
    /// The parameters of the call, for the record of what was shown.
    asked: Vec<(String, String)>,
    sender: Sender<Bytes>,
    _place: OwnedSemaphorePermit,
}

/// Why nothing more is sent.
enum Ended {
    /// The connection is closed.
    Gone,
    /// It takes nothing.
    Slow,
    /// The server stops.
    Stopping,
    /// Whoever listens may not any more.
    Revoked,
    /// The ledger cannot be read.
    Failed,
}

impl Listener {
    fn run(self, question: &Question, next: u64) {
        let reason = match self.serve(question, next) {
            Ended::Gone => return,
            Ended::Slow => "slow",
            Ended::Stopping => "stopping",
            Ended::Revoked => "revoked",
            Ended::Failed => "failed",
        };
        let text = format!("event: end\ndata: {{\"reason\":\"{reason}\"}}\n\n");
        // One who takes nothing finds the queue full; its end then says enough.
        let _ = self.sender.try_send(Bytes::from(text));
    }

    fn serve(&self, question: &Question, next: u64) -> Ended {
        let mut tail = Tail::new(self.app.reader.clone(), &self.app.catalogue, question, next);
        let mut seen = next;
        if let Err(ended) = self.send(message("begin", seen, b"{}")) {
            return ended;
        }
        let masks = self.principal.masks();
        let mut spoken = Instant::now();
        let mut checked = Instant::now();
        loop {
            if self.app.is_stopping() || self.app.appender.fatal().is_some() {
                return Ended::Stopping;
            }
            if self.sender.is_closed() {
                return Ended::Gone;
            }
            if checked.elapsed() >= CHECK {
                checked = Instant::now();
                match principal::is_still_good(&self.app, &self.principal) {
                    Ok(true) => {}
                    Ok(false) => return Ended::Revoked,
                    Err(error) => {
                        let error = &error as &dyn std::error::Error;
                        tracing::error!(error, "a live tail cannot check who listens");
                        return Ended::Failed;
                    }
                }
            }
            let TailBatch { events, looked_to, lost, .. } = match tail.advance(LOOK) {
                Ok(batch) => batch,
                Err(error) => {
                    let error = &error as &dyn std::error::Error;
                    tracing::error!(error, "a live tail cannot read the ledger");
                    return Ended::Failed;
                }
            };
            let mut piece = Vec::new();
            for damaged in &lost {
                let data = format!("{{\"from\":{},\"end\":{}}}", damaged.start, damaged.end);
                piece.extend_from_slice(&message("damaged", damaged.end, data.as_bytes()));
            }
            let mut event = Vec::new();
            for found in &events {
                event.clear();
                found::print(found, masks, &mut event);
                piece.extend_from_slice(&message("event", found.position.index + 1, &event));
            }
            if events.is_empty() && spoken.elapsed() >= ALIVE {
                // A sign of life carries how far was looked, so that a listener to whom nothing
                // is shown does not come back and have all of it looked at again.
                piece.extend_from_slice(&message("alive", looked_to, b"{}"));
            }
            self.note(&events);
            seen = seen.max(looked_to);
            if !piece.is_empty() {
                if let Err(ended) = self.send(piece) {
                    return ended;
                }
                spoken = Instant::now();
            }
        }
    }

    /// Has the recorder note what is shown. Events of the log about itself are not told: each
    /// record of them would be shown and told in its turn, without end.
    fn note(&self, events: &[Found]) {
        let told = events.iter().filter(|found| found.leaf.core().service() != recorder::SERVICE);
        let shown = Shown::events(told.count());
        if shown.events > 0 {
            self.app.recorder.read(
                &Read {
                    caller: self.principal.caller(),
                    operation: READ,
                    route: routes::TAIL,
                    asked: &self.asked,
                    shown: &shown,
                },
                SystemClock.now(),
            );
        }
    }

    /// Hands a piece to the connection; waits for room, but not for ever.
    fn send(&self, piece: Vec<u8>) -> Result<(), Ended> {
        let mut piece = Bytes::from(piece);
        let patience = Instant::now() + Duration::from_secs(SLOW_SECONDS_MAX);
        loop {
            // The last place is kept for the message that says why it ends.
            let has_room = self.sender.capacity() > 1;
            match if has_room {
                self.sender.try_send(piece)
            } else {
                Err(TrySendError::Full(piece))
            } {
                Ok(()) => return Ok(()),
                Err(TrySendError::Closed(_)) => return Err(Ended::Gone),
                Err(TrySendError::Full(back)) => piece = back,
            }
            if self.sender.is_closed() {
                return Err(Ended::Gone);
            }
            if self.app.is_stopping() {
                return Err(Ended::Stopping);
            }
            if Instant::now() >= patience {
                return Err(Ended::Slow);
            }
            std::thread::sleep(FULL);
        }
    }
}

/// One message; its id is the last position below `next`.
fn message(name: &str, next: u64, data: &[u8]) -> Vec<u8> {
    let mut text = Vec::with_capacity(data.len() + 64);
    if name != "event" {
        text.extend_from_slice(format!("event: {name}\n").as_bytes());
    }
    if let Some(index) = next.checked_sub(1) {
        text.extend_from_slice(format!("id: {index}\n").as_bytes());
    }
    text.extend_from_slice(b"data: ");
    text.extend_from_slice(data);
    text.extend_from_slice(b"\n\n");
    text
}
