//! Who may do what: identities, roles and their rights, accounts, sessions and
//! tokens and their secrets.

pub mod account;
pub mod caller;
pub mod embed;
pub mod identity;
pub mod password;
pub mod role;
pub mod separation;
pub mod session;
pub mod token;
pub(crate) mod totp;
pub mod visitor;
