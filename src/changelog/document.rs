//! A changelog as spans: where `[Unreleased]` begins and ends, what stands in it, where the footer of link references
//! starts. One pass over the lines, nothing is rewritten here; every reason why this changelog cannot be rotated is
//! collected.

use super::blocks::{Blocks, Kind, Line, Place};
use super::{
    Category, footer, heading_text, is_conflict_marker, lines, name_lines, reads_as_release_heading,
};
use crate::error::Problem;
use crate::version::Version;

/// What stands under an `[Unreleased]` that has no entries yet, unless a changelog has a line of its own for it.
const PLACEHOLDER: &str = "_Nothing yet._";

/// A line under `[Unreleased]`.
#[derive(Debug, Clone, Copy)]
pub(super) struct BodyLine<'a> {
    /// Without its ending.
    pub(super) content: &'a str,
    /// `\n`, `\r\n`, or nothing at the end of the file.
    pub(super) ending: &'a str,
    /// What it is.
    pub(super) line: Line,
}

impl BodyLine<'_> {
    /// Nothing is written here at all. A quote mark without text is blank to Markdown, but not nothing.
    pub(super) fn is_blank(&self) -> bool {
        self.line.kind == Kind::Blank && self.content.trim().is_empty()
    }

    pub(super) fn is_heading(&self) -> bool {
        self.line.place == Place::Outside && matches!(self.line.kind, Kind::Heading(_))
    }

    /// The category, if this is one of the `### Type` headings.
    pub(super) fn category(&self) -> Option<Category> {
        let named = |category: &Category| heading_text(self.content).eq_ignore_ascii_case(category.heading());
        let level = self.line.kind == Kind::Heading(3) && self.line.place == Place::Outside;
        if level { Category::ALL.into_iter().find(named) } else { None }
    }
}

/// A changelog that can be rotated.
#[derive(Debug)]
pub(super) struct Document<'a> {
    /// The line ending that most lines have.
    pub(super) newline: &'static str,
    /// Everything up to and with the `[Unreleased]` heading.
    pub(super) head: &'a str,
    /// The number of that heading's line.
    pub(super) heading_line: usize,
    /// What stands under it.
    pub(super) body: Vec<BodyLine<'a>>,
    /// The older sections.
    pub(super) rest: &'a str,
    /// The link references at the end.
    pub(super) footer: &'a str,
    /// Whether the newest `###` heading of the file is followed by a blank line: the file's habit.
    pub(super) blank_after_heading: bool,
    /// What this changelog says where there are no entries yet.
    placeholder: Option<&'a str>,
}

impl<'a> Document<'a> {
    /// Reads a changelog in which a section for `version` is to be written. There is a document as soon as one
    /// `[Unreleased]` heading was found, and it can be rotated if there are no problems.
    pub(super) fn read(
        path: &str,
        text: &'a str,
        version: &str,
        placeholder: Option<&'a str>,
    ) -> (Option<Self>, Vec<Problem>) {
        let mut pass = Pass::default();
        let mut blocks = Blocks::new();
        let mut offset = 0;
        for (content, ending) in lines(text) {
            let start = offset;
            offset += content.len() + ending.len();
            let content = if start == 0 { content.trim_start_matches('\u{feff}') } else { content };
            let line = blocks.read(content);
            pass.line(&blocks, start..offset, BodyLine { content, ending, line }, version);
        }
        let (document, problems) = pass.finish(path, text, version, &blocks);
        (document.map(|document| Self { placeholder, ..document }), problems)
    }

    /// Whether something stands under `[Unreleased]` that is worth a release: not only headings, comments and a
    /// placeholder.
    pub(super) fn has_entries(&self) -> bool {
        let content = |line: &BodyLine<'_>| !line.is_heading() && line.line.kind != Kind::Comment;
        self.without_placeholder().iter().any(|line| !line.is_blank() && content(line))
    }

    /// The lines under `[Unreleased]` without a placeholder and without blank lines at either end.
    pub(super) fn without_placeholder(&self) -> Vec<&BodyLine<'a>> {
        let mut kept: Vec<&BodyLine<'a>> = Vec::with_capacity(self.body.len());
        let mut after_placeholder = false;
        for (index, line) in self.body.iter().enumerate() {
            let before = index.checked_sub(1).and_then(|before| self.body.get(before));
            let ends = |other: Option<&BodyLine<'_>>| {
                other.is_none_or(|other| other.is_blank() || other.is_heading())
            };
            if self.is_placeholder(line) && ends(before) && ends(self.body.get(index + 1)) {
                after_placeholder = true;
                continue;
            }
            let gap = after_placeholder && kept.last().is_none_or(|last| last.is_blank());
            if !(line.is_blank() && (gap || kept.is_empty())) {
                kept.push(line);
            }
            after_placeholder &= line.is_blank();
        }
        while kept.last().is_some_and(|last| last.is_blank()) {
            kept.pop();
        }
        kept
    }

    fn is_placeholder(&self, line: &BodyLine<'_>) -> bool {
        let says = |placeholder: &str| line.content.trim() == placeholder.trim();
        line.line.kind == Kind::Text
            && line.line.place == Place::Outside
            && (says(PLACEHOLDER) || self.placeholder.is_some_and(says))
    }
}

/// What one pass over the lines has found so far.
#[derive(Default)]
struct Pass<'a> {
    crlf: usize,
    lf: usize,
    conflicts: Vec<usize>,
    unreleased: Vec<usize>,
    same_version: Vec<usize>,
    head_end: usize,
    /// Where the section after `[Unreleased]` begins.
    body_end: Option<usize>,
    body: Vec<BodyLine<'a>>,
    /// The comment or fence that was open where the body ends.
    swallowed: Option<(&'static str, usize)>,
    after_heading: bool,
    blank_after_heading: Option<bool>,
}

impl<'a> Pass<'a> {
    fn line(&mut self, blocks: &Blocks, span: std::ops::Range<usize>, line: BodyLine<'a>, version: &str) {
        match line.ending {
            "\r\n" => self.crlf += 1,
            "\n" => self.lf += 1,
            _ => {}
        }
        if self.after_heading && self.blank_after_heading.is_none() {
            self.blank_after_heading = Some(line.is_blank());
        }
        self.after_heading = line.line.kind == Kind::Heading(3) && line.line.place == Place::Outside;
        if line.line.kind != Kind::Fence && is_conflict_marker(line.content) {
            self.conflicts.push(blocks.line_number());
        }
        let in_body = !self.unreleased.is_empty() && self.body_end.is_none();
        if !is_release_heading(&line) {
            if in_body {
                self.body.push(line);
            }
            return;
        }
        if in_body {
            self.body_end = Some(span.start);
            self.swallowed = swallowing(blocks);
        }
        let label = line.content.trim_start_matches("## [").split(']').next().unwrap_or_default().trim();
        if label.eq_ignore_ascii_case("unreleased") {
            if self.unreleased.is_empty() {
                self.head_end = span.end;
            }
            self.unreleased.push(blocks.line_number());
        } else if is_same_version(label, version) {
            self.same_version.push(blocks.line_number());
        }
    }

    fn finish(
        mut self,
        path: &str,
        text: &'a str,
        version: &str,
        blocks: &Blocks,
    ) -> (Option<Document<'a>>, Vec<Problem>) {
        let at_end = swallowing(blocks);
        let footer = if at_end.is_some() { text.len() } else { footer::start(text) };
        if self.body_end.is_none() {
            self.swallowed = at_end;
            // The footer's lines are at the end of the body: they hold no heading, so this is where it starts.
            let mut from = self.head_end;
            self.body.retain(|line| {
                from += line.content.len() + line.ending.len();
                from <= footer
            });
        }
        let mut problems = self.problems(path, version);
        let Some(&heading_line) = self.unreleased.first() else {
            let missing = Problem::content(format!("`{path}` has no `[Unreleased]` heading"))
                .hint("add the line `## [Unreleased]` above the newest section");
            problems.insert(0, missing);
            return (None, problems);
        };
        let rest = self.body_end.unwrap_or(footer);
        let document = Document {
            newline: if self.crlf > self.lf { "\r\n" } else { "\n" },
            head: text.get(..self.head_end).unwrap_or_default(),
            heading_line,
            body: self.body,
            rest: text.get(rest..footer).unwrap_or_default(),
            footer: text.get(footer..).unwrap_or_default(),
            blank_after_heading: self.blank_after_heading.unwrap_or(true),
            placeholder: None,
        };
        (Some(document), problems)
    }

    fn problems(&self, path: &str, version: &str) -> Vec<Problem> {
        let mut problems = Vec::new();
        if self.unreleased.len() > 1 {
            let place = name_lines(&self.unreleased);
            problems.push(
                Problem::content(format!("`{path}` has more than one `[Unreleased]` heading ({place})"))
                    .hint("merge them into one"),
            );
        }
        if !self.same_version.is_empty() {
            let place = name_lines(&self.same_version);
            problems.push(
                Problem::content(format!("`{path}` already has a section for `{version}` ({place})")).hint(
                    "move its entries under `[Unreleased]` and delete the heading: the release writes it",
                ),
            );
        }
        if !self.conflicts.is_empty() {
            let place = name_lines(&self.conflicts);
            problems.push(
                Problem::content(format!("`{path}` has conflict markers ({place})"))
                    .hint("resolve the merge in it"),
            );
        }
        if let Some((what, line)) = self.swallowed {
            problems.push(
                Problem::content(format!("`{path}` opens {what} in line {line} and never closes it"))
                    .hint("close it; the entries of the release would become part of it"),
            );
        }
        problems
    }
}

fn swallowing(blocks: &Blocks) -> Option<(&'static str, usize)> {
    blocks.unclosed().filter(|open| open.outermost).map(|open| (open.what, open.line))
}

/// Whether a heading's label means this version, however either is spelled: `v0.2.0-alpha.1` and `0.2.0a1` are one.
fn is_same_version(label: &str, version: &str) -> bool {
    let bare = |text| str::strip_prefix(text, ['v', 'V']).unwrap_or(text).to_ascii_lowercase();
    let (label, version) = (bare(label), bare(version));
    label == version
        || Version::parse_either(&label).is_some_and(|it| Version::parse_either(&version) == Some(it))
}

/// Whether a release section starts here: `## [` in column 0, outside code fences and comments.
pub(super) fn is_release_heading(line: &BodyLine<'_>) -> bool {
    reads_as_release_heading(line.content) && matches!(line.line.kind, Kind::Heading(_) | Kind::Html)
}
