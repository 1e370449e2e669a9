//! A changelog as spans: where `[Unreleased]` begins and ends, what stands in it, which release is the newest, where the
//! links are defined. One pass over the lines, nothing is rewritten here; every reason why this changelog cannot be
//! rotated is collected.

mod inner;
mod pass;
mod problems;

use std::borrow::Cow;
use std::ops::Range;

use super::blocks::{Blocks, Kind, Line, Place};
use super::footer::{Definition, Links};
use super::heading::{self, Newest};
use super::{Category, Types, lines, types};
use crate::error::Problem;
use pass::Pass;

/// What stands under an `[Unreleased]` that has no entries yet, unless a changelog has a line of its own for it.
const PLACEHOLDER: &str = "_Nothing yet._";

/// What a line is to the headings of the document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// No part of one.
    Plain,
    /// A heading of this level begins here.
    Heading(usize),
    /// A further line of the heading above.
    Further,
}

/// A line under `[Unreleased]`.
#[derive(Debug, Clone, Copy)]
pub(super) struct BodyLine<'a> {
    /// Without its ending.
    pub(super) content: &'a str,
    /// `\n`, `\r\n`, or nothing at the end of the file.
    pub(super) ending: &'a str,
    /// What it is.
    pub(super) line: Line,
    pub(super) part: Part,
    /// Its number in the file, from 1.
    pub(super) number: usize,
    /// Where it starts in the file.
    pub(super) start: usize,
}

impl<'a> BodyLine<'a> {
    /// A line as it was read last.
    pub(super) fn new(content: &'a str, ending: &'a str, line: Line, number: usize) -> Self {
        let part = match (line.kind, line.place) {
            (Kind::Heading(level), Place::Outside) => Part::Heading(level),
            _ => Part::Plain,
        };
        Self { content, ending, line, part, number, start: 0 }
    }

    /// Nothing is written here at all. A quote mark without text is blank to Markdown, but not nothing.
    pub(super) fn is_blank(&self) -> bool {
        self.line.kind == Kind::Blank && self.content.trim().is_empty()
    }

    /// It is a heading or a line of one.
    pub(super) fn is_heading(&self) -> bool {
        self.part != Part::Plain
    }

    /// The level and the text of the heading that begins here.
    pub(super) fn heading(&self) -> Option<(usize, &'a str)> {
        match self.part {
            Part::Heading(level) if matches!(self.line.kind, Kind::Heading(_)) => {
                Some((level, heading::text_of(self.content)))
            }
            Part::Heading(level) => Some((level, self.content.trim())),
            Part::Plain | Part::Further => None,
        }
    }
}

/// The heading of the unreleased changes.
#[derive(Debug, Clone, Copy)]
pub(super) struct UnreleasedHeading<'a> {
    /// The number of its line.
    pub(super) line: usize,
    pub(super) level: usize,
    pub(super) text: &'a str,
    /// Where its text starts in the file.
    at: usize,
    /// It is underlined instead of marked with `#`.
    pub(super) underlined: bool,
}

/// A changelog that can be rotated.
#[derive(Debug)]
pub(super) struct Document<'a> {
    path: &'a str,
    text: &'a str,
    /// The line ending that most lines have.
    pub(super) newline: &'static str,
    /// The end of the `[Unreleased]` heading: everything up to it stays where it is.
    head_end: usize,
    /// That heading.
    pub(super) unreleased: UnreleasedHeading<'a>,
    /// What stands under it.
    pub(super) body: Vec<BodyLine<'a>>,
    /// The older sections.
    pub(super) rest: Range<usize>,
    /// The link references at the end, where nothing else stands between them and `[Unreleased]`.
    pub(super) footer: Range<usize>,
    /// The newest release.
    pub(super) newest: Option<Newest<'a>>,
    /// The link definitions anywhere in the file.
    pub(super) definitions: Vec<Definition<'a>>,
    /// The level of the headings that name types.
    pub(super) type_level: usize,
    /// Whether the newest `###` heading of the file is followed by a blank line: the file's habit.
    pub(super) blank_after_heading: bool,
    /// What this changelog says where there are no entries yet.
    placeholder: Option<&'a str>,
    /// The types that its changes have.
    types: Types,
}

impl<'a> Document<'a> {
    /// Reads a changelog in which a section for `version` is to be written. There is a document as soon as one
    /// `[Unreleased]` heading was found, and it can be rotated if there are no problems.
    pub(super) fn read(
        path: &'a str,
        text: &'a str,
        version: &str,
        placeholder: Option<&'a str>,
        types: &Types,
    ) -> (Option<Self>, Vec<Problem>) {
        let mut pass = Pass::new(path, text, version, types);
        let mut blocks = Blocks::new();
        let mut offset = 0;
        for (content, ending) in lines(text) {
            let content = if offset == 0 { content.trim_start_matches('\u{feff}') } else { content };
            let line = BodyLine::new(content, ending, blocks.read(content), blocks.line_number());
            // A byte order mark is no part of the first line.
            offset =
                if offset == 0 { text.len() - text.trim_start_matches('\u{feff}').len() } else { offset };
            pass.line(BodyLine { start: offset, ..line });
            offset += content.len() + ending.len();
        }
        let (document, problems) = pass.finish(&blocks);
        (document.map(|document| Self { placeholder, ..document }), problems)
    }

    /// Its links.
    pub(super) fn links(&self) -> Links<'_, 'a> {
        let in_heading = heading::target(self.unreleased.text);
        Links {
            path: self.path,
            text: self.text,
            definitions: &self.definitions,
            heading: in_heading.map(|it| self.unreleased.at + it.start..self.unreleased.at + it.end),
            newest: self.newest.as_ref(),
        }
    }

    /// The type whose entries stand under the heading that begins here, and whether it is spelled as its name.
    pub(super) fn filed(&self, line: &BodyLine<'_>) -> Option<(Category, bool)> {
        let (_, text) = line.heading().filter(|(level, _)| *level == self.type_level)?;
        Some((types::filed(text, &self.types)?, types::exactly(text, &self.types).is_some()))
    }

    /// Everything up to and with the `[Unreleased]` heading, edited.
    pub(super) fn head(&self, edits: &[(Range<usize>, String)]) -> Cow<'a, str> {
        // What is put in right behind the heading belongs to what follows.
        let end = edits.partition_point(|(at, _)| at.start < self.head_end);
        self.edited(0..self.head_end, edits.get(..end).unwrap_or_default())
    }

    /// A part of the file with those of the edits that lie in it; `edits` are in the order of their places.
    pub(super) fn edited(&self, range: Range<usize>, edits: &[(Range<usize>, String)]) -> Cow<'a, str> {
        let part = |from: usize, to: usize| self.text.get(from..to).unwrap_or_default();
        let mut mine =
            edits.iter().filter(|(at, _)| at.start >= range.start && at.end <= range.end).peekable();
        if range.is_empty() || mine.peek().is_none() {
            return Cow::Borrowed(part(range.start, range.end));
        }
        let mut out = String::with_capacity(range.len() + 256);
        let mut from = range.start;
        for (at, new) in mine {
            out.push_str(part(from, at.start));
            out.push_str(new);
            from = at.end;
        }
        out.push_str(part(from, range.end));
        Cow::Owned(out)
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
