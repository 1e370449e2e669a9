//! Where a release may be cut: inside a work tree, on its branch, with nothing in progress.

use super::*;
use crate::sandbox::Run;

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
    assert_eq!(run.stderr, "error: `README.md` is not a folder\nhint: check the path that follows `-C`\n");
}

#[test]
fn a_bare_repository_has_nothing_to_release_from() {
    let sandbox = suite_with_origin();
    let run = sandbox.refused_by(1, sandbox.command(&["-C", "../origin.git", "minor", "--yes"]).env("X", ""));
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
        (&[("GITLAB_CI", "true"), ("CI_COMMIT_BRANCH", "main"), ("CI_COMMIT_SHA", &other)], &head_is_other),
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
    let push = "git push --atomic origin HEAD:refs/heads/main refs/tags/v0.2.0 refs/tags/scheduler-v0.2.0";
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
    sandbox
        .refused(1, &["minor", "--yes"])
        .says("error: a merge is in progress\nhint: finish it, or take it back with `git merge --abort`\n");
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
    sandbox
        .refused(1, &["minor", "--yes"])
        .says("error: a rebase is in progress\nhint: finish it, or take it back with `git rebase --abort`\n");
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
