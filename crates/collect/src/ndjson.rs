//! A record as one line of NDJSON: the wire form of what `map` made.
//!
//! It knows the fields that sources fill; a source that fills another one adds it here, and the
//! test below fails until it does.

use annals_record::{Object, Record, Related};
use serde::Serialize;
use serde_json::value::RawValue;

use crate::error::CollectError;

type Text<'a> = Option<&'a str>;

/// The keys of the event format, in the order people read them.
#[derive(Serialize)]
struct EventLine<'a> {
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
    user_agent: Text<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    source_ip: Text<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    source_port: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    object: Option<ObjectLine<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    objects: Vec<ObjectLine<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related: Vec<ObjectLine<'a>>,
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
    duration_ms: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    request_data: Option<&'a RawValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    changes: Option<&'a RawValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    origin: Option<&'a RawValue>,
}

#[derive(Serialize)]
struct ObjectLine<'a> {
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

/// Appends `record` and a line feed to `out`.
///
/// # Errors
/// A member that is no JSON, which no source writes.
pub fn write(record: &Record<'_>, out: &mut Vec<u8>) -> Result<(), CollectError> {
    fn raw(text: Text<'_>) -> Result<Option<&RawValue>, serde_json::Error> {
        text.map(serde_json::from_str).transpose()
    }
    let line = EventLine {
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
        user_agent: record.user_agent.as_deref(),
        source_ip: record.source_ip.as_deref(),
        source_port: record.source_port,
        object: record.object.as_ref().map(object),
        objects: record.objects.iter().map(object).collect(),
        related: record.related.iter().map(related).collect(),
        outcome: record.outcome.as_deref(),
        reason: record.reason.as_deref(),
        request_id: record.request_id.as_deref(),
        session_id: record.session_id.as_deref(),
        cause_id: record.cause_id.as_deref(),
        duration_ms: record.duration_ms,
        request_data: raw(record.request_data.as_deref()).map_err(CollectError::Json)?,
        changes: raw(record.changes.as_deref()).map_err(CollectError::Json)?,
        origin: raw(record.origin.as_deref()).map_err(CollectError::Json)?,
    };
    serde_json::to_writer(&mut *out, &line).map_err(CollectError::Json)?;
    out.push(b'\n');
    Ok(())
}

fn object<'a>(object: &'a Object<'_>) -> ObjectLine<'a> {
    let (kind, id, name) = (object.kind.as_deref(), object.id.as_deref(), object.name.as_deref());
    ObjectLine { kind, id, name, role: None, outcome: object.outcome.as_deref() }
}

fn related<'a>(other: &'a Related<'_>) -> ObjectLine<'a> {
    let (kind, id, name) = (other.kind.as_deref(), other.id.as_deref(), other.name.as_deref());
    ObjectLine { kind, id, name, role: other.role.as_deref(), outcome: None }
}
