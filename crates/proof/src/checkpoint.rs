//! Checkpoints: a log's signed word for its size and root (c2sp.org/tlog-checkpoint).
//!
//! A log never signs two that contradict each other; whoever holds two can check that with a
//! consistency proof. `Checkpoint` is the text, `SignedCheckpoint` one whose log signature was
//! verified. Extension lines are allowed in and signed, but say nothing here.

use crate::cosignature::{Cosignature, CosignatureState, TimedSignature};
use crate::decimal::parse_decimal;
use crate::error::ProofError;
use crate::hash::Hash;
use crate::note::{SignedNote, check_text};
use crate::tree::TreeSize;
use crate::verifier::{KeyType, Verifier};

/// The text of a checkpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// The log's name, by which its key is called too.
    pub origin: String,
    /// Number of leaves.
    pub size: TreeSize,
    /// Root of the tree of that size.
    pub root: Hash,
}

impl Checkpoint {
    /// Parses the text of a note: origin, size, root, a line each, then extension lines, which
    /// are not kept.
    ///
    /// # Errors
    /// [`ProofError::CheckpointForm`], [`ProofError::NoteText`], [`ProofError::HashText`].
    pub fn parse(text: &str) -> Result<Self, ProofError> {
        check_text(text)?;
        let lines = text.strip_suffix('\n').ok_or(ProofError::CheckpointForm)?;
        let mut lines = lines.split('\n');
        let mut line =
            || lines.next().filter(|line| !line.is_empty()).ok_or(ProofError::CheckpointForm);
        let origin = line()?.to_owned();
        let size = parse_decimal(line()?).ok_or(ProofError::CheckpointForm)?;
        let root = Hash::from_base64(line()?)?;
        match lines.any(str::is_empty) {
            true => Err(ProofError::CheckpointForm),
            false => Ok(Self { origin, size: TreeSize(size), root }),
        }
    }

    /// The text to sign, without extension lines.
    #[must_use]
    pub fn text(&self) -> String {
        format!("{}\n{}\n{}\n", self.origin, self.size, self.root)
    }
}

/// A checkpoint whose log signature was verified, and what its other lines say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedCheckpoint {
    /// What the log signed.
    pub checkpoint: Checkpoint,
    /// The note as it was given, all signature lines included.
    pub note: String,
    /// The keys, of those given, whose signatures were found and verified: the log's, and
    /// cosigners' if their keys were given.
    pub signed_by: Vec<Verifier>,
}

impl SignedCheckpoint {
    /// Parses the note and demands a valid signature of one of `keys` whose name is the origin.
    ///
    /// # Errors
    /// Those of [`SignedNote::parse`], [`Checkpoint::parse`] and [`SignedNote::verify`];
    /// [`ProofError::NotTheLogsKey`] if known keys signed, but none that bears the origin.
    pub fn verify(note: &str, keys: &[Verifier]) -> Result<Self, ProofError> {
        let signed = SignedNote::parse(note)?;
        let checkpoint = Checkpoint::parse(signed.text())?;
        let signed_by = signed.verify(keys)?;
        let is_log =
            |key: &&Verifier| key.key_type() == KeyType::Ed25519 && key.name() == checkpoint.origin;
        if !signed_by.iter().any(is_log) {
            return Err(ProofError::NotTheLogsKey { origin: checkpoint.origin });
        }
        let signed_by = signed_by.into_iter().cloned().collect();
        Ok(Self { checkpoint, note: note.into(), signed_by })
    }

    /// What the cosigners among `keys` say, a line each, in the order of the note. Keys of other
    /// types say nothing here.
    ///
    /// # Errors
    /// [`ProofError::BadSignature`] if one line of a known cosigner fails, whatever the others
    /// say.
    pub fn cosignatures(&self, keys: &[Verifier]) -> Result<Vec<Cosignature>, ProofError> {
        let note = SignedNote::parse(&self.note)?;
        let mut cosignatures = Vec::new();
        for (key, signature) in note.signatures_of(keys) {
            if key.key_type() == KeyType::Ed25519 {
                continue;
            }
            let state = match key.verify(note.text(), &signature.bytes) {
                Ok(()) => CosignatureState::Verified,
                Err(ProofError::Unverifiable { .. }) => CosignatureState::UnverifiedMlDsa44,
                Err(error) => return Err(error),
            };
            let timed =
                TimedSignature::parse(&signature.bytes).ok_or(ProofError::BadSignature {
                    name: key.name().into(),
                    key_id: key.key_id(),
                })?;
            let name = key.name().into();
            cosignatures.push(Cosignature { name, key_id: key.key_id(), time: timed.time, state });
        }
        Ok(cosignatures)
    }
}
