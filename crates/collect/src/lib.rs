//! The collector: follows the logs of real systems, asks their databases and APIs, and sends what
//! they say to a server.
//!
//! What always holds: a position is saved only after the server has acknowledged everything before
//! it, together with the state of the joins, so that a kill at any moment loses nothing; ids are
//! derived from where a line stands, so that what is sent again adds nothing. The log files
//! themselves are the spool while the server is away.
//!
//! What it does not do: understand lines (crate `map`), or keep events.

mod config;
mod error;
mod follow;
mod ndjson;
mod position;
mod pull;
mod run;
mod runner;
mod sink;
mod status;
mod table;
mod test_source;
mod unmapped;

pub use config::{Config, PullConfig, PullKind, ServerConfig, SourceConfig};
pub use error::CollectError;
pub use ndjson::write as write_event;
pub use run::run;
pub use sink::{Ack, HttpSink, SendError, Sink};
pub use table::{EachPart, TableFile, TablePart};
pub use test_source::test_source;
