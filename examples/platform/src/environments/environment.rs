//! `Environment`: one cluster or desktop, and what is in it: partitions, nodes, mounts.
//!
//! What it is asked to do for several things, it does for all of them or for none.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Kind, Status};
use crate::ids::Ids;
use crate::refusal::Refusal;

/// A cluster or a desktop.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Environment {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) kind: Kind,
    pub(crate) status: Status,
    pub(crate) owner: String,
    pub(crate) partitions: BTreeMap<String, Partition>,
    pub(crate) nodes: BTreeMap<String, Node>,
    pub(crate) mounts: BTreeMap<String, Mount>,
}

/// A part of a cluster's nodes.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Partition {
    pub(crate) id: String,
    pub(crate) name: String,
    role: String,
}

/// A machine.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Node {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) address: String,
    pub(crate) lease: Lease,
    pub(super) partition: Option<String>,
}

/// Whose machine a node is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Lease {
    /// Rented for this; it is released.
    Dynamic,
    /// The site's own; it is removed and stays.
    Static,
}

/// A directory of a file server, everywhere or in one partition.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Mount {
    pub(crate) id: String,
    /// Where it appears.
    pub(crate) name: String,
    source: String,
    pub(crate) partition: Option<String>,
}

/// What a new node shall be.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct NewNode {
    name: String,
    address: std::net::IpAddr,
    lease: Lease,
    partition: Option<String>,
}

/// What a new partition shall be, or become.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct NewPartition {
    name: String,
    role: String,
}

impl NewPartition {
    pub(super) fn new(name: &str, role: &str) -> Self {
        Self { name: name.to_owned(), role: role.to_owned() }
    }
}

/// What shall change about a node.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct NodeEdit {
    name: String,
}

/// What a new mount shall be.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct NewMount {
    source: String,
    path: String,
    pub(crate) partition: Option<String>,
}

impl Environment {
    pub(crate) fn partition(&self, id: &str) -> Result<&Partition, Refusal> {
        self.partitions.get(id).ok_or_else(|| Refusal::missing("partition", id))
    }

    pub(crate) fn node(&self, id: &str) -> Result<&Node, Refusal> {
        self.nodes.get(id).ok_or_else(|| Refusal::missing("node", id))
    }

    pub(crate) fn mount(&self, id: &str) -> Result<&Mount, Refusal> {
        self.mounts.get(id).ok_or_else(|| Refusal::missing("mount", id))
    }

    pub(crate) fn add_partition(&mut self, ids: &mut Ids, ask: NewPartition) -> Partition {
        let partition = Partition { id: ids.next("p"), name: ask.name, role: ask.role };
        self.partitions.insert(partition.id.clone(), partition.clone());
        partition
    }

    pub(crate) fn edit_partition(
        &mut self,
        id: &str,
        ask: NewPartition,
    ) -> Result<Partition, Refusal> {
        let found = self.partitions.get_mut(id);
        let partition = found.ok_or_else(|| Refusal::missing("partition", id))?;
        partition.name = ask.name;
        partition.role = ask.role;
        Ok(partition.clone())
    }

    /// Gives a partition up, unless something is mounted in it.
    pub(crate) fn release_partition(&mut self, id: &str) -> Result<Partition, Refusal> {
        self.partition(id)?;
        if self.mounts.values().any(|mount| mount.partition.as_deref() == Some(id)) {
            return Err(Refusal::State(format!("something is mounted in partition `{id}`")));
        }
        for node in self.nodes.values_mut().filter(|node| node.partition.as_deref() == Some(id)) {
            node.partition = None;
        }
        self.partitions.remove(id).ok_or_else(|| Refusal::missing("partition", id))
    }

    /// Adds all or none.
    pub(crate) fn add_nodes(
        &mut self,
        ids: &mut Ids,
        asked: Vec<NewNode>,
    ) -> Result<Vec<Node>, Refusal> {
        for partition in asked.iter().filter_map(|ask| ask.partition.as_deref()) {
            self.partition(partition)?;
        }
        let added: Vec<Node> = asked
            .into_iter()
            .map(|ask| Node {
                id: ids.next("n"),
                name: ask.name,
                address: ask.address.to_string(),
                lease: ask.lease,
                partition: ask.partition,
            })
            .collect();
        self.nodes.extend(added.iter().map(|node| (node.id.clone(), node.clone())));
        Ok(added)
    }

    pub(crate) fn edit_node(&mut self, id: &str, ask: NodeEdit) -> Result<Node, Refusal> {
        let node = self.nodes.get_mut(id).ok_or_else(|| Refusal::missing("node", id))?;
        node.name = ask.name;
        Ok(node.clone())
    }

    /// Releases dynamic nodes or removes static ones, all or none.
    pub(crate) fn release_nodes(
        &mut self,
        ids: &[String],
        lease: Lease,
    ) -> Result<Vec<Node>, Refusal> {
        for id in ids {
            if self.node(id)?.lease != lease {
                return Err(Refusal::State(format!("node `{id}` is not {lease:?}")));
            }
        }
        Ok(ids.iter().filter_map(|id| self.nodes.remove(id)).collect())
    }

    /// A mount everywhere, or in the partition that the request names.
    pub(crate) fn add_mount(&mut self, ids: &mut Ids, ask: NewMount) -> Result<Mount, Refusal> {
        if let Some(partition) = &ask.partition {
            self.partition(partition)?;
        }
        if self.mounts.values().any(|known| known.name == ask.path) {
            return Err(Refusal::State(format!("something is mounted at `{}`", ask.path)));
        }
        let mount = Mount {
            id: ids.next("m"),
            name: ask.path,
            source: ask.source,
            partition: ask.partition,
        };
        self.mounts.insert(mount.id.clone(), mount.clone());
        Ok(mount)
    }

    /// Makes a global mount one of a partition.
    pub(crate) fn convert_mount(&mut self, id: &str, partition: &str) -> Result<Mount, Refusal> {
        self.partition(partition)?;
        let mount = self.mounts.get_mut(id).ok_or_else(|| Refusal::missing("mount", id))?;
        if mount.partition.is_some() {
            return Err(Refusal::State(format!("mount `{id}` is no global one")));
        }
        mount.partition = Some(partition.to_owned());
        Ok(mount.clone())
    }

    pub(crate) fn unbind(&mut self, id: &str, is_global: bool) -> Result<Mount, Refusal> {
        if self.mount(id)?.partition.is_none() != is_global {
            return Err(Refusal::State(format!("mount `{id}` is of the other kind")));
        }
        self.mounts.remove(id).ok_or_else(|| Refusal::missing("mount", id))
    }
}
