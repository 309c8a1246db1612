//! Sessions in the control database: begun, looked up, listed, ended.
//!
//! Each request by cookie asks the database, so an ended session is ended with the next request,
//! in every process. When one was last used is remembered and written with the others once in a
//! while (`control::used`).

use annals_record::Timestamp;
use rusqlite::{OptionalExtension, Row, Transaction, params};
use serde_json::json;

use super::accounts;
use super::outbox::{self, Act, By, Refused};
use super::{Control, ControlError};
use crate::auth::account::Account;
use crate::auth::caller::Caller;
use crate::auth::session::{self, Lifetimes, Opened, Session};

/// Sessions of one account at once; a further one ends the oldest.
const SESSIONS_MAX: u64 = 20;
const COLUMNS: &str = "id, account, created_ns, last_used_ns, expires_ns, source_ip, user_agent";

/// Somebody who has proved who they are, at the moment of coming in.
pub(crate) struct Entry<'a> {
    pub(crate) caller: &'a Caller,
    pub(crate) account: &'a Account,
    /// How they proved it: `password`, `ldap` or `oidc`.
    pub(crate) method: &'static str,
    pub(crate) opened: &'a Opened,
    pub(crate) lifetimes: Lifetimes,
}

/// Why somebody is not let in; for the audit log, not for them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    NoAccount,
    Locked,
    WrongPassword,
    WrongCode,
    NoRole,
    NameTaken,
}

impl Refusal {
    fn reason(self) -> &'static str {
        match self {
            Self::NoAccount => "there is no such account",
            Self::Locked => "the account is locked",
            Self::WrongPassword => "the password is wrong",
            Self::NoRole => "no group of theirs has a role",
            Self::NameTaken => "the name belongs to another source or person",
            Self::WrongCode => "the code is wrong or was used before",
        }
    }

    fn outcome(self) -> &'static str {
        match self {
            Self::NoAccount | Self::Locked | Self::NoRole | Self::NameTaken => "denied",
            Self::WrongPassword | Self::WrongCode => "failure",
        }
    }
}

impl Control {
    /// The session that `cookie` opens and its account, while both are good.
    pub(crate) fn session(
        &self,
        cookie: &str,
        lifetimes: Lifetimes,
    ) -> Result<Option<(Session, Account)>, ControlError> {
        let Some(hash) = session::hash(cookie) else { return Ok(None) };
        let now = self.clock.now();
        let find = || {
            let mut inner = self.lock();
            let query = format!("SELECT {COLUMNS} FROM sessions WHERE secret_sha256 = ?");
            let found =
                inner.connection.prepare_cached(&query)?.query_row([hash], read).optional()?;
            let Some(mut session) = found else { return Ok(None) };
            session.last_used = inner.used.latest(&session.id, session.last_used);
            let idle_until = session.last_used.nanos().saturating_add(lifetimes.idle_nanos);
            if now >= session.expires || now.nanos() >= idle_until {
                return Ok(None);
            }
            let account = accounts::by_id(&inner.connection, &session.account)?;
            let account = account.filter(|account| !account.locked);
            if account.is_some() {
                inner.used.note_session(&session.id, now);
            }
            Ok(account.map(|account| (session, account)))
        };
        find().map_err(|source| self.fault(source))
    }

    /// The sessions of an account that are still good, newest first.
    pub(crate) fn sessions(
        &self,
        account: &str,
        lifetimes: Lifetimes,
    ) -> Result<Vec<Session>, ControlError> {
        let now = self.clock.now();
        let query = format!(
            "SELECT {COLUMNS} FROM sessions WHERE account = ? AND expires_ns > ? \
             ORDER BY created_ns DESC, id"
        );
        let list = || {
            let inner = self.lock();
            let mut statement = inner.connection.prepare_cached(&query)?;
            let rows = statement.query_map(params![account, now.nanos()], read)?;
            let mut sessions: Vec<Session> = rows.collect::<Result<_, rusqlite::Error>>()?;
            for session in &mut sessions {
                session.last_used = inner.used.latest(&session.id, session.last_used);
            }
            let idle_since = now.nanos().saturating_sub(lifetimes.idle_nanos);
            sessions.retain(|session| session.last_used.nanos() > idle_since);
            Ok(sessions)
        };
        list().map_err(|source| self.fault(source))
    }

    /// Ends one session of an account, and records that under `operation`. False if it has none
    /// with this id.
    pub(crate) fn end_session(
        &self,
        by: By<'_>,
        operation: &str,
        account: &Account,
        id: &str,
    ) -> Result<bool, ControlError> {
        let now = self.clock.now();
        self.transact(|transaction| {
            let delete = "DELETE FROM sessions WHERE id = ? AND account = ?";
            if transaction.execute(delete, [id, &account.id])? == 0 {
                return Ok(false);
            }
            outbox::push(transaction, now, &act(operation, by, id, &account.name))?;
            Ok(true)
        })
    }

    /// Ends every session of an account, and records that. The answer is how many there were.
    pub(crate) fn end_sessions(
        &self,
        by: By<'_>,
        account: &Account,
    ) -> Result<usize, ControlError> {
        let now = self.clock.now();
        self.transact(|transaction| {
            let delete = "DELETE FROM sessions WHERE account = ?";
            let ended = transaction.execute(delete, [&account.id])?;
            let said = json!({ "sessions": ended });
            let act = accounts::act("session.revoke", by, account, said);
            outbox::push(transaction, now, &act)?;
            Ok(ended)
        })
    }
}

/// Opens a session as part of a sign-in, and records that.
pub(super) fn begin(
    transaction: &Transaction<'_>,
    entry: &Entry<'_>,
    now: Timestamp,
) -> Result<Session, rusqlite::Error> {
    let Entry { caller, account, method, opened, lifetimes } = *entry;
    let session = Session {
        id: opened.id.clone(),
        account: account.id.clone(),
        created: now,
        last_used: now,
        expires: Timestamp::from_nanos(now.nanos().saturating_add(lifetimes.most_nanos)),
        source_ip: caller.visitor.source_ip,
        user_agent: caller.visitor.user_agent.clone(),
    };
    make_room(transaction, account, now, lifetimes)?;
    let insert =
        format!("INSERT INTO sessions ({COLUMNS}, secret_sha256) VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
    let (created, expires) = (now.nanos(), session.expires.nanos());
    let source_ip = session.source_ip.map(|address| address.to_string());
    let (id, agent) = (&session.id, &session.user_agent);
    let row = params![id, account.id, created, created, expires, source_ip, agent, opened.hash];
    transaction.execute(&insert, row)?;
    let signed_in = "UPDATE accounts SET failures = 0, locked_until_ns = NULL, \
                     last_sign_in_ns = ? WHERE id = ?";
    transaction.execute(signed_in, params![created, account.id])?;
    let mut act = act("session.create", By::Caller(caller), id, &account.name);
    act.auth_method = Some(method);
    outbox::push(transaction, now, &act)?;
    Ok(session)
}

/// Forgets what has ended, and the oldest where one account has too many.
fn make_room(
    transaction: &Transaction<'_>,
    account: &Account,
    now: Timestamp,
    lifetimes: Lifetimes,
) -> Result<(), rusqlite::Error> {
    // What is used is written down at least as often as the shortest pause that ends a session.
    let idle_since = now.nanos().saturating_sub(lifetimes.idle_nanos.saturating_mul(2));
    transaction.execute(
        "DELETE FROM sessions WHERE expires_ns <= ? OR last_used_ns <= ?",
        [now.nanos(), idle_since],
    )?;
    transaction.execute(
        "DELETE FROM sessions WHERE id IN (SELECT id FROM sessions WHERE account = ? \
         ORDER BY last_used_ns DESC LIMIT -1 OFFSET ?)",
        params![account.id, SESSIONS_MAX - 1],
    )?;
    Ok(())
}

/// Records that somebody was not let in. The name that was typed is not kept where it is nobody's.
pub(super) fn push_refused(
    transaction: &Transaction<'_>,
    now: Timestamp,
    by: By<'_>,
    account: Option<&Account>,
    refusal: Refusal,
) -> Result<(), rusqlite::Error> {
    let unknown = annals_record::UNKNOWN;
    let (id, name) = account.map_or((unknown, unknown), |account| (&account.id, &account.name));
    let act = Act {
        by,
        operation: "session.create",
        object_type: "account",
        object_id: id,
        object_name: name,
        refused: Some(Refused { outcome: refusal.outcome(), reason: refusal.reason() }),
        ..Act::default()
    };
    outbox::push(transaction, now, &act)
}

fn act<'a>(operation: &'a str, by: By<'a>, id: &'a str, account: &'a str) -> Act<'a> {
    Act {
        by,
        operation,
        object_type: "session",
        object_id: id,
        object_name: account,
        session_id: Some(id),
        ..Act::default()
    }
}

fn read(row: &Row<'_>) -> Result<Session, rusqlite::Error> {
    let source_ip: Option<String> = row.get(5)?;
    Ok(Session {
        id: row.get(0)?,
        account: row.get(1)?,
        created: Timestamp::from_nanos(row.get(2)?),
        last_used: Timestamp::from_nanos(row.get(3)?),
        expires: Timestamp::from_nanos(row.get(4)?),
        source_ip: source_ip.and_then(|address| address.parse().ok()),
        user_agent: row.get(6)?,
    })
}
