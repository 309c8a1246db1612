//! The sender's id of an event, its syntax and its hash.
//!
//! The id is the end-to-end key against doubles; it must carry no meaning, because it stays in
//! the core of the leaf for ever.

use crate::digest::sha256;
use crate::limits::ID_CHARS_MAX;
use smallvec::SmallVec;

/// Hash of (id, emitter): the high 40 bits come from SHA-256(id), so that an id can be looked up
/// whoever sent it; the low 24 bits from SHA-256(emitter 0x00 id). A hit is never proof: compare
/// the full id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IdHash(pub u64);

impl IdHash {
    /// The hash of `id` as sent by `emitter`.
    pub fn of(id: &str, emitter: &str) -> Self {
        let mut keyed = SmallVec::<[u8; 128]>::from_slice(emitter.as_bytes());
        keyed.push(0);
        keyed.extend_from_slice(id.as_bytes());
        Self(Self::id_part(id) | first_eight(&keyed) >> 40)
    }

    /// What every emitter's hash of `id` has in its high 40 bits; the low 24 bits are zero.
    pub fn id_part(id: &str) -> u64 {
        first_eight(id.as_bytes()) >> 24 << 24
    }
}

/// True for printable ASCII of at most [`ID_CHARS_MAX`] characters with none of `/ ? # % \` and
/// blank: what can stand in a URL path as it is.
pub fn is_event_id(text: &str) -> bool {
    !text.is_empty() && text.len() <= ID_CHARS_MAX && text.bytes().all(is_id_byte)
}

fn is_id_byte(byte: u8) -> bool {
    byte.is_ascii_graphic() && !matches!(byte, b'/' | b'?' | b'#' | b'%' | b'\\')
}

/// The first eight bytes of SHA-256(message).
fn first_eight(message: &[u8]) -> u64 {
    let digest = sha256(b"", message);
    u64::from_be_bytes(*digest.first_chunk().expect("a digest has 32 bytes"))
}

#[cfg(test)]
mod tests {
    use super::*;

    // Protects: ids that break URLs or terminals never enter the ledger.
    #[test]
    fn id_syntax() {
        let longest = "x".repeat(ID_CHARS_MAX);
        for good in ["a", "0192f0c1-7a3e-7c11-9b1d-5a2f6c3e8d01", "job:42@c\"1", &longest] {
            assert!(is_event_id(good), "{good}");
        }
        let too_long = "x".repeat(ID_CHARS_MAX + 1);
        for bad in ["", "a b", "a/b", "a?b", "a#b", "a%b", "a\\b", "a\tb", "é", &too_long] {
            assert!(!is_event_id(bad), "{bad}");
        }
    }

    // Protects: the layout on disk (`ids/` arrays): one id of two emitters shares 40 bits.
    #[test]
    fn halves_of_the_hash() {
        let (a, b) = (IdHash::of("e-1", "00000001").0, IdHash::of("e-1", "00000002").0);
        assert_eq!(a >> 24, b >> 24);
        assert_ne!(a, b);
        assert_eq!(a >> 24 << 24, IdHash::id_part("e-1"));
        // SHA-256("abc") starts with ba7816bf 8f01cfea.
        assert_eq!(IdHash::id_part("abc"), 0xba78_16bf_8f00_0000);
    }
}
