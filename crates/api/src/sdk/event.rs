//! `Event`: an act as the platform tells it, built field by field.
//!
//! The operation is a constant of the catalogue; id and time are set when the event is made. What
//! else an event may hold and its limits: `docs/formats/event.md`. Nothing is checked here that
//! the server checks.

use std::net::IpAddr;
use std::time::{SystemTime, UNIX_EPOCH};

use annals_record::Timestamp;
use serde::Serialize;
use serde_json::value::RawValue;
use uuid::Uuid;

use super::op::Operation;

/// How an event is kept until it is acknowledged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Guarantee {
    /// The server has the intent before the act; without it the act is refused.
    Strict,
    /// The intent is on this machine's disk before the act; it reaches the server later.
    Spooled,
    /// In memory only: may be lost, never slows the act.
    BestEffort,
}

impl Guarantee {
    /// As it stands in an event.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Strict => "strict",
            Self::Spooled => "spooled",
            Self::BestEffort => "best_effort",
        }
    }
}

/// An object of an event.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Object {
    #[serde(rename = "type")]
    kind: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    outcome: Option<&'static str>,
}

impl Object {
    /// An object of a type.
    #[must_use]
    pub fn new(kind: &str) -> Self {
        Self { kind: kind.to_owned(), ..Self::default() }
    }

    /// With its id.
    #[must_use]
    pub fn id(self, id: &str) -> Self {
        Self { id: Some(id.to_owned()), ..self }
    }

    /// With its name.
    #[must_use]
    pub fn name(self, name: &str) -> Self {
        Self { name: Some(name.to_owned()), ..self }
    }

    /// With an outcome of its own, where those of one event differ.
    #[must_use]
    pub fn outcome(self, outcome: annals_record::Outcome) -> Self {
        Self { outcome: Some(outcome.as_str()), ..self }
    }
}

/// What else an event concerns, and as what.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Related {
    role: String,
    #[serde(flatten)]
    object: Object,
}

/// The targets of an event: one, or several.
#[derive(Clone, Debug, Default, Serialize)]
pub(super) struct Targets {
    #[serde(skip_serializing_if = "Option::is_none")]
    object: Option<Object>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    objects: Vec<Object>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related: Vec<Related>,
}

impl Targets {
    pub(super) fn add(&mut self, object: Object) {
        match self.object.take() {
            None if self.objects.is_empty() => self.object = Some(object),
            first => self.objects.extend(first.into_iter().chain([object])),
        }
    }

    pub(super) fn relate(&mut self, role: &str, object: Object) {
        self.related.push(Related { role: role.to_owned(), object });
    }
}

/// An act, as the platform tells it.
#[derive(Clone, Debug, Serialize)]
#[must_use]
pub struct Event {
    id: String,
    time: String,
    operation: &'static str,
    operator: String,
    #[serde(flatten)]
    targets: Targets,
    #[serde(skip_serializing_if = "Option::is_none")]
    guarantee: Option<Guarantee>,
    #[serde(skip_serializing_if = "Option::is_none")]
    source_ip: Option<IpAddr>,
    #[serde(skip_serializing_if = "Option::is_none")]
    source_port: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    request_data: Option<Box<RawValue>>,
    #[serde(flatten)]
    texts: std::collections::BTreeMap<&'static str, String>,
}

macro_rules! texts {
    ($($(#[$doc:meta])+ $name:ident)*) => {
        impl Event {
            $(
                $(#[$doc])+
                pub fn $name(mut self, text: &str) -> Self {
                    self.texts.insert(stringify!($name), text.to_owned());
                    self
                }
            )*
        }
    };
}

texts! {
    /// The account acted as or for; default: the operator.
    username
    /// The operator's stable id, which survives a rename.
    operator_id
    /// The operator's display name.
    operator_name
    /// `user`, `service` or `system`; default from the operator.
    user_type
    /// Region of the deployment; default from the token.
    region
    /// Stack of the deployment; default from the token.
    stack_id
    /// Correlation: the request.
    request_id
    /// Correlation: the session.
    session_id
    /// Id of the event that made this one happen.
    cause_id
    /// How the operator was authenticated.
    auth_method
    /// The caller's program.
    user_agent
    /// A comment.
    reason
}

impl Event {
    /// An operation by the login that acts; with a new id, and the present time.
    pub fn new(operation: Operation, operator: &str) -> Self {
        Self {
            id: Uuid::now_v7().to_string(),
            time: now().to_string(),
            operation: operation.code(),
            operator: operator.to_owned(),
            targets: Targets::default(),
            guarantee: None,
            source_ip: None,
            source_port: None,
            request_data: None,
            texts: std::collections::BTreeMap::new(),
        }
    }

    /// Its id, by which it can be ended and found.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// With a target of a type and an id; further calls make it an act on several.
    pub fn object(self, kind: &str, id: &str) -> Self {
        self.target(Object::new(kind).id(id))
    }

    /// With a target; further calls make it an act on several.
    pub fn target(mut self, object: Object) -> Self {
        self.targets.add(object);
        self
    }

    /// With something else that it concerns, and as what: a partition's `parent`, say.
    pub fn related(mut self, role: &str, object: Object) -> Self {
        self.targets.relate(role, object);
        self
    }

    /// From this address.
    pub fn source_ip(mut self, address: IpAddr) -> Self {
        self.source_ip = Some(address);
        self
    }

    /// From this port.
    pub fn source_port(mut self, port: u16) -> Self {
        self.source_port = Some(port);
        self
    }

    /// The request, as JSON text; kept as it is. What is no JSON is left out.
    pub fn request_json(mut self, json: String) -> Self {
        self.request_data = RawValue::from_string(json).ok();
        self
    }

    /// The request as a value.
    pub fn request_data(self, value: &impl Serialize) -> Self {
        match serde_json::to_string(value) {
            Ok(json) => self.request_json(json),
            Err(_) => self,
        }
    }

    pub(super) fn guaranteed(mut self, guarantee: Guarantee) -> Self {
        self.guarantee = Some(guarantee);
        self
    }
}

fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_nanos(i64::try_from(since.as_nanos()).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sdk::op;
    use crate::wire::event::parse_event;

    // Protects: whatever is built reads back as an event, and one target is `object`, several are
    // `objects`.
    #[test]
    fn events_read_back() {
        let event = Event::new(op::USER_DELETE, "zhang3")
            .username("root")
            .source_ip("2001:db8::1".parse().expect("an address"))
            .source_port(5022)
            .request_json(r#"{"b": 1.50, "a": []}"#.to_owned())
            .related("parent", Object::new("group").id("g-1"))
            .object("user", "u-1")
            .guaranteed(Guarantee::BestEffort);
        let check = |event: &Event, objects: usize| {
            let text = serde_json::to_vec(event).expect("JSON");
            let (record, faults) = parse_event(&text).expect("an object");
            assert!(faults.is_empty(), "{faults:?}");
            assert_eq!(record.request_data.as_deref(), Some(r#"{"b": 1.50, "a": []}"#));
            assert_eq!(record.guarantee.as_deref(), Some("best_effort"));
            assert_eq!(record.related[0].role.as_deref(), Some("parent"));
            assert_eq!((record.object.is_some(), record.objects.len()), (objects == 0, objects));
        };
        check(&event, 0);
        check(&event.object("user", "u-2").object("user", "u-3"), 3);
    }
}
