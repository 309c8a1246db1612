//! Writing a frame: leaves are pushed one by one, then the columns are compressed at once.
//!
//! All buffers are kept from frame to frame. It does not decide when a frame is full.

use super::pack::pack;
use super::{
    END, FIELD_ERASED, FIELD_OPENED, SHAPE_MIXED, SHAPE_PRUNED, SHAPE_WHOLE, column_order,
};
use crate::bytes::put_varint;
use crate::directory::{AtRange, Codec, FrameEntry};
use annals_record::{Field, Kept, Leaf};
use std::io;
use zstd::bulk::Compressor;
use zstd::zstd_safe::{CParameter, compress_bound};

/// Builds frames.
pub(crate) struct FrameBuilder {
    compressor: Compressor<'static>,
    /// The columns get the form that compresses best, at the price of some more work.
    packs: bool,
    count: u32,
    value_bytes: usize,
    at: AtRange,
    shapes: Vec<u8>,
    cores: Vec<u8>,
    /// In `column_order`; emptied but kept from frame to frame.
    columns: Vec<(u16, Vec<u8>)>,
    beside: Vec<u8>,
    payload: Vec<u8>,
    /// The payload with tokens, and what the tokens stand for.
    packed: Vec<u8>,
    runs: Vec<u8>,
    compressed: Vec<u8>,
}

impl FrameBuilder {
    /// A builder for new blocks: it compresses at `level` and does no more, so that the disk does
    /// not wait for the processor.
    pub(crate) fn new(level: i32) -> io::Result<Self> {
        Self::with(level, None, false)
    }

    /// A builder for compacted segments: packs, and uses the segment's dictionary if it has one.
    pub(crate) fn packing(level: i32, dictionary: Option<&[u8]>) -> io::Result<Self> {
        Self::with(level, dictionary, true)
    }

    fn with(level: i32, dictionary: Option<&[u8]>, packs: bool) -> io::Result<Self> {
        let mut compressor = match dictionary {
            Some(dictionary) => Compressor::with_dictionary(level, dictionary)?,
            None => Compressor::new(level)?,
        };
        // The directory knows the length, and the CRC covers the bytes.
        compressor.set_parameter(CParameter::ContentSizeFlag(false))?;
        compressor.set_parameter(CParameter::ChecksumFlag(false))?;
        compressor.set_parameter(CParameter::DictIdFlag(false))?;
        Ok(Self {
            compressor,
            packs,
            count: 0,
            value_bytes: 0,
            at: AtRange::EMPTY,
            shapes: Vec::new(),
            cores: Vec::new(),
            columns: Vec::new(),
            beside: Vec::new(),
            payload: Vec::new(),
            packed: Vec::new(),
            runs: Vec::new(),
            compressed: Vec::new(),
        })
    }

    /// Leaves pushed since the last `finish`.
    pub(crate) fn count(&self) -> u32 {
        self.count
    }

    /// Bytes of the columns so far.
    pub(crate) fn raw_len(&self) -> usize {
        COLUMNS_HEADER_BYTES + self.shapes.len() + self.cores.len() + self.value_bytes
    }

    /// Adds a leaf; `at` is its place in time order.
    pub(crate) fn push_leaf(&mut self, leaf: &Leaf, at: i64) {
        self.count += 1;
        self.at.add(at);
        match leaf.record_salt() {
            Some(salt) => {
                self.shapes.push(SHAPE_WHOLE);
                self.beside.extend_from_slice(&salt);
            }
            None => self.shapes.push(SHAPE_MIXED),
        }
        let core = leaf.core_bytes();
        self.cores.extend_from_slice(core);
        if self.packs {
            self.cores.push(END);
        } else {
            put_varint(&mut self.shapes, core.len() as u32);
        }
        let fields = leaf.fields();
        self.shapes.push(fields.len() as u8);
        for (tag, field) in fields {
            put_varint(&mut self.shapes, u32::from(tag.0));
            match field {
                Field::Whole(value) => self.push_value(tag.0, value),
                Field::Opened { salt, value } => {
                    self.shapes.push(FIELD_OPENED);
                    self.beside.extend_from_slice(&salt);
                    self.push_value(tag.0, value);
                }
                Field::Erased { commitment } => {
                    self.shapes.push(FIELD_ERASED);
                    self.beside.extend_from_slice(&commitment);
                }
            }
        }
    }

    /// Adds what is kept of a leaf.
    pub(crate) fn push(&mut self, kept: &Kept) {
        match kept {
            Kept::Leaf(leaf) => self.push_leaf(leaf, leaf.at()),
            Kept::Pruned(hash) => self.push_pruned(hash),
        }
    }

    /// Adds a leaf of which only the hash is left.
    pub(crate) fn push_pruned(&mut self, hash: &[u8; 32]) {
        self.count += 1;
        self.shapes.push(SHAPE_PRUNED);
        self.beside.extend_from_slice(hash);
    }

    fn push_value(&mut self, tag: u16, value: &[u8]) {
        let order = column_order(tag);
        let place = self.columns.binary_search_by_key(&order, |(tag, _)| column_order(*tag));
        let place = place.unwrap_or_else(|place| {
            self.columns.insert(place, (tag, Vec::new()));
            place
        });
        let column = &mut self.columns[place].1;
        column.extend_from_slice(value);
        self.value_bytes += value.len();
        if self.packs {
            column.push(END);
            self.value_bytes += 1;
        } else {
            put_varint(&mut self.shapes, value.len() as u32);
        }
    }

    /// Writes the frame to `out` and starts the next one. `first` is the index of its first leaf;
    /// the entry's offset is where it stands in `out`.
    pub(crate) fn finish(&mut self, first: u64, out: &mut Vec<u8>) -> io::Result<FrameEntry> {
        self.gather();
        let codec = self.compress()?;
        let start = out.len();
        out.extend_from_slice(&(self.beside.len() as u32).to_be_bytes());
        out.extend_from_slice(&self.beside);
        match codec {
            Codec::Stored => out.extend_from_slice(&self.payload),
            Codec::Zstd => out.extend_from_slice(&self.compressed),
            Codec::Packed => {
                out.extend_from_slice(&(self.runs.len() as u32).to_be_bytes());
                out.extend_from_slice(&self.runs);
                out.extend_from_slice(&self.compressed);
            }
        }
        let bytes = &out[start..];
        let entry = FrameEntry {
            offset: start as u64,
            first,
            count: self.count,
            len: bytes.len() as u32,
            raw_len: self.payload.len() as u32,
            codec,
            at: self.at,
            crc: crc32c::crc32c(bytes),
        };
        self.clear();
        Ok(entry)
    }

    /// The columns as they go to the compressor, to train a dictionary on; starts the next frame.
    pub(crate) fn sample(&mut self) -> Vec<u8> {
        self.gather();
        self.pack();
        self.clear();
        std::mem::take(&mut self.packed)
    }

    /// Compresses the payload in the way that suits it.
    fn compress(&mut self) -> io::Result<Codec> {
        if self.packs {
            self.pack();
        }
        let columns = if self.packs { &self.packed } else { &self.payload };
        self.compressed.clear();
        self.compressed.reserve(compress_bound(columns.len()));
        self.compressor.compress_to_buffer(columns, &mut self.compressed)?;
        let smaller = self.compressed.len() < self.payload.len();
        Ok(match (self.packs, smaller) {
            (true, _) => Codec::Packed,
            (false, true) => Codec::Zstd,
            (false, false) => Codec::Stored,
        })
    }

    /// Takes identifiers out of the payload.
    fn pack(&mut self) {
        self.packed.clear();
        self.runs.clear();
        pack(&self.payload, &mut self.packed, &mut self.runs);
    }

    fn gather(&mut self) {
        self.payload.clear();
        self.payload.extend_from_slice(&(self.shapes.len() as u32).to_be_bytes());
        self.payload.extend_from_slice(&(self.cores.len() as u32).to_be_bytes());
        self.payload.extend_from_slice(&self.shapes);
        self.payload.extend_from_slice(&self.cores);
        for (_, column) in &self.columns {
            self.payload.extend_from_slice(column);
        }
    }

    /// Forgets what was pushed.
    pub(crate) fn clear(&mut self) {
        self.count = 0;
        self.value_bytes = 0;
        self.at = AtRange::EMPTY;
        self.shapes.clear();
        self.cores.clear();
        self.beside.clear();
        for (_, column) in &mut self.columns {
            column.clear();
        }
    }
}

/// Lengths of shapes and cores, before them.
const COLUMNS_HEADER_BYTES: usize = 8;
