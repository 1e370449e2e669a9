//! Files of the work tree on their way back. One that has a second name still is renamed, which takes no space on the
//! disk and brings everything back that the file system knows of it; any other is written anew from what the journal or
//! git has of it. Nothing is ever written through a link or over a folder that holds something.

use std::path::{Path, PathBuf};

use super::files::{
    Wanted, cannot, is_before, kept, numbers, on_disk, sync_folders_of, target, temporary, write,
};
use super::journal::{Before, FileRecord};
use super::running::Running;
use super::saved;
use crate::disk::{Disk, mode_of_new_file, read_plain_with_mode};
use crate::error::Problem;
use crate::git::{ObjectId, Repository};
use crate::words::{on_one_line, shell_word};

/// What a file is to hold to be as before; nothing where only git can tell.
fn as_before(running: &Running, record: &FileRecord) -> Result<Option<Wanted>, Problem> {
    let (bytes, mode) = match &record.before {
        Before::Checkout => return Ok(None),
        Before::Nothing => (None, 0),
        before @ (Before::Blob { mode, .. } | Before::Kept { mode, .. }) => {
            (Some(kept(running, before)?), *mode)
        }
    };
    Ok(Some(Wanted { path: record.path.clone(), bytes, mode }))
}

/// Puts files back as they were, whatever is there now.
///
/// # Errors
/// Every file for which that is not possible; all others are back.
pub(super) fn put_back(running: &Running, records: &[&FileRecord]) -> Result<(), Vec<Problem>> {
    let mut problems = Vec::new();
    let (mut linked, mut wanted, mut checked_out) = (Vec::new(), Vec::new(), Vec::new());
    let numbers = numbers(running);
    for record in records {
        if let Some(problem) = obstacle(running, &record.path) {
            problems.push(problem);
            continue;
        }
        let number = numbers.get(&record.path).copied();
        if let Some(file) = number.and_then(|number| second_name(running, number, record)) {
            linked.push((file, record.path.as_str()));
            continue;
        }
        match as_before(running, record) {
            Ok(Some(file)) => wanted.push(file),
            Ok(None) => checked_out.push(record.path.clone()),
            Err(problem) => problems.push(problem),
        }
    }
    problems.extend(renamed_back(running, &linked));
    problems.extend(write_each(running, &wanted));
    let commit = running.journal.borrow().from.clone();
    problems.extend(check_out(running, &commit, &checked_out).err().into_iter().flatten());
    if problems.is_empty() { Ok(()) } else { Err(problems) }
}

/// The second name of a file, where it still holds what the file held before.
fn second_name(running: &Running, number: usize, record: &FileRecord) -> Option<PathBuf> {
    let file = running.places.before(number);
    let now = read_plain_with_mode(&file).ok().flatten()?;
    is_before(running, &record.before, Some(&now)).then_some(file)
}

/// Puts files back that have a second name still: nothing has to be written, so no disk is too full for it.
fn renamed_back(running: &Running, linked: &[(PathBuf, &str)]) -> Vec<Problem> {
    let disk = running.disk;
    let mut problems = Vec::new();
    let mut targets = Vec::with_capacity(linked.len());
    for (file, path) in linked {
        let target = target(running.repository, path);
        let folder = target.parent().map_or(Ok(Vec::new()), |folder| disk.create_folders(folder));
        match folder.and_then(|_| disk.rename(file, &target)) {
            Ok(()) => targets.push(target),
            Err(error) => problems.push(cannot("put back", path, &error)),
        }
    }
    problems.extend(sync_folders_of(disk, &targets).err());
    problems
}

/// Writes all of these files, as far as that is possible.
fn write_each(running: &Running, wanted: &[Wanted]) -> Vec<Problem> {
    let always = || Ok(());
    if write(running, wanted, &always).is_ok() {
        return Vec::new();
    }
    // One of them stands in the way of all: each by itself.
    wanted.iter().filter_map(|file| write(running, std::slice::from_ref(file), &always).err()).collect()
}

/// Brings files of the journal to what git checks out of a commit for them, and removes those that it does not have.
/// They are checked out into a folder of the release, so that the work tree itself is changed in the one way in which
/// everything is.
///
/// # Errors
/// Every file for which that is not possible; all others are as the commit has them.
fn check_out(running: &Running, commit: &ObjectId, paths: &[String]) -> Result<(), Vec<Problem>> {
    let Running { repository, disk, places, .. } = running;
    if paths.is_empty() {
        return Ok(());
    }
    let folder = places.running.join("checked-out");
    let cleared =
        || disk.remove_folder(&folder).map_err(|error| vec![cannot("removed", "checked-out", &error)]);
    cleared()?;
    disk.create_private_folder(&folder).map_err(|error| vec![cannot("written", "checked-out", &error)])?;
    repository.check_out_to(disk, commit, paths, &folder).map_err(|problem| vec![problem])?;
    let mut problems = Vec::new();
    let mut wanted = Vec::new();
    for path in paths {
        let obstacle = obstacle(running, path).map_or_else(|| make_way(running, path), Err);
        let found = obstacle.and_then(|()| checked_out(running, &folder, path));
        match found.and_then(|file| file.map(|file| with_ident(repository, commit, file)).transpose()) {
            Ok(file) => wanted.extend(file),
            Err(problem) => problems.push(problem),
        }
    }
    problems.extend(write_each(running, &wanted));
    problems.extend(cleared().err().into_iter().flatten());
    if problems.is_empty() { Ok(()) } else { Err(problems) }
}

/// A file that was made where a folder is to be again: it is kept aside.
fn make_way(running: &Running, path: &str) -> Result<(), Problem> {
    if saved::obstruction(running.repository, path).is_none() {
        return Ok(());
    }
    let mut unsaved = saved::keep(running, &[path.to_owned()]);
    unsaved.pop().map_or(Ok(()), |(_, problem)| Err(problem))
}

/// What one of the files that were checked out is to hold; a link is put in its place at once. A submodule is left to git.
fn checked_out(running: &Running, folder: &Path, path: &str) -> Result<Option<Wanted>, Problem> {
    let source = folder.join(path);
    let failed = |error: std::io::Error| cannot("put back", path, &error);
    if source.is_symlink() {
        let leads_to = std::fs::read_link(&source).map_err(failed)?;
        let number = running.journal.borrow().files.iter().position(|record| record.path == path);
        let beside = temporary(running, number.unwrap_or_default(), path);
        let target = target(running.repository, path);
        return replace_by_link(running.disk, &leads_to, &beside, &target).map(|()| None).map_err(failed);
    }
    if source.is_dir() {
        return Ok(None);
    }
    let file = read_plain_with_mode(&source).map_err(failed)?;
    let now = on_disk(running.repository, path)?;
    Ok(Some(match file {
        None => Wanted { path: path.to_owned(), bytes: None, mode: 0 },
        Some((bytes, mode)) => {
            // The permissions of a file that stays are a person's choice, as far as git does not know them.
            let same = |is: &u32| (is & 0o100 == 0) == (mode & 0o100 == 0);
            let now = now.map(|(_, is)| is).or_else(|| saved::mode_of_kept(running, path));
            let mode = now.filter(same).unwrap_or_else(|| mode_of_new_file(mode & 0o100 != 0));
            Wanted { path: path.to_owned(), bytes: Some(bytes), mode }
        }
    }))
}

/// libgit2 knows `ident` less well than git.
fn with_ident(repository: &Repository, commit: &ObjectId, file: Wanted) -> Result<Wanted, Problem> {
    let Wanted { path, bytes, mode } = file;
    let bytes = match (bytes, repository.file_at(commit, &path)) {
        (Some(bytes), Some(id)) => {
            Some(repository.as_checked_out(&path, &repository.blob_bytes(&id)?, bytes)?)
        }
        (bytes, _) => bytes,
    };
    Ok(Wanted { path, bytes, mode })
}

fn replace_by_link(disk: &Disk, leads_to: &Path, beside: &Path, target: &Path) -> std::io::Result<()> {
    if let Some(folder) = target.parent() {
        disk.create_folders(folder)?;
    }
    disk.remove(beside)?;
    disk.symlink(leads_to, beside)?;
    disk.rename(beside, target)?;
    target.parent().map_or(Ok(()), |folder| disk.sync_folder(folder))
}

/// What keeps a file from being put back: nothing is ever written through a link or over a folder that holds something.
fn obstacle(running: &Running, path: &str) -> Option<Problem> {
    let shown = on_one_line(path);
    if running.repository.is_below_link(Path::new(path)) {
        let problem = Problem::circumstance(format!(
            "recovery needed: `{shown}` lies below a symbolic link by now, and links are not followed"
        ));
        return Some(
            problem.hint("put the folder back in the place of the link, then run `trueppm-release`"),
        );
    }
    let target = target(running.repository, path);
    let is_folder = target.symlink_metadata().is_ok_and(|metadata| metadata.is_dir());
    (is_folder && !running.disk.remove_empty_folder(&target)).then(|| {
        Problem::circumstance(format!("recovery needed: `{shown}` is a folder by now, and not an empty one"))
            .hint(format!("move it away, then: `git checkout -- {}`", shell_word(path)))
    })
}

/// Brings one file back to what was read of it before a step, whatever lies there now.
pub(super) fn put_back_as(
    running: &Running,
    path: &str,
    file: Option<&(Vec<u8>, u32)>,
) -> Result<(), Problem> {
    if let Some(problem) = obstacle(running, path) {
        return Err(problem);
    }
    let (bytes, mode) = match file {
        Some((bytes, mode)) => (Some(bytes.clone()), *mode),
        None => (None, 0),
    };
    write(running, &[Wanted { path: path.to_owned(), bytes, mode }], &|| Ok(()))
}
