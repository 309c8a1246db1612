//! `Environments`: clusters and desktops, which are the same in most ways: nodes, partitions,
//! mounts, a life from creation to deletion.
//!
//! A new cluster is there at once but runs only after its task is done. What is released stays
//! listed until it is deleted.

mod environment;

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::ids::Ids;
use crate::refusal::Refusal;
use crate::rights::Right;

pub(crate) use environment::{Environment, Lease, NewMount, NewNode, NewPartition, Node, NodeEdit};

/// Most nodes that may be asked for at once.
const NODES_MAX: usize = 200;
/// How long a cluster takes to come up.
const CREATION: SignedDuration = SignedDuration::from_millis(500);
/// Images that clusters can be made of.
const IMAGES: [&str; 3] = ["rocky-9", "ubuntu-24.04", "windows-2025"];

/// Which of the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Kind {
    Cluster,
    Desktop,
}

impl Kind {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Cluster => "cluster",
            Self::Desktop => "desktop",
        }
    }

    /// The right to change one.
    pub(crate) fn right(self) -> Right {
        match self {
            Self::Cluster => Right::Clusters,
            Self::Desktop => Right::Desktops,
        }
    }
}

/// Where it stands in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Status {
    Creating,
    Running,
    Failed,
    Released,
}

/// A cluster that comes up.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Creation {
    pub(crate) id: String,
    pub(crate) environment: String,
    pub(crate) status: Status,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) reason: Option<String>,
    /// Why it will fail, known once it was tried.
    #[serde(skip)]
    fault: Option<String>,
    #[serde(skip)]
    pub(crate) begun: Timestamp,
    /// The audit log's id of the operation, where the SDK records.
    #[serde(skip)]
    pub(crate) operation: Option<String>,
}

/// What a new one shall be.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct NewEnvironment {
    name: String,
    #[serde(default)]
    nodes: usize,
    pub(crate) image: String,
}

/// All of them, and those that come up.
#[derive(Debug, Default)]
pub(crate) struct Environments {
    all: BTreeMap<String, Environment>,
    creations: BTreeMap<String, Creation>,
}

impl Environments {
    /// A new one; a desktop runs at once, a cluster when its creation is done.
    pub(crate) fn create(
        &mut self,
        ids: &mut Ids,
        kind: Kind,
        owner: &str,
        ask: NewEnvironment,
    ) -> Result<&mut Environment, Refusal> {
        if ask.nodes > NODES_MAX {
            return Err(Refusal::Request(format!("at most {NODES_MAX} nodes at once")));
        }
        if self.all.values().any(|known| known.name == ask.name) {
            return Err(Refusal::State(format!("the name `{}` is taken", ask.name)));
        }
        let id = ids.next(if kind == Kind::Cluster { "c" } else { "d" });
        let status = if kind == Kind::Cluster { Status::Creating } else { Status::Running };
        let mut made = Environment {
            id: id.clone(),
            name: ask.name,
            kind,
            status,
            owner: owner.to_owned(),
            partitions: BTreeMap::new(),
            nodes: BTreeMap::new(),
            mounts: BTreeMap::new(),
        };
        if kind == Kind::Desktop {
            // Its only one; mounts may be bound to it.
            made.add_partition(ids, NewPartition::new("main", "desktop"));
        }
        for number in 1..=ask.nodes {
            let id = ids.next("n");
            let node = Node {
                name: format!("{}-{number:03}", made.name),
                address: ids.address(),
                lease: Lease::Dynamic,
                partition: None,
                id: id.clone(),
            };
            made.nodes.insert(id, node);
        }
        Ok(self.all.entry(id).or_insert(made))
    }

    /// The task that brings a cluster up.
    pub(crate) fn begin(
        &mut self,
        ids: &mut Ids,
        environment: &str,
        image: &str,
        now: Timestamp,
        operation: Option<String>,
    ) -> Creation {
        let known = IMAGES.contains(&image);
        let creation = Creation {
            id: ids.next("t"),
            environment: environment.to_owned(),
            status: Status::Creating,
            reason: None,
            fault: (!known).then(|| format!("there is no image `{image}`; there are {IMAGES:?}")),
            begun: now,
            operation,
        };
        self.creations.insert(creation.id.clone(), creation.clone());
        creation
    }

    /// Ends the creations whose time has come, and says which.
    pub(crate) fn come_up(&mut self, now: Timestamp) -> Vec<(Creation, Environment)> {
        let mut ended = Vec::new();
        for creation in self.creations.values_mut() {
            let is_due = now.duration_since(creation.begun) >= CREATION;
            if creation.status != Status::Creating || !is_due {
                continue;
            }
            let status = if creation.fault.is_some() { Status::Failed } else { Status::Running };
            creation.status = status;
            creation.reason = creation.fault.clone();
            if let Some(environment) = self.all.get_mut(&creation.environment) {
                environment.status = status;
                ended.push((creation.clone(), environment.clone()));
            }
        }
        ended
    }

    pub(crate) fn creation(&self, id: &str) -> Result<&Creation, Refusal> {
        self.creations.get(id).ok_or_else(|| Refusal::missing("task", id))
    }

    pub(crate) fn of_kind(&self, kind: Kind) -> impl Iterator<Item = &Environment> {
        self.all.values().filter(move |environment| environment.kind == kind)
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = &Environment> {
        self.all.values()
    }

    pub(crate) fn find(&self, kind: Kind, id: &str) -> Result<&Environment, Refusal> {
        let found = self.all.get(id).filter(|found| found.kind == kind);
        found.ok_or_else(|| Refusal::missing(kind.word(), id))
    }

    /// One that runs, to be changed.
    pub(crate) fn running(&mut self, kind: Kind, id: &str) -> Result<&mut Environment, Refusal> {
        let found = self.all.get_mut(id).filter(|found| found.kind == kind);
        let found = found.ok_or_else(|| Refusal::missing(kind.word(), id))?;
        match found.status {
            Status::Running => Ok(found),
            _ => Err(Refusal::State(format!("the {} `{id}` does not run", kind.word()))),
        }
    }

    /// Gives its nodes back.
    pub(crate) fn release(&mut self, kind: Kind, id: &str) -> Result<&Environment, Refusal> {
        let environment = self.running(kind, id)?;
        environment.status = Status::Released;
        environment.nodes.clear();
        Ok(environment)
    }

    /// Forgets one that has nothing left.
    pub(crate) fn delete(&mut self, kind: Kind, id: &str) -> Result<Environment, Refusal> {
        if !matches!(self.find(kind, id)?.status, Status::Released | Status::Failed) {
            return Err(Refusal::State(format!("release the {} `{id}` first", kind.word())));
        }
        self.all.remove(id).ok_or_else(|| Refusal::missing(kind.word(), id))
    }
}
