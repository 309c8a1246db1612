//! Keys of the server's own keyed hashes: drawn at first use, kept as long as the data folder.
//!
//! They sign nothing and open nothing; the log's signing key lives in `DIR/keys`.

use rusqlite::{TransactionBehavior, params};

use super::{Control, ControlError};

/// Bytes of a key.
pub const SECRET_BYTES: usize = 32;
/// Name of the key that ids of quarantined lines are derived with.
pub(crate) const QUARANTINE_IDS: &str = "quarantine-ids";

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
}
