//! Decompressing the columns of a frame.
//!
//! Never gives more than the directory says that the frame holds. Knows nothing of what the columns
//! mean.

use super::dictionary::Dictionary;
use super::pack::unpack;
use crate::bytes::Cursor;
use crate::directory::{Codec, FrameEntry};
use std::cell::RefCell;
use zstd::zstd_safe::DCtx;

/// The columns of a frame. The error says what is wrong with them.
pub(super) fn decompress(
    entry: &FrameEntry,
    bytes: &[u8],
    dictionary: Option<&Dictionary>,
) -> Result<Vec<u8>, &'static str> {
    let raw_len = entry.raw_len as usize;
    let columns = match entry.codec {
        Codec::Stored => bytes.to_vec(),
        Codec::Zstd => {
            let mut columns = Vec::with_capacity(raw_len);
            INFLATER.with_borrow_mut(|inflater| inflater.run(bytes, None, &mut columns))?;
            columns
        }
        Codec::Packed => {
            let mut cursor = Cursor::new(bytes);
            let runs_len = cursor.u32().ok_or("the frame is cut")?;
            let runs = cursor.take(runs_len as usize).ok_or("the frame's identifiers are cut")?;
            let rest = &bytes[cursor.position()..];
            INFLATER.with_borrow_mut(|inflater| {
                let text = inflater.text(rest, dictionary, raw_len)?;
                unpack(text, runs, raw_len).ok_or("the frame's identifiers do not fit")
            })?
        }
    };
    if columns.len() == raw_len { Ok(columns) } else { Err("the frame has another length") }
}

thread_local! {
    static INFLATER: RefCell<Inflater> = const { RefCell::new(Inflater::new()) };
}

/// What a thread keeps from frame to frame: both cost more to make than a frame to read.
struct Inflater {
    context: Option<DCtx<'static>>,
    text: Vec<u8>,
}

impl Inflater {
    const fn new() -> Self {
        Self { context: None, text: Vec::new() }
    }

    /// Decompresses packed columns that give at most `len_max` bytes.
    fn text(
        &mut self,
        bytes: &[u8],
        dictionary: Option<&Dictionary>,
        len_max: usize,
    ) -> Result<&[u8], &'static str> {
        // The byte 0xFF alone takes two bytes as a token.
        let mut text = std::mem::take(&mut self.text);
        text.clear();
        text.reserve(2 * len_max);
        self.run(bytes, dictionary, &mut text)?;
        self.text = text;
        Ok(&self.text)
    }

    /// Fills `out` up to its capacity.
    fn run(
        &mut self,
        bytes: &[u8],
        dictionary: Option<&Dictionary>,
        out: &mut Vec<u8>,
    ) -> Result<(), &'static str> {
        let context = match &mut self.context {
            Some(context) => context,
            None => {
                let made = DCtx::try_create().ok_or("there is no memory to decompress")?;
                self.context.insert(made)
            }
        };
        let done = match dictionary {
            Some(dictionary) => context.decompress_using_ddict(out, bytes, dictionary.prepared()),
            None => context.decompress(out, bytes),
        };
        done.map(drop).map_err(|_| "the frame cannot be decompressed")
    }
}
