//! What git's configuration says about committing: hooks that would run, whether commits and tags are signed, and
//! the values the identity is chosen from. libgit2 does not see `GIT_CONFIG_COUNT`, `git -c` and `hasconfig:`
//! includes; where one of them is in play, git itself is asked, so that no hook or signature is skipped unseen.

use std::collections::HashMap;
use std::path::PathBuf;

use super::Repository;
use super::trouble::explain;
use crate::error::Problem;

/// The hooks that `git commit` and `git tag` run.
pub(super) const HOOKS: [&str; 5] =
    ["pre-commit", "prepare-commit-msg", "commit-msg", "post-commit", "reference-transaction"];

/// Whether git would sign.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signing {
    /// `commit.gpgSign`.
    pub commit: bool,
    /// `tag.gpgSign`, or `tag.forceSignAnnotated`: a release makes its tags as `git tag -m` does, without the `-a`
    /// that would override the latter.
    pub tag: bool,
    /// Why nothing could be signed with these settings.
    pub trouble: Option<Problem>,
}

/// git's configuration, by whichever reader sees all of it.
pub(super) enum Settings {
    /// Read by libgit2.
    Library(git2::Config),
    /// Listed by git: names with section and key in lower case; `None` is a key without a value.
    Listed(HashMap<String, Option<String>>),
}

impl Settings {
    /// The value of a setting; the last one wins.
    pub(super) fn text(&self, name: &str) -> Option<String> {
        match self {
            Self::Library(config) => config.get_string(name).ok(),
            Self::Listed(values) => values.get(&name.to_ascii_lowercase()).cloned().flatten(),
        }
    }

    /// The value of a yes-or-no setting, `None` when it is not set.
    ///
    /// # Errors
    /// It is neither.
    pub(super) fn truth(&self, name: &str) -> Result<Option<bool>, Problem> {
        let value = match self {
            Self::Library(config) => match config.get_entry(name) {
                Ok(entry) if !entry.has_value() => Some(None),
                Ok(entry) => Some(Some(String::from_utf8_lossy(entry.value_bytes()).into_owned())),
                Err(_) => None,
            },
            Self::Listed(values) => values.get(&name.to_ascii_lowercase()).cloned(),
        };
        match value {
            None => Ok(None),
            Some(None) => Ok(Some(true)),
            Some(Some(text)) => git2::Config::parse_bool(text.replace('\0', " ")).map(Some).map_err(|_| {
                Problem::circumstance(format!("git's setting `{name}` is neither true nor false: `{text}`"))
                    .hint(format!("git config --show-origin --get-all {name}"))
            }),
        }
    }
}

impl Repository {
    /// The hooks of commits and tags that exist and may be executed, in the order git would run them.
    ///
    /// # Errors
    /// The configuration cannot be read.
    pub fn active_hooks(&self) -> Result<Vec<String>, Problem> {
        let folder = self.hooks_folder()?;
        let runs = |hook: &&&str| rustix::fs::access(folder.join(hook), rustix::fs::Access::EXEC_OK).is_ok();
        Ok(HOOKS.iter().filter(runs).map(|hook| (*hook).to_owned()).collect())
    }

    /// Whether `git commit` and `git tag -a` would sign here.
    ///
    /// # Errors
    /// The configuration cannot be read, or a value is not a truth value.
    pub fn signing(&self) -> Result<Signing, Problem> {
        let settings = self.settings()?;
        let on = |name: &str| settings.truth(name).map(|value| value.unwrap_or(false));
        Ok(Signing {
            commit: on("commit.gpgSign")?,
            tag: on("tag.gpgSign")? || on("tag.forceSignAnnotated")?,
            trouble: super::signing::trouble(&settings),
        })
    }

    /// git's configuration as it counts for this repository.
    pub(super) fn settings(&self) -> Result<Settings, Problem> {
        let doing = "cannot read git's configuration";
        let mut config = self.inner.config().map_err(|error| explain(doing, &error))?;
        let config = config.snapshot().map_err(|error| explain(doing, &error))?;
        let conditional = config.entries(Some("includeif\\.hasconfig:.*"));
        let conditional = conditional.map_err(|error| explain(doing, &error))?.next().is_some();
        if !conditional && !self.location.settings_in_environment {
            return Ok(Settings::Library(config));
        }
        let listed = self.ask_git(["config", "--list", "--null"], &[0])?;
        let mut values = HashMap::new();
        for item in String::from_utf8_lossy(&listed).split('\0').filter(|item| !item.is_empty()) {
            match item.split_once('\n') {
                Some((name, value)) => values.insert(name.to_owned(), Some(value.to_owned())),
                None => values.insert(item.to_owned(), None),
            };
        }
        Ok(Settings::Listed(values))
    }

    /// `core.hooksPath`, counted from the top of the work tree, or `hooks` in the shared git directory.
    pub(super) fn hooks_folder(&self) -> Result<PathBuf, Problem> {
        match self.settings()? {
            Settings::Library(config) => Ok(match config.get_path("core.hooksPath") {
                Ok(folder) => self.work_dir.join(folder),
                Err(_) => self.common_dir().join("hooks"),
            }),
            Settings::Listed(_) => {
                let folder = self.ask_git(["rev-parse", "--git-path", "hooks"], &[0])?;
                Ok(self.work_dir.join(String::from_utf8_lossy(&folder).trim_end_matches('\n')))
            }
        }
    }
}
