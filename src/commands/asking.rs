//! What the commands have in common where a person is looked after: stopping, the gate, and releases that were
//! interrupted.

use crate::apply;
use crate::error::{Error, Kind, Problem, Result};
use crate::git::Repository;
use crate::interrupt::{Interrupt, NOTHING_CHANGED, in_one_sentence};
use crate::ui::Ui;

/// Whatever stood in the way of somebody who asked to stop before anything was written: it is said that they did.
pub(super) fn stopped(interrupt: &Interrupt, outcome: Result<()>) -> Result<()> {
    outcome.map_err(|mut error| {
        if error.kind == Kind::Refused && interrupt.came() {
            error.problems = in_one_sentence(NOTHING_CHANGED, error.problems);
        }
        error
    })
}

/// On, unless somebody asked to stop.
pub(super) fn on(interrupt: &Interrupt) -> Result<()> {
    interrupt.check().map_err(Error::refused)
}

/// Those who only look are told of an interrupted or a running release, and change nothing.
pub(super) fn mention_interruption(repository: &Repository, ui: &Ui) {
    if let Some(what) = apply::interrupted(repository) {
        ui.warning(&what);
    }
}

/// What to do with a release that a recovery has completed.
pub(super) fn to_be_pushed(push: &str) -> String {
    format!("look at it (`git log -3`), then push it: `{push}`")
}

/// Somebody who stops at the gate says no, in the words of every interruption.
pub(super) fn interrupted_at_the_gate(problems: Vec<Problem>) -> Error {
    Error::new(Kind::Declined, in_one_sentence(NOTHING_CHANGED, problems))
}

/// There is no gate where the terminal cannot be asked.
pub(super) fn gate_failed(error: std::io::Error) -> Error {
    Error::refused(
        Problem::circumstance("the terminal cannot be asked")
            .hint("pass `--yes` to accept the computed version without being asked"),
    )
    .because(error)
}
