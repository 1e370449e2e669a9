//! Carries out a plan, all or nothing: write the files, run the steps, check what they promised, make the objects,
//! publish. Until the references move, every failure puts back what was written; this room sees only the plan and
//! git, so it cannot compute anything differently from what was shown.

mod hooks;
mod message;
mod moments;
mod outside;
mod push;
mod steps;
mod undo;
mod work_tree;

use std::time::Duration;

use crate::error::{Error, Kind, Problem, Result};
use crate::git::{ObjectId, PreparedIndex, RefUpdates, Repository, Sign, Signature, TreeChange};
use crate::interrupt::Interrupt;
use crate::plan::{Plan, PublishedRef};
use crate::ui::Ui;
use hooks::{Agreed, Hooks};
use message::MessageFile;
use work_tree::WorkTree;

pub use outside::{Findings, after_release, before_gate, not_after_release};
pub use push::push;
pub use undo::take_back;

/// What a release made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Released {
    /// The release commit.
    pub commit: ObjectId,
}

/// Objects that are written and files that are in place; no reference has moved yet.
#[must_use = "a prepared release must be published or put back"]
struct Prepared {
    updates: RefUpdates,
    changes: Vec<TreeChange>,
    /// The index is prepared already where hooks have seen it.
    index: Option<(PreparedIndex, MessageFile)>,
}

/// Carries out the plan.
///
/// # Errors
/// `RolledBack` when something failed and everything was put back, `RecoveryNeeded` when putting back would have
/// overwritten what somebody else changed meanwhile.
pub fn apply(repository: &Repository, plan: &Plan, ui: &Ui, interrupt: &Interrupt) -> Result<Released> {
    let mut work_tree = WorkTree::new(repository);
    let (Some(author), Some(committer)) = (&plan.commit.author, &plan.commit.committer) else {
        return Err(Error::refused(Problem::circumstance("nobody is known who could commit")));
    };
    let hooks = Hooks { repository, plan, author, ui, interrupt };
    let outcome = prepare(&hooks, committer, &mut work_tree).and_then(|prepared| publish(&hooks, prepared));
    match outcome {
        Ok(released) => {
            hooks.after_commit();
            Ok(released)
        }
        Err(mut problems) => match work_tree.put_back(plan) {
            Ok(()) => {
                if let Some(last) = problems.last_mut() {
                    last.hints.push("nothing was released, and every file is as it was before".into());
                }
                Err(Error::new(Kind::RolledBack, problems))
            }
            Err(left) => {
                problems.extend(left);
                Err(Error::new(Kind::RecoveryNeeded, problems))
            }
        },
    }
}

fn prepare(
    hooks: &Hooks,
    committer: &Signature,
    work_tree: &mut WorkTree,
) -> std::result::Result<Prepared, Vec<Problem>> {
    let Hooks { repository, plan, ui, interrupt, .. } = *hooks;
    let one = |problem: Problem| vec![problem];
    for change in &plan.files {
        interrupt.check().map_err(one)?;
        work_tree.write(change).map_err(one)?;
    }
    let outputs = moments::run(repository, plan, ui, interrupt, work_tree)?;
    interrupt.check().map_err(one)?;
    let changes = changes(repository, plan, outputs).map_err(one)?;
    let tree = repository.write_tree(&plan.base, &changes).map_err(one)?;
    let agreed = hooks.before_commit(tree, &changes, work_tree)?;
    interrupt.check().map_err(one)?;
    objects(hooks, committer, changes, agreed).map_err(one)
}

/// Tracked files that changed in the work tree although they do not belong to the release.
fn strangers(repository: &Repository, plan: &Plan) -> std::result::Result<Vec<String>, Vec<Problem>> {
    let changed = repository.status().map_err(|problem| vec![problem])?.changed;
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

/// The commit and its tags, signed where git is configured to sign.
fn objects(
    hooks: &Hooks,
    committer: &Signature,
    changes: Vec<TreeChange>,
    agreed: Agreed,
) -> std::result::Result<Prepared, Problem> {
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
    let mut tags = Vec::with_capacity(plan.tags.len());
    for tag in &plan.tags {
        let id = repository.write_tag(&tag.name, &commit, committer, &tag.message, sign_tag)?;
        tags.push((tag.name.clone(), id));
    }
    interrupt.check()?;
    let subject = message.lines().next().unwrap_or_default();
    let updates = RefUpdates {
        reference: match &plan.published {
            PublishedRef::Branch(name) => format!("refs/heads/{name}"),
            PublishedRef::DetachedFor(_) => "HEAD".into(),
        },
        old: plan.base.clone(),
        new: commit,
        message: format!("commit: {subject}"),
        committer: committer.clone(),
        tags,
    };
    Ok(Prepared { updates, changes, index })
}

/// Makes the release visible: everything is locked and checked first, then the reference moves, then the tags, then
/// the index.
fn publish(hooks: &Hooks, prepared: Prepared) -> std::result::Result<Released, Vec<Problem>> {
    let Hooks { repository, plan, author, interrupt, .. } = *hooks;
    let Prepared { updates, changes, index } = prepared;
    let one = |problem: Problem| vec![problem];
    let (index, message) = match index {
        Some((index, message)) => (index, Some(message)),
        None => (repository.prepare_index(&changes).map_err(one)?, None),
    };
    let stop = || interrupt.came();
    let published = if plan.duties.runs("reference-transaction") {
        let limit = Duration::from_secs(plan.duties.hook_seconds);
        repository.lock_refs_with_hook(&updates, author, limit, &stop).map_err(one)?.publish()
    } else {
        repository.lock_refs(&updates).map_err(one)?.publish()
    };
    match published.map_err(|failure| failure.problem).and_then(|()| index.publish()) {
        Ok(()) => {
            if let Some(message) = message {
                message.keep();
            }
            Ok(Released { commit: updates.new })
        }
        Err(problem) => {
            let mut problems = one(problem);
            if let Err(left) = repository.rollback_refs(&updates) {
                problems.extend(left);
            }
            Err(problems)
        }
    }
}
