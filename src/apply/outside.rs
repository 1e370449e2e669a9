//! Steps and checks outside of the release itself. Around the gate nothing of it exists, so nothing is put back: what
//! changes the work tree is named and left alone. After the release nothing can take it back any more: a failure is a
//! warning with the command to run by hand.

use std::collections::BTreeSet;

use super::steps::{self, Finished, unleashed};
use super::{Several, one};
use crate::error::Problem;
use crate::git::{ChangedPath, ObjectId, Repository};
use crate::interrupt::Interrupt;
use crate::plan::{Moment, Plan, PlannedStep, StepKind};
use crate::ui::Ui;
use crate::words::on_one_line;

/// What the steps and checks before the gate found.
#[derive(Debug, Default)]
pub struct Findings {
    /// What refuses the release.
    pub problems: Vec<Problem>,
    /// What is probably wrong.
    pub warnings: Vec<String>,
    /// What does not apply.
    pub notes: Vec<String>,
}

/// A step or a check before the gate that stood in the way of nothing.
#[derive(Debug)]
pub struct Ran {
    step: PlannedStep,
    note: Option<String>,
    warning: Option<String>,
}

/// Runs all that is due before the gate, whatever the first of them finds. What was run already, with the same arguments
/// for the same release, is not run again: the question for a summary or a version typed at the gate leaves it as it was.
pub fn before_gate(
    repository: &Repository,
    plan: &Plan,
    ui: &Ui,
    interrupt: &Interrupt,
    ran: &mut Vec<Ran>,
) -> Findings {
    let mut findings = Findings::default();
    let (known, due): (Vec<&PlannedStep>, Vec<_>) =
        due(plan, Moment::BeforeGate).partition(|step| ran.iter().any(|it| it.step == **step));
    for it in ran.iter().filter(|it| known.contains(&&it.step)) {
        findings.notes.extend(it.note.clone());
        findings.warnings.extend(it.warning.clone());
    }
    if due.is_empty() {
        return findings;
    }
    let before = match work_tree(repository) {
        Ok(before) => before,
        Err(problem) => return Findings { problems: vec![problem], ..findings },
    };
    for step in due {
        let mut note = None;
        let mut warning = None;
        match steps::run(step, repository, &unleashed, ui, interrupt) {
            Ok(Finished { skips: true, code, .. }) => {
                note = Some(format!("{} does not apply to this release (exit code {code})", step.label()));
            }
            Ok(_) => {}
            Err(problem) if interrupt.came() => {
                findings.problems.push(problem);
                break;
            }
            Err(problem) if step.required => {
                findings.problems.push(problem);
                continue;
            }
            Err(problem) => warning = Some(problem.message),
        }
        findings.notes.extend(note.clone());
        findings.warnings.extend(warning.clone());
        ran.push(Ran { step: step.clone(), note, warning });
    }
    let after = work_tree(repository);
    let changes = after.map(|after| touched(&before, &after, "the checks before the gate ran"));
    findings.problems.extend(changes.unwrap_or_else(Some));
    findings
}

/// Runs all that is due between the answer and the bump, in its order. Checks that follow each other all run, so that a
/// person mends what they find in one go; after anything else that fails nothing more is started.
///
/// # Errors
/// What failed, or what changed the work tree meanwhile. Nothing of the release is written yet.
pub fn after_gate(repository: &Repository, plan: &Plan, ui: &Ui, interrupt: &Interrupt) -> Several<()> {
    let mut before = work_tree(repository).map_err(one)?;
    let mut problems = Vec::new();
    for step in due(plan, Moment::AfterGate) {
        if step.kind == StepKind::Step && !problems.is_empty() {
            break;
        }
        match steps::run(step, repository, &unleashed, ui, interrupt) {
            Ok(Finished { skips: true, code, .. }) => {
                ui.status(&format!("{} has nothing to do for this release (exit code {code})", step.label()));
            }
            Ok(_) => {}
            Err(problem) if interrupt.came() => return Err(one(problem)),
            Err(problem) if step.required => problems.push(problem),
            Err(problem) => {
                ui.warning(&format!("{}\nit was a best effort: the release goes on", problem.message));
            }
        }
        let after = work_tree(repository).map_err(one)?;
        if let Some(problem) = touched(&before, &after, &format!("{} ran", step.label())) {
            problems.push(problem);
            break;
        }
        if !problems.is_empty() && step.kind == StepKind::Step {
            break;
        }
        before = after;
    }
    if problems.is_empty() { Ok(()) } else { Err(problems) }
}

fn work_tree(repository: &Repository) -> Result<Vec<ChangedPath>, Problem> {
    repository.status().map(|status| status.changed)
}

/// What changed in the work tree meanwhile. Whose work it is nobody can tell, so it stays.
fn touched(before: &[ChangedPath], after: &[ChangedPath], meanwhile: &str) -> Option<Problem> {
    let paths: BTreeSet<&str> = after
        .iter()
        .filter(|change| !before.contains(change))
        .chain(before.iter().filter(|change| !after.contains(change)))
        .map(|change| change.path.as_str())
        .collect();
    if paths.is_empty() {
        return None;
    }
    let list: String = paths.iter().map(|path| format!("\n{}", on_one_line(path))).collect();
    Some(
        Problem::content(format!("tracked files changed while {meanwhile}{list}"))
            .hint("look at them with `git diff`; nothing of the release was written, and they are left as they are")
            .hint("a step that writes runs `after-bump` or `before-commit` and declares what it `writes`"),
    )
}

/// Runs all that is due once the release is done. Nothing that happens here undoes it.
pub fn after_release(
    repository: &Repository,
    plan: &Plan,
    commit: &ObjectId,
    ui: &Ui,
    interrupt: &Interrupt,
) {
    let mut due = due(plan, Moment::AfterRelease).map(|step| step.after(commit));
    for step in due.by_ref() {
        match steps::run(&step, repository, &unleashed, ui, interrupt) {
            Ok(Finished { skips: true, code, .. }) => {
                ui.status(&format!("{} has nothing to do for this release (exit code {code})", step.label()));
            }
            Ok(_) => {}
            Err(problem) => {
                let by_hand = step.by_hand();
                ui.warning(&format!(
                    "{}\nthe release is done all the same; by hand: {by_hand}",
                    problem.message
                ));
            }
        }
        if interrupt.came() {
            break;
        }
    }
    left_to_run(due, ui, "interrupted");
}

/// Says what is left to run by hand where the release did not arrive.
pub fn not_after_release(plan: &Plan, commit: &ObjectId, ui: &Ui) {
    left_to_run(
        due(plan, Moment::AfterRelease).map(|step| step.after(commit)),
        ui,
        "the remote does not have the release",
    );
}

fn left_to_run(steps: impl Iterator<Item = PlannedStep>, ui: &Ui, why: &str) {
    for step in steps {
        ui.warning(&format!(
            "{} was not run: {why}\nonce the release is where it should be, by hand: {}",
            step.label(),
            step.by_hand()
        ));
    }
}

fn due(plan: &Plan, moment: Moment) -> impl Iterator<Item = &PlannedStep> {
    plan.steps.iter().filter(move |step| step.moment == moment && !step.skipped)
}
