//! The two ways out of something that has begun: back to how everything was before, or forward to the whole of it. A
//! release that fails takes them itself, a recovery takes them for one that was killed, by the same code, and each of
//! them can be interrupted and taken again.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::files::{State, cannot, changed_by_others, clear_beside, put_back, state, sync_folders_of};
use super::journal::{After, Before, FileRecord, Journal, Operation, Phase};
use super::running::Running;
use super::saved;
use crate::disk::read_plain;
use crate::error::Problem;
use crate::git::{ObjectId, RefChange, RefUpdates, Signature, TreeChange};
use crate::glob::{Glob, fixed_folder};
use crate::words::{on_one_line, shell_word};

/// What is left of a way back or forward.
#[derive(Debug, Default)]
pub(super) struct Left {
    /// What somebody else changed, and so was left as it is: a person decides.
    pub(super) foreign: Vec<Problem>,
    /// What could not be done; the next start tries again.
    pub(super) failed: Vec<Problem>,
    /// What is worth knowing.
    pub(super) notes: Vec<String>,
    /// Locks on the release's references that are still there and may be anybody's.
    pub(super) locked: Vec<PathBuf>,
}

impl Left {
    fn or_failed(&mut self, outcome: Result<(), Problem>) {
        self.failed.extend(outcome.err());
    }

    fn or_all_failed(&mut self, outcome: Result<(), Vec<Problem>>) {
        self.failed.extend(outcome.err().into_iter().flatten());
    }
}

/// The two ways out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// As it was before.
    Back,
    /// The whole of it.
    Forward,
}

/// Whether the release that writes it still runs and takes its own way, or was killed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Writer {
    /// This program, now: nobody had time to work on in between.
    Alive,
    /// Another one, earlier: what does not look like the release's may be a person's.
    Dead,
}

/// Puts everything back as it was.
pub(super) fn back(running: &Running, writer: Writer) -> Left {
    let mut left = Left::default();
    let journal = running.journal.borrow().clone();
    remove_locks(running, &journal, &mut left);
    left.or_all_failed(clear_beside(running));
    settle_references(running, &journal, Way::Back, &mut left);
    files_back(running, &journal, writer, &mut left);
    if writer == Writer::Dead && journal.phase >= Phase::Steps {
        name_others(running, &journal, &mut left);
    }
    if let Some(before) = &journal.message {
        left.or_failed(message_back(running, before.as_deref()));
    }
    index_back(running, &journal, writer, &mut left);
    if let Some(to) = &journal.to {
        logs_back(running, &journal, to, &mut left);
    }
    left
}

/// Completes what has passed the point of no return.
pub(super) fn forward(running: &Running) -> Left {
    let mut left = Left::default();
    let journal = running.journal.borrow().clone();
    let index = index_forward(running, &journal);
    remove_locks(running, &journal, &mut left);
    left.or_all_failed(clear_beside(running));
    settle_references(running, &journal, Way::Forward, &mut left);
    match index {
        Ok(true) => {}
        Ok(false) => index_anew(running, &journal, &mut left),
        Err(problem) => left.failed.push(problem),
    }
    for tag in journal.tags.iter().filter(|tag| tag.after.is_none()) {
        let removed = running.repository.remove_reflog(running.disk, &format!("refs/tags/{}", tag.name));
        left.or_failed(removed.map_err(|error| cannot("removed", &tag.name, &error)));
    }
    left
}

fn remove_locks(running: &Running, journal: &Journal, left: &mut Left) {
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
pub(super) fn still_locked(path: &Path) -> String {
    let shown = path.display();
    format!(
        "`{shown}` is there, of a git process that ended early or still runs: if none is running, remove it"
    )
}

/// Brings the references from one state to the other: those that hold neither are somebody else's.
fn settle_references(running: &Running, journal: &Journal, way: Way, left: &mut Left) {
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

fn files_back(running: &Running, journal: &Journal, writer: Writer, left: &mut Left) {
    let mut to_restore: Vec<&FileRecord> = Vec::new();
    let mut to_save: Vec<String> = Vec::new();
    let matching = match unnamed_outputs(running, journal) {
        Ok(matching) => matching,
        Err(problem) => {
            left.failed.push(problem);
            Vec::new()
        }
    };
    // Of a file that nobody has announced by name a copy is kept where a person may have made it since.
    if writer == Writer::Dead {
        to_save.extend(matching.iter().map(|record| record.path.clone()));
    }
    to_restore.extend(&matching);
    for record in &journal.files {
        match state(running, record) {
            Err(problem) => left.failed.push(problem),
            Ok(State::Before) => {}
            Ok(State::After) => to_restore.push(record),
            // A hook may have rewritten it before it was killed, or a person afterwards: a copy is kept.
            Ok(State::Other) if writer == Writer::Dead && journal.phase == Phase::Hooks => {
                to_save.push(record.path.clone());
                to_restore.push(record);
            }
            Ok(State::Other) => left.foreign.push(changed_by_others(&record.path)),
        }
    }
    if !to_save.is_empty() {
        let (folder, unsaved) = saved::keep(running.repository, running.disk, &to_save);
        to_restore.retain(|record| !unsaved.iter().any(|(path, _)| *path == record.path));
        left.failed.extend(unsaved.into_iter().map(|(_, problem)| problem));
        if let Some(folder) = folder {
            let list = to_save.join("`, `");
            left.notes.push(format!("what was found in `{list}` is kept in `{}`", folder.display()));
        }
    }
    if let Err(problems) = put_back(running, &to_restore) {
        left.failed.extend(problems);
    }
    let gone: Vec<String> = to_restore
        .iter()
        .filter(|record| record.before == Before::Nothing)
        .map(|record| record.path.clone())
        .collect();
    left.or_failed(running.repository.remove_new_folders(&journal.from, &gone));
}

/// What else is changed may be the work of a step or a hook that was killed, or of a person since: nobody can tell, so
/// it is named and left.
fn name_others(running: &Running, journal: &Journal, left: &mut Left) {
    match running.repository.status() {
        Err(problem) => left.failed.push(problem),
        Ok(status) => {
            let others = status.changed.into_iter().map(|change| change.path);
            let others = others.filter(|path| !journal.files.iter().any(|record| record.path == *path));
            left.notes.extend(others.map(|path| {
                let word = shell_word(&path);
                format!(
                    "`{}` is changed as well, by a step or a hook or since then, and is left as it is\n\
                     look at it: `git diff -- {word}`; as it was: `git checkout -- {word}`",
                    on_one_line(&path)
                )
            }));
        }
    }
}

/// What a step that did not come to its end has changed or made where one of its patterns matches.
fn unnamed_outputs(running: &Running, journal: &Journal) -> Result<Vec<FileRecord>, Problem> {
    if journal.phase < Phase::Steps || journal.patterns.is_empty() {
        return Ok(Vec::new());
    }
    let repository = running.repository;
    let globs: Vec<Glob> = journal.patterns.iter().filter_map(|pattern| Glob::new(pattern).ok()).collect();
    let changed = repository.status()?.changed.into_iter().map(|change| (change.path, Before::Checkout));
    let mut found: BTreeMap<String, Before> = changed.collect();
    for pattern in &journal.patterns {
        let new = repository.untracked_below(fixed_folder(pattern))?;
        found.extend(new.into_iter().map(|file| (file.path, Before::Nothing)));
    }
    found.retain(|path, _| {
        globs.iter().any(|glob| glob.matches(path))
            && !journal.files.iter().any(|record| record.path == *path)
    });
    let record = |(path, before)| FileRecord { path, before, after: After::Anything };
    Ok(found.into_iter().map(record).collect())
}

fn message_back(running: &Running, before: Option<&[u8]>) -> Result<(), Problem> {
    let path = running.repository.message_file();
    let failed = |error: std::io::Error| cannot("put back", "COMMIT_EDITMSG", &error);
    match before {
        None => running.disk.remove(&path).map_err(failed),
        Some(bytes) if read_plain(&path).ok().flatten().as_deref() == Some(bytes) => Ok(()),
        Some(bytes) => {
            let beside = running.places.running.join("message");
            running.disk.replace(&path, &beside, bytes, None).map_err(failed)
        }
    }
}

/// Puts the index back, unless somebody committed meanwhile, which it then belongs to, or staged something else.
fn index_back(running: &Running, journal: &Journal, writer: Writer, left: &mut Left) {
    if !journal.keeps_index || journal.phase < Phase::Steps {
        return;
    }
    let repository = running.repository;
    let restored = || -> Result<Option<String>, Problem> {
        let failed = |error: std::io::Error| cannot("read", "index", &error);
        let path = repository.index_path()?;
        let Some(before) = read_plain(&running.places.index).map_err(failed)? else { return Ok(None) };
        let now = read_plain(&path).map_err(failed)?;
        if now.as_ref() == Some(&before) || repository.head()?.commit.as_ref() != Some(&journal.from) {
            return Ok(None);
        }
        if writer == Writer::Dead && now.is_some() {
            let differences = repository.index_differences(&running.places.index, &path)?;
            let own = |path: &String| journal.files.iter().any(|record| record.path == *path);
            let others: Vec<String> = differences.into_iter().filter(|path| !own(path)).collect();
            if !others.is_empty() {
                let list: Vec<String> = others.iter().map(|path| on_one_line(path)).collect();
                return Ok(Some(format!(
                    "the index is left as it is, because more is staged than a release would stage: `{}`",
                    list.join("`, `")
                )));
            }
        }
        repository.restore_index(&before, &running.locks()).map(|()| None)
    };
    match restored() {
        Ok(note) => left.notes.extend(note),
        Err(problem) => left.failed.push(Problem {
            message: format!(
                "recovery needed: the index changed and cannot be put back: {}",
                problem.message
            ),
            ..problem
        }),
    }
}

fn logs_back(running: &Running, journal: &Journal, to: &ObjectId, left: &mut Left) {
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

/// Publishes the index that was prepared, if its lock is still there; whether it was.
fn index_forward(running: &Running, journal: &Journal) -> Result<bool, Problem> {
    running.repository.publish_locked_index(running.disk, &journal.locks)
}

/// Without the prepared index, the one that is there gets what the release changed.
fn index_anew(running: &Running, journal: &Journal, left: &mut Left) {
    let repository = running.repository;
    let Some(to) = &journal.to else { return };
    let done = || -> Result<(), Problem> {
        let returned = repository.way_back(&journal.from, to)?;
        let changes: Vec<TreeChange> = returned.into_iter().map(|returned| returned.change).collect();
        if repository.index_holds(&changes)? {
            return Ok(());
        }
        repository.prepare_index(&changes, &running.locks())?.publish()
    };
    if let Err(problem) = done() {
        left.notes.push(format!(
            "the index does not show it yet ({}): `git reset --quiet` brings it up to date, files stay as they are",
            problem.message
        ));
    }
}

/// The way out that what has begun must take: back until the first of its references has changed, forward from then on.
/// Nothing where the branch is at neither of its places any more.
pub(super) fn way(running: &Running) -> Result<Option<Way>, Problem> {
    let journal = running.journal.borrow();
    let now = running.repository.reference_target(&journal.reference)?;
    if journal.to.is_some() && now == journal.to {
        return Ok(Some(Way::Forward));
    }
    if now.as_ref() != Some(&journal.from) {
        return Ok(None);
    }
    // A release makes its tags after the branch has moved, an undo deletes them before.
    if journal.operation == Operation::Undo && journal.phase == Phase::Publish {
        for tag in &journal.tags {
            if running.repository.tag_object(&tag.name)?.is_none() {
                return Ok(Some(Way::Forward));
            }
        }
    }
    Ok(Some(Way::Back))
}

/// What a person is told of both ways.
pub(super) fn nothing_done(operation: Operation) -> &'static str {
    match operation {
        Operation::Release => "nothing was released, and every file is as it was before",
        Operation::Undo => "nothing was taken back, and every file is as it was before",
    }
}
