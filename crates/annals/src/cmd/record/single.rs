//! One event from arguments, whole or in two phases.

use annals_api::client::{Client, ClientError};
use annals_api::wire::append::Rejected;
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
        return Err(faulty(&answer.rejected));
    }
    if args.json {
        return Ok(());
    }
    match answer.first_index {
        Some(index) => output::line(&format!("recorded at index {index}")),
        None => output::line("already recorded"),
    }
}

/// Records that the operation is about to begin; prints its id (or the whole answer).
pub(crate) fn begin(client: &Client, args: &RecordArgs) -> Result<(), Exit> {
    let event = event(args)?;
    let begun = client.begin_operation(&event).map_err(|error| refused(&error))?;
    if args.json { output::json(&begun) } else { output::line(&begun.id) }
}

/// Records how the operation ended; prints the outcome's index (or the whole answer).
pub(crate) fn finish(client: &Client, id: &str, args: &RecordArgs) -> Result<(), Exit> {
    let mut outcome = Map::new();
    describe(args, &mut outcome)?;
    let ended = client.end_operation(id, &outcome).map_err(|error| refused(&error))?;
    if args.json {
        return output::json(&ended);
    }
    output::line(&format!("recorded at index {}", ended.index))
}

/// What is wrong with an event stands in the problem's list, not in its own words.
fn refused(error: &ClientError) -> Exit {
    match error.problem().and_then(|problem| problem.append.as_ref()) {
        Some(append) => faulty(&append.rejected),
        None => reach::failed(error),
    }
}

fn faulty(rejected: &[Rejected]) -> Exit {
    let fault = |fault: &Rejected| format!("{} {}: {}", fault.code, fault.field, fault.message);
    let faults: Vec<String> = rejected.iter().map(fault).collect();
    Exit::No(format!("the event was refused: {}", faults.join("; ")))
}

/// The event as JSON; only what was given stands in it.
fn event(args: &RecordArgs) -> Result<Value, Exit> {
    let mut event = Map::new();
    describe(args, &mut event)?;
    let mut text = |field: &str, value: &Option<String>| {
        if let Some(value) = value {
            event.insert(field.to_owned(), Value::String(value.clone()));
        }
    };
    // Named here and not by the server, so that a request sent again records nothing twice.
    text("id", &args.id.clone().or_else(|| Some(uuid::Uuid::now_v7().to_string())));
    text("region", &args.region);
    text("stack_id", &args.stack_id);
    text("service", &args.service);
    text("operation", &args.operation);
    text("operator", &args.operator);
    text("username", &args.username);
    text("source_ip", &args.source_ip);
    text("session_id", &args.session_id);
    text("request_id", &args.request_id);
    text("cause_id", &args.cause_id);
    let time = args.time.clone().unwrap_or_else(|| crate::cmd::now().to_string());
    event.insert("time".to_owned(), Value::String(time));
    if let Some(data) = &args.request_data {
        let data = serde_json::from_str(data)
            .map_err(|error| Exit::usage("--request-data is not JSON", &error))?;
        event.insert("request_data".to_owned(), data);
    }
    Ok(Value::Object(event))
}

/// What an event and the end of one in two phases have in common.
fn describe(args: &RecordArgs, event: &mut Map<String, Value>) -> Result<(), Exit> {
    let texts = [("outcome", &args.outcome), ("reason", &args.reason)];
    for (field, value) in texts {
        event.extend(value.clone().map(|value| (field.to_owned(), value.into())));
    }
    event.extend(args.duration_ms.map(|value| ("duration_ms".to_owned(), value.into())));
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
    Ok(())
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
