//! SQLite: the file is opened anew for each page, for reading only.

use std::path::PathBuf;
use std::sync::Arc;

use annals_map::Row;
use rusqlite::types::{Value as SqlValue, ValueRef};
use rusqlite::{Connection, OpenFlags};
use serde_json::Value;

use super::query::Query;
use super::{Fetch, Page};
use crate::table::TablePart;

/// Asks one file.
pub(super) struct Sqlite {
    path: PathBuf,
    query: Query,
}

impl Sqlite {
    pub(super) fn new(path: &str, query: Query) -> Self {
        Self { path: PathBuf::from(path), query }
    }

    fn rows(&self, cursor: Option<&Value>, rows_max: u64) -> rusqlite::Result<Vec<TablePart>> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(&self.path, flags)?;
        let text = self.query.page(cursor.map(|_| "?1"), rows_max);
        let mut statement = connection.prepare(&text)?;
        let names: Vec<Arc<str>> = statement.column_names().map(Arc::<str>::from).collect();
        let parameters: Vec<SqlValue> = cursor.map(of_json).into_iter().collect();
        let mut found = statement.query(rusqlite::params_from_iter(parameters))?;
        let mut rows = Vec::new();
        while let Some(row) = found.next()? {
            let mut cells = Vec::with_capacity(names.len());
            for (place, name) in names.iter().enumerate() {
                cells.push((name.clone(), to_json(row.get_ref(place)?)));
            }
            rows.push(TablePart::Row(Row { number: rows.len() as u64 + 1, cells }));
        }
        Ok(rows)
    }
}

impl Fetch for Sqlite {
    fn page(
        &mut self,
        cursor: Option<&Value>,
        _: Option<&str>,
        rows_max: u64,
    ) -> Result<Page, String> {
        let failed = |error| format!("{} can't be read: {error}", self.path.display());
        let parts = self.rows(cursor, rows_max).map_err(failed)?;
        Ok(Page { is_full: parts.len() as u64 == rows_max, parts, next: None })
    }
}

/// As the column holds it: SQLite compares a number and a text by kind.
fn of_json(value: &Value) -> SqlValue {
    match value {
        Value::Number(number) => number
            .as_i64()
            .map_or_else(|| SqlValue::Real(number.as_f64().unwrap_or_default()), SqlValue::Integer),
        Value::String(text) => SqlValue::Text(text.clone()),
        other => SqlValue::Text(other.to_string()),
    }
}

fn to_json(value: ValueRef<'_>) -> Value {
    match value {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(number) => Value::from(number),
        ValueRef::Real(number) => Value::from(number),
        ValueRef::Text(bytes) | ValueRef::Blob(bytes) => {
            Value::from(String::from_utf8_lossy(bytes))
        }
    }
}
