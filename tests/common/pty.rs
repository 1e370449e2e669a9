//! A program on a real pseudo-terminal, and the screen that a person would see there. Every wait has a limit and
//! fails with the screen, so that a test that breaks shows what was there instead of hanging.

use std::fmt::Write as _;
use std::io::{Read, Write};
use std::num::NonZeroU16;
use std::path::PathBuf;
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};

/// Longer than any machine under load takes; a passing test never waits it out.
const LIMIT: Duration = Duration::from_secs(20);

/// What to start, in an environment that holds nothing but what is named here.
#[derive(Debug, Clone)]
pub(crate) struct Launch {
    pub(crate) program: PathBuf,
    pub(crate) arguments: Vec<String>,
    pub(crate) environment: Vec<(String, String)>,
    pub(crate) directory: Option<PathBuf>,
    pub(crate) columns: u16,
    pub(crate) rows: u16,
    /// Typed before the program starts.
    pub(crate) typed_ahead: Vec<u8>,
}

impl Launch {
    /// A program without arguments on a screen of 80 by 24.
    pub(crate) fn new(program: impl Into<PathBuf>) -> Self {
        Self {
            program: program.into(),
            arguments: Vec::new(),
            environment: vec![("TERM".into(), "xterm-256color".into())],
            directory: None,
            columns: 80,
            rows: 24,
            typed_ahead: Vec::new(),
        }
    }

    pub(crate) fn arguments<I: IntoIterator<Item = S>, S: Into<String>>(mut self, arguments: I) -> Self {
        self.arguments.extend(arguments.into_iter().map(Into::into));
        self
    }

    pub(crate) fn environment(mut self, name: &str, value: &str) -> Self {
        self.environment.push((name.into(), value.into()));
        self
    }

    pub(crate) fn directory(mut self, directory: impl Into<PathBuf>) -> Self {
        self.directory = Some(directory.into());
        self
    }

    pub(crate) fn size(mut self, columns: u16, rows: u16) -> Self {
        (self.columns, self.rows) = (columns, rows);
        self
    }

    pub(crate) fn typed_ahead(mut self, bytes: &[u8]) -> Self {
        self.typed_ahead.extend_from_slice(bytes);
        self
    }

    /// Starts the program as the leader of its own session on a new terminal.
    pub(crate) fn start(self) -> Session {
        let size = PtySize { rows: self.rows, cols: self.columns, pixel_width: 0, pixel_height: 0 };
        let pair = native_pty_system().openpty(size).expect("a pseudo-terminal");
        let seen = Arc::new((
            Mutex::new(Seen {
                parser: vt100::Parser::new(cells(self.rows), cells(self.columns), 1000),
                bytes: Vec::new(),
                ended: false,
            }),
            Condvar::new(),
        ));
        let mut output = pair.master.try_clone_reader().expect("the terminal's output");
        std::thread::spawn({
            let seen = Arc::clone(&seen);
            move || {
                let mut buffer = [0; 4096];
                // The end is an error on Linux (EIO) and an empty read elsewhere.
                while let Ok(count @ 1..) = output.read(&mut buffer) {
                    let mut state = seen.0.lock().unwrap();
                    state.parser.process(&buffer[..count]);
                    state.bytes.extend_from_slice(&buffer[..count]);
                    seen.1.notify_all();
                }
                seen.0.lock().unwrap().ended = true;
                seen.1.notify_all();
            }
        });
        let before = modes(&*pair.master);
        let mut input = pair.master.take_writer().expect("the terminal's input");
        input.write_all(&self.typed_ahead).expect("typing ahead");

        let mut command = CommandBuilder::new(&self.program);
        command.env_clear();
        command.args(&self.arguments);
        for (name, value) in &self.environment {
            command.env(name, value);
        }
        if let Some(directory) = &self.directory {
            command.cwd(directory);
        }
        let child = pair
            .slave
            .spawn_command(command)
            .unwrap_or_else(|error| panic!("cannot start {}: {error}", self.program.display()));
        // The slave stays open here: its modes can then be read after the program has ended.
        Session { input, child, seen, before, slave: Some(pair.slave), master: pair.master }
    }
}

/// What the terminal received.
struct Seen {
    parser: vt100::Parser,
    bytes: Vec<u8>,
    ended: bool,
}

fn cells(count: u16) -> NonZeroU16 {
    NonZeroU16::new(count).expect("a screen that is not empty")
}

/// Text that looks the same throughout.
pub(crate) struct Stretch {
    pub(crate) text: String,
    pub(crate) color: vt100::Color,
    pub(crate) bold: bool,
    pub(crate) dim: bool,
}

/// A running program and its terminal.
pub(crate) struct Session {
    /// Dropping this types a newline and an end-of-file, so it lives as long as the program.
    input: Box<dyn Write + Send>,
    child: Box<dyn Child + Send + Sync>,
    seen: Arc<(Mutex<Seen>, Condvar)>,
    before: String,
    slave: Option<Box<dyn portable_pty::SlavePty + Send>>,
    master: Box<dyn MasterPty + Send>,
}

impl Session {
    /// Types these bytes.
    pub(crate) fn send(&mut self, bytes: impl AsRef<[u8]>) {
        self.input.write_all(bytes.as_ref()).and_then(|()| self.input.flush()).expect("typing");
    }

    /// Waits until the screen holds the text. A text that wraps is found as well.
    pub(crate) fn wait_for(&self, text: &str) {
        self.wait_until(text, |session| session.flowing().contains(text));
    }

    /// Waits until the condition holds; it is asked again after everything the program writes.
    pub(crate) fn wait_until(&self, what: &str, condition: impl Fn(&Self) -> bool) {
        let started = Instant::now();
        while !condition(self) {
            assert!(started.elapsed() < LIMIT, "waited for {what:?}; the screen is\n{}", self.dump());
            let seen = self.seen.0.lock().unwrap();
            // A short limit: the condition may look at more than the screen.
            drop(self.seen.1.wait_timeout(seen, Duration::from_millis(10)).unwrap());
        }
    }

    /// Makes the window another size, as a person would by dragging its corner.
    pub(crate) fn resize(&self, columns: u16, rows: u16) {
        self.seen.0.lock().unwrap().parser.screen_mut().set_size(cells(rows), cells(columns));
        let size = PtySize { rows, cols: columns, pixel_width: 0, pixel_height: 0 };
        self.master.resize(size).expect("another size");
    }

    /// The rows from the top down to the last one that is not empty, without trailing blanks.
    pub(crate) fn rows(&self) -> Vec<String> {
        let seen = self.seen.0.lock().unwrap();
        let (_, columns) = seen.parser.screen().size();
        let mut rows: Vec<String> =
            seen.parser.screen().rows(0, columns.get()).map(|row| row.trim_end().to_owned()).collect();
        while rows.last().is_some_and(String::is_empty) {
            rows.pop();
        }
        rows
    }

    /// The text on the screen with the rows that wrap joined again.
    pub(crate) fn flowing(&self) -> String {
        self.seen.0.lock().unwrap().parser.screen().contents()
    }

    /// The words on the screen, each behind a single blank, wherever a row ends.
    pub(crate) fn words(&self) -> String {
        let flowing = self.flowing();
        flowing.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// Where the cursor stands: row and column, from 0.
    pub(crate) fn cursor(&self) -> (u16, u16) {
        self.seen.0.lock().unwrap().parser.screen().cursor_position()
    }

    /// Each row down to the last one that is not empty, as stretches of text of one look.
    pub(crate) fn painted(&self) -> Vec<Vec<Stretch>> {
        let seen = self.seen.0.lock().unwrap();
        let screen = seen.parser.screen();
        let (rows, columns) = screen.size();
        let mut painted: Vec<Vec<Stretch>> = (0..rows.get())
            .map(|row| {
                let mut stretches: Vec<Stretch> = Vec::new();
                for cell in (0..columns.get()).filter_map(|column| screen.cell(row, column)) {
                    let text = if cell.has_contents() { cell.contents() } else { " " };
                    let look = (cell.fgcolor(), cell.bold(), cell.dim());
                    match stretches.last_mut() {
                        Some(last) if (last.color, last.bold, last.dim) == look => last.text.push_str(text),
                        _ => stretches.push(Stretch {
                            text: text.to_owned(),
                            color: look.0,
                            bold: look.1,
                            dim: look.2,
                        }),
                    }
                }
                stretches
            })
            .collect();
        let is_empty = |row: &Vec<Stretch>| row.iter().all(|stretch| stretch.text.trim().is_empty());
        while painted.last().is_some_and(is_empty) {
            painted.pop();
        }
        painted
    }

    /// Every byte the program wrote, as the terminal received it.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        self.seen.0.lock().unwrap().bytes.clone()
    }

    /// The process id, for signals.
    pub(crate) fn process(&self) -> rustix::process::Pid {
        let id = self.child.process_id().and_then(|id| i32::try_from(id).ok());
        id.and_then(rustix::process::Pid::from_raw).expect("a process id")
    }

    /// Whether the terminal reads keys unprocessed and unechoed now.
    pub(crate) fn is_raw(&self) -> bool {
        modes(&*self.master) != self.before
    }

    /// Waits for the program to end and returns its exit code. Everything it wrote is then on the screen. The
    /// terminal must be as it was before.
    pub(crate) fn exit_code(&mut self) -> u32 {
        let started = Instant::now();
        let status = loop {
            if let Some(status) = self.child.try_wait().expect("its status") {
                break status;
            }
            assert!(started.elapsed() < LIMIT, "it does not end; the screen is\n{}", self.dump());
            std::thread::sleep(Duration::from_millis(2));
        };
        assert_eq!(modes(&*self.master), self.before, "the terminal is not as it was");
        drop(self.slave.take());
        self.wait_until("the end of the output", |session| session.seen.0.lock().unwrap().ended);
        assert_eq!(status.signal(), None, "it was killed; the screen is\n{}", self.dump());
        status.exit_code()
    }

    /// The screen between rulers, with the place of the cursor.
    pub(crate) fn dump(&self) -> String {
        let mut dump = String::new();
        for row in self.rows() {
            writeln!(dump, "|{row}").unwrap();
        }
        writeln!(dump, "cursor at {:?}", self.cursor()).unwrap();
        dump
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        // The program may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The modes of the terminal, comparable and printable.
fn modes(master: &dyn MasterPty) -> String {
    format!("{:?}", master.get_termios().expect("the modes of the terminal"))
}

/// These lines as rows of a terminal, without trailing blanks: they end between words, and those after the first hang
/// below the value of a `name : value`. A line that asks is shown as a question, with what is typed behind its colon.
pub(crate) fn wrapped(columns: u16, lines: &[&str]) -> Vec<String> {
    let rows = lines.iter().flat_map(|line| {
        if line.starts_with("Enter to ") {
            let (question, typed) = line.split_once(':').unwrap_or((line, ""));
            return asked(columns.into(), &format!("{question}:"), typed.strip_prefix(' ').unwrap_or(typed));
        }
        let hang = match line.find(" : ") {
            Some(at) if at <= 12 => at + 3,
            _ => line.len() - line.trim_start().len() + 2,
        };
        filled(columns.into(), hang, line.split_inclusive(' '))
    });
    rows.map(|row| row.trim_end().to_owned()).collect()
}

/// A question and its answer: broken after commas, the answer on a row of its own where it is tight.
fn asked(columns: usize, question: &str, typed: &str) -> Vec<String> {
    let mut rows = filled(columns, 2, question.split_inclusive(", "));
    let last = match rows.pop() {
        Some(last) if last.chars().count() + 21 <= columns => format!("{last} {typed}"),
        other => {
            rows.extend(other);
            format!("> {typed}")
        }
    };
    let characters: Vec<char> = last.chars().collect();
    rows.extend(characters.chunks(columns).map(|row| row.iter().collect()));
    rows
}

/// As many of these parts on each row as fit.
fn filled<'a>(columns: usize, hang: usize, parts: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut rows = vec![String::new()];
    for part in parts {
        let last = rows.last_mut().unwrap();
        if last.trim().is_empty() || last.chars().count() + part.trim_end().chars().count() <= columns {
            last.push_str(part);
        } else {
            rows.push(" ".repeat(hang) + part);
        }
    }
    rows.iter().map(|row| row.trim_end().to_owned()).collect()
}
