//! Why a path cannot be written by a release: what git stores for it is not the plain text that lies in the work
//! tree, or the path does not lead to a plain file of this repository.

use std::path::Path;

use git2::{AttrCheckFlags, AttrValue};

use super::Repository;
use super::trouble::explain;
use crate::error::Problem;

/// The first line of a pointer that Git LFS stores in place of a file.
const LFS_POINTER: &[u8] = b"version https://git-lfs.github.com/spec/v1";

impl Repository {
    /// Whether a folder on the way to `path` is a symbolic link in the work tree.
    pub fn is_below_link(&self, path: &Path) -> bool {
        let folders = path.ancestors().skip(1).filter(|folder| !folder.as_os_str().is_empty());
        folders.map(|folder| self.work_dir.join(folder)).any(|folder| folder.is_symlink())
    }

    /// Everything that keeps `path` from being edited as plain text, as phrases that follow its name. `committed`
    /// is what HEAD holds for it, if anything.
    ///
    /// # Errors
    /// The attributes cannot be read.
    pub fn path_obstacles(&self, path: &str, committed: Option<&[u8]>) -> Result<Vec<String>, Problem> {
        let mut found = Vec::new();
        if path.contains('\0') {
            found.push("holds a NUL byte".to_owned());
            return Ok(found);
        }
        for (attribute, phrase) in [
            ("filter", "is stored through the git filter"),
            ("working-tree-encoding", "is stored in another encoding than in the work tree,"),
        ] {
            let value = self
                .inner
                .get_attr_bytes(Path::new(path), attribute, AttrCheckFlags::FILE_THEN_INDEX)
                .map_err(|error| explain(&format!("cannot read the git attributes of `{path}`"), &error))?;
            if let AttrValue::Bytes(value) = AttrValue::always_bytes(value) {
                found.push(format!("{phrase} `{}`", String::from_utf8_lossy(value)));
            }
        }
        if committed.is_some_and(|bytes| bytes.starts_with(LFS_POINTER)) {
            found.push("is a Git LFS pointer".to_owned());
        }
        let mut walked = self.work_dir.clone();
        let mut parts = Path::new(path).components().peekable();
        while let Some(part) = parts.next() {
            walked.push(part);
            let Ok(metadata) = walked.symlink_metadata() else { break };
            let last = parts.peek().is_none();
            let shown = walked.strip_prefix(&self.work_dir).unwrap_or(&walked).display().to_string();
            if metadata.is_symlink() && last {
                found.push("is a symbolic link in the work tree".to_owned());
            } else if metadata.is_symlink() {
                found.push(format!("lies below the symbolic link `{shown}`"));
            } else if last && !metadata.is_file() {
                found.push("is not a plain file in the work tree".to_owned());
            } else if !last && !metadata.is_dir() {
                found.push(format!("lies below `{shown}`, which is not a folder"));
            } else {
                continue;
            }
            break;
        }
        Ok(found)
    }
}
