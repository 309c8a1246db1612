//! The table: operation by field.

use std::fmt::Write as _;

use crate::judge::{COLUMNS, Judged, SEED_FIELDS};

/// `✓` filled as demanded, `✗` not, `·` not demanded.
pub(crate) fn table(judged: &Judged) -> String {
    let width = judged.operations.iter().map(|row| row.code.len()).max().unwrap_or(0);
    let mut text = String::new();
    for half in [0..SEED_FIELDS, SEED_FIELDS..COLUMNS.len()] {
        let names = half.map(|number| format!("{number} {}", COLUMNS[number]));
        let _ = writeln!(text, "{}", names.collect::<Vec<_>>().join(", "));
    }
    let numbers = (0..COLUMNS.len()).map(|number| format!("{number:>2}"));
    let numbers = numbers.collect::<Vec<_>>().join(" ");
    let _ = writeln!(text, "{:width$}  {:>4} {:>4}  {numbers}", "operation", "done", "not");
    for row in &judged.operations {
        let (done, not) = row.counts;
        let cells = COLUMNS.map(|column| {
            let is_bad = row.faults.contains_key(column) || done == 0;
            match (row.asked.contains(column), is_bad) {
                (_, true) if row.asked.contains(column) || row.faults.contains_key(column) => " ✗",
                (true, _) => " ✓",
                (false, _) => " ·",
            }
        });
        let _ = writeln!(text, "{:width$}  {done:>4} {not:>4}  {}", row.code, cells.join(" "));
    }
    text
}
