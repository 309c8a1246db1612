//! `Spool`: a folder in which events wait, durable and in order, until the server has them.
//!
//! One process owns a folder. One thread writes: what many callers hand over meanwhile becomes one
//! block, one sync, and only then is any of them told. The size is limited; its last tenth is kept
//! for outcomes, so that what could begin can end. A failed sync stops the spool for good: what
//! the disk holds then is known to nobody. It does not know what is sent, nor to whom.

pub mod format;
mod segments;
mod writer;

use std::collections::VecDeque;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, mpsc};
use std::time::{Duration, Instant};

use rustix::fs::{FlockOperation, flock};

use super::SdkError;
use format::{Chain, HEADER_BYTES, ITEM_BYTES, Item, Kind, Next, PAYLOAD_BYTES_MAX, next_block};
use segments::Segment;
use writer::{Order, Writer};

/// Largest segment, where the whole spool is not small.
const SEGMENT_BYTES_MAX: u64 = 8 << 20;
/// Segments that a full spool has at least.
const SEGMENTS_COUNT_MIN: u64 = 8;
/// The part of the limit that only outcomes may use: one in so many.
const OUTCOMES_PART: u64 = 10;

/// Events waiting on disk.
pub struct Spool {
    shared: Arc<Shared>,
    orders: mpsc::Sender<Order>,
    _lock: File,
}

impl std::fmt::Debug for Spool {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Spool").field("folder", &self.shared.folder).finish_non_exhaustive()
    }
}

/// What callers, the writer and the reader have in common.
struct Shared {
    folder: PathBuf,
    bytes_max: u64,
    segment_bytes: u64,
    state: Mutex<State>,
    /// Rung whenever something became durable, or something else happened (`nudge`).
    bell: Condvar,
}

struct State {
    /// Oldest first; the last is the one that grows.
    segments: VecDeque<Segment>,
    /// Number of the next durable item.
    end: u64,
    /// Number of the first item that is not acknowledged.
    sent: u64,
    /// Bytes of items on their way to the disk.
    on_the_way: u64,
    nudges: u64,
}

/// Resolves when the item is durable.
#[derive(Debug)]
#[must_use]
pub struct Receipt(oneshot::Receiver<Result<u64, SdkError>>);

impl Receipt {
    /// Waits for it; the number of the item.
    ///
    /// # Errors
    /// When it could not be made durable.
    pub fn wait(self) -> Result<u64, SdkError> {
        self.0.recv().unwrap_or(Err(SdkError::Stopped))
    }
}

/// A place in the spool, from which is read.
#[derive(Clone, Debug)]
pub struct Cursor {
    /// Number of the segment's first item.
    segment: u64,
    offset: u64,
    number: u64,
    chain: Chain,
    /// What was read already, and how much of it was used.
    ahead: Vec<u8>,
    used: usize,
}

impl Spool {
    /// Opens the folder, made if it is missing. Reads and checks all that waits there.
    ///
    /// # Errors
    /// When another process has it, it is damaged, or the file system refuses.
    pub fn open(folder: &Path, bytes_max: u64) -> Result<Self, SdkError> {
        fs::create_dir_all(folder).map_err(|error| SdkError::disk(folder, "make", error))?;
        let lock = lock(folder)?;
        let found = segments::open(folder)?;
        let state = State {
            segments: found.segments.into(),
            end: found.end,
            sent: found.sent,
            on_the_way: 0,
            nudges: 0,
        };
        let shared = Arc::new(Shared {
            folder: folder.to_owned(),
            bytes_max,
            segment_bytes: SEGMENT_BYTES_MAX.min(bytes_max / SEGMENTS_COUNT_MIN),
            state: Mutex::new(state),
            bell: Condvar::new(),
        });
        let orders = Writer::start(shared.clone(), found.chain)?;
        Ok(Self { shared, orders, _lock: lock })
    }

    /// Puts an item behind the others; it is promised once its receipt resolves.
    ///
    /// # Errors
    /// `Full`, `TooLarge`, or `Stopped`.
    pub fn append(&self, kind: Kind, payload: Vec<u8>) -> Result<Receipt, SdkError> {
        if payload.len() > PAYLOAD_BYTES_MAX {
            let (bytes, bytes_max) = (payload.len(), PAYLOAD_BYTES_MAX);
            return Err(SdkError::TooLarge { bytes, bytes_max });
        }
        let bytes = (payload.len() + ITEM_BYTES) as u64;
        self.shared.reserve(kind, bytes)?;
        let (done, receipt) = oneshot::channel();
        let order = Order { item: Item { kind, payload }, bytes, done };
        self.orders.send(order).map_err(|_| SdkError::Stopped)?;
        Ok(Receipt(receipt))
    }

    /// Where reading begins: the first item that is not acknowledged.
    #[must_use]
    pub fn cursor(&self) -> Cursor {
        Cursor::at(&self.shared.lock().segments[0])
    }

    /// The items of the next block, with their numbers; empty if there is none yet. Those below
    /// the first unacknowledged one are left out.
    ///
    /// # Errors
    /// When the file cannot be read or is damaged.
    pub fn read(&self, cursor: &mut Cursor) -> Result<Vec<(u64, Item)>, SdkError> {
        loop {
            let (segment, next, sent) = {
                let state = self.shared.lock();
                let mut from = state.segments.iter().skip_while(|s| s.first < cursor.segment);
                let segment = from.next().ok_or(SdkError::Stopped)?.clone();
                (segment, from.next().cloned(), state.sent)
            };
            if cursor.offset < segment.bytes {
                let mut items = cursor.block(&segment)?;
                items.retain(|(number, _)| *number >= sent);
                if items.is_empty() {
                    continue;
                }
                return Ok(items);
            }
            let Some(next) = next else { return Ok(Vec::new()) };
            *cursor = Cursor::at(&next);
        }
    }

    /// All items below `number` are acknowledged; their files go when they are whole.
    ///
    /// # Errors
    /// When the file system refuses; the items are then sent again, which is no harm.
    pub fn acknowledge(&self, number: u64) -> Result<(), SdkError> {
        let mut gone = Vec::new();
        {
            let mut state = self.shared.lock();
            state.sent = state.sent.max(number);
            while state.segments.get(1).is_some_and(|second| second.first <= number) {
                gone.extend(state.segments.pop_front());
            }
        }
        segments::write_sent(&self.shared.folder, number)?;
        for Segment { path, .. } in gone {
            fs::remove_file(&path).map_err(|error| SdkError::disk(path, "remove", error))?;
        }
        self.shared.ring();
        Ok(())
    }

    /// Number of the next durable item.
    #[must_use]
    pub fn end(&self) -> u64 {
        self.shared.lock().end
    }

    /// Items that wait.
    #[must_use]
    pub fn waiting(&self) -> u64 {
        let state = self.shared.lock();
        state.end - state.sent
    }

    /// Bytes on disk.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.shared.lock().bytes()
    }

    /// Wakes who waits.
    pub fn nudge(&self) {
        self.shared.lock().nudges += 1;
        self.shared.ring();
    }

    /// Waits until `is_over` says so, which is asked now and after everything that happens here;
    /// false once the time is over.
    pub fn wait_until(&self, timeout: Duration, mut is_over: impl FnMut() -> bool) -> bool {
        let end = Instant::now() + timeout;
        loop {
            let seen = self.shared.lock().marks();
            if is_over() {
                return true;
            }
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return false;
            }
            let state = self.shared.lock();
            let unchanged = |state: &mut State| state.marks() == seen;
            drop(self.shared.bell.wait_timeout_while(state, left, unchanged));
        }
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn ring(&self) {
        self.bell.notify_all();
    }

    /// Takes room for an item on its way.
    fn reserve(&self, kind: Kind, bytes: u64) -> Result<(), SdkError> {
        let kept_free = match kind {
            Kind::Event | Kind::Intent => self.bytes_max / OUTCOMES_PART,
            Kind::Outcome => 0,
        };
        let mut state = self.lock();
        if state.bytes() + state.on_the_way + bytes > self.bytes_max - kept_free {
            return Err(SdkError::Full { bytes_max: self.bytes_max });
        }
        state.on_the_way += bytes;
        Ok(())
    }
}

impl State {
    fn bytes(&self) -> u64 {
        self.segments.iter().map(|segment| segment.bytes).sum()
    }

    fn marks(&self) -> (u64, u64, u64) {
        (self.end, self.sent, self.nudges)
    }
}

impl Cursor {
    fn at(segment: &Segment) -> Self {
        let (first, chain) = (segment.first, segment.chain);
        let (offset, ahead) = (HEADER_BYTES as u64, Vec::new());
        Self { segment: first, offset, number: first, chain, ahead, used: 0 }
    }

    /// The next block of its segment, of which more is durable; it moves behind it.
    fn block(&mut self, segment: &Segment) -> Result<Vec<(u64, Item)>, SdkError> {
        if self.used == self.ahead.len() {
            (self.ahead, self.used) = (segments::read(segment, self.offset)?, 0);
        }
        let next = next_block(&self.chain, &self.ahead[self.used..]);
        let Next::Block { items, bytes, chain } = next else {
            let file = segment.path.clone();
            return Err(SdkError::Damaged { file, offset: self.offset });
        };
        let first = self.number;
        self.used += bytes;
        self.offset += bytes as u64;
        self.number += items.len() as u64;
        self.chain = chain;
        Ok((first..).zip(items).collect())
    }
}

fn lock(folder: &Path) -> Result<File, SdkError> {
    let path = folder.join("lock");
    let file = File::create(&path).map_err(|error| SdkError::disk(path, "make", error))?;
    flock(&file, FlockOperation::NonBlockingLockExclusive)
        .map_err(|_| SdkError::InUse { folder: folder.to_owned() })?;
    Ok(file)
}

#[cfg(test)]
mod tests;
