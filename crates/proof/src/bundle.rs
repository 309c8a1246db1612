//! A proof in one file, `.tlog-proof` (c2sp.org/tlog-proof): an entry's index, its inclusion
//! proof and the checkpoint it leads to, with the log's and the witnesses' signatures.
//!
//! The file does not say what the entry is: the verifier hashes that itself, with help from the
//! `extra` bytes, which are not authenticated by anything but that hash. Printing gives back the
//! bytes that were parsed.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::checkpoint::{Checkpoint, SignedCheckpoint};
use crate::decimal::parse_decimal;
use crate::error::ProofError;
use crate::hash::Hash;
use crate::inclusion::{InclusionProof, PROOF_HASHES_MAX};
use crate::note::SignedNote;
use crate::signature::NoteSignature;
use crate::tree::LeafIndex;
use crate::verifier::Verifier;

/// The first line of the file.
pub const PROOF_HEADER: &str = "c2sp.org/tlog-proof@v1";

/// A parsed or newly made proof file; nothing verified yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProofBundle {
    /// What the application adds, in Annals the leaf and its disclosed values.
    pub extra: Option<Vec<u8>>,
    /// Position of the entry in the log.
    pub index: LeafIndex,
    /// The inclusion proof, leaf's sibling first.
    pub hashes: Vec<Hash>,
    /// The checkpoint's note, verbatim.
    pub note: String,
}

impl ProofBundle {
    /// Parses a file that holds one proof.
    ///
    /// # Errors
    /// [`ProofError::BundleForm`] with what stands wrong, [`ProofError::ProofTooLong`],
    /// [`ProofError::HashText`], and those of [`SignedNote::parse`] and [`Checkpoint::parse`].
    pub fn parse(text: &str) -> Result<Self, ProofError> {
        let malformed = |expected| ProofError::BundleForm { expected };
        let (head, note) =
            text.split_once("\n\n").ok_or(malformed("an empty line before the checkpoint"))?;
        let mut lines = head.split('\n').peekable();
        if lines.next() != Some(PROOF_HEADER) {
            return Err(malformed("the first line c2sp.org/tlog-proof@v1"));
        }
        let extra = match lines.next_if(|line| line.starts_with("extra ")) {
            Some(line) => Some(
                STANDARD
                    .decode(&line["extra ".len()..])
                    .map_err(|_| malformed("base64 with padding after extra"))?,
            ),
            None => None,
        };
        let index = lines
            .next()
            .and_then(|line| line.strip_prefix("index "))
            .and_then(parse_decimal)
            .ok_or(malformed("a line index and a decimal number"))?;
        let mut hashes = Vec::new();
        for line in lines {
            if hashes.len() == PROOF_HASHES_MAX {
                let found = hashes.len() + 1;
                return Err(ProofError::ProofTooLong { found, max: PROOF_HASHES_MAX });
            }
            hashes.push(Hash::from_base64(line)?);
        }
        Checkpoint::parse(SignedNote::parse(note)?.text())?;
        Ok(Self { extra, index: LeafIndex(index), hashes, note: note.into() })
    }

    /// Parses a file that holds one proof or several, one after the other, as those of an
    /// operation's intent and outcome.
    ///
    /// # Errors
    /// Those of [`parse`](Self::parse), of the first proof that fails.
    pub fn parse_all(text: &str) -> Result<Vec<Self>, ProofError> {
        let mut proofs = Vec::new();
        let (mut start, mut at) = (0, 0);
        let mut last_is_signature = false;
        for line in text.split_inclusive('\n') {
            // Only where a note has ended can the next proof begin.
            if last_is_signature && line.trim_end_matches('\n') == PROOF_HEADER {
                proofs.push(Self::parse(&text[start..at])?);
                start = at;
            }
            last_is_signature = NoteSignature::starts(line);
            at += line.len();
        }
        proofs.push(Self::parse(&text[start..])?);
        Ok(proofs)
    }

    /// The file.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = format!("{PROOF_HEADER}\n");
        if let Some(extra) = &self.extra {
            text += "extra ";
            STANDARD.encode_string(extra, &mut text);
            text += "\n";
        }
        text += &format!("index {}\n", self.index);
        for hash in &self.hashes {
            text += &format!("{hash}\n");
        }
        text + "\n" + &self.note
    }

    /// Checks that the log of one of `keys` signed a tree in which `leaf` (a leaf hash) stands at
    /// the index. Returns the checkpoint it was proved with; whether its cosignatures suffice is
    /// a policy's question.
    ///
    /// # Errors
    /// Those of [`SignedCheckpoint::verify`] and [`InclusionProof::verify`].
    pub fn verify(&self, leaf: &Hash, keys: &[Verifier]) -> Result<SignedCheckpoint, ProofError> {
        let signed = SignedCheckpoint::verify(&self.note, keys)?;
        let Checkpoint { size, root, .. } = signed.checkpoint;
        let proof = InclusionProof { index: self.index, size, hashes: self.hashes.clone() };
        proof.verify(leaf, &root)?;
        Ok(signed)
    }
}
