//! Steps and checks between the answer at the gate and the bump: nothing of the release is written yet, so whatever goes
//! wrong there refuses it, and minutes later it is still the release that was accepted or none.

use std::process::Stdio;

use rustix::process::{Pid, Signal, kill_process};

use super::{check, interrupted, package, releases, step};
use crate::common::pty::Launch;
use crate::origin::Origin;
use crate::sandbox::{Run, Sandbox, State};

const AFTER_GATE: &str = "at = \"after-gate\"";
const NOTHING_WRITTEN: &str = "nothing of the release was written; run it again once this is in order";

/// Runs a minor release whose steps after the gate change something, and asserts that no release came of it.
#[track_caller]
fn refuses(sandbox: &Sandbox) -> Run {
    let run = sandbox.run(&["minor", "--yes"]).expect(1);
    assert!(sandbox.read("package.json").contains("0.1.0"));
    assert!(!sandbox.exists(".git/trueppm-release"));
    assert!(!sandbox.git(&["log", "--all", "--format=%s"]).contains("Release"));
    run
}

#[test]
fn what_fails_after_the_gate_refuses_the_release_with_nothing_changed() {
    let more =
        step("scan", "echo CVE-2026-1; exit 1", AFTER_GATE) + &check("next", "touch ../next", AFTER_GATE);
    let sandbox = package("0.1.0", &more);
    sandbox
        .refused(1, &["minor", "--yes"])
        .says("error: step `scan` failed: exit code 1\n  | CVE-2026-1\n")
        .says("hint: run it by hand to see more: `bash -c");
    assert!(!sandbox.around().join("next").exists(), "what follows a step builds on it");
    sandbox.run(&["minor", "--yes", "--skip-step", "scan"]).expect(0);
}

#[test]
fn checks_after_the_gate_that_follow_each_other_are_reported_together() {
    let more = check("one", "exit 1", AFTER_GATE) + &check("two", "exit 2", AFTER_GATE);
    package("0.1.0", &more)
        .refused(1, &["minor", "--yes"])
        .says("error: check `one` failed: exit code 1")
        .says("error: check `two` failed: exit code 2");
}

#[test]
fn a_best_effort_or_a_skip_after_the_gate_lets_the_release_go_on() {
    let more = step("perhaps", "exit 1", "at = \"after-gate\"\nrequired = false")
        + &step("not now", "exit 75", "at = \"after-gate\"\nexit-codes = { 75 = \"skip\" }");
    releases(&package("0.1.0", &more))
        .says("warning: step `perhaps` failed: exit code 1\n  it was a best effort: the release goes on")
        .says("step `not now` has nothing to do for this release (exit code 75)");
}

#[test]
fn a_step_after_the_gate_that_changes_tracked_files_is_named_and_what_it_did_is_left_alone() {
    for (required, script, status) in [
        ("", "echo changed > README.md", " M README.md\n"),
        ("required = false", "echo changed > README.md; exit 1", " M README.md\n"),
        ("", "git rm --quiet --cached README.md", "D  README.md\n?? README.md\n"),
        ("", "echo x > new.txt; git add new.txt", "A  new.txt\n"),
    ] {
        let more = step("fine", "true", AFTER_GATE)
            + &step("careless", script, &format!("{AFTER_GATE}\n{required}"))
            + &step("later", "touch ../later", AFTER_GATE);
        let sandbox = package("0.1.0", &more);
        let path = if status.contains("new") { "new.txt" } else { "README.md" };
        refuses(&sandbox)
            .says(&format!("error: tracked files changed while step `careless` ran\n  {path}\n"))
            .says("they are left as they are");
        assert_eq!(sandbox.git(&["status", "--porcelain"]), status, "{script}");
        assert!(!sandbox.around().join("later").exists(), "{script}");
    }
}

#[test]
fn files_that_git_does_not_track_are_no_change() {
    let sandbox = package("0.1.0", &step("build", "mkdir build; echo x > build/image.tar", AFTER_GATE));
    sandbox.run(&["minor", "--yes"]).expect(0);
    assert_eq!(sandbox.git(&["status", "--porcelain"]), "?? build/\n");
}

#[test]
fn what_happened_meanwhile_refuses_the_release_that_was_accepted() {
    for (script, words) in [
        ("git commit --quiet --allow-empty -m more", "error: HEAD moved from "),
        ("git checkout --quiet -b other", "error: not on `main`: the checked-out branch is `other`"),
        ("git checkout --quiet --detach", "error: not on `main`: HEAD is detached"),
        ("git tag v0.2.0", "error: tag `v0.2.0` already exists"),
        ("git push --quiet origin HEAD:refs/tags/v0.2.0", "error: tag `v0.2.0` already exists on origin"),
        (
            "git push --quiet origin $(git commit-tree -p HEAD -m theirs HEAD^{tree}):refs/heads/main",
            "error: main is behind origin/main by 1 commit",
        ),
        ("git remote set-url origin ../gone.git", "error: `origin` cannot be asked"),
    ] {
        let sandbox = package("0.1.0", &step("slow", script, AFTER_GATE));
        let _origin = Origin::of(&sandbox);
        refuses(&sandbox).says(words).says(NOTHING_WRITTEN);
    }
}

#[test]
fn a_release_that_would_be_another_one_now_is_refused() {
    // The footer compares with the newest tag of the other kind, and one more of it appears.
    let more = "[changelog]\npath = \"CHANGELOG.md\"\ntag = \"own-v{version}\"\n\n\
                [[tag]]\nname = \"own-v{version}\"\nmessage = \"Own {version}\"\n\n"
        .to_owned()
        + &step("slow", "git tag own-v0.1.0 HEAD~1", AFTER_GATE);
    let sandbox = package("0.1.0", &more);
    sandbox.write(
        "CHANGELOG.md",
        "# Changelog\n\n## [Unreleased]\n\n- Something.\n\n## [0.1.0] - 2026-01-01\n\n- First.\n\n\
         [Unreleased]: https://registry.invalid/compare/v0.1.0...HEAD\n\
         [0.1.0]: https://registry.invalid/compare/v0.0.9...v0.1.0\n",
    );
    sandbox.commit_all("docs: a changelog");
    refuses(&sandbox)
        .says("error: the release is no longer what was accepted while the steps after the gate ran\n")
        .says(NOTHING_WRITTEN);
}

#[test]
fn a_signal_while_a_step_after_the_gate_runs_ends_it_and_changes_nothing() {
    let more =
        step("slow", "touch ../started; sleep 60", AFTER_GATE) + &check("next", "touch ../next", AFTER_GATE);
    let sandbox = package("0.1.0", &more);
    let before: State = sandbox.state();
    interrupted(&sandbox)
        .expect(1)
        .says("error: interrupted: nothing was changed\n  interrupted while step `slow` was running\n");
    before.assert_same(&sandbox.state());
    assert!(!sandbox.around().join("next").exists());
}

#[test]
fn a_release_that_is_killed_after_the_gate_leaves_nothing_to_recover() {
    let script = "touch ../started; while [ ! -e ../end ]; do sleep 0.01; done";
    let sandbox = package("0.1.0", &step("slow", script, AFTER_GATE));
    let before: State = sandbox.state();
    let mut command = sandbox.command(&["minor", "--yes"]);
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("binary starts");
    while !sandbox.around().join("started").exists() {
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    let process = i32::try_from(child.id()).ok().and_then(Pid::from_raw).expect("a process id");
    kill_process(process, Signal::KILL).expect("the signal is sent");
    child.wait().expect("it ends");
    std::fs::write(sandbox.around().join("end"), "").expect("the step ends");
    before.assert_same(&sandbox.state());
    let run = sandbox.run(&["minor", "--yes"]).expect(0);
    assert!(!run.stderr.contains("interrupted"), "{}", run.stderr);
}

#[test]
fn a_step_after_the_gate_that_declares_files_is_refused_with_its_place() {
    let sandbox = package("0.1.0", &step("scan", "true", "at = \"after-gate\"\nwrites = [\"a.txt\"]"));
    sandbox
        .refused(1, &["minor", "--yes"])
        .says("a step `after-gate` writes nothing: `writes` does not go with it")
        .says("hint: let it run `after-bump` or `before-commit`, or leave the key out");
}

#[test]
fn a_dry_run_lists_what_runs_after_the_gate_and_runs_none_of_it() {
    let sandbox = package("0.1.0", &step("scan", "touch ../ran", AFTER_GATE));
    sandbox
        .refused(0, &["minor", "--dry-run"])
        .shows("Steps, after the question is answered:\n  scan: bash -c touch ../ran\n");
    assert!(!sandbox.around().join("ran").exists());
}

#[test]
fn nothing_runs_after_the_gate_unless_the_answer_is_yes() {
    let scan = "[[step]]\nname = \"scan\"\nat = \"after-gate\"\nrun = [\"bash\", \"-c\", \"echo $0 >> ../ran\", \"{version}\"]\n";
    for (keys, code, ran) in [("q\r", 3, None), ("0.3.0\r\r", 0, Some("0.3.0\n"))] {
        let sandbox = package("0.1.0", scan);
        let launch = Launch::new(env!("CARGO_BIN_EXE_trueppm-release")).directory(sandbox.root());
        let launch =
            sandbox.variables().iter().fold(launch, |launch, (name, value)| launch.environment(name, value));
        let mut session = launch.arguments(["minor"]).size(120, 60).start();
        session.wait_for("Enter to accept 0.2.0");
        for key in keys.split_inclusive('\r') {
            if key == "\r" {
                session.wait_for("Enter to accept 0.3.0");
            }
            assert!(!sandbox.around().join("ran").exists());
            session.send(key);
        }
        assert_eq!(session.exit_code(), code, "{}", session.dump());
        assert_eq!(std::fs::read_to_string(sandbox.around().join("ran")).ok().as_deref(), ran);
    }
}
