//! Runs the body `note` of `fuzz/src/proof.rs`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| annals_fuzz::proof::note(data));
