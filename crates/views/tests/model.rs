//! The index against a plain scan of what the test remembers.
//!
//! Random events (several objects, two phases, late ones, with fields erased, without an outcome in
//! time), random filters, scopes and ranges. The
//! parser is shared; what a filter means is written down a second time (`model/truth.rs`), over
//! the events as they were sent. A failure prints the seed, the question and both answers.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "model/dice.rs"]
mod dice;
#[path = "model/event.rs"]
mod event;
#[path = "model/house.rs"]
mod house;
#[path = "model/questions.rs"]
mod questions;
#[path = "model/truth.rs"]
mod truth;

use std::collections::{BTreeMap, BTreeSet};

use annals_views::{
    Field, Filter, Found, Interval, Order, Position, Progress, QueryError, Question, Scope,
};
use jiff::tz::TimeZone;

use dice::Dice;
use house::{CATALOGUE, House, NOW};
use truth::{Shown, finds, scope_says};

/// Fields that are counted, in columns and not.
const FIELDS: [Field; 22] = [
    Field::Region,
    Field::Service,
    Field::Operation,
    Field::Severity,
    Field::Access,
    Field::Operator,
    Field::Username,
    Field::User,
    Field::OperatorName,
    Field::SourceIp,
    Field::SourcePort,
    Field::ObjectType,
    Field::ObjectId,
    Field::ObjectName,
    Field::Object,
    Field::Related,
    Field::Outcome,
    Field::Reason,
    Field::SessionId,
    Field::AuthMethod,
    Field::UserAgent,
    Field::DurationMs,
];

/// Counts, the greatest first, then by text.
fn ranked<K: Ord + Clone>(counts: &BTreeMap<K, u64>, top: usize) -> Vec<(K, u64)> {
    let mut ranked: Vec<_> = counts.iter().map(|(key, count)| (key.clone(), *count)).collect();
    ranked.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    ranked.truncate(top);
    ranked
}

/// Where an event is met in a walk, what it updates there, and its id.
type Met = (Position, Option<u64>, String);

fn met(found: &Found) -> Met {
    (found.position, found.updates, found.leaf.core().id().into_owned())
}

/// One question, and what a plain scan finds.
struct Case<'h> {
    house: &'h House,
    question: Question,
    /// In the order of position; events that come again at their outcome's position among them.
    found: Vec<Shown<'h>>,
    context: String,
}

impl<'h> Case<'h> {
    fn new(house: &'h House, dice: &mut Dice, seed: u64) -> Self {
        let filter = questions::filter(dice, &CATALOGUE);
        let scope = questions::scope(dice, &CATALOGUE);
        let (from, to) = questions::range(dice);
        let now = *NOW;
        let as_of = dice.once_in(4).then(|| dice.below(house.size() + 1));
        let context =
            format!("seed {seed}\n{filter}\nscope {scope}\n{from:?}..{to:?} of {as_of:?}");
        let question =
            Question { filter, scope, now, zone: TimeZone::UTC, from, to, as_of, call: 0 };
        let bound = question.filter.bind(now, &question.zone);
        let is_in = |shown: &Shown<'_>| {
            from.is_none_or(|from| shown.at() >= from)
                && to.is_none_or(|to| shown.at() < to)
                && scope_says(question.scope.filter(), shown) == Some(true)
                && finds(&bound, shown)
        };
        let shown = house.shown(as_of.unwrap_or(house.size()));
        let found = shown.into_iter().filter(is_in).collect();
        Self { house, question, found, context }
    }

    /// The events, each once.
    fn events(&self) -> impl Iterator<Item = &Shown<'h>> {
        self.found.iter().filter(|shown| shown.updates.is_none())
    }

    /// What a walk meets.
    fn expected(&self, order: Order, after: Option<u64>) -> Vec<Met> {
        let mut expected: Vec<Met> = self
            .found
            .iter()
            .filter(|shown| !order.is_by_time() || shown.updates.is_none())
            .filter(|shown| after.is_none_or(|after| shown.index > after))
            .map(|shown| {
                let position = Position { at: shown.at(), index: shown.index };
                (position, shown.updates, shown.event.id())
            })
            .collect();
        if order.is_by_time() {
            expected.sort();
        }
        if order.is_backwards() {
            expected.reverse();
        }
        expected
    }

    fn check_pages(&self, dice: &mut Dice) {
        let order = dice.pick(&Order::NAMES).1;
        let after = dice.once_in(3).then(|| dice.below(self.house.size() + 1));
        let limit = 1 + dice.below(20) as usize;
        let expected = self.expected(order, after);
        let mut seen = Vec::new();
        let (mut question, mut last) = (self.question.clone(), None);
        loop {
            let index = &self.house.index;
            let progress = Progress::default();
            let answer = index.page(&question, order, after, last, limit, &progress).unwrap();
            assert_eq!(answer.partial, None);
            seen.extend(answer.value.events.iter().map(met));
            let Some(next) = answer.value.next else { break };
            assert_eq!(next.digest, self.question.digest());
            (question.as_of, last) = (Some(next.walk.as_of), Some(next.last));
        }
        assert_eq!(seen, expected, "{}\n{order:?} after {after:?} by {limit}", self.context);
    }

    fn check_count(&self) {
        let count = self.house.index.count(&self.question, &Progress::default()).unwrap();
        assert_eq!(count.value, self.events().count() as u64, "{}", self.context);
    }

    fn counts(&self, field: Field) -> BTreeMap<String, u64> {
        let mut counts = BTreeMap::new();
        for value in self.events().flat_map(|shown| shown.values(field)) {
            *counts.entry(value).or_default() += 1;
        }
        counts
    }

    fn check_facets(&self, dice: &mut Dice) {
        let fields: Vec<Field> = (0..3).map(|_| dice.pick(&FIELDS)).collect();
        let top = dice.below(8) as usize;
        let progress = Progress::default();
        let facets = self.house.index.facets(&self.question, &fields, top, &progress).unwrap();
        for (field, facet) in fields.into_iter().zip(facets.value) {
            let counts = self.counts(field);
            let values = ranked(&counts, top);
            let shown: u64 = values.iter().map(|value| value.1).sum();
            let all: u64 = counts.values().sum();
            assert_eq!(facet.values, values, "{}\n{field:?}", self.context);
            let rest = (facet.other, facet.distinct);
            assert_eq!(rest, (all - shown, counts.len() as u64), "{}\n{field:?}", self.context);
        }
    }

    fn check_histogram(&self, dice: &mut Dice) {
        let interval = dice.pick(&["1h", "1d", "1w", "1mo"]);
        let interval = Interval::parse(interval).unwrap();
        let zone = TimeZone::posix(dice.pick(&["UTC0", "CET-1CEST,M3.5.0,M10.5.0/3"])).unwrap();
        let (index, progress) = (&self.house.index, Progress::default());
        let buckets = index.histogram(&self.question, interval, &zone, &progress).unwrap().value;
        let times: Vec<i64> = self.events().map(Shown::at).collect();
        let total: u64 = buckets.iter().map(|bucket| bucket.count).sum();
        assert_eq!(total, times.len() as u64, "{}", self.context);
        assert!(buckets.is_sorted_by_key(|bucket| bucket.start), "{}", self.context);
        for (place, bucket) in buckets.iter().enumerate() {
            let end = buckets.get(place + 1).map_or(i64::MAX, |next| next.start);
            let inside = times.iter().filter(|at| (bucket.start..end).contains(at)).count();
            assert_eq!(bucket.count, inside as u64, "{}\n{bucket:?}", self.context);
        }
        self.check_stacked(interval, &zone, dice);
    }

    fn check_stacked(&self, interval: Interval, zone: &TimeZone, dice: &mut Dice) {
        let (field, top) = (dice.pick(&FIELDS), 1 + dice.below(4) as usize);
        let (index, progress) = (&self.house.index, Progress::default());
        let buckets = index.histogram_by(&self.question, interval, zone, field, top, &progress);
        let buckets = buckets.unwrap().value;
        let values = ranked(&self.counts(field), top);
        for (place, bucket) in buckets.iter().enumerate() {
            let end = buckets.get(place + 1).map_or(i64::MAX, |next| next.start);
            let inside = || self.events().filter(|shown| (bucket.start..end).contains(&shown.at()));
            let by: Vec<(String, u64)> = values
                .iter()
                .map(|(value, _)| {
                    let has = |shown: &&Shown<'_>| shown.values(field).contains(value);
                    (value.clone(), inside().filter(has).count() as u64)
                })
                .filter(|(_, count)| *count > 0)
                .collect();
            assert_eq!(bucket.by, by, "{}\n{field:?}", self.context);
            assert_eq!(bucket.count, inside().count() as u64, "{}", self.context);
        }
    }

    fn check_completion(&self, dice: &mut Dice) {
        let field = dice.pick(&[Field::Operator, Field::ObjectId, Field::User, Field::Reason]);
        let prefix = dice.pick(&["", "Z", "c", "C-", "li", "no"]);
        let limit = 1 + dice.below(5) as usize;
        let (index, progress) = (&self.house.index, Progress::default());
        let values = index.complete(&self.question, field, prefix, limit, &progress).unwrap();
        let mut counts = self.counts(field);
        counts.retain(|value, _| value.to_lowercase().starts_with(&prefix.to_lowercase()));
        assert_eq!(values.value, ranked(&counts, limit), "{}\n{field:?} {prefix}", self.context);
    }

    fn check_groups(&self, dice: &mut Dice) {
        let fields: Vec<Field> = (0..1 + dice.below(3)).map(|_| dice.pick(&FIELDS)).collect();
        let mut counts = BTreeMap::<Vec<String>, u64>::new();
        for shown in self.events() {
            let mut keys = vec![Vec::new()];
            for field in &fields {
                let values: BTreeSet<String> = shown.values(*field);
                let longer = |key: &Vec<String>| {
                    let longer =
                        values.iter().map(|value| [&key[..], std::slice::from_ref(value)].concat());
                    longer.collect::<Vec<_>>()
                };
                keys = keys.iter().flat_map(longer).collect();
            }
            keys.into_iter().for_each(|key| *counts.entry(key).or_default() += 1);
        }
        let top = 1 + dice.below(10) as usize;
        let (index, progress) = (&self.house.index, Progress::default());
        let groups = index.group(&self.question, &fields, top, &progress).unwrap();
        assert_eq!(groups.value, ranked(&counts, top), "{}\n{fields:?}", self.context);
    }

    fn check(&self, dice: &mut Dice) {
        match dice.below(8) {
            0..=2 => self.check_pages(dice),
            3 => self.check_count(),
            4 => self.check_facets(dice),
            5 => self.check_histogram(dice),
            6 => self.check_completion(dice),
            _ => self.check_groups(dice),
        }
    }
}

/// Houses, and questions put to each.
const HOUSES: u64 = 80;
const QUESTIONS: u64 = 255;

// Protects: whatever is asked, the index says what a scan of all events would say.
#[test]
fn says_what_a_scan_says() {
    let mut found = 0;
    for seed in 0..HOUSES {
        let mut dice = Dice::new(seed);
        let house = House::random(&mut dice);
        for question in 0..QUESTIONS {
            let seed = seed << 32 | question;
            let mut dice = Dice::new(seed ^ 0x5eed);
            let case = Case::new(&house, &mut dice, seed);
            case.check(&mut dice);
            found += case.found.len();
        }
    }
    // Most questions find something, or the test would say little.
    assert!(found as u64 > 5 * HOUSES * QUESTIONS, "{found}");
}

// Protects: a walk sees the events below the head of its first page, none twice and none skipped,
// although events (late ones, outcomes of events already shown) arrive between its pages.
#[test]
fn pages_stand_still_while_events_arrive() {
    for seed in 0..60 {
        let mut dice = Dice::new(seed ^ 0xa11);
        let mut house = House::plain(&mut dice);
        let order = dice.pick(&Order::NAMES).1;
        let case = Case::new(&house, &mut dice, seed);
        let (mut question, context) = (case.question.clone(), case.context.clone());
        let expected = case.expected(order, None);
        question.as_of.get_or_insert(house.size());
        let (mut seen, mut last) = (Vec::new(), None);
        loop {
            let progress = Progress::default();
            let page = house.index.page(&question, order, None, last, 3, &progress).unwrap().value;
            seen.extend(page.events.iter().map(met));
            let Some(next) = page.next else { break };
            last = Some(next.last);
            house.append(1 + dice.below(6), &mut dice);
            house.live(&mut dice);
        }
        assert_eq!(seen, expected, "{context}\n{order:?}");
    }
}

// Protects: whoever gives up a long question gets an error, not half an answer.
#[test]
fn given_up() {
    let house = House::random(&mut Dice::new(1));
    let question = Question::everything(Scope::everything(), *NOW);
    let progress = Progress::default();
    progress.cancel();
    let count = house.index.count(&question, &progress);
    assert!(matches!(count, Err(QueryError::Cancelled)), "{count:?}");
}

// Protects: filters of texts leave out no group that holds what is looked for, in parts on disk and
// in memory, and however the events of a group are spread over parts.
#[test]
fn words_of_their_own() {
    let mut dice = Dice::new(7);
    let house = House::large(&mut dice);
    for number in (0..house.size()).step_by(37) {
        let word = format!("qc_report_{}", 1000 + number * 7);
        for text in [word.clone(), format!("*{word}*"), format!("{word}.fastq.gz")] {
            let filter = Filter::parse(&text, &CATALOGUE).unwrap();
            let question = Question { filter, ..Question::everything(Scope::everything(), *NOW) };
            let bound = question.filter.bind(*NOW, &TimeZone::UTC);
            let shown = house.shown(house.size());
            let expected =
                shown.iter().filter(|it| it.updates.is_none() && finds(&bound, it)).count();
            let (index, progress) = (&house.index, Progress::default());
            let count = index.count(&question, &progress).unwrap().value;
            assert_eq!(count, expected as u64, "{text}");
            let page = index.page(&question, Order::NewestFirst, None, None, 100, &progress);
            assert_eq!(page.unwrap().value.events.len(), expected, "{text}");
        }
    }
}
