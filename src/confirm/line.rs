//! The line under edit: its text, and where it has put the cursor. Nothing here touches the terminal; each edit
//! gives the characters to write. A question may take several rows, and where it leaves no room for a version the
//! answer gets a row of its own, so the place is counted in rows.

use unicode_width::UnicodeWidthChar;

use crate::ui::wrap;

/// The columns that an answer needs behind the question, or else it begins on the next row.
const ROOM: usize = 20;

/// How far the rows of a question hang.
const HANG: usize = 2;

/// What an answer on a row of its own begins with.
const MARK: &str = "> ";

/// Where the cursor goes within the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Motion {
    /// A character back.
    Back,
    /// A character on.
    On,
    /// To the beginning of the word before.
    WordBack,
    /// Past the end of the word after.
    WordOn,
    /// Before everything.
    Start,
    /// Behind everything.
    End,
}

/// A question and what was typed behind it.
#[derive(Debug)]
pub(super) struct Line {
    prompt: String,
    text: String,
    /// Where in the text the next character goes, in bytes.
    at: usize,
    /// Width of the terminal.
    columns: usize,
    /// Whether the terminal can move its cursor and erase.
    can_redraw: bool,
    /// How many characters the text may have.
    longest: usize,
    /// Where the answer begins, and where the cursor stands, from the start of the question.
    answer: Place,
    cursor: Place,
    /// The width changed since the question was drawn. Some terminals then wrap their lines anew and some do
    /// not, so nobody knows on which row it starts.
    is_displaced: bool,
}

/// A place on the screen: rows below the start of the question, and columns.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Place {
    row: usize,
    column: usize,
}

impl Line {
    pub(super) fn new(prompt: &str, columns: usize, can_redraw: bool, longest: usize) -> Self {
        Self {
            prompt: prompt.to_owned(),
            text: String::new(),
            at: 0,
            columns: columns.max(1),
            can_redraw,
            longest,
            answer: Place::default(),
            cursor: Place::default(),
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
        self.is_displaced = false;
        let (question, answer) = self.question();
        self.answer = answer;
        let end = self.place(self.text.len());
        self.cursor = self.place(self.at);
        let settled = self.settled(end);
        format!("{question}{}{settled}{}", self.text, moved(end, self.cursor))
    }

    /// Puts a character before the cursor, unless the line is full.
    pub(super) fn insert(&mut self, character: char) -> String {
        if self.text.chars().count() >= self.longest {
            return String::new();
        }
        let at_end = self.at == self.text.len();
        self.text.insert(self.at, character);
        self.at += character.len_utf8();
        if !at_end {
            return self.redraw();
        }
        // Nothing else moves, also where a terminal cannot redraw, or nobody knows where the question starts.
        self.cursor = self.place(self.at);
        format!("{character}{}", self.settled(self.cursor))
    }

    pub(super) fn go(&mut self, motion: Motion) -> String {
        let to = self.target(motion);
        // Where the cursor cannot be seen to move it had better not.
        if to == self.at || !self.can_redraw {
            return String::new();
        }
        self.at = to;
        if self.is_displaced {
            return self.redraw();
        }
        let from = self.cursor;
        self.cursor = self.place(to);
        moved(from, self.cursor)
    }

    /// Erases from the cursor to where the motion leads.
    pub(super) fn erase(&mut self, motion: Motion) -> String {
        let to = self.target(motion);
        let (from, to) = (self.at.min(to), self.at.max(to));
        if from == to {
            return String::new();
        }
        self.text.replace_range(from..to, "");
        self.at = from;
        self.redraw()
    }

    /// What brings the cursor to a fresh line.
    pub(super) fn leave(&self) -> String {
        let end = self.place(self.text.len());
        let down = match end.row.checked_sub(self.cursor.row) {
            Some(0) | None => String::new(),
            Some(rows) => format!("\u{1b}[{rows}B"),
        };
        match (self.is_displaced || end.column > 0, self.cursor == end) {
            (true, _) => format!("{down}\r\n"),
            (false, false) => format!("{down}\r"),
            (false, true) => String::new(),
        }
    }

    pub(super) fn into_text(self) -> String {
        self.text
    }

    /// The question in its rows, with what the answer begins behind, and where that is.
    fn question(&self) -> (String, Place) {
        let hang = wrap::hang(HANG, self.columns);
        let rows = wrap::phrases(&self.prompt, self.columns, hang);
        let mut question = String::new();
        let mut last = 0;
        for (number, row) in rows.iter().enumerate() {
            let row = self.prompt.get(row.clone()).unwrap_or_default();
            let indent = if number == 0 { 0 } else { hang };
            if number > 0 {
                question.push_str("\r\n");
                question.push_str(&" ".repeat(indent));
            }
            question.push_str(row);
            last = indent + wrap::width(row);
        }
        let row = rows.len().saturating_sub(1);
        if last + 1 + ROOM <= self.columns {
            question.push(' ');
            return (question, Place { row, column: last + 1 });
        }
        question.push_str("\r\n");
        question.push_str(MARK);
        // A word that is wider than the terminal takes more rows than one.
        let wide = last.saturating_sub(1) / self.columns;
        (question, Place { row: row + wide + 1, column: MARK.len() })
    }

    /// Where the cursor stands before this byte of the text: a wide character does not start in the last column, and
    /// behind that one the next row begins.
    fn place(&self, at: usize) -> Place {
        let Place { mut row, mut column } = self.answer;
        for character in self.text.get(..at).unwrap_or_default().chars() {
            let width = character.width().unwrap_or(0);
            if column + width > self.columns {
                row += 1;
                column = 0;
            }
            column += width;
        }
        if column >= self.columns { Place { row: row + 1, column: 0 } } else { Place { row, column } }
    }

    /// After the last column a terminal keeps the cursor on the row until something follows. A blank that is
    /// taken back makes it wrap now, so that the place is certain and the rows still belong together.
    fn settled(&self, end: Place) -> &'static str {
        if end.column == 0 && end.row > self.answer.row && !self.is_displaced { " \r" } else { "" }
    }

    fn redraw(&mut self) -> String {
        let to_start = match (self.can_redraw && !self.is_displaced, self.cursor.row) {
            // Below, over whatever is left there.
            (false, _) if self.can_redraw => "\r\n\u{1b}[J".to_owned(),
            (false, _) => "\r\n".to_owned(),
            (true, 0) => "\r\u{1b}[J".to_owned(),
            (true, rows) => format!("\r\u{1b}[{rows}A\u{1b}[J"),
        };
        to_start + &self.draw()
    }

    /// Where a motion leads. A combining mark goes together with the character that carries it.
    fn target(&self, motion: Motion) -> usize {
        let (before, after) = self.text.split_at_checked(self.at).unwrap_or((&self.text, ""));
        match motion {
            Motion::Start => 0,
            Motion::End => self.text.len(),
            Motion::Back => {
                let carries = |(_, character): &(usize, char)| character.width() != Some(0);
                before.char_indices().rev().find(carries).map_or(0, |(at, _)| at)
            }
            Motion::On => {
                let mut following = after.char_indices().skip(1);
                let carries = |(_, character): &(usize, char)| character.width() != Some(0);
                self.at + following.find(carries).map_or(after.len(), |(at, _)| at)
            }
            Motion::WordBack => {
                before.trim_end().trim_end_matches(|character: char| !character.is_whitespace()).len()
            }
            Motion::WordOn => {
                let rest =
                    after.trim_start().trim_start_matches(|character: char| !character.is_whitespace());
                self.text.len() - rest.len()
            }
        }
    }
}

/// What moves the cursor from one place to another.
fn moved(from: Place, to: Place) -> String {
    let mut sequence = String::new();
    if to.row < from.row {
        sequence.push_str(&format!("\u{1b}[{}A", from.row - to.row));
    } else if to.row > from.row {
        sequence.push_str(&format!("\u{1b}[{}B", to.row - from.row));
    }
    if to.column < from.column {
        sequence.push_str(&format!("\u{1b}[{}D", from.column - to.column));
    } else if to.column > from.column {
        sequence.push_str(&format!("\u{1b}[{}C", to.column - from.column));
    }
    sequence
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A line on a terminal so wide, with this typed.
    fn typed(columns: usize, prompt: &str, text: &str) -> Line {
        let mut line = Line::new(prompt, columns, true, 256);
        line.draw();
        for character in text.chars() {
            line.insert(character);
        }
        line
    }

    fn place(line: &Line) -> (usize, usize) {
        (line.cursor.row, line.cursor.column)
    }

    #[test]
    fn the_cursor_is_counted_in_rows_and_columns() {
        let version = "0".repeat(25);
        for (columns, prompt, text, expected) in [
            (30, "ask:", "", (0, 5)),
            (30, "ask:", "1234", (0, 9)),
            (30, "ask:", version.as_str(), (1, 0)),
            (30, "ask:", version.get(..24).unwrap(), (0, 29)),
            (30, "ask:", &format!("{version}0"), (1, 1)),
            (30, "ask:", "版本", (0, 9)),
            (24, "ask:", &"版".repeat(11), (2, 0)),
            (25, "ask:", &"版".repeat(11), (1, 2)),
            (30, "ask:", "e\u{301}", (0, 6)),
            // No room for a version behind the question.
            (24, "ask:", "12", (1, 4)),
            (24, "Enter to accept 0.2.0, or 'q':", "", (2, 2)),
        ] {
            let line = typed(columns, prompt, text);
            assert_eq!(place(&line), expected, "{prompt:?} {text:?} at {columns}");
        }
    }

    #[test]
    fn the_answer_gets_a_row_of_its_own_only_where_it_is_tight() {
        let question = "Enter to accept 0.2.0, type an explicit version to override, or 'q' to abort:";
        let drawn = |columns| Line::new(question, columns, true, 256).draw();
        assert_eq!(drawn(120), format!("{question} "));
        assert_eq!(drawn(98), format!("{question} "));
        assert_eq!(drawn(97), format!("{question}\r\n> "));
        assert_eq!(drawn(80), format!("{question}\r\n> "));
        assert_eq!(drawn(77), format!("{question}\r\n> "));
        assert_eq!(
            drawn(60),
            "Enter to accept 0.2.0, type an explicit version to override,\r\n  or 'q' to abort: "
        );
        assert_eq!(
            drawn(30),
            "Enter to accept 0.2.0, type an\r\n  explicit version to\r\n  override, or 'q' to abort:\r\n> "
        );
    }

    #[test]
    fn erasing_redraws_from_the_row_where_the_question_starts() {
        let back = Motion::Back;
        assert_eq!(typed(30, "ask:", "12").erase(back), "\r\u{1b}[Jask: 1");
        let (full, less) = ("1".repeat(25), "1".repeat(24));
        assert_eq!(typed(30, "ask:", &full).erase(back), format!("\r\x1b[1A\x1b[Jask: {less}"));
        assert_eq!(typed(30, "ask:", &full).erase(Motion::Start), "\r\u{1b}[1A\u{1b}[Jask: ");
        assert_eq!(typed(20, "ask:", "123").erase(Motion::Start), "\r\u{1b}[1A\u{1b}[Jask:\r\n> ");
        assert_eq!(typed(30, "ask:", "e\u{301}").erase(back), "\r\u{1b}[Jask: ");
        assert_eq!(typed(30, "ask:", "one two ").erase(Motion::WordBack), "\r\u{1b}[Jask: one ");
    }

    #[test]
    fn erasing_nothing_writes_nothing() {
        let mut line = typed(30, "ask:", "");
        for motion in [Motion::Back, Motion::On, Motion::WordBack, Motion::Start, Motion::End] {
            assert_eq!(line.erase(motion) + &line.go(motion), "");
        }
    }

    #[test]
    fn the_cursor_goes_back_into_the_text_and_edits_it_there() {
        let mut line = typed(30, "ask:", "0.4.0");
        assert_eq!(line.go(Motion::Back), "\u{1b}[1D");
        assert_eq!(line.insert('1'), "\r\u{1b}[Jask: 0.4.10\u{1b}[1D");
        assert_eq!(line.erase(Motion::On), "\r\u{1b}[Jask: 0.4.1");
        assert_eq!(line.go(Motion::Start), "\u{1b}[5D");
        assert_eq!(line.go(Motion::Start), "");
        assert_eq!(line.erase(Motion::On), "\r\u{1b}[Jask: .4.1\u{1b}[4D");
        assert_eq!(line.insert('1'), "\r\u{1b}[Jask: 1.4.1\u{1b}[4D");
        assert_eq!(line.go(Motion::End), "\u{1b}[4C");
        assert_eq!(line.into_text(), "1.4.1");

        let mut words = typed(40, "ask:", "one two three");
        words.go(Motion::WordBack);
        words.go(Motion::WordBack);
        assert_eq!(place(&words), (0, 9));
        words.go(Motion::WordOn);
        assert_eq!(place(&words), (0, 12));
        words.erase(Motion::End);
        assert_eq!(words.into_text(), "one two");
    }

    #[test]
    fn over_the_edge_of_a_row_and_over_a_combining_mark_the_cursor_keeps_its_place() {
        let mut line = typed(30, "ask:", &"1".repeat(26));
        assert_eq!(line.go(Motion::Back), "\u{1b}[1D");
        assert_eq!(line.go(Motion::Back), "\u{1b}[1A\u{1b}[29C");
        assert_eq!(line.go(Motion::On), "\u{1b}[1B\u{1b}[29D");
        assert_eq!(line.leave(), "\r\n");
        line.go(Motion::Start);
        assert_eq!(line.leave(), "\u{1b}[1B\r\n");
        let mut line = typed(30, "ask:", "ae\u{301}b");
        line.go(Motion::Back);
        line.go(Motion::Back);
        assert_eq!(place(&line), (0, 6));
        line.go(Motion::On);
        assert_eq!(place(&line), (0, 7));
        assert_eq!(line.at, 4);
    }

    #[test]
    fn after_a_resize_and_on_a_dumb_terminal_the_question_starts_again_below() {
        let mut line = typed(40, "ask:", "12345");
        line.resize(37);
        assert_eq!(line.insert('6'), "6");
        assert_eq!(line.erase(Motion::Back), "\r\n\u{1b}[Jask: 12345");
        assert_eq!(line.erase(Motion::Back), "\r\u{1b}[Jask: 1234");

        let mut dumb = Line::new("ask:", 30, false, 256);
        dumb.draw();
        dumb.insert('1');
        assert_eq!(dumb.go(Motion::Start), "");
        assert_eq!(dumb.erase(Motion::Back), "\r\nask: ");
    }

    #[test]
    fn a_line_takes_no_more_than_it_can_hold() {
        let line = typed(40, "ask:", &"1".repeat(306));
        assert_eq!(line.into_text().len(), 256);
    }
}
