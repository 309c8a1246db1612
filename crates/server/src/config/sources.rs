//! Who besides this server vouches for people: a directory, and providers of OpenID Connect.

use std::collections::BTreeSet;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::{Key, section};
use crate::auth::role::Role;

section! {
    /// Section `[ldap]`.
    Ldap {
        /// Such as `ldaps://ldap.example.org`, or `ldap://…` with `start_tls`. Empty: there is no
        /// directory. Never in clear text.
        url: String = String::new(),
        /// Begin TLS on a connection that starts without.
        start_tls: bool = false,
        /// A file with the authorities that vouch for the directory, in PEM; empty: the system's.
        ca: PathBuf = PathBuf::new(),
        /// The entry as which is searched; empty: nobody.
        bind_dn: String = String::new(),
        /// A file with its password, read at each use.
        bind_password_file: PathBuf = PathBuf::new(),
        /// Where people stand, such as `ou=people,dc=example,dc=org`.
        base: String = String::new(),
        /// How a login is found; `{login}` is what was typed, escaped. For Active Directory
        /// `(&(objectClass=user)(sAMAccountName={login}))`.
        filter: String = "(&(objectClass=person)(uid={login}))".to_owned(),
        /// The attribute with the login as it is kept here; `sAMAccountName` there.
        login_attribute: String = "uid".to_owned(),
        /// The attribute with the name for people.
        name_attribute: String = "cn".to_owned(),
        /// The attribute of a person's entry that names their groups.
        group_attribute: String = "memberOf".to_owned(),
        /// Where groups stand, if people's entries do not name theirs; empty: they do.
        group_base: String = String::new(),
        /// How a person's groups are found; `{dn}` is the name of their entry, escaped.
        group_filter: String = "(&(objectClass=groupOfNames)(member={dn}))".to_owned(),
        /// Who may what: `[[ldap.roles]]` with `group` (the name of its entry), `role`, and
        /// `scope` where it is limited. Who is in none of the groups is not let in.
        roles: Vec<Grant> = Vec::new(),
        /// Seconds that one step may take.
        seconds_max: u64 = 10,
    }
}

/// What a group is given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Grant {
    /// The group as its source calls it.
    pub group: String,
    /// The role of whoever is in it.
    pub role: Role,
    /// The events that this shows them; empty: all.
    #[serde(default)]
    pub scope: String,
}

/// A provider of OpenID Connect.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Oidc {
    /// Its name in addresses: small letters, digits and `-`. It must not change later.
    pub id: String,
    /// Its name for people.
    pub name: String,
    /// The provider's issuer, `https://…`.
    pub issuer: String,
    /// What this server is called there.
    pub client_id: String,
    /// A file with the client's secret, read at each use; empty: there is none.
    #[serde(default)]
    pub client_secret_file: PathBuf,
    /// A file with the authorities that vouch for the provider, in PEM; empty: the system's.
    #[serde(default)]
    pub ca: PathBuf,
    /// What is asked for besides `openid`.
    #[serde(default = "profile")]
    pub scopes: Vec<String>,
    /// The claim with the login.
    #[serde(default = "preferred_username")]
    pub login_claim: String,
    /// The claim with the name for people.
    #[serde(default = "name")]
    pub name_claim: String,
    /// The claim with the groups.
    #[serde(default = "groups")]
    pub groups_claim: String,
    /// Who may what, as in `[[ldap.roles]]`.
    #[serde(default)]
    pub roles: Vec<Grant>,
}

fn profile() -> Vec<String> {
    vec!["profile".to_owned()]
}

fn preferred_username() -> String {
    "preferred_username".to_owned()
}

fn name() -> String {
    "name".to_owned()
}

fn groups() -> String {
    "groups".to_owned()
}

/// What is wrong with a source of identities.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum SourceError {
    #[error("`{url}` sends passwords in clear text; write ldaps://…, or `start_tls = true`")]
    ClearText { url: String },
    #[error("`base` says where people stand, and `bind_dn` needs `bind_password_file`")]
    Incomplete,
    #[error("`{id}` is no id; it has small letters, digits and `-`, and each is there once")]
    Id { id: String },
    #[error("`{issuer}` is no issuer; write https://…, or http:// on loopback")]
    Issuer { issuer: String },
    #[error("it needs `accounts.external_url`, the address that browsers are sent back to")]
    NoWayBack,
    #[error("`{group}` is given the role emitter, which is for tokens: people send no events")]
    Emitter { group: String },
}

/// Refuses what cannot work or would not be safe.
pub(super) fn check(
    ldap: &Ldap,
    oidc: &[Oidc],
    external_url: &str,
) -> Result<(), (&'static str, SourceError)> {
    check_ldap(ldap).map_err(|error| ("ldap", error))?;
    let mut ids = BTreeSet::new();
    for provider in oidc {
        let is_new = ids.insert(provider.id.as_str());
        check_oidc(provider, is_new, external_url).map_err(|error| ("[oidc]", error))?;
    }
    Ok(())
}

fn check_ldap(ldap: &Ldap) -> Result<(), SourceError> {
    if ldap.url.is_empty() {
        return Ok(());
    }
    if !ldap.url.starts_with("ldaps://") && !ldap.start_tls {
        return Err(SourceError::ClearText { url: ldap.url.clone() });
    }
    let has_password = !ldap.bind_password_file.as_os_str().is_empty();
    if ldap.base.is_empty() || (!ldap.bind_dn.is_empty() && !has_password) {
        return Err(SourceError::Incomplete);
    }
    check_grants(&ldap.roles)
}

fn check_oidc(oidc: &Oidc, is_new: bool, external_url: &str) -> Result<(), SourceError> {
    let is_id = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if !is_new || oidc.id.is_empty() || !oidc.id.chars().all(is_id) {
        return Err(SourceError::Id { id: oidc.id.clone() });
    }
    let loopback = ["http://127.0.0.1:", "http://localhost:", "http://[::1]:"];
    let is_near = loopback.iter().any(|start| oidc.issuer.starts_with(start));
    if !oidc.issuer.starts_with("https://") && !is_near {
        return Err(SourceError::Issuer { issuer: oidc.issuer.clone() });
    }
    if external_url.is_empty() {
        return Err(SourceError::NoWayBack);
    }
    check_grants(&oidc.roles)
}

fn check_grants(grants: &[Grant]) -> Result<(), SourceError> {
    let emitter = grants.iter().find(|grant| grant.role == Role::Emitter);
    emitter.map_or(Ok(()), |grant| Err(SourceError::Emitter { group: grant.group.clone() }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn directory(url: &str, start_tls: bool) -> Ldap {
        let (url, base) = (url.to_owned(), "dc=example".to_owned());
        Ldap { url, base, start_tls, ..Ldap::default() }
    }

    // Passwords must never leave in clear text.
    #[test]
    fn directories_are_asked_by_tls_alone() {
        let check = |url: &str, start_tls: bool, ok: bool| {
            let checked = super::check(&directory(url, start_tls), &[], "");
            assert_eq!(checked.is_ok(), ok, "{url} {start_tls}");
        };
        check("", false, true);
        check("ldaps://ldap.example", false, true);
        check("ldap://ldap.example", false, false);
        check("ldap://ldap.example", true, true);
        let grant = Grant { group: "g".into(), role: Role::Emitter, scope: String::new() };
        let ldap = Ldap { roles: vec![grant], ..directory("ldaps://ldap.example", false) };
        assert!(super::check(&ldap, &[], "").is_err());
        let nameless = Ldap { bind_dn: "cn=x".into(), ..directory("ldaps://ldap.example", false) };
        assert!(super::check(&nameless, &[], "").is_err());
    }

    #[test]
    fn providers_are_checked() {
        let check = |id: &str, issuer: &str, external_url: &str, ok: bool| {
            let text =
                format!("id = '{id}'\nname = 'Corp'\nissuer = '{issuer}'\nclient_id = 'annals'");
            let oidc: Oidc = toml::from_str(&text).expect("reads");
            let checked = super::check(&Ldap::default(), &[oidc], external_url);
            assert_eq!(checked.is_ok(), ok, "{id} {issuer}");
        };
        check("corp", "https://sso.example", "https://audit.example", true);
        check("corp", "https://sso.example", "", false);
        check("corp", "http://sso.example", "https://audit.example", false);
        check("corp", "http://localhost:1234", "http://localhost:7200", true);
        check("Corp/..", "https://sso.example", "https://audit.example", false);
    }
}
