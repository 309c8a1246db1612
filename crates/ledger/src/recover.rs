//! Recovery: what a start makes of what is on disk, in named cases.
//!
//! - *equal*: segments, arrays, checkpoint and signer agree: nothing to do
//! - *torn last block*: bytes after the last sound block, none of them under a signature: cut.
//!   Nobody got a receipt for it
//! - *torn seal*, *torn creation*: the footer or the header of the last segment was being
//!   written, or the segment has no block yet: cut or removed, it will be written again
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
use crate::disk::{Disk, Mode, read_file, read_vec, remove_if_there};
use crate::error::LedgerError;
use crate::layout::{Layout, parse_segment_name};
use crate::segment::{Footer, HEADER_BYTES, Segment, is_header};
use crate::writer::SegmentWriter;
use annals_proof::{Frontier, Hash, SignedCheckpoint, TreeSize, Verifier, empty_root};
use std::path::Path;
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
    pub(crate) was_closed: bool,
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
    /// Brings the folder into the state *equal*, or says why it cannot. Everything is read and
    /// judged before the first change.
    pub(crate) fn recover(&self) -> Result<Recovered, LedgerError> {
        let closed = Closed::load(self.disk, self.layout)?;
        let mut segments = self.open_segments(closed.is_some())?;
        let last = segments.pop();
        let mut tail = match last {
            Some(last) => self.examine_last(last, segments.last(), closed.as_ref())?,
            None => Tail::none(),
        };
        let note = self.check_signed(&tail, closed.is_some())?;
        arrays::check_not_ahead(self.arrays, tail.size)?;
        match &closed {
            Some(closed) => self.check_closed(closed, &tail)?,
            None => self.repair_segments(&mut tail)?,
        }
        segments.extend(tail.segment.clone());
        let (frontier, arrays_unsynced_from) = match &closed {
            Some(_) => (self.load_frontier(&tail)?, tail.size),
            None => arrays::catch_up(self.arrays, &segments)?,
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
        let received = tail.received_max;
        let was_closed = closed.is_some();
        Ok(Recovered {
            segments,
            writer,
            frontier,
            received,
            was_closed,
            arrays_unsynced_from,
            note,
        })
    }

    /// *torn last block*, *torn seal*, *torn creation*: what nobody has a receipt for goes, what
    /// stays is made durable.
    fn repair_segments(&self, tail: &mut Tail) -> Result<(), LedgerError> {
        let folder = self.layout.segments();
        let names = self.disk.names(&folder).map_err(LedgerError::read(&folder))?;
        let last = tail.segment.as_ref().map(|segment| segment.first());
        for name in names {
            // A rewrite that did not get to its rename (the old file is whole), or a segment
            // whose header was being written.
            let torn =
                parse_segment_name(&name).is_none_or(|first| last.is_none_or(|it| first > it));
            if torn {
                let path = folder.join(name);
                remove_if_there(self.disk, &path).map_err(LedgerError::write(path, 0))?;
            }
        }
        tail.make_durable(self.disk)?;
        self.disk.sync_folder(&folder).map_err(LedgerError::sync(folder))
    }

    /// Opens all segments: names in order, no gap, every one but the last sealed.
    fn open_segments(&self, clean: bool) -> Result<Vec<Arc<Segment>>, LedgerError> {
        let folder = self.layout.segments();
        let names = self.disk.names(&folder).map_err(LedgerError::read(&folder))?;
        let mut firsts: Vec<u64> =
            names.iter().filter_map(|name| parse_segment_name(name)).collect();
        firsts.sort_unstable();
        if !clean {
            self.skip_torn_creation(&mut firsts)?;
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

    /// *torn creation*: a file too short to hold anything but its header, which is not sound.
    fn skip_torn_creation(&self, firsts: &mut Vec<u64>) -> Result<(), LedgerError> {
        let Some(last) = firsts.last() else { return Ok(()) };
        if let Some(bytes) = read_short(self.disk, &self.layout.segment(*last))?
            && !is_header(&bytes)
        {
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

    /// The frontier after a clean close, when the arrays are complete.
    fn load_frontier(&self, tail: &Tail) -> Result<Frontier, LedgerError> {
        arrays::check_complete(self.arrays, tail.size)?;
        let frontier = Frontier::load(TreeSize(tail.size), self.arrays)?;
        if frontier.root() != tail.root {
            let (file, offset) = self.arrays.levels[0].place(0);
            let what = "the hash arrays give another root than the last block";
            return Err(LedgerError::corrupt(file, offset, what));
        }
        Ok(frontier)
    }

    /// The end of the last segment; changes nothing.
    fn examine_last(
        &self,
        last: Arc<Segment>,
        previous: Option<&Arc<Segment>>,
        closed: Option<&Closed>,
    ) -> Result<Tail, LedgerError> {
        if last.is_sealed() {
            match Footer::load(last.file(), last.blocks_end(), &last.path) {
                Ok(footer) => return Tail::sealed(last, &footer),
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
            _ => Ok(tail),
        }
    }
}

/// The bytes of a file that is no longer than a segment header.
fn read_short(disk: &dyn Disk, path: &Path) -> Result<Option<Vec<u8>>, LedgerError> {
    let read = || LedgerError::read(path);
    let file = disk.open(path, Mode::Read).map_err(read())?;
    let len = file.len().map_err(read())?;
    if len > HEADER_BYTES as u64 {
        return Ok(None);
    }
    read_vec(&*file, 0, len as usize).map(Some).map_err(read())
}
