//! A text as the locators see it: without its byte order mark, with its path for messages, and able to turn an
//! offset into a line, a column or a place in the original text.

use std::ops::Range;

use super::folders::{folder_of, joined};
use super::{Found, Span};
use crate::error::Problem;

/// How much of a value a message shows.
const SHOWN: usize = 80;

/// A file's text. Offsets are bytes of `body`; only [`Source::found`] turns them into bytes of the original.
#[derive(Clone, Copy)]
pub(super) struct Source<'a> {
    /// The text after a byte order mark.
    pub(super) body: &'a str,
    /// From the top of the repository; for messages, and to tell what lies outside.
    pub(super) path: &'a str,
    byte_order_mark: usize,
}

impl<'a> Source<'a> {
    /// The text with its byte order mark, if it has one, set aside.
    pub(super) fn new(text: &'a str, path: &'a str) -> Self {
        let body = text.strip_prefix('\u{feff}').unwrap_or(text);
        Self { body, path, byte_order_mark: text.len() - body.len() }
    }

    /// The line of an offset, counted from 1.
    pub(super) fn line(&self, offset: usize) -> usize {
        let before = self.body.as_bytes().get(..offset).unwrap_or(self.body.as_bytes());
        memchr::memchr_iter(b'\n', before).count() + 1
    }

    /// Whether a path that is written in this file, seen from its folder, stays within the repository.
    pub(super) fn is_inside(&self, path: &str) -> bool {
        joined(folder_of(self.path), path).is_some()
    }

    /// `path:line` of an offset.
    pub(super) fn at(&self, offset: usize) -> String {
        format!("{}:{}", self.path, self.line(offset))
    }

    /// A place by its range, value and name.
    pub(super) fn found(&self, range: Range<usize>, value: String, key: impl Into<String>) -> Found {
        Found {
            line: self.line(range.start),
            span: Span { start: range.start + self.byte_order_mark, end: range.end + self.byte_order_mark },
            value,
            key: key.into(),
        }
    }

    /// Where a place begins that was found in this text.
    pub(super) fn offset(&self, found: &Found) -> usize {
        found.span.start.saturating_sub(self.byte_order_mark)
    }

    /// A text that is not the format it should be: `path:line:column`, both counted from 1, columns in characters.
    /// Where a merge left its markers, they are what to say.
    pub(super) fn malformed(&self, offset: usize, what: &str) -> Problem {
        let marker = "<<<<<<< ";
        if let Some(line) = self.body.lines().position(|line| line.starts_with(marker)) {
            let message = format!("{}:{}: conflict marker `{}`", self.path, line + 1, marker.trim_end());
            return Problem::content(message).hint("resolve the merge conflict and commit the result");
        }
        // A parser may count bytes into a character; its column is that of the character.
        let boundary = (0..=offset.min(self.body.len())).rev().find(|byte| self.body.is_char_boundary(*byte));
        let before = self.body.get(..boundary.unwrap_or(0)).unwrap_or_default();
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let column =
            before.chars().count() - before.get(..line_start).map_or(0, |lines| lines.chars().count());
        Problem::content(format!("{}:{}: {what}", self.at(before.len()), column + 1))
    }
}

/// An expression on one line and short enough for a message.
pub(super) fn shown(expression: &str) -> String {
    let words: Vec<&str> = expression.split_whitespace().collect();
    let line = words.join(" ");
    match line.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", line.get(..end).unwrap_or_default()),
        None => line,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_byte_order_mark_counts_in_spans_and_not_in_lines_and_columns() {
        let source = Source::new("\u{feff}a\r\nbä?", "file");
        assert_eq!(source.body, "a\r\nbä?");
        let found = source.found(3..4, "b".to_owned(), "key");
        assert_eq!((found.span, found.line), (Span { start: 6, end: 7 }, 2));
        assert_eq!(source.malformed(6, "odd").message, "file:2:3: odd");
        assert_eq!(source.malformed(0, "odd").message, "file:1:1: odd");
    }

    #[test]
    fn a_merge_conflict_is_named_in_place_of_the_parsers_words() {
        let source = Source::new("a\n <<<<<<< x\n<<<<<<< HEAD\n", "file");
        let problem = source.malformed(0, "odd");
        assert_eq!(problem.message, "file:3: conflict marker `<<<<<<<`");
        assert_eq!(problem.hints, ["resolve the merge conflict and commit the result"]);
    }

    #[test]
    fn a_long_expression_is_cut_on_a_character_and_put_on_one_line() {
        assert_eq!(shown("a\n   b"), "a b");
        assert_eq!(shown(&"ä".repeat(80)), "ä".repeat(80));
        assert_eq!(shown(&"ä".repeat(81)), format!("{}…", "ä".repeat(80)));
    }
}
