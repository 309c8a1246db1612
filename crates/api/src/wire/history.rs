//! The life of one object, what made an event happen, and operations whose outcome is awaited.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::event::KeptEvent;
use super::event::schema::Event;
use super::search::Coverage;

/// An object, as an event names it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Thing {
    /// Its type.
    #[serde(rename = "type", default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// Its id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Its name then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What it is to the operation, where it is a related object.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
}

/// One page of an object's history, oldest first.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct HistoryAnswer {
    /// From when to when the object is known; only with the first page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub life: Option<Life>,
    /// Its events.
    pub events: Vec<HistoryEvent>,
    /// Pass as `cursor` for the next page; null at the end.
    #[schema(required = true)]
    pub next: Option<String>,
    /// What the answer covers.
    #[serde(flatten)]
    #[schema(inline)]
    pub coverage: Coverage,
}

/// From when to when an object is known.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Life {
    /// Time of its first event, RFC 3339.
    #[schema(required = true)]
    pub first: Option<String>,
    /// Time of its last event.
    #[schema(required = true)]
    pub last: Option<String>,
    /// Its newest creation.
    #[schema(required = true)]
    pub created: Option<LifeMark>,
    /// Its first deletion since then.
    #[schema(required = true)]
    pub deleted: Option<LifeMark>,
    /// The newest name it was given.
    #[schema(required = true)]
    pub name: Option<String>,
}

/// The event that began or ended an object.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LifeMark {
    /// When, RFC 3339.
    pub time: String,
    /// Position of the event.
    pub index: u64,
    /// Its operation.
    pub operation: String,
    /// Who did it.
    #[schema(required = true)]
    pub operator: Option<String>,
}

/// One event in the history of an object.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct HistoryEvent {
    /// The event.
    #[schema(value_type = Event)]
    pub event: KeptEvent,
    /// The object as the event names it.
    pub object: Thing,
    /// `target` if the operation was done to it, `related` if it is a related object.
    pub part: String,
    /// The name it had before, if this event gives it another.
    #[schema(required = true)]
    pub renamed_from: Option<String>,
    /// `created` or `deleted`, if the event is that.
    #[schema(required = true)]
    pub step: Option<String>,
    /// What it changed.
    pub changed: Changed,
}

/// What an event changed, and how that is known.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Changed {
    /// `exact`: the event says it; `approximate`: its request differs so from earlier ones;
    /// `unavailable`: it cannot be known.
    pub known: String,
    /// Why it cannot be known: `not_a_write`, `not_done`, `nothing_said`, `erased`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub why: Option<String>,
    /// The differences, in the order of paths.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub differences: Vec<Difference>,
    /// True if there are more, or finer ones, than are listed.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub cut: bool,
}

/// One difference.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Difference {
    /// Where: keys with points between them, `[2]` for a place in an array, `[id=d-1]` for an
    /// element known by its id or name.
    pub path: String,
    /// `added`, `removed`, `changed`, or `masked` where a secret hides whether it changed.
    pub kind: String,
    /// The value before; absent if there was none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub before: Option<serde_json::Value>,
    /// The value after; absent if there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub after: Option<serde_json::Value>,
}

/// The events around one event by cause: causes before their effects.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct CausesAnswer {
    /// The events, depth first from the root.
    pub nodes: Vec<CauseNode>,
    /// Place in `nodes` of the event asked for.
    pub asked: usize,
    /// True if the root names a cause that cannot be seen.
    pub unseen_cause: bool,
    /// True if there is more than the limits allow.
    pub cut: bool,
    /// What the answer covers.
    #[serde(flatten)]
    #[schema(inline)]
    pub coverage: Coverage,
}

/// One event of a cause tree.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct CauseNode {
    /// The event.
    #[schema(value_type = Event)]
    pub event: KeptEvent,
    /// Place of its cause in `nodes`; null for the root.
    #[schema(required = true)]
    pub parent: Option<usize>,
    /// Steps from the root.
    pub depth: usize,
}

/// Two-phase operations whose outcome is not known, newest first.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct OperationsAnswer {
    /// The operations.
    pub operations: Vec<OpenOperation>,
    /// Pass as `cursor` for the next page; null at the end.
    #[schema(required = true)]
    pub next: Option<String>,
    /// What the answer covers.
    #[serde(flatten)]
    #[schema(inline)]
    pub coverage: Coverage,
}

/// An operation whose outcome is not known.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct OpenOperation {
    /// The event.
    #[schema(value_type = Event)]
    pub event: KeptEvent,
    /// True if the outcome is overdue, and therefore `unknown`.
    pub overdue: bool,
}
