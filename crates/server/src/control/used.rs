//! When tokens and sessions were last used: noted in memory with each request, written once in a
//! while and all at once, so that no request waits for the disk because of it.
//!
//! A crash forgets the last minute. For a session that can only end it sooner.

use std::collections::HashMap;

use annals_record::Timestamp;
use rusqlite::params;

use super::{Control, ControlError};

/// What was used since it was last written down.
#[derive(Default)]
pub(super) struct Used {
    tokens: HashMap<String, Timestamp>,
    sessions: HashMap<String, Timestamp>,
}

impl Used {
    pub(super) fn note_token(&mut self, id: &str, now: Timestamp) {
        note(&mut self.tokens, id, now);
    }

    pub(super) fn note_session(&mut self, id: &str, now: Timestamp) {
        note(&mut self.sessions, id, now);
    }

    /// When the session was last used, given what is written down.
    pub(super) fn latest(&self, session: &str, written: Timestamp) -> Timestamp {
        self.sessions.get(session).map_or(written, |noted| (*noted).max(written))
    }
}

/// Only ids that the database knows are noted, so their number is bounded by what is there.
fn note(used: &mut HashMap<String, Timestamp>, id: &str, now: Timestamp) {
    match used.get_mut(id) {
        Some(moment) => *moment = now,
        None => {
            used.insert(id.to_owned(), now);
        }
    }
}

impl Control {
    /// Writes down what was used. For people only and for pauses, so a failure (a full disk) is
    /// tried again with the next.
    ///
    /// # Errors
    /// When the database fails.
    pub fn write_used(&self) -> Result<(), ControlError> {
        let mut inner = self.lock();
        let Used { tokens, sessions } = std::mem::take(&mut inner.used);
        if tokens.is_empty() && sessions.is_empty() {
            return Ok(());
        }
        let write = |connection: &mut rusqlite::Connection| {
            let transaction = connection.transaction()?;
            for (table, used) in [("tokens", &tokens), ("sessions", &sessions)] {
                let update = format!(
                    "UPDATE {table} SET last_used_ns = max(ifnull(last_used_ns, 0), ?) WHERE id = ?"
                );
                let mut statement = transaction.prepare_cached(&update)?;
                for (id, moment) in used {
                    statement.execute(params![moment.nanos(), id])?;
                }
            }
            transaction.commit()
        };
        let written = write(&mut inner.connection);
        if written.is_err() {
            inner.used = Used { tokens, sessions };
        }
        written.map_err(|source| self.fault(source))
    }
}
