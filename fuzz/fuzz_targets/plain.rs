#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| trueppm_release_fuzz::locator(
    trueppm_release::manifest::Format::Plain,
    data
));
