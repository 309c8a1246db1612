//! What is told to others so that the ledger cannot be taken back unseen: signed checkpoints go
//! to places and to witnesses that its owner may not control.
//!
//! Everything here rides behind the ledger: it reads heads and never holds one up. What fails is
//! tried again at the next round, and no place waits for another. How each of them is doing can
//! be seen in metrics and status.

mod connect;
mod delivery;
mod folder;
mod place;
mod publisher;
mod syslog;
mod web;
mod witnesses;

pub use connect::{ConnectError, fetch};
pub(crate) use connect::{Connector, tls_config};
pub(crate) use publisher::{Publisher, Rounds};
pub use witnesses::cosigned_note;
