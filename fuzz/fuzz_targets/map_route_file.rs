//! Runs the body `route_file` of `fuzz/src/map.rs`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| annals_fuzz::map::route_file(data));
