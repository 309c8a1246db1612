//! `Journal`: what the platform did by itself, as a feed for whoever reads it, and, where the SDK
//! is inside, as events of the audit log.

use std::net::IpAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use annals_api::sdk::{End, Event, Guarantee, Recorder, SdkError};
use jiff::Timestamp;
use serde_json::Value;

use crate::own_act::OwnAct;
use crate::told;

/// Entries that the feed keeps; older ones are forgotten.
const FEED_ENTRIES_MAX: usize = 100_000;
/// Entries that one answer has at most.
const ANSWER_ENTRIES_MAX: usize = 100;

/// All that was told.
#[derive(Debug)]
pub(crate) struct Journal {
    feed: Mutex<Feed>,
    pub(crate) recorder: Option<Recorder>,
    /// From where the platform itself acts.
    address: IpAddr,
}

#[derive(Debug, Default)]
struct Feed {
    entries: std::collections::VecDeque<Value>,
    last: i64,
}

impl Journal {
    pub(crate) fn new(recorder: Option<Recorder>, address: IpAddr) -> Self {
        Self { feed: Mutex::default(), recorder, address }
    }

    /// Does something by itself: recorded as begun before, and as done after.
    ///
    /// # Errors
    /// Its beginning cannot be recorded; it was not done.
    pub(crate) fn act(
        &self,
        act: &OwnAct,
        now: Timestamp,
        does: impl FnOnce(),
    ) -> Result<(), SdkError> {
        let told = told::event(act, self.address);
        match (&self.recorder, told) {
            (Some(recorder), Some((event, end))) => {
                let audited = recorder.begin(event, Guarantee::Spooled)?;
                does();
                audited.finish(end)?;
            }
            _ => does(),
        }
        self.feed().add(act.entry(self.address), now);
        Ok(())
    }

    /// Tells what has happened already. Not for async threads.
    pub(crate) fn tell(&self, act: &OwnAct, now: Timestamp) {
        let told = self.recorder.as_ref().map_or(Ok(()), |recorder| match act {
            OwnAct::Creation { creation, took, name } => match &creation.operation {
                Some(id) => recorder.finish(id, &told::creation_end(creation, name, *took)),
                None => Ok(()),
            },
            act => match told::event(act, self.address) {
                Some((event, end)) => self.record(event, &end),
                None => Ok(()),
            },
        });
        if let Err(error) = told {
            tracing::error!(%error, ?act, "it happened and is not recorded");
        }
        self.feed().add(act.entry(self.address), now);
    }

    /// Records what is over, where the SDK records. Not for async threads.
    ///
    /// # Errors
    /// It is not recorded.
    pub(crate) fn record(&self, event: Event, end: &End) -> Result<(), SdkError> {
        match &self.recorder {
            Some(recorder) => recorder.record(event, end, Guarantee::Spooled),
            None => Ok(()),
        }
    }

    /// Waits for the SDK to send what it has kept.
    pub(crate) fn flush(&self, time_max: Duration) {
        let is_sent = self.recorder.as_ref().is_none_or(|recorder| recorder.flush(time_max));
        if !is_sent {
            tracing::warn!("not everything that was recorded is sent; it waits in the spool");
        }
    }

    /// The next entries after one, oldest first.
    pub(crate) fn after(&self, seq: i64) -> Vec<Value> {
        let feed = self.feed();
        let later = feed.entries.iter().filter(|entry| entry["seq"].as_i64() > Some(seq));
        later.take(ANSWER_ENTRIES_MAX).cloned().collect()
    }

    fn feed(&self) -> MutexGuard<'_, Feed> {
        self.feed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Feed {
    fn add(&mut self, mut entry: Value, now: Timestamp) {
        // Microseconds, so that numbers go on rising over a restart.
        self.last = now.as_microsecond().max(self.last + 1);
        entry["seq"] = self.last.into();
        entry["id"] = format!("platform-{}", self.last).into();
        entry["time"] = now.to_string().into();
        self.entries.push_back(entry);
        if self.entries.len() > FEED_ENTRIES_MAX {
            self.entries.pop_front();
        }
    }
}
