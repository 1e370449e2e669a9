//! The two ways out of something that has begun: back to how everything was before, or forward to the whole of it. A
//! release that fails takes them itself, a recovery takes them for one that was killed, by the same code, and each of
//! them can be interrupted and taken again.

mod files;
mod index;
mod references;
mod torn;

use std::path::PathBuf;

use super::files::{cannot, clear_beside};
use super::journal::{After, Operation, Phase};
use super::running::Running;
use crate::error::Problem;
use files::{files_back, message_back, name_others};
use index::{index_anew, index_back, index_forward};
pub(super) use references::still_locked;
use references::{logs_back, remove_locks, settle_references};
pub(super) use torn::after_a_cut;

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
    // First of all: what follows may need the space.
    left.or_failed(running.free_reserve());
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
    left.or_failed(running.free_reserve());
    let index = index_forward(running, &journal);
    remove_locks(running, &journal, &mut left);
    left.or_all_failed(clear_beside(running));
    settle_references(running, &journal, Way::Forward, &mut left);
    // The references say that it is done; an index that cannot be written is no reason to call it anything else.
    if !matches!(index, Ok(true)) {
        index_anew(running, &journal, &mut left);
    }
    if let (Operation::Undo, Some(to)) = (journal.operation, &journal.to) {
        let gone = journal.files.iter().filter(|record| record.after == After::Nothing);
        let gone: Vec<String> = gone.map(|record| record.path.clone()).collect();
        left.or_failed(running.repository.remove_new_folders(running.disk, to, &gone));
    }
    for tag in journal.tags.iter().filter(|tag| tag.after.is_none()) {
        let removed = running.repository.remove_reflog(running.disk, &format!("refs/tags/{}", tag.name));
        left.or_failed(removed.map_err(|error| cannot("removed", &tag.name, &error)));
    }
    left
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
