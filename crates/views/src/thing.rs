//! `Thing`: what an event was done to, or what else it concerns, in the words an answer shows.
//!
//! Owned and complete, unlike what the filter reads; a part that the event has not, or that was
//! erased, is absent. Decides nothing.

use std::borrow::Cow;

use annals_record::Tag;
use serde::Deserialize;

use crate::fields::Field;
use crate::row::{Row, Seen, Target};

/// A target of an operation or a related object.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Thing {
    /// Its type.
    pub kind: Option<String>,
    /// Its id.
    pub id: Option<String>,
    /// Its name at that time.
    pub name: Option<String>,
    /// Of a related object: what it is to the operation.
    pub role: Option<String>,
}

/// An entry of the sealed array of related objects.
#[derive(Deserialize)]
struct Entry {
    #[serde(rename = "type")]
    kind: Option<String>,
    id: Option<String>,
    name: Option<String>,
    role: Option<String>,
}

impl Thing {
    /// The targets of an event.
    pub(crate) fn targets(row: &Row<'_>) -> Vec<Self> {
        let thing = |Target { kind, id, name, .. }: &Target<'_>| {
            let [kind, id, name] = [kind, id, name].map(|part| shown(part.clone()));
            Self { kind, id, name, role: None }
        };
        row.targets().iter().map(thing).collect()
    }

    /// What else an event concerns.
    pub(crate) fn related(row: &Row<'_>) -> Vec<Self> {
        let Seen::Value(json) = row.sealed(Tag::RELATED) else { return Vec::new() };
        let entries: Vec<Entry> = serde_json::from_str(json).unwrap_or_default();
        let thing = |Entry { kind, id, name, role }| Self { kind, id, name, role };
        entries.into_iter().map(thing).collect()
    }

    /// True if it is the object of this type and id.
    pub(crate) fn is(&self, kind: &str, id: &str) -> bool {
        self.kind.as_deref() == Some(kind) && self.id.as_deref() == Some(id)
    }
}

/// The text of a field, if it is there.
pub(crate) fn text(row: &Row<'_>, field: Field) -> Option<String> {
    shown(row.text(field))
}

fn shown(seen: Seen<Cow<'_, str>>) -> Option<String> {
    match seen {
        Seen::Value(text) => Some(text.into_owned()),
        Seen::Absent | Seen::Erased => None,
    }
}
