//! The files of the work tree: written with a temporary file beside the target and a rename, and remembered so that
//! they can be put back. What somebody else changed meanwhile is never overwritten, in either direction.

use std::fs::{OpenOptions, Permissions};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use crate::error::Problem;
use crate::git::Repository;
use crate::plan::{FileChange, Plan, PlannedStep};

/// What the release did to one file.
struct Written {
    path: String,
    before: Vec<u8>,
    /// What the release left there; nothing where it deleted the file.
    after: Option<Vec<u8>>,
    permissions: Permissions,
}

/// The work tree during a release.
pub(super) struct WorkTree<'a> {
    repository: &'a Repository,
    written: Vec<Written>,
    /// Outputs of steps that were started, and files that a step changed unannounced: put back from the base commit.
    restored_from_base: Vec<String>,
    /// The index before the first step: one that stages something would leave it staged.
    index: Option<Vec<u8>>,
    /// What could not be kept aside, and so is not put back either.
    unsaved: Vec<Problem>,
}

/// Reads a file that a step should have written.
pub(super) fn read_output(root: &Path, path: &str) -> Result<Vec<u8>, Problem> {
    let there = std::fs::symlink_metadata(root.join(path)).is_ok_and(|metadata| metadata.is_file());
    if there {
        return read(root, path);
    }
    Err(Problem::content(format!("there is no file `{path}` after it ran"))
        .hint(format!("let it write `{path}`, or take the file out of its `writes` and `expect`")))
}

/// A file of the work tree with its permissions; nothing where there is none.
pub(super) fn read_with_permissions(
    root: &Path,
    path: &str,
) -> Result<Option<(Vec<u8>, Permissions)>, Problem> {
    match std::fs::symlink_metadata(root.join(path)) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(cannot("read", path, &error)),
        Ok(metadata) => Ok(Some((read(root, path)?, metadata.permissions()))),
    }
}

/// Brings a file back to what was read of it, whatever lies there now.
#[expect(clippy::disallowed_methods, reason = "this room owns the files of a release")]
pub(super) fn put_back_as(
    root: &Path,
    path: &str,
    file: Option<&(Vec<u8>, Permissions)>,
) -> Result<(), Problem> {
    let target = root.join(path);
    let done = match file {
        Some((bytes, permissions)) => {
            let folders = target.parent().map_or(Ok(()), std::fs::create_dir_all);
            folders.and_then(|()| replace(&target, bytes, permissions))
        }
        None => match std::fs::remove_file(&target) {
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
            other => other,
        },
    };
    done.map_err(|error| cannot("put back", path, &error))
}

/// Reads a file of the work tree.
#[expect(clippy::disallowed_methods, reason = "this room owns the files of a release")]
fn read(root: &Path, path: &str) -> Result<Vec<u8>, Problem> {
    let target = root.join(path);
    let metadata = std::fs::symlink_metadata(&target).map_err(|error| cannot("read", path, &error))?;
    // Reading a pipe that a step left there would wait for ever.
    if !metadata.is_file() {
        return Err(Problem::content(format!("`{path}` is not a plain file")));
    }
    std::fs::read(target).map_err(|error| cannot("read", path, &error))
}

fn cannot(verb: &str, path: &str, error: &std::io::Error) -> Problem {
    Problem::circumstance(format!("`{path}` cannot be {verb}: {}", error.kind()))
        .hint("check the permissions of the file and its folder, and the space on the disk")
}

/// The bytes with the line ends that the work tree has for this file: `core.autocrlf` may have given it others than
/// the commit. Nothing where the file is neither.
fn as_on_disk(disk: &[u8], committed: &str, wanted: &str) -> Option<Vec<u8>> {
    if disk == committed.as_bytes() {
        return Some(wanted.as_bytes().to_vec());
    }
    let with_carriage_returns = |text: &str| text.replace("\r\n", "\n").replace('\n', "\r\n").into_bytes();
    (disk == with_carriage_returns(committed)).then(|| with_carriage_returns(wanted))
}

impl<'a> WorkTree<'a> {
    /// Nothing written yet.
    pub(super) fn new(repository: &'a Repository) -> Self {
        Self {
            repository,
            written: Vec::new(),
            restored_from_base: Vec::new(),
            index: None,
            unsaved: Vec::new(),
        }
    }

    /// Brings one file to its new state, if it still is in its old one.
    #[expect(clippy::disallowed_methods, reason = "this room owns the files of a release")]
    pub(super) fn write(&mut self, change: &FileChange) -> Result<(), Problem> {
        let path = &change.path;
        let target = self.repository.work_dir().join(path);
        let before = read(self.repository.work_dir(), path)?;
        let Some(after) = as_on_disk(&before, &change.before, change.after.as_deref().unwrap_or_default())
        else {
            return Err(Problem::circumstance(format!(
                "`{path}` changed while the release was being prepared"
            ))
            .hint("run the release again"));
        };
        let metadata = std::fs::symlink_metadata(&target).map_err(|error| cannot("read", path, &error))?;
        if !metadata.is_file() {
            return Err(Problem::circumstance(format!("`{path}` is not a plain file in the work tree")));
        }
        let permissions = metadata.permissions();
        let after = change.after.is_some().then_some(after);
        match &after {
            Some(after) => {
                replace(&target, after, &permissions).map_err(|error| cannot("written", path, &error))?
            }
            None => std::fs::remove_file(&target).map_err(|error| cannot("deleted", path, &error))?,
        }
        self.written.push(Written { path: path.clone(), before, after, permissions });
        Ok(())
    }

    /// From here on the outputs of this step, and the index, may be anything.
    #[expect(clippy::disallowed_methods, reason = "this room owns the files of a release")]
    pub(super) fn expect_anything_of(&mut self, step: &PlannedStep) -> Result<(), Problem> {
        if self.index.is_none() {
            let bytes = std::fs::read(self.index_path()).map_err(|error| cannot("read", "index", &error))?;
            self.index = Some(bytes);
        }
        self.restored_from_base.extend(step.outputs.iter().map(|output| output.path.clone()));
        Ok(())
    }

    /// A hook rewrote these files of the release and staged them so.
    pub(super) fn rewritten(&mut self, paths: Vec<String>) {
        self.restored_from_base.extend(paths);
    }

    /// The written files that hold something else by now.
    #[expect(clippy::disallowed_methods, reason = "this room owns the files of a release")]
    pub(super) fn no_longer_as_written(&self) -> Vec<String> {
        let changed = |written: &&Written| {
            std::fs::read(self.repository.work_dir().join(&written.path)).ok() != written.after
        };
        self.written.iter().filter(changed).map(|written| written.path.clone()).collect()
    }

    fn index_path(&self) -> PathBuf {
        self.repository.git_dir().join("index")
    }

    /// Keeps copies of files that a step changed unannounced, before they are put back. Returns the folder, if there
    /// was anything to keep. A file that cannot be kept is not put back.
    pub(super) fn save(&mut self, paths: &[String]) -> Option<PathBuf> {
        let parent = self.repository.git_dir().join("trueppm-release");
        let there: Vec<&String> = paths
            .iter()
            .filter(|path| std::fs::symlink_metadata(self.repository.work_dir().join(path)).is_ok())
            .collect();
        self.restored_from_base.extend(paths.iter().filter(|path| !there.contains(path)).cloned());
        if there.is_empty() {
            return None;
        }
        let folder = new_folder(&parent, "saved");
        for path in there {
            let source = self.repository.work_dir().join(path);
            let kept = match &folder {
                Ok(folder) => keep(&source, &folder.join(path)),
                Err(error) => Err(std::io::Error::from(error.kind())),
            };
            match kept {
                Ok(()) => self.restored_from_base.push(path.clone()),
                Err(error) => self.unsaved.push(
                    Problem::circumstance(format!(
                        "recovery needed: `{path}` was changed by a step or a hook, and no copy can be kept in `{}`: {}",
                        parent.display(),
                        error.kind()
                    ))
                    .hint(format!(
                        "look at it: `git diff -- {path}`; the state before the release: `git checkout -- {path}`"
                    )),
                ),
            }
        }
        folder.ok()
    }

    /// Puts everything back as it was.
    ///
    /// # Errors
    /// Every file that somebody else changed meanwhile, or that cannot be written.
    pub(super) fn put_back(&mut self, plan: &Plan) -> Result<(), Vec<Problem>> {
        let mut left = Vec::new();
        for written in self.written.drain(..).rev() {
            // A step may rewrite a file of the plan that it also declares; then it is restored with its outputs.
            if !self.restored_from_base.contains(&written.path)
                && let Err(problem) = put_back_one(self.repository.work_dir(), &written)
            {
                left.push(problem);
            }
        }
        if !self.restored_from_base.is_empty()
            && let Err(problems) = self.repository.restore_paths(&plan.base, &self.restored_from_base)
        {
            left.extend(problems);
        }
        left.extend(self.repository.remove_new_folders(&plan.base, &self.restored_from_base).err());
        if let Err(problem) = self.put_back_index(plan) {
            left.push(problem);
        }
        left.append(&mut self.unsaved);
        if left.is_empty() { Ok(()) } else { Err(left) }
    }

    /// Puts the index back, unless somebody committed meanwhile: then it belongs to that commit.
    #[expect(
        clippy::disallowed_methods,
        reason = "the steps may have changed the index, which nobody else puts back"
    )]
    fn put_back_index(&mut self, plan: &Plan) -> Result<(), Problem> {
        let Some(before) = self.index.take() else { return Ok(()) };
        let path = self.index_path();
        let unread = |error: std::io::Error| cannot("read", "index", &error);
        if std::fs::read(&path).map_err(unread)? == before
            || self.repository.head()?.commit.as_ref() != Some(&plan.base)
        {
            return Ok(());
        }
        let lock = path.with_extension("lock");
        let locked = OpenOptions::new().write(true).create_new(true).open(&lock);
        let mut file = locked.map_err(|error| {
            Problem::circumstance(format!(
                "recovery needed: the index changed and cannot be put back: `{}`: {}",
                lock.display(),
                error.kind()
            ))
            .hint("once no other git process is running: `git reset` takes back what is staged, files stay")
        })?;
        let written = file
            .write_all(&before)
            .and_then(|()| std::fs::set_permissions(&lock, std::fs::metadata(&path)?.permissions()))
            .and_then(|()| std::fs::rename(&lock, &path));
        written.map_err(|error| {
            // The lock is ours; the failure is what is reported.
            let _ = std::fs::remove_file(&lock);
            cannot("put back", "index", &error)
        })
    }
}

/// A folder that was not there before: `name-1`, or the next number.
#[expect(clippy::disallowed_methods, reason = "this room keeps copies under the git dir")]
fn new_folder(parent: &Path, name: &str) -> std::io::Result<PathBuf> {
    std::fs::create_dir_all(parent)?;
    let mut number = 1;
    loop {
        let folder = parent.join(format!("{name}-{number}"));
        match std::fs::create_dir(&folder) {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => number += 1,
            other => return other.map(|()| folder),
        }
    }
}

/// Copies a file, or a symbolic link as the link it is; a folder cannot be kept.
#[expect(clippy::disallowed_methods, reason = "this room keeps copies under the git dir")]
fn keep(source: &Path, copy: &Path) -> std::io::Result<()> {
    if let Some(folder) = copy.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let metadata = std::fs::symlink_metadata(source)?;
    if metadata.is_symlink() {
        return std::os::unix::fs::symlink(std::fs::read_link(source)?, copy);
    }
    if metadata.is_file() {
        std::fs::copy(source, copy).map(drop)
    } else {
        Err(ErrorKind::IsADirectory.into())
    }
}

#[expect(clippy::disallowed_methods, reason = "this room owns the files of a release")]
fn put_back_one(root: &Path, written: &Written) -> Result<(), Problem> {
    let path = &written.path;
    let target = root.join(path);
    let now = match std::fs::read(&target) {
        Ok(bytes) => Some(bytes),
        Err(error) if error.kind() == ErrorKind::NotFound => None,
        Err(error) => return Err(cannot("read", path, &error)),
    };
    if now.as_ref() == Some(&written.before) {
        return Ok(());
    }
    if now != written.after {
        return Err(Problem::circumstance(format!(
            "recovery needed: `{path}` was changed by something else while the release was running"
        ))
        .hint(format!(
            "look at it: `git diff -- {path}`; the state before the release: `git checkout -- {path}`"
        )));
    }
    replace(&target, &written.before, &written.permissions).map_err(|error| cannot("put back", path, &error))
}

/// Writes beside the target and renames over it, so that the file is always whole.
fn replace(target: &Path, bytes: &[u8], permissions: &Permissions) -> std::io::Result<()> {
    let folder = target.parent().unwrap_or(Path::new("."));
    let mut file = tempfile::Builder::new().prefix(".trueppm-release-").tempfile_in(folder)?;
    file.write_all(bytes)?;
    file.as_file().set_permissions(Permissions::from_mode(permissions.mode()))?;
    file.persist(target).map_err(|error| error.error)?;
    Ok(())
}
