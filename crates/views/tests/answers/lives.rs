//! A small ledger in memory, the index over it, and short ways to tell what happened.

use std::borrow::Cow;
use std::path::Path;
use std::sync::{Arc, LazyLock};

use annals_ledger::disk::Faulty;
use annals_ledger::{Clock, Ledger, OnConflict, Options, Place};
use annals_record::{Catalogue, Object, Phase, Record, RecordSalt, Related, Sender, Timestamp};
use annals_views::{Filter, IndexOptions, Progress, Question, Scope, SearchIndex};

pub(crate) static CATALOGUE: LazyLock<Arc<Catalogue>> =
    LazyLock::new(|| Arc::new(Catalogue::built_in()));

/// Behind everything that is told here.
pub(crate) const NOW: &str = "2026-12-01T00:00:00Z";

struct StoppedClock;

impl Clock for StoppedClock {
    fn now(&self) -> Timestamp {
        Timestamp::parse(NOW).unwrap()
    }
}

/// A ledger, and the index over it.
pub(crate) struct Lives {
    pub(crate) ledger: Ledger,
    pub(crate) index: SearchIndex,
    _dir: tempfile::TempDir,
}

impl Lives {
    pub(crate) fn new() -> Self {
        let options = Options { origin: Some("log.example/a".to_owned()), ..Options::default() };
        let (disk, clock) = (Arc::new(Faulty::new(1)), Arc::new(StoppedClock));
        Self::over(Ledger::open_on(disk, clock, Path::new("/data"), options).unwrap())
    }

    /// An index over a ledger.
    pub(crate) fn over(ledger: Ledger) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let catalogue = Arc::clone(&CATALOGUE);
        let (reader, options) = (ledger.reader(), IndexOptions::default());
        // Nobody follows the ledger: every answer looks at its leaves by itself.
        let (index, _) = SearchIndex::open(dir.path(), reader, catalogue, options).unwrap();
        Self { ledger, index, _dir: dir }
    }

    pub(crate) fn of<'r>(records: impl IntoIterator<Item = Record<'r>>) -> Self {
        let lives = Self::new();
        lives.tell(records);
        lives
    }

    /// Keeps events, all from one emitter; each one's index is its number.
    pub(crate) fn tell<'r>(&self, records: impl IntoIterator<Item = Record<'r>>) {
        let sender = Sender {
            emitter: "00c0ffee".to_owned(),
            region: Some("cn-east".to_owned()),
            stack_id: Some("stk-1".to_owned()),
            may_be_system: true,
            is_server: false,
        };
        let appender = self.ledger.appender();
        let ticket = appender.ticket(1_000).unwrap();
        let first = self.ledger.reader().head().size.0;
        let seal = |(number, record): (u64, Record<'r>)| {
            let id = || format!("e-{number}").into();
            let record = Record { id: Some(record.id.clone().unwrap_or_else(id)), ..record };
            let salt = RecordSalt([7; 16]);
            record
                .seal(&CATALOGUE, &sender, ticket.received_time, salt, || unreachable!())
                .unwrap_or_else(|faults| panic!("{faults:?}"))
        };
        let batch: Vec<_> = (first..).zip(records).map(seal).collect();
        let places = appender.append(ticket, batch, OnConflict::Refuse).wait().unwrap().places;
        assert!(places.iter().all(|place| matches!(place, Place::Accepted(_))));
    }

    /// The question of a filter, seen by a scope, over all time.
    pub(crate) fn ask(&self, filter: &str, scope: &str) -> Question {
        let now = Timestamp::parse(NOW).unwrap();
        let scope = match scope {
            "" => Scope::everything(),
            scope => Scope::parse(scope, &CATALOGUE).unwrap(),
        };
        let filter = Filter::parse(filter, &CATALOGUE).unwrap();
        Question { filter, ..Question::everything(scope, now) }
    }
}

pub(crate) fn progress() -> Progress {
    Progress::default()
}

/// Nanoseconds of `day hour:minute` in November 2026, such as `12T08:30`.
pub(crate) fn at(time: &str) -> i64 {
    Timestamp::parse(&full(time)).unwrap().nanos()
}

fn full(time: &str) -> String {
    let long = format!("{time:0>8}");
    assert_eq!(long.len(), "12T08:30".len(), "{time}");
    format!("2026-11-{long}:00Z")
}

/// The day and the time of day of a moment in November 2026.
pub(crate) fn short(at: i64) -> String {
    let text = Timestamp::from_nanos(at).to_string();
    text["2026-11-".len()..][.."12T08:30".len()].to_owned()
}

/// Somebody did something.
pub(crate) fn act<'r>(time: &str, operation: &'r str, operator: &'r str) -> Record<'r> {
    Record {
        time: Some(full(time).into()),
        operation: Some(operation.into()),
        operator: Some(operator.into()),
        ..Record::default()
    }
}

/// An object `type id` or `type id name`.
pub(crate) fn object(words: &str) -> Object<'_> {
    let [kind, id, name] = parts(words);
    Object { kind, id, name, outcome: None }
}

/// A related object `type id` or `type id name` with a role.
pub(crate) fn related<'r>(words: &'r str, role: &'r str) -> Related<'r> {
    let [kind, id, name] = parts(words);
    Related { kind, id, name, role: Some(role.into()) }
}

fn parts(words: &str) -> [Option<Cow<'_, str>>; 3] {
    let mut words = words.splitn(3, ' ').map(|word| Some(word.into()));
    [(); 3].map(|()| words.next().flatten())
}

/// The outcome of the intent `of`.
pub(crate) fn outcome<'r>(act: Record<'r>, of: &'r str, outcome: &'r str) -> Record<'r> {
    Record { phase: Phase::Outcome { of: of.into() }, outcome: Some(outcome.into()), ..act }
}

pub(crate) fn intent(act: Record<'_>) -> Record<'_> {
    Record { phase: Phase::Intent, outcome: Some("pending".into()), ..act }
}
