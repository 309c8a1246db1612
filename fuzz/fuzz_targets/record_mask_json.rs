//! Runs the body `mask_json` of `fuzz/src/record.rs`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| annals_fuzz::record::mask_json(data));
