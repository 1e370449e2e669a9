//! Fragments, file names and the output of other programs are written by others. Before they reach a terminal,
//! what would move its cursor, recolour it, reorder or hide text is turned into an escape that can be seen.

use std::borrow::Cow;
use std::fmt::Write;

/// The text with every hidden character but newline and tab as a visible escape: `\u{1b}`, `\r`.
pub fn sanitize(text: &str) -> Cow<'_, str> {
    escape(text, |character| is_hidden(character) && !matches!(character, '\n' | '\t'))
}

/// Like [`sanitize`], and on one line: newline and tab are escaped as well.
pub(super) fn single_line(text: &str) -> Cow<'_, str> {
    escape(text, is_hidden)
}

/// For data that goes into a file or a pipe, where a patch must keep its bytes: what is only invisible (a byte order
/// mark, the joiners of emoji) stays, what steers a terminal or reorders the text for a reader is still escaped.
pub(super) fn harmless_data(text: &str) -> Cow<'_, str> {
    escape(text, |character| {
        (character.is_control() && !matches!(character, '\n' | '\t'))
            || matches!(character, '\u{200e}' | '\u{200f}' | '\u{61c}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    })
}

fn escape(text: &str, must_show: impl Fn(char) -> bool) -> Cow<'_, str> {
    // Nearly every line is plain ASCII, which needs no decoding.
    let is_plain = |byte: u8| (0x20..0x7f).contains(&byte);
    if text.bytes().all(is_plain) || !text.contains(&must_show) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 16);
    for character in text.chars() {
        if must_show(character) {
            // Writing into a string cannot fail.
            let _ = write!(shown, "{}", character.escape_default());
        } else {
            shown.push(character);
        }
    }
    Cow::Owned(shown)
}

/// Whether a character steers the terminal or the reading order, or cannot be seen: the control characters (C0,
/// DEL, C1), line and paragraph separators, bidirectional marks, overrides and isolates, and the invisible
/// format and filler characters. Variation selectors that only choose a glyph (`⚠️`) are not among them.
pub fn is_hidden(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}'
            | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn data_keeps_what_is_only_invisible() {
        assert_eq!(harmless_data("\u{feff}a\u{200d}b\tc"), "\u{feff}a\u{200d}b\tc");
        assert_eq!(harmless_data("\u{1b}[2J\r\u{202e}"), "\\u{1b}[2J\\r\\u{202e}");
    }

    #[test]
    fn what_steers_a_terminal_or_hides_is_shown_as_an_escape() {
        for (text, shown) in [
            ("\u{1b}[2J", "\\u{1b}[2J"),
            ("a\rb", "a\\rb"),
            ("\u{7}\u{8}\u{7f}", "\\u{7}\\u{8}\\u{7f}"),
            ("\u{9b}31m", "\\u{9b}31m"),
            ("v1\u{202e}0.1v", "v1\\u{202e}0.1v"),
            ("\u{2066}\u{2069}\u{200f}\u{61c}", "\\u{2066}\\u{2069}\\u{200f}\\u{61c}"),
            ("ze\u{200b}ro\u{feff}", "ze\\u{200b}ro\\u{feff}"),
            ("\u{e0041}", "\\u{e0041}"),
        ] {
            assert_eq!(sanitize(text), shown);
        }
    }

    #[test]
    fn ordinary_text_in_any_script_is_borrowed_as_it_is() {
        for text in ["a\n\tb\n", "Grüße, 版本 — ⚠️ naïve → done", "\\u{1b}", ""] {
            assert!(matches!(sanitize(text), Cow::Borrowed(same) if same == text), "{text}");
        }
    }

    #[test]
    fn a_single_line_shows_its_line_ends() {
        assert_eq!(single_line("a\nb\tc"), "a\\nb\\tc");
    }

    /// Text as it comes, with far more hidden characters than chance would give.
    fn hostile_text() -> impl Strategy<Value = String> {
        let range = prop::char::range;
        let hidden =
            prop_oneof![range('\0', '\u{1f}'), range('\u{7f}', '\u{9f}'), range('\u{200b}', '\u{206f}')];
        prop::collection::vec(prop_oneof![any::<char>(), hidden], 0..40).prop_map(String::from_iter)
    }

    proptest! {
        #[test]
        fn nothing_hidden_but_newline_and_tab_gets_through(text in hostile_text()) {
            let shown = sanitize(&text);
            prop_assert!(!shown.chars().any(|c| c.is_control() && c != '\n' && c != '\t'));
            prop_assert!(!shown.chars().any(|c| is_hidden(c) && c != '\n' && c != '\t'));
        }

        #[test]
        fn everything_that_can_be_seen_gets_through_in_its_place(text in hostile_text()) {
            let expected: String = text
                .chars()
                .map(|c| if is_hidden(c) && c != '\n' && c != '\t' { c.escape_default().to_string() } else { c.into() })
                .collect();
            prop_assert_eq!(sanitize(&text), expected);
        }
    }
}
