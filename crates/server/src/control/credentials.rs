//! What people prove themselves with, in the control database: passwords, second factors, and how
//! often a wrong one was tried.
//!
//! Only hashes of passwords and recovery codes are kept. A one-time code is used up in the
//! transaction that opens the session, so two at once cannot both be let in. Passwords are
//! compared and hashed elsewhere (`auth::password`).

use annals_record::Timestamp;
use rusqlite::{OptionalExtension, Transaction, params};
use serde_json::json;

use super::accounts;
use super::outbox::{self, By};
use super::sessions::{self, Entry, Refusal};
use super::{Control, ControlError};
use crate::auth::account::{Account, Source};
use crate::auth::session::Session;

/// What somebody who signs in is held against.
#[derive(Clone)]
pub(crate) struct Credentials {
    pub(crate) account: Account,
    /// The hash of the password; none where another source vouches.
    pub(crate) password: Option<String>,
    /// The secret of the second factor.
    pub(crate) totp: Option<Vec<u8>>,
    /// A secret that was shown and not yet confirmed.
    pub(crate) totp_pending: Option<Vec<u8>>,
    /// The step of the code that was used last.
    pub(crate) totp_step: u64,
}

/// The second factor that was shown.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Shown {
    /// None is needed.
    Nothing,
    /// The code of this step.
    Step(u64),
    /// The recovery code with this hash.
    Recovery([u8; 32]),
}

/// What follows from wrong passwords.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Lockout {
    /// So many in a row lock the account.
    pub(crate) failures_max: u64,
    /// For so long.
    pub(crate) nanos: i64,
}

impl Control {
    /// What the account of this name is proved with.
    pub(crate) fn credentials(&self, name: &str) -> Result<Option<Credentials>, ControlError> {
        let read = || {
            let inner = self.lock();
            let Some(account) = accounts::by_name(&inner.connection, name)? else {
                return Ok(None);
            };
            let query = "SELECT password, totp_secret, totp_pending, totp_step FROM accounts \
                         WHERE id = ?";
            inner
                .connection
                .prepare_cached(query)?
                .query_row([account.id.clone()], |row| {
                    let (password, totp) = (row.get(0)?, row.get(1)?);
                    let (totp_pending, totp_step) = (row.get(2)?, row.get(3)?);
                    Ok(Credentials { account, password, totp, totp_pending, totp_step })
                })
                .optional()
        };
        read().map_err(|source| self.fault(source))
    }

    /// Records that somebody was not let in; enough wrong passwords in a row lock the account
    /// for a while, and that is recorded too. The name that was typed is not kept where it is
    /// nobody's: people type passwords there.
    pub(crate) fn refuse_sign_in(
        &self,
        by: By<'_>,
        account: Option<&Account>,
        refusal: Refusal,
        lockout: Option<Lockout>,
    ) -> Result<(), ControlError> {
        let now = self.clock.now();
        self.transact(|transaction| {
            sessions::push_refused(transaction, now, by, account, refusal)?;
            match (account, lockout) {
                (Some(account), Some(lockout)) => count_failure(transaction, now, account, lockout),
                _ => Ok(()),
            }
        })
    }

    /// Opens a session for whoever has proved to be the account's holder, and records that. None
    /// if the code was used in the meantime, or the account is gone.
    pub(crate) fn sign_in(
        &self,
        entry: &Entry<'_>,
        shown: Shown,
    ) -> Result<Option<Session>, ControlError> {
        let now = self.clock.now();
        self.transact(|transaction| {
            if !use_up(transaction, entry.account, shown)? {
                return Ok(None);
            }
            sessions::begin(transaction, entry, now).map(Some)
        })
    }

    /// Sets a password, ends every session but `keep`, and records that under `operation`.
    ///
    /// # Errors
    /// When there is no such local account, or the database fails.
    pub fn set_password(
        &self,
        by: By<'_>,
        operation: &str,
        name: &str,
        hash: &str,
        must_change: bool,
        keep: Option<&str>,
    ) -> Result<(), ControlError> {
        let now = self.clock.now();
        self.transact_if(|transaction| {
            let found = accounts::by_name(transaction, name)?;
            let Some(account) = found.filter(|account| account.source == Source::Local) else {
                return Ok(Err(ControlError::NoAccount));
            };
            transaction.execute(
                "UPDATE accounts SET password = ?, must_change = ?, password_changed_ns = ?, \
                 failures = 0, locked_until_ns = NULL WHERE id = ?",
                params![hash, must_change, now.nanos(), account.id],
            )?;
            transaction.execute(
                "DELETE FROM sessions WHERE account = ? AND id IS NOT ?",
                params![account.id, keep],
            )?;
            outbox::push(transaction, now, &accounts::act(operation, by, &account, json!({})))?;
            Ok(Ok(()))
        })
    }

    /// Keeps a secret that its holder has yet to confirm with a code.
    pub(crate) fn propose_totp(&self, account: &str, secret: &[u8]) -> Result<(), ControlError> {
        let update = "UPDATE accounts SET totp_pending = ? WHERE id = ?";
        self.transact(|transaction| {
            transaction.execute(update, params![secret, account]).map(|_| ())
        })
    }

    /// Makes the pending secret the second factor, with the hashes of its recovery codes, and
    /// records that. False if none is pending.
    pub(crate) fn confirm_totp(
        &self,
        by: By<'_>,
        account: &Account,
        step: u64,
        recovery: &[[u8; 32]],
    ) -> Result<bool, ControlError> {
        let now = self.clock.now();
        self.transact(|transaction| {
            let update = "UPDATE accounts SET totp_secret = totp_pending, totp_pending = NULL, \
                          totp_step = ? WHERE id = ? AND totp_pending IS NOT NULL";
            if transaction.execute(update, params![step, account.id])? == 0 {
                return Ok(false);
            }
            transaction.execute("DELETE FROM recovery_codes WHERE account = ?", [&account.id])?;
            for hash in recovery {
                let insert = "INSERT INTO recovery_codes (account, sha256) VALUES (?, ?)";
                transaction.execute(insert, params![account.id, hash])?;
            }
            let act = accounts::act("totp.enable", by, account, json!({}));
            outbox::push(transaction, now, &act)?;
            Ok(true)
        })
    }

    /// Removes the second factor, and records that. False if there was none.
    pub(crate) fn remove_totp(&self, by: By<'_>, account: &Account) -> Result<bool, ControlError> {
        let now = self.clock.now();
        self.transact(|transaction| {
            let update = "UPDATE accounts SET totp_secret = NULL, totp_pending = NULL \
                          WHERE id = ? AND totp_secret IS NOT NULL";
            if transaction.execute(update, [&account.id])? == 0 {
                return Ok(false);
            }
            transaction.execute("DELETE FROM recovery_codes WHERE account = ?", [&account.id])?;
            let act = accounts::act("totp.disable", by, account, json!({}));
            outbox::push(transaction, now, &act)?;
            Ok(true)
        })
    }
}

fn count_failure(
    transaction: &Transaction<'_>,
    now: Timestamp,
    account: &Account,
    lockout: Lockout,
) -> Result<(), rusqlite::Error> {
    let count = "UPDATE accounts SET failures = failures + 1 WHERE id = ? RETURNING failures";
    let failures: u64 = transaction.query_row(count, [&account.id], |row| row.get(0))?;
    if failures < lockout.failures_max {
        return Ok(());
    }
    let until = Timestamp::from_nanos(now.nanos().saturating_add(lockout.nanos));
    let lock = "UPDATE accounts SET failures = 0, locked_until_ns = ? WHERE id = ?";
    transaction.execute(lock, params![until.nanos(), account.id])?;
    let said = json!({ "failures": failures, "until": until.to_string() });
    let act = accounts::act("account.lock", By::Server, account, said);
    outbox::push(transaction, now, &act)
}

/// Takes the second factor, which counts once.
fn use_up(
    transaction: &Transaction<'_>,
    account: &Account,
    shown: Shown,
) -> Result<bool, rusqlite::Error> {
    let changed = match shown {
        Shown::Nothing => {
            let unprotected = "SELECT count(*) FROM accounts WHERE id = ? AND totp_secret IS NULL";
            transaction.query_row(unprotected, [&account.id], |row| row.get(0))?
        }
        Shown::Step(step) => {
            let update = "UPDATE accounts SET totp_step = ? WHERE id = ? AND totp_step < ?";
            transaction.execute(update, params![step, account.id, step])?
        }
        Shown::Recovery(hash) => {
            let delete = "DELETE FROM recovery_codes WHERE account = ? AND sha256 = ?";
            transaction.execute(delete, params![account.id, hash])?
        }
    };
    Ok(changed > 0)
}
