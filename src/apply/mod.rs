//! Carries out a plan, all or nothing: write the files, run the steps, check what they promised, make the objects,
//! publish. Everything is in the journal before it happens; until the reference moves, every failure puts back what
//! was written, and afterwards everything is completed. This room sees only the plan and git, so it cannot compute
//! anything differently from what was shown.

mod files;
mod hooks;
mod journal;
mod message;
mod moments;
mod outside;
mod owner;
mod push;
mod put_back;
mod record;
mod recover;
mod running;
mod saved;
mod settle;
mod steps;
mod undo;

use std::path::PathBuf;
use std::time::Duration;

use crate::bug;
use crate::disk::Disk;
use crate::error::{Error, Kind, Problem, Result};
use crate::git::{
    Asking, Locks, ObjectId, PreparedIndex, RefChange, RefUpdates, Repository, Sign, Signature, TreeChange,
};
use crate::interrupt::{Interrupt, PUT_BACK, in_one_sentence};
use crate::plan::Plan;
use crate::ui::Ui;
use hooks::{Agreed, Hooks};
use running::Running;
use settle::{Way, Writer, back, forward, nothing_done, still_locked, way};

pub use outside::{Findings, Ran, after_gate, after_release, before_gate, not_after_release};
pub use push::push;
pub use recover::{Recovered, interrupted, is_running, recover};
pub use undo::take_back;

/// What a release made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Released {
    /// The release commit.
    pub commit: ObjectId,
}

/// Objects that are written and files that are in place; no reference has moved yet.
#[must_use = "a prepared release must be published or put back"]
struct Prepared<'a> {
    updates: RefUpdates,
    commit: ObjectId,
    changes: Vec<TreeChange>,
    /// The index is prepared already where hooks have seen it.
    index: Option<PreparedIndex<'a>>,
}

/// What the parts of a release work with.
#[derive(Clone, Copy)]
struct Work<'a> {
    running: &'a Running<'a>,
    locks: &'a Locks<'a>,
    hooks: &'a Hooks<'a>,
    committer: &'a Signature,
}

type Several<T> = std::result::Result<T, Vec<Problem>>;

fn one(problem: Problem) -> Vec<Problem> {
    vec![problem]
}

/// Carries out the plan.
///
/// # Errors
/// `Refused` when another release is running, `RolledBack` when something failed and everything was put back,
/// `RecoveryNeeded` when putting back would have overwritten what somebody else changed meanwhile, or failed itself.
pub fn apply(
    repository: &Repository,
    plan: &Plan,
    disk: &Disk,
    ui: &Ui,
    interrupt: &Interrupt,
) -> Result<Released> {
    let (Some(author), Some(committer)) = (&plan.commit.author, &plan.commit.committer) else {
        return Err(Error::refused(Problem::circumstance("nobody is known who could commit")));
    };
    let running = Running::begin(repository, disk, record::of_release(repository, plan, committer))?;
    let leashes = running.leashes();
    let hooks = Hooks { repository, plan, author, ui, interrupt, leashes: &leashes };
    let outcome = bug::contained(|| {
        let locks = running.locks().stopped_by(|| interrupt.came());
        let work = Work { running: &running, locks: &locks, hooks: &hooks, committer };
        let commit = prepare(work).and_then(|prepared| publish(work, prepared));
        commit.map_err(|problems| Error::new(Kind::RolledBack, problems))
    });
    let commit = settled(outcome, &running, ui, interrupt)?;
    if let Some(left) = running.finish() {
        ui.warning(&left.message);
    }
    hooks.after_commit();
    Ok(Released { commit })
}

/// Takes the way out that is left after a failure: back, or forward from the point of no return on.
fn settled<T>(outcome: Result<T>, running: &Running, ui: &Ui, interrupt: &Interrupt) -> Result<T>
where
    T: From<ObjectId>,
{
    let mut error = match outcome {
        Ok(done) => return Ok(done),
        Err(error) => error,
    };
    let to = running.journal.borrow().to.clone();
    // Somebody else's commit on the branch does not keep the files of this release from being put back.
    let moved = matches!(way(running), Ok(Some(Way::Forward)));
    let left = if moved { forward(running) } else { back(running, Writer::Alive) };
    let again = !left.failed.is_empty();
    let problems: Vec<Problem> = left.foreign.into_iter().chain(left.failed).collect();
    let whole = problems.is_empty();
    if let (true, true, Some(to)) = (moved, whole, to) {
        let what = running.journal.borrow().what();
        for problem in &error.problems {
            ui.warning(&format!("{}\nthe {what} was completed all the same", problem.message));
        }
        for note in &left.notes {
            ui.warning(note);
        }
        return Ok(to.into());
    }
    if whole && error.kind == Kind::RolledBack && interrupt.came() {
        error.problems = in_one_sentence(PUT_BACK, error.problems);
    }
    error.problems.extend(problems);
    let named = |lock: &PathBuf| {
        let shown = lock.display().to_string();
        error.problems.iter().any(|problem| problem.message.contains(&shown))
    };
    let unnamed: Vec<String> =
        left.locked.iter().filter(|lock| !named(lock)).map(|lock| still_locked(lock)).collect();
    if let Some(last) = error.problems.last_mut() {
        last.hints.extend(left.notes);
        last.hints.extend(unnamed);
        if whole {
            last.hints.push(nothing_done(running.journal.borrow().operation).into());
        } else if again {
            last.hints.push("once the reason is gone, run `trueppm-release`: it goes on from here".into());
        }
    }
    if !whole && error.kind != Kind::Bug {
        error.kind = Kind::RecoveryNeeded;
    }
    if !again {
        running.forget();
    }
    Err(error)
}

fn prepare(work: Work) -> Several<Prepared> {
    let Work { running, hooks, .. } = work;
    let Hooks { repository, plan, ui, interrupt, .. } = *hooks;
    let wanted = record::files(running, plan)?;
    files::write(running, &wanted, &|| interrupt.check()).map_err(one)?;
    repository.gather_objects().map_err(one)?;
    let outputs = moments::run(running, plan, ui, interrupt)?;
    interrupt.check().map_err(one)?;
    let changes = changes(repository, plan, outputs).map_err(one)?;
    let tree = repository.write_tree(&plan.base, &changes).map_err(one)?;
    let agreed = hooks.before_commit(tree, &changes, work)?;
    interrupt.check().map_err(one)?;
    objects(work, changes, agreed).map_err(one)
}

/// Tracked files that changed in the work tree although they do not belong to the release.
fn strangers(repository: &Repository, plan: &Plan) -> Several<Vec<String>> {
    let changed = repository.status().map_err(one)?.changed;
    let paths = changed.into_iter().map(|change| change.path);
    Ok(paths.filter(|path| !plan.may_change(path)).collect())
}

fn changes(
    repository: &Repository,
    plan: &Plan,
    outputs: Vec<TreeChange>,
) -> std::result::Result<Vec<TreeChange>, Problem> {
    let mut changes = Vec::with_capacity(plan.files.len() + outputs.len());
    for change in &plan.files {
        let file = match &change.after {
            Some(after) => Some((repository.write_blob(after.as_bytes())?, change.executable)),
            None => None,
        };
        changes.push(TreeChange { path: change.path.clone(), file });
    }
    changes.extend(outputs);
    Ok(changes)
}

/// The commit and its tags, signed where git is configured to sign, on the disk but not visible.
fn objects<'a>(
    work: Work<'a>,
    changes: Vec<TreeChange>,
    agreed: Agreed<'a>,
) -> std::result::Result<Prepared<'a>, Problem> {
    let Work { hooks, committer, running, .. } = work;
    let Hooks { repository, plan, author, interrupt, .. } = *hooks;
    let Agreed { tree, message, index } = agreed;
    let duties = &plan.duties;
    let signs = duties.sign_commit || duties.sign_tags;
    let signer = if signs { Some(repository.signer(committer)?) } else { None };
    let stop = || interrupt.came();
    let sign = |wanted: bool, payload: &[u8]| {
        signer.as_ref().filter(|_| wanted).map(|signer| signer.sign(payload, &stop)).transpose()
    };
    let (sign_commit, sign_tag): (Sign, Sign) =
        (&|payload| sign(duties.sign_commit, payload), &|payload| sign(duties.sign_tags, payload));
    let commit = repository.write_commit(&tree, &plan.base, author, committer, &message, sign_commit)?;
    let subject = message.lines().next().unwrap_or_default();
    let mut changed = vec![RefChange {
        name: running.journal.borrow().reference.clone(),
        before: Some(plan.base.clone()),
        after: Some(commit.clone()),
        message: format!("commit: {subject}"),
    }];
    for tag in &plan.tags {
        let object = repository.write_tag(&tag.name, &commit, committer, &tag.message, sign_tag)?;
        changed.push(RefChange {
            name: format!("refs/tags/{}", tag.name),
            before: None,
            after: Some(object),
            message: String::new(),
        });
    }
    let roots: Vec<ObjectId> = changed.iter().filter_map(|change| change.after.clone()).collect();
    repository.write_gathered(&roots, running.disk)?;
    // How short the id of the commit may be is only known now that it is on the disk among all others.
    let tagged = repository.tag_log_message(&commit, subject, committer);
    for change in changed.iter_mut().filter(|change| change.message.is_empty()) {
        change.message.clone_from(&tagged);
    }
    let reference = running.journal.borrow().reference.clone();
    let updates = RefUpdates { reference, changes: changed, committer: committer.clone() };
    Ok(Prepared { updates, commit, changes, index })
}

/// Makes the release visible: everything is locked and checked first, then the reference moves, then the tags, then
/// the index.
fn publish(work: Work, prepared: Prepared) -> Several<ObjectId> {
    let Work { running, locks, hooks, .. } = work;
    let Hooks { repository, plan, author, interrupt, .. } = *hooks;
    let Prepared { updates, commit, changes, index } = prepared;
    let index = match index {
        Some(index) => index,
        None => repository.prepare_index(&changes, locks).map_err(one)?,
    };
    record::publishing(running, &updates).map_err(one)?;
    let stop = || interrupt.came();
    interrupt.check().map_err(one)?;
    if plan.duties.runs("reference-transaction") {
        record::by_git(running, &updates).map_err(one)?;
        let limit = Duration::from_secs(plan.duties.hook_seconds);
        let asking = Asking { author: Some(author), limit, stop: &stop };
        repository
            .lock_refs_with_hook(&updates, locks, &asking)
            .map_err(one)?
            .publish(repository, running.disk)
            .map_err(one)?;
    } else {
        repository.lock_refs(&updates, locks).map_err(one)?.publish().map_err(one)?;
    }
    index.publish().map_err(one)?;
    Ok(commit)
}
