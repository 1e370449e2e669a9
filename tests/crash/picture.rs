//! Everything in and around a repository, in a form in which two equal repositories are equal: references resolved,
//! the index without what it remembers about files, absolute paths blanked out, unreachable objects left out.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use crate::sandbox::{Sandbox, State};

/// What is compared.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Picture(Option<State>);

impl Picture {
    /// Looks at a repository, its linked work trees, its remote and its surroundings.
    pub(crate) fn of(sandbox: &Sandbox) -> Self {
        let mut state = sandbox.surroundings();
        let around = sandbox.around().to_str().expect("text");
        let paths = &mut state.0;
        paths.retain(|path, (_, bytes)| {
            // Temporary files of the system are not the repository's.
            !path.starts_with("tmp") && !is_object(path) && !is_idle(path, bytes)
        });
        resolve_references(paths);
        for (path, (_, bytes)) in paths.iter_mut() {
            if path.ends_with("index") && in_git(path) {
                *bytes = entries(bytes).into_bytes();
            }
            *bytes = replaced(bytes, around.as_bytes(), b"~");
        }
        Self(Some(state))
    }

    /// The same without what the program keeps for itself, which the next start may still have to clear away.
    pub(crate) fn of_others(mut self) -> Self {
        if let Some(state) = &mut self.0 {
            state.0.retain(|path, _| !path.components().any(|part| part.as_os_str() == "trueppm-release"));
        }
        self
    }

    /// Every path that is not the same, and how.
    pub(crate) fn differences(&self, now: &Self) -> Vec<String> {
        match (&self.0, &now.0) {
            (Some(was), Some(is)) => was.differences(is),
            _ => vec!["there is no picture".to_owned()],
        }
    }

    /// A number that is the same for equal pictures, ids of processes and random names left aside.
    pub(crate) fn fingerprint(&self) -> String {
        let state = self.0.clone().expect("a picture");
        let mut text = String::new();
        for (path, (mode, bytes)) in &state.0 {
            let mut bytes = String::from_utf8_lossy(bytes).into_owned();
            if path.components().any(|part| part.as_os_str() == "trueppm-release") {
                bytes = without_what_each_run_has(&bytes);
            }
            let _ = write!(text, "{}\0{mode:o}\0{bytes}\0", path.display());
        }
        crate::trace::steady(&text)
    }
}

/// Numbers of processes, of files and times, which differ from run to run, inside a journal.
fn without_what_each_run_has(text: &str) -> String {
    use std::sync::LazyLock;
    static OWN: LazyLock<regex::Regex> =
        LazyLock::new(|| regex::Regex::new(r"\b[0-9]{2,}\b").expect("pattern"));
    OWN.replace_all(text, "#").into_owned()
}

/// What differs from both ends, to be read by a person.
pub(crate) fn differences(back: &[String], forward: &[String]) -> String {
    format!("against before:\n  {}\nagainst after:\n  {}", back.join("\n  "), forward.join("\n  "))
}

/// What git finds wrong with a repository, if anything: its objects, its references, its index, its files.
pub(crate) fn unsound(sandbox: &Sandbox) -> Option<String> {
    let mut wrong = String::new();
    for words in [
        &["fsck", "--strict", "--full", "--no-dangling", "--no-progress"][..],
        &["status", "--porcelain", "--untracked-files=all"],
    ] {
        let run = sandbox.git_run(words);
        let said = format!("{}{}", run.stdout, run.stderr);
        if run.code != 0 || !said.is_empty() {
            let _ = writeln!(wrong, "git {}: exit code {}\n{said}", words.join(" "), run.code);
        }
    }
    (!wrong.is_empty()).then_some(wrong)
}

/// Objects that nothing reaches are harmless; whether reachable ones are whole is for `git fsck` to say.
fn is_object(path: &Path) -> bool {
    let text = path.to_str().unwrap_or_default();
    text.contains(".git/objects/")
}

/// The place where locks and journals live, while there is none.
fn is_idle(path: &Path, bytes: &[u8]) -> bool {
    bytes.is_empty()
        && (path.ends_with(".git/trueppm-release") || path.ends_with(".git/trueppm-release/lock"))
}

fn in_git(path: &Path) -> bool {
    path.components().any(|part| part.as_os_str().to_str().is_some_and(|part| part.ends_with(".git")))
}

/// One entry for all references of a repository: a loose one wins over a packed one, as in git.
fn resolve_references(paths: &mut BTreeMap<PathBuf, (u32, Vec<u8>)>) {
    let mut resolved: BTreeMap<(String, String), String> = BTreeMap::new();
    for packed in [true, false] {
        for (path, (_, bytes)) in paths.iter() {
            let text = path.to_str().unwrap_or_default();
            let Some((repository, inside)) = text.split_once(".git/") else { continue };
            let value = String::from_utf8_lossy(bytes);
            if packed && inside == "packed-refs" {
                for line in value.lines().filter(|line| !line.starts_with(['#', '^'])) {
                    let (id, name) = line.split_once(' ').expect("an id and a name");
                    resolved.insert((repository.to_owned(), name.to_owned()), format!("{id}\n"));
                }
            } else if !packed && is_reference(inside) && !bytes.is_empty() {
                resolved.insert((repository.to_owned(), inside.to_owned()), value.into_owned());
            }
        }
    }
    paths.retain(|path, (_, bytes)| {
        let inside = path.to_str().and_then(|text| text.split_once(".git/")).map(|(_, inside)| inside);
        !inside.is_some_and(|inside| inside == "packed-refs" || is_reference(inside) && !bytes.is_empty())
    });
    for ((repository, name), value) in resolved {
        paths.insert(PathBuf::from(format!("{repository}.git (reference) {name}")), (0, value.into_bytes()));
    }
}

fn is_reference(inside: &str) -> bool {
    inside.starts_with("refs/") && !inside.ends_with(".lock")
}

/// The entries of an index: mode, object, flags and path of each, without times and sizes of files.
fn entries(index: &[u8]) -> String {
    let number = |at: usize| u32::from_be_bytes(index[at..at + 4].try_into().expect("four bytes"));
    if index.len() < 12 || &index[..4] != b"DIRC" || !(2..=3).contains(&number(4)) {
        return format!("not an index: {index:?}");
    }
    let mut text = String::new();
    let mut at = 12;
    for _ in 0..number(8) {
        let flags = u16::from_be_bytes([index[at + 60], index[at + 61]]);
        let path = at + 62 + if flags & 0x4000 == 0 { 0 } else { 2 };
        let end = path + index[path..].iter().position(|byte| *byte == 0).expect("a path ends");
        let id = index[at + 40..at + 60].iter().fold(String::new(), |mut id, byte| {
            let _ = write!(id, "{byte:02x}");
            id
        });
        let name = String::from_utf8_lossy(&index[path..end]);
        let _ = writeln!(text, "{:o} {id} {:?} {name}", number(at + 24), &index[at + 60..path]);
        // Padded with one to eight NUL bytes to a multiple of eight.
        at += (end - at + 8) / 8 * 8;
    }
    text
}

fn replaced(bytes: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some(at) = rest.windows(from.len()).position(|window| window == from) {
        out.extend_from_slice(&rest[..at]);
        out.extend_from_slice(to);
        rest = &rest[at + from.len()..];
    }
    out.extend_from_slice(rest);
    out
}
