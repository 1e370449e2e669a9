//! One of several answers, marked with the arrows or by its number. It is a question like the gate's: the same keys
//! decline it, what was typed ahead counts for nothing, and the terminal is as it was afterwards. The cursor is never
//! hidden, so that nothing has to be shown again when the program is ended from outside.

use std::io;

use unicode_width::UnicodeWidthChar;

use super::keys::{Keyboard, Pressed};
use super::{Gate, RawMode, Term, is_hangup};
use crate::ui::Ui;

/// How a choice ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Chosen {
    /// The answer of this number, counted from 0.
    Taken(usize),
    /// None of them: Esc, Ctrl-D, `q`, or the end of the terminal.
    Declined,
    /// None of them: Ctrl-C, or a signal that asks the program to end.
    Interrupted,
}

/// What stands below the answers.
const KEYS: &str = "Enter takes the marked one; arrows or a number mark another; q aborts";

/// Shows a question with its answers on standard error, `default` marked, and reads keys until one is taken.
///
/// # Errors
/// When standard input or standard error is not a terminal; the caller has made sure that they are.
pub fn choose(
    ui: &Ui,
    question: &str,
    answers: &[String],
    default: usize,
    interrupted: impl Fn() -> bool,
) -> io::Result<Chosen> {
    let term = Term::stderr();
    if !term.is_term() {
        return Err(io::Error::other("standard error is not a terminal"));
    }
    let conversation = RawMode::hold().and_then(|raw_mode| {
        let gate = Gate { ui, term, raw_mode, longest: 0, interrupted: &interrupted };
        gate.show(&format!("{question}:"))?;
        gate.choose(answers, default)
    });
    match conversation {
        Err(error) if is_hangup(&error) => Ok(Chosen::Declined),
        result => result,
    }
}

impl Gate<'_> {
    fn choose(&self, answers: &[String], default: usize) -> io::Result<Chosen> {
        let last = answers.len().saturating_sub(1);
        let mut marked = default.min(last);
        self.term.write_str(&rows(answers, marked, self.columns()))?;
        if !self.has_read()? {
            return Ok(Chosen::Interrupted);
        }
        self.term.write_str(&keys(self.columns()))?;
        let keyboard = Keyboard::new(&self.term);
        loop {
            let pressed = if self.wait()? { keyboard.next()? } else { Pressed::Interrupt };
            let before = marked;
            match pressed {
                Pressed::Submit => return Ok(Chosen::Taken(marked)),
                Pressed::Interrupt => return Ok(Chosen::Interrupted),
                Pressed::Abort | Pressed::Insert('q' | 'Q') => return Ok(Chosen::Declined),
                Pressed::Up | Pressed::Insert('k') => marked = marked.checked_sub(1).unwrap_or(last),
                Pressed::Down | Pressed::Insert('j') => marked = if marked == last { 0 } else { marked + 1 },
                Pressed::Insert(digit) => marked = numbered(digit, last).unwrap_or(marked),
                _ => {}
            }
            if marked != before {
                // Every row is shorter than the terminal was wide; a terminal that was made narrower shows some twice.
                let up = if self.ui.can_redraw() {
                    format!("\r\u{1b}[{}A\u{1b}[J", answers.len() + 1)
                } else {
                    String::new()
                };
                let columns = self.columns();
                self.term.write_str(&format!("{up}{}{}", rows(answers, marked, columns), keys(columns)))?;
            }
        }
    }
}

/// The answer that a digit stands for.
fn numbered(digit: char, last: usize) -> Option<usize> {
    let number = usize::try_from(digit.to_digit(10)?).ok()?.checked_sub(1)?;
    (number <= last).then_some(number)
}

/// The answers with their numbers: a row each, none wider than the terminal.
fn rows(answers: &[String], marked: usize, columns: usize) -> String {
    let listed = answers.iter().enumerate().map(|(number, answer)| {
        let mark = if number == marked { '>' } else { ' ' };
        cut(&format!("{mark} {}  {answer}", number + 1), columns) + "\n"
    });
    listed.collect()
}

/// The row that says which keys there are; it comes once the answers can have been read.
fn keys(columns: usize) -> String {
    cut(KEYS, columns) + "\n"
}

/// As much of a row as fits beside the last column, which some terminals wrap after.
fn cut(row: &str, columns: usize) -> String {
    let room = columns.saturating_sub(1);
    let width = |text: &str| text.chars().map(|it| it.width().unwrap_or(0)).sum::<usize>();
    if width(row) <= room {
        return row.to_owned();
    }
    let mut kept = String::new();
    for character in row.chars() {
        if width(&kept) + character.width().unwrap_or(0) + 1 > room {
            break;
        }
        kept.push(character);
    }
    kept + "…"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_marked_answer_is_told_apart_and_no_row_is_wider_than_the_terminal() {
        let answers = ["1.2.0, of the package".to_owned(), "0.3.0 äöü 日本".to_owned()];
        assert_eq!(rows(&answers, 1, 80), "  1  1.2.0, of the package\n> 2  0.3.0 äöü 日本\n");
        for columns in 1..40 {
            for row in (rows(&answers, 0, columns) + &keys(columns)).lines() {
                let width: usize = row.chars().map(|it| it.width().unwrap_or(0)).sum();
                assert!(width < columns.max(2), "{columns}: {row}");
            }
        }
    }

    #[test]
    fn a_digit_stands_for_the_answer_of_its_number() {
        for (digit, expected) in [('1', Some(0)), ('3', Some(2)), ('4', None), ('0', None), ('x', None)] {
            assert_eq!(numbered(digit, 2), expected, "{digit}");
        }
    }
}
