//! Carries out an undo, all or nothing: the files first, then every reference under its lock, then the index. Until
//! the references have moved, every failure puts the release's files back.

use crate::error::{Error, Kind, Problem, Result};
use crate::git::{RefReturn, RefUpdates, Repository, Signature, TreeChange};
use crate::interrupt::Interrupt;
use crate::plan::Undo;

/// Takes a release back.
///
/// # Errors
/// `RolledBack` when something failed and everything is as it was, `RecoveryNeeded` when it could not be put back.
pub fn take_back(
    repository: &Repository,
    undo: &Undo,
    committer: &Signature,
    interrupt: &Interrupt,
) -> Result<()> {
    let paths: Vec<String> = undo.files.iter().map(|returned| returned.change.path.clone()).collect();
    let changes: Vec<TreeChange> = undo.files.iter().map(|returned| returned.change.clone()).collect();
    let Err(mut problems) = attempt(repository, undo, committer, &paths, &changes, interrupt) else {
        return Ok(());
    };
    match repository.restore_paths(&undo.commit, &paths) {
        Ok(()) => {
            if let Some(last) = problems.last_mut() {
                last.hints.push("nothing was taken back, and every file is as it was before".into());
            }
            Err(Error::new(Kind::RolledBack, problems))
        }
        Err(left) => {
            problems.extend(left);
            Err(Error::new(Kind::RecoveryNeeded, problems))
        }
    }
}

fn attempt(
    repository: &Repository,
    undo: &Undo,
    committer: &Signature,
    paths: &[String],
    changes: &[TreeChange],
    interrupt: &Interrupt,
) -> std::result::Result<(), Vec<Problem>> {
    let one = |problem: Problem| vec![problem];
    interrupt.check().map_err(one)?;
    repository.restore_paths(&undo.parent, paths)?;
    let index = repository.prepare_index(changes).map_err(one)?;
    interrupt.check().map_err(one)?;
    let tags: Vec<_> = undo.tags.iter().map(|tag| (tag.name.clone(), tag.object.clone())).collect();
    let back = RefReturn {
        reference: undo.reference.clone(),
        from: undo.commit.clone(),
        to: undo.parent.clone(),
        message: format!("undo: release {} taken back", undo.version),
        committer: committer.clone(),
        tags,
    };
    repository.take_refs_back(&back)?;
    index.publish().map_err(|problem| {
        let mut problems = one(problem);
        problems.extend(release_again(repository, back).err());
        problems
    })
}

/// The way back of the way back: the references hold the release again.
fn release_again(repository: &Repository, back: RefReturn) -> std::result::Result<(), Problem> {
    let updates = RefUpdates {
        reference: back.reference,
        old: back.to,
        new: back.from,
        message: "undo: given up".into(),
        committer: back.committer,
        tags: back.tags,
    };
    repository.lock_refs(&updates)?.publish().map_err(|failure| failure.problem)
}
