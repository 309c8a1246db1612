//! A company that goes on living while somebody watches: events at a pace, as time passes.
//!
//! The caller says what time it is; nothing here reads a clock or sleeps. No event lies ahead of
//! that time, and none more than [`BEHIND_MAX`] before it, whatever the generator left undone.

use annals_record::Timestamp;

use crate::generator::{Generator, Line, last_line};
use crate::places::MINUTE;
use crate::simulation::Simulation;

/// How far behind it may be and still catch up; beyond (a machine that slept) it skips ahead.
const BEHIND_MAX: i64 = MINUTE;

/// Events that come as time passes.
#[derive(Debug)]
pub struct Trickle {
    simulation: Simulation,
    next: i64,
    gap: i64,
}

impl Generator {
    /// The same company goes on living, at a pace, from `until` on. What has not been taken of the
    /// stream is dropped.
    pub fn into_trickle(self, events_per_minute: u32) -> Trickle {
        let gap = MINUTE / i64::from(events_per_minute.max(1));
        Trickle { simulation: self.simulation, next: self.until, gap }
    }
}

impl Trickle {
    /// The next event if its time has come by `now`, else `None`. Call again until `None`, and
    /// then later.
    pub fn next_line(&mut self, now: Timestamp) -> Option<Line<'_>> {
        let now = now.nanos();
        if self.next > now {
            return None;
        }
        let at = self.next.max(now - BEHIND_MAX);
        self.next = at + 1 + self.simulation.stage.dice.wait(self.gap);
        self.simulation.step(now - BEHIND_MAX, at);
        Some(last_line(&self.simulation))
    }
}
