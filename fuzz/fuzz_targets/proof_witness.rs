//! Runs the body `witness` of `fuzz/src/proof.rs`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| annals_fuzz::proof::witness(data));
