//! A query's answer, from a cursor on: what is the same for all databases.
//!
//! The query is read-only twice over: it stands inside of a SELECT, and the connection is opened
//! for reading.

/// A query with its cursor column.
pub(super) struct Query {
    text: String,
    cursor: String,
}

impl Query {
    /// `text`: a SELECT; `cursor`: a column of its answer.
    pub(super) fn new(text: &str, cursor: &str) -> Self {
        let text = text.trim().trim_end_matches(';').to_owned();
        Self { text, cursor: format!("\"{}\"", cursor.replace('"', "\"\"")) }
    }

    /// The rows from `from` (SQL of a value) on, in order.
    pub(super) fn page(&self, from: Option<&str>, rows_max: u64) -> String {
        let Self { text, cursor } = self;
        let condition = from.map(|from| format!("WHERE {cursor} >= {from} ")).unwrap_or_default();
        let rest = format!("{condition}ORDER BY {cursor} LIMIT {rows_max}");
        format!("SELECT * FROM (\n{text}\n) AS annals_rows {rest}")
    }
}
