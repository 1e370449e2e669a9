//! Submodules: judged as git judges them, with a remedy that works, and named where a file was expected.

use std::process::{Command, Stdio};

use super::{refused, released};
use crate::manifests::repository;
use crate::sandbox::{Run, Sandbox};

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

/// Refused with these words; then what follows `before` in a hint is run in a shell, as a person would.
#[track_caller]
fn mended(sandbox: &Sandbox, words: &[&str], before: &str) {
    refused(sandbox, words);
    let said = sandbox.run(&["minor", "--yes"]).expect(1).stderr;
    let hints = said.lines().filter_map(|line| line.strip_prefix("hint: "));
    let command = hints.filter_map(|hint| hint.split_once(before)).next().expect("a command").1;
    let mut shell = Command::new("sh");
    shell.args(["-c", command]).env_clear().envs(sandbox.variables()).current_dir(sandbox.root());
    Run::from(shell.stdin(Stdio::null()).output().expect("sh starts")).expect(0);
}

const BACK: &str = "or go back: ";
const ASIDE: &str = "or put it aside: ";

#[test]
fn a_submodule_on_another_commit_goes_back_by_the_command_that_is_printed() {
    let sandbox = suite_with_submodule();
    sandbox.git(&["-C", "vendor/tool", "commit", "--quiet", "--allow-empty", "-m", "feat: more"]);
    let words = ["changed: vendor/tool (submodule: new commits)", "git submodule update vendor/tool"];
    mended(&sandbox, &words, BACK);
    released(&sandbox);
}

#[test]
fn a_submodule_on_another_commit_is_committed_by_the_command_that_is_printed() {
    let sandbox = suite_with_submodule();
    sandbox.git(&["-C", "vendor/tool", "commit", "--quiet", "--allow-empty", "-m", "feat: more"]);
    let said = sandbox
        .run(&["minor", "--yes"])
        .expect(1)
        .says("commit that with `git commit -m 'MESSAGE' vendor/tool`");
    assert!(!said.stderr.contains("git stash"), "{}", said.stderr);
    sandbox.git(&["commit", "--quiet", "-m", "chore: the tool moves", "vendor/tool"]);
    released(&sandbox);
}

#[test]
fn changes_in_a_submodule_are_put_aside_by_the_command_that_is_printed() {
    let sandbox = suite_with_submodule();
    sandbox.write("vendor/tool/file", "two\n");
    mended(&sandbox, &["changed: vendor/tool (submodule: modified content)"], ASIDE);
    released(&sandbox);
}

#[test]
fn both_at_once_are_mended_by_one_command_and_other_changes_keep_their_own() {
    let sandbox = suite_with_submodule();
    sandbox.git(&["-C", "vendor/tool", "commit", "--quiet", "--allow-empty", "-m", "feat: more"]);
    sandbox.write("vendor/tool/file", "two\n");
    sandbox.write("README.md", "changed\n");
    let words = [
        "changed: vendor/tool (submodule: new commits, modified content)",
        "commit the other changes, or put them aside with `git stash`",
    ];
    mended(&sandbox, &words, BACK);
    refused(&sandbox, &["changed: README.md", "commit the changes, or put them aside with `git stash`"]);
    sandbox.git(&["stash", "--quiet"]);
    released(&sandbox);
}

#[test]
fn a_submodule_inside_of_a_submodule_is_mended_where_it_is() {
    let sandbox = suite_with_submodule();
    for folder in ["../inner", "../tool"] {
        sandbox.git(&["init", "--quiet", "--initial-branch=main", "--template=", folder]);
        sandbox.write(&format!("{folder}/file"), "another\n");
        if folder == "../tool" {
            let add = [
                "-C",
                folder,
                "-c",
                "protocol.file.allow=always",
                "submodule",
                "--quiet",
                "add",
                "../inner",
                "in ner",
            ];
            sandbox.git(&add);
        }
        sandbox.git(&["-C", folder, "add", "--all"]);
        sandbox.git(&["-C", folder, "commit", "--quiet", "-m", "feat: more"]);
    }
    sandbox.git(&["-C", "vendor/tool", "pull", "--quiet", "--no-recurse-submodules", "origin", "main"]);
    let update =
        ["-c", "protocol.file.allow=always", "submodule", "--quiet", "update", "--init", "--recursive"];
    sandbox.git(&[&["-C", "vendor/tool"], &update[..]].concat());
    sandbox.commit_all("chore: the tool has a tool");
    sandbox.git(&["-C", "vendor/tool/in ner", "commit", "--quiet", "--allow-empty", "-m", "feat: deep"]);
    mended(&sandbox, &["modified content", "git -C vendor/tool submodule update 'in ner'"], ASIDE);
    sandbox.write("vendor/tool/in ner/file", "changed\n");
    mended(&sandbox, &["git -C 'vendor/tool/in ner' stash"], ASIDE);
    released(&sandbox);
}

#[test]
fn a_repository_in_the_tree_without_gitmodules_goes_back_too() {
    let sandbox = suite_with_submodule();
    sandbox.git(&["rm", "--quiet", "--cached", ".gitmodules"]);
    sandbox.remove(".gitmodules");
    sandbox.git(&["commit", "--quiet", "-m", "chore: only a commit is recorded"]);
    sandbox.git(&["-C", "vendor/tool", "commit", "--quiet", "--allow-empty", "-m", "feat: more"]);
    mended(&sandbox, &["git -C vendor/tool checkout --detach "], BACK);
    released(&sandbox);
}

#[test]
fn a_staged_submodule_goes_back_by_the_command_that_is_printed() {
    let sandbox = suite_with_submodule();
    sandbox.git(&["-C", "vendor/tool", "commit", "--quiet", "--allow-empty", "-m", "feat: more"]);
    sandbox.git(&["add", "vendor/tool"]);
    mended(&sandbox, &["staged: vendor/tool", "git restore --staged vendor/tool"], BACK);
    released(&sandbox);
}

#[test]
fn undo_names_the_remedy_of_a_submodule_as_well() {
    let sandbox = suite_with_submodule();
    released(&sandbox);
    sandbox.git(&["-C", "vendor/tool", "commit", "--quiet", "--allow-empty", "-m", "feat: more"]);
    let run = sandbox.refused(1, &["undo", "--yes"]).says("vendor/tool (submodule: new commits)");
    assert!(!run.stderr.contains("git stash"), "{}", run.stderr);
    run.says("git submodule update vendor/tool");
    sandbox.git(&["submodule", "--quiet", "update", "vendor/tool"]);
    sandbox.run(&["undo", "--yes"]).expect(0);
}

#[test]
fn what_the_configuration_names_in_a_submodule_is_named_as_that() {
    let manifest = "[[manifest]]\npath = \"package.json\"\n";
    let named = [
        format!("{manifest}[[manifest]]\npath = \"sub/package.json\"\n"),
        format!("{manifest}[[manifest]]\npath = \"sub/package.json\"\noptional = true\n"),
        format!("{manifest}[[manifest]]\npath = \"sub/*/package.json\"\n"),
        format!(
            "{manifest}[[pattern]]\npath = \"sub/README.md\"\nfind = \"{{previous}}\"\nreplace = \"{{version}}\"\ncount = 1\n"
        ),
        format!("{manifest}[changelog]\npath = \"sub/CHANGELOG.md\"\n"),
        format!("{manifest}[[step]]\nname = \"s\"\nrun = [\"true\"]\nwrites = [\"sub/out\"]\n"),
        format!("{manifest}[[step]]\nname = \"s\"\nrun = [\"true\"]\nwrites = [\"sub/dist/*.js\"]\n"),
    ];
    for more in named {
        let sandbox = repository("package.json", &more, &[("package.json", "{\"version\": \"0.1.0\"}\n")]);
        sandbox.git(&["init", "--quiet", "--initial-branch=main", "--template=", "../tool"]);
        sandbox.write("../tool/package.json", "{\"version\": \"0.1.0\"}\n");
        sandbox.git(&["-C", "../tool", "add", "."]);
        sandbox.git(&["-C", "../tool", "commit", "--quiet", "-m", "feat: a tool"]);
        let add = ["-c", "protocol.file.allow=always", "submodule", "--quiet", "add", "../tool", "sub"];
        sandbox.git(&add);
        sandbox.commit_all("chore: a submodule");
        refused(&sandbox, &["lies in the submodule `sub`", "release `sub` by itself"]);
    }
}

#[test]
fn a_version_that_is_read_from_a_submodule_and_fragments_in_one_are_named_as_that() {
    for (from, more) in [
        ("sub/package.json", "[[manifest]]\npath = \"sub/package.json\"\n"),
        (
            "package.json",
            "[[manifest]]\npath = \"package.json\"\n[changelog]\npath = \"CHANGELOG.md\"\nfragments = \"sub/changes\"\n",
        ),
    ] {
        let changelog = "# Changelog\n\n## [Unreleased]\n";
        let files = [("package.json", "{\"version\": \"0.1.0\"}\n"), ("CHANGELOG.md", changelog)];
        let sandbox = repository(from, more, &files);
        sandbox.git(&["init", "--quiet", "--initial-branch=main", "--template=", "../tool"]);
        sandbox.git(&["-C", "../tool", "commit", "--quiet", "--allow-empty", "-m", "feat: a tool"]);
        let add = ["-c", "protocol.file.allow=always", "submodule", "--quiet", "add", "../tool", "sub"];
        sandbox.git(&add);
        sandbox.commit_all("chore: a submodule");
        refused(&sandbox, &["submodule"]);
    }
}
