//! Tidying a changelog as some scripts did: of empty lines that follow each other one stays, in the whole file, code
//! included, and the file ends in one line end. Lines of spaces are no empty lines. For those who ask for it.

use std::ops::Range;

use super::lines;

/// The text tidied, and where a part of it is then.
pub(super) fn tidied(text: &str, part: Range<usize>) -> (String, Range<usize>) {
    let mut out = String::with_capacity(text.len() + 2);
    let (mut offset, mut empty) = (0, false);
    let (mut start, mut end) = (None, None);
    let mut newline = "\n";
    for (content, ending) in lines(text) {
        if offset >= part.start {
            start.get_or_insert(out.len());
        }
        if offset >= part.end {
            end.get_or_insert(out.len());
        }
        offset += content.len() + ending.len();
        if !(empty && content.is_empty()) {
            out.push_str(content);
            out.push_str(ending);
        }
        empty = content.is_empty();
        if !ending.is_empty() {
            newline = if ending == "\r\n" { "\r\n" } else { "\n" };
        }
    }
    let said = out.trim_end_matches(['\r', '\n']).len();
    out.truncate(said);
    out.push_str(newline);
    let length = out.len();
    (out, start.unwrap_or(length).min(length)..end.unwrap_or(length).min(length))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn doubled_empty_lines_collapse_and_the_file_ends_in_one_line_end() {
        for (before, after) in [
            ("a\n\n\n\nb\n", "a\n\nb\n"),
            ("a\n\nb", "a\n\nb\n"),
            ("a\n\n\n", "a\n"),
            ("a\r\n\r\n\r\nb\r\n\r\n", "a\r\n\r\nb\r\n"),
            ("\n\n\na\n", "\na\n"),
            ("a\n \n\nb\n", "a\n \n\nb\n"),
            ("```\n\n\n```\n", "```\n\n```\n"),
        ] {
            assert_eq!(tidied(before, 0..0).0, after, "{before:?}");
            assert_eq!(tidied(after, 0..0).0, after, "{after:?}");
        }
    }

    #[test]
    fn a_part_is_found_again() {
        let text = "a\n\n\n\n## b\n\n\nc\n\n\nd\n\n";
        let (tidied, part) = tidied(text, 5..14);
        assert_eq!(tidied.get(part), Some("## b\n\nc\n"));
    }
}
