//! Runs the body `line` of `fuzz/src/map.rs`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| annals_fuzz::map::line(data));
