//! What the benchmarks share: whole processes, timed, in an environment of their own.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// The program that is measured.
pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_trueppm-release");

/// In milliseconds.
pub(crate) fn median(times: &[Duration]) -> f64 {
    let mut sorted = times.to_vec();
    sorted.sort();
    sorted[sorted.len() / 2].as_secs_f64() * 1000.0
}

/// One whole process, which must succeed.
pub(crate) fn timed(folder: &Path, words: &[&str]) -> Duration {
    let mut command = command(folder, words[0]);
    command.args(&words[1..]).stdout(Stdio::null()).stderr(Stdio::null());
    let start = Instant::now();
    let status = command.status().expect("command starts");
    let elapsed = start.elapsed();
    assert!(status.success(), "{words:?} failed in {}", folder.display());
    elapsed
}

/// A process away from the settings of whoever measures.
fn command(folder: &Path, program: &str) -> Command {
    let mut command = Command::new(program);
    command
        .current_dir(folder)
        .env_clear()
        .env("PATH", std::env::var("PATH").unwrap_or_default())
        .env("HOME", folder.parent().unwrap_or(folder))
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .stdin(Stdio::null());
    for who in ["AUTHOR", "COMMITTER"] {
        command
            .env(format!("GIT_{who}_NAME"), "Bench")
            .env(format!("GIT_{who}_EMAIL"), "bench@suite.invalid");
    }
    command
}

/// git, which must succeed; what it printed.
pub(crate) fn git(folder: &Path, words: &[&str]) -> String {
    let output = command(folder, "git").args(words).output().expect("git starts");
    assert!(output.status.success(), "git {words:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("UTF-8")
}
