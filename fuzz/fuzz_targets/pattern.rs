#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| trueppm_release_fuzz::pattern(data));
