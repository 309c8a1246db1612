//! Rows of a table somebody else kept (an old audit log, a query's answer) become records.
//!
//! A [`Table`] is a map file, checked and compiled ([`ImportMap`]); without a map it knows the
//! names of the fields in both languages. What always holds: the whole row stands in `origin` with
//! what was inferred; the same row gives the same record with the same id, wherever in the file it
//! stands; what can't be understood is said in a [`Note`] and never guessed. A value the event
//! format will refuse stays in the record as it was, so that whoever refuses it keeps it.
//!
//! What it does not do: read files, decode bytes, resolve names of operations (the catalogue of
//! the server decides), send.

mod cell;
mod column;
mod draft;
mod evidence;
mod import_map;
mod moment;
mod objects;
mod raw;
mod row;
mod words;

pub use column::Target;
pub use draft::Note;
pub use evidence::RowIds;
pub use import_map::{FileForm, FileFormat, ImportMap};
pub use raw::Row;
pub use row::{Mapped, Table};
