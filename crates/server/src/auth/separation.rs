//! Separation of powers: who runs the server, who hands out access and who rules the log are
//! three persons.
//!
//! Whoever holds two of these powers can act and see to it that it is not found out. Off, one
//! account may hold them all, and the server says so.

use super::role::{Role, Roles};

/// The roles that are a power of their own.
pub const POWERS: [Role; 3] = [Role::SystemAdmin, Role::SecurityAdmin, Role::AuditAdmin];

/// Two powers in one hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0} and {1} are two powers that must not be in one hand while `access.separation` is on: \
     give them to two accounts"
)]
pub struct Joined(pub Role, pub Role);

/// Refuses roles that join two powers.
///
/// # Errors
/// The first two that it finds.
pub fn check(roles: Roles) -> Result<(), Joined> {
    let mut held = POWERS.into_iter().filter(|power| roles.contains(*power));
    match (held.next(), held.next()) {
        (Some(one), Some(other)) => Err(Joined(one, other)),
        _ => Ok(()),
    }
}

/// True if all three powers are in one hand.
#[must_use]
pub fn holds_all(roles: Roles) -> bool {
    POWERS.into_iter().all(|power| roles.contains(power))
}

#[cfg(test)]
mod tests {
    use super::*;

    // Any two of the three are too many; reading along with one of them is not.
    #[test]
    fn powers_are_not_joined() {
        #[track_caller]
        fn check_roles(roles: &str, expected: Option<(Role, Role)>) {
            let found = check(roles.parse().expect("roles")).err();
            assert_eq!(found.map(|Joined(one, other)| (one, other)), expected, "{roles}");
        }
        use Role::{AuditAdmin, SecurityAdmin, SystemAdmin};
        check_roles("", None);
        check_roles("viewer,auditor", None);
        check_roles("system-admin", None);
        check_roles("security-admin,auditor", None);
        check_roles("system-admin,security-admin", Some((SystemAdmin, SecurityAdmin)));
        check_roles("audit-admin,system-admin", Some((SystemAdmin, AuditAdmin)));
        check_roles("viewer,audit-admin,security-admin", Some((SecurityAdmin, AuditAdmin)));
        assert!(holds_all(POWERS.into_iter().collect()));
        assert!(!holds_all("system-admin,audit-admin".parse().expect("roles")));
    }
}
