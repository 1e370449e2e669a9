//! Unified diffs that `git apply` accepts: git's headers, its path quoting, its marker for a missing final newline.
//! What two texts share at both ends is cut off first, so a small change in a large changelog costs next to nothing.

use imara_diff::{Algorithm, Diff, InternedInput};

use crate::plan::FileChange;
use crate::ui::{Role, Text};

/// Unchanged lines around a change, as git shows them.
const CONTEXT: usize = 3;

/// The patch of one file, as `git diff` would show it.
pub(super) fn patch(text: &mut Text, change: &FileChange) {
    let (old, new) = (quoted(&format!("a/{}", change.path)), quoted(&format!("b/{}", change.path)));
    text.role(Role::Bold, format!("diff --git {old} {new}"));
    let after = match &change.after {
        Some(after) => {
            text.role(Role::Bold, format!("--- {old}"));
            text.role(Role::Bold, format!("+++ {new}"));
            after.as_str()
        }
        None => {
            let mode = if change.executable { "100755" } else { "100644" };
            text.role(Role::Bold, format!("deleted file mode {mode}"));
            text.role(Role::Bold, format!("--- {old}"));
            text.role(Role::Bold, "+++ /dev/null");
            ""
        }
    };
    hunks(text, &change.before, after);
}

/// A run of changed lines: from where, how many, on either side. Line numbers count from 0.
#[derive(Clone, Copy)]
struct Run {
    before: (usize, usize),
    after: (usize, usize),
}

fn hunks(text: &mut Text, before: &str, after: &str) {
    let Middle { before, after, first_line } = middle(before, after);
    let before: Vec<&str> = before.split_inclusive('\n').collect();
    let after: Vec<&str> = after.split_inclusive('\n').collect();
    let mut group: Vec<Run> = Vec::new();
    for run in changed_runs(&before, &after) {
        let near =
            group.last().is_none_or(|last| run.before.0 - (last.before.0 + last.before.1) <= 2 * CONTEXT);
        if !near {
            hunk(text, &before, &after, &group, first_line);
            group.clear();
        }
        group.push(run);
    }
    hunk(text, &before, &after, &group, first_line);
}

/// Two texts without what they share at both ends, except for the context of the outermost changes.
struct Middle<'a> {
    before: &'a str,
    after: &'a str,
    /// How many lines were cut off in front of it.
    first_line: usize,
}

/// Compares bytes in large pieces: only the middle is worth splitting into lines.
fn middle<'a>(before: &'a str, after: &'a str) -> Middle<'a> {
    let (left, right) = (before.as_bytes(), after.as_bytes());
    let head = memchr::memrchr(b'\n', left.get(..shared_head(left, right)).unwrap_or_default());
    let head = head.map_or(0, |newline| newline + 1);
    let (left, right) = (left.get(head..).unwrap_or_default(), right.get(head..).unwrap_or_default());
    let tail = shared_tail(left, right);
    let starts_line = |side: &[u8]| {
        let rest = side.get(..side.len() - tail).unwrap_or_default();
        rest.last().is_none_or(|byte| *byte == b'\n')
    };
    let tail_bytes = left.get(left.len() - tail..).unwrap_or_default();
    let (tail, tail_bytes) = if starts_line(left) && starts_line(right) {
        (tail, tail_bytes)
    } else {
        let cut = memchr::memchr(b'\n', tail_bytes).map_or(tail, |newline| newline + 1);
        (tail - cut, tail_bytes.get(cut..).unwrap_or_default())
    };
    // Back to the start of the third line above, on to the end of the third line below.
    let head_bytes = before.as_bytes().get(..head).unwrap_or_default();
    let lead = memchr::memrchr_iter(b'\n', head_bytes).nth(CONTEXT).map_or(0, |newline| newline + 1);
    let trail = memchr::memchr_iter(b'\n', tail_bytes).nth(CONTEXT - 1).map_or(tail, |newline| newline + 1);
    let cut = |text: &'a str| text.get(lead..text.len() - (tail - trail)).unwrap_or_default();
    Middle {
        before: cut(before),
        after: cut(after),
        first_line: memchr::memchr_iter(b'\n', head_bytes.get(..lead).unwrap_or_default()).count(),
    }
}

/// Compared piece by piece, and only where two pieces differ byte by byte.
const PIECE: usize = 4096;

fn shared_head(left: &[u8], right: &[u8]) -> usize {
    let pieces = left.chunks(PIECE).zip(right.chunks(PIECE));
    let whole: usize = pieces.take_while(|(left, right)| left == right).map(|(left, _)| left.len()).sum();
    let rest = left.iter().skip(whole).zip(right.iter().skip(whole));
    whole + rest.take_while(|(left, right)| left == right).count()
}

fn shared_tail(left: &[u8], right: &[u8]) -> usize {
    let pieces = left.rchunks(PIECE).zip(right.rchunks(PIECE));
    let whole: usize = pieces.take_while(|(left, right)| left == right).map(|(left, _)| left.len()).sum();
    let rest = left.iter().rev().skip(whole).zip(right.iter().rev().skip(whole));
    whole + rest.take_while(|(left, right)| left == right).count()
}

/// The runs in order; the common head and tail never reach the diff algorithm.
fn changed_runs(before: &[&str], after: &[&str]) -> Vec<Run> {
    let head = before.iter().zip(after).take_while(|(left, right)| left == right).count();
    let (middle_before, middle_after) = (before.get(head..).unwrap_or(&[]), after.get(head..).unwrap_or(&[]));
    let tail = middle_before
        .iter()
        .rev()
        .zip(middle_after.iter().rev())
        .take_while(|(left, right)| left == right)
        .count();
    let middle_before = middle_before.get(..middle_before.len() - tail).unwrap_or(&[]);
    let middle_after = middle_after.get(..middle_after.len() - tail).unwrap_or(&[]);
    let mut input = InternedInput::default();
    input.update_before(middle_before.iter().copied());
    input.update_after(middle_after.iter().copied());
    let mut diff = Diff::compute(Algorithm::Histogram, &input);
    diff.postprocess_no_heuristic(&input);
    diff.hunks()
        .map(|hunk| Run {
            before: (head + hunk.before.start as usize, hunk.before.len()),
            after: (head + hunk.after.start as usize, hunk.after.len()),
        })
        .collect()
}

fn hunk(text: &mut Text, before: &[&str], after: &[&str], runs: &[Run], first_line: usize) {
    let (Some(first), Some(last)) = (runs.first(), runs.last()) else { return };
    let lead = first.before.0.min(CONTEXT);
    let last_end = last.before.0 + last.before.1;
    let trail = (before.len() - last_end).min(CONTEXT);
    let (start_before, start_after) = (first.before.0 - lead, first.after.0 - lead);
    let length_before = last_end + trail - start_before;
    let length_after = last.after.0 + last.after.1 + trail - start_after;
    let (old, new) =
        (range(first_line + start_before, length_before), range(first_line + start_after, length_after));
    text.role(Role::Dim, format!("@@ -{old} +{new} @@"));
    let mut at = start_before;
    for run in runs {
        lines(text, before.get(at..run.before.0), ' ', None);
        lines(text, before.get(run.before.0..run.before.0 + run.before.1), '-', Some(Role::Removed));
        lines(text, after.get(run.after.0..run.after.0 + run.after.1), '+', Some(Role::Added));
        at = run.before.0 + run.before.1;
    }
    lines(text, before.get(at..at + trail), ' ', None);
}

/// An empty side counts from the line before it (POSIX diff, "unified format").
fn range(start: usize, length: usize) -> String {
    match length {
        0 => format!("{start},0"),
        1 => format!("{}", start + 1),
        _ => format!("{},{length}", start + 1),
    }
}

fn lines(text: &mut Text, lines: Option<&[&str]>, mark: char, role: Option<Role>) {
    for line in lines.unwrap_or(&[]) {
        let (content, complete) = match line.strip_suffix('\n') {
            Some(content) => (content, true),
            None => (*line, false),
        };
        text.marked(mark, role, content);
        if !complete {
            text.plain("\\ No newline at end of file");
        }
    }
}

/// A path as git writes it in a patch: in double quotes with octal escapes where it holds anything unusual.
fn quoted(path: &str) -> String {
    let plain = |byte: u8| (0x20..0x7f).contains(&byte) && byte != b'"' && byte != b'\\';
    if path.bytes().all(plain) {
        return path.to_owned();
    }
    let mut result = String::from("\"");
    for byte in path.bytes() {
        match byte {
            b'"' => result.push_str("\\\""),
            b'\\' => result.push_str("\\\\"),
            b'\n' => result.push_str("\\n"),
            b'\t' => result.push_str("\\t"),
            byte if plain(byte) => result.push(char::from(byte)),
            byte => result.push_str(&format!("\\{byte:03o}")),
        }
    }
    result.push('"');
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(before: &str, after: Option<&str>) -> String {
        let mut text = Text::default();
        let change = FileChange {
            path: "a file".into(),
            executable: false,
            before: before.into(),
            after: after.map(Into::into),
            values: Vec::new(),
        };
        patch(&mut text, &change);
        text.to_plain()
    }

    #[test]
    fn a_changed_line_has_three_lines_around_it() {
        let patch = shown("1\n2\n3\n4\n5\n6\n7\n8\n9\n", Some("1\n2\n3\n4\nfive\n6\n7\n8\n9\n"));
        assert_eq!(
            patch,
            "diff --git a/a file b/a file\n--- a/a file\n+++ b/a file\n@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+five\n 6\n 7\n 8\n"
        );
    }

    #[test]
    fn distant_changes_are_two_hunks_and_near_ones_are_one() {
        let before: String = (0..30).map(|number| format!("{number}\n")).collect();
        let far = before.replace("\n3\n", "\nx\n").replace("\n20\n", "\ny\n");
        assert_eq!(shown(&before, Some(&far)).matches("@@ -").count(), 2);
        let near = before.replace("\n3\n", "\nx\n").replace("\n10\n", "\ny\n");
        assert_eq!(shown(&before, Some(&near)).matches("@@ -").count(), 1);
    }

    #[test]
    fn a_missing_final_newline_is_marked_on_its_side() {
        assert!(
            shown("a", Some("b")).ends_with(
                "@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+b\n\\ No newline at end of file\n"
            )
        );
        assert!(shown("a", Some("a\n")).ends_with("-a\n\\ No newline at end of file\n+a\n"));
    }

    #[test]
    fn a_deleted_file_goes_to_dev_null() {
        assert!(
            shown("a\n", None)
                .ends_with("deleted file mode 100644\n--- a/a file\n+++ /dev/null\n@@ -1 +0,0 @@\n-a\n")
        );
    }

    #[test]
    fn unusual_paths_are_quoted_as_git_quotes_them() {
        assert_eq!(quoted("plain path"), "plain path");
        assert_eq!(quoted("ü\n\"\\"), "\"\\303\\274\\n\\\"\\\\\"");
    }
}
