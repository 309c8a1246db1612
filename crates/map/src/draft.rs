//! A record under construction: the fields a source fills, and the `origin` that says which lines
//! it rests on and what was inferred.
//!
//! What always holds: a finished record has an id derived from its last line, and names that
//! the event format can hold.

use std::borrow::Cow;

use annals_record::{Object, Record, Related};
use serde_json::{Map, Value};

use crate::decode::Line;
use crate::decode::escape;
use crate::ids::EventIds;
use crate::place::Evidence;

/// Longest id of an object and longest login, in Unicode scalar values: the event format's limits.
const OBJECT_ID_CHARS_MAX: usize = 1024;
const LOGIN_CHARS_MAX: usize = 128;
/// Lines kept in `origin`, which holds 64 KiB: bytes of their JSON text.
const LINES_BYTES_MAX: usize = 48 * 1024;

/// Logins that mean something else in an event: the platform itself, and "can't be known".
const RESERVED_OPERATORS: [&str; 2] = ["system", "unknown"];

/// What all records of one source share.
#[derive(Clone)]
pub(crate) struct Stamp {
    pub(crate) ids: EventIds,
    pub(crate) source: String,
    pub(crate) kind: &'static str,
    pub(crate) region: Option<String>,
    pub(crate) stack_id: Option<String>,
    pub(crate) repeat: Repeat,
}

/// Which of several equal messages that the log tells of in one line is being mapped.
#[derive(Clone, Copy, Default)]
pub(crate) struct Repeat {
    /// From 0.
    pub(crate) ordinal: u32,
    /// 0 where the line is one message.
    pub(crate) count: u32,
}

/// More than one line can complete otherwise; keeps the counters of repeats apart.
const COUNTERS_PER_REPEAT: u32 = 1000;

/// A record under construction.
pub(crate) struct Draft {
    pub(crate) record: Record<'static>,
    pub(crate) request: Map<String, Value>,
    pub(crate) inferred: Vec<String>,
    lines: Vec<Evidence>,
}

impl Draft {
    /// An act of the catalogue's `operation` at `time`.
    pub(crate) fn new(operation: &'static str, time: jiff::Timestamp) -> Self {
        let record = Record {
            operation: Some(Cow::Borrowed(operation)),
            time: Some(Cow::Owned(format!("{time:.9}"))),
            ..Record::default()
        };
        Self { record, request: Map::new(), inferred: Vec::new(), lines: Vec::new() }
    }

    /// An act whose time is that of `line`.
    pub(crate) fn at(operation: &'static str, line: &Line<'_>) -> Self {
        let mut draft = Self::new(operation, line.time);
        draft.inferred.extend(line.time_inferred.clone());
        draft
    }

    /// The login that acted.
    pub(crate) fn operator(&mut self, name: &str) {
        let name = self.fitting("operator", name, LOGIN_CHARS_MAX);
        if name.is_empty() || RESERVED_OPERATORS.iter().any(|word| name.eq_ignore_ascii_case(word))
        {
            self.record.operator = Some(Cow::Borrowed("unknown"));
            self.inferred.push(format!("operator: `{name}` can't stand for a person's login"));
            self.record.username = Some(name).filter(|name| !name.is_empty()).map(Cow::Owned);
        } else {
            self.record.operator = Some(Cow::Owned(name));
        }
    }

    /// The target; one without a name is left out.
    pub(crate) fn object(&mut self, kind: &'static str, id: &str, name: Option<&str>) {
        let id = self.fitting("object", id, OBJECT_ID_CHARS_MAX);
        if !id.is_empty() {
            self.record.object = Some(Object {
                kind: Some(Cow::Borrowed(kind)),
                id: Some(Cow::Owned(id)),
                name: name.map(|name| Cow::Owned(escape::name(name).text.into_owned())),
                ..Object::default()
            });
        }
    }

    /// What else it concerns.
    pub(crate) fn related(&mut self, kind: &'static str, id: &str, role: &'static str) {
        let id = self.fitting(role, id, OBJECT_ID_CHARS_MAX);
        if !id.is_empty() {
            self.record.related.push(Related {
                kind: Some(Cow::Borrowed(kind)),
                id: Some(Cow::Owned(id)),
                role: Some(Cow::Borrowed(role)),
                ..Related::default()
            });
        }
    }

    pub(crate) fn source(&mut self, ip: &str, port: Option<u16>) {
        self.record.source_ip = Some(Cow::Owned(ip.to_owned()));
        self.record.source_port = port.map(u64::from);
    }

    pub(crate) fn outcome(&mut self, outcome: &'static str, reason: Option<&str>) {
        self.record.outcome = Some(Cow::Borrowed(outcome));
        self.record.reason = reason.map(|reason| Cow::Owned(reason.to_owned()));
    }

    /// A line this record rests on; the last one gives position and id.
    pub(crate) fn line(&mut self, line: &Evidence) {
        self.lines.push(line.clone());
    }

    pub(crate) fn lines(&mut self, lines: &[Evidence]) {
        self.lines.extend_from_slice(lines);
    }

    /// The record, and the id it got. `counter` tells apart what one line completed.
    pub(crate) fn finish(mut self, stamp: &Stamp, counter: u32) -> (Record<'static>, String) {
        self.lines.dedup();
        let last = self.lines.last().expect("every act rests on a line").place;
        let Repeat { ordinal, count } = stamp.repeat;
        let id = stamp.ids.event(last, ordinal * COUNTERS_PER_REPEAT + counter);
        if count > 0 {
            self.inferred.push(format!("line: {} of {count} the log tells of in one", ordinal + 1));
        }
        let mut origin = serde_json::json!({
            "collector": "annals-collect",
            "source": stamp.source,
            "kind": stamp.kind,
            "position": { "file": last.file, "offset": last.offset },
            "lines": self.line_texts(),
        });
        if !self.inferred.is_empty() {
            origin["inferred"] = Value::from(self.inferred);
        }
        self.record.id = Some(Cow::Owned(id.clone()));
        self.record.origin = Some(Cow::Owned(origin.to_string()));
        self.record.region = stamp.region.clone().map(Cow::Owned);
        self.record.stack_id = stamp.stack_id.clone().map(Cow::Owned);
        if !self.request.is_empty() {
            self.record.request_data = Some(Cow::Owned(Value::Object(self.request).to_string()));
        }
        (self.record, id)
    }

    /// A name as an event may hold it: readable, and not longer than `chars_max`.
    fn fitting(&mut self, what: &str, name: &str, chars_max: usize) -> String {
        let escape::Name { text, kept_escaped } = escape::name(name);
        if kept_escaped {
            self.inferred.push(format!("{what}: kept escaped as in the log, no plain UTF-8"));
        }
        match text.char_indices().nth(chars_max) {
            Some((end, _)) => {
                self.inferred.push(format!("{what}: cut after {chars_max} characters"));
                text[..end].to_owned()
            }
            None => text.into_owned(),
        }
    }

    /// The texts of the lines as JSON; of too many the first and the very last.
    fn line_texts(&mut self) -> Vec<Value> {
        let mut left = LINES_BYTES_MAX;
        let mut texts = Vec::with_capacity(self.lines.len());
        let (last, before) = self.lines.split_last().expect("every act rests on a line");
        let last = Value::from(last.text.as_str());
        left = left.saturating_sub(last.to_string().len());
        for line in before {
            let text = Value::from(line.text.as_str());
            let length = text.to_string().len();
            if length > left {
                let count = before.len() - texts.len();
                self.inferred.push(format!("lines: {count} before the last one are left out"));
                break;
            }
            left -= length;
            texts.push(text);
        }
        texts.push(last);
        texts
    }
}
