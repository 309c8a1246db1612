//! Export jobs in the control database: begun, carried on after a restart, ended, removed.
//!
//! The row holds all that a job needs to go on where it was: the question, the scope of whoever
//! asked, the ledger head, the cursor and how long the file was then. The event that records a
//! job is written with it, so none can begin without a record. Files are not touched here.

use annals_api::wire::export::{ExportRequest, ExportState};
use annals_record::Timestamp;
use rusqlite::{OptionalExtension, Row, Transaction, params};

use super::outbox::{self, Act, By};
use super::{Control, ControlError};
use crate::auth::caller::Caller;
use crate::auth::role::{Roles, UnknownRole};

const COLUMNS: &str = "id, owner, request, scope, state, created_ns, expires_ns, as_of, cursor, \
                       rows, rows_total, bytes, sha256, error, roles";
/// What is still to be worked on.
const OPEN: &str = "state IN ('queued', 'running')";

/// One job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ExportRow {
    pub(crate) id: String,
    /// Who asked, `Identity::owner`.
    pub(crate) owner: String,
    pub(crate) request: ExportRequest,
    /// What they could see when they asked, as a printed scope; none: everything.
    pub(crate) scope: Option<String>,
    /// What they were, which says what is masked for them.
    pub(crate) roles: Roles,
    pub(crate) state: ExportState,
    pub(crate) created: Timestamp,
    pub(crate) expires: Timestamp,
    /// Size of the ledger the file is bound to.
    pub(crate) as_of: u64,
    pub(crate) rows_total: Option<u64>,
    /// How far the file is good.
    pub(crate) progress: Progress,
    pub(crate) sha256: Option<String>,
    pub(crate) error: Option<String>,
}

/// What a job shall be.
pub(crate) struct NewExport {
    pub(crate) request: ExportRequest,
    /// What its owner can see, as a printed scope; none: everything.
    pub(crate) scope: Option<String>,
    pub(crate) as_of: u64,
    pub(crate) expires: Timestamp,
}

/// Where a job goes on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Progress {
    /// The cursor of what follows; none at the beginning.
    pub(crate) cursor: Option<String>,
    /// Events written.
    pub(crate) rows: u64,
    /// Bytes written; what the file has beyond them is not good.
    pub(crate) bytes: u64,
    /// Why what was written is not all there is.
    pub(crate) partial: Option<String>,
}

/// How a job ended.
#[derive(Debug)]
pub(crate) enum Ending<'a> {
    /// The file has this digest and holds all that could be read.
    Done { sha256: &'a str },
    /// It cannot be made.
    Failed { error: &'a str },
}

impl Control {
    /// Begins a job, and records that. Not while the caller has `limit` others.
    pub(crate) fn begin_export(
        &self,
        by: &Caller,
        new: NewExport,
        limit: u64,
    ) -> Result<ExportRow, ControlError> {
        let NewExport { request, scope, as_of, expires } = new;
        let row = ExportRow {
            id: uuid::Uuid::now_v7().to_string(),
            owner: by.identity.owner(),
            request,
            scope,
            roles: by.identity.roles,
            state: ExportState::Queued,
            created: self.clock.now(),
            expires,
            as_of,
            rows_total: None,
            progress: Progress::default(),
            sha256: None,
            error: None,
        };
        let kept = self.transact(|transaction| {
            let count = "SELECT count(*) FROM exports WHERE owner = ?";
            if transaction.query_row(count, [&row.owner], |row| row.get::<_, u64>(0))? >= limit {
                return Ok(false);
            }
            insert(transaction, &row)?;
            outbox::push(transaction, row.created, &act("export.create", by, &row))?;
            Ok(true)
        })?;
        if kept { Ok(row) } else { Err(ControlError::TooMany { what: "exports", limit }) }
    }

    /// The caller's jobs, newest first.
    pub(crate) fn exports(&self, caller: &Caller) -> Result<Vec<ExportRow>, ControlError> {
        let query = format!("SELECT {COLUMNS} FROM exports WHERE owner = ? ORDER BY id DESC");
        let list = || {
            let inner = self.lock();
            let mut statement = inner.connection.prepare_cached(&query)?;
            let rows = statement.query_map([caller.identity.owner()], read)?;
            rows.collect::<Result<_, rusqlite::Error>>()
        };
        list().map_err(|source| self.fault(source))
    }

    /// One job of the caller.
    pub(crate) fn export(
        &self,
        caller: &Caller,
        id: &str,
    ) -> Result<Option<ExportRow>, ControlError> {
        self.transact(|transaction| owned(transaction, caller, id))
    }

    /// Ends a job that is not done; forgets one that has ended. Records that. The answer is the
    /// job as it was; none unless the caller owns it.
    pub(crate) fn end_export(
        &self,
        by: &Caller,
        id: &str,
    ) -> Result<Option<ExportRow>, ControlError> {
        let now = self.clock.now();
        self.transact(|transaction| {
            let Some(row) = owned(transaction, by, id)? else { return Ok(None) };
            let is_open = matches!(row.state, ExportState::Queued | ExportState::Running);
            let change = if is_open {
                "UPDATE exports SET state = 'cancelled' WHERE id = ?"
            } else {
                "DELETE FROM exports WHERE id = ?"
            };
            transaction.execute(change, [id])?;
            outbox::push(transaction, now, &act("export.delete", by, &row))?;
            Ok(Some(row))
        })
    }

    /// Records that somebody takes the file of a job.
    pub(crate) fn record_download(&self, by: &Caller, row: &ExportRow) -> Result<(), ControlError> {
        let now = self.clock.now();
        let act = act("export.download", by, row);
        self.transact(|transaction| outbox::push(transaction, now, &act))
    }

    /// The oldest job to work on, now running; one that ran when the server stopped comes again.
    pub(crate) fn next_export(&self) -> Result<Option<ExportRow>, ControlError> {
        let next = format!(
            "UPDATE exports SET state = 'running' WHERE id = \
             (SELECT id FROM exports WHERE {OPEN} ORDER BY id LIMIT 1) RETURNING {COLUMNS}"
        );
        let inner = self.lock();
        let found = inner.connection.query_row(&next, [], read).optional();
        found.map_err(|source| self.fault(source))
    }

    /// Keeps how far a job is. False if it was ended meanwhile: then work on it stops.
    pub(crate) fn keep_progress(
        &self,
        id: &str,
        progress: &Progress,
        rows_total: Option<u64>,
    ) -> Result<bool, ControlError> {
        let update = "UPDATE exports SET cursor = ?, rows = ?, bytes = ?, error = ?, \
                      rows_total = ? WHERE id = ? AND state = 'running'";
        let Progress { cursor, rows, bytes, partial } = progress;
        let values = params![cursor, rows, bytes, partial, rows_total, id];
        let done = self.lock().connection.execute(update, values);
        done.map(|changed| changed > 0).map_err(|source| self.fault(source))
    }

    /// False once somebody has ended the job.
    pub(crate) fn is_export_running(&self, id: &str) -> Result<bool, ControlError> {
        let query = "SELECT count(*) FROM exports WHERE id = ? AND state = 'running'";
        let inner = self.lock();
        let found = inner.connection.query_row(query, [id], |row| row.get::<_, u64>(0));
        found.map(|found| found > 0).map_err(|source| self.fault(source))
    }

    /// Ends a running job as its work did. False if somebody ended it before.
    pub(crate) fn finish_export(
        &self,
        id: &str,
        progress: &Progress,
        ending: &Ending<'_>,
    ) -> Result<bool, ControlError> {
        let (state, sha256, error) = match ending {
            Ending::Done { sha256 } => {
                (ExportState::Done, Some(*sha256), progress.partial.as_deref())
            }
            Ending::Failed { error } => (ExportState::Failed, None, Some(*error)),
        };
        let update = "UPDATE exports SET state = ?, rows = ?, rows_total = ?, bytes = ?, \
                      sha256 = ?, error = ?, cursor = NULL WHERE id = ? AND state = 'running'";
        let Progress { rows, bytes, .. } = progress;
        let values = params![word(state), rows, rows, bytes, sha256, error, id];
        let done = self.lock().connection.execute(update, values);
        done.map(|changed| changed > 0).map_err(|source| self.fault(source))
    }

    /// Forgets jobs whose time is over. Their files, like all that no row names, go next.
    pub(crate) fn forget_expired_exports(&self) -> Result<usize, ControlError> {
        let delete = format!("DELETE FROM exports WHERE expires_ns <= ? AND NOT {OPEN}");
        let done = self.lock().connection.execute(&delete, [self.clock.now().nanos()]);
        done.map_err(|source| self.fault(source))
    }

    /// Ids of the jobs whose files are kept.
    pub(crate) fn exports_with_files(&self) -> Result<Vec<String>, ControlError> {
        let list = || {
            let inner = self.lock();
            let query = format!("SELECT id FROM exports WHERE state = 'done' OR {OPEN}");
            let mut statement = inner.connection.prepare_cached(&query)?;
            let rows = statement.query_map([], |row| row.get(0))?;
            rows.collect::<Result<_, rusqlite::Error>>()
        };
        list().map_err(|source| self.fault(source))
    }
}

fn owned(
    transaction: &Transaction<'_>,
    by: &Caller,
    id: &str,
) -> Result<Option<ExportRow>, rusqlite::Error> {
    let query = format!("SELECT {COLUMNS} FROM exports WHERE id = ? AND owner = ?");
    transaction.query_row(&query, [id, &by.identity.owner()], read).optional()
}

fn insert(transaction: &Transaction<'_>, row: &ExportRow) -> Result<(), rusqlite::Error> {
    let insert = format!("INSERT INTO exports ({COLUMNS}) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)");
    let values = params![
        row.id,
        row.owner,
        serde_json::json!(row.request).to_string(),
        row.scope,
        word(row.state),
        row.created.nanos(),
        row.expires.nanos(),
        row.as_of,
        row.progress.cursor,
        row.progress.rows,
        row.rows_total,
        row.progress.bytes,
        row.sha256,
        row.error,
        row.roles.to_string(),
    ];
    transaction.execute(&insert, values).map(|_| ())
}

fn read(row: &Row<'_>) -> Result<ExportRow, rusqlite::Error> {
    let (request, state): (String, String) = (row.get(2)?, row.get(4)?);
    let roles: String = row.get(14)?;
    let unreadable = |place, error: Box<dyn std::error::Error + Send + Sync>| {
        rusqlite::Error::FromSqlConversionFailure(place, rusqlite::types::Type::Text, error)
    };
    Ok(ExportRow {
        id: row.get(0)?,
        owner: row.get(1)?,
        request: serde_json::from_str(&request).map_err(|error| unreadable(2, error.into()))?,
        scope: row.get(3)?,
        roles: roles.parse().map_err(|error: UnknownRole| unreadable(14, error.into()))?,
        state: serde_json::from_value(state.into()).map_err(|error| unreadable(4, error.into()))?,
        created: Timestamp::from_nanos(row.get(5)?),
        expires: Timestamp::from_nanos(row.get(6)?),
        as_of: row.get(7)?,
        rows_total: row.get(10)?,
        progress: Progress {
            cursor: row.get(8)?,
            rows: row.get(9)?,
            bytes: row.get(11)?,
            partial: row.get(13)?,
        },
        sha256: row.get(12)?,
        error: row.get(13)?,
    })
}

/// The word of a state in the table; the same as on the wire.
fn word(state: ExportState) -> &'static str {
    match state {
        ExportState::Queued => "queued",
        ExportState::Running => "running",
        ExportState::Done => "done",
        ExportState::Failed => "failed",
        ExportState::Cancelled => "cancelled",
    }
}

fn act<'a>(operation: &'a str, by: &'a Caller, row: &'a ExportRow) -> Act<'a> {
    Act {
        by: By::Caller(by),
        operation,
        object_type: "export",
        object_id: &row.id,
        object_name: "",
        request: serde_json::json!(row.request),
        ..Act::default()
    }
}
