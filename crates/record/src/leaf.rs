//! One leaf as kept: the canonical core and the sealed fields in their present state.
//!
//! One byte buffer (core, then the fields in tag order) and a small table of slots, so that a
//! batch of leaves costs two allocations each and can be written column by column. The entry and
//! its hash never change, whatever is erased; nothing here hashes unless asked to.

use crate::core::Core;
use crate::entry::{begin_entry, entry_bytes};
use crate::error::RecordError;
use crate::hashing::{hash_whole, write_commitments};
use crate::limits::{CORE_BYTES_MAX, SEALED_COUNT_MAX, VALUE_BYTES_MAX};
use crate::sealed::{RecordSalt, Tag, commitment, leaf_hash};
use smallvec::SmallVec;

/// One leaf as kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leaf {
    record_salt: Option<RecordSalt>,
    core_bytes: u32,
    bytes: Vec<u8>,
    slots: SmallVec<[Slot; 12]>,
}

/// A leaf, or what retention left of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kept {
    /// The leaf, some of its fields perhaps erased.
    Leaf(Leaf),
    /// Only its hash.
    Pruned([u8; 32]),
}

impl Kept {
    /// The hash in the tree.
    pub fn hash(&self) -> [u8; 32] {
        match self {
            Self::Leaf(leaf) => leaf.hash(),
            Self::Pruned(hash) => *hash,
        }
    }
}

/// A sealed field in its present state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field<'a> {
    /// The value is there; its salt is derived from the record salt.
    Whole(&'a [u8]),
    /// The value is there with its own salt, since another field of the leaf was erased.
    Opened {
        /// The salt of this field.
        salt: [u8; 16],
        /// The value.
        value: &'a [u8],
    },
    /// Value and salt are gone; the commitment stays, so that the entry can still be written.
    Erased {
        /// What the tree knows of it.
        commitment: [u8; 32],
    },
}

impl<'a> Field<'a> {
    /// The value, if it is still there.
    pub fn value(self) -> Option<&'a [u8]> {
        match self {
            Self::Whole(value) | Self::Opened { value, .. } => Some(value),
            Self::Erased { .. } => None,
        }
    }
}

/// Where a field stands in the buffer: an opened value is preceded by its 16 bytes of salt, an
/// erased field is its 32 bytes of commitment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Slot {
    tag: Tag,
    state: State,
    end: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Whole,
    Opened,
    Erased,
}

impl Leaf {
    /// A leaf from its parts as kept. Foreign bytes: lengths, order, UTF-8 and the states of the
    /// salts are checked; nothing is hashed, so compare `hash` with the tree.
    pub fn from_parts<'a>(
        core: &[u8],
        record_salt: Option<[u8; 16]>,
        fields: impl IntoIterator<Item = (Tag, Field<'a>)>,
    ) -> Result<Self, RecordError> {
        let mut leaf =
            Self { record_salt: None, core_bytes: 0, bytes: Vec::new(), slots: SmallVec::new() };
        leaf.refill(core, record_salt, fields)?;
        Ok(leaf)
    }

    /// The same in the buffers of this leaf: who looks at many, one after the other, allocates
    /// for the first. After an error it is no leaf until it is filled again.
    pub fn refill<'a>(
        &mut self,
        core: &[u8],
        record_salt: Option<[u8; 16]>,
        fields: impl IntoIterator<Item = (Tag, Field<'a>)>,
    ) -> Result<(), RecordError> {
        std::str::from_utf8(core).map_err(|_| RecordError::CoreNotText)?;
        if core.len() > CORE_BYTES_MAX {
            let (bytes, limit) = (core.len(), CORE_BYTES_MAX);
            return Err(RecordError::CoreTooLong { bytes, limit });
        }
        self.record_salt = record_salt.map(RecordSalt);
        self.core_bytes = core.len() as u32;
        self.bytes.clear();
        self.bytes.extend_from_slice(core);
        self.slots.clear();
        for (tag, field) in fields {
            self.push_foreign(tag, field)?;
        }
        match self.slots.len() {
            0 => Err(RecordError::FieldCount { count: 0, limit: SEALED_COUNT_MAX }),
            _ => Ok(()),
        }
    }

    /// A leaf made here: the buffer already holds core and values; `ends` are their ends.
    pub(crate) fn from_buffer(
        salt: RecordSalt,
        bytes: Vec<u8>,
        core_bytes: usize,
        ends: impl Iterator<Item = (Tag, usize)>,
    ) -> Self {
        let whole = |(tag, end)| Slot { tag, state: State::Whole, end: end as u32 };
        let slots = ends.map(whole).collect();
        Self { record_salt: Some(salt), core_bytes: core_bytes as u32, bytes, slots }
    }

    fn push_foreign(&mut self, tag: Tag, field: Field<'_>) -> Result<(), RecordError> {
        if self.slots.last().is_some_and(|last| last.tag >= tag) {
            return Err(RecordError::FieldOrder { tag: tag.0 });
        }
        if self.slots.len() == SEALED_COUNT_MAX {
            let (count, limit) = (SEALED_COUNT_MAX + 1, SEALED_COUNT_MAX);
            return Err(RecordError::FieldCount { count, limit });
        }
        if let Some(value) = field.value() {
            let (bytes, limit) = (value.len(), VALUE_BYTES_MAX);
            if bytes > limit {
                return Err(RecordError::ValueTooLong { tag: tag.0, bytes, limit });
            }
            let text = std::str::from_utf8(value);
            text.map_err(|_| RecordError::ValueNotText { tag: tag.0 })?;
        }
        let fits = match (self.record_salt, field) {
            (Some(_), Field::Whole(_)) | (None, Field::Opened { .. } | Field::Erased { .. }) => {
                Ok(())
            }
            (None, Field::Whole(_)) => Err("its salt is lost"),
            (Some(_), _) => Err("the record salt should be destroyed"),
        };
        fits.map_err(|reason| RecordError::SaltState { tag: tag.0, reason })?;
        self.push(tag, field);
        Ok(())
    }

    fn push(&mut self, tag: Tag, field: Field<'_>) {
        let state = match field {
            Field::Whole(value) => {
                self.bytes.extend_from_slice(value);
                State::Whole
            }
            Field::Opened { salt, value } => {
                self.bytes.extend_from_slice(&salt);
                self.bytes.extend_from_slice(value);
                State::Opened
            }
            Field::Erased { commitment } => {
                self.bytes.extend_from_slice(&commitment);
                State::Erased
            }
        };
        self.slots.push(Slot { tag, state, end: self.bytes.len() as u32 });
    }

    /// Read access to the canonical core.
    pub fn core(&self) -> Core<'_> {
        Core::new(std::str::from_utf8(self.core_bytes()).unwrap_or_default())
    }

    /// The canonical core as it is hashed.
    pub fn core_bytes(&self) -> &[u8] {
        &self.bytes[..self.core_bytes as usize]
    }

    /// The salt of the record; none once a field was erased.
    pub fn record_salt(&self) -> Option<[u8; 16]> {
        self.record_salt.map(|salt| salt.0)
    }

    /// The sealed fields in tag order.
    pub fn fields(&self) -> impl ExactSizeIterator<Item = (Tag, Field<'_>)> + Clone {
        (0..self.slots.len()).map(|place| (self.slots[place].tag, self.field_at(place)))
    }

    /// One sealed field.
    pub fn field(&self, tag: Tag) -> Option<Field<'_>> {
        let place = self.slots.iter().position(|slot| slot.tag == tag)?;
        Some(self.field_at(place))
    }

    /// The text of a field that is still there.
    pub fn value(&self, tag: Tag) -> Option<&str> {
        std::str::from_utf8(self.field(tag)?.value()?).ok()
    }

    fn field_at(&self, place: usize) -> Field<'_> {
        let start = match place {
            0 => self.core_bytes,
            _ => self.slots[place - 1].end,
        };
        let slot = self.slots[place];
        let bytes = &self.bytes[start as usize..slot.end as usize];
        match slot.state {
            State::Whole => Field::Whole(bytes),
            State::Opened => {
                let (salt, value) =
                    bytes.split_first_chunk().expect("opened with 16 bytes of salt");
                Field::Opened { salt: *salt, value }
            }
            State::Erased => {
                let commitment = *bytes.first_chunk().expect("erased to 32 bytes of commitment");
                Field::Erased { commitment }
            }
        }
    }

    /// What the tree knows of a field.
    pub fn commitment(&self, tag: Tag) -> Option<[u8; 32]> {
        Some(self.commitment_of(tag, self.field(tag)?))
    }

    /// The salt of a field that is still there.
    pub fn salt(&self, tag: Tag) -> Option<[u8; 16]> {
        self.salt_of(tag, self.field(tag)?)
    }

    fn salt_of(&self, tag: Tag, field: Field<'_>) -> Option<[u8; 16]> {
        match field {
            Field::Whole(_) => self.record_salt.map(|salt| salt.of_field(tag)),
            Field::Opened { salt, .. } => Some(salt),
            Field::Erased { .. } => None,
        }
    }

    fn commitment_of(&self, tag: Tag, field: Field<'_>) -> [u8; 32] {
        match field {
            Field::Erased { commitment } => commitment,
            Field::Whole(value) | Field::Opened { value, .. } => {
                let salt = self.salt_of(tag, field);
                commitment(&salt.expect("a value never stands without its salt"), tag, value)
            }
        }
    }

    /// The only bytes hashed into the tree and served in entry bundles.
    pub fn entry(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(entry_bytes(self.core_bytes().len(), self.slots.len()));
        self.write_entry(&mut out);
        out
    }

    /// Appends the entry to `out`.
    pub fn write_entry(&self, out: &mut Vec<u8>) {
        begin_entry(out, self.core_bytes(), self.slots.len());
        if let Some(salt) = self.record_salt {
            return write_commitments(salt, self.whole_fields(), out);
        }
        for (tag, field) in self.fields() {
            out.extend_from_slice(&tag.0.to_be_bytes());
            out.extend_from_slice(&self.commitment_of(tag, field));
        }
    }

    /// The hash in the tree: SHA-256(0x00 || entry).
    pub fn hash(&self) -> [u8; 32] {
        match self.record_salt {
            Some(salt) => hash_whole(self.core_bytes(), salt, self.whole_fields()),
            None => leaf_hash(&self.entry()),
        }
    }

    /// The fields of a leaf that has its record salt: nothing of it was erased.
    fn whole_fields(&self) -> impl ExactSizeIterator<Item = (Tag, &[u8])> + Clone {
        self.fields().map(|(tag, field)| (tag, field.value().unwrap_or_default()))
    }

    /// Where the event stands in time order, in nanoseconds: `time`, or `received_time` where
    /// the sender's clock ran ahead.
    pub fn at(&self) -> i64 {
        self.core().at()
    }

    /// Destroys the values and salts of `tags` and the record salt; the other fields keep their
    /// own salts and still open. Entry and hash stay as they are. Unknown tags change nothing.
    pub fn erase(&mut self, tags: &[Tag]) {
        if !self.slots.iter().any(|slot| tags.contains(&slot.tag)) {
            return;
        }
        let core = self.core_bytes().to_vec();
        let mut rest = Self {
            record_salt: None,
            core_bytes: self.core_bytes,
            bytes: core,
            slots: SmallVec::new(),
        };
        for (tag, field) in self.fields() {
            match (field.value(), self.salt_of(tag, field)) {
                (Some(value), Some(salt)) if !tags.contains(&tag) => {
                    rest.push(tag, Field::Opened { salt, value });
                }
                _ => {
                    let commitment = self.commitment_of(tag, field);
                    rest.push(tag, Field::Erased { commitment });
                }
            }
        }
        *self = rest;
    }

    /// True if `other` says the same act again: everything is equal but `received_time`,
    /// `clock_skew` and the salts. A field that was erased counts as equal.
    pub fn same_act(&self, other: &Self) -> bool {
        let same_field = |((tag, a), (other_tag, b)): ((Tag, Field<'_>), (Tag, Field<'_>))| {
            tag == other_tag
                && match (a.value(), b.value()) {
                    (Some(a), Some(b)) => a == b,
                    _ => true,
                }
        };
        self.slots.len() == other.slots.len()
            && self.fields().zip(other.fields()).all(same_field)
            && self.core().same_act(other.core())
    }
}

#[cfg(test)]
mod tests;
