//! The index of a release, prepared as git itself does it: the lock file is taken, the whole new index is written
//! into it, and publishing is one rename. Between taking the lock and the rename nobody else can stage anything,
//! and what somebody staged before is kept.

use std::fs::Permissions;
use std::path::{Path, PathBuf};

use super::locks::{Lock, LockRecord, Locks, Patience, Target, lock_path};
use super::publish::sync_parent;
use super::trouble::explain;
use super::{ObjectId, Repository, TreeChange};
use crate::disk::{Disk, Identity, read_plain};
use crate::error::Problem;

/// A complete new index beside the old one, which stays locked until this is published or dropped.
#[derive(Debug)]
pub struct PreparedIndex<'a> {
    lock: Lock<'a>,
    disk: &'a Disk,
}

const DOING: &str = "cannot prepare the index";

fn failed(error: &git2::Error) -> Problem {
    explain(DOING, error)
}

fn failed_on_disk(error: std::io::Error) -> Problem {
    Problem::circumstance(format!("{DOING}: {}", crate::words::plain(&error)))
        .hint("check the permissions of git's folder, and the space on the disk")
}

/// git does not wait for the lock of an index either.
fn of_index(path: &Path) -> Target {
    Target { name: "the index".to_owned(), path: path.to_path_buf(), patience: Patience::None }
}

impl Repository {
    /// Writes the index that goes with `changes`, which must already be on disk: written files are read back as
    /// git would add them, deleted ones are dropped.
    ///
    /// # Errors
    /// Somebody holds the lock of the index, it cannot be read or written, or a file on disk would not be stored as
    /// the blob it should be.
    pub fn prepare_index<'r>(
        &self,
        changes: &[TreeChange],
        locks: &Locks<'r>,
    ) -> Result<PreparedIndex<'r>, Problem> {
        let target = self.index_path()?;
        let Some(lock) = locks.take(&[of_index(&target)])?.pop() else {
            return Err(Problem::circumstance(format!("{DOING}: it was not locked")));
        };
        let scratch = locks.folder().join("new-index");
        let permissions = copy(locks.disk(), &target, &scratch)?;
        self.change_index(&scratch, changes, locks.disk())?;
        let bytes = read_plain(&scratch).map_err(failed_on_disk)?.unwrap_or_default();
        if let Some(permissions) = permissions {
            lock.like(&permissions).map_err(failed_on_disk)?;
        }
        lock.fill(&bytes).map_err(failed_on_disk)?;
        locks.disk().remove(&scratch).map_err(failed_on_disk)?;
        Ok(PreparedIndex { lock, disk: locks.disk() })
    }

    /// Applies the changes to the index that is in `file`.
    fn change_index(&self, file: &Path, changes: &[TreeChange], disk: &Disk) -> Result<(), Problem> {
        // A handle of its own: the index that belongs to a handle can be exchanged, but not given back.
        let handle = self.another_handle()?.inner;
        let mut index =
            git2::Index::open_ext(file, handle.object_format()).map_err(|error| failed(&error))?;
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
        #[expect(clippy::disallowed_methods, reason = "libgit2 lays out the index, as a change of the disk")]
        let written = disk.through(|| index.write()).map_err(failed_on_disk)?;
        written.map_err(|error| failed(&error))
    }

    /// The file of the index. libgit2 reads half a megabyte before it tells.
    ///
    /// # Errors
    /// The index cannot be opened, or has no file.
    pub fn index_path(&self) -> Result<PathBuf, Problem> {
        if !self.location.index_elsewhere {
            return Ok(self.git_dir().join("index"));
        }
        let index = self.inner.index().map_err(|error| failed(&error))?;
        let path = index.path().map(Path::to_path_buf);
        path.ok_or_else(|| Problem::circumstance(format!("{DOING}: it has no file")))
    }

    /// Puts an index back as it was, under its lock.
    ///
    /// # Errors
    /// Somebody holds the lock, or it cannot be written.
    pub fn restore_index(&self, bytes: &[u8], locks: &Locks<'_>) -> Result<(), Problem> {
        let target = self.index_path()?;
        let taken = locks.take(&[of_index(&target)])?;
        let permissions = target.metadata().map(|metadata| metadata.permissions()).ok();
        for lock in taken {
            if let Some(permissions) = &permissions {
                lock.like(permissions).map_err(failed_on_disk)?;
            }
            lock.fill(bytes).map_err(failed_on_disk)?;
            lock.publish().and_then(|()| sync_parent(locks.disk(), &target)).map_err(failed_on_disk)?;
        }
        Ok(())
    }

    /// Publishes the index that was prepared under one of these locks, if that lock is still there; whether it was.
    ///
    /// # Errors
    /// It is there and cannot be renamed.
    pub fn publish_locked_index(&self, disk: &Disk, locks: &[LockRecord]) -> Result<bool, Problem> {
        let target = self.index_path()?;
        let lock = lock_path(&target);
        let Some(record) = locks.iter().find(|record| record.path == lock) else { return Ok(false) };
        if Identity::at(&lock).map_err(failed_on_disk)? != Some(record.identity) {
            return Ok(false);
        }
        let renamed = disk.rename(&lock, &target).and_then(|()| sync_parent(disk, &target));
        renamed.map_err(failed_on_disk).map(|()| true)
    }

    /// Whether the index has all of these changes.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn index_holds(&self, changes: &[TreeChange]) -> Result<bool, Problem> {
        let index = git2::Index::open_ext(&self.index_path()?, self.inner.object_format());
        let index = index.map_err(|error| explain("cannot read the index", &error))?;
        Ok(changes.iter().all(|change| match &change.file {
            None => index.get_path(Path::new(&change.path), 0).is_none(),
            Some((id, executable)) => check_entry(&index, change, id, *executable).is_ok(),
        }))
    }

    /// The paths that two indexes have otherwise: other content, another mode, or only one of them has it. What the
    /// file system said about the files does not count.
    ///
    /// # Errors
    /// One of them cannot be read.
    pub fn index_differences(&self, one: &Path, other: &Path) -> Result<Vec<String>, Problem> {
        let entries = |file: &Path| -> Result<std::collections::BTreeMap<_, _>, Problem> {
            let index = git2::Index::open_ext(file, self.inner.object_format());
            let index = index.map_err(|error| explain("cannot read the index", &error))?;
            let stage = |entry: &git2::IndexEntry| (entry.flags >> 12) & 3;
            let keyed =
                |entry: git2::IndexEntry| ((entry.path.clone(), stage(&entry)), (entry.id, entry.mode));
            Ok(index.iter().map(keyed).collect())
        };
        let (one, other) = (entries(one)?, entries(other)?);
        let mut paths: Vec<String> = one
            .iter()
            .filter(|(key, value)| other.get(*key) != Some(*value))
            .map(|(key, _)| key)
            .chain(other.keys().filter(|key| !one.contains_key(*key)))
            .map(|(path, _)| String::from_utf8_lossy(path).into_owned())
            .collect();
        paths.sort();
        paths.dedup();
        Ok(paths)
    }
}

impl<'a> PreparedIndex<'a> {
    /// The file that holds the new index until it is published.
    pub fn file(&self) -> &Path {
        self.lock.path()
    }

    /// Takes over what a hook has staged: git put a file of its own in the place of ours.
    ///
    /// # Errors
    /// The file is gone.
    pub fn adopt(&mut self, locks: &Locks<'a>) -> Result<(), Problem> {
        locks.adopt(&mut self.lock)
    }

    /// Puts the new index in place of the old one.
    ///
    /// # Errors
    /// The rename failed; the old index is still there and no longer locked.
    pub fn publish(self) -> Result<(), Problem> {
        let target = self.lock.target().to_path_buf();
        self.lock.publish().and_then(|()| sync_parent(self.disk, &target)).map_err(|error| {
            Problem::circumstance(format!("cannot write the index: {}", crate::words::plain(&error)))
        })
    }
}

/// Copies the index to a scratch file. The copy keeps the time of the original: an entry as young as its index may
/// have changed since without a trace, and libgit2 must go on knowing that.
fn copy(disk: &Disk, target: &Path, scratch: &Path) -> Result<Option<Permissions>, Problem> {
    disk.remove(scratch).map_err(failed_on_disk)?;
    let Some(bytes) = read_plain(target).map_err(failed_on_disk)? else { return Ok(None) };
    let metadata = target.metadata().map_err(failed_on_disk)?;
    let file = disk.create_whole(scratch, &bytes, None).map_err(failed_on_disk)?;
    let modified = metadata.modified().map_err(failed_on_disk)?;
    disk.set_modified(&file, modified).map_err(failed_on_disk)?;
    Ok(Some(metadata.permissions()))
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
