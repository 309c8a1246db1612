//! Every changing call of a life of a ledger x every fault: the call fails and did nothing, fails
//! although it did everything, wrote a part, or the power goes. Afterwards the ledger opens, no
//! acknowledged event is missing, no batch is there by half, the head extends every checkpoint
//! that was given out, and `fsck` finds nothing.
//!
//! The same for a life that compacts its segments.
//!
//! A failure prints the fault and the seed; `check_fault(life, call, fault)` replays it.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "sample/mod.rs"]
mod sample;

use annals_ledger::disk::Fault;
use annals_ledger::{Ledger, LedgerError};
use sample::harness::Sender;

const SEED: u64 = 20_261_122;
/// Small, so that sealing happens several times.
const SEGMENT_BYTES: u64 = 3_000;

/// What is done between the first open and the last fault.
type Life = fn(&mut Sender);

/// Opens, appends in several batches through several segments, closes; twice. Goes on after
/// errors as a server would: a failed batch is left, a stopped ledger is opened again.
fn live(sender: &mut Sender) {
    let mut number = 0;
    let mut attempts = 0;
    let mut last_error = None;
    while number < 60 && attempts < 6 {
        attempts += 1;
        let ledger = match sender.open() {
            Ok(ledger) => ledger,
            Err(_) if sender.disk.is_crashed() => return,
            Err(error) => {
                last_error = Some(error);
                sender.disk.restart();
                continue;
            }
        };
        let end = if number < 30 { 30 } else { 60 };
        match append_upto(sender, &ledger, &mut number, end) {
            Ok(()) => drop(ledger.close()),
            Err(error) => {
                last_error = Some(error);
                drop(ledger);
            }
        }
        if sender.disk.is_crashed() {
            return;
        }
    }
    let happened = sender.disk.happened();
    assert!(number >= 60, "{happened:?} may not stop the work for good: {last_error:?}");
}

fn append_upto(
    sender: &mut Sender,
    ledger: &Ledger,
    number: &mut u64,
    end: u64,
) -> Result<(), LedgerError> {
    while *number < end {
        let numbers: Vec<u64> = (*number..*number + 1 + *number % 5).collect();
        let result = sender.append(ledger, &numbers);
        *number += numbers.len() as u64;
        match result {
            Err(error) if error.is_fatal() => return Err(error),
            _ if sender.disk.is_crashed() => return Err(LedgerError::Closed),
            _ => {}
        }
    }
    Ok(())
}

/// Appends through several segments, compacts all that are sealed, appends again: compacted and
/// new segments stand side by side. Compaction that fails is left; the next life begins it anew.
fn compact(sender: &mut Sender) {
    let mut attempts = 0;
    let mut appended = false;
    while attempts < 6 && !sender.disk.is_crashed() {
        attempts += 1;
        let Ok(ledger) = sender.open() else {
            sender.disk.restart();
            continue;
        };
        let mut number = 0;
        if !appended && append_upto(sender, &ledger, &mut number, 40).is_err() {
            continue;
        }
        appended = true;
        let sealed = ledger.sealed_segments();
        let waiting = sealed.iter().filter(|segment| !segment.compacted);
        let failed = waiting.filter(|segment| ledger.compact(segment.first, &mut ()).is_err());
        let failed = failed.count();
        if sender.disk.is_crashed() {
            return;
        }
        sender.check_promises(&ledger.reader(), "after a compaction");
        let _ = append_upto(sender, &ledger, &mut 100, 105);
        if ledger.close().is_ok() && failed == 0 {
            return;
        }
    }
    let happened = sender.disk.happened();
    assert!(sender.disk.is_crashed(), "{happened:?} may not keep a segment from compaction");
}

/// Calls of a life without faults.
fn calls_of_a_life(live: Life) -> u64 {
    let mut sender = Sender::new(SEED, SEGMENT_BYTES);
    live(&mut sender);
    let calls = sender.disk.calls();
    sender.check("no fault");
    calls
}

fn check_fault(live: Life, call: u64, fault: Fault) {
    let mut sender = Sender::new(SEED ^ call, SEGMENT_BYTES);
    sender.disk.fail_at(call, fault);
    live(&mut sender);
    let context = format!("seed {SEED}, {:?}", sender.disk.happened());
    // The process starts again; after a crash with what survived.
    sender.disk.restart();
    sender.check(&context);
    // It works on, and the power goes while it is open: nothing that was shown but never synced
    // may be among what is acknowledged.
    let ledger = sender.open().unwrap();
    sender.append(&ledger, &[1_000, 1_001]).unwrap();
    sender.disk.crash();
    drop(ledger);
    sender.disk.restart();
    sender.check(&format!("{context}, then a power cut"));
}

fn check_all(live: Life, fault: Fault) {
    let calls = calls_of_a_life(live);
    assert!(calls > 150, "the life has become too short to be a test: {calls} calls");
    for call in 0..calls {
        check_fault(live, call, fault);
    }
}

#[test]
fn failed_and_lost() {
    check_all(live, Fault::Lost);
}

#[test]
fn failed_but_kept() {
    check_all(live, Fault::Kept);
}

#[test]
fn torn() {
    check_all(live, Fault::Torn);
}

#[test]
fn crash() {
    check_all(live, Fault::Crash);
}

#[test]
fn compaction_failed_and_lost() {
    check_all(compact, Fault::Lost);
}

#[test]
fn compaction_failed_but_kept() {
    check_all(compact, Fault::Kept);
}

#[test]
fn compaction_torn() {
    check_all(compact, Fault::Torn);
}

#[test]
fn compaction_crash() {
    check_all(compact, Fault::Crash);
}
