//! Runs the body `segment_ends` of `crates/ledger/src/foreign.rs`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| annals_ledger::foreign::segment_ends(data));
