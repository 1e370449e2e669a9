//! A remote that is read in one place and pushed to in others: what is public, what is taken and what arrived is asked
//! where git pushes, and each place is named. Where the configured remote is not there, the others are.

use std::path::PathBuf;

use crate::origin::{Origin, executable};
use crate::sandbox::Sandbox;

const PUSH: &str = "git push --atomic origin refs/heads/main refs/tags/v0.2.0 refs/tags/scheduler-v0.2.0";

/// A second bare repository with everything that is pushed, `primary.git` beside the first.
fn another<'a>(sandbox: &'a Sandbox, name: &str) -> Origin<'a> {
    let folder: PathBuf = sandbox.around().join(name);
    let shown = folder.display().to_string();
    sandbox.git(&["init", "--quiet", "--bare", "--initial-branch=main", "--template=", &shown]);
    sandbox.git(&["push", "--quiet", "--follow-tags", &shown, "main"]);
    Origin { sandbox, folder }
}

/// `origin.git` is only read, and every push goes to `primary.git`.
fn with_primary(sandbox: &Sandbox) -> (Origin<'_>, Origin<'_>) {
    let mirror = Origin::of(sandbox);
    let primary = another(sandbox, "primary.git");
    sandbox.git(&["config", "remote.origin.pushurl", "../primary.git"]);
    (mirror, primary)
}

/// Every push goes to `origin.git` and to `second.git`.
fn with_two(sandbox: &Sandbox) -> (Origin<'_>, Origin<'_>) {
    let first = Origin::of(sandbox);
    let second = another(sandbox, "second.git");
    sandbox.git(&["remote", "set-url", "--add", "origin", "../second.git"]);
    (first, second)
}

fn has_release(origin: &Origin<'_>) -> bool {
    ["refs/tags/v0.2.0 ", "refs/tags/scheduler-v0.2.0 "].iter().all(|tag| origin.refs().contains(tag))
        && origin.git(&["rev-parse", "main"]).trim() == origin.sandbox.commit("HEAD")
}

#[test]
fn what_arrived_is_asked_where_the_push_went_and_so_is_an_undo() {
    for how in ["pushurl", "pushInsteadOf", "environment"] {
        let sandbox = Sandbox::suite();
        let mirror = Origin::of(&sandbox);
        let primary = another(&sandbox, "primary.git");
        let mut variables = Vec::new();
        match how {
            "pushurl" => drop(sandbox.git(&["config", "remote.origin.pushurl", "../primary.git"])),
            "pushInsteadOf" => {
                drop(sandbox.git(&["config", "url.../primary.git.pushInsteadOf", "../origin.git"]));
            }
            _ => {
                variables = vec![
                    ("GIT_CONFIG_COUNT", "1"),
                    ("GIT_CONFIG_KEY_0", "remote.origin.pushurl"),
                    ("GIT_CONFIG_VALUE_0", "../primary.git"),
                ];
            }
        }
        let refs = mirror.refs();
        sandbox
            .run_with(&["minor", "--yes", "--push"], &variables)
            .expect(0)
            .shows("to origin; it says that it has them.\n");
        assert!(has_release(&primary), "{how}: {}", primary.refs());
        assert_eq!(mirror.refs(), refs);
        let before = sandbox.state();
        for words in [&["undo", "--dry-run"][..], &["undo", "--yes"]] {
            sandbox
                .run_with(words, &variables)
                .expect(1)
                .says("error: the release is on origin (../primary.git), so it cannot be taken back\n");
        }
        before.assert_same(&sandbox.state());
    }
}

#[test]
fn a_release_that_is_in_neither_place_is_taken_back_and_both_were_asked() {
    let sandbox = Sandbox::suite();
    let _both = with_primary(&sandbox);
    sandbox.run(&["minor", "--yes"]).expect(0);
    sandbox.run(&["undo", "--dry-run"]).expect(0).shows(
        "  note    : origin (../primary.git) and origin (../origin.git) were asked: none of them has the commit or one \
         of its tags\n",
    );
    sandbox.run(&["undo", "--yes"]).expect(0);
}

#[test]
fn a_tag_that_is_taken_in_either_place_is_taken() {
    let sandbox = Sandbox::suite();
    let (mirror, primary) = with_primary(&sandbox);
    primary.git(&["tag", "v0.2.0", "main"]);
    sandbox
        .refused(1, &["minor", "--yes"])
        .says("error: tag `v0.2.0` already exists on origin (../primary.git)\n");
    mirror.git(&["tag", "v0.2.0", "main"]);
    sandbox
        .refused(1, &["minor", "--yes"])
        .says("error: tag `v0.2.0` already exists on origin (../primary.git) and origin (../origin.git)\n");
    primary.git(&["tag", "-d", "v0.2.0"]);
    sandbox
        .refused(1, &["minor", "--yes"])
        .says("error: tag `v0.2.0` already exists on origin (../origin.git)\n");
}

#[test]
fn a_mirror_that_lags_behind_is_no_obstacle_and_a_primary_that_moved_on_is_one() {
    let sandbox = Sandbox::suite();
    let (_mirror, primary) = with_primary(&sandbox);
    sandbox.commit_all("fix: pushed to the primary only");
    sandbox.git(&["push", "--quiet", "../primary.git", "main"]);
    let run = sandbox.run(&["minor", "--dry-run"]).expect(0);
    assert!(!run.stdout.contains("ahead") && !run.stdout.contains("here:"), "{}", run.stdout);
    primary.colleague_commits();
    sandbox
        .refused(1, &["minor", "--yes"])
        .says("error: main on origin (../primary.git) is at ")
        .says("hint: run `git pull --rebase ../primary.git main`\n");
    // The way that is named works.
    sandbox.git(&["pull", "--quiet", "--rebase", "../primary.git", "main"]);
    sandbox.run(&["minor", "--yes", "--push"]).expect(0);
    assert!(has_release(&primary));
}

#[test]
fn a_place_that_cannot_be_asked_is_named_without_its_credentials() {
    let sandbox = Sandbox::suite();
    let _mirror = Origin::of(&sandbox);
    sandbox.git(&["config", "remote.origin.pushurl", "ssh://mara:s3cret@git.invalid/x.git"]);
    let ssh = [("GIT_SSH_COMMAND", "false"), ("GIT_SSH_VARIANT", "ssh")];
    let run = sandbox.run_with(&["minor", "--yes"], &ssh).expect(1);
    assert!(!run.stderr.contains("s3cret"), "{}", run.stderr);
    run.says("error: `origin (ssh://mara@git.invalid/x.git)` cannot be asked\n")
        .says("`git ls-remote \"$(git remote get-url --push origin)\"`");
}

#[test]
fn a_push_that_one_of_several_places_refuses_is_told_place_by_place() {
    let sandbox = Sandbox::suite();
    let (first, second) = with_two(&sandbox);
    second.hook("pre-receive", "#!/bin/sh\necho 'the mirror is read-only' >&2\nexit 1\n");
    let run = sandbox
        .run(&["minor", "--yes", "--push"])
        .expect(6)
        .says("error: 0.2.0 is released here, and not every place that origin pushes to has it\n")
        .says("\n  `../origin.git` has all of it\n  `../second.git` has nothing of it\n")
        .says("the mirror is read-only")
        .says(&format!("a place that has it already stays as it is: `{PUSH}`\n"));
    assert!(!run.stderr.contains("undo"), "{}", run.stderr);
    assert!(has_release(&first) && !has_release(&second));
    sandbox
        .refused(1, &["undo", "--yes"])
        .says("error: the release is on origin (../origin.git), so it cannot be taken back\n");
    // The way on that is named works.
    second.remove_hook("pre-receive");
    sandbox.git(&PUSH.split(' ').skip(1).collect::<Vec<_>>());
    assert!(has_release(&second));
}

#[test]
fn a_push_that_every_place_refuses_can_be_taken_back_and_one_that_all_take_is_a_push() {
    let sandbox = Sandbox::suite();
    let (first, second) = with_two(&sandbox);
    for origin in [&first, &second] {
        origin.hook("pre-receive", "#!/bin/sh\nexit 1\n");
    }
    sandbox
        .run(&["minor", "--yes", "--push"])
        .expect(6)
        .says("but not pushed to origin: the push was refused\n")
        .says("hint: or take the release back: `trueppm-release undo`\n");
    sandbox.run(&["undo", "--yes"]).expect(0);
    for origin in [&first, &second] {
        origin.remove_hook("pre-receive");
    }
    sandbox
        .run(&["minor", "--yes", "--push"])
        .expect(0)
        .shows("to origin (../origin.git, ../second.git); each of them says that it has them.\n");
    assert!(has_release(&first) && has_release(&second));
}

#[test]
fn a_server_without_atomic_pushes_is_told_apart_with_the_order_that_works() {
    let sandbox = Sandbox::suite();
    let origin = Origin::of(&sandbox);
    let refs = origin.refs();
    origin.git(&["config", "receive.advertiseAtomic", "false"]);
    let (branch, tags) =
        ("git push origin refs/heads/main", "git push origin refs/tags/v0.2.0 refs/tags/scheduler-v0.2.0");
    let run = sandbox
        .run(&["minor", "--yes", "--push"])
        .expect(6)
        .says("but not pushed to origin: the server takes no atomic push (all together or nothing)\n")
        .says(&format!("hint: push the branch first: `{branch}`\n"))
        .says(&format!("hint: only when that has worked, the tags: `{tags}`\n"))
        .says("hint: or take the release back: `trueppm-release undo`\n");
    assert!(!run.stderr.contains("git push --atomic"), "{}", run.stderr);
    assert_eq!(origin.refs(), refs);
    for command in [branch, tags] {
        sandbox.git(&command.split(' ').skip(1).collect::<Vec<_>>());
    }
    assert!(has_release(&origin));
}

#[test]
fn a_remote_of_another_name_is_named_and_asked_nothing_unless_that_is_wanted() {
    let sandbox = Sandbox::suite();
    let origin = Origin::of(&sandbox);
    sandbox.git(&["remote", "rename", "origin", "upstream"]);
    sandbox
        .refused(1, &["minor", "--yes"])
        .says("error: there is no remote `origin`, but `upstream`\n")
        .says("hint: name the one that releases go to in `[release]` of `trueppm-release.toml`: `remote = \"upstream\"`\n")
        .says("hint: or give it that name: `git remote rename upstream origin`\n")
        .says("`--offline`");
    sandbox
        .refused(0, &["minor", "--dry-run"])
        .shows("  here: there is no remote `origin`, but `upstream`\n");
    sandbox
        .refused(1, &["minor", "--yes", "--push"])
        .says("error: there is no remote `origin` to push to, but `upstream`\n");
    let run = sandbox
        .run(&["minor", "--yes", "--offline"])
        .expect(0)
        .says("warning: there is no remote origin, but upstream, and nobody was asked (--offline): ")
        .shows("Push: there is no remote `origin`, but `upstream`. If it goes there:\n  git push --atomic upstream main ");
    assert!(!run.stdout.contains("git remote add"), "{}", run.stdout);
    // Whether it was pushed is asked there too.
    sandbox.run(&["undo", "--dry-run"]).expect(0).shows(
        "  note    : there is no remote origin; upstream was asked: it has neither the commit nor its tags\n",
    );
    sandbox.git(&["push", "--quiet", "upstream", "main", "v0.2.0"]);
    sandbox
        .refused(1, &["undo", "--yes"])
        .says("error: the release is on upstream, so it cannot be taken back\n");
    drop(origin);
}

#[test]
fn of_several_other_remotes_the_one_that_the_branch_follows_is_proposed() {
    let sandbox = Sandbox::suite();
    let _origin = Origin::of(&sandbox);
    sandbox.git(&["remote", "rename", "origin", "upstream"]);
    sandbox.git(&["remote", "add", "backup", "../origin.git"]);
    sandbox
        .refused(1, &["minor", "--yes"])
        .says("error: there is no remote `origin`, but `upstream`, `backup`\n")
        .says("`remote = \"upstream\"`");
    // Once it is named, it is the remote.
    sandbox.write(
        "trueppm-release.toml",
        trueppm_release::config::built_in().replace("remote = \"origin\"", "remote = \"upstream\""),
    );
    sandbox.commit_all("chore: name the remote");
    sandbox.run(&["minor", "--yes", "--push"]).expect(0).shows("to upstream; it says that it has them.\n");
}

#[test]
fn the_hook_of_a_place_that_hangs_or_fails_after_it_took_the_release_changes_nothing_about_it() {
    let sandbox = Sandbox::suite();
    let (first, second) = with_two(&sandbox);
    executable(&first.folder.join("hooks/post-receive"), "#!/bin/sh\nexit 1\n");
    sandbox.run(&["minor", "--yes", "--push"]).expect(0);
    assert!(has_release(&first) && has_release(&second));
}
