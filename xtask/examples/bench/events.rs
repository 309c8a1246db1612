//! The generated events, as a file of NDJSON that is made once and handed out in batches.
//!
//! Same seed and number, same bytes, so a file that is there is used again. It is written under
//! another name first: a file cut short by an interrupt is never taken for a whole one.

use annals_record::Timestamp;
use anyhow::{Context, Result};
use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

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
    pub(crate) fn batches(&self, batch: usize, events_max: u64) -> Result<Batches> {
        let reader = BufReader::with_capacity(1 << 20, File::open(&self.file)?);
        Ok(Batches { state: Mutex::new(State { reader, left: events_max }), batch })
    }
}

/// The events not yet handed out.
#[derive(Debug)]
pub(crate) struct Batches {
    state: Mutex<State>,
    batch: usize,
}

#[derive(Debug)]
struct State {
    reader: BufReader<File>,
    left: u64,
}

impl Batches {
    /// Leaves the first `events` out; they count among those handed out.
    pub(crate) fn skip(&self, events: u64) -> Result<()> {
        let mut state = self.state.lock().expect("no thread panics while it holds this lock");
        let mut line = Vec::new();
        for _ in 0..events {
            line.clear();
            state.reader.read_until(b'\n', &mut line)?;
        }
        state.left = state.left.saturating_sub(events);
        Ok(())
    }

    /// Puts the next whole lines into `body` and answers how many; 0 at the end.
    pub(crate) fn next(&self, body: &mut Vec<u8>) -> Result<u64> {
        body.clear();
        let mut state = self.state.lock().expect("no thread panics while it holds this lock");
        let wanted = state.left.min(self.batch as u64);
        let mut lines = 0;
        while lines < wanted && state.reader.read_until(b'\n', body)? > 0 {
            lines += 1;
        }
        state.left -= lines;
        Ok(lines)
    }
}
