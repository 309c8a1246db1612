//! How many bytes of request bodies may be in memory at once.
//!
//! A body takes its part while it is read and expanded, and gives it back when its request ends.
//! Over the budget a request is refused before anything of it was kept. A lone request is always
//! let in, whatever its size, or one larger than the budget could never be.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// The budget of all requests.
#[derive(Debug)]
pub(crate) struct Budget {
    bytes_max: u64,
    used: AtomicU64,
}

/// One request's part of it; given back on drop.
#[derive(Debug)]
pub(crate) struct Reserved {
    budget: Arc<Budget>,
    bytes: u64,
}

/// The budget is used up by others.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Exhausted;

impl Budget {
    pub(crate) fn new(bytes_max: u64) -> Self {
        Self { bytes_max, used: AtomicU64::new(0) }
    }

    /// An empty part.
    pub(crate) fn reserve(self: &Arc<Self>) -> Reserved {
        Reserved { budget: self.clone(), bytes: 0 }
    }

    /// Bytes in use now.
    pub(crate) fn used(&self) -> u64 {
        self.used.load(Ordering::Relaxed)
    }
}

impl Reserved {
    /// Takes `bytes` more.
    pub(crate) fn grow(&mut self, bytes: usize) -> Result<(), Exhausted> {
        let bytes = bytes as u64;
        let before = self.budget.used.fetch_add(bytes, Ordering::Relaxed);
        let by_others = before.saturating_sub(self.bytes);
        if by_others > 0 && before + bytes > self.budget.bytes_max {
            self.budget.used.fetch_sub(bytes, Ordering::Relaxed);
            return Err(Exhausted);
        }
        self.bytes += bytes;
        Ok(())
    }
}

impl Drop for Reserved {
    fn drop(&mut self) {
        self.budget.used.fetch_sub(self.bytes, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lone_request_is_let_in_and_everything_comes_back() {
        let budget = Arc::new(Budget::new(100));
        let mut lone = budget.reserve();
        assert_eq!(lone.grow(150), Ok(()));
        let mut second = budget.reserve();
        assert_eq!(second.grow(1), Err(Exhausted));
        drop(lone);
        assert_eq!(second.grow(60), Ok(()));
        let mut third = budget.reserve();
        assert_eq!(third.grow(41), Err(Exhausted));
        assert_eq!(third.grow(40), Ok(()));
        drop((second, third));
        assert_eq!(budget.used(), 0);
    }
}
