//! Making a release visible, or taking it back: every reference is locked first, everything is checked once more
//! under the locks, then the references change one by one in the order of the release. The files of references are
//! written here, so that each change is one rename of complete and synced bytes.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::locks::{Lock, Locks, Target};
use super::objects::is_tag_name;
use super::trouble::{explain, shell_word};
use super::{ObjectId, Repository, Signature};
use crate::disk::Disk;
use crate::error::Problem;

/// What becomes of one reference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefChange {
    /// In full; `HEAD` for a detached one.
    pub name: String,
    /// What it must hold; nothing where it must not be there.
    pub before: Option<ObjectId>,
    /// What it will hold; nothing where it goes.
    pub after: Option<ObjectId>,
    /// For the reflog, where one is kept.
    pub message: String,
}

/// What publishing one release, or taking one back, changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefUpdates {
    /// What HEAD must resolve to: a branch in full, or `HEAD` itself when detached.
    pub reference: String,
    /// In the order in which they become visible.
    pub changes: Vec<RefChange>,
    /// Who appears in the reflogs.
    pub committer: Signature,
}

impl RefUpdates {
    /// The change of the branch, or of a detached HEAD.
    pub(super) fn branch(&self) -> Option<&RefChange> {
        self.changes.iter().find(|change| change.name == self.reference)
    }

    /// The names of the tags that are made.
    fn new_tags(&self) -> Vec<&str> {
        let made = self.changes.iter().filter(|change| change.before.is_none());
        made.filter_map(|change| change.name.strip_prefix(TAGS)).collect()
    }
}

pub(super) const TAGS: &str = "refs/tags/";

/// All references of a release, locked and checked. Nothing is visible yet; dropping it takes the locks away.
#[must_use = "locks that are dropped are gone"]
pub struct LockedRefs<'r> {
    repository: &'r Repository,
    disk: &'r Disk,
    updates: RefUpdates,
    /// HEAD's own lock, where a branch moves.
    _head: Option<Lock<'r>>,
    /// In the order of the changes.
    locks: Vec<Lock<'r>>,
    /// The lock of the packed references, where one of them goes.
    packed: Option<Lock<'r>>,
}

impl Repository {
    /// Locks HEAD and every reference that changes, and checks under the locks that HEAD still resolves to the
    /// reference, that everything is where it was, and that no tag stands in the way of a new one.
    ///
    /// # Errors
    /// A lock is held by somebody else for longer than git would wait, or a check failed. No lock of ours is left.
    pub fn lock_refs<'r>(
        &'r self,
        updates: &RefUpdates,
        locks: &Locks<'r>,
    ) -> Result<LockedRefs<'r>, Problem> {
        self.check_names(updates)?;
        let disk = locks.disk();
        let mut targets = Vec::with_capacity(updates.changes.len() + 2);
        let moves_branch = updates.reference != "HEAD";
        if moves_branch {
            targets.push(self.reference_lock("HEAD")?);
        }
        for change in &updates.changes {
            targets.push(self.reference_lock(&change.name)?);
        }
        let deletes_packed = updates
            .changes
            .iter()
            .any(|change| change.after.is_none() && self.is_packed(&change.name).unwrap_or(true));
        if deletes_packed {
            targets.push(self.reference_lock("packed-refs")?);
        }
        for Target { name, path, .. } in &targets {
            if let Some(folder) = path.parent() {
                // What stands in the way of the folder is found when the lock is made.
                let made = disk.create_folders(folder);
                made.map_err(|error| {
                    Problem::circumstance(format!("cannot lock {name}: {}", crate::words::plain(&error)))
                })?;
            }
        }
        let mut taken = locks.take(&targets)?.into_iter();
        let head = if moves_branch { taken.next() } else { None };
        let own: Vec<Lock<'r>> = taken.by_ref().take(updates.changes.len()).collect();
        let locked = LockedRefs {
            repository: self,
            disk,
            updates: updates.clone(),
            _head: head,
            locks: own,
            packed: taken.next(),
        };
        self.check_head(updates)?;
        self.check_changes(updates)?;
        for (lock, change) in locked.locks.iter().zip(&updates.changes) {
            if let Some(after) = &change.after {
                lock.fill(format!("{after}\n").as_bytes()).map_err(|error| cannot(change, &error))?;
            }
        }
        if let Some(packed) = &locked.packed {
            let gone: Vec<&str> = updates
                .changes
                .iter()
                .filter(|change| change.after.is_none())
                .map(|change| change.name.as_str())
                .collect();
            self.fill_packed_without(packed, &gone)?;
        }
        Ok(locked)
    }

    /// Waits until what git has written into the lock of a reference is on the disk, before git renames it: by itself
    /// it does not wait, and a setting that makes it wait would be seen by the hook.
    ///
    /// # Errors
    /// Those of the file system.
    pub(super) fn sync_lock_of_git(&self, change: &RefChange, disk: &Disk) -> Result<(), Problem> {
        let lock = super::locks::lock_path(&self.reference_path(&change.name));
        if lock.is_file() { disk.sync_file(&lock).map_err(|error| cannot(change, &error)) } else { Ok(()) }
    }

    /// Waits until a reference that git itself has written, its log and HEAD's are on the disk.
    ///
    /// # Errors
    /// Those of the file system.
    pub(super) fn sync_ref(&self, change: &RefChange, disk: &Disk) -> Result<(), Problem> {
        let mut files = vec![self.reference_path(&change.name), self.reflog_path(&change.name)];
        if !change.name.starts_with(TAGS) {
            files.push(self.reference_path("HEAD"));
            files.push(self.reflog_path("HEAD"));
        }
        for path in files {
            let failed = |error: std::io::Error| cannot(change, &error);
            if path.is_file() {
                disk.sync_file(&path).map_err(failed)?;
            }
            if path.parent().is_some_and(Path::is_dir) {
                sync_parent(disk, &path).map_err(failed)?;
            }
        }
        Ok(())
    }

    pub(super) fn check_names(&self, updates: &RefUpdates) -> Result<(), Problem> {
        match updates.new_tags().into_iter().find(|name| !is_tag_name(name)) {
            Some(name) => Err(Problem::content(format!("`{name}` is not a name that git accepts for a tag"))),
            None => Ok(()),
        }
    }

    pub(super) fn check_head(&self, updates: &RefUpdates) -> Result<(), Problem> {
        let head = self.head()?;
        if head.reference != updates.reference {
            return Err(Problem::circumstance(format!(
                "HEAD is now on `{}`, no longer on `{}`",
                head.reference, updates.reference
            )));
        }
        let expected = updates.branch().and_then(|change| change.before.as_ref());
        if expected.is_some() && head.commit.as_ref() != expected {
            let now = head.commit.as_ref().map_or("nothing", ObjectId::short);
            let was = expected.map_or("nothing", ObjectId::short);
            return Err(Problem::circumstance(format!(
                "`{}` moved meanwhile: it was at {was} and is now at {now}",
                updates.reference,
            )));
        }
        Ok(())
    }

    /// Every tag that goes is still what it was, and none of the new ones is there or kept from being there.
    pub(super) fn check_changes(&self, updates: &RefUpdates) -> Result<(), Problem> {
        for change in updates.changes.iter().filter(|change| change.name != updates.reference) {
            let Some(before) = &change.before else { continue };
            if self.reference_target(&change.name)?.as_ref() != Some(before) {
                let name = change.name.strip_prefix(TAGS).unwrap_or(&change.name);
                return Err(Problem::circumstance(format!("tag `{name}` is no longer what it was"))
                    .hint("run it again: it reads everything again"));
            }
        }
        self.check_new_tags(&updates.new_tags())
    }

    /// No tag of these names, none that is a folder on the way to one, and none below one.
    fn check_new_tags(&self, names: &[&str]) -> Result<(), Problem> {
        if names.is_empty() {
            return Ok(());
        }
        let doing = "cannot read the tags";
        let existing = self.inner.references().map_err(|error| explain(doing, &error))?;
        let existing = existing.map(|reference| {
            reference.map(|reference| String::from_utf8_lossy(reference.name_bytes()).into_owned())
        });
        let existing: Vec<String> =
            existing.collect::<Result<_, _>>().map_err(|error| explain(doing, &error))?;
        for (number, name) in names.iter().enumerate() {
            if self.tag_exists(name)? {
                return Err(Problem::content(format!("tag `{name}` already exists"))
                    .hint(format!("see what it is: git show {}", shell_word(name))));
            }
            let full = format!("{TAGS}{name}");
            let excludes = |other: &str| is_below(other, &full) || is_below(&full, other);
            let twins = names.iter().enumerate().filter(|(other, _)| *other != number);
            let twin = twins.map(|(_, other)| format!("{TAGS}{other}"));
            let twin = twin.into_iter().find(|other| *other == full || excludes(other));
            if let Some(other) = existing.iter().find(|other| excludes(other)).cloned().or(twin) {
                return Err(Problem::content(format!("tag `{name}` cannot exist beside `{other}`")));
            }
        }
        Ok(())
    }
}

/// Whether a reference would lie in the folder that another one would have to be.
fn is_below(name: &str, folder: &str) -> bool {
    name.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
}

impl LockedRefs<'_> {
    /// Changes the references, one after the other.
    ///
    /// # Errors
    /// One could not be written; those before it are, and nothing after it.
    pub fn publish(self) -> Result<(), Problem> {
        let Self { repository, disk, updates, locks, mut packed, .. } = self;
        let header = updates.committer.header();
        for (lock, change) in locks.into_iter().zip(&updates.changes) {
            let failed = |error: std::io::Error| cannot(change, &error);
            match &change.after {
                Some(_) => {
                    repository.log(disk, &updates.reference, change, &header).map_err(failed)?;
                    let target = lock.target().to_path_buf();
                    // An empty folder is what a reference of a longer name left behind; git removes it as well.
                    remove_empty_tree(disk, &target);
                    lock.publish().map_err(failed)?;
                    sync_parent(disk, &target).map_err(failed)?;
                }
                None => {
                    if let Some(packed) = packed.take() {
                        let target = packed.target().to_path_buf();
                        packed.publish().and_then(|()| sync_parent(disk, &target)).map_err(failed)?;
                    }
                    let target = lock.target().to_path_buf();
                    disk.remove(&target).and_then(|()| sync_parent(disk, &target)).map_err(failed)?;
                    drop(lock);
                    remove_empty_parents(disk, repository.common_dir(), &change.name);
                }
            }
        }
        Ok(())
    }
}

fn cannot(change: &RefChange, error: &std::io::Error) -> Problem {
    let name = change.name.strip_prefix(TAGS);
    let what = match (name, &change.before, &change.after) {
        (Some(name), Some(_), None) => format!("cannot delete tag `{name}`"),
        (Some(name), ..) => format!("cannot create tag `{name}`"),
        (None, ..) => format!("cannot move `{}`", change.name),
    };
    Problem::circumstance(format!("{what}: {}", crate::words::plain(error)))
        .hint("check the permissions of git's folder, and the space on the disk")
}

pub(super) fn sync_parent(disk: &Disk, path: &Path) -> std::io::Result<()> {
    path.parent().map_or(Ok(()), |folder| disk.sync_folder(folder))
}

/// Removes the folders of a reference's file, or of its log, that hold nothing any more, short of `refs/tags` and the
/// like. `root` is where `refs` lies.
pub(super) fn remove_empty_parents(disk: &Disk, root: &Path, name: &str) {
    let mut rest = name;
    while let Some((folder, _)) = rest.rsplit_once('/').filter(|(folder, _)| folder.matches('/').count() >= 2)
    {
        if !disk.remove_empty_folder(&root.join(folder)) {
            return;
        }
        rest = folder;
    }
}

/// Removes a folder in which there are only folders.
fn remove_empty_tree(disk: &Disk, folder: &Path) {
    if !folder.is_dir() {
        return;
    }
    let mut folders: BTreeSet<PathBuf> = BTreeSet::new();
    let mut waiting = vec![folder.to_path_buf()];
    while let Some(next) = waiting.pop() {
        #[expect(clippy::disallowed_methods, reason = "the folders of references are git's")]
        let Ok(entries) = std::fs::read_dir(&next) else { return };
        for entry in entries.flatten() {
            if !entry.path().is_dir() {
                return;
            }
            waiting.push(entry.path());
        }
        folders.insert(next);
    }
    for folder in folders.iter().rev() {
        disk.remove_empty_folder(folder);
    }
}
