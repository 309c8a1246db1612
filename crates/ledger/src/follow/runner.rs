//! The thread of a follower.

use super::Follower;
use crate::error::LedgerError;
use crate::limits::{FOLLOW_LEAVES_MAX, FOLLOW_PAUSE_MAX};
use crate::read::LedgerReader;
use annals_proof::{LeafIndex, TreeSize};
use annals_record::Kept;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

/// How often a follower of a stopped ledger looks whether it is to end.
const STOPPED_PAUSE: Duration = Duration::from_millis(100);
/// A waiting follower looks around at least this often.
const WAIT: Duration = Duration::from_secs(60);

/// A running follower. Stops when dropped.
pub struct FollowerHandle {
    shared: Arc<Shared>,
    reader: LedgerReader,
    thread: Option<JoinHandle<Box<dyn Follower>>>,
}

struct Shared {
    stop: AtomicBool,
    position: AtomicU64,
    failures: AtomicU64,
}

impl FollowerHandle {
    pub(crate) fn start(
        reader: LedgerReader,
        follower: Box<dyn Follower>,
        pause_min: Duration,
    ) -> Result<Self, LedgerError> {
        let shared = Arc::new(Shared {
            stop: AtomicBool::new(false),
            position: AtomicU64::new(follower.position().0),
            failures: AtomicU64::new(0),
        });
        let runner = Runner {
            reader: reader.clone(),
            shared: Arc::clone(&shared),
            follower,
            pause_min,
            pause: None,
        };
        let thread = std::thread::Builder::new()
            .name(format!("follow-{}", runner.follower.name()))
            .spawn(move || runner.run())
            .map_err(LedgerError::read("thread"))?;
        Ok(Self { shared, reader, thread: Some(thread) })
    }

    /// Everything below it has been followed.
    #[must_use]
    pub fn position(&self) -> LeafIndex {
        LeafIndex(self.shared.position.load(Ordering::Acquire))
    }

    /// Events between its position and the head.
    #[must_use]
    pub fn lag(&self) -> u64 {
        self.reader.head().size.0.saturating_sub(self.position().0)
    }

    /// Errors so far.
    #[must_use]
    pub fn failures(&self) -> u64 {
        self.shared.failures.load(Ordering::Relaxed)
    }

    /// Ends the follower after the batch it is at and gives it back; `None` if it panicked.
    pub fn stop(mut self) -> Option<Box<dyn Follower>> {
        self.end()
    }

    fn end(&mut self) -> Option<Box<dyn Follower>> {
        self.shared.stop.store(true, Ordering::Release);
        self.reader.nudge();
        let thread = self.thread.take()?;
        thread.thread().unpark();
        thread.join().ok()
    }
}

impl Drop for FollowerHandle {
    fn drop(&mut self) {
        let _ = self.end();
    }
}

struct Runner {
    reader: LedgerReader,
    shared: Arc<Shared>,
    follower: Box<dyn Follower>,
    pause_min: Duration,
    pause: Option<Duration>,
}

impl Runner {
    fn run(mut self) -> Box<dyn Follower> {
        let mut next = self.follower.position().0;
        while !self.stopped() {
            if let Some(pause) = self.pause {
                // `end` unparks; a spurious wake only tries again early.
                std::thread::park_timeout(pause);
            }
            let head = self.wait_beyond(next);
            if self.stopped() {
                break;
            }
            if head <= next {
                // A stopped ledger gives no more; do not spin while waiting to be stopped.
                std::thread::park_timeout(STOPPED_PAUSE);
                continue;
            }
            match self.step(next, head) {
                Ok(upto) => {
                    self.pause = None;
                    next = upto;
                    self.shared.position.store(next, Ordering::Release);
                }
                Err(error) => {
                    self.back_off(&error);
                    next = self.follower.position().0;
                }
            }
        }
        self.follower
    }

    fn stopped(&self) -> bool {
        self.shared.stop.load(Ordering::Acquire)
    }

    fn wait_beyond(&self, size: u64) -> u64 {
        self.reader.wait_beyond_unless(TreeSize(size), WAIT, || self.stopped()).size.0
    }

    /// Gives the leaves from `next` on, as many as fit in one batch; returns where it went.
    fn step(&mut self, next: u64, head: u64) -> Result<u64, super::FollowError> {
        let mut upto = head.min(next + FOLLOW_LEAVES_MAX as u64);
        let mut batch = Vec::with_capacity((upto - next) as usize);
        let (mut pruned, mut damage) = (false, None);
        for (index, item) in (next..).zip(self.reader.kept_range(next..upto)) {
            match item {
                Ok((index, Kept::Leaf(leaf))) => batch.push((index, leaf)),
                Ok((_, Kept::Pruned(_))) => pruned = true,
                Err(error @ LedgerError::Corrupt { .. }) => {
                    upto = index;
                    damage = Some(error);
                }
                Err(error) => return Err(error.into()),
            }
        }
        if !batch.is_empty() {
            self.follower.follow(&batch)?;
        }
        if pruned {
            self.follower.skip_to(LeafIndex(upto))?;
        }
        let Some(damage) = damage else { return Ok(upto) };
        let lost = self.reader.damaged_from(LeafIndex(upto));
        let end = lost.end.min(head);
        match self.follower.pass_over(upto..end)? {
            true => {
                let name = self.follower.name();
                let error = &damage;
                tracing::error!(follower = name, %error, from = upto, end, "goes on without");
                Ok(end)
            }
            false => Err(damage.into()),
        }
    }

    fn back_off(&mut self, error: &super::FollowError) {
        let pause = self.pause.map_or(self.pause_min, |pause| (pause * 2).min(FOLLOW_PAUSE_MAX));
        self.pause = Some(pause);
        self.shared.failures.fetch_add(1, Ordering::Relaxed);
        let name = self.follower.name();
        tracing::warn!(follower = name, %error, ?pause, "a follower failed; it will try again");
    }
}
