//! How a ledger is opened.

use crate::error::LedgerError;
use crate::limits::{FOLLOW_PAUSE, QUEUE_BYTES_MAX, SEGMENT_BYTES_MAX};
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// Settings of a ledger; `Options::default()` is right for a server.
#[derive(Clone, Debug)]
pub struct Options {
    /// Bytes of events waiting for a commit before `ticket` answers `Busy`.
    pub queue_bytes_max: usize,
    /// Bytes of a segment before it is sealed.
    pub segment_bytes_max: u64,
    /// Name of the log, used when its key is made: a schema-less URL without blanks and `+`.
    /// None: `annals.local/<8 hex>`. A ledger that has a key keeps its name.
    pub origin: Option<String>,
    /// First pause after a follower's error; doubles with each further one, up to 30 s.
    pub follow_pause: Duration,
    /// Called once, from a thread of the ledger, when it stops for good.
    pub on_fatal: FatalHook,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            queue_bytes_max: QUEUE_BYTES_MAX,
            segment_bytes_max: SEGMENT_BYTES_MAX,
            origin: None,
            follow_pause: FOLLOW_PAUSE,
            on_fatal: FatalHook::default(),
        }
    }
}

type Hook = dyn Fn(&LedgerError) + Send + Sync;

/// What to do when the ledger stops: a program should end and start again, which recovers.
#[derive(Clone, Default)]
pub struct FatalHook(Option<Arc<Hook>>);

impl FatalHook {
    /// Calls `hook`.
    pub fn new(hook: impl Fn(&LedgerError) + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(hook)))
    }

    pub(crate) fn call(&self, error: &LedgerError) {
        if let Some(hook) = &self.0 {
            hook(error);
        }
    }
}

impl fmt::Debug for FatalHook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "FatalHook(set)" } else { "FatalHook(none)" })
    }
}
