//! A moment as people write it: an instant, a day, a local time, or so long before now.
//!
//! It stays as written until [`Moment::span`] is told what "now" is and in which zone a day
//! begins. No clock here.

use std::fmt;

use annals_record::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{Span, ToSpan as _, Zoned};

/// A moment as written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// An instant: RFC 3339 with an offset.
    At(Timestamp),
    /// A time of day without an offset, in the zone of who asks.
    Local(DateTime),
    /// All of a day: `2026-11-07`.
    Day(Date),
    /// All of a month, given by its first day: `2026-11`.
    Month(Date),
    /// So many units from now: `now-7d`. Zero units are seconds.
    Now {
        /// How many, before now if negative; at most [`NOW_UNITS_MAX`] either way.
        count: i32,
        /// Of what.
        unit: Unit,
    },
}

/// The unit of a distance from now. Days and longer units follow the calendar of the zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// `s`
    Second,
    /// `m`
    Minute,
    /// `h`
    Hour,
    /// `d`
    Day,
    /// `w`
    Week,
    /// `mo`
    Month,
    /// `y`
    Year,
}

/// Units with their signs; `mo` before `m` is not needed, for the whole sign is compared.
const UNITS: [(Unit, &str); 7] = [
    (Unit::Second, "s"),
    (Unit::Minute, "m"),
    (Unit::Hour, "h"),
    (Unit::Day, "d"),
    (Unit::Week, "w"),
    (Unit::Month, "mo"),
    (Unit::Year, "y"),
];

/// The farthest distance from now, in units: a hundred million seconds are three years.
pub const NOW_UNITS_MAX: i32 = 100_000_000;

impl Moment {
    /// Reads a moment; the forms are in the guide to searching.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if let Some(distance) = text.strip_prefix("now") {
            return parse_distance(distance);
        }
        if !text.is_ascii() || text.len() < 7 {
            return None;
        }
        match text.len() {
            7 => Some(Self::Month(parse_date(text, "-01")?)),
            10 => Some(Self::Day(parse_date(text, "")?)),
            _ => parse_time(text),
        }
    }

    /// The first and the last nanosecond it stands for, since 1970; the same for an instant.
    /// What lies outside the years 1677 to 2262 is moved to their ends.
    #[must_use]
    pub fn span(self, now: Timestamp, zone: &TimeZone) -> (i64, i64) {
        let start = |date: Date| local_nanos(date.to_datetime(jiff::civil::Time::midnight()), zone);
        let days = |first: Date, next: Result<Date, jiff::Error>| {
            let last = next.map_or(i64::MAX, |next| start(next).saturating_sub(1));
            (start(first), last)
        };
        match self {
            Self::At(instant) => (instant.nanos(), instant.nanos()),
            Self::Local(time) => (local_nanos(time, zone), local_nanos(time, zone)),
            Self::Day(day) => days(day, day.tomorrow()),
            Self::Month(first) => days(first, first.checked_add(1.month())),
            Self::Now { count, unit } => {
                let at = from_now(now, zone, count, unit);
                (at, at)
            }
        }
    }
}

fn parse_distance(text: &str) -> Option<Moment> {
    if text.is_empty() {
        return Some(Moment::Now { count: 0, unit: Unit::Second });
    }
    let sign = if text.starts_with('-') { -1 } else { 1 };
    let text = text.strip_prefix(['-', '+'])?;
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (digits, sign_of_unit) = text.split_at(digits);
    let count = digits.parse::<i32>().ok().filter(|count| *count <= NOW_UNITS_MAX)?;
    let (unit, _) = UNITS.into_iter().find(|(_, known)| *known == sign_of_unit)?;
    Some(Moment::Now { count: sign * count, unit: if count == 0 { Unit::Second } else { unit } })
}

fn parse_date(text: &str, rest: &str) -> Option<Date> {
    let is_date = |(place, byte): (usize, u8)| match place {
        4 | 7 => byte == b'-',
        _ => byte.is_ascii_digit(),
    };
    let text = format!("{text}{rest}");
    text.bytes().enumerate().all(is_date).then(|| text.parse().ok())?
}

/// `2026-11-07T08:30`, with seconds and a fraction or without, with an offset or without.
fn parse_time(text: &str) -> Option<Moment> {
    let (date, time) = text.split_at_checked(10)?;
    parse_date(date, "")?;
    let clock = time.get(1..)?;
    let zone = clock.find(['Z', 'z', '+', '-']).unwrap_or(clock.len());
    let (clock, offset) = clock.split_at(zone);
    let seconds = if clock.len() == 5 { ":00" } else { "" };
    let whole = format!("{date}T{clock}{seconds}{offset}");
    let instant = Timestamp::parse(&whole)?;
    match offset {
        "" => Some(Moment::Local(whole.parse().ok()?)),
        _ => Some(Moment::At(instant)),
    }
}

fn local_nanos(time: DateTime, zone: &TimeZone) -> i64 {
    match zone.to_ambiguous_timestamp(time).compatible() {
        Ok(instant) => clamp(instant.as_nanosecond()),
        Err(_) if time.year() < 1970 => i64::MIN,
        Err(_) => i64::MAX,
    }
}

fn from_now(now: Timestamp, zone: &TimeZone, count: i32, unit: Unit) -> i64 {
    let span = Span::new();
    let span = match unit {
        Unit::Second => span.try_seconds(count),
        Unit::Minute => span.try_minutes(count),
        Unit::Hour => span.try_hours(count),
        Unit::Day => span.try_days(count),
        Unit::Week => span.try_weeks(count),
        Unit::Month => span.try_months(count),
        Unit::Year => span.try_years(count),
    };
    let now = jiff::Timestamp::from_nanosecond(now.nanos().into())
        .map(|now| Zoned::new(now, zone.clone()));
    match now.and_then(|now| now.checked_add(span?)) {
        Ok(then) => clamp(then.timestamp().as_nanosecond()),
        Err(_) if count < 0 => i64::MIN,
        Err(_) => i64::MAX,
    }
}

fn clamp(nanos: i128) -> i64 {
    nanos.clamp(i64::MIN.into(), i64::MAX.into()) as i64
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::At(instant) => {
                let text = instant.to_string();
                // Only the fraction can lose zeros: they end at its point.
                let short = text.trim_end_matches('Z').trim_end_matches('0').trim_end_matches('.');
                write!(f, "{short}Z")
            }
            Self::Local(time) => write!(f, "{time}"),
            Self::Day(day) => write!(f, "{day}"),
            Self::Month(first) => write!(f, "{:04}-{:02}", first.year(), first.month()),
            Self::Now { count: 0, .. } => f.write_str("now"),
            Self::Now { count, unit } => {
                let sign = UNITS.iter().find(|(known, _)| known == unit).map_or("", |unit| unit.1);
                write!(f, "now{count:+}{sign}")
            }
        }
    }
}
