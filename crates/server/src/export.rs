//! Export jobs: a thread that writes one answer after the other to files in `DIR/exports`.
//!
//! A job is bound to a ledger head and walks the events below it, oldest first. How far the file
//! is good is kept beside the cursor, so a job goes on where it was after a restart, and its file
//! is the same, byte for byte. It begins only after the event that records it is in the ledger.
//! An index that is behind is waited for; what damage to the ledger hides is passed over, and the
//! job says so.
//! Who may begin and see jobs is not decided here.

mod error;
mod hex;
mod lines;
mod parquet;
mod sink;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use annals_api::wire::column::{Column, Words};
use annals_api::wire::export::ExportFormat;
use annals_ledger::disk::{Disk as _, Real};
use annals_views::{
    Answer, Order, Page, PageToken, PartialReason, QueryError, Question, Scope, SearchIndex,
};

use crate::app::{App, Shared};
use crate::asked::{AskError, asked};
use crate::config::Config;
use crate::control::{ControlError, Ending, ExportRow, Progress};
use crate::jobs;
use crate::masks::Masks;
use crate::words;

use error::ExportError;
use sink::Sink;

const FOLDER: &str = "exports";
/// Pause between two looks for work.
const IDLE: Duration = Duration::from_millis(250);
/// Pause before an answer that was partial is asked for again.
const BEHIND: Duration = Duration::from_millis(500);
/// Pause between two looks for files and jobs whose time is over.
const SWEEP: Duration = Duration::from_secs(60);
/// Events of one page.
const PAGE_EVENTS: usize = 4_096;
/// How often progress is kept.
const KEEP: Duration = Duration::from_secs(1);

/// The folder of exported files.
pub(crate) fn folder(config: &Config) -> PathBuf {
    config.data.join(FOLDER)
}

/// The name of a job's file.
pub(crate) fn file_name(id: &str, format: ExportFormat) -> String {
    let suffix = match format {
        ExportFormat::Ndjson => "ndjson",
        ExportFormat::Csv => "csv",
        ExportFormat::Parquet => "parquet",
    };
    format!("{id}.{suffix}")
}

/// What a job's file is.
pub(crate) fn media_type(format: ExportFormat) -> &'static str {
    match format {
        ExportFormat::Ndjson => "application/x-ndjson",
        ExportFormat::Csv => "text/csv; charset=utf-8",
        ExportFormat::Parquet => "application/vnd.apache.parquet",
    }
}

/// The thread that works on jobs; ends when dropped, in the middle of a job too.
pub(crate) struct Exporter {
    app: Shared,
    stopping: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Exporter {
    /// Starts it. Without views there is nothing to export from.
    pub(crate) fn start(app: &Shared) -> std::io::Result<Self> {
        let stopping = Arc::new(AtomicBool::new(false));
        let Some(index) = app.search.clone() else {
            return Ok(Self { app: app.clone(), stopping, thread: None });
        };
        let (shared, told) = (app.clone(), stopping.clone());
        let run = move || run(&shared, &index, &told);
        let thread = std::thread::Builder::new().name("exports".to_owned()).spawn(run)?;
        Ok(Self { app: app.clone(), stopping, thread: Some(thread) })
    }
}

impl Drop for Exporter {
    fn drop(&mut self) {
        self.stopping.store(true, Ordering::Relaxed);
        self.app.exporting.give_up_any();
        if let Some(thread) = self.thread.take() {
            thread.thread().unpark();
            if thread.join().is_err() {
                tracing::error!("the exporter ended with a panic");
            }
        }
    }
}

fn run(app: &App, index: &SearchIndex, stopping: &AtomicBool) {
    let mut swept: Option<Instant> = None;
    while !stopping.load(Ordering::Relaxed) {
        if swept.is_none_or(|swept| swept.elapsed() >= SWEEP) {
            tidy(app);
            swept = Some(Instant::now());
        }
        match work_next(app, index, stopping) {
            Ok(true) => {}
            Ok(false) => std::thread::park_timeout(IDLE),
            Err(error) => {
                tracing::error!(
                    error = &error as &dyn std::error::Error,
                    "cannot look for exports"
                );
                std::thread::park_timeout(SWEEP);
            }
        }
    }
}

/// Works on the oldest job; false if there is none.
pub(crate) fn work_next(
    app: &App,
    index: &SearchIndex,
    stopping: &AtomicBool,
) -> Result<bool, ControlError> {
    let next = app.control.next_export()?;
    if let Some(row) = &next {
        work(app, index, row, stopping);
    }
    Ok(next.is_some())
}

fn tidy(app: &App) {
    if let Err(error) = sweep(app) {
        tracing::warn!(error = &error as &dyn std::error::Error, "cannot tidy exports");
    }
}

/// Removes jobs whose time is over, and files that no job names.
fn sweep(app: &App) -> Result<(), ExportError> {
    app.control.forget_expired_exports()?;
    let folder = folder(&app.config);
    let kept = app.control.exports_with_files()?;
    let entries = match std::fs::read_dir(&folder) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        entries => entries.map_err(ExportError::file(&folder))?,
    };
    for entry in entries {
        let entry = entry.map_err(ExportError::file(&folder))?;
        let name = entry.file_name();
        let id = name.to_str().and_then(|name| name.split('.').next()).unwrap_or_default();
        if !kept.iter().any(|kept| kept == id) {
            std::fs::remove_file(entry.path()).map_err(ExportError::file(&entry.path()))?;
        }
    }
    Ok(())
}

/// Works on a job to its end.
pub(crate) fn work(app: &App, index: &SearchIndex, row: &ExportRow, stopping: &AtomicBool) {
    let id = row.id.as_str();
    let held = app.exporting.begin(id);
    let job = Job { app, index, row, stopping, asking: held.progress() };
    let ended = match job.run() {
        // The next start goes on with it; or somebody ended it.
        Err(ExportError::Stopping | ExportError::Ended) => Ok(false),
        Ok((progress, sha256)) => {
            app.control.finish_export(id, &progress, &Ending::Done { sha256: &sha256 })
        }
        Err(error) => {
            tracing::error!(id, error = &error as &dyn std::error::Error, "an export failed");
            let ending = Ending::Failed { error: &error.told() };
            app.control.finish_export(id, &Progress::default(), &ending)
        }
    };
    if let Err(error) = ended {
        tracing::error!(id, error = &error as &dyn std::error::Error, "cannot end an export");
    }
    // A job that failed or was ended in the middle has left a file.
    tidy(app);
}

/// One job in work.
struct Job<'a> {
    app: &'a App,
    index: &'a SearchIndex,
    row: &'a ExportRow,
    stopping: &'a AtomicBool,
    /// Shared by all its questions, and with whoever gives them up.
    asking: &'a annals_views::Progress,
}

impl Job<'_> {
    /// Writes the file to its end; how much that was, and its digest.
    fn run(&self) -> Result<(Progress, String), ExportError> {
        // Whoever ended it before it was under work could not give its questions up.
        self.demand_going_on()?;
        // No job without a record of it: the act must be in the ledger before the first event.
        jobs::drain(self.app)?;
        let (question, columns) = self.asked()?;
        let folder = folder(&self.app.config);
        make_folder(&folder)?;
        self.demand_room()?;
        let rows_total = self.count(&question)?;
        let catalogue = words::catalogue(&self.app.catalogue, &self.app.config.stacks);
        let words = Words::new(&catalogue, self.row.request.lang);
        let path = folder.join(file_name(&self.row.id, self.row.request.format));
        let mut progress = self.row.progress.clone();
        let mut sink = Sink::open(&path, &self.row.request, columns, words, &mut progress)?;
        let mut kept = Instant::now();
        // Without a cursor the walk is at its beginning, or was at its end before.
        let mut is_at_end = progress.rows > 0 && progress.cursor.is_none();
        while !is_at_end {
            let Answer { value: page, partial, .. } = self.page(&question, &progress)?;
            if let Some(partial) = partial {
                progress.partial = Some(partial.reason.to_string());
            }
            for found in &page.events {
                sink.push(found, self.masks())?;
            }
            progress.rows += page.events.len() as u64;
            progress.cursor = page.next.map(|next| next.encode());
            is_at_end = progress.cursor.is_none();
            // A file of row groups is good only up to the last whole one.
            let is_whole = sink.is_whole() || is_at_end;
            if is_whole && (kept.elapsed() >= KEEP || is_at_end) {
                progress.bytes = sink.sync()?;
                self.keep(&progress, rows_total)?;
                kept = Instant::now();
            }
        }
        let (bytes, sha256) = sink.finish()?;
        Ok((Progress { bytes, ..progress }, sha256))
    }

    fn asked(&self) -> Result<(Question, Vec<Column>), ExportError> {
        let scope = match &self.row.scope {
            None => Scope::everything(),
            Some(text) => Scope::parse(text, &self.app.catalogue).map_err(AskError::Filter)?,
        };
        let scope = self.masks().narrow_scope(scope, &self.app.catalogue);
        let (request, now) = (&self.row.request, self.row.created);
        let (question, columns) = asked(request, scope, self.masks(), now, &self.app.catalogue)?;
        Ok((Question { as_of: Some(self.row.as_of), ..question }, columns))
    }

    /// What is masked for whoever asked.
    fn masks(&self) -> Masks {
        Masks::of_roles(self.row.roles)
    }

    /// How many events there will be; for whoever watches.
    fn count(&self, question: &Question) -> Result<Option<u64>, ExportError> {
        if self.row.rows_total.is_some() {
            return Ok(self.row.rows_total);
        }
        let answer = self.answered(self.index.count(question, self.asking))?;
        let is_behind = |answer: &Answer<u64>| reason(answer) == Some(PartialReason::IndexBehind);
        let total = (!is_behind(&answer)).then_some(answer.value);
        self.keep(&self.row.progress, total)?;
        Ok(total)
    }

    /// The next page. An index that is behind is waited for; damage to the ledger is not, for it
    /// stays.
    fn page(&self, question: &Question, progress: &Progress) -> Result<Answer<Page>, ExportError> {
        let last =
            progress.cursor.as_deref().map(PageToken::decode).transpose()?.map(|token| token.last);
        loop {
            self.demand_going_on()?;
            // Of an index that is behind a damaged ledger an answer names the damage only.
            let is_behind = self.index.stats().end < self.row.as_of;
            let page =
                self.index.page(question, Order::OldestFirst, None, last, PAGE_EVENTS, self.asking);
            let answer = self.answered(page)?;
            match reason(&answer) {
                None => return Ok(answer),
                Some(PartialReason::LedgerDamaged) if !is_behind => return Ok(answer),
                Some(_) => std::thread::park_timeout(BEHIND),
            }
        }
    }

    /// An answer, or why it was given up.
    fn answered<T>(&self, answer: Result<Answer<T>, QueryError>) -> Result<Answer<T>, ExportError> {
        if let Err(QueryError::Cancelled) = answer {
            self.demand_going_on()?;
        }
        Ok(answer?)
    }

    /// Ends the work on a job that somebody ended, or of a server that stops.
    fn demand_going_on(&self) -> Result<(), ExportError> {
        if self.stopping.load(Ordering::Relaxed) {
            return Err(ExportError::Stopping);
        }
        let goes_on = self.app.control.is_export_running(&self.row.id)?;
        if goes_on { Ok(()) } else { Err(ExportError::Ended) }
    }

    /// An export must not take the last of the disk from new events.
    fn demand_room(&self) -> Result<(), ExportError> {
        let folder = folder(&self.app.config);
        let free = Real.free_bytes(&folder).map_err(ExportError::file(&folder))?;
        let needed = self.app.config.exports.free_bytes_min;
        if free < needed { Err(ExportError::NoRoom { needed, free }) } else { Ok(()) }
    }

    fn keep(&self, progress: &Progress, rows_total: Option<u64>) -> Result<(), ExportError> {
        self.demand_room()?;
        let limit = self.app.config.exports.bytes_max;
        if progress.bytes > limit {
            return Err(ExportError::TooLarge { limit });
        }
        if self.app.control.owner(&self.row.owner)?.is_none() {
            return Err(ExportError::Revoked);
        }
        let goes_on = self.app.control.keep_progress(&self.row.id, progress, rows_total)?;
        if goes_on { Ok(()) } else { Err(ExportError::Ended) }
    }
}

/// Why an answer is partial, if it is.
fn reason<T>(answer: &Answer<T>) -> Option<PartialReason> {
    answer.partial.as_ref().map(|partial| partial.reason)
}

/// Only the owner may look into it.
fn make_folder(folder: &Path) -> Result<(), ExportError> {
    use std::os::unix::fs::DirBuilderExt as _;
    let made = std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder);
    made.map_err(ExportError::file(folder))
}
