//! What a child says, read while it runs and kept in memory: the beginning and the end of it. However much that is, it
//! takes no space on the disk, and the child neither waits nor ends because of it.

use std::collections::VecDeque;
use std::io::{ErrorKind, PipeReader, Read, Result};
use std::process::Command;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rustix::event::{PollFd, PollFlags, poll};
use rustix::fs::{OFlags, fcntl_setfl};

/// How many bytes of the beginning are kept, where nobody needs more.
pub const BEGINNING: usize = 1024 * 1024;
/// How many bytes of the end are kept.
const END: usize = 1024 * 1024;
/// What is read at once.
const CHUNK: usize = 64 * 1024;
/// No pipe holds more than this many chunks (Linux: at most 1 MiB without privileges).
const PIPE_CHUNKS: usize = 64;

/// How much of a long output is shown: where it begins, and where it ends, which is where the reason usually stands.
const FIRST_LINES: usize = 10;
const FIRST_BYTES: usize = 4 * 1024;
const LAST_LINES: usize = 40;
const LAST_BYTES: usize = 60 * 1024;

/// What one child, and whatever it starts, says from now on.
#[derive(Debug)]
pub struct Capture {
    pipe: Arc<PipeReader>,
    heard: Arc<Mutex<Heard>>,
}

/// Takes every piece of what is said as soon as it is read.
pub type Listener = Box<dyn FnMut(&[u8]) + Send>;

/// What was said, and who else listens.
struct Heard {
    said: Said,
    listener: Option<Listener>,
}

impl std::fmt::Debug for Heard {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.said.fmt(formatter)
    }
}

/// What was said, as far as it was kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// So much of the beginning is kept.
    limit: usize,
    beginning: Vec<u8>,
    end: VecDeque<u8>,
    /// How many bytes between the two are not kept.
    left_out: u64,
}

impl Capture {
    /// Takes everything that the child will say, on both of its outputs.
    ///
    /// # Errors
    /// There is no pipe or no thread to be had.
    pub fn all_of(command: &mut Command) -> Result<Self> {
        let (capture, writer) = Self::keeping(BEGINNING)?;
        command.stdout(writer.try_clone()?).stderr(writer);
        Ok(capture)
    }

    /// Takes what the child will say on each of its outputs, the standard output first. So many bytes of the beginning
    /// of that are kept.
    ///
    /// # Errors
    /// There is no pipe or no thread to be had.
    pub fn each_of(command: &mut Command, limit: usize) -> Result<(Self, Self)> {
        let (stdout, stdout_writer) = Self::keeping(limit)?;
        let stderr = Self::errors_of(command)?;
        command.stdout(stdout_writer);
        Ok((stdout, stderr))
    }

    /// Takes what the child will say on its standard error.
    ///
    /// # Errors
    /// There is no pipe or no thread to be had.
    pub fn errors_of(command: &mut Command) -> Result<Self> {
        let (capture, writer) = Self::keeping(BEGINNING)?;
        command.stderr(writer);
        Ok(capture)
    }

    fn keeping(limit: usize) -> Result<(Self, std::io::PipeWriter)> {
        let (pipe, writer) = std::io::pipe()?;
        fcntl_setfl(&pipe, OFlags::NONBLOCK)?;
        let heard = Heard { said: Said::nothing(limit), listener: None };
        let capture = Self { pipe: Arc::new(pipe), heard: Arc::new(Mutex::new(heard)) };
        let (pipe, heard) = (Arc::clone(&capture.pipe), Arc::clone(&capture.heard));
        // It reads on for as long as anything holds the other end: what a child leaves running must not wait either.
        let reader = move || {
            loop {
                let _woken = poll(&mut [PollFd::new(&*pipe, PollFlags::IN)], None);
                if !read_chunk(&pipe, &mut locked(&heard)).is_ok_and(|read| read != Some(0)) {
                    return;
                }
            }
        };
        std::thread::Builder::new().name("capture".into()).stack_size(256 * 1024).spawn(reader)?;
        Ok((capture, writer))
    }

    /// What was said so far. All that a process said which has ended is in it.
    pub fn so_far(&self) -> Said {
        let mut heard = locked(&self.heard);
        self.read_on(&mut heard);
        heard.said.clone()
    }

    fn read_on(&self, heard: &mut Heard) {
        for _ in 0..PIPE_CHUNKS {
            if !matches!(read_chunk(&self.pipe, heard), Ok(Some(1..))) {
                break;
            }
        }
    }

    /// From now on the listener hears what is said, until [`Capture::unheard`].
    pub fn heard_by(&self, listener: Listener) {
        locked(&self.heard).listener = Some(listener);
    }

    /// The listener hears what was said so far, and then no more: what a process left running says is nobody's business.
    pub fn unheard(&self) {
        let mut heard = locked(&self.heard);
        self.read_on(&mut heard);
        heard.listener = None;
    }
}

fn locked(heard: &Mutex<Heard>) -> MutexGuard<'_, Heard> {
    heard.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Reads what there is; how much, and nothing where nobody has said anything yet.
fn read_chunk(mut pipe: &PipeReader, heard: &mut Heard) -> Result<Option<usize>> {
    let mut chunk = vec![0; CHUNK];
    loop {
        return match pipe.read(&mut chunk) {
            Ok(length) => {
                let piece = chunk.get(..length).unwrap_or_default();
                heard.said.add(piece);
                if let Some(listener) = &mut heard.listener {
                    listener(piece);
                }
                Ok(Some(length))
            }
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            Err(error) if error.kind() == ErrorKind::WouldBlock => Ok(None),
            Err(error) => Err(error),
        };
    }
}

impl Said {
    fn nothing(limit: usize) -> Self {
        Self { limit, beginning: Vec::new(), end: VecDeque::new(), left_out: 0 }
    }

    fn add(&mut self, bytes: &[u8]) {
        let room = self.limit.saturating_sub(self.beginning.len()).min(bytes.len());
        let (first, rest) = bytes.split_at_checked(room).unwrap_or((bytes, &[]));
        self.beginning.extend_from_slice(first);
        self.end.extend(rest);
        let over = self.end.len().saturating_sub(END);
        self.end.drain(..over);
        self.left_out += u64::try_from(over).unwrap_or(u64::MAX);
    }

    /// All of it, where it is not longer than what was to be kept of its beginning.
    pub fn whole(&self) -> Option<&[u8]> {
        self.end.is_empty().then_some(&self.beginning)
    }

    /// All of it as text, with a line in place of what was not kept.
    pub fn text(&self) -> String {
        if self.left_out == 0 {
            return [self.beginning.as_slice(), &self.kept_end()].concat().to_text();
        }
        let (beginning, end) = (self.beginning.to_text(), self.kept_end().to_text());
        format!("{beginning}\n… ({} are left out)\n{end}", size(self.left_out))
    }

    fn kept_end(&self) -> Vec<u8> {
        self.end.iter().copied().collect()
    }

    /// The last lines that say something, so many at most, and how many there are before them; of what is longer than is
    /// kept, as many as are known.
    pub fn last_lines(&self, most: usize) -> (Vec<String>, usize) {
        let text = self.text();
        let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).collect();
        let before = lines.len().saturating_sub(most);
        (lines.into_iter().skip(before).map(str::to_owned).collect(), before)
    }

    /// What a person is shown of it: the first and the last lines, each marked, with a note of how much is between them.
    pub fn shown(&self) -> String {
        let kept = [self.beginning.as_slice(), &self.kept_end()].concat();
        let first = first_lines(&kept);
        let last = kept.len() - last_lines(&kept);
        let marked = |bytes: Option<&[u8]>| -> Vec<String> {
            let text = bytes.unwrap_or_default().to_text();
            text.lines().map(|line| format!("| {line}")).collect()
        };
        if last <= first {
            return marked(Some(&kept)).join("\n");
        }
        let between = kept.get(first..last).unwrap_or_default();
        let lines = between.to_text().lines().count();
        let note = if self.left_out == 0 && lines > 1 {
            format!("{} are left out", crate::words::counted(lines, "line"))
        } else {
            let bytes = self.left_out + u64::try_from(between.len()).unwrap_or(u64::MAX);
            format!("{} are left out", size(bytes))
        };
        let mut shown = marked(kept.get(..first));
        shown.push(format!("| … ({note})"));
        shown.extend(marked(kept.get(last..)));
        shown.join("\n")
    }
}

trait ToText {
    fn to_text(&self) -> String;
}

impl ToText for [u8] {
    fn to_text(&self) -> String {
        String::from_utf8_lossy(self).into_owned()
    }
}

/// How long the first lines are, in bytes; a line without end is cut.
fn first_lines(bytes: &[u8]) -> usize {
    let begin = bytes.get(..FIRST_BYTES).unwrap_or(bytes);
    let ends = memchr::memchr_iter(b'\n', begin).map(|at| at + 1);
    ends.take(FIRST_LINES).last().unwrap_or(begin.len())
}

/// How long the last lines are, in bytes.
fn last_lines(bytes: &[u8]) -> usize {
    let end = bytes.get(bytes.len().saturating_sub(LAST_BYTES)..).unwrap_or(bytes);
    let body = end.strip_suffix(b"\n").unwrap_or(end);
    let begins = memchr::memrchr_iter(b'\n', body).map(|at| at + 1);
    end.len() - begins.take(LAST_LINES).last().unwrap_or(0)
}

/// `3 KiB`, `1 MiB`: as exact as a person wants to know it.
fn size(bytes: u64) -> String {
    match bytes {
        0..1024 => crate::words::counted(usize::try_from(bytes).unwrap_or(usize::MAX), "byte"),
        1024..1_048_576 => format!("{} KiB", bytes / 1024),
        _ => format!("{} MiB", bytes / 1_048_576),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(limit: usize, text: &str) -> Said {
        let mut said = Said::nothing(limit);
        text.as_bytes().chunks(7).for_each(|chunk| said.add(chunk));
        said
    }

    #[test]
    fn what_is_short_is_kept_and_shown_whole() {
        assert_eq!(said(100, "").shown(), "");
        assert_eq!(said(3, "one\ntwo").shown(), "| one\n| two");
        assert_eq!(said(3, "one\ntwo").text(), "one\ntwo");
        assert_eq!(said(7, "one\ntwo").whole(), Some(&b"one\ntwo"[..]));
        assert_eq!(said(6, "one\ntwo").whole(), None);
        let lines: Vec<String> = (1..=50).map(|number| format!("line {number}")).collect();
        assert_eq!(said(100, &lines.join("\n")).shown().lines().count(), 50);
    }

    #[test]
    fn of_what_is_long_the_first_and_the_last_lines_are_shown_and_the_rest_is_counted() {
        let lines: Vec<String> = (1..=100).map(|number| format!("line {number}")).collect();
        let shown = said(100, &(lines.join("\n") + "\n")).shown();
        let expected: Vec<String> = (1..=10)
            .map(|number| format!("| line {number}"))
            .chain(["| … (50 lines are left out)".to_owned()])
            .chain((61..=100).map(|number| format!("| line {number}")))
            .collect();
        assert_eq!(shown, expected.join("\n"));
    }

    #[test]
    fn the_last_lines_are_those_that_say_something() {
        let last = |text: &str, most| said(8, text).last_lines(most);
        assert_eq!(last("", 2), (vec![], 0));
        assert_eq!(last("one\n\n  \ntwo\n\n", 2), (vec!["one".to_owned(), "two".to_owned()], 0));
        assert_eq!(last("one\ntwo\nthree\r\nfour", 2), (vec!["three".to_owned(), "four".to_owned()], 2));
    }

    #[test]
    fn a_line_without_end_is_cut() {
        let shown = said(1_000_000, &"x".repeat(200_000)).shown();
        assert!(shown.contains("\n| … (131 KiB are left out)\n"), "{}", shown.len());
        assert!(shown.len() < FIRST_BYTES + LAST_BYTES + 100);
    }

    #[test]
    fn no_more_than_two_megabytes_are_kept_and_what_is_left_out_is_counted() {
        let mut said = Said::nothing(BEGINNING);
        said.add(b"first\n");
        for _ in 0..200 {
            said.add(&[b'x'; CHUNK]);
        }
        said.add(b"\nlast");
        assert_eq!((said.beginning.len(), said.end.len()), (BEGINNING, END));
        assert_eq!(said.left_out, 200 * 65_536 + 11 - 2 * 1_048_576);
        assert!(said.shown().starts_with("| first\n") && said.shown().ends_with("\n| last"));
        assert!(said.shown().contains("12 MiB are left out"));
        assert!(said.text().contains("\n… (10 MiB are left out)\n"));
    }

    #[test]
    #[expect(clippy::disallowed_methods, reason = "the test starts its child")]
    fn a_child_that_says_more_than_is_kept_neither_waits_nor_dies() {
        let mut command = Command::new("sh");
        command.args(["-c", "echo begin; head -c 30000000 /dev/zero; echo; echo end >&2; exit 7"]);
        let capture = Capture::all_of(&mut command).unwrap();
        let status = command.status().unwrap();
        assert_eq!(status.code(), Some(7));
        let said = capture.so_far();
        assert!(said.beginning.starts_with(b"begin\n"));
        assert!(said.kept_end().ends_with(b"\nend\n"), "all of it is there once the child has ended");
        assert!(said.left_out > 27_000_000);
    }
}
