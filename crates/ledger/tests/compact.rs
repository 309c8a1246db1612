//! Compaction on a real disk, with segments large enough for a dictionary: every leaf stays what
//! it was, for old and new readers, and damage is neither hidden nor endorsed.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "sample/mod.rs"]
mod sample;

use annals_ledger::{
    FsckOptions, FsckReport, Ledger, LedgerError, LedgerReader, OnConflict, Options, Verdict,
    Watch, fsck, rotate_key,
};
use annals_proof::{Hash, LeafIndex, Verifier};
use annals_record::{Kept, Tag};
use std::fs;
use std::ops::{ControlFlow, Range};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Enough to train a dictionary on.
const EVENTS: u64 = 10_000;
/// Events of a block.
const BLOCK: u64 = 50;

fn open(dir: &Path) -> Ledger {
    let origin = Some("log.example/compact".to_owned());
    Ledger::open(dir, Options { segment_bytes_max: 400_000, origin, ..Options::default() }).unwrap()
}

fn append(ledger: &Ledger, numbers: Range<u64>) {
    for from in numbers.step_by(BLOCK as usize) {
        let ticket = ledger.appender().ticket(100).unwrap();
        let at = ticket.received_time;
        let batch = (from..from + BLOCK).map(|number| sample::event(number, at)).collect();
        ledger.appender().append(ticket, batch, OnConflict::Refuse).wait().unwrap();
    }
}

/// A ledger with at least one sealed segment, still open.
fn filled(dir: &Path) -> Ledger {
    let ledger = open(dir);
    append(&ledger, 0..EVENTS);
    assert!(!ledger.sealed_segments().is_empty());
    ledger
}

fn compact(ledger: &Ledger) {
    let sealed = ledger.sealed_segments();
    assert!(!sealed.is_empty());
    for segment in sealed {
        let done = ledger.compact(segment.first, &mut ()).unwrap();
        assert!(done.bytes_after * 10 < done.bytes_before * 9, "{done:?}");
    }
}

fn hashes(reader: &LedgerReader) -> Vec<[u8; 32]> {
    reader.kept_range(0..u64::MAX).map(|kept| kept.unwrap().1.hash()).collect()
}

fn check(dir: &Path, keys: Vec<Verifier>) -> FsckReport {
    // Frames are larger unpacked than on disk; what is told of the way is bytes on disk.
    let progress = &mut |done, total| assert!(done <= total, "{done} of {total} bytes");
    fsck(dir, &FsckOptions { keys, ..FsckOptions::default() }, progress).unwrap()
}

fn first_segment(dir: &Path) -> PathBuf {
    dir.join("ledger/segments/00000000000000000000.seg")
}

/// Readers of the old file go on with it, the next ones get the new one, in this process and
/// beside it; every leaf, identifier and proof is the same, also after the next open.
#[test]
fn leaves_stay_what_they_were() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = filled(folder.path());
    let reader = ledger.reader();
    let beside = LedgerReader::open(folder.path()).unwrap();
    let before = hashes(&reader);
    let mut half_way = reader.kept_range(0..u64::MAX);
    half_way.by_ref().take(77).for_each(drop);
    compact(&ledger);
    assert!(ledger.sealed_segments().iter().all(|segment| segment.compacted));
    let rest: Vec<_> = half_way.map(|kept| kept.unwrap().1.hash()).collect();
    assert_eq!(rest, before[77..]);
    assert_eq!(hashes(&reader), before);
    assert_eq!(hashes(&beside), before);
    beside.refresh().unwrap();
    assert_eq!(hashes(&beside), before);
    for index in [0, 1, EVENTS / 3, EVENTS - 1].map(LeafIndex) {
        let hash = Hash(before[index.0 as usize]);
        reader.prove(index).unwrap().verify(&hash, &reader.verifiers()).unwrap();
        assert_eq!(reader.find(&sample::id(index.0)).unwrap(), [index]);
    }
    assert_eq!(check(folder.path(), Vec::new()).verdict, Verdict::Ok, "beside the writer");
    append(&ledger, EVENTS..EVENTS + BLOCK);
    ledger.close().unwrap();
    let report = check(folder.path(), Vec::new());
    assert_eq!((report.verdict, report.unfinished), (Verdict::Ok, vec![]));
    let ledger = open(folder.path());
    assert_eq!(hashes(&ledger.reader())[..before.len()], before);
    assert_eq!(ledger.reader().compaction().waiting, 0);
}

/// A flipped bit anywhere in a compacted segment is found: header, dictionary, identifiers, text.
#[test]
fn damage_is_found() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = filled(folder.path());
    compact(&ledger);
    ledger.close().unwrap();
    let path = first_segment(folder.path());
    let whole = fs::read(&path).unwrap();
    for place in (0..whole.len()).step_by(whole.len() / 40) {
        let mut damaged = whole.clone();
        damaged[place] ^= 4;
        fs::write(&path, damaged).unwrap();
        let report = check(folder.path(), Vec::new());
        assert_eq!(report.verdict, Verdict::Damaged, "at {place}");
        assert!(report.findings.iter().any(|finding| finding.file == path), "at {place}");
    }
}

/// The identifier of a pruned leaf stands in the array alone. Once damaged it must not get a new
/// checksum, and nothing is put in place.
#[test]
fn damaged_identifiers_are_not_endorsed() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = filled(folder.path());
    let first = LeafIndex(0);
    let prune = |index: LeafIndex, kept: Kept| match index.0 {
        3 => Kept::Pruned(kept.hash()),
        _ => kept,
    };
    ledger.rewrite(first, &mut (), prune).unwrap();
    ledger.close().unwrap();
    let ids = folder.path().join("ledger/ids/000000");
    let mut bytes = fs::read(&ids).unwrap();
    bytes[3 * 8] ^= 1;
    fs::write(&ids, bytes).unwrap();
    let segment = fs::read(first_segment(folder.path())).unwrap();
    let ledger = open(folder.path());
    match ledger.compact(first, &mut ()) {
        Err(LedgerError::Corrupt { file, .. }) => assert_eq!(file, ids),
        other => panic!("{other:?}"),
    }
    ledger.close().unwrap();
    assert_eq!(fs::read(first_segment(folder.path())).unwrap(), segment);
    assert_eq!(check(folder.path(), Vec::new()).verdict, Verdict::Damaged);
}

/// A dictionary holds pieces of values. What is erased must leave it too.
#[test]
fn the_dictionary_forgets() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = filled(folder.path());
    let holds_a_name = || {
        let bytes = fs::read(first_segment(folder.path())).unwrap();
        bytes.windows(5).any(|window| window == b"user1")
    };
    compact(&ledger);
    assert!(holds_a_name(), "the names are no longer in the dictionary: test another value");
    let erase = |_, kept| match kept {
        Kept::Leaf(mut leaf) => {
            leaf.erase(&[Tag::OPERATOR, Tag::USERNAME]);
            Kept::Leaf(leaf)
        }
        pruned => pruned,
    };
    ledger.rewrite(LeafIndex(0), &mut (), erase).unwrap();
    assert!(!holds_a_name());
}

/// Stops after some leaves.
struct Impatient(u64);

impl Watch for Impatient {
    fn leaves(&mut self, count: u64) -> ControlFlow<()> {
        self.0 = self.0.saturating_sub(count);
        if self.0 == 0 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }
}

/// An operator may stop it at any time, while it writes and while it reads back.
#[test]
fn a_stopped_rewrite_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = filled(folder.path());
    let before = fs::read(first_segment(folder.path())).unwrap();
    let leaves = ledger.sealed_segments()[0].leaves;
    for after in [1, leaves / 2, leaves + leaves / 2] {
        let stopped = ledger.compact(LeafIndex(0), &mut Impatient(after));
        assert!(matches!(stopped, Err(LedgerError::Interrupted { .. })), "{stopped:?}");
        assert_eq!(fs::read(first_segment(folder.path())).unwrap(), before);
        let temporary = first_segment(folder.path()).with_extension("seg.tmp");
        assert!(!temporary.exists());
    }
}

/// The block that holds the last signature of a former key beside the first one of the next must
/// not vanish in a merged one: it leads from trust in the old key to the new one.
#[test]
fn a_change_of_keys_survives() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = open(folder.path());
    append(&ledger, 0..BLOCK);
    let former = ledger.reader().verifiers();
    ledger.close().unwrap();
    let next = rotate_key(folder.path()).unwrap();
    let ledger = open(folder.path());
    append(&ledger, BLOCK..EVENTS);
    compact(&ledger);
    ledger.close().unwrap();
    for key in [former[0].clone(), next] {
        assert_eq!(check(folder.path(), vec![key]).verdict, Verdict::Ok);
    }
}

/// The thread finds what is sealed, and stops when told.
#[test]
fn it_runs_behind() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = filled(folder.path());
    let before = hashes(&ledger.reader());
    let compactor = ledger.compact_behind().unwrap();
    let deadline = Instant::now() + Duration::from_secs(60);
    while ledger.reader().compaction().waiting > 0 {
        assert!(Instant::now() < deadline, "{:?}", ledger.reader().compaction());
        std::thread::yield_now();
    }
    let done = ledger.reader().compaction();
    assert!(done.bytes_after < done.bytes_before && done.failures == 0, "{done:?}");
    assert_eq!(hashes(&ledger.reader()), before);
    // The ledger closes first: whoever holds the handle still must not write behind its back.
    ledger.close().unwrap();
    drop(compactor);
    assert_eq!(check(folder.path(), Vec::new()).verdict, Verdict::Ok);
}
