//! The generated events, as a file of NDJSON that is made once and handed out in batches.
//!
//! Same seed and number, same bytes, so a file that is there is used again. It is written under
//! another name first: a file cut short by an interrupt is never taken for a whole one.

use annals_record::Timestamp;
use anyhow::{Context, Result, ensure};
use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

/// No event is later than this, so that the bytes do not depend on the day of the run.
const UNTIL: &str = "2026-11-01T00:00:00Z";
const DAYS: u32 = 30;

/// What is generated.
pub(crate) fn options(seed: u64, events: u64) -> Result<annals_sample::Options> {
    let until = Timestamp::parse(UNTIL).context("a fixed time")?;
    Ok(annals_sample::Options { seed, events, days: DAYS, until, scenarios: false })
}

/// Where the events are.
#[derive(Debug)]
pub(crate) struct Events {
    file: PathBuf,
    pub(crate) bytes: u64,
}

impl Events {
    /// Finds the file or makes it.
    pub(crate) fn prepare(scratch: &Path, seed: u64, events: u64) -> Result<Self> {
        let file = scratch.join(format!("events-{seed}-{events}.ndjson"));
        if !file.exists() {
            eprintln!("generating {events} events");
            let unfinished = file.with_extension("unfinished");
            let mut out = BufWriter::with_capacity(1 << 20, File::create(&unfinished)?);
            annals_sample::write_ndjson(&options(seed, events)?, &mut out)?;
            out.flush()?;
            std::fs::rename(&unfinished, &file)?;
        }
        let bytes = file.metadata()?.len();
        Ok(Self { file, bytes })
    }

    /// All of it, for who sends the same lines more than once.
    pub(crate) fn read(&self) -> Result<String> {
        Ok(std::fs::read_to_string(&self.file)?)
    }

    /// Hands the events out from the first, `batch` lines at a time, to any number of threads.
    ///
    /// Where each batch ends is looked up here, so that handing one out is a single read.
    pub(crate) fn batches(&self, batch: usize, events_max: u64) -> Result<Batches> {
        let file = File::open(&self.file)?;
        let ends = ends(BufReader::with_capacity(1 << 20, &file), batch, events_max)?;
        Ok(Batches { file, ends, next: AtomicUsize::new(0), batch })
    }
}

/// A batch ends before this byte, after so many lines of the file.
#[derive(Clone, Copy, Debug, Default)]
struct End {
    offset: u64,
    lines: u64,
}

/// Where batches of `batch` lines end, up to `lines_max` lines.
fn ends(mut reader: impl BufRead, batch: usize, lines_max: u64) -> Result<Vec<End>> {
    let mut ends = Vec::new();
    let mut at = End::default();
    let mut line = Vec::new();
    while at.lines < lines_max {
        line.clear();
        let length = reader.read_until(b'\n', &mut line)? as u64;
        if length == 0 {
            break;
        }
        at = End { offset: at.offset + length, lines: at.lines + 1 };
        if at.lines.is_multiple_of(batch as u64) {
            ends.push(at);
        }
    }
    if ends.last().map_or(0, |end| end.lines) < at.lines {
        ends.push(at);
    }
    Ok(ends)
}

/// The events not yet handed out.
#[derive(Debug)]
pub(crate) struct Batches {
    file: File,
    ends: Vec<End>,
    next: AtomicUsize,
    batch: usize,
}

impl Batches {
    /// Leaves the first `events` out, a number of whole batches; they count among those handed out.
    pub(crate) fn skip(&self, events: u64) -> Result<()> {
        let batch = self.batch as u64;
        ensure!(events.is_multiple_of(batch), "{events} events are not whole batches of {batch}");
        self.next.store(usize::try_from(events / batch)?, Ordering::Relaxed);
        Ok(())
    }

    /// Puts the next whole lines into `body` and answers how many; 0 at the end.
    pub(crate) fn next(&self, body: &mut Vec<u8>) -> Result<u64> {
        body.clear();
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let Some(end) = self.ends.get(number) else { return Ok(0) };
        let start = number.checked_sub(1).map_or_else(End::default, |before| self.ends[before]);
        body.resize(usize::try_from(end.offset - start.offset)?, 0);
        self.file.read_exact_at(body, start.offset)?;
        Ok(end.lines - start.lines)
    }
}
