//! Accounts that another source vouches for: made at the first sign-in, brought up to date at
//! each.
//!
//! A name belongs to the source that used it first, and within a provider to the person whose
//! unchanging name came with it: nobody comes into an account by being called the same.

use rusqlite::Transaction;

use super::accounts::{self, NewAccount};
use super::outbox::{self, By};
use super::{Control, ControlError};
use crate::auth::account::{Account, Source};
use crate::auth::caller::Caller;
use crate::auth::identity::Identity;
use crate::auth::role::Roles;
use crate::auth::visitor::Visitor;

/// Somebody another source vouches for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Vouched {
    pub(crate) source: Source,
    /// The source's own, unchanging name for the person; none: the login is that.
    pub(crate) subject: Option<String>,
    pub(crate) name: String,
    pub(crate) display_name: String,
    pub(crate) roles: Roles,
    pub(crate) scope: Option<String>,
}

impl Control {
    /// The account of somebody another source vouches for; none if the name is somebody else's
    /// here. What changes is recorded.
    pub(crate) fn admit_vouched(
        &self,
        vouched: &Vouched,
        visitor: &Visitor,
    ) -> Result<Option<Account>, ControlError> {
        let now = self.clock.now();
        self.transact(|transaction| {
            let Some(before) = accounts::by_name(transaction, &vouched.name)? else {
                let account = accounts::insert(transaction, &new(vouched), now)?;
                let caller = caller(&account, visitor);
                let (by, said) = (By::Caller(&caller), accounts::said(&account));
                let act = accounts::act("account.create", by, &account, said);
                outbox::push(transaction, now, &act)?;
                return Ok(Some(account));
            };
            let is_theirs = before.source == vouched.source
                && subject(transaction, &before)? == vouched.subject;
            if !is_theirs {
                return Ok(None);
            }
            let after = Account {
                display_name: new(vouched).display_name,
                roles: vouched.roles,
                scope: vouched.scope.clone(),
                ..before.clone()
            };
            if after != before {
                accounts::write(transaction, &after)?;
                let caller = caller(&after, visitor);
                let (by, said) = (By::Caller(&caller), accounts::said(&after));
                let mut act = accounts::act("account.change", by, &after, said);
                act.before = Some(accounts::said(&before));
                outbox::push(transaction, now, &act)?;
            }
            Ok(Some(after))
        })
    }
}

fn caller(account: &Account, visitor: &Visitor) -> Caller {
    Caller { identity: Identity::of_account(account), visitor: visitor.clone() }
}

fn subject(
    transaction: &Transaction<'_>,
    account: &Account,
) -> Result<Option<String>, rusqlite::Error> {
    let query = "SELECT subject FROM accounts WHERE id = ?";
    transaction.query_row(query, [&account.id], |row| row.get(0))
}

/// A name for people that is too long or odd does not keep them out: it is left out.
fn new(vouched: &Vouched) -> NewAccount {
    let Vouched { source, subject, name, display_name, roles, scope } = vouched.clone();
    let display_name =
        if accounts::is_display_name(&display_name) { display_name } else { String::new() };
    NewAccount {
        display_name: if display_name.is_empty() { name.clone() } else { display_name },
        name,
        source,
        subject,
        roles,
        scope,
        password: None,
        must_change: false,
    }
}
