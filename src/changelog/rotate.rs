//! Rotation: what stands under `[Unreleased]` becomes the section of a release, with the fragments merged into it.
//! The text around it is copied as it is.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;

use super::document::{BodyLine, Document};
use super::footer::Moves;
use super::fragment::{self, Labels, Neighbours, may_define};
use super::heading::Newest;
use super::summary::{self, Summary};
use super::writer::{self, Entry, Lead, Writer};
use super::{
    Category, Fragment, Release, Style, SummaryPolicy, Types, heading, how_to_say_what_changed, tidy,
};
use crate::error::Problem;

/// A changelog after the release.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rotated {
    /// The whole changelog.
    pub text: String,
    /// The bytes of the new section in it: its heading and what follows, without the blank lines behind.
    pub section: Range<usize>,
    /// The line that opens the new section.
    pub heading: String,
    /// What a maintainer should look at.
    pub warnings: Vec<String>,
    /// What was decided about the links.
    pub notes: Vec<String>,
    /// How many fragments went under each heading; a heading without any is not in it.
    pub counts: BTreeMap<Category, usize>,
    /// What the section opens with, where the changelog asks for a summary.
    pub summary: Option<Summary>,
}

/// A changelog that was read for a release.
#[derive(Debug)]
pub struct Reading<'a> {
    path: &'a str,
    text: &'a str,
    document: Option<Document<'a>>,
    problems: Vec<Problem>,
}

impl<'a> Reading<'a> {
    /// Reads a changelog in which a section for `version` is to be written; `path` names it in messages, and
    /// `placeholder` is what stands in it where there are no entries, `types` are those of its changes.
    pub fn new(
        path: &'a str,
        text: &'a str,
        version: &str,
        placeholder: Option<&'a str>,
        types: &Types,
    ) -> Self {
        let (document, problems) = Document::read(path, text, version, placeholder, types);
        Self { path, text, document, problems }
    }

    /// Whether it has a heading for unreleased changes.
    pub fn has_unreleased(&self) -> bool {
        self.document.is_some()
    }

    /// The reference that the link of `[Unreleased]` compares with: `v0.1.0` of `…/compare/v0.1.0...main`.
    pub fn compared_from(&self) -> Option<&'a str> {
        self.document.as_ref()?.links().compared_from()
    }

    /// Turns `[Unreleased]` into the section of `release`, the fragments merged into it in byte order of their paths,
    /// below a fresh and empty `[Unreleased]`.
    ///
    /// Fragments go to the end of the `### Type` block that exists (the first of its name), else under headings of
    /// their own, in the style's order, after what is there. A new heading is followed by a blank line, unless the
    /// newest `###` heading of the file is not or the style says otherwise. A summary takes the place of the prose that
    /// stands there before the first heading or list. Line endings, a BOM and a missing final newline stay as they are.
    ///
    /// # Errors
    /// All at once: no `[Unreleased]` heading or several, nothing under it and no fragments (unless the style has a
    /// sentence for that), no summary where one is required, a section for the version that exists already, conflict
    /// markers, a heading of which nobody can tell whether it opens a section, a fence or comment that would swallow the
    /// new entries, and whatever [`super::fragment_items`] refuses.
    pub fn rotate(
        self,
        fragments: &[Fragment],
        release: &Release<'_>,
        style: &Style,
    ) -> Result<Rotated, Vec<Problem>> {
        let Self { path, text, document, mut problems } = self;
        let mut order: Vec<&Fragment> = fragments.iter().collect();
        order.sort_by(|one, other| one.path.as_bytes().cmp(other.path.as_bytes()));
        let mut entries: BTreeMap<Category, Vec<Entry<'_>>> = BTreeMap::new();
        let mut warnings = Vec::new();
        let bullets =
            document.as_ref().map(|it| writer::bullets(it, &it.without_placeholder())).unwrap_or_default();
        let mut labels = spoken_for(text, &order, release);
        for fragment in order {
            let bullet = bullets.get(&fragment.category).copied().unwrap_or('-');
            match fragment::items(fragment, style, &Neighbours { bullet, labels: &labels }) {
                Ok((items, more)) => {
                    warnings.extend(more);
                    if may_define(&items) {
                        labels.add(&items);
                    }
                    entries
                        .entry(fragment.category.clone())
                        .or_default()
                        .push(Entry { path: &fragment.path, items });
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
            entries.iter().map(|(category, entries)| (category.clone(), entries.len())).collect();
        let Opening { heading, moves } = opening(&document, release);
        let edited: Vec<String> = kept.iter().map(|line| edited_line(&document, line, &moves)).collect();
        let kept: Vec<BodyLine<'_>> = (kept.iter().zip(&edited))
            .map(|(line, content)| if content.is_empty() { **line } else { BodyLine { content, ..**line } })
            .collect();
        let kept: Vec<&BodyLine<'_>> = kept.iter().collect();
        let mut writer = Writer::new(document.newline, style);
        let total: usize =
            entries.values().flatten().map(|entry| entry.items.len() + entry.items.len() / 16).sum();
        writer.out.reserve(text.len() + total + 1024);
        let head = document.head(&moves.edits);
        let section = writer.section(&document, &kept, entries, (&head, &heading), lead.as_ref());
        writer.tail(&document, text);
        // Where the file ends without a newline, the section does too.
        let section = section.start..section.end.min(writer.out.len());
        writer.out.push_str(&document.edited(document.rest.clone(), &moves.edits));
        writer.out.push_str(&document.edited(document.footer.clone(), &moves.edits));
        warnings.extend(moves.warnings);
        warnings.extend(writer.check(section.clone(), &kept, fragments.len())?);
        let heading = heading.lines().next().unwrap_or_default().to_owned();
        let (text, section) =
            if style.tidy { tidy::tidied(&writer.out, section) } else { (writer.out, section) };
        Ok(Rotated { text, section, heading, warnings, notes: moves.notes, counts, summary })
    }
}

/// Reads a changelog and rotates it: [`Reading::rotate`].
///
/// # Errors
/// Those of [`Reading::rotate`].
pub fn rotate(
    path: &str,
    text: &str,
    fragments: &[Fragment],
    release: &Release<'_>,
    style: &Style,
) -> Result<Rotated, Vec<Problem>> {
    let placeholder = style.placeholder.as_deref();
    Reading::new(path, text, release.version, placeholder, &style.types).rotate(fragments, release, style)
}

/// How the new section begins, and what becomes of the links around it.
struct Opening {
    /// One line, or two where the second one underlines the first.
    heading: String,
    moves: Moves,
}

fn opening(document: &Document<'_>, release: &Release<'_>) -> Opening {
    let links = document.links();
    let newest = document.newest.as_ref();
    let written = |link: &dyn Fn(&str) -> Option<String>| match (release.follows, newest) {
        (None, _) => release.heading.to_owned(),
        (Some(date), Some(newest)) => heading::following(newest, release.version, date, link),
        (Some(date), None) => as_unreleased(document, release, date),
    };
    let plain = written(&|_| None);
    let line = plain.lines().next().unwrap_or_default();
    let label = heading::label(if release.follows.is_some() && plain.contains('\n') {
        line
    } else {
        heading::text_of(line)
    });
    let follows_link = release.follows.is_some() && newest.is_some_and(|newest| newest.target().is_some());
    // A link in the heading of `[Unreleased]` goes on into the new one, unless releases are linked by definitions.
    let defined = newest.and_then(Newest::label).is_some_and(|label| links.defines(label));
    let inherits = links.heading.is_some() && label.is_some() && !defined;
    let in_heading = follows_link || inherits;
    let by_definition = match &label {
        Some(label) => Some(label.as_str()),
        None => links.defines_releases().then_some(release.version),
    };
    let moves = links.moved_on(
        release,
        by_definition.filter(|_| !in_heading && !heading::has_link(line)),
        document.newline,
    );
    let mut heading = if follows_link { written(&|_| moves.target.clone()) } else { plain.clone() };
    if inherits
        && !follows_link
        && let Some(target) = &moves.target
        && let Some(end) = heading::end_of_bare_brackets(&heading)
    {
        heading.insert_str(end, &format!("({target})"));
    }
    Opening { heading, moves }
}

/// The heading of a first release, as that of the unreleased changes is written.
fn as_unreleased(document: &Document<'_>, release: &Release<'_>, date: &str) -> String {
    let unreleased = &document.unreleased;
    let bracketed = unreleased.text.contains('[');
    if unreleased.level == 2 && bracketed && !unreleased.underlined {
        return release.heading.to_owned();
    }
    let version = if bracketed { format!("[{}]", release.version) } else { release.version.to_owned() };
    let text = format!("{version} - {date}");
    if unreleased.underlined {
        let mark = if unreleased.level == 1 { "=" } else { "-" };
        return format!("{text}\n{}", mark.repeat(text.chars().count()));
    }
    format!("{} {text}", "#".repeat(unreleased.level))
}

/// A line under `[Unreleased]` with the edits that lie in it; empty where there are none.
fn edited_line(document: &Document<'_>, line: &BodyLine<'_>, moves: &Moves) -> String {
    let range = line.start..line.start + line.content.len();
    match document.edited(range, &moves.edits) {
        Cow::Owned(edited) => edited,
        Cow::Borrowed(_) => String::new(),
    }
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
    let line = document.unreleased.line;
    let how = how_to_say_what_changed(path, style.fragments.as_deref(), &style.types);
    Problem::content(format!("`[Unreleased]` section is empty (`{path}`, line {line})"))
        .hint(format!("say what changed: {how}"))
}

/// What a required summary that is missing says, behind the path of the changelog.
const NO_SUMMARY: &str = "opens each release with a summary, and there is none";

/// Whether a problem is that this changelog misses the summary it requires.
pub fn misses_summary(path: &str, problem: &Problem) -> bool {
    problem.message.starts_with(&format!("`{path}` {NO_SUMMARY}"))
}

fn no_summary(path: &str, document: &Document<'_>) -> Problem {
    let line = document.unreleased.line;
    Problem::content(format!("`{path}` {NO_SUMMARY} (line {line})"))
        .hint("pass `--summary TEXT`, `--summary @FILE` or `--summary -`, or set RELEASE_SUMMARY")
        .hint("or write a paragraph under `[Unreleased]`, before the first `###`")
}

/// These lines without their endings, which differ between files.
fn text_of(lines: &[&BodyLine<'_>]) -> String {
    lines.iter().map(|line| line.content).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod heading_tests;
#[cfg(test)]
mod style_tests;
#[cfg(test)]
mod tests;
