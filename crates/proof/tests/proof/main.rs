//! What can be tested of this crate from outside, as an auditor's program uses it.
// A test's helpers may unwrap and print as the test itself may.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

mod document;
mod exhaustive;
mod foreign_vectors;
mod fuzz_bodies;
mod known_answers;
mod memory;
mod properties;
mod published;
mod refusals;
mod witnessing;
