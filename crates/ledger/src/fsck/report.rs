//! What a check of a ledger found, for people and for tests.
//!
//! A finding names its place: file, byte offset, index, as far as each is known.

use annals_proof::{Hash, TreeSize};
use std::fmt;
use std::path::PathBuf;

/// The answer in one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Everything is as it was signed.
    Ok,
    /// Something is not what was written.
    Damaged,
    /// The folder is whole, but older than what was kept outside or what the signer remembers.
    RolledBack,
    /// The folder is whole, but its history is not the one that was kept outside.
    Forked,
    /// The folder is whole, but signed by a key that is not trusted.
    WrongKey,
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Ok => "OK",
            Self::Damaged => "DAMAGED",
            Self::RolledBack => "ROLLED_BACK",
            Self::Forked => "FORKED",
            Self::WrongKey => "WRONG_KEY",
        })
    }
}

/// What kind of thing a finding is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FindingKind {
    /// A segment file: its name, header, footer, or that it is there at all.
    Segment,
    /// A block: its header, or what follows the last one.
    Block,
    /// A frame: its bytes, or what the directory says of it.
    Frame,
    /// A leaf: it is not the one whose hash is in the tree, or out of order.
    Leaf,
    /// A value or a leaf is gone and no control entry says so.
    Missing,
    /// A hash or identifier array.
    Array,
    /// A checkpoint: its text, its signature, or the tree it speaks of.
    Checkpoint,
    /// The marker of a clean close.
    Closed,
    /// A file that does not belong to a ledger.
    Stray,
}

impl fmt::Display for FindingKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Segment => "segment",
            Self::Block => "block",
            Self::Frame => "frame",
            Self::Leaf => "leaf",
            Self::Missing => "missing",
            Self::Array => "array",
            Self::Checkpoint => "checkpoint",
            Self::Closed => "closed",
            Self::Stray => "stray",
        })
    }
}

/// One thing found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What it is about.
    pub kind: FindingKind,
    /// In which file.
    pub file: PathBuf,
    /// At which byte of it.
    pub offset: Option<u64>,
    /// At which index of the ledger.
    pub index: Option<u64>,
    /// What is wrong.
    pub message: String,
}

/// All that a check found.
#[derive(Clone, Debug)]
pub struct FsckReport {
    /// The answer.
    pub verdict: Verdict,
    /// The log's name.
    pub origin: String,
    /// Leaves found.
    pub size: TreeSize,
    /// Root of the tree of all leaves found.
    pub root: Hash,
    /// Leaves whose bytes were hashed and compared.
    pub events_checked: u64,
    /// Checkpoints whose signature and tree were verified.
    pub checkpoints_verified: u64,
    /// What became of each checkpoint that the caller kept, in its order: `Ok`, `RolledBack`,
    /// `Forked`, or `WrongKey` if no known key of this log has signed it.
    pub kept: Vec<Verdict>,
    /// Damage, in the order it was met.
    pub findings: Vec<Finding>,
    /// No damage: what an unclean stop or a running writer leaves behind the last durable block.
    pub unfinished: Vec<Finding>,
}
