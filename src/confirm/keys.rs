//! From what the console library reads to what it means at the gate. The library gives up on an escape sequence
//! after three characters and takes the rest for typed text, and takes a sequence whose bytes arrive late for the
//! Esc key; both are mended here, so that no arrow or function key aborts a release or leaves garbage in the line.

use std::io;
use std::thread;
use std::time::Duration;

use dialoguer::console::{Key, Term};

use crate::ui::is_hidden;

/// What a key asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pressed {
    Insert(char),
    EraseCharacter,
    EraseWord,
    EraseLine,
    Submit,
    Abort,
    Nothing,
}

/// How long the rest of an escape sequence may take on a slow line; a person is not that fast after Esc.
const SEQUENCE_PAUSE: Duration = Duration::from_millis(50);
const SEQUENCE_POLL: Duration = Duration::from_millis(5);

/// Where keys come from.
pub(super) trait Source {
    /// Waits for a key as the console library understands it.
    fn read(&self) -> io::Result<Key>;
    /// Whether typed bytes wait to be read.
    fn is_waiting(&self) -> io::Result<bool>;
}

impl Source for Term {
    fn read(&self) -> io::Result<Key> {
        self.read_key_raw()
    }

    fn is_waiting(&self) -> io::Result<bool> {
        Ok(rustix::io::ioctl_fionread(io::stdin())? > 0)
    }
}

/// The keys of one terminal.
pub(super) struct Keyboard<'a, S> {
    source: &'a S,
}

impl<'a, S: Source> Keyboard<'a, S> {
    pub(super) fn new(source: &'a S) -> Self {
        Self { source }
    }

    /// Waits for a key.
    pub(super) fn next(&self) -> io::Result<Pressed> {
        Ok(match self.source.read()? {
            Key::Escape => self.after_escape()?,
            Key::UnknownEscSeq(read) => self.after_unknown(&read)?,
            key => plain(&key),
        })
    }

    /// Esc if nothing follows it soon; otherwise the first byte of a sequence that arrives in pieces.
    fn after_escape(&self) -> io::Result<Pressed> {
        match self.soon()? {
            None => Ok(Pressed::Abort),
            Some(Key::Char(introducer)) => self.after_unknown(&[introducer]),
            Some(Key::Escape | Key::Enter) => Ok(Pressed::Abort),
            Some(Key::Backspace) => Ok(Pressed::EraseWord),
            Some(key) => Ok(plain(&key)),
        }
    }

    /// Reads the rest of a sequence of which the library knew only the beginning.
    fn after_unknown(&self, read: &[char]) -> io::Result<Pressed> {
        match read {
            // CSI: parameters, then one final character. `[[` is a function key of the Linux console.
            ['[', '['] => self.skip_one(),
            ['[', '[', _] => Ok(Pressed::Nothing),
            ['[', rest @ ..] if rest.iter().any(|c| is_final(*c)) => Ok(Pressed::Nothing),
            ['['] | ['[', ..] => self.skip_through(is_final),
            // SS3: one more character (arrow keys in application mode, F1 to F4).
            ['O'] => self.skip_one(),
            // A string from the terminal itself, such as a late answer about its colours: ends with BEL or ESC \.
            [']' | 'P' | 'X' | '^' | '_'] => self.skip_through(|c| c == '\u{7}'),
            // Alt with Backspace.
            ['\u{7f}' | '\u{8}'] => Ok(Pressed::EraseWord),
            // Esc pressed twice, or an arrow key with Alt.
            ['\u{1b}'] => self.after_escape(),
            // Esc and, typed ahead, a key that no one presses together with Alt.
            [control] if control.is_control() => Ok(Pressed::Abort),
            _ => Ok(Pressed::Nothing),
        }
    }

    fn skip_one(&self) -> io::Result<Pressed> {
        self.skip_through(|_| true)
    }

    fn skip_through(&self, is_last: impl Fn(char) -> bool) -> io::Result<Pressed> {
        loop {
            match self.soon()? {
                Some(Key::CtrlC) => return Ok(Pressed::Abort),
                Some(Key::Char(character)) if !is_last(character) => {}
                _ => return Ok(Pressed::Nothing),
            }
        }
    }

    /// The next key, if it arrives as fast as only a machine types.
    fn soon(&self) -> io::Result<Option<Key>> {
        let mut waited = Duration::ZERO;
        while !self.source.is_waiting()? {
            if waited >= SEQUENCE_PAUSE {
                return Ok(None);
            }
            thread::sleep(SEQUENCE_POLL);
            waited += SEQUENCE_POLL;
        }
        self.source.read().map(Some)
    }
}

/// Whether the character ends a control sequence.
fn is_final(character: char) -> bool {
    ('\u{40}'..='\u{7e}').contains(&character)
}

/// The meaning of a key that stands for itself.
fn plain(key: &Key) -> Pressed {
    match key {
        Key::Enter => Pressed::Submit,
        // A Ctrl-D that was typed while the terminal still edited lines arrives as NUL.
        Key::CtrlC | Key::Char('\u{3}' | '\u{4}' | '\0') => Pressed::Abort,
        Key::Backspace => Pressed::EraseCharacter,
        Key::Char('\u{15}') => Pressed::EraseLine,
        Key::Char('\u{17}') => Pressed::EraseWord,
        Key::Char(character) if !is_hidden(*character) => Pressed::Insert(*character),
        _ => Pressed::Nothing,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::RefCell;
    use std::collections::VecDeque;

    /// What the library reads from these keys; `None` is a pause.
    struct Script(RefCell<VecDeque<Option<Key>>>);

    impl Source for Script {
        fn read(&self) -> io::Result<Key> {
            let mut keys = self.0.borrow_mut();
            while keys.front() == Some(&None) {
                keys.pop_front();
            }
            keys.pop_front().flatten().ok_or_else(|| io::ErrorKind::UnexpectedEof.into())
        }

        fn is_waiting(&self) -> io::Result<bool> {
            Ok(matches!(self.0.borrow().front(), Some(Some(_))))
        }
    }

    fn meaning(keys: impl IntoIterator<Item = Option<Key>>) -> Vec<Pressed> {
        let script = Script(RefCell::new(keys.into_iter().collect()));
        let keyboard = Keyboard::new(&script);
        std::iter::from_fn(|| keyboard.next().ok()).collect()
    }

    #[test]
    fn a_key_means_what_it_stands_for() {
        for (key, expected) in [
            (Key::Char('1'), Pressed::Insert('1')),
            (Key::Char('é'), Pressed::Insert('é')),
            (Key::Char('q'), Pressed::Insert('q')),
            (Key::Enter, Pressed::Submit),
            (Key::CtrlC, Pressed::Abort),
            (Key::Char('\u{4}'), Pressed::Abort),
            (Key::Char('\u{1a}'), Pressed::Nothing),
            (Key::Char('\u{202e}'), Pressed::Nothing),
            (Key::Char('\u{200b}'), Pressed::Nothing),
            (Key::ArrowLeft, Pressed::Nothing),
            (Key::Tab, Pressed::Nothing),
            (Key::Unknown, Pressed::Nothing),
        ] {
            assert_eq!(meaning([Some(key.clone())]), [expected], "{key:?}");
        }
    }

    #[test]
    fn escape_aborts_only_when_no_sequence_follows() {
        let character = |c| Some(Key::Char(c));
        let escape = || Some(Key::Escape);
        let unknown = |read: &str| Some(Key::UnknownEscSeq(read.chars().collect()));
        let typed = |c| [Pressed::Nothing, Pressed::Insert(c)].to_vec();
        for (keys, expected) in [
            (vec![escape()], vec![Pressed::Abort]),
            (vec![escape(), None, character('1')], vec![Pressed::Abort, Pressed::Insert('1')]),
            // An arrow key whose bytes arrive one by one.
            (vec![escape(), character('['), character('A'), character('1')], typed('1')),
            (vec![unknown("["), character('A'), character('1')], typed('1')),
            // Ctrl with an arrow key, a bracketed paste, a Linux console key, F1, Alt with a letter.
            (vec![unknown("[1;"), character('5'), character('C'), character('1')], typed('1')),
            (vec![unknown("[20"), character('0'), character('~'), character('1')], typed('1')),
            (vec![unknown("[[A"), character('1')], typed('1')),
            (vec![unknown("O"), character('P'), character('1')], typed('1')),
            (vec![unknown("x"), character('1')], typed('1')),
            (vec![unknown("]"), character('1'), character('\u{7}'), character('1')], typed('1')),
            (vec![unknown("\u{7f}")], vec![Pressed::EraseWord]),
            // Esc typed ahead of another key, and twice.
            (vec![unknown("\r")], vec![Pressed::Abort]),
            (vec![unknown("\u{1b}")], vec![Pressed::Abort]),
            (vec![unknown("\u{1b}"), character('['), character('A')], vec![Pressed::Nothing]),
            // Ctrl-C is never swallowed with a sequence.
            (vec![unknown("["), Some(Key::CtrlC)], vec![Pressed::Abort]),
            (vec![unknown("O"), Some(Key::CtrlC)], vec![Pressed::Abort]),
            (vec![escape(), Some(Key::CtrlC)], vec![Pressed::Abort]),
        ] {
            assert_eq!(meaning(keys.clone()), expected, "{keys:?}");
        }
    }
}
