//! Where the ledger gets the time from: a parameter, so that tests own it.
//!
//! The clock may jump; that `received_time` never goes back is the pool's promise.

use annals_record::Timestamp;

/// Tells the time.
pub trait Clock: Send + Sync + 'static {
    /// Now. May go back.
    fn now(&self) -> Timestamp;
}

/// The machine's clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        let nanos = jiff::Timestamp::now().as_nanosecond();
        Timestamp::from_nanos(i64::try_from(nanos).unwrap_or(i64::MAX))
    }
}
