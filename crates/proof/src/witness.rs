//! Asking a witness to cosign: the request, its decision, its answer (c2sp.org/tlog-witness).
//!
//! A witness remembers the last checkpoint of each log that it cosigned, and cosigns only what
//! extends it. So no log can show it two histories, and none can go back. The decision is a pure
//! function in the order of checks that the specification suggests; keeping what was decided,
//! before the answer leaves, is the caller's duty.

use sha2::{Digest, Sha256};

use crate::checkpoint::Checkpoint;
use crate::consistency::ConsistencyProof;
use crate::decimal::parse_decimal;
use crate::error::ProofError;
use crate::hash::{Hash, empty_root};
use crate::inclusion::PROOF_HASHES_MAX;
use crate::note::SignedNote;
use crate::signature::NoteSignature;
use crate::tree::TreeSize;
use crate::verifier::Verifier;

/// The body of `POST /add-checkpoint`: a checkpoint, and the proof that it extends the tree of
/// size `old`, the last one this witness cosigned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddCheckpoint {
    /// What the log believes that the witness cosigned last; 0 for nothing.
    pub old: TreeSize,
    /// The consistency proof; empty if `old` is 0 or the size of the checkpoint.
    pub hashes: Vec<Hash>,
    /// The signed checkpoint, verbatim.
    pub note: String,
}

/// What a witness found fit to cosign.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Consistent {
    /// Size and root that the witness must remember before it answers.
    pub checkpoint: Checkpoint,
    /// The note; its text is what is cosigned.
    pub note: SignedNote,
}

/// Why a witness does not cosign.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Not a request, or its old size is beyond the checkpoint.
    Malformed(ProofError),
    /// None of the logs that the witness knows.
    UnknownLog {
        /// The log's name.
        origin: String,
    },
    /// Not signed by a key of that log, or altered.
    NotSigned(ProofError),
    /// The witness cosigned another size last.
    OtherSize {
        /// That size: what the request must start from.
        last: TreeSize,
    },
    /// The checkpoint does not extend what was cosigned: a fork, or a wrong proof.
    Inconsistent(ProofError),
}

impl Refusal {
    /// The HTTP status that the specification gives it.
    #[must_use]
    pub fn status(&self) -> u16 {
        match self {
            Self::Malformed(_) => 400,
            Self::NotSigned(_) => 403,
            Self::UnknownLog { .. } => 404,
            Self::OtherSize { .. } => 409,
            Self::Inconsistent(_) => 422,
        }
    }
}

impl AddCheckpoint {
    /// The request of a log. `proof` starts from what the witness cosigned last; none if that is
    /// nothing.
    #[must_use]
    pub fn new(proof: Option<ConsistencyProof>, note: &str) -> Self {
        let (old, hashes) = proof.map_or((TreeSize(0), Vec::new()), |it| (it.old, it.hashes));
        Self { old, hashes, note: note.into() }
    }

    /// Parses a body.
    ///
    /// # Errors
    /// [`ProofError::WitnessRequest`], [`ProofError::ProofTooLong`], [`ProofError::HashText`],
    /// and those of [`SignedNote::parse`] and [`Checkpoint::parse`].
    pub fn parse(body: &str) -> Result<Self, ProofError> {
        let form = |expected| ProofError::WitnessRequest { expected };
        let blank = "an empty line before the checkpoint";
        let (head, note) = body.split_once("\n\n").ok_or(form(blank))?;
        let mut lines = head.split('\n');
        let old = lines.next().and_then(|line| parse_decimal(line.strip_prefix("old ")?));
        let old = TreeSize(old.ok_or(form("a first line of old and a decimal number"))?);
        let mut hashes = Vec::new();
        for line in lines {
            if hashes.len() == PROOF_HASHES_MAX {
                let found = hashes.len() + 1;
                return Err(ProofError::ProofTooLong { found, max: PROOF_HASHES_MAX });
            }
            hashes.push(Hash::from_base64(line)?);
        }
        Checkpoint::parse(SignedNote::parse(note)?.text())?;
        Ok(Self { old, hashes, note: note.into() })
    }

    /// The body.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = format!("old {}\n", self.old);
        for hash in &self.hashes {
            text += &format!("{hash}\n");
        }
        text + "\n" + &self.note
    }

    /// The name of the log whose checkpoint this is.
    ///
    /// # Errors
    /// Those of [`SignedNote::parse`] and [`Checkpoint::parse`]; none after `parse`.
    pub fn origin(&self) -> Result<String, ProofError> {
        Ok(Checkpoint::parse(SignedNote::parse(&self.note)?.text())?.origin)
    }

    /// Whether a witness that knows the keys `logs`, and cosigned `last` of this log before, may
    /// cosign. Until it has remembered the answer it must decide nothing else about this log.
    ///
    /// # Errors
    /// The refusal.
    pub fn decide(
        &self,
        logs: &[Verifier],
        last: Option<&Checkpoint>,
    ) -> Result<Consistent, Refusal> {
        let note = SignedNote::parse(&self.note).map_err(Refusal::Malformed)?;
        let new = Checkpoint::parse(note.text()).map_err(Refusal::Malformed)?;
        let keys: Vec<Verifier> =
            logs.iter().filter(|key| key.name() == new.origin).cloned().collect();
        if keys.is_empty() {
            return Err(Refusal::UnknownLog { origin: new.origin });
        }
        note.verify(&keys).map_err(Refusal::NotSigned)?;
        if self.old > new.size {
            let (old, new) = (self.old.0, new.size.0);
            return Err(Refusal::Malformed(ProofError::SizesReversed { old, new }));
        }
        let last_size = last.map_or(TreeSize(0), |last| last.size);
        if self.old != last_size {
            return Err(Refusal::OtherSize { last: last_size });
        }
        self.check_growth(last, &new).map_err(Refusal::Inconsistent)?;
        Ok(Consistent { checkpoint: new, note })
    }

    /// Whether `new` extends the tree of size `old`, whose root is the one in `last`.
    fn check_growth(&self, last: Option<&Checkpoint>, new: &Checkpoint) -> Result<(), ProofError> {
        if new.size.0 == 0 && new.root != empty_root() {
            return Err(ProofError::RootMismatch { size: 0 });
        }
        match last {
            Some(last) if last.size.0 > 0 => {
                let (old, new_size, hashes) = (self.old, new.size, self.hashes.clone());
                ConsistencyProof { old, new: new_size, hashes }.verify(&last.root, &new.root)
            }
            // Everything extends the empty tree: there is nothing to prove.
            _ if self.hashes.is_empty() => Ok(()),
            _ => Err(ProofError::ProofLength { found: self.hashes.len() }),
        }
    }
}

/// The signature line of `witness` in its answer to a request for a checkpoint of this text.
/// Lines of other keys are passed over.
///
/// # Errors
/// [`ProofError::SignatureLine`] or [`ProofError::KeyName`] if the answer is none;
/// [`ProofError::NoKnownSignature`], [`ProofError::BadSignature`], [`ProofError::Unverifiable`].
pub fn cosignature_in(
    answer: &str,
    checkpoint_text: &str,
    witness: &Verifier,
) -> Result<NoteSignature, ProofError> {
    let mut names = Vec::new();
    for line in answer.lines() {
        let signature = NoteSignature::parse(line)?;
        if signature.name == witness.name() && signature.key_id == witness.key_id() {
            witness.verify(checkpoint_text, &signature.bytes)?;
            return Ok(signature);
        }
        names.push(signature.name);
    }
    Err(ProofError::NoKnownSignature { names })
}

/// The size in the body of a 409, `<size>\n`: what the witness cosigned last.
#[must_use]
pub fn parse_size(body: &str) -> Option<TreeSize> {
    body.strip_suffix('\n').and_then(parse_decimal).map(TreeSize)
}

/// By what a log is named in addresses and files: `SHA-256(origin)` in lower-case hex.
#[must_use]
pub fn origin_hash(origin: &str) -> String {
    Sha256::digest(origin).iter().map(|byte| format!("{byte:02x}")).collect()
}
