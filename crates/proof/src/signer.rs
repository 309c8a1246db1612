//! Private keys: `Signer` signs notes for a log, `Cosigner` makes cosignatures for a witness.
//!
//! Ed25519 only, so the same text always gets the same signature. `Debug` shows the public half;
//! the seed is wiped from memory when the key is dropped. Where a key is kept, and whether a
//! checkpoint may be signed at all, is decided elsewhere: a signer signs what it is given.

use std::fmt;

use ed25519_dalek::{Signer as _, SigningKey};

use crate::cosignature::{COSIGNATURE_SECONDS_MAX, cosigned_message};
use crate::error::ProofError;
use crate::signature::NoteSignature;
use crate::verifier::{KeyType, Verifier, print_key, split_key};

/// How the text form of a private key begins (a convention of golang.org/x/mod/sumdb/note).
const PRIVATE_KEY_START: &str = "PRIVATE+KEY+";

/// A private key with its name that signs notes.
#[derive(Clone, Debug)]
pub struct Signer(KeyPair);

impl Signer {
    /// From the 32 secret bytes that an Ed25519 key is made of.
    ///
    /// # Errors
    /// [`ProofError::KeyName`].
    pub fn from_seed(name: &str, seed: [u8; 32]) -> Result<Self, ProofError> {
        KeyPair::from_seed(name, seed, KeyType::Ed25519).map(Self)
    }

    /// Parses `PRIVATE+KEY+<name>+<key id>+<base64(01 || seed)>`.
    ///
    /// # Errors
    /// [`ProofError::PrivateKey`] for another form, [`ProofError::KeyName`],
    /// [`ProofError::KeyId`].
    pub fn parse(text: &str) -> Result<Self, ProofError> {
        KeyPair::parse(text, KeyType::Ed25519).map(Self)
    }

    /// The secret text that [`parse`](Self::parse) reads.
    #[must_use]
    pub fn encode(&self) -> String {
        self.0.encode()
    }

    /// Name of the key; a log's is its origin.
    #[must_use]
    pub fn name(&self) -> &str {
        self.0.verifier.name()
    }

    /// The public half.
    #[must_use]
    pub fn verifier(&self) -> Verifier {
        self.0.verifier.clone()
    }

    /// The whole signed note: text, blank line, one signature line. The text ends with a newline
    /// and has no other control character, or the note will not parse.
    #[must_use]
    pub fn sign(&self, text: &str) -> String {
        format!("{text}\n{}\n", self.signature(text))
    }

    /// The signature line alone, to be added to a note of the same text.
    #[must_use]
    pub fn signature(&self, text: &str) -> NoteSignature {
        self.0.signature(self.0.key.sign(text.as_bytes()).to_bytes().to_vec())
    }
}

/// A private key with its name that makes cosignatures (`cosignature/v1`).
///
/// The signed message does not say who signs, so each cosigner needs a key of its own.
#[derive(Clone, Debug)]
pub struct Cosigner(KeyPair);

impl Cosigner {
    /// From the 32 secret bytes that an Ed25519 key is made of.
    ///
    /// # Errors
    /// [`ProofError::KeyName`].
    pub fn from_seed(name: &str, seed: [u8; 32]) -> Result<Self, ProofError> {
        KeyPair::from_seed(name, seed, KeyType::CosignatureV1).map(Self)
    }

    /// Parses `PRIVATE+KEY+<name>+<key id>+<base64(04 || seed)>`.
    ///
    /// # Errors
    /// [`ProofError::PrivateKey`] for another form, [`ProofError::KeyName`],
    /// [`ProofError::KeyId`].
    pub fn parse(text: &str) -> Result<Self, ProofError> {
        KeyPair::parse(text, KeyType::CosignatureV1).map(Self)
    }

    /// The secret text that [`parse`](Self::parse) reads.
    #[must_use]
    pub fn encode(&self) -> String {
        self.0.encode()
    }

    /// Name of the key.
    #[must_use]
    pub fn name(&self) -> &str {
        self.0.verifier.name()
    }

    /// The public half.
    #[must_use]
    pub fn verifier(&self) -> Verifier {
        self.0.verifier.clone()
    }

    /// The cosignature line for the text of a checkpoint, made at `time`, in POSIX seconds. The
    /// caller has checked that the checkpoint is consistent with all it cosigned before.
    ///
    /// # Errors
    /// [`ProofError::CosignatureTime`] for a time that no cosignature may carry.
    pub fn cosign(&self, checkpoint_text: &str, time: u64) -> Result<NoteSignature, ProofError> {
        if time > COSIGNATURE_SECONDS_MAX {
            return Err(ProofError::CosignatureTime { time });
        }
        let signature = self.0.key.sign(cosigned_message(time, checkpoint_text).as_bytes());
        let bytes = [&time.to_be_bytes()[..], &signature.to_bytes()].concat();
        Ok(self.0.signature(bytes))
    }
}

/// Both halves of a key; the public one also knows name and type.
#[derive(Clone)]
struct KeyPair {
    verifier: Verifier,
    key: SigningKey,
}

impl KeyPair {
    fn from_seed(name: &str, seed: [u8; 32], key_type: KeyType) -> Result<Self, ProofError> {
        let key = SigningKey::from_bytes(&seed);
        let public_key = key.verifying_key().to_bytes();
        let verifier = match key_type {
            KeyType::CosignatureV1 => Verifier::cosigner(name, public_key)?,
            _ => Verifier::ed25519(name, public_key)?,
        };
        Ok(Self { verifier, key })
    }

    fn parse(text: &str, key_type: KeyType) -> Result<Self, ProofError> {
        let parse = || {
            let (name, id, key) = split_key(text.strip_prefix(PRIVATE_KEY_START)?)?;
            let seed = key.strip_prefix(&[key_type.byte()])?.try_into().ok()?;
            Some((name, id, seed))
        };
        let (name, id, seed) = parse().ok_or(ProofError::PrivateKey)?;
        let pair = Self::from_seed(name, seed, key_type)?;
        match pair.verifier.key_id() == id {
            true => Ok(pair),
            false => Err(ProofError::KeyId { name: name.into(), found: id }),
        }
    }

    fn encode(&self) -> String {
        struct Secret<'a>(&'a KeyPair);
        impl fmt::Display for Secret<'_> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(PRIVATE_KEY_START)?;
                print_key(f, &self.0.verifier, self.0.key.as_bytes())
            }
        }
        Secret(self).to_string()
    }

    fn signature(&self, bytes: Vec<u8>) -> NoteSignature {
        let name = self.verifier.name().into();
        NoteSignature { name, key_id: self.verifier.key_id(), bytes }
    }
}

impl fmt::Debug for KeyPair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.verifier)
    }
}
