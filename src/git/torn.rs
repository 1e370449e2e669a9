//! What a loss of power leaves where git itself was moving references for a release: locks and files that hold nothing,
//! or only the beginning of what they were to hold. The journal says which references those are, and which locks were
//! there before; a lock that another git process holds now does not stay like this.

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use super::locks::{LockRecord, lock_path};
use super::publish::sync_parent;
use super::{ObjectId, Repository};
use crate::disk::{Disk, Identity, read_plain};

/// One git process makes all its locks within this time.
const AT_ONCE: Duration = Duration::from_secs(2);

/// A lock that holds nothing, or the beginning of what it was to hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TornLock {
    /// The lock file.
    pub path: PathBuf,
    identity: Identity,
    modified: SystemTime,
    length: u64,
}

impl Repository {
    /// The locks of these references, of HEAD and of the packed references that are there.
    pub fn locks_there<'a>(&self, names: impl Iterator<Item = &'a str>) -> Vec<LockRecord> {
        let paths = names.chain(["HEAD", PACKED]).map(|name| lock_path(&self.reference_path(name)));
        let record = |path: PathBuf| {
            let identity = Identity::at(&path).ok().flatten()?;
            Some(LockRecord { path, identity })
        };
        paths.filter_map(record).collect()
    }

    /// The torn locks of references that git was to bring to these ids, or to delete, with those of HEAD and of the packed
    /// references that one of them brings with it. `branch` is what HEAD resolves to; the locks that were there before are
    /// somebody else's.
    pub fn torn_locks(
        &self,
        branch: &str,
        changes: &[(String, Option<ObjectId>)],
        before: &[LockRecord],
    ) -> Vec<TornLock> {
        let mut torn = Vec::new();
        for (name, id) in changes {
            torn.extend(self.torn_lock(name, id.as_ref(), before));
        }
        // git holds the lock of HEAD, which says nothing, as long as that of the branch.
        let of_branch = lock_path(&self.reference_path(branch));
        let is_free = of_branch.symlink_metadata().is_err() || torn.iter().any(|lock| lock.path == of_branch);
        if branch != "HEAD" && is_free {
            torn.extend(self.torn_lock("HEAD", None, before));
        }
        // That of the packed references says nothing either, and others hold it for long, but not beside ours.
        let with = |packed: &TornLock| {
            torn.iter().any(|lock| {
                let (one, other) = (lock.modified, packed.modified);
                one.duration_since(other)
                    .or_else(|_| other.duration_since(one))
                    .is_ok_and(|apart| apart <= AT_ONCE)
            })
        };
        let deletes = changes.iter().any(|(_, id)| id.is_none());
        let packed = self.torn_lock(PACKED, None, before).filter(|lock| deletes && with(lock));
        torn.extend(packed);
        torn
    }

    fn torn_lock(&self, name: &str, id: Option<&ObjectId>, before: &[LockRecord]) -> Option<TornLock> {
        let path = lock_path(&self.reference_path(name));
        let identity = Identity::at(&path).ok().flatten()?;
        let known = LockRecord { path: path.clone(), identity };
        if before.contains(&known) || !is_beginning(&path, id.into_iter()) {
            return None;
        }
        let metadata = path.symlink_metadata().ok()?;
        Some(TornLock { path, identity, modified: metadata.modified().ok()?, length: metadata.len() })
    }

    /// Removes a torn lock, if it still is what was found.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn remove_torn_lock(&self, disk: &Disk, lock: &TornLock) -> std::io::Result<()> {
        if Identity::at(&lock.path)? != Some(lock.identity) {
            return Ok(());
        }
        if lock.path == lock_path(&self.reference_path(PACKED)) {
            // Only who holds that lock writes this file, and git makes it only where it is not there.
            disk.remove(&self.reference_path(PACKED).with_extension("new"))?;
        }
        disk.remove(&lock.path)?;
        sync_parent(disk, &lock.path)
    }

    /// Whether the file of a reference holds nothing, or only the beginning of one of these ids: git calls that broken.
    pub fn is_torn(&self, name: &str, ids: &[&ObjectId]) -> bool {
        name != "HEAD" && is_beginning(&self.reference_path(name), ids.iter().copied())
    }

    /// Has the file of a torn reference hold an id again, or removes it.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn mend_torn(
        &self,
        disk: &Disk,
        name: &str,
        id: Option<&ObjectId>,
        folder: &Path,
    ) -> std::io::Result<()> {
        let path = self.reference_path(name);
        match id {
            Some(id) => disk.replace(&path, &folder.join("reference"), format!("{id}\n").as_bytes(), None),
            None => disk.remove(&path).and_then(|()| sync_parent(disk, &path)),
        }
    }
}

const PACKED: &str = "packed-refs";

/// Whether a plain file holds less than one of these ids, and nothing else.
fn is_beginning<'a>(path: &Path, mut ids: impl Iterator<Item = &'a ObjectId>) -> bool {
    let Ok(Some(bytes)) = read_plain(path) else { return false };
    bytes.is_empty()
        || ids.any(|id| bytes.len() < id.as_str().len() && id.as_str().as_bytes().starts_with(&bytes))
        // Blocks that were given to the file, and never written.
        || (bytes.len() <= 65 && bytes.iter().all(|byte| *byte == 0))
}
