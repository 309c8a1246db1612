//! How much of the quarantine each token has used.
//!
//! Two counts a token: what the quarantine's index says is waiting, and what was sent to the
//! ledger but not indexed yet. Only a quota refuses; where there is no index (views are off)
//! the second count alone works, from the start of the process.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Bytes of rejected lines each token may have waiting.
#[derive(Debug)]
pub struct Quota {
    bytes_max: u64,
    used: Mutex<HashMap<String, Used>>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Used {
    indexed: u64,
    ahead: u64,
}

impl Quota {
    /// A quota of `bytes_max` for each token, none of it used.
    #[must_use]
    pub fn new(bytes_max: u64) -> Self {
        Self { bytes_max, used: Mutex::default() }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Used>> {
        self.used.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Bytes `emitter` may still use.
    #[must_use]
    pub fn remaining(&self, emitter: &str) -> u64 {
        let used = self.lock().get(emitter).copied().unwrap_or_default();
        self.bytes_max.saturating_sub(used.indexed + used.ahead)
    }

    /// Bytes waiting of all tokens.
    #[must_use]
    pub fn waiting(&self) -> u64 {
        self.lock().values().map(|used| used.indexed + used.ahead).sum()
    }

    /// Bytes to be used by one request; given back unless kept.
    pub(super) fn reservation<'a>(&'a self, emitter: &'a str) -> Reservation<'a> {
        Reservation { quota: self, emitter, bytes: 0 }
    }

    /// The index has taken up `bytes` that were reserved.
    pub(crate) fn indexed(&self, emitter: &str, bytes: u64) {
        let mut used = self.lock();
        let used = used.entry(emitter.to_owned()).or_default();
        used.indexed += bytes;
        used.ahead = used.ahead.saturating_sub(bytes);
    }

    /// `bytes` no longer wait: the line was replayed.
    pub(crate) fn released(&self, emitter: &str, bytes: u64) {
        if let Some(used) = self.lock().get_mut(emitter) {
            used.indexed = used.indexed.saturating_sub(bytes);
        }
    }
}

/// What one request uses of a quota.
pub(super) struct Reservation<'a> {
    quota: &'a Quota,
    emitter: &'a str,
    bytes: u64,
}

impl Reservation<'_> {
    /// Uses `bytes` more; false if the quota does not allow it.
    pub(super) fn add(&mut self, bytes: u64) -> bool {
        let mut used = self.quota.lock();
        let used = used.entry(self.emitter.to_owned()).or_default();
        if used.indexed + used.ahead + bytes > self.quota.bytes_max {
            return false;
        }
        used.ahead += bytes;
        self.bytes += bytes;
        true
    }

    /// Uses `bytes` more, allowed or not.
    pub(super) fn overdraw(&mut self, bytes: u64) {
        self.quota.lock().entry(self.emitter.to_owned()).or_default().ahead += bytes;
        self.bytes += bytes;
    }

    /// The lines are in the ledger now: the index will take the bytes up, except the `spared`
    /// ones of lines that were there before.
    pub(super) fn keep(mut self, spared: u64) {
        self.bytes = self.bytes.min(spared);
    }
}

impl Drop for Reservation<'_> {
    fn drop(&mut self) {
        if let Some(used) = self.quota.lock().get_mut(self.emitter) {
            used.ahead = used.ahead.saturating_sub(self.bytes);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // What a refused request reserved comes back; what was kept is counted once, not twice,
    // when the index takes it up, and freed by a replay.
    #[test]
    fn bytes_are_counted_once() {
        let quota = Quota::new(100);
        assert!(quota.reservation("a").add(60));
        assert_eq!(quota.remaining("a"), 100);
        let mut kept = quota.reservation("a");
        assert!(kept.add(60) && !kept.add(41));
        kept.keep(0);
        assert_eq!((quota.remaining("a"), quota.remaining("b")), (40, 100));
        quota.indexed("a", 60);
        assert_eq!(quota.remaining("a"), 40);
        quota.released("a", 60);
        assert_eq!(quota.remaining("a"), 100);
        let mut again = quota.reservation("a");
        assert!(again.add(60));
        again.keep(60);
        assert_eq!(quota.remaining("a"), 100);
    }
}
