//! What checking costs: the whole folder as `annals verify --data` does it, and single proofs.
//!
//! The folder has just been written, so its files are in the page cache and the processor is
//! measured. The key comes from outside the folder, as an auditor's would.

use crate::arguments::Arguments;
use crate::events::Events;
use crate::ledger;
use crate::machine::{Machine, processor_time};
use crate::report::{Figure, Report, processor_note};
use crate::single::{millis, percentile};
use annals_ledger::{FsckOptions, LedgerReader, Verdict, fsck};
use annals_proof::LeafIndex;
use anyhow::{Result, ensure};
use std::time::Instant;

/// Proofs made, spread evenly over the ledger.
const PROOFS: u64 = 1_000;

/// Runs the measurement.
pub(crate) fn measure(arguments: &Arguments) -> Result<Report> {
    let scratch = &arguments.scratch;
    let events = Events::prepare(scratch, arguments.seed, arguments.events)?;
    let machine = Machine::here(scratch)?;
    let folder = tempfile::tempdir_in(scratch)?;
    let filled = ledger::fill(arguments, &events, folder.path())?;
    let reader = LedgerReader::open(folder.path())?;
    let options = FsckOptions { keys: reader.verifiers(), ..FsckOptions::default() };
    let (started, before) = (Instant::now(), processor_time("self"));
    let report = fsck(folder.path(), &options, &mut |_, _| {})?;
    let took = started.elapsed();
    let worked = processor_time("self") - before;
    ensure!(report.verdict == Verdict::Ok, "the folder is {}", report.verdict);
    ensure!(report.events_checked >= filled.events, "{} events checked", report.events_checked);
    let proofs = proofs(&reader)?;
    let what = "annals verify --data".to_owned();
    let ours = Figure { what, events: filled.events, bytes: events.bytes, took };
    let mut report = Report::new(arguments, machine, ours);
    report.notes.push(processor_note("the check", worked, filled.events));
    report.notes.push(proofs);
    Ok(report)
}

fn proofs(reader: &LedgerReader) -> Result<String> {
    let size = reader.head().size.0;
    let mut times = Vec::new();
    for number in 0..PROOFS {
        let index = LeafIndex(size / PROOFS * number);
        let started = Instant::now();
        let proof = reader.prove(index)?;
        times.push(started.elapsed());
        ensure!(proof.extra.is_some(), "event {} is not disclosed by its proof", index.0);
    }
    Ok(format!(
        "one proof of {PROOFS} spread over the ledger: {} (p50), {} (p99)",
        millis(percentile(&mut times, 50)),
        millis(percentile(&mut times, 99)),
    ))
}
