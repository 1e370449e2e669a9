//! What hooks made of the index of a release: its tree, and where that tree differs from the one the plan gives.

use git2::{Delta, FileMode};

use super::trouble::explain;
use super::{ObjectId, PreparedIndex, Repository};
use crate::error::Problem;

/// A path that one tree has otherwise than another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// From the top, parts separated by `/`.
    pub path: String,
    /// What the second tree has there.
    pub now: Entry,
}

/// What a tree has at a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entry {
    /// Nothing.
    Nothing,
    /// A file, with its bytes.
    File(Vec<u8>),
    /// A symbolic link or a submodule.
    Other,
}

impl Repository {
    /// The tree of a prepared index as it is on disk now. Objects are written, nothing becomes visible.
    ///
    /// # Errors
    /// The index cannot be read, or does not make a tree: it holds conflicts, or objects are missing.
    pub fn staged_tree(&self, prepared: &PreparedIndex) -> Result<ObjectId, Problem> {
        let doing = "cannot read the index that the hooks left";
        let mut index = git2::Index::open_ext(prepared.file(), self.inner.object_format())
            .map_err(|error| explain(doing, &error))?;
        let written = index.write_tree_to(&self.inner).map_err(|error| explain(doing, &error))?;
        Ok(ObjectId::from_git(written))
    }

    /// Every path that `new` has otherwise than `old`, which are trees.
    ///
    /// # Errors
    /// A tree or an object cannot be read.
    pub fn differences(&self, old: &ObjectId, new: &ObjectId) -> Result<Vec<Difference>, Problem> {
        let compare = || -> Result<Vec<Difference>, git2::Error> {
            let (old, new) = (self.oid(old)?, self.oid(new)?);
            let (old, new) = (self.inner.find_tree(old)?, self.inner.find_tree(new)?);
            let diff = self.inner.diff_tree_to_tree(Some(&old), Some(&new), None)?;
            let mut found = Vec::new();
            for delta in diff.deltas() {
                let now = delta.new_file();
                let path = now.path_bytes().or_else(|| delta.old_file().path_bytes()).unwrap_or_default();
                let entry = match (delta.status(), now.mode()) {
                    (Delta::Deleted, _) => Entry::Nothing,
                    (_, FileMode::Blob | FileMode::BlobExecutable | FileMode::BlobGroupWritable) => {
                        Entry::File(self.inner.find_blob(now.id())?.content().to_vec())
                    }
                    _ => Entry::Other,
                };
                found.push(Difference { path: String::from_utf8_lossy(path).into_owned(), now: entry });
            }
            Ok(found)
        };
        compare().map_err(|error| explain("cannot compare what the hooks staged", &error))
    }

    /// The file that a tree has at a path, and whether it is executable; nothing for anything else.
    pub fn file_in_tree(&self, tree: &ObjectId, path: &str) -> Option<(ObjectId, bool)> {
        let tree = self.oid(tree).and_then(|id| self.inner.find_tree(id)).ok()?;
        let entry = tree.get_path(std::path::Path::new(path)).ok()?;
        match entry.filemode() {
            0o100_644 | 0o100_664 => Some((ObjectId::from_git(entry.id()), false)),
            0o100_755 => Some((ObjectId::from_git(entry.id()), true)),
            _ => None,
        }
    }
}
