//! The zstd dictionary of a segment: trained on the segment's own leaves when it is written anew,
//! and kept in it.
//!
//! It holds pieces of values, so it is trained on what is left after a change and never carried
//! over: what was erased must not live on in it. Prepared once for each open segment and shared by
//! all threads.

use crate::limits::DICTIONARY_BYTES;
use std::fmt;
use zstd::zstd_safe::DDict;

/// A dictionary, ready to decompress with.
pub(crate) struct Dictionary(DDict<'static>);

impl Dictionary {
    /// Prepares the bytes of a dictionary. `None` if zstd does not take them.
    pub(crate) fn prepare(bytes: &[u8]) -> Option<Self> {
        DDict::try_create(bytes).map(Self)
    }

    pub(super) fn prepared(&self) -> &DDict<'static> {
        &self.0
    }
}

impl fmt::Debug for Dictionary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Dictionary")
    }
}

/// Trains a dictionary. `None` where there is too little to learn from.
pub(crate) fn train(samples: &[Vec<u8>]) -> Option<Vec<u8>> {
    let bytes: usize = samples.iter().map(Vec::len).sum();
    // One that is not much smaller than what it is made of only costs.
    if bytes < 8 * DICTIONARY_BYTES {
        return None;
    }
    zstd::dict::from_samples(samples, DICTIONARY_BYTES).ok()
}
