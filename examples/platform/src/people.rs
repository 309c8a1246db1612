//! `People`: accounts, groups, what they may do, integrations, and who is signed in.
//!
//! An account has a right when it, or a group that it is in, has it; an administrator has all.
//! A sign-in that is refused never says why: only the audit log hears that.

mod password;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::ids::Ids;
use crate::refusal::Refusal;
use crate::rights::Right;
use password::Password;
pub(crate) use password::random;

/// An account.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct User {
    pub(crate) login: String,
    pub(crate) name: String,
    email: String,
    home: String,
    pub(crate) is_locked: bool,
    is_admin: bool,
    rights: BTreeSet<Right>,
    #[serde(skip)]
    password: Password,
}

/// A group of accounts.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Group {
    pub(crate) id: String,
    pub(crate) name: String,
    members: BTreeSet<String>,
    rights: BTreeSet<Right>,
    environment: UserEnvironment,
}

/// What the members of a group find when they sign in to a machine.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct UserEnvironment {
    shell: String,
    modules: Vec<String>,
}

/// A link to another organisation's directory of people. Its secrets are not shown again.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Integration {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) provider: Provider,
}

/// Whose directory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Provider {
    Wecom,
    Feishu,
}

/// What a new account shall be.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct NewUser {
    pub(crate) login: String,
    pub(crate) name: String,
    pub(crate) email: String,
    pub(crate) password: String,
}

/// What shall change about an account.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct UserEdit {
    name: Option<String>,
    email: Option<String>,
    pub(crate) is_locked: Option<bool>,
}

/// Why a sign-in was refused; the caller is not told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SignInFault {
    Unknown,
    Locked,
    WrongPassword,
}

/// All of them.
#[derive(Debug, Default)]
pub(crate) struct People {
    users: BTreeMap<String, User>,
    groups: BTreeMap<String, Group>,
    integrations: BTreeMap<String, Integration>,
    /// Token of a sign-in -> login.
    signed_in: BTreeMap<String, String>,
}

impl People {
    /// The first account, which may do everything.
    pub(crate) fn with_admin(password: &str) -> Self {
        let mut people = Self::default();
        let admin = NewUser {
            login: "admin".to_owned(),
            name: "Administrator".to_owned(),
            email: "admin@platform.example".to_owned(),
            password: password.to_owned(),
        };
        people.insert(admin).is_admin = true;
        people
    }

    fn insert(&mut self, ask: NewUser) -> &mut User {
        let user = User {
            home: format!("/home/{}", ask.login),
            login: ask.login.clone(),
            name: ask.name,
            email: ask.email,
            is_locked: false,
            is_admin: false,
            rights: BTreeSet::new(),
            password: Password::new(&ask.password),
        };
        self.users.entry(ask.login).or_insert(user)
    }

    /// A new sign-in and its token.
    pub(crate) fn sign_in(&mut self, login: &str, password: &str) -> Result<String, SignInFault> {
        self.verified(login, password)?;
        let token = random();
        self.signed_in.insert(token.clone(), login.to_owned());
        Ok(token)
    }

    pub(crate) fn sign_out(&mut self, token: &str) {
        self.signed_in.remove(token);
    }

    /// Whether the password is the account's, and may be used.
    pub(crate) fn verified(&self, login: &str, password: &str) -> Result<&User, SignInFault> {
        let user = self.users.get(login).ok_or(SignInFault::Unknown)?;
        match user.password.is(password) {
            _ if user.is_locked => Err(SignInFault::Locked),
            false => Err(SignInFault::WrongPassword),
            true => Ok(user),
        }
    }

    /// Whose sign-in a token is.
    pub(crate) fn whose(&self, token: &str) -> Option<&User> {
        self.users.get(self.signed_in.get(token)?).filter(|user| !user.is_locked)
    }

    /// An account lacks a right, or has it.
    pub(crate) fn allow(&self, login: &str, right: Right) -> Result<(), Refusal> {
        let user = self.users.get(login).ok_or(Refusal::SignIn)?;
        let mut groups = self.groups.values().filter(|group| group.members.contains(login));
        let has = user.is_admin
            || user.rights.contains(&right)
            || groups.any(|group| group.rights.contains(&right));
        if has { Ok(()) } else { Err(Refusal::Right(right)) }
    }

    pub(crate) fn users(&self) -> impl Iterator<Item = &User> {
        self.users.values()
    }

    pub(crate) fn groups(&self) -> impl Iterator<Item = &Group> {
        self.groups.values()
    }

    pub(crate) fn user(&self, login: &str) -> Result<&User, Refusal> {
        self.users.get(login).ok_or_else(|| Refusal::missing("user", login))
    }

    pub(crate) fn group(&self, id: &str) -> Result<&Group, Refusal> {
        self.groups.get(id).ok_or_else(|| Refusal::missing("group", id))
    }

    pub(crate) fn integration(
        &self,
        provider: Provider,
        id: &str,
    ) -> Result<&Integration, Refusal> {
        let found = self.integrations.get(id).filter(|found| found.provider == provider);
        found.ok_or_else(|| Refusal::missing("integration", id))
    }

    fn user_mut(&mut self, login: &str) -> Result<&mut User, Refusal> {
        self.users.get_mut(login).ok_or_else(|| Refusal::missing("user", login))
    }

    fn group_mut(&mut self, id: &str) -> Result<&mut Group, Refusal> {
        self.groups.get_mut(id).ok_or_else(|| Refusal::missing("group", id))
    }

    pub(crate) fn create_user(&mut self, ask: NewUser) -> Result<User, Refusal> {
        let is_plain = ask.login.bytes().all(|byte| byte.is_ascii_alphanumeric());
        if ask.login.is_empty() || !is_plain || ask.login == "system" {
            return Err(Refusal::Request("a login is letters and digits".to_owned()));
        }
        if self.users.contains_key(&ask.login) {
            return Err(Refusal::State(format!("the login `{}` is taken", ask.login)));
        }
        Ok(self.insert(ask).clone())
    }

    pub(crate) fn edit_user(&mut self, login: &str, ask: UserEdit) -> Result<User, Refusal> {
        let user = self.user_mut(login)?;
        user.is_locked = ask.is_locked.unwrap_or(user.is_locked);
        user.name = ask.name.unwrap_or_else(|| user.name.clone());
        user.email = ask.email.unwrap_or_else(|| user.email.clone());
        Ok(user.clone())
    }

    pub(crate) fn edit_home(&mut self, login: &str, home: String) -> Result<User, Refusal> {
        let user = self.user_mut(login)?;
        user.home = home;
        Ok(user.clone())
    }

    /// Deletes all of them or none.
    pub(crate) fn delete_users(&mut self, logins: &[String]) -> Result<Vec<User>, Refusal> {
        for login in logins {
            if self.user(login)?.is_admin {
                return Err(Refusal::Rule("an administrator cannot be deleted"));
            }
        }
        for group in self.groups.values_mut() {
            group.members.retain(|member| !logins.contains(member));
        }
        self.signed_in.retain(|_, login| !logins.contains(login));
        Ok(logins.iter().filter_map(|login| self.users.remove(login)).collect())
    }

    pub(crate) fn change_password(
        &mut self,
        login: &str,
        old: &str,
        new: &str,
    ) -> Result<User, Refusal> {
        let user = self.user_mut(login)?;
        if !user.password.is(old) {
            return Err(Refusal::Request("the old password is another".to_owned()));
        }
        user.password = Password::new(new);
        Ok(user.clone())
    }

    pub(crate) fn grant_user(&mut self, login: &str, rights: &[Right]) -> Result<User, Refusal> {
        let user = self.user_mut(login)?;
        user.rights.extend(rights);
        Ok(user.clone())
    }

    pub(crate) fn revoke_user(&mut self, login: &str, right: Right) -> Result<User, Refusal> {
        let user = self.user_mut(login)?;
        if !user.rights.remove(&right) {
            return Err(Refusal::missing("permission", right.word()));
        }
        Ok(user.clone())
    }

    pub(crate) fn create_group(&mut self, ids: &mut Ids, name: String) -> Group {
        let group = Group {
            id: ids.next("g"),
            name,
            members: BTreeSet::new(),
            rights: BTreeSet::new(),
            environment: UserEnvironment::default(),
        };
        self.groups.entry(group.id.clone()).or_insert(group).clone()
    }

    pub(crate) fn rename_group(&mut self, id: &str, name: String) -> Result<Group, Refusal> {
        let group = self.group_mut(id)?;
        group.name = name;
        Ok(group.clone())
    }

    pub(crate) fn configure_group(
        &mut self,
        id: &str,
        environment: UserEnvironment,
    ) -> Result<Group, Refusal> {
        let group = self.group_mut(id)?;
        group.environment = environment;
        Ok(group.clone())
    }

    pub(crate) fn grant_group(&mut self, id: &str, rights: &[Right]) -> Result<Group, Refusal> {
        let group = self.group_mut(id)?;
        group.rights.extend(rights);
        Ok(group.clone())
    }

    pub(crate) fn revoke_group(&mut self, id: &str, right: Right) -> Result<Group, Refusal> {
        let group = self.group_mut(id)?;
        if !group.rights.remove(&right) {
            return Err(Refusal::missing("permission", right.word()));
        }
        Ok(group.clone())
    }

    /// Puts all of them into the group or none.
    pub(crate) fn join(&mut self, id: &str, logins: &[String]) -> Result<Vec<User>, Refusal> {
        let users = logins.iter().map(|login| self.user(login).cloned());
        let users = users.collect::<Result<Vec<User>, Refusal>>()?;
        self.group_mut(id)?.members.extend(logins.iter().cloned());
        Ok(users)
    }

    pub(crate) fn leave(&mut self, id: &str, login: &str) -> Result<User, Refusal> {
        let user = self.user(login)?.clone();
        if !self.group_mut(id)?.members.remove(login) {
            return Err(Refusal::missing("member", login));
        }
        Ok(user)
    }

    /// Deletes all of them or none.
    pub(crate) fn delete_groups(&mut self, ids: &[String]) -> Result<Vec<Group>, Refusal> {
        for id in ids {
            self.group(id)?;
        }
        Ok(ids.iter().filter_map(|id| self.groups.remove(id)).collect())
    }

    pub(crate) fn integrate(
        &mut self,
        ids: &mut Ids,
        provider: Provider,
        name: String,
    ) -> Integration {
        let integration = Integration { id: ids.next("i"), name, provider };
        self.integrations.insert(integration.id.clone(), integration.clone());
        integration
    }

    pub(crate) fn disintegrate(
        &mut self,
        provider: Provider,
        id: &str,
    ) -> Result<Integration, Refusal> {
        self.integration(provider, id)?;
        self.integrations.remove(id).ok_or_else(|| Refusal::missing("integration", id))
    }
}
