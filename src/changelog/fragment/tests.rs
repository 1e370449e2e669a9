//! Fragments as they come, and the items they become.

use super::*;

fn fragment(text: &str) -> Fragment {
    Fragment { path: "changelog.d/7.added.md".to_owned(), category: Category::Added, text: text.to_owned() }
}

fn items(text: &str) -> String {
    fragment_items(&fragment(text), &Style::default())
        .unwrap_or_else(|problems| panic!("{text:?}: {problems:?}"))
        .0
}

#[test]
fn text_without_a_list_marker_becomes_one_item_and_stays_in_it() {
    for (text, expected) in [
        ("A change.\n", "- A change.\n"),
        ("A change.", "- A change.\n"),
        ("\n\n  A change.  \n\n\n", "- A change.  \n"),
        ("Line one\nline two\n", "- Line one\n  line two\n"),
        ("Line one\n   line two\n", "- Line one\n     line two\n"),
        ("One.\n\nTwo.\n \nThree.\n", "- One.\n\n  Two.\n\n  Three.\n"),
        ("**Bold** start\n", "- **Bold** start\n"),
        ("-no marker\n", "- -no marker\n"),
        ("A `\t` in the text\n", "- A `\t` in the text\n"),
        ("Three changes:\n\n- a\n- b\n\nDone.\n", "- Three changes:\n\n  - a\n  - b\n\n  Done.\n"),
        ("Like so:\n\n```sh\n\nmake  \n\tx\n```\n", "- Like so:\n\n  ```sh\n\n  make  \n  \tx\n  ```\n"),
        ("```\na\n```\n", "- ```\n  a\n  ```\n"),
        ("  ~~~\n    a\n  ~~~\n", "-\n    ~~~\n      a\n    ~~~\n"),
        ("  ~~~\n\ta\n  ~~~\n", "-\n    ~~~\n      a\n    ~~~\n"),
        ("```\n\t```\n```\n", "- ```\n      ```\n  ```\n"),
        ("    code\n", "-     code\n"),
        ("\tcode\n", "-     code\n"),
        ("See:\n\n\tcode\n\t\tmore\n", "- See:\n\n      code\n      \tmore\n"),
        ("  >     a\n>     \tb\n", "- >     a\n  >     \tb\n"),
        ("> ```\n> a\n>  \tb\n> ```\n", "- > ```\n  > a\n  >  \tb\n  > ```\n"),
        ("  > ```\n> \ta\n> ```\n", "-\n    > ```\n  > \ta\n  > ```\n"),
        ("> quoted\nlazy\n", "- > quoted\n  lazy\n"),
        ("1. one\n2. two\n", "- 1. one\n  2. two\n"),
        (" 1.\tone\n    - a\n", "-\n   1. one\n      - a\n"),
        ("See [x].\n\n[x]: https://e.org\n", "- See [x].\n\n  [x]: https://e.org\n"),
        ("---\ntext\n", "-\n  ---\n  text\n"),
        ("Grüße 🎉\nこんにちは\n", "- Grüße 🎉\n  こんにちは\n"),
    ] {
        assert_eq!(items(text), expected, "{text:?}");
    }
}

#[test]
fn a_list_keeps_its_items_as_items_of_their_own() {
    for (text, expected) in [
        ("- one\n- two\n", "- one\n- two\n"),
        ("* one\n+ two\n", "- one\n- two\n"),
        ("- one\n\n- two\n", "- one\n\n- two\n"),
        ("- one\n  more\n    - nested\n* two\n", "- one\n  more\n    - nested\n- two\n"),
        ("  - one\n    more\n  - two\n", "- one\n  more\n- two\n"),
        ("-   one\n    more\n", "-   one\n    more\n"),
        ("-\tone\n\n\tmore\n", "-\tone\n\n\tmore\n"),
        ("  -\tone\n\n    more\n", "- one\n\n  more\n"),
        ("- lazy\ngoes on\n- two\n", "- lazy\n  goes on\n- two\n"),
        ("- lazy\n===\n", "- lazy\n===\n"),
        ("- lazy\n--\n", "- lazy\n--\n"),
        (" - lazy\ngoes on\n", "- lazy\n  goes on\n"),
        (" -   lazy\n    1. text\n", "-   lazy 1. text\n"),
        ("-    lazy\n    1. text\n", "-    lazy\n    1. text\n"),
        ("-    lazy\n\t1. text\n", "-    lazy\n\t1. text\n"),
        ("- one\n\nProse.\nMore.\n\n- two\n", "- one\n\n  Prose.\n  More.\n\n- two\n"),
        ("-  one\n\nProse.\n", "-  one\n\n   Prose.\n"),
        ("  - one\n\nProse.\n", "- one\n\n  Prose.\n"),
        ("- one\n---\n- two\n", "- one\n\n  ---\n- two\n"),
        ("- one\n2. x\n3. y\n", "- one\n\n  2. x\n  3. y\n"),
        ("- one\n2. x\n\n   more\n", "- one\n\n  2. x\n\n     more\n"),
        ("- one\n```\n\ta\n```\n", "- one\n\n  ```\n  \ta\n  ```\n"),
        ("- ```\n  a\n  ```\n", "- ```\n  a\n  ```\n"),
        ("-\n  one\n- two\n", "-\n  one\n- two\n"),
        ("-\n\none\n", "-\n  one\n"),
        ("* - -\n- a\n", "-\n  - -\n- a\n"),
        ("* ---\n  b\n", "-\n  ---\n  b\n"),
        ("-  * *\n   b\n", "-  * *\n   b\n"),
        ("- 1. x\n\n1. y\n", "- 1. x\n\n  <!-- -->\n\n  1. y\n"),
        ("[x]: /u\n\n- a [x]\n- b\n", "- a [x]\n- b\n\n  [x]: /u\n"),
        ("- a\n  ```\n  b\n- c\n", "- a\n  ```\n  b\n- c\n"),
        ("- a\n  ```\n  b\n", "- a\n  ```\n  b\n"),
    ] {
        assert_eq!(items(text), expected, "{text:?}");
    }
}

#[test]
fn crlf_cr_and_a_bom_are_read_as_what_they_are() {
    assert_eq!(items("\u{feff}One\r\ntwo\r\n"), "- One\n  two\n");
    assert_eq!(items("\u{feff}- One\rtwo\r"), "- One\n  two\n");
}

#[test]
fn a_leading_heading_that_repeats_the_type_is_dropped() {
    for text in [
        "### Added\n\n- a\n",
        "## added ##\na\n",
        "\n# ADDED\n\n\n- a\n",
        "Added\n-----\na\n",
        "### Added:\na\n",
        "### ✨ Added\n\n- a\n",
    ] {
        let (items, warnings) = fragment_items(&fragment(text), &Style::default()).unwrap();
        assert_eq!((items.as_str(), warnings), ("- a\n", vec![]), "{text:?}");
    }
}

#[test]
fn comments_in_front_of_the_text_are_dropped_and_others_stay() {
    assert_eq!(items("<!-- a\nb -->\n<!-- c -->\n\n### Added\n<!-- d -->\n- a\n"), "- a\n");
    assert_eq!(items("<!-- a --> text\n"), "- <!-- a --> text\n");
    assert_eq!(items("a\n\n<!--\n- b\n-->\n"), "- a\n\n  <!--\n  - b\n  -->\n");
}

#[test]
fn other_headings_go_inside_the_item_with_a_warning() {
    for (text, expected, line, heading) in [
        ("## A title (#2)\n\n- a\n- b\n", "- ## A title (#2)\n\n  - a\n  - b\n", 1, "A title (#2)"),
        ("### Fixed\ntext\n", "- ### Fixed\n  text\n", 1, "Fixed"),
        ("- a\n\n#### More\n\ntext\n", "- a\n\n  #### More\n\n  text\n", 3, "More"),
        ("- a\n### Added\n", "- a\n\n  ### Added\n", 2, "Added"),
        ("\nTitle\nof two\n=====\n", "- Title\n  of two\n  =====\n", 4, "Title of two"),
    ] {
        let (items, warnings) = fragment_items(&fragment(text), &Style::default()).unwrap();
        assert_eq!(items, expected);
        let warning = format!(
            "`changelog.d/7.added.md`, line {line}: the heading `{heading}` goes inside the list item"
        );
        assert_eq!(warnings, [warning]);
    }
}

#[test]
fn verbatim_leaves_a_fragment_as_it_is_but_for_trailing_newlines() {
    for (text, expected) in [
        ("\n**Fixed**\r\n\r\ntext\n* a\n\n\n", "\n**Fixed**\n\ntext\n* a\n"),
        ("\u{feff}text", "text\n"),
        ("### Added\n- a\n", "### Added\n- a\n"),
    ] {
        let result = fragment_items(&fragment(text), &Style { verbatim: true, ..Style::default() });
        assert_eq!(result, Ok((expected.to_owned(), vec![])));
    }
}

#[test]
fn a_heading_in_a_verbatim_fragment_breaks_out_with_a_warning() {
    let (items, warnings) =
        fragment_items(&fragment("a\n\n#### More\n"), &Style { verbatim: true, ..Style::default() }).unwrap();
    assert_eq!(items, "a\n\n#### More\n");
    assert_eq!(
        warnings,
        ["`changelog.d/7.added.md`, line 3: the heading `More` breaks out of the list of changes"]
    );
}

#[test]
fn what_would_tear_the_changelog_apart_is_refused_with_its_line() {
    for (text, message) in [
        ("", "is empty"),
        (" \n\t\r\n", "is empty"),
        ("### Added\n", "is empty"),
        ("<!-- what changed? -->\n", "is empty"),
        ("- \n-\n", "is empty"),
        (
            "- a\n## [1.0.0] - 2026-01-01\n",
            "would read as a release heading (line 2: `[1.0.0] - 2026-01-01`)",
        ),
        ("a\n\n  ## [Unreleased]\n", "would read as a release heading (line 3: `[Unreleased]`)"),
        ("a\n\n##  [9.9.9]\n", "would read as a release heading (line 3: `[9.9.9]`)"),
        ("# v1.2.3 (2026-01-01)\n\nb\n", "would read as a release heading (line 1: `v1.2.3 (2026-01-01)`)"),
        ("a\n\n1.2.3\n-----\n", "would read as a release heading (line 4: `1.2.3`)"),
        ("- a\n\n  ## [1.0.0]\n", "would read as a release heading (line 3: `[1.0.0]`)"),
        ("a\n<<<<<<< HEAD\nb\n=======\nc\n>>>>>>> x\n", "has conflict markers (lines 2 and 6)"),
        ("a\n\n```\nb\n", "opens a code fence in line 3 and never closes it"),
        ("- a\n  ```\n  b\n\nc\n", "opens a code fence in line 2 and never closes it"),
        ("- a\n  <!--\n- b\n", "opens an HTML comment in line 2 and never closes it"),
        ("> <script>\n\nb\n", "opens an HTML block in line 1 and never closes it"),
        ("[a]: /b\n", "is empty"),
        ("[a]: /b\n\n- \n", "is empty"),
        ("#\n## ##\n", "is empty"),
        (">\n> > \n", "is empty"),
        ("```\n\n```\n", "is empty"),
        ("- ~~~\n  ~~~\n", "is empty"),
        ("***\n", "is empty"),
        (
            "---\n\"own\": patch\n---\n\nA fix.\n",
            "begins with the front matter of another tool (lines 1 to 3)",
        ),
        (
            "\n+++\nown = \"patch\"\n+++\nA fix.\n",
            "begins with the front matter of another tool (lines 2 to 4)",
        ),
        ("---\n---\n\nA fix.\n", "begins with the front matter of another tool (lines 1 to 2)"),
        ("a\n\n<!-- b\n", "opens an HTML comment in line 3 and never closes it"),
    ] {
        for style in [Style::default(), Style { verbatim: true, ..Style::default() }] {
            let problems = fragment_items(&fragment(text), &style).expect_err(text);
            let expected: String = format!("fragment `changelog.d/7.added.md` {message}");
            assert_eq!(
                problems.iter().map(|problem| &problem.message).collect::<Vec<_>>(),
                [&expected],
                "{text:?}"
            );
            assert!(!problems[0].hints.is_empty());
        }
    }
}

#[test]
fn what_looks_like_it_in_a_code_fence_is_fine() {
    for inside in ["## [1.0.0]", "<<<<<<< HEAD", "<!--", "~~~"] {
        assert_eq!(items(&format!("```\n{inside}\n```\n")), format!("- ```\n  {inside}\n  ```\n"));
    }
    assert_eq!(items("Title\n=======\n"), "- Title\n  =======\n");
}

#[test]
fn all_problems_of_a_fragment_are_named_at_once() {
    let problems = fragment_items(&fragment("## [1]\n<<<<<<< a\n```\n"), &Style::default()).unwrap_err();
    assert_eq!(problems.len(), 3);
}
