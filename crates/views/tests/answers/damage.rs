//! Damage to the ledger hides what is damaged and nothing else, and every answer says so.

use std::ops::Range;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use annals_ledger::{Ledger, Options};
use annals_record::Timestamp;
use annals_views::{
    IndexOptions, Indexer, Order, Partial, PartialReason, Question, Scope, SearchIndex, Tail,
};

use crate::lives::{CATALOGUE, Lives, NOW, act, intent, outcome, progress};

const EVENTS: u64 = 600;

/// A ledger of small segments.
fn open(folder: &Path) -> Ledger {
    let origin = Some("log.example/a".to_owned());
    let options = Options { origin, segment_bytes_max: 16 << 10, ..Options::default() };
    Ledger::open(&folder.join("data"), options).unwrap()
}

fn index(folder: &Path, ledger: &Ledger) -> (SearchIndex, Indexer) {
    let catalogue = Arc::clone(&CATALOGUE);
    let options = IndexOptions::default();
    SearchIndex::open(&folder.join("views"), ledger.reader(), catalogue, options).unwrap()
}

fn fill(folder: &Path) {
    let lives = Lives::over(open(folder));
    for _ in 0..EVENTS / 20 {
        lives.tell((0..20).map(|_| act("1T08:00", "cluster.power_on", "li4")));
    }
    lives.ledger.close().unwrap();
}

/// Turns a bit over in the middle of the first segment; twice, and it is whole again.
fn flip(folder: &Path) {
    let segments = folder.join("data/ledger/segments");
    let mut files: Vec<_> =
        std::fs::read_dir(segments).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    assert!(files.len() > 1, "{files:?}");
    let mut bytes = std::fs::read(&files[0]).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&files[0], bytes).unwrap();
}

/// The positions that a walk meets, and why it is partial.
fn met(index: &SearchIndex) -> (Vec<u64>, Option<Partial>) {
    let now = Timestamp::parse(NOW).unwrap();
    let question = Question::everything(Scope::everything(), now);
    let page = index.page(&question, Order::Index, None, None, 10_000, &progress()).unwrap();
    let indexes = page.value.events.iter().map(|found| found.position.index).collect();
    (indexes, page.partial)
}

fn everything_but(hidden: &Range<u64>) -> (Vec<u64>, Option<Partial>) {
    let seen = (0..EVENTS).filter(|index| !hidden.contains(index)).collect();
    let reason = PartialReason::LedgerDamaged;
    (seen, Some(Partial { reason, scanned_to: hidden.start }))
}

/// What a damaged ledger hides.
fn hidden(index: &SearchIndex) -> Range<u64> {
    let (seen, _) = met(index);
    let gone: Vec<u64> = (0..EVENTS).filter(|index| !seen.contains(index)).collect();
    assert!(!gone.is_empty() && gone.len() < EVENTS as usize / 4, "{gone:?}");
    gone[0]..gone[gone.len() - 1] + 1
}

// Protects: the index goes on behind a damaged frame, whoever feeds it, says what it lacks also
// after a start, and is made anew once the ledger is mended.
#[test]
fn what_was_never_read() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    fill(folder);
    flip(folder);
    let ledger = open(folder);
    let (asked, indexer) = index(folder, &ledger);
    let hidden = hidden(&asked);
    assert_eq!(met(&asked), everything_but(&hidden));
    let follower = ledger.follow(Box::new(indexer)).unwrap();
    while follower.lag() > 0 {
        std::thread::yield_now();
    }
    assert_eq!(met(&asked), everything_but(&hidden));
    drop(follower.stop());
    let (asked, mut indexer) = index(folder, &ledger);
    indexer.catch_up(|_, _| ()).unwrap();
    assert!(indexer.seal());
    assert_eq!(met(&asked), everything_but(&hidden));
    drop(indexer);
    let (asked, indexer) = index(folder, &ledger);
    assert_eq!(met(&asked), everything_but(&hidden));
    drop((asked, indexer));
    ledger.close().unwrap();
    flip(folder);
    let ledger = open(folder);
    let (asked, _indexer) = index(folder, &ledger);
    assert_eq!(met(&asked), ((0..EVENTS).collect(), None));
}

// Protects: an event that was found once and cannot be read any more makes an answer partial, not
// an error.
#[test]
fn what_cannot_be_read_any_more() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    fill(folder);
    let ledger = open(folder);
    let (_, mut indexer) = index(folder, &ledger);
    indexer.catch_up(|_, _| ()).unwrap();
    assert!(indexer.seal());
    drop(indexer);
    ledger.close().unwrap();
    flip(folder);
    let ledger = open(folder);
    let (asked, _indexer) = index(folder, &ledger);
    let hidden = hidden(&asked);
    assert_eq!(met(&asked), everything_but(&hidden));
    let now = Timestamp::parse(NOW).unwrap();
    let question = Question::everything(Scope::everything(), now);
    let mut tail = Tail::new(ledger.reader(), &CATALOGUE, &question, 0);
    let (mut told, mut lost) = (Vec::new(), Vec::new());
    while told.len() + (hidden.end - hidden.start) as usize != EVENTS as usize {
        let batch = tail.advance(Duration::ZERO).unwrap();
        told.extend(batch.events.iter().map(|found| found.position.index));
        lost.extend(batch.lost);
    }
    assert_eq!((told, lost), (everything_but(&hidden).0, vec![hidden]));
}

// Protects: a tail goes on behind an outcome whose intent is damaged; the outcome is told alone.
#[test]
fn an_intent_that_is_damaged() {
    const PAIRS: u64 = 300;
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let lives = Lives::over(open(folder));
    let begun = || act("1T08:00", "cluster.power_on", "li4");
    for _ in 0..PAIRS / 20 {
        lives.tell((0..20).map(|_| intent(begun())));
    }
    let ids: Vec<String> = (0..PAIRS).map(|number| format!("e-{number}")).collect();
    for ids in ids.chunks(20) {
        lives.tell(ids.iter().map(|id| outcome(begun(), id, "success")));
    }
    lives.ledger.close().unwrap();
    drop(lives.index);
    flip(folder);
    let ledger = open(folder);
    let now = Timestamp::parse(NOW).unwrap();
    let question = Question::everything(Scope::everything(), now);
    // Only outcomes are followed, so that none of the damaged leaves is met by itself.
    let mut tail = Tail::new(ledger.reader(), &CATALOGUE, &question, PAIRS);
    let (mut alone, mut joined) = (0, 0);
    let mut looked_to = PAIRS;
    while looked_to < 2 * PAIRS {
        let batch = tail.advance(Duration::ZERO).unwrap();
        looked_to = batch.looked_to;
        for found in &batch.events {
            *(if found.outcome.is_some() { &mut joined } else { &mut alone }) += 1;
        }
    }
    assert_eq!(alone + joined, PAIRS);
    assert!(alone > 0 && joined > 0, "{alone} {joined}");
}
