//! The entry: the only bytes hashed into the tree and served in entry bundles.
//!
//! ```text
//! "ANL1" | core_len u32 | core | n u8 | n x { tag u16, commitment[32] }      big-endian
//! ```

use crate::canonical;
use crate::error::RecordError;
use crate::limits::{CORE_BYTES_MAX, SEALED_COUNT_MAX};
use crate::sealed::Tag;

/// The first bytes of every entry: format 1.
const ENTRY_MAGIC: &[u8; 4] = b"ANL1";

const SLOT_BYTES: usize = 2 + 32;

/// An entry taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry<'a> {
    /// The canonical core.
    pub core: &'a str,
    /// Tag and commitment of the sealed fields, in tag order.
    pub slots: Vec<(Tag, [u8; 32])>,
}

impl<'a> Entry<'a> {
    /// Takes foreign bytes apart; they must be exactly one entry with a canonical core.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, RecordError> {
        let mut rest = Reader { part: "entry", rest: bytes };
        if rest.take(ENTRY_MAGIC.len())? != ENTRY_MAGIC {
            return Err(RecordError::Magic);
        }
        let core_bytes = rest.u32()? as usize;
        if core_bytes > CORE_BYTES_MAX {
            return Err(RecordError::CoreTooLong { bytes: core_bytes, limit: CORE_BYTES_MAX });
        }
        let core = rest.take(core_bytes)?;
        canonical::check(core)?;
        let core = std::str::from_utf8(core).map_err(|_| RecordError::CoreNotText)?;
        let count = usize::from(rest.array::<1>()?[0]);
        if !(1..=SEALED_COUNT_MAX).contains(&count) {
            return Err(RecordError::FieldCount { count, limit: SEALED_COUNT_MAX });
        }
        let mut slots: Vec<(Tag, [u8; 32])> = Vec::with_capacity(count);
        for _ in 0..count {
            let tag = Tag(u16::from_be_bytes(rest.array()?));
            if slots.last().is_some_and(|(last, _)| *last >= tag) {
                return Err(RecordError::FieldOrder { tag: tag.0 });
            }
            slots.push((tag, rest.array()?));
        }
        rest.end()?;
        Ok(Self { core, slots })
    }

    /// What the entry commits to for a tag.
    pub fn commitment(&self, tag: Tag) -> Option<[u8; 32]> {
        self.slots.iter().find(|(known, _)| *known == tag).map(|(_, commitment)| *commitment)
    }
}

/// Bytes of an entry.
pub(crate) fn entry_bytes(core: usize, fields: usize) -> usize {
    ENTRY_MAGIC.len() + 4 + core + 1 + fields * SLOT_BYTES
}

/// Writes the entry up to its first commitment.
pub(crate) fn begin_entry(out: &mut Vec<u8>, core: &[u8], fields: usize) {
    out.extend_from_slice(ENTRY_MAGIC);
    out.extend_from_slice(&(core.len() as u32).to_be_bytes());
    out.extend_from_slice(core);
    out.push(fields as u8);
}

/// Takes bytes from the front; every shortage is an error that names the part.
pub(crate) struct Reader<'a> {
    pub(crate) part: &'static str,
    pub(crate) rest: &'a [u8],
}

impl<'a> Reader<'a> {
    pub(crate) fn take(&mut self, needed: usize) -> Result<&'a [u8], RecordError> {
        let (part, found) = (self.part, self.rest.len());
        let short = RecordError::Short { part, needed, found };
        let (bytes, rest) = self.rest.split_at_checked(needed).ok_or(short)?;
        self.rest = rest;
        Ok(bytes)
    }

    pub(crate) fn array<const N: usize>(&mut self) -> Result<[u8; N], RecordError> {
        Ok(self.take(N)?.try_into().expect("take gives exactly N bytes"))
    }

    pub(crate) fn u32(&mut self) -> Result<u32, RecordError> {
        Ok(u32::from_be_bytes(self.array()?))
    }

    pub(crate) fn end(&self) -> Result<(), RecordError> {
        match self.rest.len() {
            0 => Ok(()),
            count => Err(RecordError::Trailing { part: self.part, count }),
        }
    }
}
