//! Rotation, sentence by sentence.
#![expect(clippy::string_slice, reason = "a test that cuts a text in the wrong place should fail")]

use super::*;

const RELEASE: Release<'_> = Release {
    version: "0.2.0",
    heading: "## [0.2.0] - 2026-07-01",
    tag: "v0.2.0",
    previous_tag: None,
    follows: None,
    tags: &[],
    summary: None,
};
const OLD: &str = "## [0.1.0] - 2026-01-01\n\n### Added\n\n* old\n\n\n\n- x\n";

fn fragments(sources: &[(&str, &str)]) -> Vec<Fragment> {
    let read = |(name, text): &(&str, &str)| Fragment {
        path: format!("changelog.d/{name}.md"),
        category: Category::from_name(name.rsplit('.').next().unwrap()).unwrap(),
        text: (*text).to_owned(),
    };
    sources.iter().map(read).collect()
}

fn rotated(text: &str, sources: &[(&str, &str)]) -> Rotated {
    rotate("CHANGELOG.md", text, &fragments(sources), &RELEASE, &Style::default())
        .unwrap_or_else(|problems| panic!("{text:?}: {problems:?}"))
}

fn refused(text: &str, sources: &[(&str, &str)]) -> Vec<String> {
    let problems =
        rotate("CHANGELOG.md", text, &fragments(sources), &RELEASE, &Style::default()).expect_err(text);
    assert!(problems.iter().all(|problem| !problem.hints.is_empty()));
    problems.into_iter().map(|problem| problem.message).collect()
}

/// The body of `[Unreleased]` before, the fragments, the new section's body after; in a file with an older section.
#[track_caller]
fn becomes(body: &str, sources: &[(&str, &str)], after: &str) {
    let before = format!("# Log\n\n## [Unreleased]\n{body}{OLD}");
    let expected = format!("# Log\n\n## [Unreleased]\n\n## [0.2.0] - 2026-07-01\n{after}{OLD}");
    let rotated = rotated(&before, sources);
    assert_eq!(rotated.text, expected, "{body:?}");
    let section = &rotated.text[rotated.section.clone()];
    assert_eq!(section.trim_end(), format!("## [0.2.0] - 2026-07-01\n{after}").trim_end());
}

#[test]
fn fragments_go_under_new_headings_in_keep_a_changelogs_order_and_by_name_below_them() {
    becomes(
        "\n",
        &[
            ("b.added", "b"),
            ("z.security", "s"),
            ("a.fixed", "f"),
            ("a.added", "a"),
            ("B.added", "B"),
            ("r.removed", "r"),
        ],
        "\n### Added\n\n- B\n- a\n- b\n\n### Removed\n\n- r\n\n### Fixed\n\n- f\n\n### Security\n\n- s\n\n",
    );
}

#[test]
fn fragments_are_merged_at_the_end_of_the_headings_that_exist_and_else_come_after_what_is_there() {
    becomes(
        "\n### Fixed\n\n- old fix\n\n### added\n\n- old\n  more\n\n",
        &[("1.added", "new"), ("2.fixed", "fix"), ("3.changed", "change")],
        "\n### Fixed\n\n- old fix\n- fix\n\n### added\n\n- old\n  more\n- new\n\n### Changed\n\n- change\n\n",
    );
    becomes(
        "\n### Added ###\n\nProse.\n\n### Fixed\n\n### Notes\n\n- n\n\n",
        &[("1.added", "a"), ("2.fixed", "f")],
        "\n### Added ###\n\nProse.\n\n- a\n\n### Fixed\n\n- f\n\n### Notes\n\n- n\n\n",
    );
    becomes(
        "\n### Fixed\n- x\n### Added\n- y\n",
        &[("1.fixed", "f")],
        "\n### Fixed\n- x\n- f\n\n### Added\n- y\n\n",
    );
    becomes(
        "\n### Added\n\n#### Sub\n\n- s\n\n",
        &[("1.added", "a")],
        "\n### Added\n\n- a\n\n#### Sub\n\n- s\n\n",
    );
}

#[test]
fn a_heading_that_occurs_twice_takes_fragments_the_first_time() {
    becomes(
        "\n### Added\n\n- a\n\n### Added\n\n- b\n\n",
        &[("1.added", "new")],
        "\n### Added\n\n- a\n- new\n\n### Added\n\n- b\n\n",
    );
}

#[test]
fn headings_in_code_comments_items_and_quotes_are_not_headings() {
    for hidden in [
        "```\n### Added\n```\n",
        "<!--\n### Added\n-->\n",
        "- x\n\n  ### Added\n",
        "> ### Added\n",
        "## Added\n",
    ] {
        becomes(
            &format!("\n{hidden}\n"),
            &[("1.added", "new")],
            &format!("\n{hidden}\n### Added\n\n- new\n\n"),
        );
    }
}

#[test]
fn prose_stays_on_top_and_a_placeholder_goes() {
    becomes(
        "\nSummary.\n\n- by hand\n\n",
        &[("1.added", "a")],
        "\nSummary.\n\n- by hand\n\n### Added\n\n- a\n\n",
    );
    becomes("\n_Nothing yet._\n\n", &[("1.added", "a")], "\n### Added\n\n- a\n\n");
    becomes("_Nothing yet._\n", &[("1.added", "a")], "\n### Added\n\n- a\n\n");
    becomes("\nSummary.\n\n_Nothing yet._\n\n", &[("1.added", "a")], "\nSummary.\n\n### Added\n\n- a\n\n");
    becomes("\n_Nothing yet._\n\nSummary.\n\n", &[], "\nSummary.\n\n");
    becomes(
        "\n### Added\n\n_Nothing yet._\n\n### Fixed\n\n- f\n\n",
        &[("1.added", "a")],
        "\n### Added\n\n- a\n\n### Fixed\n\n- f\n\n",
    );
    becomes("\nSay\n_Nothing yet._\n\n", &[], "\nSay\n_Nothing yet._\n\n");
    becomes("\n_Nothing yet._ Really.\n\n", &[], "\n_Nothing yet._ Really.\n\n");
}

#[test]
fn what_reads_like_a_placeholder_in_an_item_or_in_code_stays() {
    for body in [
        "\n- a\n\n  _Nothing yet._\n\n",
        "\n- a\n\n  _Nothing yet._\n\n  b\n\n",
        "\nSay:\n\n    _Nothing yet._\n\n",
        "\n```\n\n_Nothing yet._\n\n```\n\n",
    ] {
        becomes(body, &[], body);
    }
}

#[test]
fn blank_lines_between_what_is_there_stay_and_only_those_of_a_placeholder_go_with_it() {
    let body = "\n- a\n\n\n- b\n\n";
    becomes(body, &[], body);
    becomes("\n- a\n\n_Nothing yet._\n\n\n- b\n\n\n- c\n\n", &[], "\n- a\n\n- b\n\n\n- c\n\n");
    becomes("\n### Added\n_Nothing yet._\n\n- a\n\n", &[], "\n### Added\n\n- a\n\n");
    becomes("\n\n\n", &[("1.added", "a")], "\n### Added\n\n- a\n\n");
    let text = rotated("## [Unreleased]\n\n\n", &[("1.added", "a")]).text;
    assert!(text.ends_with("\n\n### Added\n\n- a\n"), "{text:?}");
}

#[test]
fn entries_written_by_hand_need_no_fragments() {
    becomes("\n### Fixed\n\n- by hand\n\n\n", &[], "\n### Fixed\n\n- by hand\n\n\n");
    becomes("\n### Fixed\n\n- by hand\n", &[], "\n### Fixed\n\n- by hand\n\n");
}

#[test]
fn a_new_heading_follows_the_files_habit_about_the_blank_line_after_it() {
    let old = "## [0.1.0]\n\n### Added\n- old\n";
    let text = rotated(&format!("## [Unreleased]\n\n{old}"), &[("1.added", "a"), ("2.fixed", "f")]).text;
    assert_eq!(
        text,
        format!("## [Unreleased]\n\n## [0.2.0] - 2026-07-01\n\n### Added\n- a\n\n### Fixed\n- f\n\n{old}")
    );
}

#[test]
fn the_unreleased_heading_is_kept_as_it_is_spelled() {
    for heading in ["## [unreleased]", "## [Unreleased] - soon", "## [ UNRELEASED ](https://e.org)"] {
        let text = rotated(&format!("{heading}\n\n{OLD}"), &[("1.added", "a")]).text;
        assert!(
            text.starts_with(&format!(
                "{heading}\n\n## [0.2.0] - 2026-07-01\n\n### Added\n\n- a\n\n## [0.1.0]"
            ))
        );
    }
}

#[test]
fn a_section_starts_only_at_a_heading_of_the_document() {
    for hidden in [
        "```\n## [0.2.0]\n## [Unreleased]\n```\n",
        "~~~~\n```\n~~~\n## [0.2.0]\n~~~~\n",
        "<!--\n\n## [0.2.0]\n-->\n",
        "- x\n\n  ## [0.2.0]\n\n  y\n",
        "> ## [0.2.0]\n",
        "    ## [0.2.0]\n",
        "<div>\n## [0.2.0]\n</div>\n",
        "- ```\n  ## [0.2.0]\n  ```\n",
        "## Stray\n",
    ] {
        becomes(&format!("\n{hidden}\n"), &[("1.added", "a")], &format!("\n{hidden}\n### Added\n\n- a\n\n"));
        let text = format!("## [Unreleased]\n\n- a\n\n## [0.1.0]\n\n{hidden}");
        assert!(rotated(&text, &[]).text.ends_with(hidden));
    }
}

#[test]
fn a_quote_mark_without_text_stays() {
    becomes("\n> quote\n>\n\n", &[], "\n> quote\n>\n\n");
    assert!(rotated("## [Unreleased]\n\n> quote\n>", &[]).text.ends_with("\n> quote\n>"));
}

#[test]
fn a_carriage_return_at_the_very_end_stays() {
    assert!(rotated("## [Unreleased]\n\n- a\r", &[]).text.ends_with("\n- a\r"));
    assert!(rotated("## [Unreleased]\r\n\r\n- a", &[]).text.ends_with("\r\n- a"));
}

#[test]
fn line_endings_a_bom_and_a_missing_final_newline_stay_as_they_are() {
    let before = "\u{feff}# Log\r\n\r\n## [Unreleased]\r\n\r\n## [0.1.0]\r\n\r\n- old\n- mixed";
    let after = "\u{feff}# Log\r\n\r\n## [Unreleased]\r\n\r\n## [0.2.0] - 2026-07-01\r\n\r\n### Added\r\n\r\n\
                 - a\r\n\r\n  ```\r\n  b\r\n  ```\r\n\r\n## [0.1.0]\r\n\r\n- old\n- mixed";
    assert_eq!(rotated(before, &[("1.added", "a\n\n```\nb\n```\n")]).text, after);
    let before = "\u{feff}## [Unreleased]\n\n## [0.1.0]\n";
    assert!(rotated(before, &[("1.added", "a\r\nb\r\n")]).text.contains("- a\n  b\n"));
    let before = "# Log\r\n\r\n## [Unreleased]\n\n## [0.1.0]\n\n- old\n";
    assert!(rotated(before, &[("1.added", "a\nb\n")]).text.contains("- a\n  b\n"), "most lines end in LF");
    for (before, after) in [
        ("## [Unreleased]", "## [Unreleased]\n\n## [0.2.0] - 2026-07-01\n\n### Added\n\n- a"),
        ("## [Unreleased]\n", "## [Unreleased]\n\n## [0.2.0] - 2026-07-01\n\n### Added\n\n- a\n"),
        (
            "## [Unreleased]\n\n### Added\n\n- x",
            "## [Unreleased]\n\n## [0.2.0] - 2026-07-01\n\n### Added\n\n- x\n- a",
        ),
        (
            "## [Unreleased]\n\nProse",
            "## [Unreleased]\n\n## [0.2.0] - 2026-07-01\n\nProse\n\n### Added\n\n- a",
        ),
    ] {
        assert_eq!(rotated(before, &[("1.added", "a")]).text, after);
    }
}

#[test]
fn the_footer_stays_at_the_end_also_when_unreleased_is_the_only_section() {
    let head = "## [Unreleased]\n\n";
    let new = "## [0.2.0] - 2026-07-01\n\n### Added\n\n- a\n\n";
    let before = "[Unreleased]: /compare/v0.1.0...main\n[#1]: /1";
    let after = "[Unreleased]: /compare/v0.2.0...main\n[0.2.0]: /compare/v0.1.0...v0.2.0\n[#1]: /1";
    for (body, section) in [
        ("", new),
        ("_Nothing yet._\n\n", new),
        ("### Added\n\n- x\n", "## [0.2.0] - 2026-07-01\n\n### Added\n\n- x\n- a\n\n"),
    ] {
        let text = rotated(&format!("{head}{body}{before}"), &[("1.added", "a")]).text;
        assert_eq!(text, format!("{head}{section}{after}"));
    }
    let text = rotated(&format!("{head}{OLD}\n{before}"), &[("1.added", "a")]).text;
    assert_eq!(text, format!("{head}{new}{OLD}\n{after}"));
}

#[test]
fn a_changelog_that_cannot_be_rotated_is_refused_with_the_lines() {
    let one = [("1.added", "a")];
    assert_eq!(
        refused("# Log\n\n### [Unreleased]\n", &one),
        ["`CHANGELOG.md` has no `[Unreleased]` heading; line 3 is `### [Unreleased]`"]
    );
    assert_eq!(
        refused("## [Unreleased]\n\n## [0.1.0]\n\n## [UNRELEASED]\n", &one),
        ["`CHANGELOG.md` has more than one `[Unreleased]` heading (lines 1 and 5)"]
    );
    for spelled in ["0.2.0", "v0.2.0", " 0.2.0 "] {
        assert_eq!(
            refused(&format!("## [Unreleased]\n\n## [{spelled}] - 2026-01-01\n"), &one),
            ["`CHANGELOG.md` already has a section for `0.2.0` (line 3)"]
        );
    }
    assert_eq!(
        refused("## [Unreleased]\n<<<<<<< HEAD\n- a\n=======\n- b\n>>>>>>> topic\n", &one),
        ["`CHANGELOG.md` has conflict markers (lines 2 and 6)"]
    );
    for (body, what) in
        [("```\n", "a code fence"), ("<!--\n\n", "an HTML comment"), ("<pre>\n\n", "an HTML block")]
    {
        assert_eq!(
            refused(&format!("## [Unreleased]\n\n{body}## [0.1.0]\n"), &one),
            [format!("`CHANGELOG.md` opens {what} in line 3 and never closes it")]
        );
    }
    assert!(
        rotated("Title\n=======\n\n## [Unreleased]\n\n```\n<<<<<<< HEAD\n```\n", &one).text.contains("- a")
    );
}

#[test]
fn an_empty_section_without_fragments_is_refused() {
    for body in ["", "\n", "\n_Nothing yet._\n", "\n### Added\n\n### Fixed\n\n", "\n<!-- none -->\n"] {
        let message = "`[Unreleased]` section is empty (`CHANGELOG.md`, line 3)";
        assert_eq!(refused(&format!("# Log\n\n## [Unreleased]\n{body}"), &[]), [message], "{body:?}");
        assert_eq!(refused(&format!("# Log\n\n## [Unreleased]\n{body}\n{OLD}"), &[]), [message], "{body:?}");
    }
}

#[test]
fn all_problems_are_reported_together() {
    let text = "## [Unreleased]\n## [Unreleased]\n## [0.2.0]\n<<<<<<< a\n";
    assert_eq!(refused(text, &[("1.added", ""), ("2.fixed", "```")]).len(), 5);
    assert_eq!(refused("", &[("1.added", "")]).len(), 2);
}

#[test]
fn fragments_are_counted_and_their_warnings_kept() {
    let rotated = rotated(
        &format!("## [Unreleased]\n\n{OLD}\n[Unreleased]: /commits/main\n"),
        &[("1.fixed", "a"), ("2.fixed", "- b\n- c"), ("3.added", "## T\nx")],
    );
    assert_eq!(rotated.counts.into_iter().collect::<Vec<_>>(), [(Category::Added, 1), (Category::Fixed, 2)]);
    assert_eq!(rotated.warnings.len(), 2, "{:?}", rotated.warnings);
}

#[test]
fn verbatim_fragments_follow_each_other_as_they_are() {
    let style = Style { verbatim: true, ..Style::default() };
    let sources = fragments(&[("1.added", "One.\n\n\n"), ("2.added", "* two\n")]);
    let rotated = rotate("C.md", &format!("## [Unreleased]\n\n{OLD}"), &sources, &RELEASE, &style).unwrap();
    assert!(rotated.text.contains("### Added\n\nOne.\n* two\n\n## [0.1.0]"), "{}", rotated.text);
    assert_eq!(rotated.warnings, Vec::<String>::new());
}

#[test]
fn verbatim_fragments_that_run_together_are_named() {
    let style = Style { verbatim: true, ..Style::default() };
    for (texts, joined) in [
        (["- One.", "Two.", "- Three."], "`2.added.md` runs on"),
        (["One.", "===\n", "Three."], "`2.added.md` runs on"),
        (["- One.", "  - Two.", "Three."], "`2.added.md`, `3.added.md` run on"),
        (["<div>", "- Two.", "- Three."], "`2.added.md`, `3.added.md` run on"),
    ] {
        let sources = fragments(&[("1.added", texts[0]), ("2.added", texts[1]), ("3.added", texts[2])]);
        let rotated =
            rotate("C.md", &format!("## [Unreleased]\n\n{OLD}"), &sources, &RELEASE, &style).unwrap();
        assert_eq!(rotated.warnings.len(), 1, "{texts:?}: {:?}", rotated.warnings);
        let warning = rotated.warnings[0].replace("changelog.d/", "");
        assert!(warning.starts_with(joined), "{texts:?}: {warning}");
    }
}

#[test]
fn an_entry_takes_the_bullet_of_the_list_that_it_joins() {
    let body = "### Added\n\n* a\n  - nested\n\n### Fixed\n\nProse.\n\n### Security\n\n1. one\n\n+ plus\n\n";
    let all = [("1.added", "- x\n- y\n"), ("2.fixed", "z"), ("3.security", "---\ns"), ("4.changed", "c")];
    let rotated = rotated(&format!("## [Unreleased]\n\n{body}{OLD}"), &all);
    for expected in ["- nested\n* x\n* y\n", "\n- z\n", "+ plus\n+ ---\n  s\n", "\n- c\n"] {
        assert!(rotated.text.contains(expected), "{expected:?} in {}", rotated.text);
    }
}

#[test]
fn a_label_keeps_its_target_in_older_sections_the_footer_and_every_fragment() {
    let text = "## [Unreleased]\n\n## [0.1.0]\n\n- Old, see [guide] and [plain].\n\n[guide]: /old\n";
    let all = [
        ("1.fixed", "See [guide].\n\n[guide]: /new\n"),
        ("2.fixed", "See [guide][] and [it][plain].\n\n[guide]: /newer\n[plain]: /p\n"),
        ("3.fixed", "See [other].\n\n[other]: /o\n"),
        ("4.fixed", "No link [other]."),
    ];
    let rotated = rotated(text, &all);
    for expected in [
        "- See [guide][guide-2].\n\n  [guide-2]: /new\n",
        "- See [guide][guide-3] and [it][plain-2].\n\n  [guide-3]: /newer\n  [plain-2]: /p\n",
        "- See [other][other-2].\n\n  [other-2]: /o\n",
        "- No link [other].\n",
    ] {
        assert!(rotated.text.contains(expected), "{expected:?} in {}", rotated.text);
    }
    assert_eq!(rotated.warnings.len(), 4, "{:?}", rotated.warnings);
}
