//! For the code of a platform: record what its users do, without ever losing an act.
//!
//! ```no_run
//! use annals_api::client::Client;
//! use annals_api::sdk::{End, Event, Guarantee, Options, Recorder, op};
//!
//! # fn create_cluster() -> Result<String, String> { Ok("c-42".to_owned()) }
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let client = Client::new("http://127.0.0.1:7200", Some("annals_…"))?;
//! let recorder = Recorder::open(client, Options::in_folder("/var/lib/platform/audit"))?;
//!
//! let event = Event::new(op::CLUSTER_CREATE, "zhang3").source_ip("10.2.4.18".parse()?);
//! let audited = recorder.begin(event, Guarantee::Spooled)?; // refused: do not act
//! match create_cluster() {
//!     Ok(id) => audited.finish(End::success().object("cluster", &id))?,
//!     Err(error) => audited.finish(End::failure(&error))?,
//! }
//! # Ok(())
//! # }
//! ```
//!
//! Each operation has a [`Guarantee`]; it stands in the event. A process that dies between begin
//! and finish leaves an operation whose outcome is `unknown`: that is true, and nothing else
//! would be. Calls block, for a few milliseconds as a rule; in async code use the `tower` layer
//! or a thread for blocking work. It knows HTTP only through the client.

mod end;
mod error;
mod event;
pub mod op;
mod recorder;
pub mod spool;
#[cfg(feature = "tower")]
pub mod web;

pub use end::End;
pub use error::SdkError;
pub use event::{Event, Guarantee, Object, Related};
pub use op::Operation;
pub use recorder::{Audited, Options, Recorder, Stats};
