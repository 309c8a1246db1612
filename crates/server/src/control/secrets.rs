//! Keys of the server's own keyed hashes: drawn at first use, kept as long as the data folder.
//!
//! They sign nothing and open nothing; the log's signing key lives in `DIR/keys`. Beside them stand
//! small values made with them that a later start compares with.

use rusqlite::{OptionalExtension as _, TransactionBehavior, params};

use super::{Control, ControlError};

/// Bytes of a key.
pub const SECRET_BYTES: usize = 32;
/// Name of the key that ids of quarantined lines are derived with.
pub(crate) const QUARANTINE_IDS: &str = "quarantine-ids";
/// Name of the key of pseudonyms.
pub(crate) const PSEUDONYMS: &str = "pseudonyms";
/// Name of the key of digests of the configuration.
pub(crate) const CONFIGURATION: &str = "configuration";
/// Name of those digests, as of the last start.
pub(crate) const CONFIGURATION_SEEN: &str = "configuration-seen";
/// Name of the key of fingerprints of masked secrets.
pub(crate) const FINGERPRINTS: &str = "fingerprints";
/// Name of the key that tokens of embedded pages are signed with.
pub(crate) const EMBED_TOKENS: &str = "embed-tokens";

impl Control {
    /// The key called `name`, the same at every start.
    ///
    /// # Errors
    /// When the database or the system's random source fails.
    pub fn secret(&self, name: &str) -> Result<[u8; SECRET_BYTES], ControlError> {
        let mut drawn = [0; SECRET_BYTES];
        getrandom::fill(&mut drawn).map_err(ControlError::Random)?;
        let read = || {
            let mut inner = self.lock();
            let transaction =
                inner.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            transaction.execute(
                "INSERT INTO secrets (name, value) VALUES (?, ?) ON CONFLICT DO NOTHING",
                params![name, drawn],
            )?;
            let select = "SELECT value FROM secrets WHERE name = ?";
            let kept = transaction.query_row(select, [name], |row| row.get(0))?;
            transaction.commit()?;
            Ok(kept)
        };
        read().map_err(|source| self.fault(source))
    }

    /// What was remembered under `name`.
    pub(crate) fn recall(&self, name: &str) -> Result<Option<Vec<u8>>, ControlError> {
        let select = "SELECT value FROM secrets WHERE name = ?";
        let inner = self.lock();
        let kept = inner.connection.query_row(select, [name], |row| row.get(0)).optional();
        kept.map_err(|source| self.fault(source))
    }

    /// Remembers a value under `name`, in the place of the one before.
    pub(crate) fn remember(&self, name: &str, value: &[u8]) -> Result<(), ControlError> {
        let insert = "INSERT OR REPLACE INTO secrets (name, value) VALUES (?, ?)";
        let done = self.lock().connection.execute(insert, params![name, value]);
        done.map(|_| ()).map_err(|source| self.fault(source))
    }
}
