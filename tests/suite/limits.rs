//! Where libgit2 stops: every kind of repository that it reads differently from git, or not at all. Each is released
//! like any other, or refused with what to run while nothing changes; and what it says to run is then run.

use std::path::Path;
use std::process::{Command, Stdio};

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

/// A clone of the suite in the folder `clone`, made with these options over the wire protocol.
fn cloned(options: &[&str]) -> Sandbox {
    let sandbox = Sandbox::suite();
    sandbox.git(&["config", "uploadpack.allowFilter", "true"]);
    sandbox.git(&["config", "uploadpack.allowAnySHA1InWant", "true"]);
    sandbox.write("docs/guide/plan.md", "A plan.\n");
    sandbox.write("docs/guide/deep/board.md", "A board.\n");
    sandbox.commit_all("docs: a guide");
    let url = format!("file://{}", sandbox.root().display());
    let target = sandbox.around().join("clone");
    let words =
        [&["clone", "--quiet", "--template="], options, &[&url, target.to_str().expect("UTF-8")]].concat();
    sandbox.git(&words);
    sandbox.moved_to("clone")
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
fn a_sparse_index_is_refused_and_releasable_after_what_the_hint_says() {
    let sandbox = cloned(&[]);
    sandbox.git(&[
        "sparse-checkout",
        "set",
        "--cone",
        "--sparse-index",
        "packages",
        "changelog.d",
        "docs/api",
        "scripts",
    ]);
    refused(&sandbox, &["sparse index", "git sparse-checkout reapply --no-sparse-index"]);
    sandbox.git(&["sparse-checkout", "reapply", "--no-sparse-index"]);
    released(&sandbox);
}

#[test]
fn a_sparse_checkout_that_holds_the_releases_files_is_released_and_stays_sparse() {
    let sandbox = cloned(&[]);
    sandbox.git(&["sparse-checkout", "set", "--cone", "packages", "changelog.d", "docs/api", "scripts"]);
    assert!(!sandbox.exists("docs/guide"));
    released(&sandbox);
    assert!(!sandbox.exists("docs/guide"));
    assert_eq!(sandbox.git(&["show", "HEAD:docs/guide/plan.md"]), "A plan.\n");
}

#[test]
fn a_sparse_checkout_without_the_releases_files_is_refused_and_says_what_to_add() {
    let sandbox = cloned(&[]);
    sandbox.git(&["sparse-checkout", "set", "--cone", "packages/api", "changelog.d", "docs/api", "scripts"]);
    let leaves_out = "the sparse checkout leaves out 5 files that the release changes";
    refused(&sandbox, &["packages/web/package.json", leaves_out, "git sparse-checkout disable"]);
    let said = sandbox.run(&["minor", "--yes"]).expect(1).stderr;
    let hint = said.lines().find_map(|line| line.strip_prefix("hint: git ")).expect("a command");
    assert_eq!(hint, "sparse-checkout add packages/helm packages/scheduler packages/web");
    sandbox.git(&hint.split(' ').collect::<Vec<_>>());
    released(&sandbox);
}

#[test]
fn fragments_outside_the_sparse_checkout_are_not_forgotten() {
    let sandbox = cloned(&[]);
    sandbox.git(&["sparse-checkout", "set", "--cone", "packages", "docs/api", "scripts"]);
    refused(&sandbox, &["changelog.d/101.added.md", "git sparse-checkout add changelog.d"]);
    // A pre-release touches no fragment, so their absence is no matter.
    sandbox.run(&["minor", "alpha", "--yes"]).expect(0);
    assert_eq!(sandbox.git(&["status", "--porcelain"]), "");
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
fn a_partial_clone_without_blobs_is_released_and_the_missing_stay_missing() {
    let sandbox = cloned(&["--filter=blob:none"]);
    released(&sandbox);
}

#[test]
fn a_sparse_partial_clone_without_blobs_is_released() {
    let sandbox = cloned(&["--filter=blob:none", "--sparse"]);
    sandbox.git(&["sparse-checkout", "set", "--cone", "packages", "changelog.d", "docs/api", "scripts"]);
    released(&sandbox);
}

#[test]
fn a_partial_clone_whose_objects_are_missing_is_refused_with_the_fetch_that_brings_them() {
    for filter in ["--filter=blob:none", "--filter=tree:0"] {
        let sandbox = cloned(&[filter, "--no-checkout"]);
        refused(&sandbox, &["is not in this repository", "git fetch --refetch --no-filter"]);
        sandbox.git(&["fetch", "--quiet", "--refetch", "--no-filter"]);
        sandbox.git(&["checkout", "--quiet"]);
        released(&sandbox);
    }
}

#[test]
fn a_partial_clone_without_trees_is_released_once_it_is_checked_out() {
    let sandbox = cloned(&["--filter=tree:0"]);
    released(&sandbox);
}

#[test]
fn a_clone_of_depth_one_is_released() {
    let sandbox = cloned(&["--depth=1"]);
    released(&sandbox);
    assert_eq!(sandbox.git(&["rev-list", "--count", "HEAD"]).trim(), "2");
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
fn a_repository_of_another_owner_is_refused_and_the_printed_command_opens_it() {
    let sandbox = Sandbox::suite();
    let foreign = Command::new("chown").args(["-R", "12345:12345"]).arg(sandbox.root()).output();
    if !foreign.is_ok_and(|output| output.status.success()) {
        eprintln!("only root can give a repository away: nothing to test here");
        return;
    }
    refused(&sandbox, &["belongs to another user", "git config --global --add safe.directory "]);

    let settings = sandbox.around().join("home").join("gitconfig").display().to_string();
    let in_settings = [("GIT_CONFIG_GLOBAL", settings.as_str())];
    let refusal = sandbox.run_with(&["minor", "--yes"], &in_settings).expect(1);
    let printed =
        refusal.stderr.split("git config").nth(1).and_then(|rest| rest.lines().next()).expect("a command");
    let output = Command::new("sh")
        .args(["-c", &format!("git config{printed}")])
        .env_clear()
        .envs(sandbox.variables())
        .envs(in_settings)
        .stdin(Stdio::null())
        .output()
        .expect("sh starts");
    assert!(output.status.success(), "{output:?}");
    let run = sandbox.run_with(&["minor", "--yes"], &in_settings);
    run.expect(0).shows("git push --atomic");
}

#[test]
fn trusting_another_directory_does_not_open_this_one() {
    let sandbox = Sandbox::suite();
    let foreign = Command::new("chown").args(["-R", "12345:12345"]).arg(sandbox.root()).output();
    if !foreign.is_ok_and(|output| output.status.success()) {
        eprintln!("only root can give a repository away: nothing to test here");
        return;
    }
    sandbox.write("../home/gitconfig", "[safe]\n\tdirectory = /elsewhere\n");
    let settings = sandbox.around().join("home").join("gitconfig").display().to_string();
    sandbox
        .run_with(&["minor", "--yes"], &[("GIT_CONFIG_GLOBAL", &settings)])
        .expect(1)
        .says("belongs to another user");
}

#[test]
fn files_that_git_stores_otherwise_than_they_lie_there_are_refused_by_name() {
    for (attribute, phrase) in [
        ("filter=lfs", "is stored through the git filter `lfs`"),
        ("filter=crypt", "is stored through the git filter `crypt`"),
        ("working-tree-encoding=UTF-16LE", "is stored in another encoding than in the work tree, `UTF-16LE`"),
    ] {
        let sandbox = Sandbox::suite();
        // In the folder of attributes that no commit holds: the files themselves stay as they are.
        sandbox.write(".git/info/attributes", format!("packages/web/package.json {attribute}\n"));
        refused(&sandbox, &["packages/web/package.json", phrase]);
    }
}

#[test]
fn a_git_lfs_pointer_is_refused_by_name() {
    let sandbox = Sandbox::suite();
    sandbox.write(
        "CHANGELOG.md",
        "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\nsize 12345\n",
    );
    sandbox.commit_all("chore: a pointer");
    refused(&sandbox, &["CHANGELOG.md", "is a Git LFS pointer"]);
}

#[test]
fn an_external_filter_on_other_files_makes_nothing_look_changed() {
    let sandbox = Sandbox::suite();
    sandbox.git(&["config", "filter.upper.clean", "tr a-z A-Z"]);
    sandbox.git(&["config", "filter.upper.smudge", "tr A-Z a-z"]);
    sandbox.write(".gitattributes", "*.shout filter=upper\n");
    sandbox.write("docs/note.shout", "hello\n");
    sandbox.commit_all("docs: a filtered note");
    assert_eq!(sandbox.git(&["show", "HEAD:docs/note.shout"]), "HELLO\n");
    // Another time on the file, so that its content has to be looked at.
    sandbox.write("docs/note.shout", "hello\n");
    released(&sandbox);
    assert_eq!(sandbox.git(&["show", "HEAD:docs/note.shout"]), "HELLO\n");
}

#[test]
fn line_ends_of_the_work_tree_are_kept_there_and_stored_as_git_stores_them() {
    for (setting, attributes) in [
        (Some(("core.autocrlf", "true")), None),
        (Some(("core.eol", "crlf")), Some("* text=auto\n")),
        (None, Some("* text=auto eol=crlf\n")),
    ] {
        let sandbox = Sandbox::suite();
        if let Some((name, value)) = setting {
            sandbox.git(&["config", name, value]);
        }
        if let Some(attributes) = attributes {
            sandbox.write(".gitattributes", attributes);
            sandbox.git(&["add", ".gitattributes"]);
            sandbox.git(&["commit", "--quiet", "-m", "chore: attributes"]);
        }
        let list = sandbox.git(&["ls-files"]);
        for path in list.lines().filter(|path| !path.ends_with(".gitattributes")) {
            sandbox.remove(path);
        }
        sandbox.git(&["checkout", "--quiet", "--", "."]);
        assert!(sandbox.read("CHANGELOG.md").contains("\r\n"), "{setting:?} {attributes:?}");
        // A shell reads no script with carriage returns.
        let skip = ["minor", "--yes", "--skip-step", "OpenAPI schema"];
        sandbox.replace("docs/api/openapi.json", "0.1.0", "0.2.0");
        sandbox.commit_all("docs: the schema by hand");
        sandbox.run(&skip).expect(0);
        assert_eq!(sandbox.git(&["status", "--porcelain"]), "");
        for path in ["CHANGELOG.md", "packages/web/package.json", "packages/api/pyproject.toml"] {
            assert!(sandbox.read(path).contains("0.2.0"), "{path}");
            assert!(!sandbox.read(path).replace("\r\n", "").contains('\n'), "{path} has bare line feeds");
            assert!(
                !sandbox.git(&["show", &format!("HEAD:{path}")]).contains('\r'),
                "{path} is stored with CR"
            );
        }
        sandbox.git(&["fsck", "--strict", "--no-dangling"]);
    }
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

/// A submodule at `vendor/tool`.
fn suite_with_submodule() -> Sandbox {
    let sandbox = Sandbox::suite();
    sandbox.git(&["init", "--quiet", "--initial-branch=main", "--template=", "../tool"]);
    sandbox.write("../tool/file", "one\n");
    sandbox.git(&["-C", "../tool", "add", "."]);
    sandbox.git(&["-C", "../tool", "commit", "--quiet", "-m", "feat: a tool"]);
    sandbox.git(&[
        "-c",
        "protocol.file.allow=always",
        "submodule",
        "--quiet",
        "add",
        "../tool",
        "vendor/tool",
    ]);
    sandbox.commit_all("chore: a submodule");
    sandbox
}

#[test]
fn a_submodule_is_judged_as_git_judges_it() {
    let sandbox = suite_with_submodule();
    sandbox.write("vendor/tool/file", "two\n");
    refused(&sandbox, &["working tree is not clean", "vendor/tool"]);
    // What the repository ignores of its submodules is not held against it.
    sandbox.git(&["config", "submodule.vendor/tool.ignore", "dirty"]);
    released(&sandbox);
}

#[test]
fn a_submodule_that_was_never_fetched_is_no_change() {
    let sandbox = suite_with_submodule();
    sandbox.git(&["submodule", "--quiet", "deinit", "--force", "vendor/tool"]);
    released(&sandbox);
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

#[test]
fn the_owner_check_is_never_switched_off() {
    let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut folders = vec![sources];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("list") {
            let path = entry.expect("entry").path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let text = std::fs::read_to_string(&path).expect("read");
                let off = text.contains("set_verify_owner_validation") || text.contains("verify_owner");
                assert!(!off, "{} touches the owner check", path.display());
            }
        }
    }
}
