//! CSV (RFC 4180) that a spreadsheet opens without running anything.
//!
//! A cell that a spreadsheet would take for a formula gets an apostrophe in front: it begins with
//! `=`, `+`, `-`, `@`, a tab or a line end. Such a cell is read back by taking the apostrophe
//! off again; a cell that begins with an apostrophe itself gets one more. Lines end with CRLF.

use std::borrow::Cow;

use serde_json::Value;

use super::column::{Column, Words};
use super::export::Lang;

/// What tells a spreadsheet that a file is UTF-8.
pub const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";
const APOSTROPHE: char = '\'';

/// Appends the heading line.
pub fn write_heading(columns: &[Column], lang: Option<Lang>, out: &mut Vec<u8>) {
    write_line(columns.iter().map(|column| column.heading(lang)), out);
}

/// Appends the line of one event, as the API prints events.
pub fn write_event(columns: &[Column], event: &Value, words: &Words, out: &mut Vec<u8>) {
    let cells = columns.iter().map(|column| column.cell(event, words).unwrap_or_default());
    write_line(cells.map(harmless), out);
}

fn write_line<'a>(cells: impl Iterator<Item = Cow<'a, str>>, out: &mut Vec<u8>) {
    for (place, cell) in cells.enumerate() {
        if place > 0 {
            out.push(b',');
        }
        write_cell(&cell, out);
    }
    out.extend_from_slice(b"\r\n");
}

fn write_cell(cell: &str, out: &mut Vec<u8>) {
    if !cell.contains([',', '"', '\r', '\n']) {
        return out.extend_from_slice(cell.as_bytes());
    }
    out.push(b'"');
    out.extend_from_slice(cell.replace('"', "\"\"").as_bytes());
    out.push(b'"');
}

/// The cell as no spreadsheet takes it for a formula.
fn harmless(cell: Cow<'_, str>) -> Cow<'_, str> {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', APOSTROPHE]) {
        return format!("{APOSTROPHE}{cell}").into();
    }
    cell
}

#[cfg(test)]
mod tests {
    use super::*;

    // Protects: whoever opens an export runs nothing that an attacker wrote into an event.
    #[test]
    fn formulas_are_text() {
        let check = |cell: &str, expected: &str| {
            assert_eq!(harmless(cell.into()), expected);
        };
        check("=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0");
        check("+1", "'+1");
        check("-1", "'-1");
        check("@x", "'@x");
        check("\tx", "'\tx");
        check("'x", "''x");
        check("a=b", "a=b");
        check("", "");
    }

    #[test]
    fn cells_are_quoted_where_they_must() {
        let columns = ["operator", "reason", "object.name"]
            .map(|name| Column::parse(name).expect("a column"));
        let event = serde_json::json!({"operator": "a\"b", "reason": "x,y\nz"});
        let mut out = Vec::new();
        write_heading(&columns, Some(Lang::Zh), &mut out);
        write_event(&columns, &event, &Words::default(), &mut out);
        let expected = "操作人,原因,对象名称\r\n\"a\"\"b\",\"x,y\nz\",\r\n";
        assert_eq!(String::from_utf8(out).expect("UTF-8"), expected);
    }
}
