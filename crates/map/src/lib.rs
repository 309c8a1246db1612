//! Raw text becomes records: decoders, rules, and the small state that joins lines of one act.
//!
//! What always holds: nothing is guessed without saying so (`origin.inferred`), the lines that made
//! a record travel with it, and the same line read again gives the same record with the same id.
//! All state between lines can be written down and taken up again after a restart.
//!
//! Beside lines of logs stand HTTP exchanges: a route file says which is which operation, see
//! [`route`].
//!
//! What it does not do: read files, know the time, keep keys or talk to a server (crate `collect`).

mod decode;
mod draft;
mod error;
mod ids;
mod join;
mod place;
pub mod route;
mod rules;
mod source;
mod table;

pub use decode::calendar::Calendar;
pub use decode::{Decoder, Format, Line};
pub use error::{MapError, RouteFault};
pub use ids::EventIds;
pub use place::{Evidence, Fingerprint, Place, RawLine};
pub use rules::{Found, Rule, Rules};
pub use source::{Kind, Settings, Source, Verdict, open};
pub use table::{FileForm, FileFormat, ImportMap, Mapped, Note, Row, RowIds, Table, Target};
