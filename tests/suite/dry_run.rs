//! The dry run from every place, what it reads and what its exit code says; and the words, options and variables
//! around a release: date, configuration, steps left out, consent, quiet, colour, help.

mod configuration;
mod consent;
mod date;
mod help;
mod places;
mod skipped_steps;
mod status;
mod voice;

use crate::sandbox::{Run, Sandbox};

const RELEASE_TOML: &str = "trueppm-release.toml";

/// Runs a command that must leave everything as it was, whatever its exit code.
#[track_caller]
fn writes_nothing(sandbox: &Sandbox, code: i32, words: &[&str]) -> Run {
    sandbox.refused_by(code, &mut sandbox.command(words))
}

/// A dry run from a place that only a circumstance is wrong about: listed, exit code 0, and 1 with `--strict`.
#[track_caller]
fn circumstance(sandbox: &Sandbox, words: &[&str], message: &str) -> Run {
    let words: Vec<&str> = words.iter().copied().chain(["--dry-run"]).collect();
    let run = writes_nothing(sandbox, 0, &words);
    assert_eq!(run.stdout.matches(&format!("\n  here: {message}\n")).count(), 1, "{}", run.stdout);
    let strict: Vec<&str> = words.iter().copied().chain(["--strict"]).collect();
    writes_nothing(sandbox, 1, &strict).says("error: a release would be refused: 1 problem, listed above\n");
    run
}

/// The built-in configuration with one text replaced.
fn configuration(from: &str, to: &str) -> String {
    let built_in = trueppm_release::config::built_in();
    assert!(built_in.contains(from), "the built-in profile does not hold `{from}`");
    built_in.replacen(from, to, 1)
}
