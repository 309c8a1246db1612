//! What a row leaves behind: an id that is the same wherever the row stands, and the row itself in
//! `origin`.
//!
//! An id is the first 16 bytes, as 32 hexadecimal digits, of `HMAC-SHA-256(key,
//! "annals/table/id/v1" 0x00 | occurrence u32 big-endian | row)`, where `row` is the JSON text of
//! the row with its headings in order and without cells that are empty. `occurrence` counts equal
//! rows from 0. So a file that grew, at either end, and a file of another name or with its columns
//! in another order give the same ids to the rows they share.

use std::collections::HashMap;

use hmac::{Hmac, KeyInit, Mac};
use serde_json::Value;
use sha2::Sha256;

use super::raw::Row;

/// The row in `origin`, which holds 64 KiB: bytes of its JSON text.
const ROW_BYTES_MAX: usize = 48 * 1024;
/// Characters that are kept of a cell where the whole row is too large.
const CELL_CHARS_MAX: usize = 1024;

/// Gives rows their ids.
#[derive(Clone)]
pub struct RowIds {
    keyed: Hmac<Sha256>,
    /// How often each row came, by the start of its hash; two rows that share one only count on
    /// from each other.
    seen: HashMap<u64, u32>,
}

impl RowIds {
    /// Ids under a key that the readers of the log don't know: an id stands in clear in the log.
    pub fn new(key: &[u8]) -> Self {
        let mut keyed = Hmac::new_from_slice(key).expect("HMAC takes keys of any length");
        keyed.update(b"annals/table/id/v1\0");
        Self { keyed, seen: HashMap::new() }
    }

    /// Forgets which rows came: the next ones are of another answer.
    pub fn forget(&mut self) {
        self.seen.clear();
    }

    /// The id of the row of this text, and how often the same came before.
    pub(super) fn next(&mut self, row: &str) -> (String, u32) {
        let first = self.hash(row, 0);
        let start: [u8; 8] = std::array::from_fn(|i| first[i]);
        let count = self.seen.entry(u64::from_be_bytes(start)).or_default();
        let occurrence = *count;
        *count = count.saturating_add(1);
        let bytes = if occurrence == 0 { first } else { self.hash(row, occurrence) };
        (bytes.iter().map(|byte| format!("{byte:02x}")).collect(), occurrence)
    }

    fn hash(&self, row: &str, occurrence: u32) -> [u8; 16] {
        let mut mac = self.keyed.clone();
        mac.update(&occurrence.to_be_bytes());
        mac.update(row.as_bytes());
        let bytes = mac.finalize().into_bytes();
        std::array::from_fn(|i| bytes[i])
    }
}

/// The row as a JSON object, headings in order, without empty cells.
pub(super) fn row_text(row: &Row) -> String {
    object_text(&sorted(row), usize::MAX)
}

/// The text of a row as `origin` can hold it; says what had to be cut.
pub(super) fn fitting(row: &Row, whole: String, inferred: &mut Vec<String>) -> String {
    if whole.len() <= ROW_BYTES_MAX {
        return whole;
    }
    inferred.push(format!("row: cells longer than {CELL_CHARS_MAX} characters are cut in origin"));
    let mut cells = sorted(row);
    let cut = object_text(&cells, CELL_CHARS_MAX);
    if cut.len() <= ROW_BYTES_MAX {
        return cut;
    }
    inferred.push("row: too large for origin, only some columns stand there".to_owned());
    while cells.len() > 1 {
        cells.truncate(cells.len() / 2);
        let text = object_text(&cells, CELL_CHARS_MAX);
        if text.len() <= ROW_BYTES_MAX {
            return text;
        }
    }
    "{}".to_owned()
}

type CellOf<'r> = (&'r str, &'r Value);

fn sorted(row: &Row) -> Vec<CellOf<'_>> {
    let mut cells: Vec<CellOf<'_>> =
        row.cells.iter().map(|(heading, value)| (&**heading, value)).collect();
    cells.sort_by_key(|(heading, _)| *heading);
    cells
}

fn object_text(cells: &[CellOf<'_>], limit: usize) -> String {
    let mut text = String::from("{");
    for (heading, value) in cells {
        if value.is_null() || value.as_str().is_some_and(str::is_empty) {
            continue;
        }
        if text.len() > 1 {
            text.push(',');
        }
        text.push_str(&Value::from(cut(heading, limit)).to_string());
        text.push(':');
        match value {
            Value::String(cell) => text.push_str(&Value::from(cut(cell, limit)).to_string()),
            other => {
                let whole = other.to_string();
                match cut(&whole, limit) {
                    part if part.len() == whole.len() => text.push_str(&whole),
                    part => text.push_str(&Value::from(part).to_string()),
                }
            }
        }
    }
    text.push('}');
    text
}

fn cut(text: &str, chars_max: usize) -> &str {
    text.char_indices().nth(chars_max).map_or(text, |(end, _)| &text[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(cells: &[(&str, &str)]) -> Row {
        let cell = |(heading, text): &(&str, &str)| ((*heading).into(), Value::from(*text));
        Row { number: 1, cells: cells.iter().map(cell).collect() }
    }

    /// A file may grow at either end, and its columns may move: what was sent is not sent anew.
    #[test]
    fn ids_are_of_content() {
        let text = |cells: &[(&str, &str)]| row_text(&row(cells));
        let same = text(&[("x", "1"), ("y", "2")]);
        assert_eq!(same, text(&[("y", "2"), ("z", ""), ("x", "1")]));
        let mut ids = RowIds::new(b"key");
        let (a, _) = ids.next(&same);
        let (again, count) = ids.next(&same);
        assert_eq!(count, 1);
        let (other, _) = ids.next(&text(&[("x", "12"), ("y", "")]));
        let mut later = RowIds::new(b"key");
        assert_eq!((later.next(&same).0, later.next(&same).0), (a.clone(), again.clone()));
        let foreign = RowIds::new(b"another").next(&same).0;
        let distinct: std::collections::HashSet<_> = [&a, &again, &other, &foreign].into();
        assert_eq!((distinct.len(), a.len()), (4, 32));
    }

    /// `origin` has a limit; what does not fit is cut and said, never a reason to refuse a row.
    #[test]
    fn origin_is_bounded() {
        let long = "长".repeat(60_000);
        let many: Vec<_> = (0..500).map(|n| (format!("c{n}"), "x".repeat(500))).collect();
        let many: Vec<_> = many.iter().map(|(h, c)| (h.as_str(), c.as_str())).collect();
        for cells in [vec![("a", long.as_str()), ("b", "2")], many, vec![(long.as_str(), "x")]] {
            let mut inferred = Vec::new();
            let row = row(&cells);
            let text = fitting(&row, row_text(&row), &mut inferred);
            assert!(text.len() <= ROW_BYTES_MAX && !inferred.is_empty());
            assert!(serde_json::from_str::<Value>(&text).unwrap().is_object());
        }
        assert_eq!(row_text(&row(&[("b", "1"), ("a", ""), ("c", "\"")])), r#"{"b":"1","c":"\""}"#);
    }
}
