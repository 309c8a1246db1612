//! A stream of events of a company, as NDJSON: the same arguments give the same bytes.
//!
//! Holds always: exactly as many events as asked for, none later than `until`, each with an id of
//! its own; mostly in order of time, while some arrive late (their place in the stream is later
//! than their time). No event that others follow from is late. No clock, no files, no threads.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::io::{self, BufWriter, Write};

use annals_record::Timestamp;

use crate::acts::Act;
use crate::places::{MINUTE, SECOND};
use crate::scenes::Scenario;
use crate::schedule::Schedule;
use crate::simulation::Simulation;

/// Late events waiting at once.
const LATE_MAX: usize = 256;
/// Events for each round of all scenarios.
const SCENARIO_EVENTS: u64 = 100_000;
/// Rounds of scenarios at most.
const SCENARIO_ROUNDS_MAX: u64 = 50;
/// Where the id stands in a line: after `{"id":"`.
const ID: std::ops::Range<usize> = 7..43;

/// What to generate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// Other seeds give other companies with other ids.
    pub seed: u64,
    /// How many events.
    pub events: u64,
    /// Over how many days before `until`: 0 counts as 1, more than 36,500 as that.
    pub days: u32,
    /// All events lie before this moment.
    pub until: Timestamp,
    /// Mix labelled attacks and misuse in.
    pub scenarios: bool,
}

/// One event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line<'a> {
    /// The event as a JSON object, without a line feed.
    pub json: &'a str,
    /// The event's id, as in `json`.
    pub id: &'a str,
    /// The scenario it belongs to, such as `brute_force`.
    pub scenario: Option<&'static str>,
}

/// Makes the events one by one.
#[derive(Debug)]
pub struct Generator {
    pub(crate) simulation: Simulation,
    schedule: Schedule,
    now: i64,
    pub(crate) until: i64,
    late: BinaryHeap<Reverse<Late>>,
    /// The late event given out last.
    given: Option<Late>,
}

/// An event that arrives later than it happened.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Late {
    arrives: i64,
    json: String,
    scenario: Option<&'static str>,
}

impl Generator {
    /// A company as it is before its first event.
    pub fn new(options: &Options) -> Self {
        let until = options.until.nanos();
        let schedule = Schedule::new(options.events, options.days, until);
        let (start, span) = (schedule.start(), schedule.span());
        let mut simulation = Simulation::new(options.seed, options.events, start, span);
        if options.scenarios {
            let rounds = (options.events / SCENARIO_EVENTS).clamp(1, SCENARIO_ROUNDS_MAX);
            simulation.plan_scenarios(rounds, start, span);
        }
        Self { simulation, schedule, now: start, until, late: BinaryHeap::new(), given: None }
    }

    /// The next event; `None` after the last.
    pub fn next_line(&mut self) -> Option<Line<'_>> {
        loop {
            let is_last = self.schedule.left() == 0;
            let arrives = self.late.peek().map(|late| late.0.arrives);
            if arrives.is_some_and(|arrives| is_last || arrives <= self.now) {
                self.given = self.late.pop().map(|late| late.0);
                return self.given.as_ref().map(|late| line(&late.json, late.scenario));
            }
            let Simulation { stage, .. } = &mut self.simulation;
            let at = self.schedule.advance(&mut stage.dice)?;
            self.now = self.now.max(at);
            // A burst keeps its own times, however few places in the stream there are for it.
            self.simulation.step(i64::MIN, self.now);
            if !self.is_late() {
                return Some(last_line(&self.simulation));
            }
            let dice = &mut self.simulation.stage.dice;
            let arrives = self.now + 30 * SECOND + dice.wait(10 * MINUTE);
            let made = last_line(&self.simulation);
            let late = Late { arrives, json: made.json.to_owned(), scenario: made.scenario };
            self.late.push(Reverse(late));
        }
    }

    /// Whether the event just made is held back: only what nothing else follows from.
    fn is_late(&mut self) -> bool {
        let may_be = matches!(
            self.simulation.stage.act(),
            Act::FileDownload
                | Act::FolderPackage
                | Act::FolderCreate
                | Act::VncInfoGet
                | Act::LoginUnknown
                | Act::Logout
        );
        may_be && self.late.len() < LATE_MAX && self.simulation.stage.dice.chance(20)
    }
}

/// Writes all events, one a line.
///
/// # Errors
/// Those of `out`.
pub fn write_ndjson(options: &Options, out: impl Write) -> io::Result<()> {
    write_labelled(options, out, io::sink())
}

/// Writes all events, one a line, and to `labels` the id and scenario of those that belong to one:
/// `{"id":"…","scenario":"…"}`, one a line.
///
/// # Errors
/// Those of `out` and `labels`.
pub fn write_labelled(options: &Options, out: impl Write, labels: impl Write) -> io::Result<()> {
    const BUFFER_BYTES: usize = 256 << 10;
    let mut out = BufWriter::with_capacity(BUFFER_BYTES, out);
    let mut labels = BufWriter::new(labels);
    let mut generator = Generator::new(options);
    while let Some(line) = generator.next_line() {
        out.write_all(line.json.as_bytes())?;
        out.write_all(b"\n")?;
        if let Some(scenario) = line.scenario {
            writeln!(labels, r#"{{"id":"{}","scenario":"{scenario}"}}"#, line.id)?;
        }
    }
    out.flush()?;
    labels.flush()
}

/// The event a simulation has just made.
pub(crate) fn last_line(simulation: &Simulation) -> Line<'_> {
    line(simulation.stage.line.as_str(), simulation.scenario.map(Scenario::word))
}

fn line<'a>(json: &'a str, scenario: Option<&'static str>) -> Line<'a> {
    Line { json, id: &json[ID], scenario }
}
