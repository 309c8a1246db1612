//! A sheet of a workbook, row by row. Dates become text without a zone, as a spreadsheet has none.

use std::path::Path;

use annals_map::FileForm;
use calamine::{DataRef, Reader as _, Xlsx};
use serde_json::Value;

use super::headings::Headings;
use super::{EachPart, TablePart};
use crate::error::CollectError;

/// Whole numbers that are exact as a spreadsheet keeps them.
const EXACT_MAX: f64 = 9_007_199_254_740_992.0;

/// Gives headings and rows.
pub(super) fn read(
    path: &Path,
    form: &FileForm,
    each: &mut EachPart<'_>,
) -> Result<(), CollectError> {
    let unfit = |message: String| CollectError::Table { path: path.to_owned(), message };
    let failed =
        |source| CollectError::Workbook { path: path.to_owned(), source: Box::new(source) };
    let mut book: Xlsx<_> = calamine::open_workbook(path).map_err(failed)?;
    let sheets = book.sheet_names();
    let sheet = match &form.sheet {
        Some(name) if sheets.contains(name) => name.clone(),
        Some(name) => {
            let known = sheets.join(", ");
            return Err(unfit(format!("there is no sheet `{name}`; there are: {known}")));
        }
        None => sheets.first().cloned().ok_or_else(|| unfit("there is no sheet".to_owned()))?,
    };
    let mut cells = book.worksheet_cells_reader(&sheet).map_err(failed)?;
    let mut rows = Rows { heading_row: form.heading_row.unwrap_or(1), headings: None };
    let (mut number, mut row) = (0, Vec::new());
    while let Some(cell) = cells.next_cell().map_err(failed)? {
        let (line, column) = cell.get_position();
        if line + 1 != number {
            if !rows.give(number, &mut row, each) {
                return Ok(());
            }
            number = line + 1;
        }
        row.push((column as usize, value(cell.get_value())));
    }
    rows.give(number, &mut row, each);
    match rows.headings {
        Some(_) => Ok(()),
        None => Err(unfit(format!("sheet `{sheet}` has no headings"))),
    }
}

struct Rows {
    heading_row: u32,
    headings: Option<Headings>,
}

impl Rows {
    /// Gives what was gathered; false: enough.
    fn give(
        &mut self,
        number: u32,
        row: &mut Vec<(usize, Value)>,
        each: &mut EachPart<'_>,
    ) -> bool {
        let row = std::mem::take(row);
        let says_something = |(_, value): &(usize, Value)| match value {
            Value::Null => false,
            Value::String(text) => !text.trim().is_empty(),
            _ => true,
        };
        if number < self.heading_row || !row.iter().any(says_something) {
            return true;
        }
        if let Some(headings) = &self.headings {
            return each(TablePart::Row(headings.row(number.into(), row.into_iter())));
        }
        let mut texts = Vec::new();
        for (place, value) in row {
            texts.resize(place + 1, String::new());
            texts[place] = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        }
        let headings = Headings::new(texts.iter().map(String::as_str));
        let part = TablePart::Headings(headings.0.clone());
        self.headings = Some(headings);
        each(part)
    }
}

fn value(cell: &DataRef<'_>) -> Value {
    match cell {
        DataRef::Empty => Value::Null,
        DataRef::Int(number) => Value::from(*number),
        DataRef::Float(number) if number.fract() == 0.0 && number.abs() < EXACT_MAX => {
            Value::from(*number as i64)
        }
        DataRef::Float(number) => Value::from(*number),
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => {
            Value::from(text.as_str())
        }
        DataRef::SharedString(text) => Value::from(*text),
        DataRef::Bool(is) => Value::from(*is),
        DataRef::DateTime(time) if time.is_duration() => Value::from(time.as_f64()),
        DataRef::DateTime(time) => {
            let (year, month, day, hour, minute, second, milli) = time.to_ymd_hms_milli();
            let time = format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}");
            Value::from(if milli == 0 { time } else { format!("{time}.{milli:03}") })
        }
        DataRef::Error(error) => Value::from(error.to_string()),
    }
}
