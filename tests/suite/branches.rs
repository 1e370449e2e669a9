//! Releases on several branches: which one is meant is told from where HEAD is, and everything that is said and asked
//! is about that one.

use crate::sandbox::Sandbox;

const FILE: &str = "trueppm-release.toml";
const CARGO: &str = "[package]\nname = \"demo\"\nversion = \"0.1.0\"\n";

/// A repository whose configuration allows these branches.
fn repository(branch: &str) -> Sandbox {
    let sandbox = Sandbox::empty();
    sandbox.write("Cargo.toml", CARGO);
    sandbox.write(FILE, format!("[release]\nbranch = {branch}\n\n[[manifest]]\npath = \"Cargo.toml\"\n"));
    sandbox.commit_all("feat: everything");
    sandbox
}

#[test]
fn two_lines_release_a_package() {
    let sandbox = Sandbox::empty();
    sandbox.write("Cargo.toml", CARGO);
    sandbox.write(FILE, "[[manifest]]\npath = \"Cargo.toml\"\n");
    sandbox.commit_all("feat: everything");
    sandbox.run(&["minor", "--yes"]).expect(0);
    assert_eq!(sandbox.git(&["log", "-1", "--format=%B"]).trim(), "chore(release): bump version to 0.2.0");
    assert_eq!(sandbox.git(&["tag", "--list", "-n"]).trim(), "v0.2.0          Release v0.2.0");
    sandbox.run(&["undo", "--yes"]).expect(0);
    assert_eq!(sandbox.read("Cargo.toml"), CARGO);
}

#[test]
fn a_release_is_cut_on_each_of_the_branches_and_on_no_other() {
    let sandbox = repository("[\"main\", \"release/*\"]");
    sandbox.git(&["checkout", "--quiet", "-b", "feature"]);
    sandbox
        .refused(1, &["patch", "--yes"])
        .says("error: not on `main` or `release/*`: the checked-out branch is `feature`\n")
        .says("hint: run `git checkout main && git pull`\n");
    sandbox.git(&["checkout", "--quiet", "-b", "release/0.1"]);
    sandbox.run(&["patch", "--yes"]).expect(0);
    assert_eq!(sandbox.git(&["rev-parse", "release/0.1"]), sandbox.git(&["rev-parse", "v0.1.1^{commit}"]));
    sandbox.run(&["undo", "--yes"]).expect(0);
    sandbox.git(&["checkout", "--quiet", "main"]);
    sandbox.run(&["minor", "--yes"]).expect(0);
}

#[test]
fn where_only_globs_are_written_the_way_to_such_a_branch_is_said() {
    let sandbox = repository("\"release/*\"");
    sandbox
        .refused(1, &["patch", "--yes"])
        .says("error: not on `release/*`: the checked-out branch is `main`\n")
        .says("hint: check one of them out: `git branch --all --list 'release/*' '*/release/*'` shows which there are\n");
    sandbox.git(&["checkout", "--quiet", "--detach"]);
    sandbox.refused(1, &["patch", "--yes"]).says("error: not on `release/*`: HEAD is detached\n");
}

#[test]
fn a_job_of_such_a_branch_counts_as_being_on_it() {
    let sandbox = repository("[\"main\", \"release/*\"]");
    sandbox.git(&["checkout", "--quiet", "--detach"]);
    let head = sandbox.git(&["rev-parse", "HEAD"]).trim().to_owned();
    let job = |branch: &'static str| {
        [
            ("GITLAB_CI", "true".to_owned()),
            ("CI_COMMIT_BRANCH", branch.to_owned()),
            ("CI_COMMIT_SHA", head.clone()),
        ]
    };
    let with = |variables: &[(&str, String)]| {
        let variables: Vec<(&str, &str)> =
            variables.iter().map(|(name, value)| (*name, value.as_str())).collect();
        sandbox.run_with(&["patch", "--yes"], &variables)
    };
    with(&job("feature"))
        .expect(1)
        .says("error: not on `main` or `release/*`: HEAD is detached and `CI_COMMIT_BRANCH` is `feature`\n");
    with(&job("release/0.1")).expect(0).shows("HEAD:refs/heads/release/0.1");
}

#[test]
fn the_remote_is_asked_about_the_branch_at_hand() {
    let sandbox = repository("[\"main\", \"release/*\"]");
    sandbox.git(&["init", "--quiet", "--bare", "--initial-branch=main", "--template=", "../origin.git"]);
    sandbox.git(&["remote", "add", "origin", "../origin.git"]);
    sandbox.git(&["push", "--quiet", "origin", "main", "main:release/0.1"]);
    sandbox.git(&["checkout", "--quiet", "-b", "release/0.1"]);
    // Only the release branch has moved on there.
    sandbox.git(&["commit", "--quiet", "--allow-empty", "-m", "fix: something"]);
    sandbox.git(&["push", "--quiet", "origin", "release/0.1"]);
    sandbox.git(&["reset", "--quiet", "--hard", "HEAD~1"]);
    sandbox
        .refused(1, &["patch", "--yes"])
        .says("error: release/0.1 is behind origin/release/0.1 by 1 commit\n");
    sandbox.git(&["checkout", "--quiet", "main"]);
    sandbox.run(&["patch", "--yes", "--push"]).expect(0);
    assert_eq!(
        sandbox.git(&["ls-remote", "origin", "main"]).split_whitespace().next(),
        Some(sandbox.git(&["rev-parse", "HEAD"]).trim())
    );
}
