//! Files that a command may have left somewhere below a folder: what git does not track there, however deep, and the
//! folders that are left empty once such files are gone.

use std::path::Path;

use git2::{Status, StatusOptions};

use super::trouble::explain;
use super::{ObjectId, Repository, Untracked};
use crate::disk::Disk;
use crate::error::Problem;

impl Repository {
    /// The untracked files at any depth below `folder` (empty: the whole work tree), in byte order, without those
    /// that git is told to ignore. A name that is not UTF-8 is shown with replacement characters.
    ///
    /// # Errors
    /// The work tree or the index cannot be read.
    pub fn untracked_below(&self, folder: &str) -> Result<Vec<Untracked>, Problem> {
        let doing = || format!("cannot look for new files below `{folder}`");
        let mut options = StatusOptions::new();
        options
            .include_untracked(true)
            .recurse_untracked_dirs(true)
            .include_ignored(false)
            .exclude_submodules(true)
            .disable_pathspec_match(true)
            .no_refresh(true)
            .update_index(false);
        if !folder.is_empty() {
            options.pathspec(folder);
        }
        let statuses = self.inner.statuses(Some(&mut options)).map_err(|error| explain(&doing(), &error))?;
        let new = statuses.iter().filter(|entry| entry.status().contains(Status::WT_NEW));
        let mut found: Vec<Untracked> = new
            .map(|entry| String::from_utf8_lossy(entry.path_bytes()).into_owned())
            // A repository of its own is listed as a folder.
            .filter(|path| !path.ends_with('/'))
            .map(|path| Untracked { path, ignored: false })
            .collect();
        found.sort();
        Ok(found)
    }

    /// Removes the folders on the way to files that are gone, as far as they are empty now and `commit` does not have
    /// them: whoever wrote the files made the folders for them.
    ///
    /// # Errors
    /// The commit cannot be read, or an empty folder cannot be removed.
    pub fn remove_new_folders(&self, disk: &Disk, commit: &ObjectId, gone: &[String]) -> Result<(), Problem> {
        for path in gone {
            for folder in Path::new(path).ancestors().skip(1).filter(|it| !it.as_os_str().is_empty()) {
                let name = folder.to_string_lossy();
                if self.is_below_link(folder) || self.tree_list(commit, &name)?.is_some() {
                    break;
                }
                let there = self.work_dir.join(folder);
                match disk.remove_folder_if_empty(&there) {
                    // Something is in it.
                    Ok(false) if there.is_dir() => break,
                    Ok(_) => {}
                    Err(error) => {
                        let problem = Problem::circumstance(format!(
                            "cannot remove the folder `{name}`: {}",
                            error.kind()
                        ));
                        return Err(problem.hint("check the permissions of the folder that it is in"));
                    }
                }
            }
        }
        Ok(())
    }

    /// Whether a folder of the work tree is there and is reached without following a symbolic link.
    pub fn is_plain_folder(&self, folder: &str) -> bool {
        let there = self.work_dir.join(folder);
        there.symlink_metadata().is_ok_and(|it| it.is_dir()) && !self.is_below_link(Path::new(folder))
    }
}
