//! A ledger against a plain vector: random appends (with doubles), reads, closes, kills, power
//! cuts, faults, and rewrites that compact, erase or prune. After each step the ledger must say what
//! the vector says; of a batch whose answer was an error it may hold all or nothing.
//!
//! A failure prints the steps and proptest's seed.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "sample/mod.rs"]
mod sample;

use annals_ledger::disk::{Disk, Fault, Faulty};
use annals_ledger::{
    FindingKind, FsckOptions, Ledger, LedgerError, OnConflict, Options, Place, fsck_on,
};
use annals_proof::{Hash, LeafIndex};
use annals_record::{Kept, Tag};
use proptest::prelude::*;
use sample::harness::TestClock;
use std::path::Path;
use std::sync::Arc;

#[derive(Clone, Debug)]
enum Step {
    /// New events, and as many of the oldest again.
    Append {
        new: u64,
        again: u64,
    },
    Read(prop::sample::Index),
    Close,
    Kill,
    PowerCut,
    /// A fault so many calls ahead.
    Fault(u64, Fault),
    Rewrite(prop::sample::Index, Change),
}

#[derive(Clone, Copy, Debug)]
enum Change {
    Compact,
    /// The operator of every such leaf.
    Erase(u64),
    /// Every such leaf.
    Prune(u64),
}

fn any_step() -> impl Strategy<Value = Step> {
    let any_fault = prop::sample::select(Fault::ALL.to_vec());
    let any_change = prop_oneof![
        Just(Change::Compact),
        (1u64..5).prop_map(Change::Erase),
        (2u64..6).prop_map(Change::Prune),
    ];
    prop_oneof![
        8 => (1u64..12, 0u64..3).prop_map(|(new, again)| Step::Append { new, again }),
        3 => any::<prop::sample::Index>().prop_map(Step::Read),
        1 => Just(Step::Close),
        1 => Just(Step::Kill),
        1 => Just(Step::PowerCut),
        2 => (0u64..40, any_fault).prop_map(|(ahead, fault)| Step::Fault(ahead, fault)),
        2 => (any::<prop::sample::Index>(), any_change)
            .prop_map(|(segment, change)| Step::Rewrite(segment, change)),
    ]
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum State {
    Whole,
    Erased,
    Pruned,
}

struct Model {
    disk: Faulty,
    clock: Arc<TestClock>,
    ledger: Option<Ledger>,
    /// Event number and state at each index.
    leaves: Vec<(u64, State, Hash)>,
    /// Events of a batch whose answer was an error, after `leaves`.
    unsure: Vec<u64>,
    next: u64,
}

impl Model {
    fn new(seed: u64) -> Self {
        let (disk, clock) = (Faulty::new(seed), Arc::new(TestClock::default()));
        let (leaves, unsure) = (Vec::new(), Vec::new());
        Self { disk, clock, ledger: None, leaves, unsure, next: 0 }
    }

    /// The open ledger; opens it, with a restart after a fault, and settles what was unsure.
    fn ledger(&mut self) -> &Ledger {
        if self.ledger.is_none() {
            self.disk.restart();
            let disk: Arc<dyn Disk> = Arc::new(self.disk.clone());
            let options = Options { segment_bytes_max: 2_500, ..Options::default() };
            let clock = Arc::clone(&self.clock);
            let ledger = Ledger::open_on(disk, clock, Path::new("/data"), options).unwrap();
            self.settle(&ledger);
            self.ledger = Some(ledger);
        }
        self.ledger.as_ref().unwrap()
    }

    fn settle(&mut self, ledger: &Ledger) {
        let reader = ledger.reader();
        let size = reader.head().size.0 as usize;
        let unsure = std::mem::take(&mut self.unsure);
        assert!(
            [self.leaves.len(), self.leaves.len() + unsure.len()].contains(&size),
            "{} leaves, {} unsure, {size} are there",
            self.leaves.len(),
            unsure.len()
        );
        for number in unsure.into_iter().take(size - self.leaves.len()) {
            let leaf = reader.leaf(LeafIndex(self.leaves.len() as u64)).unwrap();
            self.leaves.push((number, State::Whole, Hash(leaf.hash())));
        }
    }

    /// After an error: the process ends, and what it was doing is unsure.
    fn give_up(&mut self, unsure: Vec<u64>) {
        self.ledger = None;
        self.unsure = unsure;
    }

    fn append(&mut self, new: u64, again: u64) {
        let old: Vec<(u64, u64)> = (0..)
            .zip(&self.leaves)
            .filter(|(_, (_, state, _))| *state != State::Pruned)
            .take(again as usize)
            .map(|(index, (number, ..))| (index, *number))
            .collect();
        let fresh: Vec<u64> = (self.next..self.next + new).collect();
        self.next += new;
        let appender = self.ledger().appender();
        let settled = self.leaves.len() as u64;
        let Ok(ticket) = appender.ticket(10) else { return self.give_up(Vec::new()) };
        let numbers = old.iter().map(|(_, number)| number).chain(&fresh);
        let batch: Vec<_> =
            numbers.map(|number| sample::event(*number, ticket.received_time)).collect();
        let hashes: Vec<Hash> = batch[old.len()..].iter().map(|sealed| Hash(sealed.hash)).collect();
        match appender.append(ticket, batch, OnConflict::Refuse).wait() {
            Err(_) => self.give_up(fresh),
            Ok(appended) => {
                let expected: Vec<Place> = old
                    .iter()
                    .map(|(index, _)| Place::Duplicate(LeafIndex(*index)))
                    .chain((settled..settled + new).map(|index| Place::Accepted(LeafIndex(index))))
                    .collect();
                assert_eq!(appended.places, expected);
                let leaves = fresh.into_iter().zip(hashes);
                self.leaves.extend(leaves.map(|(number, hash)| (number, State::Whole, hash)));
            }
        }
    }

    fn rewrite(&mut self, segment: prop::sample::Index, change: Change) {
        let sealed = self.ledger().sealed_segments();
        if sealed.is_empty() {
            return;
        }
        let first = sealed[segment.index(sealed.len())].first;
        let mut touched = Vec::new();
        let written = self.ledger().rewrite(first, &mut (), |index, kept| match (change, kept) {
            (Change::Erase(every), Kept::Leaf(mut leaf)) if index.0.is_multiple_of(every) => {
                leaf.erase(&[Tag::OPERATOR]);
                touched.push((index.0, State::Erased));
                Kept::Leaf(leaf)
            }
            (Change::Prune(every), kept) if index.0.is_multiple_of(every) => {
                touched.push((index.0, State::Pruned));
                Kept::Pruned(kept.hash())
            }
            (_, kept) => kept,
        });
        match written {
            Ok(_) => {
                for (index, state) in touched {
                    self.leaves[index as usize].1 = state;
                }
            }
            // The old or the new file stands, whole: find out which.
            Err(_) => {
                self.give_up(Vec::new());
                let reader = self.ledger().reader();
                for (index, state) in touched {
                    let kept = reader.kept(LeafIndex(index)).unwrap();
                    let is_new = match (&kept, state) {
                        (Kept::Pruned(_), State::Pruned) => true,
                        (Kept::Leaf(leaf), State::Erased) => leaf.value(Tag::OPERATOR).is_none(),
                        _ => false,
                    };
                    if is_new {
                        self.leaves[index as usize].1 = state;
                    }
                }
            }
        }
    }

    fn read(&mut self, place: prop::sample::Index) {
        let reader = self.ledger().reader();
        if self.leaves.is_empty() {
            return;
        }
        let index = LeafIndex(place.index(self.leaves.len()) as u64);
        let (number, state, hash) = self.leaves[index.0 as usize];
        let kept = reader.kept(index).unwrap();
        assert_eq!(Hash(kept.hash()), hash);
        let proof = reader.prove(index).unwrap();
        proof.verify(&hash, &reader.verifiers()).unwrap();
        let found = reader.find(&sample::id(number)).unwrap();
        match (kept, state) {
            (Kept::Pruned(_), State::Pruned) => {
                assert!(matches!(reader.leaf(index), Err(LedgerError::Pruned { .. })));
                assert!(!found.contains(&index));
            }
            (Kept::Leaf(leaf), State::Whole | State::Erased) => {
                assert_eq!(leaf.core().id(), sample::id(number));
                assert_eq!(leaf.value(Tag::OPERATOR).is_none(), state == State::Erased);
                assert!(found.contains(&index));
            }
            (kept, state) => panic!("{index} is {kept:?}, not {state:?}"),
        }
    }

    fn step(&mut self, step: &Step) {
        match step {
            Step::Append { new, again } => self.append(*new, *again),
            Step::Read(place) => self.read(*place),
            Step::Close => {
                self.ledger();
                if self.ledger.take().unwrap().close().is_err() {
                    self.give_up(Vec::new());
                }
            }
            Step::Kill => {
                self.ledger();
                self.ledger = None;
            }
            Step::PowerCut => {
                self.ledger();
                self.disk.crash();
                self.ledger = None;
            }
            Step::Fault(ahead, fault) => {
                self.ledger();
                self.disk.fail_at(self.disk.calls() + ahead, *fault);
            }
            Step::Rewrite(segment, change) => self.rewrite(*segment, *change),
        }
    }

    fn finish(mut self) {
        self.disk.fail_at(u64::MAX, Fault::Lost);
        // A fault may have stopped it without anybody asking yet.
        self.ledger = None;
        self.ledger();
        self.ledger.take().unwrap().close().unwrap();
        let disk: Arc<dyn Disk> = Arc::new(self.disk.clone());
        let report =
            fsck_on(&disk, Path::new("/data"), &FsckOptions::default(), &mut |_, _| {}).unwrap();
        assert_eq!(report.size.0, self.leaves.len() as u64);
        assert_eq!(report.unfinished, []);
        // Erased and pruned without the control entries that would say why.
        let others: Vec<_> =
            report.findings.iter().filter(|finding| finding.kind != FindingKind::Missing).collect();
        assert!(others.is_empty(), "{others:#?}");
        let gone = self.leaves.iter().any(|(_, state, _)| *state != State::Whole);
        assert_eq!(!report.findings.is_empty(), gone);
    }
}

proptest! {
    // A case is a whole life; PROPTEST_CASES makes it more.
    #![proptest_config(ProptestConfig::with_cases(ProptestConfig::default().cases / 4))]

    #[test]
    fn ledger_is_a_vector(seed: u64, steps in prop::collection::vec(any_step(), 1..50)) {
        let mut model = Model::new(seed);
        for step in &steps {
            model.step(step);
        }
        model.finish();
    }
}
