//! Runs the body `change` of `fuzz/src/spool.rs`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| annals_fuzz::spool::change(data));
