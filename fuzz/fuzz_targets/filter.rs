//! Runs the body `filter` of `fuzz/src/views.rs`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| annals_fuzz::views::filter(data));
