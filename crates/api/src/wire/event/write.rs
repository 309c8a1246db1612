//! From a record that is not yet kept to the JSON text that `parse_event` reads: what collectors
//! and gateways send.
//!
//! Only the fields it has, in the order people read them. A record that holds only fields of an
//! outcome becomes an outcome. It checks nothing: the server does.

use annals_record::{Object, Record, Related};
use serde::Serialize;
use serde_json::value::RawValue;

type Text<'a> = Option<&'a str>;

#[derive(Serialize)]
struct Line<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Text<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    time: Text<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    region: Text<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    stack_id: Text<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    service: Text<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    operation: Text<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    operator: Text<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    username: Text<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    operator_id: Text<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    operator_name: Text<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    user_type: Text<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    auth_method: Text<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    source_ip: Text<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    source_port: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    user_agent: Text<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    object: Option<Target<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    objects: Vec<Target<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related: Vec<Target<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    outcome: Text<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Text<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    request_id: Text<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    session_id: Text<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cause_id: Text<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    guarantee: Text<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    duration_ms: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    request_data: Option<&'a RawValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    changes: Option<&'a RawValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    origin: Option<&'a RawValue>,
}

#[derive(Serialize)]
struct Target<'a> {
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    kind: Text<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Text<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Text<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    role: Text<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    outcome: Text<'a>,
}

/// Appends `record` as one JSON object without a line end.
///
/// # Errors
/// When request data, changes or origin are no JSON.
pub fn write_event(record: &Record<'_>, out: &mut Vec<u8>) -> Result<(), serde_json::Error> {
    fn raw(text: Text<'_>) -> Result<Option<&RawValue>, serde_json::Error> {
        text.map(serde_json::from_str).transpose()
    }
    let line = Line {
        id: record.id.as_deref(),
        time: record.time.as_deref(),
        region: record.region.as_deref(),
        stack_id: record.stack_id.as_deref(),
        service: record.service.as_deref(),
        operation: record.operation.as_deref(),
        operator: record.operator.as_deref(),
        username: record.username.as_deref(),
        operator_id: record.operator_id.as_deref(),
        operator_name: record.operator_name.as_deref(),
        user_type: record.user_type.as_deref(),
        auth_method: record.auth_method.as_deref(),
        source_ip: record.source_ip.as_deref(),
        source_port: record.source_port,
        user_agent: record.user_agent.as_deref(),
        object: record.object.as_ref().map(target),
        objects: record.objects.iter().map(target).collect(),
        related: record.related.iter().map(related).collect(),
        outcome: record.outcome.as_deref(),
        reason: record.reason.as_deref(),
        request_id: record.request_id.as_deref(),
        session_id: record.session_id.as_deref(),
        cause_id: record.cause_id.as_deref(),
        guarantee: record.guarantee.as_deref(),
        duration_ms: record.duration_ms,
        request_data: raw(record.request_data.as_deref())?,
        changes: raw(record.changes.as_deref())?,
        origin: raw(record.origin.as_deref())?,
    };
    serde_json::to_writer(out, &line)
}

fn target<'a>(object: &'a Object<'_>) -> Target<'a> {
    Target {
        kind: object.kind.as_deref(),
        id: object.id.as_deref(),
        name: object.name.as_deref(),
        role: None,
        outcome: object.outcome.as_deref(),
    }
}

fn related<'a>(other: &'a Related<'_>) -> Target<'a> {
    Target {
        kind: other.kind.as_deref(),
        id: other.id.as_deref(),
        name: other.name.as_deref(),
        role: other.role.as_deref(),
        outcome: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::event::parse_event;

    /// Protects: every field of a record goes out and comes back; one that is forgotten here
    /// would be lost on every way in.
    #[test]
    fn records_read_back() {
        let text = r#"{"id":"a","time":"2026-11-22T08:00:00Z","region":"r","stack_id":"s",
            "service":"users","operation":"user.edit","operator":"o","username":"u",
            "operator_id":"1","operator_name":"n","user_type":"user","source_ip":"10.0.0.1",
            "source_port":5,"object":{"type":"user","id":"i","name":"n"},
            "objects":[{"type":"t","id":"1","name":"2","outcome":"failure"}],
            "related":[{"type":"t","id":"1","name":"2","role":"parent"}],
            "request_data":{"b": 1.50, "a":[]},"outcome":"partial","reason":"why",
            "changes":{"before":1,"after":2},"request_id":"q","session_id":"s","cause_id":"c",
            "origin":{"a":1},"guarantee":"strict","auth_method":"m","user_agent":"ua",
            "duration_ms":7}"#;
        let (record, faults) = parse_event(text.as_bytes()).expect("an object");
        assert!(faults.is_empty(), "{faults:?}");
        let mut written = Vec::new();
        write_event(&record, &mut written).expect("JSON");
        let (read, faults) = parse_event(&written).expect("an object");
        assert!(faults.is_empty(), "{faults:?}");
        assert_eq!(read, record);
        let keys = |text: &[u8]| {
            serde_json::from_slice::<serde_json::Value>(text)
                .map(|v| v.as_object().map(serde_json::Map::len))
                .expect("JSON")
        };
        assert_eq!(keys(&written), keys(text.as_bytes()));
    }
}
