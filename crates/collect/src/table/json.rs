//! Rows as JSON objects: an array of them, one a line, one after the other, or inside a document.

use std::io::{BufRead, BufReader, Read};
use std::sync::Arc;

use annals_map::Row;
use serde::Deserialize as _;
use serde_json::{Map, Value};

use super::{EachPart, ROW_BYTES_MAX, TablePart};

/// True if the first line is a whole object by itself.
pub(super) fn is_lines(head: &str) -> bool {
    let line = head.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    line.trim_start().starts_with('{') && serde_json::from_str::<Map<String, Value>>(line).is_ok()
}

/// Gives the rows.
pub(super) fn read(
    text: impl Read,
    is_lines: bool,
    rows: Option<&str>,
    each: &mut EachPart<'_>,
) -> Result<(), String> {
    let mut text = BufReader::with_capacity(64 * 1024, text);
    if is_lines { lines(&mut text, rows, each) } else { values(&mut text, rows, each) }
}

fn lines(
    text: &mut impl BufRead,
    rows: Option<&str>,
    each: &mut EachPart<'_>,
) -> Result<(), String> {
    let (mut line, mut number) = (Vec::new(), 0);
    let mut document = None;
    loop {
        line.clear();
        let read = text.by_ref().take(ROW_BYTES_MAX).read_until(b'\n', &mut line);
        if read.map_err(|error| error.to_string())? == 0 {
            break;
        }
        number += 1;
        if line.len() as u64 == ROW_BYTES_MAX && line.last() != Some(&b'\n') {
            return Err(format!("line {number} is longer than 4 MiB; is this one object a line?"));
        }
        let bytes = line.trim_ascii();
        if bytes.is_empty() {
            continue;
        }
        let part = match serde_json::from_slice(bytes) {
            // A document of one line is met as a line.
            Ok(value) if number == 1 && is_document(&value, rows) => {
                document = Some(value);
                continue;
            }
            Ok(value) => of_value(number, value),
            Err(error) => {
                let cell = Value::from(String::from_utf8_lossy(bytes));
                let row = Row { number, cells: vec![(Arc::from("line"), cell)] };
                TablePart::Unfit(row, format!("no JSON: {error}"))
            }
        };
        if !each(part) {
            return Ok(());
        }
    }
    match document {
        Some(value) => inside(value, rows, &mut 0, each).map(|_| ()),
        None => Ok(()),
    }
}

/// Values one after the other, or the elements of an array.
fn values(
    text: &mut impl BufRead,
    rows: Option<&str>,
    each: &mut EachPart<'_>,
) -> Result<(), String> {
    let mut number = 0;
    let in_array = match next_byte(text)? {
        Some(b'[') => {
            text.consume(1);
            true
        }
        _ => false,
    };
    loop {
        let byte = next_byte(text)?;
        match byte {
            None if in_array => return Err("the array does not end; is the file whole?".to_owned()),
            None => return Ok(()),
            Some(b']') if in_array => return Ok(()),
            Some(b',') if in_array => {
                text.consume(1);
                continue;
            }
            Some(b'{') => {}
            Some(_) => return Err(format!("row {}: not a JSON object", number + 1)),
        }
        // An object ends with its bracket: nothing behind it is read.
        let mut one = serde_json::Deserializer::from_reader(&mut *text);
        let value = Value::deserialize(&mut one)
            .map_err(|error| format!("row {}: no JSON: {error}", number + 1))?;
        let more = if !in_array && is_document(&value, rows) {
            inside(value, rows, &mut number, each)?
        } else {
            number += 1;
            each(of_value(number, value))
        };
        if !more {
            return Ok(());
        }
    }
}

/// The rows inside a document; false: enough.
fn inside(
    mut value: Value,
    rows: Option<&str>,
    number: &mut u64,
    each: &mut EachPart<'_>,
) -> Result<bool, String> {
    let list = match rows {
        Some(path) => path.split('.').try_fold(&mut value, |value, key| value.get_mut(key)),
        None => only_list(&mut value),
    };
    let Some(Value::Array(list)) = list.map(Value::take) else {
        return Err(format!("there is no array at `{}`", rows.unwrap_or_default()));
    };
    for value in list {
        *number += 1;
        if !each(of_value(*number, value)) {
            return Ok(false);
        }
    }
    Ok(true)
}

/// True if rows stand inside: the map says where, or the object is nothing but one list of objects
/// and words about it.
fn is_document(value: &Value, rows: Option<&str>) -> bool {
    let Value::Object(pairs) = value else { return false };
    rows.is_some() || {
        let lists = pairs.values().filter(|value| is_list(value)).count();
        lists == 1 && !pairs.keys().any(|key| is_field_of_row(key))
    }
}

fn only_list(value: &mut Value) -> Option<&mut Value> {
    value.as_object_mut()?.values_mut().find(|value| is_list(value))
}

fn is_list(value: &Value) -> bool {
    value.as_array().is_some_and(|list| list.iter().all(Value::is_object))
}

/// An event has a time; a page of events has not.
fn is_field_of_row(key: &str) -> bool {
    let field = annals_record::FieldNames::built_in().find(key);
    field.is_some_and(|field| ["time", "operation", "operator"].contains(&field.name.as_str()))
}

fn of_value(number: u64, value: Value) -> TablePart {
    match value {
        Value::Object(pairs) => {
            let cells = pairs.into_iter().map(|(key, value)| (Arc::from(key), value)).collect();
            TablePart::Row(Row { number, cells })
        }
        other => {
            let row = Row { number, cells: vec![(Arc::from("line"), other)] };
            TablePart::Unfit(row, "not a JSON object".to_owned())
        }
    }
}

/// The next byte that is no blank, not taken.
fn next_byte(text: &mut impl BufRead) -> Result<Option<u8>, String> {
    loop {
        let buffer = text.fill_buf().map_err(|error| error.to_string())?;
        let Some(first) = buffer.first().copied() else { return Ok(None) };
        if !first.is_ascii_whitespace() {
            return Ok(Some(first));
        }
        text.consume(1);
    }
}
