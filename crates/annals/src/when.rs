//! Times as people write them on the command line, and as they read them.
//!
//! `2h`, `7d`, `now`, `today`, `yesterday`, a day, a time of day in the zone, or RFC 3339. Pure:
//! what is now and in which zone are parameters.

use annals_record::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Span, Zoned};

use crate::exit::Exit;

/// Which end of a range a time is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Edge {
    /// Its begin: a day begins at midnight.
    From,
    /// Its end: of a day all of it belongs to the range.
    To,
}

/// The zone called `name`; the system's without a name.
pub(crate) fn zone(name: Option<&str>) -> Result<TimeZone, Exit> {
    match name {
        None => {
            // A machine that does not know its zone shows UTC.
            let zone = TimeZone::system();
            Ok(if zone.is_unknown() { TimeZone::UTC } else { zone })
        }
        Some(name) => TimeZone::get(name).map_err(|_| {
            Exit::Usage(format!("{name:?} is not a time zone; write it like Asia/Shanghai or UTC"))
        }),
    }
}

/// The instant that `text` means, as RFC 3339 in UTC.
pub(crate) fn instant(text: &str, edge: Edge, now: &Zoned) -> Result<String, Exit> {
    let found = parse(text.trim(), edge, now).ok_or_else(|| {
        Exit::Usage(format!(
            "{text:?} is not a time; write it like 2h, 7d, today, 2026-11-01, \
             2026-11-01T08:00 or 2026-11-01T08:00:00+08:00"
        ))
    })?;
    Ok(found.timestamp().to_string())
}

fn parse(text: &str, edge: Edge, now: &Zoned) -> Option<Zoned> {
    let zone = now.time_zone();
    let day = |date: Date| {
        let date = if edge == Edge::To { date.tomorrow().ok()? } else { date };
        date.to_zoned(zone.clone()).ok()
    };
    match text {
        "now" => return Some(now.clone()),
        "today" => return day(now.date()),
        "yesterday" => return day(now.date().yesterday().ok()?),
        _ => {}
    }
    if let Some(ago) = ago(text, now) {
        return Some(ago);
    }
    if let Ok(date) = text.parse::<Date>()
        && text.len() == "2026-11-01".len()
    {
        return day(date);
    }
    if let Ok(instant) = text.parse::<jiff::Timestamp>() {
        return Some(instant.to_zoned(zone.clone()));
    }
    text.parse::<DateTime>().ok()?.to_zoned(zone.clone()).ok()
}

/// `30s`, `15m`, `2h`, `7d`, `2w` before now. Days are those of the zone.
fn ago(text: &str, now: &Zoned) -> Option<Zoned> {
    let (count, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    let count: i64 = count.parse().ok().filter(|count| *count >= 0)?;
    let span = match unit {
        "s" => return now.checked_sub(SignedDuration::from_secs(count)).ok(),
        "m" => return now.checked_sub(SignedDuration::from_secs(count.checked_mul(60)?)).ok(),
        "h" => return now.checked_sub(SignedDuration::from_secs(count.checked_mul(3600)?)).ok(),
        "d" => Span::new().try_days(count).ok()?,
        "w" => Span::new().try_weeks(count).ok()?,
        _ => return None,
    };
    now.checked_sub(span).ok()
}

/// A time of an event as it is shown to people: to the second, in the zone.
pub(crate) fn shown(text: &str, zone: &TimeZone) -> Option<String> {
    let nanos = Timestamp::parse(text)?.nanos();
    let instant = jiff::Timestamp::from_nanosecond(i128::from(nanos)).ok()?;
    Some(instant.to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M:%S").to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    // Protects: what people write means the instant they mean, in their zone, over a change of
    // the clocks too (Berlin, 2026-10-25).
    #[test]
    fn times() {
        let check = |text: &str, edge, zone: &str, expected: &str| {
            let now: jiff::Timestamp = "2026-10-25T12:00:00Z".parse().expect("a time");
            let now = now.in_tz(zone).expect("a zone");
            let found = instant(text, edge, &now).unwrap_or_else(|_| "none".to_owned());
            assert_eq!(found, expected, "{text}");
        };
        check("now", Edge::From, "UTC", "2026-10-25T12:00:00Z");
        check("2h", Edge::From, "UTC", "2026-10-25T10:00:00Z");
        check("1d", Edge::From, "Europe/Berlin", "2026-10-24T11:00:00Z");
        check("24h", Edge::From, "Europe/Berlin", "2026-10-24T12:00:00Z");
        check("today", Edge::From, "Asia/Shanghai", "2026-10-24T16:00:00Z");
        check("today", Edge::To, "Asia/Shanghai", "2026-10-25T16:00:00Z");
        check("yesterday", Edge::From, "UTC", "2026-10-24T00:00:00Z");
        check("2026-10-01", Edge::From, "Asia/Shanghai", "2026-09-30T16:00:00Z");
        check("2026-10-01", Edge::To, "UTC", "2026-10-02T00:00:00Z");
        check("2026-10-01T08:00", Edge::To, "Asia/Shanghai", "2026-10-01T00:00:00Z");
        check("2026-10-01 08:00:30", Edge::From, "UTC", "2026-10-01T08:00:30Z");
        check("2026-10-01T08:00:00+08:00", Edge::From, "UTC", "2026-10-01T00:00:00Z");
        check("2 h", Edge::From, "UTC", "none");
        check("soon", Edge::From, "UTC", "none");
        check("", Edge::From, "UTC", "none");
        check("-1d", Edge::From, "UTC", "none");
        check("9999999999999999999d", Edge::From, "UTC", "none");
    }
}
