//! Runs the body `leaf_parts` of `fuzz/src/record.rs`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| annals_fuzz::record::leaf_parts(data));
