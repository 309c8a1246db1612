//! How it goes with one place or witness: what it holds, since when, and what went wrong last.
//!
//! A fault is logged when it begins and when it ends, not at every round in between.

use std::error::Error;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use annals_api::wire::status::DeliveryStatus;

/// The state of one place or witness.
pub(super) struct Delivery {
    name: String,
    started: Instant,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// Leaves under the last checkpoint that arrived.
    size: u64,
    /// When the place last held the newest one.
    at: Option<Instant>,
    failures: u64,
    error: Option<String>,
}

impl Delivery {
    pub(super) fn new(name: String) -> Self {
        Self { name, started: Instant::now(), state: Mutex::default() }
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// It holds a checkpoint of `size` leaves, the newest there is.
    pub(super) fn arrived(&self, size: u64) {
        let mut state = self.state();
        (state.size, state.at) = (size, Some(Instant::now()));
        if state.error.take().is_some() {
            tracing::info!(place = self.name, size, "checkpoints arrive again");
        }
    }

    /// It could not be brought there.
    pub(super) fn failed(&self, error: &(dyn Error + 'static)) {
        let mut state = self.state();
        state.failures += 1;
        let text = chain(error);
        if state.error.as_ref() != Some(&text) {
            tracing::warn!(place = self.name, error = text, "a checkpoint did not arrive");
        }
        state.error = Some(text);
    }

    pub(super) fn status(&self) -> DeliveryStatus {
        let state = self.state();
        DeliveryStatus {
            name: self.name.clone(),
            size: state.size,
            age_seconds: state.at.unwrap_or(self.started).elapsed().as_secs(),
            failures: state.failures,
            error: state.error.clone(),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The error and its causes on one line.
fn chain(error: &(dyn Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text += &format!(": {error}");
        cause = error.source();
    }
    text
}
