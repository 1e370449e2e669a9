//! Why a fragment may not go into a changelog: it says nothing, it belongs to another tool, or it would tear apart what
//! stands around it. Each reason names the line and what to write.

use std::ops::Range;

use pulldown_cmark::{Event, Parser, Tag, TagEnd};

use super::only_comments;
use crate::changelog::blocks::{Kind, Line, Place, Unclosed};
use crate::changelog::heading::{self, Said, text_of};
use crate::changelog::{is_conflict_marker, name_lines, reads_as_release_heading};
use crate::error::Problem;

/// A fragment, read.
pub(super) struct Read<'a> {
    pub(super) path: &'a str,
    pub(super) text: &'a str,
    /// Every line of it.
    pub(super) lines: &'a [(&'a str, Line)],
    /// How many lines at the beginning say nothing.
    pub(super) start: usize,
    /// Without these, and without blank lines at the end.
    pub(super) body: &'a [(&'a str, Line)],
    /// What was open where the text, or the list item or quote around it, ends.
    pub(super) unclosed: &'a [Unclosed],
    /// Whether the fragment's list keeps its own items, and text behind an item is moved into it.
    pub(super) a_list: bool,
}

/// Every reason at once.
pub(super) fn problems(read: &Read<'_>) -> Vec<Problem> {
    let path = read.path;
    let mut problems = Vec::new();
    if read.unclosed.is_empty() && says_nothing(read) {
        problems.push(
            Problem::content(format!("fragment `{path}` is empty"))
                .hint("describe the change in it for the people who use the project, or delete it"),
        );
    }
    if let Some(lines) = front_matter(read.lines) {
        problems.push(
            Problem::content(format!(
                "fragment `{path}` begins with the front matter of another tool (lines {} to {})",
                lines.start + 1,
                lines.end
            ))
            .hint("delete these lines: the type of a fragment is the last part of its name, before `.md`"),
        );
    }
    let numbered = |holds: &dyn Fn(&str, &Line) -> bool| -> Vec<usize> {
        let found = (1..).zip(read.lines).filter(|(_, (text, line))| holds(text, line));
        found.map(|(number, _)| number).collect()
    };
    let conflicts = numbered(&|text, line| line.kind != Kind::Fence && is_conflict_marker(text));
    if !conflicts.is_empty() {
        problems.push(
            Problem::content(format!("fragment `{path}` has conflict markers ({})", name_lines(&conflicts)))
                .hint("resolve the merge in it"),
        );
    }
    for (index, (text, line)) in read.lines.iter().enumerate() {
        let opens = |said: &str| matches!(heading::read(said), Said::Release(_) | Said::Unreleased);
        let marked = matches!(line.kind, Kind::Heading(_)) && reads_as_release_heading(text.trim());
        let Some(said) =
            heading(read.lines, index).filter(|said| opens(said)).or(marked.then(|| text_of(text).into()))
        else {
            continue;
        };
        problems.push(
            Problem::content(format!(
                "fragment `{path}` would read as a release heading (line {}: `{said}`)",
                index + 1
            ))
            .hint("a fragment needs no heading; write it as plain text or a list"),
        );
    }
    problems.extend(read.unclosed.iter().filter_map(|open| never_closed(read, *open)));
    problems
}

/// A fence or HTML that is still open where its text ends. The list item or quote around a fence ends it too, so that
/// one only matters where text that stood outside would be moved behind it.
fn never_closed(read: &Read<'_>, open: Unclosed) -> Option<Problem> {
    let (what, line) = (open.what, open.line);
    let problem =
        Problem::content(format!("fragment `{}` opens {what} in line {line} and never closes it", read.path));
    if open.html {
        return Some(problem.hint("close it: a browser would hide what follows it on the page"));
    }
    if open.outermost {
        return Some(problem.hint("close it, so that everybody sees where the code ends"));
    }
    let behind = read.lines.get(open.line..).unwrap_or_default();
    let opens = |line: &Line| matches!(line.place, Place::Opens(item) if !item.ordered);
    let moved = (open.line + 1..).zip(behind).find(|(_, (_, line))| {
        opens(line) || !(line.kind == Kind::Blank || matches!(line.place, Place::Inside { .. }))
    });
    match moved {
        Some((number, (_, line))) if read.a_list && !opens(line) => {
            Some(problem.hint(format!("close it in its list item: line {number} is not part of the code")))
        }
        _ => None,
    }
}

/// Whether a reader sees nothing of it: only blank lines, comments, rules, link definitions, or headings, quotes, lists
/// and fences with nothing in them.
fn says_nothing(read: &Read<'_>) -> bool {
    let marks = |c: char| c.is_whitespace() || "-*+>#".contains(c);
    let speaks = |(text, line): &(&str, Line)| {
        let words = text.trim_start_matches(marks);
        matches!(line.kind, Kind::Text)
            && words.starts_with(|c: char| c.is_alphabetic() || "`*_(".contains(c))
    };
    !read.body.iter().any(speaks) && shows_nothing(read)
}

/// The same, by what a parser makes of the text.
fn shows_nothing(read: &Read<'_>) -> bool {
    let from = read.lines.iter().take(read.start).map(|(line, _)| line.len() + 1).sum::<usize>();
    let mut html = String::new();
    for event in Parser::new(read.text.get(from..).unwrap_or_default()) {
        match event {
            Event::Text(text) | Event::Code(text) if !text.trim().is_empty() => return false,
            Event::Start(Tag::Image { .. }) => return false,
            Event::Start(Tag::HtmlBlock) => html.clear(),
            Event::Html(more) | Event::InlineHtml(more) => html.push_str(&more),
            Event::End(TagEnd::HtmlBlock | TagEnd::Paragraph) if !only_comments(&html) => return false,
            _ => {}
        }
    }
    true
}

/// The lines of metadata that changesets, knope and their like write at the beginning: `---` or `+++`, keys with their
/// values, and the same mark again.
fn front_matter(lines: &[(&str, Line)]) -> Option<Range<usize>> {
    let start = lines.iter().position(|(text, _)| !text.trim().is_empty())?;
    let (mark, _) = lines.get(start)?;
    let between = match mark.trim_end() {
        "---" => ':',
        "+++" => '=',
        _ => return None,
    };
    let behind = lines.get(start + 1..)?;
    let length = behind.iter().position(|(text, _)| text.trim_end() == mark.trim_end())?;
    let keys = behind.get(..length)?;
    let is_key = |text: &str| {
        let text = text.trim_start();
        text.starts_with('#') || text.starts_with("- ") || text.contains(between) || text.is_empty()
    };
    let holds_keys =
        keys.iter().all(|(text, _)| is_key(text)) && keys.iter().any(|(text, _)| text.contains(between));
    // changesets writes it empty where no package is named.
    let empty = length == 0 && between == ':' && behind.len() > 1;
    (holds_keys || empty).then_some(start..start + length + 2)
}

/// The text of a heading that is underlined in line `underline`, counted from 0.
pub(super) fn underlined(lines: &[(&str, Line)], underline: usize) -> String {
    let above = lines.get(..underline).unwrap_or_default();
    let text =
        above.iter().rev().take_while(|(_, line)| line.kind == Kind::Text && line.place == Place::Outside);
    let mut text: Vec<_> = text.map(|(text, _)| text.trim()).collect();
    text.reverse();
    text.join(" ")
}

/// The text of the heading in this line, where one stands outside every list and quote.
pub(super) fn heading(lines: &[(&str, Line)], index: usize) -> Option<String> {
    let (text, line) = lines.get(index)?;
    match (line.kind, line.place) {
        (Kind::Heading(_), Place::Outside) => Some(text_of(text).to_owned()),
        (Kind::Underline, Place::Outside) => Some(underlined(lines, index)),
        _ => None,
    }
}
