//! Where links are found, and what becomes of them.

use super::super::document::Document;
use super::*;

const RELEASE: Release<'_> = Release {
    version: "0.2.0",
    heading: "## [0.2.0]",
    tag: "v0.2.0",
    previous_tag: None,
    follows: None,
    tags: &[],
    summary: None,
};

/// A changelog with this text behind an `[Unreleased]` and a release 0.1.0, after the release; with what was said.
fn moved(footer: &str, release: &Release<'_>) -> (String, Vec<String>, Vec<String>) {
    let head = "## [Unreleased]\n\n- a\n\n## [0.1.0]\n\n- old\n\n";
    let text = format!("{head}{footer}");
    let (document, problems) =
        Document::read("C.md", &text, release.version, None, &crate::changelog::Types::default());
    assert_eq!(problems, []);
    let document = document.unwrap();
    let newline = if footer.contains('\r') { "\r\n" } else { "\n" };
    let moves = document.links().moved_on(release, Some(release.version), newline);
    let after = document.edited(0..text.len(), &moves.edits).into_owned();
    (after.strip_prefix(head).unwrap_or(&after).to_owned(), moves.warnings, moves.notes)
}

#[test]
fn the_footer_is_the_trailing_run_of_link_references() {
    for (text, footer) in [
        ("a\n\n[Unreleased]: x\n[0.1.0]: y\n", "[Unreleased]: x\n[0.1.0]: y\n"),
        (
            "a\r\n\r\n[Unreleased]: x\r\n\r\n[0.1.0]: <y z> \"t\"",
            "[Unreleased]: x\r\n\r\n[0.1.0]: <y z> \"t\"",
        ),
        ("[a]: b\n\ntext\n\n[c]: d\n\n\n", "[c]: d\n\n\n"),
        ("text\n", ""),
        ("[^1]: note\n", ""),
        ("[a]: b c d\n", ""),
        ("  [a]: b\n", ""),
        ("", ""),
    ] {
        assert_eq!(text.get(start(text)..), Some(footer), "{text:?}");
    }
}

#[test]
fn the_unreleased_link_moves_on_and_the_version_gets_its_own_right_after_it() {
    for (before, after) in [
        (
            "[Unreleased]: https://h/o/r/compare/v0.1.0...HEAD\n[0.1.0]: https://h/o/r/releases/tag/v0.1.0\n",
            "[Unreleased]: https://h/o/r/compare/v0.2.0...HEAD\n[0.2.0]: https://h/o/r/compare/v0.1.0...v0.2.0\n\
             [0.1.0]: https://h/o/r/releases/tag/v0.1.0\n",
        ),
        (
            "[0.1.0]: z\n[unreleased]:  <https://h/g/-/compare/a/b-v1...main> \"all\"",
            "[0.1.0]: z\n[unreleased]:  <https://h/g/-/compare/v0.2.0...main> \"all\"\n\
             [0.2.0]:  <https://h/g/-/compare/a/b-v1...v0.2.0> \"all\"",
        ),
        (
            "[Unreleased]: /compare/v1...main?w=1\n[0.2.0]: mine\n",
            "[Unreleased]: /compare/v0.2.0...main?w=1\n[0.2.0]: mine\n",
        ),
        (
            "[Unreleased]: /compare/v0.1.0..HEAD\n",
            "[Unreleased]: /compare/v0.2.0..HEAD\n[0.2.0]: /compare/v0.1.0..v0.2.0\n",
        ),
        ("text\n", "text\n"),
    ] {
        assert_eq!(moved(before, &RELEASE), (after.to_owned(), vec![], vec![]), "{before:?}");
    }
}

/// CommonMark 4.7: up to three spaces in front, the destination or the title on a line of its own, labels in any case, and
/// other blocks before and behind; the first definition of a label is the only one.
#[test]
fn a_definition_moves_wherever_commonmark_sees_one() {
    for (before, after) in [
        (
            " [Unreleased]: /compare/v0.1.0...HEAD\n   [0.1.0]: z\n",
            " [Unreleased]: /compare/v0.2.0...HEAD\n [0.2.0]: /compare/v0.1.0...v0.2.0\n   [0.1.0]: z\n",
        ),
        (
            // To Markdown this is a part of the list item above, and a definition all the same.
            "   [Unreleased]: /compare/v0.1.0...HEAD\n   [0.1.0]: z\n",
            "   [Unreleased]: /compare/v0.2.0...HEAD\n   [0.2.0]: /compare/v0.1.0...v0.2.0\n   [0.1.0]: z\n",
        ),
        (
            "> [Unreleased]: /compare/v0.1.0...HEAD\n",
            "> [Unreleased]: /compare/v0.2.0...HEAD\n> [0.2.0]: /compare/v0.1.0...v0.2.0\n",
        ),
        (
            "[UNRELEASED]: /compare/v0.1.0...HEAD\n\n---\n\nMade by hand.\n",
            "[UNRELEASED]: /compare/v0.2.0...HEAD\n[0.2.0]: /compare/v0.1.0...v0.2.0\n\n---\n\nMade by hand.\n",
        ),
        (
            "[Unreleased]: /compare/v0.1.0...HEAD\n---\nMade by hand.\n",
            "[Unreleased]: /compare/v0.2.0...HEAD\n[0.2.0]: /compare/v0.1.0...v0.2.0\n---\nMade by hand.\n",
        ),
        (
            "[Unreleased]: /compare/v0.1.0...HEAD\n<!-- older -->\n[0.1.0]: z\n\n[^1]: A note.\n",
            "[Unreleased]: /compare/v0.2.0...HEAD\n[0.2.0]: /compare/v0.1.0...v0.2.0\n<!-- older -->\n[0.1.0]: z\n\n\
             [^1]: A note.\n",
        ),
        (
            "[Unreleased]:\n  /compare/v0.1.0...HEAD\n  'all\n  of it'\n[0.1.0]: z\n",
            "[Unreleased]:\n  /compare/v0.2.0...HEAD\n  'all\n  of it'\n[0.2.0]:\n  /compare/v0.1.0...v0.2.0\n  'all\n  \
             of it'\n[0.1.0]: z\n",
        ),
    ] {
        assert_eq!(moved(before, &RELEASE), (after.to_owned(), vec![], vec![]), "{before:?}");
    }
}

#[test]
fn what_is_no_definition_stays_and_is_said() {
    for (footer, said) in [
        (
            "```\n[Unreleased]: /compare/v0.1.0...HEAD\n```\n",
            "line 10 of `C.md` reads like the link of `[Unreleased]`",
        ),
        ("> [x] quoted\n> [Unreleased]: /compare/v0.1.0...HEAD\n", "line 10 of `C.md` reads like"),
        ("Some text\n[Unreleased]: /compare/v0.1.0...HEAD\nmore\n", "line 10 of `C.md` reads like"),
    ] {
        let (after, warnings, notes) = moved(footer, &RELEASE);
        assert_eq!((after.as_str(), warnings.len()), (footer, 0));
        assert!(notes.len() == 1 && notes[0].starts_with(said), "{footer:?}: {notes:?}");
    }
    let twice = "[Unreleased]: /compare/v0.1.0...HEAD\n\n[unreleased]: /compare/v0.0.1...HEAD\n";
    let (after, _, notes) = moved(twice, &RELEASE);
    assert!(after.ends_with("\n\n[unreleased]: /compare/v0.0.1...HEAD\n"), "{after}");
    assert!(notes[0].starts_with("line 11 of `C.md` defines `[Unreleased]` once more"), "{notes:?}");
}

#[test]
fn an_unreleased_link_that_compares_nothing_stays_with_a_warning() {
    for footer in [
        "[Unreleased]: https://h/commits/main\n",
        "[Unreleased]: https://h/compare/main\n",
        "[Unreleased]: https://h/compare/...main\n",
        "[Unreleased]: https://h/compare/v0.1.0...\n",
        "[Unreleased]: https://h/compare/...\n",
        "[Unreleased]: https://h/compare/v0.1.0?to=...main\n",
    ] {
        let (after, warnings, _) = moved(footer, &RELEASE);
        assert_eq!(after, footer);
        assert!(warnings[0].contains("`[0.2.0]` gets no link"), "{warnings:?}");
    }
}

#[test]
fn a_link_that_compares_with_another_kind_of_tag_starts_where_it_is_told() {
    let release = Release { previous_tag: Some("lib-v0.1.0"), tag: "lib-v0.2.0", ..RELEASE };
    let (after, warnings, _) = moved("[Unreleased]: /compare/v0.1.0...main\n", &release);
    assert_eq!(
        after,
        "[Unreleased]: /compare/lib-v0.2.0...main\n[0.2.0]: /compare/lib-v0.1.0...lib-v0.2.0\n"
    );
    assert_eq!(warnings, Vec::<String>::new());
}

#[test]
fn a_base_that_was_forgotten_is_put_right_with_a_note() {
    for (footer, base) in [
        ("[Unreleased]: /compare/v0.0.9...HEAD\n", "v0.1.0"),
        ("[Unreleased]: /compare/lib-v0.0.9...HEAD\n", "lib-v0.1.0"),
        ("[Unreleased]: /compare/v0.0.9...HEAD\n[0.1.0]: /compare/v0.0.9...own/0.1.0\n", "own/0.1.0"),
    ] {
        let (after, _, notes) = moved(footer, &RELEASE);
        let link = format!("[Unreleased]: /compare/v0.2.0...HEAD\n[0.2.0]: /compare/{base}...v0.2.0\n");
        assert!(after.starts_with(&link), "{after}");
        let said = "but `0.1.0` is the newest section (line 5): the new link starts at";
        assert!(notes.len() == 1 && notes[0].contains(said), "{notes:?}");
    }
    let later = "[Unreleased]: /compare/v0.1.1...HEAD\n";
    let (after, _, notes) = moved(later, &RELEASE);
    assert!(after.contains("[0.2.0]: /compare/v0.1.1...v0.2.0") && notes.is_empty(), "{after} {notes:?}");
    let tags = ["v0.0.9".to_owned()];
    let (after, _, notes) =
        moved("[Unreleased]: /compare/v0.0.9...HEAD\n", &Release { tags: &tags, ..RELEASE });
    assert!(after.contains("[0.2.0]: /compare/v0.0.9...v0.2.0"), "{after}");
    assert!(notes[0].contains("there is no tag `v0.1.0`"), "{notes:?}");
}

#[test]
fn where_there_is_no_unreleased_link_the_version_gets_one_after_the_newest() {
    for (before, after) in [
        (
            "[0.1.0]: /compare/v0.0.9...v0.1.0\n[0.0.9]: /tag/v0.0.9\n",
            "[0.2.0]: /compare/v0.1.0...v0.2.0\n[0.1.0]: /compare/v0.0.9...v0.1.0\n[0.0.9]: /tag/v0.0.9\n",
        ),
        (
            "[0.0.9]: /tag/v0.0.9\n[0.1.0]: /releases/tag/v0.1.0\n",
            "[0.0.9]: /tag/v0.0.9\n[0.1.0]: /releases/tag/v0.1.0\n[0.2.0]: /releases/tag/v0.2.0\n",
        ),
        ("[0.0.9]: /tag/v0.0.9\n", "[0.0.9]: /tag/v0.0.9\n"),
        ("[0.1.0]: /c/abcdef\n", "[0.1.0]: /c/abcdef\n"),
    ] {
        let (text, warnings, notes) = moved(before, &RELEASE);
        assert_eq!((text.as_str(), warnings.len()), (after, 0), "{before:?}");
        assert_eq!(notes.len(), usize::from(before.contains("abcdef")), "{notes:?}");
    }
}

#[test]
fn a_first_release_is_not_compared_with_itself() {
    let footer = "[Unreleased]: /compare/v0.2.0...main\n";
    let (after, warnings, _) = moved(footer, &RELEASE);
    assert_eq!(after, footer);
    assert!(warnings[0].ends_with("compares with `v0.2.0` already, so `[0.2.0]` gets no link"));
    // A link of its own is enough.
    let footer = format!("{footer}[0.2.0]: /tags/v0.2.0\n");
    assert_eq!(moved(&footer, &RELEASE), (footer, vec![], vec![]));
}

#[test]
fn where_the_unreleased_link_starts_is_read_from_the_first_definition() {
    for (text, from) in [
        ("[Unreleased]: /compare/v9...main\n\ntext\n\n[unreleased]: /compare/v1...main\n", Some("v9")),
        ("[0.1.0]: /compare/v0...v1\n[Unreleased]: </compare/lib-v1...main> \"t\"", Some("lib-v1")),
        ("[Unreleased]: /commits/main\n", None),
        ("text\n", None),
    ] {
        let text = format!("## [Unreleased]\n\n{text}");
        let (document, _) = Document::read("C.md", &text, "0.2.0", None, &crate::changelog::Types::default());
        assert_eq!(document.unwrap().links().compared_from(), from, "{text:?}");
    }
}

#[test]
fn a_crlf_footer_stays_crlf() {
    let (after, ..) = moved("[Unreleased]: /compare/v1...main\r\n", &RELEASE);
    assert_eq!(after, "[Unreleased]: /compare/v0.2.0...main\r\n[0.2.0]: /compare/v1...v0.2.0\r\n");
}
