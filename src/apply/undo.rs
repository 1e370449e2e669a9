//! Carries out an undo, all or nothing, by the journal and with the care of a release: the files first, then every
//! reference under its lock, the tags before the branch so that no tag ever stands on a commit that is not published,
//! then the index. Until the branch has moved, every failure puts the release's files back.

use std::path::Path;
use std::time::Duration;

use super::files::{self, Kept, Wanted, on_disk};
use super::journal::{After, FileRecord, Journal, Operation};
use super::owner::Owner;
use super::running::Running;
use super::{Several, one, record, settled};
use crate::bug;
use crate::disk::{Disk, mode_of_new_file};
use crate::error::{Error, Kind, Problem, Result};
use crate::git::{Asking, ObjectId, RefChange, RefUpdates, Repository, Signature, TreeChange};
use crate::interrupt::Interrupt;
use crate::plan::Undo;
use crate::ui::Ui;

/// Takes a release back.
///
/// # Errors
/// `Refused` when a release is running, `RolledBack` when something failed and everything is as it was,
/// `RecoveryNeeded` when it could not be put back.
pub fn take_back(
    repository: &Repository,
    undo: &Undo,
    committer: &Signature,
    disk: &Disk,
    ui: &Ui,
    interrupt: &Interrupt,
) -> Result<()> {
    let mut journal = Journal::new(
        Operation::Undo,
        undo.version.to_string(),
        Owner::this(),
        repository.work_dir(),
        undo.reference.clone(),
        undo.commit.clone(),
        committer,
    );
    journal.push = String::new();
    let running = Running::begin(repository, disk, journal)?;
    let outcome = bug::contained(|| {
        attempt(&running, undo, committer, interrupt)
            .map_err(|problems| Error::new(Kind::RolledBack, problems))
    });
    let _parent: ObjectId = settled(outcome, &running, ui, interrupt)?;
    if let Some(left) = running.finish() {
        ui.warning(&left.message);
    }
    Ok(())
}

fn attempt(
    running: &Running,
    undo: &Undo,
    committer: &Signature,
    interrupt: &Interrupt,
) -> Several<ObjectId> {
    let repository = running.repository;
    interrupt.check().map_err(one)?;
    let changes: Vec<TreeChange> = undo.files.iter().map(|returned| returned.change.clone()).collect();
    let wanted = recorded(running, undo, &changes)?;
    files::write(running, &wanted, &|| interrupt.check()).map_err(one)?;
    let locks = running.locks().stopped_by(|| interrupt.came());
    let index = repository.prepare_index(&changes, &locks).map_err(one)?;
    interrupt.check().map_err(one)?;
    let message = format!("undo: release {} taken back", undo.version);
    let gone = undo.tags.iter().map(|tag| RefChange {
        name: format!("refs/tags/{}", tag.name),
        before: Some(tag.object.clone()),
        after: None,
        message: message.clone(),
    });
    let moved = RefChange {
        name: undo.reference.clone(),
        before: Some(undo.commit.clone()),
        after: Some(undo.parent.clone()),
        message: message.clone(),
    };
    let changes = gone.chain([moved]).collect();
    let updates = RefUpdates { reference: undo.reference.clone(), changes, committer: committer.clone() };
    record::publishing(running, &updates).map_err(one)?;
    match undo.hook_seconds {
        Some(seconds) => {
            record::by_git(running, &updates).map_err(one)?;
            let (limit, stop) = (Duration::from_secs(seconds), || interrupt.came());
            let asking = Asking { author: None, limit, stop: &stop };
            repository
                .lock_refs_with_hook(&updates, &locks, &asking)
                .map_err(one)?
                .publish(repository, running.disk)
                .map_err(one)?;
        }
        None => repository.lock_refs(&updates, &locks).map_err(one)?.publish().map_err(one)?,
    }
    index.publish().map_err(one)?;
    // As git: a folder goes with the last file in it. One that stays is only untidy.
    let gone: Vec<String> =
        wanted.iter().filter(|file| file.bytes.is_none()).map(|file| file.path.clone()).collect();
    let _left = repository.remove_new_folders(running.disk, &undo.parent, &gone);
    for change in updates.changes.iter().filter(|change| change.after.is_none()) {
        // The log of a tag goes with it, as in git; one that stays behind is only untidy.
        let _left = repository.remove_reflog(running.disk, &change.name);
    }
    Ok(undo.parent.clone())
}

/// Puts the journal on the disk. Returns what is to be written: what git checks out of the parent, line ends included.
fn recorded(running: &Running, undo: &Undo, changes: &[TreeChange]) -> Several<Vec<Wanted>> {
    let repository = running.repository;
    let returning: Vec<String> =
        changes.iter().filter(|change| change.file.is_some()).map(|change| change.path.clone()).collect();
    let folder = running.places.running.join("parent");
    running
        .disk
        .create_private_folder(&folder)
        .map_err(|error| one(files::cannot("written", "parent", &error)))?;
    repository.check_out_to(running.disk, &undo.parent, &returning, &folder).map_err(one)?;
    let mut kept = Kept::default();
    let mut records = Vec::with_capacity(changes.len());
    let mut wanted = Vec::with_capacity(changes.len());
    for change in changes {
        let path = &change.path;
        let now = on_disk(repository, path).map_err(one)?;
        let (bytes, mode) = match &change.file {
            None => (None, 0),
            Some((id, executable)) => {
                let bytes = files::read(&folder.join(path), path).map_err(one)?;
                let blob = repository.blob_bytes(id).map_err(one)?;
                let bytes = repository.as_checked_out(path, &blob, bytes).map_err(one)?;
                // The permissions of a file that stays are a person's choice, as far as the commits agree about them.
                let same = repository.is_executable_at(&undo.commit, path) == Some(*executable)
                    || !repository.trusts_modes();
                let mode = now.as_ref().map(|(_, is)| *is).filter(|_| same);
                (Some(bytes), mode.unwrap_or_else(|| mode_of_new_file(*executable)))
            }
        };
        let after = match &bytes {
            Some(bytes) => After::Bytes(repository.blob_id(bytes).map_err(one)?),
            None => After::Nothing,
        };
        let before = match &now {
            Some((bytes, mode)) => {
                let committed = repository.file_at(&undo.commit, path);
                kept.remember(repository, bytes, *mode, committed.as_ref())
            }
            None => super::journal::Before::Nothing,
        };
        records.push(FileRecord { path: path.clone(), before, after });
        wanted.push(Wanted { path: path.clone(), bytes, mode });
        if repository.is_below_link(Path::new(path)) {
            return Err(one(Problem::circumstance(format!("`{path}` lies below a symbolic link"))));
        }
    }
    let replaced = records.len();
    record::begin(running, &kept.0, false, false, records, replaced).map_err(one)?;
    Ok(wanted)
}
