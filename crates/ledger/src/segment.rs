//! A segment: one file of blocks, and how to read it.
//!
//! While open it grows block by block and ends in reserved zeros; sealed it ends in a footer, the
//! directory of all its frames. A [`Segment`] is a handle for readers: it never writes. After a
//! rewrite a new handle takes its place and readers of the old one keep the old file.

pub(crate) mod form;

pub(crate) use form::{Footer, HEADER_BYTES, SegmentHeader, is_header};

use crate::block::{BLOCK_PREFIX_BYTES, BlockHeader};
use crate::directory::{FrameEntry, find_frame};
use crate::disk::{Disk, DiskFile, Mode, read_vec};
use crate::error::LedgerError;
use crate::frame::{Dictionary, Frame};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// A segment file, open for reading.
pub(crate) struct Segment {
    pub(crate) path: PathBuf,
    pub(crate) header: SegmentHeader,
    /// Read when the first frame is: a ledger may have thousands of segments.
    dictionary: OnceLock<Dictionary>,
    /// First byte after header and dictionary.
    pub(crate) blocks_start: u64,
    file: Arc<dyn DiskFile>,
    extent: Mutex<Extent>,
}

/// What is known of the blocks.
enum Extent {
    /// Sealed; the directory is read when first needed.
    Sealed { footer_offset: u64, end: u64, frames: Option<Arc<[FrameEntry]>> },
    /// Open: the directory grows with each block read or committed.
    Open { blocks_end: u64, next: u64, frames: Arc<Vec<FrameEntry>> },
}

/// A directory that outlives later growth.
#[derive(Clone)]
pub(crate) enum Directory {
    Sealed(Arc<[FrameEntry]>),
    Open(Arc<Vec<FrameEntry>>),
}

impl std::ops::Deref for Directory {
    type Target = [FrameEntry];

    fn deref(&self) -> &[FrameEntry] {
        match self {
            Self::Sealed(frames) => frames,
            Self::Open(frames) => frames,
        }
    }
}

impl Segment {
    /// Opens a segment file: reads header, dictionary and, if it is sealed, the trailer.
    pub(crate) fn open(disk: &dyn Disk, path: &Path) -> Result<Self, LedgerError> {
        let read = || LedgerError::read(path);
        let file = disk.open(path, Mode::Read).map_err(read())?;
        let len = file.len().map_err(read())?;
        let header = SegmentHeader::load(&*file, path)?;
        let blocks_start = header.blocks_start();
        let footer = Footer::locate(&*file, len, blocks_start).map_err(read())?;
        let extent = match footer {
            Some(place) => {
                Extent::Sealed { footer_offset: place.offset, end: place.end, frames: None }
            }
            None => Extent::Open {
                blocks_end: blocks_start,
                next: header.first,
                frames: Arc::new(Vec::new()),
            },
        };
        let path = path.to_owned();
        let (dictionary, extent) = (OnceLock::new(), Mutex::new(extent));
        Ok(Self { path, header, dictionary, blocks_start, file, extent })
    }

    /// Opens a segment whose footer is not to be trusted: its blocks will be walked.
    pub(crate) fn open_unsealed(disk: &dyn Disk, path: &Path) -> Result<Self, LedgerError> {
        let mut segment = Self::open(disk, path)?;
        segment.extent = Mutex::new(Extent::Open {
            blocks_end: segment.blocks_start,
            next: segment.header.first,
            frames: Arc::new(Vec::new()),
        });
        Ok(segment)
    }

    /// Index of its first leaf.
    pub(crate) fn first(&self) -> u64 {
        self.header.first
    }

    /// Index after the last leaf known to stand in it.
    pub(crate) fn end(&self) -> u64 {
        match *self.extent() {
            Extent::Sealed { end, .. } => end,
            Extent::Open { next, .. } => next,
        }
    }

    pub(crate) fn is_sealed(&self) -> bool {
        matches!(*self.extent(), Extent::Sealed { .. })
    }

    /// Where the blocks known to stand in it end.
    pub(crate) fn blocks_end(&self) -> u64 {
        match *self.extent() {
            Extent::Sealed { footer_offset, .. } => footer_offset,
            Extent::Open { blocks_end, .. } => blocks_end,
        }
    }

    pub(crate) fn file(&self) -> &dyn DiskFile {
        &*self.file
    }

    /// All frames, reading the footer when first asked.
    pub(crate) fn directory(&self) -> Result<Directory, LedgerError> {
        match &mut *self.extent() {
            Extent::Open { frames, .. } => Ok(Directory::Open(Arc::clone(frames))),
            Extent::Sealed { frames: Some(frames), .. } => {
                Ok(Directory::Sealed(Arc::clone(frames)))
            }
            Extent::Sealed { footer_offset, frames, .. } => {
                let footer = Footer::load(&*self.file, *footer_offset, &self.path)?;
                let loaded: Arc<[FrameEntry]> = footer.frames.into();
                *frames = Some(Arc::clone(&loaded));
                Ok(Directory::Sealed(loaded))
            }
        }
    }

    /// Reads and decodes the frame that holds `index`.
    pub(crate) fn frame(&self, index: u64) -> Result<Frame, LedgerError> {
        let directory = self.directory()?;
        let place = find_frame(&directory, index).ok_or_else(|| {
            LedgerError::corrupt(&self.path, 0, format!("no frame holds index {index}"))
        })?;
        self.read_frame(&directory[place])
    }

    /// Reads and decodes one frame of the directory.
    pub(crate) fn read_frame(&self, entry: &FrameEntry) -> Result<Frame, LedgerError> {
        let bytes = read_vec(&*self.file, entry.offset, entry.len as usize)
            .map_err(LedgerError::read(&self.path))?;
        Frame::decode(entry, &bytes, self.dictionary()?)
            .map_err(|what| LedgerError::corrupt(&self.path, entry.offset, what))
    }

    /// The dictionary of its frames, if it has one.
    pub(crate) fn dictionary(&self) -> Result<Option<&Dictionary>, LedgerError> {
        if let Some(known) = self.dictionary.get() {
            return Ok(Some(known));
        }
        let loaded = self.header.load_dictionary(&*self.file, &self.path)?;
        Ok(loaded.map(|loaded| self.dictionary.get_or_init(|| loaded)))
    }

    /// The block header at `offset`. `Ok(None)` if no sound block with `first` begins there or
    /// its body is cut.
    pub(crate) fn block_at(
        &self,
        offset: u64,
        first: u64,
    ) -> Result<Option<(BlockHeader, u64)>, LedgerError> {
        read_block(&*self.file, offset, first).map_err(LedgerError::read(&self.path))
    }

    /// Adds a block of an open segment to the directory; `offset` is where its body begins.
    pub(crate) fn extend(&self, header: &BlockHeader, body_offset: u64) {
        // Two threads may read the same block of a growing segment.
        if let Extent::Open { blocks_end, next, frames } = &mut *self.extent()
            && *next == header.first
        {
            let frames = Arc::make_mut(frames);
            frames.extend(
                header
                    .frames
                    .iter()
                    .map(|frame| FrameEntry { offset: body_offset + frame.offset, ..*frame }),
            );
            *blocks_end = body_offset + header.body_len();
            *next = header.end();
        }
    }

    /// Called once the footer is on disk.
    pub(crate) fn mark_sealed(&self) {
        let mut extent = self.extent();
        if let Extent::Open { blocks_end, next, frames } = &*extent {
            let frames = Some(frames.as_slice().into());
            *extent = Extent::Sealed { footer_offset: *blocks_end, end: *next, frames };
        }
    }

    fn extent(&self) -> std::sync::MutexGuard<'_, Extent> {
        self.extent.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Reads the block header at `offset`: `None` unless it is sound, begins at `first`, and the
/// file is long enough for its body. Also says how long the header is.
pub(crate) fn read_block(
    file: &dyn DiskFile,
    offset: u64,
    first: u64,
) -> std::io::Result<Option<(BlockHeader, u64)>> {
    let len = file.len()?;
    if offset.saturating_add(BLOCK_PREFIX_BYTES as u64) > len {
        return Ok(None);
    }
    let prefix = read_vec(file, offset, BLOCK_PREFIX_BYTES)?;
    let Some(header_len) = BlockHeader::len_of(&prefix) else { return Ok(None) };
    if offset + header_len as u64 > len {
        return Ok(None);
    }
    let Some(header) = BlockHeader::read(&read_vec(file, offset, header_len)?) else {
        return Ok(None);
    };
    let header_len = header_len as u64;
    let fits = header.first == first && offset + header_len + header.body_len() <= len;
    Ok(fits.then_some((header, header_len)))
}
