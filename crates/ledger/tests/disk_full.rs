//! A full disk: nothing of the batch is kept, the ledger goes on by itself when there is room,
//! and what it acknowledged before and after stands.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "sample/mod.rs"]
mod sample;

use annals_ledger::LedgerError;
use annals_ledger::disk::Fault;
use annals_ledger::limits::COMPACT_FREE_BYTES_MIN;
use sample::harness::Sender;

/// Small, so that a segment is sealed and begun on the way.
const SEGMENT_BYTES: u64 = 1_000;

/// Runs out of room at changing call `call` of the appends; true if that was a reservation.
fn check_full(call: u64, fault: Fault) -> Option<bool> {
    let mut sender = Sender::new(call, SEGMENT_BYTES);
    let ledger = sender.open().unwrap();
    sender.append(&ledger, &[0, 1, 2]).unwrap();
    sender.disk.fail_at(sender.disk.calls() + call, fault);
    let mut full = false;
    for number in (10..40).step_by(3) {
        let head = ledger.reader().head();
        match sender.append(&ledger, &[number, number + 1, number + 2]) {
            Err(LedgerError::DiskFull { .. }) => {
                full = true;
                assert_eq!(ledger.reader().head().size, head.size, "nothing is kept");
                assert!(ledger.appender().fatal().is_none(), "it goes on");
                // The same events again, without opening anything anew.
                sender.append(&ledger, &[number, number + 1, number + 2]).unwrap();
            }
            // Other faults are the crash test's.
            Err(_) => return Some(false),
            Ok(()) => {}
        }
    }
    let happened = sender.disk.happened();
    let context = format!("{happened:?}");
    if full {
        sender.check_promises(&ledger.reader(), &context);
        assert_eq!(ledger.reader().head().size.0, 33, "{context}");
        ledger.close().unwrap();
        sender.disk.restart();
        sender.check(&context);
    }
    happened.map(|_| full)
}

#[test]
fn a_full_disk_loses_nothing_and_stops_nothing() {
    for fault in [Fault::Lost, Fault::Kept, Fault::Torn] {
        let outcomes: Vec<bool> = (0..).map_while(|call| check_full(call, fault)).collect();
        let full = outcomes.iter().filter(|full| **full).count();
        assert!(full >= 3, "{fault:?}: {full} of {} calls met a full disk", outcomes.len());
    }
}

/// The last of the disk belongs to new events: a compaction that would take it does not begin, and
/// begins once there is room.
#[test]
fn compaction_leaves_room() {
    let mut sender = Sender::new(1, SEGMENT_BYTES);
    let ledger = sender.open().unwrap();
    for number in (0..30).step_by(3) {
        sender.append(&ledger, &[number, number + 1, number + 2]).unwrap();
    }
    let first = ledger.sealed_segments()[0].first;
    let calls = sender.disk.calls();
    sender.disk.set_free_bytes(COMPACT_FREE_BYTES_MIN);
    match ledger.compact(first, &mut ()) {
        Err(LedgerError::NoRoom { needed, free, .. }) => assert!(needed > free),
        other => panic!("{other:?}"),
    }
    assert_eq!(sender.disk.calls(), calls, "nothing was written");
    sender.disk.set_free_bytes(u64::MAX);
    ledger.compact(first, &mut ()).unwrap();
    sender.check_promises(&ledger.reader(), "after a compaction");
}
