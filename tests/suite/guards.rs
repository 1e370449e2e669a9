//! Everything that refuses a release: each guard alone with its words and its way out, and all of them at once. Every
//! refusal is made twice, and neither may change a byte: the release itself, and the dry run, which tells what only
//! this place is wrong about (exit code 0, and 1 with `--strict`) from what the content is wrong about (exit code 1).

use std::os::unix::fs::{PermissionsExt, symlink};

use crate::sandbox::{Run, Sandbox};

/// What a problem is about, which decides the exit code of a dry run.
#[derive(Clone, Copy, PartialEq)]
enum About {
    Content,
    Here,
}
use About::{Content, Here};

/// The release is refused with exactly this problem, and a dry run lists it.
#[track_caller]
fn refuses(sandbox: &Sandbox, words: &[&str], about: About, problem: &str) {
    let yes: Vec<&str> = words.iter().copied().chain(["--yes"]).collect();
    let run = sandbox.refused(1, &yes);
    assert_eq!(run.stdout, "");
    assert_eq!(run.stderr, problem);
    lists(sandbox, words, about, &[problem]);
}

/// A dry run lists these problems, and its exit code says what they are about.
#[track_caller]
fn lists(sandbox: &Sandbox, words: &[&str], about: About, problems: &[&str]) {
    let dry: Vec<&str> = words.iter().copied().chain(["--dry-run"]).collect();
    let run = sandbox.refused(if about == Content { 1 } else { 0 }, &dry);
    for problem in problems {
        let word = if about == Content { "error" } else { "here" };
        let listed: String = problem
            .lines()
            .map(|line| match line.strip_prefix("error: ") {
                Some(message) => format!("  {word}: {message}\n"),
                None if line.starts_with("hint: ") => format!("  {line}\n"),
                None => format!("    {line}\n"),
            })
            .collect();
        assert!(run.stdout.contains(&listed), "the dry run does not list\n{listed}it says\n{}", run.stdout);
    }
    let strict: Vec<&str> = dry.iter().copied().chain(["--strict"]).collect();
    sandbox.refused(1, &strict);
}

/// The suite, and a bare repository beside it that it was pushed to.
fn suite_with_origin() -> Sandbox {
    let sandbox = Sandbox::suite();
    sandbox.git(&["init", "--quiet", "--bare", "--initial-branch=main", "--template=", "../origin.git"]);
    sandbox.git(&["remote", "add", "origin", "../origin.git"]);
    sandbox.git(&["push", "--quiet", "--set-upstream", "origin", "main", "--tags"]);
    sandbox
}

fn commit_on_main(sandbox: &Sandbox, path: &str) {
    sandbox.write(path, "more\n");
    sandbox.commit_all("docs: more");
}

/// Writes a configuration: the built-in one with one text replaced, committed.
fn configure(sandbox: &Sandbox, from: &str, to: &str) {
    let built_in = trueppm_release::config::built_in();
    assert!(built_in.contains(from), "the built-in profile does not hold `{from}`");
    sandbox.write("trueppm-release.toml", built_in.replacen(from, to, 1));
    sandbox.commit_all("chore: configure the release");
}

mod place {
    use super::*;

    #[test]
    fn outside_a_git_repository_it_says_so_and_names_the_way_in() {
        let sandbox = Sandbox::suite();
        for words in [&["minor", "--yes"][..], &["minor", "--dry-run"], &[]] {
            let run = sandbox.refused_by(1, sandbox.command(words).current_dir(sandbox.around()));
            let folder = sandbox.around().display();
            assert_eq!(
                run.stderr,
                format!(
                    "error: not inside a git repository: `{folder}`\n\
                     hint: run it inside the work tree, or name that with `-C DIR`\n"
                )
            );
        }
    }

    #[test]
    fn a_folder_that_does_not_exist_is_wrong_usage() {
        let sandbox = Sandbox::suite();
        let run = sandbox.refused(2, &["-C", "no/such/folder", "minor", "--yes"]);
        assert_eq!(
            run.stderr,
            "error: `no/such/folder` does not exist\nhint: check the path that follows `-C`\n"
        );
        let run = sandbox.refused(2, &["-C", "README.md", "minor", "--yes"]);
        assert_eq!(
            run.stderr,
            "error: `README.md` is not a folder\nhint: check the path that follows `-C`\n"
        );
    }

    #[test]
    fn a_bare_repository_has_nothing_to_release_from() {
        let sandbox = suite_with_origin();
        let run =
            sandbox.refused_by(1, sandbox.command(&["-C", "../origin.git", "minor", "--yes"]).env("X", ""));
        run.says("is a bare repository: there is no work tree to release from\n");
    }

    #[test]
    fn inside_the_git_directory_is_not_inside_the_work_tree() {
        let sandbox = Sandbox::suite();
        sandbox.refused(1, &["-C", ".git", "minor", "--yes"]).says("is not inside a work tree\nhint: cd ");
    }

    #[test]
    fn a_branch_without_a_commit_has_nothing_to_release() {
        let sandbox = Sandbox::empty();
        sandbox.write("README.md", "not committed yet\n");
        for mode in ["--yes", "--dry-run"] {
            let run = sandbox.refused(1, &["minor", mode]);
            assert_eq!(
                run.stderr,
                "error: the branch has no commit yet, so there is nothing to release\n\
                 hint: commit the files first: `git add --all && git commit`\n"
            );
        }
        sandbox.refused(1, &[]).says("the branch has no commit yet");
    }

    #[test]
    fn another_branch_is_refused_by_name() {
        let sandbox = Sandbox::suite();
        sandbox.git(&["checkout", "--quiet", "-b", "feature/pins"]);
        refuses(
            &sandbox,
            &["minor"],
            Here,
            "error: not on `main`: the checked-out branch is `feature/pins`\n\
             hint: run `git checkout main && git pull`\n",
        );
    }

    #[test]
    fn the_branch_of_the_configuration_is_the_one_that_counts() {
        let sandbox = Sandbox::suite();
        configure(&sandbox, "branch = \"main\"", "branch = \"stable\"");
        refuses(
            &sandbox,
            &["minor"],
            Here,
            "error: not on `stable`: the checked-out branch is `main`\n\
             hint: run `git checkout stable && git pull`\n",
        );
        sandbox.git(&["checkout", "--quiet", "-b", "stable"]);
        sandbox.run(&["minor", "--yes"]).expect(0).shows(" on stable, with 2 tags.");
        assert_eq!(sandbox.git(&["tag", "--points-at", "stable"]), "scheduler-v0.2.0\nv0.2.0\n");
    }

    #[test]
    fn a_detached_head_outside_ci_is_refused() {
        let sandbox = Sandbox::suite();
        sandbox.git(&["checkout", "--quiet", "--detach"]);
        refuses(
            &sandbox,
            &["minor"],
            Here,
            "error: not on `main`: HEAD is detached\n\
             hint: run `git checkout main`, or release from a `main` pipeline\n",
        );
    }

    #[test]
    fn a_detached_head_in_gitlab_ci_counts_only_for_the_branchs_own_commit() {
        let sandbox = Sandbox::suite();
        commit_on_main(&sandbox, "docs/more.md");
        let (head, other) = (sandbox.commit("HEAD"), sandbox.commit("HEAD^"));
        sandbox.git(&["checkout", "--quiet", "--detach"]);
        let head_is_other = format!(" at {head}, but `CI_COMMIT_SHA` is {other}");
        for (variables, why) in [
            // The variables of a branch pipeline, without GitLab: somebody's shell, or another system.
            (&[("CI_COMMIT_BRANCH", "main"), ("CI_COMMIT_SHA", &head)][..], ""),
            (&[("GITLAB_CI", "false"), ("CI_COMMIT_BRANCH", "main"), ("CI_COMMIT_SHA", &head)], ""),
            (&[("GITLAB_CI", "true"), ("CI_COMMIT_SHA", &head)], " and `CI_COMMIT_BRANCH` is not set"),
            (
                &[("GITLAB_CI", "true"), ("CI_COMMIT_BRANCH", ""), ("CI_COMMIT_SHA", &head)],
                " and `CI_COMMIT_BRANCH` is not set",
            ),
            (
                &[("GITLAB_CI", "true"), ("CI_COMMIT_BRANCH", "feature"), ("CI_COMMIT_SHA", &head)],
                " and `CI_COMMIT_BRANCH` is `feature`",
            ),
            (&[("GITLAB_CI", "true"), ("CI_COMMIT_BRANCH", "main")], " and `CI_COMMIT_SHA` is not set"),
            (
                &[("GITLAB_CI", "true"), ("CI_COMMIT_BRANCH", "main"), ("CI_COMMIT_SHA", &other)],
                &head_is_other,
            ),
            (
                &[
                    ("GITLAB_CI", "true"),
                    ("CI_COMMIT_BRANCH", "main"),
                    ("CI_COMMIT_SHA", &head),
                    ("CI_MERGE_REQUEST_IID", "7"),
                ],
                " in a merge-request pipeline",
            ),
        ] {
            let set = variables.iter().copied();
            let run = sandbox.refused_by(1, sandbox.command(&["minor", "--yes"]).envs(set.clone()));
            assert_eq!(
                run.stderr,
                format!(
                    "error: not on `main`: HEAD is detached{why}\n\
                     hint: run `git checkout main`, or release from a `main` pipeline\n"
                ),
                "{variables:?}"
            );
            sandbox
                .refused_by(0, sandbox.command(&["minor", "--dry-run"]).envs(set))
                .shows(&format!("  here: not on `main`: HEAD is detached{why}\n"));
        }
    }

    #[test]
    fn a_release_in_a_gitlab_branch_pipeline_moves_head_and_leaves_the_branch_alone() {
        let sandbox = suite_with_origin();
        let base = sandbox.commit("HEAD");
        sandbox.git(&["checkout", "--quiet", "--detach"]);
        let run = sandbox
            .run_with(
                &["minor", "--yes"],
                &[("GITLAB_CI", "true"), ("CI_COMMIT_BRANCH", "main"), ("CI_COMMIT_SHA", &base)],
            )
            .expect(0);
        assert_eq!(sandbox.git(&["rev-parse", "--abbrev-ref", "HEAD"]).trim(), "HEAD", "no longer detached");
        assert_eq!(sandbox.commit("refs/heads/main"), base, "the branch moved");
        assert_eq!(sandbox.commit("HEAD^"), base);
        assert_eq!(sandbox.git(&["tag", "--points-at", "HEAD"]), "scheduler-v0.2.0\nv0.2.0\n");
        assert_eq!(sandbox.git(&["status", "--porcelain"]), "");
        assert_eq!(
            sandbox.git(&["reflog", "-1", "--format=%gs", "HEAD"]).trim(),
            "commit: chore(release): bump version to 0.2.0"
        );
        let push =
            "git push --atomic origin HEAD:refs/heads/main refs/tags/v0.2.0 refs/tags/scheduler-v0.2.0";
        run.shows(" on the detached HEAD, with 2 tags.").shows(&format!("  {push}\n"));
        // The next steps are ready to copy: the command does what it says.
        let words: Vec<&str> = push.split(' ').skip(1).collect();
        sandbox.git(&words);
        let at_origin = sandbox.git(&["ls-remote", "origin", "refs/heads/main"]);
        assert!(at_origin.starts_with(&sandbox.commit("HEAD")), "{at_origin}");
    }

    #[test]
    fn a_merge_a_rebase_and_a_bisect_in_progress_are_refused_with_the_way_back() {
        let sandbox = Sandbox::suite();
        sandbox.git(&["checkout", "--quiet", "-b", "side"]);
        commit_on_main(&sandbox, "docs/side.md");
        sandbox.git(&["checkout", "--quiet", "main"]);
        commit_on_main(&sandbox, "docs/main.md");

        sandbox.git(&["merge", "--quiet", "--no-commit", "--no-ff", "side"]);
        sandbox.refused(1, &["minor", "--yes"]).says(
            "error: a merge is in progress\nhint: finish it, or take it back with `git merge --abort`\n",
        );
        sandbox.git(&["merge", "--abort"]);

        sandbox.git(&["bisect", "start"]);
        refuses(
            &sandbox,
            &["minor"],
            Here,
            "error: a bisect is in progress\nhint: finish it, or take it back with `git bisect reset`\n",
        );
        sandbox.git(&["bisect", "reset"]);

        sandbox.git_run(&["rebase", "--exec", "false", "side"]);
        sandbox.refused(1, &["minor", "--yes"]).says(
            "error: a rebase is in progress\nhint: finish it, or take it back with `git rebase --abort`\n",
        );
        lists(
            &sandbox,
            &["minor"],
            Here,
            &["error: a rebase is in progress\n", "error: not on `main`: HEAD is detached\n"],
        );
        sandbox.git(&["rebase", "--abort"]);

        sandbox.git(&["cherry-pick", "--no-commit", "side"]);
        sandbox.git(&["reset", "--quiet", "--hard"]);
        sandbox.run(&["minor", "--yes"]).expect(0);
    }

    #[test]
    fn a_conflict_in_a_merge_is_listed_as_one() {
        let sandbox = Sandbox::suite();
        sandbox.git(&["checkout", "--quiet", "-b", "side"]);
        sandbox.write("README.md", "side\n");
        sandbox.commit_all("docs: side");
        sandbox.git(&["checkout", "--quiet", "main"]);
        sandbox.write("README.md", "main\n");
        sandbox.commit_all("docs: main");
        assert_ne!(sandbox.git_run(&["merge", "side"]).code, 0);
        let run = sandbox.refused(1, &["minor", "--yes"]);
        run.says("error: a merge is in progress\n").says("\n  in conflict: README.md\n");
    }

    #[test]
    fn it_releases_from_a_subfolder_and_through_git_dir() {
        let sandbox = Sandbox::suite();
        let docs = sandbox.root().join("docs");
        let run: Run =
            sandbox.command(&["alpha", "--yes"]).current_dir(&docs).output().expect("binary starts").into();
        run.expect(0);
        assert_eq!(sandbox.git(&["tag", "--points-at", "HEAD"]), "scheduler-v0.2.0a1\nv0.2.0-alpha.1\n");

        let elsewhere: Run = sandbox
            .command(&["beta", "--yes"])
            .current_dir(sandbox.around())
            .env("GIT_DIR", sandbox.root().join(".git"))
            .env("GIT_WORK_TREE", sandbox.root())
            .output()
            .expect("binary starts")
            .into();
        elsewhere.expect(0);
        assert_eq!(sandbox.git(&["tag", "--points-at", "HEAD"]), "scheduler-v0.2.0b1\nv0.2.0-beta.1\n");

        sandbox.run_with(&["rc", "--yes"], &[("GIT_DIR", ".git")]).expect(0);
        let by_c: Run = sandbox
            .command(&["-C", "suite/packages", "release", "--yes"])
            .current_dir(sandbox.around())
            .output()
            .expect("binary starts")
            .into();
        by_c.expect(0);
        assert_eq!(sandbox.git(&["tag", "--points-at", "HEAD"]), "scheduler-v0.2.0\nv0.2.0\n");
        assert_eq!(sandbox.git(&["status", "--porcelain"]), "");
    }

    #[test]
    fn git_dir_in_a_subfolder_means_that_folder_as_in_git() {
        let sandbox = Sandbox::suite();
        let docs = sandbox.root().join("docs");
        let mut command = sandbox.command(&["minor", "--yes"]);
        command.current_dir(docs).env("GIT_DIR", "../.git");
        sandbox.refused_by(1, &mut command).says("working tree is not clean");
    }

    #[test]
    fn a_linked_work_tree_releases_its_own_branch_and_leaves_the_other_tree_alone() {
        let sandbox = Sandbox::suite();
        sandbox.git(&["checkout", "--quiet", "-b", "feature"]);
        sandbox.git(&["worktree", "add", "--quiet", "../linked", "main"]);
        let linked = sandbox.around().join("linked");
        // From the first tree nothing can be released: main is checked out elsewhere.
        sandbox.refused(1, &["minor", "--yes"]).says("the checked-out branch is `feature`");
        let base = sandbox.commit("feature");
        let run: Run =
            sandbox.command(&["minor", "--yes"]).current_dir(&linked).output().expect("binary starts").into();
        run.expect(0);
        assert_eq!(sandbox.commit("main^"), base);
        assert_eq!(sandbox.commit("HEAD"), base);
        assert_eq!(sandbox.git(&["tag", "--points-at", "main"]), "scheduler-v0.2.0\nv0.2.0\n");
        assert_eq!(sandbox.git(&["status", "--porcelain"]), "");
        assert_eq!(sandbox.git(&["-C", "../linked", "status", "--porcelain"]), "");
    }
}

mod cleanliness {
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
        let mine =
            ["notes.txt", "docs/notes.txt", "changelog.d/.draft.added.md", "packages/api/scratch.toml"];
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
        sandbox.git(&[
            "rm",
            "--quiet",
            "--cached",
            "packages/web/package-lock.json",
            "docs/api/openapi.json",
        ]);
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
}

mod tags {
    use super::*;

    const PUSHED: &str =
        "hint: if it was pushed: look at its pipeline; if its images are published, nothing is left to do\n";

    #[test]
    fn a_tag_of_that_name_is_refused_lightweight_or_annotated() {
        let sandbox = Sandbox::suite();
        sandbox.git(&["tag", "v0.2.0"]);
        refuses(
            &sandbox,
            &["minor"],
            Content,
            &format!(
                "error: tag `v0.2.0` already exists\n{PUSHED}hint: if it never left this clone: `git tag -d v0.2.0`\n"
            ),
        );
        sandbox.git(&["tag", "-d", "v0.2.0"]);
        sandbox.git(&["tag", "-a", "scheduler-v0.2.0a1", "-m", "taken"]);
        refuses(
            &sandbox,
            &["minor", "alpha"],
            Content,
            &format!(
                "error: tag `scheduler-v0.2.0a1` already exists\n{PUSHED}\
                 hint: if it never left this clone: `git tag -d scheduler-v0.2.0a1`\n"
            ),
        );
    }

    #[test]
    fn packed_tags_are_seen() {
        let sandbox = Sandbox::suite();
        sandbox.git(&["tag", "v0.2.0"]);
        sandbox.git(&["pack-refs", "--all", "--prune"]);
        sandbox.refused(1, &["minor", "--yes"]).says("tag `v0.2.0` already exists");
    }

    #[test]
    fn a_tag_that_git_cannot_store_beside_another_is_refused() {
        let sandbox = Sandbox::suite();
        sandbox.git(&["tag", "v0.2.0/old"]);
        refuses(
            &sandbox,
            &["minor"],
            Content,
            "error: tag `v0.2.0` cannot exist beside the tag `v0.2.0/old`\n\
             hint: git stores tags like files in folders; rename one of the two templates, or delete the old tag\n",
        );
    }
}

mod remote {
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
    fn a_remote_of_another_name_does_not_count() {
        let sandbox = suite_with_origin();
        sandbox.git(&["remote", "rename", "origin", "backup"]);
        sandbox.run(&["minor", "--yes"]).expect(0).says("no remote `origin`");
    }
}

mod identity {
    use super::*;

    fn nobody(sandbox: &Sandbox, words: &[&str]) -> std::process::Command {
        let mut command = sandbox.command(words);
        for who in ["AUTHOR", "COMMITTER"] {
            command.env_remove(format!("GIT_{who}_NAME")).env_remove(format!("GIT_{who}_EMAIL"));
        }
        command
    }

    #[test]
    fn without_an_identity_the_two_commands_that_give_one_are_named() {
        let sandbox = Sandbox::suite();
        let run = sandbox.refused_by(1, &mut nobody(&sandbox, &["minor", "--yes"]));
        assert_eq!(
            run.stderr,
            "error: git does not know who you are: no name and no address to commit with\n\
             hint: git config --global user.name \"Your Name\"\n\
             hint: git config --global user.email \"you@example.com\"\n"
        );
        sandbox
            .refused_by(0, &mut nobody(&sandbox, &["minor", "--dry-run"]))
            .shows("  here: git does not know who you are: no name and no address to commit with\n")
            .shows("  hint: git config --global user.name \"Your Name\"\n");
        sandbox.refused_by(1, &mut nobody(&sandbox, &["minor", "--dry-run", "--strict"]));
    }

    #[test]
    fn the_identity_of_the_repositorys_own_settings_is_used() {
        let sandbox = Sandbox::suite();
        sandbox.git(&["config", "user.name", "Rae Releaser"]);
        sandbox.git(&["config", "user.email", "rae@suite.invalid"]);
        let run: Run = nobody(&sandbox, &["minor", "--yes"]).output().expect("binary starts").into();
        run.expect(0);
        assert_eq!(
            sandbox.git(&["show", "-s", "--format=%an <%ae> %cn <%ce>", "HEAD"]).trim(),
            "Rae Releaser <rae@suite.invalid> Rae Releaser <rae@suite.invalid>"
        );
        sandbox.git(&["config", "--unset", "user.email"]);
        sandbox.refused_by(1, &mut nobody(&sandbox, &["minor", "--yes"])).says("no address to commit with");
    }
}

mod files {
    use super::*;

    #[test]
    fn a_missing_manifest_is_named() {
        let sandbox = Sandbox::suite();
        sandbox.git(&["rm", "--quiet", "packages/web/package.json", "packages/helm/Chart.yaml"]);
        sandbox.commit_all("chore: move them away");
        let problem = |path: &str| {
            format!(
                "error: `{path}` is not there at HEAD\nhint: commit it, or take `{path}` out of the configuration\n"
            )
        };
        refuses(
            &sandbox,
            &["minor"],
            Content,
            &format!("{}{}", problem("packages/web/package.json"), problem("packages/helm/Chart.yaml")),
        );
    }

    #[test]
    fn a_missing_file_with_the_current_version_does_not_hide_what_else_is_wrong() {
        let sandbox = Sandbox::suite();
        sandbox.git(&["rm", "--quiet", "packages/api/pyproject.toml", "packages/web/package.json"]);
        sandbox.commit_all("chore: move them away");
        for mode in ["--yes", "--dry-run"] {
            let run = sandbox.refused(1, &["minor", mode]);
            let all = format!("{}{}", run.stdout, run.stderr);
            for path in ["packages/api/pyproject.toml", "packages/web/package.json"] {
                assert_eq!(
                    all.matches(&format!("error: `{path}` is not there at HEAD\n")).count(),
                    1,
                    "{all}"
                );
            }
        }
    }

    #[test]
    fn an_optional_lock_file_may_be_missing() {
        let sandbox = Sandbox::suite();
        let locks = ["packages/api/uv.lock", "packages/scheduler/uv.lock", "packages/web/package-lock.json"];
        for lock in locks {
            sandbox.git(&["rm", "--quiet", lock]);
        }
        sandbox.commit_all("chore: no locks");
        sandbox.run(&["minor", "--yes"]).expect(0);
        for lock in locks {
            assert!(!sandbox.exists(lock), "{lock} was created");
        }
    }

    #[test]
    fn a_symbolic_link_in_place_of_a_manifest_is_refused() {
        let sandbox = Sandbox::suite();
        sandbox.git(&["mv", "packages/helm/Chart.yaml", "packages/helm/real.yaml"]);
        symlink("real.yaml", sandbox.root().join("packages/helm/Chart.yaml")).expect("link");
        sandbox.commit_all("chore: link the chart");
        refuses(
            &sandbox,
            &["minor"],
            Content,
            "error: `packages/helm/Chart.yaml` is a symbolic link, not a plain file\n\
             hint: put the file itself there, or name the real path in the configuration\n",
        );
    }

    #[test]
    fn a_folder_in_place_of_the_changelog_is_refused() {
        let sandbox = Sandbox::suite();
        sandbox.git(&["rm", "--quiet", "CHANGELOG.md"]);
        sandbox.write("CHANGELOG.md/2026.md", "# Changes\n");
        sandbox.commit_all("docs: one file a year");
        refuses(
            &sandbox,
            &["minor"],
            Content,
            "error: `CHANGELOG.md` is a folder, not a plain file\n\
             hint: put the file itself there, or name the real path in the configuration\n",
        );
        sandbox.run(&["minor", "alpha", "--yes"]).expect(0);
    }

    #[test]
    fn a_missing_changelog_is_refused_for_a_stable_release_only() {
        let sandbox = Sandbox::suite();
        sandbox.git(&["rm", "--quiet", "CHANGELOG.md"]);
        sandbox.commit_all("docs: no changelog");
        refuses(
            &sandbox,
            &["minor"],
            Content,
            "error: `CHANGELOG.md` is not there at HEAD\n\
             hint: commit it, or take `CHANGELOG.md` out of the configuration\n",
        );
        sandbox.run(&["minor", "alpha", "--yes"]).expect(0);
    }

    #[test]
    fn text_that_is_not_utf_8_is_refused_with_the_byte() {
        let sandbox = Sandbox::suite();
        let mut bytes = sandbox.read("packages/web/package.json").into_bytes();
        bytes.splice(4..4, [0xe9]);
        sandbox.write("packages/web/package.json", bytes);
        sandbox.write("changelog.d/104.fixed.md", [b'a', 0xff]);
        sandbox.commit_all("chore: latin-1");
        refuses(
            &sandbox,
            &["minor"],
            Content,
            "error: `packages/web/package.json` is not UTF-8 text (byte 4)\n\
             hint: save the file as UTF-8 and commit it\n\
             error: `changelog.d/104.fixed.md` is not UTF-8 text (byte 1)\n\
             hint: save the fragment as UTF-8 and commit it\n",
        );
    }

    #[test]
    fn files_larger_than_the_limits_are_refused_with_both_sizes_and_the_setting() {
        let sandbox = Sandbox::suite();
        configure(&sandbox, "changelog-bytes = 268435456", "changelog-bytes = 100");
        sandbox.replace("trueppm-release.toml", "manifest-bytes = 16777216", "manifest-bytes = 600");
        sandbox.write("changelog.d/104.fixed.md", "x".repeat(601));
        let padding = " ".repeat(600);
        let web = format!("{}{padding}", sandbox.read("packages/web/package.json"));
        sandbox.write("packages/web/package.json", &web);
        sandbox.commit_all("chore: large files");
        let run = sandbox.refused(1, &["minor", "--yes"]);
        run.says(&format!(
            "error: `packages/web/package.json` is too large: {} bytes, the limit is 600\n\
             hint: raise `limits.manifest-bytes` in the configuration if that size is right\n",
            web.len()
        ))
        .says(&format!(
            "error: `CHANGELOG.md` is too large: {} bytes, the limit is 100\n\
             hint: raise `limits.changelog-bytes` in the configuration if that size is right\n",
            sandbox.read("CHANGELOG.md").len()
        ))
        .says(
            "error: `changelog.d/104.fixed.md` is too large for a fragment: 601 bytes, the limit is 600\n\
             hint: shorten it, or raise `limits.manifest-bytes` in the configuration\n",
        );
        sandbox.refused(1, &["minor", "--dry-run"]).shows("the limit is 600");
    }

    #[test]
    fn a_file_that_git_stores_through_a_filter_is_refused() {
        let sandbox = Sandbox::suite();
        sandbox.write(".gitattributes", "packages/web/package.json filter=lfs\n");
        sandbox.commit_all("chore: attributes");
        sandbox
            .refused(1, &["minor", "--yes"])
            .says("error: `packages/web/package.json` is not stored as plain text here: ");
    }
}

mod lockstep {
    use super::*;

    #[test]
    fn row_1_a_manifest_left_behind_is_named_with_file_line_found_and_expected() {
        let sandbox = Sandbox::suite_at("0.2.0", "0.2.0", "0.2.0");
        sandbox.replace("packages/web/package.json", "\"version\": \"0.2.0\"", "\"version\": \"0.1.0\"");
        sandbox.commit_all("chore: what the sed left behind");
        refuses(
            &sandbox,
            &["minor"],
            Content,
            "error: manifests are out of step with `0.2.0`, the version in `packages/api/pyproject.toml`\n\
             \u{20} packages/web/package.json:3: found `0.1.0`, expected `0.2.0`\n\
             hint: set them to the expected values and commit, then run the release again\n",
        );
        // web at 0.1, as it really was: no version of this scheme at all.
        sandbox.replace("packages/web/package.json", "\"version\": \"0.1.0\"", "\"version\": \"0.1\"");
        sandbox.replace("packages/scheduler/pyproject.toml", "version = \"0.2.0\"", "version = \"0.1.0\"");
        sandbox.commit_all("chore: and one more");
        refuses(
            &sandbox,
            &["minor"],
            Content,
            "error: manifests are out of step with `0.2.0`, the version in `packages/api/pyproject.toml`\n\
             \u{20} packages/scheduler/pyproject.toml:7: found `0.1.0`, expected `0.2.0`\n\
             \u{20} packages/web/package.json:3: found `0.1`, expected `0.2.0`\n\
             hint: set them to the expected values and commit, then run the release again\n",
        );
    }

    #[test]
    fn a_drift_of_what_follows_is_a_warning_and_the_release_sets_it() {
        let sandbox = Sandbox::suite();
        let base = "packages/api/src/trueppm_api/settings/base.py";
        sandbox.replace(base, "\"VERSION\": \"0.1.0\"", "\"VERSION\": \"0.0.9\"");
        sandbox.replace("packages/helm/Chart.yaml", "appVersion: \"0.1.0\"", "appVersion: \"0.0.8\"");
        sandbox.replace(
            "packages/api/uv.lock",
            "name = \"trueppm-api\"\nversion = \"0.1.0\"",
            "name = \"trueppm-api\"\nversion = \"0.0.7\"",
        );
        sandbox.replace("packages/web/package-lock.json", "\"version\": \"0.1.0\"", "\"version\": \"0.0.6\"");
        sandbox.commit_all("chore: drift");
        let preview = sandbox.refused(0, &["minor", "--dry-run", "--strict"]);
        let warnings: Vec<&str> =
            preview.stdout.lines().filter_map(|line| line.strip_prefix("  warning : ")).collect();
        let expected = [
            format!("`{base}:13` holds SPECTACULAR_SETTINGS[\"VERSION\"] `0.0.9` where `0.1.0` was expected; it will be `0.2.0`"),
            "`packages/helm/Chart.yaml:6` holds appVersion `0.0.8` where `0.1.0` was expected; it will be `0.2.0`".into(),
        ];
        assert_eq!(warnings.len(), 4, "{warnings:#?}");
        assert_eq!(warnings[..2], expected);
        assert!(warnings[2].starts_with("`packages/api/uv.lock:12` holds "), "{warnings:#?}");
        assert!(warnings[3].starts_with("`packages/web/package-lock.json:3` holds "), "{warnings:#?}");
        let run = sandbox.run(&["minor", "--yes"]).expect(0);
        assert_eq!(run.stderr.matches("warning: `").count(), 4, "{}", run.stderr);
        assert!(sandbox.read(base).contains("\"VERSION\": \"0.2.0\""));
        let chart = sandbox.read("packages/helm/Chart.yaml");
        assert!(chart.contains("\nversion: 0.2.0\nappVersion: \"0.2.0\" #"), "{chart}");
    }

    #[test]
    fn what_follows_and_holds_the_new_version_already_is_silent() {
        let sandbox = Sandbox::suite();
        let base = "packages/api/src/trueppm_api/settings/base.py";
        sandbox.replace(base, "\"VERSION\": \"0.1.0\"", "\"VERSION\": \"0.2.0\"");
        sandbox.replace("packages/helm/Chart.yaml", "\nversion: 0.1.0", "\nversion: 0.2.0");
        sandbox.commit_all("chore: early");
        let preview = sandbox.run(&["minor", "--dry-run"]).expect(0);
        assert!(!preview.stdout.contains("warning"), "{}", preview.stdout);
        let run = sandbox.run(&["minor", "--yes"]).expect(0);
        assert!(!run.stderr.contains("warning"), "{}", run.stderr);
    }
}

mod hooks_and_signing {
    use super::*;

    fn hook(sandbox: &Sandbox, path: &str, mode: u32) {
        sandbox.write(path, "#!/bin/sh\nexit 0\n");
        let permissions = std::fs::Permissions::from_mode(mode);
        std::fs::set_permissions(sandbox.root().join(path), permissions).expect("permissions");
    }

    const DISABLE: &str = "hint: leave them out of this release alone: GIT_CONFIG_COUNT=1 \
                           GIT_CONFIG_KEY_0=core.hooksPath GIT_CONFIG_VALUE_0=/dev/null trueppm-release …\n";

    #[test]
    fn an_active_hook_is_refused_and_never_skipped_in_silence() {
        let sandbox = Sandbox::suite();
        hook(&sandbox, ".git/hooks/pre-commit", 0o644);
        hook(&sandbox, ".git/hooks/pre-push", 0o755);
        sandbox.run(&["alpha", "--yes"]).expect(0);
        hook(&sandbox, ".git/hooks/pre-commit", 0o755);
        hook(&sandbox, ".git/hooks/commit-msg", 0o755);
        refuses(
            &sandbox,
            &["minor"],
            Here,
            &format!(
                "error: hooks are active that git would run, and this version runs none: `pre-commit`, \
                 `commit-msg`\n{DISABLE}"
            ),
        );
    }

    #[test]
    fn the_folder_of_core_hooks_path_is_looked_at_and_the_hint_leaves_the_setting_alone() {
        let sandbox = Sandbox::suite();
        hook(&sandbox, ".husky/commit-msg", 0o755);
        sandbox.commit_all("chore: hooks");
        sandbox.git(&["config", "core.hooksPath", ".husky"]);
        refuses(
            &sandbox,
            &["minor"],
            Here,
            &format!(
                "error: hooks are active that git would run, and this version runs none: `commit-msg`\n{DISABLE}"
            ),
        );
        let variables: Vec<(&str, &str)> = DISABLE
            .split(' ')
            .filter(|word| word.starts_with("GIT_CONFIG_"))
            .filter_map(|word| word.split_once('='))
            .collect();
        sandbox.run_with(&["minor", "--yes"], &variables).expect(0);
        assert_eq!(sandbox.git(&["config", "core.hooksPath"]).trim(), ".husky");
    }

    #[test]
    fn configured_signing_is_refused() {
        for (key, named, off) in [
            ("commit.gpgSign", "`commit.gpgSign`", &["commit.gpgSign"][..]),
            (
                "tag.gpgSign",
                "`tag.gpgSign` or `tag.forceSignAnnotated`",
                &["tag.gpgSign", "tag.forceSignAnnotated"],
            ),
            (
                "tag.forceSignAnnotated",
                "`tag.gpgSign` or `tag.forceSignAnnotated`",
                &["tag.gpgSign", "tag.forceSignAnnotated"],
            ),
        ] {
            let sandbox = Sandbox::suite();
            sandbox.git(&["config", key, "true"]);
            let commands: Vec<String> = off.iter().map(|key| format!("git config {key} false")).collect();
            refuses(
                &sandbox,
                &["minor"],
                Here,
                &format!(
                    "error: {named} is set, and this version does not sign\n\
                     hint: turn it off for this repository: `{}`\n",
                    commands.join("` and `")
                ),
            );
            for command in &commands {
                sandbox.git(&command.split(' ').skip(1).collect::<Vec<_>>());
            }
            sandbox.run(&["minor", "--yes"]).expect(0);
        }
    }
}

#[test]
fn everything_that_is_wrong_is_reported_at_once_and_nothing_is_written() {
    let sandbox = suite_with_origin();
    commit_on_main(&sandbox, "docs/there.md");
    sandbox.git(&["push", "--quiet"]);
    sandbox.git(&["reset", "--quiet", "--hard", "HEAD~1"]);
    sandbox.replace("packages/web/package.json", "\"version\": \"0.1.0\"", "\"version\": \"0.0.1\"");
    sandbox.git(&["rm", "--quiet", "packages/helm/Chart.yaml"]);
    sandbox.write("changelog.d/105.improved.md", "An unknown type.\n");
    sandbox.replace("CHANGELOG.md", "## [Unreleased]\n", "## [Unreleased]\n<<<<<<< ours\n");
    sandbox.git(&["checkout", "--quiet", "-b", "feature"]);
    sandbox.commit_all("chore: many mistakes");
    sandbox.git(&["tag", "v0.2.0"]);
    sandbox.git(&["config", "tag.gpgSign", "true"]);
    sandbox.write("README.md", "changed\n");
    sandbox.write("changelog.d/104.fixed.md", "Untracked.\n");
    let words = &["minor", "--skip-step", "OpenAPI schem"];
    let (here, content) = (
        [
            "no terminal to confirm the release on, and nobody said yes beforehand",
            "not on `main`: the checked-out branch is `feature`",
            "working tree is not clean",
            "untracked files lie where the release reads or writes",
            "HEAD and origin/main have diverged: 1 commit here, 1 commit there",
            "git does not know who you are: no name and no address to commit with",
            "`tag.gpgSign` or `tag.forceSignAnnotated` is set, and this version does not sign",
        ],
        [
            "`packages/helm/Chart.yaml` is not there at HEAD",
            "manifests are out of step with `0.1.0`, the version in `packages/api/pyproject.toml`",
            "tag `v0.2.0` already exists",
            "`--skip-step OpenAPI schem`: no step has that name",
        ],
    );
    let command = |mode: &[&str]| {
        let words: Vec<&str> = words.iter().chain(mode).copied().collect();
        let mut command = sandbox.command(&words);
        for who in ["AUTHOR", "COMMITTER"] {
            command.env_remove(format!("GIT_{who}_NAME")).env_remove(format!("GIT_{who}_EMAIL"));
        }
        command
    };
    let run = sandbox.refused_by(1, &mut command(&[]));
    for message in here.iter().chain(&content) {
        assert_eq!(
            run.stderr.matches(&format!("error: {message}\n")).count(),
            1,
            "{message}\n{}",
            run.stderr
        );
    }
    run.says("105.improved.md").says("conflict");
    let run = sandbox.refused_by(1, &mut command(&["--dry-run"]));
    for message in &here[1..] {
        assert_eq!(
            run.stdout.matches(&format!("  here: {message}\n")).count(),
            1,
            "{message}\n{}",
            run.stdout
        );
    }
    for message in &content {
        assert_eq!(
            run.stdout.matches(&format!("  error: {message}\n")).count(),
            1,
            "{message}\n{}",
            run.stdout
        );
    }
}
