//! Answers that may take long: with `Accept: application/x-ndjson` the caller is told how far the
//! work has come, a line every now and then, and the answer is the last line.
//!
//! Without that header the answer is plain JSON as everywhere. The status is sent before the work
//! is done, so a problem that comes up later is the last line, too. Who leaves ends the work.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use annals_api::wire::problem::Problem;
use annals_api::wire::search::ProgressLine;
use annals_views::{Progress, QueryError};
use axum::Json;
use axum::body::{Body, Bytes};
use axum::http::HeaderMap;
use axum::http::header::{ACCEPT, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use hyper::body::Frame;
use serde::Serialize;
use tokio::sync::mpsc::{Receiver, channel};
use tokio::time::sleep;

use crate::http::ask::{self, HangUp};
use crate::http::error::HttpError;
use crate::http::finish::RequestId;

/// Pause between two lines.
const EVERY: Duration = Duration::from_millis(250);
/// Lines that wait for the connection.
const QUEUE_LINES: usize = 4;
const NDJSON: &str = "application/x-ndjson";

/// Asks on a thread for that, and answers in the form that the caller wants.
pub(crate) async fn answer<T: Serialize + Send + 'static>(
    headers: &HeaderMap,
    RequestId(request_id): RequestId,
    ask: impl FnOnce(&Progress) -> Result<T, QueryError> + Send + 'static,
) -> Result<Response, HttpError> {
    let accept = headers.get(ACCEPT).and_then(|value| value.to_str().ok());
    if !accept.is_some_and(|accept| accept.contains(NDJSON)) {
        return Ok(Json(ask::blocking(ask).await?).into_response());
    }
    let (sender, receiver) = channel(QUEUE_LINES);
    tokio::spawn(async move {
        let progress = Arc::new(Progress::default());
        let _hang_up = HangUp(Arc::clone(&progress));
        let asked = Arc::clone(&progress);
        let mut answer = tokio::task::spawn_blocking(move || ask(&asked));
        loop {
            tokio::select! {
                answer = &mut answer => {
                    let last = match answer {
                        Ok(Ok(answer)) => line(&answer),
                        Ok(Err(error)) => line(&problem(error.into(), request_id)),
                        Err(error) => line(&problem(error.into(), request_id)),
                    };
                    let _ = sender.send(last).await;
                    return;
                }
                () = sleep(EVERY) => {
                    let (looked_at, to_look_at) = progress.get();
                    // A connection that takes nothing needs no news.
                    let _ = sender.try_send(line(&ProgressLine { looked_at, to_look_at }));
                }
                () = sender.closed() => return,
            }
        }
    });
    Ok(([(CONTENT_TYPE, NDJSON)], Body::new(Pieces(receiver))).into_response())
}

fn line(value: &impl Serialize) -> Bytes {
    let mut line = serde_json::to_vec(value).unwrap_or_default();
    line.push(b'\n');
    line.into()
}

fn problem(error: HttpError, request_id: String) -> Problem {
    let problem = error.into_response().extensions_mut().remove::<Problem>();
    Problem { request_id, ..problem.unwrap_or_default() }
}

/// Pieces as the body of an answer.
pub(crate) struct Pieces(pub(crate) Receiver<Bytes>);

impl hyper::body::Body for Pieces {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        self.0.poll_recv(context).map(|piece| piece.map(|piece| Ok(Frame::data(piece))))
    }
}
