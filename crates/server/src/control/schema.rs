//! The tables of the control database, and how older files become current ones.

use rusqlite::{Connection, Transaction, TransactionBehavior};

/// One script a version; a script, once released, never changes.
const MIGRATIONS: &[&str] = &[
    "
    CREATE TABLE tokens (
        id TEXT PRIMARY KEY,
        secret_sha256 BLOB NOT NULL,
        name TEXT NOT NULL,
        role TEXT NOT NULL,
        may_be_system INTEGER NOT NULL,
        region TEXT,
        stack_id TEXT,
        created_ns INTEGER NOT NULL,
        expires_ns INTEGER,
        revoked_ns INTEGER,
        last_used_ns INTEGER
    ) STRICT;
    CREATE TABLE outbox (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        event TEXT NOT NULL
    ) STRICT;
",
    "
    CREATE TABLE secrets (
        name TEXT PRIMARY KEY,
        value BLOB NOT NULL
    ) STRICT;
",
    "
    ALTER TABLE tokens ADD COLUMN scope TEXT;
    CREATE TABLE views (
        id TEXT PRIMARY KEY,
        owner TEXT NOT NULL,
        shared INTEGER NOT NULL,
        name TEXT NOT NULL,
        q TEXT NOT NULL,
        columns TEXT NOT NULL,
        range TEXT NOT NULL,
        created_ns INTEGER NOT NULL,
        changed_ns INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE exports (
        id TEXT PRIMARY KEY,
        owner TEXT NOT NULL,
        request TEXT NOT NULL,
        scope TEXT,
        state TEXT NOT NULL,
        created_ns INTEGER NOT NULL,
        expires_ns INTEGER NOT NULL,
        as_of INTEGER NOT NULL,
        cursor TEXT,
        rows INTEGER NOT NULL,
        rows_total INTEGER,
        bytes INTEGER NOT NULL,
        sha256 TEXT,
        error TEXT
    ) STRICT;
",
    // Whoever began a job before roles were kept with it is shown the least.
    "
    ALTER TABLE exports ADD COLUMN roles TEXT NOT NULL DEFAULT '';
",
    "
    CREATE TABLE accounts (
        id TEXT PRIMARY KEY,
        name TEXT NOT NULL UNIQUE COLLATE NOCASE,
        display_name TEXT NOT NULL,
        source TEXT NOT NULL,
        subject TEXT,
        roles TEXT NOT NULL,
        scope TEXT,
        password TEXT,
        must_change INTEGER NOT NULL,
        password_changed_ns INTEGER,
        totp_secret BLOB,
        totp_pending BLOB,
        totp_step INTEGER NOT NULL DEFAULT 0,
        failures INTEGER NOT NULL DEFAULT 0,
        locked INTEGER NOT NULL,
        locked_until_ns INTEGER,
        created_ns INTEGER NOT NULL,
        last_sign_in_ns INTEGER
    ) STRICT;
    CREATE TABLE recovery_codes (
        account TEXT NOT NULL REFERENCES accounts ON DELETE CASCADE,
        sha256 BLOB NOT NULL,
        PRIMARY KEY (account, sha256)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE sessions (
        id TEXT PRIMARY KEY,
        secret_sha256 BLOB NOT NULL UNIQUE,
        account TEXT NOT NULL REFERENCES accounts ON DELETE CASCADE,
        created_ns INTEGER NOT NULL,
        last_used_ns INTEGER NOT NULL,
        expires_ns INTEGER NOT NULL,
        source_ip TEXT,
        user_agent TEXT
    ) STRICT;
    CREATE INDEX sessions_of_account ON sessions (account);
    ALTER TABLE tokens ADD COLUMN created_by TEXT NOT NULL DEFAULT 'unknown';
    ALTER TABLE tokens ADD COLUMN certificate TEXT;
",
    "
    CREATE TABLE fingerprints (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        leaf INTEGER NOT NULL,
        field INTEGER NOT NULL,
        emitter TEXT NOT NULL,
        value INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX fingerprints_of_leaf ON fingerprints (leaf);
    CREATE INDEX fingerprints_of_secret ON fingerprints (value, emitter, leaf);
",
];

/// The version this program writes.
pub(super) const VERSION: i64 = MIGRATIONS.len() as i64;

/// Brings an older file up to date; the answer is the version found or made.
pub(super) fn migrate(connection: &Connection) -> Result<i64, rusqlite::Error> {
    let transaction = Transaction::new_unchecked(connection, TransactionBehavior::Immediate)?;
    let found: i64 = transaction.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let done = usize::try_from(found).unwrap_or(usize::MAX);
    if done >= MIGRATIONS.len() {
        return Ok(found);
    }
    for script in &MIGRATIONS[done..] {
        transaction.execute_batch(script)?;
    }
    transaction.pragma_update(None, "user_version", VERSION)?;
    transaction.commit()?;
    Ok(VERSION)
}
