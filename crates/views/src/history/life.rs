//! The life of an object: which operations begin and end it.
//!
//! The catalogue does not say it, its codes do: `cluster.partition.create` begins a partition,
//! `user.permission.delete` ends no user. What it cannot tell it does not claim: such an object
//! has only a first and a last event.

use annals_record::{Access, Catalogue, Operation};

use crate::page::Position;

/// The last word of an operation that begins its object.
const BEGINNINGS: [&str; 7] =
    ["create", "register", "import", "add", "submit", "initiate", "upload"];
/// The last word of an operation that ends its object.
const ENDINGS: [&str; 4] = ["delete", "release", "unbind", "revoke"];

/// A turn in an object's life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LifeStep {
    /// It begins to exist.
    Created,
    /// It ceases to.
    Deleted,
}

/// From when to when an object is known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Life {
    /// Its first event.
    pub first: Option<Position>,
    /// Its last event.
    pub last: Option<Position>,
    /// Its newest creation.
    pub created: Option<LifeMark>,
    /// Its first deletion since then.
    pub deleted: Option<LifeMark>,
    /// The name it has in its last event that names it, of those looked at.
    pub name: Option<String>,
}

/// The event that began or ended an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LifeMark {
    /// Its time and position.
    pub at: Position,
    /// Its operation.
    pub operation: String,
    /// Who did it.
    pub operator: Option<String>,
}

/// What an operation is in the life of its object, if it is done.
pub(crate) fn step_of(operation: &str, catalogue: &Catalogue) -> Option<LifeStep> {
    step(catalogue.operation(operation)?)
}

/// The operations that are this step for objects of a type.
pub(crate) fn operations_of<'c>(
    catalogue: &'c Catalogue,
    kind: &str,
    wanted: LifeStep,
) -> Vec<&'c str> {
    let is_wanted = |operation: &&Operation| {
        operation.object_type.split('|').any(|other| other == kind)
            && step(operation) == Some(wanted)
    };
    let operations = catalogue.operations().iter().filter(is_wanted);
    operations.map(|operation| operation.code.as_str()).collect()
}

fn step(operation: &Operation) -> Option<LifeStep> {
    let (family, word) = operation.code.rsplit_once('.')?;
    // `user.group.remove` is about a membership: the noun before the verb must be the object.
    let noun = family.rsplit('.').next()?;
    let is_its_own = operation.object_type.split('|').any(|kind| noun.ends_with(kind));
    if operation.access != Access::Write || !(is_its_own || noun == family) {
        return None;
    }
    match word {
        _ if BEGINNINGS.contains(&word) => Some(LifeStep::Created),
        _ if ENDINGS.contains(&word) => Some(LifeStep::Deleted),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // Protects: no object is called created or deleted by an operation that does neither.
    #[test]
    fn steps() {
        let catalogue = Catalogue::built_in();
        let check = |operations: &str, expected| {
            for operation in operations.split(' ') {
                assert!(catalogue.operation(operation).is_some(), "{operation}");
                assert_eq!(step_of(operation, &catalogue), expected, "{operation}");
            }
        };
        check("cluster.create cluster.partition.create user.create", Some(LifeStep::Created));
        check("desktop.node.add host.register wecom.add job.submit", Some(LifeStep::Created));
        check("cluster.global_mount.create host.mount.create", Some(LifeStep::Created));
        check("cluster.release cluster.delete user.delete", Some(LifeStep::Deleted));
        check("desktop.node.release cluster.partition_mount.unbind", Some(LifeStep::Deleted));
        check("feishu.delete token.revoke", Some(LifeStep::Deleted));
        check("user.group.add user.group.remove user.permission.delete", None);
        check("group.member.add cluster.webssh.create export.create", None);
        check("cluster.power_on file.download user.login", None);
    }

    #[test]
    fn operations_of_a_type() {
        let catalogue = Catalogue::built_in();
        let check = |kind, step, expected: &[&str]| {
            assert_eq!(operations_of(&catalogue, kind, step), expected, "{kind}");
        };
        check("cluster", LifeStep::Created, &["cluster.create"]);
        check("cluster", LifeStep::Deleted, &["cluster.release", "cluster.delete"]);
        check("filesystem", LifeStep::Deleted, &["filesystem.release"]);
        check("nothing", LifeStep::Created, &[]);
    }
}
