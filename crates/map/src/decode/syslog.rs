//! The four text formats syslog daemons write: RFC 5424, RFC 3164, rsyslog's file format (RFC 3339
//! time, host, tag) and the traditional file format (no priority, no year, no zone).
//!
//! rsyslog writes control characters of a message as `#012`. They are left as they are: OpenSSH
//! never sends any (it writes `\012` itself), so what looks like one is part of a name.

use std::borrow::Cow;
use std::cell::Cell;

use syslog_loose::{ProcId, Variant};

use super::Line;
use super::calendar::Calendar;

pub(super) fn decode<'a>(text: &'a str, calendar: &Calendar) -> Result<Line<'a>, &'static str> {
    let year_guessed = Cell::new(false);
    let year_of = |date| {
        year_guessed.set(true);
        calendar.year_of(date)
    };
    let utc = Some(chrono::Utc);
    let message = syslog_loose::parse_message_with_year_tz(text, year_of, utc, Variant::Either);
    let stamp = message.timestamp.ok_or("no syslog header: a time is missing")?;
    let program = message.appname.ok_or("no syslog header: a program name is missing")?;
    let read = jiff::Timestamp::new(stamp.timestamp(), nanos(&stamp))
        .map_err(|_| "the time is out of range")?;
    let (time, time_inferred) = if year_guessed.get() {
        // It was read as if the zone were UTC; what was written is the clock on the wall.
        let wall = jiff::tz::TimeZone::UTC.to_datetime(read);
        let time = calendar.moment(wall).ok_or("the time is out of range")?;
        (time, Some(calendar.inferred(wall)))
    } else {
        (read, None)
    };
    Ok(Line {
        time,
        time_inferred,
        host: Cow::Borrowed(message.hostname.unwrap_or_default()),
        program: Cow::Borrowed(program),
        pid: message.procid.and_then(|id| match id {
            ProcId::PID(pid) => u32::try_from(pid).ok(),
            ProcId::Name(name) => name.parse().ok(),
        }),
        message: Cow::Borrowed(message.msg.trim_start_matches('\u{feff}').trim()),
    })
}

/// A leap second is written as up to 1,999,999,999 ns; it is counted to the second it follows.
fn nanos(stamp: &chrono::DateTime<chrono::FixedOffset>) -> i32 {
    i32::try_from(stamp.timestamp_subsec_nanos().min(999_999_999)).unwrap_or(0)
}
