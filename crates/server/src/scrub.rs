//! The scrub: the whole ledger is checked in the background, like `annals verify`, once a day and
//! whenever somebody asks for it.
//!
//! One thread at the lowest priority, held to a number of bytes a second, ended between two
//! blocks when the server stops. It is held against the keys and the newest checkpoint that this
//! process has in memory, so that a folder changed under it shows. What it finds is logged,
//! counted and kept; it repairs nothing and stops nothing.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use annals_api::wire::status::{ScrubResult, ScrubStatus};
use annals_ledger::disk::{Disk, Mode, Real};
use annals_ledger::{
    Clock, Finding, FsckOptions, FsckReport, LedgerError, LedgerReader, SystemClock, Verdict, fsck,
};
use annals_record::Timestamp;

use crate::config;
use crate::keep;

/// The last result, among the views: without it the next scrub is due at once.
const FILE: &str = "views/scrub.json";
/// What a ledger is called that could not be read to its end.
const UNREADABLE: &str = "UNREADABLE";
/// Time for a start to settle before the first scrub.
const SETTLE: Duration = Duration::from_secs(60);
/// The lowest priority.
const NICE: i32 = 19;

/// The scrub of one ledger, and what came of it.
pub(crate) struct Scrub {
    every: Duration,
    bytes_per_second_max: u64,
    data: PathBuf,
    reader: LedgerReader,
    state: Mutex<ScrubStatus>,
    /// Wakes the thread for a scrub now; taken away, it ends the thread.
    wake: Mutex<Option<Sender<()>>>,
    /// What the thread waits for, until it takes it.
    woken: Mutex<Option<Receiver<()>>>,
}

/// The thread; ended and waited for when dropped.
pub(crate) struct ScrubHandle {
    scrub: Arc<Scrub>,
    thread: Option<JoinHandle<()>>,
}

impl Scrub {
    /// Knows the last result of the folder; nothing runs yet.
    pub(crate) fn new(config: &config::Scrub, data: &Path, reader: LedgerReader) -> Self {
        let last = keep::read(&Real, &data.join(FILE)).ok().flatten();
        let last = last.and_then(|text| serde_json::from_str(&text).ok());
        let (wake, woken) = channel();
        Self {
            every: Duration::from_secs(config.every_seconds),
            bytes_per_second_max: config.bytes_per_second_max.max(1),
            data: data.to_owned(),
            reader,
            state: Mutex::new(ScrubStatus { last, ..ScrubStatus::default() }),
            wake: Mutex::new(Some(wake)),
            woken: Mutex::new(Some(woken)),
        }
    }

    /// Starts the thread. `ended` is told each result.
    ///
    /// # Errors
    /// If the thread cannot be started.
    pub(crate) fn start(
        self: &Arc<Self>,
        ended: impl Fn(&ScrubResult) + Send + 'static,
    ) -> std::io::Result<ScrubHandle> {
        let woken = lock(&self.woken).take();
        let scrub = self.clone();
        let work = move || {
            if let Some(woken) = woken {
                scrub.run(&woken, ended);
            }
        };
        let thread = std::thread::Builder::new().name("scrub".to_owned()).spawn(work)?;
        Ok(ScrubHandle { scrub: self.clone(), thread: Some(thread) })
    }

    /// Asks for a scrub now. One that is under way is not begun a second time.
    pub(crate) fn begin(&self) -> ScrubStatus {
        let mut state = self.state();
        if !state.running
            && let Some(wake) = lock(&self.wake).as_ref()
        {
            (state.running, state.done_bytes, state.total_bytes) = (true, 0, 0);
            // The thread is gone only when the server stops, and then nobody waits for a result.
            let _ = wake.send(());
        }
        state.clone()
    }

    /// How it is going, and what came of the last one.
    pub(crate) fn status(&self) -> ScrubStatus {
        self.state().clone()
    }

    fn run(&self, woken: &Receiver<()>, ended: impl Fn(&ScrubResult)) {
        let own = Some(rustix::thread::gettid());
        if let Err(error) = rustix::process::setpriority_process(own, NICE) {
            tracing::debug!(%error, "the scrub runs at normal priority");
        }
        let mut pause = self.until_due().max(SETTLE.min(self.every));
        loop {
            // With scrubs off, only who asks wakes it.
            let pause_or_ever = if self.every.is_zero() { Duration::MAX } else { pause };
            if woken.recv_timeout(pause_or_ever) == Err(RecvTimeoutError::Disconnected) {
                return;
            }
            let Some(result) = self.once(woken) else { return };
            ended(&result);
            pause = self.every;
        }
    }

    /// Time until a period after the last one is over.
    fn until_due(&self) -> Duration {
        let last = self.state().last.as_ref().and_then(|last| Timestamp::parse(&last.ended));
        let since = last.map_or(i64::MAX, |last| SystemClock.now().nanos() - last.nanos());
        // A clock that went back does not put the scrub off for longer than a period.
        let since = Duration::from_nanos(u64::try_from(since).unwrap_or(0));
        self.every.saturating_sub(since)
    }

    /// One scrub; none if it was stopped.
    fn once(&self, woken: &Receiver<()>) -> Option<ScrubResult> {
        {
            let mut state = self.state();
            (state.running, state.done_bytes, state.total_bytes) = (true, 0, 0);
        }
        let started = Instant::now();
        let kept = vec![self.reader.head().note.to_string()];
        let stop = Arc::new(AtomicBool::new(false));
        let options = FsckOptions { keys: self.reader.verifiers(), kept, stop: stop.clone() };
        let report = fsck(&self.data, &options, &mut |done, total| {
            {
                let mut state = self.state();
                (state.running, state.done_bytes, state.total_bytes) = (true, done, total);
            }
            let due = Duration::from_secs_f64(done as f64 / self.bytes_per_second_max as f64);
            let ahead = due.saturating_sub(started.elapsed());
            if woken.recv_timeout(ahead) == Err(RecvTimeoutError::Disconnected) {
                stop.store(true, Ordering::Relaxed);
            }
        });
        let result = match report {
            Err(LedgerError::CheckStopped) => return None,
            report => result(report, started),
        };
        tell(&result);
        self.keep(&result);
        let mut state = self.state();
        state.running = false;
        state.last = Some(result.clone());
        Some(result)
    }

    fn keep(&self, result: &ScrubResult) {
        let text = serde_json::to_string(result).unwrap_or_default();
        let path = self.data.join(FILE);
        let kept = Real
            .create_folder(path.parent().unwrap_or(&self.data))
            .and_then(|()| keep::replace(&Real, &path, text.as_bytes(), Mode::Create));
        if let Err(error) = kept {
            tracing::debug!(%error, "the result of the scrub cannot be kept");
        }
    }

    fn state(&self) -> MutexGuard<'_, ScrubStatus> {
        lock(&self.state)
    }
}

fn lock<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Drop for ScrubHandle {
    fn drop(&mut self) {
        lock(&self.scrub.wake).take();
        if let Some(thread) = self.thread.take() {
            // A panic in there was logged; the server stops all the same.
            let _ = thread.join();
        }
    }
}

fn result(report: Result<FsckReport, LedgerError>, started: Instant) -> ScrubResult {
    let (ended, seconds) = (SystemClock.now().to_string(), started.elapsed().as_secs());
    match report {
        Ok(report) => ScrubResult {
            verdict: report.verdict.to_string(),
            ended,
            seconds,
            size: report.size.0,
            // A roll-back or a fork is no damage in a file, and a finding all the same.
            findings: match report.verdict {
                Verdict::Ok => 0,
                _ => (report.findings.len() as u64).max(1),
            },
            first: report.findings.first().map(place),
        },
        Err(error) => {
            let cause = std::error::Error::source(&error);
            let cause = cause.map(|cause| format!(": {cause}")).unwrap_or_default();
            ScrubResult {
                verdict: UNREADABLE.to_owned(),
                ended,
                seconds,
                size: 0,
                findings: 1,
                first: Some(format!("{error}{cause}")),
            }
        }
    }
}

fn place(finding: &Finding) -> String {
    let file = finding.file.display();
    match finding.offset {
        Some(offset) => format!("{file} at {offset}: {}", finding.message),
        None => format!("{file}: {}", finding.message),
    }
}

fn tell(result: &ScrubResult) {
    let ScrubResult { verdict, findings, size, seconds, first, .. } = result;
    if *findings == 0 {
        tracing::info!(size, seconds, "the scrub found nothing");
    } else {
        tracing::error!(
            verdict,
            findings,
            first,
            "THE LEDGER IS NOT WHAT WAS WRITTEN; keep the folder, run `annals verify`"
        );
    }
}
