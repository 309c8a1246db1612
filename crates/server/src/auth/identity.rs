//! `Identity`: who somebody is and what they may, whatever they showed to prove it.
//!
//! An account, a token or an embedded page becomes one of these, and everything behind the door
//! speaks of these alone. Whether what was shown is valid is not decided here.

use std::sync::Arc;

use super::role::{Right, Role, Roles};
use super::token::Token;

/// What somebody showed, and what only that kind knows.
#[derive(Clone, Debug)]
pub enum Kind {
    /// A person's account.
    Account,
    /// An API token; only these send events.
    Token(Arc<Token>),
    /// A page of somebody else's that shows events in a frame.
    Embed,
}

/// Who somebody is.
#[derive(Clone, Debug)]
pub struct Identity {
    /// What they showed.
    pub kind: Kind,
    /// Stays the same when the name changes; unique among identities of its kind.
    pub id: String,
    /// A login, or what a token is called.
    pub name: String,
    /// The name for people.
    pub display_name: String,
    /// What they are.
    pub roles: Roles,
    /// The events they are limited to, as a printed filter; none: all.
    pub scope: Option<String>,
    /// Within that, their own events alone: those whose operator or username is `name`.
    pub own_only: bool,
}

impl Identity {
    /// The holder of a token.
    #[must_use]
    pub fn of_token(token: Token) -> Self {
        Self {
            id: token.id.clone(),
            name: token.name.clone(),
            display_name: token.name.clone(),
            roles: Roles::from(token.role),
            scope: token.scope.clone(),
            own_only: false,
            kind: Kind::Token(Arc::new(token)),
        }
    }

    /// Whoever holds an account. A viewer who is nothing else and has no scope sees what is
    /// theirs.
    #[must_use]
    pub fn of_account(
        id: String,
        name: String,
        display_name: String,
        roles: Roles,
        scope: Option<String>,
    ) -> Self {
        let own_only = scope.is_none() && roles == Roles::from(Role::Viewer);
        Self { kind: Kind::Account, id, name, display_name, roles, scope, own_only }
    }

    /// True if one of their roles has the right.
    #[must_use]
    pub fn may(&self, right: Right) -> bool {
        self.roles.may(right)
    }

    /// The token they hold, if it is one.
    #[must_use]
    pub fn token(&self) -> Option<&Token> {
        match &self.kind {
            Kind::Token(token) => Some(token),
            Kind::Account | Kind::Embed => None,
        }
    }

    /// True if no event is kept from them.
    #[must_use]
    pub fn sees_everything(&self) -> bool {
        self.scope.is_none() && !self.own_only
    }

    /// What they own things under: saved views, exports. Ids of tokens are eight hex digits, so
    /// the prefix keeps the kinds apart.
    #[must_use]
    pub fn owner(&self) -> String {
        match self.kind {
            Kind::Token(_) => self.id.clone(),
            Kind::Account => format!("account:{}", self.id),
            Kind::Embed => format!("embed:{}", self.id),
        }
    }

    /// The operator of their acts in events of `audit-log`.
    #[must_use]
    pub fn operator(&self) -> String {
        match self.kind {
            Kind::Account => self.name.clone(),
            Kind::Token(_) => format!("token-{}", self.id),
            Kind::Embed => format!("embed-{}", self.id),
        }
    }

    /// The user type of their acts.
    #[must_use]
    pub fn user_type(&self) -> &'static str {
        match self.kind {
            Kind::Account => "user",
            Kind::Token(_) | Kind::Embed => "service",
        }
    }

    /// How they proved who they are.
    #[must_use]
    pub fn auth_method(&self) -> &'static str {
        match self.kind {
            Kind::Account => "session",
            Kind::Token(_) => "token",
            Kind::Embed => "embed-token",
        }
    }
}
