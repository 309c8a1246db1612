//! The recorder for async code: what waits for the disk or the server waits on other threads.
//!
//! Strict intents wait for the server; there are at most so many of them at once that a server that
//! hangs leaves threads for all that does not wait for it. The rules are the recorder's.

use std::sync::Arc;
use std::time::Duration;

use annals_api::sdk::{Audited, Guarantee, Recorder, SdkError, Stats};
use annals_api::wire::event::parse_event;
use annals_map::route;
use annals_record::Record;
use tokio::sync::Semaphore;

/// Strict intents that wait for the server at once.
const STRICT_AT_ONCE_MAX: usize = 128;

/// Why an act may not begin.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Refused {
    /// What the recorder says.
    #[error(transparent)]
    Recorder(#[from] SdkError),
    /// Too many wait for the server already.
    #[error("too many strict operations wait for the server")]
    Busy,
}

/// Keeps acts.
#[derive(Clone, Debug)]
pub(crate) struct Keeper {
    recorder: Recorder,
    strict: Arc<Semaphore>,
    strict_patience: Duration,
}

impl Keeper {
    pub(crate) fn new(recorder: Recorder, strict_patience: Duration) -> Self {
        Self { recorder, strict: Arc::new(Semaphore::new(STRICT_AT_ONCE_MAX)), strict_patience }
    }

    /// Before an act. On an error it must not happen.
    pub(crate) async fn begin(
        &self,
        record: Record<'static>,
        guarantee: Guarantee,
    ) -> Result<Audited, Refused> {
        let recorder = self.recorder.clone();
        if guarantee == Guarantee::BestEffort {
            return Ok(recorder.begin_record(record, guarantee)?);
        }
        let _place = match guarantee {
            Guarantee::Strict => {
                let place = tokio::time::timeout(self.strict_patience, self.strict.acquire()).await;
                // The semaphore is never closed.
                Some(place.map_err(|_| Refused::Busy)?.map_err(|_| Refused::Busy)?)
            }
            _ => None,
        };
        Ok(blocking(move || recorder.begin_record(record, guarantee)).await?)
    }

    /// After an act that has begun.
    pub(crate) async fn finish(&self, audited: Audited, outcome: Record<'static>) {
        let id = audited.id().to_owned();
        told(&id, blocking(move || audited.finish_record(outcome)).await);
    }

    /// After an act that has gone on.
    pub(crate) async fn finish_later(&self, id: &str, outcome: Record<'static>) -> bool {
        let (recorder, own) = (self.recorder.clone(), id.to_owned());
        told(id, blocking(move || recorder.finish_record(&own, outcome)).await)
    }

    /// An act in one piece, after it. True once it is kept as promised.
    pub(crate) async fn whole(&self, record: Record<'static>, guarantee: Guarantee) -> bool {
        let (recorder, id) = (self.recorder.clone(), record.id.clone().unwrap_or_default());
        let kept = match guarantee {
            Guarantee::BestEffort => recorder.record_whole(record, guarantee),
            _ => blocking(move || recorder.record_whole(record, Guarantee::Spooled)).await,
        };
        told(&id, kept)
    }

    /// An act that was written down before it was known how it ended. True once it is kept.
    pub(crate) async fn written(&self, event: String) -> bool {
        let recorder = self.recorder.clone();
        let kept = blocking(move || {
            let Ok((record, faults)) = parse_event(event.as_bytes()) else { return Ok(false) };
            if !faults.is_empty() {
                tracing::error!(?faults, "a note is not what was written");
                return Ok(false);
            }
            recorder.record_whole(record, Guarantee::Spooled).map(|()| true)
        });
        match kept.await {
            Ok(is_kept) => is_kept,
            Err(error) => told("", Err(error)),
        }
    }

    pub(crate) fn stats(&self) -> Stats {
        self.recorder.stats()
    }

    /// Waits until the server has everything, or the time is over.
    pub(crate) async fn flush(&self, patience: Duration) -> bool {
        let recorder = self.recorder.clone();
        blocking(move || Ok(recorder.flush(patience))).await.unwrap_or(false)
    }
}

/// As the recorder names it.
pub(crate) fn guarantee(of: route::Guarantee) -> Guarantee {
    match of {
        route::Guarantee::Strict => Guarantee::Strict,
        route::Guarantee::Spooled => Guarantee::Spooled,
        route::Guarantee::BestEffort => Guarantee::BestEffort,
    }
}

fn told(id: &str, kept: Result<(), SdkError>) -> bool {
    if let Err(error) = &kept {
        let error = error as &dyn std::error::Error;
        tracing::error!(error, id, "how an operation ended is not kept; it becomes `unknown`");
    }
    kept.is_ok()
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, SdkError> + Send + 'static,
) -> Result<T, SdkError> {
    tokio::task::spawn_blocking(work).await.unwrap_or(Err(SdkError::Stopped))
}
