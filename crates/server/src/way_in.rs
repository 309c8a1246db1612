//! The ways in for whoever holds the data folder: the first account, and a new password for one.
//!
//! The first account is made while there is none. With a password that was given it is ready; one
//! that was made up has to be changed at the first sign-in. It holds the powers over system,
//! security and audit at once, until its holder parts them.

use std::path::Path;

use crate::auth::account::Source;
use crate::auth::password::{self, PasswordError, WeakPassword};
use crate::auth::role::Role;
use crate::auth::separation::POWERS;
use crate::config::{Config, Switch};
use crate::control::{AccountChange, By, Control, ControlError, NewAccount};

/// Its login.
const NAME: &str = "admin";

/// An account just made.
#[derive(Debug)]
pub struct FirstAccount {
    /// Its login.
    pub name: &'static str,
    /// The password that was made up; none where one was given.
    pub one_time: Option<String>,
    /// Why the password that was given is a poor one.
    pub weak: Option<WeakPassword>,
}

/// Why there is no way in.
#[derive(Debug, thiserror::Error)]
pub enum WayInError {
    /// The control database cannot be used.
    #[error("cannot use the control database")]
    Control(#[from] ControlError),
    /// The password cannot be hashed.
    #[error("cannot keep the password")]
    Password(#[from] PasswordError),
    /// The system gave no random bytes.
    #[error("the system's random source failed")]
    Random(#[from] getrandom::Error),
}

/// Makes the account `admin` in the data folder of `config`, with `given` as its password or one
/// that is made up; none if there is an account already.
///
/// # Errors
/// When the control database or the system's random source fails.
pub fn first_account(
    config: &Config,
    given: Option<String>,
) -> Result<Option<FirstAccount>, WayInError> {
    let control = Control::open(&config.data)?;
    if control.has_accounts()? {
        return Ok(None);
    }
    let given = given.filter(|password| !password.is_empty());
    let one_time = if given.is_none() { Some(password::one_time()?) } else { None };
    let text = given.as_deref().or(one_time.as_deref()).unwrap_or_default();
    let new = NewAccount {
        name: NAME.to_owned(),
        display_name: String::new(),
        source: Source::Local,
        subject: None,
        roles: match config.access.separation {
            Switch::Off => POWERS.into_iter().collect(),
            // Who hands out access makes the other two.
            Switch::On => Role::SecurityAdmin.into(),
        },
        scope: None,
        password: Some(password::hash(text)?),
        must_change: one_time.is_some(),
    };
    let made = control.create_first_account(&new)?;
    let weak = given.and_then(|given| password::check(&given, NAME).err());
    Ok(made.map(|_| FirstAccount { name: NAME, one_time, weak }))
}

/// Gives an account a one-time password, which is the answer; it is unlocked, and its second
/// factor and its sessions are gone.
///
/// # Errors
/// When there is no such local account, or the database or the random source fails.
pub fn reset_account(data: &Path, name: &str) -> Result<String, WayInError> {
    let control = Control::open_existing(data)?;
    let account = control.account(name)?.ok_or(ControlError::NoAccount)?;
    let password = password::one_time()?;
    let hash = password::hash(&password)?;
    control.set_password(By::Local, "password.reset", name, &hash, true, None)?;
    control.remove_totp(By::Local, &account)?;
    if account.locked {
        let unlock = AccountChange { locked: Some(false), ..AccountChange::default() };
        control.change_account(By::Local, name, &unlock)?;
    }
    Ok(password)
}
