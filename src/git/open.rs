//! Finding and opening the repository, as git would from the same directory and environment. Every reason why
//! libgit2 refuses is turned into plain words here; the check of the owner is never switched off.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use git2::{ErrorCode, RepositoryOpenFlags};

use super::Repository;
use super::trouble::{explain, shell_word};
use super::trust::{self, Verdict};
use crate::error::Problem;

/// Where the environment says the repository is; all empty in everyday use. `GIT_INDEX_FILE`,
/// `GIT_OBJECT_DIRECTORY`, `GIT_CONFIG_GLOBAL` and their like are honoured by libgit2 itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Location {
    /// `GIT_DIR`: no search, this is the repository.
    pub git_dir: Option<OsString>,
    /// `GIT_WORK_TREE`: only together with `GIT_DIR`, as in git.
    pub work_tree: Option<OsString>,
    /// `GIT_CEILING_DIRECTORIES`: the search does not go above these.
    pub ceilings: Vec<PathBuf>,
    /// `GIT_CONFIG_COUNT` or `GIT_CONFIG_PARAMETERS` is set: settings that libgit2 does not see.
    pub settings_in_environment: bool,
    /// `GIT_INDEX_FILE` is set: the index is not the file in the git directory.
    pub index_elsewhere: bool,
    /// Objects or references are somewhere else: `GIT_ALTERNATE_OBJECT_DIRECTORIES`, `GIT_COMMON_DIR`, `GIT_NAMESPACE`.
    pub parts_elsewhere: bool,
    /// `GIT_OBJECT_DIRECTORY`: where objects are written instead of the git directory's `objects`.
    pub objects: Option<PathBuf>,
}

impl Location {
    /// Reads the variables through `lookup`, which the one reader of the environment provides.
    pub fn from_lookup(lookup: impl Fn(&str) -> Option<OsString>) -> Self {
        let set = |name: &str| lookup(name).filter(|value| !value.is_empty());
        let ceilings = set("GIT_CEILING_DIRECTORIES");
        Self {
            git_dir: set("GIT_DIR"),
            work_tree: set("GIT_WORK_TREE"),
            ceilings: ceilings.map(|list| std::env::split_paths(&list).collect()).unwrap_or_default(),
            settings_in_environment: set("GIT_CONFIG_COUNT").is_some()
                || set("GIT_CONFIG_PARAMETERS").is_some(),
            index_elsewhere: set("GIT_INDEX_FILE").is_some(),
            parts_elsewhere: ["GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_COMMON_DIR", "GIT_NAMESPACE"]
                .into_iter()
                .any(|name| set(name).is_some()),
            objects: set("GIT_OBJECT_DIRECTORY").map(PathBuf::from),
        }
    }

    /// Whether the environment puts parts of the repository somewhere else.
    pub(super) fn is_in_parts(&self) -> bool {
        self.index_elsewhere || self.parts_elsewhere || self.objects.is_some()
    }
}

/// Opens the repository whose work tree holds `start_dir`.
///
/// # Errors
/// No repository, a bare one, a foreign owner, a format that libgit2 does not read, or a directory that lies
/// inside the git directory.
pub fn open(start_dir: &Path, location: &Location) -> Result<Repository, Problem> {
    let inner = open_handle(start_dir, location)?;
    let Some(work_dir) = inner.workdir().map(Path::to_path_buf) else {
        return Err(Problem::circumstance(format!(
            "`{}` is a bare repository: there is no work tree to release from",
            inner.path().display()
        ))
        .hint(format!(
            "git clone {} FOLDER, and release there",
            shell_word(&inner.path().display().to_string())
        )));
    };
    if location.git_dir.is_none() {
        let here = std::fs::canonicalize(start_dir).unwrap_or_else(|_| start_dir.to_path_buf());
        let tree = std::fs::canonicalize(&work_dir).unwrap_or_else(|_| work_dir.clone());
        if !here.starts_with(&tree) || here.starts_with(inner.path()) || here.starts_with(inner.commondir()) {
            return Err(Problem::circumstance(format!(
                "`{}` is not inside a work tree",
                start_dir.display()
            ))
            .hint(format!("cd {}", shell_word(&work_dir.display().to_string()))));
        }
    }
    // git does not verify the hash of every blob it reads either; verifying costs half of the time of reading.
    git2::opts::strict_hash_verification(false);
    Ok(Repository {
        inner,
        location: location.clone(),
        start_dir: start_dir.to_path_buf(),
        work_dir,
        voice: None,
    })
}

/// Whether there is no repository here at all, as opposed to one that cannot be opened.
pub fn is_outside(start_dir: &Path, location: &Location) -> bool {
    open_inner(start_dir, location).err().is_some_and(|error| is_nowhere(&error))
}

impl Repository {
    /// The top folder of the work tree.
    pub fn work_dir(&self) -> &Path {
        &self.work_dir
    }

    /// The git directory of this work tree (`.git`, or `.git/worktrees/NAME` of a linked work tree).
    pub fn git_dir(&self) -> &Path {
        self.inner.path()
    }

    /// The git directory that all linked work trees share.
    pub fn common_dir(&self) -> &Path {
        self.inner.commondir()
    }

    /// Whether history was cut off when cloning: absent commits and tags prove nothing.
    pub fn is_shallow(&self) -> bool {
        self.inner.is_shallow()
    }

    /// The same repository once more, for another thread.
    ///
    /// # Errors
    /// As [`open`].
    pub fn another_handle(&self) -> Result<Self, Problem> {
        Ok(Self {
            inner: open_handle(&self.start_dir, &self.location)?,
            location: self.location.clone(),
            start_dir: self.start_dir.clone(),
            work_dir: self.work_dir.clone(),
            voice: self.voice.clone(),
        })
    }
}

fn open_inner(start_dir: &Path, location: &Location) -> Result<git2::Repository, git2::Error> {
    match &location.git_dir {
        Some(git_dir) => open_given(start_dir, git_dir, location.work_tree.as_deref()),
        None => {
            let ceilings = location.ceilings.iter();
            git2::Repository::open_ext(start_dir, RepositoryOpenFlags::FROM_ENV, ceilings)
        }
    }
}

fn is_nowhere(error: &git2::Error) -> bool {
    error.code() == ErrorCode::NotFound && error.class() == git2::ErrorClass::Repository
}

fn open_handle(start_dir: &Path, location: &Location) -> Result<git2::Repository, Problem> {
    let handle = open_inner(start_dir, location).or_else(|error| match error.code() {
        ErrorCode::Owner => foreign(start_dir, location),
        _ => Err(refusal(start_dir, &error)),
    })?;
    #[cfg(test)]
    super::tests::support::forget_user_settings(&handle);
    Ok(handle)
}

/// `GIT_DIR` and `GIT_WORK_TREE` count from the directory the command was started in; libgit2 would count
/// `GIT_WORK_TREE` from the git directory, and take the git directory's parent where git takes the current one.
fn open_given(
    start_dir: &Path,
    git_dir: &OsStr,
    work_tree: Option<&OsStr>,
) -> Result<git2::Repository, git2::Error> {
    let flags =
        RepositoryOpenFlags::FROM_ENV | RepositoryOpenFlags::NO_SEARCH | RepositoryOpenFlags::NO_DOTGIT;
    let handle = git2::Repository::open_ext(start_dir.join(git_dir), flags, std::iter::empty::<&OsStr>())?;
    if let Some(work_tree) = work_tree {
        handle.set_workdir(&start_dir.join(work_tree), false)?;
    } else if !handle.is_bare()
        && !handle.is_worktree()
        && handle.config()?.get_entry("core.worktree").is_err()
    {
        handle.set_workdir(start_dir, false)?;
    }
    Ok(handle)
}

/// A repository of another user is opened where git itself opens it.
fn foreign(start_dir: &Path, location: &Location) -> Result<git2::Repository, Problem> {
    let accepted = match trust::verdict(start_dir, location) {
        Verdict::Opened(handle) => return Ok(handle),
        Verdict::AcceptedOnly(why) => Some(why),
        Verdict::Refused => None,
    };
    Err(trust::problem(&owner_key(start_dir, location), accepted))
}

fn refusal(start_dir: &Path, error: &git2::Error) -> Problem {
    match error.code() {
        _ if is_nowhere(error) => {
            Problem::circumstance(format!("not inside a git repository: `{}`", start_dir.display()))
                .hint("run it inside the work tree, or name that with `-C DIR`")
        }
        _ => {
            let doing = format!("cannot open the repository at `{}`", start_dir.display());
            let problem = explain(&doing, error);
            if problem.hints.is_empty() {
                problem.hint("see what git itself says: git status")
            } else {
                problem
            }
        }
    }
}

/// The directory that both git and libgit2 look up in `safe.directory`: the top of the work tree.
fn owner_key(start_dir: &Path, location: &Location) -> String {
    let here = std::fs::canonicalize(start_dir).unwrap_or_else(|_| start_dir.to_path_buf());
    let top = match (&location.git_dir, &location.work_tree) {
        (Some(_), Some(work_tree)) => Some(here.join(work_tree)),
        (Some(_), None) => Some(here.clone()),
        (None, _) => here
            .ancestors()
            .find(|ancestor| ancestor.join(".git").symlink_metadata().is_ok())
            .map(Path::to_path_buf),
    };
    top.unwrap_or(here).display().to_string()
}
