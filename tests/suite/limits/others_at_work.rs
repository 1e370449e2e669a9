//! Other git processes in the same repository, and an index that cannot be written once the release is there.

use std::process::{Child, Stdio};
use std::time::Duration;

use crate::manifests::repository;
use crate::sandbox::{Run, Sandbox};

fn package() -> Sandbox {
    let manifest = "[[manifest]]\npath = \"package.json\"\n";
    repository("package.json", manifest, &[("package.json", "{\"version\": \"0.1.0\"}\n")])
}

/// Starts a release or an undo that finds the branch locked, and comes back once it waits for that lock.
fn waiting(sandbox: &Sandbox, words: &[&str]) -> Child {
    sandbox.git(&["config", "core.filesRefLockTimeout", "-1"]);
    sandbox.write(".git/refs/heads/main.lock", "");
    let mut command = sandbox.command(words);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("binary starts");
    // Its own lock on HEAD is taken just before.
    while !sandbox.exists(".git/HEAD.lock") {
        assert!(child.try_wait().expect("state").is_none(), "it ended without waiting");
        std::thread::sleep(Duration::from_millis(2));
    }
    child
}

#[test]
fn a_branch_that_another_git_has_locked_is_waited_for() {
    let sandbox = package();
    for words in [["patch", "--yes"], ["undo", "--yes"]] {
        let child = waiting(&sandbox, &words);
        sandbox.remove(".git/refs/heads/main.lock");
        Run::from(child.wait_with_output().expect("output")).expect(0);
        assert_eq!(sandbox.git(&["status", "--porcelain"]), "", "{words:?}");
    }
    assert_eq!(sandbox.git(&["tag"]), "");
}

#[test]
fn who_waits_for_ever_can_be_interrupted_and_everything_is_put_back() {
    let sandbox = package();
    sandbox.git(&["config", "core.filesRefLockTimeout", "-1"]);
    sandbox.write(".git/refs/heads/main.lock", "");
    let before = sandbox.state().without_objects();
    let child = waiting(&sandbox, &["patch", "--yes"]);
    let pid =
        rustix::process::Pid::from_raw(i32::try_from(child.id()).expect("a number")).expect("a process");
    rustix::process::kill_process(pid, rustix::process::Signal::INT).expect("signal");
    let run = Run::from(child.wait_with_output().expect("output"));
    assert_ne!(run.code, 0);
    before.assert_same(&sandbox.state().without_objects());
}

/// A hook that runs once the branch has moved, and keeps the new index from getting to its place.
const SABOTAGE: &str = "#!/bin/sh\n[ \"$1\" = committed ] && grep -q refs/heads/main && \
                        mv .git/index.lock ../taken && mkdir .git/index.lock\nexit 0\n";

#[test]
fn an_index_that_cannot_be_written_after_the_release_is_a_warning_with_the_command_that_mends_it() {
    use std::os::unix::fs::PermissionsExt;
    let sandbox = package();
    sandbox.write(".git/hooks/reference-transaction", SABOTAGE);
    let executable = std::fs::Permissions::from_mode(0o755);
    std::fs::set_permissions(sandbox.root().join(".git/hooks/reference-transaction"), executable)
        .expect("mode");
    let run = sandbox.run(&["patch", "--yes"]).expect(0);
    run.says("warning: cannot write the index")
        .says("`git reset --quiet` brings it up to date")
        .shows("v0.1.1");
    assert_eq!(sandbox.git(&["tag", "--points-at", "HEAD"]), "v0.1.1\n");
    assert!(!sandbox.exists(".git/trueppm-release"));
    std::fs::remove_dir(sandbox.root().join(".git/index.lock")).expect("remove");
    sandbox.remove(".git/hooks/reference-transaction");
    assert_ne!(sandbox.git(&["status", "--porcelain"]), "", "the index is that of before");
    sandbox.git(&["reset", "--quiet"]);
    assert_eq!(sandbox.git(&["status", "--porcelain"]), "");
    sandbox.run(&["patch", "--yes"]).expect(0);
}
