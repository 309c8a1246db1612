//! Opening and following a ledger that another process writes.
//!
//! The file `checkpoint` says how far to read: everything it covers was written before it. It is
//! rewritten in place, so a read may catch it half written: then it is read again.

use crate::array::Arrays;
use crate::disk::{Disk, Mode, read_file};
use crate::error::LedgerError;
use crate::head::{Head, HeadCell};
use crate::keys::load_verifiers;
use crate::layout::{Layout, parse_segment_name};
use crate::segment::Segment;
use crate::store::Store;
use annals_proof::{SignedCheckpoint, Verifier};
use std::path::Path;
use std::sync::{Arc, PoisonError};

/// How often a half-written checkpoint is read again.
const READS_MAX: usize = 50;

/// Opens a ledger for reading.
pub(super) fn open(disk: Arc<dyn Disk>, dir: &Path) -> Result<Store, LedgerError> {
    let layout = Layout::new(dir);
    let verifiers = load_verifiers(&*disk, &layout)?;
    let head = read_head(&*disk, &layout, &verifiers)?;
    let segments = open_segments(&*disk, &layout, &[], head.size.0)?;
    let arrays = Arrays::new(&disk, &layout, Mode::Read);
    Ok(Store::new(disk, layout, arrays, HeadCell::new(head), None, verifiers, segments))
}

/// Moves on to the newest head.
pub(super) fn refresh(store: &Store) -> Result<(), LedgerError> {
    let disk = &*store.disk;
    let verifiers = load_verifiers(disk, &store.layout)?;
    let head = read_head(disk, &store.layout, &verifiers)?;
    *store.verifiers.write().unwrap_or_else(PoisonError::into_inner) = verifiers;
    let known = store.segments();
    for segment in open_segments(disk, &store.layout, &known, head.size.0)? {
        store.put_segment(segment);
    }
    if head.size.0 >= store.head.size() {
        store.head.publish(head);
    }
    Ok(())
}

/// The head that `checkpoint` names.
pub(crate) fn read_head(
    disk: &dyn Disk,
    layout: &Layout,
    verifiers: &[Verifier],
) -> Result<Head, LedgerError> {
    let path = layout.checkpoint();
    let mut failure = String::new();
    for _ in 0..READS_MAX {
        let Some(bytes) = read_file(disk, &path).map_err(LedgerError::read(&path))? else {
            return Err(LedgerError::NotFound { folder: layout.ledger.clone() });
        };
        let note = String::from_utf8_lossy(&bytes);
        match SignedCheckpoint::verify(&note, verifiers) {
            Ok(signed) => {
                let (size, root) = (signed.checkpoint.size, signed.checkpoint.root);
                return Ok(Head { size, root, note: (&*signed.note).into() });
            }
            Err(error) => failure = error.to_string(),
        }
        std::thread::yield_now();
    }
    Err(LedgerError::corrupt(path, 0, failure))
}

/// Segments as they are now: known ones that are unchanged are kept, open ones read further.
fn open_segments(
    disk: &dyn Disk,
    layout: &Layout,
    known: &[Arc<Segment>],
    size: u64,
) -> Result<Vec<Arc<Segment>>, LedgerError> {
    let folder = layout.segments();
    let names = disk.names(&folder).map_err(LedgerError::read(&folder))?;
    let mut firsts: Vec<u64> = names.iter().filter_map(|name| parse_segment_name(name)).collect();
    firsts.sort_unstable();
    let mut segments = Vec::with_capacity(firsts.len());
    for first in firsts.into_iter().filter(|first| *first < size) {
        let segment = Segment::open(disk, &layout.segment(first))?;
        let kept = known.binary_search_by_key(&first, |segment| segment.first()).ok();
        let kept = kept.map(|place| &known[place]).filter(|kept| {
            kept.header == segment.header && kept.is_sealed() == segment.is_sealed()
        });
        let segment = kept.map_or_else(|| Arc::new(segment), Arc::clone);
        read_blocks(&segment, size)?;
        segments.push(segment);
    }
    Ok(segments)
}

/// Reads the blocks of an open segment up to `size`.
fn read_blocks(segment: &Segment, size: u64) -> Result<(), LedgerError> {
    while !segment.is_sealed() && segment.end() < size {
        let (offset, next) = (segment.blocks_end(), segment.end());
        let Some((header, header_len)) = segment.block_at(offset, next)? else {
            let what = format!("no sound block for index {next}, which a checkpoint covers");
            return Err(LedgerError::corrupt(&segment.path, offset, what));
        };
        segment.extend(&header, offset + header_len);
    }
    Ok(())
}
