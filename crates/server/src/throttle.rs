//! `Throttle`: how often something may be tried under one name, in bounded memory.
//!
//! The generic cell rate algorithm: for each key the moment at which its allowance is full again.
//! A key whose allowance is full need not be remembered. When too many are remembered the ones
//! that are nearest to full are forgotten first, so that whoever tries most is remembered longest.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, PoisonError};

use annals_record::Timestamp;

const NANOS_PER_SECOND: i64 = 1_000_000_000;

/// How much at once, and how much over time.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Allowance {
    /// What may come at once.
    pub(crate) burst: u64,
    /// Nanoseconds until one more may come.
    pub(crate) nanos_each: u64,
}

impl Allowance {
    /// Nanoseconds from nothing to full.
    fn nanos_full(self) -> i64 {
        nanos(self.nanos_each.saturating_mul(self.burst))
    }
}

/// Seconds to wait until it may be tried again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Wait(pub(crate) u32);

/// One allowance for each key.
pub(crate) struct Throttle<K> {
    allowance: Allowance,
    keys_max: usize,
    /// When the allowance of a key is full again, Unix nanoseconds.
    full: Mutex<HashMap<K, i64>>,
}

impl<K: Eq + Hash> Throttle<K> {
    pub(crate) fn new(allowance: Allowance, keys_max: usize) -> Self {
        Self { allowance, keys_max, full: Mutex::new(HashMap::new()) }
    }

    /// Whether one more may come now; takes nothing.
    pub(crate) fn check(&self, key: &K, now: Timestamp) -> Result<(), Wait> {
        let full = self.full.lock().unwrap_or_else(PoisonError::into_inner);
        let until = full.get(key).map_or(0, |full| full - now.nanos());
        let over =
            until.saturating_add(nanos(self.allowance.nanos_each)) - self.allowance.nanos_full();
        if over <= 0 {
            return Ok(());
        }
        let seconds = over.saturating_add(NANOS_PER_SECOND - 1) / NANOS_PER_SECOND;
        Err(Wait(u32::try_from(seconds).unwrap_or(u32::MAX)))
    }

    /// Takes `count` from the allowance of `key`, which may go below nothing.
    pub(crate) fn take(&self, key: K, count: u64, now: Timestamp) {
        let mut full = self.full.lock().unwrap_or_else(PoisonError::into_inner);
        if full.len() >= self.keys_max && !full.contains_key(&key) {
            forget(&mut full, now.nanos(), self.keys_max);
        }
        let entry = full.entry(key).or_insert(0);
        let cost = nanos(self.allowance.nanos_each.saturating_mul(count));
        *entry = (*entry).max(now.nanos()).saturating_add(cost);
    }

    /// Gives one back that was taken for what turned out to be harmless.
    pub(crate) fn give_back(&self, key: &K) {
        let mut full = self.full.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(moment) = full.get_mut(key) {
            *moment -= nanos(self.allowance.nanos_each);
        }
    }
}

/// Drops whoever is full, and the half nearest to it if that is not enough.
fn forget<K: Eq + Hash>(full: &mut HashMap<K, i64>, now: i64, keys_max: usize) {
    full.retain(|_, moment| *moment > now);
    if full.len() < keys_max {
        return;
    }
    let mut moments: Vec<i64> = full.values().copied().collect();
    let middle = moments.len() / 2;
    let (_, median, _) = moments.select_nth_unstable(middle);
    let median = *median;
    full.retain(|_, moment| *moment > median);
}

fn nanos(nanos: u64) -> i64 {
    i64::try_from(nanos).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: u64 = NANOS_PER_SECOND as u64;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_nanos(seconds * NANOS_PER_SECOND)
    }

    // A burst passes, then only what time brings, and one key is not another's.
    #[test]
    fn a_burst_then_the_rate() {
        let throttle = Throttle::new(Allowance { burst: 3, nanos_each: 10 * SECOND }, 8);
        for _ in 0..3 {
            assert_eq!(throttle.check(&"a", at(100)), Ok(()));
            throttle.take("a", 1, at(100));
        }
        assert_eq!(throttle.check(&"a", at(100)), Err(Wait(10)));
        assert_eq!(throttle.check(&"a", at(109)), Err(Wait(1)));
        assert_eq!(throttle.check(&"a", at(110)), Ok(()));
        throttle.give_back(&"a");
        assert_eq!(throttle.check(&"a", at(100)), Ok(()));
        assert_eq!(throttle.check(&"b", at(100)), Ok(()));
        throttle.take("b", 30, at(100));
        assert_eq!(throttle.check(&"b", at(100)), Err(Wait(280)));
    }

    // Many names must fill neither the memory nor push out the one that tries most.
    #[test]
    fn memory_is_bounded() {
        let throttle = Throttle::new(Allowance { burst: 3, nanos_each: SECOND }, 64);
        throttle.take(0, 1_000_000, at(100));
        for key in 1..10_000 {
            throttle.take(key, 1, at(100));
        }
        assert!(throttle.full.lock().expect("not poisoned").len() <= 64);
        assert!(throttle.check(&0, at(100)).is_err());
    }
}
