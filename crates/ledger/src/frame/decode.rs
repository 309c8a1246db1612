//! Reading a frame: foreign bytes, checked before anything is trusted.
//!
//! The columns are decompressed at once and the places of all leaves worked out; a leaf is put
//! together only when asked for.

use super::dictionary::Dictionary;
use super::inflate::decompress;
use super::{
    END, FIELD_ERASED, FIELD_OPENED, HASH_BYTES, LONG_TAGS, SALT_BYTES, SHAPE_MIXED, SHAPE_PRUNED,
    SHAPE_WHOLE,
};
use crate::bytes::Cursor;
use crate::directory::{Codec, FrameEntry};
use annals_record::{Field, Kept, Leaf, Tag};
use memchr::memchr_iter;
use std::collections::BTreeMap;
use std::ops::Range;

/// Sealed fields of most leaves, at most.
const FIELDS_USUAL: usize = 12;

/// A decoded frame.
#[derive(Debug)]
pub(crate) struct Frame {
    first: u64,
    columns: Vec<u8>,
    beside: Vec<u8>,
    leaves: Vec<LeafPlace>,
    fields: Vec<FieldPlace>,
}

#[derive(Clone, Copy, Debug)]
struct LeafPlace {
    shape: u8,
    /// Salt of a whole leaf, hash of a pruned one, in `beside`.
    beside: u32,
    core: u32,
    core_len: u32,
    fields: u32,
    fields_end: u32,
}

#[derive(Clone, Copy, Debug)]
struct FieldPlace {
    tag: u16,
    shape: FieldShape,
    /// Salt of an opened field, commitment of an erased one, in `beside`.
    beside: u32,
    value: u32,
    value_len: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum FieldShape {
    Whole,
    Opened,
    Erased,
}

impl Frame {
    /// Decodes the bytes of `entry`. The error says what is wrong with them.
    pub(crate) fn decode(
        entry: &FrameEntry,
        bytes: &[u8],
        dictionary: Option<&Dictionary>,
    ) -> Result<Self, &'static str> {
        if bytes.len() != entry.len as usize {
            return Err("the frame is cut");
        }
        if crc32c::crc32c(bytes) != entry.crc {
            return Err("the frame's checksum differs");
        }
        let mut cursor = Cursor::new(bytes);
        let beside_len = cursor.u32().ok_or("the frame is cut")?;
        let beside = cursor.take(beside_len as usize).ok_or("the frame's salts are cut")?.to_vec();
        let columns = decompress(entry, &bytes[cursor.position()..], dictionary)?;
        let leaves = entry.count as usize;
        // Each field takes a byte of the columns at least.
        let fields = (leaves * FIELDS_USUAL).min(columns.len());
        let mut frame = Self {
            first: entry.first,
            columns,
            beside,
            leaves: Vec::with_capacity(leaves),
            fields: Vec::with_capacity(fields),
        };
        let ended = entry.codec == Codec::Packed;
        frame.lay_out(entry.count, ended).ok_or("the frame's columns do not fit together")?;
        Ok(frame)
    }

    /// Index of the first leaf.
    pub(crate) fn first(&self) -> u64 {
        self.first
    }

    /// Number of leaves.
    pub(crate) fn len(&self) -> usize {
        self.leaves.len()
    }

    /// What the values of all leaves stand in.
    pub(crate) fn columns(&self) -> &[u8] {
        &self.columns
    }

    /// Each value that is there: place of its leaf, tag, place in `columns`.
    pub(crate) fn values(&self) -> impl Iterator<Item = (usize, Tag, Range<usize>)> {
        self.leaves.iter().enumerate().flat_map(|(place, leaf)| {
            let fields = self.fields[leaf.fields as usize..leaf.fields_end as usize].iter();
            fields.filter(|field| field.shape != FieldShape::Erased).map(move |field| {
                let start = field.value as usize;
                (place, Tag(field.tag), start..start + field.value_len as usize)
            })
        })
    }

    /// The leaf at `place` in this frame. The error says why it is not one.
    pub(crate) fn kept(&self, place: usize) -> Result<Kept, String> {
        let mut kept = Kept::Pruned([0; HASH_BYTES]);
        self.kept_into(place, &mut kept)?;
        Ok(kept)
    }

    /// The same in the buffers of a leaf that is no longer needed.
    pub(crate) fn kept_into(&self, place: usize, kept: &mut Kept) -> Result<(), String> {
        let leaf = &self.leaves[place];
        if leaf.shape == SHAPE_PRUNED {
            *kept = Kept::Pruned(self.beside_at(leaf.beside));
            return Ok(());
        }
        let salt = (leaf.shape == SHAPE_WHOLE).then(|| self.beside_at(leaf.beside));
        let core = slice(&self.columns, leaf.core, leaf.core_len);
        let fields = self.fields[leaf.fields as usize..leaf.fields_end as usize].iter();
        let fields = fields.map(|field| (Tag(field.tag), self.field(field)));
        let done = match kept {
            Kept::Leaf(leaf) => leaf.refill(core, salt, fields),
            Kept::Pruned(_) => {
                Leaf::from_parts(core, salt, fields).map(|leaf| *kept = Kept::Leaf(leaf))
            }
        };
        done.map_err(|error| error.to_string())
    }

    fn field(&self, place: &FieldPlace) -> Field<'_> {
        let value = slice(&self.columns, place.value, place.value_len);
        match place.shape {
            FieldShape::Whole => Field::Whole(value),
            FieldShape::Opened => Field::Opened { salt: self.beside_at(place.beside), value },
            FieldShape::Erased => Field::Erased { commitment: self.beside_at(place.beside) },
        }
    }

    fn beside_at<const N: usize>(&self, at: u32) -> [u8; N] {
        slice(&self.beside, at, N as u32).try_into().expect("lay_out checked all places")
    }

    /// Works out where every core, value and salt stands; their ends are marked, or their lengths
    /// stand in the shapes. `None` if the parts do not add up.
    fn lay_out(&mut self, count: u32, ended: bool) -> Option<()> {
        let mut cursor = Cursor::new(&self.columns);
        let (shapes_len, cores_len) = (cursor.u32()?, cursor.u32()?);
        let mut shapes = Cursor::new(cursor.take(shapes_len as usize)?);
        let mut core = cursor.position() as u32;
        let mut core_ends = memchr_iter(END, cursor.take(cores_len as usize)?);
        let (cores, values) = (core, cursor.position() as u32);
        let mut beside = 0u32;
        for _ in 0..count {
            let mut leaf = read_leaf(&mut shapes, &mut self.fields, &mut beside, ended)?;
            leaf.core = core;
            if ended && leaf.shape != SHAPE_PRUNED {
                let end = cores + core_ends.next()? as u32;
                leaf.core_len = end - core;
                core = end + 1;
            } else {
                core = core.checked_add(leaf.core_len)?;
            }
            self.leaves.push(leaf);
        }
        let end = match ended {
            true => place_ended_values(&mut self.fields, &self.columns, values)?,
            false => place_values(&mut self.fields, values)?,
        };
        let fits = shapes.is_at_end()
            && core == values
            && end as usize == self.columns.len()
            && beside as usize == self.beside.len();
        fits.then_some(())
    }
}

fn slice(bytes: &[u8], at: u32, len: u32) -> &[u8] {
    &bytes[at as usize..at as usize + len as usize]
}

fn read_leaf(
    shapes: &mut Cursor<'_>,
    fields: &mut Vec<FieldPlace>,
    beside: &mut u32,
    ended: bool,
) -> Option<LeafPlace> {
    let shape = shapes.u8()?;
    let start = fields.len() as u32;
    let own = *beside;
    let mut leaf =
        LeafPlace { shape, beside: own, core: 0, core_len: 0, fields: start, fields_end: start };
    match shape {
        SHAPE_PRUNED => {
            *beside = own.checked_add(HASH_BYTES as u32)?;
            return Some(leaf);
        }
        SHAPE_WHOLE => *beside = own.checked_add(SALT_BYTES as u32)?,
        SHAPE_MIXED => {}
        _ => return None,
    }
    leaf.core_len = if ended { 0 } else { shapes.varint()? };
    for _ in 0..shapes.u8()? {
        fields.push(read_field(shapes, shape, beside, ended)?);
    }
    leaf.fields_end = fields.len() as u32;
    Some(leaf)
}

fn read_field(
    shapes: &mut Cursor<'_>,
    leaf_shape: u8,
    beside: &mut u32,
    ended: bool,
) -> Option<FieldPlace> {
    let tag = u16::try_from(shapes.varint()?).ok()?;
    let shape = match leaf_shape {
        SHAPE_WHOLE => FieldShape::Whole,
        _ => match shapes.u8()? {
            FIELD_OPENED => FieldShape::Opened,
            FIELD_ERASED => FieldShape::Erased,
            _ => return None,
        },
    };
    let at = *beside;
    let beside_len = match shape {
        FieldShape::Whole => 0,
        FieldShape::Opened => SALT_BYTES,
        FieldShape::Erased => HASH_BYTES,
    };
    let value_len = if ended || shape == FieldShape::Erased { 0 } else { shapes.varint()? };
    *beside = at.checked_add(beside_len as u32)?;
    Some(FieldPlace { tag, shape, beside: at, value: 0, value_len })
}

/// Gives each value its place: columns in `column_order`, inside a column by leaf. Returns the
/// end of the last one.
fn place_values(fields: &mut [FieldPlace], start: u32) -> Option<u32> {
    let (mut columns, end) = Columns::add_up(fields, start, |field| field.value_len)?;
    for field in fields.iter_mut().filter(|field| field.shape != FieldShape::Erased) {
        field.value = columns.take(field.tag, field.value_len);
    }
    Some(end)
}

/// The same where each value has its end marked.
fn place_ended_values(fields: &mut [FieldPlace], bytes: &[u8], start: u32) -> Option<u32> {
    let (mut columns, count) = Columns::add_up(fields, 0, |_| 1)?;
    let ends = memchr_iter(END, &bytes[start as usize..]).map(|end| start + end as u32);
    let ends: Vec<u32> = ends.collect();
    if ends.len() != count as usize {
        return None;
    }
    for field in fields.iter_mut().filter(|field| field.shape != FieldShape::Erased) {
        let place = columns.take(field.tag, 1) as usize;
        field.value = place.checked_sub(1).map_or(start, |before| ends[before] + 1);
        field.value_len = ends[place] - field.value;
    }
    Some(ends.last().map_or(start, |end| end + 1))
}

/// Tags that an array finds; others are rare.
const TAGS_NEAR: usize = 32;

/// How far each column is taken, by tag.
struct Columns {
    near: [u32; TAGS_NEAR],
    far: BTreeMap<u16, u32>,
}

impl Columns {
    /// All columns of the fields, one behind the other from `start` on, as long as the sum of
    /// `len`; and the end of the last one.
    fn add_up(
        fields: &[FieldPlace],
        start: u32,
        len: impl Fn(&FieldPlace) -> u32,
    ) -> Option<(Self, u32)> {
        let mut columns = Self { near: [0; TAGS_NEAR], far: BTreeMap::new() };
        for field in fields.iter().filter(|field| field.shape != FieldShape::Erased) {
            let column = columns.column(field.tag);
            *column = column.checked_add(len(field))?;
        }
        let short = (0..TAGS_NEAR as u16).filter(|tag| !LONG_TAGS.contains(tag));
        let far: Vec<u16> = columns.far.keys().copied().collect();
        let mut next = start;
        for tag in short.chain(far).chain(LONG_TAGS) {
            let len = std::mem::replace(columns.column(tag), next);
            next = next.checked_add(len)?;
        }
        Some((columns, next))
    }

    /// Takes the next `len` of a column; answers where they begin.
    fn take(&mut self, tag: u16, len: u32) -> u32 {
        let column = self.column(tag);
        let start = *column;
        *column += len;
        start
    }

    fn column(&mut self, tag: u16) -> &mut u32 {
        match self.near.get_mut(usize::from(tag)) {
            Some(column) => column,
            None => self.far.entry(tag).or_default(),
        }
    }
}
