//! The walk: every segment, block and frame in order of index, gathered into rounds.
//!
//! After damage it goes on: it looks for the next sound block, and what it cannot read becomes a
//! hole, so that one bad byte does not hide the rest.

use super::fold::Fold;
use super::report::{Finding, FindingKind};
use super::round::{Done, Step, What, run};
use crate::block::{BLOCK_MAGIC, BlockHeader};
use crate::directory::FrameEntry;
use crate::disk::{DiskFile, read_vec};
use crate::error::LedgerError;
use crate::segment::{Footer, Segment};
use annals_proof::Verifier;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Bytes of frames gathered before a round is run.
const ROUND_BYTES_MAX: u64 = 16 << 20;
/// Steps gathered before a round is run.
const ROUND_STEPS_MAX: usize = 16_384;
/// Bytes read at a time when looking for zeros or for the next block.
const SCAN_BYTES: u64 = 1 << 20;

pub(super) struct Walk<'a> {
    pub(super) fold: Fold,
    pub(super) unfinished: Vec<Finding>,
    /// Events below this are under a signed checkpoint: none of them may be torn.
    pub(super) signed: u64,
    /// The folder was closed cleanly: nothing may be torn at all.
    pub(super) closed: bool,
    /// Told how many bytes of segments were walked.
    pub(super) progress: &'a mut dyn FnMut(u64),
    /// True once the walk is to end.
    pub(super) stop: &'a AtomicBool,
    /// The keys that signatures are looked for with.
    pub(super) keys: Vec<Verifier>,
    pub(super) steps: Vec<Step>,
    /// The last round, not folded yet.
    pub(super) done: Vec<(Step, Done)>,
    /// Bytes of the frames gathered for this round, unpacked.
    pub(super) bytes: u64,
    /// Bytes of the segments that were walked to their end.
    pub(super) walked: u64,
    /// Bytes of the present one that were gathered.
    pub(super) offset: u64,
    /// Index after the last leaf gathered.
    pub(super) next: u64,
}

impl Walk<'_> {
    /// Walks one segment. `last` is the only one that may be open.
    pub(super) fn segment(
        &mut self,
        segment: &Arc<Segment>,
        last: bool,
    ) -> Result<(), LedgerError> {
        if segment.first() != self.next {
            let (first, next) = (segment.first(), self.next);
            self.find(
                segment,
                FindingKind::Segment,
                0,
                format!("it begins at {first}, not {next}"),
            );
            if first > next {
                self.push(segment, 0, What::Hole { end: first });
                self.next = first;
            }
        }
        if !segment.is_sealed() && !last {
            self.find(segment, FindingKind::Segment, 0, "it has no sound footer".to_owned());
        }
        let len = segment.file().len().map_err(LedgerError::read(&segment.path))?;
        let limit = if segment.is_sealed() { segment.blocks_end() } else { len };
        let mut frames = Vec::new();
        let mut offset = segment.blocks_start;
        while offset < limit {
            if self.stop.load(Ordering::Relaxed) {
                return Err(LedgerError::CheckStopped);
            }
            offset = match segment.block_at(offset, self.next)? {
                Some((header, header_len)) => {
                    self.block(segment, offset, header_len, header, &mut frames)
                }
                None => match self.after_damage(segment, offset, limit)? {
                    Some(found) => found,
                    None => break,
                },
            };
            self.offset = offset.min(len);
            self.round_if_full();
        }
        if segment.is_sealed() {
            self.footer(segment, &frames)?;
        }
        self.walked += len;
        self.offset = 0;
        Ok(())
    }

    /// Runs and folds all that was gathered.
    pub(super) fn settle(&mut self) {
        self.round();
        self.fold.take(std::mem::take(&mut self.done));
    }

    /// Runs what was gathered, and folds the round before meanwhile.
    fn round(&mut self) {
        let steps = std::mem::take(&mut self.steps);
        let (fold, before) = (&mut self.fold, std::mem::take(&mut self.done));
        let done = run(&steps, &self.keys, || fold.take(before));
        self.done = steps.into_iter().zip(done).collect();
        (self.progress)(self.walked + self.offset);
        self.bytes = 0;
    }

    fn round_if_full(&mut self) {
        if self.bytes >= ROUND_BYTES_MAX || self.steps.len() >= ROUND_STEPS_MAX {
            self.round();
        }
    }

    /// Gathers a sound block; answers where the next one begins.
    fn block(
        &mut self,
        segment: &Arc<Segment>,
        offset: u64,
        header_len: u64,
        header: BlockHeader,
        frames: &mut Vec<FrameEntry>,
    ) -> u64 {
        let body = offset + header_len;
        let (first, note) = (header.first, header.note.clone());
        self.push(segment, offset, What::Note { first, note });
        for frame in &header.frames {
            let frame = FrameEntry { offset: body + frame.offset, ..*frame };
            frames.push(frame);
            self.bytes += u64::from(frame.raw_len);
            self.push(segment, frame.offset, What::Frame(frame));
        }
        self.next = header.end();
        let end = body + header.body_len();
        self.push(segment, offset, What::BlockEnd(Box::new(header)));
        end
    }

    /// No sound block begins at `offset`: finds the next one, or says what stands there instead.
    fn after_damage(
        &mut self,
        segment: &Arc<Segment>,
        offset: u64,
        limit: u64,
    ) -> Result<Option<u64>, LedgerError> {
        let read = || LedgerError::read(&segment.path);
        let file = segment.file();
        if let Some((found, first)) = next_block(file, offset, limit, self.next).map_err(read())? {
            let what =
                format!("no sound block begins here; the next one, at {found}, holds {first}");
            self.find(segment, FindingKind::Block, offset, what);
            self.push(segment, offset, What::Hole { end: first });
            self.next = first;
            return Ok(Some(found));
        }
        if segment.is_sealed() {
            self.find(segment, FindingKind::Block, offset, "no sound block begins here".to_owned());
            let end = segment.end();
            if end > self.next {
                self.push(segment, offset, What::Hole { end });
                self.next = end;
            }
        } else {
            let zeros = is_zeros(file, offset, limit).map_err(read())?;
            self.tail(segment, offset, zeros);
        }
        Ok(None)
    }

    /// What follows the last block of the open segment.
    fn tail(&mut self, segment: &Arc<Segment>, offset: u64, zeros: bool) {
        let what = if zeros { "reserved zeros" } else { "a torn block" };
        let kind = FindingKind::Block;
        if self.closed || (self.next < self.signed && !zeros) {
            self.find(segment, kind, offset, format!("{what} after the last sound block"));
        } else {
            self.unfinished.push(Finding {
                kind,
                file: segment.path.clone(),
                offset: Some(offset),
                index: Some(self.next),
                message: format!("{what} after the last durable block"),
            });
        }
    }

    /// The footer must tell of the blocks what they tell themselves.
    fn footer(&mut self, segment: &Arc<Segment>, frames: &[FrameEntry]) -> Result<(), LedgerError> {
        let offset = segment.blocks_end();
        let footer = match Footer::load(segment.file(), offset, &segment.path) {
            Ok(footer) => footer,
            Err(LedgerError::Corrupt { what, .. }) => {
                self.find(segment, FindingKind::Segment, offset, what);
                return Ok(());
            }
            Err(error) => return Err(error),
        };
        self.settle();
        let root = self.fold.frontier.root();
        if footer.frames != frames || footer.end != self.next || footer.root != root {
            let what = "the footer does not tell of the blocks before it".to_owned();
            self.find(segment, FindingKind::Segment, offset, what);
        }
        Ok(())
    }

    fn push(&mut self, segment: &Arc<Segment>, offset: u64, what: What) {
        self.steps.push(Step { segment: Arc::clone(segment), offset, what });
    }

    fn find(&mut self, segment: &Arc<Segment>, kind: FindingKind, offset: u64, message: String) {
        self.fold.find(kind, &segment.path, Some(offset), Some(self.next), message);
    }
}

/// Offset and first index of the next sound block header at or after `offset` that begins at
/// index `next` or later.
fn next_block(
    file: &dyn DiskFile,
    offset: u64,
    limit: u64,
    next: u64,
) -> std::io::Result<Option<(u64, u64)>> {
    let overlap = BLOCK_MAGIC.len() as u64 - 1;
    let mut at = offset;
    while at < limit {
        let end = (at + SCAN_BYTES).min(limit);
        let bytes = read_vec(file, at, (end - at) as usize)?;
        let magics = bytes.windows(BLOCK_MAGIC.len()).enumerate();
        for (place, _) in magics.filter(|(_, window)| *window == BLOCK_MAGIC) {
            let found = at + place as u64;
            if let Some(header) = header_at(file, found, limit)?
                && header.first >= next
            {
                return Ok(Some((found, header.first)));
            }
        }
        if end == limit {
            return Ok(None);
        }
        at = end - overlap;
    }
    Ok(None)
}

fn header_at(file: &dyn DiskFile, at: u64, limit: u64) -> std::io::Result<Option<BlockHeader>> {
    let prefix = read_vec(file, at, (limit - at).min(8) as usize)?;
    let Some(len) = BlockHeader::len_of(&prefix).filter(|len| at + *len as u64 <= limit) else {
        return Ok(None);
    };
    let header = BlockHeader::read(&read_vec(file, at, len)?);
    Ok(header.filter(|header| at + len as u64 + header.body_len() <= limit))
}

fn is_zeros(file: &dyn DiskFile, offset: u64, limit: u64) -> std::io::Result<bool> {
    let mut at = offset;
    while at < limit {
        let end = (at + SCAN_BYTES).min(limit);
        if read_vec(file, at, (end - at) as usize)?.iter().any(|byte| *byte != 0) {
            return Ok(false);
        }
        at = end;
    }
    Ok(true)
}
