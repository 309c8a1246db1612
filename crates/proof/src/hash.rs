//! The hash of the tree: SHA-256 with a prefix byte that keeps leaves and nodes apart (RFC 6962
//! section 2.1), so that no node can be passed off as an entry.
//!
//! A `Hash` is always exactly 32 bytes. Its text form is standard base64 with padding, as in
//! checkpoints and proofs; `Debug` prints hex. What an entry is, this module does not know.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::block_api::compress256;
use sha2::{Digest, Sha256};

use crate::error::ProofError;

/// Length of a hash, in bytes.
pub const HASH_BYTES: usize = 32;

/// Length of a hash as base64 with padding, in characters.
const HASH_TEXT_CHARS: usize = 44;

/// A SHA-256 hash: of a leaf, of a node, or the root of a tree.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hash(pub [u8; HASH_BYTES]);

impl Hash {
    /// Reads the text form: 44 characters of standard base64 with padding, nothing else.
    ///
    /// # Errors
    /// [`ProofError::HashText`] for any other text, also for one whose unused last bits are set.
    pub fn from_base64(text: &str) -> Result<Self, ProofError> {
        // The decoder asks for room for a whole last group, one byte more than a hash has.
        let mut bytes = [0; HASH_BYTES + 1];
        let length = match text.len() {
            HASH_TEXT_CHARS => STANDARD.decode_slice(text, &mut bytes).ok(),
            _ => None,
        };
        match (length, bytes.first_chunk()) {
            (Some(HASH_BYTES), Some(hash)) => Ok(Self(*hash)),
            _ => Err(ProofError::HashText),
        }
    }
}

/// Standard base64 with padding.
impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", base64::display::Base64Display::new(&self.0, &STANDARD))
    }
}

/// Lower-case hex.
impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// The hash of a leaf: `SHA-256(0x00 || entry)`.
#[must_use]
pub fn hash_leaf(entry: &[u8]) -> Hash {
    Hash(Sha256::new().chain_update([0x00]).chain_update(entry).finalize().into())
}

/// The hash of a node: `SHA-256(0x01 || left || right)`.
///
/// One is worked out for every leaf of a log. Its 65 bytes are always padded in the same way
/// (FIPS 180-4, section 5.1.1), so two blocks are written straight away.
#[must_use]
pub fn hash_node(left: &Hash, right: &Hash) -> Hash {
    let mut blocks = [[0; BLOCK_BYTES]; 2];
    let message = blocks.as_flattened_mut();
    message[0] = 0x01;
    message[1..=HASH_BYTES].copy_from_slice(&left.0);
    message[1 + HASH_BYTES..NODE_BYTES].copy_from_slice(&right.0);
    message[NODE_BYTES] = 0x80;
    message[2 * BLOCK_BYTES - 2..].copy_from_slice(&(NODE_BYTES as u16 * 8).to_be_bytes());
    let mut state = SHA256_INITIAL;
    compress256(&mut state, &blocks);
    let mut hash = Hash([0; HASH_BYTES]);
    for (bytes, word) in hash.0.as_chunks_mut().0.iter_mut().zip(state) {
        *bytes = word.to_be_bytes();
    }
    hash
}

/// Prefix and two hashes.
const NODE_BYTES: usize = 1 + 2 * HASH_BYTES;

/// Block of SHA-256, in bytes.
const BLOCK_BYTES: usize = 64;

/// FIPS 180-4, section 5.3.3.
const SHA256_INITIAL: [u32; 8] = [
    0x6a09_e667,
    0xbb67_ae85,
    0x3c6e_f372,
    0xa54f_f53a,
    0x510e_527f,
    0x9b05_688c,
    0x1f83_d9ab,
    0x5be0_cd19,
];

/// The root of the tree without leaves: `SHA-256("")`.
#[must_use]
pub fn empty_root() -> Hash {
    Hash(Sha256::digest([]).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(hash: Hash, hex: &str) {
        assert_eq!(format!("{hash:?}"), hex);
        assert_eq!(Hash::from_base64(&hash.to_string()).unwrap(), hash);
    }

    /// The known answers every log of this family shares.
    #[test]
    fn known_answers() {
        check(empty_root(), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
        check(hash_leaf(b""), "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
        check(
            hash_leaf(b"L123456"),
            "395aa064aa4c29f7010acfe3f25db9485bbd4b91897b6ad7ad547639252b4d56",
        );
    }

    /// The padding of a node by hand is that of the library.
    #[test]
    fn nodes_as_the_library_hashes_them() {
        let (left, right) = (hash_leaf(b"N123"), hash_leaf(b"N456"));
        let message = [&[1][..], &left.0, &right.0].concat();
        assert_eq!(hash_node(&left, &right).0, <[u8; 32]>::from(Sha256::digest(message)));
    }

    /// One hash has one text: neither length, alphabet, padding nor spare bits may vary.
    #[test]
    fn refuses_other_texts() {
        let text = empty_root().to_string();
        assert_eq!(text, "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
        for bad in [
            "",
            "=",
            &text[..43],
            &format!("{text}="),
            &format!(" {text}"),
            &text.replace('+', "-"),
            &text.replace("FU=", "FV="),
            &text.replace("FU=", "FUU"),
            &"é".repeat(22),
            &text.replace("FU=", "==="),
        ] {
            assert_eq!(Hash::from_base64(bad), Err(ProofError::HashText), "{bad}");
        }
    }
}
