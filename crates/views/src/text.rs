//! Text filters: which groups of leaves may hold a text, so that a scan leaves the others out.
//!
//! A group is 128 leaves in the order of position, about a frame of the ledger; its filter has a
//! bit for each key of its texts (`text/keys.rs`). On disk filters stand bit by bit
//! (`text/slices.rs`). A group is left out only if it lacks a key that the text must have, so
//! an answer is never wrong, only a scan longer. Groups that have no filter yet always pass.

mod keys;
mod slices;

pub(crate) use keys::Probe;
pub(crate) use slices::Slices;

use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use annals_record::{Leaf, Tag};
use tantivy::Directory;
use tantivy::directory::MmapDirectory;

use crate::error::IndexError;
use crate::fold::{SEPARATOR, fold_into};
use crate::json;
use crate::memory::Interner;

/// Leaves of a group.
pub(crate) const GROUP_LEAVES: u64 = 128;
/// Bytes of a group's filter.
pub(crate) const GROUP_BYTES: usize = 2 << 10;

/// Sealed texts that have no place in a filter: their columns answer for them, and free text does
/// not cover them.
const LEFT_OUT: [Tag; 3] = [Tag::SOURCE_IP, Tag::USER_AGENT, Tag::OPERATOR_ID];
/// Sealed values that are JSON.
const JSON: [Tag; 5] = [Tag::REQUEST_DATA, Tag::CHANGES, Tag::OBJECTS, Tag::RELATED, Tag::ORIGIN];

/// The filter of one group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Group(Box<[u8]>);

/// Makes the filter of a group from its leaves; keeps its buffers.
#[derive(Default)]
pub(crate) struct TextFolder {
    group: Group,
    /// Texts of the group whose keys are in its filter: neighbours say much alike.
    seen: Interner,
    raw: String,
    folded: String,
}

/// The filters of all groups that have one. Cheap to clone.
#[derive(Clone, Default)]
pub(crate) struct TextFilters {
    /// Ascending and without a gap, from group 0 on.
    chunks: Arc<Vec<Chunk>>,
}

/// Filters of neighbouring groups.
#[derive(Clone)]
pub(crate) enum Chunk {
    /// Filters that are not on disk yet, one behind the other.
    Memory(Arc<[u8]>),
    /// A file of filters.
    Mapped(Slices),
}

/// The filter of a group without texts.
impl Default for Group {
    fn default() -> Self {
        Self(vec![0; GROUP_BYTES].into())
    }
}

impl Group {
    /// The filter of a group that may hold anything.
    pub(crate) fn full() -> Self {
        Self(vec![u8::MAX; GROUP_BYTES].into())
    }

    fn set(&mut self, bit: u32) {
        self.0[(bit / 8) as usize] |= 1 << (bit % 8);
    }

    fn has(&self, bit: u32) -> bool {
        self.0[(bit / 8) as usize] >> (bit % 8) & 1 == 1
    }
}

impl TextFolder {
    /// Adds the texts of a leaf.
    pub(crate) fn add(&mut self, leaf: &Leaf) {
        self.raw.clear();
        self.folded.clear();
        for (tag, field) in leaf.fields() {
            let text = field.value().and_then(|value| std::str::from_utf8(value).ok());
            let Some(text) = text.filter(|_| !LEFT_OUT.contains(&tag)) else { continue };
            if JSON.contains(&tag) {
                json::write_texts(text, &mut self.raw);
            } else {
                self.raw.push(SEPARATOR);
                self.raw.push_str(text);
            }
        }
        fold_into(&self.raw, &mut self.folded);
        for text in self.folded.split(SEPARATOR) {
            let known = self.seen.len();
            if self.seen.number(text) > known {
                keys::each(text.as_bytes(), |bit| self.group.set(bit));
            }
        }
    }

    /// The filter of the leaves since the last one.
    pub(crate) fn finish(&mut self) -> Group {
        self.seen = Interner::default();
        std::mem::take(&mut self.group)
    }
}

impl Chunk {
    /// The filter of one group.
    pub(crate) fn of(group: Group) -> Self {
        Self::Memory(group.0.into())
    }

    /// A file of the filters of `groups`; none if it is another's.
    ///
    /// # Errors
    /// `File` if it cannot be read.
    pub(crate) fn open(folder: &Path, name: &str, groups: u64) -> Result<Option<Self>, IndexError> {
        let path = folder.join(name);
        let fault = |source| IndexError::File { path: path.clone(), source };
        let directory =
            MmapDirectory::open(folder).map_err(|error| fault(std::io::Error::other(error)))?;
        let slice = directory.open_read(Path::new(name));
        let slice = slice.map_err(|error| fault(std::io::Error::other(error)))?;
        let bytes = slice.read_bytes().map_err(fault)?;
        Ok(Slices::new(bytes, groups).map(Self::Mapped))
    }

    /// The bytes of a file of chunks that are in memory.
    pub(crate) fn file_of(chunks: &[Self]) -> Vec<u8> {
        let filters = chunks.iter().filter_map(|chunk| match chunk {
            Self::Memory(filters) => Some(filters.chunks_exact(GROUP_BYTES)),
            Self::Mapped(_) => None,
        });
        slices::slice(&filters.flatten().collect::<Vec<_>>())
    }

    /// Groups in it.
    pub(crate) fn groups(&self) -> u64 {
        match self {
            Self::Memory(filters) => (filters.len() / GROUP_BYTES) as u64,
            Self::Mapped(slices) => slices.groups(),
        }
    }

    /// Both in one, if both are in memory.
    pub(crate) fn joined(&self, next: &Self) -> Option<Self> {
        match (self, next) {
            (Self::Memory(first), Self::Memory(next)) => {
                Some(Self::Memory([&**first, &**next].concat().into()))
            }
            _ => None,
        }
    }

    /// Which of the groups of these eights may hold what is looked for, a bit each.
    fn passing(&self, probe: &Probe, eights: Range<usize>) -> Vec<u8> {
        match self {
            Self::Mapped(slices) => slices.having(probe.bits(), eights),
            Self::Memory(filters) => {
                let mut passing = vec![0; eights.len()];
                let filters = filters.chunks_exact(GROUP_BYTES).skip(8 * eights.start);
                for (group, filter) in filters.take(8 * eights.len()).enumerate() {
                    passing[group / 8] |= u8::from(probe.passes(filter)) << (group % 8);
                }
                passing
            }
        }
    }
}

/// The same filters, that of one group changed.
pub(crate) fn with_filter(filters: &[u8], group: u64, filter: &Group) -> Arc<[u8]> {
    let mut filters = filters.to_vec();
    let start = group as usize * GROUP_BYTES;
    filters[start..start + GROUP_BYTES].copy_from_slice(&filter.0);
    filters.into()
}

impl TextFilters {
    pub(crate) fn new(chunks: Vec<Chunk>) -> Self {
        Self { chunks: Arc::new(chunks) }
    }

    /// Calls `pass` with the positions of `indexes`, in ascending ranges, whose leaves may hold
    /// what is looked for.
    pub(crate) fn may_hold(
        &self,
        probe: &Probe,
        indexes: Range<u64>,
        pass: &mut dyn FnMut(Range<u64>),
    ) {
        let mut open: Option<Range<u64>> = None;
        let mut add = |range: Range<u64>| match &mut open {
            Some(before) if before.end == range.start => before.end = range.end,
            _ => {
                if let Some(before) = open.replace(range) {
                    pass(before);
                }
            }
        };
        let mut first = 0;
        let within = |range: Range<u64>| range.start.max(indexes.start)..range.end.min(indexes.end);
        for chunk in &*self.chunks {
            let groups = first..first + chunk.groups();
            first = groups.end;
            let leaves = within(groups.start * GROUP_LEAVES..groups.end * GROUP_LEAVES);
            if leaves.is_empty() {
                continue;
            }
            let asked = leaves.start / GROUP_LEAVES..leaves.end.div_ceil(GROUP_LEAVES);
            let place = |group: u64| (group - groups.start) as usize;
            let eights = place(asked.start) / 8..place(asked.end).div_ceil(8);
            let passing = chunk.passing(probe, eights.clone());
            for group in asked {
                let place = place(group) - 8 * eights.start;
                if passing[place / 8] >> (place % 8) & 1 == 1 {
                    add(within(group * GROUP_LEAVES..(group + 1) * GROUP_LEAVES));
                }
            }
        }
        let rest = within(first * GROUP_LEAVES..u64::MAX);
        if !rest.is_empty() {
            add(rest);
        }
        if let Some(last) = open {
            pass(last);
        }
    }
}

#[cfg(test)]
mod tests;
