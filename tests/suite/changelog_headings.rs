//! Changelogs whose headings and links are written in other styles than the built-in layout's, through the real binary.

use crate::sandbox::{DATE, Sandbox};

/// A small repository at 1.2.3 with this changelog, in the configuration of which stands this besides.
fn repository(changelog: &str, more: &str) -> Sandbox {
    let sandbox = Sandbox::empty();
    sandbox.write("package.json", "{\n  \"name\": \"own\",\n  \"version\": \"1.2.3\"\n}\n");
    sandbox.write(
        "trueppm-release.toml",
        format!(
            "[release]\nversion-from = \"package.json\"\ncommit-message = \"release {{version}}\"\n\
             [[tag]]\nname = \"v{{version}}\"\nmessage = \"Release v{{version}}\"\n\
             [[manifest]]\npath = \"package.json\"\n\
             [changelog]\npath = \"CHANGELOG.md\"\nfragments = \"changelog.d\"\n{more}"
        ),
    );
    sandbox.write("changelog.d/README.md", "how\n");
    sandbox.write("CHANGELOG.md", changelog);
    sandbox.commit_all("start");
    sandbox
}

#[test]
fn an_older_section_is_never_released_again_however_it_is_headed() {
    for (old, new) in [
        ("## 1.2.3 (2026-01-01)", format!("## 1.2.4 ({DATE})")),
        (
            "# [1.2.3](https://h.invalid/compare/v1.2.2...v1.2.3)",
            "# [1.2.4](https://h.invalid/compare/v1.2.3...v1.2.4)".into(),
        ),
        ("own 1.2.3\n---------", "own 1.2.4\n---------".into()),
    ] {
        let older = format!("{old}\n\n### Removed\n\n- old\n");
        let sandbox = repository(&format!("# Log\n\n## [Unreleased]\n\n### Fixed\n\n- a\n\n{older}"), "");
        sandbox.refused(0, &["auto", "--dry-run", "--offline"]).shows("  new     : 1.2.4   <- suggested");
        sandbox.write("changelog.d/1.removed.md", "gone\n");
        sandbox.commit_all("a fragment");
        sandbox.run(&["major", "--yes", "--offline"]).expect(0);
        let text = sandbox.read("CHANGELOG.md");
        let new = new.replace("1.2.4", "2.0.0");
        let expected = format!(
            "# Log\n\n## [Unreleased]\n\n{new}\n\n### Fixed\n\n- a\n\n### Removed\n\n- gone\n\n{older}"
        );
        assert_eq!(text, expected);
        let sandbox = repository(&format!("# Log\n\n## [Unreleased]\n\n{older}"), "");
        sandbox.refused(1, &["patch", "--yes", "--offline"]).says("`[Unreleased]` section is empty");
        sandbox.refused(8, &["auto", "--yes", "--offline"]);
    }
}

#[test]
fn a_heading_of_which_nobody_can_tell_refuses_the_release_with_its_line() {
    let text = "# Log\n\n## [Unreleased]\n\n- a\n\n## Upgrading to 2.0\n\n- b\n\n## [1.2.3] - 2026-01-01\n";
    repository(text, "")
        .refused(1, &["patch", "--yes", "--offline"])
        .says("`CHANGELOG.md`, line 7: `## Upgrading to 2.0` may open the section of a release")
        .says("hint: write a release as `## [VERSION] - DATE`");
}

#[test]
fn auto_knows_what_breaks_and_names_a_heading_that_it_does_not_know() {
    let text = |heading: &str| format!("## [Unreleased]\n\n### {heading}\n\n- a\n\n## [1.2.3]\n");
    let auto = ["auto", "--dry-run", "--offline"];
    for heading in ["Breaking Changes", "⚠ BREAKING CHANGES", "💥 Breaking"] {
        repository(&text(heading), "").refused(0, &auto).shows("  new     : 2.0.0");
    }
    repository(&text("🐛 Bug Fixes:"), "").refused(0, &auto).shows("  new     : 1.2.4");
    repository(&text("Documentation"), "")
        .refused(0, &auto)
        .shows("`auto` does not know the heading `### Documentation` (`CHANGELOG.md`, line 3)");
}

#[test]
fn what_was_decided_about_a_link_is_a_note_at_the_gate() {
    let text = "## [Unreleased]\n\n- a\n\n## [1.2.3]\n\n- old\n\n[Unreleased]: https://h.invalid/compare/v1.2.2...HEAD\n";
    let sandbox = repository(text, "");
    sandbox
        .refused(0, &["patch", "--dry-run", "--offline"])
        .shows("but `1.2.3` is the newest section (line 5): the new link starts at `v1.2.3`");
    sandbox.run(&["patch", "--yes", "--offline"]).expect(0);
    assert!(sandbox.read("CHANGELOG.md").ends_with("[1.2.4]: https://h.invalid/compare/v1.2.3...v1.2.4\n"));
}

#[test]
fn a_changelog_is_tidied_where_the_configuration_asks_for_it() {
    let text = "# Log\n\n\n\n## Unreleased\n\n- a\n\n\n\n## v1.2.3\n\n\n- old\n\n\n";
    let sandbox = repository(text, "tidy = true\n");
    sandbox.run(&["patch", "--yes", "--offline"]).expect(0);
    assert_eq!(
        sandbox.read("CHANGELOG.md"),
        "# Log\n\n## Unreleased\n\n## v1.2.4\n\n- a\n\n## v1.2.3\n\n- old\n"
    );
}
