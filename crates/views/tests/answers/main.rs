//! Answers told from small ledgers: what stands in them is written beside what is expected.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod approvals;
mod causes;
mod damage;
mod history;
mod lives;
mod profile;
mod sessions;
mod tail;
