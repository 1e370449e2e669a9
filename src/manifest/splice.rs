//! The one function that writes into a file's text. It replaces the spans it is given, from the back to the front,
//! and then proves, against the result, that every other byte is the one that stood there before.

use std::fmt;

use super::Span;

/// One replacement.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Edit {
    /// What goes, in bytes of the text.
    pub span: Span,
    /// What comes in its place.
    pub replacement: String,
}

/// Why a text was not changed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum SpliceError {
    /// The span ends before it starts, or past the end of the text.
    OutOfRange(Span),
    /// The span begins or ends inside a character.
    InsideCharacter(Span),
    /// Two edits want the same bytes, or insert at the same place so that their order would be arbitrary.
    Overlap(Span, Span),
    /// The result differs from the text outside the edits: a defect of this program.
    Altered,
}

impl fmt::Display for SpliceError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OutOfRange(span) => {
                write!(formatter, "bytes {}..{} are not in the text", span.start, span.end)
            }
            Self::InsideCharacter(span) => {
                write!(formatter, "bytes {}..{} cut a character in two", span.start, span.end)
            }
            Self::Overlap(first, second) => write!(
                formatter,
                "bytes {}..{} and {}..{} overlap",
                first.start, first.end, second.start, second.end
            ),
            Self::Altered => write!(formatter, "other bytes than the edited ones changed"),
        }
    }
}

impl std::error::Error for SpliceError {}

/// `text` with every edit made, whatever their order.
///
/// # Errors
/// An edit that does not fit the text, or two that do not fit each other; nothing is changed then.
pub fn splice(text: &str, edits: &[Edit]) -> Result<String, SpliceError> {
    let mut ordered: Vec<&Edit> = edits.iter().collect();
    ordered.sort_by_key(|edit| (edit.span.start, edit.span.end));
    for edit in &ordered {
        let Span { start, end } = edit.span;
        if start > end || end > text.len() {
            return Err(SpliceError::OutOfRange(edit.span));
        }
        if !text.is_char_boundary(start) || !text.is_char_boundary(end) {
            return Err(SpliceError::InsideCharacter(edit.span));
        }
    }
    for (first, second) in ordered.iter().zip(ordered.iter().skip(1)) {
        if second.span.start < first.span.end || second.span == first.span {
            return Err(SpliceError::Overlap(first.span, second.span));
        }
    }

    // Pieces are gathered from the back: each offset still means the text before it, which no edit has touched yet.
    let mut pieces = Vec::with_capacity(2 * ordered.len() + 1);
    let mut rest = text;
    for edit in ordered.iter().rev() {
        let (before, after) =
            rest.split_at_checked(edit.span.end).ok_or(SpliceError::OutOfRange(edit.span))?;
        pieces.push(after);
        pieces.push(edit.replacement.as_str());
        rest = before.get(..edit.span.start).ok_or(SpliceError::OutOfRange(edit.span))?;
    }
    pieces.push(rest);
    pieces.reverse();
    let result = pieces.concat();
    if differs_only_in_edits(text, &result, &ordered) { Ok(result) } else { Err(SpliceError::Altered) }
}

/// Walks both texts from the front: between the edits they must be equal, at the edits the replacement must stand.
fn differs_only_in_edits(text: &str, result: &str, ordered: &[&Edit]) -> bool {
    let mut read = 0;
    let mut rest = result;
    for edit in ordered {
        let unchanged = text.get(read..edit.span.start);
        let Some(after) = unchanged
            .and_then(|unchanged| rest.strip_prefix(unchanged))
            .and_then(|rest| rest.strip_prefix(edit.replacement.as_str()))
        else {
            return false;
        };
        rest = after;
        read = edit.span.end;
    }
    text.get(read..) == Some(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edit(start: usize, end: usize, replacement: &str) -> Edit {
        Edit { span: Span { start, end }, replacement: replacement.to_owned() }
    }

    #[test]
    fn edits_of_any_length_and_order_are_made() {
        let edits = [edit(8, 9, ""), edit(0, 1, "longer"), edit(4, 4, "+"), edit(4, 6, "x")];
        assert_eq!(splice("abcdefghi", &edits).unwrap(), "longerbcd+xgh");
        assert_eq!(splice("abc", &[]).unwrap(), "abc");
        assert_eq!(splice("", &[edit(0, 0, "a")]).unwrap(), "a");
    }

    #[test]
    fn edits_that_touch_are_no_overlap() {
        assert_eq!(splice("abcd", &[edit(2, 4, "2"), edit(0, 2, "1")]).unwrap(), "12");
    }

    #[test]
    fn edits_that_overlap_are_refused() {
        let overlap =
            |first: Edit, second: Edit| splice("abcd", &[second.clone(), first.clone()]).unwrap_err();
        for (first, second) in [
            (edit(0, 2, ""), edit(1, 3, "")),
            (edit(0, 4, ""), edit(1, 2, "")),
            (edit(1, 2, "a"), edit(1, 2, "b")),
            (edit(1, 1, "a"), edit(1, 1, "b")),
        ] {
            let expected = SpliceError::Overlap(first.span, second.span);
            assert_eq!(overlap(first, second), expected);
        }
    }

    #[test]
    fn a_span_outside_the_text_is_refused() {
        for (start, end) in [(2, 1), (0, 5), (5, 5)] {
            let expected = SpliceError::OutOfRange(Span { start, end });
            assert_eq!(splice("abcd", &[edit(start, end, "")]), Err(expected));
        }
    }

    #[test]
    fn a_span_that_cuts_a_character_is_refused() {
        for (start, end) in [(1, 2), (0, 1)] {
            let expected = SpliceError::InsideCharacter(Span { start, end });
            assert_eq!(splice("äb", &[edit(start, end, "")]), Err(expected));
        }
    }

    #[test]
    fn the_proof_sees_a_changed_byte_before_between_and_after_the_edits() {
        let edits = [edit(1, 2, "X"), edit(3, 4, "Y")];
        let ordered: Vec<&Edit> = edits.iter().collect();
        assert!(differs_only_in_edits("abcde", "aXcYe", &ordered));
        for altered in ["_XcYe", "aX_Ye", "aXcY_", "aXcY", "aXcYe\n", "a_cYe", "aXc_e"] {
            assert!(!differs_only_in_edits("abcde", altered, &ordered), "{altered}");
        }
    }
}
