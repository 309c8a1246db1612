//! Multipart forms, read by `multer` without a runtime: its future is polled after every chunk and
//! stops where the chunk ends.

use std::convert::Infallible;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use futures_core::Stream;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::{Fields, hex};

/// A multipart form that is being read.
pub(super) struct Multipart {
    state: Arc<Mutex<State>>,
    /// None once it has come to an end, or is no form.
    reading: Option<Pin<Box<dyn Future<Output = ()> + Send>>>,
}

/// What the reader shares with whoever pushes.
#[derive(Default)]
struct State {
    /// The chunk that was pushed last, until the reader takes it.
    chunk: Option<Bytes>,
    is_over: bool,
    fields: Fields,
    /// Bytes of texts that may still be held.
    bytes_left: usize,
}

impl fmt::Debug for Multipart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Multipart").finish_non_exhaustive()
    }
}

impl Multipart {
    pub(super) fn new(boundary: String, bytes_max: usize) -> Self {
        let state = Arc::new(Mutex::new(State { bytes_left: bytes_max, ..State::default() }));
        let reading = Box::pin(read(state.clone(), boundary));
        Self { state, reading: Some(reading) }
    }

    pub(super) fn push(&mut self, chunk: Bytes) {
        locked(&self.state).chunk = Some(chunk);
        self.go_on();
    }

    /// The fields up to the end, or up to where the body is no form any more.
    pub(super) fn finish(mut self) -> Value {
        locked(&self.state).is_over = true;
        self.go_on();
        std::mem::take(&mut locked(&self.state).fields).finish()
    }

    fn go_on(&mut self) {
        let mut context = Context::from_waker(Waker::noop());
        if let Some(reading) = &mut self.reading
            && reading.as_mut().poll(&mut context).is_ready()
        {
            self.reading = None;
        }
    }
}

/// No code that holds the lock can panic half way through a change.
fn locked(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn read(state: Arc<Mutex<State>>, boundary: String) {
    let mut parts = multer::Multipart::new(Chunks(state.clone()), boundary);
    while let Ok(Some(part)) = parts.next_field().await {
        let name = part.name().unwrap_or_default().to_owned();
        let value = match part.file_name().map(str::to_owned) {
            Some(file) => measure(part, &file).await,
            None => text(part, &state).await,
        };
        locked(&state).fields.add(&name, value);
    }
}

/// The chunks as they are pushed. Whoever pushes polls: no waker is needed.
struct Chunks(Arc<Mutex<State>>);

impl Stream for Chunks {
    type Item = Result<Bytes, Infallible>;

    fn poll_next(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let mut state = locked(&self.0);
        match state.chunk.take() {
            Some(chunk) => Poll::Ready(Some(Ok(chunk))),
            None if state.is_over => Poll::Ready(None),
            None => Poll::Pending,
        }
    }
}

/// A file's name, type, size and hash, as far as it came.
async fn measure(mut part: multer::Field<'_>, name: &str) -> Value {
    let content_type = part.content_type().map(ToString::to_string);
    let (mut size, mut hash) = (0, Sha256::new());
    let mut is_cut = true;
    while let Ok(chunk) = part.chunk().await {
        let Some(chunk) = chunk else {
            is_cut = false;
            break;
        };
        size += chunk.len() as u64;
        hash.update(&chunk);
    }
    let mut file = json!({"name": name, "size": size, "sha256": hex(hash)});
    if let Some(content_type) = content_type {
        file["type"] = Value::from(content_type);
    }
    if is_cut {
        file["cut"] = Value::from(true);
    }
    file
}

/// A field's text, as far as there is room for it.
async fn text(mut part: multer::Field<'_>, state: &Mutex<State>) -> Value {
    let mut bytes = Vec::new();
    while let Ok(Some(chunk)) = part.chunk().await {
        let mut state = locked(state);
        let fits = chunk.len().min(state.bytes_left);
        state.bytes_left -= fits;
        bytes.extend_from_slice(&chunk[..fits]);
    }
    Value::from(String::from_utf8_lossy(&bytes))
}
