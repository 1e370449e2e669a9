//! What goes into the journal of a release, and when: how every file was, before the first is written; what steps and
//! hooks may change, before they run; where the references go, before they move.

use super::files::{Kept, Wanted, cannot, on_disk, sync_files, target};
use super::journal::{After, Before, FileRecord, Journal, Operation, Phase, TagRecord};
use super::moments::within;
use super::owner::Owner;
use super::running::Running;
use super::{Several, one};
use crate::disk::read_plain;
use crate::error::Problem;
use crate::git::{RefUpdates, Repository, Signature};
use crate::plan::{Plan, PublishedRef};
use crate::words::plain;

/// The hooks that see the index and the message of the commit.
const BEFORE_THE_COMMIT: [&str; 3] = ["pre-commit", "prepare-commit-msg", "commit-msg"];

/// The journal of a release that has changed nothing yet.
pub(super) fn of_release(repository: &Repository, plan: &Plan, committer: &Signature) -> Journal {
    let reference = match &plan.published {
        PublishedRef::Branch(name) => format!("refs/heads/{name}"),
        PublishedRef::DetachedFor(_) => "HEAD".into(),
    };
    let (version, base) = (plan.version.to_string(), plan.base.clone());
    let work_tree = repository.work_dir();
    let mut journal =
        Journal::new(Operation::Release, version, Owner::this(), work_tree, reference, base, committer);
    journal.push = plan.later_push_command();
    journal
}

/// Remembers every file that the release changes, and puts the journal on the disk. Returns what is to be written.
pub(super) fn files(running: &Running, plan: &Plan) -> Several<Vec<Wanted>> {
    let repository = running.repository;
    let mut kept = Kept::default();
    let mut records = Vec::new();
    let mut wanted = Vec::with_capacity(plan.files.len());
    let mut problems = Vec::new();
    for change in &plan.files {
        match planned_file(repository, change, &mut kept) {
            Ok((record, file)) => {
                records.push(record);
                wanted.push(file);
            }
            Err(problem) => problems.push(problem),
        }
    }
    let declared = within(plan).flat_map(|step| &step.outputs);
    for output in declared {
        if records.iter().any(|record: &FileRecord| record.path == output.path) {
            continue;
        }
        match on_disk(repository, &output.path) {
            Ok(None) => records.push(FileRecord {
                path: output.path.clone(),
                before: Before::Nothing,
                after: After::Nothing,
            }),
            Ok(Some((bytes, mode))) => {
                let before = kept.remember(repository, &bytes, mode, output.before.as_ref());
                let after = After::Bytes(repository.blob_id(&bytes).map_err(one)?);
                records.push(FileRecord { path: output.path.clone(), before, after });
            }
            Err(problem) => problems.push(problem),
        }
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    let hooks = BEFORE_THE_COMMIT.iter().any(|hook| plan.duties.runs(hook));
    let steps = within(plan).next().is_some();
    begin(running, &kept.0, hooks || steps, hooks, records, wanted.len()).map_err(one)?;
    Ok(wanted)
}

/// Puts the journal, and what it needs for putting everything back, on the disk. The first files of the records are those
/// that are replaced and never written into, `replaced` of them.
pub(super) fn begin(
    running: &Running,
    kept: &[u8],
    keeps_index: bool,
    keeps_message: bool,
    records: Vec<FileRecord>,
    replaced: usize,
) -> Result<(), Problem> {
    let Running { repository, disk, places, .. } = running;
    let failed = |error: std::io::Error| {
        Problem::circumstance(format!(
            "the journal of the release cannot be written: {}",
            crate::words::plain(&error)
        ))
        .hint("check the permissions of git's folder, and the space on the disk")
    };
    if !kept.is_empty() {
        let file = disk.create_whole(&places.kept, kept, Some(0o600)).map_err(failed)?;
        disk.sync(&file).map_err(failed)?;
    }
    let index = if keeps_index {
        read_plain(&repository.index_path()?).map_err(|error| cannot("read", "index", &error))?
    } else {
        None
    };
    if let Some(bytes) = &index {
        let file = disk.create_whole(&places.index, bytes, Some(0o600)).map_err(failed)?;
        disk.sync(&file).map_err(failed)?;
    }
    let message = if keeps_message {
        let path = repository.message_file();
        Some(read_plain(&path).map_err(|error| cannot("read", "COMMIT_EDITMSG", &error))?)
    } else {
        None
    };
    let unlinked = link_before(running, &records, replaced);
    {
        let mut journal = running.journal.borrow_mut();
        journal.files = records;
        journal.keeps_index = index.is_some();
        journal.message = message;
    }
    reserve(running, unlinked + length(index.as_deref()))?;
    running.note(|_| ())?;
    places.own.parent().map_or(Ok(()), |folder| disk.sync_folder(folder)).map_err(failed)?;
    disk.sync_folder(&places.own).map_err(failed)
}

fn length(bytes: Option<&[u8]>) -> u64 {
    u64::try_from(bytes.map_or(0, <[u8]>::len)).unwrap_or(u64::MAX)
}

/// Gives every file that is replaced a second name, by which it is put back without taking any space. Returns how many
/// bytes the other files have, which may have to be written.
fn link_before(running: &Running, records: &[FileRecord], replaced: usize) -> u64 {
    let mut bytes = 0;
    for (number, record) in records.iter().enumerate().filter(|(_, record)| record.before != Before::Nothing)
    {
        let file = target(running.repository, &record.path);
        // Where the file system gives no second names, the bytes come from the journal or from git.
        let linked = number < replaced && running.disk.link(&file, &running.places.before(number)).is_ok();
        if !linked {
            bytes += file.symlink_metadata().map_or(0, |metadata| metadata.len());
        }
    }
    bytes
}

/// For locks, references, and whole blocks of the disk.
const SPARE_BYTES: u64 = 256 * 1024;

/// Keeps space free for what putting back writes: the journal and the index, each beside itself, and some files.
fn reserve(running: &Running, files: u64) -> Result<(), Problem> {
    let bytes = 2 * running.journal.borrow().size() + 2 * files + SPARE_BYTES;
    running.disk.reserve(&running.places.reserve(), bytes).map_err(|error| {
        Problem::circumstance(format!(
            "{} KiB cannot be kept free on the disk, for putting everything back if something fails: {}",
            bytes.div_ceil(1024),
            plain(&error)
        ))
        .hint("make room on the disk that git's folder is on, then run it again")
    })
}

/// How a file of the plan is and will be, if it still is in the state that the plan starts from.
fn planned_file(
    repository: &Repository,
    change: &crate::plan::FileChange,
    kept: &mut Kept,
) -> Result<(FileRecord, Wanted), Problem> {
    let path = &change.path;
    let changed = || {
        Problem::circumstance(format!("`{path}` changed while the release was being prepared"))
            .hint("run the release again")
    };
    if repository.is_below_link(std::path::Path::new(path)) {
        return Err(changed());
    }
    let Some((bytes, mode)) = on_disk(repository, path)? else { return Err(changed()) };
    let wanted = change.after.as_deref().unwrap_or_default();
    let made = repository.as_in_work_tree(path, &bytes, change.before.as_bytes(), wanted.as_bytes())?;
    let after = made.ok_or_else(changed)?;
    let committed = repository.blob_id(change.before.as_bytes())?;
    let before = if bytes == change.before.as_bytes() {
        Before::Blob { id: committed, mode }
    } else {
        kept.remember(repository, &bytes, mode, None)
    };
    let (recorded, bytes) = match &change.after {
        Some(_) => (After::Bytes(repository.blob_id(&after)?), Some(after)),
        None => (After::Nothing, None),
    };
    Ok((
        FileRecord { path: path.clone(), before, after: recorded },
        Wanted { path: path.clone(), bytes, mode },
    ))
}

/// From here on the outputs of the steps may hold anything.
pub(super) fn steps_begin(journal: &mut Journal, plan: &Plan) {
    journal.phase = Phase::Steps;
    journal.patterns = within(plan).flat_map(|step| step.patterns.clone()).collect();
    let outputs = within(plan).flat_map(|step| &step.outputs);
    anything(journal, outputs.map(|output| output.path.as_str()));
}

/// From here on these files may hold anything.
pub(super) fn anything<'p>(journal: &mut Journal, paths: impl Iterator<Item = &'p str>) {
    for path in paths {
        for record in journal.files.iter_mut().filter(|record| record.path == path) {
            record.after = After::Anything;
        }
    }
}

/// Files that a step wrote where a pattern of it matches: nobody could name them before.
pub(super) fn found(journal: &mut Journal, repository: &Repository, paths: &[String]) {
    for path in paths {
        match journal.files.iter_mut().find(|record| record.path == *path) {
            Some(record) if record.after == After::Aside => {}
            Some(record) => record.after = After::Anything,
            None => {
                let committed = repository.file_at(&journal.from, path).is_some();
                let before = if committed { Before::Checkout } else { Before::Nothing };
                journal.files.push(FileRecord { path: path.clone(), before, after: After::Anything });
            }
        }
    }
}

/// Files that the steps or a hook changed and must not: what they made of them is kept aside, and they are put back; those
/// that are not the release's own, from what git has of them.
pub(super) fn strangers(journal: &mut Journal, paths: &[String]) {
    for path in paths {
        match journal.files.iter_mut().find(|record| record.path == *path) {
            Some(record) => record.after = After::Aside,
            None => journal.files.push(FileRecord {
                path: path.clone(),
                before: Before::Checkout,
                after: After::Aside,
            }),
        }
    }
}

/// Where the references go. What steps and hooks made of the files is what is committed, so every file is known
/// again. It reaches the disk with the locks of the references.
pub(super) fn publishing(running: &Running, updates: &RefUpdates) -> Result<(), Problem> {
    let mut journal = running.journal.borrow_mut();
    let hooked = journal.phase == Phase::Hooks;
    let others = journal.files.iter().filter(|record| hooked || record.after == After::Anything);
    sync_files(running, &others.map(|record| record.path.clone()).collect::<Vec<_>>())?;
    for record in journal.files.iter_mut().filter(|record| record.after == After::Anything) {
        record.after = match on_disk(running.repository, &record.path)? {
            Some((bytes, _)) => After::Bytes(running.repository.blob_id(&bytes)?),
            None => After::Nothing,
        };
    }
    journal.phase = Phase::Publish;
    let (mut to, mut tags) = (None, Vec::new());
    for change in &updates.changes {
        match change.name.strip_prefix("refs/tags/") {
            Some(name) => tags.push(TagRecord {
                name: name.to_owned(),
                before: change.before.clone(),
                after: change.after.clone(),
            }),
            None => to = change.after.clone(),
        }
    }
    let names = updates.changes.iter().map(|change| change.name.as_str()).chain(["HEAD"]);
    journal.logged = running.repository.log_lengths(names);
    (journal.to, journal.tags) = (to, tags);
    Ok(())
}

/// From here on git moves the references: the locks that it makes for that are not known one by one.
pub(super) fn by_git(running: &Running, updates: &RefUpdates) -> Result<(), Problem> {
    let names = updates.changes.iter().map(|change| change.name.as_str());
    let there = running.repository.locks_there(names);
    running.note(|journal| journal.by_git = Some(there))
}
