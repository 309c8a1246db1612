//! The pipeline in process: batches of a large request, and several callers at once.

use annals_ledger::{Ledger, Options};
use annals_record::Sender;

use super::*;

fn sender() -> Sender {
    Sender {
        emitter: "0000000a".to_owned(),
        region: Some("r".to_owned()),
        stack_id: Some("s".to_owned()),
        may_be_system: false,
        is_server: false,
    }
}

fn lines(ids: std::ops::Range<u32>, reason: &str) -> String {
    let line = |id| {
        format!(
            "{{\"id\":\"e{id}\",\"time\":\"2026-11-02T08:00:00Z\",\"operator\":\"li4\",\
             \"operation\":\"cluster.create\",\"reason\":\"{reason}\"}}\n"
        )
    };
    ids.map(line).collect()
}

fn open(dir: &tempfile::TempDir) -> (Ledger, Ingest) {
    let ledger = Ledger::open(dir.path(), Options::default()).expect("opens");
    let quota = Arc::new(Quota::new(1 << 20));
    let ingest = Ingest::new(ledger.appender(), Arc::new(Catalogue::built_in()), quota);
    (ledger, ingest)
}

// More than one batch: every event is kept once, in order, also through the bytes' limit.
#[test]
fn a_large_request_goes_in_batches() {
    let dir = tempfile::tempdir().expect("a folder");
    let (ledger, ingest) = open(&dir);
    let body = lines(0..25_000, &"x".repeat(700));
    let outcome = ingest.ndjson(&sender(), body.as_bytes(), false).expect("taken");
    assert_eq!((outcome.accepted, outcome.duplicates), (25_000, 0));
    assert_eq!((outcome.first_index, outcome.last_index), (Some(0), Some(24_999)));
    let again = ingest.ndjson(&sender(), body.as_bytes(), false).expect("taken");
    assert_eq!((again.accepted, again.duplicates), (0, 25_000));
    assert_eq!(ledger.reader().head().size.0, 25_000);
}

// Callers side by side neither lose nor mix events.
#[test]
fn callers_run_side_by_side() {
    let dir = tempfile::tempdir().expect("a folder");
    let (ledger, ingest) = open(&dir);
    let accepted: u64 = std::thread::scope(|scope| {
        let callers: Vec<_> = (0..4)
            .map(|caller| {
                let ingest = ingest.clone();
                // Neighbours send 500 events in common.
                let body = lines(caller * 500..caller * 500 + 1_000, "x");
                scope.spawn(move || ingest.ndjson(&sender(), body.as_bytes(), false))
            })
            .collect();
        let outcomes = callers.into_iter().map(|caller| caller.join().expect("no panic"));
        outcomes.map(|outcome| outcome.expect("taken").accepted).sum()
    });
    assert_eq!(accepted, 2_500);
    assert_eq!(ledger.reader().head().size.0, 2_500);
}

// Without quota for the worst case everything is read before anything is kept; the result is
// the same as long as the quota lasts.
#[test]
fn a_scarce_quota_refuses_before_the_first_batch() {
    let dir = tempfile::tempdir().expect("a folder");
    let (ledger, ingest) = open(&dir);
    let good = lines(0..20_000, "x");
    let bad = "{bad\n".repeat(2_000);
    let refused = ingest.ndjson(&sender(), format!("{good}{bad}").as_bytes(), false);
    assert!(matches!(refused, Err(IngestError::QuarantineFull)), "{refused:?}");
    assert_eq!(ledger.reader().head().size.0, 0);
    let taken = ingest.ndjson(&sender(), format!("{good}{{bad").as_bytes(), false);
    let taken = taken.expect("taken");
    assert_eq!((taken.accepted, taken.rejected.len()), (20_000, 1));
    assert_eq!(ledger.reader().head().size.0, 20_001);
}

// After a stop nothing is taken, and the sender learns that nothing was kept.
#[test]
fn a_closed_ledger_refuses() {
    let dir = tempfile::tempdir().expect("a folder");
    let (ledger, ingest) = open(&dir);
    ledger.close().expect("closes");
    let refused = ingest.ndjson(&sender(), lines(0..1, "x").as_bytes(), false);
    assert!(matches!(refused, Err(IngestError::Ledger(LedgerError::Closed))), "{refused:?}");
}
