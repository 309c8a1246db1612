//! Who may do what: identities, roles and their rights, tokens and their secrets.

pub mod caller;
pub mod identity;
pub mod role;
pub mod separation;
pub mod token;
