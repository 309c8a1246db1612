//! What an operation was done to, and what else it concerns.

use std::borrow::Cow;

/// A target of an operation: one in `object`, or several in `objects` (a batch is one event).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Object<'a> {
    /// Its type, such as `cluster`; default for a single object: the catalogue's.
    pub kind: Option<Cow<'a, str>>,
    /// Its id.
    pub id: Option<Cow<'a, str>>,
    /// Its name.
    pub name: Option<Cow<'a, str>>,
    /// How the operation ended for this one of several.
    pub outcome: Option<Cow<'a, str>>,
}

/// Something else an operation concerns: a partition's cluster, the destination of a move.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Related<'a> {
    /// Its type.
    pub kind: Option<Cow<'a, str>>,
    /// Its id.
    pub id: Option<Cow<'a, str>>,
    /// Its name.
    pub name: Option<Cow<'a, str>>,
    /// What it is to the operation, such as `destination` or `approver`.
    pub role: Option<Cow<'a, str>>,
}
