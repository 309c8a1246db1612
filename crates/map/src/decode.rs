//! A line of a log file, whatever wrote it, becomes a [`Line`]: time, host, program, process and
//! message. Everything behind this point is the same for all formats.
//!
//! What it does not do: understand the message.

pub(crate) mod calendar;
pub(crate) mod escape;
mod json;
mod syslog;

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use calendar::Calendar;

/// How the lines of a file are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// Decided line by line: JSON begins with `{`.
    #[default]
    Auto,
    /// RFC 5424, RFC 3164, rsyslog's file format and the traditional file format.
    Syslog,
    /// One JSON object a line: `journalctl -o json`, or a JSON template of rsyslog.
    Json,
}

/// One message of one program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line<'a> {
    /// When it was written.
    pub time: jiff::Timestamp,
    /// What had to be guessed about the time, for `origin.inferred`.
    pub time_inferred: Option<String>,
    /// The host that wrote it; empty where the line does not say.
    pub host: Cow<'a, str>,
    /// The program's tag, without the process id.
    pub program: Cow<'a, str>,
    /// The process that wrote it.
    pub pid: Option<u32>,
    /// What it said, without blanks around it.
    pub message: Cow<'a, str>,
}

/// 2000-01-01, before which no event can be.
const FIRST_TIME: jiff::Timestamp = jiff::Timestamp::constant(946_684_800, 0);

/// Decodes the lines of one source.
#[derive(Clone, Debug)]
pub struct Decoder {
    format: Format,
    /// For times without year and zone.
    pub calendar: Calendar,
}

impl Decoder {
    /// A decoder of `format`.
    pub fn new(format: Format, calendar: Calendar) -> Self {
        Self { format, calendar }
    }

    /// Decodes one line.
    ///
    /// # Errors
    /// What is missing, as a reason for people: the line is kept with it.
    pub fn decode<'a>(&self, text: &'a str) -> Result<Line<'a>, &'static str> {
        let json = match self.format {
            Format::Auto => text.trim_start().starts_with('{'),
            Format::Syslog => false,
            Format::Json => true,
        };
        let decode = if json { json::decode } else { syslog::decode };
        let mut line = decode(text, &self.calendar)?;
        if line.time < FIRST_TIME {
            return Err("the time is before the year 2000");
        }
        // No value of an event may hold U+0000.
        if line.message.contains('\0') {
            line.message = Cow::Owned(line.message.replace('\0', "\u{fffd}"));
        }
        Ok(line)
    }
}

#[cfg(test)]
mod tests;
