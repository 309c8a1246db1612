//! Signing in where others vouch: by the directory's names and passwords, or at another site.
//!
//! Either way ends like a sign-in by a password of our own, in a session of an account here.

use annals_api::routes;
use annals_ledger::{Clock as _, SystemClock};

use super::ldap::{DirectoryError, Verdict};
use super::oidc::{Begun, OidcError, Provider, Undertaken};
use super::{Entered, Given, Identities, SignInError, caller};
use crate::auth::account::Account;
use crate::auth::visitor::Visitor;
use crate::config::Config;
use crate::control::{By, Control, Refusal, Shown, Vouched};
use crate::outside::ConnectError;

/// Every provider of the configuration, with the address it sends browsers back to.
pub(super) fn providers(config: &Config) -> Result<Vec<Provider>, ConnectError> {
    let home = config.accounts.external_url.trim_end_matches('/');
    let base = &config.console.base_path;
    let provider = |settings: &crate::config::Oidc| {
        let path = routes::OIDC_CALLBACK.replace("{id}", &settings.id);
        Provider::new(settings, format!("{home}{base}{path}"))
    };
    config.oidc.iter().map(provider).collect()
}

impl Identities {
    /// Lets somebody in whose name and password the directory knows. `known` is the account that
    /// they have here already.
    pub(super) async fn sign_in_by_directory(
        &self,
        control: &Control,
        known: Option<&Account>,
        visitor: &Visitor,
        given: &Given,
    ) -> Result<Entered, SignInError> {
        let now = SystemClock.now();
        if let Some(account) = known.filter(|account| account.locked_at(now).is_some()) {
            return Err(self.refuse(control, account, visitor, Refusal::Locked)?);
        }
        let Some(directory) = &self.directory else {
            control.refuse_sign_in(By::Visitor(visitor), None, Refusal::NoAccount, None)?;
            return Err(SignInError::Refused);
        };
        let refusal = match directory.ask(&given.username, &given.password).await? {
            Verdict::Vouched(vouched) => {
                return self.admit(control, &vouched, visitor, "ldap");
            }
            Verdict::NoRole => Refusal::NoRole,
            Verdict::Wrong if known.is_some() => Refusal::WrongPassword,
            Verdict::Wrong => Refusal::NoAccount,
        };
        match known {
            Some(account) => Err(self.refuse(control, account, visitor, refusal)?),
            None => {
                control.refuse_sign_in(By::Visitor(visitor), None, refusal, None)?;
                Err(SignInError::Refused)
            }
        }
    }

    /// Begins a sign-in at another site that shall end at `page`; none if there is no such site.
    pub(crate) async fn begin_oidc(
        &self,
        id: &str,
        page: &str,
        visitor: &Visitor,
    ) -> Result<Option<Begun>, SignInError> {
        let Some(provider) = self.provider(id) else { return Ok(None) };
        let now = SystemClock.now();
        // Each asks the other site and is remembered, so nobody may begin very many.
        self.throttle(visitor, id, now)?;
        Ok(Some(provider.begin(page.to_owned(), now).await?))
    }

    /// Lets somebody in whom another site vouches for; the page they wanted comes along.
    pub(crate) async fn finish_oidc(
        &self,
        control: &Control,
        id: &str,
        undertaken: &Undertaken<'_>,
        visitor: &Visitor,
    ) -> Result<(Entered, String), SignInError> {
        let provider = self.provider(id).ok_or(SignInError::NotAsked)?;
        let returned = provider.finish(undertaken, SystemClock.now()).await?;
        let Some(vouched) = returned.vouched else {
            control.refuse_sign_in(By::Visitor(visitor), None, Refusal::NoRole, None)?;
            return Err(SignInError::NoRole);
        };
        let entered = self.admit(control, &vouched, visitor, "oidc")?;
        Ok((entered, returned.page))
    }

    fn provider(&self, id: &str) -> Option<&Provider> {
        self.providers.iter().find(|provider| provider.id() == id)
    }

    /// Opens a session for somebody another source vouches for.
    fn admit(
        &self,
        control: &Control,
        vouched: &Vouched,
        visitor: &Visitor,
        method: &'static str,
    ) -> Result<Entered, SignInError> {
        let Some(account) = control.admit_vouched(vouched, visitor)? else {
            control.refuse_sign_in(By::Visitor(visitor), None, Refusal::NameTaken, None)?;
            return Err(SignInError::Refused);
        };
        if account.locked_at(SystemClock.now()).is_some() {
            let by = caller(&account, visitor);
            control.refuse_sign_in(By::Caller(&by), Some(&account), Refusal::Locked, None)?;
            return Err(SignInError::Refused);
        }
        self.enter(control, account, Shown::Nothing, visitor, method)
    }
}

impl From<DirectoryError> for SignInError {
    fn from(error: DirectoryError) -> Self {
        Self::Directory(error)
    }
}

impl From<OidcError> for SignInError {
    fn from(error: OidcError) -> Self {
        match error {
            OidcError::NotAsked => Self::NotAsked,
            OidcError::Nameless => Self::Refused,
            error => Self::Provider(error),
        }
    }
}
