//! `Recorder`: takes acts from the platform's code and brings them to the server.
//!
//! A strict intent goes to the server at once. Everything else waits, on disk (`Spool`) or, with
//! best effort, in memory, for the one thread that sends, in order, until it is acknowledged. What
//! the server refuses for good is counted and logged, and never holds up what comes behind it.

mod audited;
mod plan;
mod sender;
mod since;
mod told;

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, SystemTime};

use annals_record::Record;
use serde::Serialize;
use serde_json::value::RawValue;

use super::end::millis;
use super::spool::Spool;
use super::spool::format::{Item, Kind};
use super::{End, Event, Guarantee, SdkError};
use crate::client::{Client, ClientError, Retry};
use crate::wire::append::AppendAnswer;
use sender::Sender;
use since::since;
use told::Told;

pub use audited::Audited;

/// Bytes a spool may have, unless chosen otherwise.
const SPOOL_BYTES_MAX: u64 = 1 << 30;
/// How long a strict intent may take, unless chosen otherwise.
const STRICT_PATIENCE: Duration = Duration::from_secs(5);
/// Best-effort items in memory, unless chosen otherwise.
const MEMORY_ITEMS_MAX: usize = 10_000;
/// Longest time a request of the sender may take.
const SEND_TIME_MAX: Duration = Duration::from_secs(30);

/// What may be chosen about a recorder.
#[derive(Clone, Debug)]
pub struct Options {
    /// The folder of the spool; of this process alone.
    pub folder: PathBuf,
    /// Bytes that the spool may have. A full one refuses what it would have to promise.
    pub spool_bytes_max: u64,
    /// About how long a strict intent may take before the act is refused; a server that hangs may
    /// make it twice that.
    pub strict_patience: Duration,
    /// Best-effort items that wait in memory; further ones are dropped and counted.
    pub memory_items_max: usize,
}

impl Options {
    /// The defaults, with this folder for the spool.
    #[must_use]
    pub fn in_folder(folder: impl Into<PathBuf>) -> Self {
        Self {
            folder: folder.into(),
            spool_bytes_max: SPOOL_BYTES_MAX,
            strict_patience: STRICT_PATIENCE,
            memory_items_max: MEMORY_ITEMS_MAX,
        }
    }
}

/// What has become of the acts so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stats {
    /// Items that wait on disk.
    pub waiting: u64,
    /// Bytes of the spool.
    pub spool_bytes: u64,
    /// Items that the server has acknowledged.
    pub sent: u64,
    /// Items that the server refused for good; the log says why.
    pub refused: u64,
    /// Best-effort items for which there was no room.
    pub dropped: u64,
}

/// Records what the users of a platform do. Cheap to clone; the last clone stops the sender.
#[derive(Clone, Debug)]
pub struct Recorder {
    shared: Arc<Shared>,
    /// Ends the sender with the last clone.
    _thread: Arc<Running>,
}

#[derive(Debug)]
struct Shared {
    /// For what callers wait for.
    client: Client,
    spool: Spool,
    memory: Mutex<VecDeque<Remembered>>,
    memory_items_max: usize,
    counts: Counts,
    is_stopping: AtomicBool,
}

/// A best-effort item that is not acknowledged.
#[derive(Debug)]
struct Remembered {
    /// Of an intent, the id of its event.
    intent: Option<String>,
    item: Item,
}

#[derive(Debug, Default)]
struct Counts {
    sent: AtomicU64,
    refused: AtomicU64,
    dropped: AtomicU64,
}

#[derive(Debug)]
struct Running {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

impl Drop for Running {
    fn drop(&mut self) {
        self.shared.is_stopping.store(true, Ordering::Relaxed);
        self.shared.spool.nudge();
        if let Some(thread) = self.thread.take() {
            // Best effort it is: a sender that panicked has nothing more to say.
            let _ = thread.join();
        }
    }
}

/// The payload of an outcome.
#[derive(Serialize)]
struct Ending<'a> {
    id: &'a str,
    outcome: &'a RawValue,
}

impl Recorder {
    /// Opens the spool and begins to send what waits in it. Not for async threads.
    ///
    /// # Errors
    /// Those of [`Spool::open`].
    pub fn open(client: Client, options: Options) -> Result<Self, SdkError> {
        let spool = Spool::open(&options.folder, options.spool_bytes_max)?;
        let retry = Retry { retries_max: 3, pause: options.strict_patience / 16 };
        let sending = client.clone().with_retry(Retry::NEVER).with_time_max(SEND_TIME_MAX);
        let shared = Arc::new(Shared {
            client: client.with_retry(retry).with_time_max(options.strict_patience / 2),
            spool,
            memory: Mutex::default(),
            memory_items_max: options.memory_items_max,
            counts: Counts::default(),
            is_stopping: AtomicBool::new(false),
        });
        let mut sender = Sender::new(sending, shared.clone());
        let thread = thread::Builder::new()
            .name("annals-sender".to_owned())
            .spawn(move || sender.run())
            .map_err(|error| SdkError::disk(options.folder, "start a thread for", error))?;
        let running = Running { shared: shared.clone(), thread: Some(thread) };
        Ok(Self { shared, _thread: Arc::new(running) })
    }

    /// Before an act: records that it is about to begin. On an error the act must not happen.
    ///
    /// # Errors
    /// When the guarantee cannot be given. Never with [`Guarantee::BestEffort`].
    pub fn begin(&self, event: Event, guarantee: Guarantee) -> Result<Audited, SdkError> {
        self.begin_told(Told::event(event, guarantee)?, guarantee)
    }

    /// The same with a record, for who makes events from rules and not from code. It needs an id.
    ///
    /// # Errors
    /// As [`Recorder::begin`].
    pub fn begin_record(
        &self,
        mut event: Record<'_>,
        guarantee: Guarantee,
    ) -> Result<Audited, SdkError> {
        event.guarantee = Some(guarantee.as_str().into());
        self.begin_told(Told::record(&event)?, guarantee)
    }

    fn begin_told(&self, event: Told, guarantee: Guarantee) -> Result<Audited, SdkError> {
        match guarantee {
            Guarantee::Strict => self.begin_strictly(&event)?,
            Guarantee::Spooled => self.spool(Kind::Intent, event.bytes())?,
            Guarantee::BestEffort => {}
        }
        Ok(Audited::new(self.clone(), event, guarantee))
    }

    fn begin_strictly(&self, event: &Told) -> Result<(), SdkError> {
        let Err(error) = self.shared.client.begin_operation(&event.json) else { return Ok(()) };
        if matches!(error, ClientError::Unreachable(_) | ClientError::Answer(_)) {
            // It may be kept although no answer came: then it must not look as if it had begun.
            let end = End::failure("not begun: the intent was not acknowledged in time")
                .duration(Duration::ZERO);
            if let Err(error) = self.finish(&event.id, &end) {
                tracing::warn!(%error, id = event.id, "an act that was refused stays open");
            }
        }
        Err(SdkError::Server(Arc::new(error)))
    }

    /// After an act whose beginning was recorded: how it ended, and, where the id is one of ours,
    /// how long it took. For [`Audited::later`].
    ///
    /// # Errors
    /// When the outcome cannot be kept; the operation is then `unknown`.
    pub fn finish(&self, id: &str, end: &End) -> Result<(), SdkError> {
        let told = match since(id, SystemTime::now()) {
            Some(took) => Told::end(&end.clone().or_duration(took))?,
            None => Told::end(end)?,
        };
        self.finish_told(id, &told)
    }

    /// The same with a record that holds only fields of an outcome.
    ///
    /// # Errors
    /// As [`Recorder::finish`].
    pub fn finish_record(&self, id: &str, mut outcome: Record<'_>) -> Result<(), SdkError> {
        outcome.duration_ms =
            outcome.duration_ms.or_else(|| since(id, SystemTime::now()).map(millis));
        self.finish_told(id, &Told::record(&outcome)?)
    }

    fn finish_told(&self, id: &str, end: &Told) -> Result<(), SdkError> {
        let payload = serde_json::to_vec(&Ending { id, outcome: &end.json }).map_err(bad_json)?;
        {
            // Behind its intent, wherever that waits; and what was begun must be able to end.
            let mut memory = self.shared.memory();
            if memory.iter().any(|waiting| waiting.intent.as_deref() == Some(id)) {
                let item = Item { kind: Kind::Outcome, payload };
                memory.push_back(Remembered { intent: None, item });
                return Ok(());
            }
        }
        self.spool(Kind::Outcome, payload)
    }

    /// Records an act that is over, or one that somebody else did.
    ///
    /// # Errors
    /// When the guarantee cannot be given. Never with [`Guarantee::BestEffort`].
    pub fn record(&self, event: Event, end: &End, guarantee: Guarantee) -> Result<(), SdkError> {
        let event = Told::event(event, guarantee)?;
        self.record_told(event.ended(&Told::end(end)?)?, guarantee)
    }

    /// The same with a record of both, which needs an id.
    ///
    /// # Errors
    /// As [`Recorder::record`].
    pub fn record_whole(
        &self,
        mut event: Record<'_>,
        guarantee: Guarantee,
    ) -> Result<(), SdkError> {
        event.guarantee = Some(guarantee.as_str().into());
        self.record_told(Told::record(&event)?.bytes(), guarantee)
    }

    fn record_told(&self, whole: Vec<u8>, guarantee: Guarantee) -> Result<(), SdkError> {
        match guarantee {
            Guarantee::Strict => {
                let answer = self.shared.client.append_ndjson(whole, true);
                accepted(answer).map_err(|error| SdkError::Server(Arc::new(error)))
            }
            Guarantee::Spooled => self.spool(Kind::Event, whole),
            Guarantee::BestEffort => {
                self.remember(None, Item { kind: Kind::Event, payload: whole });
                Ok(())
            }
        }
    }

    /// Waits until everything is acknowledged that was recorded; false once the time is over.
    pub fn flush(&self, timeout: Duration) -> bool {
        let shared = &self.shared;
        shared
            .spool
            .wait_until(timeout, || shared.spool.waiting() == 0 && shared.memory().is_empty())
    }

    /// What has become of the acts so far.
    #[must_use]
    pub fn stats(&self) -> Stats {
        let Shared { spool, counts, .. } = &*self.shared;
        let count = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        Stats {
            waiting: spool.waiting(),
            spool_bytes: spool.bytes(),
            sent: count(&counts.sent),
            refused: count(&counts.refused),
            dropped: count(&counts.dropped),
        }
    }

    /// A best-effort operation that is over.
    fn tell_whole(&self, event: &Told, end: &Told) {
        match event.ended(end) {
            Ok(payload) => self.remember(None, Item { kind: Kind::Event, payload }),
            Err(error) => tracing::warn!(%error, "a best-effort event was dropped"),
        }
    }

    /// A best-effort operation that goes on.
    fn tell_intent(&self, event: Told) {
        let payload = event.bytes();
        self.remember(Some(event.id), Item { kind: Kind::Intent, payload });
    }

    fn spool(&self, kind: Kind, payload: Vec<u8>) -> Result<(), SdkError> {
        self.shared.spool.append(kind, payload)?.wait().map(|_| ())
    }

    fn remember(&self, intent: Option<String>, item: Item) {
        {
            let mut memory = self.shared.memory();
            if memory.len() >= self.shared.memory_items_max {
                self.shared.counts.dropped.fetch_add(1, Ordering::Relaxed);
                return;
            }
            memory.push_back(Remembered { intent, item });
        }
        self.shared.spool.nudge();
    }
}

impl Shared {
    fn memory(&self) -> MutexGuard<'_, VecDeque<Remembered>> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn bad_json(error: serde_json::Error) -> SdkError {
    SdkError::Json(Arc::new(error))
}

/// A strict request without a good line is an answer that lists faults; here it is an error.
fn accepted(answer: Result<AppendAnswer, ClientError>) -> Result<(), ClientError> {
    let answer = answer?;
    match answer.rejected.first() {
        None => Ok(()),
        Some(fault) => Err(ClientError::Rejected { fault: Box::new(fault.clone()) }),
    }
}

/// JSON text, passed on as it is.
fn raw(payload: &[u8]) -> Result<Box<RawValue>, serde_json::Error> {
    serde_json::from_slice(payload)
}
