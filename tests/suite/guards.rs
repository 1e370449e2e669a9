//! Everything that refuses a release: each guard alone with its words and its way out, and all of them at once. Every
//! refusal is made twice, and neither may change a byte: the release itself, and the dry run, which tells what only
//! this place is wrong about (exit code 0, and 1 with `--strict`) from what the content is wrong about (exit code 1).

mod catching_up;
mod cleanliness;
mod files;
mod identity;
mod lockstep;
mod nothing_since;
mod place;
mod remote;
mod tags;

use std::path::Path;

use crate::sandbox::Sandbox;

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
    sandbox.git(&["config", "gpg.format", "x509"]);
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
            "`gpg.format` is `x509`, which is not supported: nothing can be signed with it",
        ],
        [
            "`packages/helm/Chart.yaml` is not there at HEAD",
            "manifests are out of step with `0.1.0`, the version in `packages/api/pyproject.toml`",
            "tag `v0.2.0` already exists: it stands on HEAD, which is not its release (`packages/api/pyproject.toml` \
             holds 0.1.0)",
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
