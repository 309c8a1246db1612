//! Pages of events: `GET /v1/events`.
//!
//! The first page fixes `as_of`; a walk with `cursor` sees exactly the events below it, none
//! twice and none skipped, however many arrive meanwhile. Events themselves are JSON objects as
//! `wire::event` prints them and pass through here as text.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// One page.
#[derive(Debug, Serialize, Deserialize)]
pub struct EventsPage {
    /// The events, in the order asked for.
    pub events: Vec<Box<RawValue>>,
    /// Pass as `cursor` for the next page; null at the end.
    pub next: Option<String>,
    /// Size of the ledger this walk is bound to.
    pub as_of: u64,
    /// Nothing below this position will change its place in any order any more.
    pub settled_index: u64,
}

/// What to ask `GET /v1/events` for; absent members take the server's defaults.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PageQuery {
    /// The filter.
    pub q: Option<String>,
    /// RFC 3339, inclusive.
    pub from: Option<String>,
    /// RFC 3339, exclusive.
    pub to: Option<String>,
    /// `-time` (default), `time`, `index` or `-index`.
    pub order: Option<String>,
    /// Only events after this position.
    pub after_index: Option<u64>,
    /// At most so many events; the server allows 1,000.
    pub limit: Option<u32>,
    /// `next` of the page before.
    pub cursor: Option<String>,
}

impl PageQuery {
    /// The members that are present, as query parameters.
    #[must_use]
    pub fn parameters(&self) -> Vec<(&'static str, String)> {
        let after_index = self.after_index.map(|index| index.to_string());
        let limit = self.limit.map(|limit| limit.to_string());
        [
            ("q", self.q.clone()),
            ("from", self.from.clone()),
            ("to", self.to.clone()),
            ("order", self.order.clone()),
            ("after_index", after_index),
            ("limit", limit),
            ("cursor", self.cursor.clone()),
        ]
        .into_iter()
        .filter_map(|(name, value)| Some((name, value?)))
        .collect()
    }
}
