//! Times as tables write them: RFC 3339, a spreadsheet's and a Chinese date, seconds since 1970,
//! and what the map names.
//!
//! A date is read year first or as the map says: `03/04/2026` means two days and is left unread.

use std::sync::LazyLock;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::fmt::strtime;
use jiff::tz::TimeZone;
use regex::Regex;

use crate::decode::calendar::zone_named;
use crate::error::MapError;

/// Year first, any usual marks between, a time and a zone where there are any.
static YEAR_FIRST: LazyLock<Regex> = LazyLock::new(|| {
    let date = r"^(\d{4})\s?[-/.年]\s?(\d{1,2})\s?[-/.月]\s?(\d{1,2})\s?日?";
    let second = r"(?:[:：]?\s?(\d{1,2})(?:[.,](\d{1,9}))?\s?秒?)?";
    let time = r"[Tt\s]*(\d{1,2})\s?[:：时点]\s?(\d{1,2})\s?分?";
    let zone = r"\s*(Z|z|UTC|GMT|(?:UTC|GMT)?[+-]\d{1,2}(?::?\d{2})?)?$";
    Regex::new(&format!("{date}(?:{time}{second})?{zone}")).expect("the pattern is fixed")
});

/// Reads the times of one table.
pub(super) struct Moments {
    zone: TimeZone,
    /// For `origin.inferred`.
    zone_name: String,
    forms: Vec<Form>,
}

enum Form {
    /// Units in a second.
    Unix(i64),
    Pattern(String),
}

/// A time that was read.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Moment {
    pub(super) time: Timestamp,
    pub(super) inferred: Option<String>,
}

impl Moments {
    /// # Errors
    /// An unknown zone, a format that is none.
    pub(super) fn new(zone: Option<&str>, formats: &[String]) -> Result<Self, MapError> {
        let (zone, name) = zone_named(Some(zone.unwrap_or("UTC")))?;
        let forms = formats.iter().map(|format| Form::parse(format)).collect::<Result<_, _>>()?;
        Ok(Self { zone, zone_name: name, forms })
    }

    /// `None`: the text is no time that is known.
    pub(super) fn read(&self, text: &str) -> Option<Moment> {
        let of_map = self.forms.iter().find_map(|form| self.by_form(form, text));
        of_map.or_else(|| self.year_first(text)).or_else(|| by_digits(text))
    }

    fn by_form(&self, form: &Form, text: &str) -> Option<Moment> {
        match form {
            Form::Unix(units) => {
                let exact = text.strip_suffix(".0").unwrap_or(text).parse().ok()?;
                Some(Moment { time: since_1970(exact, *units)?, inferred: None })
            }
            Form::Pattern(pattern) => {
                let parts = strtime::parse(pattern, text).ok()?;
                if let Ok(time) = parts.to_timestamp() {
                    return Some(Moment { time, inferred: None });
                }
                let date = parts.to_date().ok()?;
                let time = parts.to_time().unwrap_or(jiff::civil::Time::midnight());
                self.in_zone(date.to_datetime(time), parts.hour().is_none())
            }
        }
    }

    fn year_first(&self, text: &str) -> Option<Moment> {
        let found = YEAR_FIRST.captures(text)?;
        let number = |place: usize| found.get(place).map_or("0", |part| part.as_str());
        let small = |place: usize| number(place).parse::<i8>().ok();
        let nanos: i32 = format!("{:0<9}", number(7)).parse().ok()?;
        // A leap second is the last one of its minute.
        let second = small(6)?.min(59);
        let year = number(1).parse().ok()?;
        let civil =
            DateTime::new(year, small(2)?, small(3)?, small(4)?, small(5)?, second, nanos).ok()?;
        match found.get(8) {
            Some(zone) => {
                let time = offset(zone.as_str())?.to_timestamp(civil).ok()?;
                Some(Moment { time, inferred: None })
            }
            None => self.in_zone(civil, found.get(4).is_none()),
        }
    }

    fn in_zone(&self, civil: DateTime, is_date: bool) -> Option<Moment> {
        let ambiguous = self.zone.to_ambiguous_zoned(civil);
        let mut inferred = format!("time: no zone, read as {}", self.zone_name);
        if is_date {
            inferred += ", a date is its midnight";
        }
        if ambiguous.is_ambiguous() {
            inferred += ", the clock changed in that hour";
        }
        let time = ambiguous.compatible().ok()?.timestamp();
        Some(Moment { time, inferred: Some(inferred) })
    }
}

impl Form {
    fn parse(text: &str) -> Result<Self, MapError> {
        match text {
            "unix" => Ok(Self::Unix(1)),
            "unix_ms" => Ok(Self::Unix(1_000)),
            "unix_us" => Ok(Self::Unix(1_000_000)),
            "unix_ns" => Ok(Self::Unix(1_000_000_000)),
            _ if text.contains('%') && strtime::format(text, &jiff::Zoned::default()).is_ok() => {
                Ok(Self::Pattern(text.to_owned()))
            }
            _ => Err(MapError::ImportMap(format!(
                "time format {text:?} is none; write it like \"%d/%m/%Y %H:%M:%S\", or \"unix\", \
                 \"unix_ms\", \"unix_us\", \"unix_ns\""
            ))),
        }
    }
}

/// Seconds or parts of them since 1970, told apart by their length.
fn by_digits(text: &str) -> Option<Moment> {
    if !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let (units, name) = match text.len() {
        10 => (1, "seconds"),
        13 => (1_000, "milliseconds"),
        16 => (1_000_000, "microseconds"),
        19 => (1_000_000_000, "nanoseconds"),
        _ => return None,
    };
    let time = since_1970(text.parse().ok()?, units)?;
    Some(Moment { time, inferred: Some(format!("time: read as {name} since 1970")) })
}

fn since_1970(count: i64, units: i64) -> Option<Timestamp> {
    let nanos = i128::from(count) * i128::from(1_000_000_000 / units);
    Timestamp::from_nanosecond(nanos).ok()
}

/// `Z`, `UTC`, `+08:00`, `+0800`, `UTC+8`.
fn offset(text: &str) -> Option<jiff::tz::Offset> {
    let text = text.trim_start_matches(|c: char| c.is_ascii_alphabetic());
    if text.is_empty() {
        return Some(jiff::tz::Offset::UTC);
    }
    let sign = if text.starts_with('-') { -1 } else { 1 };
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let (hours, minutes) = digits.split_at(if digits.len() % 2 == 1 { 1 } else { 2 });
    let minutes = if minutes.is_empty() { 0 } else { minutes.parse().ok()? };
    let seconds = hours.parse::<i32>().ok()? * 3600 + minutes * 60;
    jiff::tz::Offset::from_seconds(sign * seconds).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(zone: Option<&str>, formats: &[&str], text: &str, expected: Option<&str>) {
        let formats: Vec<_> = formats.iter().map(|format| (*format).to_owned()).collect();
        let moments = Moments::new(zone, &formats).unwrap();
        let got = moments.read(text).map(|moment| moment.time.to_string());
        assert_eq!(got.as_deref(), expected, "{text}");
    }

    /// The same moment in the spellings of spreadsheets, programs and people.
    #[test]
    fn spellings() {
        let same = Some("2026-11-20T08:30:05Z");
        for text in [
            "2026-11-20T08:30:05Z",
            "2026-11-20 08:30:05",
            "2026/11/20 8:30:05",
            "2026.11.20 08:30:05 UTC",
            "2026年11月20日 08:30:05",
            "2026年11月20日8时30分5秒",
            "2026-11-20T16:30:05+08:00",
            "2026-11-20 16:30:05 +0800",
            "2026-11-20 16:30:05 UTC+8",
            "2026-11-20T03:00:05-05:30",
            "1795163405",
            "1795163405000",
        ] {
            check(None, &[], text, same);
        }
        check(None, &[], "2026-11-20 08:30:05.123456789", Some("2026-11-20T08:30:05.123456789Z"));
        check(None, &[], "2026-11-20 08:30", Some("2026-11-20T08:30:00Z"));
        check(None, &[], "2026-11-20", Some("2026-11-20T00:00:00Z"));
        check(Some("Asia/Shanghai"), &[], "2026-11-20 16:30:05", same);
        check(Some("+08:00"), &[], "2026-11-20 16:30:05", same);
        check(Some("Asia/Shanghai"), &[], "2026-11-20 08:30:05Z", same);
    }

    /// What can mean two moments, or none, is not guessed.
    #[test]
    fn not_guessed() {
        for text in ["03/04/2026 08:00", "2026-13-01", "2026-11-20 25:00", "yesterday", "12345"] {
            check(None, &[], text, None);
        }
        check(None, &["%d/%m/%Y %H:%M"], "03/04/2026 08:00", Some("2026-04-03T08:00:00Z"));
        check(None, &["%d/%m/%Y"], "03/04/2026", Some("2026-04-03T00:00:00Z"));
        check(None, &["%d/%m/%Y %H:%M %z"], "03/04/2026 08:00 +0800", Some("2026-04-03T00:00:00Z"));
        check(None, &["unix"], "1795163405.0", Some("2026-11-20T08:30:05Z"));
        let wrong = Moments::new(None, &["nonsense".to_owned()]);
        assert!(wrong.is_err());
        assert!(Moments::new(Some("Mars/Olympus"), &[]).is_err());
    }

    /// An event says what was made up about its time.
    #[test]
    fn inferences() {
        let moments = Moments::new(Some("Europe/Berlin"), &[]).unwrap();
        let inferred = |text: &str| moments.read(text).unwrap().inferred.unwrap_or_default();
        assert_eq!(inferred("2026-11-20 08:30:05"), "time: no zone, read as Europe/Berlin");
        assert!(inferred("2026-10-25 02:30:00").contains("the clock changed"));
        assert!(inferred("2026-11-20").contains("midnight"));
        assert_eq!(inferred("2026-11-20T08:30:05Z"), "");
    }
}
