//! Runs the body `import_map` of `fuzz/src/map.rs`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| annals_fuzz::map::import_map(data));
