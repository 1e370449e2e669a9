//! `auto`: the step comes from what is pending at HEAD, the gate says why, and with nothing pending there is an exit code
//! of its own.

use crate::sandbox::Sandbox;

/// The suite at a version, with only these fragments.
fn pending(version: &str, fragments: &[(&str, &str)]) -> Sandbox {
    let sandbox = Sandbox::suite();
    let (base, pre) = version.split_once('-').unwrap_or((version, ""));
    let pep440 = format!("{base}{}", pre.replace("alpha.", "a").replace("beta.", "b").replace("rc.", "rc"));
    sandbox.set_versions(version, &pep440, base);
    for fragment in sandbox.git(&["ls-files", "changelog.d"]).lines() {
        if !fragment.ends_with("README.md") {
            sandbox.remove(fragment);
        }
    }
    sandbox.replace("CHANGELOG.md", "## [Unreleased]", "## [Unreleased]\n\n## [0.0.9] - 2026-01-01\n");
    for (name, text) in fragments {
        sandbox.write(&format!("changelog.d/{name}"), text);
    }
    sandbox.commit_all("chore: set the stage");
    sandbox
}

#[test]
fn the_pending_changes_decide_the_step_and_the_preview_gives_the_reason() {
    for (version, fragments, next, reason) in [
        ("0.1.0", &[("a.fixed.md", "x"), ("b.security.md", "y")][..], "0.1.1", "nothing but 2 entries fixed"),
        (
            "0.1.0",
            &[("a.fixed.md", "x"), ("b.added.md", "y")],
            "0.2.0",
            "1 entry added, changed or deprecated",
        ),
        (
            "0.1.0",
            &[("a.removed.md", "x")],
            "0.2.0",
            "1 removed; a minor is enough while the major version is 0",
        ),
        ("1.1.0", &[("a.removed.md", "x")], "2.0.0", "1 removed"),
        ("1.1.0", &[("a.fixed.md", "**Breaking:** x")], "2.0.0", "1 entry marked as breaking"),
        ("0.2.0-beta.1", &[("a.removed.md", "x")], "0.2.0-beta.2", "the next of its stage"),
    ] {
        let sandbox = pending(version, fragments);
        sandbox
            .refused(0, &["auto", "--dry-run"])
            .shows(&format!("  new     : {next}   <- suggested"))
            .shows("  note    : `auto` is `")
            .shows(reason);
        // The bare command says the same.
        let bare = sandbox.refused(0, &[]);
        assert!(
            bare.stdout.lines().any(|line| line.starts_with("  auto ") && line.ends_with(next)),
            "{}",
            bare.stdout
        );
    }
}

#[test]
fn a_release_that_auto_decided_is_like_one_that_was_asked_for() {
    let sandbox = pending("0.1.0", &[("a.changed.md", "x")]);
    sandbox.run(&["auto", "--yes"]).expect(0).says("0.1.0 → 0.2.0").says("note: `auto` is `minor`: 1 entry");
    assert_eq!(sandbox.git(&["tag", "--points-at", "HEAD"]), "scheduler-v0.2.0\nv0.2.0\n");
    // Released, nothing is left.
    sandbox.refused(8, &["auto", "--yes"]).says("nothing to release: no change is pending");
}

#[test]
fn entries_written_under_unreleased_count_too() {
    let sandbox = pending("1.0.0", &[]);
    sandbox.replace(
        "CHANGELOG.md",
        "## [Unreleased]",
        "## [Unreleased]\n\n### Fixed\n\n- **Breaking:** one\n- two",
    );
    sandbox.commit_all("docs: by hand");
    sandbox.refused(0, &["auto", "-n"]).shows("  new     : 2.0.0").shows("1 entry marked as breaking");
}

#[test]
fn an_entry_without_a_type_counts_as_a_change() {
    let sandbox = pending("1.0.0", &[("a.added.md", "x")]);
    sandbox.replace("CHANGELOG.md", "## [Unreleased]", "## [Unreleased]\n\n- one\n- two");
    sandbox.commit_all("docs: by hand");
    sandbox
        .refused(0, &["auto", "-n"])
        .shows("  new     : 1.1.0")
        .shows("3 entries added, changed or deprecated");
}

#[test]
fn nothing_pending_is_refused_with_a_code_of_its_own() {
    let sandbox = pending("0.1.0", &[]);
    for words in [&["auto", "--yes"][..], &["auto"], &["auto", "--dry-run"]] {
        let run = sandbox.refused(8, words);
        let said = run.stdout + &run.stderr;
        assert!(said.contains("nothing to release: no change is pending"), "{said}");
        assert!(
            said.contains(
                "hint: say what changed: add fragments, `changelog.d/<slug>.<type>.md` (types are added, changed, \
                 deprecated, removed, fixed, security), or write it under `[Unreleased]` in `CHANGELOG.md`; then commit"
            ),
            "{said}"
        );
        // Each of these words would be refused: there is nothing for its section.
        assert!(!said.contains("say the step yourself"), "{said}");
    }
    sandbox.refused(1, &["patch", "--yes"]).says("`[Unreleased]` section is empty");
    sandbox.refused(0, &[]).shows("– (nothing to release: no change is pending)");
}

#[test]
fn nothing_pending_names_the_words_that_a_release_can_be_made_with_and_no_other() {
    let configured = |changelog: &str| {
        include_str!("../../src/config/trueppm-suite.toml").replace("fragments = \"changelog.d\"", changelog)
    };
    let with_fragments = "fragments = \"changelog.d\"";
    for (version, changelog, words) in [
        ("0.1.0", "empty = \"Nothing changed.\"", "`patch`, `minor` or `major`"),
        ("0.1.0", with_fragments, ""),
        ("0.2.0-beta.1", with_fragments, "`beta` or `rc`"),
        ("0.2.0-rc.1", "", "`rc`"),
        ("0.2.0-rc.1", "rotate = \"always\"", ""),
        ("0.2.0-rc.1", "empty = \"Nothing changed.\"", "`rc` or `release`"),
    ] {
        let sandbox = pending(version, &[]);
        let text = configured(changelog);
        let text =
            if changelog.starts_with("rotate") { text.replace("rotate = \"stable\"\n", "") } else { text };
        sandbox.write("trueppm-release.toml", text);
        sandbox.commit_all("chore: configuration");
        let run = sandbox.refused(8, &["auto", "--dry-run"]);
        if words.is_empty() {
            assert!(!run.stdout.contains("say the step yourself"), "{version} {changelog}: {}", run.stdout);
        } else {
            let hint = format!("hint: or say the step yourself: {words}\n");
            assert!(run.stdout.contains(&hint), "{version} {changelog}: {}", run.stdout);
        }
        // Where no folder is configured, nobody is told of fragments.
        let speaks = run.stdout.contains("fragment") || run.stdout.contains("changelog.d");
        assert_eq!(speaks, changelog == with_fragments, "{version} {changelog}: {}", run.stdout);
        for word in words.split(['`', ' ', ',']).filter(|word| !matches!(*word, "" | "or")) {
            sandbox.refused(0, &[word, "--dry-run"]);
        }
    }
}

#[test]
fn an_empty_section_speaks_of_fragments_only_where_a_folder_is_configured() {
    let sandbox = pending("0.1.0", &[]);
    sandbox.refused(1, &["minor", "-n"]).shows(
        "hint: say what changed: add fragments, `changelog.d/<slug>.<type>.md` (types are added, changed, deprecated, \
         removed, fixed, security), or write it under `[Unreleased]` in `CHANGELOG.md`\n",
    );
    let without =
        include_str!("../../src/config/trueppm-suite.toml").replace("fragments = \"changelog.d\"", "");
    sandbox.write("trueppm-release.toml", without);
    sandbox.commit_all("chore: configuration");
    let run = sandbox.refused(1, &["minor", "-n"]);
    let run = run.shows("hint: say what changed: write it under `[Unreleased]` in `CHANGELOG.md`\n");
    assert!(!run.stdout.contains("fragment"), "{}", run.stdout);
}

#[test]
fn a_type_of_another_tool_is_answered_with_ours_and_the_folder() {
    for (kind, ours) in
        [("feature", "added"), ("bug", "fixed"), ("breaking", "removed"), ("vuln", "security")]
    {
        let sandbox = pending("0.1.0", &[(&format!("a.{kind}.md"), "x")]);
        sandbox
            .refused(1, &["minor", "--yes"])
            .says(&format!(
                "error: `changelog.d/a.{kind}.md` is not named like a changelog fragment: `{kind}` is not a type\n"
            ))
            .says("hint: a fragment is called `changelog.d/<slug>.<type>.md`; types are added, changed, deprecated,")
            .says(&format!("hint: did you mean `changelog.d/a.{ours}.md`?\n"));
    }
}

#[test]
fn what_auto_cannot_read_is_refused_as_what_it_is() {
    // Also where the step would not touch the changelog, and where nothing else is pending.
    for (version, fragments) in
        [("0.2.0-beta.1", &[("a.fixed.md", "x"), ("b.fix.md", "y")][..]), ("0.1.0", &[("b.fix.md", "y")])]
    {
        let sandbox = pending(version, fragments);
        sandbox.refused(1, &["auto", "--yes"]).says("`fix` is not a type").says_once("`fix` is not a type");
    }
}

#[test]
fn auto_stands_alone() {
    Sandbox::suite().refused(2, &["auto", "beta"]).says("do not go together: `auto` stands alone");
}
