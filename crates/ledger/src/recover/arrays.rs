//! Arrays against segments: not ahead, and brought up if they are behind.
//!
//! After a crash the unsynced end of an array may be short or hold zeros. Since arrays are synced
//! before a segment is sealed, only what the last segment added is checked: its hashes are fed
//! through the frontier and compared with the root in every block's header, which costs no
//! decoding. Where they differ, the block's leaves are hashed again.

use crate::array::{ArrayTail, Arrays, ID_WIDTH};
use crate::block::BlockHeader;
use crate::directory::FrameEntry;
use crate::error::LedgerError;
use crate::segment::Segment;
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

/// Appends what the arrays lack, and gives the frontier of the whole tree.
pub(super) fn catch_up(
    arrays: &Arrays,
    segments: &[Arc<Segment>],
    size: u64,
) -> Result<Frontier, LedgerError> {
    let mut start = segments.len().saturating_sub(1);
    while start > 0 && !has_all(arrays, segments[start].first())? {
        start -= 1;
    }
    let base = segments.get(start).map_or(0, |segment| segment.first());
    let mut frontier = Frontier::load(TreeSize(base), arrays)?;
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
    debug_assert_eq!(frontier.size(), TreeSize(size));
    Ok(frontier)
}

fn has_all(arrays: &Arrays, size: u64) -> Result<bool, LedgerError> {
    for (level, array) in (0..).zip(&arrays.levels) {
        if array.len()? < TreeSize(size).stored(level) {
            return Ok(false);
        }
    }
    Ok(arrays.ids.len()? >= size)
}

/// Sees that the arrays hold what one block adds; gives the frontier after it.
fn bring_block(
    arrays: &Arrays,
    segment: &Segment,
    header: &BlockHeader,
    body: u64,
    before: &Frontier,
) -> Result<Frontier, LedgerError> {
    if let Some((tail, after)) = stored_tail(arrays, header, before)? {
        if is_stored(arrays, &tail)? {
            return Ok(after);
        }
    }
    let (tail, after) = recompute_tail(arrays, segment, header, body, before)?;
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
    Ok((after.root() == header.root).then_some((tail, after)))
}

/// True if the upper levels hold what the leaves give, and no id is a hole.
fn is_stored(arrays: &Arrays, tail: &ArrayTail) -> Result<bool, LedgerError> {
    for (level, hashes) in (0..).zip(&tail.hashes).skip(1).filter(|(_, new)| !new.is_empty()) {
        let from = TreeSize(tail.size).stored(level);
        if arrays.levels[usize::from(level)].len()? < from + hashes.len() as u64 {
            return Ok(false);
        }
        let mut stored = Vec::new();
        arrays.hashes(level, from, hashes.len(), &mut stored)?;
        if stored != *hashes {
            return Ok(false);
        }
    }
    Ok(!tail.ids.chunks_exact(ID_WIDTH as usize).any(|id| id == [0; ID_WIDTH as usize]))
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
        Kept::Leaf(leaf) => IdHash::of(&leaf.core().id(), &leaf.core().emitter()).0,
        Kept::Pruned(_) => {
            let mut bytes = Vec::new();
            let read = arrays.ids.read(index, 1, &mut bytes);
            read.ok().and_then(|()| Some(u64::from_be_bytes(*bytes.first_chunk()?))).unwrap_or(0)
        }
    }
}
