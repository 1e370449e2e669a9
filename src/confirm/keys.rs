//! From what the console library reads to what it means at the gate. The library gives up on an escape sequence
//! after three characters and takes the rest for typed text, and takes a sequence whose bytes arrive late for the
//! Esc key; both are mended here, so that no arrow or function key aborts a release or leaves garbage in the line.

use std::io;
use std::thread;
use std::time::Duration;

use dialoguer::console::{Key, Term};

use super::line::Motion;
use crate::ui::is_hidden;

/// What a key asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pressed {
    Insert(char),
    Go(Motion),
    Erase(Motion),
    Submit,
    /// The answer above.
    Up,
    /// The answer below.
    Down,
    /// Ctrl-C, which elsewhere ends a program.
    Interrupt,
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
            Some(Key::Backspace) => Ok(Pressed::Erase(Motion::WordBack)),
            Some(key) => Ok(plain(&key)),
        }
    }

    /// Reads the rest of a sequence of which the library knew only the beginning.
    fn after_unknown(&self, read: &[char]) -> io::Result<Pressed> {
        match read {
            // CSI: parameters, then one final character. `[[` is a function key of the Linux console.
            ['[', '['] => self.skip_one(),
            ['[', '[', _] => Ok(Pressed::Nothing),
            ['[', parameters @ .., last] if is_final(*last) => Ok(control_sequence(parameters, *last)),
            ['[', parameters @ ..] => self.rest_of_control_sequence(parameters.to_vec()),
            // SS3: one more character (arrow keys in application mode, F1 to F4).
            ['O'] => Ok(match self.soon()? {
                Some(Key::CtrlC) => Pressed::Interrupt,
                Some(Key::Char(last)) => control_sequence(&[], last),
                _ => Pressed::Nothing,
            }),
            // A string from the terminal itself, such as a late answer about its colours: ends with BEL or ESC \.
            [']' | 'P' | 'X' | '^' | '_'] => self.skip_through(|c| c == '\u{7}'),
            // Alt with Backspace.
            ['\u{7f}' | '\u{8}'] => Ok(Pressed::Erase(Motion::WordBack)),
            ['b' | 'B'] => Ok(Pressed::Go(Motion::WordBack)),
            ['f' | 'F'] => Ok(Pressed::Go(Motion::WordOn)),
            ['d' | 'D'] => Ok(Pressed::Erase(Motion::WordOn)),
            // Esc pressed twice, or an arrow key with Alt.
            ['\u{1b}'] => self.after_escape(),
            // Esc and, typed ahead, a key that no one presses together with Alt.
            [control] if control.is_control() => Ok(Pressed::Abort),
            _ => Ok(Pressed::Nothing),
        }
    }

    /// Reads the rest of a control sequence of which these parameters are known.
    fn rest_of_control_sequence(&self, mut parameters: Vec<char>) -> io::Result<Pressed> {
        loop {
            match self.soon()? {
                Some(Key::CtrlC) => return Ok(Pressed::Interrupt),
                Some(Key::Char(last)) if is_final(last) => return Ok(control_sequence(&parameters, last)),
                Some(Key::Char(parameter)) => parameters.push(parameter),
                _ => return Ok(Pressed::Nothing),
            }
        }
    }

    fn skip_one(&self) -> io::Result<Pressed> {
        self.skip_through(|_| true)
    }

    fn skip_through(&self, is_last: impl Fn(char) -> bool) -> io::Result<Pressed> {
        loop {
            match self.soon()? {
                Some(Key::CtrlC) => return Ok(Pressed::Interrupt),
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

/// The meaning of a control sequence: arrows (with Ctrl or Alt by words), Home, End and Delete, as terminals differ.
fn control_sequence(parameters: &[char], last: char) -> Pressed {
    let parameters: String = parameters.iter().collect();
    // `1;5C` is Ctrl with the right arrow, `1;3C` Alt; some terminals leave the first number out.
    let by_words =
        matches!(parameters.rsplit_once(';').map_or(&*parameters, |(_, held)| held), "3" | "5" | "7");
    match (last, parameters.as_str()) {
        ('A', _) => Pressed::Up,
        ('B', _) => Pressed::Down,
        ('D', _) => Pressed::Go(if by_words { Motion::WordBack } else { Motion::Back }),
        ('C', _) => Pressed::Go(if by_words { Motion::WordOn } else { Motion::On }),
        ('H', _) | ('~', "1" | "7") => Pressed::Go(Motion::Start),
        ('F', _) | ('~', "4" | "8") => Pressed::Go(Motion::End),
        ('~', "3") => Pressed::Erase(Motion::On),
        ('~', "3;3" | "3;5") => Pressed::Erase(Motion::WordOn),
        _ => Pressed::Nothing,
    }
}

/// The meaning of a key that stands for itself, as in a shell.
fn plain(key: &Key) -> Pressed {
    match key {
        Key::Enter => Pressed::Submit,
        Key::CtrlC | Key::Char('\u{3}') => Pressed::Interrupt,
        // A Ctrl-D that was typed while the terminal still edited lines arrives as NUL.
        Key::Char('\u{4}' | '\0') => Pressed::Abort,
        Key::Backspace => Pressed::Erase(Motion::Back),
        Key::Del => Pressed::Erase(Motion::On),
        Key::Char('\u{15}') => Pressed::Erase(Motion::Start),
        Key::Char('\u{b}') => Pressed::Erase(Motion::End),
        Key::Char('\u{17}') => Pressed::Erase(Motion::WordBack),
        Key::ArrowUp | Key::BackTab | Key::Char('\u{10}') => Pressed::Up,
        Key::ArrowDown | Key::Tab | Key::Char('\u{e}') => Pressed::Down,
        Key::ArrowLeft | Key::Char('\u{2}') => Pressed::Go(Motion::Back),
        Key::ArrowRight | Key::Char('\u{6}') => Pressed::Go(Motion::On),
        Key::Home | Key::Char('\u{1}') => Pressed::Go(Motion::Start),
        Key::End | Key::Char('\u{5}') => Pressed::Go(Motion::End),
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
            (Key::CtrlC, Pressed::Interrupt),
            (Key::Char('\u{4}'), Pressed::Abort),
            (Key::Char('\u{1a}'), Pressed::Nothing),
            (Key::Char('\u{202e}'), Pressed::Nothing),
            (Key::Char('\u{200b}'), Pressed::Nothing),
            (Key::ArrowUp, Pressed::Up),
            (Key::ArrowDown, Pressed::Down),
            (Key::ArrowLeft, Pressed::Go(Motion::Back)),
            (Key::Home, Pressed::Go(Motion::Start)),
            (Key::Del, Pressed::Erase(Motion::On)),
            (Key::Char('\u{6}'), Pressed::Go(Motion::On)),
            (Key::Char('\u{b}'), Pressed::Erase(Motion::End)),
            (Key::Char('\u{15}'), Pressed::Erase(Motion::Start)),
            (Key::Tab, Pressed::Down),
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
        let up = |c| [Pressed::Up, Pressed::Insert(c)].to_vec();
        for (keys, expected) in [
            (vec![escape()], vec![Pressed::Abort]),
            (vec![escape(), None, character('1')], vec![Pressed::Abort, Pressed::Insert('1')]),
            // An arrow key whose bytes arrive one by one.
            (vec![escape(), character('['), character('A'), character('1')], up('1')),
            (vec![unknown("["), character('A'), character('1')], up('1')),
            // Ctrl with an arrow key, a bracketed paste, a Linux console key, F1, Alt with a letter.
            (vec![unknown("[1;"), character('5'), character('A'), character('1')], up('1')),
            (vec![unknown("[20"), character('0'), character('~'), character('1')], typed('1')),
            (vec![unknown("[[A"), character('1')], typed('1')),
            (vec![unknown("O"), character('P'), character('1')], typed('1')),
            (vec![unknown("x"), character('1')], typed('1')),
            (vec![unknown("]"), character('1'), character('\u{7}'), character('1')], typed('1')),
            (vec![unknown("\u{7f}")], vec![Pressed::Erase(Motion::WordBack)]),
            // Esc typed ahead of another key, and twice.
            (vec![unknown("\r")], vec![Pressed::Abort]),
            (vec![unknown("\u{1b}")], vec![Pressed::Abort]),
            (vec![unknown("\u{1b}"), character('['), character('A')], vec![Pressed::Up]),
            // Ctrl-C is never swallowed with a sequence.
            (vec![unknown("["), Some(Key::CtrlC)], vec![Pressed::Interrupt]),
            (vec![unknown("O"), Some(Key::CtrlC)], vec![Pressed::Interrupt]),
            (vec![escape(), Some(Key::CtrlC)], vec![Pressed::Interrupt]),
        ] {
            assert_eq!(meaning(keys.clone()), expected, "{keys:?}");
        }
    }
    #[test]
    fn keys_that_edit_are_known_in_every_spelling() {
        let unknown = |read: &str| Some(Key::UnknownEscSeq(read.chars().collect()));
        let bytes = |text: &str| text.chars().map(|c| Some(Key::Char(c))).collect::<Vec<_>>();
        for (sequence, rest, expected) in [
            ("[1;", "5C", Pressed::Go(Motion::WordOn)),
            ("[1;", "3D", Pressed::Go(Motion::WordBack)),
            ("[1;", "2D", Pressed::Go(Motion::Back)),
            ("[5D", "", Pressed::Go(Motion::WordBack)),
            ("O", "D", Pressed::Go(Motion::Back)),
            ("O", "H", Pressed::Go(Motion::Start)),
            ("O", "F", Pressed::Go(Motion::End)),
            ("[", "3~", Pressed::Erase(Motion::On)),
            ("[3;", "5~", Pressed::Erase(Motion::WordOn)),
            ("[", "1~", Pressed::Go(Motion::Start)),
            ("b", "", Pressed::Go(Motion::WordBack)),
            ("f", "", Pressed::Go(Motion::WordOn)),
            ("d", "", Pressed::Erase(Motion::WordOn)),
            ("[2", "4~", Pressed::Nothing),
        ] {
            let keys = [unknown(sequence)].into_iter().chain(bytes(rest));
            assert_eq!(meaning(keys), [expected], "{sequence}{rest}");
        }
    }
}
