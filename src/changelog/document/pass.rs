//! The one pass over the lines of a changelog: which headings open sections (CommonMark 4.2 and 4.3, outside every list
//! item, quote, fence, comment and block of HTML), which definitions stand where, and what is wrong.

use std::ops::Range;

use super::{BodyLine, Document, Part, UnreleasedHeading};
use crate::changelog::blocks::{Blocks, Kind, Place};
use crate::changelog::footer::{self, Definition};
use crate::changelog::heading::{self, Named, Newest, Said};
use crate::changelog::{Types, is_conflict_marker, types};
use crate::error::Problem;
use crate::version::Version;

/// Headings up to this level open sections whatever stands in front of their version.
const SECTIONS: usize = 2;

/// A paragraph of the document, as long as it goes on.
#[derive(Clone, Copy)]
struct Paragraph {
    start: usize,
    number: usize,
    /// Where its first line stands among those under `[Unreleased]`.
    index: usize,
}

/// A heading of the document.
#[derive(Clone, Copy)]
struct Found<'a> {
    level: usize,
    /// The number of its first line.
    number: usize,
    start: usize,
    end: usize,
    /// Where its first line stands among those under `[Unreleased]`.
    index: usize,
    /// Its line, or those above the underline.
    line: &'a str,
    text: &'a str,
    underline: Option<&'a str>,
}

/// What one pass over the lines has found so far.
#[derive(Default)]
pub(super) struct Pass<'a, 'v> {
    pub(super) path: &'a str,
    pub(super) text: &'a str,
    pub(super) version: &'v str,
    crlf: usize,
    lf: usize,
    pub(super) conflicts: Vec<usize>,
    /// The first heading of the unreleased changes, and the lines of all.
    pub(super) unreleased: Option<UnreleasedHeading<'a>>,
    pub(super) unreleased_lines: Vec<usize>,
    /// Headings that are nearly one.
    pub(super) nearly: Vec<(usize, &'a str)>,
    pub(super) same_version: Vec<(usize, Named<'a>)>,
    head_end: usize,
    /// Where the section after `[Unreleased]` begins.
    body_end: Option<usize>,
    body: Vec<BodyLine<'a>>,
    /// The newest release is the first one below `[Unreleased]`, or the last one above it.
    pub(super) newest: Option<Newest<'a>>,
    /// Headings under `[Unreleased]` of which nobody can tell what they open, and why.
    pub(super) doubts: Vec<(usize, &'a str, Doubt)>,
    /// The name of the release that ends `[Unreleased]`, where no other release may be of that name.
    pub(super) named_end: Option<(usize, &'a str, &'a str)>,
    pub(super) others: Vec<Option<&'a str>>,
    headings: usize,
    types: Types,
    /// The level of the first heading that names a type.
    type_level: Option<usize>,
    paragraph: Option<Paragraph>,
    pub(super) definitions: Vec<Definition<'a>>,
    /// Where the last list item or heading ends.
    entries_end: usize,
    /// The line before belongs to a paragraph inside a list item or a quote.
    pub(super) inner_paragraph: bool,
    /// Columns that the text of the list item is indented by which began last.
    pub(super) item_width: usize,
    /// A heading inside that item that names a release, as long as nothing but blank lines follow, and whether it is
    /// indented exactly as the text of the item is.
    pub(super) in_item: Option<(usize, &'a str, bool)>,
    /// The elements that the block of HTML has opened and not closed, where the line before belongs to one.
    pub(super) open_elements: Option<isize>,
    after_heading: bool,
    blank_after_heading: Option<bool>,
}

/// Why nobody can tell what a heading opens.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Doubt {
    /// It may open a section, or not.
    Heading,
    /// It would open a section, but Markdown reads it as HTML.
    Html,
    /// It would open a section, but Markdown reads it as a part of the list item above it.
    Item,
}

impl<'a, 'v> Pass<'a, 'v> {
    pub(super) fn new(path: &'a str, text: &'a str, version: &'v str, types: &Types) -> Self {
        Self { path, text, version, types: types.clone(), ..Self::default() }
    }

    fn in_body(&self) -> bool {
        self.unreleased.is_some() && self.body_end.is_none()
    }

    pub(super) fn line(&mut self, line: BodyLine<'a>) {
        match line.ending {
            "\r\n" => self.crlf += 1,
            "\n" => self.lf += 1,
            _ => {}
        }
        if self.after_heading && self.blank_after_heading.is_none() {
            self.blank_after_heading = Some(line.is_blank());
        }
        if line.line.kind != Kind::Fence && is_conflict_marker(line.content) {
            self.conflicts.push(line.number);
        }
        let end = line.start + line.content.len() + line.ending.len();
        if line.is_heading() || matches!(line.line.place, Place::Opens(_) | Place::Inside { .. }) {
            self.entries_end = end;
        }
        let in_body = self.in_body();
        if line.line.place != Place::Outside || self.in_item.is_some() {
            self.inner(&line, in_body);
        }
        match (line.line.kind, line.line.place) {
            (Kind::Text, Place::Outside) => {
                let here = Paragraph { start: line.start, number: line.number, index: self.body.len() };
                self.paragraph.get_or_insert(here);
            }
            (Kind::Underline, Place::Outside) => {
                if let Some(paragraph) = self.paragraph.take() {
                    return self.underlined(paragraph, line, end);
                }
            }
            _ => {
                self.close_paragraph(line.start);
            }
        }
        if let Some((level, text)) = line.heading() {
            let (number, start, index) = (line.number, line.start, self.body.len());
            let found = Found { level, number, start, end, index, line: line.content, text, underline: None };
            self.heading(found);
        } else if in_body && line.line.place == Place::Outside {
            self.html(&line);
        }
        self.after_heading = line.part == Part::Heading(self.type_level.unwrap_or(3));
        if in_body && self.body_end.is_none() {
            self.body.push(line);
        }
    }

    /// The definitions that a paragraph begins with; with the place behind them.
    fn close_paragraph(&mut self, end: usize) -> usize {
        let Some(Paragraph { start, .. }) = self.paragraph.take() else { return end };
        self.define(start, end)
    }

    fn define(&mut self, start: usize, end: usize) -> usize {
        let mut at = start;
        while let Some((definition, behind)) = Definition::read(self.text, at, end) {
            self.definitions.push(definition);
            at = behind;
        }
        at
    }

    /// A paragraph with a line below it that makes it a heading, unless it held nothing but definitions.
    fn underlined(&mut self, paragraph: Paragraph, line: BodyLine<'a>, end: usize) {
        let start = self.define(paragraph.start, line.start);
        let in_body = self.in_body();
        let written = self.text.get(start..line.start).unwrap_or_default();
        if !written.trim().is_empty() {
            let skipped =
                self.text.get(paragraph.start..start).map_or(0, |before| before.matches('\n').count());
            let level = if line.content.trim_start().starts_with('=') { 1 } else { 2 };
            let index = (paragraph.index + skipped).min(self.body.len());
            let of_heading = written.trim_end_matches(['\r', '\n']);
            self.entries_end = end;
            if in_body {
                for (at, above) in self.body.iter_mut().skip(index).enumerate() {
                    above.part = if at == 0 { Part::Heading(level) } else { Part::Further };
                }
            }
            self.heading(Found {
                level,
                number: paragraph.number + skipped,
                start,
                end,
                index,
                line: of_heading,
                text: of_heading.trim(),
                underline: Some(line.content),
            });
            if in_body && self.body_end.is_none() {
                self.body.push(BodyLine { part: Part::Further, ..line });
            }
        } else if in_body {
            self.body.push(line);
        }
    }

    fn heading(&mut self, found: Found<'a>) {
        self.headings += 1;
        let deep = found.level > SECTIONS;
        match heading::read(found.text) {
            Said::Unreleased if !deep => self.unreleased(found),
            Said::Unreleased | Said::NearlyUnreleased => {
                self.nearly.push((found.number, found.line));
                if self.in_body() && !deep {
                    self.doubts.push((found.number, found.line, Doubt::Heading));
                }
            }
            Said::Release(named) => self.release(found, named),
            Said::Doubtful if self.in_body() && !deep => {
                self.doubts.push((found.number, found.line, Doubt::Heading));
            }
            Said::Doubtful | Said::Other => {
                if self.type_level.is_none()
                    && let Some(unreleased) = self.unreleased
                    && found.level > unreleased.level
                    && found.level <= 3
                    && types::filed(found.text, &self.types).is_some()
                {
                    self.type_level = Some(found.level);
                }
            }
        }
    }

    fn unreleased(&mut self, found: Found<'a>) {
        if self.in_body() {
            self.end_body(found);
        }
        self.unreleased_lines.push(found.number);
        if self.unreleased.is_none() {
            self.head_end = found.end;
            let inner = found.line.find(found.text).unwrap_or_default();
            self.unreleased = Some(UnreleasedHeading {
                line: found.number,
                level: found.level,
                text: found.text,
                at: found.start + inner,
                underlined: found.underline.is_some(),
            });
        }
    }

    fn release(&mut self, found: Found<'a>, named: Named<'a>) {
        let later = !self.version.is_empty() && heading::is_later(named.version, self.version);
        if self.unreleased.is_none() && self.headings == 1 && found.level == 1 {
            // The title of the document may say for which version it was written.
            return;
        }
        if found.text.len() < 200 && found.text.to_ascii_lowercase().contains("unreleased") {
            self.nearly.push((found.number, found.line));
        }
        if self.in_body() {
            let opens = match (found.level, named.name) {
                // A name and nothing else may be that of something that the changes are about.
                (1 | 2, Some(_)) if !named.sure && later => None,
                (1 | 2, Some(name)) if !named.sure => {
                    self.named_end = Some((found.number, found.line, name));
                    Some(true)
                }
                (1 | 2, _) | (3, None) => Some(true),
                (3, Some(_)) if named.sure => Some(true),
                (3, Some(_)) if later => Some(false),
                (3, Some(_)) => None,
                _ => {
                    if named.sure {
                        None
                    } else {
                        Some(false)
                    }
                }
            };
            match opens {
                Some(true) => self.end_body(found),
                Some(false) => return,
                None => return self.doubts.push((found.number, found.line, Doubt::Heading)),
            }
            self.newest = Some(newest(&found, named.clone()));
        } else if found.level <= 3 {
            if self.unreleased.is_none() {
                self.newest = Some(newest(&found, named.clone()));
            }
            self.others.push(named.name);
        } else {
            return;
        }
        if is_same_version(named.version, self.version) {
            self.same_version.push((found.number, named));
        }
    }

    /// Ends the unreleased changes where a section begins; an anchor above its heading belongs to it.
    fn end_body(&mut self, found: Found<'a>) {
        self.body.truncate(found.index);
        let mut end = found.start;
        let said = self.body.iter().rposition(|line| !line.is_blank());
        if let Some(index) = said
            && let Some(line) = self.body.get(index).filter(|line| is_anchor(line))
        {
            end = line.start;
            self.body.truncate(index);
        }
        self.body_end = Some(end);
    }

    pub(super) fn finish(mut self, blocks: &Blocks) -> (Option<Document<'a>>, Vec<Problem>) {
        self.close_paragraph(self.text.len());
        if let Some((number, content, false)) = self.in_item
            && self.body_end.is_none()
        {
            self.doubts.push((number, content, Doubt::Item));
        }
        let at_end = blocks.unclosed().filter(|open| open.outermost).map(|open| (open.what, open.line));
        let run = if at_end.is_some() { self.text.len() } else { footer::start(self.text) };
        footer::add_run(self.text, run, &mut self.definitions);
        let swallowed = at_end.filter(|_| self.body_end.is_none());
        let footer = self.footer(run);
        if self.body_end.is_none() {
            self.body.retain(|line| line.start < footer);
        }
        let problems = self.problems(swallowed);
        let Some(unreleased) = self.unreleased else { return (None, problems) };
        let end = self.text.len();
        let (rest, footer) = match self.body_end {
            Some(from) => (from..end, end..end),
            None => (footer..footer, footer..end),
        };
        let document = Document {
            path: self.path,
            text: self.text,
            newline: if self.crlf > self.lf { "\r\n" } else { "\n" },
            head_end: self.head_end,
            unreleased,
            body: self.body,
            rest,
            footer,
            newest: self.newest,
            definitions: self.definitions,
            type_level: self.type_level.unwrap_or(3),
            blank_after_heading: self.blank_after_heading.unwrap_or(true),
            placeholder: None,
            types: self.types,
        };
        (Some(document), problems)
    }

    /// Where the links begin that are no part of a changelog's only section: the run at its end, or the one around the
    /// definition of `[Unreleased]`, if neither list nor heading follows.
    fn footer(&self, run: usize) -> usize {
        if run < self.text.len() {
            return run;
        }
        let behind =
            self.definitions.iter().filter(|it| it.span.start >= self.entries_end.max(self.head_end));
        let mut start: Option<Range<usize>> = None;
        for definition in behind {
            let goes_on = start.as_ref().is_some_and(|run| {
                self.text.get(run.end..definition.span.start).is_some_and(|between| between.trim().is_empty())
            });
            let from = match &start {
                Some(run) if goes_on => run.start,
                _ => definition.span.start,
            };
            if definition.label.eq_ignore_ascii_case("unreleased") {
                return from;
            }
            start = Some(from..definition.span.end);
        }
        self.text.len()
    }
}

fn newest<'a>(found: &Found<'a>, named: Named<'a>) -> Newest<'a> {
    let (before, after) = found.line.split_once(found.text).unwrap_or_default();
    Newest { line: found.number, before, text: found.text, after, underline: found.underline, named }
}

/// A line of nothing but an anchor, as some tools put above the heading of a release.
fn is_anchor(line: &BodyLine<'_>) -> bool {
    let content = line.content.trim();
    matches!(line.line.kind, Kind::Text | Kind::Html)
        && line.line.place == Place::Outside
        && content.starts_with("<a ")
        && (content.ends_with("></a>") || content.ends_with("/>"))
}

/// Whether a heading's version means this one, however either is spelled: `0.2.0-alpha.1` and `0.2.0a1` are one.
fn is_same_version(one: &str, other: &str) -> bool {
    let bare = |text| str::strip_prefix(text, ['v', 'V']).unwrap_or(text).to_ascii_lowercase();
    let (one, other) = (bare(one), bare(other));
    one == other || Version::parse_either(&one).is_some_and(|it| Version::parse_either(&other) == Some(it))
}
