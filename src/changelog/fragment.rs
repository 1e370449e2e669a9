//! From a fragment to list items. A fragment that starts with a bullet is a list already and keeps its items; any
//! other is wrapped into one item, moved to the right as a whole, which is the one change that leaves Markdown's
//! structure as it was. Whatever would tear the section apart is refused.

use std::borrow::Cow;

use super::blocks::{Blocks, Kind, Line, Place};
use super::starts;
use super::{
    Category, Fragment, Style, heading_text, is_conflict_marker, name_lines, reads_as_release_heading,
};
use crate::error::Problem;

/// Turns a fragment into list items of its own, lines ending in LF, with warnings about what reads oddly.
///
/// - Top-level bullets stay items of their own, all with `-` (another marker would begin another list). What follows
///   them without belonging to them goes into the item before.
/// - Anything else becomes one item, an ordered list included: its numbers are kept inside.
/// - A leading heading that only repeats the type is dropped, and so are comments in front of the text.
/// - Other headings stay headings, inside the item, with a warning.
/// - With [`Style::verbatim`] the text stays, its trailing newlines reduced to one.
///
/// # Errors
/// Every reason why this text may not go into a changelog: nothing in it, conflict markers, a line that would read
/// as a release heading, a code fence or comment that is never closed.
pub fn fragment_items(fragment: &Fragment, style: &Style) -> Result<(String, Vec<String>), Vec<Problem>> {
    let text = unified(&fragment.text);
    let mut blocks = Blocks::new();
    let lines: Vec<_> =
        text.trim_end_matches('\n').split('\n').map(|line| (line, blocks.read(line))).collect();
    let start = leading_noise(&lines, fragment.category);
    let mut body = lines.get(start..).unwrap_or_default();
    while let Some((last, rest)) = body.split_last()
        && last.1.kind == Kind::Blank
    {
        body = rest;
    }

    let problems = problems(&fragment.path, &lines, body, &blocks);
    if !problems.is_empty() {
        return Err(problems);
    }
    if style.verbatim {
        return Ok((format!("{}\n", text.trim_end_matches('\n')), Vec::new()));
    }
    let headings =
        (start + 1..).zip(body).filter_map(|(number, (text, line))| match (line.kind, line.place) {
            (Kind::Heading(_), Place::Outside) => Some((number, heading_text(text))),
            (Kind::Underline, Place::Outside) => Some((number, text.trim())),
            _ => None,
        });
    let warnings = headings.map(|(number, heading)| {
        format!("`{}`, line {number}: the heading `{heading}` goes inside the list item", fragment.path)
    });
    let a_list = matches!(body.first(), Some((_, Line { place: Place::Opens(item), .. })) if !item.ordered);
    Ok((if a_list { listed(body) } else { wrapped(body) }, warnings.collect()))
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

fn problems(path: &str, lines: &[(&str, Line)], body: &[(&str, Line)], blocks: &Blocks) -> Vec<Problem> {
    let mut problems = Vec::new();
    let marks = |c: char| c.is_whitespace() || matches!(c, '-' | '*' | '+');
    if body.iter().all(|(text, _)| text.trim_matches(marks).is_empty()) {
        problems.push(
            Problem::content(format!("fragment `{path}` is empty"))
                .hint("describe the change in it for the people who use the project, or delete it"),
        );
    }
    let outside_fences = |holds: &dyn Fn(&str) -> bool| -> Vec<usize> {
        let found = (1..).zip(lines).filter(|(_, (text, line))| line.kind != Kind::Fence && holds(text));
        found.map(|(number, _)| number).collect()
    };
    let conflicts = outside_fences(&is_conflict_marker);
    if !conflicts.is_empty() {
        problems.push(
            Problem::content(format!("fragment `{path}` has conflict markers ({})", name_lines(&conflicts)))
                .hint("resolve the merge in it"),
        );
    }
    let headings = outside_fences(&|text| reads_as_release_heading(text.trim()));
    if !headings.is_empty() {
        let place = name_lines(&headings);
        problems.push(
            Problem::content(format!(
                "fragment `{path}` would read as a release heading ({place}: `## […]`)"
            ))
            .hint("a fragment needs no heading; write it as plain text or a list"),
        );
    }
    if let Some(open) = blocks.unclosed() {
        let (what, line) = (open.what, open.line);
        problems.push(
            Problem::content(format!("fragment `{path}` opens {what} in line {line} and never closes it"))
                .hint("close it; everything after it in the changelog would become part of it"),
        );
    }
    problems
}

/// How many lines at the start say nothing to readers of the changelog: blank ones, comments, and a heading that is
/// the fragment's type.
fn leading_noise(lines: &[(&str, Line)], category: Category) -> usize {
    let is_type = |text: &str| text.eq_ignore_ascii_case(category.heading());
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
        Some([(text, line), ..]) if matches!(line.kind, Kind::Heading(_)) && is_type(heading_text(text)) => {
            quiet(start + 1)
        }
        Some([(text, _), (_, under), ..]) if under.kind == Kind::Underline && is_type(text.trim()) => {
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

/// Whether nothing is written for this line but its end. Inside a fence, spaces are the author's.
fn stays_empty(text: &str, line: &Line) -> bool {
    text.is_empty() || (line.kind != Kind::Fence && starts::blank(text.as_bytes()))
}

/// One item around everything.
fn wrapped(lines: &[(&str, Line)]) -> String {
    let mut out = String::with_capacity(lines.iter().map(|(text, _)| text.len() + 3).sum());
    for (index, (text, line)) in lines.iter().enumerate() {
        let own_indent = indent_of(text);
        // The lines of an ordered list or of a fence are measured by the first: where that one is indented, all of
        // them move together, below a marker on its own.
        let measure = matches!(line.place, Place::Opens(_)) || line.kind == Kind::FenceOpens;
        if stays_empty(text, line) {
            // A first line never is: it would not be part of the text.
        } else if index > 0 || (measure && own_indent > 0) {
            out.push_str(if index == 0 { "-\n  " } else { "  " });
            out.push_str(&dedented(text, 0, line));
        } else {
            // Where the line is code itself, its indent is what says so. In a quote, that stands behind the `>`.
            let code = line.kind == Kind::Code && line.place == Place::Outside;
            let moved = dedented(text, if code { 0 } else { own_indent }, line);
            out.push_str(bullet(&moved));
            out.push(' ');
            out.push_str(&moved);
        }
        out.push('\n');
    }
    out
}

/// The item that is being written.
struct Current {
    /// Columns in front of its marker in the source, taken away from all its lines.
    indent: usize,
    /// Columns by which lines are indented to stay in the item.
    width: usize,
    /// The last line belongs to the source's own item, as opposed to text that is moved into it.
    own: bool,
    /// Nothing but the marker was written yet: a blank line would end the item.
    empty: bool,
}

/// The items of a fragment that starts with a bullet.
fn listed(lines: &[(&str, Line)]) -> String {
    let mut out = String::with_capacity(lines.iter().map(|(text, _)| text.len() + 3).sum());
    let mut current = Current { indent: 0, width: 2, own: true, empty: false };
    for (text, line) in lines {
        if stays_empty(text, line) {
            if !current.empty {
                out.push('\n');
            }
            continue;
        }
        match line.place {
            Place::Opens(item) if !item.ordered => {
                let width = item.width - item.indent;
                current = Current { indent: item.indent, width, own: true, empty: item.empty };
                let moved = moved_left(text, line, &current);
                let rest = moved.get(1..).unwrap_or_default();
                out.push_str(bullet(rest));
                out.push_str(rest);
                out.push('\n');
                continue;
            }
            Place::Inside { lazy } if current.own => push_own(&mut out, text, line, lazy, &current),
            _ => {
                // Without a blank line, `---` under an item's text would become its underline.
                if current.own && !current.empty && !out.ends_with("\n\n") {
                    out.push('\n');
                }
                current.own = false;
                out.extend(std::iter::repeat_n(' ', current.width));
                out.push_str(&dedented(text, 0, line));
            }
        }
        out.push('\n');
        current.empty = false;
    }
    out
}

fn moved_left<'a>(text: &'a str, line: &Line, current: &Current) -> Cow<'a, str> {
    match current.indent {
        0 => Cow::Borrowed(text),
        columns => dedented(text, columns, line),
    }
}

/// Writes a further line of an item that the source has itself.
fn push_own(out: &mut String, text: &str, line: &Line, lazy: bool, current: &Current) {
    let words = text.trim_start_matches([' ', '\t']);
    let underline = [b'-', b'='].iter().any(|mark| words.trim_end().bytes().all(|byte| byte == *mark));
    let far = indent_of(text) >= 4;
    if !lazy {
        out.push_str(&moved_left(text, line, current));
    } else if far && current.indent > 0 {
        // Text of a paragraph, whatever it begins with, as long as it does not come nearer.
        out.pop();
        out.push(' ');
        out.push_str(words);
    } else if far {
        out.push_str(text);
    } else if underline {
        out.push_str(words);
    } else {
        // A lazy line reaches the item only because its paragraph goes on. Indented, it says the same.
        out.extend(std::iter::repeat_n(' ', current.width));
        out.push_str(words);
    }
}

/// The marker to write in front of `rest`: `-`, unless that would read as a thematic break.
fn bullet(rest: &str) -> &'static str {
    let dashes = format!("-{rest}");
    if starts::thematic_break(dashes.as_bytes()) { "*" } else { "-" }
}

fn indent_of(text: &str) -> usize {
    let mut column = 0;
    for byte in text.bytes() {
        match byte {
            b' ' => column += 1,
            b'\t' => column = starts::tab_stop(column),
            _ => break,
        }
    }
    column
}

/// The text of a line, to be written at another column than it had: up to `columns` of its indent are gone, and tabs
/// in front of and between list markers, whose width depends on where they stand, are spaces. What is code keeps
/// every byte.
fn dedented<'a>(text: &'a str, columns: usize, line: &Line) -> Cow<'a, str> {
    let markers = line.kind != Kind::Fence;
    // A line of code that a narrower tab would turn into the end of its fence.
    let words = text.trim_start();
    let shielded = line.kind == Kind::Fence && (words.starts_with("```") || words.starts_with("~~~"));
    let code_from = if shielded { usize::MAX } else { line.code_from };
    let structure = |byte: u8| b" \t".contains(&byte) || (markers && b"-+*>.)0123456789".contains(&byte));
    let end = text.bytes().position(|byte| !structure(byte)).unwrap_or(text.len());
    let (head, tail) = text.split_at(end);
    let expanded = if head.contains('\t') {
        let (mut spaces, mut column) = (String::with_capacity(text.len() + 8), 0);
        for character in head.chars() {
            let next = if character == '\t' { starts::tab_stop(column) } else { column + 1 };
            if character == '\t' && column < code_from {
                spaces.extend(std::iter::repeat_n(' ', next - column));
            } else {
                spaces.push(character);
            }
            column = next;
        }
        Cow::Owned(spaces + tail)
    } else {
        Cow::Borrowed(text)
    };
    let leading = expanded.bytes().take_while(|byte| *byte == b' ').count().min(columns);
    match expanded {
        Cow::Borrowed(text) => Cow::Borrowed(text.get(leading..).unwrap_or_default()),
        Cow::Owned(text) => Cow::Owned(text.get(leading..).unwrap_or_default().to_owned()),
    }
}

#[cfg(test)]
mod tests;
