//! Copies of what is put back although the release did not write it: what a step or a hook made of files that it does
//! not own is kept in the git directory of the work tree, so that nothing is lost by putting it back.

use std::path::{Path, PathBuf};

use super::files::target;
use super::journal::FOLDER;
use crate::disk::{Disk, read_plain};
use crate::error::Problem;
use crate::git::Repository;
use crate::words::shell_word;

/// Keeps copies of these files. Returns the folder, if there was anything to keep, and the paths of which no copy could
/// be made: they must not be put back.
pub(super) fn keep(
    repository: &Repository,
    disk: &Disk,
    paths: &[String],
) -> (Option<PathBuf>, Vec<(String, Problem)>) {
    let there: Vec<&String> =
        paths.iter().filter(|path| target(repository, path).symlink_metadata().is_ok()).collect();
    if there.is_empty() {
        return (None, Vec::new());
    }
    let parent = repository.git_dir().join(FOLDER);
    let folder = new_folder(disk, &parent);
    let mut unsaved = Vec::new();
    for path in there {
        let kept = match &folder {
            Ok(folder) => copy(disk, &target(repository, path), &folder.join(path)),
            Err(error) => Err(error.kind().into()),
        };
        if let Err(error) = kept {
            let word = shell_word(path);
            let problem = Problem::circumstance(format!(
                "recovery needed: `{path}` was changed by a step or a hook, and no copy can be kept in `{}`: {}",
                parent.display(),
                error.kind()
            ))
            .hint(format!(
                "look at it: `git diff -- {word}`; the state before the release: `git checkout -- {word}`"
            ));
            unsaved.push((path.clone(), problem));
        }
    }
    (folder.ok(), unsaved)
}

/// A folder that was not there before: `saved-1`, or the next number.
fn new_folder(disk: &Disk, parent: &Path) -> std::io::Result<PathBuf> {
    let free = (1..).map(|number: u32| parent.join(format!("saved-{number}")));
    let folder = free.into_iter().find(|folder| folder.symlink_metadata().is_err()).unwrap_or_default();
    disk.create_folders(&folder).map(|_| folder)
}

/// Copies a file, or a symbolic link as the link it is; a folder cannot be kept.
fn copy(disk: &Disk, source: &Path, copy: &Path) -> std::io::Result<()> {
    if let Some(folder) = copy.parent() {
        disk.create_folders(folder)?;
    }
    if source.is_symlink() {
        return disk.symlink(&std::fs::read_link(source)?, copy);
    }
    match read_plain(source)? {
        Some(bytes) => disk.create_whole(copy, &bytes, None).and_then(|file| disk.sync(&file)),
        None => Err(std::io::ErrorKind::IsADirectory.into()),
    }
}
