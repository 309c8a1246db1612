//! Append, read, close and open on the real disk: the working path as callers see it.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "sample/mod.rs"]
mod sample;

use annals_ledger::{
    FsckOptions, Ledger, LedgerError, LedgerReader, OnConflict, Options, Place, Verdict, fsck,
    rotate_key,
};
use annals_proof::{ConsistencyProof, LeafIndex, SignedCheckpoint};
use annals_record::Sealed;
use std::path::Path;

fn append(ledger: &Ledger, numbers: impl IntoIterator<Item = u64>) -> Vec<Place> {
    append_with(ledger, OnConflict::Skip, |received| {
        numbers.into_iter().map(|number| sample::event(number, received)).collect()
    })
}

fn append_with(
    ledger: &Ledger,
    on_conflict: OnConflict,
    batch: impl FnOnce(annals_record::Timestamp) -> Vec<Sealed>,
) -> Vec<Place> {
    let appender = ledger.appender();
    let ticket = appender.ticket(1_000).unwrap();
    let batch = batch(ticket.received_time);
    let appended = appender.append(ticket, batch, on_conflict).wait().unwrap();
    let keys = ledger.reader().verifiers();
    let signed = SignedCheckpoint::verify(&appended.checkpoint, &keys).unwrap();
    for place in &appended.places {
        if let Place::Accepted(index) = place {
            assert!(index.0 < signed.checkpoint.size.0, "a receipt covers its events");
        }
    }
    appended.places
}

fn check_whole(dir: &Path, size: u64, unfinished: bool) {
    let report = fsck(dir, &FsckOptions::default(), &mut |_, _| {}).unwrap();
    assert_eq!(report.findings, [], "{report:#?}");
    assert_eq!(report.verdict, Verdict::Ok);
    assert_eq!(report.size.0, size);
    assert_eq!(!report.unfinished.is_empty(), unfinished, "{report:#?}");
}

/// What was appended is there after a close and an open, provable, found by id; the tree of
/// before is a prefix of the tree of after.
#[test]
fn events_survive() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = Ledger::open(folder.path(), Options::default()).unwrap();
    assert_eq!(
        append(&ledger, 0..3),
        (0..3).map(|n| Place::Accepted(LeafIndex(n))).collect::<Vec<_>>()
    );
    append(&ledger, 3..1_000);
    let old = ledger.reader().head();
    check_whole(folder.path(), 1_000, true);
    ledger.close().unwrap();
    check_whole(folder.path(), 1_000, false);

    let ledger = Ledger::open(folder.path(), Options::default()).unwrap();
    append(&ledger, 1_000..1_500);
    let reader = ledger.reader();
    let head = reader.head();
    assert_eq!(head.size.0, 1_500);
    ConsistencyProof::build(old.size, head.size, &reader)
        .unwrap()
        .verify(&old.root, &head.root)
        .unwrap();
    for (place, item) in reader.range(0..2_000).enumerate() {
        let (index, leaf) = item.unwrap();
        assert_eq!(index.0, place as u64);
        assert_eq!(leaf.core().id(), sample::id(index.0));
    }
    assert_eq!(reader.find(&sample::id(1_234)).unwrap(), [LeafIndex(1_234)]);
    assert_eq!(reader.find("nobody").unwrap(), []);
    let proof = reader.prove(LeafIndex(777)).unwrap();
    let leaf = reader.leaf(LeafIndex(777)).unwrap();
    proof.verify(&annals_proof::Hash(leaf.hash()), &reader.verifiers()).unwrap();
    assert!(matches!(
        reader.leaf(LeafIndex(1_500)),
        Err(LedgerError::OutOfRange { index: 1_500, size: 1_500 })
    ));
    // Like a kill: no close.
    drop(ledger);
    let ledger = Ledger::open(folder.path(), Options::default()).unwrap();
    assert_eq!(ledger.reader().head().note, head.note, "the same head is signed to the same bytes");
    ledger.close().unwrap();
    check_whole(folder.path(), 1_500, false);
}

/// The same act again is a duplicate, another act under the same id a conflict; a `Refuse` batch
/// with a conflict keeps nothing, not even in memory.
#[test]
fn doubles() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = Ledger::open(folder.path(), Options::default()).unwrap();
    append(&ledger, 0..10);
    use Place::{Accepted, Conflict, Duplicate, Refused};
    let at = LeafIndex;
    assert_eq!(
        append(&ledger, [9, 10, 10]),
        [Duplicate(at(9)), Accepted(at(10)), Duplicate(at(10))]
    );
    let other = |received| {
        vec![
            sample::event(11, received),
            sample::other_event(3, received),
            sample::event(12, received),
        ]
    };
    assert_eq!(
        append_with(&ledger, OnConflict::Refuse, other),
        [Refused, Conflict(at(3)), Refused]
    );
    assert_eq!(
        append_with(&ledger, OnConflict::Skip, other),
        [Accepted(at(11)), Conflict(at(3)), Accepted(at(12))]
    );
    let foreign = |received| vec![sample::event_of("0000beef", 3, received)];
    assert_eq!(append_with(&ledger, OnConflict::Refuse, foreign), [Accepted(at(13))]);
    assert_eq!(ledger.reader().find(&sample::id(3)).unwrap(), [at(3), at(13)]);
    ledger.close().unwrap();
    let ledger = Ledger::open(folder.path(), Options::default()).unwrap();
    assert_eq!(append(&ledger, [12, 13]), [Duplicate(at(12)), Accepted(at(14))]);
    ledger.close().unwrap();
}

/// A reader in another process follows a running server without a lock.
#[test]
fn reading_beside() {
    let folder = tempfile::tempdir().unwrap();
    let ledger =
        Ledger::open(folder.path(), Options { segment_bytes_max: 20_000, ..Options::default() })
            .unwrap();
    append(&ledger, 0..300);
    let beside = LedgerReader::open(folder.path()).unwrap();
    assert_eq!(beside.head().size.0, 300);
    for from in (300..3_000).step_by(300) {
        append(&ledger, from..from + 300);
        assert_eq!(beside.refresh().unwrap().size.0, from + 300);
        assert_eq!(beside.range(0..u64::MAX).map(Result::unwrap).count() as u64, from + 300);
        assert_eq!(beside.find(&sample::id(from)).unwrap(), [LeafIndex(from)]);
        beside.prove(LeafIndex(from)).unwrap();
    }
    assert!(matches!(
        Ledger::open(folder.path(), Options::default()),
        Err(LedgerError::Locked { .. })
    ));
    ledger.close().unwrap();
    check_whole(folder.path(), 3_000, false);
}

/// A change of keys: the old key signs a head over the entry that names the new one; from there
/// on the new key signs. Trust in the old key reaches the new one, trust in the new one suffices,
/// and a foreign key is told apart.
#[test]
fn keys_rotate() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = Ledger::open(folder.path(), Options::default()).unwrap();
    append(&ledger, 0..20);
    let old = ledger.reader().verifiers()[0].clone();
    assert!(matches!(rotate_key(folder.path()), Err(LedgerError::Locked { .. })));
    ledger.close().unwrap();
    let new = rotate_key(folder.path()).unwrap();
    let ledger = Ledger::open(folder.path(), Options::default()).unwrap();
    assert_eq!(ledger.reader().verifiers(), [new.clone(), old.clone()]);
    let head = ledger.reader().head();
    assert_eq!(head.size.0, 21);
    SignedCheckpoint::verify(&head.note, std::slice::from_ref(&new)).unwrap();
    let entry = ledger.reader().leaf(LeafIndex(20)).unwrap();
    assert!(entry.core().control().is_some());
    append(&ledger, 20..40);
    ledger.close().unwrap();
    check_whole(folder.path(), 41, false);
    let verdict = |keys: Vec<_>| {
        let options = FsckOptions { keys, ..FsckOptions::default() };
        fsck(folder.path(), &options, &mut |_, _| {}).unwrap().verdict
    };
    assert_eq!(verdict(vec![old]), Verdict::Ok);
    assert_eq!(verdict(vec![new]), Verdict::Ok);
    let foreign = annals_proof::Signer::from_seed("log.example/other", [7; 32]).unwrap();
    assert_ne!(verdict(vec![foreign.verifier()]), Verdict::Ok);
}
