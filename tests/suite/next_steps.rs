//! What is said after a release: review, what has to be done before the push, the push, what each tag starts, and what
//! remains to be done afterwards.

use crate::common::pty::Launch;
use crate::sandbox::Sandbox;

const FIRST_OF_THE_SCHEDULER: &str = "
Before the push:
  - Register the Trusted Publisher before scheduler-v0.2.0 is pushed, or scheduler:publish fails with HTTP 422.
    On PyPI: trueppm-scheduler, Manage, Publishing, Add a new publisher (GitLab):
      namespace trueppm, project trueppm, pipeline file .gitlab-ci.yml, environment name left blank
";

/// Everything after the first line, which names the commit.
#[track_caller]
fn next_steps(sandbox: &Sandbox, words: &[&str]) -> String {
    let run = sandbox.run(words).expect(0);
    let (first, rest) = run.stdout.split_once('\n').expect("lines");
    assert!(first.starts_with("Released ") && first.ends_with(" Nothing is public yet."), "{first}");
    rest.to_owned()
}

fn with_origin(sandbox: &Sandbox) {
    sandbox.git(&["init", "--quiet", "--bare", "--initial-branch=main", "--template=", "../origin.git"]);
    sandbox.git(&["remote", "add", "origin", "../origin.git"]);
}

/// The configuration of a repository that holds nothing but a Cargo.toml.
fn small(more: &str) -> Sandbox {
    let sandbox = Sandbox::empty();
    sandbox.write("Cargo.toml", "[package]\nname = \"x\"\nversion = \"0.1.0\"\n");
    sandbox.write(
        "trueppm-release.toml",
        format!(
            "[release]\nversion-from = \"Cargo.toml\"\ncommit-message = \"Release {{version}}\"\n{more}\n\
             [[manifest]]\npath = \"Cargo.toml\"\n"
        ),
    );
    sandbox.commit_all("feat: everything");
    sandbox
}

#[test]
fn a_stable_release_names_every_job_the_roadmap_and_the_enterprise_release_in_order() {
    let sandbox = Sandbox::suite();
    with_origin(&sandbox);
    assert_eq!(
        next_steps(&sandbox, &["minor", "--yes"]),
        "
v0.2.0 starts:
  - api:publish: API image, tags v0.2.0 and latest, to the GitLab registry (and GHCR with its credentials)
  - web:publish: web image, tags v0.2.0 and latest, to the GitLab registry (and GHCR with its credentials)
  - helm:publish: Helm chart, to GHCR (skipped without GHCR_USER and GHCR_TOKEN)
  - api:publish:pypi: trueppm-api, to PyPI (skipped without PYPI_TOKEN)
  - web:publish:npm: @trueppm/web, to npm (skipped without NPM_TOKEN)
  - release:create: the release entry on GitLab
  - website:build and pages: the documentation, to GitLab Pages

scheduler-v0.2.0 starts:
  - scheduler:publish: trueppm-scheduler, to PyPI by Trusted Publishing

After the push:
  - Move 0.2.0 to the roadmap's \"## Shipped\" section (overview/roadmap.md) and bump SHIPPED in
    src/content/_release-status.mdx; then run
      bash scripts/check-version-status.sh
  - Then cut the enterprise release on top of it:
      cd ../trueppm-enterprise && ./scripts/release.sh --oss-tag v0.2.0

Review:
  git log --oneline -3
  git show v0.2.0 --stat

Push (this starts the publish jobs; nothing takes the tags back):
  git push --atomic origin main v0.2.0 scheduler-v0.2.0
"
    );
}

#[test]
fn quiet_prints_the_commit_and_its_tags_and_no_word_more() {
    let sandbox = Sandbox::suite();
    with_origin(&sandbox);
    for words in [&["minor", "--yes", "--quiet"][..], &["minor", "alpha", "--yes", "-q", "--push"]] {
        let run = sandbox.run(words).expect(0);
        let tags =
            sandbox.git(&["for-each-ref", "--points-at", "HEAD", "--format=%(refname:short)", "refs/tags"]);
        let made: Vec<&str> = run.stdout.lines().collect();
        let (commit, made_tags) = made.split_first().expect("lines");
        assert_eq!(*commit, sandbox.commit("HEAD"));
        let mut made_tags = made_tags.to_vec();
        made_tags.sort_unstable();
        assert_eq!(made_tags, tags.lines().collect::<Vec<_>>(), "{words:?}");
    }
}

#[test]
fn on_a_terminal_the_last_line_is_the_command_to_run_next_in_a_colour_of_its_own() {
    let sandbox = Sandbox::suite();
    with_origin(&sandbox);
    for columns in [60, 80] {
        let launch = Launch::new(env!("CARGO_BIN_EXE_trueppm-release")).directory(sandbox.root());
        let launch = launch.arguments(["minor", "--yes"]).size(columns, 120);
        let variables = sandbox.variables();
        let mut session =
            variables.iter().fold(launch, |launch, (name, value)| launch.environment(name, value)).start();
        assert_eq!(session.exit_code(), 0, "{}", session.dump());
        let said = String::from_utf8_lossy(&session.bytes()).into_owned();
        let last = said.lines().last().expect("lines");
        assert!(last.starts_with("  \u{1b}[1;32mgit push --atomic origin "), "{last:?}");
        assert!(last.trim_end().ends_with("\u{1b}[0m"), "{last:?}");
        // No word is cut: every row but one of something to copy fits, and the words are those of a pipe.
        let rows = said.lines().map(|line| without_colours(line.trim_end_matches('\r'))).collect::<Vec<_>>();
        for row in &rows {
            let fits = row.chars().count() <= usize::from(columns);
            assert!(
                fits || row.starts_with("  git ") || row.starts_with("      cd "),
                "{row:?} at {columns}"
            );
        }
        assert!(rows.iter().any(|row| row == "      bash scripts/check-version-status.sh"), "{rows:?}");
        sandbox.run(&["undo", "--yes"]).expect(0);
    }
}

fn without_colours(line: &str) -> String {
    let mut parts = line.split('\u{1b}');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| text + part.split_once('m').map_or(part, |(_, rest)| rest))
}

#[test]
fn before_the_first_tag_of_a_kind_the_trusted_publisher_stands_before_the_push() {
    let sandbox = Sandbox::suite();
    with_origin(&sandbox);
    sandbox.git(&["tag", "-d", "scheduler-v0.1.0"]);
    let steps = next_steps(&sandbox, &["minor", "--yes"]);
    let (_, after) = steps.split_once(FIRST_OF_THE_SCHEDULER).expect(&steps);
    assert!(after.starts_with("\nPush ("), "{after}");
    // The tag that was just made is one of that kind.
    let steps = next_steps(&sandbox, &["minor", "alpha", "--yes"]);
    assert!(!steps.contains("Trusted Publisher before"), "{steps}");
}

#[test]
fn a_reminder_is_shown_when_it_says() {
    let reminders = "\
[[tag]]\nname = \"v{version}\"\nmessage = \"x\"\n
[[tag]]\nname = \"stable-{base}\"\nmessage = \"x\"\nonly-when = [\"stable\"]\n
[[reminder]]\nwhen = \"pre-release\"\ntext = \"only before\"\n
[[reminder]]\nwhen = \"stable\"\ntext = \"only after\"\n
[[reminder]]\nwhen = \"first-tag\"\ntag = \"stable-{base}\"\ntext = \"the first\"\n";
    let sandbox = small(reminders);
    let mut said = Vec::new();
    for words in [&["minor", "alpha", "--yes"][..], &["release", "--yes"], &["patch", "--yes"]] {
        let steps = next_steps(&sandbox, words);
        said.push(["only before", "only after", "the first"].map(|text| steps.contains(text)));
    }
    assert_eq!(said, [[true, false, false], [false, true, true], [false, true, false]]);
}

#[test]
fn a_pre_release_has_neither_roadmap_nor_enterprise_release() {
    let sandbox = Sandbox::suite();
    with_origin(&sandbox);
    let steps = next_steps(&sandbox, &["minor", "alpha", "--yes"]);
    assert!(
        steps.contains("\nv0.2.0-alpha.1 starts:\n  - api:publish: API image, tags v0.2.0-alpha.1 and"),
        "{steps}"
    );
    assert!(steps.contains("\nscheduler-v0.2.0a1 starts:\n"), "{steps}");
    assert!(!steps.contains("After the push:") && !steps.contains("Before the push:"), "{steps}");
}

#[test]
fn without_a_remote_the_command_that_adds_the_configured_one_comes_first() {
    let sandbox =
        small("remote = \"upstream\"\n[[tag]]\nname = \"v{version}\"\nmessage = \"Release {tag}\"\n");
    let steps = next_steps(&sandbox, &["minor", "--yes"]);
    assert!(
        steps.ends_with(
            "\nPush: there is no remote yet. Add it, then:\n  git remote add upstream URL\n  \
             git push --atomic upstream main v0.2.0\n"
        ),
        "{steps}"
    );
}

#[test]
fn names_are_quoted_for_a_shell_and_a_tag_that_starts_nothing_promises_no_jobs() {
    let sandbox = small("[[tag]]\nname = \"it's-$v{version}\"\nmessage = \"Release {tag}\"\n");
    with_origin(&sandbox);
    let steps = next_steps(&sandbox, &["minor", "--yes"]);
    let push = r"git push --atomic origin main 'it'\''s-$v0.2.0'";
    assert!(steps.contains("\n  git show 'it'\\''s-$v0.2.0' --stat\n"), "{steps}");
    assert!(steps.ends_with(&format!("\nPush (nothing takes the tags back):\n  {push}\n")), "{steps}");
    let pushed = std::process::Command::new("sh")
        .args(["-c", push])
        .current_dir(sandbox.root())
        .env_clear()
        .envs(sandbox.variables())
        .status();
    assert!(pushed.expect("sh starts").success());
    assert!(sandbox.git(&["ls-remote", "--tags", "origin"]).contains("refs/tags/it's-$v0.2.0"));
}

/// A tag for each of these names.
fn tags(names: &[&str]) -> String {
    let tag =
        |name: &&str| format!("[[tag]]\nname = \"{name}-v{{version}}\"\nmessage = \"Release {{tag}}\"\n");
    names.iter().map(tag).collect()
}

#[test]
fn more_references_than_gitlab_starts_pipelines_for_are_pushed_in_parts() {
    let sandbox = small(&tags(&["a", "b", "c", "d", "e"]));
    with_origin(&sandbox);
    sandbox.run(&["minor", "--dry-run"]).expect(0).shows(
        "  warning : the push has 6 references, and GitLab starts pipelines for at most 4 of one push\n            \
         to have all of them, push in parts, in this order:\n            \
         git push --atomic origin main a-v0.2.0 b-v0.2.0 c-v0.2.0\n            \
         git push --atomic origin d-v0.2.0 e-v0.2.0\n",
    );
    sandbox.run(&["minor", "--dry-run", "--push"]).expect(0).shows("leave out `--push` and push in parts");
    let run = sandbox
        .run(&["minor", "--yes"])
        .expect(0)
        .says("warning: the push has 6 references")
        .shows("  git push --atomic origin main a-v0.2.0 b-v0.2.0 c-v0.2.0 d-v0.2.0 e-v0.2.0\n");
    let pushes: Vec<&str> = run.stdout.lines().filter(|line| line.starts_with("  git push ")).collect();
    // The last line stays the one next command.
    assert!(pushes.len() == 3 && run.stdout.lines().last() == pushes.last().copied(), "{}", run.stdout);
    for part in pushes.iter().take(2) {
        sandbox.git(&part.split_whitespace().skip(1).collect::<Vec<_>>());
    }
    assert_eq!(sandbox.git(&["ls-remote", "origin", "refs/tags/*-v0.2.0"]).lines().count(), 5);
}

#[test]
fn four_references_or_a_host_that_is_no_gitlab_need_no_warning() {
    let sandbox = small(&tags(&["a", "b", "c"]));
    with_origin(&sandbox);
    let run = sandbox.run(&["minor", "--yes"]).expect(0);
    assert!(!run.stderr.contains("pipelines") && !run.stdout.contains("pipelines"), "{}", run.stdout);
    let sandbox = small(&tags(&["a", "b", "c", "d", "e"]));
    sandbox.git(&["remote", "add", "origin", "git@github.com:a/b.git"]);
    let run = sandbox.run(&["minor", "--yes", "--offline"]).expect(0);
    assert!(!run.stderr.contains("pipelines") && !run.stdout.contains("pipelines"), "{}", run.stdout);
}

#[test]
fn a_changelog_that_no_configuration_speaks_of_is_a_note() {
    for name in ["CHANGELOG.md", "changes.rst", "HISTORY"] {
        let sandbox = small(&tags(&["a"]));
        with_origin(&sandbox);
        let quiet = sandbox.run(&["minor", "--dry-run"]).expect(0);
        assert!(!quiet.stdout.contains("[changelog]"), "{}", quiet.stdout);
        sandbox.write(name, "# Changes\n");
        sandbox.commit_all("docs: what changed");
        let note = format!(
            "note    : there is a {name}, but no [changelog] is configured: the release leaves it as it is\n"
        );
        sandbox.run(&["minor", "--dry-run"]).expect(0).shows(&note);
        sandbox.run(&["minor", "--yes"]).expect(0).says("note: there is a ");
    }
}
