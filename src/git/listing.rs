//! Which files a commit has, by name. Where the index remembers that it is the commit's tree, it already holds the list;
//! otherwise the trees are walked. Names that are not UTF-8 are passed over: no configuration can speak of them.

use git2::{ObjectType, Oid};

use super::trouble::explain;
use super::{ObjectId, Repository};
use crate::error::Problem;

/// The kind bits of a mode, and the one of a submodule.
const KIND: u32 = 0o170_000;
const SUBMODULE: u32 = 0o160_000;

impl Repository {
    /// The paths of those files and links of a commit that are wanted.
    ///
    /// # Errors
    /// The index or a tree cannot be read.
    pub fn files_of(&self, commit: &ObjectId, wanted: &dyn Fn(&str) -> bool) -> Result<Vec<String>, Problem> {
        let tree = self.tree_of(commit)?;
        if self.remembered_tree() == Some(tree.id()) {
            let index = self.current_index()?;
            let files = index.iter().filter(|entry| entry.mode & KIND != SUBMODULE);
            let names = files.filter_map(|entry| String::from_utf8(entry.path).ok());
            return Ok(names.filter(|path| wanted(path)).collect());
        }
        let mut found = Vec::new();
        let mut folders: Vec<(Oid, String)> = vec![(tree.id(), String::new())];
        while let Some((id, folder)) = folders.pop() {
            let tree = self.inner.find_tree(id).map_err(|error| {
                explain(&format!("cannot list the files of commit `{}`", commit.short()), &error)
            })?;
            for entry in tree.iter() {
                let Ok(name) = std::str::from_utf8(entry.name_bytes()) else { continue };
                let path = format!("{folder}{name}");
                match entry.kind() {
                    Some(ObjectType::Tree) => folders.push((entry.id(), path + "/")),
                    Some(ObjectType::Blob) if wanted(&path) => found.push(path),
                    _ => {}
                }
            }
        }
        Ok(found)
    }
}
