//! The wire form of an event: JSON in, [`Record`](annals_record::Record) out, and back.
//!
//! `docs/formats/event.md` lists the fields, their limits and the codes of faults. Reading finds
//! what is wrong with the JSON (syntax, types, unknown and double keys); what is wrong with the
//! content is found by `Record::seal`.

mod json;
mod kept;
mod parse;
mod print;
mod scan;
pub(crate) mod schema;
mod write;

pub use kept::KeptEvent;
pub use parse::{parse_event, parse_outcome};
pub use print::{Ending, Language, MASKED, Names, Print, print_event};
pub use write::write_event;

#[cfg(test)]
mod tests;
