//! `SearchIndex`: the rows of all events, kept beside the ledger and made from it.
//!
//! A question takes a snapshot. What the follower has not reached yet it folds on the spot, so an
//! event is found the moment it is acknowledged: a little under the writer's lock and for
//! everybody, more for itself alone, and of what would take too long the newest only. Files that
//! are missing, damaged, of another version or of another ledger are made anew; nothing here is
//! the truth.

mod absorb;
mod indexer;
mod keeper;
mod leaves;
mod manifest;
mod open;
mod writer;

pub use indexer::Indexer;

use std::ops::Range;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::{Duration, Instant};

use annals_ledger::{LeafIndex, LedgerError, LedgerReader};
use annals_record::{Catalogue, Leaf};

use crate::error::IndexError;
use crate::part::Part;
use crate::question::{Partial, PartialReason};
use crate::text::TextFilters;
use absorb::Absorber;
use leaves::Leaves;
use manifest::Folder;
use writer::Writer;

/// Rows in memory at which they are written to disk, by default.
const SEAL_ROWS: u64 = 1 << 20;
/// How long an intent may wait for its outcome, by default.
const OPEN_LIMIT: Duration = Duration::from_secs(4 * 60 * 60);
/// Leaves folded at a time by a question that runs ahead of the follower.
const AHEAD_LEAVES: u64 = 4096;
/// Leaves that a question still takes in, all of them: about a second's work.
const AHEAD_LEAVES_MAX: u64 = 1 << 17;
/// Of more than that, so many of the newest: the answer is partial in any case, and what it takes
/// of the processor the follower lacks.
const NEWEST_LEAVES: u64 = 1 << 14;

/// What may be chosen about an index.
#[derive(Clone, Debug)]
pub struct IndexOptions {
    /// Rows in memory at which they are written to disk.
    pub seal_rows: u64,
    /// How long an intent may wait for its outcome before it is `unknown`.
    pub open_limit: Duration,
    /// Leaves up to which a question that finds the follower behind takes them in with it. Folded
    /// for one answer alone they are folded again for the next, and a follower that is a little
    /// behind would be left ever less of the processor by those who ask.
    pub help_leaves: u64,
}

impl Default for IndexOptions {
    fn default() -> Self {
        Self { seal_rows: SEAL_ROWS, open_limit: OPEN_LIMIT, help_leaves: AHEAD_LEAVES_MAX }
    }
}

/// The index of one ledger. Cheap to clone; asked from any thread.
#[derive(Clone)]
pub struct SearchIndex {
    shared: Arc<Shared>,
}

struct Shared {
    reader: LedgerReader,
    catalogue: Arc<Catalogue>,
    options: IndexOptions,
    folder: Folder,
    snapshot: RwLock<Snapshot>,
    writer: Mutex<Writer>,
    /// The writer changed in a way that the keeper or a waiting follower looks for.
    changed: Condvar,
    stopped: AtomicBool,
    bytes: AtomicU64,
}

/// The index at one moment. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Snapshot(Arc<State>);

struct State {
    parts: Vec<Part>,
    texts: TextFilters,
    /// Leaves below `end` that could not be read.
    lost: Vec<Range<u64>>,
    end: u64,
    settled: u64,
}

/// What an index holds, for metrics.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IndexStats {
    /// Rows, those of outcome leaves among them.
    pub rows: u64,
    /// Parts on disk and in memory.
    pub parts: usize,
    /// Every leaf below it that can be read has its row.
    pub end: u64,
    /// Every leaf below it has its row on disk.
    pub settled: u64,
    /// Leaves of the ledger that have no row yet.
    pub lag: u64,
    /// Bytes of its files.
    pub disk_bytes: u64,
}

impl SearchIndex {
    /// Opens the index in `dir`, which is made, beside the ledger of `reader`. The indexer is to
    /// follow the ledger from its position on; without it questions fold what is missing, as far
    /// as they come.
    ///
    /// # Errors
    /// `File` if the folder cannot be written, `Ledger` if the ledger cannot be read. Whatever is
    /// wrong with the files of the index is logged, and they are made anew.
    pub fn open(
        dir: &Path,
        reader: LedgerReader,
        catalogue: Arc<Catalogue>,
        options: IndexOptions,
    ) -> Result<(Self, Indexer), IndexError> {
        let folder = Folder::make(dir)?;
        let writer = open::open(&folder, &reader)?;
        let shared = Arc::new(Shared {
            snapshot: RwLock::new(writer.snapshot()),
            bytes: AtomicU64::new(folder.bytes()),
            writer: Mutex::new(writer),
            changed: Condvar::new(),
            stopped: AtomicBool::new(false),
            reader,
            catalogue,
            options,
            folder,
        });
        let keeper = keeper::start(Arc::clone(&shared))?;
        let index = Self { shared };
        Ok((index.clone(), Indexer::new(index, keeper)))
    }

    /// Deletes the files of the index in `dir`; the next start makes them anew. Nobody may have it
    /// open.
    ///
    /// # Errors
    /// `File` if they cannot be removed.
    pub fn delete(dir: &Path) -> Result<(), IndexError> {
        Folder::make(dir)?.clear()
    }

    /// Gives up intents whose outcome did not come within the limit. To be called now and then
    /// with the time, in ns since 1970.
    ///
    /// # Errors
    /// `Ledger` if the ledger cannot be read.
    pub fn give_up_intents(&self, now: i64) -> Result<(), IndexError> {
        let limit = i64::try_from(self.shared.options.open_limit.as_nanos()).unwrap_or(i64::MAX);
        let mut writer = self.shared.writer();
        if writer.give_up(&self.shared.reader, now.saturating_sub(limit))? {
            self.shared.publish(&writer);
        }
        Ok(())
    }

    /// What it holds.
    #[must_use]
    pub fn stats(&self) -> IndexStats {
        let snapshot = self.snapshot();
        let rows = |part: &Part| u64::from(part.len() - part.deleted().count());
        IndexStats {
            rows: snapshot.parts().iter().map(rows).sum(),
            parts: snapshot.parts().len(),
            end: snapshot.end(),
            settled: snapshot.settled(),
            lag: self.reader().head().size.0.saturating_sub(snapshot.end()),
            disk_bytes: self.shared.bytes.load(Ordering::Relaxed),
        }
    }

    /// The ledger.
    pub(crate) fn reader(&self) -> &LedgerReader {
        &self.shared.reader
    }

    /// The catalogue, for what is derived from an operation.
    pub(crate) fn catalogue(&self) -> &Catalogue {
        &self.shared.catalogue
    }

    /// The index as it is.
    pub(crate) fn snapshot(&self) -> Snapshot {
        self.shared.snapshot.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The index with a row for every leaf below `as_of`: what the follower has not reached is
    /// folded now, the newest leaves first. If some could not be folded, because they are too many,
    /// time was up or the ledger is damaged, the answer says so. Rows at or above `as_of` may be in
    /// it too.
    ///
    /// # Errors
    /// `Ledger` if the ledger cannot be read.
    pub(crate) fn snapshot_to(
        &self,
        as_of: u64,
        deadline: Instant,
    ) -> Result<(Snapshot, Option<Partial>), LedgerError> {
        self.help(as_of, deadline)?;
        let snapshot = self.snapshot();
        let mut left = snapshot.end()..as_of.min(self.reader().head().size.0);
        if left.is_empty() {
            let partial = snapshot.damage(as_of);
            return Ok((snapshot, partial));
        }
        let State { texts, end, settled, .. } = &*snapshot.0;
        let (mut parts, mut lost) = (snapshot.parts().to_vec(), snapshot.0.lost.clone());
        let first = first_ahead(&left);
        while first < left.end && Instant::now() < deadline {
            let start = left.end.saturating_sub(AHEAD_LEAVES).max(first);
            let batch = Leaves::read(self.reader(), start..left.end)?;
            lost.extend(batch.lost);
            let absorbed = Absorber::new(self.reader(), &parts).absorb(&batch.leaves)?;
            for part in &mut parts {
                absorbed.delete_from(part);
            }
            parts.extend(absorbed.part);
            lost.extend(absorbed.lost);
            left.end = start;
        }
        let behind = (!left.is_empty())
            .then_some(Partial { reason: PartialReason::IndexBehind, scanned_to: *end });
        let end = if behind.is_none() { as_of } else { *end };
        let ahead = State { parts, texts: texts.clone(), lost, end, settled: *settled };
        let ahead = Snapshot(Arc::new(ahead));
        let partial = ahead.damage(end).or(behind);
        Ok((ahead, partial))
    }

    /// Takes leaves in with the follower, if few are left and there is room for them.
    fn help(&self, as_of: u64, deadline: Instant) -> Result<(), LedgerError> {
        let Shared { reader, options, .. } = &*self.shared;
        let mut end = self.snapshot().end();
        if as_of.saturating_sub(end) > options.help_leaves {
            return Ok(());
        }
        while end < as_of && Instant::now() < deadline {
            let upto = as_of.min(end + AHEAD_LEAVES);
            let batch = Leaves::read(reader, end..upto)?;
            let mut writer = self.shared.writer();
            if writer.is_behind(options.seal_rows) {
                return Ok(());
            }
            self.shared.take(&mut writer, &batch.leaves, upto, &batch.lost)?;
            end = writer.position();
        }
        Ok(())
    }
}

/// From where on a question folds leaves that the follower has not reached.
fn first_ahead(left: &Range<u64>) -> u64 {
    match left.end - left.start {
        ..=AHEAD_LEAVES_MAX => left.start,
        _ => left.end - NEWEST_LEAVES,
    }
}

impl Snapshot {
    /// Its parts, in no order.
    pub(crate) fn parts(&self) -> &[Part] {
        &self.0.parts
    }

    /// Which groups of leaves may hold a text.
    pub(crate) fn texts(&self) -> &TextFilters {
        &self.0.texts
    }

    /// What damage to the ledger hides of the leaves below `as_of`.
    fn damage(&self, as_of: u64) -> Option<Partial> {
        let first = self.0.lost.iter().map(|lost| lost.start).min();
        let first = first.filter(|first| *first < as_of);
        first.map(|first| Partial { reason: PartialReason::LedgerDamaged, scanned_to: first })
    }

    /// Every leaf below it has its row, if it can be read.
    pub(crate) fn end(&self) -> u64 {
        self.0.end
    }

    /// Every leaf below it has its row on disk.
    pub(crate) fn settled(&self) -> u64 {
        self.0.settled
    }
}

impl Shared {
    fn writer(&self) -> MutexGuard<'_, Writer> {
        self.writer.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Gives the writer the leaves below `upto` and shows questions what it made of them. Those it
    /// has already are left out.
    fn take(
        &self,
        writer: &mut Writer,
        leaves: &[(LeafIndex, Leaf)],
        upto: u64,
        lost: &[Range<u64>],
    ) -> Result<(), LedgerError> {
        writer.follow(&self.reader, leaves)?;
        writer.skip_to(upto);
        lost.iter().for_each(|lost| writer.lose(lost));
        self.publish(writer);
        Ok(())
    }

    /// Shows questions what the writer made.
    fn publish(&self, writer: &Writer) {
        let snapshot = writer.snapshot();
        *self.snapshot.write().unwrap_or_else(PoisonError::into_inner) = snapshot;
        self.changed.notify_all();
    }

    fn is_stopped(&self) -> bool {
        self.stopped.load(Ordering::Acquire)
    }
}

#[cfg(test)]
mod tests;
