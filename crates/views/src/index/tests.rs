//! The index against one made anew: whatever happened to it, both hold the same rows.

use std::fs;
use std::path::PathBuf;

use annals_ledger::disk::Faulty;
use annals_ledger::{Ledger, OnConflict, Options, SystemClock};
use annals_record::{Control, Object, Phase, Record, RecordSalt, Sender, Tag, Timestamp};
use proptest::prelude::*;
use tempfile::TempDir;

use super::*;
use crate::columns::{ColumnId, Flags};
use crate::memory::MemoryPart;
use crate::merge::merge;
use crate::ordinals::ABSENT;

const SERVER: &str = "00000000";
/// Follows an erased value through the files.
const SECRET: &str = "secretword17";

struct House {
    ledger: Ledger,
    folder: TempDir,
    index: Option<(SearchIndex, Indexer)>,
    size: u64,
}

fn ledger(origin: &str) -> Ledger {
    let options = Options { origin: Some(origin.to_owned()), ..Options::default() };
    let disk = Arc::new(Faulty::new(1));
    Ledger::open_on(disk, Arc::new(SystemClock), Path::new("/data"), options).unwrap()
}

fn options() -> IndexOptions {
    IndexOptions { seal_rows: 40, open_limit: Duration::from_secs(60), help_leaves: 0 }
}

fn open(ledger: &Ledger, folder: &Path) -> (SearchIndex, Indexer) {
    open_with(ledger, folder, options())
}

fn open_with(ledger: &Ledger, folder: &Path, options: IndexOptions) -> (SearchIndex, Indexer) {
    let catalogue = Arc::new(Catalogue::built_in());
    SearchIndex::open(folder, ledger.reader(), catalogue, options).unwrap()
}

/// The live rows, in one part.
fn rows(index: &SearchIndex) -> MemoryPart {
    merge(&index.snapshot().parts().iter().collect::<Vec<_>>())
}

impl House {
    fn new() -> Self {
        let ledger = ledger("log.example/a");
        let folder = tempfile::tempdir().unwrap();
        let index = Some(open(&ledger, folder.path()));
        Self { ledger, folder, index, size: 0 }
    }

    fn index(&self) -> &SearchIndex {
        &self.index.as_ref().unwrap().0
    }

    fn indexer(&mut self) -> &mut Indexer {
        &mut self.index.as_mut().unwrap().1
    }

    fn follow(&mut self) {
        self.indexer().catch_up(|_, _| ()).unwrap();
    }

    fn seal(&mut self) {
        self.follow();
        assert!(self.indexer().seal());
    }

    fn reopen(&mut self) {
        self.index = None;
        self.index = Some(open(&self.ledger, self.folder.path()));
    }

    fn append(&mut self, record: Record<'_>) -> u64 {
        let sender = Sender {
            emitter: SERVER.to_owned(),
            region: Some("r".to_owned()),
            stack_id: Some("s".to_owned()),
            may_be_system: true,
            is_server: true,
        };
        let id = format!("e-{}", self.size);
        let second = 1_700_000_000 + self.size * 7919 % 5000;
        let time = Timestamp::from_nanos(second as i64 * 1_000_000_000);
        let time = String::from_utf8(time.to_bytes().to_vec()).unwrap();
        let record = Record {
            id: Some(id.into()),
            time: Some(time.into()),
            operator: Some("zhang3".into()),
            ..record
        };
        let appender = self.ledger.appender();
        let ticket = appender.ticket(1).unwrap();
        let catalogue = Catalogue::built_in();
        let (salt, received) = (RecordSalt([7; 16]), ticket.received_time);
        let sealed = record.seal(&catalogue, &sender, received, salt, || unreachable!()).unwrap();
        appender.append(ticket, vec![sealed], OnConflict::Refuse).wait().unwrap();
        self.size += 1;
        self.size - 1
    }

    fn event(&mut self, text: &str) -> u64 {
        let object = Object { id: Some(format!("c-{text}").into()), ..Object::default() };
        self.append(Record {
            operation: Some("cluster.create".into()),
            object: Some(object),
            reason: Some(text.to_owned().into()),
            ..Record::default()
        })
    }

    fn intent(&mut self) -> u64 {
        self.append(Record {
            operation: Some("cluster.create".into()),
            phase: Phase::Intent,
            ..Record::default()
        })
    }

    fn outcome(&mut self, intent: u64) -> u64 {
        let of = format!("e-{intent}");
        self.append(Record {
            operation: Some("cluster.create".into()),
            outcome: Some("failure".into()),
            phase: Phase::Outcome { of: of.into() },
            ..Record::default()
        })
    }

    /// The order to erase; the ledger itself still has the value, as between order and rewrite.
    fn erase(&mut self, index: u64) -> u64 {
        self.append(Record {
            operation: Some("audit.redact".into()),
            control: Some(Control::Redact { index, tags: vec![Tag::OBJECT_ID, Tag::REASON] }),
            ..Record::default()
        })
    }

    /// What an index holds that was made anew.
    fn expected(&self) -> MemoryPart {
        let folder = tempfile::tempdir().unwrap();
        let (index, mut indexer) = open(&self.ledger, folder.path());
        indexer.catch_up(|_, _| ()).unwrap();
        rows(&index)
    }

    fn check(&mut self) {
        let expected = self.expected();
        let (ahead, left) = {
            let deadline = Instant::now() + Duration::from_secs(600);
            self.index().snapshot_to(self.size, deadline).unwrap()
        };
        assert_eq!(left, None);
        assert_eq!(merge(&ahead.parts().iter().collect::<Vec<_>>()), expected);
        self.follow();
        assert_eq!(rows(self.index()), expected);
    }

    fn files(&self) -> Vec<PathBuf> {
        fn files_of(folder: &Path, out: &mut Vec<PathBuf>) {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() { files_of(&path, out) } else { out.push(path) }
            }
        }
        let mut files = Vec::new();
        files_of(self.folder.path(), &mut files);
        files
    }

    fn files_with(&self, text: &str) -> usize {
        let holds = |path: &&PathBuf| {
            let bytes = fs::read(path).unwrap();
            memchr::memmem::find(&bytes, text.as_bytes()).is_some()
        };
        self.files().iter().filter(holds).count()
    }
}

fn text_of(part: &MemoryPart, index: u64, id: ColumnId) -> String {
    let part = Part::memory(part.clone()).unwrap();
    let doc = part.doc_of(index).unwrap();
    let (mut ords, mut buffer) = (smallvec::SmallVec::new(), String::new());
    part.column(id).ords(doc, &mut ords);
    let ord = ords.first().filter(|ord| **ord != ABSENT);
    ord.map_or(String::new(), |ord| part.column(id).term(*ord, &mut buffer).to_owned())
}

/// What happens to an index.
#[derive(Clone, Debug)]
enum Step {
    Events(u64),
    Intent,
    Outcome(prop::sample::Index),
    Erase(prop::sample::Index),
    Follow,
    Seal,
    Reopen,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        2 => (1..60_u64).prop_map(Step::Events),
        2 => Just(Step::Intent),
        2 => any::<prop::sample::Index>().prop_map(Step::Outcome),
        1 => any::<prop::sample::Index>().prop_map(Step::Erase),
        1 => Just(Step::Follow),
        1 => Just(Step::Seal),
        1 => Just(Step::Reopen),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    // Protects: in whatever order rows are sealed, closed, erased and read back, the index is the
    // one that the ledger says, for questions that run ahead of it too.
    #[test]
    fn same_as_made_anew(steps in prop::collection::vec(step(), 1..14)) {
        let mut house = House::new();
        let mut intents = Vec::new();
        for step in steps {
            match step {
                Step::Events(count) => {
                    (0..count).for_each(|_| { house.event(&format!("w{}", house.size)); });
                }
                Step::Intent => intents.push(house.intent()),
                Step::Outcome(which) if !intents.is_empty() => {
                    let intent = intents.swap_remove(which.index(intents.len()));
                    house.outcome(intent);
                }
                Step::Erase(which) if house.size > 0 => {
                    house.erase(which.index(house.size as usize) as u64);
                }
                Step::Outcome(_) | Step::Erase(_) => {}
                Step::Follow => house.follow(),
                Step::Seal => house.seal(),
                Step::Reopen => house.reopen(),
            }
        }
        house.check();
        house.seal();
        house.reopen();
        house.check();
    }
}

// Protects: an intent lists once, with what its outcome says, wherever the two are kept; its
// outcome leaf has a hidden row.
#[test]
fn an_outcome_closes_its_intent() {
    let mut house = House::new();
    let intent = house.intent();
    house.seal();
    assert_eq!(text_of(&rows(house.index()), intent, ColumnId::Outcome), "pending");
    let outcome = house.outcome(intent);
    house.follow();
    let check = |index: &SearchIndex| {
        let rows = rows(index);
        assert_eq!(rows.len(), 2);
        assert_eq!(text_of(&rows, intent, ColumnId::Outcome), "failure");
        let part = Part::memory(rows).unwrap();
        let hidden = part.doc_of(outcome).unwrap();
        assert!(part.flags(hidden).has(Flags::HIDDEN));
        assert_eq!(part.partner(hidden), Some(intent));
        assert_eq!(part.partner(part.doc_of(intent).unwrap()), Some(outcome));
    };
    check(house.index());
    house.reopen();
    house.follow();
    check(house.index());
    house.seal();
    house.reopen();
    check(house.index());
}

// Protects: an intent is given up after the limit, is given up still after a restart that finds
// the row only in memory, and a late outcome corrects it.
#[test]
fn a_late_outcome_corrects() {
    let mut house = House::new();
    let intent = house.intent();
    house.seal();
    let outcome = |house: &House| text_of(&rows(house.index()), intent, ColumnId::Outcome);
    house.index().give_up_intents(1_700_000_000_000_000_000).unwrap();
    assert_eq!(outcome(&house), "pending");
    house.index().give_up_intents(i64::MAX).unwrap();
    assert_eq!(outcome(&house), "unknown");
    house.event("later");
    house.seal();
    house.reopen();
    assert_eq!(outcome(&house), "unknown");
    house.outcome(intent);
    house.follow();
    assert_eq!(outcome(&house), "failure");
}

// Protects: an erased value is in no file of the index, whichever way its row went before, and no
// restart brings it back.
#[test]
fn an_erased_value_is_in_no_file() {
    let mut house = House::new();
    let first = house.event(SECRET);
    (0..30).for_each(|number| {
        house.event(&format!("w{number}"));
    });
    house.seal();
    assert!(house.files_with(&format!("c-{SECRET}")) > 0);
    house.erase(first);
    house.follow();
    assert_eq!(text_of(&rows(house.index()), first, ColumnId::ObjectId), "");
    let mut writer = house.index().shared.writer();
    while !writer.sealed.iter().all(|entry| entry.part.deleted().is_empty()) {
        writer = house.index().shared.changed.wait(writer).unwrap();
    }
    drop(writer);
    house.index = None;
    assert_eq!(house.files_with(SECRET), 0);
    house.reopen();
    house.check();
    house.seal();
    assert_eq!(house.files_with(SECRET), 0);
}

// Protects: a damaged, missing or foreign file is never believed; the index is made anew.
#[test]
fn damage_is_made_anew() {
    let mut house = House::new();
    (0..50).for_each(|number| {
        house.event(&format!("w{number}"));
    });
    house.seal();
    house.index = None;
    let count = house.files().len();
    for place in 0..count {
        for cut in [true, false] {
            house.reopen();
            house.seal();
            house.index = None;
            let mut files = house.files();
            files.sort();
            let Some(path) = files.get(place) else { continue };
            if cut {
                let bytes = fs::read(path).unwrap();
                fs::write(path, &bytes[..bytes.len() / 2]).unwrap();
            } else {
                fs::remove_file(path).unwrap();
            }
            house.reopen();
            house.check();
        }
    }
    house.index = None;
    let other = ledger("log.example/b");
    let (index, indexer) = open(&other, house.folder.path());
    assert_eq!(index.stats().rows, 0);
    drop(indexer);
}

// Protects: files that a crash left behind beside the manifest's are removed, and an old manifest
// with new files beside it is still whole.
#[test]
fn what_a_crash_leaves() {
    let mut house = House::new();
    (0..50).for_each(|number| {
        house.event(&format!("w{number}"));
    });
    house.seal();
    house.index = None;
    let manifest = house.folder.path().join("manifest.json");
    let old = fs::read(&manifest).unwrap();
    let parts = fs::read_dir(house.folder.path().join("parts")).unwrap().count();
    house.reopen();
    house.event("more");
    house.seal();
    house.index = None;
    fs::write(&manifest, old).unwrap();
    fs::write(house.folder.path().join("manifest.json.tmp"), "{").unwrap();
    fs::create_dir(house.folder.path().join("parts/77")).unwrap();
    fs::write(house.folder.path().join("parts/77/half"), "x").unwrap();
    house.reopen();
    assert_eq!(fs::read_dir(house.folder.path().join("parts")).unwrap().count(), parts);
    assert_eq!(house.index().stats().settled, 50);
    house.check();
}

// Protects: of leaves that no question can fold in time, the newest are still found.
#[test]
fn how_far_ahead_a_question_folds() {
    let check = |left: Range<u64>, first: u64| assert_eq!(first_ahead(&left), first, "{left:?}");
    check(7..8, 7);
    check(7..7 + AHEAD_LEAVES_MAX, 7);
    check(7..8 + AHEAD_LEAVES_MAX, 8 + AHEAD_LEAVES_MAX - NEWEST_LEAVES);
}

// Protects: what a question finds missing, if it is little, it leaves behind for the next one, and
// the follower takes none of it in twice; of much, nothing is left behind, but all of it found.
#[test]
fn a_question_helps_a_follower_that_is_a_little_behind() {
    let mut house = House::new();
    house.index = None;
    let help = IndexOptions { help_leaves: 10, ..options() };
    house.index = Some(open_with(&house.ledger, house.folder.path(), help));
    let ask = |house: &House| {
        let (snapshot, partial) = house
            .index()
            .snapshot_to(house.size, Instant::now() + Duration::from_secs(60))
            .unwrap();
        assert_eq!(partial, None);
        let found = snapshot.parts().iter().map(|part| part.len() - part.deleted().count());
        (u64::from(found.sum::<u32>()), house.index().stats().lag)
    };
    let intent = house.intent();
    (0..7).for_each(|_| _ = house.event("a"));
    house.outcome(intent);
    assert_eq!(ask(&house), (9, 0));
    (0..11).for_each(|_| _ = house.event("b"));
    assert_eq!(ask(&house), (20, 11));
    house.follow();
    assert_eq!(ask(&house), (20, 0));
    assert_eq!(house.index().stats().rows, 20);
    house.seal();
    house.reopen();
    assert_eq!(house.index().stats().rows, 20);
}
