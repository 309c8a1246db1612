//! Times without a year or a zone, as the traditional syslog format writes them.
//!
//! The year is the latest one that does not put the time more than a day behind a reference: the
//! time of the file, or the end of a configured year. So a line gets the same time whenever it is
//! read again within a year.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::error::MapError;

/// Completes the times of one file.
#[derive(Clone, Debug)]
pub struct Calendar {
    zone: TimeZone,
    zone_name: String,
    /// The last moment a line may claim.
    latest: DateTime,
    year_from: &'static str,
}

/// A leap day is at most this many years back (1896 to 1904).
const LEAP_YEARS_BACK_MAX: i16 = 8;

impl Calendar {
    /// Times of a file last written at `written`, in `zone` (`None`: the zone of this machine).
    ///
    /// # Errors
    /// An unknown zone.
    pub fn of_file(zone: Option<&str>, written: Timestamp) -> Result<Self, MapError> {
        let (zone, zone_name) = zone_named(zone)?;
        let mut calendar =
            Self { zone, zone_name, latest: DateTime::MAX, year_from: "the file's time" };
        calendar.written_at(written);
        Ok(calendar)
    }

    /// Times of a file whose last line is of `year`.
    ///
    /// # Errors
    /// An unknown zone.
    pub fn of_year(zone: Option<&str>, year: i16) -> Result<Self, MapError> {
        let (zone, zone_name) = zone_named(zone)?;
        let latest = DateTime::new(year, 12, 31, 23, 59, 59, 999_999_999).unwrap_or(DateTime::MAX);
        Ok(Self { zone, zone_name, latest, year_from: "the configuration" })
    }

    /// The file was written again; a configured year stays.
    pub fn written_at(&mut self, written: Timestamp) {
        if self.year_from == "the file's time" {
            // Clocks of other hosts may be ahead.
            let reach = written.saturating_add(SignedDuration::from_hours(24));
            let reach = reach.expect("a span without months saturates");
            self.latest = self.zone.to_datetime(reach);
        }
    }

    /// The year of a date; 0 where there is none.
    pub(crate) fn year_of(&self, date: (u32, u32, u32, u32, u32)) -> i32 {
        let latest_year = self.latest.year();
        (latest_year.saturating_sub(LEAP_YEARS_BACK_MAX)..=latest_year)
            .rev()
            .find(|year| civil(*year, date).is_some_and(|time| time <= self.latest))
            .map_or(0, i32::from)
    }

    /// The moment a clock on the wall showed `time`; where it showed it twice, the first.
    pub(crate) fn moment(&self, time: DateTime) -> Option<Timestamp> {
        self.zone.to_ambiguous_zoned(time).compatible().ok().map(|zoned| zoned.timestamp())
    }

    /// What was guessed, for `origin.inferred`.
    pub(crate) fn inferred(&self, time: DateTime) -> String {
        format!(
            "time: year {} from {}, zone {}, precision 1 s",
            time.year(),
            self.year_from,
            self.zone_name
        )
    }
}

fn civil(year: i16, date: (u32, u32, u32, u32, u32)) -> Option<DateTime> {
    let small = |number: u32| i8::try_from(number).ok();
    let (month, day, hour, minute, second) = date;
    DateTime::new(year, small(month)?, small(day)?, small(hour)?, small(minute)?, small(second)?, 0)
        .ok()
}

pub(crate) fn zone_named(zone: Option<&str>) -> Result<(TimeZone, String), MapError> {
    let Some(name) = zone else {
        let system = TimeZone::system();
        let name = system.iana_name().unwrap_or("of this machine").to_owned();
        return Ok((system, name));
    };
    let unknown = |source| MapError::UnknownZone { zone: name.to_owned(), source };
    let found = match name {
        "UTC" | "Z" => TimeZone::UTC,
        _ if name.starts_with(['+', '-']) => {
            let at = format!("2000-01-01T00:00:00{name}[{name}]");
            at.parse::<jiff::Zoned>().map_err(unknown)?.time_zone().clone()
        }
        _ => TimeZone::get(name).map_err(unknown)?,
    };
    Ok((found, name.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(zone: &str, written: &str, date: (u32, u32, u32, u32, u32), expected: &str) {
        let calendar = Calendar::of_file(Some(zone), written.parse().unwrap()).unwrap();
        let year = i16::try_from(calendar.year_of(date)).unwrap();
        let got = civil(year, date).and_then(|time| calendar.moment(time));
        let got = got.map_or("none".to_owned(), |time| time.to_string());
        assert_eq!(got, expected, "{date:?} in a file written {written}");
    }

    /// A year is guessed from the file's time: the turn of the year, a clock a little ahead, leap
    /// days and zones must not move an event by a year.
    #[test]
    fn years_and_zones() {
        check("UTC", "2026-11-22T20:00:00Z", (11, 22, 19, 1, 43), "2026-11-22T19:01:43Z");
        check("UTC", "2027-01-01T00:00:05Z", (12, 31, 23, 59, 59), "2026-12-31T23:59:59Z");
        check("UTC", "2026-12-31T23:59:58Z", (1, 1, 0, 0, 1), "2027-01-01T00:00:01Z");
        check("UTC", "2026-11-22T20:00:00Z", (12, 24, 0, 0, 0), "2025-12-24T00:00:00Z");
        check("UTC", "2026-11-22T20:00:00Z", (2, 29, 0, 0, 0), "2024-02-29T00:00:00Z");
        check("UTC", "2026-11-22T20:00:00Z", (2, 30, 0, 0, 0), "none");
        check("+08:00", "2026-11-22T20:00:00Z", (11, 22, 19, 1, 43), "2026-11-22T11:01:43Z");
        check("Asia/Shanghai", "2026-11-22T20:00:00Z", (11, 22, 8, 0, 0), "2026-11-22T00:00:00Z");
    }

    /// A configured year is the year of the last line.
    #[test]
    fn configured_year() {
        let mut calendar = Calendar::of_year(Some("UTC"), 2024).unwrap();
        calendar.written_at("2026-11-22T20:00:00Z".parse().unwrap());
        assert_eq!(calendar.year_of((11, 22, 0, 0, 0)), 2024);
        assert!(Calendar::of_year(Some("Mars/Olympus"), 2024).is_err());
        assert!(Calendar::of_year(Some("+xx"), 2024).is_err());
    }
}
