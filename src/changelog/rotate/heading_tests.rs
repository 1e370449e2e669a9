//! Changelogs as people write them: headings and links of every style, what a release makes of them, and what a Markdown
//! parser that is not ours reads in the older sections before and after.
#![expect(clippy::string_slice, reason = "a test that cuts a text in the wrong place should fail")]

use pulldown_cmark::{Event, Parser, Tag, TagEnd};

use super::*;

const DAY: &str = "2026-07-01";

fn release<'a>() -> Release<'a> {
    Release {
        version: "1.2.4",
        heading: "## [1.2.4] - 2026-07-01",
        tag: "v1.2.4",
        previous_tag: None,
        follows: Some(DAY),
        tags: &[],
        summary: None,
    }
}

fn fixed(text: &str) -> [Fragment; 1] {
    [Fragment { path: "d/1.fixed.md".into(), category: Category::Fixed, text: text.into() }]
}

#[track_caller]
fn rotated(text: &str, fragments: &[Fragment]) -> Rotated {
    rotate("C.md", text, fragments, &release(), &Style::default())
        .unwrap_or_else(|it| panic!("{text}: {it:?}"))
}

#[track_caller]
fn refused(text: &str, fragments: &[Fragment]) -> Vec<String> {
    let problems = rotate("C.md", text, fragments, &release(), &Style::default()).expect_err(text);
    assert!(problems.iter().all(|problem| !problem.hints.is_empty()));
    problems.into_iter().map(|problem| problem.message).collect()
}

/// Headings of an older release, and the new one in the same style.
const STYLES: [(&str, &str); 22] = [
    ("## 1.2.3 (2026-01-01)", "## 1.2.4 (2026-07-01)"),
    ("## v1.2.3", "## v1.2.4"),
    ("## 1.2.3", "## 1.2.4"),
    ("# 1.2.3", "# 1.2.4"),
    ("### 1.2.3 (2026-01-01)", "### 1.2.4 (2026-07-01)"),
    ("## own 1.2.3", "## own 1.2.4"),
    ("## own-v1.2.3", "## own-v1.2.4"),
    ("## Version 1.2.3", "## Version 1.2.4"),
    ("## Release 1.2.3 – 2024-01-01", "## Release 1.2.4 – 2026-07-01"),
    ("## [1.2.3] - 2026-01-01 [YANKED]", "## [1.2.4] - 2026-07-01"),
    ("## 1.2", "## 1.2.4"),
    ("## 1.2.3a1", "## 1.2.4"),
    ("1.2.3\n-----", "1.2.4\n-----"),
    ("1.2.3 (2026-01-01)\n===", "1.2.4 (2026-07-01)\n==="),
    ("##  [1.2.3] - 2026-01-01", "##  [1.2.4] - 2026-07-01"),
    (" ## [1.2.3] - 2026-01-01", " ## [1.2.4] - 2026-07-01"),
    ("##\t1.2.3", "##\t1.2.4"),
    ("## 1.2.3 ##", "## 1.2.4 ##"),
    ("## :tada: 1.2.3", "## :tada: 1.2.4"),
    ("## \u{1f680} 1.2.3 - January 1, 2026", "## \u{1f680} 1.2.4 - July 1, 2026"),
    ("## <a name=\"x\"></a>1.2.3", "## <a name=\"x\"></a>1.2.4"),
    ("<a name=\"1.2.3\"></a>\n## 1.2.3", "## 1.2.4"),
];

#[test]
fn unreleased_ends_at_a_released_section_however_its_heading_is_spelled_and_the_new_one_follows_it() {
    for (old, new) in STYLES {
        let older = format!("{old}\n\n### Removed\n\n- old\n\n### Fixed\n\n- old fix\n");
        let text = format!("# Log\n\n## [Unreleased]\n\n### Fixed\n\n- a\n\n{older}");
        assert_eq!(
            rotated(&text, &fixed("b")).text,
            format!("# Log\n\n## [Unreleased]\n\n{new}\n\n### Fixed\n\n- a\n- b\n\n{older}"),
            "{old}"
        );
        let empty = format!("# Log\n\n## [Unreleased]\n\n{older}");
        assert_eq!(refused(&empty, &[]), ["`[Unreleased]` section is empty (`C.md`, line 3)"], "{old}");
        let windows = rotated(&text.replace('\n', "\r\n"), &fixed("b")).text;
        assert_eq!(windows, rotated(&text, &fixed("b")).text.replace('\n', "\r\n"), "{old}");
        // The next release follows in the same way.
        let again = rotated(&text, &fixed("b")).text;
        let next = Release { version: "1.3.0", tag: "v1.3.0", ..release() };
        let again = rotate("C.md", &again, &fixed("c"), &next, &Style::default()).unwrap().text;
        assert!(again.contains(&format!("## [Unreleased]\n\n{}", new.replace("1.2.4", "1.3.0"))), "{again}");
        assert!(refused(&rotated(&text, &fixed("b")).text, &fixed("x"))[0].contains("already has a section"));
    }
}

#[test]
fn headings_that_are_no_release_stay_in_the_section() {
    for inside in [
        "## Fixed\n\n- a\n",
        "## Notes\n\nText.\n",
        "Notes\n-----\n\nText.\n",
        "- x\n\n  ## 1.2.3\n\n  y\n",
        "> ## 1.2.3\n",
        "```\n## 1.2.3\n```\n",
        "<!--\n## 1.2.3\n-->\n",
        "<details>\n<summary>s</summary>\n## 1.2.3\n</details>\n",
        "    ## 1.2.3\n",
        "### Upgrading to 2.0\n\nText.\n",
        "### Python 3.12\n\n- a\n",
        "#### 1.2.3 compatibility\n\n- a\n",
    ] {
        let text = format!("## [Unreleased]\n\n- e\n\n{inside}\n## 1.2.3 (2026-01-01)\n\n- old\n");
        assert_eq!(
            rotated(&text, &[]).text,
            format!(
                "## [Unreleased]\n\n## 1.2.4 (2026-07-01)\n\n- e\n\n{inside}\n## 1.2.3 (2026-01-01)\n\n- old\n"
            )
        );
    }
}

#[test]
fn what_cannot_be_told_is_refused_with_its_line_and_text() {
    for doubtful in [
        "## Upgrading to 2.0",
        "## 2.0 migration guide",
        "## Python 3.12",
        "## 1.x",
        "## 2026-01-01",
        "## [Notes]",
        "### own 1.2.2",
        "Fixed in 1.2.2\n---",
    ] {
        let text = format!("## [Unreleased]\n\nText.\n\n{doubtful}\n\n- a\n\n## 1.2.3\n\n- old\n");
        let shown = doubtful.lines().next().unwrap();
        let message = format!(
            "`C.md`, line 5: `{shown}` may open the section of a release, or belong to `[Unreleased]`"
        );
        assert_eq!(refused(&text, &fixed("b")), [message]);
    }
    let text = "## [Unreleased]\n\n- a\n\n   ## 1.2.3\n\n### Removed\n\n- old\n";
    assert!(refused(text, &[])[0].starts_with("`C.md`, line 5: `## 1.2.3` is no heading of the document"));
    let text = "## [Unreleased]\n\n<p>\na</p>\n## [1.2.3]\n\n- old\n";
    assert!(refused(text, &[])[0].starts_with("`C.md`, line 5: `## [1.2.3]` is no heading, because"));
}

#[test]
fn unreleased_is_known_in_any_spelling_and_the_fresh_one_has_the_same() {
    for heading in [
        "## Unreleased",
        "## UNRELEASED",
        "##   [Unreleased]",
        " ## [Unreleased]",
        "## \\[Unreleased]",
        "## \\[Unreleased\\]",
        "## [Unreleased](https://h.org)",
        "## [unreleased] - TBD",
        "## Unreleased (2026-xx-xx)",
        "## \u{1f6a7} Unreleased",
        "Unreleased\n----------",
        "[Unreleased]\n===",
        "# Unreleased",
    ] {
        let older = "## [1.2.3]\n\n- old\n";
        let text = rotated(&format!("{heading}\n\n- a\n\n{older}"), &[]).text;
        assert_eq!(
            text.split_once("- a").unwrap().0.matches("nreleased").count()
                + usize::from(heading.contains("UNRELEASED")),
            1
        );
        assert!(text.starts_with(&format!("{heading}\n\n## [1.2.4]")), "{text}");
        assert!(text.ends_with(&format!("\n\n- a\n\n{older}")), "{text}");
    }
    assert_eq!(
        refused("## [Unreleased]\n\n## Unreleased\n\n- a\n\n## 1.2.3\n", &fixed("b")),
        ["`C.md` has more than one `[Unreleased]` heading (lines 1 and 3)"]
    );
    for (heading, level) in [("## Next", 2), ("### [Unreleased]", 3), ("## 1.2.4 (unreleased)", 2)] {
        let said = refused(&format!("# Log\n\n{heading}\n\n- a\n\n## 1.2.3\n\n- old\n"), &[]);
        assert!(
            said[0].starts_with(&format!("`C.md` has no `[Unreleased]` heading; line 3 is `{heading}`")),
            "{level} {said:?}"
        );
    }
}

#[test]
fn a_first_release_is_headed_as_unreleased_is() {
    for (heading, new) in [
        ("## [Unreleased]", "## [1.2.4] - 2026-07-01"),
        ("## Unreleased", "## 1.2.4 - 2026-07-01"),
        ("# Unreleased", "# 1.2.4 - 2026-07-01"),
        ("# [Unreleased]", "# [1.2.4] - 2026-07-01"),
        ("Unreleased\n----------", "1.2.4 - 2026-07-01\n------------------"),
    ] {
        let text = rotated(&format!("{heading}\n\n- a\n"), &[]).text;
        assert_eq!(text, format!("{heading}\n\n{new}\n\n- a\n"));
    }
    let said = Release { follows: None, heading: "## v1.2.4", ..release() };
    let text =
        rotate("C.md", "## [Unreleased]\n\n- a\n\n## [1.2.3] - 2026-01-01\n", &[], &said, &Style::default());
    assert!(text.unwrap().text.contains("\n## v1.2.4\n"), "the configuration decides");
}

#[test]
fn links_in_headings_move_as_those_of_the_footer_do() {
    let old = "## [1.2.3](https://x/compare/v1.2.2...v1.2.3) - 2026-01-01\n\n- old\n";
    for (unreleased, fresh, new, old) in [
        (
            "## [Unreleased](https://x/compare/v1.2.3...HEAD)",
            "## [Unreleased](https://x/compare/v1.2.4...HEAD)",
            "## [1.2.4](https://x/compare/v1.2.3...v1.2.4) - 2026-07-01",
            old,
        ),
        (
            "## [Unreleased]",
            "## [Unreleased]",
            "## [1.2.4](https://x/compare/v1.2.3...v1.2.4) - 2026-07-01",
            old,
        ),
        (
            "# [Unreleased](<https://x/compare/v1.2.3..main> \"all\")",
            "# [Unreleased](<https://x/compare/v1.2.4..main> \"all\")",
            "## [1.2.4](https://x/compare/v1.2.3..v1.2.4)",
            "## [1.2.3]\n\n- old\n",
        ),
        (
            "## Unreleased",
            "## Unreleased",
            "## [v1.2.4](https://x/releases/tag/v1.2.4)",
            "## [v1.2.3](https://x/releases/tag/v1.2.3)\n\n- old\n",
        ),
    ] {
        let after = rotated(&format!("{unreleased}\n\n- a\n\n{old}"), &[]);
        assert_eq!(after.text, format!("{fresh}\n\n{new}\n\n- a\n\n{old}"));
        assert_eq!((after.warnings, after.notes), (vec![], vec![]));
    }
    let stays = rotated("## [Unreleased](https://x/commits)\n\n- a\n\n## [1.2.3]\n", &[]);
    assert!(stays.text.starts_with("## [Unreleased](https://x/commits)\n\n## [1.2.4]\n"), "{}", stays.text);
    assert!(stays.warnings[0].contains("the link of `[Unreleased]` in `C.md` does not compare two versions"));
}

#[test]
fn definitions_move_also_where_unreleased_is_the_only_section_or_holds_them() {
    let link = "[Unreleased]: https://x/compare/v1.2.3...HEAD";
    let moved = "[Unreleased]: https://x/compare/v1.2.4...HEAD\n[1.2.4]: https://x/compare/v1.2.3...v1.2.4";
    for tail in ["\n", "\n<!-- end -->\n", "\n\n---\n\nMade by hand.\n", "\n\n[^1]: A note.\n"] {
        let text = rotated(&format!("## [Unreleased]\n\n- a\n\n{link}{tail}"), &[]).text;
        assert_eq!(text, format!("## [Unreleased]\n\n## [1.2.4] - 2026-07-01\n\n- a\n\n{moved}{tail}"));
    }
    let text = rotated(&format!("## [Unreleased]\n\n{link}\n\n- a\n\n## [1.2.3]\n"), &[]).text;
    assert_eq!(text, format!("## [Unreleased]\n\n## [1.2.4]\n\n{moved}\n\n- a\n\n## [1.2.3]\n"));
    let text = rotated(&format!("# Log\n\n {link}\n\n## [Unreleased]\n\n- a\n\n## [1.2.3]\n"), &[]).text;
    let indented = moved.replace("\n[", "\n [");
    assert_eq!(text, format!("# Log\n\n {indented}\n\n## [Unreleased]\n\n## [1.2.4]\n\n- a\n\n## [1.2.3]\n"));
}

#[test]
fn fragments_go_under_the_heading_of_their_type_however_it_is_dressed() {
    for heading in ["### Fixed:", "### \u{1f41b} Fixed", "### :bug: Fixed", "### **Fixed**", "### Bug Fixes"]
    {
        let older = "## [1.2.3]\n\n### Added\n\n- old\n";
        let text = format!("## [Unreleased]\n\n{heading}\n\n- a\n\nNotes\n-----\n\nText.\n\n{older}");
        let after = format!(
            "## [Unreleased]\n\n## [1.2.4]\n\n{heading}\n\n- a\n- b\n\nNotes\n-----\n\nText.\n\n{older}"
        );
        assert_eq!(rotated(&text, &fixed("b")).text, after, "{heading}");
    }
    let both = "## [Unreleased]\n\n### Bug Fixes\n\n- a\n\n### Fixed\n\n- c\n\n## [1.2.3]\n";
    assert!(rotated(both, &fixed("b")).text.contains("### Fixed\n\n- c\n- b\n"), "its own name comes first");
    let first = "# Unreleased\n\n## Added\n\n- a\n\n# 1.2.3\n";
    assert!(
        rotated(first, &fixed("b")).text.contains("## Added\n\n- a\n\n## Fixed\n\n- b\n"),
        "the file's level"
    );
}

#[test]
fn an_underlined_heading_is_no_entry() {
    for heading in ["Fixed\n-----", "Notes\n====="] {
        let text = format!("## [Unreleased]\n\n{heading}\n\n## [1.2.3]\n");
        assert_eq!(refused(&text, &[]), ["`[Unreleased]` section is empty (`C.md`, line 1)"]);
    }
    // What stands above the line are definitions only: then it is a break (CommonMark 4.7).
    let text = "## [Unreleased]\n\n- a\n\n[a]: /b\n---\n\n## [1.2.3]\n";
    assert!(rotated(text, &[]).text.contains("- a\n\n[a]: /b\n---\n\n## [1.2.3]\n"));
}

#[test]
fn a_file_is_tidied_only_where_that_is_asked_for() {
    let text = "# Log\n\n\n## [Unreleased]\n\n\n- a\n\n\n\n- b\n\n## [1.2.3]\n\n\n\n- old\n\n\n";
    let plain = rotated(text, &[]).text;
    assert!(plain.ends_with("## [1.2.3]\n\n\n\n- old\n\n\n") && plain.starts_with("# Log\n\n\n"), "{plain}");
    let style = Style { tidy: true, ..Style::default() };
    let tidy = rotate("C.md", text, &fixed("c"), &release(), &style).unwrap();
    assert_eq!(
        tidy.text,
        "# Log\n\n## [Unreleased]\n\n## [1.2.4]\n\n- a\n\n- b\n\n### Fixed\n\n- c\n\n## [1.2.3]\n\n- old\n"
    );
    assert_eq!(&tidy.text[tidy.section], "## [1.2.4]\n\n- a\n\n- b\n\n### Fixed\n\n- c\n");
}

/// What a reader sees from the first heading on that holds this text: every event, links resolved.
fn seen_from(text: &str, heading: &str) -> Vec<String> {
    let mut from = None;
    let mut open = 0;
    let mut found = Vec::new();
    for (event, range) in Parser::new(text).into_offset_iter() {
        if let Event::Start(Tag::Heading { .. }) = &event
            && from.is_none()
            && text[range.clone()].contains(heading)
            && !text[range.clone()].contains("1.2.4")
        {
            from = Some(range.start);
        }
        match (&event, from) {
            (Event::Start(_), Some(_)) => open += 1,
            (Event::End(TagEnd::Heading(_)), None) => {}
            _ => {}
        }
        if from.is_some() {
            found.push(format!("{event:?}"));
        }
    }
    assert!(open > 0, "no heading with {heading:?} in\n{text}");
    found
}

#[test]
fn what_older_sections_say_to_a_reader_is_the_same_before_and_after() {
    let bodies = [
        "- a\n\n",
        "- a\n  - b\n\n      code\n\n",
        "1. a\n\n",
        "Text with a [link] and [1.2.3].\n\n",
        "### Fixed\n\n> quote\n\n",
        "<details>\n\n- a\n\n</details>\n\n",
        "| a | b |\n|---|---|\n| c | d |\n\n",
        "```\ncode\n```\n",
        "Notes\n-----\n\nText.\n\n",
        "<!-- note -->\n\n- a\n",
    ];
    let footers = [
        "",
        "\n[Unreleased]: https://x/compare/v1.2.3...HEAD\n[1.2.3]: https://x/tag/v1.2.3\n[link]: /l\n",
        "\n [1.2.3]: https://x/compare/v1.2.2...v1.2.3\n\n---\n\nThe end, [1.2.3].\n",
    ];
    let fragments = [&[][..], &fixed("New `code`.\n\n    more\n")[..]];
    for (old, _) in STYLES {
        for body in bodies {
            for footer in footers {
                let older = format!("{old}\n\nOld [link], [1.2.3].\n\n\n* x   \n* y\n\n    code\n");
                for text in [
                    format!("# Log\n\n## [Unreleased]\n\n{body}\n{older}{footer}"),
                    format!("# Log\n\n## [Unreleased]\n\n{body}\n{older}{footer}").trim_end().to_owned(),
                ] {
                    for text in [text.replace('\n', "\r\n"), text] {
                        for fragments in fragments {
                            let Ok(rotated) = rotate("C.md", &text, fragments, &release(), &Style::default())
                            else {
                                continue;
                            };
                            let heading = old
                                .lines()
                                .find(|line| line.contains("1.2") && !line.starts_with("<a"))
                                .unwrap();
                            let heading = heading.trim().trim_matches('#').trim();
                            assert_eq!(
                                seen_from(&text, heading),
                                seen_from(&rotated.text, heading),
                                "{text}\nbecame\n{}",
                                rotated.text
                            );
                            assert_eq!(text.ends_with('\n'), rotated.text.ends_with('\n'));
                            let here = text.replace("\r\n", "\n");
                            let older = &here[here.find(&older[..12]).unwrap()..][..older.trim_end().len()];
                            assert!(rotated.text.replace("\r\n", "\n").contains(older), "{}", rotated.text);
                        }
                    }
                }
            }
        }
    }
}

#[test]
fn an_indented_heading_below_a_new_entry_stays_a_heading() {
    let headings_and_depths = |text: &str| {
        let (mut depth, mut found) = (0, Vec::new());
        for event in Parser::new(text) {
            match event {
                Event::Start(Tag::Item) => depth += 1,
                Event::End(TagEnd::Item) => depth -= 1,
                Event::Start(Tag::Heading { .. }) => found.push(depth),
                _ => {}
            }
        }
        found
    };
    for heading in ["  ### Notes\n", "   Notes\n  of two\n---\n"] {
        let text = format!(
            "# Log\n\n## [Unreleased]\n\n### Fixed\n\n- old\n\n<!-- x -->\n\n{heading}\n### Added\n\nText.\n\n  ## \
             [0.1.0]\n\n- older\n"
        );
        let added = Fragment { path: "d/2.added.md".into(), category: Category::Added, text: "b".into() };
        let rotated = rotated(&text, &[fixed("a").as_slice(), &[added]].concat());
        let (before, after) = (headings_and_depths(&text), headings_and_depths(&rotated.text));
        assert_eq!(before, [0; 6], "{text}");
        assert_eq!(after, [0; 7], "{}", rotated.text);
    }
}
