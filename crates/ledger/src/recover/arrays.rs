//! Arrays against segments: not ahead, and brought up if they are behind.
//!
//! After a crash the unsynced end of an array may be short or hold zeros. Since arrays are synced
//! before a segment is sealed, only what the last segment added is checked: its hashes are fed
//! through the frontier and compared with the root in every block's header, which costs no
//! decoding. Where they differ, the block's leaves are hashed again.

use crate::array::{ArrayTail, Arrays};
use crate::block::BlockHeader;
use crate::directory::FrameEntry;
use crate::error::LedgerError;
use crate::segment::{Footer, Segment};
use annals_proof::{Frontier, Hash, HashSource, TreeSize};
use annals_record::{IdHash, Kept};
use std::sync::Arc;

/// Arrays are only appended after the commit point: what is in them was in the segments.
pub(super) fn check_not_ahead(arrays: &Arrays, size: u64) -> Result<(), LedgerError> {
    compare_lengths(
        arrays,
        size,
        |len, expected| len <= expected,
        |file, offset, what| LedgerError::RolledBack { file, offset, what },
    )
}

/// After a clean close nothing lags.
pub(super) fn check_complete(arrays: &Arrays, size: u64) -> Result<(), LedgerError> {
    compare_lengths(arrays, size, |len, expected| len == expected, LedgerError::corrupt)
}

fn compare_lengths(
    arrays: &Arrays,
    size: u64,
    good: impl Fn(u64, u64) -> bool,
    error: impl Fn(std::path::PathBuf, u64, String) -> LedgerError,
) -> Result<(), LedgerError> {
    let levels = (0..).zip(&arrays.levels);
    let expected = levels.map(|(level, array)| (array, TreeSize(size).stored(level)));
    for (array, expected) in expected.chain([(&arrays.ids, size)]) {
        let len = array.len()?;
        if !good(len, expected) {
            let (file, offset) = array.place(len.min(expected));
            let what = format!("{len} entries are here, the segments have {expected}");
            return Err(error(file, offset, what));
        }
    }
    Ok(())
}

/// Appends what the arrays lack. Gives the frontier of the whole tree and the first leaf from
/// which on the arrays may not be durable.
pub(super) fn catch_up(
    arrays: &Arrays,
    segments: &[Arc<Segment>],
) -> Result<(Frontier, u64), LedgerError> {
    let mut start = segments.len().saturating_sub(1);
    let mut frontier = loop {
        match start.checked_sub(1) {
            None => break Frontier::empty(),
            Some(before) => match frontier_after(arrays, &segments[before])? {
                Some(frontier) => break frontier,
                None => start = before,
            },
        }
    };
    let base = frontier.size().0;
    for segment in &segments[start..] {
        let (mut offset, mut next) = (segment.blocks_start, segment.first());
        while next < segment.end() {
            let Some((header, header_len)) = segment.block_at(offset, next)? else {
                return Err(LedgerError::corrupt(&segment.path, offset, "a block is damaged"));
            };
            let body = offset + header_len;
            frontier = bring_block(arrays, segment, &header, body, &frontier)?;
            (offset, next) = (body + header.body_len(), header.end());
        }
    }
    Ok((frontier, base))
}

/// The frontier after a sealed segment; `None` if the arrays do not reach there or give another
/// root than the footer.
fn frontier_after(arrays: &Arrays, segment: &Segment) -> Result<Option<Frontier>, LedgerError> {
    let size = TreeSize(segment.end());
    for (level, array) in (0..).zip(&arrays.levels) {
        if array.len()? < size.stored(level) {
            return Ok(None);
        }
    }
    if arrays.ids.len()? < size.0 {
        return Ok(None);
    }
    let footer = Footer::load(segment.file(), segment.blocks_end(), &segment.path)?;
    let frontier = Frontier::load(size, arrays)?;
    Ok((frontier.root() == footer.root).then_some(frontier))
}

/// Writes what one block adds to the arrays, also where it is there already: after a failed sync
/// the page cache may show entries that are not on disk. Gives the frontier after it.
fn bring_block(
    arrays: &Arrays,
    segment: &Segment,
    header: &BlockHeader,
    body: u64,
    before: &Frontier,
) -> Result<Frontier, LedgerError> {
    let (tail, after) = match stored_tail(arrays, header, before)? {
        Some(stored) => stored,
        None => recompute_tail(arrays, segment, header, body, before)?,
    };
    if after.root() != header.root {
        let what = format!("the leaves from {} on give another root than the block", header.first);
        return Err(LedgerError::corrupt(&segment.path, body, what));
    }
    arrays.append(&tail)?;
    Ok(after)
}

fn extend(before: &Frontier, hashes: impl Iterator<Item = Hash>) -> (ArrayTail, Frontier) {
    let mut after = before.clone();
    let mut tail = ArrayTail { size: before.size().0, ..ArrayTail::default() };
    for hash in hashes {
        after.append(hash, |level, hash| tail.hashes[usize::from(level)].push(hash));
    }
    (tail, after)
}

/// What the block adds, from the leaf hashes and ids in the arrays; `None` if those are not the
/// block's.
fn stored_tail(
    arrays: &Arrays,
    header: &BlockHeader,
    before: &Frontier,
) -> Result<Option<(ArrayTail, Frontier)>, LedgerError> {
    let end = header.end();
    if arrays.levels[0].len()? < end || arrays.ids.len()? < end {
        return Ok(None);
    }
    let mut hashes = Vec::new();
    arrays.hashes(0, header.first, header.count as usize, &mut hashes)?;
    let (mut tail, after) = extend(before, hashes.into_iter());
    arrays.ids.read(header.first, header.count as usize, &mut tail.ids)?;
    let right = after.root() == header.root && crc32c::crc32c(&tail.ids) == header.ids_crc;
    Ok(right.then_some((tail, after)))
}

/// What the block adds, from its leaves.
fn recompute_tail(
    arrays: &Arrays,
    segment: &Segment,
    header: &BlockHeader,
    body: u64,
    before: &Frontier,
) -> Result<(ArrayTail, Frontier), LedgerError> {
    let (mut hashes, mut ids) = (Vec::new(), Vec::new());
    for entry in &header.frames {
        let entry = FrameEntry { offset: body + entry.offset, ..*entry };
        let frame = segment.read_frame(&entry)?;
        for place in 0..frame.len() {
            let kept = frame.kept(place).map_err(|what| {
                let index = entry.first + place as u64;
                LedgerError::corrupt(&segment.path, entry.offset, format!("leaf {index}: {what}"))
            })?;
            hashes.push(Hash(kept.hash()));
            ids.extend_from_slice(&id_of(arrays, entry.first + place as u64, &kept).to_be_bytes());
        }
    }
    let (mut tail, after) = extend(before, hashes.into_iter());
    tail.ids = ids;
    Ok((tail, after))
}

/// A pruned leaf has lost its id: what the array says stays, 0 stands for none.
fn id_of(arrays: &Arrays, index: u64, kept: &Kept) -> u64 {
    match kept {
        Kept::Leaf(leaf) => IdHash::of(&leaf.core().id(), leaf.core().emitter()).0,
        Kept::Pruned(_) => {
            let mut bytes = Vec::new();
            let read = arrays.ids.read(index, 1, &mut bytes);
            read.ok().and_then(|()| Some(u64::from_be_bytes(*bytes.first_chunk()?))).unwrap_or(0)
        }
    }
}
