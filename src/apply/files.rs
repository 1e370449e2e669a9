//! The files of the work tree: each one is remembered in the journal, byte for byte and with its mode, before the
//! first is written; written beside its target, synced, and renamed. What somebody else changed meanwhile is never
//! overwritten, in either direction.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::journal::{After, Before, FileRecord};
use super::running::Running;
use super::saved;
use crate::disk::{Disk, read_plain, read_plain_with_mode};
use crate::error::Problem;
use crate::git::{ObjectId, Repository};
use crate::words::{on_one_line, shell_word};

/// What becomes of one file of the work tree.
pub(super) struct Wanted {
    pub(super) path: String,
    /// Nothing where it is deleted.
    pub(super) bytes: Option<Vec<u8>>,
    /// Permission bits.
    pub(super) mode: u32,
}

/// The file of a path of the release.
pub(super) fn target(repository: &Repository, path: &str) -> PathBuf {
    repository.work_dir().join(path)
}

pub(super) fn cannot(verb: &str, path: &str, error: &std::io::Error) -> Problem {
    Problem::circumstance(format!("`{}` cannot be {verb}: {}", on_one_line(path), error.kind()))
        .hint("check the permissions of the file and its folder, and the space on the disk")
}

/// What a file holds now: its bytes and permission bits.
pub(super) fn on_disk(repository: &Repository, path: &str) -> Result<Option<(Vec<u8>, u32)>, Problem> {
    read_plain_with_mode(&target(repository, path)).map_err(|error| cannot("read", path, &error))
}

/// The same of a file that must be there, wherever it lies; `path` is what it is called.
pub(super) fn read_with_mode(file: &Path, path: &str) -> Result<(Vec<u8>, u32), Problem> {
    let missing = || std::io::Error::from(std::io::ErrorKind::NotFound);
    read_plain_with_mode(file)
        .and_then(|found| found.ok_or_else(missing))
        .map_err(|error| cannot("read", path, &error))
}

/// Reads a file that a step should have written.
pub(super) fn read_output(repository: &Repository, path: &str) -> Result<Vec<u8>, Problem> {
    if let Some((bytes, _)) = on_disk(repository, path)? {
        return Ok(bytes);
    }
    Err(Problem::content(format!("there is no file `{path}` after it ran"))
        .hint(format!("let it write `{path}`, or take the file out of its `writes` and `expect`")))
}

/// Collects the bytes that no blob of the base commit has.
#[derive(Default)]
pub(super) struct Kept(pub(super) Vec<u8>);

impl Kept {
    /// How a file that holds these bytes is remembered; `committed` is what HEAD has of it.
    pub(super) fn remember(
        &mut self,
        repository: &Repository,
        bytes: &[u8],
        mode: u32,
        committed: Option<&ObjectId>,
    ) -> Before {
        match committed.filter(|id| repository.is_blob(id, bytes)) {
            Some(id) => Before::Blob { id: id.clone(), mode },
            None => {
                let size = |length: usize| u64::try_from(length).unwrap_or(u64::MAX);
                let offset = size(self.0.len());
                self.0.extend_from_slice(bytes);
                Before::Kept { offset, length: size(bytes.len()), mode }
            }
        }
    }
}

/// What lies beside a file until it is renamed over it.
pub(super) fn temporary(running: &Running, number: usize, path: &str) -> PathBuf {
    let process = running.journal.borrow().owner.number();
    target(running.repository, path).with_file_name(format!(".trueppm-release-{process}-{number}"))
}

/// Brings every file to its new state. All of them are complete and on the disk beside their targets before the first
/// is renamed.
pub(super) fn write(
    running: &Running,
    wanted: &[Wanted],
    check: &dyn Fn() -> Result<(), Problem>,
) -> Result<(), Problem> {
    let Running { repository, disk, .. } = *running;
    let records = running.journal.borrow().files.clone();
    let numbers: BTreeMap<&str, usize> =
        records.iter().enumerate().map(|(number, record)| (record.path.as_str(), number)).collect();
    let number = |path: &str| numbers.get(path).copied().unwrap_or_default();
    let mut written = Vec::with_capacity(wanted.len());
    for file in wanted {
        check()?;
        let Some(bytes) = &file.bytes else { continue };
        let failed = |error: std::io::Error| cannot("written", &file.path, &error);
        let beside = temporary(running, number(&file.path), &file.path);
        if let Some(folder) = beside.parent() {
            disk.create_folders(folder).map_err(failed)?;
        }
        disk.remove(&beside).map_err(failed)?;
        written.push((disk.create_whole(&beside, bytes, Some(file.mode)).map_err(failed)?, beside, file));
    }
    for (opened, _, file) in &written {
        disk.sync(opened).map_err(|error| cannot("written", &file.path, &error))?;
    }
    let mut folders = BTreeSet::new();
    for (_, beside, file) in &written {
        check()?;
        let target = target(repository, &file.path);
        disk.rename(beside, &target).map_err(|error| cannot("written", &file.path, &error))?;
        folders.extend(target.parent().map(Path::to_path_buf));
    }
    for file in wanted.iter().filter(|file| file.bytes.is_none()) {
        check()?;
        let target = target(repository, &file.path);
        disk.remove(&target).map_err(|error| cannot("deleted", &file.path, &error))?;
        folders.extend(target.parent().map(Path::to_path_buf));
    }
    for folder in folders {
        let shown = folder.display().to_string();
        disk.sync_folder(&folder).map_err(|error| cannot("written", &shown, &error))?;
    }
    Ok(())
}

/// Whether a file is as it was before.
fn is_before(running: &Running, before: &Before, now: Option<&(Vec<u8>, u32)>) -> bool {
    let repository = running.repository;
    match (before, now) {
        (Before::Nothing, None) => true,
        (Before::Blob { id, mode }, Some((bytes, is))) => mode == is && repository.is_blob(id, bytes),
        (Before::Kept { mode, .. }, Some((bytes, is))) => {
            mode == is && kept(running, before).is_ok_and(|kept| kept == *bytes)
        }
        _ => false,
    }
}

fn is_after(repository: &Repository, after: &After, now: Option<&(Vec<u8>, u32)>) -> bool {
    match (after, now) {
        (After::Anything, _) | (After::Nothing, None) => true,
        (After::Bytes(id), Some((bytes, _))) => repository.blob_id(bytes).is_ok_and(|is| is == *id),
        _ => false,
    }
}

/// The bytes that the journal keeps of a file.
fn kept(running: &Running, before: &Before) -> Result<Vec<u8>, Problem> {
    let lost =
        || Problem::circumstance("what a file held before the release cannot be read from its journal");
    match before {
        Before::Blob { id, .. } => running.repository.blob_bytes(id),
        Before::Kept { offset, length, .. } => {
            let all = read_plain(&running.places.kept).ok().flatten().ok_or_else(lost)?;
            let range = usize::try_from(*offset).ok().zip(usize::try_from(offset + length).ok());
            range.and_then(|(from, to)| all.get(from..to)).map(<[u8]>::to_vec).ok_or_else(lost)
        }
        Before::Nothing | Before::Checkout => Ok(Vec::new()),
    }
}

/// What was found where a file is to be put back.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum State {
    /// As before the release.
    Before,
    /// As the release left it.
    After,
    /// Something else.
    Other,
}

/// What a file of the journal is now.
pub(super) fn state(running: &Running, record: &FileRecord) -> Result<State, Problem> {
    let now = on_disk(running.repository, &record.path)?;
    let nothing = target(running.repository, &record.path).symlink_metadata().is_err();
    Ok(if (now.is_some() || nothing) && is_before(running, &record.before, now.as_ref()) {
        State::Before
    } else if record.after == After::Anything
        || ((now.is_some() || nothing) && is_after(running.repository, &record.after, now.as_ref()))
    {
        State::After
    } else {
        State::Other
    })
}

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
    let (mut wanted, mut checked_out) = (Vec::new(), Vec::new());
    for record in records {
        match as_before(running, record) {
            Ok(None) => checked_out.push(record.path.clone()),
            Ok(Some(file)) => match obstacle(running, &record.path) {
                None => wanted.push(file),
                Some(problem) => problems.push(problem),
            },
            Err(problem) => problems.push(problem),
        }
    }
    problems.extend(write_each(running, &wanted));
    let commit = running.journal.borrow().from.clone();
    problems.extend(check_out(running, &commit, &checked_out).err().unwrap_or_default());
    if problems.is_empty() { Ok(()) } else { Err(problems) }
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
pub(super) fn check_out(running: &Running, commit: &ObjectId, paths: &[String]) -> Result<(), Vec<Problem>> {
    let Running { repository, disk, places, .. } = running;
    if paths.is_empty() {
        return Ok(());
    }
    let folder = places.running.join("checked-out");
    let cleared =
        || disk.remove_folder(&folder).map_err(|error| vec![cannot("removed", "checked-out", &error)]);
    cleared()?;
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

/// A file that was made where a folder is to be again: it goes, a copy of it is kept.
fn make_way(running: &Running, path: &str) -> Result<(), Problem> {
    let Running { repository, disk, .. } = *running;
    let is_file = |folder: &&Path| {
        let found = repository.work_dir().join(folder).symlink_metadata();
        !folder.as_os_str().is_empty() && found.is_ok_and(|found| !found.is_dir() && !found.is_symlink())
    };
    let Some(file) = Path::new(path).ancestors().skip(1).find(is_file) else { return Ok(()) };
    let name = file.to_string_lossy().into_owned();
    if let Some((_, problem)) = saved::keep(repository, disk, std::slice::from_ref(&name)).1.pop() {
        return Err(problem);
    }
    disk.remove(&repository.work_dir().join(file)).map_err(|error| cannot("removed", &name, &error))
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
            let mode = now.map(|(_, is)| is).filter(same).unwrap_or(mode);
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

/// Removes what lies beside the files of a release that did not come to its end. Without a journal nobody would know
/// whose it is, so it is gone from the disk as well before that goes.
///
/// # Errors
/// Everything that could not be removed.
pub(super) fn clear_beside(running: &Running) -> Result<(), Vec<Problem>> {
    let records = running.journal.borrow().files.clone();
    let mut removed = Vec::new();
    let mut problems = Vec::new();
    for (number, record) in records.iter().enumerate() {
        let beside = temporary(running, number, &record.path);
        if running.repository.is_below_link(Path::new(&record.path)) || beside.symlink_metadata().is_err() {
            continue;
        }
        let shown = beside.display().to_string();
        match running.disk.remove(&beside) {
            Ok(()) => removed.push(beside),
            Err(error) => problems.push(cannot("removed", &shown, &error)),
        }
    }
    problems.extend(sync_folders_of(running.disk, &removed).err());
    if problems.is_empty() { Ok(()) } else { Err(problems) }
}

/// Waits until what steps and hooks have made of these files is on the disk.
pub(super) fn sync_files(running: &Running, paths: &[String]) -> Result<(), Problem> {
    let targets: Vec<PathBuf> = paths.iter().map(|path| target(running.repository, path)).collect();
    for (file, path) in targets.iter().zip(paths) {
        if file.symlink_metadata().is_ok_and(|metadata| metadata.is_file()) {
            running.disk.sync_file(file).map_err(|error| cannot("written", path, &error))?;
        }
    }
    sync_folders_of(running.disk, &targets)
}

/// Waits until the names of these files, or that they are gone, are on the disk.
pub(super) fn sync_folders_of(disk: &Disk, files: &[PathBuf]) -> Result<(), Problem> {
    let folders: BTreeSet<&Path> = files.iter().filter_map(|file| file.parent()).collect();
    folders.into_iter().filter(|folder| folder.is_dir()).try_for_each(|folder| {
        let shown = folder.display().to_string();
        disk.sync_folder(folder).map_err(|error| cannot("written", &shown, &error))
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

/// What is said of a file that is neither as before nor as the release left it.
pub(super) fn changed_by_others(path: &str) -> Problem {
    let word = shell_word(path);
    Problem::circumstance(format!(
        "recovery needed: `{}` was changed by something else while the release was running",
        on_one_line(path)
    ))
    .hint(format!("look at it: `git diff -- {word}`; the state before the release: `git checkout -- {word}`"))
}
