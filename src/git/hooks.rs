//! git's hooks: which ones are active, and how each is started. They are run by `git hook run`, the very code that
//! `git commit` runs them with, so `core.hooksPath`, linked work trees, the working directory, the search path and
//! programs without a first line are as in git by construction; only what the commit itself adds is added here.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::command::git;
use super::settings::HOOKS;
use super::{Repository, Signature};
use crate::error::Problem;

/// `git hook` is there since this version.
const LEAST_GIT: (u32, u32) = (2, 36);

/// The hooks of commits and tags.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Hooks {
    /// Those that git would run, in git's order.
    pub active: Vec<String>,
    /// Those that are there and not executable, unless `advice.ignoredHook` asks not to speak of them.
    pub ignored: Vec<String>,
    /// Why the active ones cannot be run from here.
    pub trouble: Option<Problem>,
}

impl Repository {
    /// The hooks of commits and tags that are there.
    ///
    /// # Errors
    /// The configuration cannot be read.
    pub fn hooks(&self) -> Result<Hooks, Problem> {
        let active = self.active_hooks()?;
        let folder = self.hooks_folder()?;
        let speak = self.settings()?.truth("advice.ignoredHook")?.unwrap_or(true);
        let passive = |hook: &&&str| {
            speak && !active.iter().any(|name| name == *hook) && folder.join(hook).symlink_metadata().is_ok()
        };
        let ignored = HOOKS.iter().filter(passive).map(|hook| (*hook).to_owned()).collect();
        let trouble = if active.is_empty() { None } else { self.cannot_run_hooks() };
        Ok(Hooks { active, ignored, trouble })
    }

    fn cannot_run_hooks(&self) -> Option<Problem> {
        let said = match self.ask_git(["version"], &[0]) {
            Ok(said) => String::from_utf8_lossy(&said).trim_end().to_owned(),
            Err(problem) => return Some(problem),
        };
        let (major, minor) = LEAST_GIT;
        (version(&said)? < LEAST_GIT).then(|| {
            Problem::circumstance(format!("hooks are active, and this is {said}: too old to run them"))
                .hint(format!("install git {major}.{minor} or newer"))
        })
    }

    /// The command that runs a hook as `git commit` would: `index` is the index of the commit, `author` its author.
    /// The hook sees no input, and the top of the work tree as its folder.
    pub fn hook_command(&self, hook: &str, arguments: &[&Path], index: &Path, author: &Signature) -> Command {
        let mut command = git(&self.start_dir);
        command.args(["hook", "run", "--ignore-missing", hook, "--"]).args(arguments);
        command.env("GIT_INDEX_FILE", index).env("GIT_EDITOR", ":");
        author_variables(&mut command, author);
        command
    }

    /// Where a hook lies.
    ///
    /// # Errors
    /// The configuration cannot be read.
    pub fn hook_path(&self, hook: &str) -> Result<PathBuf, Problem> {
        Ok(self.hooks_folder()?.join(hook))
    }

    /// Where git keeps the message of the commit that is being made.
    pub fn message_file(&self) -> PathBuf {
        self.git_dir().join("COMMIT_EDITMSG")
    }

    /// The index that git reads and writes here.
    ///
    /// # Errors
    /// The index cannot be opened, or has no file.
    pub fn index_file(&self) -> Result<PathBuf, Problem> {
        let index = self.inner.index().ok().and_then(|index| index.path().map(Path::to_path_buf));
        index.ok_or_else(|| Problem::circumstance("the index has no file"))
    }

    /// A path in the git directory as hooks are told it: from the top of the work tree, where git's directory is the
    /// plain `.git` there, in full otherwise.
    pub fn as_told_to_hooks(&self, path: &Path) -> PathBuf {
        let plain = self.location.git_dir.is_none() && self.git_dir() == self.work_dir.join(".git");
        match path.strip_prefix(&self.work_dir) {
            Ok(short) if plain => short.to_path_buf(),
            _ => path.to_path_buf(),
        }
    }
}

/// What `git commit` tells its children about the author.
pub(super) fn author_variables(command: &mut Command, author: &Signature) {
    command.env("GIT_AUTHOR_NAME", &author.name).env("GIT_AUTHOR_EMAIL", &author.email);
    command.env("GIT_AUTHOR_DATE", format!("@{}", author.date()));
}

/// `git version 2.47.3 (…)` as numbers.
fn version(said: &str) -> Option<(u32, u32)> {
    let mut parts = said.strip_prefix("git version ")?.split('.');
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}

/// A message as git leaves it when a hook has written it: no blanks at the ends of lines, no blank lines at the ends
/// of the text, one between paragraphs. Lines that begin with `#` stay.
pub fn tidied(message: &str) -> String {
    let mut tidy = String::with_capacity(message.len());
    let mut gap = false;
    for line in message.lines().map(str::trim_ascii_end) {
        if line.is_empty() {
            gap = !tidy.is_empty();
            continue;
        }
        if std::mem::take(&mut gap) {
            tidy.push('\n');
        }
        tidy.push_str(line);
        tidy.push('\n');
    }
    tidy
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_tidied_as_git_stripspace_does_it() {
        assert_eq!(tidied("\n\nnew  \n#c\n\n\n\nb \n\n"), "new\n#c\n\nb\n");
        assert_eq!(tidied("x"), "x\n");
        assert_eq!(tidied(" \n\t\n"), "");
    }

    #[test]
    fn the_version_of_git_is_read() {
        assert_eq!(version("git version 2.47.3"), Some((2, 47)));
        assert_eq!(version("git version 2.39.5 (Apple Git-154)"), Some((2, 39)));
        assert_eq!(version("hub"), None);
    }
}
