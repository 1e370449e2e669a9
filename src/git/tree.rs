//! Reading a commit's tree: single files with a limit on their size, folders, and many blobs at once. The work
//! tree plays no part here: a plan depends on a commit.

use git2::{ObjectType, Oid};

use super::trouble::explain;
use super::{ObjectId, Repository};
use crate::error::Problem;

/// What a commit holds under one path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TreeEntry {
    /// Nothing.
    Missing,
    /// A file, within the limit.
    File {
        /// As stored, before any conversion of line endings.
        bytes: Vec<u8>,
        /// The blob.
        id: ObjectId,
        /// Mode 100755.
        executable: bool,
    },
    /// A file above the limit; it was not read.
    TooLarge {
        /// Its size.
        bytes: u64,
        /// The blob.
        id: ObjectId,
    },
    /// A symbolic link.
    Symlink,
    /// A folder.
    Folder,
    /// A submodule.
    Submodule,
}

/// The kind of an entry of a folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TreeEntryKind {
    /// A file, executable or not.
    File,
    /// A symbolic link.
    Symlink,
    /// A folder.
    Folder,
    /// A submodule.
    Submodule,
}

/// One entry of a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TreeItem {
    /// The last part of its path.
    pub name: String,
    /// What it is.
    pub kind: TreeEntryKind,
    /// The blob, tree or commit.
    pub id: ObjectId,
    /// Mode 100755.
    pub executable: bool,
}

/// What reading one of many blobs gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Blob {
    /// The whole content.
    Bytes(Vec<u8>),
    /// Above the limit, so not read; its size in bytes.
    TooLarge(u64),
}

impl Repository {
    /// The entry under `path` in the tree of `commit`; files above `limit` bytes are not read.
    ///
    /// # Errors
    /// The commit, a tree or the blob cannot be read (as in a partial clone).
    pub fn tree_file(&self, commit: &ObjectId, path: &str, limit: u64) -> Result<TreeEntry, Problem> {
        self.commit_files(commit)?.read(path, limit)
    }

    /// The direct entries of `folder` (empty: the top) in the tree of `commit`, in git's order; `None` when there
    /// is no such folder.
    ///
    /// # Errors
    /// A tree cannot be read, or a name in it is not UTF-8.
    pub fn tree_list(&self, commit: &ObjectId, folder: &str) -> Result<Option<Vec<TreeItem>>, Problem> {
        let doing = || format!("cannot list `{folder}` in the commit");
        let tree = if folder.is_empty() {
            self.tree_of(commit)?
        } else {
            match self.commit_files(commit)?.entry(folder)? {
                Some((TreeEntryKind::Folder, id, _)) => {
                    self.inner.find_tree(id).map_err(|error| explain(&doing(), &error))?
                }
                _ => return Ok(None),
            }
        };
        let mut items = Vec::with_capacity(tree.len());
        for entry in tree.iter() {
            let Ok(name) = std::str::from_utf8(entry.name_bytes()) else {
                let name = String::from_utf8_lossy(entry.name_bytes()).into_owned();
                return Err(Problem::content(format!("a file name in `{folder}` is not UTF-8: `{name}`")));
            };
            let kind = kind_of(entry.filemode());
            let executable = kind == TreeEntryKind::File && entry.filemode() & 0o111 != 0;
            items.push(TreeItem {
                name: name.to_owned(),
                kind,
                id: ObjectId::from_git(entry.id()),
                executable,
            });
        }
        Ok(Some(items))
    }

    /// Reads many blobs, in the order of `ids`; none above `limit` bytes.
    ///
    /// # Errors
    /// A blob cannot be read.
    pub fn blobs(&self, ids: &[ObjectId], limit: u64) -> Result<Vec<Blob>, Problem> {
        let odb = self.inner.odb().map_err(|error| explain("cannot read the object database", &error))?;
        ids.iter()
            .map(|id| {
                let read = self.oid(id).and_then(|oid| read_blob(&odb, oid, limit));
                read.map_err(|error| explain(&format!("cannot read blob `{id}`"), &error))
            })
            .collect()
    }

    /// libgit2's form of an id.
    pub(super) fn oid(&self, id: &ObjectId) -> Result<Oid, git2::Error> {
        Oid::from_str_ext(id.as_str(), self.inner.object_format())
    }

    /// The top tree of a commit.
    pub(super) fn tree_of(&self, commit: &ObjectId) -> Result<git2::Tree<'_>, Problem> {
        self.oid(commit)
            .and_then(|id| self.inner.find_commit(id)?.tree())
            .map_err(|error| explain(&format!("cannot read the tree of commit `{}`", commit.short()), &error))
    }
}

/// Asks for the size first, so that nothing large is ever held.
pub(super) fn read_blob(odb: &git2::Odb<'_>, id: Oid, limit: u64) -> Result<Blob, git2::Error> {
    let (size, kind) = odb.read_header(id)?;
    if kind != ObjectType::Blob {
        return Err(git2::Error::from_str(&format!("`{id}` is not a blob")));
    }
    let size = u64::try_from(size).unwrap_or(u64::MAX);
    if size > limit { Ok(Blob::TooLarge(size)) } else { Ok(Blob::Bytes(odb.read(id)?.data().to_vec())) }
}

pub(super) fn kind_of(mode: i32) -> TreeEntryKind {
    match mode & 0o170_000 {
        0o040_000 => TreeEntryKind::Folder,
        0o120_000 => TreeEntryKind::Symlink,
        0o160_000 => TreeEntryKind::Submodule,
        _ => TreeEntryKind::File,
    }
}
