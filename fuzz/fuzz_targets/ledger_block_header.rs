//! Runs the body `block_header` of `crates/ledger/src/foreign.rs`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| annals_ledger::foreign::block_header(data));
