//! Runs the body `split` of `fuzz/src/ingest.rs`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| annals_fuzz::ingest::split(data));
