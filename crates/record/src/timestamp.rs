//! A moment with nanosecond precision.
//!
//! Reads RFC 3339 strictly (a missing offset means UTC) and prints the one form that is hashed:
//! UTC with nine fractional digits. Knows no clock: whoever needs "now" passes it in.

/// A moment of the years 0 to 9999; prints as RFC 3339 UTC with nine fractional digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp {
    /// Seconds since 1970-01-01T00:00:00Z, without leap seconds.
    seconds: i64,
    nanos: u32,
}

/// Bytes of the printed form, `2026-11-22T08:30:00.123456789Z`.
pub const TIMESTAMP_BYTES: usize = 30;

const NANOS_PER_SECOND: i64 = 1_000_000_000;
const SECONDS_PER_DAY: i64 = 86_400;

impl Timestamp {
    /// Reads RFC 3339 with at most nine fractional digits. No offset means UTC; `t`, `z` and a
    /// blank between date and time are read as RFC 3339 section 5.6 allows; second 60 (a leap
    /// second) is read as second 59.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        let (head, tail) = bytes.split_at_checked(19)?;
        let [_, _, _, _, b'-', _, _, b'-', _, _, b'T' | b't' | b' ', _, _, b':', _, _, b':', ..] =
            head
        else {
            return None;
        };
        let number = |from: usize, to: usize| digits(&head[from..to]).map(i64::from);
        let (year, month, day) = (number(0, 4)?, number(5, 7)?, number(8, 10)?);
        let (hour, minute, second) = (number(11, 13)?, number(14, 16)?, number(17, 19)?);
        let in_range = (1..=12).contains(&month)
            && (1..=days_of_month(year, month)).contains(&day)
            && hour <= 23
            && minute <= 59
            && second <= 60;
        if !in_range {
            return None;
        }
        let (nanos, offset) = parse_tail(tail)?;
        let of_day = hour * 3600 + minute * 60 + second.min(59);
        let seconds = day_number(year, month, day) * SECONDS_PER_DAY + of_day - i64::from(offset);
        (SECONDS_MIN..=SECONDS_MAX).contains(&seconds).then_some(Self { seconds, nanos })
    }

    /// The moment `nanos` nanoseconds after 1970-01-01T00:00:00Z.
    pub fn from_nanos(nanos: i64) -> Self {
        let seconds = nanos.div_euclid(NANOS_PER_SECOND);
        Self { seconds, nanos: nanos.rem_euclid(NANOS_PER_SECOND) as u32 }
    }

    /// Nanoseconds since 1970, saturating at the ends of `i64` (the years 1677 and 2262).
    pub fn nanos(self) -> i64 {
        let nanos = i128::from(self.seconds) * i128::from(NANOS_PER_SECOND);
        let nanos = nanos + i128::from(self.nanos);
        nanos.clamp(i64::MIN.into(), i64::MAX.into()) as i64
    }

    /// The printed form, without a formatter: 30 bytes of ASCII.
    pub fn to_bytes(self) -> [u8; TIMESTAMP_BYTES] {
        let (year, month, day) = civil_day(self.seconds.div_euclid(SECONDS_PER_DAY));
        let of_day = self.seconds.rem_euclid(SECONDS_PER_DAY);
        let mut out = *b"0000-00-00T00:00:00.000000000Z";
        let parts = [
            (0, 4, year),
            (5, 2, month),
            (8, 2, day),
            (11, 2, of_day / 3600),
            (14, 2, of_day / 60 % 60),
            (17, 2, of_day % 60),
            (20, 9, i64::from(self.nanos)),
        ];
        for (start, width, mut rest) in parts {
            for at in (start..start + width).rev() {
                out[at] = b'0' + (rest % 10) as u8;
                rest /= 10;
            }
        }
        out
    }
}

/// 0000-01-01T00:00:00Z.
const SECONDS_MIN: i64 = day_number(0, 1, 1) * SECONDS_PER_DAY;
/// 9999-12-31T23:59:59Z.
const SECONDS_MAX: i64 = day_number(10_000, 1, 1) * SECONDS_PER_DAY - 1;

/// Days since 1970-01-01 of a day in the Gregorian calendar. Years begin in March here, so that
/// the leap day is the last one; an era is 400 years.
const fn day_number(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

/// The inverse of [`day_number`].
const fn civil_day(number: i64) -> (i64, i64, i64) {
    let number = number + 719_468;
    let era = number.div_euclid(146_097);
    let day_of_era = number.rem_euclid(146_097);
    let leap_days = day_of_era / 1_460 - day_of_era / 36_524 + day_of_era / 146_096;
    let year_of_era = (day_of_era - leap_days) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = (month_from_march + 2) % 12 + 1;
    let year = era * 400 + year_of_era + if month <= 2 { 1 } else { 0 };
    (year, month, day)
}

fn days_of_month(year: i64, month: i64) -> i64 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

impl std::fmt::Display for Timestamp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(std::str::from_utf8(&self.to_bytes()).expect("only ASCII was written"))
    }
}

/// What follows the seconds: fraction in nanoseconds, offset from UTC in seconds.
fn parse_tail(tail: &[u8]) -> Option<(u32, i32)> {
    let (nanos, zone) = match tail {
        [b'.', rest @ ..] => {
            let count = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
            if !(1..=9).contains(&count) {
                return None;
            }
            let value = digits(&rest[..count])? * 10u32.pow(9 - count as u32);
            (value, &rest[count..])
        }
        rest => (0, rest),
    };
    let offset = match zone {
        [] | [b'Z' | b'z'] => 0,
        [sign @ (b'+' | b'-'), hour @ .., b':', m1, m2] if hour.len() == 2 => {
            let (hours, minutes) = (digits(hour)?, digits(&[*m1, *m2])?);
            if hours > 23 || minutes > 59 {
                return None;
            }
            let seconds = (hours * 3600 + minutes * 60) as i32;
            if *sign == b'-' { -seconds } else { seconds }
        }
        _ => return None,
    };
    Some((nanos, offset))
}

/// A run of at most nine ASCII digits as a number.
fn digits(bytes: &[u8]) -> Option<u32> {
    bytes.iter().try_fold(0u32, |sum, byte| {
        byte.is_ascii_digit().then(|| sum * 10 + u32::from(byte - b'0'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(input: &str, expected: Option<&str>) {
        let printed = Timestamp::parse(input).map(|moment| moment.to_string());
        assert_eq!(printed.as_deref(), expected, "{input}");
    }

    // Protects: what senders may write, and that the printed form is one form only.
    #[test]
    fn reads_rfc_3339_and_nothing_else() {
        check("2026-11-22T08:30:00Z", Some("2026-11-22T08:30:00.000000000Z"));
        check("2026-11-22T08:30:00.5", Some("2026-11-22T08:30:00.500000000Z"));
        check("2026-11-22T08:30:00.123456789+08:00", Some("2026-11-22T00:30:00.123456789Z"));
        check("2026-11-22t08:30:00-00:30", Some("2026-11-22T09:00:00.000000000Z"));
        check("2026-11-22 08:30:00z", Some("2026-11-22T08:30:00.000000000Z"));
        check("2016-12-31T23:59:60Z", Some("2016-12-31T23:59:59.000000000Z"));
        check("9999-12-31T23:59:59.999999999Z", Some("9999-12-31T23:59:59.999999999Z"));
        check("2024-02-29T00:00:00Z", Some("2024-02-29T00:00:00.000000000Z"));
        check("0000-01-01T00:00:00Z", Some("0000-01-01T00:00:00.000000000Z"));
        for wrong in [
            "",
            "2026",
            "2026-11-22",
            "2026-02-29T00:00:00Z",
            "1900-02-29T00:00:00Z",
            "2026-13-01T00:00:00Z",
            "2026-00-01T00:00:00Z",
            "2026-01-00T00:00:00Z",
            "9999-12-31T23:59:59-01:00",
            "0000-01-01T00:00:00+01:00",
            "2026-11-22T24:00:00Z",
            "2026-11-22T08:30:00.Z",
            "2026-11-22T08:30:00.1234567890Z",
            "2026-11-22T08:30:00+8:00",
            "2026-11-22T08:30:00+0800",
            "2026-11-22T08:30:00+24:00",
            "2026-11-22T08:30:00Z ",
            "2026-11-22T08:30:00[Asia/Shanghai]",
            "+026-11-22T08:30:00Z",
            "２０２６-11-22T08:30:00Z",
        ] {
            check(wrong, None);
        }
    }

    // Protects: the calendar, day by day over an era, by counting.
    #[test]
    fn every_day_of_400_years() {
        let (mut year, mut month, mut day) = (1800, 1, 1);
        let first = day_number(year, month, day);
        for number in first..first + 146_097 {
            assert_eq!(
                (day_number(year, month, day), civil_day(number)),
                (number, (year, month, day))
            );
            day += 1;
            if day > days_of_month(year, month) {
                (day, month) = (1, month + 1);
            }
            if month > 12 {
                (month, year) = (1, year + 1);
            }
        }
        assert_eq!(day_number(1970, 1, 1), 0);
    }

    proptest! {
        // Protects: printing loses nothing.
        #[test]
        fn prints_what_it_reads(nanos in any::<i64>()) {
            let moment = Timestamp::from_nanos(nanos);
            prop_assert_eq!(Timestamp::parse(&moment.to_string()), Some(moment));
            prop_assert_eq!(moment.nanos(), nanos);
        }

        // Protects: no text makes the reader panic.
        #[test]
        fn never_panics(text in "\\PC{0,40}|[0-9TZ:+. -]{0,40}") {
            let _ = Timestamp::parse(&text);
        }
    }
}
