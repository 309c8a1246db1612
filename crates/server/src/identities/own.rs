//! What people change about their own proofs: password and second factor.
//!
//! Each change of a proof takes the old one, so that a session somebody left open is not enough
//! to keep its holder out. Wrong tries are slowed down like those of a sign-in.

use annals_ledger::{Clock as _, SystemClock};

use super::{Identities, NANOS_PER_SECOND, SignInError};
use crate::auth::account::{Account, Source};
use crate::auth::caller::Caller;
use crate::auth::password::{self, WeakPassword};
use crate::auth::session::Session;
use crate::auth::totp::{self, SecondFactor};
use crate::control::{By, Control, Credentials};

/// The holder of an account, who came by a session.
pub(crate) struct Holder<'a> {
    pub(crate) caller: &'a Caller,
    pub(crate) account: &'a Account,
    pub(crate) session: &'a Session,
}

impl Identities {
    /// Changes a password; every other session of the account ends.
    pub(crate) async fn change_password(
        &self,
        control: &Control,
        holder: &Holder<'_>,
        current: String,
        new: String,
    ) -> Result<(), SignInError> {
        self.demand_password(control, holder, &current).await?;
        password::check(&new, &holder.account.name)?;
        if new == current {
            return Err(WeakPassword::Same.into());
        }
        let hash = self.passwords.hash(new).await?;
        let (by, name) = (By::Caller(holder.caller), &holder.account.name);
        let keep = Some(holder.session.id.as_str());
        Ok(control.set_password(by, "password.change", name, &hash, false, keep)?)
    }

    /// A password to hand over, and its hash.
    pub(crate) async fn one_time_password(&self) -> Result<(String, String), SignInError> {
        let password = password::one_time()?;
        let hash = self.passwords.hash(password.clone()).await?;
        Ok((password, hash))
    }

    /// Draws the secret of a second factor: as base32 and as an address. It does not count before
    /// it is confirmed.
    pub(crate) fn propose_totp(
        &self,
        control: &Control,
        holder: &Holder<'_>,
    ) -> Result<(String, String), SignInError> {
        if holder.account.totp {
            return Err(SignInError::TotpThere);
        }
        local(holder)?;
        let secret = totp::secret()?;
        let factor = SecondFactor::new(&secret, &holder.account.name)?;
        control.propose_totp(&holder.account.id, &secret)?;
        Ok((factor.secret(), factor.uri()?))
    }

    /// Makes the proposed second factor count, if `code` is its; the answer are recovery codes.
    pub(crate) fn confirm_totp(
        &self,
        control: &Control,
        holder: &Holder<'_>,
        code: &str,
    ) -> Result<Vec<String>, SignInError> {
        let now = SystemClock.now();
        let tried = self.throttle(&holder.caller.visitor, &holder.account.name, now)?;
        let Credentials { totp_pending, .. } = credentials(control, holder)?;
        let secret = totp_pending.ok_or(SignInError::NoTotp)?;
        let factor = SecondFactor::new(&secret, &holder.account.name)?;
        let seconds = now.nanos().unsigned_abs() / NANOS_PER_SECOND;
        let step = factor.step(code.trim(), seconds, 0).ok_or(SignInError::WrongProof)?;
        let codes = totp::recovery_codes()?;
        let hashes: Vec<[u8; 32]> = codes.iter().map(|code| totp::recovery_hash(code)).collect();
        let by = By::Caller(holder.caller);
        if !control.confirm_totp(by, holder.account, step, &hashes)? {
            return Err(SignInError::NoTotp);
        }
        self.forgive(&tried);
        Ok(codes)
    }

    /// Removes the second factor. False if there is none.
    pub(crate) async fn remove_totp(
        &self,
        control: &Control,
        holder: &Holder<'_>,
        password: String,
    ) -> Result<bool, SignInError> {
        self.demand_password(control, holder, &password).await?;
        Ok(control.remove_totp(By::Caller(holder.caller), holder.account)?)
    }

    /// Refuses whoever does not know the account's password.
    async fn demand_password(
        &self,
        control: &Control,
        holder: &Holder<'_>,
        password: &str,
    ) -> Result<(), SignInError> {
        local(holder)?;
        let name = &holder.account.name;
        let tried = self.throttle(&holder.caller.visitor, name, SystemClock.now())?;
        let known = credentials(control, holder)?;
        if !self.is_password(password, Some(&known)).await? {
            return Err(SignInError::WrongProof);
        }
        self.forgive(&tried);
        Ok(())
    }
}

/// Passwords and second factors of others are kept by whoever vouches for them.
fn local(holder: &Holder<'_>) -> Result<(), SignInError> {
    if holder.account.source == Source::Local { Ok(()) } else { Err(SignInError::Elsewhere) }
}

fn credentials(control: &Control, holder: &Holder<'_>) -> Result<Credentials, SignInError> {
    control.credentials(&holder.account.name)?.ok_or(SignInError::Refused)
}
