//! NDJSON over HTTP on loopback to the real binary: every answer is a receipt.
//!
//! The clients share the cores with the server. Views are off, so the ledger is what is measured.
//! Afterwards `annals verify` must find the folder whole.

use crate::arguments::Arguments;
use crate::events::{Batches, Events};
use crate::http::Connection;
use crate::machine::{self, Machine};
use crate::peers;
use crate::report::{Figure, Report, processor_note};
use crate::served::{Answer, Served, token, verify};
use crate::single;
use anyhow::{Context, Result, ensure};
use std::path::Path;
use std::time::Instant;

/// Runs the measurement.
pub(crate) fn measure(arguments: &Arguments) -> Result<Report> {
    let Arguments { scratch, annals, events: wanted, batch, .. } = arguments;
    let events = Events::prepare(scratch, arguments.seed, *wanted)?;
    let machine = Machine::here(scratch)?;
    let folder = tempfile::tempdir_in(scratch)?;
    let data = folder.path().join("data");
    let served = Served::start(annals, &data)?;
    let token = token(annals, &data)?;
    let batches = events.batches(*batch, u64::MAX)?;
    let started = Instant::now();
    let accepted = send(arguments.clients, &served.address, &token, &batches)?;
    let took = started.elapsed();
    ensure!(accepted == *wanted, "the server accepted {accepted} of {wanted} events");
    let worked = machine::processor_time(&served.id().to_string());
    let resident = machine::resident_mib_max(&served.id().to_string());
    served.stop()?;
    verify(annals, &data)?;
    let kept = on_disk(&data.join("ledger"))?;
    drop(folder);
    let what = "annals, HTTP NDJSON on loopback".to_owned();
    let ours = Figure { what, events: accepted, bytes: events.bytes, took };
    let alone = single::measure(arguments, &events, machine.fdatasync_p50)?;
    let mut report = Report::new(arguments, machine, ours);
    report.peers = peers::measure(arguments, &events)?;
    report.notes.push(processor_note("the server", worked, accepted));
    report.notes.push(format!("largest resident memory of the server: {resident} MiB"));
    report.notes.push(format!("on disk before compaction: {} B an event", kept / accepted));
    report.notes.extend(alone);
    Ok(report)
}

fn send(clients: usize, address: &str, token: &str, batches: &Batches) -> Result<u64> {
    std::thread::scope(|scope| {
        let client = || send_all(address, token, batches);
        let clients: Vec<_> = (0..clients).map(|_| scope.spawn(client)).collect();
        clients.into_iter().map(|client| client.join().expect("a client returns errors")).sum()
    })
}

fn send_all(address: &str, token: &str, batches: &Batches) -> Result<u64> {
    let mut connection = Connection::open(address, token)?;
    let mut body = Vec::new();
    let mut accepted = 0;
    while batches.next(&mut body)? > 0 {
        let answer: Answer = serde_json::from_slice(&connection.post("/v1/events", &body)?)?;
        accepted += answer.accepted;
    }
    Ok(accepted)
}

/// Bytes of all files below `folder`.
pub(crate) fn on_disk(folder: &Path) -> Result<u64> {
    let mut bytes = 0;
    for entry in std::fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let entry = entry?;
        let metadata = entry.metadata()?;
        bytes += if metadata.is_dir() { on_disk(&entry.path())? } else { metadata.len() };
    }
    Ok(bytes)
}
