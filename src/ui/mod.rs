//! Everything a person reads goes out here: data to standard output, talk (status, warnings, errors, progress)
//! to standard error. It decides on colour once, makes untrusted text harmless before it reaches a terminal,
//! and keeps the one line that a running step redraws apart from everything else that is said meanwhile.

mod progress;
mod sanitize;
mod style;
mod text;
mod waiting;
pub(crate) mod wrap;

use std::borrow::Cow;
use std::io::{self, Write};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use dialoguer::console::Term;

use crate::error::{Error, Problem, Result};
use crate::secrets::without_any_credentials;

pub use progress::Progress;
pub use sanitize::{is_hidden, sanitize};
pub use style::{Role, Stream};
pub use text::{Flow, Text};
pub use waiting::Waiting;

/// What `--color` asks for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum ColorChoice {
    /// Colour where a terminal shows it and nobody objected.
    #[default]
    Auto,
    /// Colour even into a pipe.
    Always,
    /// No colour at all.
    Never,
}

/// The facts about the terminal and the wishes of the person, as `spec.rs` read them.
#[derive(Debug, Clone, Copy, Default)]
pub struct UiFacts {
    /// `--color`; it stands over `NO_COLOR`, as the command line stands over the environment.
    pub color: ColorChoice,
    /// `NO_COLOR` is set and not empty.
    pub no_color: bool,
    /// Standard output is a terminal.
    pub stdout_is_terminal: bool,
    /// Standard error is a terminal.
    pub stderr_is_terminal: bool,
    /// `-q`: status lines and progress are left out; warnings and errors are not.
    pub quiet: bool,
    /// How often `-v` was given; from one on, an error shows what lay underneath.
    pub verbose: u8,
    /// `TERM` is `dumb`: the terminal knows no escape sequences.
    pub term_dumb: bool,
}

/// The one voice of the program.
#[derive(Debug, Clone)]
pub struct Ui {
    facts: UiFacts,
    /// How wide the terminal is; it is asked each time where nothing is given.
    columns: Option<usize>,
    talk: Arc<Mutex<Talk>>,
}

/// Standard error, and whether the cursor stands in a progress line there.
#[derive(Debug, Default)]
struct Talk {
    progress_shown: bool,
}

impl Talk {
    /// Writes to standard error after taking a progress line away. When that fails there is nowhere left to
    /// say so, and a release must not stop for it.
    fn write(&mut self, text: &str) {
        let clear = if std::mem::take(&mut self.progress_shown) { "\r\u{1b}[K" } else { "" };
        let mut stderr = io::stderr().lock();
        let _ = stderr.write_all(format!("{clear}{text}").as_bytes()).and_then(|()| stderr.flush());
    }

    /// Writes a line behind whatever stands there, to be taken away before anything else is written.
    fn append(&mut self, line: &str) {
        self.write(line);
        self.progress_shown = true;
    }
}

impl Ui {
    /// A voice for these facts.
    pub fn new(facts: UiFacts) -> Self {
        Self { facts, columns: None, talk: Arc::default() }
    }

    /// Writes data to standard output as it is: the caller has made it harmless. A reader that went away
    /// (`… | head -1`) is no error.
    ///
    /// # Errors
    /// Anything else that keeps the data from arriving, such as a full disk: a script must not take half of it
    /// for the whole.
    pub fn out(&self, data: &str) -> io::Result<()> {
        let mut stdout = io::stdout().lock();
        match stdout.write_all(data.as_bytes()).and_then(|()| stdout.flush()) {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
            result => result,
        }
    }

    /// Says what is going on, unless `-q` was given.
    pub fn status(&self, text: &str) {
        if !self.facts.quiet {
            self.say(&text.lines().map(|line| self.talk_line(&[(None, line)], None)).collect::<String>());
        }
    }

    /// Whether only what was asked for is to be said.
    pub fn is_quiet(&self) -> bool {
        self.facts.quiet
    }

    /// Whether more than usual is to be said.
    pub fn is_verbose(&self) -> bool {
        self.facts.verbose > 0
    }

    /// Says what a person should know although it stops nothing.
    pub fn warning(&self, text: &str) {
        self.say(&self.labelled(Role::Warning, "warning", text));
    }

    /// Says what to run or write next.
    pub fn hint(&self, text: &str) {
        self.say(&self.labelled(Role::Hint, "hint", text));
    }

    /// Says one problem and its ways out.
    pub fn problem(&self, problem: &Problem) {
        self.say(&self.problems_text(std::slice::from_ref(problem)));
    }

    /// Says why the program ends: every problem, and with `-v` what lay underneath.
    pub fn error(&self, error: &Error) {
        self.say(&self.error_text(error));
    }

    /// Shows that a step, a check or a hook of this name runs, from now until the returned guard is finished or dropped.
    pub fn progress(&self, kind: &str, name: &str) -> Progress {
        Progress::start(self, kind, name)
    }

    /// Passes on a line that a program of somebody else printed.
    pub fn heard(&self, line: &str) {
        if !self.facts.quiet {
            self.say(&self.talk_line(&[(Some(Role::Dim), "  | "), (Some(Role::Dim), line)], Some(4)));
        }
    }

    /// Says what is waited for if it takes longer than half a second, from now until the returned guard is dropped.
    pub fn waiting(&self, what: &str) -> Waiting {
        Waiting::start(self, what)
    }

    /// The text in the colours of its role, made harmless first; plain where the stream shows no colour.
    pub fn paint(&self, stream: Stream, role: Role, text: &str) -> String {
        if self.colours(stream) { style::wrap(role, &sanitize(text)) } else { sanitize(text).into_owned() }
    }

    /// Styled text as one stream shows it: harmless, coloured where that stream has colours. A carriage return at the
    /// end of a line stays in data that no terminal shows: a patch needs it.
    pub fn painted(&self, stream: Stream, text: &Text) -> String {
        let is_data = stream == Stream::Stdout && !self.facts.stdout_is_terminal;
        let harmless = if is_data { sanitize::harmless_data } else { sanitize };
        let colours = self.colours(stream);
        let mut painted = String::with_capacity(text.size());
        if let Some(columns) = self.columns(stream) {
            for (line, flow) in text.lines().zip(text.flow()) {
                let spans: Vec<(Option<Role>, Cow<'_, str>)> =
                    line.map(|(role, span)| (role, sanitize(span))).collect();
                let columns = (flow == Flow::Wraps).then_some(columns);
                painted.push_str(&flowing(&spans, columns, None, colours));
            }
            return painted;
        }
        for line in text.lines() {
            let mut spans = line.peekable();
            while let Some((role, span)) = spans.next() {
                let (span, end) = match span.strip_suffix('\r') {
                    Some(span) if is_data && spans.peek().is_none() => (span, "\r"),
                    _ => (span, ""),
                };
                match role {
                    Some(role) if colours => painted.push_str(&style::wrap(role, &harmless(span))),
                    _ => painted.push_str(&harmless(span)),
                }
                painted.push_str(end);
            }
            painted.push('\n');
        }
        painted
    }

    /// Writes styled text to standard output.
    ///
    /// # Errors
    /// A refusal in plain words when the data cannot be written completely.
    pub fn show(&self, text: &Text) -> Result<()> {
        self.print(&self.painted(Stream::Stdout, text))
    }

    /// Writes sentences to standard output; indented lines and those that begin with a prompt are there to be copied.
    ///
    /// # Errors
    /// A refusal in plain words when the data cannot be written completely.
    pub fn tell(&self, prose: &str) -> Result<()> {
        let mut text = Text::default();
        for line in prose.lines() {
            text.plain(line);
            if line.starts_with([' ', '$']) {
                text.exact();
            }
        }
        self.show(&text)
    }

    /// Shows what was done. It is done also where the words cannot be written: a refusal would say the opposite.
    pub fn show_done(&self, text: &Text) {
        if self.show(text).is_err() {
            self.warning("everything is done, but the output cannot be written completely");
        }
    }

    /// Writes harmless data to standard output, like [`Ui::out`].
    ///
    /// # Errors
    /// A refusal in plain words when the data cannot be written completely.
    pub fn print(&self, data: &str) -> Result<()> {
        self.out(data).map_err(|error| {
            let problem = Problem::circumstance("the output cannot be written completely")
                .hint("look at where standard output goes: is the disk full?");
            Error::refused(problem).because(error)
        })
    }

    /// Whether standard error is a terminal on which a line can be redrawn.
    pub fn can_redraw(&self) -> bool {
        self.facts.stderr_is_terminal && !self.facts.term_dumb
    }

    fn colours(&self, stream: Stream) -> bool {
        let is_terminal = match stream {
            Stream::Stdout => self.facts.stdout_is_terminal,
            Stream::Stderr => self.facts.stderr_is_terminal,
        };
        match self.facts.color {
            ColorChoice::Always => true,
            ColorChoice::Never => false,
            ColorChoice::Auto => is_terminal && !self.facts.no_color && !self.facts.term_dumb,
        }
    }

    /// What is said may quote what others wrote, so no credentials leave here, wherever they came from.
    fn say(&self, text: &str) {
        self.talk().write(&without_any_credentials(text));
    }

    /// A thread that panicked while it spoke leaves nothing behind that the next one could not overwrite.
    fn talk(&self) -> MutexGuard<'_, Talk> {
        self.talk.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How wide the terminal is that a stream goes to; nothing where it goes elsewhere, which is never wrapped.
    fn columns(&self, stream: Stream) -> Option<usize> {
        let (is_terminal, term) = match stream {
            Stream::Stdout => (self.facts.stdout_is_terminal, Term::stdout as fn() -> Term),
            Stream::Stderr => (self.facts.stderr_is_terminal, Term::stderr as fn() -> Term),
        };
        let asked = || term().size_checked().map(|(_, columns)| usize::from(columns));
        is_terminal.then(|| self.columns.or_else(asked)).flatten().filter(|columns| *columns > 0)
    }

    /// One line of talk, made harmless, in its colours and in as many rows as it needs.
    fn talk_line(&self, spans: &[(Option<Role>, &str)], hang: Option<usize>) -> String {
        let spans: Vec<(Option<Role>, Cow<'_, str>)> =
            spans.iter().map(|(role, span)| (*role, sanitize(span))).collect();
        flowing(&spans, self.columns(Stream::Stderr), hang, self.colours(Stream::Stderr))
    }

    /// `label: first line`, further lines indented below it.
    fn labelled(&self, role: Role, label: &str, text: &str) -> String {
        let mut lines = text.lines();
        let label = format!("{label}:");
        let first = format!(" {}", lines.next().unwrap_or_default());
        let hang = label.len() + 1;
        let mut block = self.talk_line(&[(Some(role), &label), (None, &first)], Some(hang));
        block.extend(lines.map(|line| self.talk_line(&[(None, "  "), (None, line)], None)));
        block
    }

    /// Every problem in order. Ways out that several problems in a row share are said once, after the last.
    fn problems_text(&self, problems: &[Problem]) -> String {
        let mut block = String::new();
        for (position, problem) in problems.iter().enumerate() {
            block.push_str(&self.labelled(Role::Error, "error", &problem.message));
            if problems.get(position + 1).is_some_and(|next| next.hints == problem.hints) {
                continue;
            }
            for hint in &problem.hints {
                block.push_str(&self.labelled(Role::Hint, "hint", hint));
            }
        }
        block
    }

    fn error_text(&self, error: &Error) -> String {
        let mut block = self.problems_text(&error.problems);
        if self.facts.verbose > 0 {
            for cause in error.cause.iter().flat_map(|cause| cause.chain()) {
                block.push_str(&self.labelled(Role::Dim, "caused by", &cause.to_string()));
            }
        }
        block
    }
}

/// A line of harmless spans with its newline, in rows where a terminal so wide needs them.
fn flowing(
    spans: &[(Option<Role>, Cow<'_, str>)],
    columns: Option<usize>,
    hang: Option<usize>,
    colours: bool,
) -> String {
    let line: String = spans.iter().map(|(_, span)| span.as_ref()).collect();
    let (rows, hang) = match columns {
        Some(columns) if wrap::width(&line) > columns => {
            let hang = wrap::hang(hang.unwrap_or_else(|| wrap::hang_of(&line)), columns);
            (wrap::rows(&line, columns, hang), hang)
        }
        _ => (std::iter::once(0..line.len()).collect(), 0),
    };
    let mut shown = String::with_capacity(line.len() + 16);
    for (number, row) in rows.iter().enumerate() {
        if number > 0 {
            shown.push_str(&" ".repeat(hang));
        }
        let mut from = 0;
        for (role, span) in spans {
            let to = from + span.len();
            let piece = line.get(row.start.max(from)..row.end.min(to)).unwrap_or_default();
            match role {
                Some(role) if colours && !piece.is_empty() => shown.push_str(&style::wrap(*role, piece)),
                _ => shown.push_str(piece),
            }
            from = to;
        }
        shown.push('\n');
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Kind;

    fn terminal() -> UiFacts {
        UiFacts { stdout_is_terminal: true, stderr_is_terminal: true, ..UiFacts::default() }
    }

    fn coloured(facts: UiFacts) -> [bool; 2] {
        let ui = Ui::new(facts);
        [Stream::Stdout, Stream::Stderr].map(|stream| ui.paint(stream, Role::Bold, "x") != "x")
    }

    #[test]
    fn colour_follows_each_stream_and_the_command_line_stands_over_the_environment() {
        let automatic = terminal();
        assert_eq!(coloured(automatic), [true, true]);
        assert_eq!(coloured(UiFacts { stdout_is_terminal: false, ..automatic }), [false, true]);
        assert_eq!(coloured(UiFacts { stderr_is_terminal: false, ..automatic }), [true, false]);
        assert_eq!(coloured(UiFacts { no_color: true, ..automatic }), [false, false]);
        assert_eq!(coloured(UiFacts { term_dumb: true, ..automatic }), [false, false]);
        let always = UiFacts { color: ColorChoice::Always, no_color: true, ..UiFacts::default() };
        assert_eq!(coloured(always), [true, true]);
        assert_eq!(coloured(UiFacts { color: ColorChoice::Never, ..automatic }), [false, false]);
    }

    #[test]
    fn paint_makes_text_harmless_before_it_colours_it() {
        let ui = Ui::new(UiFacts { color: ColorChoice::Always, ..UiFacts::default() });
        assert_eq!(ui.paint(Stream::Stdout, Role::Removed, "a\u{1b}[2J"), "\u{1b}[31ma\\u{1b}[2J\u{1b}[0m");
    }

    #[test]
    fn every_problem_is_said_with_its_details_and_a_shared_hint_is_said_once() {
        let problems = vec![
            Problem::content("manifests are out of lockstep\nweb: 0.1.0\rforged").hint("edit them"),
            Problem::content("no changelog").hint("write one").hint("or name another"),
            Problem::content("no fragments").hint("write one").hint("or name another"),
        ];
        let text = Ui::new(UiFacts::default()).error_text(&Error::new(Kind::Refused, problems));
        assert_eq!(
            text,
            "error: manifests are out of lockstep\n  web: 0.1.0\\rforged\nhint: edit them\n\
             error: no changelog\nerror: no fragments\nhint: write one\nhint: or name another\n"
        );
    }

    #[test]
    fn on_a_narrow_terminal_words_stay_whole_and_colours_end_with_their_row() {
        let narrow = |facts: UiFacts| Ui { columns: Some(30), ..Ui::new(facts) };
        let plain = narrow(UiFacts { color: ColorChoice::Never, ..terminal() });
        let problem = Problem::content(
            "manifests are out of lockstep with each other\nweb: 0.1.0 where another was expected",
        )
        .hint("set them and commit: `git commit --all --message mend`");
        assert_eq!(
            plain.problems_text(&[problem]),
            "error: manifests are out of\n       lockstep with each\n       other\n  web: 0.1.0 where another was\n    \
             expected\nhint: set them and commit:\n      `git commit --all --message mend`\n"
        );
        let mut text = Text::default();
        text.role(Role::Bold, "A heading that is too long for it")
            .plain("  - an item that is too long for it");
        text.plain("  git push --atomic origin refs/heads/main").exact();
        assert_eq!(
            plain.painted(Stream::Stdout, &text),
            "A heading that is too long for\n  it\n  - an item that is too long\n    for it\n  \
             git push --atomic origin refs/heads/main\n"
        );
        let coloured = narrow(terminal()).painted(Stream::Stdout, &text);
        let first = "\u{1b}[1mA heading that is too long for\u{1b}[0m\n  \u{1b}[1mit\u{1b}[0m\n";
        assert!(coloured.starts_with(first), "{coloured:?}");
        let piped = narrow(UiFacts { stdout_is_terminal: false, color: ColorChoice::Never, ..terminal() });
        assert_eq!(piped.painted(Stream::Stdout, &text), text.to_plain());
    }

    #[test]
    fn what_lay_underneath_is_said_only_when_asked_for() {
        let error = Error::refused(Problem::content("cannot read `a`"))
            .because(anyhow::anyhow!("permission denied").context("open `a`"));
        let quiet = Ui::new(UiFacts::default()).error_text(&error);
        assert_eq!(quiet, "error: cannot read `a`\n");
        let verbose = Ui::new(UiFacts { verbose: 1, ..UiFacts::default() }).error_text(&error);
        assert_eq!(verbose, "error: cannot read `a`\ncaused by: open `a`\ncaused by: permission denied\n");
    }
}
