//! Runs the body `entry_bundle` of `fuzz/src/proof.rs`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| annals_fuzz::proof::entry_bundle(data));
