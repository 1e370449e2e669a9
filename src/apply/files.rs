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
use crate::words::{on_one_line, plain, shell_word};

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
    Problem::circumstance(format!("`{}` cannot be {verb}: {}", on_one_line(path), plain(error)))
        .hint("check the permissions of the file and its folder, and the space on the disk")
}

/// What a file holds now: its bytes and permission bits.
pub(super) fn on_disk(repository: &Repository, path: &str) -> Result<Option<(Vec<u8>, u32)>, Problem> {
    read_plain_with_mode(&target(repository, path)).map_err(|error| cannot("read", path, &error))
}

/// The bytes of a file that must be there, wherever it lies; `path` is what it is called.
pub(super) fn read(file: &Path, path: &str) -> Result<Vec<u8>, Problem> {
    let missing = || std::io::Error::from(std::io::ErrorKind::NotFound);
    read_plain(file).and_then(|found| found.ok_or_else(missing)).map_err(|error| cannot("read", path, &error))
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
    let numbers = numbers(running);
    let number = |path: &str| numbers.get(path).copied().unwrap_or_default();
    let mut written = Vec::with_capacity(wanted.len());
    // None of them stays open: there may be more files than a process may have open.
    for file in wanted {
        check()?;
        let Some(bytes) = &file.bytes else { continue };
        let failed = |error: std::io::Error| cannot("written", &file.path, &error);
        let beside = temporary(running, number(&file.path), &file.path);
        if let Some(folder) = beside.parent() {
            disk.create_folders(folder).map_err(failed)?;
        }
        disk.remove(&beside).map_err(failed)?;
        disk.create_whole(&beside, bytes, Some(file.mode)).map_err(failed)?;
        written.push((beside, file));
    }
    for (beside, file) in &written {
        disk.sync_file(beside).map_err(|error| cannot("written", &file.path, &error))?;
    }
    let mut folders = BTreeSet::new();
    for (beside, file) in &written {
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
pub(super) fn is_before(running: &Running, before: &Before, now: Option<&(Vec<u8>, u32)>) -> bool {
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
        (After::Anything | After::Aside, _) | (After::Nothing, None) => true,
        (After::Bytes(id), Some((bytes, _))) => repository.blob_id(bytes).is_ok_and(|is| is == *id),
        _ => false,
    }
}

/// The bytes that the journal keeps of a file.
pub(super) fn kept(running: &Running, before: &Before) -> Result<Vec<u8>, Problem> {
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
    // What is reached through a link is not the release's.
    let elsewhere = saved::obstruction(running.repository, &record.path).is_some();
    let now = if elsewhere { None } else { on_disk(running.repository, &record.path)? };
    let nothing = elsewhere || target(running.repository, &record.path).symlink_metadata().is_err();
    Ok(if (now.is_some() || nothing) && is_before(running, &record.before, now.as_ref()) {
        State::Before
    } else if record.after.is_open()
        || ((now.is_some() || nothing) && is_after(running.repository, &record.after, now.as_ref()))
    {
        State::After
    } else {
        State::Other
    })
}

/// Whether a file is as the release wrote it, what git does not store of its permissions apart.
///
/// # Errors
/// It cannot be read.
pub(super) fn is_as_written(running: &Running, record: &FileRecord) -> Result<bool, Problem> {
    if record.after == After::Nothing {
        return Ok(saved::there(running.repository, &record.path).is_none());
    }
    if saved::obstruction(running.repository, &record.path).is_some() {
        return Ok(false);
    }
    let now = on_disk(running.repository, &record.path)?;
    let executable = |mode: u32| mode & 0o100 != 0;
    let same_mode = match (&record.before, &now) {
        (Before::Blob { mode, .. } | Before::Kept { mode, .. }, Some((_, is))) => {
            executable(*mode) == executable(*is)
        }
        _ => true,
    };
    Ok(same_mode && is_after(running.repository, &record.after, now.as_ref()))
}

/// The numbers of the files in the journal.
pub(super) fn numbers(running: &Running) -> BTreeMap<String, usize> {
    let journal = running.journal.borrow();
    journal.files.iter().enumerate().map(|(number, record)| (record.path.clone(), number)).collect()
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

/// What is said of a file that is neither as before nor as the release left it.
pub(super) fn changed_by_others(path: &str) -> Problem {
    let word = shell_word(path);
    Problem::circumstance(format!(
        "recovery needed: `{}` was changed by something else while the release was running",
        on_one_line(path)
    ))
    .hint(format!("look at it: `git diff -- {word}`; the state before the release: `git checkout -- {word}`"))
}
