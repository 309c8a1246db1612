//! Saved views in the control database: saved, replaced, deleted, listed.
//!
//! A view belongs to whoever saved it; a shared one is seen by everybody, and changed by its owner
//! alone. Each change leaves its audit event in the outbox. What the filter means is
//! not known here.

use annals_record::Timestamp;
use rusqlite::{OptionalExtension, Row, Transaction, params};

use super::outbox::{self, Act, By};
use super::{Control, ControlError};
use crate::auth::caller::Caller;

/// Most views one caller may save.
const VIEWS_MAX: u64 = 1_000;
const COLUMNS: &str = "id, owner, shared, name, q, columns, range, created_ns, changed_ns";

/// A saved view.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SavedView {
    pub(crate) id: String,
    /// Who saved it, `Identity::owner`.
    pub(crate) owner: String,
    pub(crate) shared: bool,
    pub(crate) name: String,
    /// The filter, as it is printed.
    pub(crate) q: String,
    /// Names of fields, in order.
    pub(crate) columns: Vec<String>,
    pub(crate) range: String,
    pub(crate) created: Timestamp,
    pub(crate) changed: Timestamp,
}

/// What a view says, apart from whose it is.
pub(crate) struct Content {
    pub(crate) name: String,
    pub(crate) q: String,
    pub(crate) columns: Vec<String>,
    pub(crate) range: String,
    pub(crate) shared: bool,
}

impl Control {
    /// The views that the caller may see: its own and the shared ones, by name.
    pub(crate) fn views(&self, caller: &Caller) -> Result<Vec<SavedView>, ControlError> {
        let query = format!(
            "SELECT {COLUMNS} FROM views WHERE owner = ? OR shared ORDER BY name, created_ns, id"
        );
        let list = || {
            let inner = self.lock();
            let mut statement = inner.connection.prepare_cached(&query)?;
            let rows = statement.query_map([caller.identity.owner()], read)?;
            rows.collect::<Result<_, rusqlite::Error>>()
        };
        list().map_err(|source| self.fault(source))
    }

    /// One view, if the caller may see it.
    pub(crate) fn view(
        &self,
        caller: &Caller,
        id: &str,
    ) -> Result<Option<SavedView>, ControlError> {
        let query = format!("SELECT {COLUMNS} FROM views WHERE id = ? AND (owner = ? OR shared)");
        let inner = self.lock();
        let found =
            inner.connection.query_row(&query, [id, &caller.identity.owner()], read).optional();
        found.map_err(|source| self.fault(source))
    }

    /// Saves a new view, and records that.
    pub(crate) fn save_view(
        &self,
        by: &Caller,
        content: Content,
    ) -> Result<SavedView, ControlError> {
        let now = self.clock.now();
        let Content { name, q, columns, range, shared } = content;
        let (id, owner) = (uuid::Uuid::now_v7().to_string(), by.identity.owner());
        let view =
            SavedView { id, owner, shared, name, q, columns, range, created: now, changed: now };
        let kept = self.transact(|transaction| {
            let count = "SELECT count(*) FROM views WHERE owner = ?";
            if transaction.query_row(count, [by.identity.owner()], |row| row.get::<_, u64>(0))?
                >= VIEWS_MAX
            {
                return Ok(false);
            }
            write(transaction, &view)?;
            outbox::push(transaction, now, &act("view.create", by, &view))?;
            Ok(true)
        })?;
        let full = ControlError::TooMany { what: "saved views", limit: VIEWS_MAX };
        if kept { Ok(view) } else { Err(full) }
    }

    /// Replaces what a view says, and records that. None unless the caller owns it.
    pub(crate) fn replace_view(
        &self,
        by: &Caller,
        id: &str,
        content: Content,
    ) -> Result<Option<SavedView>, ControlError> {
        let now = self.clock.now();
        let Content { name, q, columns, range, shared } = content;
        self.transact(|transaction| {
            let Some(before) = owned(transaction, by, id)? else { return Ok(None) };
            let view =
                SavedView { name, q, columns, range, shared, changed: now, ..before.clone() };
            write(transaction, &view)?;
            let mut act = act("view.edit", by, &view);
            act.before = Some(said(&before));
            outbox::push(transaction, now, &act)?;
            Ok(Some(view))
        })
    }

    /// Deletes a view, and records that. False unless the caller owns it.
    pub(crate) fn delete_view(&self, by: &Caller, id: &str) -> Result<bool, ControlError> {
        let now = self.clock.now();
        self.transact(|transaction| {
            let Some(view) = owned(transaction, by, id)? else { return Ok(false) };
            transaction.execute("DELETE FROM views WHERE id = ?", [id])?;
            outbox::push(transaction, now, &act("view.delete", by, &view))?;
            Ok(true)
        })
    }
}

fn owned(
    transaction: &Transaction<'_>,
    by: &Caller,
    id: &str,
) -> Result<Option<SavedView>, rusqlite::Error> {
    let query = format!("SELECT {COLUMNS} FROM views WHERE id = ? AND owner = ?");
    transaction.query_row(&query, [id, &by.identity.owner()], read).optional()
}

fn write(transaction: &Transaction<'_>, view: &SavedView) -> Result<(), rusqlite::Error> {
    let columns = serde_json::json!(view.columns).to_string();
    let insert = format!("INSERT OR REPLACE INTO views ({COLUMNS}) VALUES (?,?,?,?,?,?,?,?,?)");
    let (created, changed) = (view.created.nanos(), view.changed.nanos());
    let (name, q, range) = (&view.name, &view.q, &view.range);
    let row = params![view.id, view.owner, view.shared, name, q, columns, range, created, changed];
    transaction.execute(&insert, row).map(|_| ())
}

fn read(row: &Row<'_>) -> Result<SavedView, rusqlite::Error> {
    let columns: String = row.get(5)?;
    Ok(SavedView {
        id: row.get(0)?,
        owner: row.get(1)?,
        shared: row.get(2)?,
        name: row.get(3)?,
        q: row.get(4)?,
        columns: serde_json::from_str(&columns).unwrap_or_default(),
        range: row.get(6)?,
        created: Timestamp::from_nanos(row.get(7)?),
        changed: Timestamp::from_nanos(row.get(8)?),
    })
}

fn act<'a>(operation: &'a str, by: &'a Caller, view: &'a SavedView) -> Act<'a> {
    Act {
        by: By::Caller(by),
        operation,
        object_type: "view",
        object_id: &view.id,
        object_name: &view.name,
        request: said(view),
        ..Act::default()
    }
}

fn said(view: &SavedView) -> serde_json::Value {
    serde_json::json!({
        "name": view.name, "q": view.q, "columns": view.columns, "range": view.range,
        "shared": view.shared,
    })
}
