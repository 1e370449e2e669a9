//! Files that git is told not to look at: outside a sparse checkout, or marked by hand in the index. git's own status
//! is silent about them, so a release that edits one of them has to ask here.

use std::path::Path;

use git2::{IndexEntryExtendedFlag, IndexEntryFlag};

use super::Repository;
use crate::error::Problem;

/// Why git does not look at a tracked file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Overlooked {
    /// It is not in the work tree: the sparse checkout leaves it out.
    LeftOut,
    /// It is there, marked with `git update-index --skip-worktree`.
    SkipWorktree,
    /// It is marked with `git update-index --assume-unchanged`.
    AssumeUnchanged,
}

impl Repository {
    /// Those of `paths` that git is told not to look at, in the order given.
    ///
    /// # Errors
    /// The index cannot be read.
    pub fn overlooked<'a>(
        &self,
        paths: impl IntoIterator<Item = &'a str>,
    ) -> Result<Vec<(String, Overlooked)>, Problem> {
        let index = self.current_index()?;
        let mut found = Vec::new();
        for path in paths.into_iter().filter(|path| !path.contains('\0')) {
            let Some(entry) = index.get_path(Path::new(path), 0) else { continue };
            let extended = IndexEntryExtendedFlag::from_bits_truncate(entry.flags_extended);
            let why = if extended.is_skip_worktree() {
                let there = self.work_dir.join(path).symlink_metadata().is_ok();
                if there { Overlooked::SkipWorktree } else { Overlooked::LeftOut }
            } else if IndexEntryFlag::from_bits_truncate(entry.flags).is_valid() {
                Overlooked::AssumeUnchanged
            } else {
                continue;
            };
            found.push((path.to_owned(), why));
        }
        Ok(found)
    }
}
