//! The line under edit: its text, and where it has put the cursor. Nothing here touches the terminal; each edit
//! gives the characters to write. A question is longer than a narrow terminal, so the place is counted in rows.

use std::iter;

use unicode_width::UnicodeWidthChar;

/// More than any version, and a paste by mistake still fits on a screen. In characters.
const LONGEST: usize = 256;

/// A question and what was typed behind it.
#[derive(Debug)]
pub(super) struct Line {
    prompt: String,
    text: String,
    /// Width of the terminal.
    columns: usize,
    /// Whether the terminal can move its cursor up and erase.
    can_redraw: bool,
    /// The cursor, in rows below the start of the question and in columns.
    row: usize,
    column: usize,
    /// The width changed since the question was drawn. Some terminals then wrap their lines anew and some do
    /// not, so nobody knows on which row it starts.
    is_displaced: bool,
}

impl Line {
    pub(super) fn new(prompt: &str, columns: usize, can_redraw: bool) -> Self {
        Self {
            prompt: format!("{prompt} "),
            text: String::new(),
            columns: columns.max(1),
            can_redraw,
            row: 0,
            column: 0,
            is_displaced: false,
        }
    }

    /// Takes note of the width of the terminal.
    pub(super) fn resize(&mut self, columns: usize) {
        if columns != self.columns {
            self.columns = columns.max(1);
            self.is_displaced = true;
        }
    }

    /// The question and the text from the start of a row.
    pub(super) fn draw(&mut self) -> String {
        (self.row, self.column, self.is_displaced) = (0, 0, false);
        let mut drawn = format!("{}{}", self.prompt, self.text);
        for character in visible(&drawn) {
            self.advance(character);
        }
        drawn.push_str(self.settle());
        drawn
    }

    /// Appends a character, unless the line is full.
    pub(super) fn insert(&mut self, character: char) -> String {
        if self.text.chars().count() >= LONGEST {
            return String::new();
        }
        self.text.push(character);
        self.advance(character);
        format!("{character}{}", self.settle())
    }

    pub(super) fn erase_character(&mut self) -> String {
        let before = self.text.chars().count();
        // A combining mark goes together with the character that carries it.
        while let Some(character) = self.text.pop() {
            if character.width() != Some(0) {
                break;
            }
        }
        self.redraw_if_shorter_than(before)
    }

    pub(super) fn erase_word(&mut self) -> String {
        let before = self.text.chars().count();
        let kept = self.text.trim_end();
        let kept = kept.trim_end_matches(|character: char| !character.is_whitespace()).len();
        self.text.truncate(kept);
        self.redraw_if_shorter_than(before)
    }

    pub(super) fn erase_all(&mut self) -> String {
        let before = self.text.chars().count();
        self.text.clear();
        self.redraw_if_shorter_than(before)
    }

    /// What brings the cursor to a fresh line.
    pub(super) fn leave(&self) -> &'static str {
        if self.column == 0 && !self.is_displaced { "" } else { "\r\n" }
    }

    pub(super) fn into_text(self) -> String {
        self.text
    }

    fn redraw_if_shorter_than(&mut self, before: usize) -> String {
        if self.text.chars().count() == before {
            return String::new();
        }
        let to_start = match (self.can_redraw && !self.is_displaced, self.row) {
            (false, _) => "\r\n".to_owned(),
            (true, 0) => "\r\u{1b}[J".to_owned(),
            (true, rows) => format!("\r\u{1b}[{rows}A\u{1b}[J"),
        };
        to_start + &self.draw()
    }

    /// Where the cursor stands after one more character: a wide one does not start in the last column.
    fn advance(&mut self, character: char) {
        let width = character.width().unwrap_or(0);
        if self.column + width > self.columns {
            self.row += 1;
            self.column = 0;
        }
        self.column += width;
    }

    /// After the last column a terminal keeps the cursor on the row until something follows. A blank that is
    /// taken back makes it wrap now, so that the place is certain and the rows still belong together.
    fn settle(&mut self) -> &'static str {
        if self.column < self.columns || self.is_displaced {
            return "";
        }
        self.row += 1;
        self.column = 0;
        " \r"
    }
}

/// The characters that take room: colours (`ESC [ … m`) are skipped.
fn visible(text: &str) -> impl Iterator<Item = char> {
    let mut characters = text.chars();
    iter::from_fn(move || {
        loop {
            match characters.next()? {
                '\u{1b}' => characters.by_ref().find(|character| *character == 'm').map(|_| ())?,
                character => return Some(character),
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A line on a terminal so wide, with this typed.
    fn typed(columns: usize, prompt: &str, text: &str) -> Line {
        let mut line = Line::new(prompt, columns, true);
        line.draw();
        for character in text.chars() {
            line.insert(character);
        }
        line
    }

    #[test]
    fn the_cursor_is_counted_in_rows_and_columns() {
        for (columns, prompt, text, place) in [
            (10, "ask:", "", (0, 5)),
            (10, "ask:", "1234", (0, 9)),
            (10, "ask:", "12345", (1, 0)),
            (10, "ask:", "123456", (1, 1)),
            (5, "ask:", "", (1, 0)),
            (10, "\u{1b}[1mask\u{1b}[0m:", "1", (0, 6)),
            (10, "ask:", "版本", (0, 9)),
            (10, "ask:", "版本版", (1, 2)),
            (10, "ask:", "e\u{301}", (0, 6)),
        ] {
            let line = typed(columns, prompt, text);
            assert_eq!((line.row, line.column), place, "{prompt:?} {text:?} at {columns}");
        }
    }

    #[test]
    fn erasing_redraws_from_the_row_where_the_question_starts() {
        assert_eq!(typed(10, "ask:", "12").erase_character(), "\r\u{1b}[Jask: 1");
        assert_eq!(typed(10, "ask:", "12345").erase_character(), "\r\u{1b}[1A\u{1b}[Jask: 1234");
        assert_eq!(typed(5, "ask:", "123456").erase_all(), "\r\u{1b}[2A\u{1b}[Jask:  \r");
        assert_eq!(typed(10, "ask:", "e\u{301}").erase_character(), "\r\u{1b}[Jask: ");
        assert_eq!(typed(20, "ask:", "one two ").erase_word(), "\r\u{1b}[Jask: one ");
    }

    #[test]
    fn erasing_nothing_writes_nothing() {
        let mut line = typed(10, "ask:", "");
        assert_eq!(line.erase_character() + &line.erase_word() + &line.erase_all(), "");
    }

    #[test]
    fn after_a_resize_and_on_a_dumb_terminal_the_question_starts_again_below() {
        let mut line = typed(10, "ask:", "12345");
        line.resize(7);
        assert_eq!(line.insert('6'), "6");
        assert_eq!(line.erase_character(), "\r\nask: 12345");
        assert_eq!(line.erase_character(), "\r\u{1b}[1A\u{1b}[Jask: 1234");

        let mut dumb = Line::new("ask:", 10, false);
        dumb.draw();
        dumb.insert('1');
        assert_eq!(dumb.erase_character(), "\r\nask: ");
    }

    #[test]
    fn a_line_takes_no_more_than_it_can_hold() {
        let line = typed(40, "ask:", &"1".repeat(LONGEST + 50));
        assert_eq!(line.into_text().len(), LONGEST);
    }
}
