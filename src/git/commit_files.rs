//! Files of one commit, read one after the other. A folder is unpacked once for all the files in it: libgit2 keeps only
//! small folders in memory, and a thousand files of one large folder would unpack it a thousand times.

use std::cell::RefCell;
use std::collections::HashMap;

use git2::{Oid, Tree};

use super::tree::{Blob, TreeEntry, TreeEntryKind, kind_of, read_blob};
use super::trouble::explain;
use super::{ObjectId, Repository};
use crate::error::Problem;

/// The files of a commit.
pub struct CommitFiles<'r> {
    repository: &'r Repository,
    top: Tree<'r>,
    /// Every folder that was on the way to a file, by its path; nothing where there is no such folder.
    folders: RefCell<HashMap<String, Option<Tree<'r>>>>,
}

impl std::fmt::Debug for CommitFiles<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("CommitFiles").field("top", &self.top.id()).finish_non_exhaustive()
    }
}

impl Repository {
    /// The files of a commit, to be read one after the other.
    ///
    /// # Errors
    /// The commit or its tree cannot be read.
    pub fn commit_files(&self, commit: &ObjectId) -> Result<CommitFiles<'_>, Problem> {
        Ok(CommitFiles { repository: self, top: self.tree_of(commit)?, folders: RefCell::default() })
    }
}

impl CommitFiles<'_> {
    /// The entry under `path`; files above `limit` bytes are not read.
    ///
    /// # Errors
    /// A tree or the blob cannot be read (as in a partial clone).
    pub fn read(&self, path: &str, limit: u64) -> Result<TreeEntry, Problem> {
        let doing = || format!("cannot read `{path}` from the commit");
        let Some((kind, id, executable)) = self.entry(path)? else {
            return Ok(TreeEntry::Missing);
        };
        Ok(match kind {
            TreeEntryKind::Symlink => TreeEntry::Symlink,
            TreeEntryKind::Folder => TreeEntry::Folder,
            TreeEntryKind::Submodule => TreeEntry::Submodule,
            TreeEntryKind::File => {
                let odb = self.repository.inner.odb().map_err(|error| explain(&doing(), &error))?;
                match read_blob(&odb, id, limit).map_err(|error| explain(&doing(), &error))? {
                    Blob::Bytes(bytes) => TreeEntry::File { bytes, id: ObjectId::from_git(id), executable },
                    Blob::TooLarge(bytes) => TreeEntry::TooLarge { bytes, id: ObjectId::from_git(id) },
                }
            }
        })
    }

    /// What stands under `path`: its kind, its object, and whether it is executable.
    pub(super) fn entry(&self, path: &str) -> Result<Option<(TreeEntryKind, Oid, bool)>, Problem> {
        let mut folders: Vec<&str> = path.split('/').collect();
        if path.contains('\0') || folders.iter().any(|part| matches!(*part, "" | "." | "..")) {
            return Ok(None);
        }
        let name = folders.pop().unwrap_or_default();
        let mut known = self.folders.borrow_mut();
        let mut parent = String::new();
        for folder in folders {
            let way = if parent.is_empty() { folder.to_owned() } else { format!("{parent}/{folder}") };
            if !known.contains_key(&way) {
                let above = if parent.is_empty() {
                    Some(&self.top)
                } else {
                    known.get(&parent).and_then(Option::as_ref)
                };
                let entry = above.and_then(|above| above.get_name(folder));
                let found = match entry.filter(|entry| kind_of(entry.filemode()) == TreeEntryKind::Folder) {
                    Some(entry) => Some(self.repository.inner.find_tree(entry.id()).map_err(|error| {
                        explain(&format!("cannot look up `{path}` in the commit"), &error)
                    })?),
                    None => None,
                };
                known.insert(way.clone(), found);
            }
            parent = way;
        }
        let folder =
            if parent.is_empty() { Some(&self.top) } else { known.get(&parent).and_then(Option::as_ref) };
        let entry = folder.and_then(|folder| folder.get_name(name));
        Ok(entry.map(|entry| (kind_of(entry.filemode()), entry.id(), entry.filemode() & 0o111 != 0)))
    }
}
