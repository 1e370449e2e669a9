//! Rotation: what stands under `[Unreleased]` becomes the section of a release, with the fragments merged into it.
//! The text around it is copied as it is.

use std::collections::BTreeMap;
use std::ops::Range;

use super::document::{BodyLine, Document};
use super::fragment::{self, Labels, Neighbours, may_define};
use super::summary::{self, Summary};
use super::writer::{self, Entry, Lead, Writer};
use super::{Category, Fragment, Release, Style, SummaryPolicy, footer, how_to_say_what_changed};
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
    /// What the section opens with, where the changelog asks for a summary.
    pub summary: Option<Summary>,
}

/// Turns `[Unreleased]` into the section of `release`, the fragments merged into it in byte order of their paths,
/// below a fresh and empty `[Unreleased]`.
///
/// Fragments go to the end of the `### Type` block that exists (the first of its name), else under headings of their
/// own, in the style's order, after what is there. A new heading is followed by a blank line, unless the newest `###`
/// heading of the file is not or the style says otherwise. A summary takes the place of the prose that stands there
/// before the first heading or list. Line endings, a BOM and a missing final newline stay as they are. `path` names
/// the changelog in messages.
///
/// # Errors
/// All at once: no `[Unreleased]` heading or several, nothing under it and no fragments (unless the style has a
/// sentence for that), no summary where one is required, a section for the version that exists already, conflict
/// markers, a fence or comment that would swallow the new entries, and whatever [`super::fragment_items`] refuses.
pub fn rotate(
    path: &str,
    text: &str,
    fragments: &[Fragment],
    release: &Release<'_>,
    style: &Style,
) -> Result<Rotated, Vec<Problem>> {
    let (document, mut problems) = Document::read(path, text, release.version, style.placeholder.as_deref());
    let mut order: Vec<&Fragment> = fragments.iter().collect();
    order.sort_by(|one, other| one.path.as_bytes().cmp(other.path.as_bytes()));
    let mut entries: BTreeMap<Category, Vec<Entry<'_>>> = BTreeMap::new();
    let mut warnings = Vec::new();
    let bullets = document.as_ref().map(|it| writer::bullets(&it.without_placeholder())).unwrap_or_default();
    let mut labels = spoken_for(text, &order, release);
    for fragment in order {
        let bullet = bullets.get(&fragment.category).copied().unwrap_or('-');
        match fragment::items(fragment, style, &Neighbours { bullet, labels: &labels }) {
            Ok((items, more)) => {
                warnings.extend(more);
                if may_define(&items) {
                    labels.add(&items);
                }
                entries.entry(fragment.category).or_default().push(Entry { path: &fragment.path, items });
            }
            Err(more) => problems.extend(more),
        }
    }
    let Some(document) = document else { return Err(problems) };
    let kept = document.without_placeholder();
    let prose = summary::prose(&kept);
    let nothing = fragments.is_empty() && !document.has_entries() && release.summary.is_none();
    if nothing && style.empty.is_none() {
        problems.push(no_entries(path, &document, style));
    }
    if style.summary == SummaryPolicy::Required && prose.is_none() && release.summary.is_none() {
        problems.push(no_summary(path, &document));
    }
    if !problems.is_empty() {
        return Err(problems);
    }

    let lead = match (release.summary, &style.empty) {
        (Some(text), _) => Some(Lead { text, replaces: prose.clone().unwrap_or(0..0) }),
        (None, Some(text)) if nothing => Some(Lead { text, replaces: 0..0 }),
        _ => None,
    };
    let standing = prose.map(|prose| text_of(kept.get(prose).unwrap_or_default()));
    let summary = match (style.summary, release.summary) {
        (SummaryPolicy::None, None) => None,
        (_, Some(text)) => Some(Summary { text: text.to_owned(), given: true, replaces: standing }),
        (_, None) => standing.map(|text| Summary { text, given: false, replaces: None }),
    };
    let counts: BTreeMap<_, _> =
        entries.iter().map(|(category, entries)| (*category, entries.len())).collect();
    let mut writer = Writer::new(document.newline, style);
    let total: usize =
        entries.values().flatten().map(|entry| entry.items.len() + entry.items.len() / 16).sum();
    writer.out.reserve(text.len() + total + 1024);
    let section = writer.section(&document, &kept, entries, release.heading, lead.as_ref());
    writer.tail(&document, text);
    // Where the file ends without a newline, the section does too.
    let section = section.start..section.end.min(writer.out.len());
    writer.out.push_str(document.rest);
    let (footer, warning) = footer::moved_on(document.footer, release, document.newline);
    writer.out.push_str(&footer);
    warnings.extend(warning);
    warnings.extend(writer.check(section.clone(), fragments.len())?);
    Ok(Rotated { text: writer.out, section, warnings, counts, summary })
}

/// The labels of link references that mean something in the changelog, or in a fragment that does not define them.
fn spoken_for(text: &str, fragments: &[&Fragment], release: &Release<'_>) -> Labels {
    let mut labels = Labels::default();
    if fragments.iter().any(|fragment| may_define(&fragment.text)) {
        labels.add(text);
        labels.add(&format!("[Unreleased] [{}]", release.version));
        for fragment in fragments {
            labels.add_borrowed(&fragment.text);
        }
    }
    labels
}

fn no_entries(path: &str, document: &Document<'_>, style: &Style) -> Problem {
    let line = document.heading_line;
    let how = how_to_say_what_changed(path, style.fragments.as_deref());
    Problem::content(format!("`[Unreleased]` section is empty (`{path}`, line {line})"))
        .hint(format!("say what changed: {how}"))
}

fn no_summary(path: &str, document: &Document<'_>) -> Problem {
    let line = document.heading_line;
    Problem::content(format!("`{path}` opens each release with a summary, and there is none (line {line})"))
        .hint("pass `--summary TEXT`, `--summary @FILE` or `--summary -`, or set RELEASE_SUMMARY")
        .hint("or write a paragraph under `[Unreleased]`, before the first `###`")
}

/// These lines without their endings, which differ between files.
fn text_of(lines: &[&BodyLine<'_>]) -> String {
    lines.iter().map(|line| line.content).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod style_tests;
#[cfg(test)]
mod tests;
