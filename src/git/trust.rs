//! Repositories that belong to another user. libgit2 opens one only where `safe.directory` in a file names it letter for
//! letter, or is `*`; git also takes `/folder/*`, `~/folder`, a trailing slash, and what the environment and `git -c`
//! say. libgit2's check comes first and stays on; where it refuses, git is asked, and only a git that looks at owners
//! and opens the repository all the same has the last word. The settings are then those that git lists.

use std::ffi::OsStr;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::command::git;
use super::open::Location;
use super::trouble::shell_word;
use crate::error::Problem;

/// From this version on, every git looks at who owns a repository before it reads its settings.
const LOOKS_AT_OWNERS: (u32, u32) = (2, 36);

/// What git says of a repository that libgit2 does not open.
pub(super) enum Verdict {
    /// It opens it, and so it is open.
    Opened(git2::Repository),
    /// It opens it, and there is a reason why that does not help here.
    AcceptedOnly(&'static str),
    /// It does not open it either, or there is no git that could say.
    Refused,
}

/// Asks git.
pub(super) fn verdict(start_dir: &Path, location: &Location) -> Verdict {
    let ask = |words: &[&str]| answer(start_dir, words);
    let looks = answer_bytes(git(start_dir).arg("version")).is_some_and(|said| looks_at_owners(&said));
    if !looks {
        return Verdict::Refused;
    }
    let Some(git_dir) = ask(&["rev-parse", "--absolute-git-dir"]) else { return Verdict::Refused };
    if location.is_in_parts() {
        return Verdict::AcceptedOnly("with the index or the objects in another place");
    }
    if ask(&["rev-parse", "--is-shallow-repository"]).as_deref() != Some(OsStr::new("false")) {
        return Verdict::AcceptedOnly("in a shallow clone");
    }
    let top = ask(&["rev-parse", "--show-toplevel"]).map(PathBuf::from);
    match opened(start_dir, Path::new(&git_dir), top.as_deref()) {
        Some(handle) => Verdict::Opened(handle),
        None => Verdict::AcceptedOnly("with these settings"),
    }
}

fn opened(start_dir: &Path, git_dir: &Path, top: Option<&Path>) -> Option<git2::Repository> {
    let listed = answer_bytes(git(start_dir).args(["config", "--list", "--null"]))?;
    let handle = git2::Repository::open_bare(git_dir).ok()?;
    // libgit2 reads settings from files only; once they are read, this one is not needed any more.
    let mut file = tempfile::NamedTempFile::new().ok()?;
    file.write_all(&as_file(&listed)).ok()?;
    let settings = git2::Config::open(file.path()).ok()?.snapshot().ok()?;
    handle.set_config(&settings).ok()?;
    match top {
        Some(top) => handle.set_workdir(top, false).ok()?,
        // Inside of the git directory of a repository that has a work tree.
        None if settings.get_bool("core.bare").ok() == Some(false) => {
            handle.set_workdir(git_dir.parent()?, false).ok()?;
        }
        None => {}
    }
    Some(handle)
}

/// What git prints, without the end of the line; nothing where it fails.
fn answer(start_dir: &Path, words: &[&str]) -> Option<std::ffi::OsString> {
    use std::os::unix::ffi::OsStringExt as _;
    let mut said = answer_bytes(git(start_dir).args(words))?;
    if said.last() == Some(&b'\n') {
        said.pop();
    }
    Some(std::ffi::OsString::from_vec(said))
}

fn answer_bytes(command: &mut Command) -> Option<Vec<u8>> {
    let quiet = command.env("GIT_OPTIONAL_LOCKS", "0").env("LC_ALL", "C").stdin(Stdio::null());
    let output = quiet.stderr(Stdio::null()).output().ok()?;
    output.status.success().then_some(output.stdout)
}

/// Reads `git version 2.47.3 (…)`.
fn looks_at_owners(said: &[u8]) -> bool {
    let said = String::from_utf8_lossy(said).into_owned();
    let mut numbers = said.trim_start_matches("git version ").split(['.', ' ', '\n', '-']);
    let mut number = || numbers.next().and_then(|number| number.parse::<u32>().ok());
    matches!((number(), number()), (Some(major), Some(minor)) if (major, minor) >= LOOKS_AT_OWNERS)
}

/// The settings that git listed, as a file. Includes are spelled out in the list already.
fn as_file(listed: &[u8]) -> Vec<u8> {
    let mut file = Vec::with_capacity(listed.len() * 2);
    for item in listed.split(|byte| *byte == 0).filter(|item| !item.is_empty()) {
        let mut halves = item.splitn(2, |byte| *byte == b'\n');
        let (name, value) = (halves.next().unwrap_or_default(), halves.next());
        let Some((section, key)) = split_last(name, b'.') else { continue };
        let (section, subsection) =
            match memchr::memchr(b'.', section).and_then(|at| section.split_at_checked(at)) {
                Some((section, subsection)) => (section, subsection.get(1..)),
                None => (section, None),
            };
        if section == b"include" || section == b"includeif" {
            continue;
        }
        file.push(b'[');
        file.extend(section);
        if let Some(subsection) = subsection {
            file.extend(b" \"");
            file.extend(escaped(subsection));
            file.push(b'"');
        }
        file.extend(b"]\n\t");
        file.extend(key);
        if let Some(value) = value {
            file.extend(b" = \"");
            file.extend(escaped(value));
            file.push(b'"');
        }
        file.push(b'\n');
    }
    file
}

fn split_last(text: &[u8], at: u8) -> Option<(&[u8], &[u8])> {
    let (before, after) = text.split_at_checked(memchr::memrchr(at, text)?)?;
    Some((before, after.get(1..)?))
}

fn escaped(value: &[u8]) -> Vec<u8> {
    let mut escaped = Vec::with_capacity(value.len());
    for byte in value {
        match byte {
            b'"' | b'\\' => escaped.extend([b'\\', *byte]),
            b'\n' => escaped.extend(b"\\n"),
            b'\t' => escaped.extend(b"\\t"),
            _ => escaped.push(*byte),
        }
    }
    escaped
}

/// What is said where nobody opens it, or only git. The line is the one that both understand.
pub(super) fn problem(directory: &str, accepted: Option<&str>) -> Problem {
    let word = shell_word(directory);
    let foreign = format!("repository `{directory}` belongs to another user");
    let (problem, condition) = match accepted {
        Some(why) => (
            Problem::circumstance(format!(
                "{foreign}\ngit accepts it; {why}, only a `safe.directory` that is exactly this folder, and in a file, counts here"
            )),
            "name it in full",
        ),
        None => (Problem::circumstance(foreign), "if you trust it"),
    };
    problem
        .hint(format!("{condition}: git config --global --add safe.directory {word}"))
        // A file that takes the place of the one that cannot be written, and reads it.
        .hint(format!(
            "where the home folder cannot be written: file=$(mktemp) && git config --file \"$file\" include.path ~/.gitconfig \
             && git config --file \"$file\" --add safe.directory {word} && export GIT_CONFIG_GLOBAL=\"$file\""
        ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_git_that_does_not_look_at_owners_is_not_asked() {
        for (said, looks) in [
            ("git version 2.47.3\n", true),
            ("git version 2.36.0\n", true),
            ("git version 2.39.5 (Apple Git-154)\n", true),
            ("git version 3.0.0-rc1\n", true),
            ("git version 2.50-rc0\n", true),
            ("git version 2.35.1\n", false),
            ("git version 1.8.3\n", false),
            ("something else", false),
            ("", false),
        ] {
            assert_eq!(looks_at_owners(said.as_bytes()), looks, "{said:?}");
        }
    }

    #[test]
    fn settings_are_read_back_as_git_listed_them() {
        let listed = b"user.name\n A \"quoted\" \\ name # ; \0core.bare\nfalse\0remote.a.b \"c\\.url\nx\ty\nz\0\
                       include.path\n/nowhere\0includeif.gitdir:/a/.path\n/nowhere\0alias.on\0user.name\nlast\0";
        let file = tempfile::NamedTempFile::new().unwrap();
        file.as_file().write_all(&as_file(listed)).unwrap();
        let settings = git2::Config::open(file.path()).unwrap().snapshot().unwrap();
        drop(file);
        assert_eq!(settings.get_string("user.name").unwrap(), "last");
        assert_eq!(settings.get_string("remote.a.b \"c\\.url").unwrap(), "x\ty\nz");
        assert!(!settings.get_bool("core.bare").unwrap());
        assert!(settings.get_bool("alias.on").unwrap());
        let mut names = Vec::new();
        settings
            .entries(Some("user.name"))
            .unwrap()
            .for_each(|entry| {
                names.push(entry.value().unwrap().to_owned());
            })
            .unwrap();
        assert_eq!(names, [" A \"quoted\" \\ name # ; ", "last"]);
        assert!(settings.get_string("include.path").is_err());
    }
}
