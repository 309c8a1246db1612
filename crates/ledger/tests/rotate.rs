//! Every changing call of a change of keys x every fault: afterwards the ledger opens with the
//! old or the new key, whoever trusts only the first key still gets to the present one, nothing
//! that was kept is lost, and the next change of keys works.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "sample/mod.rs"]
mod sample;

use annals_ledger::disk::{Disk, Fault};
use annals_ledger::{Clock, FsckOptions, LedgerError, Verdict, fsck_on, rotate_key_on};
use annals_proof::Verifier;
use sample::harness::{Sender, TestClock};
use std::sync::Arc;

const SEED: u64 = 8_128;

/// A closed ledger with some events.
fn with_events(seed: u64) -> Sender {
    let mut sender = Sender::new(seed, 3_000);
    let ledger = sender.open().unwrap();
    for from in (0..20).step_by(4) {
        sender.append(&ledger, &[from, from + 1, from + 2, from + 3]).unwrap();
    }
    ledger.close().unwrap();
    sender
}

fn rotate(sender: &Sender) -> Result<Verifier, LedgerError> {
    let disk: Arc<dyn Disk> = Arc::new(sender.disk.clone());
    let clock: Arc<dyn Clock> = Arc::new(TestClock::default());
    rotate_key_on(disk, clock, sender.dir())
}

/// The keys after an open, and the leaves.
fn keys(sender: &Sender) -> (Vec<Verifier>, u64) {
    let ledger = sender.open().unwrap();
    let reader = ledger.reader();
    let found = (reader.verifiers(), reader.head().size.0);
    ledger.close().unwrap();
    found
}

fn verdict(sender: &Sender, key: &Verifier) -> Verdict {
    let disk: Arc<dyn Disk> = Arc::new(sender.disk.clone());
    let options = FsckOptions { keys: vec![key.clone()], ..FsckOptions::default() };
    fsck_on(&disk, sender.dir(), &options, &mut |_, _| {}).unwrap().verdict
}

fn check_fault(call: u64, fault: Fault) {
    let sender = with_events(SEED ^ call);
    let (before, size) = keys(&sender);
    sender.disk.fail_at(sender.disk.calls() + call, fault);
    let rotated = rotate(&sender);
    let context = format!("seed {SEED}, call {call}, {:?}", sender.disk.happened());
    assert!(sender.disk.happened().is_some(), "{context}: the fault was not reached");
    sender.disk.restart();
    sender.check(&context);
    let (after, grown) = keys(&sender);
    let changed = after[0] != before[0];
    assert!(changed || rotated.is_err(), "{context}: it says it changed the key");
    if let Ok(new) = rotated {
        assert_eq!(after[0], new, "{context}");
    }
    assert!(after.contains(&before[0]), "{context}: the former key is forgotten");
    assert_eq!(after.len(), if changed { 2 } else { 1 }, "{context}");
    // An entry whose acknowledgement was lost may be there without its key having been used:
    // then the start has switched. A switch without an entry cannot be.
    assert!(!changed || grown == size + 1, "{context}: {size} -> {grown}");
    assert_eq!(verdict(&sender, &before[0]), Verdict::Ok, "{context}: trusting the first key");

    let next = rotate(&sender).unwrap_or_else(|error| panic!("{context}: again: {error}"));
    sender.check(&context);
    assert_eq!(keys(&sender).0[0], next, "{context}");
    assert_eq!(verdict(&sender, &before[0]), Verdict::Ok, "{context}: over two changes");
}

#[test]
fn a_change_of_keys_survives_every_fault() {
    let sender = with_events(SEED);
    let before = sender.disk.calls();
    rotate(&sender).unwrap();
    let calls = sender.disk.calls() - before;
    assert!(calls > 30, "the change of keys has become too short to be a test: {calls} calls");
    for fault in Fault::ALL {
        for call in 0..calls {
            check_fault(call, fault);
        }
    }
}
