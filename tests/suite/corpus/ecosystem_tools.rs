//! What npm, cargo and uv make of released files: each reads its own manifests and lock files in a clone of the tag,
//! without a network. A tool that is not here is passed over with a line that says so; `.ci/run` brings all of them.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

use super::passed_over;
use crate::sandbox::{Run, Sandbox};

/// The tools that are here, of those that do not come with the compiler.
pub(super) struct Tools {
    npm: bool,
    uv: bool,
}

impl Tools {
    pub(super) fn here() -> Self {
        let here = |name: &str| {
            let there = Command::new(name).arg("--version").output().is_ok_and(|run| run.status.success());
            if !there {
                passed_over(&format!("there is no {name} here"));
            }
            there
        };
        Self { npm: here("npm"), uv: here("uv") }
    }

    /// Asserts that every tool takes the files of a tag for a version, and the lock files for up to date.
    #[track_caller]
    pub(super) fn accept(&self, sandbox: &Sandbox, tag: &str, semver: &str, pep440: &str) {
        let name = format!("clone-of-{tag}");
        sandbox.git(&["clone", "--quiet", "--branch", tag, ".", &format!("../{name}")]);
        let packages = sandbox.around().join(name).join("packages");
        if self.npm {
            let run = tool(sandbox, "npm", &packages.join("web"), &["pkg", "get", "version"]).expect(0);
            assert_eq!(run.stdout.trim(), format!("\"{semver}\""));
        }
        cargo_accepts(sandbox, &packages.join("wasm-scheduler"), semver);
        if self.uv {
            for package in ["api", "scheduler", "mcp"] {
                uv_accepts(sandbox, &packages.join(package), pep440);
            }
        }
    }
}

/// Runs a tool in a folder; whatever it keeps, it keeps around the sandbox.
fn tool(sandbox: &Sandbox, name: &str, folder: &Path, words: &[&str]) -> Run {
    let mut command = Command::new(name);
    command.env_clear().envs(sandbox.variables()).current_dir(folder).args(words).stdin(Stdio::null());
    // The compiler beside the cargo that runs this test: the one on the path may look for it in another home.
    command.env("RUSTC", Path::new(env!("CARGO")).with_file_name("rustc"));
    command.env("CARGO_HOME", sandbox.around().join("cargo-home"));
    command.env("UV_CACHE_DIR", sandbox.around().join("uv-cache")).env("UV_PYTHON_DOWNLOADS", "never");
    command.output().unwrap_or_else(|error| panic!("{name} starts: {error}")).into()
}

/// `uv lock --check` compares the project with its lock file; only where they differ would it ask a registry, so that
/// without one it takes an up-to-date lock file and no other.
#[track_caller]
fn uv_accepts(sandbox: &Sandbox, folder: &Path, pep440: &str) {
    let check = || tool(sandbox, "uv", folder, &["lock", "--check", "--offline"]);
    check().expect(0);
    let path = folder.join("uv.lock");
    let lock = std::fs::read_to_string(&path).expect("lock file");
    let name = format!("trueppm-{}", folder.file_name().and_then(|name| name.to_str()).expect("name"));
    let own = |version: &str| format!("name = \"{name}\"\nversion = \"{version}\"\nsource = {{ editable");
    std::fs::write(&path, super::once(&lock, &own(pep440), &own("0.0.1"))).expect("lock file");
    assert_ne!(check().code, 0, "uv takes any lock file for {name}");
}

/// `cargo metadata --locked` reads the lock file and the manifest of every package in it. The registry's packages are
/// not here, so that each is stood in for by an empty one with the name, the version, the checksum and the
/// dependencies that the lock file gives it.
#[track_caller]
fn cargo_accepts(sandbox: &Sandbox, folder: &Path, semver: &str) {
    let path = folder.join("Cargo.lock");
    let lock = std::fs::read_to_string(&path).expect("lock file");
    let home = sandbox.around().join("cargo-home");
    let vendor = stand_ins(&home, &toml::from_str(&lock).expect("a TOML document"));
    let config = format!(
        "[source.crates-io]\nreplace-with = \"stand-ins\"\n[source.stand-ins]\ndirectory = {:?}\n",
        vendor.display().to_string()
    );
    std::fs::write(home.join("config.toml"), config).expect("cargo's configuration");
    std::fs::create_dir_all(folder.join("src")).expect("folder");
    std::fs::write(folder.join("src/lib.rs"), "").expect("an empty library");

    let words = ["metadata", "--locked", "--offline", "--format-version", "1"];
    let check = || tool(sandbox, env!("CARGO"), folder, &words);
    let metadata: Value = serde_json::from_str(&check().expect(0).stdout).expect("JSON");
    let packages = metadata["packages"].as_array().expect("packages");
    let own: Vec<&Value> =
        packages.iter().filter(|package| package["name"] == "trueppm-wasm-scheduler").collect();
    assert_eq!(own.len(), 1);
    assert_eq!(own[0]["version"], semver);
    let own = |version: &str| format!("name = \"trueppm-wasm-scheduler\"\nversion = \"{version}\"\n");
    std::fs::write(&path, super::once(&lock, &own(semver), &own("0.0.1"))).expect("lock file");
    check().expect(101).says("--locked");
}

/// The folder with an empty package for every one that a lock file takes from a registry.
fn stand_ins(home: &Path, lock: &Value) -> PathBuf {
    let vendor = home.join("stand-ins");
    let packages = lock["package"].as_array().expect("packages");
    let text = |value: &Value| value.as_str().expect("a string").to_owned();
    for package in packages.iter().filter(|package| package.get("source").is_some()) {
        let (name, version) = (text(&package["name"]), text(&package["version"]));
        let folder = vendor.join(format!("{name}-{version}"));
        std::fs::create_dir_all(folder.join("src")).expect("folder");
        std::fs::write(folder.join("src/lib.rs"), "").expect("an empty library");
        let checksum = serde_json::json!({ "files": {}, "package": package["checksum"] }).to_string();
        std::fs::write(folder.join(".cargo-checksum.json"), checksum).expect("checksum");
        // The features that the project's own manifest asks for.
        let mut manifest = format!(
            "[package]\nname = \"{name}\"\nversion = \"{version}\"\nedition = \"2021\"\n\n\
             [features]\nserde = []\nderive = []\n\n[dependencies]\n"
        );
        for dependency in package["dependencies"].as_array().into_iter().flatten().map(text) {
            let (name, version) = match dependency.split_once(' ') {
                Some((name, version)) => (name.to_owned(), version.to_owned()),
                None => {
                    let only = packages.iter().find(|other| other["name"] == *dependency);
                    (dependency, text(&only.expect("a package of the lock file")["version"]))
                }
            };
            manifest.push_str(&format!("{name} = \"={version}\"\n"));
        }
        std::fs::write(folder.join("Cargo.toml"), manifest).expect("manifest");
    }
    vendor
}
