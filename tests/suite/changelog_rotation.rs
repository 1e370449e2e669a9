//! The changelog and its fragments through the real binary: what a stable release makes of them, and every reason
//! for which it refuses.

use crate::sandbox::{DATE, Run, Sandbox};

const OLD: &str = "## [0.1.0] - 2026-01-15\n\n\n### Added\n\n* an old entry  \n\n\n\n- another\n";

/// The suite with this changelog and these fragments alone.
fn suite_with(changelog: impl AsRef<[u8]>, fragments: &[(&str, &str)]) -> Sandbox {
    let sandbox = Sandbox::suite();
    sandbox.git(&["rm", "--quiet", "-r", "changelog.d"]);
    sandbox.write("CHANGELOG.md", changelog);
    for (name, text) in fragments {
        sandbox.write(&format!("changelog.d/{name}"), text);
    }
    sandbox.commit_all("docs: changelog");
    sandbox
}

/// Releases; `body` stands under `[Unreleased]` before, `section` under the new heading after.
#[track_caller]
fn becomes(body: &str, fragments: &[(&str, &str)], section: &str) -> Run {
    let sandbox = suite_with(format!("# Changelog\n\n## [Unreleased]\n{body}{OLD}"), fragments);
    let run = sandbox.run(&["minor", "--yes"]).expect(0);
    let expected = format!("# Changelog\n\n## [Unreleased]\n\n## [0.2.0] - {DATE}\n{section}{OLD}");
    assert_eq!(sandbox.read("CHANGELOG.md"), expected);
    for (name, _) in fragments {
        assert!(!sandbox.exists(&format!("changelog.d/{name}")), "{name} is still there");
    }
    assert_eq!(sandbox.git(&["status", "--porcelain"]), "");
    run
}

#[track_caller]
fn refused(changelog: impl AsRef<[u8]>, fragments: &[(&str, &str)], says: &[&str]) {
    let run = suite_with(changelog, fragments).refused(1, &["minor", "--yes"]);
    let run = says.iter().fold(run, |run, text| run.says(text));
    run.says("hint: ");
}

fn unreleased(body: &str) -> String {
    format!("# Changelog\n\n## [Unreleased]\n{body}{OLD}")
}

#[test]
fn every_type_goes_under_its_heading_in_keep_a_changelogs_order() {
    becomes(
        "\n",
        &[
            ("a.security.md", "s\n"),
            ("a.fixed.md", "f\n"),
            ("a.removed.md", "r\n"),
            ("a.deprecated.md", "d\n"),
            ("a.changed.md", "c\n"),
            ("a.added.md", "a\n"),
        ],
        "\n### Added\n\n- a\n\n### Changed\n\n- c\n\n### Deprecated\n\n- d\n\n### Removed\n\n- r\n\n\
         ### Fixed\n\n- f\n\n### Security\n\n- s\n\n",
    );
}

#[test]
fn headings_that_exist_take_their_fragments_where_they_stand_and_new_ones_come_after() {
    becomes(
        "\nSome prose first.\n\n### Security\n\n- old s\n\n### Added\n\n- old a\n\n",
        &[("1.added.md", "a"), ("1.security.md", "s"), ("1.changed.md", "c")],
        "\nSome prose first.\n\n### Security\n\n- old s\n- s\n\n### Added\n\n- old a\n- a\n\n### Changed\n\n- c\n\n",
    );
}

#[test]
fn fragments_come_in_byte_order_of_their_names_and_slugs_may_hold_dots() {
    becomes(
        "\n",
        &[
            ("b.added.md", "b"),
            ("B.added.md", "B"),
            ("10.added.md", "ten"),
            ("9.added.md", "nine"),
            ("django-5.2.16.added.md", "django"),
            ("x.fixed.added.md", "x"),
            ("ü.added.md", "u"),
        ],
        "\n### Added\n\n- ten\n- nine\n- B\n- b\n- django\n- x\n- u\n\n",
    );
}

#[test]
fn a_fragment_becomes_list_items_of_its_own() {
    for (fragment, items) in [
        ("plain\n", "- plain\n"),
        ("no newline", "- no newline\n"),
        ("\u{feff}with a BOM\r\nand CRLF\r\n", "- with a BOM\n  and CRLF\n"),
        ("- one\n- two\n\n\n\n", "- one\n- two\n"),
        ("* star\n+ plus\n", "- star\n- plus\n"),
        ("- nested\n  - list\n    more\n", "- nested\n  - list\n    more\n"),
        ("first\nsecond\n\nthird paragraph\n", "- first\n  second\n\n  third paragraph\n"),
        (
            "text\n\n```sh\n## [9.9.9] no section\n  run\n```\n",
            "- text\n\n  ```sh\n  ## [9.9.9] no section\n    run\n  ```\n",
        ),
        ("### Added\n\nheading gone\n", "- heading gone\n"),
        ("1. first\n2. second\n", "- 1. first\n  2. second\n"),
    ] {
        becomes("\n", &[("x.added.md", fragment)], &format!("\n### Added\n\n{items}\n"));
    }
}

#[test]
fn another_heading_goes_inside_the_item_with_a_warning() {
    becomes("\n", &[("x.added.md", "## Details\n\ntext\n")], "\n### Added\n\n- ## Details\n\n  text\n\n")
        .says("warning: `changelog.d/x.added.md`, line 1: the heading `Details` goes inside the list item");
}

#[test]
fn a_new_heading_stands_as_close_to_its_list_as_the_newest_one_that_is_there() {
    let before = "## [Unreleased]\n\n## [0.1.0]\n### Added\n- old\n";
    let sandbox = suite_with(before, &[("1.fixed.md", "new")]);
    sandbox.run(&["minor", "--yes"]).expect(0);
    assert_eq!(
        sandbox.read("CHANGELOG.md"),
        format!(
            "## [Unreleased]\n\n## [0.2.0] - {DATE}\n\n### Fixed\n- new\n\n## [0.1.0]\n### Added\n- old\n"
        )
    );
}

#[test]
fn prose_stays_on_top_and_the_placeholder_goes() {
    becomes("\n_Nothing yet._\n\n", &[("x.fixed.md", "f")], "\n### Fixed\n\n- f\n\n");
    becomes(
        "\n_Nothing yet._\n\nRead the guide first.\n\n",
        &[("x.fixed.md", "f")],
        "\nRead the guide first.\n\n### Fixed\n\n- f\n\n",
    );
    becomes("\nOnly prose, no fragments.\n\n", &[], "\nOnly prose, no fragments.\n\n");
}

#[test]
fn a_fenced_heading_and_a_commented_one_start_no_section() {
    let body = "\n### Added\n\n- How to write it:\n\n  ```md\n  ## [Unreleased]\n  ```\n\n~~~\n## [0.2.0] - example\n~~~\n\n\
                <!--\n## [0.2.0]\n-->\n\n";
    becomes(body, &[], body);
}

#[test]
fn the_footer_moves_on_and_stays_at_the_end() {
    let before = format!(
        "## [Unreleased]\n\n- x\n\n{OLD}\n[Unreleased]: https://h.invalid/g/-/compare/v0.1.0...HEAD\n\
         [0.1.0]: https://h.invalid/g/-/tags/v0.1.0\n"
    );
    let sandbox = suite_with(before, &[]);
    sandbox.run(&["minor", "--yes"]).expect(0);
    assert_eq!(
        sandbox.read("CHANGELOG.md"),
        format!(
            "## [Unreleased]\n\n## [0.2.0] - {DATE}\n\n- x\n\n{OLD}\n\
             [Unreleased]: https://h.invalid/g/-/compare/v0.2.0...HEAD\n\
             [0.2.0]: https://h.invalid/g/-/compare/v0.1.0...v0.2.0\n\
             [0.1.0]: https://h.invalid/g/-/tags/v0.1.0\n"
        )
    );
}

#[test]
fn line_ends_and_a_byte_order_mark_of_the_changelog_stay_and_fragments_adapt() {
    let sandbox = suite_with(
        format!("\u{feff}{}", unreleased("\n- x\n\n").replace('\n', "\r\n")),
        &[("a.fixed.md", "one\ntwo\n")],
    );
    sandbox.run(&["minor", "--yes"]).expect(0);
    let expected = format!(
        "\u{feff}# Changelog\n\n## [Unreleased]\n\n## [0.2.0] - {DATE}\n\n- x\n\n### Fixed\n\n- one\n  two\n\n{OLD}"
    );
    assert_eq!(sandbox.read("CHANGELOG.md"), expected.replace('\n', "\r\n"));
}

#[test]
fn verbatim_leaves_fragments_as_they_are() {
    let sandbox =
        suite_with(unreleased("\n"), &[("a.added.md", "plain\n text\n\n\n"), ("b.added.md", "* star")]);
    let config = trueppm_release::config::built_in().replacen("verbatim = false", "verbatim = true", 1);
    sandbox.write("trueppm-release.toml", config);
    sandbox.commit_all("chore: configuration");
    sandbox.run(&["minor", "--yes"]).expect(0);
    let expected = format!(
        "# Changelog\n\n## [Unreleased]\n\n## [0.2.0] - {DATE}\n\n### Added\n\nplain\n text\n* star\n\n{OLD}"
    );
    assert_eq!(sandbox.read("CHANGELOG.md"), expected);
}

#[test]
fn a_readme_and_dot_files_are_no_fragments_and_stay() {
    let others = [("README.md", "how\n"), (".gitkeep", ""), (".x.added.md", "draft\n")];
    let sandbox = suite_with(unreleased("\n- x\n\n"), &others);
    sandbox.run(&["minor", "--yes"]).expect(0);
    for (name, text) in others {
        assert_eq!(sandbox.read(&format!("changelog.d/{name}")), text);
    }
}

#[test]
fn files_that_are_not_named_like_fragments_are_refused_with_the_types_and_the_nearest_name() {
    for (name, near) in [
        ("56.fix.md", "did you mean `changelog.d/56.fixed.md`?"),
        ("56.Added.md", "did you mean `changelog.d/56.added.md`?"),
        ("56.md", "it names no type"),
        ("added.md", "there is no slug before `added`"),
        ("56.added.txt", "it does not end in `.md`"),
        ("56.added.md.orig", "it does not end in `.md`"),
    ] {
        refused(
            unreleased("\n- x\n\n"),
            &[(name, "text")],
            &[&format!("`changelog.d/{name}`"), near, "added, changed, deprecated, removed, fixed, security"],
        );
    }
}

#[test]
fn folders_and_links_among_the_fragments_are_refused_by_name() {
    refused(
        unreleased("\n- x\n\n"),
        &[("sub.added.md/x.added.md", "x")],
        &["`changelog.d/sub.added.md` is a folder; fragments are files"],
    );
    refused(unreleased("\n- x\n\n"), &[("sub/x.added.md", "x")], &["`changelog.d/sub` is a folder"]);
    let sandbox = suite_with(unreleased("\n- x\n\n"), &[]);
    std::fs::create_dir_all(sandbox.root().join("changelog.d")).expect("the folder");
    std::os::unix::fs::symlink("../README.md", sandbox.root().join("changelog.d/x.added.md"))
        .expect("a link");
    sandbox.commit_all("docs: a link");
    sandbox.refused(1, &["minor", "--yes"]).says("`changelog.d/x.added.md` is not a plain file");
}

#[test]
fn fragments_that_would_tear_the_changelog_apart_are_refused_by_name() {
    for (text, why) in [
        ("", "is empty"),
        (" \n\n", "is empty"),
        ("<!-- nothing -->\n", "is empty"),
        ("<<<<<<< HEAD\na\n=======\nb\n>>>>>>> other\n", "has conflict markers (lines 1 and 5)"),
        ("text\n## [0.3.0] - 2026-01-01\n", "would read as a release heading (line 2"),
        ("text\n\n```\nopen\n", "opens a code fence in line 3 and never closes it"),
    ] {
        refused(unreleased("\n- x\n\n"), &[("bad.added.md", text)], &["`changelog.d/bad.added.md`", why]);
    }
    let sandbox = suite_with(unreleased("\n"), &[]);
    sandbox.write("changelog.d/bad.added.md", b"caf\xe9\n");
    sandbox.commit_all("docs: Latin-1");
    sandbox.refused(1, &["minor", "--yes"]).says("`changelog.d/bad.added.md` is not UTF-8 text (byte 3)");
}

#[test]
fn every_bad_fragment_is_reported_not_only_the_first() {
    refused(
        unreleased("\n"),
        &[("1.added.md", ""), ("2.fix.md", "x"), ("3.added.md", "<<<<<<< a\n"), ("4.fixed.md", "good")],
        &["changelog.d/1.added.md", "2.fix.md", "changelog.d/3.added.md"],
    );
}

#[test]
fn an_empty_section_without_fragments_is_refused() {
    for body in ["\n", "\n_Nothing yet._\n\n", "\n### Added\n\n### Fixed\n\n", "\n<!-- soon -->\n\n"] {
        refused(
            unreleased(body),
            &[],
            &["`[Unreleased]` section is empty", "add fragments, `changelog.d/<slug>.<type>.md`"],
        );
    }
    // A pre-release does not care.
    suite_with(unreleased("\n"), &[]).run(&["minor", "alpha", "--yes"]).expect(0);
}

#[test]
fn changelogs_that_cannot_be_rotated_are_refused() {
    for (changelog, why) in [
        (format!("# Changelog\n\n{OLD}"), "`CHANGELOG.md` has no `[Unreleased]` heading"),
        (
            format!("# Changelog\n\n```\n## [Unreleased]\n```\n\n{OLD}"),
            "`CHANGELOG.md` has no `[Unreleased]` heading",
        ),
        (String::new(), "`CHANGELOG.md` has no `[Unreleased]` heading"),
        (
            format!("## [Unreleased]\n\n- x\n\n## [Unreleased]\n\n{OLD}"),
            "`CHANGELOG.md` has more than one `[Unreleased]` heading (lines 1 and 5)",
        ),
        (
            format!("## [Unreleased]\n\n<<<<<<< HEAD\n- x\n=======\n- y\n>>>>>>> theirs\n\n{OLD}"),
            "`CHANGELOG.md` has conflict markers (lines 3 and 7)",
        ),
        (format!("## [Unreleased]\n\n- x\n\n{OLD}\n>>>>>>> theirs\n"), "`CHANGELOG.md` has conflict markers"),
        (format!("## [Unreleased]\n\n- x\n\n```\n{OLD}"), "`CHANGELOG.md` opens a code fence in line 5"),
    ] {
        refused(changelog, &[("1.added.md", "a")], &[why]);
    }
    refused(b"## [Unreleased]\n\n- caf\xe9\n", &[], &["`CHANGELOG.md` is not UTF-8 text (byte 22)"]);
}

#[test]
fn a_changelog_with_nothing_but_unreleased_gets_its_first_section() {
    let sandbox = suite_with("## [Unreleased]\n", &[("1.added.md", "first")]);
    sandbox.run(&["minor", "--yes"]).expect(0);
    assert_eq!(
        sandbox.read("CHANGELOG.md"),
        format!("## [Unreleased]\n\n## [0.2.0] - {DATE}\n\n### Added\n\n- first\n")
    );
}

#[test]
fn the_last_fragment_takes_its_folder_along_as_git_does_and_a_failure_brings_it_back() {
    let sandbox = suite_with(unreleased("\n"), &[("1.added.md", "a")]);
    let export = sandbox.read("scripts/export-openapi.sh");
    sandbox.write("scripts/export-openapi.sh", "exit 1\n");
    sandbox.commit_all("chore: a failing export");
    let before = sandbox.state().without_objects();
    sandbox.run(&["minor", "--yes"]).expect(4);
    before.assert_same(&sandbox.state().without_objects());
    sandbox.write("scripts/export-openapi.sh", export);
    sandbox.commit_all("fix: export");
    sandbox.run(&["minor", "--yes"]).expect(0);
    assert_eq!(sandbox.git(&["ls-files", "changelog.d"]), "");
}

#[test]
fn a_date_on_the_command_line_is_the_date_of_the_section() {
    let sandbox = suite_with(unreleased("\n- x\n\n"), &[]);
    sandbox.run(&["minor", "--yes", "--date", "2027-12-31"]).expect(0);
    assert!(sandbox.read("CHANGELOG.md").contains("\n## [0.2.0] - 2027-12-31\n"));
}

#[test]
fn a_configuration_may_rotate_for_pre_releases_too() {
    let sandbox = suite_with(unreleased("\n"), &[("1.added.md", "a")]);
    let config =
        trueppm_release::config::built_in().replacen("rotate = \"stable\"", "rotate = \"always\"", 1);
    sandbox.write("trueppm-release.toml", config);
    sandbox.commit_all("chore: configuration");
    sandbox.run(&["minor", "alpha", "--yes"]).expect(0);
    assert!(
        sandbox.read("CHANGELOG.md").contains(&format!("## [0.2.0-alpha.1] - {DATE}\n\n### Added\n\n- a\n"))
    );
}
