//! The audit table that the peers fill, as it is usually made, and an event as a row of it.
//!
//! The columns that people search have an index; the event itself is kept as text. Nothing is
//! hashed, signed or proved, and a double is found by the unique id only.

use anyhow::Result;
use serde::Deserialize;
use std::borrow::Cow;

/// Columns of the table.
pub(crate) const COLUMNS: usize = 12;

/// Indexes on what people search by.
pub(crate) const INDEXES: &str = "
    CREATE INDEX event_time ON event (time);
    CREATE INDEX event_operator ON event (operator, time);
    CREATE INDEX event_operation ON event (service, operation, time);
    CREATE INDEX event_object ON event (object_id, time);
    CREATE INDEX event_source ON event (source_ip, time);
";

/// The table without its indexes; `time` is the type that the peer has for a time.
pub(crate) fn table(time: &str) -> String {
    format!(
        "CREATE TABLE event (
            id TEXT PRIMARY KEY, time {time} NOT NULL, region TEXT, stack_id TEXT NOT NULL,
            service TEXT NOT NULL, operation TEXT NOT NULL, operator TEXT NOT NULL,
            source_ip TEXT, object_type TEXT, object_id TEXT, outcome TEXT, body TEXT NOT NULL
        );"
    )
}

/// What the table holds of an event, still in its JSON text wherever that is possible.
#[derive(Deserialize)]
pub(crate) struct Row<'a> {
    #[serde(borrow)]
    id: Cow<'a, str>,
    #[serde(borrow)]
    time: Cow<'a, str>,
    #[serde(borrow)]
    region: Option<Cow<'a, str>>,
    #[serde(borrow)]
    stack_id: Cow<'a, str>,
    #[serde(borrow)]
    service: Cow<'a, str>,
    #[serde(borrow)]
    operation: Cow<'a, str>,
    #[serde(borrow)]
    operator: Cow<'a, str>,
    #[serde(borrow)]
    source_ip: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    object: Object<'a>,
    #[serde(borrow)]
    outcome: Option<Cow<'a, str>>,
    #[serde(skip)]
    body: &'a str,
}

#[derive(Default, Deserialize)]
struct Object<'a> {
    #[serde(borrow, rename = "type")]
    kind: Option<Cow<'a, str>>,
    #[serde(borrow)]
    id: Option<Cow<'a, str>>,
}

impl<'a> Row<'a> {
    /// Reads one line of NDJSON.
    pub(crate) fn parse(line: &'a str) -> Result<Self> {
        Ok(Self { body: line, ..serde_json::from_str(line)? })
    }

    /// The values in the order of the table.
    pub(crate) fn columns(&self) -> [Option<&str>; COLUMNS] {
        [
            Some(&*self.id),
            Some(&*self.time),
            self.region.as_deref(),
            Some(&*self.stack_id),
            Some(&*self.service),
            Some(&*self.operation),
            Some(&*self.operator),
            self.source_ip.as_deref(),
            self.object.kind.as_deref(),
            self.object.id.as_deref(),
            self.outcome.as_deref(),
            Some(self.body),
        ]
    }
}
