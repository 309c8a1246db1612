//! A row as a reader gives it.

use std::sync::Arc;

use serde_json::Value;

/// One row, as read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Row {
    /// From 1, as a reader of the file counts.
    pub number: u64,
    /// Headings and cells, in the order of the columns.
    pub cells: Vec<(Arc<str>, Value)>,
}
