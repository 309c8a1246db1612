//! The filter language: one for console, API, command line, export, alerts, scopes, retention.
//!
//! [`Filter::parse`] reads it, `Display` prints it back; printing and parsing are inverse.
//! The guide to searching (`docs/guide/search.md`) is its description.

mod ast;
mod bind;
mod error;
mod lex;
mod moment;
mod number;
mod parse;
mod pattern;
mod print;
mod value;

pub use ast::{Comparison, Filter, Term, Test, Value};
pub use bind::Bound;
pub use error::{FilterError, FilterFault, Place};
pub use moment::{Moment, NOW_UNITS_MAX, Unit};
pub use number::Number;
pub use parse::{FILTER_BYTES_MAX, FILTER_DEPTH_MAX, FILTER_TERMS_MAX};
pub use pattern::Pattern;

#[cfg(test)]
mod tests;
