//! A repository that several people share (`core.sharedRepository`): whatever a release writes below the git directory
//! has the permissions that git would have given it.

use std::collections::BTreeMap;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use crate::manifests::repository;
use crate::sandbox::{Run, Sandbox};

/// Values of every kind: those that add to the mask, and those that take its place.
const VALUES: [&str; 5] = ["group", "true", "all", "0640", "0600"];

/// A package whose tag needs a folder of its own.
fn suite(more: &str) -> Sandbox {
    let manifest = format!("[[manifest]]\npath = \"package.json\"\n{more}");
    let sandbox = repository("package.json", &manifest, &[("package.json", "{\"version\": \"0.1.0\"}\n")]);
    sandbox.replace("trueppm-release.toml", "name = \"v{version}\"", "name = \"own/v{version}\"");
    sandbox.commit_all("chore: a tag in a folder");
    sandbox.git(&["config", "core.logAllRefUpdates", "always"]);
    sandbox
}

/// The permission bits of everything below the git directory, objects by their kind only.
fn modes(sandbox: &Sandbox) -> BTreeMap<PathBuf, u32> {
    let mut found = BTreeMap::new();
    let mut folders = vec![sandbox.root().join(".git")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("list") {
            let path = entry.expect("entry").path();
            let metadata = std::fs::symlink_metadata(&path).expect("metadata");
            if metadata.is_dir() {
                folders.push(path.clone());
            }
            let name = path.strip_prefix(sandbox.root().join(".git")).expect("below").to_path_buf();
            found.insert(name, metadata.mode() & 0o7777);
        }
    }
    found
}

/// What is new or was written since: the modes of references, logs and the index by name, of objects and their folders
/// all that there are.
fn written(before: &BTreeMap<PathBuf, u32>, sandbox: &Sandbox) -> BTreeMap<PathBuf, Vec<u32>> {
    let mut grouped: BTreeMap<PathBuf, Vec<u32>> = BTreeMap::new();
    let always = ["index", "refs/heads/main", "logs/HEAD", "logs/refs/heads/main"];
    for (path, mode) in modes(sandbox) {
        if before.contains_key(&path) && !always.iter().any(|name| path == Path::new(name)) {
            continue;
        }
        let key = match path.strip_prefix("objects") {
            Ok(rest) if rest.components().count() == 1 => PathBuf::from("objects/??"),
            Ok(_) => PathBuf::from("objects/??/*"),
            Err(_) => path,
        };
        let modes = grouped.entry(key).or_default();
        if !modes.contains(&mode) {
            modes.push(mode);
        }
    }
    grouped.remove(Path::new("COMMIT_EDITMSG"));
    grouped
}

/// Runs something as a person with this mask would.
fn with_mask(sandbox: &Sandbox, mask: &str, words: &[&str]) -> Run {
    let mut command = std::process::Command::new("sh");
    command.args(["-c", &format!("umask {mask}; exec \"$0\" \"$@\"")]).args(words);
    command.env_clear().envs(sandbox.variables()).current_dir(sandbox.root()).stdin(Stdio::null());
    Run::from(command.output().expect("sh starts")).expect(0)
}

#[test]
fn what_a_release_writes_is_shared_as_git_shares_it() {
    for (value, mask) in VALUES.into_iter().flat_map(|value| [(value, "022"), (value, "077")]) {
        let by_git = suite("");
        by_git.git(&["config", "core.sharedRepository", value]);
        let before = modes(&by_git);
        by_git.write("package.json", "{\"version\": \"0.1.1\"}\n");
        with_mask(&by_git, mask, &["git", "commit", "--quiet", "--all", "-m", "chore: by hand"]);
        with_mask(&by_git, mask, &["git", "tag", "-a", "-m", "by hand", "own/v0.1.1"]);
        let wanted = written(&before, &by_git);
        assert!(wanted.contains_key(Path::new("refs/tags/own")), "{wanted:?}");

        let ours = suite("");
        ours.git(&["config", "core.sharedRepository", value]);
        let before = modes(&ours);
        with_mask(&ours, mask, &[env!("CARGO_BIN_EXE_trueppm-release"), "patch", "--yes"]);
        assert_eq!(written(&before, &ours), wanted, "core.sharedRepository={value}, umask {mask}");
    }
}

#[test]
fn what_is_there_only_while_a_release_runs_is_shared_too() {
    let step = "[[step]]\nname = \"look\"\nrun = [\"sh\", \"-c\", \"stat -c '%a %n' .git/trueppm-release \
                .git/trueppm-release/* .git/trueppm-release/running/journal.json > ../seen\"]\nwrites = []\n";
    let sandbox = suite(step);
    sandbox.git(&["config", "core.sharedRepository", "group"]);
    with_mask(&sandbox, "077", &[env!("CARGO_BIN_EXE_trueppm-release"), "patch", "--yes"]);
    let seen = sandbox.read("../seen");
    for line in [
        "2770 .git/trueppm-release\n",
        "2770 .git/trueppm-release/running\n",
        "660 .git/trueppm-release/running/journal.json\n",
    ] {
        assert!(seen.contains(line), "no `{line}` in\n{seen}");
    }
}

#[test]
fn an_undo_leaves_what_is_shared_shared() {
    let sandbox = suite("");
    sandbox.git(&["config", "core.sharedRepository", "group"]);
    with_mask(&sandbox, "077", &[env!("CARGO_BIN_EXE_trueppm-release"), "patch", "--yes"]);
    sandbox.git(&["pack-refs", "--all"]);
    with_mask(&sandbox, "077", &[env!("CARGO_BIN_EXE_trueppm-release"), "undo", "--yes"]);
    let modes = modes(&sandbox);
    for path in ["index", "packed-refs", "refs/heads/main", "logs/refs/heads/main"] {
        assert_eq!(modes[Path::new(path)] & 0o660, 0o660, "{path}");
    }
}

#[test]
fn a_value_that_git_does_not_accept_is_named_before_anything_is_written() {
    let sandbox = suite("");
    let before = sandbox.state_around();
    let variables = [
        ("GIT_CONFIG_COUNT", "1"),
        ("GIT_CONFIG_KEY_0", "core.sharedRepository"),
        ("GIT_CONFIG_VALUE_0", "0400"),
    ];
    sandbox.run_with(&["patch", "--yes"], &variables).expect(1).says("core.sharedRepository");
    before.assert_same(&sandbox.state_around());
}
