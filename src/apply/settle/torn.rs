//! What only a loss of power leaves, made good before the way out is looked for: locks and references of this release
//! that hold nothing or half of what they were to hold, and locks of its own that have another device number since.

use std::time::Duration;

use crate::apply::files::cannot;
use crate::apply::journal::{Journal, Operation, Phase};
use crate::apply::running::Running;
use crate::disk::Identity;
use crate::error::Problem;
use crate::git::{ObjectId, TornLock};
use crate::leash;

/// A git process that lives fills its lock within milliseconds.
const PAUSE: Duration = Duration::from_secs(1);

/// Makes good what is torn, as far as the journal of a dead release says that it is that release's.
///
/// # Errors
/// It is that release's, and cannot be put right.
pub(in crate::apply) fn after_a_cut(running: &Running) -> Result<(), Problem> {
    renumbered(running);
    let journal = running.journal.borrow().clone();
    if journal.phase < Phase::Publish {
        return Ok(());
    }
    locks(running, &journal)?;
    references(running, &journal)
}

/// A disk may have another number after a start of the machine. A lock whose file still has its first name in the folder
/// of the release is the release's own all the same.
fn renumbered(running: &Running) {
    let mut journal = running.journal.borrow_mut();
    let names = 0..journal.locks.len();
    let own: Vec<Identity> = names
        .filter_map(|number| {
            Identity::at(&running.places.running.join(format!("lock-{number}"))).ok().flatten()
        })
        .collect();
    for record in &mut journal.locks {
        let now = Identity::at(&record.path).ok().flatten();
        if let Some(now) = now.filter(|now| now.inode == record.identity.inode && own.contains(now)) {
            record.identity = now;
        }
    }
}

fn locks(running: &Running, journal: &Journal) -> Result<(), Problem> {
    let Some(before) = &journal.by_git else { return Ok(()) };
    let tags = journal.tags.iter().map(|tag| (format!("refs/tags/{}", tag.name), tag.after.clone()));
    let changes: Vec<(String, Option<ObjectId>)> =
        tags.chain([(journal.reference.clone(), journal.to.clone())]).collect();
    let look = || running.repository.torn_locks(&journal.reference, &changes, before);
    let first = look();
    if first.is_empty() {
        return Ok(());
    }
    std::thread::sleep(PAUSE);
    let stays = |lock: &TornLock| first.contains(lock) && leash::holders(&lock.path).is_empty();
    for lock in look().iter().filter(|lock| stays(lock)) {
        let shown = lock.path.display().to_string();
        let removed = running.repository.remove_torn_lock(running.disk, lock);
        removed.map_err(|error| cannot("removed", &shown, &error))?;
    }
    Ok(())
}

/// A torn tag is none, and is made again if the release is completed. A torn branch was before its tags (a release), or
/// after them (an undo).
fn references(running: &Running, journal: &Journal) -> Result<(), Problem> {
    let Some(to) = &journal.to else { return Ok(()) };
    let repository = running.repository;
    let mend = |name: &str, id: Option<&ObjectId>| {
        let mended = repository.mend_torn(running.disk, name, id, &running.places.running);
        mended.map_err(|error| cannot("put right", name, &error))
    };
    for tag in &journal.tags {
        let name = format!("refs/tags/{}", tag.name);
        let ids: Vec<&ObjectId> = tag.before.iter().chain(&tag.after).collect();
        if repository.is_torn(&name, &ids) {
            mend(&name, None)?;
        }
    }
    if repository.is_torn(&journal.reference, &[&journal.from, to]) {
        let mut moved = false;
        for tag in &journal.tags {
            let there = repository.tag_object(&tag.name)?;
            moved |= match journal.operation {
                Operation::Release => there.is_some() && there == tag.after,
                Operation::Undo => there.is_none(),
            };
        }
        mend(&journal.reference, Some(if moved { to } else { &journal.from }))?;
    }
    Ok(())
}
