//! `Identities`: decides whether somebody is who they say, and opens their session.
//!
//! Local accounts are proved here, others by whoever vouches for them. What a caller learns of a
//! failure is one word for every cause, after the same work, so that nobody finds out which names
//! exist; what happened stands in the audit log. How often may be tried is limited by address
//! and by name, whether the name exists or not. Cookies and status codes belong to `http`.

mod ldap;
mod oidc;
mod others;
mod own;

use std::net::IpAddr;

use annals_api::wire::identity::{Methods, OidcMethod};
use annals_ledger::{Clock as _, SystemClock};
use annals_record::Timestamp;
use sha2::{Digest, Sha256};

use ldap::Directory;
use oidc::Provider;
pub(crate) use oidc::Undertaken;
pub(crate) use own::Holder;

use crate::auth::account::{Account, Source};
use crate::auth::caller::Caller;
use crate::auth::identity::Identity;
use crate::auth::password::{PASSWORD_CHARS_MAX, PasswordError, Passwords, WeakPassword};
use crate::auth::session::{self, Lifetimes, Session};
use crate::auth::totp::{self, SecondFactor};
use crate::auth::visitor::Visitor;
use crate::config::Config;
use crate::control::{By, Control, ControlError, Credentials, Entry, Lockout, Refusal, Shown};
use crate::outside::ConnectError;
use crate::throttle::{Allowance, Throttle, Wait};

/// Addresses and names whose tries are remembered.
const REMEMBERED_MAX: usize = 10_000;
/// Bits of an IPv6 address that one household has.
const HOUSEHOLD_BITS: u32 = 64;
const NANOS_PER_SECOND: u64 = 1_000_000_000;
const NANOS_PER_MINUTE: i64 = 60 * NANOS_PER_SECOND as i64;
const NANOS_PER_HOUR: i64 = 60 * NANOS_PER_MINUTE;

/// Why nobody was let in.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SignInError {
    #[error("name, password or code is not right, or the account cannot be used now")]
    Refused,
    #[error("the password is right; send the code of your second factor as `otp`")]
    OtpRequired,
    #[error("the directory cannot be asked; try again later")]
    Directory(#[source] ldap::DirectoryError),
    #[error("the other site cannot be asked, or its answer is not to be trusted")]
    Provider(#[source] oidc::OidcError),
    #[error("this answer was not asked for by this browser, was used before, or came too late")]
    NotAsked,
    #[error("you are known there, but have no role here; ask an administrator")]
    NoRole,
    #[error("password or code is not right")]
    WrongProof,
    #[error("password and second factor of this account are kept elsewhere; change them there")]
    Elsewhere,
    #[error("there is a second factor already; remove it first")]
    TotpThere,
    #[error("no second factor waits to be confirmed; ask for one first")]
    NoTotp,
    #[error(transparent)]
    Weak(#[from] WeakPassword),
    #[error("too many tries; wait {} seconds", .0.0)]
    TooMany(Wait),
    #[error(transparent)]
    Password(#[from] PasswordError),
    #[error(transparent)]
    Control(#[from] ControlError),
    #[error("the system's random source failed")]
    Random(#[from] getrandom::Error),
    #[error("a second factor cannot be used")]
    Totp(#[from] totp_rs::TotpError),
}

/// Why identities cannot be decided.
#[derive(Debug, thiserror::Error)]
pub enum IdentitiesError {
    /// Passwords cannot be hashed.
    #[error("cannot check passwords")]
    Password(#[from] PasswordError),
    /// The directory or a provider cannot be asked as it is configured.
    #[error("cannot ask others who somebody is")]
    Connect(#[from] ConnectError),
}

/// What somebody typed.
pub(crate) struct Given {
    pub(crate) username: String,
    pub(crate) password: String,
    pub(crate) otp: Option<String>,
}

/// A session just opened.
pub(crate) struct Entered {
    pub(crate) account: Account,
    pub(crate) session: Session,
    /// The secret for the browser's cookie.
    pub(crate) cookie: String,
}

/// Under which names a try was counted.
struct Tried {
    name: [u8; 32],
    address: Option<IpAddr>,
}

/// Decides who somebody is.
pub(crate) struct Identities {
    passwords: Passwords,
    by_address: Throttle<IpAddr>,
    /// By the hash of the name, so that long names take no room.
    by_name: Throttle<[u8; 32]>,
    lifetimes: Lifetimes,
    lockout: Lockout,
    directory: Option<Directory>,
    providers: Vec<Provider>,
}

impl Identities {
    /// As the configuration says. Blocks for the time of one hash.
    pub(crate) fn new(config: &Config) -> Result<Self, IdentitiesError> {
        let accounts = &config.accounts;
        let burst = accounts.attempts_per_minute.max(1);
        let allowance = Allowance { burst, nanos_each: 60 * NANOS_PER_SECOND / burst };
        let times =
            |count: u64, nanos: i64| i64::try_from(count).unwrap_or(i64::MAX).saturating_mul(nanos);
        Ok(Self {
            passwords: Passwords::new()?,
            by_address: Throttle::new(allowance, REMEMBERED_MAX),
            by_name: Throttle::new(allowance, REMEMBERED_MAX),
            lifetimes: Lifetimes {
                idle_nanos: times(accounts.idle_minutes, NANOS_PER_MINUTE),
                most_nanos: times(accounts.session_hours, NANOS_PER_HOUR),
            },
            lockout: Lockout {
                failures_max: accounts.lock_after,
                nanos: times(accounts.lock_minutes, NANOS_PER_MINUTE),
            },
            directory: Directory::new(&config.ldap)?,
            providers: others::providers(config)?,
        })
    }

    /// How long sessions last.
    pub(crate) fn lifetimes(&self) -> Lifetimes {
        self.lifetimes
    }

    /// Passwords compared so far, each at the cost of a hash.
    #[cfg(test)]
    pub(crate) fn compared(&self) -> usize {
        self.passwords.compared.load(std::sync::atomic::Ordering::Relaxed)
    }

    /// By which ways one can sign in.
    pub(crate) fn methods(&self) -> Methods {
        let oidc = self.providers.iter().map(|provider| OidcMethod {
            id: provider.id().to_owned(),
            name: provider.name().to_owned(),
        });
        Methods { password: true, ldap: self.directory.is_some(), oidc: oidc.collect() }
    }

    /// Lets somebody in by name and password, or says why not.
    pub(crate) async fn sign_in(
        &self,
        control: &Control,
        visitor: &Visitor,
        given: Given,
    ) -> Result<Entered, SignInError> {
        let now = SystemClock.now();
        let tried = self.throttle(visitor, &given.username, now)?;
        let known = control.credentials(&given.username)?;
        let is_local = |known: &&Credentials| known.account.source == Source::Local;
        let right = self.is_password(&given.password, known.as_ref().filter(is_local)).await?;
        let entered = match known {
            Some(known) if is_local(&&known) => {
                self.sign_in_by_password(control, known, right, visitor, &given)?
            }
            known => {
                let known = known.map(|known| known.account);
                self.sign_in_by_directory(control, known.as_ref(), visitor, &given).await?
            }
        };
        self.forgive(&tried);
        Ok(entered)
    }

    /// Lets the holder of a local account in, if the password is `right`.
    fn sign_in_by_password(
        &self,
        control: &Control,
        local: Credentials,
        right: bool,
        visitor: &Visitor,
        given: &Given,
    ) -> Result<Entered, SignInError> {
        let now = SystemClock.now();
        if local.account.locked_at(now).is_some() {
            return Err(self.refuse(control, &local.account, visitor, Refusal::Locked)?);
        }
        if !right {
            return Err(self.refuse(control, &local.account, visitor, Refusal::WrongPassword)?);
        }
        let shown = match &local.totp {
            None => Shown::Nothing,
            Some(secret) => {
                let otp = given.otp.as_deref().map(str::trim).filter(|otp| !otp.is_empty());
                let otp = otp.ok_or(SignInError::OtpRequired)?;
                show(&local, secret, otp, now)?
            }
        };
        self.enter(control, local.account, shown, visitor, "password")
    }

    /// Opens the session of somebody who has proved to be the account's holder.
    fn enter(
        &self,
        control: &Control,
        account: Account,
        shown: Shown,
        visitor: &Visitor,
        method: &'static str,
    ) -> Result<Entered, SignInError> {
        let opened = session::open()?;
        let caller = caller(&account, visitor);
        let entry = Entry {
            caller: &caller,
            account: &account,
            method,
            opened: &opened,
            lifetimes: self.lifetimes,
        };
        match control.sign_in(&entry, shown)? {
            Some(session) => Ok(Entered { account, session, cookie: opened.cookie }),
            None => Err(self.refuse(control, &account, visitor, Refusal::WrongCode)?),
        }
    }

    /// Records who was not let in. A wrong proof counts towards locking the account.
    fn refuse(
        &self,
        control: &Control,
        account: &Account,
        visitor: &Visitor,
        refusal: Refusal,
    ) -> Result<SignInError, ControlError> {
        let lockout = (refusal != Refusal::Locked).then_some(self.lockout);
        let caller = caller(account, visitor);
        control.refuse_sign_in(By::Caller(&caller), Some(account), refusal, lockout)?;
        Ok(SignInError::Refused)
    }

    /// True if `password` is that of the account; as much work where there is none.
    async fn is_password(
        &self,
        password: &str,
        known: Option<&Credentials>,
    ) -> Result<bool, PasswordError> {
        // Longer ones are nobody's, and hashing them would be work for whoever asks for it.
        let fits = password.chars().take(PASSWORD_CHARS_MAX + 1).count() <= PASSWORD_CHARS_MAX;
        let tried = if fits { password.to_owned() } else { String::new() };
        let kept = known.and_then(|known| known.password.clone());
        Ok(self.passwords.is(tried, kept).await? && fits)
    }

    /// Only what fails is to be slowed down.
    fn forgive(&self, tried: &Tried) {
        self.by_name.give_back(&tried.name);
        if let Some(address) = &tried.address {
            self.by_address.give_back(address);
        }
    }

    fn throttle(
        &self,
        visitor: &Visitor,
        name: &str,
        now: Timestamp,
    ) -> Result<Tried, SignInError> {
        let name: [u8; 32] = Sha256::digest(name.to_lowercase()).into();
        self.by_name.check(&name, now).map_err(SignInError::TooMany)?;
        let address = visitor.source_ip.map(household);
        if let Some(address) = address {
            self.by_address.check(&address, now).map_err(SignInError::TooMany)?;
            self.by_address.take(address, 1, now);
        }
        self.by_name.take(name, 1, now);
        Ok(Tried { name, address })
    }
}

/// Whoever claims to hold the account.
fn caller(account: &Account, visitor: &Visitor) -> Caller {
    Caller { identity: Identity::of_account(account), visitor: visitor.clone() }
}

/// What the second factor says: a code of this moment, or one of the recovery codes.
fn show(
    known: &Credentials,
    secret: &[u8],
    otp: &str,
    now: Timestamp,
) -> Result<Shown, SignInError> {
    let factor = SecondFactor::new(secret, &known.account.name)?;
    let seconds = now.nanos().unsigned_abs() / NANOS_PER_SECOND;
    let step = factor.step(otp, seconds, known.totp_step);
    Ok(step.map_or_else(|| Shown::Recovery(totp::recovery_hash(otp)), Shown::Step))
}

/// What one household shares of an address: all of it, or the half of it that is given out.
fn household(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(address) => {
            let mask = u128::MAX << (u128::BITS - HOUSEHOLD_BITS);
            IpAddr::V6((address.to_bits() & mask).into())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // Whoever has one IPv6 network has 2^64 addresses to try from.
    #[test]
    fn a_network_is_one_address() {
        let of = |text: &str| household(text.parse().expect("an address"));
        assert_eq!(of("2001:db8::1"), of("2001:db8::ffff:1"));
        assert_ne!(of("2001:db8:0:1::1"), of("2001:db8:0:2::1"));
        assert_ne!(of("192.0.2.1"), of("192.0.2.2"));
    }
}
