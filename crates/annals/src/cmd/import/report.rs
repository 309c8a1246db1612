//! What was understood of each column, and what was not: counted by column and reason.

use std::collections::BTreeMap;
use std::sync::Arc;

use annals_map::{Note, Target};
use serde::Serialize;

use crate::output;
use crate::table::{self, Table};

/// Reasons that are counted apart; further ones are counted together.
const REASONS_MAX: usize = 1000;
/// Lines of the table that is told after an import.
const LINES_TOLD_MAX: usize = 20;

/// The report.
#[derive(Debug, Default, Serialize)]
pub(super) struct Report {
    /// Columns and the field each gives.
    columns: Vec<Column>,
    /// What is to be said about their cells.
    notes: Vec<Line>,
    #[serde(skip)]
    places: BTreeMap<(Arc<str>, String), usize>,
    /// Notes of further kinds.
    further: u64,
}

#[derive(Debug, Serialize)]
struct Column {
    heading: String,
    field: Option<String>,
}

#[derive(Debug, Serialize)]
struct Line {
    column: String,
    reason: String,
    /// Understood, by an inference; the event says so too.
    inferred: bool,
    rows: u64,
    first_row: u64,
}

impl Report {
    /// The columns there are.
    pub(super) fn columns(&mut self, columns: impl Iterator<Item = (Arc<str>, Option<Target>)>) {
        let column = |(heading, target): (Arc<str>, Option<Target>)| Column {
            heading: heading.to_string(),
            field: target.as_ref().map(Target::to_string),
        };
        self.columns = columns.map(column).collect();
    }

    /// One more note about a cell of a row.
    pub(super) fn note(&mut self, row: u64, note: Note) {
        let Note { heading, reason, is_inferred } = note;
        let key = (heading.clone(), reason.into_owned());
        if let Some(place) = self.places.get(&key) {
            self.notes[*place].rows += 1;
            return;
        }
        if self.notes.len() == REASONS_MAX {
            self.further += 1;
            return;
        }
        self.places.insert(key.clone(), self.notes.len());
        let reason = annals_record::mask_text(&key.1).into_owned();
        let (rows, first_row) = (1, row);
        let column = heading.to_string();
        self.notes.push(Line { column, reason, inferred: is_inferred, rows, first_row });
    }

    /// Tells it on stderr: all of it, or what somebody who imports must know.
    pub(super) fn tell(&self, whole: bool) {
        let cell = |text: &str| text.to_owned();
        if whole && !self.columns.is_empty() {
            let heading = ["COLUMN", "FIELD"].map(str::to_owned);
            let line = |column: &Column| {
                vec![column.heading.clone(), column.field.clone().unwrap_or(cell("-"))]
            };
            tell_table(&heading, &self.columns.iter().map(line).collect::<Vec<_>>());
        }
        if self.notes.is_empty() {
            return;
        }
        let heading = ["COLUMN", "ROWS", "FIRST", "WHAT"].map(str::to_owned);
        let line = |line: &Line| {
            let (rows, first) = (line.rows.to_string(), line.first_row.to_string());
            vec![line.column.clone(), rows, first, line.reason.clone()]
        };
        let most = if whole { REASONS_MAX } else { LINES_TOLD_MAX };
        let lines: Vec<_> = self.notes.iter().take(most).map(line).collect();
        tell_table(&heading, &lines);
        let left = self.notes.len() - lines.len();
        if left > 0 || self.further > 0 {
            output::hint("there is more; see all of it with --dry-run");
        }
    }
}

fn tell_table(heading: &[String], lines: &[Vec<String>]) {
    let fitted = Table::fit(heading, lines, table::width());
    output::hint(&fitted.line(heading));
    lines.iter().for_each(|line| output::hint(&fitted.line(line)));
}
