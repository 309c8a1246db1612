//! `Identity`: who somebody is and what they may, whatever they showed to prove it.
//!
//! An account, a token or an embedded page becomes one of these, and everything behind the door
//! speaks of these alone. Whether what was shown is valid is not decided here.

use std::sync::Arc;

use super::account::Account;
use super::embed::Embed;
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
    Embed(Arc<Embed>),
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
    pub fn of_account(account: &Account) -> Self {
        let Account { id, name, display_name, roles, scope, .. } = account.clone();
        let own_only = scope.is_none() && roles == Roles::from(Role::Viewer);
        Self { kind: Kind::Account, id, name, display_name, roles, scope, own_only }
    }

    /// Whoever looks at an embedded page that `maker` made a token for: they see what both the
    /// token and its maker may. Without a scope of its own a person's page shows what is theirs.
    #[must_use]
    pub fn of_embed(embed: Embed, maker: &Self) -> Self {
        let scope = match (&maker.scope, &embed.scope) {
            (Some(outer), Some(inner)) => Some(format!("({outer}) ({inner})")),
            (outer, inner) => outer.clone().or_else(|| inner.clone()),
        };
        let is_personal = embed.user.is_some() && embed.scope.is_none();
        let name = match &embed.user {
            Some(user) if !maker.own_only => user.clone(),
            _ => maker.name.clone(),
        };
        Self {
            id: embed.id.clone(),
            display_name: name.clone(),
            name,
            roles: Roles::from(Role::Viewer),
            scope,
            own_only: maker.own_only || is_personal,
            kind: Kind::Embed(Arc::new(embed)),
        }
    }

    /// True if one of their roles has the right. An embedded page shows events and does no more.
    #[must_use]
    pub fn may(&self, right: Right) -> bool {
        let is_shown = matches!(right, Right::ReadEvents | Right::ReadCatalogue);
        self.roles.may(right) && (is_shown || !matches!(self.kind, Kind::Embed(_)))
    }

    /// Everything they may.
    pub fn rights(&self) -> impl Iterator<Item = Right> {
        Right::ALL.into_iter().filter(|right| self.may(*right))
    }

    /// The page they look at, if it is one.
    #[must_use]
    pub fn embed(&self) -> Option<&Embed> {
        match &self.kind {
            Kind::Embed(embed) => Some(embed),
            Kind::Account | Kind::Token(_) => None,
        }
    }

    /// The token they hold, if it is one.
    #[must_use]
    pub fn token(&self) -> Option<&Token> {
        match &self.kind {
            Kind::Token(token) => Some(token),
            Kind::Account | Kind::Embed(_) => None,
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
            Kind::Embed(_) => format!("embed:{}", self.id),
        }
    }

    /// The operator of their acts in events of `audit-log`.
    #[must_use]
    pub fn operator(&self) -> String {
        match self.kind {
            Kind::Account => self.name.clone(),
            Kind::Token(_) => format!("token-{}", self.id),
            Kind::Embed(_) => format!("embed-{}", self.id),
        }
    }

    /// The user type of their acts.
    #[must_use]
    pub fn user_type(&self) -> &'static str {
        match self.kind {
            Kind::Account => "user",
            Kind::Token(_) | Kind::Embed(_) => "service",
        }
    }

    /// How they proved who they are.
    #[must_use]
    pub fn auth_method(&self) -> &'static str {
        match self.kind {
            Kind::Account => "session",
            Kind::Token(_) => "token",
            Kind::Embed(_) => "embed-token",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn embed(user: Option<&str>, scope: Option<&str>) -> Embed {
        Embed {
            id: "e".to_owned(),
            maker: "3f9a01c7".to_owned(),
            user: user.map(str::to_owned),
            scope: scope.map(str::to_owned),
            language: None,
            theme: None,
            columns: Vec::new(),
            until: 0,
        }
    }

    // A page never shows more than whoever made its token sees, and can do nothing but show.
    #[test]
    fn a_page_is_within_its_makers_view() {
        let maker = |scope: Option<&str>, own_only| Identity {
            kind: Kind::Account,
            id: "m".to_owned(),
            name: "maker".to_owned(),
            display_name: String::new(),
            roles: Roles::from(Role::SecurityAdmin),
            scope: scope.map(str::to_owned),
            own_only,
        };
        let check = |maker: Identity, embed: Embed, expected: (&str, Option<&str>, bool)| {
            let page = Identity::of_embed(embed, &maker);
            let found = (page.name.as_str(), page.scope.as_deref(), page.own_only);
            assert_eq!(found, expected);
            let rights: Vec<Right> = page.rights().collect();
            assert_eq!(rights, [Right::ReadEvents, Right::ReadCatalogue]);
        };
        check(maker(None, false), embed(None, None), ("maker", None, false));
        check(maker(None, false), embed(Some("li.si"), None), ("li.si", None, true));
        check(maker(Some("a"), false), embed(Some("x"), Some("b")), ("x", Some("(a) (b)"), false));
        check(maker(Some("a"), false), embed(None, None), ("maker", Some("a"), false));
        check(maker(None, true), embed(Some("li.si"), Some("b")), ("maker", Some("b"), true));
    }
}
