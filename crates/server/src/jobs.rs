//! What the server does beside answering: recording what waits for it, watching the ledger.

use std::sync::Arc;
use std::time::Duration;

use annals_api::wire::event::parse_event;
use annals_ledger::{Clock as _, LedgerError, SystemClock};

use crate::app::{App, Shared};
use crate::control::{ControlError, Pending};
use crate::ingest::IngestError;

/// Pause between two looks at outbox and ledger.
const PERIOD: Duration = Duration::from_millis(200);
/// Looks between two at what is to be done once a minute.
const LOOKS_A_MINUTE: u64 = 300;

/// Why waiting acts could not be recorded.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DrainError {
    #[error("the outbox cannot be read")]
    Control(#[from] ControlError),
    #[error("the ledger refused an event of the outbox")]
    Ingest(#[from] IngestError),
}

/// Works until the ledger stops for good; the answer is why.
pub(crate) async fn run(app: Shared) -> Arc<LedgerError> {
    let mut look = 0_u64;
    loop {
        if let Some(fault) = app.appender.fatal() {
            return fault;
        }
        if look.is_multiple_of(LOOKS_A_MINUTE) {
            give_up_intents(&app).await;
            write_used(&app).await;
        }
        look += 1;
        let shared = app.clone();
        write_fingerprints(&app).await;
        match tokio::task::spawn_blocking(move || record_all(&shared)).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => {
                tracing::error!(
                    error = &error as &dyn std::error::Error,
                    "acts wait to be recorded"
                );
            }
            Err(error) => tracing::error!(%error, "recording acts failed"),
        }
        tokio::time::sleep(PERIOD).await;
    }
}

/// Writes down when tokens and sessions were last used.
async fn write_used(app: &Shared) {
    let shared = app.clone();
    match tokio::task::spawn_blocking(move || shared.control.write_used()).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => tracing::warn!(
            error = &error as &dyn std::error::Error,
            "cannot keep when tokens and sessions were last used"
        ),
        Err(error) => tracing::error!(%error, "keeping when tokens were last used failed"),
    }
}

/// Writes down the fingerprints of what was masked.
async fn write_fingerprints(app: &Shared) {
    let shared = app.clone();
    let write = move || shared.fingerprints.write(&shared.control);
    match tokio::task::spawn_blocking(write).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => tracing::warn!(
            error = &error as &dyn std::error::Error,
            "fingerprints of masked secrets wait to be kept"
        ),
        Err(error) => tracing::error!(%error, "keeping fingerprints failed"),
    }
}

/// Gives operations up whose outcome did not come in time.
async fn give_up_intents(app: &Shared) {
    let Some(search) = app.search.clone() else { return };
    let now = SystemClock.now().nanos();
    match tokio::task::spawn_blocking(move || search.give_up_intents(now)).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => tracing::error!(
            error = &error as &dyn std::error::Error,
            "operations without an outcome cannot be given up"
        ),
        Err(error) => tracing::error!(%error, "giving up operations failed"),
    }
}

fn record_all(app: &App) -> Result<(), DrainError> {
    drain(app)?;
    Ok(app.recorder.flush(&app.ingest, SystemClock.now(), false)?)
}

/// Records all waiting acts. One is forgotten only after its receipt; its id is fixed, so that
/// a crash in between makes a duplicate, not a double. Blocks.
pub(crate) fn drain(app: &App) -> Result<(), DrainError> {
    loop {
        let pending = app.control.pending()?;
        let Some(last) = pending.last() else { return Ok(()) };
        for act in &pending {
            record(app, act)?;
        }
        app.control.drained(last.number)?;
    }
}

/// Only a damaged database can hold such an act; it must not hold up all that follow.
fn unfit(act: &Pending, why: &str) {
    tracing::error!(number = act.number, why, "an act in the outbox is not an event");
}

fn record(app: &App, act: &Pending) -> Result<(), DrainError> {
    match parse_event(act.event.as_bytes()) {
        Ok((record, faults)) if faults.is_empty() => match app.ingest.record_own(record) {
            Err(IngestError::Own(faults)) => unfit(act, &faults),
            other => other.map(|_| ())?,
        },
        Ok((_, faults)) => unfit(act, &format!("{faults:?}")),
        Err(fault) => unfit(act, &fault.message),
    }
    Ok(())
}
