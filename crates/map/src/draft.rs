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

/// Longest object id, in Unicode scalar values (the event format's own limit).
const OBJECT_ID_CHARS_MAX: usize = 1024;

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
}

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
        let name = self.readable("operator", name).into_owned();
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
        let id = self.object_id("object", id);
        if !id.is_empty() {
            self.record.object = Some(Object {
                kind: Some(Cow::Borrowed(kind)),
                id: Some(id),
                name: name.map(|name| Cow::Owned(escape::name(name).text.into_owned())),
                ..Object::default()
            });
        }
    }

    /// What else it concerns.
    pub(crate) fn related(&mut self, kind: &'static str, id: &str, role: &'static str) {
        let id = self.object_id(role, id);
        if !id.is_empty() {
            self.record.related.push(Related {
                kind: Some(Cow::Borrowed(kind)),
                id: Some(id),
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
        // One text can be needed twice; two lines at one place are one line.
        self.lines.dedup();
        let last = self.lines.last().expect("every act rests on a line").place;
        let id = stamp.ids.event(last, counter);
        let mut origin = serde_json::json!({
            "collector": "annals-collect",
            "source": stamp.source,
            "kind": stamp.kind,
            "position": { "file": last.file, "offset": last.offset },
            "lines": self.lines.iter().map(|line| line.text.as_str()).collect::<Vec<_>>(),
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

    fn object_id(&mut self, what: &str, id: &str) -> Cow<'static, str> {
        let id = self.readable(what, id);
        match id.char_indices().nth(OBJECT_ID_CHARS_MAX) {
            Some((end, _)) => {
                self.inferred.push(format!("{what}: cut after {OBJECT_ID_CHARS_MAX} characters"));
                Cow::Owned(id[..end].to_owned())
            }
            None => Cow::Owned(id.into_owned()),
        }
    }

    fn readable<'n>(&mut self, what: &str, name: &'n str) -> Cow<'n, str> {
        let name = escape::name(name);
        if name.kept_escaped {
            self.inferred.push(format!("{what}: kept escaped as in the log, no plain UTF-8"));
        }
        name.text
    }
}
