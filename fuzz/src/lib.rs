//! The bodies of the fuzz targets, a module a crate: each takes any bytes and panics if the
//! parser broke a promise.
//!
//! They stand apart from the targets so that the crates' own tests can run the same bodies under
//! proptest, without a fuzzer. `fuzz_targets` holds only the glue.

pub mod ingest;
pub mod ledger;
pub mod map;
pub mod proof;
pub mod record;
pub mod spool;
pub mod views;
