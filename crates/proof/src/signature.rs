//! One signature line of a note, and what all keys share: names and key ids
//! (c2sp.org/signed-note).
//!
//! A line has one text form. Which algorithm made the signature is not said in it: only a
//! `Verifier` of the same name and key id knows, and only it can check the bytes.

use std::fmt;

use base64::Engine;
use base64::display::Base64Display;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

use crate::error::ProofError;

/// How a signature line begins: an em dash and a blank.
const LINE_START: &str = "\u{2014} ";

/// A signature line, `— <name> <base64(key id || signature)>`; nothing verified yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoteSignature {
    /// Name of the key.
    pub name: String,
    /// Short hash of name and key; only a help to find the key.
    pub key_id: u32,
    /// The signature proper; its length and meaning depend on the key.
    pub bytes: Vec<u8>,
}

impl NoteSignature {
    /// Parses one line, without its newline.
    ///
    /// # Errors
    /// [`ProofError::SignatureLine`], or [`ProofError::KeyName`].
    pub fn parse(line: &str) -> Result<Self, ProofError> {
        let parse = || {
            let (name, text) = line.strip_prefix(LINE_START)?.split_once(' ')?;
            let blob = STANDARD.decode(text).ok()?;
            let (key_id, bytes) = blob.split_first_chunk()?;
            let bytes = bytes.to_vec();
            (!bytes.is_empty()).then(|| Self {
                name: name.into(),
                key_id: u32::from_be_bytes(*key_id),
                bytes,
            })
        };
        let signature = parse().ok_or_else(|| ProofError::SignatureLine { line: line.into() })?;
        check_name(&signature.name)?;
        Ok(signature)
    }

    /// Whether `line` looks like a signature line, as the last lines of a note do.
    pub(crate) fn starts(line: &str) -> bool {
        line.starts_with(LINE_START)
    }
}

/// The line, without a newline.
impl fmt::Display for NoteSignature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let blob = [&self.key_id.to_be_bytes()[..], &self.bytes].concat();
        write!(f, "{LINE_START}{} {}", self.name, Base64Display::new(&blob, &STANDARD))
    }
}

/// A key's name is not empty and has no Unicode white space, no `+`, no control character.
pub(crate) fn check_name(name: &str) -> Result<(), ProofError> {
    let banned = |c: char| c.is_whitespace() || c.is_ascii_control() || c == '+';
    match name.is_empty() || name.contains(banned) {
        true => Err(ProofError::KeyName { name: name.into() }),
        false => Ok(()),
    }
}

/// The id of a key: the first four bytes of `SHA-256(name || 0x0A || type || public key)`.
pub(crate) fn key_id(name: &str, key_type: u8, public_key: &[u8]) -> u32 {
    let hash = Sha256::new()
        .chain_update(name)
        .chain_update([b'\n', key_type])
        .chain_update(public_key)
        .finalize();
    u32::from_be_bytes([hash[0], hash[1], hash[2], hash[3]])
}
