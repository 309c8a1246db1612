//! Damage to the ledger: what cannot be read is passed over, and the answer says so.

use std::sync::atomic::{AtomicU64, Ordering};

use annals_ledger::LedgerError;

use crate::QueryError;
use crate::question::{Partial, PartialReason};

/// What can be read; none where the ledger is damaged. Other faults stay.
pub(crate) fn unless_damaged<T>(read: Result<T, LedgerError>) -> Result<Option<T>, LedgerError> {
    match read {
        Ok(value) => Ok(Some(value)),
        Err(LedgerError::Corrupt { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

/// What damage to the ledger hid from an answer.
#[derive(Debug)]
pub(crate) struct Damage(AtomicU64);

impl Damage {
    /// Nothing yet.
    pub(crate) fn none() -> Self {
        Self(AtomicU64::new(u64::MAX))
    }

    /// A leaf at or above `index` could not be read.
    pub(crate) fn note(&self, index: u64) {
        self.0.fetch_min(index, Ordering::Relaxed);
    }

    /// What is read; none where it is damaged, which is noted.
    pub(crate) fn unless<T>(
        &self,
        index: u64,
        read: Result<T, LedgerError>,
    ) -> Result<Option<T>, QueryError> {
        let read = unless_damaged(read)?;
        if read.is_none() {
            self.note(index);
        }
        Ok(read)
    }

    /// Why the answer is partial; none if nothing was hidden.
    pub(crate) fn partial(&self) -> Option<Partial> {
        let first = self.0.load(Ordering::Relaxed);
        let partial = Partial { reason: PartialReason::LedgerDamaged, scanned_to: first };
        (first < u64::MAX).then_some(partial)
    }
}
