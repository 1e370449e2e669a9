//! What the tests of the real programs share. Each test binary compiles all of it and uses its own part.

#![cfg(test)]
#![allow(dead_code, reason = "each test binary uses its own part")]

pub(crate) mod pty;

use std::path::PathBuf;
use std::process::Command;

/// A program of `tests/programs`, an example to cargo. Only a plain `cargo test` builds it beforehand, and a run of selected tests would
/// drive an old one; so it is built here, which takes cargo a moment when nothing has changed.
#[expect(clippy::disallowed_methods, reason = "asks cargo to build")]
pub(crate) fn example(name: &str) -> PathBuf {
    // <target directory>/<profile>/deps/<test>
    let test = std::env::current_exe().unwrap();
    let profile = test.parent().and_then(|deps| deps.parent()).unwrap();
    let profile_name = match profile.file_name().and_then(|name| name.to_str()).unwrap() {
        "debug" => "dev",
        other => other,
    };
    let built = Command::new(env!("CARGO"))
        .args(["build", "--quiet", "--offline", "--profile", profile_name, "--example", name, "--target-dir"])
        .arg(profile.parent().unwrap())
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
    profile.join("examples").join(name)
}
