//! What one caller read under one filter within ten seconds, as one event.

use std::collections::BTreeMap;

use annals_record::{Object, Record, Timestamp};
use serde_json::{Map, Value, json};

use super::by;
use crate::auth::caller::Caller;

/// Characters of what was asked that are kept; longer questions with one beginning are one.
const ASKED_CHARS_MAX: usize = 2_048;
/// Things named in one event; further ones are counted.
const THINGS_MAX: usize = 100;
/// Characters of a thing's id that are kept.
const THING_CHARS_MAX: usize = 256;
const NANOS_PER_MILLI: i64 = 1_000_000;

/// What an answer showed; handlers leave it with their answer.
#[derive(Clone, Debug, Default)]
pub(crate) struct Shown {
    /// How many events.
    pub(crate) events: u64,
    /// Type and id of the one thing that it was about.
    pub(crate) thing: Option<(&'static str, String)>,
}

impl Shown {
    /// So many events.
    pub(crate) fn events(count: usize) -> Self {
        Self { events: count as u64, thing: None }
    }

    /// One thing, such as an event or a user.
    pub(crate) fn thing(kind: &'static str, id: impl Into<String>) -> Self {
        Self { events: 0, thing: Some((kind, id.into())) }
    }
}

/// One call that read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Read<'a> {
    pub(crate) caller: &'a Caller,
    /// The operation that the event has.
    pub(crate) operation: &'static str,
    /// The route called.
    pub(crate) route: &'static str,
    /// The parameters that say which events were asked for.
    pub(crate) asked: &'a [(String, String)],
    pub(crate) shown: &'a Shown,
}

/// What is told as one.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct ReadKey {
    owner: String,
    operation: &'static str,
    /// The filter, and what else says which events; not the range, which moves with the clock.
    asked: String,
}

impl Read<'_> {
    pub(super) fn key(&self) -> ReadKey {
        let is_of_key = |name: &str| !matches!(name, "from" | "to");
        let asked = self.asked.iter().filter(|(name, _)| is_of_key(name));
        let asked: String = asked.flat_map(|(name, value)| [name, "=", value, "\n"]).collect();
        ReadKey {
            owner: self.caller.identity.owner(),
            operation: self.operation,
            asked: cut(&asked, ASKED_CHARS_MAX),
        }
    }
}

/// What was read so far.
#[derive(Clone, Debug)]
pub(super) struct Reading {
    /// Of the first call.
    caller: Caller,
    asked: Map<String, Value>,
    begun: Timestamp,
    last: Timestamp,
    calls: BTreeMap<&'static str, u64>,
    events: u64,
    things: Vec<(&'static str, String)>,
    /// Things that are not named.
    unnamed: u64,
    /// Reads of anybody before, for which there was no room.
    untold: u64,
}

impl Reading {
    pub(super) fn new(read: &Read<'_>, now: Timestamp, untold: u64) -> Self {
        let pair = |(name, value): &(String, String)| {
            (name.clone(), Value::from(cut(value, ASKED_CHARS_MAX)))
        };
        let mut reading = Self {
            caller: read.caller.clone(),
            asked: read.asked.iter().map(pair).collect(),
            begun: now,
            last: now,
            calls: BTreeMap::new(),
            events: 0,
            things: Vec::new(),
            unnamed: 0,
            untold,
        };
        reading.add(read, now);
        reading
    }

    pub(super) fn add(&mut self, read: &Read<'_>, now: Timestamp) {
        self.last = now;
        *self.calls.entry(read.route).or_default() += 1;
        self.events += read.shown.events;
        let Some((kind, id)) = &read.shown.thing else { return };
        let thing = (*kind, cut(id, THING_CHARS_MAX));
        match self.things.len() {
            _ if self.things.contains(&thing) => {}
            named if named < THINGS_MAX => self.things.push(thing),
            _ => self.unnamed += 1,
        }
    }

    pub(super) fn begun(&self) -> Timestamp {
        self.begun
    }

    pub(super) fn record(&self, key: &ReadKey) -> Record<'_> {
        let mut told = json!({ "calls": self.calls, "events": self.events });
        for (name, value) in &self.asked {
            told[name] = value.clone();
        }
        if self.unnamed > 0 {
            told["unnamed"] = self.unnamed.into();
        }
        if self.untold > 0 {
            told["untold"] = self.untold.into();
        }
        let object = |(kind, id): &(&'static str, String)| Object {
            kind: Some((*kind).into()),
            id: Some(id.clone().into()),
            ..Object::default()
        };
        let mut objects: Vec<Object<'_>> = self.things.iter().map(object).collect();
        let single = (objects.len() == 1).then(|| objects.remove(0));
        let lasted = (self.last.nanos() - self.begun.nanos()) / NANOS_PER_MILLI;
        Record {
            time: Some(self.begun.to_string().into()),
            duration_ms: u64::try_from(lasted).ok(),
            object: single,
            objects,
            request_data: Some(told.to_string().into()),
            ..by(&self.caller, key.operation)
        }
    }
}

fn cut(text: &str, chars_max: usize) -> String {
    text.chars().take(chars_max).collect()
}
