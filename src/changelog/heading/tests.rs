//! What headings of real changelogs say, form by form.

use super::*;

fn released(text: &str) -> Option<(&str, Option<&str>)> {
    match read(text) {
        Said::Release(named) => Some((named.version, named.name)),
        _ => None,
    }
}

#[test]
fn a_version_with_nothing_a_date_or_brackets_behind_it_is_a_release() {
    for (text, version, name) in [
        ("1.2.3", "1.2.3", None),
        ("v1.2.3", "1.2.3", None),
        ("V1.2.3", "1.2.3", None),
        ("v 1.2.3", "1.2.3", None),
        ("1.2", "1.2", None),
        ("1.2.3.4", "1.2.3.4", None),
        ("2026.1", "2026.1", None),
        ("1.2.3 (2026-01-01)", "1.2.3", None),
        ("1.2.3 - 2026-01-01", "1.2.3", None),
        ("1.2.3 – 1 January 2026", "1.2.3", None),
        ("1.2.3 — Jan. 1st, 2026", "1.2.3", None),
        ("1.2.3, 01.02.2026", "1.2.3", None),
        ("1.2.3 / 2026/01/01", "1.2.3", None),
        ("1.2.3: 2026-01-01", "1.2.3", None),
        ("1.2.3 (Codename)", "1.2.3", None),
        ("1.2.3 \"Codename\"", "1.2.3", None),
        ("1.2.3 - \u{201c}Codename\u{201d}", "1.2.3", None),
        ("[1.2.3]", "1.2.3", None),
        ("[1.2.3] - 2026-01-01", "1.2.3", None),
        ("[1.2.3] - 2026-01-01 [YANKED]", "1.2.3", None),
        ("[1.2.3] anything at all", "1.2.3", None),
        ("[v1.2.3]", "1.2.3", None),
        ("[ 1.2.3 ]", "1.2.3", None),
        ("\\[1.2.3\\] - 2026-01-01", "1.2.3", None),
        ("[1.2.3](https://h.org/compare/v1.2.2...v1.2.3) (2026-01-01)", "1.2.3", None),
        ("[1.2.3][v1.2.3] - 2026-01-01", "1.2.3", None),
        ("[own 1.2.3](https://h.org)", "1.2.3", Some("own")),
        ("[Version 1.2.3]", "1.2.3", None),
        ("own 1.2.3", "1.2.3", Some("own")),
        ("own v1.2.3 (2026-01-01)", "1.2.3", Some("own")),
        ("own-v1.2.3", "1.2.3", Some("own")),
        ("own@1.2.3", "1.2.3", Some("own")),
        ("@scope/own@1.2.3", "1.2.3", Some("@scope/own")),
        ("own/v1.2.3", "1.2.3", Some("own")),
        ("My Own Tool 1.2.3 (2026-01-01)", "1.2.3", Some("My Own Tool")),
        ("Version 1.2.3", "1.2.3", None),
        ("Release 1.2.3 – 2024-01-01", "1.2.3", None),
        ("release-1.2.3", "1.2.3", None),
        ("Changes in version 1.2.3", "1.2.3", None),
        ("1.2.3 / unreleased", "1.2.3", None),
        ("1.2.3-alpha.1", "1.2.3-alpha.1", None),
        ("1.2.3a1", "1.2.3a1", None),
        ("1.2.3.dev0", "1.2.3.dev0", None),
        ("1.2.3.post1", "1.2.3.post1", None),
        ("1!2.0", "1!2.0", None),
        ("1.2.3+build.5", "1.2.3+build.5", None),
        ("1.2.3-SNAPSHOT", "1.2.3-SNAPSHOT", None),
        ("own-v1.2.3-rc.1", "1.2.3-rc.1", Some("own")),
        ("\u{1f680} 1.2.3", "1.2.3", None),
        (":rocket: v1.2.3 (2026-01-01)", "1.2.3", None),
        ("1.2.3 \u{1f389}", "1.2.3", None),
        ("**1.2.3** (2026-01-01)", "1.2.3", None),
        ("`1.2.3`", "1.2.3", None),
        ("<a name=\"1.2.3\"></a>1.2.3 (2026-01-01)", "1.2.3", None),
        ("![badge](https://h.org/b.svg) 1.2.3", "1.2.3", None),
        ("v2 (2026-01-01)", "2", None),
        ("Version 1.2.3 was a mistake 2026-01-01", "1.2.3", None),
    ] {
        assert_eq!(released(text), Some((version, name)), "{text:?}");
    }
}

#[test]
fn what_holds_a_version_and_says_more_is_doubtful() {
    for text in [
        "Upgrading to 2.0",
        "Fixed in 1.2.3",
        "Support for Python 3.12",
        "2.0 migration guide",
        "1.2.3 and later",
        "The big one (1.2.3)",
        "My Own Tool 1.2.3",
        "1.x",
        "v1.2.x",
        "v2",
        "42",
        "2026-01-01",
        "January 1, 2026",
        "[2026-01-01]",
        "[Notes]",
        "[Migration guide](https://h.org)",
        "Sprint 42 (2026-01-01)",
    ] {
        assert_eq!(read(text), Said::Doubtful, "{text:?}");
    }
}

#[test]
fn what_names_no_version_is_no_release() {
    for text in [
        "",
        "Fixed",
        "Notes",
        "Added (3)",
        "Schedule — dep-type UX polish (#249 + #253)",
        "\u{1f41b} Bug Fixes",
        "Phase 2",
        "Python 3",
        "UTF-8",
        "3 things",
        "Nothing yet",
        "Contributors [3]",
        "See [the guide](https://h.org/1.2.3)",
    ] {
        let said = read(text);
        assert!(matches!(said, Said::Other) || text == "3 things", "{text:?}: {said:?}");
    }
}

#[test]
fn unreleased_is_known_however_it_is_dressed() {
    for text in [
        "[Unreleased]",
        "Unreleased",
        "UNRELEASED",
        "\\[Unreleased]",
        "\\[Unreleased\\]",
        "[Unreleased](https://h.org/compare/v1...HEAD)",
        "[Unreleased][unreleased]",
        "[ UNRELEASED ]",
        "[Unreleased] - TBD",
        "[Unreleased] - soon and more",
        "Unreleased - 2026-xx-xx",
        "Unreleased (2026-01-01)",
        "Unreleased changes",
        "Unreleased:",
        "**Unreleased**",
        "\u{1f6a7} [Unreleased]",
        "[**Unreleased**]",
    ] {
        assert_eq!(read(text), Said::Unreleased, "{text:?}");
    }
    for text in [
        "Next",
        "[Next]",
        "Upcoming",
        "HEAD",
        "Unreleased ideas of others",
        "In progress (unreleased)",
        "[main]",
    ] {
        assert_eq!(read(text), Said::NearlyUnreleased, "{text:?}");
    }
}

#[test]
fn the_text_of_a_heading_is_what_stands_between_its_marks() {
    for (line, text) in [
        ("## a", "a"),
        ("   ##   a b  ", "a b"),
        ("## a ##", "a"),
        ("## a ## \t", "a"),
        ("## C#", "C#"),
        ("##", ""),
        ("## ##", ""),
        ("##\ta", "a"),
    ] {
        assert_eq!(text_of(line), text, "{line:?}");
    }
}

fn follows(line: &str, link: &str) -> String {
    let (line, underline) = line.split_once('\n').map_or((line, None), |(line, under)| (line, Some(under)));
    let text = text_of(line);
    let (before, after) = line.split_once(text).unwrap();
    let Said::Release(named) = read(text) else { panic!("{line:?} is no release") };
    let newest = Newest { line: 1, before, text, after, underline, named };
    let link = (!link.is_empty()).then(|| link.to_owned());
    following(&newest, "1.3.0", "2026-07-04", &|_| link.clone())
}

#[test]
fn a_new_heading_is_written_as_the_newest_one_is() {
    for (newest, new) in [
        ("## [1.2.3] - 2026-01-01", "## [1.3.0] - 2026-07-04"),
        ("## [1.2.3] — 2026-01-01", "## [1.3.0] — 2026-07-04"),
        ("## [1.2.3] - 2026-01-01 [YANKED]", "## [1.3.0] - 2026-07-04"),
        ("## 1.2.3", "## 1.3.0"),
        ("##  v1.2.3 (2026-01-01) ##", "##  v1.3.0 (2026-07-04) ##"),
        ("# [1.2.3](x) (2026-01-01)", "# [1.3.0](L) (2026-07-04)"),
        ("## own-v1.2.3", "## own-v1.3.0"),
        ("## own 1.2.3 / 2026.01.01", "## own 1.3.0 / 2026.07.04"),
        ("## Release 1.2.3 – 01.02.2026", "## Release 1.3.0 – 04.07.2026"),
        ("## 1.2.3 - January 1, 2026", "## 1.3.0 - July 4, 2026"),
        ("## 1.2.3 (Jan 01, 2026)", "## 1.3.0 (Jul 04, 2026)"),
        ("## 1.2.3 (1st January 2026)", "## 1.3.0 (4th July 2026)"),
        ("# 1.2.3 (21. December, 2021)", "# 1.3.0 (4. July, 2026)"),
        ("# 1.2.3 (02. December, 2021)", "# 1.3.0 (04. July, 2026)"),
        ("## 1.2.3 (27th August, 2024)", "## 1.3.0 (4th July, 2026)"),
        ("## 1.2.3 (1-Jan-2026)", "## 1.3.0 (4-Jul-2026)"),
        ("## 1.2.3 (01/02/2026)", "## 1.3.0 - 2026-07-04"),
        ("## 1.2.3 \"Codename\" - 2026-1-1", "## 1.3.0 - 2026-7-4"),
        ("## \u{1f680} 1.2.3 \u{1f389} (2026-01-01)", "## \u{1f680} 1.3.0 \u{1f389} (2026-07-04)"),
        ("## **1.2.3** (2026-01-01)", "## **1.3.0** (2026-07-04)"),
        ("## [1.2.3][v1.2.3] - 2026-01-01", "## [1.3.0][v1.3.0] - 2026-07-04"),
        ("## \\[1.2.3\\]", "## \\[1.3.0\\]"),
        ("1.2.3\n-----", "1.3.0\n-----"),
        ("1.2.3 (2026-01-01)\n==================", "1.3.0 (2026-07-04)\n=================="),
        ("v1.2\n----", "v1.3.0\n------"),
        ("## v41 (2026-01-01)", "## v1.3.0 (2026-07-04)"),
    ] {
        let link = if newest.contains("](x)") { "L" } else { "" };
        assert_eq!(follows(newest, link), new, "{newest:?}");
    }
    assert_eq!(follows("# [1.2.3](x) (2026-01-01)", ""), "# [1.3.0] (2026-07-04)");
}

#[test]
fn versions_are_compared_by_their_numbers() {
    for (one, other) in
        [("1.2.3", "1.2.2"), ("1.10", "1.9"), ("2.0", "1.9.9"), ("1.2.3", "1.2.3-rc.1"), ("3.12", "1.2.4")]
    {
        assert!(is_later(one, other) && !is_later(other, one), "{one} {other}");
    }
    assert!(!is_later("1.2.3", "1.2.3"));
}
