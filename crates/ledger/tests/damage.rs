//! Damage anywhere under `DIR/ledger` after a clean close is found: a flipped bit, a cut tail, a
//! run of zeros, a file that is gone or does not belong there; and what an insider may try at
//! rest gets the exact verdict.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "sample/mod.rs"]
mod sample;

use annals_ledger::{
    FsckOptions, FsckReport, Ledger, LedgerError, OnConflict, Options, Verdict, fsck,
};
use sample::copy;
use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};

/// How many places of a file are damaged in each way; a short file is damaged everywhere.
const PLACES: usize = 60;

fn options() -> Options {
    Options {
        segment_bytes_max: 12_000,
        origin: Some("log.example/x".into()),
        ..Options::default()
    }
}

fn append(ledger: &Ledger, numbers: Range<u64>) -> String {
    let appender = ledger.appender();
    let ticket = appender.ticket(100).unwrap();
    let batch = numbers.map(|number| sample::event(number, ticket.received_time)).collect();
    let appended = appender.append(ticket, batch, OnConflict::Refuse).wait().unwrap();
    appended.checkpoint.to_string()
}

/// A closed ledger of several segments; gives the last checkpoint too.
fn make(dir: &Path, events: u64) -> String {
    let ledger = Ledger::open(dir, options()).unwrap();
    let mut note = String::new();
    for from in (0..events).step_by(40) {
        note = append(&ledger, from..from + 40);
    }
    ledger.close().unwrap();
    note
}

fn check(dir: &Path, kept: Option<&str>) -> FsckReport {
    let kept = kept.map(str::to_owned).into_iter().collect();
    let options = FsckOptions { kept, ..FsckOptions::default() };
    fsck(dir, &options, &mut |_, _| {}).unwrap()
}

fn files(folder: &Path, out: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { files(&path, out) } else { out.push(path) }
    }
}

/// Offsets spread over a file, both ends included.
fn places(len: usize) -> Vec<usize> {
    let step = (len / PLACES).max(1);
    (0..len).step_by(step).chain(len.checked_sub(1)).collect()
}

fn must_be_found(dir: &Path, path: &Path, bytes: &[u8], what: &str) {
    fs::write(path, bytes).unwrap();
    let report = check(dir, None);
    let name = path.strip_prefix(dir).unwrap().display();
    assert_eq!(report.verdict, Verdict::Damaged, "{name}: {what}: {report:#?}");
    let names_a_place = report.findings.iter().any(|finding| finding.file.starts_with(dir));
    assert!(names_a_place, "{name}: {what}: {report:#?}");
}

/// The contract: a flipped bit, a cut tail, a zeroed run anywhere in `DIR/ledger` is found and
/// its place named.
#[test]
fn damage_is_found_everywhere() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path();
    make(dir, 600);
    assert_eq!(check(dir, None).verdict, Verdict::Ok);
    let mut paths = Vec::new();
    files(&dir.join("ledger"), &mut paths);
    assert!(paths.len() >= 8, "segments, arrays, checkpoint, marker: {paths:?}");
    for path in paths.iter().filter(|path| !path.ends_with("lock")) {
        let good = fs::read(path).unwrap();
        for place in places(good.len()) {
            let mut bytes = good.clone();
            bytes[place] ^= 1 << (place % 8);
            must_be_found(dir, path, &bytes, &format!("bit flipped at {place}"));
            must_be_found(dir, path, &good[..place], &format!("cut at {place}"));
            let mut bytes = good.clone();
            let run = place..(place + 40).min(good.len());
            if bytes[run.clone()].iter().any(|byte| *byte != 0) {
                bytes[run].fill(0);
                must_be_found(dir, path, &bytes, &format!("zeros at {place}"));
            }
        }
        let mut longer = good.clone();
        longer.extend([0; 100]);
        must_be_found(dir, path, &longer, "zeros after the end");
        fs::write(path, &good).unwrap();
    }
    assert_eq!(check(dir, None).verdict, Verdict::Ok, "the test puts everything back");
}

/// A missing file and a foreign one are found.
#[test]
fn lost_and_foreign_files_are_found() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path();
    make(dir, 600);
    let mut paths = Vec::new();
    files(&dir.join("ledger"), &mut paths);
    // Without the marker the folder only counts as not closed; the lock is made anew.
    for path in paths.iter().filter(|path| !path.ends_with("lock") && !path.ends_with("closed")) {
        let good = fs::read(path).unwrap();
        fs::remove_file(path).unwrap();
        let report = check(dir, None);
        assert_eq!(report.verdict, Verdict::Damaged, "without {}", path.display());
        fs::write(path, good).unwrap();
    }
    for stray in ["notes.txt", "segments/1.seg", "hashes/0/7", "hashes/x/000000", "ids/000000.bak"]
    {
        let path = dir.join("ledger").join(stray);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, "x").unwrap();
        assert_eq!(check(dir, None).verdict, Verdict::Damaged, "with {stray}");
        fs::remove_file(&path).unwrap();
        let _ = fs::remove_dir(path.parent().unwrap());
    }
    assert_eq!(check(dir, None).verdict, Verdict::Ok);
}

/// The whole folder is put back to an older state: no byte of it is wrong, but a checkpoint kept
/// outside knows more. Another ledger under the same key is a fork.
#[test]
fn roll_back_and_fork() {
    let (old, new, fork) =
        (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    make(old.path(), 200);
    copy(old.path(), new.path());
    copy(old.path(), fork.path());
    let ledger = Ledger::open(new.path(), options()).unwrap();
    let kept = append(&ledger, 200..240);
    ledger.close().unwrap();
    let ledger = Ledger::open(fork.path(), options()).unwrap();
    append(&ledger, 1_200..1_240);
    ledger.close().unwrap();
    assert_eq!(check(new.path(), Some(&kept)).verdict, Verdict::Ok);
    assert_eq!(check(old.path(), Some(&kept)).verdict, Verdict::RolledBack);
    assert_eq!(check(fork.path(), Some(&kept)).verdict, Verdict::Forked);
    // The ledger goes back but the signer remembers: it refuses to start and changes nothing.
    fs::remove_dir_all(new.path().join("ledger")).unwrap();
    copy(&old.path().join("ledger"), &new.path().join("ledger"));
    for _ in 0..2 {
        let opened = Ledger::open(new.path(), options());
        assert!(matches!(opened, Err(LedgerError::RolledBack { .. })));
        assert_eq!(check(new.path(), None).verdict, Verdict::RolledBack);
    }
    // The same with the other history of the same size.
    fs::remove_dir_all(new.path().join("ledger")).unwrap();
    copy(&fork.path().join("ledger"), &new.path().join("ledger"));
    assert!(matches!(Ledger::open(new.path(), options()), Err(LedgerError::RolledBack { .. })));
    assert_eq!(check(new.path(), None).verdict, Verdict::Forked);
}

/// A tail cut at a block's edge leaves only sound bytes, with and without the marker of the clean
/// close; the checkpoint and the signer know better.
#[test]
fn a_tail_cut_at_a_block_is_found() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path();
    let ledger = Ledger::open(dir, Options { segment_bytes_max: 1 << 20, ..options() }).unwrap();
    append(&ledger, 0..40);
    let path = dir.join("ledger/segments/00000000000000000000.seg");
    ledger.close().unwrap();
    let first_block_end = fs::metadata(&path).unwrap().len();
    let ledger = Ledger::open(dir, options()).unwrap();
    append(&ledger, 40..80);
    ledger.close().unwrap();
    let whole = fs::read(&path).unwrap();
    for marker in [true, false] {
        if !marker {
            fs::remove_file(dir.join("ledger/closed")).unwrap();
        }
        fs::write(&path, &whole[..first_block_end as usize]).unwrap();
        assert_ne!(check(dir, None).verdict, Verdict::Ok);
        assert!(Ledger::open(dir, options()).is_err());
        let mut zeroed = whole.clone();
        zeroed[first_block_end as usize..].fill(0);
        fs::write(&path, &zeroed).unwrap();
        assert_ne!(check(dir, None).verdict, Verdict::Ok);
        assert!(Ledger::open(dir, options()).is_err());
        assert_eq!(fs::read(&path).unwrap(), zeroed, "a refused start changes nothing");
        fs::write(&path, &whole).unwrap();
    }
    Ledger::open(dir, options()).unwrap().close().unwrap();
    assert_eq!(check(dir, None).verdict, Verdict::Ok);
}

/// Damage in the middle of durable blocks is not taken for a torn end, also if the checkpoint
/// file and the signer's memory are gone: a later block carries a signature.
#[test]
fn a_damaged_middle_is_not_cut() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path();
    let ledger = Ledger::open(dir, Options { segment_bytes_max: 1 << 20, ..options() }).unwrap();
    for from in (0..200).step_by(40) {
        append(&ledger, from..from + 40);
    }
    drop(ledger);
    let path = dir.join("ledger/segments/00000000000000000000.seg");
    let mut bytes = fs::read(&path).unwrap();
    let second = bytes.windows(4).enumerate().filter(|(_, window)| window == b"ABLK").nth(1);
    let offset = second.unwrap().0;
    bytes[offset + 40] ^= 1;
    fs::write(&path, &bytes).unwrap();
    fs::remove_file(dir.join("keys/signed")).unwrap();
    fs::remove_file(dir.join("ledger/checkpoint")).unwrap();
    for folder in ["hashes", "ids"] {
        fs::remove_dir_all(dir.join("ledger").join(folder)).unwrap();
    }
    let opened = Ledger::open(dir, options());
    let Err(LedgerError::Corrupt { offset: at, .. }) = opened else {
        panic!("it opened, or says {:?}", opened.err());
    };
    assert_eq!(at, offset as u64, "the error names the place");
    assert_eq!(fs::read(&path).unwrap(), bytes, "a refused start changes nothing");
}
