//! One JSON object a line, as `journalctl -o json` and JSON templates of rsyslog write them.
//!
//! The names of the members are not agreed on between sites, so each part is looked for under the
//! names in use, without case, in a fixed order; the journal's trusted `_PID` comes before what the
//! program claimed.

use std::borrow::Cow;

use serde_json::Value;

use super::Line;
use super::calendar::Calendar;

type Object = serde_json::Map<String, Value>;

const TIMES: &[&str] =
    &["timereported", "timestamp", "@timestamp", "time", "timegenerated", "__realtime_timestamp"];
const HOSTS: &[&str] = &["_hostname", "hostname", "host", "fromhost"];
const PROGRAMS: &[&str] =
    &["syslog_identifier", "programname", "program", "appname", "app-name", "app_name", "ident"];
const TAGS: &[&str] = &["syslogtag", "tag"];
const PIDS: &[&str] = &["_pid", "syslog_pid", "procid", "proc_id", "pid"];
const MESSAGES: &[&str] = &["message", "msg"];

pub(super) fn decode<'a>(text: &'a str, calendar: &Calendar) -> Result<Line<'a>, &'static str> {
    let object: Object = serde_json::from_str(text).map_err(|_| "the line is no JSON object")?;
    let (time, time_inferred) = time_of(&object, calendar)?;
    let tag = find(&object, TAGS).and_then(text_of);
    let (tag_program, tag_pid) = tag.as_deref().map_or((None, None), split_tag);
    let program = find(&object, PROGRAMS).and_then(text_of).or(tag_program);
    let pid = find(&object, PIDS).and_then(text_of).and_then(|pid| pid.parse().ok()).or(tag_pid);
    let message = find(&object, MESSAGES).and_then(text_of).ok_or("the message is missing")?;
    Ok(Line {
        time,
        time_inferred,
        host: Cow::Owned(find(&object, HOSTS).and_then(text_of).unwrap_or_default()),
        program: Cow::Owned(program.ok_or("the program name is missing")?),
        pid,
        message: Cow::Owned(message.trim().to_owned()),
    })
}

fn find<'o>(object: &'o Object, names: &[&str]) -> Option<&'o Value> {
    names.iter().find_map(|name| {
        object.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    })
}

/// Text, a number, or, as the journal writes what is no UTF-8, an array of bytes.
fn text_of(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Array(bytes) => {
            let byte = |value: &Value| value.as_u64().and_then(|byte| u8::try_from(byte).ok());
            let bytes: Option<Vec<u8>> = bytes.iter().map(byte).collect();
            bytes.map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
        }
        _ => None,
    }
}

fn time_of(
    object: &Object,
    calendar: &Calendar,
) -> Result<(jiff::Timestamp, Option<String>), &'static str> {
    let time = find(object, TIMES).and_then(text_of).ok_or("the time is missing")?;
    if let Ok(micros) = time.parse::<i64>() {
        // The journal counts microseconds; seconds would be ten digits until the year 2286.
        let unit = if time.len() <= 11 { 1_000_000 } else { 1 };
        let stamp = micros.checked_mul(unit).map(jiff::Timestamp::from_microsecond);
        return match stamp {
            Some(Ok(stamp)) => Ok((stamp, None)),
            _ => Err("the time is out of range"),
        };
    }
    if let Ok(stamp) = time.parse::<jiff::Timestamp>() {
        return Ok((stamp, None));
    }
    // `%timereported%` without a date format is `Nov 22 19:01:43`.
    let as_line = format!("{time} host program: message");
    let line = super::syslog::decode(&as_line, calendar);
    line.map(|line| (line.time, line.time_inferred)).map_err(|_| "the time can't be read")
}

/// `sshd[28527]:` -> `sshd`, 28527.
fn split_tag(tag: &str) -> (Option<String>, Option<u32>) {
    let tag = tag.trim().trim_end_matches(':');
    match tag.strip_suffix(']').and_then(|tag| tag.split_once('[')) {
        Some((program, pid)) => (Some(program.to_owned()), pid.parse().ok()),
        None => (Some(tag.to_owned()).filter(|tag| !tag.is_empty()), None),
    }
}
