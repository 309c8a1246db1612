//! Runs the body `disclosure` of `fuzz/src/record.rs`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| annals_fuzz::record::disclosure(data));
