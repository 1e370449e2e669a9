//! Files that lie in the work tree but not in the index, among a few named paths or directly in one folder. The
//! rest of the tree is never walked.

use std::fs::Metadata;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::Repository;
use super::trouble::explain;
use crate::error::Problem;

/// A file that git does not track.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Untracked {
    /// From the top of the work tree, parts separated by `/`.
    pub path: String,
    /// git is told to ignore it; it would be lost all the same if it were overwritten.
    pub ignored: bool,
}

impl Repository {
    /// Those of `paths` that are files or symbolic links on disk and not in the index, in the order given.
    ///
    /// # Errors
    /// The index cannot be read.
    pub fn untracked(&self, paths: &[String]) -> Result<Vec<Untracked>, Problem> {
        let paths = paths.iter().filter(|path| !path.is_empty() && !path.contains('\0'));
        self.untracked_among(paths.map(PathBuf::from))
    }

    /// The untracked files directly below `folder` (empty: the top), in byte order; none when there is no such
    /// folder. A name that is not UTF-8 is shown with replacement characters.
    ///
    /// # Errors
    /// The folder or the index cannot be read.
    #[expect(clippy::disallowed_methods, reason = "this room reads the work tree for snapshot")]
    pub fn untracked_in(&self, folder: &str) -> Result<Vec<Untracked>, Problem> {
        let unreadable = |error| Problem::circumstance(format!("cannot read the folder `{folder}`: {error}"));
        let entries = match std::fs::read_dir(self.work_dir.join(folder)) {
            Ok(entries) => entries,
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
                return Ok(Vec::new());
            }
            Err(error) => return Err(unreadable(error)),
        };
        let mut names = Vec::new();
        for entry in entries {
            names.push(entry.map_err(unreadable)?.file_name());
        }
        names.sort();
        self.untracked_among(names.into_iter().map(|name| Path::new(folder).join(name)))
    }

    fn untracked_among(&self, paths: impl Iterator<Item = PathBuf>) -> Result<Vec<Untracked>, Problem> {
        let index = self.current_index()?;
        let mut found = Vec::new();
        for path in paths {
            let tracked = (0..=3).any(|stage| index.get_path(&path, stage).is_some());
            let is_file = |metadata: Metadata| !metadata.is_dir();
            // What lies behind a link is no file of this repository.
            if tracked
                || !self.work_dir.join(&path).symlink_metadata().is_ok_and(is_file)
                || self.is_below_link(&path)
            {
                continue;
            }
            let shown = path.to_string_lossy().into_owned();
            let ignored = self
                .inner
                .is_path_ignored(&path)
                .map_err(|error| explain(&format!("cannot tell whether `{shown}` is ignored"), &error))?;
            found.push(Untracked { path: shown, ignored });
        }
        Ok(found)
    }

    /// The index as it is on disk now.
    pub(super) fn current_index(&self) -> Result<git2::Index, Problem> {
        let doing = "cannot read the index";
        let mut index = self.inner.index().map_err(|error| explain(doing, &error))?;
        index.read(false).map_err(|error| explain(doing, &error))?;
        Ok(index)
    }
}
