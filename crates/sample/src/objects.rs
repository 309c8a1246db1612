//! What the platform holds: clusters and desktops with partitions, nodes, mounts and sessions,
//! and the simpler things that are made, edited and removed.
//!
//! Objects keep numbers only; their names follow from them through the word lists. Every
//! collection has a limit, so that a world stays small however long a stream is.

use crate::acts::Act;
use crate::dice::Dice;
use crate::line::{Hex, Ip, Padded};
use crate::names::{CLUSTERS, DESKTOPS, MOUNTS, PARTITIONS};

/// Clusters of a stack, released ones included.
pub(crate) const CLUSTERS_MAX: usize = 8;
/// Desktops of a stack, released ones included.
pub(crate) const DESKTOPS_MAX: usize = 24;
pub(crate) const PARTITIONS_MAX: usize = 6;
/// Nodes of one partition.
pub(crate) const NODES_MAX: usize = 96;
/// Mounts of one cluster or desktop.
pub(crate) const MOUNTS_MAX: usize = 8;
/// Sessions open at once on one cluster or desktop.
pub(crate) const SESSIONS_MAX: usize = 40;

/// What nodes, mounts and sessions belong to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PoolKind {
    Cluster,
    Desktop,
}

impl PoolKind {
    /// Object type and role in the catalogue.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Cluster => "cluster",
            Self::Desktop => "desktop",
        }
    }
}

/// A cluster or a desktop.
#[derive(Debug)]
pub(crate) struct Pool {
    pub(crate) tag: PoolTag,
    pub(crate) owner: usize,
    pub(crate) is_released: bool,
    pub(crate) is_on: bool,
    pub(crate) partitions: Vec<Partition>,
    pub(crate) mounts: Vec<Mount>,
    pub(crate) sessions: Vec<Session>,
}

/// What names a cluster or desktop; outlives it in the tasks that follow from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PoolTag {
    pub(crate) kind: PoolKind,
    pub(crate) id: u32,
    word: u8,
    number: u16,
}

#[derive(Debug)]
pub(crate) struct Partition {
    pub(crate) tag: PartitionTag,
    pub(crate) nodes_max: u64,
    pub(crate) nodes: Vec<Node>,
    /// Number of the node added next.
    pub(crate) next_node: u16,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PartitionTag {
    pub(crate) id: u32,
    word: u8,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Node {
    pub(crate) id: u32,
    partition: PartitionTag,
    number: u16,
    pub(crate) ip: Ip,
    pub(crate) is_dynamic: bool,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Mount {
    pub(crate) id: u32,
    word: u8,
    /// The one partition that has it; `None`: all have.
    pub(crate) partition: Option<PartitionTag>,
}

/// A remote session that is open.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Session {
    pub(crate) id: u64,
    pub(crate) who: usize,
    /// The act that opened it.
    pub(crate) opened_by: Act,
    pub(crate) node: Node,
    pub(crate) software: &'static str,
    pub(crate) opened: i64,
    /// Number of the event that opened it.
    pub(crate) event: u64,
    /// How it will end, unless its node goes first.
    pub(crate) end: EndCause,
}

/// Why a session ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum EndCause {
    User,
    Admin,
    Timeout,
    Network,
    Release,
}

/// Something that is simply made, edited and removed: an image, a backup plan, a group.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Thing {
    pub(crate) id: u32,
    pub(crate) number: u16,
    /// What edits change.
    pub(crate) value: u64,
    /// Whether it must not be released.
    pub(crate) is_protected: bool,
}

impl Thing {
    pub(crate) fn new(value: u64, dice: &mut Dice) -> Self {
        let number = dice.below(100) as u16;
        Self { id: dice.fresh(), number, value, is_protected: false }
    }
}

impl Pool {
    pub(crate) fn new(kind: PoolKind, owner: usize, dice: &mut Dice) -> Self {
        let words = match kind {
            PoolKind::Cluster => CLUSTERS.len(),
            PoolKind::Desktop => DESKTOPS.len(),
        };
        let tag = PoolTag {
            kind,
            id: dice.fresh(),
            word: dice.index(words) as u8,
            number: dice.between(1, 99) as u16,
        };
        let mut partitions = Vec::new();
        if kind == PoolKind::Desktop {
            // A desktop has one partition of its own from the start: the platform makes it.
            partitions.push(Partition::new(2, dice));
        }
        Self {
            tag,
            owner,
            is_released: false,
            is_on: true,
            partitions,
            mounts: Vec::new(),
            sessions: Vec::new(),
        }
    }

    pub(crate) fn has_nodes(&self) -> bool {
        self.partitions.iter().any(|partition| !partition.nodes.is_empty())
    }
}

impl PoolTag {
    pub(crate) fn id(self) -> (&'static str, Hex) {
        match self.kind {
            PoolKind::Cluster => ("c-", Hex(self.id)),
            PoolKind::Desktop => ("d-", Hex(self.id)),
        }
    }

    pub(crate) fn name(self) -> (&'static str, &'static str, Padded) {
        let words: &[&str] = match self.kind {
            PoolKind::Cluster => &CLUSTERS,
            PoolKind::Desktop => &DESKTOPS,
        };
        (words[usize::from(self.word)], "-", Padded(self.number.into(), 2))
    }
}

impl Partition {
    /// `word`: index into `PARTITIONS`.
    pub(crate) fn new(word: usize, dice: &mut Dice) -> Self {
        let tag = PartitionTag { id: dice.fresh(), word: word as u8 };
        Self { tag, nodes_max: dice.between(2, 16) * 4, nodes: Vec::new(), next_node: 1 }
    }

    pub(crate) fn word(&self) -> usize {
        self.tag.word.into()
    }
}

impl PartitionTag {
    pub(crate) fn id(self) -> (&'static str, Hex) {
        ("p-", Hex(self.id))
    }

    pub(crate) fn name(self) -> &'static str {
        PARTITIONS[usize::from(self.word)]
    }
}

impl Node {
    pub(crate) fn new(partition: PartitionTag, number: u16, ip: u32, dice: &mut Dice) -> Self {
        let is_dynamic = dice.chance(700);
        Self { id: dice.fresh(), partition, number, ip: Ip(ip), is_dynamic }
    }

    pub(crate) fn id(self) -> (&'static str, Hex) {
        ("n-", Hex(self.id))
    }

    pub(crate) fn name(self) -> (&'static str, &'static str, Padded) {
        (self.partition.name(), "-", Padded(self.number.into(), 3))
    }
}

impl Mount {
    pub(crate) fn new(partition: Option<PartitionTag>, dice: &mut Dice) -> Self {
        Self { id: dice.fresh(), word: dice.index(MOUNTS.len()) as u8, partition }
    }

    pub(crate) fn id(self) -> (&'static str, Hex) {
        ("m-", Hex(self.id))
    }

    pub(crate) fn name(self) -> (&'static str, &'static str, Padded) {
        (MOUNTS[usize::from(self.word)], "/", Padded(u64::from(self.id % 90 + 10), 2))
    }

    /// Where the storage is: an NFS export.
    pub(crate) fn source(self) -> (Ip, &'static str, &'static str) {
        let [_, a, _, b] = self.id.to_be_bytes();
        (Ip(u32::from_be_bytes([10, a, 250, b])), ":/export", MOUNTS[usize::from(self.word)])
    }
}

impl Session {
    pub(crate) fn id(self) -> (&'static str, Hex, Hex) {
        ("rs-", Hex((self.id >> 32) as u32), Hex(self.id as u32))
    }
}

impl EndCause {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Admin => "admin",
            Self::Timeout => "timeout",
            Self::Network => "network",
            Self::Release => "release",
        }
    }
}
