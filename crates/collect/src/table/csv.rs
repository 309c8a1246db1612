//! Cells between delimiters (RFC 4180, and what programs make of it).
//!
//! A row is known by the line on which it starts. A row with another number of cells than there
//! are headings is unfit: a delimiter in a cell that is not quoted moves all that follow.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::io::Read;
use std::rc::Rc;

use serde_json::Value;

use super::headings::Headings;
use super::{EachPart, ROW_BYTES_MAX, TablePart};

const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];
/// What our own CSV, and others', put before a cell that a spreadsheet would run.
const HARMLESS: [&str; 7] = ["'=", "'+", "'-", "'@", "'\t", "'\r", "'\n"];

/// A delimiter of a map.
pub(super) fn delimiter(delimiter: char) -> Result<u8, String> {
    match u8::try_from(delimiter) {
        Ok(byte) if byte.is_ascii() && byte != b'"' => Ok(byte),
        _ => Err(format!("the delimiter {delimiter:?} is no ASCII character; name another")),
    }
}

/// The delimiter that stands most often in the headings, outside of quotes.
pub(super) fn guess_delimiter(head: &str) -> u8 {
    let mut counts = [0; DELIMITERS.len()];
    let mut quoted = false;
    let line = head.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    for byte in line.bytes() {
        quoted ^= byte == b'"';
        if let (false, Some(place)) = (quoted, DELIMITERS.iter().position(|at| *at == byte)) {
            counts[place] += 1;
        }
    }
    let most = counts.iter().max().copied().unwrap_or_default();
    let place = counts.iter().position(|count| *count == most).unwrap_or_default();
    DELIMITERS[place]
}

/// Gives headings and rows.
pub(super) fn read(
    text: impl Read,
    delimiter: u8,
    heading_row: u32,
    each: &mut EachPart<'_>,
) -> Result<(), String> {
    let progress = Rc::new(RefCell::new(Progress::default()));
    let bounded = Bounded { inner: text, progress: progress.clone() };
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter)
        .from_reader(bounded);
    let mut record = csv::StringRecord::new();
    let mut headings: Option<Headings> = None;
    loop {
        let more = reader.read_record(&mut record);
        let line = progress.borrow_mut().line(reader.position().byte(), &record);
        match more {
            Ok(true) => {}
            Ok(false) => break,
            Err(error) => return Err(format!("line {line} or after: {error}")),
        }
        if line < u64::from(heading_row) || record.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        let part = match &headings {
            None => {
                let found = Headings::new(record.iter().map(|cell| cell.trim_matches('\u{feff}')));
                let part = TablePart::Headings(found.0.clone());
                headings = Some(found);
                part
            }
            Some(headings) => part(headings, line, &record),
        };
        if !each(part) {
            break;
        }
    }
    match headings {
        Some(_) => Ok(()),
        None => Err("there are no headings; is the file empty?".to_owned()),
    }
}

fn part(headings: &Headings, line: u64, record: &csv::StringRecord) -> TablePart {
    let cell = |cell: &str| Value::from(plain(cell));
    let row = headings.row(line, record.iter().map(cell).enumerate());
    let (cells, columns) = (record.len(), headings.0.len());
    let beyond = record.iter().skip(columns).any(|cell| !cell.trim().is_empty());
    if cells < columns || beyond {
        let reason = format!(
            "{cells} cells under {columns} headings; quote a cell that holds the delimiter"
        );
        return TablePart::Unfit(row, reason);
    }
    TablePart::Row(row)
}

/// A cell without the apostrophe that kept spreadsheets from running it.
fn plain(cell: &str) -> &str {
    let is_guarded = cell.starts_with("''") || HARMLESS.iter().any(|start| cell.starts_with(start));
    if is_guarded { &cell[1..] } else { cell }
}

/// What was read ahead of the rows that were given.
#[derive(Default)]
struct Progress {
    /// Bytes read, and of these behind the last row that was given.
    read: u64,
    since: u64,
    /// Line feeds before the last row's end, and where those behind it stand.
    lines: u64,
    feeds: VecDeque<u64>,
}

impl Progress {
    /// The line, from 1, on which a row starts that ends before byte `end`.
    fn line(&mut self, end: u64, record: &csv::StringRecord) -> u64 {
        self.since = 0;
        // The last byte may be the row's own line feed.
        while self.feeds.front().is_some_and(|at| at + 1 < end) {
            self.feeds.pop_front();
            self.lines += 1;
        }
        let inside = record.iter().map(|cell| cell.matches('\n').count() as u64).sum::<u64>();
        self.lines.saturating_sub(inside) + 1
    }
}

/// Ends the reading of a row that does not end.
struct Bounded<R> {
    inner: R,
    progress: Rc<RefCell<Progress>>,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let mut progress = self.progress.borrow_mut();
        if progress.since > ROW_BYTES_MAX {
            let why = "the row does not end within 4 MiB; is a quote missing?";
            return Err(std::io::Error::other(why));
        }
        let count = self.inner.read(buffer)?;
        let start = progress.read;
        let feeds = (start..).zip(&buffer[..count]).filter(|(_, byte)| **byte == b'\n');
        progress.feeds.extend(feeds.map(|(at, _)| at));
        progress.read += count as u64;
        progress.since += count as u64;
        Ok(count)
    }
}
