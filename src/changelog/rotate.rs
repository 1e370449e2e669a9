//! Rotation: what stands under `[Unreleased]` becomes the section of a release, with the fragments merged into it.
//! The text around it is copied as it is. The result is read again, as Markdown, before it leaves this file.

use std::collections::BTreeMap;
use std::ops::Range;

use super::blocks::{Blocks, Place};
use super::document::{BodyLine, Document, is_release_heading};
use super::{Category, Fragment, Release, Style, footer, fragment_items, lines};
use crate::error::Problem;

/// A changelog after the release.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rotated {
    /// The whole changelog.
    pub text: String,
    /// The bytes of the new section in it: its heading and what follows, without the blank lines behind.
    pub section: Range<usize>,
    /// What a maintainer should look at.
    pub warnings: Vec<String>,
    /// How many fragments went under each heading; a heading without any is not in it.
    pub counts: BTreeMap<Category, usize>,
}

/// Turns `[Unreleased]` into the section of `release`, the fragments merged into it in byte order of their paths,
/// below a fresh and empty `[Unreleased]`.
///
/// Fragments go to the end of the `### Type` block that exists (the first of its name), else under headings of their
/// own, in Keep a Changelog's order, after what is there. A new heading is followed by a blank line, unless the
/// newest `###` heading of the file is not. Line endings, a BOM and a missing final newline stay as they are.
/// `path` names the changelog in messages.
///
/// # Errors
/// All at once: no `[Unreleased]` heading or several, nothing under it and no fragments, a section for the version that
/// exists already, conflict markers, a fence or comment that would swallow the new entries, and whatever
/// [`fragment_items`] refuses.
pub fn rotate(
    path: &str,
    text: &str,
    fragments: &[Fragment],
    release: &Release<'_>,
    style: &Style,
) -> Result<Rotated, Vec<Problem>> {
    let (document, mut problems) = Document::read(path, text, release.version);
    let mut order: Vec<&Fragment> = fragments.iter().collect();
    order.sort_by(|one, other| one.path.as_bytes().cmp(other.path.as_bytes()));
    let mut entries: BTreeMap<Category, Vec<Entry<'_>>> = BTreeMap::new();
    let mut warnings = Vec::new();
    for fragment in order {
        match fragment_items(fragment, style) {
            Ok((items, more)) => {
                warnings.extend(more);
                entries.entry(fragment.category).or_default().push(Entry { path: &fragment.path, items });
            }
            Err(more) => problems.extend(more),
        }
    }
    if let Some(document) = &document
        && fragments.is_empty()
        && !document.has_entries()
    {
        let line = document.heading_line;
        problems.push(
            Problem::content(format!("`[Unreleased]` section is empty (`{path}`, line {line})")).hint(
                "add fragments, `<slug>.<type>.md`, for what changed, or write it under `[Unreleased]`",
            ),
        );
    }
    let Some(document) = document.filter(|_| problems.is_empty()) else { return Err(problems) };

    let counts: BTreeMap<_, _> =
        entries.iter().map(|(category, entries)| (*category, entries.len())).collect();
    let mut writer = Writer { out: String::new(), newline: document.newline, landed: Vec::new() };
    let total: usize =
        entries.values().flatten().map(|entry| entry.items.len() + entry.items.len() / 16).sum();
    writer.out.reserve(text.len() + total + 1024);
    let section = writer.section(&document, entries, release);
    writer.tail(&document, text);
    // Where the file ends without a newline, the section does too.
    let section = section.start..section.end.min(writer.out.len());
    writer.out.push_str(document.rest);
    let (footer, warning) = footer::moved_on(document.footer, release, document.newline);
    writer.out.push_str(&footer);
    warnings.extend(warning);
    writer.check(section.clone(), fragments.len(), style)?;
    Ok(Rotated { text: writer.out, section, warnings, counts })
}

/// A fragment as it will stand in the changelog.
struct Entry<'a> {
    path: &'a str,
    items: String,
}

struct Writer<'a> {
    out: String,
    newline: &'static str,
    /// Where in `out` each fragment begins.
    landed: Vec<(usize, &'a str)>,
}

impl<'a> Writer<'a> {
    /// Writes everything up to the end of the new section; returns the section's span.
    fn section(
        &mut self,
        document: &Document<'_>,
        mut entries: BTreeMap<Category, Vec<Entry<'a>>>,
        release: &Release<'_>,
    ) -> Range<usize> {
        self.out.push_str(document.head);
        self.separate();
        let start = self.out.len();
        self.out.push_str(&format!("## [{}] - {}", release.version, release.date));
        self.end_line();

        let kept = document.without_placeholder();
        if kept.is_empty() || document.body.first().is_some_and(BodyLine::is_blank) {
            self.out.push_str(self.newline);
        }
        let mut ends = block_ends(&kept);
        for (index, line) in kept.iter().enumerate() {
            self.out.push_str(line.content);
            self.out.push_str(line.ending);
            if let Some(category) = ends.remove(&index)
                && let Some(entries) = entries.remove(&category)
            {
                self.end_line();
                let in_list = matches!(line.line.place, Place::Opens(_) | Place::Inside { .. });
                if !in_list && (document.blank_after_heading || !line.is_heading()) {
                    self.separate();
                }
                self.land(entries);
                if kept.get(index + 1).is_some_and(|next| !next.is_blank()) {
                    self.separate();
                }
            }
        }
        for (category, entries) in entries {
            self.separate();
            self.out.push_str("### ");
            self.out.push_str(category.heading());
            self.end_line();
            if document.blank_after_heading {
                self.separate();
            }
            self.land(entries);
        }
        start..self.out.len()
    }

    /// Writes what stands between the new section and what follows it.
    fn tail(&mut self, document: &Document<'_>, text: &str) {
        let blank: Vec<_> = document.body.iter().rev().take_while(|line| line.is_blank()).collect();
        let untouched = blank.len() < document.body.len();
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

    /// Makes the last line a blank one.
    fn separate(&mut self) {
        self.end_line();
        let line = self.out.strip_suffix('\n').map(|line| line.strip_suffix('\r').unwrap_or(line));
        if !line.is_some_and(|line| line.ends_with('\n')) {
            self.out.push_str(self.newline);
        }
    }

    /// Reads the new section as Markdown: it must be one section that swallows nothing, and every fragment must begin
    /// with a top-level item of its own.
    fn check(&self, section: Range<usize>, fragments: usize, style: &Style) -> Result<(), Vec<Problem>> {
        let mut blocks = Blocks::new();
        let mut expected = self.landed.clone();
        expected.sort_by(|one, other| other.cmp(one));
        let (mut offset, mut headings, mut lost) = (section.start, 0, Vec::new());
        for (content, ending) in lines(self.out.get(section).unwrap_or_default()) {
            let line = blocks.read(content);
            headings += usize::from(is_release_heading(&BodyLine { content, ending, line }));
            if let Some((_, path)) = expected.pop_if(|(start, _)| *start == offset) {
                let own = matches!(line.place, Place::Opens(item) if item.indent == 0 && !item.ordered);
                if !own && !style.verbatim {
                    lost.push(path);
                }
            }
            offset += content.len() + ending.len();
        }
        lost.extend(expected.iter().map(|(_, path)| *path));
        let mut problems: Vec<_> =
            lost.into_iter().map(|path| swallowed(&format!("fragment `{path}`"))).collect();
        let closed = !blocks.unclosed().is_some_and(|open| open.outermost);
        if problems.is_empty() && (headings != 1 || !closed || self.landed.len() != fragments) {
            problems.push(swallowed("a fragment or an older section"));
        }
        if problems.is_empty() { Ok(()) } else { Err(problems) }
    }
}

fn swallowed(what: &str) -> Problem {
    Problem::content(format!("{what} would become part of the text before it in the new section"))
        .hint("look for HTML or code under `[Unreleased]` that is not closed")
}

/// The last line of each `### Type` block, up to the next heading of any level: the first block of each name.
fn block_ends(lines: &[&BodyLine<'_>]) -> BTreeMap<usize, Category> {
    let mut ends: BTreeMap<Category, usize> = BTreeMap::new();
    let mut current = None;
    for (index, line) in lines.iter().enumerate() {
        if line.is_heading() {
            current = line.category().filter(|category| !ends.contains_key(category));
        }
        if let Some(category) = current
            && !line.is_blank()
        {
            ends.insert(category, index);
        }
    }
    ends.into_iter().map(|(category, index)| (index, category)).collect()
}

#[cfg(test)]
mod tests;
