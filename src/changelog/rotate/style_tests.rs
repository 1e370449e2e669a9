//! What each choice of style changes in a rotated changelog, and what it leaves alone.

use super::*;
use crate::changelog::{BlankLines, Level, Style, TypeEntry, Types};

const RELEASE: Release<'_> = Release {
    version: "0.2.0a1",
    heading: "## [0.2.0a1] — 2026-07-01",
    tag: "lib-v0.2.0a1",
    previous_tag: None,
    follows: None,
    tags: &[],
    summary: None,
};
const OLD: &str = "## [0.1.0] - 2026-01-01\n\n### Added\n\n* old\n\n\n\n## A stray heading\n\n- x\n";

fn fragment(name: &str, text: &str) -> Fragment {
    let category = Category::from_name(name.rsplit('.').next().unwrap()).unwrap();
    Fragment { path: format!("d/{name}.md"), category, text: text.to_owned() }
}

fn rotated(text: &str, sources: &[(&str, &str)], summary: Option<&str>, style: &Style) -> Rotated {
    let fragments: Vec<_> = sources.iter().map(|(name, text)| fragment(name, text)).collect();
    let release = Release { summary, ..RELEASE };
    rotate("C.md", text, &fragments, &release, style)
        .unwrap_or_else(|problems| panic!("{text:?}: {problems:?}"))
}

fn refused(text: &str, release: &Release<'_>, style: &Style) -> Vec<String> {
    let problems = rotate("C.md", text, &[], release, style).expect_err(text);
    assert!(problems.iter().all(|problem| !problem.hints.is_empty()));
    problems.into_iter().map(|problem| problem.message).collect()
}

/// The body of `[Unreleased]` before, with fragments and a summary; the text between the title and the older section
/// after.
#[track_caller]
fn becomes(
    style: &Style,
    body: &str,
    sources: &[(&str, &str)],
    summary: Option<&str>,
    after: &str,
) -> Rotated {
    let rotated = rotated(&format!("# Log\n\n## [Unreleased]\n{body}{OLD}"), sources, summary, style);
    assert_eq!(rotated.text, format!("# Log\n\n## [Unreleased]\n{after}{OLD}"), "{body:?}");
    let windows = |text: &str| text.replace('\n', "\r\n");
    let again = super::super::rotate(
        "C.md",
        &windows(&format!("# Log\n\n## [Unreleased]\n{body}{OLD}")),
        &sources.iter().map(|(name, text)| fragment(name, text)).collect::<Vec<_>>(),
        &Release { summary, ..RELEASE },
        style,
    );
    assert_eq!(again.unwrap().text, windows(&rotated.text), "{body:?} with other line ends");
    rotated
}

#[test]
fn a_placeholder_is_written_even_where_none_stood_and_taken_away_as_what_it_is() {
    let style = Style { placeholder: Some("_None._".into()), ..Style::default() };
    let after = "\n_None._\n\n## [0.2.0a1] — 2026-07-01\n\n### Added\n\n- a\n\n";
    for body in ["\n", "", "\n_None._\n\n", "\n_Nothing yet._\n\n"] {
        becomes(&style, body, &[("1.added", "a")], None, after);
    }
    // As close to its heading as it stood before.
    becomes(&style, "_None._\n", &[("1.added", "a")], None, after.trim_start_matches('\n'));
    let dense = "_None._\n\n## [0.2.0a1] — 2026-07-01\n### Added\n- a\n";
    becomes(&style, "### Added\n- a\n", &[], None, &format!("{dense}\n"));
    assert_eq!(
        rotated("## [Unreleased]", &[("1.added", "a")], None, &style).text,
        "## [Unreleased]\n\n_None._\n\n## [0.2.0a1] — 2026-07-01\n\n### Added\n\n- a"
    );
}

#[test]
fn headings_come_in_the_order_that_is_given() {
    let style = Style { order: vec![Category::Security, Category::Fixed], ..Style::default() };
    becomes(
        &style,
        "\n### Changed\n\n- c\n\n",
        &[("1.added", "a"), ("1.fixed", "f"), ("1.security", "s"), ("1.changed", "d")],
        None,
        "\n## [0.2.0a1] — 2026-07-01\n\n### Changed\n\n- c\n- d\n\n### Security\n\n- s\n\n### Fixed\n\n- f\n\n\
         ### Added\n\n- a\n\n",
    );
}

#[test]
fn blank_lines_around_headings_are_as_many_as_are_asked_for() {
    let sources = [("1.added", "a"), ("1.fixed", "f")];
    let lines = |count| Style {
        placeholder: Some("_None._".into()),
        blank_lines: BlankLines {
            before_release: Some(count),
            after_release: Some(count),
            before_type: Some(count),
            after_type: Some(count),
        },
        ..Style::default()
    };
    for body in ["\n", "", "\n\n\n_None._\n\n\n"] {
        becomes(
            &lines(0),
            body,
            &sources,
            None,
            "_None._\n## [0.2.0a1] — 2026-07-01\n### Added\n- a\n### Fixed\n- f\n",
        );
        becomes(
            &lines(2),
            body,
            &sources,
            Some("S."),
            "\n\n_None._\n\n\n## [0.2.0a1] — 2026-07-01\n\n\nS.\n\n\n### Added\n\n\n- a\n\n\n### Fixed\n\n\n- f\n\n\n",
        );
    }
    // What stands there by hand keeps its own lines.
    becomes(
        &lines(0),
        "\n### Fixed\n\n- x\n\n### Added\n",
        &sources,
        None,
        "_None._\n## [0.2.0a1] — 2026-07-01\n### Fixed\n\n- x\n- f\n\n### Added\n- a\n",
    );
    becomes(
        &lines(2),
        "\n### Fixed\n- x\n### Added\n### Removed\n- r\n",
        &sources,
        None,
        "\n\n_None._\n\n\n## [0.2.0a1] — 2026-07-01\n\n\n### Fixed\n- x\n- f\n\n\n### Added\n\n\n- a\n\n\n### Removed\n\
         - r\n\n\n",
    );
    // There is no next section whose heading the lines would stand above.
    let footer = "[Unreleased]: /compare/lib-v0.1.0...main\n";
    let last = rotated(&format!("## [Unreleased]\n\n- a\n\n\n\n{footer}"), &[], None, &lines(0)).text;
    assert!(last.contains("\n- a\n\n\n\n[Unreleased]: "), "{last}");
    let only_type = Style {
        blank_lines: BlankLines { after_type: Some(0), ..BlankLines::default() },
        ..Style::default()
    };
    becomes(
        &only_type,
        "\n",
        &sources,
        None,
        "\n## [0.2.0a1] — 2026-07-01\n\n### Added\n- a\n\n### Fixed\n- f\n\n",
    );
}

#[test]
fn no_heading_is_swallowed_by_html_above_it_however_few_lines_are_asked_for() {
    let dense = BlankLines { before_type: Some(0), before_release: Some(0), ..BlankLines::default() };
    let style = Style { blank_lines: dense, ..Style::default() };
    for body in ["\n<div>\ntext\n</div>\n\n", "\n### Fixed\n\n<div>\n\n"] {
        let text = format!("## [Unreleased]\n{body}{OLD}");
        let found = rotate("C.md", &text, &[fragment("1.added", "a")], &RELEASE, &style);
        assert!(found.is_err(), "{body:?}: {found:?}");
        assert!(rotate("C.md", &text, &[], &RELEASE, &style).is_err(), "{body:?}");
        assert!(rotate("C.md", &text, &[fragment("1.added", "a")], &RELEASE, &Style::default()).is_ok());
    }
}

#[test]
fn an_empty_cycle_gets_its_sentence_and_only_an_empty_one() {
    let style = Style { empty: Some("_No changes._".into()), ..Style::default() };
    let sentence = "\n## [0.2.0a1] — 2026-07-01\n\n_No changes._\n\n";
    for body in ["\n", "", "\n_Nothing yet._\n\n"] {
        becomes(&style, body, &[], None, sentence);
    }
    becomes(&style, "\n### Added\n\n", &[], None, &format!("{sentence}### Added\n\n"));
    becomes(&style, "\n<!-- soon -->\n\n", &[], None, &format!("{sentence}<!-- soon -->\n\n"));
    becomes(&style, "\nProse.\n\n", &[], None, "\n## [0.2.0a1] — 2026-07-01\n\nProse.\n\n");
    becomes(&style, "\n", &[], Some("S."), "\n## [0.2.0a1] — 2026-07-01\n\nS.\n\n");
    becomes(&style, "\n", &[("1.added", "a")], None, "\n## [0.2.0a1] — 2026-07-01\n\n### Added\n\n- a\n\n");
}

#[test]
fn a_given_summary_takes_the_place_of_the_prose_and_of_nothing_else() {
    let style = Style { summary: SummaryPolicy::Optional, ..Style::default() };
    let heading = "\n## [0.2.0a1] — 2026-07-01\n";
    for (body, after, replaces) in [
        ("\n", "\nS one.\n\nS two.\n\n", None),
        ("\n_Nothing yet._\n\n", "\nS one.\n\nS two.\n\n", None),
        ("\nOld\nprose.\n\nMore.\n\n", "\nS one.\n\nS two.\n\n", Some("Old\nprose.\n\nMore.")),
        ("\nOld.\n\n### Added\n\n- a\n\n", "\nS one.\n\nS two.\n\n### Added\n\n- a\n\n", Some("Old.")),
        ("\n### Added\n\nProse.\n\n", "\nS one.\n\nS two.\n\n### Added\n\nProse.\n\n", None),
        ("\n- entry\n\n", "\nS one.\n\nS two.\n\n- entry\n\n", None),
        ("\nOld.\n- entry\n\n", "\nS one.\n\nS two.\n\n- entry\n\n", Some("Old.")),
        ("\n<!-- note -->\nOld.\n\n", "\n<!-- note -->\nS one.\n\nS two.\n\n", Some("Old.")),
        ("\n<!-- note -->\n\n", "\nS one.\n\nS two.\n\n<!-- note -->\n\n", None),
    ] {
        let rotated = becomes(&style, body, &[], Some("S one.\n\nS two."), &format!("{heading}{after}"));
        let summary = rotated.summary.unwrap();
        assert_eq!((summary.text.as_str(), summary.given), ("S one.\n\nS two.", true));
        assert_eq!(summary.replaces.as_deref(), replaces, "{body:?}");
    }
}

#[test]
fn without_a_given_summary_the_prose_is_the_summary_where_one_is_asked_for() {
    let text = format!("## [Unreleased]\r\n\r\nOne\r\ntwo.\r\n\r\n### Added\r\n\r\n- a\r\n\r\n{OLD}");
    for policy in [SummaryPolicy::Optional, SummaryPolicy::Required] {
        let style = Style { summary: policy, ..Style::default() };
        let summary = rotated(&text, &[], None, &style).summary.unwrap();
        assert_eq!((summary.text.as_str(), summary.given, summary.replaces), ("One\ntwo.", false, None));
    }
    assert_eq!(rotated(&text, &[], None, &Style::default()).summary, None);
    let optional = Style { summary: SummaryPolicy::Optional, ..Style::default() };
    assert_eq!(rotated("## [Unreleased]\n\n- a\n", &[], None, &optional).summary, None);
}

#[test]
fn a_required_summary_that_is_missing_is_reported_with_everything_else() {
    let style = Style { summary: SummaryPolicy::Required, ..Style::default() };
    let missing = "`C.md` opens each release with a summary, and there is none (line 1)";
    assert_eq!(refused("## [Unreleased]\n\n### Added\n\n- a\n", &RELEASE, &style), [missing]);
    assert_eq!(
        refused("## [Unreleased]\n\n_Nothing yet._\n\n## [0.2.0a1]\n<<<<<<< a\n", &RELEASE, &style),
        [
            "`C.md` already has a section for `0.2.0a1` (line 5)",
            "`C.md` has conflict markers (line 6)",
            "`[Unreleased]` section is empty (`C.md`, line 1)",
            missing
        ]
    );
    let given = Release { summary: Some("S."), ..RELEASE };
    assert!(rotate("C.md", "## [Unreleased]\n", &[], &given, &style).is_ok(), "a summary is something");
}

#[test]
fn failure_2605_a_section_for_the_version_is_found_in_either_spelling() {
    for label in ["0.2.0a1", "0.2.0-alpha.1", "v0.2.0-alpha.1", "V0.2.0A1"] {
        for version in ["0.2.0a1", "0.2.0-alpha.1", "v0.2.0a1"] {
            let text = format!("## [Unreleased]\n\n- x\n\n## [{label}] - by hand\n");
            let found = refused(&text, &Release { version, ..RELEASE }, &Style::default());
            assert_eq!(found, [format!("`C.md` already has a section for `{version}` (line 5)")], "{label}");
        }
    }
    for other in ["0.2.0", "0.2.0a2", "0.2.0a10", "0.2.0-beta.1"] {
        let text = format!("## [Unreleased]\n\n- x\n\n## [{other}]\n");
        assert!(rotate("C.md", &text, &[], &RELEASE, &Style::default()).is_ok(), "{other}");
    }
}

/// Types as towncrier has them.
fn own_types() -> Style {
    let entry =
        |name: &str, heading: &str, bump| (name.to_owned(), TypeEntry { heading: heading.to_owned(), bump });
    let types = Types::own([
        entry("feature", "Features", Level::Minor),
        entry("bugfix", "Bug Fixes", Level::Patch),
        entry("removal", "Deprecations and Removals", Level::Major),
        entry("misc", "Misc", Level::None),
    ]);
    Style { types, ..Style::default() }
}

fn own_rotated(style: &Style, body: &str, sources: &[(&str, &str)]) -> String {
    let own = |(name, text): &(&str, &str)| Fragment {
        path: format!("d/{name}.md"),
        category: style.types.from_name(name.rsplit('.').next().unwrap()).unwrap(),
        text: (*text).to_owned(),
    };
    let fragments: Vec<_> = sources.iter().map(own).collect();
    let text = format!("# Log\n\n## [Unreleased]\n{body}{OLD}");
    let rotated = rotate("C.md", &text, &fragments, &RELEASE, style).unwrap().text;
    let new = rotated.strip_prefix("# Log\n\n## [Unreleased]\n\n## [0.2.0a1] — 2026-07-01\n").unwrap();
    new.strip_suffix(OLD).unwrap().to_owned()
}

#[test]
fn own_types_are_filed_under_their_headings_in_the_order_of_their_table() {
    let style = own_types();
    let sources =
        [("1.misc", "m"), ("2.bugfix", "b"), ("3.removal", "r"), ("4.feature", "f"), ("5.feature", "g")];
    assert_eq!(
        own_rotated(&style, "\n", &sources),
        "\n### Features\n\n- f\n- g\n\n### Bug Fixes\n\n- b\n\n### Deprecations and Removals\n\n- r\n\n### Misc\n\n- m\n\n"
    );
    let order = vec![style.types.from_name("misc").unwrap()];
    assert!(
        own_rotated(&Style { order, ..style }, "\n", &sources)
            .starts_with("\n### Misc\n\n- m\n\n### Features\n")
    );
}

#[test]
fn own_fragments_join_what_stands_under_their_heading_and_no_other() {
    let style = own_types();
    for heading in ["Bug Fixes", "bug fixes", "🐛 Bug fixes:", "Bugfix"] {
        assert_eq!(
            own_rotated(&style, &format!("\n### {heading}\n\n* by hand\n\n"), &[("2.bugfix", "b")]),
            format!("\n### {heading}\n\n* by hand\n* b\n\n")
        );
    }
    // Keep a Changelog's words are none of the project's, so nothing is filed there.
    assert_eq!(
        own_rotated(
            &style,
            "\n### Fixed\n\n- by hand\n\n",
            &[("2.bugfix", "b"), ("3.feature", "### Features\n\nf")]
        ),
        "\n### Fixed\n\n- by hand\n\n### Features\n\n- f\n\n### Bug Fixes\n\n- b\n\n"
    );
}
