//! The headings of a table, each once: a second column of the same name is told apart by a number.

use std::collections::HashSet;
use std::sync::Arc;

use annals_map::Row;
use serde_json::Value;

/// The headings, in the order of the columns.
pub(super) struct Headings(pub(super) Vec<Arc<str>>);

impl Headings {
    pub(super) fn new<'t>(texts: impl Iterator<Item = &'t str>) -> Self {
        let mut seen = HashSet::new();
        let name = |(place, text): (usize, &str)| {
            let text = text.trim();
            let name = if text.is_empty() { nameless(place) } else { text.to_owned() };
            let mut unique = name.clone();
            let mut number = 2;
            while !seen.insert(unique.clone()) {
                unique = format!("{name} ({number})");
                number += 1;
            }
            Arc::from(unique)
        };
        Self(texts.enumerate().map(name).collect())
    }

    /// A row of cells by their columns; what is beyond the last heading has a number for a name.
    pub(super) fn row(&self, number: u64, cells: impl Iterator<Item = (usize, Value)>) -> Row {
        let heading =
            |place: usize| self.0.get(place).cloned().unwrap_or_else(|| Arc::from(nameless(place)));
        let cells = cells.filter(|(_, value)| !is_empty(value));
        Row { number, cells: cells.map(|(place, value)| (heading(place), value)).collect() }
    }
}

fn nameless(place: usize) -> String {
    format!("column {}", place + 1)
}

fn is_empty(value: &Value) -> bool {
    value.is_null() || value.as_str().is_some_and(str::is_empty)
}
