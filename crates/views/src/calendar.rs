//! `Interval`: buckets of time as a calendar on the wall has them.
//!
//! A day begins at midnight of its zone, whatever summer time makes of it; so days have 23 to 25
//! hours. No clock here.

use std::ops::Range;

use jiff::civil::Weekday;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan as _, Zoned};

use crate::QueryError;

/// Buckets of one histogram.
pub const BUCKETS_MAX: usize = 20_000;

/// The length of a bucket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Interval {
    /// `1m`
    Minute,
    /// `5m`
    FiveMinutes,
    /// `1h`
    Hour,
    /// `1d`, from midnight
    Day,
    /// `1w`, from Monday
    Week,
    /// `1mo`, from the first
    Month,
}

impl Interval {
    /// Every interval with the name callers use.
    pub const NAMES: [(&'static str, Self); 6] = [
        ("1m", Self::Minute),
        ("5m", Self::FiveMinutes),
        ("1h", Self::Hour),
        ("1d", Self::Day),
        ("1w", Self::Week),
        ("1mo", Self::Month),
    ];

    /// The interval called `name`.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::NAMES.into_iter().find_map(|(known, interval)| (known == name).then_some(interval))
    }

    /// The borders of all buckets that hold a time of `times` (ns since 1970): each bucket goes
    /// from one border to before the next.
    ///
    /// # Errors
    /// `TooManyBuckets` if they are more than [`BUCKETS_MAX`].
    pub fn borders(self, times: Range<i64>, zone: &TimeZone) -> Result<Vec<i64>, QueryError> {
        let too_many = || QueryError::TooManyBuckets { limit: BUCKETS_MAX };
        if times.is_empty() {
            return Ok(Vec::new());
        }
        let mut start = self.floor(&at(times.start, zone));
        let mut borders = vec![nanos(&start)];
        while borders.last().is_some_and(|border| *border < times.end) {
            if borders.len() > BUCKETS_MAX {
                return Err(too_many());
            }
            let Some(next) = self.next(&start) else {
                // Behind the last year there is no other bucket.
                borders.push(i64::MAX);
                break;
            };
            borders.push(nanos(&next));
            start = next;
        }
        Ok(borders)
    }

    /// The start of the bucket that `time` lies in.
    fn floor(self, time: &Zoned) -> Zoned {
        let date = time.date();
        let day = match self {
            Self::Minute => return shortened(time, 1),
            Self::FiveMinutes => return shortened(time, 5),
            Self::Hour => return shortened(time, 60),
            Self::Day => date,
            Self::Week => {
                let back = i64::from(date.weekday().since(Weekday::Monday));
                date.saturating_sub(back.days())
            }
            Self::Month => date.first_of_month(),
        };
        let midnight = day.to_zoned(time.time_zone().clone());
        midnight.and_then(|midnight| midnight.start_of_day()).unwrap_or_else(|_| time.clone())
    }

    /// The start of the bucket behind the one that begins at `start`.
    fn next(self, start: &Zoned) -> Option<Zoned> {
        let step = match self {
            Self::Minute => SignedDuration::from_mins(1),
            Self::FiveMinutes => SignedDuration::from_mins(5),
            Self::Hour => SignedDuration::from_hours(1),
            Self::Day | Self::Week | Self::Month => return self.next_day(start),
        };
        let next = start.checked_add(step).ok()?;
        // Where the clocks were changed by less than an hour, the next full hour comes earlier.
        let floor = self.floor(&next);
        Some(if floor.timestamp() > start.timestamp() { floor } else { next })
    }

    fn next_day(self, start: &Zoned) -> Option<Zoned> {
        let span = match self {
            Self::Week => 1.week(),
            Self::Month => 1.month(),
            _ => 1.day(),
        };
        let date = start.date().checked_add(span).ok()?;
        date.to_zoned(start.time_zone().clone()).ok()?.start_of_day().ok()
    }
}

/// The last time of day before `time` at which the clock showed a multiple of `minutes`.
fn shortened(time: &Zoned, minutes: i64) -> Zoned {
    let clock = time.time();
    let past = i64::from(clock.minute()) % minutes * 60 + i64::from(clock.second());
    let past = SignedDuration::new(past, clock.subsec_nanosecond());
    time.checked_sub(past).unwrap_or_else(|_| time.clone())
}

fn at(nanos: i64, zone: &TimeZone) -> Zoned {
    let instant = Timestamp::from_nanosecond(nanos.into()).unwrap_or(Timestamp::MIN);
    instant.to_zoned(zone.clone())
}

fn nanos(time: &Zoned) -> i64 {
    let nanos = time.timestamp().as_nanosecond();
    nanos.clamp(i64::MIN.into(), i64::MAX.into()) as i64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn time(text: &str) -> i64 {
        nanos(&text.parse::<Timestamp>().unwrap().to_zoned(TimeZone::UTC))
    }

    fn zone(rule: &str) -> TimeZone {
        TimeZone::posix(rule).unwrap()
    }

    fn check(interval: &str, zone: &TimeZone, from: &str, to: &str, expected: &[&str]) {
        let interval = Interval::parse(interval).unwrap();
        let borders = interval.borders(time(from)..time(to), zone).unwrap();
        let expected: Vec<i64> = expected.iter().map(|text| time(text)).collect();
        assert_eq!(borders, expected, "{interval:?}");
    }

    // Protects: buckets begin where people say a day, a week, a month begins.
    #[test]
    fn aligned_to_the_calendar() {
        let (from, to) = ("2026-11-18T10:07:30Z", "2026-11-18T10:12:00Z");
        let minutes = ["2026-11-18T10:05:00Z", "2026-11-18T10:10:00Z", "2026-11-18T10:15:00Z"];
        check("5m", &TimeZone::UTC, from, to, &minutes);
        let to = "2026-11-18T10:08:00Z";
        check("1m", &TimeZone::UTC, from, to, &["2026-11-18T10:07:00Z", to]);
        let days = ["2026-11-17T16:00:00Z", "2026-11-18T16:00:00Z"];
        check("1d", &zone("CST-8"), from, to, &days);
        let week = ["2026-11-16T00:00:00Z", "2026-11-23T00:00:00Z"];
        check("1w", &TimeZone::UTC, from, to, &week);
        let months = ["2026-11-01T00:00:00Z", "2026-12-01T00:00:00Z", "2027-01-01T00:00:00Z"];
        check("1mo", &TimeZone::UTC, from, "2026-12-01T00:00:00.000000001Z", &months);
        check("1d", &TimeZone::UTC, from, from, &[]);
    }

    // Protects: no hour is counted twice and none is lost where the clocks change.
    #[test]
    fn summer_time() {
        let berlin = zone("CET-1CEST,M3.5.0,M10.5.0/3");
        let days = ["2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z"];
        check("1d", &berlin, "2026-10-25T00:30:00Z", "2026-10-25T22:00:00Z", &days);
        let hours = ["2026-10-25T00:00:00Z", "2026-10-25T01:00:00Z", "2026-10-25T02:00:00Z"];
        check("1h", &berlin, "2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z", &hours);
        let hours = ["2026-03-29T00:00:00Z", "2026-03-29T01:00:00Z", "2026-03-29T02:00:00Z"];
        check("1h", &berlin, "2026-03-29T00:30:00Z", "2026-03-29T01:30:00Z", &hours);
        // Half an hour's change: the hour that is cut short ends early.
        let lord_howe = zone("<+1030>-10:30<+11>-11,M10.1.0,M4.1.0");
        let interval = Interval::Hour;
        let (from, to) = (time("2026-04-04T12:00:00Z"), time("2026-04-04T18:00:00Z"));
        let borders = interval.borders(from..to, &lord_howe).unwrap();
        assert!(borders.is_sorted() && borders[0] <= from && *borders.last().unwrap() >= to);
        assert!(borders.windows(2).all(|pair| pair[1] - pair[0] <= 3_600_000_000_000));
    }

    // Protects: a wide range of short buckets is refused, not computed for ever.
    #[test]
    fn bounded() {
        let all = i64::MIN..i64::MAX;
        let few = Interval::Month.borders(all.clone(), &TimeZone::UTC).unwrap();
        assert!(few.is_sorted() && few.len() < BUCKETS_MAX);
        let error = Interval::Minute.borders(all, &TimeZone::UTC);
        assert!(matches!(error, Err(QueryError::TooManyBuckets { .. })));
    }
}
