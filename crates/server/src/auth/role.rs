//! Roles and rights: the one table of who may do what.
//!
//! A role is what a token is given; a right is what a call demands. Handlers and the route table
//! name rights, never roles, so this table is the only place where the two meet.

use std::fmt;
use std::str::FromStr;

use serde::{Serialize, Serializer};

/// What a token is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Role {
    /// Sends events, reads none.
    #[default]
    Emitter,
    /// Reads events.
    Viewer,
    /// Reads everything, entry bundles and the quarantine included.
    Auditor,
    /// Watches over access; reads events.
    SecurityAdmin,
    /// Runs the server; sees its state, but no event.
    SystemAdmin,
    /// Rules the audit log itself.
    AuditAdmin,
}

/// What a call demands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Right {
    /// Send events.
    WriteEvents,
    /// Read events and their proofs.
    ReadEvents,
    /// Read the entries of the log in bulk.
    ReadEntries,
    /// Read the catalogue.
    ReadCatalogue,
    /// List rejected lines.
    ReadQuarantine,
    /// Send rejected lines again.
    ReplayQuarantine,
    /// See the state of the server.
    ReadStatus,
    /// See its metrics.
    ReadMetrics,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 6] = [
        Self::Emitter,
        Self::Viewer,
        Self::Auditor,
        Self::SecurityAdmin,
        Self::SystemAdmin,
        Self::AuditAdmin,
    ];

    /// The permission table.
    #[must_use]
    pub fn may(self, right: Right) -> bool {
        use Right::*;
        match self {
            Self::Emitter => matches!(right, WriteEvents | ReadCatalogue),
            Self::Viewer | Self::SecurityAdmin => matches!(right, ReadEvents | ReadCatalogue),
            Self::Auditor => {
                matches!(right, ReadEvents | ReadEntries | ReadCatalogue | ReadQuarantine)
            }
            Self::SystemAdmin => matches!(right, ReadStatus | ReadMetrics | ReadCatalogue),
            Self::AuditAdmin => {
                matches!(right, ReadEvents | ReadCatalogue | ReadQuarantine | ReplayQuarantine)
            }
        }
    }

    /// The name in configuration, commands and events.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Emitter => "emitter",
            Self::Viewer => "viewer",
            Self::Auditor => "auditor",
            Self::SecurityAdmin => "security-admin",
            Self::SystemAdmin => "system-admin",
            Self::AuditAdmin => "audit-admin",
        }
    }
}

impl Right {
    /// The roles that have it, for messages.
    #[must_use]
    pub fn roles(self) -> String {
        let names: Vec<&str> =
            Role::ALL.into_iter().filter(|role| role.may(self)).map(Role::as_str).collect();
        names.join(", ")
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// The name is not one of a role.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is not a role; the roles are emitter, viewer, auditor, security-admin, system-admin \
     and audit-admin"
)]
pub struct UnknownRole(String);

impl FromStr for Role {
    type Err = UnknownRole;

    fn from_str(name: &str) -> Result<Self, UnknownRole> {
        let found = Self::ALL.into_iter().find(|role| role.as_str() == name);
        found.ok_or_else(|| UnknownRole(name.to_owned()))
    }
}

impl Serialize for Role {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // Separation of duties: who runs the server must not read events, who sends must not read,
    // and nobody but the audit's own administrator may send rejected lines again.
    #[test]
    fn duties_are_separate() {
        let check = |right: Right, roles: &str| assert_eq!(right.roles(), roles, "{right:?}");
        check(Right::WriteEvents, "emitter");
        check(Right::ReadEvents, "viewer, auditor, security-admin, audit-admin");
        check(Right::ReadEntries, "auditor");
        check(Right::ReadQuarantine, "auditor, audit-admin");
        check(Right::ReplayQuarantine, "audit-admin");
        check(Right::ReadStatus, "system-admin");
        check(Right::ReadMetrics, "system-admin");
        assert!(Role::ALL.into_iter().all(|role| role.may(Right::ReadCatalogue)));
    }

    #[test]
    fn names_read_back() {
        for role in Role::ALL {
            assert_eq!(role.as_str().parse(), Ok(role));
        }
        assert!("root".parse::<Role>().is_err());
    }
}
