//! What a dictionary is trained on: frames from all over the segment, as they will be kept.

use super::Rewrite;
use crate::directory::FrameEntry;
use crate::error::LedgerError;
use crate::frame::{FrameBuilder, train};
use crate::limits::{COMPACT_ZSTD_LEVEL, DICTIONARY_SAMPLE_BYTES_MAX};

impl Rewrite<'_> {
    /// A dictionary for the new file; empty where there is too little to learn from.
    pub(super) fn train(&mut self, frames: &[FrameEntry]) -> Result<Vec<u8>, LedgerError> {
        let bytes: u64 = frames.iter().map(|frame| u64::from(frame.raw_len)).sum();
        let every = bytes.div_ceil(DICTIONARY_SAMPLE_BYTES_MAX).max(1) as usize;
        let mut builder = FrameBuilder::packing(COMPACT_ZSTD_LEVEL, None)
            .map_err(LedgerError::read(&self.old.path))?;
        let mut samples = Vec::with_capacity(frames.len() / every + 1);
        for entry in frames.iter().step_by(every) {
            self.frame(entry, &mut |kept| {
                builder.push(kept);
                Ok(())
            })?;
            samples.push(builder.sample());
            self.step(0)?;
        }
        Ok(train(&samples).unwrap_or_default())
    }
}
