//! The one place where the gateway learns what time it is.

use std::time::{SystemTime, UNIX_EPOCH};

use annals_record::Timestamp;

/// The present moment.
pub(crate) fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_nanos(i64::try_from(since.as_nanos()).unwrap_or(i64::MAX))
}

/// Whole seconds since 1970.
pub(crate) fn seconds() -> i64 {
    now().nanos() / 1_000_000_000
}
