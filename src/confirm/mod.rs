//! The gate: shows what is about to happen and takes one answer from the keyboard. It sees rendered text only,
//! so it knows nothing of plans or versions, and it holds the terminal in raw mode for the whole question, so
//! that what is pasted or typed ahead is echoed once and Ctrl-C is an answer and not the end of the process.

mod keys;
mod line;
mod raw_mode;

use std::io;
use std::thread;
use std::time::Duration;

use dialoguer::console::Term;

use crate::error::Problem;
use crate::ui::Ui;
use keys::{Keyboard, Pressed, Source};
use line::Line;
use raw_mode::RawMode;

/// What a person said at the gate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer<T> {
    /// Go ahead with what was shown.
    Accept,
    /// Write nothing.
    Decline,
    /// Plan this instead, and show it again.
    Override(T),
}

/// The words that abort, in either case, once Enter follows them: until then they can be corrected.
const DECLINING: [&str; 4] = ["q", "quit", "n", "no"];

/// How often the keyboard and the signals are looked at: nobody types so fast that it shows.
const KEY_POLL: Duration = Duration::from_millis(10);

/// Prints the screen and the question to standard error and reads keys until there is an answer. Enter accepts;
/// typed text is an override if `parse` takes it, else the problem is said and the question asked again; `q`,
/// `quit`, `n` and `no` with Enter, Ctrl-C, Ctrl-D, Esc, and the end of the terminal decline.
///
/// Lines typed ahead count for the first question. What still waits unread once a text is submitted is thrown
/// away: the second line of a paste must not accept a plan that nobody has seen, or run in the shell.
///
/// `interrupted` says whether a signal asked the program to end; that declines too, and the terminal is put back.
/// So the caller turns signals into a flag (`signal_hook::flag`) before it asks.
///
/// # Errors
/// When standard input or standard error is not a terminal; the caller has made sure that they are.
pub fn ask<T>(
    ui: &Ui,
    screen: &str,
    prompt: &str,
    interrupted: impl Fn() -> bool,
    parse: impl Fn(&str) -> Result<T, Problem>,
) -> io::Result<Answer<T>> {
    let term = Term::stderr();
    if !term.is_term() {
        return Err(io::Error::other("standard error is not a terminal"));
    }
    let conversation = RawMode::hold().and_then(|raw_mode| {
        let gate = Gate { ui, term, raw_mode, interrupted: &interrupted };
        gate.show(screen)?;
        gate.converse(prompt, parse)
    });
    match conversation {
        Err(error) if is_hangup(&error) => Ok(Answer::Decline),
        result => result,
    }
}

/// One conversation; the terminal is as it was when this is dropped.
struct Gate<'a> {
    ui: &'a Ui,
    term: Term,
    raw_mode: RawMode,
    interrupted: &'a dyn Fn() -> bool,
}

impl Gate<'_> {
    fn show(&self, screen: &str) -> io::Result<()> {
        // Until now the terminal itself echoed what was typed ahead; the question will show it.
        if self.ui.can_redraw() && self.term.is_waiting()? {
            self.term.write_str("\r\u{1b}[K")?;
        }
        self.term.write_str(screen)?;
        if screen.is_empty() || screen.ends_with('\n') { Ok(()) } else { self.term.write_str("\n") }
    }

    fn converse<T>(&self, prompt: &str, parse: impl Fn(&str) -> Result<T, Problem>) -> io::Result<Answer<T>> {
        loop {
            let Some(text) = self.read_line(prompt)? else { return Ok(Answer::Decline) };
            let text = text.trim();
            if text.is_empty() {
                return Ok(Answer::Accept);
            }
            if DECLINING.iter().any(|word| word.eq_ignore_ascii_case(text)) {
                return Ok(Answer::Decline);
            }
            match parse(text) {
                Ok(answer) => return Ok(Answer::Override(answer)),
                Err(problem) => self.ui.problem(&problem),
            }
            self.raw_mode.forget_unread()?;
        }
    }

    /// Asks once. `None` if a key aborted.
    fn read_line(&self, prompt: &str) -> io::Result<Option<String>> {
        let keyboard = Keyboard::new(&self.term);
        let mut line = Line::new(prompt, self.columns(), self.ui.can_redraw());
        self.term.write_str(&line.draw())?;
        let submitted = loop {
            let pressed = if self.wait()? { keyboard.next()? } else { Pressed::Abort };
            line.resize(self.columns());
            match pressed {
                Pressed::Abort => break false,
                Pressed::Submit => break true,
                Pressed::Insert(character) => self.term.write_str(&line.insert(character))?,
                Pressed::EraseCharacter => self.term.write_str(&line.erase_character())?,
                Pressed::EraseWord => self.term.write_str(&line.erase_word())?,
                Pressed::EraseLine => self.term.write_str(&line.erase_all())?,
                Pressed::Nothing => {}
            }
        };
        self.term.write_str(line.leave())?;
        Ok(submitted.then(|| line.into_text()))
    }

    /// Waits until a key can be read; false if a signal came first. Looking at the flag again and again, and not
    /// relying on the signal to interrupt a read, misses none that arrives in between.
    fn wait(&self) -> io::Result<bool> {
        while !self.term.is_waiting()? {
            if (self.interrupted)() {
                return Ok(false);
            }
            thread::sleep(KEY_POLL);
        }
        Ok(true)
    }

    fn columns(&self) -> usize {
        usize::from(self.term.size().1)
    }
}

/// Whether the terminal is gone: closed, or no longer ours to talk to.
fn is_hangup(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::UnexpectedEof
        || error.raw_os_error() == Some(rustix::io::Errno::IO.raw_os_error())
}
