//! What lies about uncommitted: tracked changes are listed, untracked files count only where the release is.

use std::os::unix::fs::PermissionsExt;

use super::*;

#[test]
fn staged_changed_and_deleted_tracked_files_are_listed() {
    let sandbox = Sandbox::suite();
    sandbox.write("docs/new.md", "new\n");
    sandbox.git(&["add", "docs/new.md"]);
    sandbox.write("README.md", "staged\n");
    sandbox.git(&["add", "README.md"]);
    sandbox.write("README.md", "and changed again\n");
    sandbox.write("scripts/export-openapi.sh", "exit 0\n");
    sandbox.remove("docs/api/openapi.json");
    sandbox.git(&["rm", "--quiet", "packages/web/package-lock.json"]);
    refuses(
        &sandbox,
        &["minor", "alpha"],
        Here,
        "error: working tree is not clean\n\
         \u{20} staged and changed again: README.md\n\
         \u{20} deleted: docs/api/openapi.json (the release reads it: the committed version counts)\n\
         \u{20} staged: docs/new.md\n\
         \u{20} staged, deleted: packages/web/package-lock.json (the release reads it: the committed version \
         counts)\n\
         \u{20} changed: scripts/export-openapi.sh\n\
         hint: commit the changes, or put them aside with `git stash`\n",
    );
}

#[test]
fn a_changed_mode_is_a_change() {
    let sandbox = Sandbox::suite();
    let script = sandbox.root().join("scripts/export-openapi.sh");
    std::fs::set_permissions(script, std::fs::Permissions::from_mode(0o644)).expect("permissions");
    sandbox.refused(1, &["minor", "--yes"]).says("\n  changed: scripts/export-openapi.sh\n");
}

#[test]
fn a_touched_file_with_the_same_bytes_is_clean() {
    let sandbox = Sandbox::suite();
    let text = sandbox.read("README.md");
    sandbox.remove("README.md");
    sandbox.write("README.md", text);
    sandbox.run(&["minor", "--yes"]).expect(0);
}

#[test]
fn many_changed_files_are_counted_after_the_first_twenty() {
    let sandbox = Sandbox::suite();
    for number in 10..35 {
        sandbox.write(&format!("docs/{number}.md"), "text\n");
    }
    sandbox.git(&["add", "--all"]);
    let run = sandbox.refused(1, &["minor", "--yes"]);
    run.says("\n  staged: docs/10.md\n").says("\n  staged: docs/29.md\n  and 5 more\nhint: ");
}

#[test]
fn an_untracked_file_elsewhere_is_left_alone_and_stays_out_of_the_commit() {
    let sandbox = Sandbox::suite();
    let mine = ["notes.txt", "docs/notes.txt", "changelog.d/.draft.added.md", "packages/api/scratch.toml"];
    for path in mine {
        sandbox.write(path, "mine\n");
    }
    sandbox.run(&["minor", "--yes"]).expect(0);
    for path in mine {
        assert_eq!(sandbox.read(path), "mine\n");
        assert_eq!(sandbox.git(&["ls-tree", "--name-only", "HEAD", path]), "", "{path} was committed");
    }
}

#[test]
fn an_untracked_fragment_is_refused_where_fragments_are_consumed() {
    let sandbox = Sandbox::suite();
    sandbox.write("changelog.d/104.fixed.md", "Forgotten.\n");
    refuses(
        &sandbox,
        &["minor"],
        Here,
        "error: untracked files lie where the release reads or writes\n\
         \u{20} changelog.d/104.fixed.md\n\
         hint: `git add` and commit what belongs to the release; move the rest away\n",
    );
    // A pre-release reads no fragments, so that this one may wait.
    sandbox.run(&["minor", "alpha", "--yes"]).expect(0);
    assert_eq!(sandbox.read("changelog.d/104.fixed.md"), "Forgotten.\n");
    assert_eq!(sandbox.git(&["status", "--porcelain"]), "?? changelog.d/104.fixed.md\n");
}

#[test]
fn an_untracked_file_with_a_mistyped_fragment_name_is_refused_and_an_ignored_one_is_left_alone() {
    let sandbox = Sandbox::suite();
    sandbox.write("changelog.d/104.fixd.md", "Forgotten.\n");
    sandbox.refused(1, &["minor", "--yes"]).says("\n  changelog.d/104.fixd.md\n");
    sandbox.remove("changelog.d/104.fixd.md");
    sandbox.write(".gitignore", "*~\n");
    sandbox.commit_all("chore: ignore backups");
    sandbox.write("changelog.d/103.changed.md~", "An editor's backup.\n");
    sandbox.run(&["minor", "--yes"]).expect(0);
    assert_eq!(sandbox.read("changelog.d/103.changed.md~"), "An editor's backup.\n");
}

#[test]
fn an_ignored_fragment_is_refused_too_because_it_would_be_missing() {
    let sandbox = Sandbox::suite();
    sandbox.write(".gitignore", "changelog.d/1*\n");
    sandbox.commit_all("chore: ignore too much");
    sandbox.write("changelog.d/104.fixed.md", "Forgotten.\n");
    sandbox.refused(1, &["minor", "--yes"]).says("\n  changelog.d/104.fixed.md\n");
}

#[test]
fn an_untracked_file_where_the_release_writes_is_refused() {
    let sandbox = Sandbox::suite();
    sandbox.git(&["rm", "--quiet", "--cached", "packages/web/package-lock.json", "docs/api/openapi.json"]);
    sandbox.git(&["commit", "--quiet", "-m", "chore: generated files are not kept"]);
    for words in [&["minor"][..], &["alpha"]] {
        refuses(
            &sandbox,
            words,
            Here,
            "error: untracked files lie where the release reads or writes\n\
             \u{20} docs/api/openapi.json\n\
             \u{20} packages/web/package-lock.json\n\
             hint: `git add` and commit what belongs to the release; move the rest away\n",
        );
    }
}
