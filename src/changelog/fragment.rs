//! From a fragment to list items. A fragment that starts with a bullet is a list already and keeps its items; any
//! other is wrapped into one item, moved to the right as a whole, which is the one change that leaves Markdown's
//! structure as it was. Whatever would tear the section apart is refused.

mod labels;
mod layout;
mod refusals;

use std::borrow::Cow;

use super::blocks::{Blocks, Kind, Line, Place, Unclosed};
use super::starts;
use super::{Category, Fragment, Style, Types, heading, types};
use crate::error::Problem;
use refusals::Read;

pub(super) use labels::{Labels, may_define};

/// What a fragment's items stand among.
pub(super) struct Neighbours<'a> {
    /// The bullet of the list that they join.
    pub(super) bullet: char,
    /// The labels of link references that mean something there.
    pub(super) labels: &'a Labels,
}

/// Turns a fragment into list items of its own, lines ending in LF, with warnings about what reads oddly.
///
/// - Top-level bullets stay items of their own, all with `-` (another marker would begin another list). What follows
///   them without belonging to them goes into the item before; so do link definitions that stand above them.
/// - Anything else becomes one item, an ordered list included: its numbers are kept inside.
/// - A leading heading that only repeats the type is dropped, and so are comments in front of the text.
/// - Other headings stay headings, inside the item, with a warning.
/// - With [`Style::verbatim`] the text stays, its trailing newlines reduced to one, and a heading gets a warning.
///
/// # Errors
/// Every reason why this text may not go into a changelog: nothing in it, another tool's front matter, conflict markers,
/// a line that would read as a release heading, a code fence or HTML that is never closed.
pub fn fragment_items(fragment: &Fragment, style: &Style) -> Result<(String, Vec<String>), Vec<Problem>> {
    items(fragment, style, &Neighbours { bullet: '-', labels: &Labels::default() })
}

/// The same, in its place: with the bullet of the list it joins, and with labels that turn nobody else's links.
pub(super) fn items(
    fragment: &Fragment,
    style: &Style,
    neighbours: &Neighbours<'_>,
) -> Result<(String, Vec<String>), Vec<Problem>> {
    let path = &fragment.path;
    let source = unified(&fragment.text);
    let mut warnings = Vec::new();
    let text = if style.verbatim {
        warnings.extend(labels::conflicting(&source, neighbours.labels).into_iter().map(|label| {
            format!(
                "`{path}` defines the link reference `[{label}]`, which the changelog has or uses already: links will change"
            )
        }));
        source
    } else {
        let (text, renamed) = labels::distinct(source, neighbours.labels);
        warnings.extend(renamed.into_iter().map(|label| {
            format!(
                "`{path}`: its link reference `[{}]` is written as `[{}]`: the changelog has or uses another one",
                label.from, label.to
            )
        }));
        text
    };

    let mut blocks = Blocks::new();
    let mut unclosed: Vec<Unclosed> = Vec::new();
    let mut read_line = |line| {
        let read = blocks.read(line);
        unclosed.extend(blocks.cut_off());
        (line, read)
    };
    let lines: Vec<_> = text.trim_end_matches('\n').split('\n').map(&mut read_line).collect();
    unclosed.extend(blocks.unclosed());
    let start = leading_noise(&lines, &fragment.category, &style.types);
    let body = without_blank_end(lines.get(start..).unwrap_or_default());
    let reordered = definitions_last(&text, start, body);
    let written = reordered.as_deref().unwrap_or(body);
    let a_list =
        matches!(written.first(), Some((_, Line { place: Place::Opens(item), .. })) if !item.ordered);

    let problems = refusals::problems(&Read {
        path,
        text: &text,
        lines: &lines,
        start,
        body,
        unclosed: &unclosed,
        a_list,
    });
    if !problems.is_empty() {
        return Err(problems);
    }
    let headings =
        (start..start + body.len()).filter_map(|index| Some((index + 1, refusals::heading(&lines, index)?)));
    let becomes =
        if style.verbatim { "breaks out of the list of changes" } else { "goes inside the list item" };
    warnings.extend(
        headings
            .map(|(number, heading)| format!("`{path}`, line {number}: the heading `{heading}` {becomes}")),
    );
    let items = if style.verbatim {
        format!("{}\n", text.trim_end_matches('\n'))
    } else if a_list {
        layout::listed(written, neighbours.bullet)
    } else {
        layout::wrapped(written, neighbours.bullet)
    };
    Ok((items, warnings))
}

fn without_blank_end<'a, 'b>(mut body: &'b [(&'a str, Line)]) -> &'b [(&'a str, Line)] {
    while let Some((last, rest)) = body.split_last()
        && last.1.kind == Kind::Blank
    {
        body = rest;
    }
    body
}

/// The lines with the link definitions above a list moved below it, where they mean the same: above it, they would make
/// an item around the whole list that says nothing.
fn definitions_last<'a>(text: &str, start: usize, body: &[(&'a str, Line)]) -> Option<Vec<(&'a str, Line)>> {
    let definitions = labels::definition_lines(text);
    let defines = |index: usize| definitions.iter().any(|lines| lines.contains(&(start + index)));
    let above = body
        .iter()
        .enumerate()
        .take_while(|(index, (_, line))| {
            line.place == Place::Outside && (line.kind == Kind::Blank || defines(*index))
        })
        .count();
    let (above, list) = body.split_at_checked(above)?;
    let is_list = matches!(list.first(), Some((_, Line { place: Place::Opens(item), .. })) if !item.ordered);
    let blank = Line { kind: Kind::Blank, place: Place::Outside, code_from: usize::MAX };
    let moved = without_blank_end(above).iter().copied();
    (is_list && !above.is_empty()).then(|| list.iter().copied().chain([("", blank)]).chain(moved).collect())
}

/// A text without its byte order mark, all its lines ending in LF.
pub(super) fn unified(text: &str) -> Cow<'_, str> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if text.contains('\r') {
        Cow::Owned(text.replace("\r\n", "\n").replace('\r', "\n"))
    } else {
        Cow::Borrowed(text)
    }
}

/// How many lines at the start say nothing to readers of the changelog: blank ones, comments, and a heading that is
/// the fragment's type.
fn leading_noise(lines: &[(&str, Line)], category: &Category, types: &Types) -> usize {
    let is_type = |text: &str, line: &Line| {
        line.place == Place::Outside && types::filed(text, types).as_ref() == Some(category)
    };
    let quiet = |from: usize| {
        let rest = lines.get(from..).unwrap_or_default();
        let run = rest.iter().take_while(|(_, line)| {
            line.place == Place::Outside && matches!(line.kind, Kind::Blank | Kind::Comment)
        });
        let run: Vec<_> = run.map(|(text, _)| *text).collect();
        let blank = run.iter().take_while(|text| starts::blank(text.as_bytes())).count();
        from + if only_comments(&run.join("\n")) { run.len() } else { blank }
    };
    let start = quiet(0);
    match lines.get(start..) {
        Some([(text, line), ..])
            if matches!(line.kind, Kind::Heading(_)) && is_type(heading::text_of(text), line) =>
        {
            quiet(start + 1)
        }
        Some([(text, line), (_, under), ..])
            if under.kind == Kind::Underline && is_type(text.trim(), line) =>
        {
            quiet(start + 2)
        }
        _ => start,
    }
}

/// Whether the text holds nothing outside its comments.
fn only_comments(text: &str) -> bool {
    let mut rest = text.trim();
    while let Some((_, behind)) = rest.strip_prefix("<!--").and_then(|inside| inside.split_once("-->")) {
        rest = behind.trim_start();
    }
    rest.is_empty()
}

#[cfg(test)]
mod tests;
