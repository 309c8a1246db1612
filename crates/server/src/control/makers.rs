//! Whether what somebody began or made may go on: exports, live tails, tokens of embedded pages.

use serde_json::json;

use super::outbox::{self, Act, By};
use super::{Control, ControlError};
use crate::auth::account::Account;
use crate::auth::embed::Embed;
use crate::auth::identity::Identity;
use crate::auth::role::Roles;
use crate::auth::separation;

/// What accounts own things under, before their id.
const ACCOUNT: &str = "account:";

impl Control {
    /// Who owns things under `owner` (`Identity::owner`), as they are now; none if they may do
    /// nothing any more.
    pub(crate) fn owner(&self, owner: &str) -> Result<Option<Identity>, ControlError> {
        let now = self.clock.now();
        if let Some(id) = owner.strip_prefix(ACCOUNT) {
            let account = self.account_by_id(id)?.filter(|account| !account.locked);
            return Ok(account.as_ref().map(|account| self.identity(account)));
        }
        let token = self.token(owner)?.filter(|token| token.is_valid(now));
        Ok(token.map(Identity::of_token))
    }

    /// Who holds an account. Whoever has joined powers that are separated now has no rights.
    pub(crate) fn identity(&self, account: &Account) -> Identity {
        let identity = Identity::of_account(account);
        match self.separated.then(|| separation::check(identity.roles)) {
            Some(Err(_)) => Identity { roles: Roles::default(), ..identity },
            _ => identity,
        }
    }

    /// True while the session of this id has not ended at its time or been ended.
    pub(crate) fn is_session_open(&self, id: &str) -> Result<bool, ControlError> {
        let query = "SELECT EXISTS (SELECT 1 FROM sessions WHERE id = ? AND expires_ns > ?)";
        let now = self.clock.now().nanos();
        let found = self.lock().connection.prepare_cached(query).and_then(|mut statement| {
            statement.query_row(rusqlite::params![id, now], |row| row.get(0))
        });
        found.map_err(|source| self.fault(source))
    }

    /// Records that a token for an embedded page is made.
    pub(crate) fn record_embed(&self, by: By<'_>, embed: &Embed) -> Result<(), ControlError> {
        let now = self.clock.now();
        let act = Act {
            by,
            operation: "embed-token.create",
            object_type: "token",
            object_id: &embed.id,
            object_name: embed.user.as_deref().unwrap_or_default(),
            request: json!({ "user": embed.user, "scope": embed.scope, "columns": embed.columns }),
            ..Act::default()
        };
        self.transact(|transaction| outbox::push(transaction, now, &act))
    }
}
