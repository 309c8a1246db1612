//! Recovery: what a start makes of what is on disk, in named cases.
//!
//! - *equal*: segments, arrays, checkpoint and signer agree: nothing to do
//! - *torn last block*: bytes after the last sound block, none of them under a signature: cut.
//!   Nobody got a receipt for it
//! - *torn seal*, *torn creation*: the footer or the header of the last segment was being
//!   written: cut or removed, it will be written again
//! - *arrays behind*: appended by the same function as in normal running
//! - *rolled back*: fewer leaves than the last checkpoint or the signer knows, another root, or
//!   arrays that are ahead: refuse to start, name file and offset, change nothing
//!
//! After a clean close (the marker `closed`) only *equal* is no damage. Not looked at here: the
//! frames of sealed segments, which `fsck` walks.

mod arrays;
mod tail;

use crate::array::Arrays;
use crate::closed::Closed;
use crate::disk::{Disk, read_file, remove_if_there};
use crate::error::LedgerError;
use crate::layout::{Layout, parse_segment_name};
use crate::segment::{Footer, Segment};
use crate::writer::SegmentWriter;
use annals_proof::{Frontier, Hash, SignedCheckpoint, TreeSize, Verifier, empty_root};
use std::sync::Arc;
use tail::Tail;

/// A ledger whose parts agree.
pub(crate) struct Recovered {
    pub(crate) segments: Vec<Arc<Segment>>,
    /// None if the last segment is sealed or there is none.
    pub(crate) writer: Option<SegmentWriter>,
    pub(crate) frontier: Frontier,
    /// `received_time` of the newest leaf, ns; the smallest number if there is none.
    pub(crate) received: i64,
    /// The marker of a clean close is there.
    pub(crate) clean: bool,
    /// First leaf that the arrays may not have durably.
    pub(crate) arrays_unsynced_from: u64,
    /// The note in `checkpoint`, if it is the one of this very head.
    pub(crate) note: Option<String>,
}

/// What recovery works on.
pub(crate) struct Scene<'a> {
    pub(crate) disk: &'a dyn Disk,
    pub(crate) layout: &'a Layout,
    pub(crate) arrays: &'a Arrays,
    /// All verifier keys of the log.
    pub(crate) verifiers: &'a [Verifier],
    /// The head the signer signed last.
    pub(crate) signed: Option<(TreeSize, Hash)>,
}

impl Scene<'_> {
    /// Brings the folder into the state *equal*, or says why it cannot.
    pub(crate) fn recover(&self) -> Result<Recovered, LedgerError> {
        let closed = Closed::load(self.disk, self.layout)?;
        let mut segments = self.open_segments(closed.is_some())?;
        let tail = match segments.pop() {
            Some(last) => self.examine_last(last, segments.last(), closed.as_ref())?,
            None => Tail::none(),
        };
        if let Some(last) = &tail.segment {
            segments.push(Arc::clone(last));
        }
        let note = self.check_signed(&tail, closed.is_some())?;
        let frontier = self.bring_arrays(&segments, &tail, closed.is_some())?;
        if let Some(closed) = &closed {
            self.check_closed(closed, &tail)?;
        }
        let arrays_unsynced_from = match (&closed, &tail.segment) {
            (None, Some(last)) => last.first(),
            _ => tail.size,
        };
        let writer = match &tail.segment {
            Some(last) if !last.is_sealed() => Some(SegmentWriter::resume(
                self.disk,
                Arc::clone(last),
                tail.received_min,
                tail.received_max,
                tail.root,
            )?),
            _ => None,
        };
        let (received, clean) = (tail.received_max, closed.is_some());
        Ok(Recovered { segments, writer, frontier, received, clean, arrays_unsynced_from, note })
    }

    /// Opens all segments: names in order, no gap, every one but the last sealed.
    fn open_segments(&self, clean: bool) -> Result<Vec<Arc<Segment>>, LedgerError> {
        let folder = self.layout.segments();
        let names = self.disk.names(&folder).map_err(LedgerError::read(&folder))?;
        for name in names.iter().filter(|name| name.ends_with(".tmp")) {
            // A rewrite that did not get to its rename: the old file is whole.
            remove_if_there(self.disk, &folder.join(name))
                .map_err(LedgerError::write(&folder, 0))?;
        }
        let mut firsts: Vec<u64> =
            names.iter().filter_map(|name| parse_segment_name(name)).collect();
        firsts.sort_unstable();
        if !clean {
            self.remove_torn_creation(&mut firsts)?;
        }
        let mut segments: Vec<Arc<Segment>> = Vec::with_capacity(firsts.len());
        let mut next = 0;
        for (place, first) in firsts.iter().enumerate() {
            let path = self.layout.segment(*first);
            let segment = Segment::open(self.disk, &path)?;
            if segment.first() != *first {
                return Err(LedgerError::corrupt(path, 16, "the name and the header differ"));
            }
            if *first != next {
                let what = format!("segment {next:020}.seg is missing before this one");
                return Err(LedgerError::corrupt(path, 0, what));
            }
            if !segment.is_sealed() && place + 1 < firsts.len() {
                let end = segment.file().len().map_err(LedgerError::read(&path))?;
                return Err(LedgerError::corrupt(path, end, "the segment has lost its footer"));
            }
            next = segment.end();
            segments.push(Arc::new(segment));
        }
        Ok(segments)
    }

    /// *torn creation*: a file too short to hold anything but its header, for leaves that were
    /// never signed.
    fn remove_torn_creation(&self, firsts: &mut Vec<u64>) -> Result<(), LedgerError> {
        let Some(last) = firsts.last() else { return Ok(()) };
        let path = self.layout.segment(*last);
        let Some(bytes) = read_short(self.disk, &path)? else { return Ok(()) };
        let torn = !crate::segment::is_header(&bytes);
        if torn && self.signed.is_none_or(|(size, _)| size.0 <= *last) {
            remove_if_there(self.disk, &path).map_err(LedgerError::write(&path, 0))?;
            firsts.pop();
        }
        Ok(())
    }

    /// *rolled back*: compares with what was signed. Returns the note of this very head.
    fn check_signed(&self, tail: &Tail, clean: bool) -> Result<Option<String>, LedgerError> {
        let path = self.layout.checkpoint();
        let refuse = |who: &str, size: TreeSize, root: Hash| {
            if size.0 > tail.size {
                Err(LedgerError::RolledBack {
                    file: tail.path(self.layout),
                    offset: tail.end,
                    what: format!("{} leaves are here, but {who} has {size}", tail.size),
                })
            } else if size.0 == tail.size && root != tail.root {
                Err(LedgerError::RolledBack {
                    file: tail.path(self.layout),
                    offset: tail.end,
                    what: format!("{who} has another root for these {size} leaves"),
                })
            } else {
                Ok(())
            }
        };
        if let Some((size, root)) = self.signed.filter(|(size, _)| size.0 > 0) {
            refuse("the signer", size, root)?;
        }
        let bytes = read_file(self.disk, &path).map_err(LedgerError::read(&path))?;
        let note = bytes.map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
        let signed = note.as_ref().map(|note| SignedCheckpoint::verify(note, self.verifiers));
        match signed {
            Some(Ok(signed)) => {
                let checkpoint = signed.checkpoint;
                refuse("the last checkpoint", checkpoint.size, checkpoint.root)?;
                Ok(note.filter(|_| checkpoint.size.0 == tail.size))
            }
            Some(Err(error)) if clean => Err(LedgerError::corrupt(path, 0, error.to_string())),
            Some(Err(error)) => {
                // Written in place without a sync: a crash may tear it. The signer remembers.
                tracing::warn!(%error, "the file checkpoint is torn; it will be written again");
                Ok(None)
            }
            None if clean => Err(LedgerError::corrupt(path, 0, "the file is missing")),
            None => Ok(None),
        }
    }

    /// After a clean close everything is exactly as the marker says.
    fn check_closed(&self, closed: &Closed, tail: &Tail) -> Result<(), LedgerError> {
        let segment_first = tail.segment.as_ref().map_or(0, |segment| segment.first());
        let same = closed.size.0 == tail.size
            && closed.root == tail.root
            && closed.segment_first == segment_first;
        if same {
            return Ok(());
        }
        Err(LedgerError::RolledBack {
            file: tail.path(self.layout),
            offset: tail.end,
            what: format!("{} leaves are here, {} were closed", tail.size, closed.size),
        })
    }

    /// *arrays behind*: appends what is missing, and compares the tree with the blocks.
    fn bring_arrays(
        &self,
        segments: &[Arc<Segment>],
        tail: &Tail,
        clean: bool,
    ) -> Result<Frontier, LedgerError> {
        arrays::check_not_ahead(self.arrays, tail.size)?;
        if !clean {
            return arrays::catch_up(self.arrays, segments, tail.size);
        }
        arrays::check_complete(self.arrays, tail.size)?;
        let frontier = Frontier::load(TreeSize(tail.size), self.arrays)?;
        if frontier.root() != tail.root {
            let (file, offset) = self.arrays.levels[0].place(0);
            let what = "the hash arrays give another root than the last block";
            return Err(LedgerError::corrupt(file, offset, what));
        }
        Ok(frontier)
    }

    /// The end of the last segment, cut and synced if the folder was not closed cleanly.
    fn examine_last(
        &self,
        last: Arc<Segment>,
        previous: Option<&Arc<Segment>>,
        closed: Option<&Closed>,
    ) -> Result<Tail, LedgerError> {
        if last.is_sealed() {
            match Footer::load(last.file(), last.blocks_end(), &last.path) {
                Ok(footer) => return Ok(Tail::sealed(last, &footer)),
                Err(error) if closed.is_some() => return Err(error),
                // *torn seal*: the trailer survived, the footer did not.
                Err(_) => {}
            }
        }
        let segment = Segment::open_unsealed(self.disk, &last.path)?;
        let before = match previous {
            Some(segment) => {
                let footer = Footer::load(segment.file(), segment.blocks_end(), &segment.path)?;
                (footer.root, footer.received_max)
            }
            None => (empty_root(), segment.header.created),
        };
        let tail = Tail::walk(Arc::new(segment), before, self.verifiers, closed.is_none())?;
        let len = tail.file_len()?;
        match closed {
            Some(closed) if len != tail.end || len != closed.segment_bytes => {
                let what = format!("the segment was closed with {} bytes", closed.segment_bytes);
                Err(LedgerError::corrupt(&last.path, tail.end.min(len), what))
            }
            Some(_) => Ok(tail),
            None => {
                tail.make_durable(self.disk)?;
                Ok(tail)
            }
        }
    }
}

/// The bytes of a file that is no longer than a segment header.
fn read_short(disk: &dyn Disk, path: &std::path::Path) -> Result<Option<Vec<u8>>, LedgerError> {
    let read = || LedgerError::read(path);
    let file = disk.open(path, crate::disk::Mode::Read).map_err(read())?;
    let len = file.len().map_err(read())?;
    if len > crate::segment::HEADER_BYTES as u64 {
        return Ok(None);
    }
    crate::disk::read_vec(&*file, 0, len as usize).map(Some).map_err(read())
}

impl Tail {
    fn none() -> Self {
        Self {
            segment: None,
            size: 0,
            root: empty_root(),
            received_min: None,
            received_max: i64::MIN,
            end: 0,
            last_block: None,
        }
    }
}
