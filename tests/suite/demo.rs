//! The repository that `trueppm-release demo` leaves, looked at with git; and what could disturb it.

use std::path::{Path, PathBuf};

use trueppm_release::commands::demo::{FILES, NEXT_FRAGMENT};

use crate::sandbox::{Run, Sandbox};

/// Where a demonstration was kept.
struct Kept<'a> {
    sandbox: &'a Sandbox,
    folder: PathBuf,
}

impl Kept<'_> {
    fn suite(&self) -> PathBuf {
        self.folder.join("suite")
    }

    #[track_caller]
    fn git(&self, words: &[&str]) -> String {
        let mut command = std::process::Command::new("git");
        command.env_clear().envs(self.sandbox.variables());
        let run: Run = command.args(words).current_dir(self.suite()).output().expect("git starts").into();
        assert_eq!(run.code, 0, "git {words:?}\n{}{}", run.stdout, run.stderr);
        run.stdout
    }

    fn read(&self, path: &str) -> String {
        std::fs::read_to_string(self.suite().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
    }
}

/// A demonstration in a new folder, with more variables.
#[track_caller]
fn keep<'a>(sandbox: &'a Sandbox, name: &str, variables: &[(&str, &str)]) -> (Kept<'a>, Run) {
    let folder = sandbox.around().join(name);
    let run = sandbox.run_with(&["demo", "--keep", &folder.display().to_string()], variables).expect(0);
    (Kept { sandbox, folder }, run)
}

/// Everything a newcomer is told to look at, with a git that knows nothing but the repository.
#[track_caller]
fn inspect(kept: &Kept) {
    assert_eq!(
        kept.git(&["log", "--format=%s%n%b", "-1"]).trim_end(),
        "chore(release): bump version to 0.2.0\nAutomated release commit. See CHANGELOG.md for details."
    );
    assert_eq!(kept.git(&["rev-list", "--count", "HEAD"]).trim(), "2");
    assert_eq!(kept.git(&["symbolic-ref", "HEAD"]).trim(), "refs/heads/main");
    assert_eq!(kept.git(&["tag", "--points-at", "HEAD"]), "scheduler-v0.2.0\nv0.2.0\n");
    assert_eq!(kept.git(&["tag", "--points-at", "HEAD^"]), "scheduler-v0.1.0\nv0.1.0\n");
    for (tag, message) in
        [("v0.2.0", "Release v0.2.0"), ("scheduler-v0.2.0", "Release trueppm-scheduler 0.2.0")]
    {
        assert_eq!(kept.git(&["cat-file", "-t", tag]).trim(), "tag");
        assert_eq!(kept.git(&["tag", "--list", "--format=%(contents)", tag]).trim(), message);
    }
    // What the next release is about waits beside it, so that this one can still be taken back.
    assert_eq!(kept.git(&["status", "--porcelain"]), format!("?? {}\n", NEXT_FRAGMENT.0));
    kept.git(&["fsck", "--strict"]);

    let before: Vec<&str> = FILES.iter().map(|(path, _)| *path).collect();
    let first = kept.git(&["ls-tree", "-r", "--name-only", "HEAD^"]);
    let mut listed: Vec<&str> = first.lines().collect();
    listed.sort_unstable();
    assert_eq!(listed, before);
    let after: Vec<&str> = before
        .iter()
        .copied()
        .filter(|path| !path.starts_with("changelog.d/") || path.ends_with("/README.md"))
        .collect();
    assert_eq!(kept.git(&["ls-tree", "-r", "--name-only", "HEAD"]).lines().collect::<Vec<_>>(), after);
    for (path, text) in FILES {
        assert_eq!(kept.git(&["show", &format!("HEAD^:{path}")]), *text, "{path} before the release");
    }
    assert!(kept.git(&["ls-tree", "HEAD", "scripts/export-openapi.sh"]).starts_with("100755 "));

    for (path, held) in [
        ("packages/api/pyproject.toml", "version = \"0.2.0\""),
        ("packages/scheduler/pyproject.toml", "version = \"0.2.0\""),
        ("packages/web/package.json", "\"version\": \"0.2.0\""),
        ("packages/web/package-lock.json", "\"version\": \"0.2.0\""),
        ("packages/api/src/trueppm_api/settings/base.py", "\"VERSION\": \"0.2.0\""),
        ("packages/helm/Chart.yaml", "appVersion: \"0.2.0\""),
        ("packages/api/uv.lock", "name = \"trueppm-api\"\nversion = \"0.2.0\""),
        ("packages/scheduler/uv.lock", "name = \"trueppm-scheduler\"\nversion = \"0.2.0\""),
        ("docs/api/openapi.json", "\"version\": \"0.2.0\""),
        ("CHANGELOG.md", "\n## [Unreleased]\n\n## [0.2.0] - 2026-02-03\n"),
    ] {
        assert!(kept.read(path).contains(held), "{path} does not hold {held}:\n{}", kept.read(path));
    }
}

#[test]
fn the_demonstration_leaves_a_released_repository_and_its_remote() {
    let sandbox = Sandbox::empty();
    let (kept, run) = keep(&sandbox, "kept", &[]);
    inspect(&kept);
    let suite = kept.suite().canonicalize().unwrap().display().to_string();
    let head = kept.git(&["rev-parse", "--short=9", "HEAD"]);
    let run = run
        .shows(&suite)
        .shows("version 0.1.0, 4 pending fragments")
        .shows("$ trueppm-release minor --yes\n")
        .shows(&format!("Released 0.2.0 as {} on main", head.trim()))
        .shows("\n$ git show v0.2.0 --stat\n")
        .shows("CHANGELOG.md ")
        .shows("## main...origin/main [ahead 1]\n")
        .shows(&format!("cd {suite}\n"))
        .says("Version confirmed via --yes: 0.1.0 → 0.2.0");

    // The remote has what was there before, and the printed command gives it the release.
    let published = |kept: &Kept| kept.git(&["ls-remote", "origin"]);
    assert!(!published(&kept).contains("v0.2.0"));
    let push = run.stdout.lines().find(|line| line.trim_start().starts_with("git push")).expect("a push");
    let words: Vec<&str> = push.split_whitespace().skip(1).collect();
    assert_eq!(words, ["push", "--atomic", "origin", "main", "v0.2.0", "scheduler-v0.2.0"]);
    kept.git(&words);
    let at_remote = published(&kept);
    let head = kept.git(&["rev-parse", "HEAD"]);
    for name in ["refs/heads/main", "refs/tags/v0.2.0^{}", "refs/tags/scheduler-v0.2.0^{}"] {
        assert!(at_remote.contains(&format!("{}\t{name}\n", head.trim())), "{name}\n{at_remote}");
    }
    let status = kept.git(&["status", "--short", "--branch", "--untracked-files=no"]);
    assert_eq!(status, "## main...origin/main\n");
}

#[test]
fn the_next_release_can_be_tried_in_what_it_left() {
    let sandbox = Sandbox::empty();
    let (kept, _) = keep(&sandbox, "kept", &[]);
    let suite = kept.suite().display().to_string();
    sandbox.run(&["-C", &suite]).expect(0).shows("0.2.0");
    sandbox.run(&["-C", &suite, "alpha", "-n"]).expect(0).shows("new     : 0.3.0-alpha.1");
    sandbox.run(&["-C", &suite, "alpha", "--yes"]).expect(0);
    assert_eq!(kept.git(&["tag", "--points-at", "HEAD"]), "scheduler-v0.3.0a1\nv0.3.0-alpha.1\n");
}

/// The lines of the closing text that begin with this, as their words.
fn suggested(run: &Run, start: &str) -> Vec<String> {
    let lines = run.stdout.lines().skip_while(|line| *line != "Go on from here:");
    let line = lines.map(str::trim).find(|line| line.starts_with(start)).expect("it is suggested");
    let command = line.split("  (").next().unwrap_or_default();
    command.split_whitespace().map(str::to_owned).collect()
}

#[test]
fn what_it_suggests_works_undo_as_well_as_the_fragment_that_waits() {
    let sandbox = Sandbox::empty();
    let (kept, run) = keep(&sandbox, "kept", &[]);
    let suite = kept.suite().display().to_string();
    let say = |words: &[&str]| sandbox.run(&[&["-C", suite.as_str()], words].concat());
    assert_eq!(suggested(&run, "trueppm-release undo"), ["trueppm-release", "undo"]);
    say(&["undo", "--yes"]).expect(0).shows("Took back 0.2.0");
    assert_eq!(kept.git(&["tag"]), "scheduler-v0.1.0\nv0.1.0\n");
    assert_eq!(kept.read(NEXT_FRAGMENT.0), NEXT_FRAGMENT.1);

    let (kept, run) = keep(&sandbox, "other", &[]);
    let suite = kept.suite().display().to_string();
    let commit = suggested(&run, "git add").join(" ");
    let mut shell = std::process::Command::new("sh");
    shell.env_clear().envs(sandbox.variables()).args(["-c", &commit]).current_dir(kept.suite());
    assert!(shell.status().expect("sh starts").success(), "{commit}");
    let next = suggested(&run, "trueppm-release auto");
    let words: Vec<&str> = next.iter().skip(1).map(String::as_str).collect();
    let say = |words: &[&str]| sandbox.run(&[&["-C", suite.as_str()], words].concat());
    say(&words).expect(0).shows("  new     : 0.2.1   <- suggested\n");
    say(&["auto", "--yes"]).expect(0);
    assert_eq!(kept.git(&["tag", "--points-at", "HEAD"]), "scheduler-v0.2.1\nv0.2.1\n");
}

#[test]
fn without_a_folder_it_makes_one_and_says_where() {
    let sandbox = Sandbox::empty();
    let temporary = sandbox.around().join("tmp");
    std::fs::create_dir(&temporary).unwrap();
    let before = sandbox.state();
    let run = sandbox.run_with(&["demo"], &[("TMPDIR", &temporary.display().to_string())]).expect(0);
    before.assert_same(&sandbox.state());
    let folders: Vec<PathBuf> =
        std::fs::read_dir(&temporary).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert_eq!(folders.len(), 1, "{folders:?}");
    run.shows(&format!("cd {}/suite\n", folders[0].display()));
    inspect(&Kept { sandbox: &sandbox, folder: folders[0].clone() });
}

#[test]
fn a_folder_with_a_blank_in_its_name_can_be_copied_from_the_last_lines() {
    let sandbox = Sandbox::empty();
    let (kept, run) = keep(&sandbox, "my demo", &[]);
    inspect(&kept);
    let folder = kept.folder.canonicalize().unwrap().display().to_string();
    run.shows(&format!("cd '{folder}/suite'\n")).shows(&format!("rm -r '{folder}'\n"));
}

#[test]
fn a_folder_that_is_not_empty_and_a_file_are_refused_untouched() {
    let sandbox = Sandbox::empty();
    sandbox.write("mine/notes.txt", "keep me");
    sandbox.refused(1, &["demo", "--keep", "mine"]).says("error: `mine` is not empty");
    sandbox.refused(1, &["demo", "--keep", "mine/notes.txt"]).says("error: `mine/notes.txt` is not a folder");
    sandbox.refused(1, &["demo", "--keep", "."]).says("error: `.` is not empty");
    std::fs::create_dir(sandbox.around().join("empty")).unwrap();
    keep(&sandbox, "empty", &[]);
}

#[test]
fn a_persons_own_git_configuration_does_not_disturb_it() {
    let sandbox = Sandbox::empty();
    let (hooks, template) = (sandbox.around().join("hooks"), sandbox.around().join("template"));
    for folder in [&hooks, &template.join("hooks")] {
        for name in
            ["pre-commit", "commit-msg", "post-commit", "reference-transaction", "pre-push", "pre-receive"]
        {
            failing_hook(&folder.join(name));
        }
    }
    let config = sandbox.around().join("hostile.gitconfig");
    let text = format!(
        "[user]\n\tuseConfigOnly = true\n\tsigningKey = NOBODY\n[commit]\n\tgpgSign = true\n[tag]\n\tgpgSign = true\n\
         \tforceSignAnnotated = true\n\tsort = -refname\n[push]\n\tgpgSign = true\n[gpg]\n\tprogram = false\n\
         [core]\n\thooksPath = {}\n\tautocrlf = true\n\teol = crlf\n\tsafecrlf = true\n\texcludesFile = {}\n\
         [init]\n\ttemplateDir = {}\n\tdefaultBranch = trunk\n[color]\n\tui = always\n[log]\n\tdecorate = no\n\
         [alias]\n\tlog = !false\n[url \"/nowhere/\"]\n\tinsteadOf = ../\n",
        hooks.display(),
        sandbox.around().join("ignored").display(),
        template.display()
    );
    std::fs::write(sandbox.around().join("ignored"), "*.lock\nchangelog.d/\n").unwrap();
    std::fs::write(&config, text).unwrap();
    let config = config.display().to_string();
    let commit = ["commit", "--quiet", "--allow-empty", "-m", "chore: try"];
    let hostile = std::process::Command::new("git")
        .args(commit)
        .env_clear()
        .envs(sandbox.variables())
        .env("GIT_CONFIG_GLOBAL", &config)
        .current_dir(sandbox.root())
        .output()
        .expect("git starts");
    assert!(!hostile.status.success(), "this configuration disturbs nobody");
    let _ = std::fs::remove_file(sandbox.around().join("hook-ran"));

    let (kept, run) = keep(&sandbox, "kept", &[("GIT_CONFIG_GLOBAL", &config)]);
    inspect(&kept);
    run.shows("(HEAD -> main, tag: v0.2.0");
    assert!(!sandbox.around().join("hook-ran").exists(), "a hook ran");
}

/// A hook that leaves a trace and fails.
fn failing_hook(path: &Path) {
    use std::os::unix::fs::PermissionsExt;
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, "#!/bin/sh\ntouch \"$HOME/../hook-ran\"\nexit 1\n").unwrap();
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).unwrap();
}

#[test]
fn an_environment_that_leads_git_to_another_repository_is_refused() {
    let sandbox = Sandbox::suite();
    let before = sandbox.state();
    let git_dir = sandbox.root().join(".git").display().to_string();
    let index = format!("{git_dir}/index");
    let kept = sandbox.around().join("kept");
    let words = ["demo", "--keep", &kept.display().to_string()];
    for variables in [
        &[("GIT_DIR", git_dir.as_str()), ("GIT_WORK_TREE", ".")][..],
        &[("GIT_INDEX_FILE", &index)],
        &[("GIT_OBJECT_DIRECTORY", &git_dir)],
    ] {
        let names: Vec<&str> = variables.iter().map(|(name, _)| *name).collect();
        sandbox
            .run_with(&words, variables)
            .expect(2)
            .says("error: the environment leads git to another repository")
            .says(&format!("hint: run `env -u {} trueppm-release demo`", names.join(" -u ")));
        before.assert_same(&sandbox.state());
        assert!(!kept.exists());
    }
}

#[test]
fn settings_handed_on_by_git_do_not_disturb_it() {
    let sandbox = Sandbox::empty();
    let (kept, _) = keep(
        &sandbox,
        "kept",
        &[
            ("GIT_CONFIG_COUNT", "1"),
            ("GIT_CONFIG_KEY_0", "commit.gpgSign"),
            ("GIT_CONFIG_VALUE_0", "true"),
            ("GIT_CONFIG_PARAMETERS", "'commit.gpgSign'='true'"),
        ],
    );
    inspect(&kept);
}

#[test]
fn without_git_it_says_so_and_leaves_nothing() {
    let sandbox = Sandbox::empty();
    let nothing = sandbox.around().join("no-programs");
    std::fs::create_dir(&nothing).unwrap();
    let kept = sandbox.around().join("kept");
    let before = sandbox.state();
    sandbox
        .run_with(
            &["demo", "--keep", &kept.display().to_string()],
            &[("PATH", &nothing.display().to_string())],
        )
        .expect(1)
        .says("error: `git` cannot be started\nhint: install git");
    assert!(!kept.exists());
    before.assert_same(&sandbox.state());
}
