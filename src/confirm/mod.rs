//! The gate: shows what is about to happen and takes one answer from the keyboard. It sees rendered text only,
//! so it knows nothing of plans or versions, and it holds the terminal in raw mode for the whole question, so
//! that what is pasted is echoed once and Ctrl-C is an answer and not the end of the process. Only what is typed once
//! the gate is on the screen is an answer: nobody can say yes to what they have not read.

mod choose;
mod keys;
mod line;
mod raw_mode;

use std::io;
use std::thread;
use std::time::Duration;

use dialoguer::console::Term;

use crate::error::Problem;
use crate::ui::Ui;
pub use choose::{Chosen, choose};
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
    /// Write nothing: Ctrl-C, or a signal that asks the program to end.
    Interrupted,
    /// Plan this instead, and show it again.
    Override(T),
}

/// The words that abort, in either case, once Enter follows them: until then they can be corrected.
const DECLINING: [&str; 4] = ["q", "quit", "n", "no"];

/// More than any version, and a paste by mistake still fits on a screen. In characters.
const LONGEST_WORD: usize = 256;

/// As much as can be edited in rows of a screen; what is longer is written in an editor. In characters.
pub const LONGEST_TEXT: usize = 1000;

/// How often the keyboard and the signals are looked at: nobody types so fast that it shows.
const KEY_POLL: Duration = Duration::from_millis(10);

/// How long the gate stands on the screen before it can be answered. Nobody has read it by then, so a key that comes
/// earlier was meant for something else: the second tap of two, a key that is held down, the rest of a paste.
const READING: Duration = Duration::from_millis(200);

/// Ctrl-C as a terminal in raw mode sends it.
const CTRL_C: u8 = 3;

/// Prints the screen and the question to standard error and reads keys until there is an answer. Enter accepts; `parse`
/// says what a typed text means, or what is wrong with it, and then the question is asked again; `q`, `quit`, `n` and `no`
/// with Enter, Ctrl-D, Esc, and the end of the terminal decline; Ctrl-C interrupts.
///
/// What was typed before the question stands on the screen is thrown away, each time it is asked: neither a key typed
/// ahead nor the second line of a paste may accept a plan that nobody has seen, or run in the shell.
///
/// `interrupted` says whether a signal asked the program to end; the terminal is put back then too. So the caller turns
/// signals into a flag (`signal_hook::flag`) before it asks.
///
/// # Errors
/// When standard input or standard error is not a terminal; the caller has made sure that they are.
pub fn ask<T>(
    ui: &Ui,
    screen: &str,
    prompt: &str,
    interrupted: impl Fn() -> bool,
    parse: impl Fn(&str) -> Result<Answer<T>, Problem>,
) -> io::Result<Answer<T>> {
    conversation(ui, screen, prompt, LONGEST_WORD, interrupted, parse)
}

/// The same for a text in place of a word: a line of up to [`LONGEST_TEXT`] characters. What is pasted in several lines is
/// no answer: the lines behind the first would be lost.
///
/// # Errors
/// When standard input or standard error is not a terminal.
pub fn ask_for_text<T>(
    ui: &Ui,
    screen: &str,
    prompt: &str,
    interrupted: impl Fn() -> bool,
    parse: impl Fn(&str) -> Result<Answer<T>, Problem>,
) -> io::Result<Answer<T>> {
    conversation(ui, screen, prompt, LONGEST_TEXT, interrupted, parse)
}

fn conversation<T>(
    ui: &Ui,
    screen: &str,
    prompt: &str,
    longest: usize,
    interrupted: impl Fn() -> bool,
    parse: impl Fn(&str) -> Result<Answer<T>, Problem>,
) -> io::Result<Answer<T>> {
    let term = Term::stderr();
    if !term.is_term() {
        return Err(io::Error::other("standard error is not a terminal"));
    }
    let conversation = RawMode::hold().and_then(|raw_mode| {
        let gate = Gate { ui, term, raw_mode, longest, interrupted: &interrupted };
        gate.show(screen)?;
        gate.converse(prompt, parse)
    });
    match conversation {
        Err(error) if is_hangup(&error) => Ok(Answer::Decline),
        result => result,
    }
}

/// How a question ended.
enum Ended {
    Submitted(String),
    Aborted,
    Interrupted,
}

/// One conversation; the terminal is as it was when this is dropped.
struct Gate<'a> {
    ui: &'a Ui,
    term: Term,
    raw_mode: RawMode,
    /// So many characters an answer may have.
    longest: usize,
    interrupted: &'a dyn Fn() -> bool,
}

impl Gate<'_> {
    fn show(&self, screen: &str) -> io::Result<()> {
        // Until now the terminal itself echoed what was typed; it is no answer and goes.
        if self.ui.can_redraw() && self.term.is_waiting()? {
            self.term.write_str("\r\u{1b}[K")?;
        }
        self.term.write_str(screen)?;
        if screen.is_empty() || screen.ends_with('\n') { Ok(()) } else { self.term.write_str("\n") }
    }

    fn converse<T>(
        &self,
        prompt: &str,
        parse: impl Fn(&str) -> Result<Answer<T>, Problem>,
    ) -> io::Result<Answer<T>> {
        loop {
            let text = match self.read_line(prompt)? {
                Ended::Submitted(text) => text,
                Ended::Aborted => return Ok(Answer::Decline),
                Ended::Interrupted => return Ok(Answer::Interrupted),
            };
            let text = text.trim();
            if self.longest == LONGEST_TEXT {
                let behind = self.raw_mode.skip_unread()?;
                if behind.contains(&CTRL_C) {
                    return Ok(Answer::Interrupted);
                }
                if behind.iter().any(|byte| byte.is_ascii_graphic() || !byte.is_ascii()) {
                    let problem = Problem::content("more than one line was typed or pasted");
                    self.ui.problem(&problem.hint("press Enter alone to write several lines in an editor"));
                    continue;
                }
            }
            if text.is_empty() {
                return Ok(Answer::Accept);
            }
            if DECLINING.iter().any(|word| word.eq_ignore_ascii_case(text)) {
                return Ok(Answer::Decline);
            }
            match parse(text) {
                Ok(answer) => return Ok(answer),
                Err(problem) => self.ui.problem(&problem),
            }
        }
    }

    /// Asks once, of somebody who has had the time to see what is asked.
    fn read_line(&self, prompt: &str) -> io::Result<Ended> {
        if !self.has_read()? {
            return Ok(Ended::Interrupted);
        }
        let keyboard = Keyboard::new(&self.term);
        let mut line = Line::new(prompt, self.columns(), self.ui.can_redraw(), self.longest);
        self.term.write_str(&line.draw())?;
        let how = loop {
            let pressed = if self.wait()? { keyboard.next()? } else { Pressed::Interrupt };
            line.resize(self.columns());
            let shown = match pressed {
                Pressed::Abort | Pressed::Interrupt | Pressed::Submit => break pressed,
                Pressed::Insert(character) => line.insert(character),
                Pressed::Go(motion) => line.go(motion),
                Pressed::Erase(motion) => line.erase(motion),
                Pressed::Up | Pressed::Down | Pressed::Nothing => continue,
            };
            self.term.write_str(&shown)?;
        };
        self.term.write_str(&line.leave())?;
        Ok(match how {
            Pressed::Submit => Ended::Submitted(line.into_text()),
            Pressed::Interrupt => Ended::Interrupted,
            _ => Ended::Aborted,
        })
    }

    /// Waits until what is on the screen can have been read, and forgets what is typed until then; false where that is a
    /// wish to stop, which is one whenever it comes.
    fn has_read(&self) -> io::Result<bool> {
        let mut left = READING;
        while !left.is_zero() {
            if (self.interrupted)() || self.raw_mode.skip_unread()?.contains(&CTRL_C) {
                return Ok(false);
            }
            thread::sleep(KEY_POLL);
            left = left.saturating_sub(KEY_POLL);
        }
        Ok(!self.raw_mode.skip_unread()?.contains(&CTRL_C))
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
