//! Where libgit2 stops: every kind of repository that it reads differently from git, or not at all. Each is released
//! like any other, or refused with what to run while nothing changes; and what it says to run is then run.

mod attributes;
mod clones;
mod modes;
mod others_at_work;
mod owner;
mod sharing;
mod submodules;

use crate::sandbox::{Run, Sandbox};

/// Releases and lets git judge the result.
#[track_caller]
fn released(sandbox: &Sandbox) -> Run {
    let base = sandbox.commit("HEAD");
    let run = sandbox.run(&["minor", "--yes"]).expect(0);
    assert_eq!(sandbox.commit("HEAD^"), base);
    assert_eq!(sandbox.git(&["tag", "--points-at", "HEAD"]), "scheduler-v0.2.0\nv0.2.0\n");
    assert_eq!(sandbox.git(&["status", "--porcelain"]), "");
    sandbox.git(&["fsck", "--strict", "--no-dangling"]);
    run
}

/// Refused by a dry run and by a real one, with these words, and nothing at all changed.
#[track_caller]
fn refused(sandbox: &Sandbox, words: &[&str]) {
    let before = sandbox.state_around();
    for arguments in [&["minor", "--yes"][..], &["minor", "--dry-run", "--strict"]] {
        let run = sandbox.run(arguments).expect(1);
        let said = format!("{}{}", run.stdout, run.stderr);
        for word in words {
            assert!(said.contains(word), "{arguments:?} does not say `{word}`:\n{said}");
        }
        before.assert_same(&sandbox.state_around());
    }
}

/// The suite in a repository that `git init` makes in another way.
fn suite_in(init: &[&str]) -> Sandbox {
    let sandbox = Sandbox::suite();
    std::fs::remove_dir_all(sandbox.root().join(".git")).expect("remove .git");
    let words = [&["init", "--quiet", "--initial-branch=main", "--template="], init].concat();
    sandbox.git(&words);
    sandbox.commit_all("feat: everything");
    sandbox.git(&["tag", "-a", "v0.1.0", "-m", "Release v0.1.0"]);
    sandbox.git(&["tag", "-a", "scheduler-v0.1.0", "-m", "Release trueppm-scheduler 0.1.0"]);
    sandbox
}

#[test]
fn a_sha_256_repository_is_released_like_any_other() {
    let sandbox = suite_in(&["--object-format=sha256"]);
    let base = sandbox.commit("HEAD");
    assert_eq!(base.len(), 64);
    let before = sandbox.state();
    sandbox.run(&["minor", "--dry-run", "--strict"]).expect(0).shows("v0.2.0");
    before.assert_same(&sandbox.state());
    released(&sandbox);
    let tag = sandbox.git(&["cat-file", "tag", "v0.2.0"]);
    assert!(tag.starts_with(&format!("object {}\ntype commit\n", sandbox.commit("HEAD"))), "{tag}");
    sandbox.run(&["patch", "alpha", "--yes"]).expect(0);
    sandbox.git(&["fsck", "--strict", "--no-dangling"]);
}

#[test]
fn a_sha_256_release_that_fails_is_put_back() {
    let sandbox = suite_in(&["--object-format=sha256"]);
    sandbox.write("scripts/export-openapi.sh", "exit 3\n");
    sandbox.commit_all("chore: a step that fails");
    let before = sandbox.state().without_objects();
    sandbox.run(&["minor", "--yes"]).expect(4).says("exit code 3");
    before.assert_same(&sandbox.state().without_objects());
}

#[test]
fn references_kept_as_reftable_are_refused_with_the_way_to_files() {
    let sandbox = suite_in(&["--ref-format=reftable"]);
    refused(&sandbox, &["keeps its references as `reftable`", "git refs migrate --ref-format=files"]);
    // Not every git that knows reftable can migrate a repository with reflogs; the second hint is for those.
    if sandbox.git_run(&["refs", "migrate", "--ref-format=files"]).code != 0 {
        sandbox.git(&["clone", "--quiet", "--template=", "--ref-format=files", ".", "../clone"]);
        released(&sandbox.moved_to("clone"));
    } else {
        released(&sandbox);
    }
}

#[test]
fn an_extension_that_libgit2_does_not_know_is_refused_by_name() {
    let sandbox = Sandbox::suite();
    sandbox.git(&["config", "core.repositoryFormatVersion", "1"]);
    sandbox.git(&["config", "extensions.fromTheFuture", "true"]);
    refused(&sandbox, &["extensions.fromthefuture", "hint: "]);
}

#[test]
fn a_repository_format_of_the_future_is_refused_by_its_number() {
    let sandbox = Sandbox::suite();
    sandbox.git(&["config", "core.repositoryFormatVersion", "2"]);
    refused(&sandbox, &["`core.repositoryFormatVersion`", "2", "hint: "]);
}

#[test]
fn a_split_index_is_refused_and_releasable_after_what_the_hint_says() {
    let sandbox = Sandbox::suite();
    sandbox.git(&["update-index", "--split-index"]);
    refused(&sandbox, &["split index", "git update-index --no-split-index"]);
    sandbox.git(&["update-index", "--no-split-index"]);
    released(&sandbox);
}

#[test]
fn files_that_git_is_told_to_overlook_are_refused_with_the_command_that_shows_them() {
    for flag in ["skip-worktree", "assume-unchanged"] {
        let sandbox = Sandbox::suite();
        sandbox.git(&["update-index", &format!("--{flag}"), "packages/web/package.json"]);
        sandbox.replace("packages/web/package.json", "0.1.0", "0.1.0-mine");
        let undone = format!("git update-index --no-{flag} -- packages/web/package.json");
        refused(&sandbox, &["git is told to overlook 1 file of the release", &undone]);
        sandbox.git(&undone.split(' ').skip(1).collect::<Vec<_>>());
        refused(&sandbox, &["working tree is not clean", "packages/web/package.json"]);
        sandbox.git(&["checkout", "--", "packages/web/package.json"]);
        released(&sandbox);
    }
}

#[test]
fn a_linked_work_tree_is_released_and_the_main_one_is_left_alone() {
    let sandbox = Sandbox::suite();
    sandbox.git(&["checkout", "--quiet", "--detach"]);
    sandbox.git(&["worktree", "add", "--quiet", "../linked", "main"]);
    let main = sandbox.git(&["rev-parse", "HEAD"]);
    let sandbox = sandbox.moved_to("linked");
    released(&sandbox);
    let sandbox = sandbox.moved_to("suite");
    assert_eq!(sandbox.git(&["rev-parse", "HEAD"]), main);
    assert_eq!(sandbox.git(&["status", "--porcelain"]), "");
}

#[test]
fn a_symbolic_link_in_place_of_a_file_is_refused_and_never_followed() {
    let sandbox = Sandbox::suite();
    for path in ["packages/web/package.json", "CHANGELOG.md", "docs/api/openapi.json"] {
        let outside = sandbox.around().join("outside");
        std::fs::rename(sandbox.root().join(path), &outside).expect("rename");
        std::os::unix::fs::symlink(&outside, sandbox.root().join(path)).expect("link");
        sandbox.commit_all("chore: a link");
        refused(&sandbox, &[path, "symbolic link"]);
        sandbox.git(&["reset", "--quiet", "--hard", "HEAD^"]);
    }
}

#[test]
fn whatever_git_is_in_the_middle_of_is_refused_with_the_way_back() {
    let begin: [(&str, &[&str], &str); 5] = [
        ("merge", &["merge", "other"], "git merge --abort"),
        ("rebase", &["rebase", "other"], "git rebase --abort"),
        ("cherry-pick", &["cherry-pick", "other"], "git cherry-pick --abort"),
        ("revert", &["revert", "--no-edit", "HEAD^"], "git revert --abort"),
        ("bisect", &["bisect", "start"], "git bisect reset"),
    ];
    for (operation, words, back) in begin {
        let sandbox = Sandbox::suite();
        sandbox.git(&["checkout", "--quiet", "-b", "other"]);
        sandbox.write("README.md", "theirs\n");
        sandbox.commit_all("docs: theirs");
        sandbox.git(&["checkout", "--quiet", "main"]);
        sandbox.write("README.md", "ours\n");
        sandbox.commit_all("docs: ours");
        sandbox.write("README.md", "ours again\n");
        sandbox.commit_all("docs: ours again");
        sandbox.git_run(words);
        refused(&sandbox, &[&format!("a {operation} is in progress"), back]);
        let back: Vec<&str> = back.split(' ').skip(1).collect();
        sandbox.git(&back);
        released(&sandbox);
    }
}

#[test]
fn a_patch_that_does_not_apply_is_an_operation_in_progress() {
    let sandbox = Sandbox::suite();
    sandbox.write("../a.mbox", "From 0 Mon Sep 17 00:00:00 2001\nFrom: A <a@b>\nDate: Mon, 1 Jan 2024 00:00:00 +0000\nSubject: [PATCH] x\n\n---\n README.md | 1 +\n\ndiff --git a/README.md b/README.md\n--- a/README.md\n+++ b/README.md\n@@ -1,1 +1,1 @@\n-not there\n+x\n-- \n2\n");
    assert_ne!(sandbox.git_run(&["am", "../a.mbox"]).code, 0);
    refused(&sandbox, &["a am is in progress", "git am --abort"]);
}

#[test]
fn a_branch_without_a_commit_says_what_to_do_first() {
    let sandbox = Sandbox::empty();
    refused(&sandbox, &["no commit yet", "git add --all && git commit"]);
    assert_eq!(sandbox.run(&[]).expect(1).stdout, "");
}

#[test]
fn a_bare_repository_is_refused_with_the_clone_that_can_be_released() {
    let sandbox = Sandbox::suite();
    sandbox.git(&["clone", "--quiet", "--bare", ".", "../bare.git"]);
    let sandbox = sandbox.moved_to("bare.git");
    refused(&sandbox, &["is a bare repository", "git clone "]);
}

#[test]
fn outside_of_any_repository_says_where_to_go() {
    let sandbox = Sandbox::suite().moved_to("home");
    refused(&sandbox, &["not inside a git repository", "-C DIR"]);
}

#[test]
fn inside_the_git_folder_says_where_to_go() {
    let sandbox = Sandbox::suite();
    let before = sandbox.state();
    sandbox
        .run(&["-C", ".git", "minor", "--yes"])
        .expect(1)
        .says("is not inside a work tree")
        .says("hint: cd ");
    before.assert_same(&sandbox.state());
}

#[test]
fn a_tag_template_that_begins_with_a_dash_is_refused_with_its_place() {
    let sandbox = Sandbox::suite();
    let text =
        trueppm_release::config::built_in().replacen("name = \"v{version}\"", "name = \"-v{version}\"", 1);
    sandbox.write("trueppm-release.toml", text.replace("tag = \"v{version}\"", "tag = \"-v{version}\""));
    sandbox.commit_all("chore: configuration");
    refused(
        &sandbox,
        &["trueppm-release.toml:", "`-v0.2.0` is not a name that git takes: it begins with `-`"],
    );
}

#[test]
fn tags_that_begin_with_a_dash_are_there_without_being_in_the_way() {
    let sandbox = Sandbox::suite();
    for tag in ["-v1", "-d", "--all"] {
        sandbox.git(&["update-ref", &format!("refs/tags/{tag}"), "HEAD"]);
    }
    let base = sandbox.commit("HEAD");
    sandbox.run(&["minor", "--yes"]).expect(0);
    assert_eq!(sandbox.commit("refs/tags/-v1"), base);
}

#[test]
fn a_file_that_is_only_intended_to_be_added_never_gets_into_the_release() {
    let sandbox = Sandbox::suite();
    sandbox.write("docs/later.md", "later\n");
    sandbox.git(&["add", "--intent-to-add", "docs/later.md"]);
    refused(&sandbox, &["working tree is not clean", "docs/later.md"]);
}
