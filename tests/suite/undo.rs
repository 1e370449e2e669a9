//! Taking a release back: afterwards everything is as before it, and whatever makes that unsafe refuses and changes
//! nothing.

mod places;

use crate::common::pty::{Launch, Session};
use crate::origin::{Origin, impatient, through_ssh};
use crate::sandbox::{Run, Sandbox, State};

/// A suite with everything pushed, and the release of 0.2.0 on top, which is not.
fn released(sandbox: &Sandbox) -> Origin<'_> {
    let origin = Origin::of(sandbox);
    sandbox.run(&["minor", "--yes"]).expect(0);
    origin
}

/// References, index content and work tree: what a release changes. git keeps the objects and the log of a reference
/// that was moved back, as after `git reset`.
fn visible(sandbox: &Sandbox) -> (State, String, String) {
    let refs = sandbox.git(&["for-each-ref", "--format=%(refname) %(objectname)"]);
    let index = sandbox.git(&["ls-files", "--stage"]);
    (sandbox.state().only_work_tree(), refs, index)
}

#[track_caller]
fn assert_taken_back(before: &(State, String, String), sandbox: &Sandbox) {
    let after = visible(sandbox);
    before.0.assert_same(&after.0);
    assert_eq!(before.1, after.1);
    assert_eq!(before.2, after.2);
    assert_eq!(sandbox.git(&["status", "--porcelain"]), "");
    sandbox.git(&["fsck", "--strict"]);
    assert!(!sandbox.exists(".git/index.lock") && !sandbox.exists(".git/HEAD.lock"));
}

/// The undo must be refused with this code, for real and as a dry run, and leave everything as it was.
#[track_caller]
fn refused(sandbox: &Sandbox, says: &str) -> Run {
    sandbox.refused(1, &["undo", "--dry-run"]).says(says);
    sandbox.refused(1, &["undo", "--yes"]).says(says)
}

#[test]
fn an_undo_leaves_everything_as_it_was_before_the_release() {
    let sandbox = Sandbox::suite();
    let origin = Origin::of(&sandbox);
    let before = visible(&sandbox);
    let refs = origin.refs();
    sandbox.run(&["minor", "--yes"]).expect(0);
    let release = sandbox.commit("HEAD");
    let tree = sandbox.git(&["rev-parse", "HEAD^{tree}"]);
    sandbox
        .run(&["undo", "--yes"])
        .expect(0)
        .says("Undo confirmed via --yes: 0.2.0\n")
        .shows("Took back 0.2.0: main is at ")
        .shows(&format!("git show {} --stat\n", release.get(..10).unwrap()));
    assert_taken_back(&before, &sandbox);
    assert_eq!(origin.refs(), refs);
    // As git itself would: the log says what happened, and leads back to the release.
    assert_eq!(sandbox.git(&["log", "-g", "-1", "--format=%gs"]), "undo: release 0.2.0 taken back\n");
    assert_eq!(sandbox.commit("HEAD@{1}"), release);
    // The same release once more.
    sandbox.run(&["minor", "--yes"]).expect(0);
    assert_eq!(sandbox.git(&["rev-parse", "HEAD^{tree}"]), tree);
}

#[test]
fn a_dry_run_of_an_undo_shows_what_goes_and_what_comes_back_and_changes_nothing() {
    let sandbox = Sandbox::suite();
    let _origin = released(&sandbox);
    for words in [&["undo", "--dry-run"][..], &["-n", "undo"], &["undo", "-n", "--yes"]] {
        sandbox
            .refused(0, words)
            .shows("About to take back the release 0.2.0:\n")
            .shows("  deletes : v0.2.0, scheduler-v0.2.0\n")
            .shows("  note    : origin was asked: it has neither the commit nor its tags\n")
            .shows("  comes back    changelog.d/101.added.md\n")
            .shows("  changes back  CHANGELOG.md\n");
    }
}

#[test]
fn an_undo_without_a_remote_has_nobody_to_ask() {
    let sandbox = Sandbox::suite();
    let before = visible(&sandbox);
    sandbox.run(&["minor", "alpha", "--yes"]).expect(0);
    sandbox
        .run(&["undo", "--dry-run"])
        .expect(0)
        .shows("  note    : there is no remote origin: nothing can have been pushed there\n");
    sandbox.run(&["undo", "--yes"]).expect(0);
    assert_taken_back(&before, &sandbox);
}

#[test]
fn an_undo_works_on_packed_references_on_a_detached_head_and_in_a_linked_work_tree() {
    let sandbox = Sandbox::suite();
    let before = visible(&sandbox);
    sandbox.run(&["minor", "--yes"]).expect(0);
    sandbox.git(&["pack-refs", "--all"]);
    sandbox.run(&["undo", "--yes"]).expect(0);
    assert_eq!(visible(&sandbox).1, before.1);
    assert_taken_back(&before, &sandbox);

    let commit = sandbox.commit("HEAD");
    let job = [("GITLAB_CI", "true"), ("CI_COMMIT_BRANCH", "main"), ("CI_COMMIT_SHA", commit.as_str())];
    sandbox.git(&["checkout", "--quiet", "--detach"]);
    sandbox.run_with(&["minor", "--yes"], &job).expect(0);
    assert_ne!(sandbox.commit("HEAD"), commit);
    sandbox.run(&["undo", "--yes"]).expect(0).shows("the detached HEAD is at ");
    assert_taken_back(&before, &sandbox);
    sandbox.git(&["worktree", "add", "--quiet", "../linked", "main"]);
    let linked = |words: &[&str]| sandbox.run(&[&["-C", "../linked"], words].concat());
    let there = |words: &[&str]| sandbox.git(&[&["-C", "../linked"], words].concat());
    let index = there(&["ls-files", "--stage"]);
    linked(&["minor", "--yes"]).expect(0);
    linked(&["undo", "--yes"]).expect(0);
    assert_eq!(there(&["ls-files", "--stage"]), index);
    assert_eq!(there(&["status", "--porcelain"]), "");
    assert_taken_back(&before, &sandbox);
}

#[test]
fn converted_line_ends_and_executable_bits_come_back_as_git_would_write_them() {
    let sandbox = Sandbox::suite();
    sandbox.write(".gitattributes", "*.md text eol=crlf\n");
    sandbox.commit_all("chore: line ends");
    sandbox.git(&["rm", "--quiet", "--cached", "-r", "."]);
    sandbox.git(&["reset", "--quiet", "--hard"]);
    let before = visible(&sandbox);
    assert!(sandbox.read("CHANGELOG.md").contains("\r\n"));
    sandbox.run(&["minor", "--yes"]).expect(0);
    sandbox.run(&["undo", "--yes"]).expect(0);
    assert_taken_back(&before, &sandbox);
}

#[test]
fn what_is_not_beyond_doubt_the_last_release_is_not_taken_back() {
    let sandbox = Sandbox::suite();
    // 0.1.0 has its tags, but its commit says something else and has no parent.
    refused(&sandbox, "is not the commit of the release 0.1.0\n")
        .says("\n  its subject is `feat: everything`, and that of a release is ")
        .says("\n  it has no parent in this clone\n");
    let _origin = released(&sandbox);
    let object = sandbox.git(&["rev-parse", "v0.2.0"]);
    sandbox.git(&["tag", "--force", "v0.2.0", "HEAD"]);
    refused(&sandbox, "\n  tag `v0.2.0` is not annotated\n");
    sandbox.git(&["tag", "--delete", "v0.2.0"]);
    refused(&sandbox, "\n  there is no tag `v0.2.0` here\n");
    sandbox.git(&["update-ref", "refs/tags/v0.2.0", object.trim()]);
    sandbox.commit_all("fix: after the release");
    refused(&sandbox, "\n  tag `scheduler-v0.2.0` stands on ")
        .says("\n  its subject is `fix: after the release`, and that of a release is ")
        .says("`\nhint: only the last release can be taken back, while HEAD is its commit\n");
    sandbox.git(&["reset", "--quiet", "--hard", "HEAD^"]);
    sandbox.run(&["undo", "--yes"]).expect(0);
}

#[test]
fn a_release_that_is_on_the_remote_in_any_way_stays() {
    let sandbox = Sandbox::suite();
    let origin = released(&sandbox);
    let head = sandbox.commit("HEAD");
    for (push, says) in [
        ("refs/tags/v0.2.0", "\n  tag `v0.2.0`\n"),
        ("refs/tags/v0.2.0:refs/tags/other", "\n  tag `other`\n"),
        ("HEAD:refs/tags/light", "\n  tag `light`\n"),
        ("HEAD:refs/heads/main", "\n  the release commit, on `main`\n"),
        ("HEAD:refs/heads/topic", "\n  the release commit, on `topic`\n"),
    ] {
        sandbox.git(&["push", "--quiet", "origin", push]);
        refused(&sandbox, "error: the release is on origin, so it cannot be taken back\n").says(says);
        let there = push.rsplit(':').next().unwrap();
        if there == "refs/heads/main" {
            // Also when somebody has built on it since, as far as that is known here.
            origin.colleague_commits();
            refused(
                &sandbox,
                "a commit that is not in this clone: whether it holds the release cannot be told\n",
            )
            .says("hint: run `git fetch origin`, then the undo again\n");
            sandbox.git(&["fetch", "--quiet", "origin"]);
            refused(&sandbox, says);
            origin.git(&["update-ref", "refs/heads/main", &format!("{head}^")]);
        } else {
            origin.git(&["update-ref", "-d", there]);
        }
    }
    // A tag of that name that is somebody else's does not publish ours.
    origin.git(&["tag", "v0.2.0", "main"]);
    sandbox
        .run(&["undo", "--yes"])
        .expect(0)
        .says("warning: origin has another tag v0.2.0: only the one of this clone is deleted\n");
}

#[test]
fn a_remote_that_cannot_be_asked_keeps_the_release() {
    let sandbox = Sandbox::suite();
    let _origin = Origin::of(&sandbox);
    impatient(&sandbox);
    sandbox.git(&["push", "--quiet", "origin", "main"]);
    sandbox.run(&["minor", "--yes"]).expect(0);
    let ssh = through_ssh(&sandbox, "git@git.invalid:trueppm/suite.git", "exec sleep 300");
    let variables: Vec<_> = ssh.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let before = sandbox.state();
    sandbox
        .run_with(&["undo", "--yes"], &variables)
        .expect(1)
        .says("error: whether the release was pushed cannot be told: `origin` cannot be asked\n")
        .says("it did not answer within 1 second\n");
    before.assert_same(&sandbox.state());
    for words in [&["undo", "--offline"][..], &["undo", "--yes", "--push"], &["minor", "undo"]] {
        sandbox.run(words).expect(2);
    }
    before.assert_same(&sandbox.state());
}

#[test]
fn work_in_progress_is_never_overwritten_and_untracked_files_are_left_alone() {
    let sandbox = Sandbox::suite();
    let _origin = released(&sandbox);
    sandbox.write("notes.txt", "mine\n");
    sandbox.write("changelog.d/101.added.md", "mine as well\n");
    refused(&sandbox, "error: untracked files lie where files would come back\n  changelog.d/101.added.md\n");
    sandbox.remove("changelog.d/101.added.md");
    let readme = sandbox.read("packages/web/package.json");
    sandbox.write("packages/web/package.json", format!("{readme}\n"));
    refused(&sandbox, "error: working tree is not clean\n  packages/web/package.json\n");
    sandbox.write("packages/web/package.json", readme);
    sandbox.run(&["undo", "--yes"]).expect(0);
    assert_eq!(sandbox.read("notes.txt"), "mine\n");
}

#[test]
fn another_branch_at_the_release_or_under_the_feet_is_refused() {
    let sandbox = Sandbox::suite();
    let _origin = released(&sandbox);
    sandbox.git(&["branch", "topic"]);
    refused(&sandbox, "error: other branches are at the release commit as well: `topic`\n");
    sandbox.git(&["checkout", "--quiet", "topic"]);
    refused(&sandbox, "error: not on `main`: the checked-out branch is `topic`\n");
}

#[test]
fn a_lock_of_somebody_else_fails_the_undo_and_puts_everything_back() {
    let sandbox = Sandbox::suite();
    let _origin = released(&sandbox);
    for lock in [
        ".git/index.lock",
        ".git/HEAD.lock",
        ".git/refs/heads/main.lock",
        ".git/refs/tags/v0.2.0.lock",
        ".git/refs/tags/scheduler-v0.2.0.lock",
    ] {
        sandbox.write(lock, "");
        let before = sandbox.state();
        sandbox
            .run(&["undo", "--yes"])
            .expect(4)
            .says("hint: nothing was taken back, and every file is as it was before\n");
        before.assert_same(&sandbox.state());
        sandbox.remove(lock);
    }
    sandbox.run(&["undo", "--yes"]).expect(0);
}

#[test]
fn a_tag_that_cannot_be_deleted_keeps_the_others_and_the_branch_too() {
    for packed in ["v0.2.0", "scheduler-v0.2.0"] {
        let sandbox = Sandbox::suite();
        let _origin = released(&sandbox);
        // One of the tags is packed and cannot leave its file; the other one can be deleted and must come again.
        sandbox.git(&["pack-refs", "--all"]);
        let loose = if packed == "v0.2.0" { "scheduler-v0.2.0" } else { "v0.2.0" };
        let object = sandbox.git(&["rev-parse", loose]);
        sandbox.git(&["tag", "--delete", loose]);
        sandbox.git(&["update-ref", &format!("refs/tags/{loose}"), object.trim()]);
        sandbox.write(".git/packed-refs.lock", "");
        let before = sandbox.state();
        sandbox.run(&["undo", "--yes"]).expect(4).says("error: cannot lock `packed-refs`: it is locked");
        before.assert_same(&sandbox.state());
        sandbox.remove(".git/packed-refs.lock");
        sandbox.run(&["undo", "--yes"]).expect(0);
    }
}

#[test]
fn an_undo_fails_closed_without_a_terminal_and_asks_on_one() {
    let sandbox = Sandbox::suite();
    let origin = Origin::of(&sandbox);
    let start = visible(&sandbox);
    sandbox.run(&["minor", "--yes"]).expect(0);
    sandbox.refused(1, &["undo"]).says("error: no terminal to confirm the undo on");
    let open = || {
        let launch = Launch::new(env!("CARGO_BIN_EXE_trueppm-release")).directory(sandbox.root());
        let variables = sandbox.variables();
        let launch = variables.iter().fold(launch, |launch, (name, value)| launch.environment(name, value));
        let session = launch.arguments(["undo"]).size(100, 40).start();
        session.wait_for("Enter to take 0.2.0 back, or 'q' to leave everything as it is:");
        session
    };
    let before = sandbox.state();
    for answer in ["q\r", "\u{3}", "\u{4}", "0.1.0\rq\r"] {
        let mut session = open();
        for key in answer.split_inclusive('\r') {
            session.send(key);
            if key.starts_with('0') {
                session.wait_for("there is nothing to type here");
                // What is typed before the question stands again is thrown away.
                let asked = |session: &Session| session.flowing().matches("as it is:").count() == 2;
                session.wait_until("the question once more", asked);
            }
        }
        assert_eq!(session.exit_code(), 3, "{}", session.dump());
        before.assert_same(&sandbox.state());
    }
    // What was pushed while the question stood is not taken back.
    let mut session = open();
    sandbox.git(&["push", "--quiet", "origin", "refs/tags/v0.2.0"]);
    let before = sandbox.state();
    session.send("\r");
    assert_eq!(session.exit_code(), 1, "{}", session.dump());
    assert!(session.flowing().contains("the release is on origin"), "{}", session.dump());
    before.assert_same(&sandbox.state());
    origin.git(&["tag", "-d", "v0.2.0"]);
    let mut session = open();
    sandbox.git(&["tag", "-a", "also", "-m", "made while the question stood"]);
    session.send("\r");
    assert_eq!(session.exit_code(), 1, "{}", session.dump());
    assert!(
        session.flowing().contains("something changed while the question waited for an answer"),
        "{}",
        session.dump()
    );
    sandbox.git(&["tag", "-d", "also"]);
    for yes in ["\r", "y\r", " YES \r"] {
        let mut session = open();
        session.send(yes);
        assert_eq!(session.exit_code(), 0, "{}", session.dump());
        assert_taken_back(&start, &sandbox);
        sandbox.run(&["minor", "--yes"]).expect(0);
    }
}

#[test]
fn a_tag_beside_the_releases_own_stays_and_is_named() {
    let sandbox = Sandbox::suite();
    let _origin = released(&sandbox);
    sandbox.git(&["tag", "mine"]);
    sandbox
        .run(&["undo", "--yes"])
        .expect(0)
        .says("warning: tag mine stands on the release commit as well, and stays\n")
        .says_once("as well, and stays");
    assert_eq!(sandbox.git(&["tag", "--list"]), "mine\nscheduler-v0.1.0\nv0.1.0\n");
}

#[test]
fn ignored_files_and_whole_folders_are_not_overwritten_either() {
    let sandbox = Sandbox::suite();
    let _origin = released(&sandbox);
    sandbox.write(".git/info/exclude", "*.added.md\n");
    sandbox.write("changelog.d/101.added.md/inside", "mine\n");
    sandbox.write("changelog.d/102.added.md", "mine\n");
    refused(
        &sandbox,
        "error: untracked files lie where files would come back\n  changelog.d/101.added.md\n  \
         changelog.d/102.added.md\n",
    );
    assert_eq!(sandbox.read("changelog.d/101.added.md/inside"), "mine\n");
}

#[test]
fn tags_that_were_made_by_hand_on_a_head_that_is_no_release_are_called_that() {
    let sandbox = Sandbox::suite();
    let _origin = Origin::of(&sandbox);
    sandbox.git(&["tag", "v0.2.0"]);
    sandbox.git(&["tag", "-a", "scheduler-v0.2.0", "-m", "annotated"]);
    sandbox.git(&["tag", "mine"]);
    let run =
        refused(&sandbox, "\n  tag `v0.2.0` stands on HEAD, which is not its release: it holds 0.1.0\n")
            .says("\nhint: a tag that was made by hand goes with `git tag -d v0.2.0`\n")
            .says("\nhint: a tag that was made by hand goes with `git tag -d scheduler-v0.2.0`\n");
    assert!(!run.stderr.contains("mine"), "{}", run.stderr);
    sandbox
        .refused(1, &["minor", "--yes"])
        .says("error: tag `v0.2.0` already exists: it stands on HEAD, which is not its release (")
        .says("error: tag `scheduler-v0.2.0` already exists: it stands on HEAD, which is not its release (");
    sandbox.git(&["tag", "-d", "v0.2.0", "scheduler-v0.2.0"]);
    sandbox.run(&["minor", "--yes"]).expect(0);
}
