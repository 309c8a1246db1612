//! A ledger on a disk that fails, and the memory of whoever appends to it: what was acknowledged
//! must be there, what was sent as one batch must be there whole or not at all.

use super::{event, id};
use annals_ledger::disk::{Disk, Faulty};
use annals_ledger::{
    Clock, FsckOptions, Ledger, LedgerError, LedgerReader, OnConflict, Options, Place, Verdict,
    fsck_on,
};
use annals_proof::{ConsistencyProof, Hash, LeafIndex, SignedCheckpoint};
use annals_record::Timestamp;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

/// A clock that goes on by a second at each look, and back now and then.
#[derive(Default)]
pub(crate) struct TestClock(AtomicI64);

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        let tick = self.0.fetch_add(1, Ordering::Relaxed);
        let back = if tick % 7 == 3 { 60 } else { 0 };
        Timestamp::from_nanos(1_800_000_000_000_000_000 + (tick - back) * 1_000_000_000)
    }
}

/// Whoever appends.
pub(crate) struct Sender {
    pub(crate) disk: Faulty,
    clock: Arc<TestClock>,
    dir: PathBuf,
    segment_bytes_max: u64,
    /// Numbers of the events of each batch sent, and their places if it was acknowledged.
    batches: Vec<(Vec<u64>, Option<Vec<u64>>)>,
    /// The newest checkpoint seen.
    checkpoint: Option<Arc<str>>,
}

impl Sender {
    pub(crate) fn new(seed: u64, segment_bytes_max: u64) -> Self {
        Self {
            disk: Faulty::new(seed),
            clock: Arc::new(TestClock::default()),
            dir: PathBuf::from("/data"),
            segment_bytes_max,
            batches: Vec::new(),
            checkpoint: None,
        }
    }

    pub(crate) fn open(&self) -> Result<Ledger, LedgerError> {
        let disk: Arc<dyn Disk> = Arc::new(self.disk.clone());
        let options = Options {
            segment_bytes_max: self.segment_bytes_max,
            origin: Some("log.example/test".to_owned()),
            ..Options::default()
        };
        Ledger::open_on(disk, Arc::clone(&self.clock) as Arc<dyn Clock>, &self.dir, options)
    }

    /// Sends one batch and remembers what came of it.
    pub(crate) fn append(&mut self, ledger: &Ledger, numbers: &[u64]) -> Result<(), LedgerError> {
        let appender = ledger.appender();
        let ticket = appender.ticket(100)?;
        let batch = numbers.iter().map(|number| event(*number, ticket.received_time)).collect();
        let place = self.batches.len();
        self.batches.push((numbers.to_vec(), None));
        let appended = appender.append(ticket, batch, OnConflict::Refuse).wait()?;
        let places = appended.places.iter().map(|place| match place {
            Place::Accepted(index) | Place::Duplicate(index) => index.0,
            other => panic!("nothing conflicts, but {other:?}"),
        });
        self.batches[place].1 = Some(places.collect());
        self.checkpoint = Some(appended.checkpoint);
        Ok(())
    }

    /// Opens what is on disk, which must succeed, and checks every promise.
    pub(crate) fn check(&self, context: &str) {
        let ledger = self.open().unwrap_or_else(|error| panic!("{context}: open: {error}"));
        self.check_promises(&ledger.reader(), context);
        ledger.close().unwrap_or_else(|error| panic!("{context}: close: {error}"));
        let disk: Arc<dyn Disk> = Arc::new(self.disk.clone());
        let report = fsck_on(&disk, &self.dir, &FsckOptions::default(), &mut |_, _| {}).unwrap();
        assert_eq!(report.verdict, Verdict::Ok, "{context}: {report:#?}");
        assert_eq!((report.findings, report.unfinished), (vec![], vec![]), "{context}");
    }

    pub(crate) fn check_promises(&self, reader: &LedgerReader, context: &str) {
        let head = reader.head();
        let mut kept: BTreeMap<String, u64> = BTreeMap::new();
        for item in reader.range(0..u64::MAX) {
            let (index, leaf) = item.unwrap_or_else(|error| panic!("{context}: {error}"));
            let twice = kept.insert(leaf.core().id().into_owned(), index.0);
            assert_eq!(twice, None, "{context}: an id is kept twice");
            let proof = reader.prove(index).unwrap();
            proof.verify(&Hash(leaf.hash()), &reader.verifiers()).unwrap();
        }
        assert_eq!(kept.len() as u64, head.size.0, "{context}");
        for (numbers, places) in &self.batches {
            let here: Vec<Option<u64>> =
                numbers.iter().map(|number| kept.get(&id(*number)).copied()).collect();
            match places {
                Some(places) => {
                    let places: Vec<_> = places.iter().map(|place| Some(*place)).collect();
                    assert_eq!(here, places, "{context}: an acknowledged batch");
                }
                None => {
                    let count = here.iter().flatten().count();
                    assert!([0, here.len()].contains(&count), "{context}: half a batch: {here:?}");
                }
            }
            for (number, index) in numbers.iter().zip(here) {
                let found = reader.find(&id(*number)).unwrap();
                assert_eq!(
                    found,
                    index.map(LeafIndex).into_iter().collect::<Vec<_>>(),
                    "{context}"
                );
            }
        }
        if let Some(note) = &self.checkpoint {
            let old = SignedCheckpoint::verify(note, &reader.verifiers()).unwrap().checkpoint;
            assert!(old.size <= head.size, "{context}: the head went back");
            let proof = ConsistencyProof::build(old.size, head.size, reader).unwrap();
            proof.verify(&old.root, &head.root).unwrap();
        }
    }

    pub(crate) fn dir(&self) -> &Path {
        &self.dir
    }
}
