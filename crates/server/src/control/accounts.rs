//! Accounts in the control database: made, changed, locked, deleted, looked up.
//!
//! Each change and its event are one transaction. The last account that can manage accounts can
//! neither be locked, nor deleted, nor stripped of that: nobody could undo it. What somebody
//! proves themselves with is in `control::credentials`.

use annals_record::Timestamp;
use rusqlite::types::Type;
use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};
use serde_json::json;

use super::outbox::{self, Act, By};
use super::{Control, ControlError};
use crate::auth::account::{self, Account, Source};
use crate::auth::role::{Right, Roles};
use crate::auth::separation;

pub(super) const COLUMNS: &str = "id, name, display_name, source, roles, scope, locked, \
    locked_until_ns, totp_secret IS NOT NULL, must_change, created_ns, password_changed_ns, \
    last_sign_in_ns";

/// What a new account shall be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewAccount {
    /// The login.
    pub name: String,
    /// The name for people; empty: the login.
    pub display_name: String,
    /// Who vouches for it.
    pub source: Source,
    /// The provider's own, unchanging name for the person, where there is one.
    pub subject: Option<String>,
    /// What they may do.
    pub roles: Roles,
    /// The events they are limited to, as a printed filter; none: all.
    pub scope: Option<String>,
    /// The hash of its password; none where another source vouches.
    pub password: Option<String>,
    /// Whether the password must be changed before anything else.
    pub must_change: bool,
}

/// What shall become of an account; what is none stays.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AccountChange {
    /// The name for people.
    pub display_name: Option<String>,
    /// What they may do.
    pub roles: Option<Roles>,
    /// The events they are limited to.
    pub scope: Option<Option<String>>,
    /// Whether it is locked; unlocking also forgets wrong passwords.
    pub locked: Option<bool>,
}

impl Control {
    /// Makes an account, and records that.
    ///
    /// # Errors
    /// When a name is unfit or taken, or the database fails.
    pub fn create_account(&self, by: By<'_>, new: &NewAccount) -> Result<Account, ControlError> {
        check_names(&new.name, &new.display_name)?;
        self.check_roles(new.roles)?;
        let now = self.clock.now();
        let made = self.transact(|transaction| {
            if by_name(transaction, &new.name)?.is_some() {
                return Ok(None);
            }
            let account = insert(transaction, new, now)?;
            let act = act("account.create", by, &account, said(&account));
            outbox::push(transaction, now, &act)?;
            Ok(Some(account))
        })?;
        made.ok_or_else(|| ControlError::NameTaken { name: new.name.clone() })
    }

    /// Refuses powers in one hand where they are separated.
    pub(super) fn check_roles(&self, roles: Roles) -> Result<(), ControlError> {
        if self.separated { Ok(separation::check(roles)?) } else { Ok(()) }
    }

    /// Makes the first account, unless there is one already; the answer is what was made.
    ///
    /// # Errors
    /// When the database fails.
    pub fn create_first_account(&self, new: &NewAccount) -> Result<Option<Account>, ControlError> {
        let now = self.clock.now();
        self.transact(|transaction| {
            let count = "SELECT count(*) FROM accounts";
            if transaction.query_row(count, [], |row| row.get::<_, u64>(0))? > 0 {
                return Ok(None);
            }
            let account = insert(transaction, new, now)?;
            let act = act("account.create", By::Local, &account, said(&account));
            outbox::push(transaction, now, &act)?;
            Ok(Some(account))
        })
    }

    /// True if there is an account at all.
    ///
    /// # Errors
    /// When the database fails.
    pub fn has_accounts(&self) -> Result<bool, ControlError> {
        let query = "SELECT EXISTS (SELECT 1 FROM accounts)";
        let found = self.lock().connection.query_row(query, [], |row| row.get(0));
        found.map_err(|source| self.fault(source))
    }

    /// Every account, by name.
    ///
    /// # Errors
    /// When the database fails.
    pub fn accounts(&self) -> Result<Vec<Account>, ControlError> {
        let query = format!("SELECT {COLUMNS} FROM accounts ORDER BY name");
        let list = || {
            let inner = self.lock();
            let mut statement = inner.connection.prepare_cached(&query)?;
            let rows = statement.query_map([], read)?;
            rows.collect::<Result<_, rusqlite::Error>>()
        };
        list().map_err(|source| self.fault(source))
    }

    /// The account of this name.
    ///
    /// # Errors
    /// When the database fails.
    pub fn account(&self, name: &str) -> Result<Option<Account>, ControlError> {
        by_name(&self.lock().connection, name).map_err(|source| self.fault(source))
    }

    /// The account with this id, whatever it is called now.
    ///
    /// # Errors
    /// When the database fails.
    pub fn account_by_id(&self, id: &str) -> Result<Option<Account>, ControlError> {
        by_id(&self.lock().connection, id).map_err(|source| self.fault(source))
    }

    /// Changes an account, and records that with what was before. Locking ends its sessions.
    ///
    /// # Errors
    /// When there is none, a name is unfit, nobody could manage accounts any more, or the
    /// database fails.
    pub fn change_account(
        &self,
        by: By<'_>,
        name: &str,
        change: &AccountChange,
    ) -> Result<Account, ControlError> {
        if let Some(display_name) = &change.display_name {
            check_names(name, display_name)?;
        }
        if let Some(roles) = change.roles {
            self.check_roles(roles)?;
        }
        let now = self.clock.now();
        self.administer(name, |transaction, before| {
            let after = changed(before, change);
            write(transaction, &after)?;
            if change.locked == Some(true) {
                transaction.execute("DELETE FROM sessions WHERE account = ?", [&after.id])?;
            }
            if change.locked == Some(false) {
                transaction
                    .execute("UPDATE accounts SET failures = 0 WHERE id = ?", [&after.id])?;
            }
            let mut act = act("account.change", by, &after, said(&after));
            act.before = Some(said(before));
            outbox::push(transaction, now, &act)?;
            Ok(after)
        })
    }

    /// Deletes an account with its sessions, and records that.
    ///
    /// # Errors
    /// As `change_account`.
    pub fn delete_account(&self, by: By<'_>, name: &str) -> Result<(), ControlError> {
        let now = self.clock.now();
        self.administer(name, |transaction, account| {
            transaction.execute("DELETE FROM accounts WHERE id = ?", [&account.id])?;
            outbox::push(transaction, now, &act("account.delete", by, account, said(account)))
        })
    }

    /// Runs an act upon one account, unless it leaves nobody who can manage accounts.
    fn administer<T>(
        &self,
        name: &str,
        run: impl FnOnce(&Transaction<'_>, &Account) -> Result<T, rusqlite::Error>,
    ) -> Result<T, ControlError> {
        self.transact_if(|transaction| {
            let Some(account) = by_name(transaction, name)? else {
                return Ok(Err(ControlError::NoAccount));
            };
            let managed = is_managed(transaction)?;
            let done = run(transaction, &account)?;
            if managed && !is_managed(transaction)? {
                return Ok(Err(ControlError::LastAdministrator));
            }
            Ok(Ok(done))
        })
    }
}

/// True if some account can manage accounts.
fn is_managed(connection: &Connection) -> Result<bool, rusqlite::Error> {
    let mut statement = connection.prepare_cached("SELECT roles FROM accounts WHERE NOT locked")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        if roles(row, 0)?.may(Right::ManageAccounts) {
            return Ok(true);
        }
    }
    Ok(false)
}

fn check_names(name: &str, display_name: &str) -> Result<(), ControlError> {
    if !account::is_login(name) {
        return Err(ControlError::BadLogin);
    }
    if is_display_name(display_name) { Ok(()) } else { Err(ControlError::BadDisplayName) }
}

/// True for what can stand for people; empty, too.
pub(super) fn is_display_name(name: &str) -> bool {
    let is_short = name.chars().count() <= account::DISPLAY_NAME_CHARS_MAX;
    is_short && !name.chars().any(char::is_control)
}

pub(super) fn insert(
    transaction: &Transaction<'_>,
    new: &NewAccount,
    now: Timestamp,
) -> Result<Account, rusqlite::Error> {
    let shown = if new.display_name.is_empty() { &new.name } else { &new.display_name };
    let account = Account {
        id: uuid::Uuid::now_v7().to_string(),
        name: new.name.clone(),
        display_name: shown.clone(),
        source: new.source.clone(),
        roles: new.roles,
        scope: new.scope.clone(),
        locked: false,
        locked_until: None,
        totp: false,
        must_change: new.must_change,
        created: now,
        password_changed: new.password.as_ref().map(|_| now),
        last_sign_in: None,
    };
    transaction.execute(
        "INSERT INTO accounts (id, name, display_name, source, subject, roles, scope, password, \
         must_change, locked, created_ns, password_changed_ns) \
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?, ?)",
        params![
            account.id,
            account.name,
            account.display_name,
            account.source.to_string(),
            new.subject,
            account.roles.to_string(),
            account.scope,
            new.password,
            account.must_change,
            now.nanos(),
            account.password_changed.map(Timestamp::nanos),
        ],
    )?;
    Ok(account)
}

/// Writes what an administrator may change.
pub(super) fn write(
    transaction: &Transaction<'_>,
    account: &Account,
) -> Result<(), rusqlite::Error> {
    let update = "UPDATE accounts SET display_name = ?, roles = ?, scope = ?, locked = ?, \
                  locked_until_ns = ? WHERE id = ?";
    let (roles, until) = (account.roles.to_string(), account.locked_until.map(Timestamp::nanos));
    let values =
        params![account.display_name, roles, account.scope, account.locked, until, account.id];
    transaction.execute(update, values).map(|_| ())
}

fn changed(before: &Account, change: &AccountChange) -> Account {
    let AccountChange { display_name, roles, scope, locked } = change;
    let display_name = display_name.clone().unwrap_or_else(|| before.display_name.clone());
    Account {
        display_name: if display_name.is_empty() { before.name.clone() } else { display_name },
        roles: roles.unwrap_or(before.roles),
        scope: scope.clone().unwrap_or_else(|| before.scope.clone()),
        locked: locked.unwrap_or(before.locked),
        locked_until: if *locked == Some(false) { None } else { before.locked_until },
        ..before.clone()
    }
}

pub(super) fn by_name(
    connection: &Connection,
    name: &str,
) -> Result<Option<Account>, rusqlite::Error> {
    let query = format!("SELECT {COLUMNS} FROM accounts WHERE name = ?");
    connection.prepare_cached(&query)?.query_row([name], read).optional()
}

pub(super) fn by_id(connection: &Connection, id: &str) -> Result<Option<Account>, rusqlite::Error> {
    let query = format!("SELECT {COLUMNS} FROM accounts WHERE id = ?");
    connection.prepare_cached(&query)?.query_row([id], read).optional()
}

/// Reads `COLUMNS`, which must come first.
pub(super) fn read(row: &Row<'_>) -> Result<Account, rusqlite::Error> {
    let source: String = row.get(3)?;
    let source = source.parse().map_err(|error: account::UnknownSource| unfit(3, error))?;
    let moment = |nanos: Option<i64>| nanos.map(Timestamp::from_nanos);
    Ok(Account {
        id: row.get(0)?,
        name: row.get(1)?,
        display_name: row.get(2)?,
        source,
        roles: roles(row, 4)?,
        scope: row.get(5)?,
        locked: row.get(6)?,
        locked_until: moment(row.get(7)?),
        totp: row.get(8)?,
        must_change: row.get(9)?,
        created: Timestamp::from_nanos(row.get(10)?),
        password_changed: moment(row.get(11)?),
        last_sign_in: moment(row.get(12)?),
    })
}

fn roles(row: &Row<'_>, column: usize) -> Result<Roles, rusqlite::Error> {
    let roles: String = row.get(column)?;
    roles.parse().map_err(|error: crate::auth::role::UnknownRole| unfit(column, error))
}

fn unfit(column: usize, error: impl std::error::Error + Send + Sync + 'static) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(column, Type::Text, error.into())
}

/// An act upon an account.
pub(super) fn act<'a>(
    operation: &'a str,
    by: By<'a>,
    account: &'a Account,
    request: serde_json::Value,
) -> Act<'a> {
    Act {
        by,
        operation,
        object_type: "account",
        object_id: &account.id,
        object_name: &account.name,
        request,
        ..Act::default()
    }
}

pub(super) fn said(account: &Account) -> serde_json::Value {
    json!({
        "name": account.name, "display_name": account.display_name,
        "source": account.source.to_string(), "roles": account.roles, "scope": account.scope,
        "locked": account.locked,
    })
}
