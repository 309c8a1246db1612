//! One event from arguments.

use annals_api::client::Client;
use serde_json::{Map, Value, json};

use crate::args::RecordArgs;
use crate::exit::Exit;
use crate::{output, reach};

/// Builds the event, sends it, prints its index (or the whole answer).
pub(crate) fn send(client: &Client, args: &RecordArgs) -> Result<(), Exit> {
    let event = event(args)?;
    let body = event.to_string().into_bytes();
    let answer = client.append_ndjson(body, false).map_err(|error| reach::failed(&error))?;
    if args.json {
        output::json(&answer)?;
    }
    if !answer.rejected.is_empty() {
        let faults: Vec<String> = answer
            .rejected
            .iter()
            .map(|fault| format!("{} {}: {}", fault.code, fault.field, fault.message))
            .collect();
        return Err(Exit::No(format!("the event was refused: {}", faults.join("; "))));
    }
    if args.json {
        return Ok(());
    }
    match answer.first_index {
        Some(index) => output::line(&format!("recorded at index {index}")),
        None => output::line("already recorded"),
    }
}

/// The event as JSON; only what was given stands in it.
fn event(args: &RecordArgs) -> Result<Value, Exit> {
    let mut event = Map::new();
    let mut text = |field: &str, value: &Option<String>| {
        if let Some(value) = value {
            event.insert(field.to_owned(), Value::String(value.clone()));
        }
    };
    text("id", &args.id);
    text("region", &args.region);
    text("stack_id", &args.stack_id);
    text("service", &args.service);
    text("operation", &args.operation);
    text("operator", &args.operator);
    text("username", &args.username);
    text("source_ip", &args.source_ip);
    text("outcome", &args.outcome);
    text("reason", &args.reason);
    text("session_id", &args.session_id);
    text("request_id", &args.request_id);
    text("cause_id", &args.cause_id);
    let time = args.time.clone().unwrap_or_else(|| crate::cmd::now().to_string());
    event.insert("time".to_owned(), Value::String(time));
    let objects = args.objects.iter().map(|text| object(text)).collect::<Result<Vec<_>, _>>()?;
    match objects.as_slice() {
        [] => {}
        [one] => drop(event.insert("object".to_owned(), one.clone())),
        _ => drop(event.insert("objects".to_owned(), Value::Array(objects))),
    }
    let related = args.related.iter().map(|text| related(text)).collect::<Result<Vec<_>, _>>()?;
    if !related.is_empty() {
        event.insert("related".to_owned(), Value::Array(related));
    }
    if let Some(data) = &args.request_data {
        let data = serde_json::from_str(data)
            .map_err(|error| Exit::usage("--request-data is not JSON", &error))?;
        event.insert("request_data".to_owned(), data);
    }
    Ok(Value::Object(event))
}

/// `type:id[:name]`; the name may hold colons.
fn object(text: &str) -> Result<Value, Exit> {
    let mut parts = text.splitn(3, ':');
    match (parts.next(), parts.next(), parts.next()) {
        (Some(kind), Some(id), None) if !kind.is_empty() => Ok(json!({"type": kind, "id": id})),
        (Some(kind), Some(id), Some(name)) if !kind.is_empty() => {
            Ok(json!({"type": kind, "id": id, "name": name}))
        }
        _ => Err(Exit::Usage(format!("{text:?} is not TYPE:ID or TYPE:ID:NAME"))),
    }
}

/// `role=type:id[:name]`.
fn related(text: &str) -> Result<Value, Exit> {
    let (role, rest) = text
        .split_once('=')
        .ok_or_else(|| Exit::Usage(format!("{text:?} is not ROLE=TYPE:ID or ROLE=TYPE:ID:NAME")))?;
    let mut value = object(rest)?;
    value["role"] = Value::String(role.to_owned());
    Ok(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(input: &str, expected: Option<Value>) {
        assert_eq!(object(input).ok(), expected, "{input}");
    }

    /// Protects the short form of a target: what stands before the first colon is its type, what
    /// follows the second is its name, colons and all.
    #[test]
    fn objects() {
        check("cluster:c-42", Some(json!({"type": "cluster", "id": "c-42"})));
        check("user:u-7:a:b", Some(json!({"type": "user", "id": "u-7", "name": "a:b"})));
        check("c-42", None);
        check(":c-42", None);
    }

    /// Protects the role in front of what is related.
    #[test]
    fn roles() {
        let expected = json!({"type": "cluster", "id": "c", "role": "parent"});
        assert_eq!(related("parent=cluster:c").unwrap(), expected);
        assert!(related("cluster:c").is_err());
    }
}
