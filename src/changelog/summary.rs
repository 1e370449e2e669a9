//! The summary: the prose that a section opens with. One that is given for a release takes the place of the prose
//! that stands before the first heading or list of `[Unreleased]`; entries are never taken for prose.

use std::ops::Range;

use super::blocks::{Blocks, Kind, Place};
use super::document::BodyLine;
use super::{is_conflict_marker, lines, name_lines, reads_as_release_heading};
use crate::error::Problem;

/// What a section opens with, for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    /// The prose, lines ending in LF, without blank lines at either end.
    pub text: String,
    /// It was given for this release; otherwise it stands in the changelog.
    pub given: bool,
    /// The prose that a given summary takes the place of.
    pub replaces: Option<String>,
}

/// Which of these lines are the prose before the first heading, list or block of HTML: from the first to the last
/// line that says something. Comments in front of and behind it are no part of it.
pub(super) fn prose(lines: &[&BodyLine<'_>]) -> Option<Range<usize>> {
    let mut found: Option<Range<usize>> = None;
    // Where the paragraph began that an underline would turn into a heading, and what was found before it.
    let mut paragraph = None;
    for (index, line) in lines.iter().enumerate() {
        match (line.line.kind, line.line.place) {
            (_, Place::Opens(_) | Place::Inside { .. }) | (Kind::Heading(_) | Kind::Html, _) => break,
            (Kind::Underline, Place::Outside) => {
                found = paragraph.unwrap_or(found);
                break;
            }
            (Kind::Blank | Kind::Comment, _) => paragraph = None,
            (kind, _) => {
                if kind == Kind::Text {
                    paragraph.get_or_insert_with(|| found.clone());
                }
                let start = found.map_or(index, |found| found.start);
                found = Some(start..index + 1);
            }
        }
    }
    found
}

/// A given summary as it will stand in the changelog, lines ending in LF and without blank lines at either end.
///
/// # Errors
/// Every reason why this text cannot open a section: nothing in it, headings, conflict markers, a code fence, comment
/// or HTML block that is never closed.
pub fn summary_text(given: &str) -> Result<String, Vec<Problem>> {
    let text = given.strip_prefix('\u{feff}').unwrap_or(given).replace("\r\n", "\n").replace('\r', "\n");
    let text = without_blank_ends(&text);
    let mut blocks = Blocks::new();
    let (mut says, mut headings, mut conflicts) = (false, Vec::new(), Vec::new());
    for (content, _) in lines(text) {
        let line = blocks.read(content);
        says |= !matches!(line.kind, Kind::Blank | Kind::Comment);
        let heading = matches!(line.kind, Kind::Heading(_) | Kind::Underline) && line.place == Place::Outside;
        if heading || (line.kind != Kind::Fence && reads_as_release_heading(content.trim())) {
            headings.push(blocks.line_number());
        }
        if line.kind != Kind::Fence && is_conflict_marker(content) {
            conflicts.push(blocks.line_number());
        }
    }
    let mut problems = Vec::new();
    if !says {
        problems.push(
            Problem::content("the summary says nothing")
                .hint("write a sentence about the release, or leave the summary out"),
        );
    }
    if !headings.is_empty() {
        problems.push(
            Problem::content(format!("the summary holds headings ({})", name_lines(&headings)))
                .hint("write it as prose: headings begin the entries of the release"),
        );
    }
    if !conflicts.is_empty() {
        problems.push(
            Problem::content(format!("the summary has conflict markers ({})", name_lines(&conflicts)))
                .hint("resolve the merge in it"),
        );
    }
    if let Some(open) = blocks.unclosed() {
        problems.push(
            Problem::content(format!(
                "the summary opens {} in line {} and never closes it",
                open.what, open.line
            ))
            .hint("close it; the entries of the release would become part of it"),
        );
    }
    if problems.is_empty() { Ok(text.to_owned()) } else { Err(problems) }
}

/// The text from its first line that is not blank to its last; the indent of that first line stays.
fn without_blank_ends(text: &str) -> &str {
    let start = text.find(|character: char| !character.is_whitespace()).unwrap_or(text.len());
    let line = text.get(..start).and_then(|before| before.rfind('\n')).map_or(0, |end| end + 1);
    text.get(line..).unwrap_or_default().trim_end()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::changelog::blocks::Blocks;

    fn prose_of(text: &str) -> Option<Range<usize>> {
        let mut blocks = Blocks::new();
        let body: Vec<BodyLine<'_>> = lines(text)
            .map(|(content, ending)| BodyLine::new(content, ending, blocks.read(content), 0))
            .collect();
        prose(&body.iter().collect::<Vec<_>>())
    }

    #[test]
    fn prose_ends_where_entries_begin() {
        for (text, found) in [
            ("", None),
            ("One\ntwo.\n\nThree.\n\n### Added\n\n- a\n", Some(0..4)),
            ("One.\n- entry\n", Some(0..1)),
            ("One.\n\n1. entry\n", Some(0..1)),
            ("- entry\n\nProse after it.\n", None),
            ("### Added\n\nProse in it.\n", None),
            ("## Stray\n\nText.\n", None),
            ("<details>\nText.\n</details>\n", None),
            ("<!-- note -->\nOne.\n\n<!-- note -->\n", Some(1..2)),
            ("<!-- note -->\n", None),
            ("One.\n\nHeading\n=======\n\nText.\n", Some(0..1)),
            ("Heading\n-------\n", None),
            ("> Quoted.\n\n```\ncode\n```\n### Added\n", Some(0..5)),
            ("One.\n\n***\n\nTwo.\n", Some(0..5)),
        ] {
            assert_eq!(prose_of(text), found, "{text:?}");
        }
    }

    #[test]
    fn a_summary_keeps_its_words_and_loses_what_surrounds_them() {
        for (given, text) in [
            ("One.", "One."),
            ("\u{feff}\r\n \r\nOne\r\ntwo.  \r\n\r\n", "One\ntwo."),
            ("\n\n  two spaces\n\n    code\n", "  two spaces\n\n    code"),
            ("- a list\n- is fine", "- a list\n- is fine"),
            ("```\n## [0.1.0]\n# x\n```", "```\n## [0.1.0]\n# x\n```"),
        ] {
            assert_eq!(summary_text(given).as_deref(), Ok(text), "{given:?}");
        }
    }

    #[test]
    fn a_summary_that_would_tear_its_section_apart_is_refused() {
        for (given, why) in [
            ("", "says nothing"),
            (" \n\t\n", "says nothing"),
            ("<!-- later -->", "says nothing"),
            ("One.\n\n### Added\n", "holds headings (line 3)"),
            ("Title\n=====\n\n# Again\n", "holds headings (lines 2 and 4)"),
            ("- x\n  ## [0.1.0]\n", "holds headings (line 2)"),
            ("a\n<<<<<<< HEAD\nb\n", "has conflict markers (line 2)"),
            ("a\n\n```\nb\n", "opens a code fence in line 3 and never closes it"),
            ("a\n\n<!-- b\n", "opens an HTML comment in line 3 and never closes it"),
        ] {
            let problems = summary_text(given).expect_err(given);
            assert!(problems[0].message.ends_with(why), "{given:?}: {problems:?}");
            assert!(problems.iter().all(|problem| !problem.hints.is_empty()));
        }
    }
}
