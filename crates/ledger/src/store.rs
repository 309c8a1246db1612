//! What the writer, its readers and its followers share: segments, arrays, identifiers, head.
//!
//! The store finds and decodes; it decides nothing and writes nothing. Segments are swapped whole
//! (a rewrite), so a reader keeps a consistent file through its own `Arc`.

use crate::array::Arrays;
use crate::closed::OpenMark;
use crate::directory::find_frame;
use crate::disk::Disk;
use crate::error::LedgerError;
use crate::frame::Frame;
use crate::head::HeadCell;
use crate::ids::IdTable;
use crate::layout::Layout;
use crate::limits::FRAME_CACHE_FRAMES_MAX;
use crate::rewrites::{Compaction, Rewrites};
use crate::segment::Segment;
use annals_proof::Verifier;
use annals_record::Kept;
use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

/// The shared parts of an open ledger.
pub(crate) struct Store {
    pub(crate) disk: Arc<dyn Disk>,
    pub(crate) layout: Layout,
    pub(crate) arrays: Arrays,
    pub(crate) head: HeadCell,
    pub(crate) rewrites: Rewrites,
    mark: OpenMark,
    /// Every event's id, also of blocks not yet durable; none for a reader beside a server.
    pub(crate) ids: Option<RwLock<IdTable>>,
    /// Current key first.
    pub(crate) verifiers: RwLock<Vec<Verifier>>,
    /// Sorted by first index; the last one may be open.
    segments: RwLock<Vec<Arc<Segment>>>,
    /// Frames decoded last, newest at the back.
    frames: Mutex<VecDeque<CachedFrame>>,
}

struct CachedFrame {
    segment: Arc<Segment>,
    frame: Arc<Frame>,
}

impl Store {
    pub(crate) fn new(
        disk: Arc<dyn Disk>,
        layout: Layout,
        arrays: Arrays,
        head: HeadCell,
        ids: Option<IdTable>,
        verifiers: Vec<Verifier>,
        segments: Vec<Arc<Segment>>,
    ) -> Self {
        Self {
            disk,
            layout,
            arrays,
            head,
            rewrites: Rewrites::default(),
            mark: OpenMark::untouched(),
            ids: ids.map(RwLock::new),
            verifiers: RwLock::new(verifiers),
            segments: RwLock::new(segments),
            frames: Mutex::default(),
        }
    }

    /// Called before anything is written to the folder.
    pub(crate) fn mark_open(&self) -> Result<(), LedgerError> {
        self.mark.touch(&*self.disk, &self.layout)
    }

    /// Nothing was written since the open.
    pub(crate) fn is_untouched(&self) -> bool {
        self.mark.is_untouched()
    }

    /// All segments, oldest first.
    pub(crate) fn segments(&self) -> Vec<Arc<Segment>> {
        self.segments.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Puts a segment in its place: a new one at the end, or a rewritten one over the old.
    pub(crate) fn put_segment(&self, segment: Arc<Segment>) {
        let mut segments = self.segments.write().unwrap_or_else(PoisonError::into_inner);
        match segments.binary_search_by_key(&segment.first(), |known| known.first()) {
            Ok(place) => segments[place] = segment,
            Err(place) => segments.insert(place, segment),
        }
    }

    /// How far compaction is.
    pub(crate) fn compaction(&self) -> Compaction {
        let (mut sealed, mut waiting) = (0, 0);
        for segment in self.segments().iter().filter(|segment| segment.is_sealed()) {
            sealed += 1;
            waiting += u64::from(!segment.header.compacted);
        }
        self.rewrites.counts(sealed, waiting)
    }

    /// The segment that holds `index`.
    pub(crate) fn segment_of(&self, index: u64) -> Result<Arc<Segment>, LedgerError> {
        let segments = self.segments.read().unwrap_or_else(PoisonError::into_inner);
        let after = segments.partition_point(|segment| segment.first() <= index);
        let found = after.checked_sub(1).map(|place| &segments[place]);
        found.filter(|segment| index < segment.end()).cloned().ok_or_else(|| {
            LedgerError::corrupt(self.layout.segments(), 0, format!("no segment holds {index}"))
        })
    }

    /// The decoded frame that holds `index`.
    pub(crate) fn frame_of(&self, index: u64) -> Result<Arc<Frame>, LedgerError> {
        let segment = self.segment_of(index)?;
        if let Some(frame) = self.cached(&segment, index) {
            return Ok(frame);
        }
        let frame = Arc::new(segment.frame(index)?);
        let mut frames = self.frames.lock().unwrap_or_else(PoisonError::into_inner);
        if frames.len() >= FRAME_CACHE_FRAMES_MAX {
            frames.pop_front();
        }
        frames.push_back(CachedFrame { segment, frame: Arc::clone(&frame) });
        Ok(frame)
    }

    fn cached(&self, segment: &Arc<Segment>, index: u64) -> Option<Arc<Frame>> {
        let frames = self.frames.lock().unwrap_or_else(PoisonError::into_inner);
        let holds = |cached: &&CachedFrame| {
            Arc::ptr_eq(&cached.segment, segment)
                && index
                    .checked_sub(cached.frame.first())
                    .is_some_and(|place| place < cached.frame.len() as u64)
        };
        frames.iter().rev().find(holds).map(|cached| Arc::clone(&cached.frame))
    }

    /// Where the damage ends that `index` cannot be read for; at or below `index` if it is the
    /// leaf's alone.
    pub(crate) fn damage_end(&self, index: u64) -> u64 {
        let Ok(segment) = self.segment_of(index) else { return index };
        match (segment.directory(), segment.frame(index)) {
            (_, Ok(_)) => index,
            (Err(_), _) => segment.end(),
            (Ok(frames), Err(_)) => {
                find_frame(&frames, index).map_or(index, |place| frames[place].end())
            }
        }
    }

    /// Drops decoded frames, so that nothing erased stays in memory.
    pub(crate) fn forget_frames(&self) {
        self.frames.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// The leaf at `index`, or what retention left of it.
    pub(crate) fn kept(&self, index: u64) -> Result<Kept, LedgerError> {
        let frame = self.frame_of(index)?;
        frame.kept((index - frame.first()) as usize).map_err(|what| self.bad_leaf(index, what))
    }

    /// A frame whose checksum is right holds a leaf that is none.
    pub(crate) fn bad_leaf(&self, index: u64, what: String) -> LedgerError {
        let file = self
            .segment_of(index)
            .map_or_else(|_| self.layout.segments(), |segment| PathBuf::from(&segment.path));
        LedgerError::corrupt(file, 0, format!("leaf {index}: {what}"))
    }
}
