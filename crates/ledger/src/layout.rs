//! Where everything stands under the data folder, in one place.
//!
//! It only makes and reads names; it touches no disk.

use std::path::{Path, PathBuf};

/// Names under `DIR`.
#[derive(Clone, Debug)]
pub(crate) struct Layout {
    /// `DIR/ledger`: the truth, every byte checked.
    pub(crate) ledger: PathBuf,
    /// `DIR/keys`.
    pub(crate) keys: PathBuf,
}

impl Layout {
    /// The layout of data folder `dir`.
    #[must_use]
    pub(crate) fn new(dir: &Path) -> Self {
        Self { ledger: dir.join("ledger"), keys: dir.join("keys") }
    }

    pub(crate) fn lock(&self) -> PathBuf {
        self.ledger.join("lock")
    }

    pub(crate) fn checkpoint(&self) -> PathBuf {
        self.ledger.join("checkpoint")
    }

    pub(crate) fn closed(&self) -> PathBuf {
        self.ledger.join("closed")
    }

    pub(crate) fn segments(&self) -> PathBuf {
        self.ledger.join("segments")
    }

    pub(crate) fn segment(&self, first: u64) -> PathBuf {
        self.segments().join(segment_name(first))
    }

    pub(crate) fn hashes(&self) -> PathBuf {
        self.ledger.join("hashes")
    }

    pub(crate) fn level(&self, level: usize) -> PathBuf {
        self.hashes().join(level.to_string())
    }

    pub(crate) fn ids(&self) -> PathBuf {
        self.ledger.join("ids")
    }
}

/// `<first index, 20 digits>.seg`.
pub(crate) fn segment_name(first: u64) -> String {
    format!("{first:020}.seg")
}

/// First index of a segment file's name; `None` for any other name.
pub(crate) fn parse_segment_name(name: &str) -> Option<u64> {
    parse_digits(name.strip_suffix(".seg")?, 20)
}

/// `<number, 6 digits>`; a ledger never needs more.
pub(crate) fn array_file_name(number: u64) -> String {
    format!("{number:06}")
}

/// Number of an array file's name; `None` for any other name.
pub(crate) fn parse_array_file_name(name: &str) -> Option<u64> {
    parse_digits(name, 6)
}

fn parse_digits(text: &str, digits: usize) -> Option<u64> {
    (text.len() == digits && text.bytes().all(|byte| byte.is_ascii_digit()))
        .then(|| text.parse().ok())
        .flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A name is read back only in the one form that is written: no second name for a file.
    #[test]
    fn names_round_trip() {
        for first in [0, 7, u64::MAX] {
            assert_eq!(parse_segment_name(&segment_name(first)), Some(first));
        }
        assert_eq!(parse_array_file_name(&array_file_name(12)), Some(12));
        for name in ["7.seg", "0000000000000000000a.seg", "+0000000000000000001.seg", "x.tmp"] {
            assert_eq!(parse_segment_name(name), None, "{name}");
        }
        assert_eq!(parse_array_file_name("0000012"), None);
    }
}
