//! How a fragment's lines stand in a list item: moved to the right as a whole where they were no list, moved to column
//! 0 where they were one, and nothing else about them changed.

use std::borrow::Cow;

use crate::changelog::blocks::{Kind, Line, Place};
use crate::changelog::starts;

/// Whether nothing is written for this line but its end. Inside a fence, spaces are the author's.
fn stays_empty(text: &str, line: &Line) -> bool {
    text.is_empty() || (line.kind != Kind::Fence && starts::blank(text.as_bytes()))
}

/// One item around everything.
pub(super) fn wrapped(lines: &[(&str, Line)], bullet: char) -> String {
    let mut out = String::with_capacity(lines.iter().map(|(text, _)| text.len() + 3).sum());
    for (index, (text, line)) in lines.iter().enumerate() {
        let own_indent = indent_of(text);
        // The lines of an ordered list or of a fence are measured by the first: where that one is indented, all of
        // them move together, below a marker on its own.
        let measure = matches!(line.place, Place::Opens(_)) || line.kind == Kind::FenceOpens;
        if stays_empty(text, line) {
            // A first line never is: it would not be part of the text.
        } else if index > 0 || (measure && own_indent > 0) {
            if index == 0 {
                out.push(bullet);
                out.push('\n');
            }
            out.push_str("  ");
            out.push_str(&dedented(text, 0, line));
        } else {
            // Where the line is code itself, its indent is what says so. In a quote, that stands behind the `>`.
            let code = line.kind == Kind::Code && line.place == Place::Outside;
            let moved = dedented(text, if code { 0 } else { own_indent }, line);
            out.push(bullet);
            out.push_str(if reads_as_break(bullet, &moved) { "\n  " } else { " " });
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
    /// The item holds a line that may open an ordered list.
    numbered: bool,
}

/// The items of a fragment that starts with a bullet.
pub(super) fn listed(lines: &[(&str, Line)], bullet: char) -> String {
    let mut out = String::with_capacity(lines.iter().map(|(text, _)| text.len() + 3).sum());
    let mut current = Current { indent: 0, width: 2, own: true, empty: false, numbered: false };
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
                let indent = item.indent;
                current = Current { indent, width, own: true, empty: item.empty, numbered: false };
                let moved = moved_left(text, line, &current);
                let rest = moved.get(1..).unwrap_or_default();
                current.numbered = is_numbered(rest);
                out.push(bullet);
                if reads_as_break(bullet, rest) {
                    // Below a marker on its own, the item's content begins in column 2.
                    (current.indent, current.width) = (indent + width - 2, 2);
                    out.push_str("\n  ");
                    out.push_str(rest.trim_start());
                } else {
                    out.push_str(rest);
                }
                out.push('\n');
                continue;
            }
            Place::Inside { lazy } if current.own => {
                current.numbered |= is_numbered(text);
                push_own(&mut out, text, line, lazy, &current);
            }
            place => {
                // Without a blank line, `---` under an item's text would become its underline.
                if current.own && !current.empty && !out.ends_with("\n\n") {
                    out.push('\n');
                }
                if current.own && current.numbered && matches!(place, Place::Opens(_)) {
                    // Two lists in a row would become one, and the second would go on counting (CommonMark, section 5.3).
                    out.extend(std::iter::repeat_n(' ', current.width));
                    out.push_str("<!-- -->\n\n");
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

/// Whether the marker with what follows it would be a thematic break instead of a list item.
fn reads_as_break(bullet: char, rest: &str) -> bool {
    starts::thematic_break(format!("{bullet}{rest}").as_bytes())
}

/// Whether a line may open an item of an ordered list.
fn is_numbered(text: &str) -> bool {
    let text = text.trim_start_matches([' ', '\t', '-', '*', '+', '>']);
    let behind = text.trim_start_matches(|c: char| c.is_ascii_digit());
    behind.len() < text.len() && behind.starts_with(['.', ')'])
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
