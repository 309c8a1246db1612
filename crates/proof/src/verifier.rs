//! Public keys as written for people: the vkey, `<name>+<key id>+<base64(type || key)>`
//! (c2sp.org/signed-note).
//!
//! A `Verifier` always has the id its name and key hash to, and an Ed25519 key on which strict
//! verification can succeed. Strict means: no key or signature point of small order, no second
//! encoding, so that nobody can make one signature fit two texts.

use std::fmt;

use base64::Engine;
use base64::display::Base64Display;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signature, VerifyingKey};

use crate::cosignature::{ML_DSA_44_BYTES, TimedSignature, cosigned_message};
use crate::error::ProofError;
use crate::signature::{check_name, key_id};

/// Length of an ML-DSA-44 public key, in bytes.
const ML_DSA_44_KEY_BYTES: usize = 1312;

/// The longest vkey, in bytes: an ML-DSA-44 key takes 1,752 of them.
pub const VKEY_BYTES_MAX: usize = 4096;

/// What a key signs, and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyType {
    /// 0x01: Ed25519 over the text of a note. Logs sign with it.
    Ed25519,
    /// 0x04: Ed25519 over time and text of a checkpoint. Witnesses sign with it.
    CosignatureV1,
    /// 0x06: ML-DSA-44 cosignature; known, never verified.
    MlDsa44,
}

impl KeyType {
    /// The type byte in vkeys and key ids.
    pub(crate) fn byte(self) -> u8 {
        match self {
            Self::Ed25519 => 0x01,
            Self::CosignatureV1 => 0x04,
            Self::MlDsa44 => 0x06,
        }
    }
}

/// A public key with its name: who may have signed.
#[derive(Clone, PartialEq, Eq)]
pub struct Verifier {
    name: String,
    key_id: u32,
    key: PublicKey,
}

#[derive(Clone, PartialEq, Eq)]
enum PublicKey {
    Ed25519(VerifyingKey),
    CosignatureV1(VerifyingKey),
    MlDsa44(Box<[u8; ML_DSA_44_KEY_BYTES]>),
}

impl Verifier {
    /// Parses a vkey.
    ///
    /// # Errors
    /// [`ProofError::Vkey`] for another form, [`ProofError::KeyId`] if the id is not that of
    /// name and key, [`ProofError::KeyType`], [`ProofError::KeyName`], [`ProofError::PublicKey`].
    pub fn parse(vkey: &str) -> Result<Self, ProofError> {
        let (name, id, key) = split_key(vkey).ok_or(ProofError::Vkey)?;
        let (type_byte, public_key) = key.split_first().ok_or(ProofError::Vkey)?;
        let wrong_length = |_| ProofError::PublicKey { name: name.into() };
        let verifier = match type_byte {
            0x01 => Self::ed25519(name, public_key.try_into().map_err(wrong_length)?)?,
            0x04 => Self::cosigner(name, public_key.try_into().map_err(wrong_length)?)?,
            0x06 => Self::ml_dsa_44(name, public_key.try_into().map_err(wrong_length)?)?,
            other => return Err(ProofError::KeyType { name: name.into(), key_type: *other }),
        };
        match verifier.key_id == id {
            true => Ok(verifier),
            false => Err(ProofError::KeyId { name: name.into(), found: id }),
        }
    }

    /// A key that signs notes, such as a log's.
    ///
    /// # Errors
    /// [`ProofError::KeyName`], or [`ProofError::PublicKey`] if the bytes are no point of the
    /// curve or one of small order, under which anybody can sign.
    pub fn ed25519(name: &str, public_key: [u8; 32]) -> Result<Self, ProofError> {
        Self::new(name, PublicKey::Ed25519(parse_point(name, &public_key)?))
    }

    /// A key that makes cosignatures, such as a witness's.
    ///
    /// # Errors
    /// As [`ed25519`](Self::ed25519).
    pub fn cosigner(name: &str, public_key: [u8; 32]) -> Result<Self, ProofError> {
        Self::new(name, PublicKey::CosignatureV1(parse_point(name, &public_key)?))
    }

    /// A key that makes ML-DSA-44 cosignatures: known by name, never verified.
    ///
    /// # Errors
    /// [`ProofError::KeyName`].
    pub fn ml_dsa_44(
        name: &str,
        public_key: [u8; ML_DSA_44_KEY_BYTES],
    ) -> Result<Self, ProofError> {
        Self::new(name, PublicKey::MlDsa44(Box::new(public_key)))
    }

    fn new(name: &str, key: PublicKey) -> Result<Self, ProofError> {
        check_name(name)?;
        let key_id = key_id(name, key.key_type().byte(), key.as_bytes());
        Ok(Self { name: name.into(), key_id, key })
    }

    /// Name of the key; a log's is its origin.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Short hash of name and key, written before each signature.
    #[must_use]
    pub fn key_id(&self) -> u32 {
        self.key_id
    }

    /// What the key signs.
    #[must_use]
    pub fn key_type(&self) -> KeyType {
        self.key.key_type()
    }

    /// The bytes of the public key, without name and type.
    #[must_use]
    pub fn public_key(&self) -> &[u8] {
        self.key.as_bytes()
    }

    /// Checks the bytes of a signature over the text of a note, which for a cosigner is the text
    /// of a checkpoint.
    ///
    /// # Errors
    /// [`ProofError::BadSignature`], or [`ProofError::Unverifiable`] for an ML-DSA-44 key.
    pub fn verify(&self, text: &str, signature: &[u8]) -> Result<(), ProofError> {
        let verified = match &self.key {
            PublicKey::Ed25519(key) => verify_strict(key, text.as_bytes(), signature),
            PublicKey::CosignatureV1(key) => TimedSignature::parse(signature).and_then(|timed| {
                let message = cosigned_message(timed.time, text);
                verify_strict(key, message.as_bytes(), timed.signature)
            }),
            // That it has the right form is all that can be said.
            PublicKey::MlDsa44(_) => match TimedSignature::parse(signature) {
                Some(timed) if timed.signature.len() == ML_DSA_44_BYTES => {
                    return Err(ProofError::Unverifiable { name: self.name.clone() });
                }
                _ => None,
            },
        };
        verified.ok_or_else(|| ProofError::BadSignature {
            name: self.name.clone(),
            key_id: self.key_id,
        })
    }
}

/// The vkey.
impl fmt::Display for Verifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        print_key(f, self, self.key.as_bytes())
    }
}

impl fmt::Debug for Verifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Verifier({self})")
    }
}

impl PublicKey {
    fn key_type(&self) -> KeyType {
        match self {
            Self::Ed25519(_) => KeyType::Ed25519,
            Self::CosignatureV1(_) => KeyType::CosignatureV1,
            Self::MlDsa44(_) => KeyType::MlDsa44,
        }
    }

    fn as_bytes(&self) -> &[u8] {
        match self {
            Self::Ed25519(key) | Self::CosignatureV1(key) => key.as_bytes(),
            Self::MlDsa44(key) => &key[..],
        }
    }
}

/// Takes `<name>+<8 hex digits>+<base64>` apart: a name has no `+`, base64 may. The form of
/// public and private keys alike.
pub(crate) fn split_key(text: &str) -> Option<(&str, u32, Vec<u8>)> {
    let mut parts = text.splitn(3, '+');
    let (name, id, key) = (parts.next()?, parts.next()?, parts.next()?);
    let lower_hex = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    if text.len() > VKEY_BYTES_MAX || id.len() != 8 || !id.bytes().all(lower_hex) {
        return None;
    }
    Some((name, u32::from_str_radix(id, 16).ok()?, STANDARD.decode(key).ok()?))
}

/// Prints what [`split_key`] reads: name, id and type of `verifier`, and the bytes of `key`.
pub(crate) fn print_key(
    f: &mut fmt::Formatter<'_>,
    verifier: &Verifier,
    key: &[u8],
) -> fmt::Result {
    let key = [&[verifier.key_type().byte()], key].concat();
    let key = Base64Display::new(&key, &STANDARD);
    write!(f, "{}+{:08x}+{key}", verifier.name, verifier.key_id)
}

fn parse_point(name: &str, public_key: &[u8; 32]) -> Result<VerifyingKey, ProofError> {
    VerifyingKey::from_bytes(public_key)
        .ok()
        .filter(|key| !key.is_weak())
        .ok_or_else(|| ProofError::PublicKey { name: name.into() })
}

fn verify_strict(key: &VerifyingKey, message: &[u8], signature: &[u8]) -> Option<()> {
    let signature = Signature::from_bytes(signature.try_into().ok()?);
    key.verify_strict(message, &signature).ok()
}
