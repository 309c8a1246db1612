//! `End`: how an operation ended, told after the act.

use std::time::Duration;

use annals_record::Outcome;
use serde::Serialize;
use serde_json::Value;

use super::event::{Object, Targets};

/// How an operation ended. Objects named here stand in the place of those of its beginning: what
/// was created has its id only now.
#[derive(Clone, Debug, Serialize)]
#[must_use]
pub struct End {
    outcome: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    changes: Option<Changes>,
    #[serde(skip_serializing_if = "Option::is_none")]
    duration_ms: Option<u64>,
    #[serde(flatten)]
    targets: Targets,
}

#[derive(Clone, Debug, Serialize)]
struct Changes {
    before: Value,
    after: Value,
}

impl End {
    /// It ended like this.
    pub fn new(outcome: Outcome) -> Self {
        let outcome = outcome.as_str();
        Self {
            outcome,
            reason: None,
            changes: None,
            duration_ms: None,
            targets: Targets::default(),
        }
    }

    /// It was done.
    pub fn success() -> Self {
        Self::new(Outcome::Success)
    }

    /// It was tried and failed.
    pub fn failure(reason: &str) -> Self {
        Self::new(Outcome::Failure).reason(reason)
    }

    /// It was refused: no right, locked, unknown.
    pub fn denied(reason: &str) -> Self {
        Self::new(Outcome::Denied).reason(reason)
    }

    /// With an error text or a comment.
    pub fn reason(mut self, reason: &str) -> Self {
        self.reason = Some(reason.to_owned());
        self
    }

    /// With a target of a type and an id.
    pub fn object(self, kind: &str, id: &str) -> Self {
        self.target(Object::new(kind).id(id))
    }

    /// With a target.
    pub fn target(mut self, object: Object) -> Self {
        self.targets.add(object);
        self
    }

    /// With something else that it concerns, and as what.
    pub fn related(mut self, role: &str, object: Object) -> Self {
        self.targets.relate(role, object);
        self
    }

    /// With what it changed.
    pub fn changes(mut self, before: Value, after: Value) -> Self {
        self.changes = Some(Changes { before, after });
        self
    }

    /// With how long it took, where that was not measured from its beginning.
    pub fn duration(mut self, took: Duration) -> Self {
        self.duration_ms = Some(millis(took));
        self
    }

    pub(super) fn or_duration(self, took: Duration) -> Self {
        if self.duration_ms.is_some() { self } else { self.duration(took) }
    }
}

/// A duration as an event has it.
pub(super) fn millis(took: Duration) -> u64 {
    u64::try_from(took.as_millis()).unwrap_or(u64::MAX)
}
