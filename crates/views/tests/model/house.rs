//! A ledger with an index, and the memory of what was sent to it.

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::Path;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use annals_ledger::disk::Faulty;
use annals_ledger::{LeafIndex, Ledger, OnConflict, Options, SystemClock};
use annals_record::{Catalogue, Kept, RecordSalt, Sender, Timestamp};
use annals_views::{IndexOptions, Indexer, SearchIndex};
use tempfile::TempDir;

use crate::dice::Dice;
use crate::event::{DAY, EMITTER, Event, Part, SERVER, START};
use crate::truth::Shown;

pub(crate) static CATALOGUE: LazyLock<Arc<Catalogue>> =
    LazyLock::new(|| Arc::new(Catalogue::built_in()));

/// What "now" means in filters: 2026-11-13T00:00:00Z.
pub(crate) static NOW: LazyLock<Timestamp> =
    LazyLock::new(|| Timestamp::from_nanos(crate::event::START + 3 * crate::event::DAY));

pub(crate) struct House {
    ledger: Ledger,
    pub(crate) index: SearchIndex,
    indexer: Indexer,
    options: IndexOptions,
    folder: TempDir,
    /// By position, which is the event's number.
    events: Vec<Event>,
    /// The outcome of an intent.
    outcomes: BTreeMap<u64, u64>,
    /// What time it is to those who wait for an outcome; none: nobody gives up.
    clock: Option<i64>,
}

fn open(folder: &TempDir, ledger: &Ledger, options: &IndexOptions) -> (SearchIndex, Indexer) {
    let catalogue = Arc::clone(&CATALOGUE);
    SearchIndex::open(folder.path(), ledger.reader(), catalogue, options.clone()).unwrap()
}

impl House {
    /// Some hundred events, of which fields are erased and outcomes waited for in vain.
    pub(crate) fn random(dice: &mut Dice) -> Self {
        let mut house = Self::plain(dice);
        house.clock = dice.once_in(2).then(|| START + dice.below(8 * DAY as u64) as i64);
        for _ in 0..dice.below(8) {
            house.erase(dice);
        }
        house.live(dice);
        house.settle();
        house
    }

    /// Some hundred events that stay as they are.
    pub(crate) fn plain(dice: &mut Dice) -> Self {
        let disk = Arc::new(Faulty::new(dice.next()));
        let options = Options {
            origin: Some("log.example/test".to_owned()),
            // Small, so that most events can be written anew.
            segment_bytes_max: 16 << 10,
            ..Options::default()
        };
        let ledger =
            Ledger::open_on(disk, Arc::new(SystemClock), Path::new("/data"), options).unwrap();
        let (seal_rows, open_limit) = (1 + dice.below(60), Duration::from_secs(3600));
        let help_leaves = [0, 3, 1 << 16][dice.below(3) as usize];
        let options = IndexOptions { seal_rows, open_limit, help_leaves };
        let folder = tempfile::tempdir().unwrap();
        let (index, indexer) = open(&folder, &ledger, &options);
        let (events, outcomes) = (Vec::new(), BTreeMap::new());
        let clock = None;
        let mut house = Self { ledger, index, indexer, options, folder, events, outcomes, clock };
        for _ in 0..1 + dice.below(4) {
            house.append(1 + dice.below(50), dice);
            house.live(dice);
        }
        house
    }

    /// The index follows, or seals, or is closed and opened, or lost, or stays behind.
    pub(crate) fn live(&mut self, dice: &mut Dice) {
        match dice.below(8) {
            0 => {}
            1..=3 => self.indexer.catch_up(|_, _| ()).unwrap(),
            4 | 5 => {
                self.indexer.catch_up(|_, _| ()).unwrap();
                self.indexer.seal();
            }
            6 => self.reopen(),
            _ => {
                self.reopen();
                let lost = self.folder.path().to_owned();
                for entry in std::fs::read_dir(&lost).unwrap() {
                    lose(&entry.unwrap().path());
                }
                self.reopen();
            }
        }
    }

    /// Erases something of an event: the order first, then the segment is written anew.
    fn erase(&mut self, dice: &mut Dice) {
        let segments = self.ledger.sealed_segments();
        if segments.is_empty() {
            return;
        }
        let segment = dice.pick(&segments);
        let index = segment.first.0 + dice.below(segment.leaves);
        let tags = self.events[index as usize].erase(dice);
        if tags.is_empty() {
            return;
        }
        let number = self.events.len();
        self.events.push(Event::order(number as u64, index, tags.clone(), dice));
        self.send(number);
        let erased = |at: LeafIndex, mut kept: Kept| {
            if let Kept::Leaf(leaf) = &mut kept
                && at.0 == index
            {
                leaf.erase(&tags);
            }
            kept
        };
        self.ledger.rewrite(segment.first, &mut (), erased).unwrap();
        // A question as of an older head does not look for orders that came after it.
        self.indexer.catch_up(|_, _| ()).unwrap();
    }

    /// Gives up what is due; an index that is behind would not know of it.
    fn settle(&mut self) {
        if let Some(now) = self.clock {
            self.indexer.catch_up(|_, _| ()).unwrap();
            self.index.give_up_intents(now).unwrap();
        }
    }

    fn is_given_up(&self, intent: u64) -> bool {
        let limit = self.options.open_limit.as_nanos() as i64;
        let is_due = self.clock.is_some_and(|now| self.events[intent as usize].time < now - limit);
        is_due && !self.outcomes.contains_key(&intent)
    }

    /// Closes the index and opens what it left on disk.
    fn reopen(&mut self) {
        let empty = tempfile::tempdir().unwrap();
        let placeholder = open(&empty, &self.ledger, &self.options);
        (self.index, self.indexer) = placeholder;
        (self.index, self.indexer) = open(&self.folder, &self.ledger, &self.options);
    }

    /// Some thousand events in several parts and groups of texts, each with a word of its own.
    pub(crate) fn large(dice: &mut Dice) -> Self {
        let mut house = Self::plain(dice);
        house.options.seal_rows = 1500;
        house.reopen();
        for _ in 0..16 {
            house.append(300, dice);
            house.indexer.catch_up(|_, _| ()).unwrap();
            if dice.once_in(3) {
                house.reopen();
            }
        }
        house
    }

    /// Appends random events, some of them halves of operations of two phases.
    pub(crate) fn append(&mut self, count: u64, dice: &mut Dice) {
        let step = 3_600_000_000_000;
        let first = self.events.len();
        for number in first as u64..first as u64 + count {
            let open = |event: &&Event| {
                event.part == Part::Intent && !self.outcomes.contains_key(&event.number)
            };
            let open: Vec<&Event> = self.events.iter().filter(open).collect();
            let event = match dice.below(8) {
                0 => Event::random(number, step, dice).intent(),
                1 if !open.is_empty() => {
                    let intent = dice.pick(&open);
                    let outcome = Event::outcome_of(intent, number, dice);
                    self.outcomes.insert(intent.number, number);
                    outcome
                }
                _ => Event::random(number, step, dice),
            };
            self.events.push(event);
        }
        self.send(first);
    }

    fn send(&self, first: usize) {
        let sender = |is_server: bool| Sender {
            emitter: if is_server { SERVER } else { EMITTER }.to_owned(),
            region: None,
            stack_id: None,
            may_be_system: true,
            is_server,
        };
        let appender = self.ledger.appender();
        for events in self.events[first..].chunks(40) {
            let ticket = appender.ticket(100).unwrap();
            let seal = |event: &Event| {
                let salt = RecordSalt([7; 16]);
                let (received, record) = (ticket.received_time, event.record());
                let sender = sender(matches!(event.part, Part::Erase(..)));
                let sealed = record.seal(&CATALOGUE, &sender, received, salt, || unreachable!());
                sealed.unwrap_or_else(|faults| panic!("{event:?}: {faults:?}"))
            };
            let batch = events.iter().map(seal).collect();
            appender.append(ticket, batch, OnConflict::Refuse).wait().unwrap();
        }
    }

    pub(crate) fn size(&self) -> u64 {
        self.events.len() as u64
    }

    /// Everything that can be met below a head, in the order of position.
    pub(crate) fn shown(&self, as_of: u64) -> Vec<Shown<'_>> {
        let outcome_of = |intent: u64| {
            let outcome = self.outcomes.get(&intent).filter(|outcome| **outcome < as_of);
            outcome.map(|outcome| &self.events[*outcome as usize])
        };
        let shown = |event| Shown {
            event,
            outcome: None,
            is_given_up: false,
            index: 0,
            updates: None,
            catalogue: &CATALOGUE,
        };
        let below = self.events.iter().take(as_of as usize);
        below
            .map(|event| {
                let index = event.number;
                match event.part {
                    Part::Whole | Part::Erase(..) => Shown { index, ..shown(event) },
                    Part::Intent => Shown {
                        index,
                        outcome: outcome_of(index),
                        is_given_up: self.is_given_up(index),
                        ..shown(event)
                    },
                    Part::Outcome(of) => {
                        let intent = &self.events[of as usize];
                        let outcome = Some(event);
                        Shown { index, outcome, updates: Some(of), ..shown(intent) }
                    }
                }
            })
            .collect()
    }
}

/// Removes a file or a folder into which the keeper may be writing at this moment.
fn lose(path: &Path) {
    for _ in 0..1_000 {
        let removed = match path.is_dir() {
            true => std::fs::remove_dir_all(path),
            false => std::fs::remove_file(path),
        };
        match removed.map_err(|error| error.kind()) {
            Ok(()) | Err(ErrorKind::NotFound) => return,
            Err(ErrorKind::DirectoryNotEmpty) => {}
            Err(kind) => panic!("{}: {kind}", path.display()),
        }
    }
    panic!("{} is filled again and again", path.display());
}
