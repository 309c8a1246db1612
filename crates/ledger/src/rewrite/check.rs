//! Before a new file takes the old one's place: it is opened and read as any reader will.

use super::Rewrite;
use crate::array::HASH_WIDTH;
use crate::block::BlockHeader;
use crate::directory::FrameEntry;
use crate::error::LedgerError;
use crate::segment::{Footer, Segment};
use std::path::Path;

impl Rewrite<'_> {
    /// The identifiers of an old block, if they are those it was committed with. They pass into
    /// the new block's checksum, and those of pruned leaves stand nowhere else: what is damaged
    /// must not be signed for anew.
    pub(super) fn ids(&self, header: &BlockHeader) -> Result<Vec<u8>, LedgerError> {
        let mut ids = Vec::new();
        self.arrays.ids.read(header.first, header.count as usize, &mut ids)?;
        if crc32c::crc32c(&ids) == header.ids_crc {
            return Ok(ids);
        }
        let (file, offset) = self.arrays.ids.place(header.first);
        let what = format!("the ids of {} events from here on changed", header.count);
        Err(LedgerError::corrupt(file, offset, what))
    }

    /// Reads the new file back: every leaf must have the hash that is in the tree.
    pub(super) fn check(&mut self, path: &Path) -> Result<(), LedgerError> {
        let new = Segment::open(&*self.store.disk, path)?;
        let footer = Footer::load(new.file(), new.blocks_end(), path)?;
        let (mut offset, mut next, mut frames) = (new.blocks_start, new.first(), Vec::new());
        while next < self.old.end() {
            let Some((header, header_len)) = new.block_at(offset, next)? else {
                return Err(LedgerError::corrupt(path, offset, "the block just written differs"));
            };
            let body = offset + header_len;
            for entry in &header.frames {
                let entry = FrameEntry { offset: body + entry.offset, ..*entry };
                self.check_frame(&new, &entry)?;
                self.step(u64::from(entry.count))?;
                frames.push(entry);
            }
            (offset, next) = (body + header.body_len(), header.end());
        }
        if footer.frames != frames || footer.end != next || new.end() != next {
            return Err(LedgerError::corrupt(path, offset, "the footer just written differs"));
        }
        Ok(())
    }

    fn check_frame(&self, new: &Segment, entry: &FrameEntry) -> Result<(), LedgerError> {
        let frame = new.read_frame(entry)?;
        let mut hashes = Vec::with_capacity(entry.count as usize * HASH_WIDTH as usize);
        self.arrays.levels[0].read(entry.first, entry.count as usize, &mut hashes)?;
        for (place, hash) in hashes.as_chunks().0.iter().enumerate() {
            let index = entry.first + place as u64;
            let kept = frame.kept(place).map_err(|what| self.store.bad_leaf(index, what))?;
            if kept.hash() != *hash {
                let what = "its hash is not the one in the tree".to_owned();
                return Err(LedgerError::Rewrite { index, what });
            }
        }
        Ok(())
    }
}
