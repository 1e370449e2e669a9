//! Several changelogs and the summary of a release, through the real binary.

use std::process::Stdio;

use crate::sandbox::{DATE, Run, Sandbox};

const LIBRARY: &str = "packages/scheduler/CHANGELOG.md";
const OLD: &str = "## [0.1.0] - 2026-01-15\n\n\n### Added\n- old\n\n\n\n## A stray heading\n\n- more\n";

/// The suite with two changelogs: its own, and the library's with fragments, tags and words of its own.
const TWO: &str = "\
[[changelog]]
path = \"CHANGELOG.md\"
fragments = \"changelog.d\"
heading = \"## [{version}] — {date}\"
placeholder = \"_Nothing yet._\"
summary = \"optional\"

[[changelog]]
path = \"packages/scheduler/CHANGELOG.md\"
value = \"{pep440}\"
rotate = \"always\"
fragments = \"packages/scheduler/changelog.d\"
order = [\"fixed\"]
empty = \"_No changes since {previous}._\"
tag = \"scheduler-v{pep440}\"
";

/// The built-in layout with these changelogs instead of its own, and its step and reminders left out.
fn configuration(changelogs: &str) -> String {
    let text = trueppm_release::config::built_in();
    let (head, _) = text.split_once("# --- Steps").expect("steps");
    format!("{head}{changelogs}")
}

fn suite_with(changelogs: &str) -> Sandbox {
    let sandbox = Sandbox::suite();
    sandbox.write("trueppm-release.toml", configuration(changelogs));
    sandbox.write("CHANGELOG.md", format!("# Suite\n\n## [Unreleased]\n\n{OLD}"));
    sandbox.write(
        LIBRARY,
        format!(
            "# Library\n\n## [Unreleased]\n\n{OLD}\n[Unreleased]: https://h.invalid/-/compare/scheduler-v0.1.0...main\n"
        ),
    );
    sandbox.commit_all("docs: two changelogs");
    sandbox
}

/// The suite with one changelog that takes a summary by this policy, and this under `[Unreleased]`.
fn suite_with_summary(policy: &str, body: &str) -> Sandbox {
    let sandbox = Sandbox::suite();
    let changelog = format!("[changelog]\npath = \"CHANGELOG.md\"\nsummary = \"{policy}\"\n");
    sandbox.write("trueppm-release.toml", configuration(&changelog));
    sandbox.write("CHANGELOG.md", format!("# Suite\n\n## [Unreleased]\n{body}{OLD}"));
    sandbox.commit_all("docs: a changelog");
    sandbox
}

/// Asserts what stands between the title and the older section.
#[track_caller]
fn assert_released(sandbox: &Sandbox, section: &str) {
    let expected = format!("# Suite\n\n## [Unreleased]\n\n## [0.2.0] - {DATE}\n{section}{OLD}");
    assert_eq!(sandbox.read("CHANGELOG.md"), expected);
    assert_eq!(sandbox.git(&["show", "HEAD:CHANGELOG.md"]), expected);
}

#[test]
fn each_changelog_takes_its_own_fragments_and_is_written_in_its_own_way() {
    let sandbox = suite_with(TWO);
    sandbox.write("packages/scheduler/changelog.d/1.added.md", "library a\n");
    sandbox.write("packages/scheduler/changelog.d/1.fixed.md", "library f\n");
    sandbox.write("packages/scheduler/changelog.d/README.md", "how\n");
    sandbox.commit_all("docs: fragments");
    sandbox.run(&["minor", "--dry-run", "--strict"]).expect(0).shows("changelog.d/  4 files deleted");
    sandbox.run(&["minor", "--yes"]).expect(0);
    let suite = sandbox.read("CHANGELOG.md");
    let head =
        format!("# Suite\n\n## [Unreleased]\n\n_Nothing yet._\n\n## [0.2.0] — {DATE}\n\n### Added\n- ");
    assert!(suite.starts_with(&head) && suite.ends_with(OLD) && !suite.contains("library"), "{suite}");
    assert_eq!(
        sandbox.read(LIBRARY),
        format!(
            "# Library\n\n## [Unreleased]\n\n## [0.2.0] - {DATE}\n\n### Fixed\n- library f\n\n### Added\n- library a\n\n{OLD}\n\
             [Unreleased]: https://h.invalid/-/compare/scheduler-v0.2.0...main\n\
             [0.2.0]: https://h.invalid/-/compare/scheduler-v0.1.0...scheduler-v0.2.0\n"
        )
    );
    let left = sandbox.git(&["ls-files", "changelog.d", "packages/scheduler/changelog.d"]);
    assert_eq!(left, "changelog.d/README.md\npackages/scheduler/changelog.d/README.md\n");
    assert_eq!(sandbox.git(&["status", "--porcelain"]), "");
}

#[test]
fn a_pre_release_rotates_the_changelogs_that_ask_for_it_and_says_which_stays() {
    let sandbox = suite_with(TWO);
    let before = sandbox.read("CHANGELOG.md");
    sandbox
        .run(&["minor", "alpha", "--dry-run", "--strict"])
        .expect(0)
        .shows("  note    : pre-release — `CHANGELOG.md` will not be rotated\n");
    sandbox.run(&["minor", "alpha", "--yes"]).expect(0);
    assert_eq!(sandbox.read("CHANGELOG.md"), before);
    assert!(sandbox.exists("changelog.d/101.added.md"));
    assert_eq!(
        sandbox.read(LIBRARY),
        format!(
            "# Library\n\n## [Unreleased]\n\n## [0.2.0a1] - {DATE}\n\n_No changes since 0.1.0._\n\n{OLD}\n\
             [Unreleased]: https://h.invalid/-/compare/scheduler-v0.2.0a1...main\n\
             [0.2.0a1]: https://h.invalid/-/compare/scheduler-v0.1.0...scheduler-v0.2.0a1\n"
        )
    );
}

#[test]
fn the_problems_of_all_changelogs_are_reported_together() {
    let sandbox = suite_with(TWO);
    sandbox.replace("CHANGELOG.md", "## [Unreleased]", "## Next");
    sandbox.replace(LIBRARY, "## [0.1.0]", "## [0.2.0] - by hand\n\n## [0.1.0]");
    sandbox.write("packages/scheduler/changelog.d/1.fix.md", "x");
    sandbox.write("changelog.d/1.fix.md", "x");
    sandbox.commit_all("chore: trouble");
    let run = sandbox.refused(1, &["minor", "--yes"]);
    run.says("`CHANGELOG.md` has no `[Unreleased]` heading; line 3 is `## Next`")
        .says("`packages/scheduler/CHANGELOG.md` already has a section for `0.2.0` (line 5)")
        .says("did you mean `changelog.d/1.fixed.md`?")
        .says("did you mean `packages/scheduler/changelog.d/1.fixed.md`?");
    sandbox.git(&["rm", "--quiet", LIBRARY]);
    sandbox.commit_all("chore: gone");
    sandbox.refused(1, &["minor", "--yes"]).says("`packages/scheduler/CHANGELOG.md` is not there at HEAD");
}

#[test]
fn two_changelogs_that_share_fragments_are_a_mistake_in_the_configuration() {
    let shared = TWO.replace("packages/scheduler/changelog.d", "changelog.d");
    let sandbox = suite_with(&shared);
    let text = configuration(&shared);
    let line = |number: usize| text.lines().nth(number - 1).unwrap_or_default();
    let run = sandbox.refused(1, &["minor", "--yes"]);
    let (_, place) = run.stderr.split_once("error: trueppm-release.toml:").expect("a place");
    let mut parts = place.splitn(3, ':');
    let number: usize = parts.next().and_then(|line| line.parse().ok()).expect("a line");
    assert_eq!((line(number), parts.next()), ("fragments = \"changelog.d\"", Some("13")));
    run.says("two changelogs take their fragments from `changelog.d` (first on line ").says("exactly one");
}

#[test]
fn compare_links_are_those_of_the_tag_that_a_changelog_names() {
    let sandbox = suite_with(TWO);
    sandbox.replace(LIBRARY, "scheduler-v0.1.0...main", "v0.1.0...main");
    sandbox.commit_all("docs: a link of another kind");
    let run = sandbox.run(&["minor", "alpha", "--yes"]).expect(0);
    run.says(
        "`packages/scheduler/CHANGELOG.md` compares with `v0.1.0`, but its tags are `scheduler-v{pep440}`",
    )
    .says("the new link starts at `scheduler-v0.1.0`");
    let footer = "[0.2.0a1]: https://h.invalid/-/compare/scheduler-v0.1.0...scheduler-v0.2.0a1\n";
    assert!(sandbox.read(LIBRARY).ends_with(footer), "{}", sandbox.read(LIBRARY));

    // A changelog of stable releases starts at the last of them, and without any tag where its link started.
    let sandbox = suite_with(&TWO.replace("rotate = \"always\"", "rotate = \"stable\""));
    sandbox.replace(LIBRARY, "scheduler-v0.1.0...main", "v0.1.0...main");
    sandbox.commit_all("docs: a link of another kind");
    for other in ["scheduler-v0.0.9", "scheduler-v0.2.0rc1", "scheduler-v0.3.0", "scheduler-v0.2.0-x"] {
        sandbox.git(&["tag", other, "HEAD^"]);
    }
    sandbox.run(&["minor", "-n"]).expect(0).shows("starts at `scheduler-v0.1.0`");
    for tag in ["scheduler-v0.0.9", "scheduler-v0.1.0"] {
        sandbox.git(&["tag", "-d", tag]);
    }
    sandbox
        .run(&["minor", "--yes"])
        .expect(0)
        .says("its tags are `scheduler-v{pep440}`: the new link keeps it");
    let footer = "[0.2.0]: https://h.invalid/-/compare/v0.1.0...scheduler-v0.2.0\n";
    assert!(sandbox.read(LIBRARY).ends_with(footer), "{}", sandbox.read(LIBRARY));

    // Whoever compares with something that is no tag at all knows why.
    let sandbox = suite_with(TWO);
    sandbox.replace(LIBRARY, "scheduler-v0.1.0...main", "4f2a9c1...main");
    sandbox.commit_all("docs: a link from a commit");
    let run = sandbox.run(&["minor", "alpha", "--yes"]).expect(0);
    assert!(!run.stderr.contains("warning"), "{}", run.stderr);
    assert!(
        sandbox.read(LIBRARY).contains("[0.2.0a1]: https://h.invalid/-/compare/4f2a9c1...scheduler-v0.2.0a1")
    );
}

#[test]
fn a_summary_is_given_as_a_text_a_file_standard_input_or_a_variable() {
    let section = "\nFirst of all:\nmuch.\n\n### Added\n\n- a\n\n";
    let given = "\nFirst of all:\r\nmuch.\n\n";
    let body = "\n### Added\n\n- a\n\n";
    let sandbox = suite_with_summary("optional", body);
    sandbox.run(&["minor", "--yes", "--summary", given]).expect(0);
    assert_released(&sandbox, section);

    let sandbox = suite_with_summary("optional", body);
    std::fs::write(sandbox.around().join("notes.txt"), given).expect("file");
    sandbox.run(&["minor", "--yes", "--summary", "@../notes.txt"]).expect(0);
    assert_released(&sandbox, section);

    let sandbox = suite_with_summary("required", body);
    sandbox.run_with(&["minor", "--yes"], &[("RELEASE_SUMMARY", given)]).expect(0);
    assert_released(&sandbox, section);

    let sandbox = suite_with_summary("required", body);
    let mut command = sandbox.command(&["minor", "--yes", "--summary", "-"]);
    let other = command.env("RELEASE_SUMMARY", "Not this one.").stdin(Stdio::piped()).stderr(Stdio::piped());
    let mut child = other.stdout(Stdio::piped()).spawn().expect("binary starts");
    std::io::Write::write_all(&mut child.stdin.take().expect("stdin"), given.as_bytes()).expect("written");
    Run::from(child.wait_with_output().expect("binary ends")).expect(0);
    assert_released(&sandbox, section);
}

#[test]
fn a_summary_takes_the_place_of_the_prose_and_the_preview_shows_what_it_replaces() {
    let sandbox =
        suite_with_summary("optional", "\nOld words.\n\nMore of them.\n\n- entry\n\n### Fixed\n\n- f\n\n");
    let before = sandbox.state();
    let words = ["minor", "--dry-run", "--strict"];
    sandbox
        .run(&[&words[..], &["--summary", "New words."]].concat())
        .expect(0)
        .shows(
            "  summary : CHANGELOG.md, from --summary\n            | New words.\n            in place of\n            \
             | Old words.\n            | More of them.\n",
        )
        .shows("Replaced by the summary, in CHANGELOG.md:\n  | Old words.\n  | \n  | More of them.\n");
    let offered = "  summary : CHANGELOG.md, as it stands under [Unreleased]\n            | Old words.\n";
    sandbox.run(&words).expect(0).shows(offered);
    before.assert_same(&sandbox.state());
    sandbox.run(&["minor", "--yes", "--summary", "New words."]).expect(0);
    assert_released(&sandbox, "\nNew words.\n\n- entry\n\n### Fixed\n\n- f\n\n");

    let sandbox = suite_with_summary("required", "\nOld words.\n\n- entry\n\n");
    sandbox.run(&["minor", "--yes"]).expect(0);
    assert_released(&sandbox, "\nOld words.\n\n- entry\n\n");
}

#[test]
fn a_summary_that_nobody_takes_is_said() {
    let typed = |sandbox: &Sandbox, words: &[&str], why: &str| {
        let words = [words, &["--yes", "--summary", "Words."]].concat();
        sandbox
            .refused(1, &words)
            .says(&format!("a summary was given, but {why}"))
            .says("hint: leave `--summary` out");
        let run = sandbox
            .run_with(&[&words[..words.len() - 3], &["--dry-run"]].concat(), &[("RELEASE_SUMMARY", "W.")]);
        run.expect(0).shows(&format!("  note    : RELEASE_SUMMARY is not used: {why}\n"));
    };
    typed(&suite_with_summary("none", "\n- x\n\n"), &["minor"], "`CHANGELOG.md` takes no summary");
    typed(
        &suite_with_summary("optional", "\n- x\n\n"),
        &["minor", "rc"],
        "this release rotates no changelog",
    );
    let sandbox = suite_with("");
    typed(&sandbox, &["minor"], "no changelog is configured");
    // Nothing of a summary is asked for where it is not configured.
    let run = Sandbox::suite().run(&["minor", "--dry-run"]).expect(0);
    assert!(!run.stdout.contains("summary"), "{}", run.stdout);
}

#[test]
fn a_summary_that_cannot_be_used_is_refused_before_anything_is_written() {
    let sandbox = suite_with_summary("required", "\n- x\n\n");
    for (summary, why) in [
        ("", "the summary says nothing"),
        ("Title\n=====\n", "the summary holds headings (line 2)"),
        ("Words.\n\n### Added\n\n- x", "the summary holds headings (line 3)"),
        ("Words.\n<<<<<<< HEAD\n", "the summary has conflict markers (line 2)"),
        ("```\nWords.", "the summary opens a code fence in line 1 and never closes it"),
    ] {
        let run = sandbox.refused(1, &["minor", "--yes", "--summary", summary]).says(why);
        assert!(!run.stderr.contains("there is none"), "{summary:?} is there: {}", run.stderr);
    }
    std::fs::write(sandbox.around().join("large"), "x".repeat(64 * 1024 + 1)).expect("file");
    std::fs::write(sandbox.around().join("latin"), b"caf\xe9").expect("file");
    for (summary, why) in [
        ("Words.\u{1b}[2J", "the summary from `--summary` holds a control character (line 1)"),
        ("a\nb\rc", "the summary from `--summary` holds a control character (line 2)"),
        ("@nowhere", "the summary cannot be read from `nowhere`: there is no such file"),
        ("@.", "the summary cannot be read from `.`: it is a folder"),
        ("@../large", "the summary cannot be read from `../large`: it is larger than 64 KiB"),
        ("@../latin", "the summary cannot be read from `../latin`: it is not UTF-8 text"),
        ("@/dev/zero", "the summary cannot be read from `/dev/zero`: it is larger than 64 KiB"),
    ] {
        let run = sandbox.refused(2, &["minor", "--yes", "--summary", summary]);
        run.says(&format!("error: {why}")).says("hint: ");
    }
    for words in [&["--summary", "x"][..], &["undo", "--summary", "x"], &["demo", "--summary", "x"]] {
        sandbox.refused(2, words);
    }
    // Given after the word that needs a value, an option is no summary.
    sandbox.refused(2, &["minor", "--summary", "--yes"]);
}
