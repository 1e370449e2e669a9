//! What is put back although the release did not write it: what a step or a hook made of files that it must not change is
//! moved into the git directory of the work tree, so that nothing is lost by putting it back. Moving takes no space on
//! the disk, and takes whatever it is: a file, a link, a pipe or a whole folder.

use std::collections::BTreeSet;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use super::files::target;
use super::journal::FOLDER;
use super::running::Running;
use crate::disk::{Disk, read_plain_with_mode};
use crate::error::Problem;
use crate::git::Repository;
use crate::words::{plain, shell_word};

/// What lies where a file of the release is, or would be: the file, or what has taken the place of one of its folders.
pub(super) fn there(repository: &Repository, path: &str) -> Option<String> {
    obstruction(repository, path)
        .or_else(|| target(repository, path).symlink_metadata().is_ok().then(|| path.to_owned()))
}

/// What is no folder, though a file of the release lies in it.
pub(super) fn obstruction(repository: &Repository, path: &str) -> Option<String> {
    path.match_indices('/').filter_map(|(at, _)| path.get(..at)).find_map(|above| {
        let metadata = target(repository, above).symlink_metadata().ok()?;
        (!metadata.is_dir()).then(|| above.to_owned())
    })
}

/// Whether a file cannot be put in its place before something is moved away. An empty folder is not moved, but removed.
pub(super) fn is_blocked(running: &Running, path: &str) -> bool {
    let target = target(running.repository, path);
    let is_folder = || target.symlink_metadata().is_ok_and(|metadata| metadata.is_dir());
    obstruction(running.repository, path).is_some()
        || (is_folder() && !running.disk.remove_empty_folder(&target))
}

/// The permission bits of a file that was moved away.
pub(super) fn mode_of_kept(running: &Running, path: &str) -> Option<u32> {
    let metadata = folder(running)?.join(path).symlink_metadata().ok()?;
    metadata.is_file().then(|| metadata.mode() & 0o7777)
}

/// The folder that is to take what lies at these paths, if anything does; it is noted, not made.
///
/// # Errors
/// The journal cannot be written.
pub(super) fn announce(running: &Running, paths: &[String]) -> Result<Option<PathBuf>, Problem> {
    if !paths.iter().any(|path| there(running.repository, path).is_some()) {
        return Ok(None);
    }
    if running.journal.borrow().saved.is_none() {
        let parent = parent(running);
        let names = (1..).map(|number: u32| format!("saved-{number}"));
        let free = names.into_iter().find(|name| parent.join(name).symlink_metadata().is_err());
        running.note(|journal| journal.saved = free)?;
    }
    Ok(folder(running))
}

fn parent(running: &Running) -> PathBuf {
    running.repository.git_dir().join(FOLDER)
}

/// The folder that was announced.
fn folder(running: &Running) -> Option<PathBuf> {
    running.journal.borrow().saved.as_ref().map(|name| parent(running).join(name))
}

/// The announced folder, where anything is in it; an empty one goes.
pub(super) fn filled(running: &Running) -> Option<PathBuf> {
    let folder = folder(running)?;
    running.disk.remove_empty_folder(&folder);
    folder.is_dir().then_some(folder)
}

/// Moves what lies at these paths into the announced folder. Returns the paths that could not be moved: they must not be
/// put back.
pub(super) fn keep(running: &Running, paths: &[String]) -> Vec<(String, Problem)> {
    let things: BTreeSet<String> = paths.iter().filter_map(|path| there(running.repository, path)).collect();
    let folder = match announce(running, paths) {
        Ok(Some(folder)) => folder,
        Ok(None) => return Vec::new(),
        Err(problem) => return paths.iter().map(|path| (path.clone(), problem.clone())).collect(),
    };
    let mut unsaved = Vec::new();
    for thing in things {
        let Err(error) =
            moved(running.disk, &target(running.repository, &thing), &free_place(&folder, &thing))
        else {
            continue;
        };
        let word = shell_word(&thing);
        let problem = Problem::circumstance(format!(
            "recovery needed: `{thing}` was changed by a step or a hook, and cannot be kept in `{}`: {}",
            folder.display(),
            plain(&error)
        ))
        .hint(format!(
            "look at it: `git diff -- {word}`; the state before the release: `git checkout -- {word}`"
        ));
        let below = format!("{thing}/");
        let lost = paths.iter().filter(|path| **path == thing || path.starts_with(&below));
        unsaved.extend(lost.map(|path| (path.clone(), problem.clone())));
    }
    unsaved
}

/// Moves a file or whatever else it is; a copy is made only where the folder lies on another file system.
fn moved(disk: &Disk, source: &Path, free: &Path) -> std::io::Result<()> {
    if let Some(folder) = free.parent() {
        disk.create_folders(folder)?;
    }
    match disk.rename(source, free) {
        Err(error) if error.kind() == std::io::ErrorKind::CrossesDevices => {
            let (bytes, mode) = read_plain_with_mode(source)?.ok_or(error)?;
            let copy = disk.create_whole(free, &bytes, Some(mode))?;
            disk.sync(&copy)?;
            disk.remove(source)
        }
        Err(error) => Err(error),
        Ok(()) => free.parent().map_or(Ok(()), |folder| disk.sync_folder(folder)),
    }
}

/// Where the folder has a place for something: under the name it had, or the next that is free. An earlier attempt may
/// have kept a file or a link where now a folder is needed; a link is never gone through.
fn free_place(folder: &Path, thing: &str) -> PathBuf {
    let mut names = thing.split('/').peekable();
    let mut place = folder.to_path_buf();
    while let Some(name) = names.next() {
        let is_above = names.peek().is_some();
        let fits = |place: &PathBuf| match place.symlink_metadata() {
            Ok(found) => is_above && found.is_dir(),
            Err(_) => true,
        };
        let others = (2..).map(|number: u32| format!("{name}~{number}"));
        let mut places = std::iter::once(name.to_owned()).chain(others).map(|name| place.join(name));
        place = places.find(fits).unwrap_or_default();
    }
    place
}

#[cfg(test)]
mod tests {
    #![expect(clippy::disallowed_methods, reason = "tests own the files they make")]

    use super::free_place;

    #[test]
    fn what_is_kept_takes_the_place_of_nothing_that_was_kept_before() {
        let around = tempfile::tempdir().expect("a folder");
        let folder = around.path().join("saved-1");
        let place = |thing: &str| {
            let place = free_place(&folder, thing);
            place.strip_prefix(&folder).expect("below").display().to_string()
        };
        assert_eq!(place("docs/a.md"), "docs/a.md");
        std::fs::create_dir_all(folder.join("docs")).expect("a folder");
        assert_eq!((place("docs/a.md"), place("docs")), ("docs/a.md".into(), "docs~2".into()));
        std::fs::write(folder.join("docs/a.md"), "kept").expect("a file");
        assert_eq!(place("docs/a.md"), "docs/a.md~2");
        std::fs::write(folder.join("docs/a.md~2"), "kept").expect("a file");
        assert_eq!(place("docs/a.md"), "docs/a.md~3");
        // A file stood where a folder is again.
        assert_eq!(place("docs/a.md/deep/b.md"), "docs/a.md~3/deep/b.md");
        // So did a link, and it leads out.
        let outside = around.path().join("outside");
        std::fs::create_dir(&outside).expect("a folder");
        std::os::unix::fs::symlink(&outside, folder.join("link")).expect("a link");
        assert_eq!((place("link/b.md"), place("link")), ("link~2/b.md".into(), "link~2".into()));
    }
}
