//! The arrays on disk against what the segments say they must hold.
//!
//! Entries are expected in order and compared in runs; the first difference of a run is named.
//! How long an array may be is judged at the end, when the size of the ledger is known.

use super::report::{Finding, FindingKind};
use crate::array::{Array, Arrays, HASH_WIDTH, ID_WIDTH};
use crate::error::LedgerError;
use crate::limits::ARRAY_LEVELS;
use annals_proof::{Hash, TreeSize};
use std::path::PathBuf;

/// Expected entries, compared and forgotten round by round.
pub(super) struct ArrayCheck {
    arrays: Arrays,
    levels: [Expected; ARRAY_LEVELS],
    ids: Expected,
}

/// A run of entries of one array that were worked out but not compared yet.
#[derive(Default)]
struct Expected {
    position: u64,
    bytes: Vec<u8>,
    /// Positions whose value is not known, ascending (in `ids`: of leaves pruned to their hash).
    unknown: Vec<u64>,
    /// Entries there are on disk.
    len: u64,
}

impl ArrayCheck {
    pub(super) fn new(arrays: Arrays) -> Result<Self, LedgerError> {
        let mut levels: [Expected; ARRAY_LEVELS] = Default::default();
        for (expected, array) in levels.iter_mut().zip(&arrays.levels) {
            expected.len = array.len()?;
        }
        let ids = Expected { len: arrays.ids.len()?, ..Expected::default() };
        Ok(Self { arrays, levels, ids })
    }

    /// The next hash of a level; `None` where it is not known.
    pub(super) fn hash(&mut self, level: u8, hash: Option<Hash>) {
        self.levels[usize::from(level)].expect(hash.map(|hash| hash.0));
    }

    /// The next identifier; `None` where it is not known.
    pub(super) fn id(&mut self, id: Option<u64>) {
        self.ids.expect(id.map(u64::to_be_bytes));
    }

    /// The stored leaf hashes of a range, for leaves whose own bytes are damaged.
    pub(super) fn stored_leaves(&self, first: u64, end: u64) -> Result<Vec<Hash>, LedgerError> {
        let mut bytes = Vec::new();
        self.arrays.levels[0].read(first, (end - first) as usize, &mut bytes)?;
        Ok(bytes.as_chunks().0.iter().map(|hash| Hash(*hash)).collect())
    }

    /// CRC-32C of the stored identifiers of a range; none if they are not all there.
    pub(super) fn stored_ids_crc(&self, first: u64, count: u32) -> Option<u32> {
        let mut bytes = Vec::new();
        self.arrays.ids.read(first, count as usize, &mut bytes).ok()?;
        Some(crc32c::crc32c(&bytes))
    }

    /// Where an identifier stands.
    pub(super) fn id_place(&self, index: u64) -> (PathBuf, u64) {
        self.arrays.ids.place(index)
    }

    /// Compares what was expected since the last call.
    pub(super) fn compare(&mut self, findings: &mut Vec<Finding>) {
        for (expected, array) in self.levels.iter_mut().zip(&self.arrays.levels) {
            expected.compare(array, HASH_WIDTH, findings);
        }
        self.ids.compare(&self.arrays.ids, ID_WIDTH, findings);
    }

    /// Judges the lengths. Below `signed` leaves everything must be there after a clean close,
    /// and nothing beyond `size`; otherwise both are unfinished work.
    pub(super) fn lengths(
        &self,
        signed: u64,
        size: u64,
        closed: bool,
        findings: &mut Vec<Finding>,
        unfinished: &mut Vec<Finding>,
    ) {
        let arrays = self.levels.iter().zip(&self.arrays.levels).zip(0u8..);
        let arrays = arrays.map(|((expected, array), level)| {
            let stored = |size| TreeSize(size).stored(level);
            (expected, array, stored(signed), stored(size))
        });
        let ids = std::iter::once((&self.ids, &self.arrays.ids, signed, size));
        for (expected, array, least, most) in arrays.chain(ids) {
            let what = if expected.len < least {
                format!("{} entries where {least} belong", expected.len)
            } else if expected.len > most {
                format!("{} entries beyond the last block", expected.len - most)
            } else {
                continue;
            };
            let (file, offset) = array.place(expected.len.min(most));
            let finding = Finding {
                kind: FindingKind::Array,
                file,
                offset: Some(offset),
                index: None,
                message: what,
            };
            if closed { findings.push(finding) } else { unfinished.push(finding) }
        }
        if closed {
            self.ragged(findings);
        }
    }

    /// A last file that ends inside an entry.
    fn ragged(&self, findings: &mut Vec<Finding>) {
        let all = self.levels.iter().zip(&self.arrays.levels);
        for (expected, array) in all.chain([(&self.ids, &self.arrays.ids)]) {
            if array.is_ragged().unwrap_or(true) {
                let (file, offset) = array.place(expected.len);
                findings.push(Finding {
                    kind: FindingKind::Array,
                    file,
                    offset: Some(offset),
                    index: None,
                    message: "the file ends inside an entry".to_owned(),
                });
            }
        }
    }
}

impl Expected {
    fn expect<const N: usize>(&mut self, entry: Option<[u8; N]>) {
        if entry.is_none() {
            self.unknown.push(self.position + (self.bytes.len() / N) as u64);
        }
        self.bytes.extend_from_slice(&entry.unwrap_or([0; N]));
    }

    fn compare(&mut self, array: &Array, width: u64, findings: &mut Vec<Finding>) {
        let count = self.bytes.len() as u64 / width;
        let there = self.len.saturating_sub(self.position).min(count);
        let mut stored = Vec::with_capacity((there * width) as usize);
        let read = array.read(self.position, there as usize, &mut stored);
        let width = width as usize;
        let place = match &read {
            Err(_) => Some(stored.len() / width),
            Ok(()) if self.bytes.starts_with(&stored) => None,
            Ok(()) => (0..there as usize).find(|place| {
                let range = place * width..(place + 1) * width;
                stored[range.clone()] != self.bytes[range]
                    && self.unknown.binary_search(&(self.position + *place as u64)).is_err()
            }),
        };
        if let Some(place) = place.filter(|place| (*place as u64) < there) {
            let position = self.position + place as u64;
            let (file, offset) = array.place(position);
            let message = match read {
                Err(error) => error.to_string(),
                Ok(()) => format!("entry {position} is not what the segments say"),
            };
            let index = Some(position).filter(|_| width == ID_WIDTH as usize);
            findings.push(Finding {
                kind: FindingKind::Array,
                file,
                offset: Some(offset),
                index,
                message,
            });
        }
        self.position += count;
        self.bytes.clear();
        self.unknown.clear();
    }
}
