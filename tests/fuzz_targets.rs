//! Whoever adds a format adds a target that fuzzes it, and seeds to begin with.

#![cfg(test)]
#![expect(clippy::disallowed_methods, reason = "tests read the files of the project")]

use std::path::Path;

use trueppm_release::manifest::Format;

#[test]
fn every_format_and_every_text_that_is_read_has_a_fuzz_target_with_seeds() {
    let fuzz = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz");
    let manifest = std::fs::read_to_string(fuzz.join("Cargo.toml")).expect("fuzz/Cargo.toml");
    let others = ["changelog", "fragment", "version", "configuration", "pattern"];
    let formats: Vec<(&str, String)> =
        Format::ALL.iter().map(|format| (format.name(), format!("Format::{format:?},"))).collect();
    let others = others.map(|name| (name, format!("::{name}(")));
    for (name, calls) in formats.into_iter().chain(others) {
        let target = std::fs::read_to_string(fuzz.join(format!("fuzz_targets/{name}.rs")));
        let target = target.unwrap_or_else(|error| panic!("fuzz/fuzz_targets/{name}.rs: {error}"));
        assert!(target.contains(&calls), "{name} does not call `{calls}`: {target}");
        assert!(manifest.contains(&format!("path = \"fuzz_targets/{name}.rs\"")), "{name} is not built");
        let seeds = std::fs::read_dir(fuzz.join("seeds").join(name)).expect("seeds").count();
        assert!(seeds >= 2, "{name} has {seeds} seeds");
    }
}
