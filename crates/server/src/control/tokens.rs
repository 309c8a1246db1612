//! Tokens in the control database: made, listed, revoked, looked up.

use annals_record::Timestamp;
use rusqlite::{OptionalExtension, Row, TransactionBehavior, params};
use serde::Serialize;

use super::outbox::{self, Act, By};
use super::{Control, ControlError, Inner};
use crate::auth::role::Role;
use crate::auth::token::{self, Token};

/// Longest name of a token, characters.
pub(super) const NAME_CHARS_MAX: usize = 128;

const COLUMNS: &str = "id, name, role, may_be_system, region, stack_id, created_ns, expires_ns, \
                       revoked_ns, last_used_ns, secret_sha256, scope, created_by, certificate";

/// What a new token shall be.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewToken {
    /// What it is called, for people.
    pub name: String,
    /// What it may do.
    pub role: Role,
    /// Whether it may send events of operator `system`.
    pub may_be_system: bool,
    /// Region of its events that name none.
    pub region: Option<String>,
    /// Stack of its events that name none.
    pub stack_id: Option<String>,
    /// When it ends; none: never.
    pub expires: Option<Timestamp>,
    /// The events it is limited to, as a printed filter; none: all.
    pub scope: Option<String>,
    /// The client certificate it is bound to, by its SHA-256 in hex; none: no certificate.
    pub certificate: Option<String>,
}

/// A token just made.
#[derive(Clone, PartialEq, Eq)]
pub struct CreatedToken {
    /// Its id.
    pub id: String,
    /// The token itself; kept nowhere, so this is the only time it can be shown.
    pub secret: String,
}

/// A token as lists show it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TokenRow {
    /// Its id, the `emitter` of its events.
    pub id: String,
    /// What it is called.
    pub name: String,
    /// What it may do.
    pub role: Role,
    /// Whether it may send events of operator `system`.
    pub may_be_system: bool,
    /// Region of its events that name none.
    pub region: Option<String>,
    /// Stack of its events that name none.
    pub stack_id: Option<String>,
    /// When it was made, RFC 3339.
    pub created: String,
    /// When it ends.
    pub expires: Option<String>,
    /// When it was revoked.
    pub revoked: Option<String>,
    /// When it was last used, to the minute.
    pub last_used: Option<String>,
    /// The events it is limited to; none: all.
    pub scope: Option<String>,
    /// Who made it.
    pub created_by: String,
    /// The client certificate it is bound to, by its SHA-256 in hex.
    pub certificate: Option<String>,
}

/// A token as the cache keeps it.
#[derive(Clone)]
pub(super) struct Cached {
    token: Token,
    hash: [u8; 32],
}

impl Control {
    /// Makes a token, and records that.
    ///
    /// # Errors
    /// When the name is unfit, or the database or the random source fails.
    pub fn create_token(&self, new: &NewToken) -> Result<CreatedToken, ControlError> {
        self.create_token_by(By::Local, new)
    }

    /// As `create_token`, for whoever asks.
    pub(crate) fn create_token_by(
        &self,
        by: By<'_>,
        new: &NewToken,
    ) -> Result<CreatedToken, ControlError> {
        let chars = new.name.chars().count();
        if chars == 0 || chars > NAME_CHARS_MAX || new.name.chars().any(char::is_control) {
            return Err(ControlError::BadName);
        }
        // A token of another power would join it to the hand that made it.
        if let By::Caller(caller) = by {
            self.check_roles(caller.identity.roles.iter().chain([new.role]).collect())?;
        }
        let minted = token::mint().map_err(ControlError::Random)?;
        let now = self.clock.now();
        let created_by = by.operator();
        let act = Act {
            by,
            operation: "token.create",
            object_type: "token",
            object_id: &minted.id,
            object_name: &new.name,
            request: serde_json::json!({
                "role": new.role,
                "may_be_system": new.may_be_system,
                "expires": new.expires.map(|expires| expires.to_string()),
                "scope": new.scope,
                "certificate": new.certificate,
            }),
            ..Act::default()
        };
        let store = |inner: &mut Inner| {
            let transaction =
                inner.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            transaction.execute(
                "INSERT INTO tokens (id, secret_sha256, name, role, may_be_system, region, \
                 stack_id, created_ns, expires_ns, scope, created_by, certificate) \
                 VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                params![
                    minted.id,
                    minted.hash,
                    new.name,
                    new.role.as_str(),
                    new.may_be_system,
                    new.region,
                    new.stack_id,
                    now.nanos(),
                    new.expires.map(Timestamp::nanos),
                    new.scope,
                    created_by,
                    new.certificate,
                ],
            )?;
            outbox::push(&transaction, now, &act)?;
            transaction.commit()
        };
        self.change(store)?;
        Ok(CreatedToken { id: minted.id.clone(), secret: minted.text.clone() })
    }

    /// Ends a token at once, and records that. False if there is none with this id, or it was
    /// revoked before.
    ///
    /// # Errors
    /// When the database fails.
    pub fn revoke_token(&self, id: &str) -> Result<bool, ControlError> {
        self.revoke_token_by(By::Local, id)
    }

    /// As `revoke_token`, for whoever asks.
    pub(crate) fn revoke_token_by(&self, by: By<'_>, id: &str) -> Result<bool, ControlError> {
        let now = self.clock.now();
        self.change(|inner| {
            let transaction =
                inner.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let name: Option<String> = transaction
                .query_row(
                    "UPDATE tokens SET revoked_ns = ? WHERE id = ? AND revoked_ns IS NULL \
                     RETURNING name",
                    params![now.nanos(), id],
                    |row| row.get(0),
                )
                .optional()?;
            if let Some(name) = &name {
                let act = Act {
                    by,
                    operation: "token.revoke",
                    object_type: "token",
                    object_id: id,
                    object_name: name,
                    request: serde_json::json!({}),
                    ..Act::default()
                };
                outbox::push(&transaction, now, &act)?;
            }
            transaction.commit()?;
            Ok(name.is_some())
        })
    }

    /// Every token, oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub fn list_tokens(&self) -> Result<Vec<TokenRow>, ControlError> {
        let list = |inner: &mut Inner| {
            let query = format!("SELECT {COLUMNS} FROM tokens ORDER BY created_ns, id");
            let mut statement = inner.connection.prepare(&query)?;
            let rows = statement.query_map([], |row| Ok(row_of(read(row)?.token)))?;
            rows.collect::<Result<_, rusqlite::Error>>()
        };
        list(&mut self.lock()).map_err(|source| self.fault(source))
    }

    /// One token, valid or not, as lists show it.
    pub(crate) fn token_row(&self, id: &str) -> Result<Option<TokenRow>, ControlError> {
        Ok(self.token(id)?.map(row_of))
    }

    /// The valid token that `text` is; none for all others.
    ///
    /// # Errors
    /// When the database fails; then nobody may pass.
    pub fn authenticate(&self, text: &str) -> Result<Option<Token>, ControlError> {
        let Some((id, hash)) = token::parse(text) else { return Ok(None) };
        let now = self.clock.now();
        let mut inner = self.lock();
        let cached = inner.lookup(id).map_err(|source| self.fault(source))?;
        // Both sides are hashes of secrets nobody can choose, so timing tells nothing of use.
        let cached = cached.filter(|cached| cached.hash == hash && cached.token.is_valid(now));
        if cached.is_some() {
            inner.used.note_token(id, now);
        }
        Ok(cached.map(|cached| cached.token))
    }

    /// The token with this id, valid or not.
    ///
    /// # Errors
    /// When the database fails.
    pub fn token(&self, id: &str) -> Result<Option<Token>, ControlError> {
        let cached = self.lock().lookup(id).map_err(|source| self.fault(source))?;
        Ok(cached.map(|cached| cached.token))
    }

    /// Runs a change and forgets the cache: `data_version` tells of other connections only.
    fn change<T>(
        &self,
        run: impl FnOnce(&mut Inner) -> Result<T, rusqlite::Error>,
    ) -> Result<T, ControlError> {
        let mut inner = self.lock();
        inner.cache.clear();
        run(&mut inner).map_err(|source| self.fault(source))
    }
}

impl Inner {
    fn lookup(&mut self, id: &str) -> Result<Option<Cached>, rusqlite::Error> {
        let version = self
            .connection
            .prepare_cached("PRAGMA data_version")?
            .query_row([], |row| row.get(0))?;
        if version != self.version {
            self.cache.clear();
            self.version = version;
        }
        if let Some(known) = self.cache.get(id) {
            return Ok(Some(known.clone()));
        }
        let query = format!("SELECT {COLUMNS} FROM tokens WHERE id = ?");
        let found = self.connection.prepare_cached(&query)?.query_row([id], read).optional()?;
        // Unknown ids are not remembered: guesses must not fill the memory.
        if let Some(found) = &found {
            self.cache.insert(id.to_owned(), found.clone());
        }
        Ok(found)
    }
}

fn read(row: &Row<'_>) -> Result<Cached, rusqlite::Error> {
    let role: String = row.get(2)?;
    let role = role.parse().map_err(|error: crate::auth::role::UnknownRole| {
        rusqlite::Error::FromSqlConversionFailure(2, rusqlite::types::Type::Text, error.into())
    })?;
    let moment = |nanos: Option<i64>| nanos.map(Timestamp::from_nanos);
    let token = Token {
        id: row.get(0)?,
        name: row.get(1)?,
        role,
        may_be_system: row.get(3)?,
        region: row.get(4)?,
        stack_id: row.get(5)?,
        created: Timestamp::from_nanos(row.get(6)?),
        expires: moment(row.get(7)?),
        revoked: moment(row.get(8)?),
        last_used: moment(row.get(9)?),
        scope: row.get(11)?,
        created_by: row.get(12)?,
        certificate: row.get(13)?,
    };
    Ok(Cached { token, hash: row.get(10)? })
}

fn row_of(token: Token) -> TokenRow {
    let text = |moment: Option<Timestamp>| moment.map(|moment| moment.to_string());
    TokenRow {
        id: token.id,
        name: token.name,
        role: token.role,
        may_be_system: token.may_be_system,
        region: token.region,
        stack_id: token.stack_id,
        created: token.created.to_string(),
        expires: text(token.expires),
        revoked: text(token.revoked),
        last_used: text(token.last_used),
        scope: token.scope,
        created_by: token.created_by,
        certificate: token.certificate,
    }
}
