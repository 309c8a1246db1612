//! Where a line stands: file and byte offset, in a form that survives rotation.
//!
//! A file is known by its first line, not by name or inode: a log that was renamed or copied away
//! is still the same file, and a name that holds something new is not.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest, Sha256};

/// SHA-256 of the first complete line of a file, without its line end.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Fingerprint([u8; 32]);

impl Fingerprint {
    /// The fingerprint of a file that begins with `line`.
    pub fn of(line: &[u8]) -> Self {
        Self(Sha256::digest(line).into())
    }

    pub(crate) fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Fingerprint {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Fingerprint {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        parse_hex(&text).map(Self).ok_or_else(|| {
            serde::de::Error::custom("a fingerprint is 64 lower-case hexadecimal digits")
        })
    }
}

fn parse_hex(text: &str) -> Option<[u8; 32]> {
    let digits = text.as_bytes();
    if digits.len() != 64 {
        return None;
    }
    let mut bytes = [0; 32];
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        let high = char::from(pair[0]).to_digit(16)?;
        let low = char::from(pair[1]).to_digit(16)?;
        *byte = u8::try_from(high * 16 + low).ok()?;
    }
    Some(bytes)
}

/// The start of one line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// Which file.
    pub file: Fingerprint,
    /// Bytes before the line.
    pub offset: u64,
}

/// One line as read, without its line end.
#[derive(Clone, Copy, Debug)]
pub struct RawLine<'a> {
    /// Where it starts.
    pub place: Place,
    /// What it says; any bytes.
    pub bytes: &'a [u8],
}

/// A line that a record rests on, kept until the record is complete.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// Where it starts.
    pub place: Place,
    /// Its text: bytes that are no UTF-8, and U+0000, are shown as U+FFFD.
    pub text: String,
}

impl Evidence {
    /// Longest text kept of one line. OpenSSH itself writes at most 1 KiB a message.
    pub const BYTES_MAX: usize = 4096;

    /// Keeps the start of a line.
    pub fn of(raw: &RawLine<'_>) -> Self {
        let cut = &raw.bytes[..raw.bytes.len().min(Self::BYTES_MAX)];
        let mut text = String::from_utf8_lossy(cut).into_owned();
        // No JSON value of a record may hold U+0000.
        if text.contains('\0') {
            text = text.replace('\0', "\u{fffd}");
        }
        Self { place: raw.place, text }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A saved position must come back as it was, or ids change after a restart.
    #[test]
    fn fingerprint_survives_json() {
        let print = Fingerprint::of(b"first line");
        let json = serde_json::to_string(&print).unwrap();
        assert_eq!(serde_json::from_str::<Fingerprint>(&json).unwrap(), print);
        for bad in ["\"\"", "\"zz\"", "\"\u{e9}\"", "7"] {
            assert!(serde_json::from_str::<Fingerprint>(bad).is_err(), "{bad}");
        }
    }

    /// Foreign bytes must not be able to make a record that the server refuses.
    #[test]
    fn evidence_is_clean_text() {
        let place = Place { file: Fingerprint::of(b""), offset: 0 };
        let kept = |bytes: &[u8]| Evidence::of(&RawLine { place, bytes }).text;
        assert_eq!(kept(b"a\0b\xffc"), "a\u{fffd}b\u{fffd}c");
        assert_eq!(kept(&[b'x'; 9000]).len(), Evidence::BYTES_MAX);
    }
}
