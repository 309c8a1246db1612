//! Roles and rights: the one table of who may do what.
//!
//! A role is what a token is given; a right is what a call demands. Handlers and the route table
//! name rights, never roles, so this table is the only place where the two meet.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

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

/// Declares the rights with their names on the wire.
macro_rules! rights {
    ($($(#[doc = $doc:literal])* $right:ident = $name:literal,)*) => {
        /// What a call demands.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Right { $($(#[doc = $doc])* $right,)* }

        impl Right {
            /// Every right.
            pub const ALL: [Self; [$($name),*].len()] = [$(Self::$right),*];

            /// The name in answers and documents.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$right => $name,)* }
            }
        }
    };
}

rights! {
    /// Send events.
    WriteEvents = "write-events",
    /// Read events and their proofs.
    ReadEvents = "read-events",
    /// Read the entries of the log in bulk.
    ReadEntries = "read-entries",
    /// Read the catalogue.
    ReadCatalogue = "read-catalogue",
    /// Have many events written to a file, and take it.
    ExportEvents = "export-events",
    /// See the raw lines that events were made of.
    SeeOrigins = "see-origins",
    /// See masked values, each time for a reason.
    UnmaskEvents = "unmask-events",
    /// See which masked secrets were the same.
    ReadFingerprints = "read-fingerprints",
    /// List rejected lines.
    ReadQuarantine = "read-quarantine",
    /// Send rejected lines again.
    ReplayQuarantine = "replay-quarantine",
    /// See the state of the server.
    ReadStatus = "read-status",
    /// Have the whole ledger checked now.
    VerifyLedger = "verify-ledger",
    /// See its metrics.
    ReadMetrics = "read-metrics",
    /// See its configuration, without secrets.
    ReadConfiguration = "read-configuration",
    /// See and change one's own account and its sessions.
    UseAccount = "use-account",
    /// See who has which account.
    ReadAccounts = "read-accounts",
    /// Make, change, lock and delete accounts.
    ManageAccounts = "manage-accounts",
    /// See and end the sessions of others.
    ManageSessions = "manage-sessions",
    /// See which tokens there are.
    ReadTokens = "read-tokens",
    /// Make and revoke tokens.
    ManageTokens = "manage-tokens",
    /// Make short-lived tokens for embedded pages.
    IssueEmbedTokens = "issue-embed-tokens",
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
    ///
    /// Nobody reads events and runs the server; whoever hands out access does not rule the log,
    /// and whoever rules the log hands out no access: no role can act and hide that it acted.
    #[must_use]
    pub fn may(self, right: Right) -> bool {
        use Right::*;
        let is_own = right == UseAccount;
        let views = matches!(right, ReadEvents | ReadCatalogue | ExportEvents | IssueEmbedTokens);
        let reads = views || right == SeeOrigins;
        match self {
            Self::Emitter => matches!(right, WriteEvents | ReadCatalogue),
            Self::Viewer => views || is_own,
            Self::Auditor => {
                let looks =
                    matches!(right, ReadEntries | ReadQuarantine | ReadStatus | VerifyLedger);
                let reviews = matches!(right, ReadAccounts | ReadTokens | UnmaskEvents);
                reads || is_own || looks || reviews
            }
            Self::SecurityAdmin => {
                let accounts = matches!(right, ReadAccounts | ManageAccounts | ManageSessions);
                let tokens = matches!(right, ReadTokens | ManageTokens);
                let secrets = matches!(right, UnmaskEvents | ReadFingerprints);
                reads || is_own || accounts || tokens || secrets
            }
            Self::SystemAdmin => {
                let runs =
                    matches!(right, ReadStatus | VerifyLedger | ReadMetrics | ReadConfiguration);
                is_own || runs || right == ReadCatalogue
            }
            Self::AuditAdmin => {
                let rules =
                    matches!(right, ReadQuarantine | ReplayQuarantine | ReadStatus | VerifyLedger);
                reads || is_own || rules || matches!(right, ReadAccounts | ReadTokens)
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

/// Several roles at once, as an account may hold them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Roles(u8);

impl Roles {
    /// True if one of them has the right.
    #[must_use]
    pub fn may(self, right: Right) -> bool {
        self.iter().any(|role| role.may(right))
    }

    /// True if the role is among them.
    #[must_use]
    pub fn contains(self, role: Role) -> bool {
        self.0 & bit(role) != 0
    }

    /// Each of them, in the order of the table.
    pub fn iter(self) -> impl Iterator<Item = Role> {
        Role::ALL.into_iter().filter(move |role| self.contains(*role))
    }

    /// The rights they give together.
    pub fn rights(self) -> impl Iterator<Item = Right> {
        Right::ALL.into_iter().filter(move |right| self.may(*right))
    }
}

fn bit(role: Role) -> u8 {
    1 << role as u8
}

impl From<Role> for Roles {
    fn from(role: Role) -> Self {
        Self(bit(role))
    }
}

impl FromIterator<Role> for Roles {
    fn from_iter<I: IntoIterator<Item = Role>>(roles: I) -> Self {
        Self(roles.into_iter().fold(0, |bits, role| bits | bit(role)))
    }
}

/// The names with commas between them; it reads back.
impl fmt::Display for Roles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, role) in self.iter().enumerate() {
            write!(f, "{}{role}", if place == 0 { "" } else { "," })?;
        }
        Ok(())
    }
}

impl FromStr for Roles {
    type Err = UnknownRole;

    fn from_str(names: &str) -> Result<Self, UnknownRole> {
        names.split(',').map(str::trim).filter(|name| !name.is_empty()).map(str::parse).collect()
    }
}

impl Serialize for Roles {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
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

impl<'de> Deserialize<'de> for Role {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
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
        check(Right::ExportEvents, "viewer, auditor, security-admin, audit-admin");
        check(Right::IssueEmbedTokens, "viewer, auditor, security-admin, audit-admin");
        check(Right::ReadEntries, "auditor");
        check(Right::SeeOrigins, "auditor, security-admin, audit-admin");
        check(Right::UnmaskEvents, "auditor, security-admin");
        check(Right::ReadFingerprints, "security-admin");
        check(Right::ReadQuarantine, "auditor, audit-admin");
        check(Right::ReplayQuarantine, "audit-admin");
        check(Right::ReadStatus, "auditor, system-admin, audit-admin");
        check(Right::VerifyLedger, "auditor, system-admin, audit-admin");
        check(Right::ReadMetrics, "system-admin");
        check(Right::ReadConfiguration, "system-admin");
        check(Right::ReadAccounts, "auditor, security-admin, audit-admin");
        check(Right::ReadTokens, "auditor, security-admin, audit-admin");
        check(Right::ManageAccounts, "security-admin");
        check(Right::ManageSessions, "security-admin");
        check(Right::ManageTokens, "security-admin");
        assert!(Role::ALL.into_iter().all(|role| role.may(Right::ReadCatalogue)));
    }

    #[test]
    fn names_read_back() {
        for role in Role::ALL {
            assert_eq!(role.as_str().parse(), Ok(role));
        }
        assert!("root".parse::<Role>().is_err());
        let roles: Roles = "audit-admin, viewer".parse().expect("roles");
        assert_eq!(roles.to_string(), "viewer,audit-admin");
        assert_eq!(roles.to_string().parse(), Ok(roles));
        assert_eq!("".parse(), Ok(Roles::default()));
        assert!("viewer,root".parse::<Roles>().is_err());
    }

    // An account of several roles has the rights of each, and of nobody else.
    #[test]
    fn rights_add_up() {
        let both: Roles = [Role::Emitter, Role::SystemAdmin].into_iter().collect();
        for right in Right::ALL {
            let expected = Role::Emitter.may(right) || Role::SystemAdmin.may(right);
            assert_eq!(both.may(right), expected, "{right:?}");
        }
        assert_eq!(Roles::default().rights().count(), 0);
    }

    // The guide shows auditors who may what: it must be what is decided by.
    #[test]
    fn the_guide_tells_the_table() {
        use Right::*;
        let rows: [(&str, &[Right]); 12] = [
            ("send events", &[WriteEvents]),
            (
                "read, export, prove, embed events in scope",
                &[ReadEvents, ExportEvents, IssueEmbedTokens],
            ),
            ("see raw lines", &[SeeOrigins]),
            ("unmask, for a reason", &[UnmaskEvents]),
            ("see which masked secrets were the same", &[ReadFingerprints]),
            ("read entry bundles", &[ReadEntries]),
            ("read the quarantine", &[ReadQuarantine]),
            ("replay from it", &[ReplayQuarantine]),
            ("see accounts and tokens", &[ReadAccounts, ReadTokens]),
            ("manage accounts, sessions, tokens", &[ManageAccounts, ManageSessions, ManageTokens]),
            ("state of the server, have the ledger checked", &[ReadStatus, VerifyLedger]),
            ("metrics, configuration", &[ReadMetrics, ReadConfiguration]),
        ];
        let guide = include_str!("../../../../docs/guide/comply.md");
        let cells = |line: &str| -> Vec<String> {
            line.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect()
        };
        let lines = guide.lines().skip_while(|line| !line.starts_with("| right |"));
        let table: Vec<Vec<String>> =
            lines.take_while(|line| line.starts_with('|')).map(cells).collect();
        let roles: Vec<Role> =
            table[0][1..].iter().map(|role| role.parse().expect("a role")).collect();
        assert_eq!((roles.len(), table.len()), (Role::ALL.len(), rows.len() + 2));
        for (row, (name, rights)) in table[2..].iter().zip(rows) {
            assert_eq!(row[0], name);
            for (role, cell) in roles.iter().zip(&row[1..]) {
                for right in rights {
                    assert_eq!(role.may(*right), cell == "x", "{right:?} of {role}");
                }
            }
        }
        let everybodys = [ReadCatalogue, UseAccount];
        let told: usize = rows.iter().map(|(_, rights)| rights.len()).sum();
        assert_eq!(told + everybodys.len(), Right::ALL.len(), "a right is not in the guide");
    }
}
