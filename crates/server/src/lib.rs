//! The house: puts the rooms together and opens the door.
//!
//! `serve` builds ledger, control database and views in order, answers HTTP until told to stop,
//! finishes what was accepted and closes the ledger. Prints nothing and exits nowhere: that is
//! for the program around it. What an event is, how it is kept and what can be proved is not
//! known here.

mod app;
mod asked;
mod at_work;
pub mod auth;
mod budget;
mod build;
pub mod config;
mod configured;
mod console;
pub mod control;
mod error;
mod export;
mod fingerprints;
mod found;
mod http;
mod identities;
pub mod ingest;
mod jobs;
mod keep;
mod masks;
mod metrics;
mod outside;
mod pair;
mod pseudonyms;
mod quarantine;
mod recorder;
mod scrub;
mod serve;
mod throttle;
mod tls;
mod told;
mod way_in;
mod witness;
mod words;

pub use auth::role::Role;
pub use build::catalogue;
pub use config::Config;
pub use error::ServerError;
pub use outside::{ConnectError, cosigned_note, fetch};
pub use pair::prove;
pub use serve::serve;
pub use way_in::{FirstAccount, WayInError, first_account, reset_account};
pub use witness::{Witness, WitnessError, serve_witness};
