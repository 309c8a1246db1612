//! `Account`: a person who signs in, and where their identity comes from.
//!
//! A password, a second factor and what was tried with them are no part of it: those are known
//! where somebody signs in and nowhere else.

use std::fmt;
use std::str::FromStr;

use annals_record::Timestamp;

use super::role::Roles;

/// Longest login, characters.
pub const LOGIN_CHARS_MAX: usize = 64;
/// Longest name for people, characters.
pub const DISPLAY_NAME_CHARS_MAX: usize = 128;

const LOCAL: &str = "local";
const LDAP: &str = "ldap";
const OIDC: &str = "oidc:";

/// Who vouches for an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// This server, by a password of its own.
    Local,
    /// The directory.
    Ldap,
    /// The OpenID provider with this id.
    Oidc(String),
}

/// A person who signs in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Stays when the name changes.
    pub id: String,
    /// The login, unique whatever its case.
    pub name: String,
    /// The name for people.
    pub display_name: String,
    /// Who vouches for it.
    pub source: Source,
    /// What they may do.
    pub roles: Roles,
    /// The events they are limited to, as a printed filter; none: all.
    pub scope: Option<String>,
    /// Whether an administrator has locked it.
    pub locked: bool,
    /// Until when wrong passwords have locked it.
    pub locked_until: Option<Timestamp>,
    /// Whether signing in takes a second factor.
    pub totp: bool,
    /// Whether the password must be changed before anything else.
    pub must_change: bool,
    /// When it was made.
    pub created: Timestamp,
    /// When its password was set.
    pub password_changed: Option<Timestamp>,
    /// When somebody last signed in with it.
    pub last_sign_in: Option<Timestamp>,
}

impl Account {
    /// Why nobody can sign in with it at `now`.
    #[must_use]
    pub fn locked_at(&self, now: Timestamp) -> Option<&'static str> {
        if self.locked {
            return Some("by an administrator");
        }
        let counts = self.locked_until.is_some_and(|until| now < until);
        counts.then_some("by wrong passwords, for a while")
    }
}

/// Names that can stand in an address and in an event's operator, and are one word for people.
#[must_use]
pub fn is_login(name: &str) -> bool {
    let fits = (1..=LOGIN_CHARS_MAX).contains(&name.chars().count());
    let is_odd = |c: char| c.is_control() || c.is_whitespace() || "/?#%\\:\"'<>&;,".contains(c);
    let is_reserved = [annals_record::SYSTEM, annals_record::UNKNOWN]
        .iter()
        .any(|reserved| name.eq_ignore_ascii_case(reserved));
    fits && !is_reserved && !name.chars().any(is_odd) && name != "." && name != ".."
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Local => f.write_str(LOCAL),
            Self::Ldap => f.write_str(LDAP),
            Self::Oidc(id) => write!(f, "{OIDC}{id}"),
        }
    }
}

impl Source {
    /// The kind alone, as answers name it.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Local => LOCAL,
            Self::Ldap => LDAP,
            Self::Oidc(_) => "oidc",
        }
    }
}

/// The text is not that of a source.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no source of accounts")]
pub struct UnknownSource(String);

impl FromStr for Source {
    type Err = UnknownSource;

    fn from_str(text: &str) -> Result<Self, UnknownSource> {
        match text {
            LOCAL => Ok(Self::Local),
            LDAP => Ok(Self::Ldap),
            other => match other.strip_prefix(OIDC) {
                Some(id) => Ok(Self::Oidc(id.to_owned())),
                None => Err(UnknownSource(text.to_owned())),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // A login becomes an operator, a part of addresses and of log lines: none may break those,
    // and none may pass for the platform itself.
    #[test]
    fn logins() {
        for name in ["admin", "zhang3", "li.si@example.org", "王五", "a"] {
            assert!(is_login(name), "{name}");
        }
        let long = "x".repeat(LOGIN_CHARS_MAX + 1);
        for name in ["", " a", "a b", "a\nb", "a/b", "..", "a%2fb", "system", "Unknown", &long] {
            assert!(!is_login(name), "{name:?}");
        }
    }

    #[test]
    fn sources_read_back() {
        for source in [Source::Local, Source::Ldap, Source::Oidc("corp".to_owned())] {
            assert_eq!(source.to_string().parse(), Ok(source));
        }
        assert!("saml".parse::<Source>().is_err());
    }
}
