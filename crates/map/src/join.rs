//! State between lines: what was said before that a later line needs to become a record.
//!
//! A join is bounded, can be written down, and takes a number that is used again (a process id, a
//! port) for the new thing it names.

pub(crate) mod session;
