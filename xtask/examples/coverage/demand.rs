//! `Demand`: what a note of the catalogue asks of events.
//!
//! `CLAUSES` is the table: each clause of a note, as it stands in the catalogue, and what it
//! demands. A clause that is not in it fails the run, so a new note cannot go unread.

use annals_record::{Catalogue, Operation};
use serde_json::Value;

use crate::event::{Event, has_text};

/// Longest text of a request in which contents cannot hide, characters.
const PLAIN_TEXT_CHARS_MAX: usize = 255;

/// What is asked of the events of an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Demand {
    /// Each target is of one of these types.
    Object(&'static [&'static str]),
    /// Something is related as one of these types or roles.
    Related(&'static [&'static str]),
    /// The session is named, and begins as often as it ends.
    Session,
    /// These members are in the request data.
    Data(&'static [&'static str]),
    /// This member of the request data is one of these values, and each of them was seen.
    DataIs(&'static str, &'static [&'static str]),
    /// The same, of operations that end in a word; each value was seen with any of them.
    EndIs(&'static str, &'static str, &'static [&'static str]),
    /// One event has several targets.
    Several,
    /// What it was and what it is now say these words.
    Changes(&'static str, &'static str),
    /// The platform itself did it, because of an event of this operation.
    Itself(&'static str),
    /// A checksum and a file's name are in the request data, and nothing that is longer.
    File,
    /// Another operation is recorded in this one's place.
    Instead(&'static str),
    /// Nothing that an event could show.
    Nothing,
}

use Demand::*;

const ENVIRONMENT: &[&str] = &["cluster", "desktop"];

/// Clauses of notes and what they demand.
const CLAUSES: &[(&str, Demand)] = &[
    ("related = the cluster or desktop", Related(ENVIRONMENT)),
    ("object = the cluster or desktop", Object(ENVIRONMENT)),
    ("the node in related", Related(&["node"])),
    ("the session in session_id", Session),
    (
        "request_data: protocol, node address, application",
        Data(&["protocol", "node_address", "application"]),
    ),
    (
        "disconnect: end_cause user|admin|timeout|network|release",
        EndIs(".disconnect", "end_cause", &["user", "admin", "timeout", "network", "release"]),
    ),
    (
        "request_data.mode = release (dynamic node) | remove (static node)",
        DataIs("mode", &["release", "remove"]),
    ),
    ("related: cluster and partition", Related(&["cluster"])),
    ("related: cluster and partition", Related(&["partition"])),
    ("changes: before global, after partition", Changes("global", "partition")),
    ("members in objects, the other side in related", Object(&["user"])),
    ("members in objects, the other side in related", Related(&["group"])),
    ("one event for one or many: all targets in objects", Several),
    ("accounts known to the platform only", Nothing),
    ("unknown accounts: user.login_unknown", Instead("user.login_unknown")),
    ("object = source", Object(&["file", "folder"])),
    ("related = destination", Related(&["destination"])),
    ("the flow of one request", Related(&["approval"])),
    ("the rule for all requests", Nothing),
    (
        "by the platform itself when a period ends: operator system, cause_id = the policy event",
        Itself("approval_policy.flow.edit"),
    ),
    ("related = the export", Related(&["export"])),
    ("file SHA-256 and name in request_data, never the content", File),
];

/// What the notes of an operation demand; or the clause that nobody knows.
pub(crate) fn demands(operation: &Operation) -> Result<Vec<Demand>, String> {
    let mut demands = Vec::new();
    let clauses = operation.notes.split(';').map(str::trim).filter(|clause| !clause.is_empty());
    for clause in clauses {
        let known = CLAUSES.iter().filter(|(text, _)| *text == clause).map(|(_, demand)| *demand);
        let before = demands.len();
        demands.extend(known);
        if demands.len() == before {
            return Err(format!("nobody checks what its note says: `{clause}`"));
        }
    }
    Ok(demands)
}

impl Demand {
    /// Which column of the table it belongs to; empty for those of none.
    pub(crate) fn column(self) -> &'static str {
        match self {
            Object(_) | Several => "object_id",
            Related(_) => "related",
            Session => "session_id",
            Data(_) | DataIs(..) | EndIs(..) | File => "request_data",
            Itself(_) => "cause_id",
            Changes(..) | Instead(_) | Nothing => "",
        }
    }

    /// What is wrong with the events of an operation; `all` are those of the whole run.
    pub(crate) fn fault(self, operation: &str, done: &[&Event], all: &[Event]) -> Option<String> {
        let each = |is_good: &dyn Fn(&Event) -> bool, what: String| {
            let bad = done.iter().find(|event| !is_good(event))?;
            Some(format!("{what}: {}", bad.text("id")))
        };
        match self {
            Object(types) => {
                let is_one = |object: &&Value| types.iter().any(|kind| object["type"] == *kind);
                let is_good = |event: &Event| event.objects().iter().all(is_one);
                each(&is_good, format!("targets are not {types:?}"))
            }
            Related(words) => {
                let is_good = |event: &Event| words.iter().any(|word| event.is_related(word));
                each(&is_good, format!("nothing is related as {words:?}"))
            }
            Session => session_fault(operation, done, all),
            Data(keys) => {
                let is_there = |event: &Event, key: &str| {
                    event.data(key).is_some_and(|value| !value.is_null() && value != "")
                };
                let is_good = |event: &Event| keys.iter().all(|key| is_there(event, key));
                each(&is_good, format!("request data lacks one of {keys:?}"))
            }
            DataIs(key, values) => value_fault(key, values, done, done),
            EndIs(ending, key, values) if operation.ends_with(ending) => {
                let alike = all.iter().filter(|event| event.text("operation").ends_with(ending));
                value_fault(key, values, done, &alike.collect::<Vec<_>>())
            }
            EndIs(..) | Nothing => None,
            Several => {
                let has_many = done.iter().any(|event| event.objects().len() > 1);
                (!has_many).then(|| "no event has several targets".to_owned())
            }
            Changes(before, after) => {
                let says = |event: &Event, part: &str, word: &str| {
                    event.0["changes"][part].to_string().contains(word)
                };
                let is_good =
                    |event: &Event| says(event, "before", before) && says(event, "after", after);
                each(&is_good, format!("changes are not {before} to {after}"))
            }
            Itself(cause) => itself_fault(cause, done, all),
            File => each(&names_a_file, "no checksum with a name, or too much".to_owned()),
            Instead(other) => {
                let is_there = all.iter().any(|event| event.text("operation") == other);
                (!is_there).then(|| format!("{other} was not recorded"))
            }
        }
    }
}

/// A session that begins ends, and the other way round.
fn session_fault(operation: &str, done: &[&Event], all: &[Event]) -> Option<String> {
    let (begins, ends) = (".create", ".disconnect");
    let other = if operation.ends_with(begins) {
        operation.replace(begins, ends)
    } else {
        operation.replace(ends, begins)
    };
    let is_matched = |event: &&&Event| {
        let session = event.text("session_id");
        let is_other = |known: &&Event| {
            known.text("operation") == other && known.text("session_id") == session
        };
        !session.is_empty() && all.iter().filter(is_other).count() == 1
    };
    let lonely = done.iter().find(|event| !is_matched(event))?;
    Some(format!("a session without its {other}: {}", lonely.text("id")))
}

fn value_fault(key: &str, values: &[&str], done: &[&Event], seen: &[&Event]) -> Option<String> {
    let value = |event: &Event| event.data(key).and_then(Value::as_str).map(str::to_owned);
    let is_known = |event: &Event| value(event).is_some_and(|it| values.contains(&it.as_str()));
    if let Some(event) = done.iter().find(|event| !is_known(event)) {
        return Some(format!("{key} is not one of {values:?}: {}", event.text("id")));
    }
    let is_seen = |wanted: &str| seen.iter().any(|event| value(event).as_deref() == Some(wanted));
    let unseen: Vec<&&str> = values.iter().filter(|wanted| !is_seen(wanted)).collect();
    (!unseen.is_empty()).then(|| format!("{key} was never {unseen:?}"))
}

/// Done by the platform itself at least once, and each time because of something.
fn itself_fault(cause: &str, done: &[&Event], all: &[Event]) -> Option<String> {
    let own: Vec<&&Event> =
        done.iter().filter(|event| event.text("operator") == "system").collect();
    if own.is_empty() {
        return Some("the platform itself never did it".to_owned());
    }
    let is_caused = |event: &&&Event| {
        let id = event.text("cause_id");
        all.iter().any(|known| known.text("id") == id && known.text("operation") == cause)
    };
    let lonely = own.iter().find(|event| !is_caused(event))?;
    Some(format!("its cause is no {cause}: {}", lonely.text("id")))
}

fn names_a_file(event: &Event) -> bool {
    let texts = event.texts();
    let is_checksum =
        |text: &&str| text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let objects = event.objects();
    let is_name = |text: &&str| objects.iter().any(|object| object["name"] == **text);
    texts.iter().any(is_checksum)
        && texts.iter().any(is_name)
        && texts.iter().all(|text| text.chars().count() <= PLAIN_TEXT_CHARS_MAX)
}

/// What holds whatever the notes say: types as in the catalogue, masks, an outcome.
pub(crate) fn always(
    catalogue: &Catalogue,
    operation: &Operation,
    events: &[&Event],
) -> Vec<(&'static str, String)> {
    let mut faults = Vec::new();
    let demands = demands(operation).unwrap_or_default();
    let types: Vec<&str> = operation.object_type.split('|').collect();
    let done = events.iter().filter(|event| event.is_done());
    let seen: Vec<&str> = done
        .flat_map(|event| event.objects())
        .filter_map(|object| object["type"].as_str())
        .collect();
    if !demands.iter().any(|demand| matches!(demand, Object(_))) {
        let strange = seen.iter().find(|kind| !types.contains(kind));
        faults.extend(strange.map(|kind| ("object_id", format!("a target is a `{kind}`"))));
        let unseen = types.iter().find(|kind| !seen.contains(kind));
        faults.extend(unseen.map(|kind| ("object_id", format!("no target is a `{kind}`"))));
    }
    for event in events {
        let shown = operation
            .mask
            .iter()
            .find(|key| event.data(key).is_some_and(|value| !value.is_null() && value != "***"));
        faults.extend(shown.map(|key| ("request_data", format!("`{key}` is not masked"))));
        let is_open = ["", "pending", "unknown"].contains(&event.text("outcome"));
        faults.extend(is_open.then(|| ("outcome", format!("still open: {}", event.text("id")))));
        let is_system = (event.text("operator") == "system", event.text("user_type") == "system");
        let differs = is_system.0 != is_system.1;
        faults.extend(differs.then(|| ("user_type", "differs from the operator".to_owned())));
    }
    let service = catalogue.operations().iter().find(|known| known.code == operation.code);
    let service = service.map(|known| known.service.as_str());
    let is_foreign = events.iter().any(|event| Some(event.text("service")) != service);
    faults.extend(is_foreign.then(|| ("service", "is another one".to_owned())));
    faults
}

/// Whether one of the seed's fields is filled.
pub(crate) fn is_filled(event: &Event, field: &str) -> bool {
    let objects = event.objects();
    let all = |key: &str| !objects.is_empty() && objects.iter().all(|it| has_text(it, key));
    match field {
        "object_id" => all("id"),
        "object_name" => all("name"),
        "request_data" => match &event.0["request_data"] {
            Value::Null => false,
            Value::Object(members) => !members.is_empty(),
            Value::String(text) => !text.is_empty(),
            _ => true,
        },
        field => !event.text(field).is_empty(),
    }
}
