//! Text for people as rows of a terminal. A row ends between two words, never inside one, and never inside what is to be
//! copied: what stands in backticks and a command at the end of a sentence stay whole, on a row of their own where they
//! need one, and run over the edge where they are longer than that.

use std::ops::Range;

use unicode_width::UnicodeWidthChar;

/// A row has at least this many columns for its words, however deep it hangs.
const LEAST: usize = 20;

/// The names of a table are no wider.
const NAME: usize = 12;

/// How far a tab leads at most.
const TAB: usize = 8;

/// The rows of a line, as parts of it; all after the first begin `hang` columns in, which is for the caller to write.
pub(crate) fn rows(text: &str, columns: usize, hang: usize) -> Vec<Range<usize>> {
    fill(text, &words(text, 0, text.len()), columns, hang)
}

/// The rows of a question, broken after a comma rather than in between.
pub(crate) fn phrases(text: &str, columns: usize, hang: usize) -> Vec<Range<usize>> {
    let mut parts = Vec::new();
    let mut start = 0;
    let commas = text.match_indices(", ").map(|(at, _)| (at + 1, at + 2));
    for (end, next) in commas.chain([(text.len(), text.len())]) {
        let fits = width(text.get(start..end).unwrap_or_default()) <= columns.saturating_sub(hang);
        if fits {
            parts.push(start..end);
        } else {
            parts.extend(words(text, start, end));
        }
        start = next;
    }
    fill(text, &parts, columns, hang)
}

/// Where the rows of a line hang: below the value in a table of `name : value`, below the text of a list item.
pub(crate) fn hang_of(line: &str) -> usize {
    match line.find(" : ") {
        Some(at) if at <= NAME => at + 3,
        _ => line.len() - line.trim_start_matches(' ').len() + 2,
    }
}

/// How far rows after the first may hang on a terminal so wide.
pub(crate) fn hang(wanted: usize, columns: usize) -> usize {
    wanted.min(columns.saturating_sub(LEAST))
}

/// The columns that a text takes.
pub(crate) fn width(text: &str) -> usize {
    text.chars().map(|character| if character == '\t' { TAB } else { character.width().unwrap_or(0) }).sum()
}

/// Puts as many parts on a row as fit.
fn fill(text: &str, parts: &[Range<usize>], columns: usize, hang: usize) -> Vec<Range<usize>> {
    let mut rows: Vec<Range<usize>> = Vec::new();
    // The first row has the indentation of the line.
    let indented =
        parts.iter().enumerate().map(|(number, part)| if number == 0 { 0..part.end } else { part.clone() });
    for part in indented {
        let room = if rows.len() > 1 { columns.saturating_sub(hang) } else { columns };
        match rows.last_mut() {
            Some(row) if width(text.get(row.start..part.end).unwrap_or_default()) <= room => {
                row.end = part.end;
            }
            _ => rows.push(part),
        }
    }
    rows
}

/// Whether a line that is indented below another is there to be copied: a command has no comma before a blank, as only
/// a sentence has.
pub(crate) fn is_command(line: &str) -> bool {
    line.starts_with(' ') && !line.contains(", ")
}

/// The parts of a text between which a row may end.
fn words(text: &str, from: usize, to: usize) -> Vec<Range<usize>> {
    let mut words: Vec<Range<usize>> = Vec::new();
    let mut at = from;
    while let Some(rest) = text.get(at..to).filter(|rest| !rest.is_empty()) {
        let start = at + (rest.len() - rest.trim_start_matches(' ').len());
        let before = text.get(from..start).unwrap_or_default();
        let word = text.get(start..to).unwrap_or_default();
        if word.is_empty() {
            break;
        }
        at = start + if begins_command(before, word) { word.len() } else { length_of_word(word) };
        words.push(start..at);
    }
    // Blanks at the end belong to the last word: nothing follows them.
    if let Some(last) = words.last_mut() {
        last.end = to.max(last.end);
    }
    words
}

/// Up to the next blank outside of backticks.
fn length_of_word(text: &str) -> usize {
    let mut quoted = false;
    for (at, character) in text.char_indices() {
        match character {
            // One that is never closed quotes nothing.
            '`' => quoted = !quoted && text.get(at + 1..).is_some_and(|rest| rest.contains('`')),
            ' ' if !quoted => return at,
            _ => {}
        }
    }
    text.len()
}

/// Whether the rest of a line is a command, without backticks around it: behind a colon or at the start where it begins
/// like one, and everywhere where nothing else can be meant.
fn begins_command(before: &str, rest: &str) -> bool {
    let before = before.trim_end();
    let opens = before.is_empty() || before.ends_with(':');
    if opens
        && (rest.starts_with("trueppm-release ") || rest.starts_with("cd /") || rest.starts_with("env -"))
    {
        return true;
    }
    if before.ends_with("by hand:") {
        return true;
    }
    let Some(rest) = rest.strip_prefix("git ") else { return false };
    let (word, after) = rest.split_once(' ').unwrap_or((rest, ""));
    GIT.contains(&word) && (opens || after.starts_with('-'))
}

/// Commands of git that a message may tell to run.
const GIT: [&str; 26] = [
    "add",
    "branch",
    "checkout",
    "clone",
    "commit",
    "config",
    "diff",
    "fetch",
    "fsck",
    "log",
    "ls-remote",
    "merge",
    "pull",
    "push",
    "rebase",
    "refs",
    "remote",
    "reset",
    "restore",
    "show",
    "sparse-checkout",
    "stash",
    "status",
    "submodule",
    "tag",
    "update-index",
];

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn wrapped(text: &str, columns: usize, hang: usize) -> Vec<&str> {
        rows(text, columns, hang).into_iter().map(|row| text.get(row).unwrap()).collect()
    }

    #[test]
    fn a_row_ends_between_two_words() {
        for (text, columns, hang, expected) in [
            ("", 10, 2, &[][..]),
            ("one two three", 13, 2, &["one two three"]),
            ("one two three", 12, 2, &["one two", "three"]),
            ("one two three four", 10, 4, &["one two", "three", "four"]),
            ("  one  two", 6, 2, &["  one", "two"]),
            ("  new     : 1.0   <- typed", 40, 2, &["  new     : 1.0   <- typed"]),
            ("incomprehensibility is long", 8, 2, &["incomprehensibility", "is", "long"]),
            ("版本 版本 x", 9, 2, &["版本 版本", "x"]),
            ("ends with blanks  ", 9, 0, &["ends with", "blanks  "]),
        ] {
            assert_eq!(wrapped(text, columns, hang), expected, "{text:?} at {columns}");
        }
    }

    #[test]
    fn rows_hang_below_the_text_of_their_line() {
        for (line, expected) in [
            ("  note    : pre-release", 12),
            ("Version  : 0.1.0", 11),
            ("  - an item", 4),
            ("Released 0.2.0 as abc on main : so", 2),
            ("", 2),
        ] {
            assert_eq!(hang_of(line), expected, "{line}");
        }
    }

    #[test]
    fn what_is_to_be_copied_stays_whole() {
        for (text, columns, expected) in [
            (
                "push it: `git push origin main`, then rest",
                24,
                &["push it:", "`git push origin main`,", "then rest"][..],
            ),
            (
                "run `git log -3` or (`git show v1`) now",
                12,
                &["run", "`git log -3`", "or", "(`git show v1`)", "now"],
            ),
            ("a ` that is never closed", 10, &["a ` that", "is never", "closed"]),
            ("see what it is: git show v0.2.0 --stat", 20, &["see what it is:", "git show v0.2.0 --stat"]),
            ("git config user.name \"Your Name\"", 12, &["git config user.name \"Your Name\""]),
            (
                "accepting also runs git push --atomic origin a b",
                24,
                &["accepting also runs", "git push --atomic origin a b"],
            ),
            (
                "done all the same; by hand: bash -c 'a b'",
                20,
                &["done all the same;", "by hand:", "bash -c 'a b'"],
            ),
            ("git stores tags like files", 12, &["git stores", "tags like", "files"]),
            ("as git push would have it", 12, &["as git push", "would have", "it"]),
        ] {
            assert_eq!(wrapped(text, columns, 0), expected, "{text:?} at {columns}");
        }
    }

    #[test]
    fn a_question_is_broken_after_its_commas_as_long_as_the_parts_fit() {
        let question =
            "Enter to accept 0.3.0-alpha.1, type an explicit version to override, or 'q' to abort:";
        let at = |columns| -> Vec<&str> {
            phrases(question, columns, 2).into_iter().map(|row| question.get(row).unwrap()).collect()
        };
        assert_eq!(at(86), [question]);
        let first = "Enter to accept 0.3.0-alpha.1, type an explicit version to override,";
        assert_eq!(at(80), [first, "or 'q' to abort:"]);
        assert_eq!(
            at(40),
            ["Enter to accept 0.3.0-alpha.1,", "type an explicit version to override,", "or 'q' to abort:"]
        );
        assert_eq!(
            at(30),
            ["Enter to accept 0.3.0-alpha.1,", "type an explicit version to", "override, or 'q' to abort:"]
        );
    }

    proptest! {
        #[test]
        fn the_rows_are_the_words_of_the_text_in_order_and_too_long_only_with_one_word(
            text in "[ a-f`:,版]{0,60}",
            columns in 20_usize..60,
            hang in 0_usize..6,
        ) {
            let rows = wrapped(&text, columns, hang);
            let rejoined: Vec<&str> = rows.iter().flat_map(|row| row.split_whitespace()).collect();
            let words: Vec<&str> = text.split_whitespace().collect();
            prop_assert_eq!(rejoined, words);
            for (number, row) in rows.iter().enumerate() {
                let room = if number == 0 { columns } else { columns - hang };
                let row = row.trim_end();
                if width(row) > room {
                    prop_assert_eq!(length_of_word(row.trim_start()), row.trim_start().len(), "{:?}", row);
                }
            }
        }
    }
}
