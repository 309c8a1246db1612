//! Signed notes: a text and the signature lines below it (c2sp.org/signed-note).
//!
//! Text and signatures part at the last empty line. Parsing checks form alone; the text means
//! nothing until `verify` has found the signature of a known key. Printing gives back the bytes
//! that were parsed.

use std::fmt;

use crate::error::ProofError;
use crate::signature::NoteSignature;
use crate::verifier::Verifier;

/// The longest note, in bytes: room for every signature at its largest.
pub const NOTE_BYTES_MAX: usize = 1024 * 1024;

/// The most signature lines a note may have (the specification demands 16).
pub const NOTE_SIGNATURES_MAX: usize = 100;

/// A parsed note: text and signature lines, nothing verified yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedNote {
    text: String,
    signatures: Vec<NoteSignature>,
}

impl SignedNote {
    /// Parses a note.
    ///
    /// # Errors
    /// [`ProofError::NoteTooLong`], [`ProofError::NoteText`], [`ProofError::NoteForm`],
    /// [`ProofError::TooManySignatures`], [`ProofError::SignatureLine`],
    /// [`ProofError::KeyName`].
    pub fn parse(note: &str) -> Result<Self, ProofError> {
        if note.len() > NOTE_BYTES_MAX {
            return Err(ProofError::NoteTooLong { bytes: note.len(), max: NOTE_BYTES_MAX });
        }
        check_text(note)?;
        let empty_line = note.rfind("\n\n").ok_or(ProofError::NoteForm)?;
        let (text, signatures) = note.split_at(empty_line + 1);
        let lines = signatures.strip_prefix('\n').and_then(|lines| lines.strip_suffix('\n'));
        let lines = lines.ok_or(ProofError::NoteForm)?;
        let count = lines.split('\n').count();
        if count > NOTE_SIGNATURES_MAX {
            return Err(ProofError::TooManySignatures { count, max: NOTE_SIGNATURES_MAX });
        }
        let signatures = lines.split('\n').map(NoteSignature::parse).collect::<Result<_, _>>()?;
        Ok(Self { text: text.into(), signatures })
    }

    /// What is signed, with its last newline.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The signature lines in their order, of known and unknown keys.
    #[must_use]
    pub fn signatures(&self) -> &[NoteSignature] {
        &self.signatures
    }

    /// Adds a signature line below the others, as a witness's.
    ///
    /// # Errors
    /// [`ProofError::TooManySignatures`].
    pub fn push(&mut self, signature: NoteSignature) -> Result<(), ProofError> {
        let count = self.signatures.len() + 1;
        if count > NOTE_SIGNATURES_MAX {
            return Err(ProofError::TooManySignatures { count, max: NOTE_SIGNATURES_MAX });
        }
        self.signatures.push(signature);
        Ok(())
    }

    /// The keys among `keys` that signed this note, each once. Lines of unknown keys are passed
    /// over, as are those of ML-DSA-44 keys, which cannot be checked.
    ///
    /// # Errors
    /// [`ProofError::BadSignature`] if one line of a known key fails, whatever the others say;
    /// [`ProofError::NoKnownSignature`] if no known key signed.
    pub fn verify<'a>(&self, keys: &'a [Verifier]) -> Result<Vec<&'a Verifier>, ProofError> {
        let mut signed: Vec<&Verifier> = Vec::new();
        for (key, signature) in self.signatures_of(keys) {
            match key.verify(&self.text, &signature.bytes) {
                Ok(()) if signed.contains(&key) => {}
                Ok(()) => signed.push(key),
                Err(ProofError::Unverifiable { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        if signed.is_empty() {
            let names = self.signatures.iter().map(|signature| signature.name.clone()).collect();
            return Err(ProofError::NoKnownSignature { names });
        }
        Ok(signed)
    }

    /// Each signature line with the key it names, in the order of the lines.
    pub(crate) fn signatures_of<'a>(
        &self,
        keys: &'a [Verifier],
    ) -> impl Iterator<Item = (&'a Verifier, &NoteSignature)> {
        self.signatures.iter().flat_map(move |signature| {
            let named = move |key: &&Verifier| {
                key.key_id() == signature.key_id && key.name() == signature.name
            };
            keys.iter().filter(named).map(move |key| (key, signature))
        })
    }
}

/// The note as it was parsed.
impl fmt::Display for SignedNote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.text)?;
        self.signatures.iter().try_for_each(|signature| writeln!(f, "{signature}"))
    }
}

/// A note has no control characters but the newline.
pub(crate) fn check_text(text: &str) -> Result<(), ProofError> {
    match text.bytes().position(|byte| byte < b' ' && byte != b'\n') {
        Some(offset) => Err(ProofError::NoteText { offset }),
        None => Ok(()),
    }
}
