//! The index of a release, prepared as git itself does it: the lock file is taken, the whole new index is written
//! into it, and publishing is one rename. Between taking the lock and the rename nobody else can stage anything,
//! and what somebody staged before is kept.

use std::fs::{File, FileTimes, OpenOptions, Permissions};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::trouble::explain;
use super::{ObjectId, Repository, TreeChange};
use crate::error::Problem;

/// A complete new index beside the old one, which stays locked until this is published or dropped.
#[derive(Debug)]
pub struct PreparedIndex {
    lock: LockFile,
    target: PathBuf,
}

/// Removed again when it is not used.
#[derive(Debug)]
struct LockFile(PathBuf);

impl Drop for LockFile {
    #[expect(clippy::disallowed_methods, reason = "the lock of the index is this room's own file")]
    fn drop(&mut self) {
        // After publishing it is not there any more; a failure leaves what git reports by name.
        let _ = std::fs::remove_file(&self.0);
    }
}

impl Repository {
    /// Writes the index that goes with `changes`, which must already be on disk: written files are read back as
    /// git would add them, deleted ones are dropped.
    ///
    /// # Errors
    /// Somebody holds the lock of the index, it cannot be read or written, or a file on disk would not be stored as
    /// the blob it should be.
    #[expect(clippy::disallowed_methods, reason = "the lock of the index is this room's own file")]
    pub fn prepare_index(&self, changes: &[TreeChange]) -> Result<PreparedIndex, Problem> {
        let doing = "cannot prepare the index";
        let failed = |error: &git2::Error| explain(doing, error);
        let target = self.index_path()?;
        let (lock, permissions) = copy_locked(&target)?;

        // A handle of its own: the index that belongs to a handle can be exchanged, but not given back.
        let handle = self.another_handle()?.inner;
        let mut index =
            git2::Index::open_ext(&lock.0, handle.object_format()).map_err(|error| failed(&error))?;
        handle.set_index(&mut index).map_err(|error| failed(&error))?;
        for change in changes {
            let path = Path::new(&change.path);
            match &change.file {
                None => {
                    if index.get_path(path, 0).is_some() {
                        index.remove(path, 0).map_err(|error| failed(&error))?;
                    }
                }
                Some((id, executable)) => {
                    let added = match self.entry_as_written(&change.path, id, *executable)? {
                        Some(entry) => index.add(&entry),
                        None => index.add_path(path),
                    };
                    added.map_err(|error| {
                        explain(&format!("cannot add `{}` to the index", change.path), &error)
                    })?;
                    check_entry(&index, change, id, *executable)?;
                }
            }
        }
        let complete = |entry: git2::IndexEntry| {
            (entry.flags >> 12) & 3 == 0
                && !git2::IndexEntryExtendedFlag::from_bits_truncate(entry.flags_extended).is_intent_to_add()
        };
        if index.iter().all(complete) {
            // Fills the index's memory of trees, which makes the next `git status` fast. These trees exist already.
            index.write_tree().map_err(|error| failed(&error))?;
        }
        index.write().map_err(|error| failed(&error))?;
        if let Some(permissions) = permissions {
            std::fs::set_permissions(&lock.0, permissions)
                .map_err(|error| Problem::circumstance(format!("{doing}: {error}")))?;
        }
        Ok(PreparedIndex { lock, target })
    }
}

impl Repository {
    /// The file of the index. libgit2 reads half a megabyte before it tells.
    fn index_path(&self) -> Result<PathBuf, Problem> {
        if !self.location.index_elsewhere {
            return Ok(self.git_dir().join("index"));
        }
        let doing = "cannot prepare the index";
        let index = self.inner.index().map_err(|error| explain(doing, &error))?;
        let path = index.path().map(Path::to_path_buf);
        path.ok_or_else(|| Problem::circumstance(format!("{doing}: it has no file")))
    }
}

impl PreparedIndex {
    /// The file that holds the new index until it is published.
    pub fn file(&self) -> &Path {
        &self.lock.0
    }

    /// Puts the new index in place of the old one.
    ///
    /// # Errors
    /// The rename failed; the old index is still there and no longer locked.
    #[expect(clippy::disallowed_methods, reason = "the lock of the index is this room's own file")]
    pub fn publish(self) -> Result<(), Problem> {
        std::fs::rename(&self.lock.0, &self.target)
            .map_err(|error| Problem::circumstance(format!("cannot write the index: {error}")))
    }
}

/// Takes `index.lock` with a copy of the index in it. The copy keeps the time of the original: an entry as young
/// as its index may have changed since without a trace, and libgit2 must go on knowing that.
#[expect(clippy::disallowed_methods, reason = "the index is git's file; this room keeps it")]
fn copy_locked(target: &Path) -> Result<(LockFile, Option<Permissions>), Problem> {
    let mut name = target.as_os_str().to_owned();
    name.push(".lock");
    let path = PathBuf::from(name);
    let failed = |error: std::io::Error| Problem::circumstance(format!("cannot lock the index: {error}"));
    let mut file = OpenOptions::new().write(true).create_new(true).open(&path).map_err(|error| {
        if error.kind() == ErrorKind::AlreadyExists {
            Problem::circumstance(format!("the index is locked: `{}` exists", path.display()))
                .hint("another git process seems to be running in this repository: wait until it has ended")
                .hint("if none is running, remove that file")
        } else {
            failed(error)
        }
    })?;
    let lock = LockFile(path);
    match File::open(target) {
        Ok(mut original) => {
            let metadata = original.metadata().map_err(failed)?;
            std::io::copy(&mut original, &mut file).map_err(failed)?;
            let modified = metadata.modified().map_err(failed)?;
            file.set_times(FileTimes::new().set_modified(modified)).map_err(failed)?;
            Ok((lock, Some(metadata.permissions())))
        }
        Err(error) if error.kind() == ErrorKind::NotFound => Ok((lock, None)),
        Err(error) => Err(failed(error)),
    }
}

fn check_entry(
    index: &git2::Index,
    change: &TreeChange,
    id: &ObjectId,
    executable: bool,
) -> Result<(), Problem> {
    let entry = index.get_path(Path::new(&change.path), 0);
    let mode = if executable { 0o100_755 } else { 0o100_644 };
    if entry.is_some_and(|entry| ObjectId::from_git(entry.id) == *id && entry.mode == mode) {
        return Ok(());
    }
    Err(Problem::circumstance(format!("`{}` on disk is not what the release wrote", change.path))
        .hint("did another program change it? Run the release again"))
}
