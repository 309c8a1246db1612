//! An event under construction: the fields the columns have filled so far.
//!
//! The first column that says something of a field wins; the others are noted.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use annals_record::{Object, Record, Related};
use serde_json::{Map, Value};

use super::cell;

/// Something a column said that did not go into its event as it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// The column.
    pub heading: Arc<str>,
    /// Why, or what was made of it.
    pub reason: Cow<'static, str>,
    /// It was understood, by an inference.
    pub is_inferred: bool,
}

/// An event under construction.
#[derive(Default)]
pub(super) struct Draft {
    pub(super) record: Record<'static>,
    /// Cells about the objects, by key, with their headings.
    pub(super) parts: HashMap<&'static str, (Arc<str>, String)>,
    pub(super) jsons: HashMap<&'static str, Value>,
    pub(super) user: Option<String>,
    pub(super) inferred: Vec<String>,
    pub(super) notes: Vec<Note>,
    /// The map fills what is left: it never contradicts a column.
    pub(super) is_default: bool,
}

impl Draft {
    pub(super) fn note(&mut self, heading: &Arc<str>, reason: impl Into<Cow<'static, str>>) {
        if !self.is_default {
            let (heading, reason) = (heading.clone(), reason.into());
            self.notes.push(Note { heading, reason, is_inferred: false });
        }
    }

    pub(super) fn infer(&mut self, heading: &Arc<str>, what: String) {
        let (heading, reason) = (heading.clone(), Cow::Owned(what.clone()));
        self.notes.push(Note { heading, reason, is_inferred: true });
        self.inferred.push(what);
    }

    pub(super) fn text(&mut self, heading: &Arc<str>, field: &'static str, text: String) {
        let slot = slot(&mut self.record, field);
        match slot {
            None => *slot = Some(Cow::Owned(text)),
            Some(before) if *before == text => {}
            Some(_) => self.note(heading, format!("another column gives {field}; kept in origin")),
        }
    }

    /// An address, with its port where the cell has one.
    pub(super) fn address(&mut self, heading: &Arc<str>, text: &str) {
        match text.parse::<std::net::SocketAddr>() {
            Ok(both) if self.record.source_ip.is_none() => {
                self.text(heading, "source_ip", both.ip().to_string());
                self.record.source_port.get_or_insert(both.port().into());
            }
            _ => self.text(heading, "source_ip", text.to_owned()),
        }
    }

    pub(super) fn integer(&mut self, heading: &Arc<str>, field: &'static str, text: &str) {
        let slot = match field {
            "source_port" => &mut self.record.source_port,
            _ => &mut self.record.duration_ms,
        };
        match text.strip_suffix(".0").unwrap_or(text).parse() {
            Ok(number) => drop(slot.get_or_insert(number)),
            Err(_) => self.note(heading, format!("{field} is a whole number; kept in origin")),
        }
    }

    pub(super) fn object_part(&mut self, heading: &Arc<str>, key: &'static str, text: String) {
        match self.parts.get(key) {
            None => drop(self.parts.insert(key, (heading.clone(), text))),
            Some((_, before)) if *before == text => {}
            Some(_) => self.note(heading, format!("another column gives object.{key}")),
        }
    }

    /// Objects as JSON; a plain text is an id or a name, nobody knows which: kept as the name.
    pub(super) fn objects(&mut self, heading: &Arc<str>, value: &Value, text: &str) {
        let list = match value {
            Value::Array(list) => list.as_slice(),
            one @ Value::Object(_) => std::slice::from_ref(one),
            _ => {
                if !self.parts.contains_key("name") && !self.parts.contains_key("id") {
                    self.infer(heading, "object: an id or a name, read as the name".to_owned());
                    self.object_part(heading, "name", text.to_owned());
                }
                return;
            }
        };
        let object = |value: &Value| Object {
            kind: member(value, "type"),
            id: member(value, "id"),
            name: member(value, "name"),
            outcome: member(value, "outcome"),
        };
        if !self.is_default || self.record.objects.is_empty() {
            self.record.objects.extend(list.iter().map(object));
        }
    }

    pub(super) fn related(&mut self, heading: &Arc<str>, value: &Value) {
        let list = match value {
            Value::Array(list) => list.as_slice(),
            one @ Value::Object(_) => std::slice::from_ref(one),
            _ => {
                let why = "related objects are JSON, or a column of related.TYPE; kept in origin";
                return self.note(heading, why);
            }
        };
        let related = |value: &Value| Related {
            kind: member(value, "type"),
            id: member(value, "id"),
            name: member(value, "name"),
            role: member(value, "role"),
        };
        self.record.related.extend(list.iter().map(related));
    }

    /// Puts a value into a JSON field, or a place inside of it.
    pub(super) fn json(
        &mut self,
        heading: &Arc<str>,
        field: &'static str,
        path: &[String],
        value: &Value,
    ) {
        let Some((last, outer)) = path.split_last() else {
            let whole = cell::json(value).into_owned();
            match (self.jsons.get_mut(field), whole) {
                (None, whole) => drop(self.jsons.insert(field, whole)),
                // Parts came first: they stay, the whole fills what is left.
                (Some(Value::Object(parts)), Value::Object(whole)) => {
                    whole.into_iter().for_each(|(key, value)| {
                        parts.entry(key).or_insert(value);
                    });
                }
                (Some(_), _) => self.note(heading, format!("another column gives {field}")),
            }
            return;
        };
        let mut place = self.jsons.entry(field).or_insert_with(|| Value::Object(Map::new()));
        for key in outer {
            let Value::Object(pairs) = place else { break };
            place = pairs.entry(key.clone()).or_insert_with(|| Value::Object(Map::new()));
        }
        match place {
            Value::Object(pairs) => drop(pairs.entry(last.clone()).or_insert(cell::part(value))),
            _ => self.note(heading, format!("{field} has no place of this name; kept in origin")),
        }
    }
}

fn member(value: &Value, key: &str) -> Option<Cow<'static, str>> {
    match value.get(key)? {
        Value::Null => None,
        Value::String(text) => Some(Cow::Owned(text.clone())),
        other => Some(Cow::Owned(other.to_string())),
    }
}

/// The place of a field of text.
fn slot<'r>(
    record: &'r mut Record<'static>,
    field: &'static str,
) -> &'r mut Option<Cow<'static, str>> {
    match field {
        "id" => &mut record.id,
        "time" => &mut record.time,
        "region" => &mut record.region,
        "stack_id" => &mut record.stack_id,
        "service" => &mut record.service,
        "operation" => &mut record.operation,
        "operator" => &mut record.operator,
        "username" => &mut record.username,
        "operator_id" => &mut record.operator_id,
        "operator_name" => &mut record.operator_name,
        "user_type" => &mut record.user_type,
        "source_ip" => &mut record.source_ip,
        "outcome" => &mut record.outcome,
        "reason" => &mut record.reason,
        "request_id" => &mut record.request_id,
        "session_id" => &mut record.session_id,
        "cause_id" => &mut record.cause_id,
        "auth_method" => &mut record.auth_method,
        _ => &mut record.user_agent,
    }
}
