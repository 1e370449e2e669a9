//! What is known about the remote: behind and diverged refuse, ahead warns, none at all is said once.

use super::*;

#[test]
fn behind_the_remote_tracking_branch_is_refused() {
    let sandbox = suite_with_origin();
    for path in ["docs/1.md", "docs/2.md"] {
        commit_on_main(&sandbox, path);
    }
    sandbox.git(&["push", "--quiet"]);
    sandbox.git(&["reset", "--quiet", "--hard", "HEAD~2"]);
    refuses(
        &sandbox,
        &["minor"],
        Here,
        "error: main is behind origin/main by 2 commits\nhint: run `git pull --ff-only origin main`\n",
    );
}

#[test]
fn diverged_from_the_remote_tracking_branch_is_refused_with_both_numbers() {
    let sandbox = suite_with_origin();
    commit_on_main(&sandbox, "docs/there.md");
    sandbox.git(&["push", "--quiet"]);
    sandbox.git(&["reset", "--quiet", "--hard", "HEAD~1"]);
    for path in ["docs/1.md", "docs/2.md"] {
        commit_on_main(&sandbox, path);
    }
    refuses(
        &sandbox,
        &["minor"],
        Here,
        "error: main and origin/main have diverged: 2 commits here, 1 commit there\n\
         hint: run `git pull --rebase origin main`\n",
    );
}

#[test]
fn ahead_of_the_remote_tracking_branch_is_a_warning_with_the_number() {
    let sandbox = suite_with_origin();
    let warning = "main is ahead of origin/main by 2 commits that the push would publish";
    let run = sandbox.run(&["minor", "--dry-run"]).expect(0);
    assert!(!run.stdout.contains("ahead of"), "{}", run.stdout);
    for path in ["docs/1.md", "docs/2.md"] {
        commit_on_main(&sandbox, path);
    }
    sandbox.refused(0, &["minor", "--dry-run", "--strict"]).shows(&format!("  warning : {warning}\n"));
    let run = sandbox.run(&["minor", "--yes"]).expect(0);
    assert_eq!(run.stderr.matches(&format!("warning: {warning}\n")).count(), 1, "{}", run.stderr);
    assert!(!run.stderr.contains("no remote"), "{}", run.stderr);
    run.shows("  git push --atomic origin main v0.2.0 scheduler-v0.2.0\n");
}

#[test]
fn without_asking_what_was_fetched_last_counts() {
    let sandbox = suite_with_origin();
    for path in ["docs/1.md", "docs/2.md"] {
        commit_on_main(&sandbox, path);
    }
    let offline = |shown: &str| {
        sandbox.refused(0, &["minor", "--dry-run", "--offline"]).shows(shown);
    };
    offline("  warning : main is ahead of origin/main by 2 commits that the push would publish\n");
    sandbox.git(&["push", "--quiet"]);
    let run = sandbox.refused(0, &["minor", "--dry-run", "--offline"]);
    assert!(!run.stdout.contains("ahead") && !run.stdout.contains("behind"), "{}", run.stdout);
    sandbox.git(&["reset", "--quiet", "--hard", "HEAD~2"]);
    offline("  here: main is behind origin/main by 2 commits\n");
    sandbox
        .refused(1, &["minor", "--yes", "--offline"])
        .says("error: main is behind origin/main by 2 commits\nhint: run `git pull --ff-only origin main`\n");
    commit_on_main(&sandbox, "docs/here.md");
    offline("  here: main and origin/main have diverged: 1 commit here, 2 commits there\n");
}

#[test]
fn from_another_branch_only_head_is_compared_by_name() {
    let sandbox = suite_with_origin();
    commit_on_main(&sandbox, "docs/there.md");
    sandbox.git(&["push", "--quiet"]);
    sandbox.git(&["checkout", "--quiet", "-b", "feature", "HEAD~1"]);
    sandbox.refused(0, &["minor", "--dry-run"]).shows("  here: HEAD is behind origin/main by 1 commit\n");
    sandbox.git(&["rebase", "--quiet", "main"]);
    commit_on_main(&sandbox, "docs/feature.md");
    let run = sandbox.refused(0, &["minor", "--dry-run"]);
    assert!(!run.stdout.contains("ahead of"), "the push would not publish this branch:\n{}", run.stdout);
}

#[test]
fn without_a_remote_this_is_said_once_and_outside_the_gate() {
    let sandbox = Sandbox::suite();
    let said = "no remote `origin`: nothing to compare with, and nothing to push to yet\n";
    for mode in ["--dry-run", "--yes"] {
        let run = sandbox.run(&["minor", mode]).expect(0);
        assert_eq!(run.stderr.matches(said).count(), 1, "{mode}: {}", run.stderr);
        let gate = run.stdout.split("\n\n").next().unwrap_or_default();
        assert!(!gate.contains("no remote"), "{gate}");
    }
}

#[test]
fn a_remote_of_another_name_is_not_passed_over() {
    let sandbox = suite_with_origin();
    sandbox.git(&["remote", "rename", "origin", "backup"]);
    refuses(
        &sandbox,
        &["minor"],
        Here,
        "error: there is no remote `origin`, but `backup`\n\
         hint: name the one that releases go to in `[release]` of `trueppm-release.toml`: `remote = \"backup\"`\n\
         hint: or give it that name: `git remote rename backup origin`\n\
         hint: to go on without asking: `--offline`; whether the tags are free is then not known\n",
    );
}
