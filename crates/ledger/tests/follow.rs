//! Followers see every leaf once, in order, over failures and restarts; their positions survive.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "sample/mod.rs"]
mod sample;

use annals_ledger::disk::{Disk, Fault, Faulty, Real};
use annals_ledger::{
    FollowError, Follower, FollowerHandle, Ledger, LedgerError, OnConflict, Options, SavedPosition,
};
use annals_proof::LeafIndex;
use annals_record::Leaf;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

/// Tells a channel what it took, and fails when it is told to.
struct Tail {
    position: SavedPosition,
    calls: u64,
    /// Numbers of the calls that fail.
    fails: Range<u64>,
    seen: Sender<Vec<(u64, String)>>,
}

impl Follower for Tail {
    fn name(&self) -> &str {
        "tail"
    }

    fn position(&self) -> LeafIndex {
        self.position.get()
    }

    fn follow(&mut self, batch: &[(LeafIndex, Leaf)]) -> Result<(), FollowError> {
        self.calls += 1;
        if self.fails.contains(&(self.calls - 1)) {
            return Err("told to fail".into());
        }
        let (last, _) = batch.last().ok_or("an empty batch")?;
        self.position.save(LeafIndex(last.0 + 1))?;
        let leaf = |(index, leaf): &(LeafIndex, Leaf)| (index.0, leaf.core().id().into_owned());
        self.seen.send(batch.iter().map(leaf).collect())?;
        Ok(())
    }
}

fn open(dir: &Path) -> Ledger {
    // Failures are tried again at once.
    let options = Options { follow_pause: Duration::ZERO, ..Options::default() };
    Ledger::open(dir, options).unwrap()
}

fn append(ledger: &Ledger, numbers: Range<u64>) {
    let appender = ledger.appender();
    let ticket = appender.ticket(100).unwrap();
    let batch = numbers.map(|number| sample::event(number, ticket.received_time)).collect();
    appender.append(ticket, batch, OnConflict::Refuse).wait().unwrap();
}

type Seen = Receiver<Vec<(u64, String)>>;

fn follow(ledger: &Ledger, file: &Path, fails: Range<u64>) -> (FollowerHandle, Seen) {
    let (seen, receiver) = channel();
    let position = SavedPosition::open(Arc::new(Real), file).unwrap();
    let tail = Tail { position, calls: 0, fails, seen };
    (ledger.follow(Box::new(tail)).unwrap(), receiver)
}

/// The next leaves are these, each once and in order, however they are cut into batches.
fn must_see(seen: &Seen, numbers: Range<u64>) {
    let mut expected = numbers.map(|number| (number, sample::id(number))).peekable();
    while expected.peek().is_some() {
        for leaf in seen.recv().unwrap() {
            assert_eq!(Some(leaf), expected.next());
        }
    }
}

/// A follower that fails, is stopped and started again has seen every leaf once and in order.
#[test]
fn every_leaf_once_in_order() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("position");
    let ledger = open(folder.path());
    append(&ledger, 0..100);
    let (handle, seen) = follow(&ledger, &file, 0..3);
    must_see(&seen, 0..100);
    for from in (100..600).step_by(100) {
        append(&ledger, from..from + 100);
        must_see(&seen, from..from + 100);
    }
    assert_eq!(handle.failures(), 3, "each failure is counted");
    assert_eq!(handle.stop().unwrap().position(), LeafIndex(600));

    append(&ledger, 600..9_000);
    let (handle, seen) = follow(&ledger, &file, 1..2);
    must_see(&seen, 600..9_000);
    drop(handle);
    assert_eq!(seen.try_recv().ok(), None, "nothing comes twice");
    ledger.close().unwrap();

    // The ledger is opened again: the follower begins where it was.
    let ledger = open(folder.path());
    append(&ledger, 9_000..9_010);
    let (_handle, seen) = follow(&ledger, &file, 0..1);
    must_see(&seen, 9_000..9_010);
}

/// A save that fails leaves the old position or the new one, never a damaged file.
#[test]
fn a_position_survives_every_fault() {
    let file = Path::new("/views/position");
    for fault in Fault::ALL {
        for call in 0.. {
            let faulty = Faulty::new(call);
            let disk: Arc<dyn Disk> = Arc::new(faulty.clone());
            disk.create_folder(Path::new("/views")).unwrap();
            disk.sync_folder(Path::new("/")).unwrap();
            let mut position = SavedPosition::open(Arc::clone(&disk), file).unwrap();
            position.save(LeafIndex(7)).unwrap();
            faulty.fail_at(faulty.calls() + call, fault);
            let saved = position.save(LeafIndex(9));
            let happened = faulty.happened();
            faulty.restart();
            let now = SavedPosition::open(disk, file).unwrap().get().0;
            assert!(now == 9 || (now == 7 && saved.is_err()), "{happened:?}: {now}");
            if happened.is_none() {
                assert!(call > 3, "a save has become too short to be a test");
                break;
            }
        }
    }
}

/// A damaged position is refused: to begin anew is the decision of whoever runs it.
#[test]
fn a_damaged_position_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("position");
    let mut position = SavedPosition::open(Arc::new(Real), &file).unwrap();
    position.save(LeafIndex(1_234)).unwrap();
    let good = std::fs::read(&file).unwrap();
    for bit in 0..good.len() * 8 {
        let mut bytes = good.clone();
        bytes[bit / 8] ^= 1 << (bit % 8);
        std::fs::write(&file, bytes).unwrap();
        let opened = SavedPosition::open(Arc::new(Real), &file);
        assert!(matches!(opened, Err(LedgerError::Corrupt { .. })), "bit {bit}");
    }
}
