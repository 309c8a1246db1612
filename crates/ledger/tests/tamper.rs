//! What somebody who may write the folder and knows the format can try, each with right checksums,
//! and the exact verdict: with nothing but the folder, with the log's key, with a kept checkpoint,
//! and with both.
//!
//! The forger uses this very program: he builds another history, arrays and all, and puts it in
//! the place of the true one. What he lacks is the key; where he has it, only memory outside the
//! folder tells. Time and events are fixed, so that the histories differ only where he wants.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "sample/mod.rs"]
mod sample;

use annals_ledger::disk::Real;
use annals_ledger::{
    Clock, FsckOptions, Ledger, LedgerReader, OnConflict, Options, Verdict, fsck, rotate_key,
};
use annals_proof::Verifier;
use annals_record::Timestamp;
use sample::copy;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use Verdict::{Damaged, Forked, Ok as Sound, RolledBack, WrongKey};

struct Noon;

impl Clock for Noon {
    fn now(&self) -> Timestamp {
        Timestamp::from_nanos(1_800_000_000_000_000_000)
    }
}

/// The history: blocks of numbered events.
fn history() -> Vec<Vec<u64>> {
    (0..12).map(|block| (block * 20..block * 20 + 20).collect()).collect()
}

/// Writes a history, upon what is there already; gives the checkpoint after each block.
fn write(dir: &Path, blocks: &[Vec<u64>]) -> Vec<String> {
    let options = Options {
        segment_bytes_max: 6_000,
        origin: Some("log.example/x".into()),
        ..Options::default()
    };
    let ledger = Ledger::open_on(Arc::new(Real), Arc::new(Noon), dir, options).unwrap();
    let appender = ledger.appender();
    let append = |numbers: &Vec<u64>| {
        let ticket = appender.ticket(100).unwrap();
        let at = ticket.received_time;
        let batch = numbers.iter().map(|number| sample::event(*number, at)).collect();
        let appended = appender.append(ticket, batch, OnConflict::Refuse).wait().unwrap();
        appended.checkpoint.to_string()
    };
    let notes = blocks.iter().map(append).collect();
    ledger.close().unwrap();
    notes
}

fn replace(from: &Path, to: &Path) {
    fs::remove_dir_all(to).unwrap();
    copy(from, to);
}

/// A true ledger, its key and a checkpoint that somebody kept.
struct Scene {
    folder: tempfile::TempDir,
    key: Verifier,
    kept: String,
}

impl Scene {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let dir = folder.path().join("true");
        let kept = write(&dir, &history()).pop().unwrap();
        let key = LedgerReader::open(&dir).unwrap().verifiers().remove(0);
        let scene = Self { folder, key, kept };
        scene.check("nothing", [Sound; 4]);
        scene
    }

    fn dir(&self) -> PathBuf {
        self.folder.path().join("true")
    }

    /// Another history; with the log's key if it was stolen, else with one of its own.
    fn forge(&self, blocks: &[Vec<u64>], stolen: bool) -> PathBuf {
        let dir = self.folder.path().join("forged");
        if stolen {
            fs::create_dir_all(dir.join("keys")).unwrap();
            for name in ["log.key", "vkeys"] {
                fs::copy(self.dir().join("keys").join(name), dir.join("keys").join(name)).unwrap();
            }
        }
        write(&dir, blocks);
        dir
    }

    /// Verdicts with: nothing, the key, the kept checkpoint, both.
    fn check(&self, what: &str, expected: [Verdict; 4]) {
        let verdict = |key: bool, kept: bool| {
            let keys = if key { vec![self.key.clone()] } else { vec![] };
            let kept = kept.then(|| self.kept.clone()).into_iter().collect();
            let options = FsckOptions { keys, kept, ..FsckOptions::default() };
            fsck(&self.dir(), &options, &mut |_, _| {}).unwrap().verdict
        };
        let found = [(false, false), (true, false), (false, true), (true, true)]
            .map(|(key, kept)| verdict(key, kept));
        assert_eq!(found, expected, "{what}");
    }
}

/// The ways to change the past.
fn changed_histories() -> Vec<(&'static str, Vec<Vec<u64>>)> {
    let change = |change: fn(&mut Vec<Vec<u64>>)| {
        let mut blocks = history();
        change(&mut blocks);
        blocks
    };
    vec![
        ("edit", change(|blocks| blocks[5][7] = 5_555)),
        ("delete", change(|blocks| blocks[5].retain(|number| *number != 107))),
        ("insert", change(|blocks| blocks[5].insert(7, 5_555))),
        ("reorder", change(|blocks| blocks[5].swap(7, 8))),
    ]
}

/// What a kept checkpoint says of a changed past: a shorter one looks like a roll-back.
fn caught_as(what: &str) -> Verdict {
    if what == "delete" { RolledBack } else { Forked }
}

/// Everything computed anew but without the log's key: no signature fits.
#[test]
fn a_changed_past_without_the_key() {
    for (what, blocks) in changed_histories() {
        let scene = Scene::new();
        let forged = scene.forge(&blocks, false);
        replace(&forged.join("ledger"), &scene.dir().join("ledger"));
        scene.check(what, [Damaged; 4]);
    }
}

/// The same, and the folder's keys are exchanged too: it agrees with itself, and only who knows
/// the log's key sees that it is another log.
#[test]
fn a_changed_past_under_another_key() {
    for (what, blocks) in changed_histories() {
        let scene = Scene::new();
        let forged = scene.forge(&blocks, false);
        replace(&forged, &scene.dir());
        // A kept checkpoint that the folder's keys did not sign is foreign; with the log's key it
        // can be read, and says that the tree is another, or larger.
        scene.check(what, [Sound, WrongKey, WrongKey, caught_as(what)]);
    }
}

/// The key is stolen: only a checkpoint kept outside shows it.
#[test]
fn a_changed_past_with_the_stolen_key() {
    for (what, blocks) in changed_histories() {
        let scene = Scene::new();
        let forged = scene.forge(&blocks, true);
        replace(&forged, &scene.dir());
        let caught = caught_as(what);
        scene.check(what, [Sound, Sound, caught, caught]);
    }
}

/// The signer's memory is left where it was: it knows better without any help.
#[test]
fn a_changed_past_beside_an_honest_signer() {
    for (what, blocks) in changed_histories() {
        let scene = Scene::new();
        let forged = scene.forge(&blocks, true);
        replace(&forged.join("ledger"), &scene.dir().join("ledger"));
        let caught = caught_as(what);
        scene.check(what, [caught; 4]);
    }
}

/// The tail is cut at a block's edge and everything else made to fit, as if it had never been.
/// With the signer's memory the folder itself tells; without it, only a kept checkpoint.
#[test]
fn a_tail_cut_at_a_block() {
    for memory in [true, false] {
        let scene = Scene::new();
        let forged = scene.forge(&history()[..8], true);
        let part = if memory { "ledger" } else { "" };
        replace(&forged.join(part), &scene.dir().join(part));
        let expected =
            if memory { [RolledBack; 4] } else { [Sound, Sound, RolledBack, RolledBack] };
        scene.check("truncate", expected);
    }
}

/// The whole folder is put back to a copy from earlier.
#[test]
fn a_folder_rolled_back() {
    let scene = Scene::new();
    let copied = scene.folder.path().join("copy");
    copy(&scene.dir(), &copied);
    let kept = write(&scene.dir(), &[vec![900, 901]]).pop().unwrap();
    let scene = Scene { kept, ..scene };
    scene.check("before", [Sound; 4]);
    replace(&copied, &scene.dir());
    scene.check("roll back", [Sound, Sound, RolledBack, RolledBack]);
}

/// One segment of a forged history, sound in itself and signed with the stolen key, is put in the
/// place of the true one; arrays and later segments stay.
#[test]
fn one_forged_segment() {
    for (what, blocks) in changed_histories() {
        let scene = Scene::new();
        let forged = scene.forge(&blocks, true).join("ledger/segments");
        let segments = scene.dir().join("ledger/segments");
        let mut names: Vec<_> =
            fs::read_dir(&segments).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        names.sort();
        let differs = |name: &std::ffi::OsString| {
            fs::read(segments.join(name)).unwrap() != fs::read(forged.join(name)).unwrap()
        };
        let name = names.into_iter().find(differs).unwrap();
        fs::copy(forged.join(&name), segments.join(&name)).unwrap();
        scene.check(what, [Damaged; 4]);
    }
}

/// Two segments change places: as they are, and under each other's name.
#[test]
fn swapped_segments() {
    let scene = Scene::new();
    let segments = scene.dir().join("ledger/segments");
    let mut names: Vec<PathBuf> =
        fs::read_dir(&segments).unwrap().map(|entry| entry.unwrap().path()).collect();
    names.sort();
    assert!(names.len() >= 3, "{names:?}");
    let (first, second) = (fs::read(&names[0]).unwrap(), fs::read(&names[1]).unwrap());
    fs::write(&names[0], &second).unwrap();
    fs::write(&names[1], &first).unwrap();
    scene.check("swap", [Damaged; 4]);
}

/// An honest change of keys is none of this: who trusts the first key still gets there.
#[test]
fn an_honest_change_of_keys() {
    let scene = Scene::new();
    rotate_key(&scene.dir()).unwrap();
    scene.check("change of keys", [Sound; 4]);
}

/// Many checkpoints were kept: each has its own verdict, and the fork outweighs the roll-back.
#[test]
fn each_kept_checkpoint_is_held_against_the_folder() {
    let scene = Scene::new();
    let dir = scene.folder.path().join("kept from the first block on");
    let kept = write(&dir, &history());
    let check = |dir: &Path, expected: &[Verdict], verdict: Verdict| {
        let options = FsckOptions { kept: kept.clone(), ..FsckOptions::default() };
        let report = fsck(dir, &options, &mut |_, _| {}).unwrap();
        assert_eq!((report.kept.as_slice(), report.verdict), (expected, verdict));
    };
    check(&dir, &[Sound; 12], Sound);
    check(&scene.dir(), &[WrongKey; 12], WrongKey);
    let other = scene.folder.path().join("another history");
    copy(&dir.join("keys"), &other.join("keys"));
    fs::remove_file(other.join("keys/signed")).unwrap();
    let mut blocks = history()[..8].to_vec();
    blocks[5][7] = 5_555;
    write(&other, &blocks);
    let expected = [[Sound; 5].as_slice(), &[Forked; 3], &[RolledBack; 4]].concat();
    check(&other, &expected, Forked);
}

/// A check that was told to stop gives no answer, least of all a good one.
#[test]
fn a_stopped_check_says_so() {
    let scene = Scene::new();
    let options = FsckOptions::default();
    options.stop.store(true, std::sync::atomic::Ordering::Relaxed);
    let stopped = fsck(&scene.dir(), &options, &mut |_, _| {});
    assert!(matches!(stopped, Err(annals_ledger::LedgerError::CheckStopped)), "{stopped:?}");
}
