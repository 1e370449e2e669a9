//! From every place, a dry run writes nothing and tells content from circumstances.

use super::*;

#[test]
fn in_a_clean_place_nothing_is_written_and_nothing_is_wrong() {
    let sandbox = Sandbox::suite();
    for words in [&["minor"][..], &["minor", "alpha"], &["patch"], &["3.0.0-rc.7"]] {
        let words: Vec<&str> = words.iter().copied().chain(["--dry-run", "--strict"]).collect();
        let run = writes_nothing(&sandbox, 0, &words);
        assert!(!run.stdout.contains("  here: ") && !run.stdout.contains("  error: "), "{}", run.stdout);
        run.says("dry run: nothing was written\n").shows("About to cut a release:\n");
    }
    writes_nothing(&sandbox, 0, &["minor", "-n"]);
}

#[test]
fn an_index_that_git_would_refresh_is_not_written_either() {
    let sandbox = Sandbox::suite();
    // The same bytes anew: git status would now write the index with the new times.
    for path in ["README.md", "CHANGELOG.md", "packages/web/package.json"] {
        let text = sandbox.read(path);
        sandbox.remove(path);
        sandbox.write(path, text);
    }
    writes_nothing(&sandbox, 0, &["minor", "--dry-run", "--strict"]);
    writes_nothing(&sandbox, 0, &[]);
}

#[test]
fn on_another_branch_and_a_detached_head_the_plan_is_the_same() {
    let sandbox = Sandbox::suite();
    let clean = sandbox.run(&["minor", "--dry-run"]).expect(0).stdout;
    let (gate, rest) = clean.split_once("\n\n").expect("a gate");
    sandbox.git(&["checkout", "--quiet", "-b", "feature"]);
    let branch = circumstance(&sandbox, &["minor"], "not on `main`: the checked-out branch is `feature`");
    sandbox.git(&["checkout", "--quiet", "--detach"]);
    let detached = circumstance(&sandbox, &["minor"], "not on `main`: HEAD is detached");
    for (run, place) in [(branch, "feature"), (detached, "main")] {
        assert!(run.stdout.starts_with(gate), "{}", run.stdout);
        let rest = rest.replace("Commit on main:", &format!("Commit on {place}:"));
        assert!(run.stdout.ends_with(&rest), "{}", run.stdout);
    }
}

#[test]
fn in_a_merge_request_pipeline_of_a_shallow_clone_it_works() {
    let sandbox = Sandbox::suite();
    sandbox.write("docs/more.md", "more\n");
    sandbox.commit_all("docs: more");
    let url = format!("file://{}", sandbox.root().display());
    sandbox.git(&["clone", "--quiet", "--depth=1", "--no-tags", &url, "../shallow"]);
    sandbox.git(&["-C", "../shallow", "checkout", "--quiet", "--detach"]);
    assert_eq!(sandbox.git(&["-C", "../shallow", "rev-parse", "--is-shallow-repository"]), "true\n");
    let command = || {
        let mut command = sandbox.command(&["-C", "../shallow", "minor", "--dry-run"]);
        command.envs([
            ("GITLAB_CI", "true"),
            ("CI_MERGE_REQUEST_IID", "7"),
            ("CI_COMMIT_SHA", "0123456789012345678901234567890123456789"),
        ]);
        command
    };
    let run = sandbox.refused_by(0, &mut command());
    run.shows("  here: not on `main`: HEAD is detached in a merge-request pipeline\n")
        .shows("  new     : 0.2.0   <- suggested\n")
        .shows("\n+## [0.2.0] - ");
    sandbox.refused_by(1, command().arg("--strict"));
}

#[test]
fn a_dirty_tree_is_previewed_from_the_committed_bytes_and_what_would_have_mattered_is_named() {
    let sandbox = Sandbox::suite();
    let clean = sandbox.run(&["minor", "--dry-run", "-v"]).expect(0).stdout;
    sandbox.replace("packages/web/package.json", "\"version\": \"0.1.0\"", "\"version\": \"7.7.7\"");
    sandbox.replace("CHANGELOG.md", "- Milestones keep", "- UNCOMMITTED keep");
    sandbox.write("changelog.d/101.added.md", "UNCOMMITTED\n");
    sandbox.remove("changelog.d/102.added.md");
    sandbox.write("README.md", "UNCOMMITTED\n");
    sandbox.git(&["add", "CHANGELOG.md"]);
    let run = circumstance(&sandbox, &["minor", "-v"], "working tree is not clean");
    let matters = " (the release reads it: the committed version counts)";
    run.shows(&format!("      staged: CHANGELOG.md{matters}\n      changed: README.md\n"))
        .shows(&format!(
            "      changed: changelog.d/101.added.md{matters}\n      deleted: changelog.d/102.added.md{matters}\n"
        ))
        .shows(&format!("      changed: packages/web/package.json{matters}\n"));
    let dirty = sandbox.run(&["minor", "--dry-run", "-v"]).expect(0).stdout;
    assert!(!dirty.contains("7.7.7") && !dirty.contains("UNCOMMITTED"), "{dirty}");
    let (_, plan) = clean.split_once("\nFiles:\n").expect("the files");
    assert!(dirty.ends_with(&format!("\nFiles:\n{plan}")), "{dirty}");
    // A pre-release reads no fragments, so theirs do not matter to it.
    writes_nothing(&sandbox, 0, &["alpha", "--dry-run"])
        .shows("      staged: CHANGELOG.md\n")
        .shows("      changed: changelog.d/101.added.md\n");
}

#[test]
fn a_content_problem_makes_it_1_with_and_without_strict_and_the_plan_is_shown_all_the_same() {
    let sandbox = Sandbox::suite();
    sandbox.git(&["tag", "v0.2.0"]);
    sandbox.git(&["checkout", "--quiet", "-b", "feature"]);
    for (mode, counted) in [(&[][..], "1 problem"), (&["--strict"], "2 problems")] {
        let words: Vec<&str> = ["minor", "--dry-run"].iter().chain(mode).copied().collect();
        writes_nothing(&sandbox, 1, &words)
            .says(&format!("error: a release would be refused: {counted}, listed above\n"))
            .shows("  error: tag `v0.2.0` already exists\n")
            .shows("  here: not on `main`: the checked-out branch is `feature`\n")
            .shows("\nFiles:\n")
            .shows("\ndiff --git a/CHANGELOG.md b/CHANGELOG.md\n");
    }
}

#[test]
fn nobody_needs_to_be_asked_for_a_dry_run() {
    let sandbox = Sandbox::suite();
    let run = writes_nothing(&sandbox, 0, &["minor", "--dry-run"]);
    assert!(!run.stdout.contains("no terminal"), "{}", run.stdout);
    // --dry-run stands over --yes, whatever their order.
    writes_nothing(&sandbox, 0, &["minor", "--yes", "--dry-run"]);
    let mut command = sandbox.command(&["minor", "-n"]);
    sandbox.refused_by(0, command.env("RELEASE_ASSUME_YES", "1"));
}

#[test]
fn packed_references_and_a_missing_temporary_folder_do_not_matter() {
    let sandbox = Sandbox::suite();
    sandbox.git(&["pack-refs", "--all"]);
    sandbox.git(&["gc", "--quiet"]);
    let mut command = sandbox.command(&["minor", "-n", "--strict"]);
    sandbox.refused_by(0, command.env("TMPDIR", "/nonexistent")).shows("  new     : 0.2.0");
}
