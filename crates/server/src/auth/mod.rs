//! Who may do what: roles and their rights, tokens and their secrets.

pub mod role;
pub mod token;
