//! Compaction: what it saves, how long it takes, and what it costs whoever appends meanwhile.
//!
//! A ledger is filled; acknowledgements are timed for a lone writer and under full load; then the
//! same again while sealed segments are compacted behind, until none is left. At last the compacted
//! segments are scanned and single rows fetched.

use crate::arguments::Arguments;
use crate::events::Events;
use crate::ingest::on_disk;
use crate::ledger::{self, accept, sender};
use crate::machine::Machine;
use crate::report::{Figure, Report};
use crate::single::{millis, percentile};
use annals_ledger::{FsckOptions, Ledger, LedgerReader, Options, SealedSegment, Verdict, fsck};
use annals_proof::LeafIndex;
use annals_server::ingest::Ingest;
use anyhow::{Result, ensure};
use std::path::Path;
use std::time::{Duration, Instant};

/// Events that are sent one by one, before and during.
const LONE_EVENTS: u64 = 6_000;
/// Events that are sent at full speed, before and during.
const LOAD_EVENTS: u64 = 400_000;
/// Rows fetched at once, and how often.
const ROWS: u64 = 100;
const ROUNDS: u64 = 50;

/// Runs the measurement.
pub(crate) fn measure(arguments: &Arguments) -> Result<Report> {
    let scratch = &arguments.scratch;
    let events = Events::prepare(scratch, arguments.seed, arguments.events)?;
    let share = Share::of(arguments.batch as u64);
    let more = 2 * share.end();
    let others = Events::prepare(scratch, arguments.seed + 1, more)?;
    let machine = Machine::here(scratch)?;
    let folder = tempfile::tempdir_in(scratch)?;
    let path = folder.path();
    ledger::fill(arguments, &events, path)?;
    let ledger = Ledger::open(path, Options::default())?;
    let sealed = ledger.sealed_segments();
    ensure!(!sealed.is_empty(), "no segment is sealed yet; measure more events");
    let before = SizePerEvent::of(&ledger, path)?;
    let ingest = ledger::ingest(&ledger);
    let probe = Probe { arguments, others: &others, share, ingest };
    let quiet = probe.run(0)?;
    let reader = ledger.reader();
    let waiting: u64 = ledger.sealed_segments().iter().map(|segment| segment.leaves).sum();
    let compactor = ledger.compact_behind()?;
    let started = Instant::now();
    let busy = probe.run(share.end())?;
    let unfinished = reader.compaction().waiting;
    while reader.compaction().waiting > 0 {
        ensure!(reader.compaction().failures == 0, "a segment could not be compacted");
        std::thread::sleep(Duration::from_millis(20));
    }
    let took = started.elapsed();
    drop(compactor);
    ensure!(unfinished > 0, "compaction ended before the load did; measure more events");
    let after = SizePerEvent::of(&ledger, path)?;
    let reading = reading(&reader, &ledger.sealed_segments())?;
    drop((probe, reader));
    ledger.close()?;
    let checked = fsck(path, &FsckOptions::default(), &mut |_, _| {})?;
    ensure!(checked.verdict == Verdict::Ok, "the folder is {}", checked.verdict);
    let what = "compaction behind a ledger in use".to_owned();
    let ours = Figure { what, events: waiting, bytes: before.segments * waiting, took };
    let mut report = Report::new(arguments, machine, ours);
    report.notes.push(format!("all in, sealed segments as written: {before}"));
    report.notes.push(format!("all in, the same compacted: {after}"));
    report.notes.push(format!("without compaction: {quiet}"));
    report.notes.push(format!("during compaction: {busy}"));
    report.notes.extend(reading);
    Ok(report)
}

/// Bytes an event: its share of sealed segments, and of the arrays.
struct SizePerEvent {
    segments: u64,
    arrays: u64,
}

impl SizePerEvent {
    fn of(ledger: &Ledger, folder: &Path) -> Result<Self> {
        let sealed = ledger.sealed_segments();
        let leaves: u64 = sealed.iter().map(|segment| segment.leaves).sum();
        let bytes: u64 = sealed.iter().map(|segment| segment.bytes).sum();
        let size = ledger.reader().head().size.0;
        let arrays = on_disk(&folder.join("ledger/hashes"))? + on_disk(&folder.join("ledger/ids"))?;
        Ok(Self { segments: bytes / leaves, arrays: arrays / size })
    }
}

impl std::fmt::Display for SizePerEvent {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { segments, arrays } = self;
        let all = segments + arrays;
        write!(f, "{all} B an event: {segments} of segments, {arrays} of hashes and ids")
    }
}

/// The events of one run, each kind in whole batches: those at full speed begin with one.
#[derive(Clone, Copy)]
struct Share {
    lone: u64,
    load: u64,
}

impl Share {
    fn of(batch: u64) -> Self {
        let whole = |events: u64| events.next_multiple_of(batch);
        Self { lone: whole(LONE_EVENTS), load: whole(LOAD_EVENTS) }
    }

    fn end(self) -> u64 {
        self.lone + self.load
    }
}

/// Whoever appends.
struct Probe<'a> {
    arguments: &'a Arguments,
    others: &'a Events,
    share: Share,
    ingest: Ingest,
}

/// What whoever appends saw.
struct Seen {
    waits: Vec<Duration>,
    /// Events a second at full speed.
    rate: f64,
}

impl Probe<'_> {
    /// One by one, then at full speed, with the events from `skip` on.
    fn run(&self, skip: u64) -> Result<Seen> {
        let (sender, mut body) = (sender(), Vec::new());
        let one = self.others.batches(1, u64::MAX)?;
        one.skip(skip)?;
        let mut waits = Vec::new();
        while (waits.len() as u64) < LONE_EVENTS && one.next(&mut body)? > 0 {
            let started = Instant::now();
            ensure!(accept(&self.ingest, &sender, &body)? == 1, "an event was sent twice");
            waits.push(started.elapsed());
        }
        let many = self.others.batches(self.arguments.batch, skip + self.share.end())?;
        many.skip(skip + self.share.lone)?;
        let started = Instant::now();
        let taken = ledger::take(self.arguments.clients, &self.ingest, &many)?;
        ensure!(taken == self.share.load, "{taken} events were taken");
        Ok(Seen { waits, rate: taken as f64 / started.elapsed().as_secs_f64() })
    }
}

impl std::fmt::Display for Seen {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut waits = self.waits.clone();
        let mean = waits.iter().sum::<Duration>() / waits.len().max(1) as u32;
        write!(
            f,
            "a lone event is acknowledged after {} (p50), {} (p99), {} (mean); at full speed {:.0} \
             events/s",
            millis(percentile(&mut waits, 50)),
            millis(percentile(&mut waits, 99)),
            millis(mean),
            self.rate,
        )
    }
}

/// A scan of the compacted segments, and rows scattered over them.
fn reading(reader: &LedgerReader, sealed: &[SealedSegment]) -> Result<[String; 2]> {
    let end = sealed.last().map_or(0, |last| last.first.0 + last.leaves);
    let started = Instant::now();
    let scanned = reader.range(0..end).try_fold(0u64, |count, leaf| leaf.map(|_| count + 1))?;
    let scan = scanned as f64 / started.elapsed().as_secs_f64();
    let mut times = Vec::new();
    for round in 0..ROUNDS {
        let started = Instant::now();
        for row in 0..ROWS {
            reader.leaf(LeafIndex((row * (end / ROWS) + round * 7_919) % end))?;
        }
        times.push(started.elapsed());
    }
    Ok([
        format!("scan of compacted segments, leaves put together: {scan:.0} events/s a core"),
        format!(
            "{ROWS} scattered rows of them: {} (p50), {} (p99), files in the page cache",
            millis(percentile(&mut times, 50)),
            millis(percentile(&mut times, 99)),
        ),
    ])
}
