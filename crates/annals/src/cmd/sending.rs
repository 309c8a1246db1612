//! Many lines to the server, in requests of bounded size, with progress.
//!
//! Nothing is lost on the way: a request is sent again until the server has answered it, and the
//! lines the server refused are told on stderr with their numbers: the first in full, the rest
//! counted by what is wrong with them.

use std::collections::BTreeMap;

use annals_api::client::Client;
use annals_api::wire::append::AppendAnswer;
use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;

use crate::exit::Exit;
use crate::{output, reach};

/// Bytes of events in one request.
const REQUEST_BYTES: usize = 4 << 20;
/// Events in one request.
const REQUEST_EVENTS: usize = 20_000;
/// Faults told in full; of the rest only the counts.
const FAULTS_TOLD_MAX: u64 = 20;
/// The code of a line that was found unfit before it was sent.
const UNFIT: &str = "unfit";

/// What became of the lines.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub(crate) struct Sum {
    pub(crate) accepted: u64,
    pub(crate) duplicates: u64,
    pub(crate) rejected: u64,
}

/// What is wrong with lines: told, and counted by kind.
pub(crate) struct Faults {
    /// What a line is called: `line`, `row`.
    unit: &'static str,
    bar: ProgressBar,
    told: u64,
    /// How often each (code, field) was met.
    kinds: BTreeMap<(String, String), u64>,
}

impl Faults {
    /// None yet.
    pub(crate) fn new(unit: &'static str, bar: ProgressBar) -> Self {
        Self { unit, bar, told: 0, kinds: BTreeMap::new() }
    }

    /// One more, of one line.
    pub(crate) fn add(&mut self, number: u64, code: &str, field: &str, message: &str) {
        *self.kinds.entry((code.to_owned(), field.to_owned())).or_default() += 1;
        self.told += 1;
        if self.told <= FAULTS_TOLD_MAX {
            let blank = if field.is_empty() { "" } else { " " };
            let text = format!("{} {number}: {code}{blank}{field}: {message}", self.unit);
            self.bar.suspend(|| output::hint(&text));
        }
    }

    /// A line of which nothing could be made.
    pub(crate) fn unfit(&mut self, number: u64, reason: &str) {
        self.add(number, UNFIT, "", reason);
    }

    /// All faults by kind, where not all were told in full.
    pub(crate) fn tell_kinds(&self) {
        if self.told <= FAULTS_TOLD_MAX {
            return;
        }
        output::hint("in all:");
        for ((code, field), count) in &self.kinds {
            output::hint(&format!("{count:>8}  {code} {field}"));
        }
    }
}

/// Gathers lines and sends them.
pub(crate) struct Sending<'c> {
    client: &'c Client,
    /// The lines of the next request, each with its line feed.
    pub(crate) body: Vec<u8>,
    /// Number of each line in `body`, and what is known to be wrong with it.
    lines: Vec<(u64, Option<String>)>,
    pub(crate) sum: Sum,
    pub(crate) faults: Faults,
    pub(crate) bar: ProgressBar,
}

impl<'c> Sending<'c> {
    /// `bytes`: what will be read in all, 0 if nobody knows.
    pub(crate) fn new(client: &'c Client, unit: &'static str, bytes: u64) -> Self {
        let bar = bar(bytes);
        let faults = Faults::new(unit, bar.clone());
        let body = Vec::with_capacity(REQUEST_BYTES);
        Self { client, body, lines: Vec::new(), sum: Sum::default(), faults, bar }
    }

    /// A line was appended to `body`; `unfit`: why the server will refuse it.
    pub(crate) fn line(&mut self, number: u64, unfit: Option<String>) -> Result<(), Exit> {
        self.lines.push((number, unfit));
        let is_full = self.body.len() >= REQUEST_BYTES || self.lines.len() >= REQUEST_EVENTS;
        if is_full { self.flush() } else { Ok(()) }
    }

    /// Sends what was gathered.
    pub(crate) fn flush(&mut self) -> Result<(), Exit> {
        if self.lines.is_empty() {
            return Ok(());
        }
        let body = std::mem::replace(&mut self.body, Vec::with_capacity(REQUEST_BYTES));
        let answer =
            self.client.append_ndjson(body, false).map_err(|error| reach::failed(&error))?;
        self.count(&answer);
        self.lines.clear();
        Ok(())
    }

    fn count(&mut self, answer: &AppendAnswer) {
        self.sum.accepted += answer.accepted;
        self.sum.duplicates += answer.duplicates;
        let mut told = 0;
        for rejected in &answer.rejected {
            let Some((number, unfit)) = self.lines.get(rejected.line as usize - 1) else {
                continue;
            };
            // Several faults of one line are one rejected line.
            let is_new = told != rejected.line;
            told = rejected.line;
            self.sum.rejected += u64::from(is_new);
            match unfit {
                Some(reason) if is_new => self.faults.unfit(*number, reason),
                Some(_) => {}
                None => {
                    let (code, field) = (&rejected.code, &rejected.field);
                    self.faults.add(*number, code, field, &rejected.message);
                }
            }
        }
    }
}

/// Drawn on a terminal only.
pub(crate) fn bar(bytes: u64) -> ProgressBar {
    let bar = if bytes == 0 { ProgressBar::new_spinner() } else { ProgressBar::new(bytes) };
    let style = "{bar:40} {bytes}/{total_bytes} {bytes_per_sec}, {eta} left";
    if let Ok(style) = ProgressStyle::with_template(style) {
        bar.set_style(style);
    }
    bar
}
