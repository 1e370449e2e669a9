//! The references of a release on both ways out, with what lies beside them: the locks that a dead process left, and
//! the entries of their logs.

use std::path::{Path, PathBuf};

use super::{Left, Way};
use crate::apply::files::{cannot, sync_folders_of};
use crate::apply::journal::{Journal, Operation, Phase};
use crate::apply::running::Running;
use crate::error::Problem;
use crate::git::{ObjectId, RefChange, RefUpdates, Signature};
use crate::words::{on_one_line, shell_word};

pub(super) fn remove_locks(running: &Running, journal: &Journal, left: &mut Left) {
    let there: Vec<PathBuf> = journal.locks.iter().map(|record| record.path.clone()).collect();
    let there: Vec<PathBuf> = there.into_iter().filter(|path| path.symlink_metadata().is_ok()).collect();
    for record in &journal.locks {
        let hooked = journal.phase == Phase::Hooks && record.path.ends_with("index.lock");
        let removed = if hooked {
            running.repository.remove_hooked_index_lock(running.disk, record)
        } else {
            running.repository.remove_lock(running.disk, record)
        };
        let shown = record.path.display().to_string();
        left.or_failed(removed.map_err(|error| cannot("removed", &shown, &error)));
    }
    let wanted =
        journal.tags.iter().filter_map(|tag| Some((format!("refs/tags/{}", tag.name), tag.after.clone()?)));
    let branch = journal.to.clone().map(|to| (journal.reference.clone(), to));
    for (name, id) in branch.into_iter().chain(wanted) {
        running.repository.remove_lock_of_dead_git(running.disk, &name, &id);
    }
    left.or_failed(sync_folders_of(running.disk, &there));
    let tags = journal.tags.iter().map(|tag| format!("refs/tags/{}", tag.name));
    let names: Vec<String> = ["HEAD".to_owned(), journal.reference.clone()].into_iter().chain(tags).collect();
    left.locked = running.repository.locked(&names);
}

/// What is said of a lock that stays behind, where nothing else names it.
pub(in crate::apply) fn still_locked(path: &Path) -> String {
    let shown = path.display();
    format!(
        "`{shown}` is there, of a git process that ended early or still runs: if none is running, remove it"
    )
}

/// Brings the references from one state to the other: those that hold neither are somebody else's.
pub(super) fn settle_references(running: &Running, journal: &Journal, way: Way, left: &mut Left) {
    let mut changes = Vec::new();
    for tag in &journal.tags {
        let (from, to) = match way {
            Way::Back => (&tag.after, &tag.before),
            Way::Forward => (&tag.before, &tag.after),
        };
        match running.repository.tag_object(&tag.name) {
            Err(problem) => left.failed.push(problem),
            Ok(now) if now == *to => {}
            Ok(now) if now == *from => changes.push(RefChange {
                name: format!("refs/tags/{}", tag.name),
                before: from.clone(),
                after: to.clone(),
                message: "completed after an interruption".into(),
            }),
            // Somebody else has made a tag of that name; ours was never there.
            Ok(_) if to.is_none() => {}
            Ok(now) => left.foreign.push(another_tag(journal, &tag.name, now.as_ref(), to.as_ref())),
        }
    }
    // An undo that has deleted a tag goes on to move the branch.
    if way == Way::Forward && journal.operation == Operation::Undo {
        match running.repository.reference_target(&journal.reference) {
            Ok(Some(now)) if now == journal.from => {
                // Entered again with the change itself.
                if let Some(to) = &journal.to {
                    logs_back(running, journal, to, left);
                }
                changes.push(RefChange {
                    name: journal.reference.clone(),
                    before: Some(now),
                    after: journal.to.clone(),
                    message: format!("undo: release {} taken back", journal.version),
                });
            }
            Ok(_) => {}
            Err(problem) => left.failed.push(problem),
        }
    }
    if changes.is_empty() {
        return;
    }
    let (name, email, seconds, offset_minutes) = journal.committer.clone();
    let committer = Signature { name, email, seconds, offset_minutes };
    let moved = running.repository.head().and_then(|head| {
        let updates = RefUpdates { reference: head.reference, changes, committer };
        running.repository.lock_refs(&updates, &running.locks())?.publish()
    });
    left.or_failed(moved);
}

fn another_tag(journal: &Journal, name: &str, now: Option<&ObjectId>, own: Option<&ObjectId>) -> Problem {
    Problem::circumstance(format!(
        "recovery needed: tag `{}` is {}, which is not the {}'s",
        on_one_line(name),
        now.map_or("gone", ObjectId::short),
        journal.what()
    ))
    .hint(format!(
        "the release's own: `git update-ref {} {}`",
        shell_word(&format!("refs/tags/{name}")),
        own.map_or("", ObjectId::as_str)
    ))
}

pub(super) fn logs_back(running: &Running, journal: &Journal, to: &ObjectId, left: &mut Left) {
    let (repository, disk) = (running.repository, running.disk);
    let length = |name: &str| {
        let logged = journal.logged.iter().find(|(logged, _)| logged == name);
        logged.map(|(_, length)| *length)
    };
    match repository.head() {
        Ok(head) if head.reference == journal.reference && head.commit.as_ref() == Some(&journal.from) => {}
        // Somebody's own commit is on top of our entries, or HEAD is elsewhere.
        Ok(_) => return,
        Err(problem) => return left.failed.push(problem),
    }
    let mut names = vec!["HEAD"];
    if journal.reference != "HEAD" {
        names.push(&journal.reference);
    }
    for name in names {
        let from = Some(&journal.from);
        left.or_failed(repository.withdraw_reflog(disk, name, from, to, length(name)));
    }
    for tag in &journal.tags {
        if let (None, Some(after)) = (&tag.before, &tag.after) {
            let name = format!("refs/tags/{}", tag.name);
            left.or_failed(repository.withdraw_reflog(disk, &name, None, after, length(&name)));
        }
    }
}
