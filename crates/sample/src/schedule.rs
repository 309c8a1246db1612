//! When events happen: a given number of moments over a given span, dense in working hours.
//!
//! Holds always: moments never go back, none lies at or after the end, and there are exactly as
//! many as asked for. The density of an hour is the sum of what all regions do in it.

use crate::dice::Dice;
use crate::places::{DAY, HOUR, REGIONS};

/// The longest span, in days: a hundred years.
pub(crate) const DAYS_MAX: u32 = 36_500;

/// The moments of a stream.
#[derive(Debug)]
pub(crate) struct Schedule {
    start: i64,
    events: u64,
    next: u64,
    hour: usize,
    /// Work done before the end of each hour, summed.
    work: Vec<u64>,
}

impl Schedule {
    pub(crate) fn new(events: u64, days: u32, until: i64) -> Self {
        let hours = i64::from(days.clamp(1, DAYS_MAX)) * 24;
        // Away from the ends of what 64 bits can say, where local hours would not fit.
        let until = until.clamp(i64::MIN / 2, i64::MAX - DAY);
        let start = until - hours * HOUR;
        let mut sum = 0;
        let work = (0..hours)
            .map(|hour| {
                let at = start + hour * HOUR;
                sum += REGIONS.iter().map(|region| region.activity(at)).sum::<u64>();
                sum
            })
            .collect();
        Self { start, events, next: 0, hour: 0, work }
    }

    /// The next moment, in nanoseconds since 1970.
    pub(crate) fn advance(&mut self, dice: &mut Dice) -> Option<i64> {
        if self.next == self.events {
            return None;
        }
        // Moment i stands where i + (0..1) of all the events' work is done.
        const PARTS: u128 = 1 << 20;
        let total = u128::from(*self.work.last()?);
        let part = u128::from(self.next) * PARTS + u128::from(dice.word() >> 44);
        let done = (part * total * 1024 / (u128::from(self.events) * PARTS)) as u64;
        while self.work[self.hour] * 1024 <= done {
            self.hour += 1;
        }
        let before = if self.hour == 0 { 0 } else { self.work[self.hour - 1] };
        let share = (done - before * 1024) as i128 * i128::from(HOUR)
            / i128::from((self.work[self.hour] - before) * 1024);
        self.next += 1;
        // The division leaves gaps of its own size; a few random microseconds hide the grid.
        let jitter = dice.below(1000) as i64 * 1000;
        let at = self.start + self.hour as i64 * HOUR + share as i64;
        Some((at + jitter).min(self.start + (self.hour as i64 + 1) * HOUR - 1))
    }

    /// Events still to come.
    pub(crate) fn left(&self) -> u64 {
        self.events - self.next
    }

    /// First moment, nanoseconds since 1970.
    pub(crate) fn start(&self) -> i64 {
        self.start
    }

    /// Length in nanoseconds.
    pub(crate) fn span(&self) -> i64 {
        self.work.len() as i64 * HOUR
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Protects the contract's "no time after `--until`" and the exact number of events.
    #[test]
    fn exactly_so_many_moments_in_order_before_the_end() {
        for (events, days) in [(0, 1), (1, 1), (10, 30), (5_000, 0), (50_000, 7)] {
            let until = 1_800_000_000_000_000_000;
            let (mut schedule, mut dice) = (Schedule::new(events, days, until), Dice::new(1));
            let mut last = until - i64::from(days.max(1)) * DAY;
            let mut count = 0;
            while let Some(at) = schedule.advance(&mut dice) {
                assert!(at < until);
                // The jitter may swap neighbours by less than a millisecond.
                assert!(at + 1_000_000 >= last, "{at} after {last}");
                last = at;
                count += 1;
            }
            assert_eq!(count, events);
        }
    }

    /// Absurd arguments give a stream all the same: no overflow, no memory without end.
    #[test]
    fn absurd_spans_are_cut() {
        for until in [i64::MIN, 0, i64::MAX] {
            let (mut schedule, mut dice) = (Schedule::new(9, u32::MAX, until), Dice::new(1));
            assert_eq!(std::iter::from_fn(|| schedule.advance(&mut dice)).count(), 9);
        }
    }
}
