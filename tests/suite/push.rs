//! `--push`: everything or nothing arrives, the remote's answer is the proof, and a push that is refused leaves a
//! complete release with both ways on.

use std::time::{Duration, Instant};

use crate::origin::{Origin, assert_all_ended, executable, impatient, pids, through_ssh};
use crate::sandbox::Sandbox;

const PUSH: &str = "git push --atomic origin refs/heads/main refs/tags/v0.2.0 refs/tags/scheduler-v0.2.0";

#[track_caller]
fn assert_released(sandbox: &Sandbox) {
    assert_eq!(sandbox.git(&["tag", "--points-at", "HEAD"]), "scheduler-v0.2.0\nv0.2.0\n");
    assert_eq!(sandbox.git(&["status", "--porcelain"]), "");
}

#[test]
fn the_branch_and_its_tags_arrive_and_nothing_else() {
    let sandbox = Sandbox::suite();
    let origin = Origin::of(&sandbox);
    sandbox.git(&["tag", "-a", "private", "-m", "not to be pushed"]);
    sandbox.git(&["config", "push.followTags", "true"]);
    let run = sandbox.run(&["minor", "--yes", "--push"]).expect(0);
    assert_released(&sandbox);
    for reference in ["refs/heads/main", "refs/tags/v0.2.0", "refs/tags/scheduler-v0.2.0"] {
        assert_eq!(
            origin.git(&["rev-parse", reference]),
            sandbox.git(&["rev-parse", reference]),
            "{reference}"
        );
    }
    assert!(!origin.refs().contains("private"));
    let run = run
        .shows("The push to origin follows.")
        .shows("Pushed main and 2 tags to origin; it says that it has them.\n")
        .shows("\nNow:\n");
    // What was done is not asked for again.
    assert!(!run.stdout.contains("After the push:") && !run.stdout.contains("git push"), "{}", run.stdout);
}

#[test]
fn a_dry_run_shows_the_push_and_pushes_nothing() {
    let sandbox = Sandbox::suite();
    let origin = Origin::of(&sandbox);
    let refs = origin.refs();
    sandbox
        .refused(0, &["minor", "--dry-run", "--push"])
        .shows(&format!("  push    : accepting also runs {PUSH}\n"));
    assert_eq!(origin.refs(), refs);
    let without = sandbox.run(&["minor", "--dry-run"]).expect(0);
    assert!(!without.stdout.contains("push    :"));
}

#[test]
fn a_push_without_a_remote_or_without_asking_is_refused() {
    let sandbox = Sandbox::suite();
    sandbox.refused(1, &["minor", "--yes", "--push"]).says("error: there is no remote `origin` to push to\n");
    sandbox.refused(2, &["minor", "--yes", "--push", "--offline"]);
    sandbox.refused(2, &["--push"]);
}

/// The push that the next steps show, as a shell runs it.
#[track_caller]
fn push_as_shown(sandbox: &Sandbox, shown: &str) {
    let command =
        shown.lines().find_map(|line| line.strip_prefix("  ").filter(|it| it.starts_with("git push")));
    let status = std::process::Command::new("sh")
        .args(["-c", command.expect("a push is shown")])
        .current_dir(sandbox.root())
        .env_clear()
        .envs(sandbox.variables())
        .status();
    assert!(status.expect("sh starts").success(), "{command:?}");
}

#[test]
fn the_push_that_is_shown_works_beside_a_branch_or_a_tag_of_the_same_name() {
    for (alike, shown) in [
        (&["branch", "v0.2.0"][..], "  git push --atomic origin main refs/tags/v0.2.0 scheduler-v0.2.0\n"),
        (&["tag", "main"], "  git push --atomic origin refs/heads/main v0.2.0 scheduler-v0.2.0\n"),
        (&["update-ref", "refs/heads/refs/heads/main", "HEAD"], "  git push --atomic origin main v0.2.0 "),
    ] {
        let sandbox = Sandbox::suite();
        let origin = Origin::of(&sandbox);
        sandbox.git(alike);
        let run = sandbox.run(&["minor", "--yes"]).expect(0).shows(shown);
        push_as_shown(&sandbox, &run.stdout);
        for reference in ["refs/heads/main", "refs/tags/v0.2.0", "refs/tags/scheduler-v0.2.0"] {
            assert_eq!(
                origin.git(&["rev-parse", reference]),
                sandbox.git(&["rev-parse", reference]),
                "{alike:?} {reference}"
            );
        }
        // The push that the program runs itself is as clear.
        sandbox.run(&["minor", "alpha", "--yes", "--push"]).expect(0);
        assert_eq!(origin.git(&["rev-parse", "refs/heads/main"]).trim(), sandbox.commit("HEAD"), "{alike:?}");
    }
}

#[test]
fn each_tag_has_its_pipeline_page() {
    let sandbox = Sandbox::suite();
    let origin = Origin::of(&sandbox);
    let serves = format!(
        "case \"$*\" in\n*upload-pack*) exec git upload-pack '{0}';;\n*receive-pack*) exec git receive-pack '{0}';;\nesac",
        origin.folder.display()
    );
    let ssh = through_ssh(&sandbox, "git@gitlab.com:trueppm/group/suite.git", &serves);
    let variables: Vec<_> = ssh.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let page = "https://gitlab.com/trueppm/group/suite/-/pipelines?ref=";
    sandbox
        .run_with(&["minor", "alpha", "--yes", "--push"], &variables)
        .expect(0)
        .shows(&format!("v0.2.0-alpha.1 starts:\n  - {page}v0.2.0-alpha.1\n"))
        .shows(&format!("scheduler-v0.2.0a1 starts:\n  - {page}scheduler-v0.2.0a1\n"));
}

#[test]
fn a_hook_that_rejects_leaves_the_release_and_both_ways_on() {
    let sandbox = Sandbox::suite();
    let origin = Origin::of(&sandbox);
    let refs = origin.refs();
    origin.hook("pre-receive", "#!/bin/sh\nprintf 'GitLab: main is protected \\033[2J\\n' >&2\nexit 1\n");
    let base = sandbox.commit("HEAD");
    let run = sandbox.run(&["minor", "--yes", "--push"]).expect(6);
    assert_released(&sandbox);
    assert_eq!(origin.refs(), refs);
    let run = run
        .says("error: 0.2.0 is released here, but not pushed to origin: the push was refused\n")
        .says("GitLab: main is protected \\u{1b}[2J")
        .says(&format!("hint: push again, once the reason is gone: `{PUSH}`\n"))
        .says("hint: or take the release back: `trueppm-release undo`\n");
    assert!(!run.stderr.contains('\u{1b}'));
    // The first way on.
    origin.remove_hook("pre-receive");
    let words: Vec<&str> = PUSH.split(' ').skip(1).collect();
    sandbox.git(&words);
    assert_eq!(origin.git(&["rev-parse", "v0.2.0"]), sandbox.git(&["rev-parse", "v0.2.0"]));
    assert_ne!(sandbox.commit("HEAD"), base);
}

#[test]
fn the_hook_before_a_push_runs_unless_told_otherwise() {
    let sandbox = Sandbox::suite();
    let origin = Origin::of(&sandbox);
    let refs = origin.refs();
    let hook = sandbox.root().join(".git/hooks/pre-push");
    executable(&hook, "#!/bin/sh\necho 'not on a Friday' >&2\nexit 1\n");
    sandbox.run(&["minor", "--yes", "--push"]).expect(6).says("not on a Friday");
    assert_released(&sandbox);
    assert_eq!(origin.refs(), refs);
    sandbox.run(&["undo", "--yes"]).expect(0);
    // What is shown is what runs.
    let unverified = PUSH.replace("--atomic", "--atomic --no-verify");
    sandbox
        .run(&["minor", "--dry-run", "--push", "--no-verify"])
        .expect(0)
        .shows(&format!("  push    : accepting also runs {unverified}\n"));
    // A push by hand is another command: whoever wants no hook there says so there, as after `git commit --no-verify`.
    sandbox
        .run(&["minor", "--yes", "--no-verify"])
        .expect(0)
        .shows("\n  git push --atomic origin main v0.2.0 scheduler-v0.2.0\n");
    sandbox.run(&["undo", "--yes"]).expect(0);
    sandbox.run(&["minor", "--yes", "--push", "--no-verify"]).expect(0);
    assert_released(&sandbox);
    assert_eq!(origin.git(&["rev-parse", "v0.2.0"]), sandbox.git(&["rev-parse", "v0.2.0"]));
}

#[test]
fn one_rejected_tag_keeps_the_branch_and_the_other_tag_away_too() {
    let sandbox = Sandbox::suite();
    let origin = Origin::of(&sandbox);
    let refs = origin.refs();
    origin.hook("update", "#!/bin/sh\ncase $1 in *scheduler*) echo 'protected tag' >&2; exit 1;; esac\n");
    sandbox.run(&["minor", "--yes", "--push"]).expect(6).says("protected tag");
    assert_eq!(origin.refs(), refs);
    // The second way on.
    sandbox.run(&["undo", "--yes"]).expect(0);
    assert_eq!(sandbox.git(&["tag", "--list"]), "scheduler-v0.1.0\nv0.1.0\n");
}

#[test]
fn a_colleague_who_pushes_in_between_wins_and_nothing_is_forced() {
    let sandbox = Sandbox::suite();
    let origin = Origin::of(&sandbox);
    // Runs here, after git has asked the remote and before it sends anything.
    executable(
        &sandbox.root().join(".git/hooks/pre-push"),
        &format!(
            "#!/bin/sh\nunset GIT_DIR\nexport GIT_DIR='{}'\n\
             git update-ref refs/heads/main $(git commit-tree main^{{tree}} -p main -m colleague)\n",
            origin.folder.display()
        ),
    );
    sandbox
        .run(&["minor", "--yes", "--push"])
        .expect(6)
        .says("but not pushed to origin: the push was refused\n");
    assert_released(&sandbox);
    assert_eq!(origin.git(&["log", "-1", "--format=%s", "main"]), "colleague\n");
    assert!(!origin.refs().contains("v0.2.0"));
}

#[test]
fn a_push_that_hangs_is_given_up_and_the_remote_is_asked_what_became_of_it() {
    let sandbox = Sandbox::suite();
    let origin = Origin::of(&sandbox);
    impatient(&sandbox);
    let refs = origin.refs();
    origin.hook(
        "pre-receive",
        &format!("#!/bin/sh\necho $$ >> '{}'\nexec sleep 300\n", pids(&sandbox).display()),
    );
    let start = Instant::now();
    sandbox
        .run(&["minor", "--yes", "--push"])
        .expect(6)
        .says("the push was refused\n  it did not end within 2 seconds\n");
    assert!(start.elapsed() < Duration::from_secs(15), "{:?}", start.elapsed());
    assert_all_ended(&sandbox);
    assert_released(&sandbox);
    assert_eq!(origin.refs(), refs);
}

#[test]
fn a_server_that_reports_success_and_keeps_half_is_not_believed() {
    let sandbox = Sandbox::suite();
    let origin = Origin::of(&sandbox);
    origin.hook("post-receive", "#!/bin/sh\ngit update-ref -d refs/tags/v0.2.0\n");
    sandbox.run(&["minor", "--yes", "--push"]).expect(6).says(
        "error: 0.2.0 is released here, and origin has a part of it: only `main`, `scheduler-v0.2.0`\n",
    );
    origin.hook("post-receive", "#!/bin/sh\n");
    let words: Vec<&str> = PUSH.split(' ').skip(1).collect();
    sandbox.git(&words);
    assert_eq!(origin.git(&["rev-parse", "v0.2.0"]), sandbox.git(&["rev-parse", "v0.2.0"]));
}

#[test]
fn a_push_that_arrived_although_git_reports_failure_is_a_push() {
    let sandbox = Sandbox::suite();
    let origin = Origin::of(&sandbox);
    impatient(&sandbox);
    // The references are there when this hook runs.
    origin.hook("post-receive", "#!/bin/sh\nexec sleep 300\n");
    sandbox.run(&["minor", "--yes", "--push"]).expect(0).shows("it says that it has them.\n");
}
