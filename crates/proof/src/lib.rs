//! What can be proved, without us: an auditor who trusts one public key can check with this
//! crate alone that an event stands in the log, where, and that nothing before it changed.
//!
//! Trees and proofs are those of RFC 6962 and RFC 9162 with SHA-256; tiles, notes, checkpoints,
//! cosignatures, proof files and policies are those of C2SP. No input makes this crate panic.
//!
//! It does no I/O, reads no clock and knows nothing of what an event is: `record` makes the entry
//! that is hashed, `ledger` keeps the hashes, and `docs/formats/proofs.md` tells all of it to a
//! reader without this code.
//!
//! From the ground up: [`struct@Hash`] and the tree's [`Frontier`], proofs from a [`HashSource`]
//! ([`InclusionProof`], [`ConsistencyProof`]), [`Tile`]s; then [`SignedNote`]s and their keys
//! ([`Signer`], [`Verifier`]), [`SignedCheckpoint`]s, and all in one file, the [`ProofBundle`].

mod bundle;
mod checkpoint;
mod consistency;
mod cosignature;
mod decimal;
mod error;
mod hash;
mod inclusion;
mod note;
mod policy;
mod published;
mod signature;
mod signer;
mod source;
mod subtree;
mod tile;
mod tree;
mod verifier;
mod witness;

pub use bundle::{PROOF_HEADER, ProofBundle};
pub use checkpoint::{Checkpoint, SignedCheckpoint};
pub use consistency::ConsistencyProof;
pub use cosignature::{COSIGNATURE_SECONDS_MAX, Cosignature, CosignatureState};
pub use error::ProofError;
pub use hash::{HASH_BYTES, Hash, empty_root, hash_leaf, hash_node};
pub use inclusion::{InclusionProof, PROOF_HASHES_MAX};
pub use note::{NOTE_BYTES_MAX, NOTE_SIGNATURES_MAX, SignedNote};
pub use policy::{Policy, PolicyLog, PolicyWitness};
pub use published::{checkpoint_line, notes_in};
pub use signature::NoteSignature;
pub use signer::{Cosigner, Signer};
pub use source::HashSource;
pub use subtree::{Subtree, SubtreeProof};
pub use tile::{
    BUNDLE_ENTRY_BYTES_MAX, EntryBundle, TILE_LEVEL_MAX, TILE_NUMBER_MAX, TILE_WIDTH_MAX, Tile,
};
pub use tree::{Frontier, LeafIndex, TreeSize};
pub use verifier::{KeyType, VKEY_BYTES_MAX, Verifier};
pub use witness::{AddCheckpoint, Consistent, Refusal, cosignature_in, origin_hash, parse_size};
