//! JSON text to durable and proved, in process: the server's own pipeline without HTTP.
//!
//! Several threads each take a batch, hand it in and wait for its receipt, as a server's requests
//! do; while one waits for the disk another works. Afterwards the head must be signed, hold every
//! event, and prove the last of them.

use crate::arguments::Arguments;
use crate::events::{Batches, Events};
use crate::ingest::on_disk;
use crate::machine::{self, Machine};
use crate::peers;
use crate::report::{Figure, Report, processor_note};
use annals_ledger::{Ledger, LedgerError, LedgerReader, Options};
use annals_proof::{Hash, InclusionProof, LeafIndex, SignedCheckpoint};
use annals_record::{Catalogue, Sender};
use annals_server::ingest::{Ingest, IngestError, Quota};
use anyhow::{Result, ensure};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How long a thread waits when the queue is full.
const BUSY_PAUSE: Duration = Duration::from_millis(1);
/// Bytes of bad lines that may be kept; generated events have none.
const QUARANTINE_BYTES: u64 = 64 << 20;

/// Runs the measurement.
pub(crate) fn measure(arguments: &Arguments) -> Result<Report> {
    let scratch = &arguments.scratch;
    let events = Events::prepare(scratch, arguments.seed, arguments.events)?;
    let machine = Machine::here(scratch)?;
    let folder = tempfile::tempdir_in(scratch)?;
    let before = machine::processor_time("self");
    let ours = fill(arguments, &events, folder.path())?;
    let worked = machine::processor_time("self") - before;
    let resident = machine::resident_mib_max("self");
    let kept = on_disk(&folder.path().join("ledger"))?;
    drop(folder);
    let accepted = ours.events;
    let mut report = Report::new(arguments, machine, ours);
    report.peers = peers::measure(arguments, &events)?;
    report.notes.push(processor_note("all threads", worked, accepted));
    report.notes.push(format!("largest resident memory: {resident} MiB"));
    report.notes.push(format!("on disk before compaction: {} B an event", kept / accepted));
    Ok(report)
}

/// Makes a ledger below `folder` that holds all the events, and says how long that took.
pub(crate) fn fill(arguments: &Arguments, events: &Events, folder: &Path) -> Result<Figure> {
    let ledger = Ledger::open(folder, Options::default())?;
    let ingest = ingest(&ledger);
    let batches = events.batches(arguments.batch, u64::MAX)?;
    let started = Instant::now();
    let accepted = take(arguments.clients, &ingest, &batches)?;
    let took = started.elapsed();
    let wanted = arguments.events;
    ensure!(accepted == wanted, "the ledger accepted {accepted} of {wanted} events");
    check(&ledger.reader(), accepted)?;
    drop(ingest);
    ledger.close()?;
    let what = "annals, in process".to_owned();
    Ok(Figure { what, events: accepted, bytes: events.bytes, took })
}

/// The server's pipeline into a ledger.
pub(crate) fn ingest(ledger: &Ledger) -> Ingest {
    let quota = Arc::new(Quota::new(QUARANTINE_BYTES));
    Ingest::new(ledger.appender(), Arc::new(Catalogue::built_in()), quota)
}

/// Whoever sends the events.
pub(crate) fn sender() -> Sender {
    Sender {
        emitter: "0badcafe".to_owned(),
        region: None,
        stack_id: None,
        may_be_system: true,
        is_server: false,
    }
}

/// Hands all batches in from so many threads, and answers how many events were accepted.
pub(crate) fn take(threads: usize, ingest: &Ingest, batches: &Batches) -> Result<u64> {
    let sender = sender();
    std::thread::scope(|scope| {
        let worker = || take_all(ingest, &sender, batches);
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(worker)).collect();
        workers.into_iter().map(|worker| worker.join().expect("a worker returns errors")).sum()
    })
}

fn take_all(ingest: &Ingest, sender: &Sender, batches: &Batches) -> Result<u64> {
    let mut body = Vec::new();
    let mut accepted = 0;
    while batches.next(&mut body)? > 0 {
        accepted += accept(ingest, sender, &body)?;
    }
    Ok(accepted)
}

/// Hands one batch in, waiting while the queue is full.
pub(crate) fn accept(ingest: &Ingest, sender: &Sender, body: &[u8]) -> Result<u64> {
    let outcome = loop {
        match ingest.ndjson(sender, body, false) {
            Err(IngestError::Ledger(LedgerError::Busy)) => std::thread::sleep(BUSY_PAUSE),
            other => break other?,
        }
    };
    if let Some(rejected) = outcome.rejected.first() {
        anyhow::bail!("a generated event was rejected: {}", rejected.message);
    }
    Ok(outcome.accepted)
}

/// Durable and proved: the head is signed, and the last event is in it.
fn check(reader: &LedgerReader, accepted: u64) -> Result<()> {
    let head = reader.head();
    let signed = SignedCheckpoint::verify(&head.note, &reader.verifiers())?;
    ensure!(signed.checkpoint.size == head.size, "the head is not the one that was signed");
    ensure!(head.size.0 >= accepted, "the head holds {} of {accepted} events", head.size.0);
    let last = LeafIndex(head.size.0 - 1);
    let leaf = Hash(reader.leaf(last)?.hash());
    InclusionProof::build(last, head.size, reader)?.verify(&leaf, &signed.checkpoint.root)?;
    Ok(())
}
