//! `Directory`: names and passwords that an LDAP directory, such as Active Directory, vouches for.
//!
//! Search, then bind: a service account finds the one entry of a login and its groups, and the
//! password is tried as that entry. Always over TLS. What is typed goes into a filter only
//! escaped, and an empty password, with which a bind asks for nothing, is refused before anybody
//! is asked. An unknown login takes the same steps as a known one.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use annals_ledger::disk::Real;
use ldap3::{
    Ldap, LdapConnAsync, LdapConnSettings, LdapError, ResultEntry, Scope, SearchEntry, dn_escape,
    ldap_escape,
};
use rustls::ClientConfig;

use crate::auth::account::{Source, is_login};
use crate::auth::role::Roles;
use crate::config::{self, Grant};
use crate::control::Vouched;
use crate::keep;
use crate::outside::{ConnectError, tls_config};

/// Where a login stands in a filter.
const LOGIN: &str = "{login}";
/// Where the name of an entry stands in a filter.
const DN: &str = "{dn}";
/// Answer of a bind whose name or password is wrong (RFC 4511, 4.1.9).
const INVALID_CREDENTIALS: u32 = 49;

/// Why the directory cannot be asked.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DirectoryError {
    #[error("the directory does not answer as it should")]
    Ldap(#[from] LdapError),
    #[error("cannot read the directory's password from {}", path.display())]
    Password {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
}

/// What the directory says of a login and a password.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// They belong together, and these are the person's roles.
    Vouched(Box<Vouched>),
    /// They do not, or there is no such login.
    Wrong,
    /// They do, but no group of the person's has a role here.
    NoRole,
}

/// A directory that vouches for people.
pub(crate) struct Directory {
    settings: config::Ldap,
    tls: Arc<ClientConfig>,
}

/// What stands of a person in the directory.
struct Person {
    dn: String,
    login: String,
    display_name: String,
    groups: Vec<String>,
}

impl Directory {
    /// The directory of the configuration; none if there is none.
    pub(crate) fn new(settings: &config::Ldap) -> Result<Option<Self>, ConnectError> {
        if settings.url.is_empty() {
            return Ok(None);
        }
        let ca = Some(settings.ca.as_path()).filter(|path| !path.as_os_str().is_empty());
        Ok(Some(Self { settings: settings.clone(), tls: Arc::new(tls_config(ca)?) }))
    }

    /// What the directory says.
    pub(crate) async fn ask(&self, login: &str, password: &str) -> Result<Verdict, DirectoryError> {
        if password.is_empty() || login.is_empty() {
            return Ok(Verdict::Wrong);
        }
        let mut ldap = self.connect().await?;
        let person = self.find(&mut ldap, login).await?;
        let dn = person.as_ref().map_or_else(|| self.nobody(login), |person| person.dn.clone());
        let further = self.groups_of(&mut ldap, &dn).await?;
        let bound = self.timed(&mut ldap).simple_bind(&dn, password).await?;
        // Whether the goodbye is heard does not matter.
        let _ = ldap.unbind().await;
        if bound.rc != INVALID_CREDENTIALS {
            bound.success()?;
            if let Some(person) = person {
                return Ok(self.vouch(person, further));
            }
        }
        Ok(Verdict::Wrong)
    }

    async fn connect(&self) -> Result<Ldap, DirectoryError> {
        let settings = LdapConnSettings::new()
            .set_conn_timeout(self.patience())
            .set_starttls(self.settings.start_tls)
            .set_config(self.tls.clone());
        let (connection, mut ldap) =
            LdapConnAsync::with_settings(settings, &self.settings.url).await?;
        ldap3::drive!(connection);
        if !self.settings.bind_dn.is_empty() {
            let password = self.password()?;
            let bound = self.timed(&mut ldap).simple_bind(&self.settings.bind_dn, &password);
            bound.await?.success()?;
        }
        Ok(ldap)
    }

    /// Read at each use, so that a new one takes effect without a restart.
    fn password(&self) -> Result<String, DirectoryError> {
        let path = &self.settings.bind_password_file;
        let failed = |source| DirectoryError::Password { path: path.clone(), source };
        let missing = || failed(io::ErrorKind::NotFound.into());
        let text = keep::read(&Real, path).map_err(failed)?.ok_or_else(missing)?;
        Ok(text.trim_end_matches(['\r', '\n']).to_owned())
    }

    /// The one entry of a login; none if there is none, or more than one.
    async fn find(&self, ldap: &mut Ldap, login: &str) -> Result<Option<Person>, DirectoryError> {
        let config::Ldap { base, login_attribute, name_attribute, group_attribute, .. } =
            &self.settings;
        let filter = self.settings.filter.replace(LOGIN, &ldap_escape(login));
        let attributes = [login_attribute, name_attribute, group_attribute];
        let (entries, _) = self
            .timed(ldap)
            .search(base, Scope::Subtree, &filter, attributes.to_vec())
            .await?
            .success()?;
        let mut entries = entries.into_iter().filter(is_entry);
        let (Some(entry), None) = (entries.next(), entries.next()) else { return Ok(None) };
        let mut entry = SearchEntry::construct(entry);
        let mut take = |attribute: &String| {
            let name = entry.attrs.keys().find(|name| name.eq_ignore_ascii_case(attribute));
            let name = name.cloned().unwrap_or_default();
            entry.attrs.remove(&name).unwrap_or_default()
        };
        let groups = take(group_attribute);
        let display_name = take(name_attribute).into_iter().next().unwrap_or_default();
        // The directory's own spelling, so that one person has one name here.
        let login = take(login_attribute).into_iter().next();
        let person = |login| Person { dn: entry.dn, login, display_name, groups };
        Ok(login.filter(|login| is_login(login)).map(person))
    }

    /// The groups that name the entry as a member, for directories whose entries do not name
    /// their groups.
    async fn groups_of(&self, ldap: &mut Ldap, dn: &str) -> Result<Vec<String>, DirectoryError> {
        let config::Ldap { group_base, group_filter, .. } = &self.settings;
        if group_base.is_empty() {
            return Ok(Vec::new());
        }
        let filter = group_filter.replace(DN, &ldap_escape(dn));
        let found = self.timed(ldap).search(group_base, Scope::Subtree, &filter, vec!["1.1"]);
        let (entries, _) = found.await?.success()?;
        let entries = entries.into_iter().filter(is_entry);
        Ok(entries.map(|entry| SearchEntry::construct(entry).dn).collect())
    }

    fn vouch(&self, person: Person, further: Vec<String>) -> Verdict {
        let groups: Vec<String> = person.groups.into_iter().chain(further).collect();
        let granted = granted(&self.settings.roles, |group| {
            groups.iter().any(|known| known.eq_ignore_ascii_case(group))
        });
        let Some((roles, scope)) = granted else { return Verdict::NoRole };
        Verdict::Vouched(Box::new(Vouched {
            source: Source::Ldap,
            subject: None,
            display_name: person.display_name,
            name: person.login,
            roles,
            scope,
        }))
    }

    /// An entry that is not there, for a login that is not there.
    fn nobody(&self, login: &str) -> String {
        let config::Ldap { login_attribute, base, .. } = &self.settings;
        format!("{login_attribute}={},{base}", dn_escape(login))
    }

    fn timed<'a>(&self, ldap: &'a mut Ldap) -> &'a mut Ldap {
        ldap.with_timeout(self.patience())
    }

    fn patience(&self) -> Duration {
        Duration::from_secs(self.settings.seconds_max)
    }
}

/// References to other directories are not followed.
fn is_entry(found: &ResultEntry) -> bool {
    !found.is_ref() && !found.is_intermediate()
}

/// The roles and the scope of whoever is in the groups that `is_in` says; none if no role is
/// granted. Of several scopes each adds to what is seen, and a grant without one is for all.
pub(super) fn granted(
    grants: &[Grant],
    is_in: impl Fn(&str) -> bool,
) -> Option<(Roles, Option<String>)> {
    let mine: Vec<&Grant> = grants.iter().filter(|grant| is_in(&grant.group)).collect();
    let roles = mine.iter().map(|grant| grant.role).collect::<Roles>();
    let scopes: Vec<&str> = mine.iter().map(|grant| grant.scope.as_str()).collect();
    let everything = scopes.iter().any(|scope| scope.is_empty());
    let scope = match scopes.as_slice() {
        [] => return None,
        _ if everything => None,
        [scope] => Some((*scope).to_owned()),
        scopes => Some(format!("({})", scopes.join(") OR ("))),
    };
    Some((roles, scope))
}
