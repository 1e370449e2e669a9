//! The footer: the run of link references a changelog ends with. Its `[Unreleased]` compare link moves on to the new
//! tag and the new version gets a link of its own, spelled as the footer spells them; every other line stays.

use std::sync::LazyLock;

use regex::Regex;

use super::{Release, lines};

/// A link reference definition at column 0: `[label]: destination "title"`. A footnote is none.
static DEFINITION: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r#"^\[([^\[\]^][^\[\]]*)\]:[ \t]*(?:<[^<>]*>|[^\s<]\S*)(?:[ \t]+(?:"[^"]*"|'[^']*'|\([^()]*\)))?[ \t]*$"#)
        .ok()
});

/// The label of the link reference that this line defines.
pub(super) fn label(line: &str) -> Option<&str> {
    // Nearly every line of a changelog is none: few are worth the expression.
    if !line.starts_with('[') {
        return None;
    }
    let found = DEFINITION.as_ref()?.captures(line)?;
    Some(found.get(1)?.as_str().trim())
}

/// Where the footer of a changelog starts; its length if it has none.
pub(super) fn start(text: &str) -> usize {
    let (mut footer, mut offset) = (text.len(), text.len());
    for line in text.split_inclusive('\n').rev() {
        offset -= line.len();
        let line = line.trim_end_matches(['\n', '\r']);
        if label(line).is_some() {
            footer = offset;
        } else if !line.trim().is_empty() {
            break;
        }
    }
    footer
}

/// The reference that the footer's `[Unreleased]` link compares with: `v0.1.0` of `…/compare/v0.1.0...main`.
pub fn compared_from(text: &str) -> Option<&str> {
    let footer = text.get(start(text)..)?;
    let mut unreleased = lines(footer)
        .filter(|(line, _)| label(line).is_some_and(|label| label.eq_ignore_ascii_case("unreleased")));
    let (line, _) = unreleased.next()?;
    Some(CompareLink::read(line)?.from)
}

/// The footer after the release, with a warning where its `[Unreleased]` link says nothing that could move on.
pub(super) fn moved_on(footer: &str, release: &Release<'_>, newline: &str) -> (String, Option<String>) {
    let mut out = String::with_capacity(footer.len() + 256);
    let mut warning = None;
    let known = lines(footer).any(|(line, _)| label(line) == Some(release.version));
    let mut done = false;
    for (line, ending) in lines(footer) {
        let unreleased = !done && label(line).is_some_and(|label| label.eq_ignore_ascii_case("unreleased"));
        if !unreleased {
            out.push_str(line);
            out.push_str(ending);
            continue;
        }
        done = true;
        let Some(link) = CompareLink::read(line) else {
            warning = Some(format!(
                "the footer's `[Unreleased]` link does not compare two versions, so `[{}]` gets no link",
                release.version
            ));
            out.push_str(line);
            out.push_str(ending);
            continue;
        };
        let CompareLink { label, before, from, to, after } = link;
        let (version, tag, from) = (release.version, release.tag, release.previous_tag.unwrap_or(from));
        out.push_str(&format!("{label}{before}{tag}...{to}{after}"));
        if !known && from == tag {
            // A first release: there is nothing before it that it could be compared with.
            warning = Some(format!(
                "the footer's `[Unreleased]` link compares with `{tag}` already, so `[{version}]` gets no link"
            ));
        } else if !known {
            out.push_str(newline);
            out.push_str(&format!("[{version}]{before}{from}...{tag}{after}"));
        }
        out.push_str(ending);
    }
    (out, warning)
}

/// `[Unreleased]: https://…/compare/A...B`, cut into pieces.
struct CompareLink<'a> {
    label: &'a str,
    /// From the colon to the end of `/compare/`.
    before: &'a str,
    from: &'a str,
    to: &'a str,
    /// Whatever follows: `>`, a query, a title.
    after: &'a str,
}

impl<'a> CompareLink<'a> {
    fn read(line: &'a str) -> Option<Self> {
        let (label, rest) = line.split_at_checked(line.find("]:")? + 1)?;
        let (before, range) = rest.split_at_checked(rest.find("/compare/")? + "/compare/".len())?;
        let (from, behind) = range.split_once("...")?;
        let end = |c: char| c.is_whitespace() || matches!(c, '>' | '?' | '#');
        let (to, after) = behind.split_at_checked(behind.find(end).unwrap_or(behind.len()))?;
        let complete = !from.is_empty() && !to.is_empty() && !from.contains(end);
        complete.then_some(Self { label, before, from, to, after })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RELEASE: Release<'_> =
        Release { version: "0.2.0", heading: "## [0.2.0]", tag: "v0.2.0", previous_tag: None, summary: None };

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
            ("[0.1.0]: z\n", "[0.1.0]: z\n"),
        ] {
            assert_eq!(moved_on(before, &RELEASE, "\n"), (after.to_owned(), None));
        }
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
            let (after, warning) = moved_on(footer, &RELEASE, "\n");
            assert_eq!(after, footer);
            assert!(warning.unwrap().contains("`[0.2.0]` gets no link"));
        }
    }

    #[test]
    fn a_link_that_compares_with_another_kind_of_tag_starts_where_it_is_told() {
        let release = Release { previous_tag: Some("lib-v0.1.0"), tag: "lib-v0.2.0", ..RELEASE };
        let (after, warning) = moved_on("[Unreleased]: /compare/v0.1.0...main\n", &release, "\n");
        assert_eq!(
            after,
            "[Unreleased]: /compare/lib-v0.2.0...main\n[0.2.0]: /compare/lib-v0.1.0...lib-v0.2.0\n"
        );
        assert_eq!(warning, None);
    }

    #[test]
    fn a_first_release_is_not_compared_with_itself() {
        let footer = "[Unreleased]: /compare/v0.2.0...main\n";
        let (after, warning) = moved_on(footer, &RELEASE, "\n");
        assert_eq!(after, footer);
        assert!(warning.unwrap().ends_with("compares with `v0.2.0` already, so `[0.2.0]` gets no link"));
        // A link of its own is enough.
        let footer = format!("{footer}[0.2.0]: /tags/v0.2.0\n");
        assert_eq!(moved_on(&footer, &RELEASE, "\n"), (footer, None));
    }

    #[test]
    fn where_the_unreleased_link_starts_is_read_from_the_footer_alone() {
        for (text, from) in [
            ("[Unreleased]: /compare/v9...main\n\ntext\n\n[unreleased]: /compare/v1...main\n", Some("v1")),
            ("[0.1.0]: /compare/v0...v1\n[Unreleased]: </compare/lib-v1...main> \"t\"", Some("lib-v1")),
            ("[Unreleased]: /commits/main\n", None),
            ("text\n", None),
        ] {
            assert_eq!(compared_from(text), from, "{text:?}");
        }
    }

    #[test]
    fn a_crlf_footer_stays_crlf() {
        let (after, _) = moved_on("[Unreleased]: /compare/v1...main\r\n", &RELEASE, "\r\n");
        assert_eq!(after, "[Unreleased]: /compare/v0.2.0...main\r\n[0.2.0]: /compare/v1...v0.2.0\r\n");
    }
}
