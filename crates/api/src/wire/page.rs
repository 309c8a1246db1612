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
    /// Events below this position are found without a look at the newest part of the ledger.
    pub settled_index: u64,
    /// True if not everything was looked at.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub partial: bool,
    /// Why the page is partial.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// How far a partial page came: every event below this position was looked at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scanned_to: Option<u64>,
}

/// Which events a question is about; absent members take the server's defaults.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    /// The filter.
    pub q: Option<String>,
    /// RFC 3339, inclusive.
    pub from: Option<String>,
    /// RFC 3339, exclusive.
    pub to: Option<String>,
    /// The time zone in which days of the filter begin, such as `Asia/Shanghai`.
    pub tz: Option<String>,
}

impl Asked {
    /// The members that are present, as query parameters.
    #[must_use]
    pub fn parameters(&self) -> Vec<(&'static str, String)> {
        [("q", &self.q), ("from", &self.from), ("to", &self.to), ("tz", &self.tz)]
            .into_iter()
            .filter_map(|(name, value)| Some((name, value.clone()?)))
            .collect()
    }
}

/// What to ask `GET /v1/events` for; absent members take the server's defaults.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PageQuery {
    /// Which events.
    pub asked: Asked,
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
        let own = [
            ("order", self.order.clone()),
            ("after_index", after_index),
            ("limit", limit),
            ("cursor", self.cursor.clone()),
        ];
        let own = own.into_iter().filter_map(|(name, value)| Some((name, value?)));
        self.asked.parameters().into_iter().chain(own).collect()
    }
}
