//! Writing a rotated changelog: the fresh `[Unreleased]`, the new section with the fragments in it, and the blank lines
//! between. What was written is read again, as Markdown, before it leaves this file.

use std::collections::BTreeMap;
use std::ops::Range;

use super::blocks::{Blocks, Kind, Place};
use super::document::{BodyLine, Document, Part};
use super::heading;
use super::starts;
use super::{Category, Style, lines};
use crate::error::Problem;

/// What a section opens with that does not stand there yet.
pub(super) struct Lead<'a> {
    pub(super) text: &'a str,
    /// The kept lines that it takes the place of; none of them where it is only put in front.
    pub(super) replaces: Range<usize>,
}

/// A fragment as it will stand in the changelog.
pub(super) struct Entry<'a> {
    pub(super) path: &'a str,
    pub(super) items: String,
}

/// The changelog as far as it is written.
pub(super) struct Writer<'a> {
    pub(super) out: String,
    newline: &'static str,
    style: &'a Style,
    /// Where in `out` each fragment begins.
    landed: Vec<(usize, &'a str)>,
    /// Where in `out` each new `### Type` heading begins.
    opened: Vec<usize>,
}

impl<'a> Writer<'a> {
    /// A writer at the start of a file with these line ends.
    pub(super) fn new(newline: &'static str, style: &'a Style) -> Self {
        Self { out: String::new(), newline, style, landed: Vec::new(), opened: Vec::new() }
    }

    /// Writes everything up to the end of the new section; returns the section's span.
    pub(super) fn section(
        &mut self,
        document: &Document<'_>,
        kept: &[&BodyLine<'_>],
        mut entries: BTreeMap<Category, Vec<Entry<'a>>>,
        (head, heading): (&str, &str),
        lead: Option<&Lead<'_>>,
    ) -> Range<usize> {
        let blank = self.style.blank_lines;
        let dense = |body: &[BodyLine<'_>]| body.first().is_some_and(|line| !line.is_blank());
        self.out.push_str(head);
        if let Some(placeholder) = &self.style.placeholder {
            self.gap(blank.after_release.or_else(|| dense(&document.body).then_some(0)));
            self.out.push_str(placeholder);
        }
        self.gap(blank.before_release);
        let start = self.out.len();
        self.out.push_str(&heading.replace('\n', self.newline));
        self.gap(blank.after_release.or_else(|| (!kept.is_empty() && dense(&document.body)).then_some(0)));

        let mut ends = block_ends(document, kept);
        let mut written = false;
        if let Some(lead) = lead.filter(|lead| lead.replaces.is_empty()) {
            self.open_with(lead.text, kept.first());
            written = true;
        }
        for (index, line) in kept.iter().enumerate() {
            if let Some(lead) = lead.filter(|lead| lead.replaces.contains(&index)) {
                if index + 1 == lead.replaces.end {
                    self.open_with(lead.text, kept.get(index + 1));
                    written = true;
                }
                continue;
            }
            written = true;
            self.out.push_str(line.content);
            self.out.push_str(line.ending);
            if let Some(category) = ends.remove(&index)
                && let Some(entries) = entries.remove(&category)
            {
                self.end_line();
                self.extend_block(document, line, entries, kept.get(index + 1..).unwrap_or_default());
            }
        }
        for category in self.style.categories() {
            let Some(entries) = entries.remove(category) else { continue };
            // Right below the release's own heading the blank lines of that heading count.
            if std::mem::replace(&mut written, true) {
                self.gap(blank.before_type);
            }
            self.opened.push(self.out.len());
            self.out.push_str(&"#".repeat(document.type_level));
            self.out.push(' ');
            self.out.push_str(category.heading());
            self.below_type(document);
            self.land(entries);
        }
        start..self.out.len()
    }

    /// Writes what stands between the new section and what follows it.
    pub(super) fn tail(&mut self, document: &Document<'_>, text: &str) {
        let blank: Vec<_> = document.body.iter().rev().take_while(|line| line.is_blank()).collect();
        let untouched = blank.len() < document.body.len();
        if !self.landed.is_empty() {
            let rest = text.get(document.rest.clone()).unwrap_or_default();
            self.keep_out(rest.lines().next().unwrap_or_default());
        }
        if document.rest.is_empty() && document.footer.is_empty() {
            if !text.ends_with('\n') {
                // A carriage return without its line feed is text, and somebody's own.
                let mut kept = self.out.as_str();
                while let Some(line) = kept.strip_suffix('\n') {
                    kept = line.strip_suffix('\r').unwrap_or(line);
                }
                self.out.truncate(kept.len());
                return;
            }
            self.end_line();
        } else if let (Some(lines), false) = (self.style.blank_lines.before_release, document.rest.is_empty())
        {
            // Without a blank line, the text of an underlined heading would go on with what stands above it.
            let underlined = document.newest.as_ref().is_some_and(|newest| newest.underline.is_some());
            self.gap(Some(lines.max(usize::from(underlined))));
            return;
        } else if !untouched || blank.is_empty() {
            self.separate();
        } else {
            self.end_line();
        }
        for line in blank.iter().rev().filter(|_| untouched) {
            self.out.push_str(line.content);
            self.out.push_str(line.ending);
        }
    }

    /// Writes the prose that a section opens with.
    fn open_with(&mut self, text: &str, next: Option<&&BodyLine<'_>>) {
        self.out.push_str(&text.replace('\n', self.newline));
        self.end_line();
        if next.is_some_and(|next| !next.is_blank()) {
            self.separate();
        }
    }

    /// Writes fragments at the end of the block that ends with `line`.
    fn extend_block(
        &mut self,
        document: &Document<'_>,
        line: &BodyLine<'_>,
        entries: Vec<Entry<'a>>,
        following: &[&BodyLine<'_>],
    ) {
        if line.is_heading() {
            self.below_type(document);
        } else if !matches!(line.line.place, Place::Opens(_) | Place::Inside { .. }) {
            self.separate();
        }
        self.land(entries);
        if let Some(next) = following.iter().find(|line| !line.is_blank()) {
            self.keep_out(next.content);
        }
        if following.first().is_some_and(|next| !next.is_blank()) {
            self.gap(self.style.blank_lines.before_type);
        }
    }

    /// Ends the list above a line that its indent would make a part of the last item. An empty comment does so, and
    /// nobody sees it (CommonMark, section 5.3).
    fn keep_out(&mut self, next: &str) {
        if next.starts_with(['\t', ' ']) && starts::Cursor::new(next).indent().columns >= ITEM_WIDTH {
            self.separate();
            self.out.push_str("<!-- -->");
            self.out.push_str(self.newline);
        }
    }

    /// Goes on below a `### Type` heading.
    fn below_type(&mut self, document: &Document<'_>) {
        match self.style.blank_lines.after_type {
            None if document.blank_after_heading => self.separate(),
            None => self.end_line(),
            lines => self.gap(lines),
        }
    }

    fn land(&mut self, entries: Vec<Entry<'a>>) {
        for entry in entries {
            self.landed.push((self.out.len(), entry.path));
            if self.newline == "\n" {
                self.out.push_str(&entry.items);
            } else {
                self.out.push_str(&entry.items.replace('\n', self.newline));
            }
        }
    }

    /// Ends the line that is being written, if one is.
    fn end_line(&mut self) {
        if !self.out.is_empty() && !self.out.ends_with('\n') {
            self.out.push_str(self.newline);
        }
    }

    /// Writes this many blank lines behind the line that is being written, at least one where nothing is said.
    fn gap(&mut self, lines: Option<usize>) {
        let Some(lines) = lines else { return self.separate() };
        self.end_line();
        self.out.extend(std::iter::repeat_n(self.newline, lines));
    }

    /// Makes the last line a blank one.
    fn separate(&mut self) {
        self.end_line();
        let line = self.out.strip_suffix('\n').map(|line| line.strip_suffix('\r').unwrap_or(line));
        if !line.is_some_and(|line| line.ends_with('\n')) {
            self.out.push_str(self.newline);
        }
    }

    /// Reads the new section as Markdown: it must be one section that swallows nothing, every new heading must be one,
    /// and every fragment must begin with a top-level item of its own. Fragments that are pasted as they are need not; a
    /// warning names those that run on from what stands above them. `kept` are the lines that stood there before.
    pub(super) fn check(
        &self,
        section: Range<usize>,
        kept: &[&BodyLine<'_>],
        fragments: usize,
    ) -> Result<Vec<String>, Vec<Problem>> {
        let mut blocks = Blocks::new();
        let mut expected = self.landed.clone();
        expected.sort_by(|one, other| other.cmp(one));
        let mut opened: Vec<usize> = self.opened.iter().rev().copied().collect();
        let (mut offset, mut lost, mut joined) = (section.start, Vec::new(), Vec::new());
        // Headings that name a version without opening a section: as many as before, besides the new one.
        let (mut headings, mut closed) = (0, true);
        let stood = kept.iter().filter(|line| names_release(line)).count();
        for (index, (content, ending)) in lines(self.out.get(section).unwrap_or_default()).enumerate() {
            let line = BodyLine::new(content, ending, blocks.read(content), blocks.line_number());
            let underline = index == 1 && line.line.kind == Kind::Underline;
            headings += usize::from(underline || names_release(&line));
            if let Some((_, path)) = expected.pop_if(|(start, _)| *start == offset) {
                let own = matches!(line.line.place, Place::Opens(item) if item.indent == 0 && !item.ordered);
                if !own && !self.style.verbatim {
                    lost.push(path);
                }
                if blocks.goes_on() || matches!(line.line.place, Place::Inside { .. }) {
                    joined.push(path);
                }
            }
            if opened.pop_if(|start| *start == offset).is_some() {
                closed &= line.is_heading();
            }
            offset += content.len() + ending.len();
        }
        lost.extend(expected.iter().map(|(_, path)| *path));
        let mut problems: Vec<_> =
            lost.into_iter().map(|path| swallowed(&format!("fragment `{path}`"))).collect();
        closed &= !blocks.unclosed().is_some_and(|open| open.outermost);
        if self.style.blank_lines.before_release == Some(0) {
            // Without a blank line in front of it, the next section could become part of a block of HTML.
            closed &= blocks.read("## [0.0.0]").kind == Kind::Heading(2);
        }
        if problems.is_empty() && (headings != stood + 1 || !closed || self.landed.len() != fragments) {
            problems.push(swallowed("a fragment or an older section"));
        }
        if problems.is_empty() { Ok(run_on(&joined).into_iter().collect()) } else { Err(problems) }
    }
}

/// Whether a line is a heading, marked with `#`, that names a release.
fn names_release(line: &BodyLine<'_>) -> bool {
    matches!(line.line.kind, Kind::Heading(_))
        && line.part != Part::Plain
        && line.heading().is_some_and(|(_, text)| heading::is_release(text))
}

/// Columns from which on a line belongs to an item that begins with `- `.
const ITEM_WIDTH: usize = 2;

/// How many fragments a warning names.
const NAMED: usize = 5;

fn run_on(joined: &[&str]) -> Option<String> {
    let names: Vec<String> = joined.iter().take(NAMED).map(|path| format!("`{path}`")).collect();
    let more = joined.len() - names.len();
    let and_more = if more == 0 { String::new() } else { format!(" and {more} more") };
    let run = if joined.len() == 1 { "runs" } else { "run" };
    (!joined.is_empty()).then(|| {
        format!(
            "{}{and_more} {run} on from the text above, as one paragraph or item: begin a fragment with `- `",
            names.join(", ")
        )
    })
}

fn swallowed(what: &str) -> Problem {
    Problem::content(format!("{what} would become part of the text before it in the new section"))
        .hint("look for HTML or code under `[Unreleased]` that is not closed")
}

/// The bullet of the list that an entry of each kind joins: the last one of its block.
pub(super) fn bullets(document: &Document<'_>, lines: &[&BodyLine<'_>]) -> BTreeMap<Category, char> {
    let ends = block_ends(document, lines);
    let bullet = |end: usize| {
        let block = lines.get(..=end)?.iter().rev().take_while(|line| !line.is_heading());
        let opens = |line: &&BodyLine<'_>| matches!(line.line.place, Place::Opens(item) if !item.ordered);
        block.copied().find(opens)?.content.trim_start().chars().next()
    };
    ends.into_iter().filter_map(|(end, category)| Some((category, bullet(end)?))).collect()
}

/// The last line of each block under the heading of a type, up to the next heading of any level: the first block of its
/// name, or the first under a word for the same where none is of its name.
fn block_ends(document: &Document<'_>, lines: &[&BodyLine<'_>]) -> BTreeMap<usize, Category> {
    let mut ends: BTreeMap<Category, (bool, usize)> = BTreeMap::new();
    let mut current: Option<(Category, bool)> = None;
    for (index, line) in lines.iter().enumerate() {
        if line.is_heading() && line.part != Part::Further {
            let better = |(category, exact): &(Category, bool)| {
                ends.get(category).is_none_or(|(known, _)| *exact && !known)
            };
            current = document.filed(line).filter(better);
        }
        if let Some((category, exact)) = &current
            && !line.is_blank()
        {
            ends.insert(category.clone(), (*exact, index));
        }
    }
    ends.into_iter().map(|(category, (_, index))| (index, category)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::changelog::BlankLines;

    fn written<'a>(out: &str, landed: &[(usize, &'a str)], style: &'a Style) -> Writer<'a> {
        Writer { out: out.to_owned(), landed: landed.to_vec(), ..Writer::new("\n", style) }
    }

    #[test]
    fn a_fragment_that_would_be_swallowed_by_what_stands_before_it_is_refused() {
        let style = Style::default();
        let writer = written("## [1.0]\n\n<pre>\n- a\n", &[(16, "a.md")], &style);
        let problems = writer.check(0..writer.out.len(), &[], 1).unwrap_err();
        assert!(problems[0].message.starts_with("fragment `a.md` would become part of the text before it"));
        let writer = written("## [1.0]\n\n- a\n", &[(10, "a.md")], &style);
        assert_eq!(writer.check(0..writer.out.len(), &[], 1), Ok(vec![]));
        assert!(writer.check(0..writer.out.len(), &[], 2).is_err(), "one fragment is missing");
    }

    #[test]
    fn a_heading_that_would_be_swallowed_is_refused() {
        let style = Style::default();
        let out = "## [1.0]\n\n<div>\n### Added\n\n- a\n";
        let mut writer = written(out, &[(27, "a.md")], &style);
        assert_eq!(writer.check(0..out.len(), &[], 1), Ok(vec![]), "nobody said that a heading stands there");
        writer.opened = vec![16];
        assert!(writer.check(0..out.len(), &[], 1).is_err());

        let dense =
            Style { blank_lines: BlankLines { before_release: Some(0), ..BlankLines::default() }, ..style };
        let out = "## [1.0]\n\n<div>\n";
        assert!(
            written(out, &[], &dense).check(0..out.len(), &[], 0).is_err(),
            "the next section is swallowed"
        );
        let out = "## [1.0]\n\n- a\n";
        assert_eq!(written(out, &[], &dense).check(0..out.len(), &[], 0), Ok(vec![]));
    }
}
